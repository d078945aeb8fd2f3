"""The first sheet of a workbook: what to do, and what the other sheets are."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

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


def write_instructions(sheet: Worksheet, country: str, tables: Sequence[Table]) -> None:
    """Write the instructions and a linked list of the sheets."""
    sheet.title = phrase("SheetInstructions")[:31]
    sheet["A1"] = phrase("WorkbookTitle", country)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A2"] = phrase("WorkbookPurpose")
    sheet["A2"].alignment = _TOP
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A2:C2")
    sheet.row_dimensions[2].height = 34
    for number, step in enumerate(_STEPS, 1):
        sheet.cell(number + 3, 1, number).alignment = Alignment(vertical="top", horizontal="right")
        cell = sheet.cell(number + 3, 2, phrase(step))
        cell.alignment = _TOP
        sheet.merge_cells(start_row=number + 3, start_column=2, end_row=number + 3, end_column=3)
        sheet.row_dimensions[number + 3].height = 34
    head = len(_STEPS) + 5
    for column, word in enumerate(("WordSheet", "WordTable", "WordMessage"), 1):
        if word != "WordMessage":
            sheet.cell(head, column, phrase(word)).font = Font(bold=True)
    for number, table in enumerate(tables, head + 1):
        cell = sheet.cell(number, 1, table.name)
        cell.hyperlink = f"#'{table.name}'!A3"
        cell.font = Font(color="1D4ED8", underline="single")
        sheet.cell(number, 2, said(table.title, table.name)).alignment = _TOP
        sheet.cell(number, 3, said(table.description)).alignment = _TOP
        cell.alignment = _TOP
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 36
    sheet.column_dimensions["C"].width = 84
