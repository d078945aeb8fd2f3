"""A workbook in a contributor's hands: what stands where, rows typed anew, and a cell to spoil.

It is changed with openpyxl as a person changes it in a spreadsheet: columns are found by the hidden ids of row 1, data
begin in row 3. Tables, columns and rows are drawn with a fixed seed, those first that had no turn yet.
"""

from __future__ import annotations

import random
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from rdflib import URIRef

from loaders.folders import Folders, read_folders
from loaders.workbooks.template import make_template
from tests.national import rows as csv_rows
from tests.national import vocabulary
from tests.requirements import require
from wise_skills.names import Names, resource
from wise_skills.tables import Column, Table

LANGUAGES = {
    "at": "de", "be": "en", "bg": "bg", "es": "es", "fr": "fr", "gr": "el", "hr": "hr", "it": "it", "lv": "lv", "nl": "nl", "pl": "pl",
    "ro": "ro", "si": "sl",
}  # fmt: skip
"""Each country with the language of its workbook: together all that the project speaks."""
SCHEMA = vocabulary().schema
CONCEPTS = vocabulary().concepts
TAB = Names().tab
FIRST_ROW = 3
Fits = Callable[[Column], bool]
_KEY = re.compile(r"[A-Za-z0-9._-]+")
_BRACKETED = re.compile(r".*\[([^\[\]]+)\]", re.DOTALL)


@dataclass(frozen=True)
class Spot:
    """A cell of a table."""

    table: Table
    column: Column
    title: str
    row: int
    sheet: Worksheet
    number: int

    @property
    def cell(self) -> Cell:
        return self.sheet.cell(self.row, self.number)  # type: ignore[return-value]

    @property
    def text(self) -> str:
        return "" if self.cell.value is None else str(self.cell.value)

    @property
    def reference(self) -> str:
        return reference(self.sheet, self.number, self.row)


@cache
def folders() -> Folders:
    return read_folders(resource("data"), vocabulary())


def template(country: str) -> Workbook:
    """Return the filled workbook of a country, as a contributor gets it."""
    return make_template(folders(), country, LANGUAGES[country], filled=True)


def handed_out(country: str, folder: Path) -> Path:
    """Write it into a folder."""
    path = folder / f"{country}.xlsx"
    template(country).save(path)
    return path


def libreoffice(path: Path, folder: Path) -> Path:
    """Let LibreOffice open a workbook and write it anew, below a folder."""
    require("soffice")
    profile, out = f"-env:UserInstallation={(folder / 'profile').as_uri()}", folder / "libreoffice"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out / path.name


def reference(sheet: Worksheet, number: int, row: int) -> str:
    """Return a reference as findings write it: `needs!C12`."""
    return f"{sheet.title}!{get_column_letter(number)}{row}"


def key_of(text: str) -> str:
    """Return the key of a cell that shows `label [key]` or the key alone."""
    bracketed = _BRACKETED.fullmatch(text)
    return bracketed[1] if bracketed else text


@dataclass
class Book:
    """A workbook that somebody works on.

    `turns` counts how often each column was spoilt, over all workbooks; `busy` are rows in which something is; `closed`
    are tables whose sheet as a whole is.
    """

    path: Path
    country: str
    turns: Counter[tuple[str, str]]
    busy: set[tuple[str, int]] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.country)
        self.book = openpyxl.load_workbook(self.path)
        self.tables = {t.name: t for t in SCHEMA.tables if t.name in self.book.sheetnames}
        self.sheets: dict[str, Worksheet] = {name: self.book[name] for name in self.tables}
        self.numbers: dict[str, dict[str, int]] = {}
        for name in self.tables:
            self.renumber(name)
        self.typed: dict[str, list[int]] = defaultdict(list)

    # --- looking

    def renumber(self, table: str) -> None:
        """Find the columns anew, by the ids of the hidden row."""
        self.numbers[table] = {}
        for cell in self.sheets[table][1]:
            if cell.value:
                self.numbers[table].setdefault(str(cell.value), cell.column)

    def rows(self, table: str) -> list[int]:
        sheet = self.sheets[table]
        return [r for r in range(FIRST_ROW, sheet.max_row + 1) if any(c.value not in (None, "") for c in sheet[r])]

    def free(self, table: str) -> list[int]:
        """Rows in which nothing is wrong yet."""
        return [r for r in self.rows(table) if (table, r) not in self.busy]

    def spot(self, table: str, title: str, row: int) -> Spot:
        column = self.tables[table].by_id[title.partition("@")[0]]
        return Spot(self.tables[table], column, title, row, self.sheets[table], self.numbers[table][title])

    def titles(self, table: str, column: str) -> list[str]:
        return [t for t in self.numbers[table] if t.partition("@")[0] == column]

    def filled(self, table: str, column: str, row: int) -> bool:
        return any(self.spot(table, t, row).text for t in self.titles(table, column))

    def keys(self, target: str) -> list[str]:
        """Keys that a reference of this country may name: its own rows, and what all countries share."""
        table = SCHEMA.by_class[target]
        own = [self.spot(table.name, "id", r).text for r in self.rows(table.name)] if table.name not in self.closed else []
        own = [k for k in own if _KEY.fullmatch(k) and k != "-"]
        return sorted(own) or sorted(
            r.cells["id"] for r in csv_rows() if (r.folder, r.table) in (("eu", table.name), (self.country, table.name))
        )

    @cached_property
    def references(self) -> dict[tuple[str, str], list[Spot]]:
        """Cells by the table and key that they name."""
        found: dict[tuple[str, str], list[Spot]] = defaultdict(list)
        for name, table in self.tables.items():
            columns = [c for c in table.columns if c.refers_to and c.id in self.numbers[name]]
            for row in self.rows(name) if columns else ():
                for column in columns:
                    spot = self.spot(name, column.id, row)
                    for part in filter(None, (p.strip() for p in spot.text.split("|"))):
                        found[SCHEMA.by_class[column.refers_to or ""].name, key_of(part)].append(spot)
        return found

    def forget(self) -> None:
        """Look for references anew."""
        self.__dict__.pop("references", None)

    def is_named(self, table: str, row: int) -> bool:
        """Whether other rows refer to a row."""
        key = self.spot(table, "id", row).text if "id" in self.numbers[table] else ""
        return (table, key) in self.references

    # --- choosing

    def pick(
        self, fits: Callable[[Column], bool], filled: bool | None = None, also: Callable[[Spot], bool] = lambda _: True
    ) -> Spot | None:
        """Take a cell of a free row, in the column that had the fewest turns; `None` where none fits."""
        columns = [
            (self.turns[name, column.id], self.rng.random(), name, title)
            for name, table in self.tables.items()
            if name not in self.closed and name != "waivers"
            for title in self.numbers[name]
            if fits(column := table.by_id[title.partition("@")[0]])
        ]
        for *_, name, title in sorted(columns):
            spots = [self.spot(name, title, r) for r in self.free(name)]
            spots = [s for s in spots if filled is None or bool(s.text) == filled]
            spots = [s for s in spots if also(s) and not (s.column.id == "id" and self.is_named(name, s.row))]
            if spots:
                return self.take(self.rng.choice(spots))
        return None

    def take(self, spot: Spot) -> Spot:
        self.busy.add((spot.table.name, spot.row))
        self.turns[spot.table.name, spot.column.id] += 1
        return spot

    def hold(self, table: str, key: str) -> None:
        """Leave the row of a key as it is from now on."""
        if table not in self.closed:
            self.busy |= {(table, row) for row in self.rows(table) if self.spot(table, "id", row).text == key}

    def pick_table(self, fits: Callable[[Table], bool] = lambda _: True) -> Table | None:
        """Close a table whose sheet as a whole gets a fault; the one that had the fewest turns."""
        options = [
            (self.turns[name, "sheet"], self.rng.random(), name)
            for name, table in self.tables.items()
            if name not in self.closed and not any(b == name for b, _ in self.busy) and name != "waivers" and fits(table)
        ]
        if not options:
            return None
        name = min(options)[2]
        self.turns[name, "sheet"] += 1
        self.closed.add(name)
        return self.tables[name]

    # --- typing

    def type_row(self, table: str, /, **cells: object) -> int:
        """Type a new flawless row below the data: what is required, an answer, evidence and a source."""
        sheet, row = self.sheets[table], (self.rows(table) or [FIRST_ROW - 1])[-1] + 1
        number = len(self.typed[table]) + 1
        for title, column in ((t, self.tables[table].by_id[t.partition("@")[0]]) for t in self.numbers[table]):
            value = cells.get(column.id, self._typed(self.tables[table], column, number))
            if value != "":
                sheet.cell(row, self.numbers[table][title]).value = value  # type: ignore[assignment]
        self.typed[table].append(row)
        self.forget()
        return row

    def _typed(self, table: Table, column: Column, number: int) -> object:
        one_of = {str(o) for o in SCHEMA.graph.objects(URIRef(table.shape), URIRef(TAB + "oneOf"))}
        first_of_group = column.id in one_of and column.id == min(c for c in one_of if table.by_id[c].refers_to)
        if column.id == "sources":
            return f"https://a.example/{table.name}/{number}"
        if not (column.required or column.answer or first_of_group):
            return ""
        if column.id == "evidence":
            return "named-in-source"
        if column.scheme:
            keys = CONCEPTS.choices(column.scheme)  # an assignment on any other basis must keep its source
            return "?" if column.answer else "researcher-inference" if "researcher-inference" in keys else self.rng.choice(keys)
        if column.refers_to:
            keys, name = self.keys(column.refers_to), SCHEMA.by_class[column.refers_to].name
            new = [k for row in self.typed[name] if name not in self.closed and (k := self.spot(name, "id", row).text) in keys]
            return new[-1] if new else self.rng.choice(keys)
        if column.is_address:
            return f"https://a.example/new/{number}"
        if column.is_number:
            return 90 + number
        if column.is_date:
            return "2020-05"
        return "A text" if column.is_text else f"new-{number}"
