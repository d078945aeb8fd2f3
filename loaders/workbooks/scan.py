"""A walk over the XML of a workbook before openpyxl reads it: what would take too long or too much, and what it hides.

Limits on bytes are not enough: some hundred kB can hold millions of blank cells, and openpyxl makes an object of each.
Expat walks half a million elements in a second and keeps nothing. The same walk finds merged ranges, formulas whose
result is not stored and whether the first row is hidden, which openpyxl does not tell when it reads row by row.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from openpyxl.utils.cell import column_index_from_string, range_boundaries

from loaders.archives import DAMAGE
from loaders.records import MAX_COLUMNS
from loaders.workbooks.refusal import Unopened

MAX_ELEMENTS = 1_300_000
MAX_BLANK = 400_000
MAX_AREA = 5_000_000
MAX_ROWS = 100_000
MAX_SHEETS = 300
MAX_MERGED = 20_000
_PIECE = 1 << 16
_WIDEST = 16_384


@dataclass
class Marks:
    """What is known of a sheet beside its values.

    `merged` are ranges as first column, first row, last column and last row, `uncomputed` cells as row and column, all
    counted from 1; `widest` and `last` are the last column and row that hold something and are read; `below` and `beyond`
    are the first cells that hold something below and right of what is read.
    """

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    uncomputed: set[tuple[int, int]] = field(default_factory=set)
    first_row_hidden: bool = False
    widest: int = 0
    last: int = 0
    below: tuple[int, int] | None = None
    beyond: tuple[int, int] | None = None


def scan(archive: zipfile.ZipFile) -> tuple[list[str], dict[str, Marks]]:
    """Walk all XML parts of a workbook.

    Returns
    -------
    The titles of the sheets that the workbook lists, and what is known of each worksheet by the name of its part.

    Raises
    ------
    Unopened
        When a part is no XML, declares a document type, or the workbook holds more than is allowed.
    """
    left, found, listed = _Left(), dict[str, Marks](), list[str]()
    if b"purl.oclc.org/ooxml" in archive.read("xl/workbook.xml")[:4_000]:
        raise Unopened("BadWorkbook", value="Strict Open XML")  # openpyxl would find its sheets empty
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            sheet = _Sheet(name, left)
            _walk(archive, name, left, sheet.start, sheet.end, sheet.text)
            found[name] = sheet.marks
        elif name == "xl/workbook.xml":
            _walk(archive, name, left, lambda tag, about: listed.append(about.get("name", "")) if tag == "sheet" else None)
        elif name in _COUNTED:
            _walk(archive, name, left, _Counter(_COUNTED[name]))
        elif name.endswith((".xml", ".rels", ".vml")):
            _walk(archive, name, left)
    if len(listed) > MAX_SHEETS:
        raise Unopened("BadWorkbook", value=f"{len(listed):,} > {MAX_SHEETS}")
    return listed, found


class _Left:
    """What is left of the allowance: of elements, and of blank cells and rows."""

    def __init__(self) -> None:
        self.elements, self.blank = MAX_ELEMENTS, MAX_BLANK

    def take(self) -> None:
        self.elements -= 1
        if self.elements < 0 or self.blank < 0:
            raise Unopened("WorkbookCells", limit=f"{MAX_ELEMENTS:,}")


class _Counter:
    """Counts the elements of one part, up to a limit of its own."""

    def __init__(self, limit: int) -> None:
        self.limit, self.seen = limit, 0

    def __call__(self, _name: str, _attributes: dict[str, str]) -> None:
        self.seen += 1
        if self.seen > self.limit:
            raise Unopened("WorkbookCells", limit=f"{self.limit:,}")


# openpyxl needs longest for shared strings (three elements each) and styles; Excel itself allows 65,490 formats.
_COUNTED = {"xl/sharedStrings.xml": 900_000, "xl/styles.xml": 100_000}


def _walk(
    archive: zipfile.ZipFile,
    part: str,
    left: _Left,
    start: Callable[[str, dict[str, str]], None] = lambda _name, _attributes: None,
    end: Callable[[str], None] = lambda _name: None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk one part; its elements are taken from the allowance."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse

    def begin(name: str, attributes: dict[str, str]) -> None:
        left.take()
        start(name.rpartition(":")[2], attributes)

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE):
                parser.Parse(piece)
            parser.Parse(b"", True)
    except (*DAMAGE, expat.ExpatError, LookupError, OSError, ValueError, RuntimeError) as error:
        raise Unopened("BadWorkbook", value=f"{part}: {error}") from error


def _refuse(*_: object) -> None:
    raise Unopened("WorkbookEntities")


class _Sheet:
    """Hears of a worksheet's elements."""

    def __init__(self, part: str, left: _Left) -> None:
        self.part, self.left, self.marks = part, left, Marks()
        self.row = self.column = self.depth = 0
        self.kind = ""
        self.in_cell = self.formula = self.in_value = self.filled = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth == 1 and name != "worksheet":
            raise Unopened("BadWorkbook", value=f"{self.part}: {name[:20]}")
        if name == "c":
            self._place(attributes.get("r", ""))
            self.kind = attributes.get("t", "n")
            self.in_cell, self.formula, self.filled = True, False, False
        elif name == "row":
            before, self.row, self.column = self.row, self._number(attributes.get("r", "")), 0
            if self.row <= before:  # openpyxl would pass over it in silence
                raise Unopened("BadWorkbook", value=f"{self.part}: row {self.row}")
            self.left.blank -= 1
            if self.row == 1:
                self.marks.first_row_hidden = attributes.get("hidden") in ("1", "true")
        elif self.in_cell:
            self.formula |= name == "f"
            self.in_value = name in ("v", "t")
        elif name == "mergeCell":
            self._merged(attributes.get("ref", ""))

    def _number(self, given: str) -> int:
        if not given:
            return self.row + 1
        if not (given.isascii() and given.isdigit() and len(given) < 8):
            raise Unopened("BadWorkbook", value=f"{self.part}: row {given[:20]}")
        return int(given)

    def _place(self, reference: str) -> None:
        letters = reference.rstrip("0123456789")
        if not letters:
            self.column += 1
        elif letters.isascii() and letters.isalpha() and len(letters) < 4:
            self.column = column_index_from_string(letters)
        if not 0 < self.column <= _WIDEST or (letters and not letters.isalpha()):
            raise Unopened("BadWorkbook", value=f"{self.part}: {reference[:20] or self.column}")

    def _merged(self, reference: str) -> None:
        try:
            bounds = range_boundaries(reference)
        except ValueError as error:
            raise Unopened("BadWorkbook", value=reference[:40]) from error
        if len(self.marks.merged) >= MAX_MERGED:
            raise Unopened("BadWorkbook", value=f"mergeCell > {MAX_MERGED:,}")
        if None not in bounds:
            self.marks.merged.append(bounds)  # type: ignore[arg-type]

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == "c":
            self._cell()
            self.in_cell = self.in_value = False
        elif name in ("v", "t"):
            self.in_value = False

    def _cell(self) -> None:
        marks = self.marks
        uncomputed = self.formula and not self.filled and self.kind != "str"
        if not self.filled and not uncomputed:
            self.left.blank -= 1
        elif self.row > MAX_ROWS:
            marks.below = marks.below or (self.row, self.column)
        elif self.column > MAX_COLUMNS:
            marks.beyond = marks.beyond or (self.row, self.column)
        else:
            marks.widest, marks.last = max(marks.widest, self.column), self.row
            if marks.widest * marks.last > MAX_AREA:
                raise Unopened("WorkbookCells", limit=f"{MAX_AREA:,}")
            if uncomputed:
                marks.uncomputed.add((self.row, self.column))

    def text(self, text: str) -> None:
        if self.in_value and text:
            self.filled = True
