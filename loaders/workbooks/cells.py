"""One cell of a workbook as the text that a CSV file would hold.

A spreadsheet keeps a value and shows it in a format; what the contributor saw is what counts. So a date that is shown
as a year is a year, 0.4 shown as 40 % is 40, and a whole number has no point, however it is stored.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Protocol

from wise_skills.tables import Column

_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_NOUGHTS = re.compile(r"0{2,}")
_DECIMALS = re.compile(r"0\.(0+)$")
UNCOMPUTED = "#FORMULA!"
ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!", UNCOMPUTED)


class Shown(Protocol):
    """What is needed of a cell: its value, its number format and the letter of its kind."""

    @property
    def value(self) -> object:
        """The value as openpyxl reads it."""

    @property
    def number_format(self) -> str:
        """Format code, such as `yyyy-mm`."""


def text_of(cell: Shown, column: Column | None) -> str:
    """Return what a cell holds as text, trimmed.

    Parameters
    ----------
    cell:
        A cell of openpyxl.
    column:
        The column that it stands in, `None` for a header.
    """
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("_x000D_", "").replace("\u200b", "").replace("\ufeff", "").strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return _date(value, cell.number_format)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format, column)
    return str(value)


def _date(value: dt.datetime, number_format: str) -> str:
    """The date, as exactly as its format shows it."""
    shown = _QUOTED.sub("", number_format).lower()
    if value.time() != dt.time():
        return value.isoformat(sep=" ", timespec="minutes")
    if "d" in shown or ("m" not in shown and "y" not in shown):
        return value.date().isoformat()
    return f"{value.year:04}-{value.month:02}" if "m" in shown else f"{value.year:04}"


def _number(value: float, number_format: str, column: Column | None) -> str:
    shown = _QUOTED.sub("", number_format)
    if "%" in shown:
        value *= 100
    shown = shown.split(";")[0]
    decimals = _DECIMALS.search(shown)
    if decimals and column is not None and not column.is_number:
        return f"{value:.{len(decimals[1])}f}"  # a code such as 81.30 that the spreadsheet took for a number
    if _NOUGHTS.fullmatch(shown) and column is not None and not column.is_number and value == int(value):
        return f"{int(value):0{len(shown)}d}"  # a code such as 01110
    if isinstance(value, int) or (value == int(value) and abs(value) < 1e15):
        return str(int(value))
    return f"{Decimal(f'{value:.15g}'):f}"  # what a spreadsheet shows of a double: 0.1 + 0.2 is 0.3
