"""The marked copy of a workbook: the contributor's own, but for fills and comments of cells with findings and one new sheet."""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import tostring

import openpyxl
import pytest
from openpyxl.cell import Cell, MergedCell
from openpyxl.chartsheet import Chartsheet
from openpyxl.comments import Comment
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from loaders.checking import check_files
from loaders.workbooks.annotation import annotate
from tests.contributor import LANGUAGES, handed_out, libreoffice, template
from tests.faults import plant
from tests.national import vocabulary
from tests.rich_workbook import enrich
from wise_skills.findings import Finding
from wise_skills.languages import speaking
from wise_skills.messages import sentence


def read(path: Path, data_only: bool = False) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path, rich_text=True, data_only=data_only)


@dataclass
class Marked:
    """A workbook, what was found in it, its marked copy, and what could not be copied."""

    path: Path
    copy: Path
    findings: list[Finding]
    left: list[str]
    language: str

    @cached_property
    def books(self) -> tuple[Workbook, Workbook]:
        return read(self.path), read(self.copy)

    @cached_property
    def marks(self) -> dict[tuple[str, str], list[Finding]]:
        """Findings by sheet and the cell that is marked for them.

        Of a row it is the first cell, of merged cells the first, and for the hidden ids the name below.
        """
        found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        book = self.books[0]
        for finding in self.findings:
            where = finding.where
            hidden = where.row == 1 and book[where.sheet].row_dimensions[1].hidden
            cell = book[where.sheet].cell(2 if hidden else where.row, max(where.index, 0) + 1)
            if isinstance(cell, MergedCell):
                ranges = (r for r in book[where.sheet].merged_cells.ranges if cell.coordinate in r)
                cell = book[where.sheet].cell(*next((r.min_row, r.min_col) for r in ranges))
            found[where.sheet, cell.coordinate].append(finding)
        return found

    @cached_property
    def summary(self) -> Worksheet:
        """The one sheet that the copy has and the workbook has not."""
        before, after = self.books
        (title,) = set(after.sheetnames) - set(before.sheetnames)
        return after[title]

    def pairs(self) -> Iterator[tuple[Worksheet, Worksheet]]:
        before, after = self.books
        for sheet in before.worksheets:
            yield sheet, after[sheet.title]

    def cells(self) -> Iterator[tuple[str, Cell, Cell]]:
        for old, new in self.pairs():
            for row in old.iter_rows(max_row=max(old.max_row, new.max_row), max_col=max(old.max_column, new.max_column)):
                for cell in row:
                    yield old.title, cell, new[cell.coordinate]


def check_and_mark(path: Path, copy: Path, language: str) -> Marked:
    with speaking(language):
        findings = check_files({path.stem[:2]: [path]}, vocabulary()).findings
        return Marked(path, copy, findings, annotate(path, copy, findings), language)


@pytest.fixture(scope="module", params=["gr rich", "lv"])
def marked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Marked:
    """Workbooks with faults of all kinds, one of them with everything that a spreadsheet can hold besides."""
    country, folder = request.param[:2], tmp_path_factory.mktemp("marked")
    path = handed_out(country, folder)
    plant(path, country, Counter())
    if "rich" in request.param:
        enrich(path)
    made = check_and_mark(path, folder / f"{country} marked.xlsx", LANGUAGES[country])
    assert len(made.findings) > 90
    return made


def test_the_original_is_not_touched(marked: Marked):
    assert not [f for f in marked.path.parent.iterdir() if f not in (marked.path, marked.copy)]
    assert marked.copy.read_bytes() != marked.path.read_bytes()
    assert sentence("SheetFindings", language=marked.language) not in marked.books[0].sheetnames


def test_nothing_is_said_to_be_lost(marked: Marked):
    assert marked.left == []


def shown(cell: Cell) -> tuple[object, ...]:
    """A value with its kind; a rich text or formula of several cells as it is written."""
    value = cell.value
    return cell.data_type, getattr(value, "text", value), getattr(value, "ref", ""), repr(value) if isinstance(value, list) else ""


def styled(cell: Cell) -> tuple[object, ...]:
    """Font, border, alignment and protection; openpyxl itself can only compare them one by one, and slowly."""
    book, ids = cell.parent.parent, cell._style
    return book._fonts[ids.fontId], book._borders[ids.borderId], book._alignments[ids.alignmentId], book._protections[ids.protectionId]


def filled(cell: Cell) -> object:
    return cell.parent.parent._fills[cell._style.fillId]


def test_values_formulas_and_styles_are_the_same(marked: Marked):
    compared = 0
    for sheet, old, new in marked.cells():
        where = f"{sheet}!{old.coordinate}"
        assert shown(old) == shown(new), where
        assert old.number_format == new.number_format, where
        assert styled(old) == styled(new), where
        links = [(c.hyperlink.target, c.hyperlink.location, c.hyperlink.tooltip) if c.hyperlink else None for c in (old, new)]
        assert links[0] == links[1], where
        compared += old.value is not None
    assert compared > 2_000


def test_the_stored_results_of_formulas_are_the_same(marked: Marked):
    before, after = read(marked.path, data_only=True), read(marked.copy, data_only=True)
    for sheet in before.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.value == after[sheet.title][cell.coordinate].value, f"{sheet.title}!{cell.coordinate}"
    if "My sheet" in before.sheetnames:
        assert [before["My sheet"][f"J{row}"].value for row in (3, 4, 5, 7)] == [42, "two words", True, "#DIV/0!"]


def test_fills_and_comments_differ_only_where_something_was_found(marked: Marked):
    remarks = 0
    for sheet, old, new in marked.cells():
        found = marked.marks.get((sheet, old.coordinate))
        if found:
            assert new.fill.fill_type == "solid"
            assert new.comment is not None, f"{sheet}!{old.coordinate}"
            assert all(f.message[:5_000] in new.comment.text for f in found), f"{sheet}!{old.coordinate}"
            assert old.comment is None or new.comment.text.startswith(old.comment.text)
            continue
        assert filled(old) == filled(new), f"{sheet}!{old.coordinate}"
        old_said, new_said = [(c.comment.text, c.comment.author) if c.comment else None for c in (old, new)]
        assert old_said == new_said, f"{sheet}!{old.coordinate}"
        remarks += old.comment is not None
    assert remarks > 400  # the hints at the headers
    assert len(marked.marks) > 80


def test_the_worst_finding_of_a_cell_gives_its_colour(marked: Marked):
    worst = {place: min(("Violation", "Warning", "Info").index(f.severity) for f in found) for place, found in marked.marks.items()}
    colours = {(worst[place], marked.books[1][place[0]][place[1]].fill.fgColor.rgb) for place in worst}
    assert len(colours) == len({severity for severity, _ in colours}) == 3


def described(sheet: Worksheet) -> dict[str, object]:
    """What a sheet is beside its cells."""
    return {
        "columns": {k: (d.width, d.hidden, d.outlineLevel, d.min, d.max) for k, d in sheet.column_dimensions.items()},
        "column styles": {k: (d.number_format, filled(d), styled(d)) for k, d in sheet.column_dimensions.items()},
        "rows": {
            k: (d.height, d.hidden, d.outlineLevel) for k, d in sheet.row_dimensions.items() if d.height or d.hidden or d.outlineLevel
        },
        "merged": sorted(map(str, sheet.merged_cells.ranges)),
        "validations": sorted(tostring(v.to_tree()) for v in sheet.data_validations.dataValidation),
        "conditional": sorted((str(c.sqref), [tostring(r.to_tree("rule")) for r in c.rules]) for c in sheet.conditional_formatting),
        "filter": tostring(sheet.auto_filter.to_tree("filter")),
        "state": sheet.sheet_state,
        "panes": sheet.freeze_panes,
        "zoom": (sheet.sheet_view.zoomScale, sheet.sheet_view.showGridLines),
        "properties": tostring(sheet.sheet_properties.to_tree("properties")),
        "protection": tostring(sheet.protection.to_tree("protection")),
        "print": (sheet.print_area, sheet.print_title_rows, sheet.page_setup.orientation, sheet.oddHeader.center.text),
        "breaks": [b.id for b in sheet.row_breaks.brk],
        "names": {name: defined.attr_text for name, defined in sheet.defined_names.items()},
        "tables": dict(sheet.tables.items()),
        "charts": [(type(c).__name__, tostring(c.to_tree()) if hasattr(c, "to_tree") else "") for c in sheet._charts],
    }


def test_sheets_are_the_same_beside_their_cells(marked: Marked):
    before, after = marked.books
    assert [s for s in after.sheetnames if s != marked.summary.title] == before.sheetnames
    assert {n: d.attr_text for n, d in before.defined_names.items()} == {n: d.attr_text for n, d in after.defined_names.items()}
    assert [type(s) for s in before._sheets] == [type(s) for s in after._sheets if s.title != marked.summary.title]
    for old, new in marked.pairs():
        mine, copied = described(old), described(new)
        for what in mine:
            assert mine[what] == copied[what], f"{old.title}: {what}"
    assert [len(s._charts) for s in before._sheets if isinstance(s, Chartsheet)] == [
        len(s._charts) for s in after._sheets if isinstance(s, Chartsheet)
    ]


def test_the_summary_names_every_finding_and_leads_to_its_cell(marked: Marked):
    after, lines = marked.books[1], list(marked.summary.iter_rows(min_row=4))
    assert len(lines) == len(marked.findings)
    assert marked.summary.title == sentence("SheetFindings", language=marked.language)
    assert Counter(str(line[5].value) for line in lines) == Counter(
        "".join(c for c in f.message if c in "\n\t" or c >= " ")[:30_000] for f in marked.findings
    )
    led = Counter[str]()
    for line in lines:
        link = line[1].hyperlink
        assert link is not None
        sheet, _, cell = (link.location or link.target.removeprefix("#")).rpartition("!")
        title = sheet.removeprefix("'").removesuffix("'").replace("''", "'")
        assert isinstance(after[title], Worksheet)
        assert after[title][cell].comment is not None or isinstance(after[title][cell], MergedCell)
        assert line[0].value == title
        assert not after[title].row_dimensions[after[title][cell].row].hidden or after[title][cell].row > 2
        led[f"{title}!{line[1].value}"] += 1
        assert not any(c.data_type == "f" for c in line)
    assert led == Counter(f.where.reference for f in marked.findings)


def test_marking_the_copy_again_leaves_one_summary_and_says_nothing_twice(marked: Marked, tmp_path: Path):
    again = check_and_mark(marked.copy, tmp_path / "again.xlsx", marked.language)
    places = [[(f.where.reference, f.code, f.message) for f in findings] for findings in (marked.findings, again.findings)]
    assert Counter(places[0]) == Counter(places[1])
    book = read(again.copy)
    assert book.sheetnames == marked.books[1].sheetnames
    for (sheet, cell), found in marked.marks.items():
        said = book[sheet][cell].comment.text
        assert all(said.count(message) == 1 for message in {f.message[:5_000] for f in found}), f"{sheet}!{cell}"


def test_what_was_mended_is_marked_no_more(tmp_path: Path):
    path, book = tmp_path / "lv.xlsx", template("lv")
    for sheet in set(book.sheetnames) - {"forms", "_lists"}:
        del book[sheet]
    kept = book["forms"]["A3"].value
    book["forms"]["A3"] = "no key"
    book["forms"]["B3"].comment = Comment("mine", "me")
    book.save(path)
    first = check_and_mark(path, tmp_path / "lv 1.xlsx", "lv")
    assert {f.where.reference for f in first.findings} == {"forms!A3"}
    book = openpyxl.load_workbook(first.copy)
    assert book["forms"]["A3"].comment is not None
    book["forms"]["A3"] = kept
    book.save(first.copy)
    second = check_and_mark(first.copy, tmp_path / "lv 2.xlsx", "lv")
    assert second.findings == []
    book = openpyxl.load_workbook(second.copy)
    assert book["forms"]["A3"].comment is None
    assert book["forms"]["A3"].fill.fill_type is None
    assert book["forms"]["B3"].comment.text == "mine"
    assert book["forms"]["A2"].comment is not None  # the hint
    assert set(book.sheetnames) == {"forms", "_lists", sentence("SheetFindings", language="lv")}


@pytest.mark.parametrize("marked", ["gr rich"], indirect=True)
def test_it_opens_in_libreoffice(marked: Marked, tmp_path: Path):
    """Values are the same after another program read the copy and wrote it anew."""
    rewritten = read(libreoffice(marked.copy, tmp_path))
    assert marked.summary.title in rewritten.sheetnames
    assert len(list(rewritten[marked.summary.title].iter_rows(min_row=4))) >= len(marked.findings)
    for sheet, _, cell in marked.cells():
        if isinstance(cell.value, str) and cell.data_type == "s" and len(cell.value) < 1_000:
            assert str(rewritten[sheet][cell.coordinate].value) == cell.value.replace("\r", ""), f"{sheet}!{cell.coordinate}"
