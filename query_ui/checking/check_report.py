"""What a check found, as the page shows it: sheet by sheet, row by row, each wrong cell among its neighbours."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wise_skills.languages import said

if TYPE_CHECKING:
    from wise_skills.tables import Schema, Table

SEVERITIES = ("Violation", "Warning", "Info")
PER_SHEET = 200
_ON_PAGE = 1_500
_NEIGHBOURS = 8
_LONGEST, _LONGEST_WRONG = 80, 240
# What is found in the row of the headers; the rows of a check's record are those with data.
_OF_HEADERS = {
    "DuplicateColumn", "MissingColumn", "MissingLanguage", "OwnColumn", "TooManyColumns", "UnknownColumn", "UnnamedColumn",
}  # fmt: skip
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """One finding on the page; `number` is what links to it."""

    number: int
    severity: str
    place: str
    column: str
    message: str
    code: str
    key: str


@dataclass(frozen=True)
class ShownCell:
    """A cell of a row with the name of its column; `gap` says that cells before it are left out."""

    column: str
    text: str
    wrong: bool = False
    gap: bool = False


@dataclass
class ShownRow:
    """A row with all that was found in it: row 0 is the sheet or file as a whole, `is_header` the row of the headers."""

    number: int
    is_header: bool = False
    key: str = ""
    findings: list[Shown] = field(default_factory=list)
    cells: list[ShownCell] = field(default_factory=list)


@dataclass
class ShownSheet:
    """A sheet with its findings; `name` is empty for the file as a whole. `more` findings are not shown."""

    name: str
    title: str
    total: int
    rows: list[ShownRow]
    more: int = 0


class Names:
    """Names of columns in the language that is spoken, by sheet and header."""

    def __init__(self, schema: Schema, findings: Sequence[Record] = ()) -> None:
        self.schema = schema
        shapes = {t.shape.rsplit("#", 1)[-1]: t for t in schema.tables}
        self._tables: dict[str, Table | None] = {}
        for finding in findings:
            table = shapes.get(str(finding["shape"]).rsplit("#", 1)[-1].partition("-")[0])
            if table is not None:
                self._tables.setdefault(finding["sheet"], table)

    def table(self, sheet: str) -> Table | None:
        """Return the table that a sheet is, as its findings or its name say."""
        if sheet not in self._tables:
            name = sheet.strip().casefold()
            titled = (t for t in self.schema.tables if name in {title.casefold() for title in t.title.values()})
            self._tables[sheet] = self.schema.by_name.get(name) or next(titled, None)
        return self._tables[sheet]

    def title(self, sheet: str) -> str:
        """Return the name of a sheet's table; empty where the sheet is none, or bears that name itself."""
        table = self.table(sheet)
        title = said(table.title, table.name) if table else ""
        return "" if title.casefold() == sheet.strip().casefold() else title

    def column(self, sheet: str, header: str) -> str:
        """Return the name of a column, as the workbook writes it: `name (nl)` for `name@nl`."""
        table = self.table(sheet)
        ident, _, language = header.partition("@")
        column = table.by_id.get(ident) if table else None
        if column is None:
            return header
        name = said(column.name, ident)
        return f"{name} ({language})" if language else name

    def place(self, sheet: str, header: str) -> int:
        """Return the place of a column among those of its table; own columns come last."""
        table = self.table(sheet)
        ids = [c.id for c in table.columns] if table else []
        ident = header.partition("@")[0]
        return ids.index(ident) if ident in ids else len(ids)


def by_sheet(found: Record, names: Names) -> list[ShownSheet]:
    """Return the findings of a check's record sheet by sheet.

    They come in the order of the workbook; sheets without rows follow in the order of the tables.
    """
    order = found["sheets"]
    groups: dict[str, list[tuple[int, Record]]] = defaultdict(list)
    for number, finding in enumerate(found["findings"]):
        groups[finding["sheet"] if finding["row"] or finding["sheet"] else ""].append((number, finding))
    tables = [t.name for t in names.schema.tables]

    def rank(sheet: str) -> tuple[int, int, str]:
        table = names.table(sheet)
        return (
            -1 if not sheet else order.index(sheet) if sheet in order else len(order),
            tables.index(table.name) if table else len(tables),
            sheet,
        )

    most = max(20, min(PER_SHEET, _ON_PAGE // max(1, len(groups))))
    return [_sheet(name, groups[name], found["rows"], names, most) for name in sorted(groups, key=rank)]


def _sheet(name: str, findings: list[tuple[int, Record]], rows: Mapping[str, Mapping[str, str]], names: Names, most: int) -> ShownSheet:
    found: dict[int, ShownRow] = {}
    headers: dict[int, set[str]] = defaultdict(set)
    records: dict[int, Mapping[str, str]] = {}
    for number, finding in sorted(findings, key=lambda pair: pair[1]["row"])[:most]:
        at = finding["row"] if finding["code"] != "UnknownSheet" else 0
        cells = rows.get(f"{finding['file']}#{finding['sheet']}!{at}", {})
        row = found.setdefault(at, ShownRow(at, is_header=not cells and finding["code"] in _OF_HEADERS))
        row.key = row.key or finding["key"]
        row.findings.append(_shown(number, finding, names))
        records[at] = cells
        headers[at].add(finding["column"])
    for at, row in found.items():
        row.cells = _cells(name, records[at], headers[at] - {""}, names)
    return ShownSheet(name, names.title(name), len(findings), list(found.values()), max(0, len(findings) - most))


def _shown(number: int, finding: Record, names: Names) -> Shown:
    column = names.column(finding["sheet"], finding["column"])
    place = str(finding["cell"]).rpartition("!")[2]
    return Shown(number, finding["severity"], "" if ":" in place else place, column, finding["message"], finding["code"], finding["key"])


def _cells(sheet: str, texts: Mapping[str, str], wrong: set[str], names: Names) -> list[ShownCell]:
    """The wrong cells of a row and the filled ones next to them, in the order of the row."""
    if not texts:
        return []
    headers = list(texts)
    for header in sorted(wrong - set(headers), key=lambda h: names.place(sheet, h)):  # empty: put where the table has it
        place = names.place(sheet, header)
        after = [i for i, h in enumerate(headers) if names.place(sheet, h) <= place]
        headers.insert(after[-1] + 1 if after else 0, header)
    at = [i for i, h in enumerate(headers) if h in wrong] or [0]
    # More of what follows than of what comes before: on a narrow screen the wrong cell is then in sight.
    near = sorted(range(len(headers)), key=lambda i: (min(i - w if i >= w else 3 * (w - i) for w in at), i))
    kept = sorted(near[: max(_NEIGHBOURS, len(at)) + 1])
    cells = []
    for n, i in enumerate(kept):
        gap = n > 0 and kept[n - 1] < i - 1
        is_wrong = headers[i] in wrong
        text = _short(texts.get(headers[i], ""), _LONGEST_WRONG if is_wrong else _LONGEST)
        cells.append(ShownCell(names.column(sheet, headers[i]), text, is_wrong, gap))
    return cells


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest].rstrip() + "…"


def counts(found: Record) -> list[int]:
    """Return how many errors, warnings and notes there are."""
    counted = Counter(f["severity"] for f in found["findings"])
    return [counted[s] for s in SEVERITIES]
