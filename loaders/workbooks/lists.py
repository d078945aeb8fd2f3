"""The hidden sheet `_lists`: what the drop-downs offer, each under a defined name.

A drop-down that points straight at another sheet may be stored in an extension that other programs drop; a defined name
is not. Entries of lists are fixed; those of other sheets are formulas, so that a new row is on offer at once.
"""

from __future__ import annotations

from collections.abc import Callable

from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

LISTS = "_lists"
KIND = "wise-skills"


class Lists:
    """Writes lists side by side and remembers the name of each."""

    def __init__(self, book: Workbook, about: list[str]) -> None:
        self.book = book
        self.sheet: Worksheet = book.create_sheet(LISTS)
        self.sheet.sheet_state = "hidden"
        for row, text in enumerate([KIND, *about], 1):
            self.sheet.cell(row, 1, text)
        self.names: dict[str, str] = {}

    def fixed(self, what: str, name: str, entries: list[str]) -> str:
        """Return the defined name of a list of fixed entries, written once.

        Parameters
        ----------
        what, name:
            What the list is of (a scheme), and a short name for it.
        entries:
            What it offers.
        """
        if what not in self.names:
            column = self._column(name, entries)
            letter = get_column_letter(column)
            self._define(what, name, f"{LISTS}!${letter}$2:${letter}${max(2, len(entries) + 1)}")
        return self.names[what]

    def rows(self, what: str, name: str, shared: list[str], formula: Callable[[int], str], count: int) -> str:
        """Return the defined name of a list of shared entries and of the rows of a sheet.

        Parameters
        ----------
        what, name:
            What the list is of (a class), and a short name for it.
        shared:
            Entries that all countries share.
        formula, count:
            Formula that gives the entry of row i of the sheet, counted from 0; and how many rows to prepare.
        """
        if what not in self.names:
            column = self._column(name, [*shared, *(formula(i) for i in range(count))])
            letter, last = get_column_letter(column), len(shared) + count + 1
            cells = f"{LISTS}!${letter}$2:${letter}${last}"
            # Up to the last row that holds anything: a gap is no end.
            length = f'MAX(1,SUMPRODUCT(MAX(({cells}<>"")*ROW({cells})))-1)'
            self._define(what, name, f"OFFSET({LISTS}!${letter}$2,0,0,{length},1)")
        return self.names[what]

    def _column(self, name: str, entries: list[str]) -> int:
        column = self.sheet.max_column + 1
        self.sheet.cell(1, column, name)
        for row, text in enumerate(entries, 2):
            cell = self.sheet.cell(row, column, text)
            if not text.startswith("=IF("):
                cell.data_type = "s"
        return column

    def _define(self, what: str, name: str, reference: str) -> None:
        defined = f"list_{name}".replace("-", "_").replace(".", "_")
        self.book.defined_names[defined] = DefinedName(defined, attr_text=reference)
        self.names[what] = defined
