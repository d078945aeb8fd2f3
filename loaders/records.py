"""Records of one table from one file or sheet, and what their headers mean.

Nothing here judges a value. What cannot be read as it stands (ragged rows, headers) becomes a finding, and reading
goes on as well as it can, so that one report names all problems of the file. Records are counted as RFC 7111 counts
rows and as a spreadsheet shows them: blank records count, line ends inside cells do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wise_skills.findings import VIOLATION, WARNING, Cell, Finding
from wise_skills.languages import known_tags, primary
from wise_skills.messages import did_you_mean, nearest, sentence, shortlist
from wise_skills.tables import Column, Table

MAX_BYTES = 50_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELL = 1_000_000
MAX_CELLS = 10_000_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
Header = tuple[Column, str | None]


@dataclass
class Sheet:
    """Records of one table from one file.

    `headers[i]` is what the reader understood of column i: a column and, for texts, its language; `None` where
    it is not read. `records` holds the number and the trimmed cells of every record that is not blank. `name` is the
    name of the sheet in a workbook, and empty for a CSV file; `header_row` holds the ids, `names_row` the names below
    them; `own` are columns that a contributor added to it for herself, `meant` what unknown ids mean by the names below
    them; `refused` are columns whose header was found wrong, so that nobody misses their values. Records of a `context`
    are not checked: they stand for what the graph holds already, and give way to checked records with the same key.
    """

    file: str
    folder: str
    table: Table
    titles: list[str]
    headers: list[Header | None]
    records: list[tuple[int, list[str]]]
    findings: list[Finding] = field(default_factory=list)
    name: str = ""
    header_row: int = 1
    names_row: int = 1
    own: frozenset[int] = frozenset()
    meant: Mapping[int, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    context: bool = False

    @property
    def shown(self) -> str:
        """Name of the sheet in references to cells; a CSV's is its table's."""
        return self.name or self.table.name

    @property
    def source(self) -> str:
        """What row addresses begin with: the file and, in a workbook, the sheet (RFC 7111 knows no sheets)."""
        return f"{self.file}/{self.name}" if self.name else self.file

    @property
    def has_keys(self) -> bool:
        """Whether it has the columns that make the keys of its rows."""
        return {c.id for c in self.table.key if c.required} <= {header[0].id for header in self.headers if header}

    def find(self, component: str, row: int = 0, index: int = -1, severity: str = VIOLATION, **facts: str) -> None:
        """Note something about the file, a row of it or a header."""
        column = self.titles[index] if 0 <= index < len(self.titles) else ""
        facts.setdefault("column", column)
        where = Cell(self.file, self.shown, row, column, index)
        value, expected = facts.get("value", ""), facts.get("allowed", "")
        self.findings.append(Finding(severity, component, sentence(component, facts), where, value=value, expected=expected))


def parse_header(title: str, table: Table) -> Header | None:
    """Return column and language of a header such as `name@nl`; `None` if it is no column of the table."""
    name, _, language = title.partition("@")
    column = table.by_id.get(name.strip())
    if column is None:
        return None
    if not column.is_text:
        return None if language else (column, None)
    return (column, language or None)


def column_named(table: Table, text: str) -> Column | None:
    """Return the column that a cell names: by id, with or without language, as `name [id]`, or by its name."""
    bracketed = text.rpartition("[")[2].removesuffix("]") if text.endswith("]") else text
    if column := table.by_id.get(bracketed.partition("@")[0].strip()):
        return column
    named = [c for c in table.columns if text.casefold() in {n.casefold() for n in c.name.values()}]
    return named[0] if len(named) == 1 else None


def _is_language(tag: str) -> bool:
    return bool(_LANGUAGE.fullmatch(tag)) and primary(tag) in known_tags()


def understand_headers(sheet: Sheet) -> None:
    """Fill in `headers` from `titles`, and note headers that are unknown, missing or there twice."""
    table, seen = sheet.table, set[str]()
    for index, title in enumerate(sheet.titles):
        header = parse_header(title, table)
        if header and title in seen:
            sheet.find("DuplicateColumn", sheet.header_row, index, value=title)
            header = None
        elif header and header[0].is_text and not _is_language(header[1] or ""):
            _missing_language(sheet, index, header[0])
            sheet.refused.add(header[0].id)
            header = None
        elif title and header is None and index not in sheet.own:
            sheet.refused.add(_unknown_header(sheet, index))
        seen.add(title)
        sheet.headers.append(header)
    present = {h[0].id for h in sheet.headers if h}
    tried = {t.partition("@")[0].strip() for t in sheet.titles} | sheet.refused
    for column in table.columns:
        if column.required and column.id not in present | tried:
            where = Cell(sheet.file, sheet.shown, sheet.header_row, column.id)
            text = sentence("MissingColumn", {"column": f"{column.id}@en" if column.is_text else column.id})
            sheet.findings.append(Finding(VIOLATION, "MissingColumn", text, where, shape=column.shape, expected=column.id))


def _missing_language(sheet: Sheet, index: int, column: Column) -> None:
    title, example = sheet.titles[index], f"{column.id}@en"
    text = sentence("MissingLanguage", {"value": title, "allowed": example})
    where = Cell(sheet.file, sheet.shown, sheet.header_row, title, index)
    sheet.findings.append(Finding(VIOLATION, "MissingLanguage", text, where, shape=column.shape, value=title, expected=example))


def _unknown_header(sheet: Sheet, index: int) -> str:
    """Note an unknown header, and return the column that it probably means."""
    title, columns = sheet.titles[index], sheet.table.columns
    meant = sheet.meant.get(index) or nearest(title.partition("@")[0], [c.id for c in columns])
    allowed = shortlist(f"{c.id}@en" if c.is_text else c.id for c in columns)
    sheet.find("UnknownColumn", sheet.header_row, index, value=title, nearest=did_you_mean(meant), allowed=allowed)
    return meant


def add_records(sheet: Sheet, rows: Iterable[tuple[int, list[str]]]) -> None:
    """Add the records that are not blank, with as many cells as the header, and note what stands outside of it."""
    width, outside, first = len(sheet.titles), set[int](), dict[int, int]()
    for number, cells in rows:
        cells = [c.strip() for c in cells]
        if not any(cells):
            continue
        outside |= {index for index, text in enumerate(cells[:width]) if text and sheet.headers[index] is None}
        for index in outside - set(first):
            first[index] = number
        if sheet.name and not any(text for text, header in zip(cells, sheet.headers, strict=False) if header):
            continue  # a contributor's own remark beside the table is no row of it
        if len(cells) != width and (len(cells) < width or any(cells[width:])):
            sheet.find("RaggedRow", number, value=str(len(cells)), limit=str(width))
        if len(sheet.records) * width > MAX_CELLS:
            sheet.find("TooManyRows", number, limit=f"{len(sheet.records):,}")
            break
        sheet.records.append((number, (cells + [""] * width)[:width]))
    for index, title in enumerate(sheet.titles):
        if (not title or index in sheet.own) and index in first:
            row = first[index] if sheet.name and not title else sheet.names_row
            sheet.find("OwnColumn" if title else "UnnamedColumn", row, index, WARNING)
