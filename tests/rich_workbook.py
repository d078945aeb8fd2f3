"""A filled workbook that somebody has made her own: charts, formats, remarks, formulas, protection and all that."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule, DataBarRule, FormulaRule
from openpyxl.styles import Alignment, Border, Font, GradientFill, NamedStyle, PatternFill, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

_CELL = re.compile(r'(<c r="(\w+)"[^>]*)>(<f[^>]*>[^<]*</f>)<v ?(?:/>|></v>)')


def enrich(path: Path) -> None:
    """Change a filled workbook in place; faults and harmless things stand side by side."""
    book = openpyxl.load_workbook(path)
    counts, forms = book["counts"], book["forms"]
    _style(book, counts, forms)
    _remarks(counts, forms)
    _arrange(counts, forms)
    _rules(book, counts)
    _own_sheets(book, counts)
    book.save(path)
    _put_results(path, {"J3": 42, "J4": "two words", "J5": True, "J6": 45000.5, "J7": "#DIV/0!"})


def _style(book: Workbook, counts: Worksheet, forms: Worksheet) -> None:
    book.add_named_style(NamedStyle("My own", font=Font(name="Georgia", italic=True), fill=PatternFill("solid", fgColor="CCFFCC")))
    counts["A4"].style = "My own"
    counts["B5"].fill = GradientFill(stop=("000000", "FFFFFF"))
    counts["C5"].border = Border(left=Side("double", color="FF0000"), diagonal=Side("thin"), diagonalUp=True)
    counts["C6"].alignment = Alignment(text_rotation=45, indent=2, shrink_to_fit=True, horizontal="right")
    counts["C7"].protection = Protection(locked=False, hidden=True)
    counts["D7"].number_format = '[Red]0.00" EUR";[Blue]-0.00'
    counts["E4"].font = Font(color="FF00FF", strike=True, vertAlign="superscript", underline="doubleAccounting")
    forms["A3"].font = Font(bold=True)
    forms["C4"] = CellRichText("plain ", TextBlock(InlineFont(b=True, color="00FF0000"), "bold & red"), " <plain>")
    counts.column_dimensions["F"].fill = PatternFill("solid", fgColor="EEEEFF")


def _remarks(counts: Worksheet, forms: Worksheet) -> None:
    for cell in (counts["C4"], counts["A5"], forms["A4"]):
        cell.comment = Comment("My remark:\nlook & see", "A. Contributor", height=222, width=333)
    counts["N4"].hyperlink = "https://a.example/elsewhere?a=1&b=2"
    counts["N5"].hyperlink = Hyperlink(ref="N5", location="'My sheet'!B2", tooltip="inside")


def _arrange(counts: Worksheet, forms: Worksheet) -> None:
    counts.column_dimensions["D"].width = 33.5
    counts.column_dimensions.group("P", "R", hidden=True, outline_level=1)
    counts.row_dimensions[4].height = 61.5
    counts.row_dimensions[6].hidden = True
    counts.row_dimensions.group(8, 9, outline_level=1, hidden=True)
    counts.freeze_panes = "C5"
    counts.auto_filter.ref = f"A2:M{counts.max_row}"
    counts.auto_filter.add_filter_column(2, ["organisations"])
    counts.sheet_properties.tabColor = "FF8800"
    counts.sheet_view.zoomScale = 85
    counts.sheet_view.showGridLines = False
    counts.print_area = "A1:F20"
    counts.print_title_rows = "1:2"
    counts.page_setup.orientation = "landscape"
    counts.oddHeader.center.text = "&A of &D"
    counts.row_breaks.append(Break(id=10))
    forms.merge_cells("D5:D6")
    unit = next(c.column for c in counts[1] if c.value == "unit")
    counts.cell(5, unit).value = "no such unit"  # found in both rows, and both are marked at the first
    counts.merge_cells(start_row=5, end_row=6, start_column=unit, end_column=unit)
    forms.protection.sheet = True
    forms.sheet_state = "hidden"


def _rules(book: Workbook, counts: Worksheet) -> None:
    counts.conditional_formatting.add("G3:G60", ColorScaleRule("min", None, "FF0000", "max", None, "00FF00"))
    counts.conditional_formatting.add("A3:A60", FormulaRule(formula=['$A3="x"'], font=Font(bold=True), stopIfTrue=True))
    counts.conditional_formatting.add("H3:H60", DataBarRule("num", 0, "num", 10, "638EC6"))
    rule = DataValidation(type="textLength", operator="between", formula1="1", formula2="40", errorTitle="Too long", showErrorMessage=True)
    rule.add("K3:K40")
    counts.add_data_validation(rule)
    book.defined_names["my_range"] = DefinedName("my_range", attr_text="counts!$G$3:$G$20")
    counts.defined_names["local"] = DefinedName("local", attr_text="counts!$A$3")


def _own_sheets(book: Workbook, counts: Worksheet) -> None:
    sheet = book.create_sheet("My sheet", 3)
    for row in (["what", "how many", "when"], ["a", 1, dt.date(2020, 5, 31)], ["b", 2.5, dt.time(10, 30)], ["c", True, "  blanks  "]):
        sheet.append(row)
    sheet.append(["=not a formula", "'quoted", "_x0041_ & <tag>"])
    sheet["A5"].data_type = "s"
    sheet.add_table(Table(displayName="MyTable", ref="A1:C4"))
    sheet.merge_cells("E1:G2")
    sheet["E1"] = "merged"
    sheet["J3"], sheet["J4"], sheet["J5"] = "=SUM(B2:B3)*12", '="two"&" words"', "=B2=1"
    sheet["J6"], sheet["J7"], sheet["J8"] = "=45000.5", "=1/0", "=NOW()"
    sheet["J6"].number_format = "yyyy-mm-dd"
    sheet["K3"] = ArrayFormula("K3:K5", "=B2:B4*2")
    for chart, anchor in ((BarChart(), "A10"), (LineChart(), "H10")):
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
        chart.title = "How many?"
        sheet.add_chart(chart, anchor)
    chart = BarChart()
    chart.add_data(Reference(counts, min_col=7, min_row=3, max_row=9))
    book.create_chartsheet("My chart").add_chart(chart)
    book["My sheet"].sheet_state = "visible"


def _put_results(path: Path, results: dict[str, object]) -> None:
    """Store beside the formulas what a spreadsheet computed, as one does when it saves; openpyxl cannot."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = next(n for n, raw in parts.items() if n.startswith("xl/worksheets/") and b"SUM(B2:B3)*12" in raw)

    def stored(match: re.Match[str]) -> str:
        start, reference, formula = match.groups()
        value = results.get(reference)
        if value is None:
            return match[0]
        letter = {bool: "b", str: "e" if str(value).startswith("#") else "str"}.get(type(value), "n")
        return f'{start} t="{letter}">{formula}<v>{int(value) if isinstance(value, bool) else value}</v>'

    parts[name] = _CELL.sub(stored, parts[name].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, raw in parts.items():
            archive.writestr(part, raw)
