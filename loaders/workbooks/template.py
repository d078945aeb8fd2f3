"""The workbook that a contributor fills in, made from the shapes: one sheet per table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from loaders.folders import Folders
from loaders.workbooks.entries import Cells
from loaders.workbooks.examples import as_handed_out, marked
from loaders.workbooks.instructions import write_instructions
from loaders.workbooks.lists import Lists
from loaders.workbooks.looks import FONT, height
from wise_skills.languages import said, speaking, spoken
from wise_skills.messages import phrase
from wise_skills.names import PREF_LABEL
from wise_skills.results import expected
from wise_skills.tables import Column, Table

PREPARED_ROWS = 500
FIRST_ROW = 3
_INK = "1F2937"
_HEAD = PatternFill("solid", fgColor="E5E7EB")
_REQUIRED = PatternFill("solid", fgColor="DBEAFE")
_LINE = Border(bottom=Side(style="medium", color="6B7280"))
_HINT_SIZE = 250  # a spreadsheet takes 255 characters
_WIDE, _MIDDLE, _NARROW = 34, 26, 14


@dataclass(frozen=True)
class _Heading:
    """A column of a sheet: what stands in the hidden row, and the column and language that it means."""

    title: str
    column: Column
    language: str | None

    @property
    def name(self) -> str:
        """What stands in the visible row."""
        name = said(self.column.name, self.column.id)
        return (f"{name} ({self.language})" if self.language else name) + (" *" if self.column.required else "")


def make_template(folders: Folders, folder: str, language: str, filled: bool) -> Workbook:
    """Return the workbook of a country.

    Parameters
    ----------
    folders:
        What was read of the project's data: for references to what is shared, and to fill the sheets.
    folder:
        Country folder.
    language:
        BCP 47 tag of the language of names, hints, lists and instructions.
    filled:
        Whether the sheets hold the country's present rows; an empty workbook has an example row in each sheet.
    """
    with speaking(language):
        return _Template(folders, folder, filled).make()


class _Template:
    def __init__(self, folders: Folders, folder: str, filled: bool) -> None:
        self.folders, self.folder, self.filled = folders, folder, filled
        self.vocabulary = folders.vocabulary
        self.tables = sorted(self.vocabulary.schema.tables, key=lambda t: (t.order, t.name))
        self.cells = Cells(self.vocabulary, folders.things, folder)
        self.book = Workbook()
        self.headings = {table.name: list(self._headings(table)) for table in self.tables}
        self.rows = {table.name: list(self._rows(table)) for table in self.tables}

    def make(self) -> Workbook:
        country = said(self.vocabulary.concepts.labels.get(self.vocabulary.places.get(self.folder, ""), {}), self.folder)
        first = self.book.active
        assert isinstance(first, Worksheet)
        write_instructions(first, country, self.tables)
        sheets = {table.name: self.book.create_sheet(table.name) for table in self.tables}
        self.lists = Lists(self.book, [self.folder, spoken(), "filled" if self.filled else "empty"])
        for table in self.tables:
            self._write(sheets[table.name], table)
        self.book.properties.title = phrase("WorkbookTitle", country)
        self.book.properties.creator = "WISE skills graph"
        self.book.properties.language = spoken()
        self.book.properties.created = dt.datetime(2026, 1, 1)  # the same bytes for the same data; see `looks.save`
        return self.book

    # --- what stands where

    def _languages(self) -> list[str]:
        """The languages of a country's texts: that of the workbook, those of the country, and English."""
        return list(dict.fromkeys([spoken(), *self.vocabulary.languages.get(self.folder, ()), "en"]))

    def _headings(self, table: Table) -> Iterator[_Heading]:
        present: dict[str, list[str]] = {}
        for sheet in self.folders.sheets.get(self.folder, ()) if self.filled else ():
            if sheet.table.name == table.name:
                for header in filter(None, sheet.headers):
                    present.setdefault(header[0].id, []).append(header[1] or "")
        languages = self._languages()
        for column in table.columns:
            if not column.is_text:
                yield _Heading(column.id, column, None)
                continue
            asked = languages if column.path == PREF_LABEL else [languages[0], "en"] if spoken() != "en" else languages[:2]
            for tag in dict.fromkeys([*asked, *present.get(column.id, ())]):
                yield _Heading(f"{column.id}@{tag}", column, tag)

    def _rows(self, table: Table) -> Iterator[dict[str, str]]:
        """The rows of a table by header; an empty workbook has the example."""
        if not self.filled:
            if not any(c.example for c in table.columns):
                return
            example = {h.title: h.column.example for h in self.headings[table.name] if h.language in (None, "en")}
            yield {title: text for title, text in example.items() if text}
            return
        for sheet in self.folders.sheets.get(self.folder, ()):
            if sheet.table.name == table.name:
                for _, texts in sheet.records:
                    known = zip(sheet.titles, sheet.headers, texts, strict=True)
                    yield {title: text for title, header, text in known if header and text}

    # --- a sheet

    def _write(self, sheet: Worksheet, table: Table) -> None:
        headings, rows = self.headings[table.name], self.rows[table.name]
        last = FIRST_ROW + len(rows) + PREPARED_ROWS
        for index, heading in enumerate(headings, 1):
            self._write_head(sheet, index, heading)
            self._restrict(sheet, f"{get_column_letter(index)}{FIRST_ROW}:{get_column_letter(index)}{last}", heading.column)
        for number, row in enumerate(rows, FIRST_ROW):
            texts = (row.get(h.title, "") for h in headings if h.column.is_text)
            sheet.row_dimensions[number].height = height({_WIDE: max(texts, key=len, default="")}, most=3)
            for index, heading in enumerate(headings, 1):
                text = row.get(heading.title, "")
                if text or not heading.column.is_number:
                    value = self.cells.shown(table, heading.column, text)
                    if not self.filled:
                        value = value if as_handed_out(str(value), heading.column) else text
                        value = marked(str(value)) if index == 1 else value
                    self._write_cell(sheet, number, index, value, heading.column)
        sheet.row_dimensions[1].hidden = True
        sheet.row_dimensions[2].height = 48
        sheet.freeze_panes = "B3"
        sheet.auto_filter.ref = f"A2:{get_column_letter(len(headings))}{max(last, FIRST_ROW)}"

    def _write_head(self, sheet: Worksheet, index: int, heading: _Heading) -> None:
        column = heading.column
        sheet.cell(1, index, heading.title).number_format = "@"
        cell = sheet.cell(2, index, heading.name)
        cell.font = Font(name=FONT, bold=True, color=_INK)
        cell.fill = _REQUIRED if column.required else _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="bottom")
        cell.border = _LINE
        cell.number_format = "@"
        cell.comment = Comment(self._hint(column), "WISE skills", width=320, height=150)
        letter = get_column_letter(index)
        wide = column.is_text or column.is_address
        sheet.column_dimensions[letter].width = _WIDE if wide else _NARROW if column.is_number or column.is_date else _MIDDLE
        # A new row is typed into cells that nobody wrote: the format of the column is theirs.
        sheet.column_dimensions[letter].number_format = "General" if column.is_number else "@"

    def _write_cell(self, sheet: Worksheet, number: int, index: int, value: str | int | float, column: Column) -> None:
        cell = sheet.cell(number, index)
        if isinstance(value, str):
            cell.number_format = "@"  # else 2022-04 would become a day, and 81.30 a number
            if not value:
                return
            cell.value = value
            cell.data_type = "s"  # a text that begins with = is no formula
        else:
            cell.value = value
        cell.alignment = Alignment(vertical="top", wrap_text=column.is_text)
        if not self.filled:
            cell.font = Font(name=FONT, italic=True, color="6B7280")

    def _hint(self, column: Column) -> str:
        parts = [said(column.description)]
        if column.refers_to:
            table = self.vocabulary.schema.by_class.get(column.refers_to)
            parts.append(phrase("HintReference", f"{said(table.title)} – {table.name}" if table else ""))
        elif column.scheme:
            parts.append(phrase("HintList"))
        elif not column.is_text and (column.is_number or column.is_date or column.is_address or column.datatypes):
            words = expected(column)
            parts.append(words[:1].upper() + words[1:] + ".")
        parts += [phrase("HintSeveral")] if column.separator else []
        parts += [phrase("HintAnswer")] if column.answer else []
        parts += [phrase("WordRequired")] if column.required else []
        return " ".join(filter(None, parts))

    def _restrict(self, sheet: Worksheet, cells: str, column: Column) -> None:
        """Give the cells of a column their drop-down or bounds, and the hint that shows when one is selected."""
        rule = DataValidation(allow_blank=True, showInputMessage=True)
        rule.promptTitle = _title(said(column.name, column.id))
        rule.prompt = self._hint(column)[:_HINT_SIZE]
        name = self._list_of(column)
        if name:
            rule.type, rule.formula1 = "list", name
            rule.showErrorMessage = True
            rule.errorTitle, rule.error = _title(phrase("ListTitle")), self._hint(column)[:_HINT_SIZE]
            # A list that takes several values or ? can only warn; so can one that bare keys may be typed into.
            rule.errorStyle = "stop" if column.scheme and not column.separator and not column.answer else "warning"
        elif column.is_number and not column.separator:
            whole = any(d.endswith("#integer") for d in column.datatypes)
            rule.type, rule.operator, rule.formula1 = ("whole" if whole else "decimal"), "greaterThanOrEqual", "-1000000000000"
            rule.showErrorMessage = True
            rule.errorTitle, rule.error = _title(said(column.name, column.id)), self._hint(column)[:_HINT_SIZE]
            rule.errorStyle = "warning" if column.answer else "stop"
        sheet.add_data_validation(rule)
        rule.add(cells)

    def _list_of(self, column: Column) -> str:
        """The defined name of what a column offers; empty where it offers nothing."""
        if column.scheme:
            return self.lists.fixed(column.scheme, column.scheme.rsplit("/", 1)[-1], list(self.cells.list_entries(column.scheme).values()))
        if any(d.endswith("#boolean") for d in column.datatypes):
            return self.lists.fixed("boolean", "boolean", [f"{phrase('Yes')} [true]", f"{phrase('No')} [false]"])
        table = self.vocabulary.schema.by_class.get(column.refers_to or "")
        if table is None or table.key[0].id != "id":
            return ""
        shared = self.cells.shared_entries(table.target) if self.folder != "eu" else []
        letters = {h.title: get_column_letter(i) for i, h in enumerate(self.headings[table.name], 1)}
        key = letters["id"]
        label = next((letters[h.title] for h in self.headings[table.name] if h.column.path == PREF_LABEL), key)

        def formula(index: int) -> str:
            k, n = f"{table.name}!${key}${FIRST_ROW + index}", f"{table.name}!${label}${FIRST_ROW + index}"
            return f'=IF(OR({k}="",LEFT({k},1)="#"),"",IF({n}="",{k},{n}&" ["&{k}&"]"))'

        return self.lists.rows(table.target, table.name, shared, formula, len(self.rows[table.name]) + PREPARED_ROWS)


def _title(text: str) -> str:
    """A title of a hint, which a spreadsheet cuts at 32 characters, cut at a blank."""
    return text if len(text) <= 32 else text[:32].rpartition(" ")[0] or text[:32]
