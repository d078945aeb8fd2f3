"""From a workbook to the records of its tables, with the cells that they stand in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from openpyxl.utils.cell import get_column_letter
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from loaders.records import MAX_COLUMNS, Sheet, add_records, understand_headers
from loaders.workbooks.cells import ERRORS, UNCOMPUTED, text_of
from loaders.workbooks.examples import is_example
from loaders.workbooks.headings import Heading, by_name, heading, may_be_table
from loaders.workbooks.lists import KIND, LISTS
from loaders.workbooks.opening import opened
from loaders.workbooks.refusal import Unopened
from loaders.workbooks.scan import MAX_ROWS, Marks
from wise_skills.findings import INFO, VIOLATION, WARNING, Cell, Finding
from wise_skills.languages import LANGUAGES, said
from wise_skills.messages import did_you_mean, nearest, sentence
from wise_skills.tables import Schema

_HEAD = 5


def read_workbook(path: Path, shown: str, folder: str, schema: Schema) -> tuple[list[Sheet], list[Finding]]:
    """Read the sheets of a workbook that are tables.

    Parameters
    ----------
    path, shown:
        The file, and the name by which findings call it.
    folder:
        Country folder that it belongs to.
    schema:
        The tables.

    Returns
    -------
    One sheet of records for each sheet that is a table, and what was found about the workbook as a whole and about
    sheets that are none.
    """
    sheets: list[Sheet] = []
    findings: list[Finding] = []
    unknown: dict[str, bool] = {}
    ours = False
    try:
        with opened(path) as (book, marks):
            ours = LISTS in book.sheetnames
            for worksheet in book.worksheets:
                if isinstance(worksheet, ReadOnlyWorksheet) and not is_ours(worksheet.title):
                    known = marks[worksheet._worksheet_path]  # type: ignore[attr-defined]
                    known.first_row_hidden |= ours  # somebody unhid the row
                    sheet = _read_sheet(worksheet, known, shown, folder, schema)
                    if isinstance(sheet, Sheet):
                        sheets.append(sheet)
                    elif sheet is not None:
                        unknown[worksheet.title] = sheet
    except Unopened as refused:
        findings.append(_about_file(shown, refused.component, **refused.facts))
    else:
        if not sheets:
            findings.append(_about_file(shown, "NoTables"))
    # A contributor was told that she may add sheets. But where one of ours is missing, an unknown sheet may be what became of it.
    lost = ours and {sheet.table.name for sheet in sheets} != set(schema.by_name)
    return sheets, [*findings, *(_unknown_sheet(shown, title, schema) for title, suspect in unknown.items() if suspect or lost)]


@dataclass(frozen=True)
class About:
    """What a workbook of ours says of itself: country folder, language, and whether it was handed out filled."""

    folder: str = ""
    language: str = ""
    filled: bool = False


def about(path: Path) -> About:
    """Return what a workbook says of itself; nothing for one that is not ours or cannot be opened."""
    state = path.stat()
    return _about(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=32)
def _about(path: Path, _changed: int, _size: int) -> About:
    try:
        with opened(path) as (book, _):
            if LISTS not in book.sheetnames:
                return About()
            cells = [str(row[0]) for row in book[LISTS].iter_rows(max_row=4, max_col=1, values_only=True)]
    except Unopened:
        return About()
    return About(cells[1], cells[2], cells[3] == "filled") if len(cells) == 4 and cells[0] == KIND else About()


def is_ours(title: str) -> bool:
    """Whether a sheet holds no data: lists, instructions, and the findings of an earlier check."""
    return title.startswith("_") or title in _our_titles()


@cache
def _our_titles() -> frozenset[str]:
    return frozenset(sentence(name, language=language) for name in ("SheetFindings", "SheetInstructions") for language in LANGUAGES)


def _about_file(shown: str, component: str, **facts: str) -> Finding:
    return Finding(VIOLATION, component, sentence(component, facts), Cell(shown, "", 0), value=facts.get("value", ""))


def _read_sheet(worksheet: ReadOnlyWorksheet, marks: Marks, shown: str, folder: str, schema: Schema) -> Sheet | bool | None:
    """The records of a sheet; for one that is no table whether it may have been meant as one; `None` for a blank one."""
    worksheet.reset_dimensions()  # a sheet may claim to reach to the last column
    rows: list[tuple[int, tuple[Any, ...]]] = []
    uncomputed = {number for number, _ in marks.uncomputed}
    for number, cells in enumerate(worksheet.iter_rows(max_row=marks.last or 1, max_col=marks.widest or 1), 1):  # type: ignore[misc]
        if any(c.value is not None and c.value != "" for c in cells) or number in uncomputed:
            rows.append((number, cells))
    top = [(number, [text_of(c, None) for c in cells]) for number, cells in rows[:_HEAD]]
    recognised = heading(worksheet.title, top, schema, marks.first_row_hidden) if rows else None
    if recognised is None and rows:
        return may_be_table(worksheet.title, top, schema)
    if recognised is None:
        table = by_name(worksheet.title, schema)
        return Sheet(shown, folder, table, [], [], [], name=worksheet.title) if table else None
    sheet = Sheet(shown, folder, recognised.table, recognised.titles, [], [], name=worksheet.title, header_row=recognised.row)
    sheet.names_row = recognised.names_row
    sheet.own, sheet.meant = recognised.own, recognised.meant
    if marks.below:
        sheet.find("TooManyRows", marks.below[0], marks.below[1] - 1, limit=f"{MAX_ROWS:,}")
    if marks.beyond:
        sheet.find("TooManyColumns", marks.beyond[0], marks.beyond[1] - 1, limit=f"{MAX_COLUMNS:,}")
    # A value may stand right of all headers: it is not read, but it is not passed over either.
    used = max((i for _, cells in rows for i, c in enumerate(cells, 1) if c.value not in (None, "")), default=0)
    sheet.titles = [*sheet.titles, *[""] * (used - len(sheet.titles))]
    understand_headers(sheet)
    add_records(sheet, _records(sheet, rows, recognised, marks))
    return sheet


def _unknown_sheet(shown: str, title: str, schema: Schema) -> Finding:
    guess = did_you_mean(nearest(title, schema.by_name))
    return Finding(
        WARNING, "UnknownSheet", sentence("UnknownSheet", {"value": title, "nearest": guess}), Cell(shown, title, 1), value=title
    )


def _records(sheet: Sheet, rows: list[tuple[int, tuple[Any, ...]]], recognised: Heading, marks: Marks) -> Iterator[tuple[int, list[str]]]:
    """The texts of the data rows; what cannot be read as it stands is noted at its cell."""
    columns = [header[0] if header else None for header in sheet.headers]
    width = len(sheet.titles)
    filled = _filled_by_merging(sheet, rows, recognised, marks)
    for number, cells in rows:
        if number < recognised.data_from:
            continue
        texts = [text_of(cell, columns[i]) for i, cell in enumerate(cells[:width])]
        texts += [""] * (width - len(texts))
        for index in range(width):
            if (number, index + 1) in filled:
                texts[index] = filled[number, index + 1]
            elif columns[index] and (number, index + 1) in marks.uncomputed:
                texts[index] = UNCOMPUTED  # the cell is not empty, only unknown
                sheet.find("EmptyFormula", number, index, column=_name(sheet, index))
            elif columns[index] and texts[index] in ERRORS:
                sheet.find("CellError", number, index, value=texts[index], column=_name(sheet, index))
        example = is_example(texts, sheet)
        if example is False:
            index = next(i for i, t in enumerate(texts) if t.startswith("#"))
            sheet.find("ExampleRow", number, index, WARNING, value=texts[index])
        if example is None:
            yield number, texts


def _name(sheet: Sheet, index: int) -> str:
    header = sheet.headers[index]
    return said(header[0].name, header[0].id) if header else sheet.titles[index]


def _filled_by_merging(
    sheet: Sheet, rows: list[tuple[int, tuple[Any, ...]]], recognised: Heading, marks: Marks
) -> dict[tuple[int, int], str]:
    """Cells below the first of a merged range hold what the eye sees there; it is noted that they were read so."""
    filled: dict[tuple[int, int], str] = {}
    by_number = dict(rows)
    numbers = list(by_number)
    reached: dict[int, int] = {}
    for first_column, first_row, last_column, last_row in sorted(marks.merged):
        index = first_column - 1
        if first_row <= reached.get(index, recognised.data_from - 1) or index >= len(sheet.headers) or first_row not in by_number:
            continue  # of ranges that overlap, which no spreadsheet writes, the first counts
        reached[index] = last_row
        cells = by_number[first_row]
        header = sheet.headers[index]
        text = text_of(cells[index], header[0] if header else None) if index < len(cells) else ""
        if not text:
            continue
        where = f"{get_column_letter(first_column)}{first_row}:{get_column_letter(last_column)}{last_row}"
        if last_column > first_column and any(sheet.headers[first_column : min(last_column, len(sheet.headers))]):
            sheet.find("MergedColumns", first_row, index, WARNING, value=where, column=_name(sheet, index))
        for number in numbers[bisect_right(numbers, first_row) : bisect_right(numbers, last_row)]:
            filled[number, first_column] = text
            sheet.find("MergedCells", number, index, INFO, value=where, other=text, column=_name(sheet, index))
    return filled
