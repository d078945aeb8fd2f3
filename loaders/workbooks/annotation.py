"""The contributor's own workbook with marks.

Cells that something was found in get a fill and a comment, and a sheet lists all findings, with links to the cells.
Values, formulas and all other styling stay as they are.
"""

from __future__ import annotations

import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from loaders.workbooks.looks import FONT
from loaders.workbooks.opening import load, opened
from loaders.workbooks.reading import is_ours
from loaders.workbooks.results import put_back, results_of
from wise_skills.findings import INFO, VIOLATION, WARNING, Finding, letters
from wise_skills.messages import phrase

_FILLS = {
    VIOLATION: PatternFill("solid", fgColor="FECACA"),
    WARNING: PatternFill("solid", fgColor="FDE68A"),
    INFO: PatternFill("solid", fgColor="BFDBFE"),
}
_WORST = (VIOLATION, WARNING, INFO)
_AUTHOR = "wise check"
_BELOW = f"\n\n— {_AUTHOR} —\n"  # what stands under somebody else's comment
_LOST = {
    "xl/media/": "pictures",
    "xl/threadedComments/": "threaded comments",
    "xl/embeddings/": "embedded objects",
    "xl/slicers/": "slicers",
    "xl/ctrlProps/": "form controls",
    "customXml/": "custom XML",
    "xl/printerSettings/": "printer settings",
}
_COMMENT = 30_000  # a comment takes 32,767 characters
_MAX_MARKS = 20_000
_COLUMNS = ("WordSheet", "WordCell", "WordSeverity", "WordColumn", "WordValue", "WordMessage", "WordCode", "WordKey")
_WIDTHS = (18, 10, 12, 24, 30, 90, 30, 40)


def annotate(path: Path, out: Path, findings: Sequence[Finding]) -> list[str]:
    """Write a marked copy of a workbook.

    Parameters
    ----------
    path, out:
        The contributor's workbook, and the copy.
    findings:
        What was found in it, in order.

    Returns
    -------
    Names of parts of the workbook that openpyxl could not copy (pictures, threaded comments); mostly none.

    Raises
    ------
    Unopened
        When the file is no workbook that can be opened.
    """
    with opened(path) as (plain, _), zipfile.ZipFile(path) as archive:
        results = {sheet.title: results_of(archive, sheet._worksheet_path) for sheet in plain.worksheets}  # type: ignore[attr-defined]
    book = load(path, read_only=False, data_only=False, rich_text=True)
    _unmark(book)
    cells: dict[tuple[str, int, int], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.where.row > 0 and finding.where.sheet in book.sheetnames:
            cells[finding.where.sheet, finding.where.row, max(finding.where.index, 0)].append(finding)
    anchored: dict[Cell, list[Finding]] = defaultdict(list)
    for (sheet, row, index), found in list(cells.items())[:_MAX_MARKS]:
        worksheet = book[sheet]
        if isinstance(worksheet, Worksheet):
            anchored[_anchor(worksheet, _visible(worksheet, row), index + 1)] += found
    for cell, found in anchored.items():
        _mark(cell, found)
    _summary(book, findings)
    beside = out.with_name(out.name + ".part")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book.save(beside)
    put_back(beside, {sheet.path.lstrip("/"): results[sheet.title] for sheet in book.worksheets if results.get(sheet.title)})
    left = _left_out(path, beside)
    beside.replace(out)
    return left


def _unmark(book: Workbook) -> None:
    """Take the marks of an earlier check away: what is mended is red no more."""
    ours = {fill.fgColor.rgb for fill in _FILLS.values()}
    for worksheet in book.worksheets:
        for row in worksheet.iter_rows():
            for cell in row:
                if cell.comment is None or not (cell.comment.author == _AUTHOR or _BELOW in cell.comment.text):
                    continue
                text, _, _ = cell.comment.text.partition(_BELOW)
                others = Comment(text, cell.comment.author, height=cell.comment.height, width=cell.comment.width)
                cell.comment = others if _BELOW in cell.comment.text else None
                if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in ours:
                    cell.fill = PatternFill()


def _mark(cell: Cell, found: Sequence[Finding]) -> None:
    severity = min((f.severity for f in found), key=_WORST.index)
    cell.fill = _FILLS[severity]
    lines = dict.fromkeys(f"{phrase(f.severity)}: {f.message}" for f in found)
    text = "\n".join(lines)[:_COMMENT]
    if cell.comment is not None:
        text = f"{cell.comment.text}{_BELOW}{text}"[:_COMMENT]
        cell.comment = Comment(text, cell.comment.author or _AUTHOR, height=cell.comment.height, width=cell.comment.width)
    else:
        cell.comment = Comment(text, _AUTHOR, width=320, height=min(400, 60 + 18 * (len(text) // 45 + len(lines))))


def _visible(worksheet: Worksheet, row: int) -> int:
    """The row of the names for the hidden row of ids above it."""
    return 2 if row == 1 and worksheet.row_dimensions[1].hidden else row


def _anchor(worksheet: Worksheet, row: int, column: int) -> Cell:
    """The cell itself, or the first of the merged range that hides it."""
    cell = worksheet.cell(row, column)
    if isinstance(cell, MergedCell):
        for merged in worksheet.merged_cells.ranges:
            if cell.coordinate in merged:
                cell = worksheet.cell(merged.min_row, merged.min_col)
                break
    assert isinstance(cell, Cell)
    return cell


def _summary(book: Workbook, findings: Iterable[Finding]) -> None:
    """Write the sheet of findings; one of an earlier check is replaced."""
    title = phrase("SheetFindings")[:31]
    for old in [t for t in book.sheetnames if is_ours(t) and book[t].cell(1, 1).value == _AUTHOR]:
        del book[old]
    if title in book.sheetnames:
        title = f"{title[:26]} wise"
    sheet = book.create_sheet(title, 0)
    sheet["A1"] = _AUTHOR
    found = list(findings)
    counts = [sum(f.severity == s for f in found) for s in _WORST]
    sheet["B1"] = phrase("Counts", str(counts[0]), limit=str(counts[1]), other=str(counts[2])) if found else phrase("Nothing")
    for cell in (sheet["A1"], sheet["B1"]):
        cell.font = Font(name=FONT, bold=True, size=14)
    for column, word in enumerate(_COLUMNS, 1):
        sheet.cell(3, column, phrase(word)).font = Font(name=FONT, bold=True)
        sheet.column_dimensions[chr(64 + column)].width = _WIDTHS[column - 1]
    for row, finding in enumerate(found, 4):
        _line(sheet, row, finding, book)
    sheet.freeze_panes = "A4"
    sheet.auto_filter.ref = f"A3:H{max(4, 3 + len(found))}"
    book.active = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet


def _line(sheet: Worksheet, row: int, finding: Finding, book: Workbook) -> None:
    where = finding.where
    reference = where.reference.rpartition("!")[2]
    texts = (where.sheet, reference, phrase(finding.severity), where.column, finding.value, finding.message, finding.code, finding.key)
    for column, text in enumerate(texts, 1):
        cell = sheet.cell(row, column)
        cell.value = "".join(c for c in text if c in "\n\t" or c >= " ")[:_COMMENT]
        cell.data_type = "s"  # a value that begins with = is no formula
        cell.alignment = Alignment(vertical="top", wrap_text=column in (5, 6))
    sheet.cell(row, 3).fill = _FILLS[finding.severity]
    found = book[where.sheet] if reference and where.sheet in book.sheetnames else None
    if isinstance(found, Worksheet):
        quoted = where.sheet.replace("'", "''")
        target = f"{letters(max(where.index, 0))}{_visible(found, where.row)}"
        sheet.cell(row, 2).hyperlink = Hyperlink(ref=f"B{row}", location=f"'{quoted}'!{target}")
        sheet.cell(row, 2).font = Font(name=FONT, color="1D4ED8", underline="single")


def _left_out(path: Path, copy: Path) -> list[str]:
    """What people put into the original and the copy lacks."""
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(copy) as after:
        had, has = ({folder for folder in _LOST for name in one.namelist() if name.startswith(folder)} for one in (before, after))
    return sorted(_LOST[folder] for folder in had - has)
