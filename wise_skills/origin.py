"""Where each quad came from: the index from triples and subjects back to cells.

It lives in memory while sources are read and validated. What is published of it are the row nodes:
`<…/source/be/needs.csv#row=12> tab:describes <thing>` (RFC 7111 fragments, counted in records).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from wise_skills.findings import Cell

Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """A record of a sheet as it was read: its place, table, the subject it was validated as, and its key."""

    file: str
    sheet: str
    number: int
    table: str
    subject: str
    columns: tuple[tuple[str, int], ...]
    texts: tuple[str, ...] = ()
    key: str = ""
    header: int = 1
    refused: frozenset[str] = frozenset()

    def cell(self, column: str) -> Cell:
        """Cell of a column in this row (`index` -1 when the file has no such column, so the row itself)."""
        index = next((i for c, i in self.columns if c == column), None)
        if index is None:  # a text column has one header per language
            index = next((i for c, i in self.columns if c.startswith(column + "@")), -1)
        name = next((c for c, i in self.columns if i == index), column)
        return Cell(self.file, self.sheet, self.number, name, index)

    def cells(self, column: str) -> list[Cell]:
        """All cells of a column, one per language for texts."""
        found = [Cell(self.file, self.sheet, self.number, c, i) for c, i in self.columns if c == column or c.startswith(column + "@")]
        return found or [self.cell(column)]

    def text(self, cell: Cell) -> str:
        """What the cell holds, as it was written."""
        return self.texts[cell.index] if 0 <= cell.index < len(self.texts) else ""


@dataclass
class Origin:
    """Index from the graph back to rows and cells."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    cells: dict[Triple, list[tuple[Row, Cell]]] = field(default_factory=lambda: defaultdict(list))
    before: Origin | None = None

    def is_known(self, subject: str) -> bool:
        """Whether a subject is described by a row that was read here or `before`."""
        return subject in self.rows or (self.before is not None and self.before.is_known(subject))

    def add_row(self, row: Row) -> None:
        """Remember that a row was read as its subject."""
        self.rows[row.subject].append(row)

    def add(self, triple: Triple, row: Row, cell: Cell) -> None:
        """Remember that a triple (IRIs, or the lexical form of a literal) came from a cell."""
        self.cells[triple].append((row, cell))

    def row(self, subject: str) -> Row | None:
        """First row that describes a subject."""
        rows = self.rows.get(subject)
        return rows[0] if rows else None
