"""The first sheet of a workbook: what to do, and what the other sheets are."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from loaders.workbooks.looks import FONT, LINE, height
from wise_skills.languages import said
from wise_skills.messages import phrase
from wise_skills.tables import Table

_STEPS = (
    "InstructionFill",
    "InstructionNames",
    "InstructionLists",
    "InstructionReferences",
    "InstructionDates",
    "InstructionAbsence",
    "InstructionEvidence",
    "InstructionFreedom",
    "InstructionExample",
    "InstructionCheck",
)
_TOP = Alignment(wrap_text=True, vertical="top")
_WIDTHS = (24, 36, 84)


def write_instructions(sheet: Worksheet, country: str, tables: Sequence[Table]) -> None:
    """Write the instructions and a linked list of the sheets."""
    sheet.title = phrase("SheetInstructions")[:31]
    for row, text, size in ((1, phrase("WorkbookTitle", country), 16), (2, phrase("WorkbookPurpose"), 11)):
        _across(sheet, row, text)
        sheet.cell(row, 1).font = Font(name=FONT, bold=size > 11, size=size)
    for number, step in enumerate(_STEPS, 1):
        _across(sheet, number + 3, f"{number}. {phrase(step)}")
    head = len(_STEPS) + 5
    for column, word in enumerate(("WordSheet", "WordTable"), 1):
        sheet.cell(head, column, phrase(word)).font = Font(name=FONT, bold=True)
    for number, table in enumerate(tables, head + 1):
        cell = sheet.cell(number, 1, table.name)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{table.name}'!A3")
        cell.font = Font(name=FONT, color="1D4ED8", underline="single")
        texts = (said(table.title, table.name), said(table.description))
        for column, text in enumerate(texts, 2):
            sheet.cell(number, column, text).alignment = _TOP
        sheet.row_dimensions[number].height = height(dict(zip(_WIDTHS[1:], texts, strict=True)))
        cell.alignment = _TOP
    for letter, width in zip("ABC", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width


def _across(sheet: Worksheet, row: int, text: str) -> None:
    """A paragraph over the whole width."""
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=3)
    cell = sheet.cell(row, 1, text)
    cell.alignment = _TOP
    sheet.row_dimensions[row].height = height({sum(_WIDTHS) - 10: text}) or (24 if row == 1 else LINE)
