"""Workbooks (.xlsx) that people take along: a sheet of rows, and a sheet that says what they are.

Numbers are numbers and dates are dates. A text stays exactly what it is and never becomes a formula: its cell is of
the type text and bears the mark by which spreadsheets keep it a text when it is edited (`quotePrefix`).
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""How a text begins that a spreadsheet could take for a formula."""
_LONGEST = 32_767
_LONGEST_ADDRESS = 2_079
_MOST_LINKS = 60_000  # 65,530 is what a sheet may hold
_EXACT = 15  # digits that a spreadsheet keeps of a number
_WIDEST = 60
_MEASURED = 200  # rows that decide how wide a column is
_WHEN = (2026, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_NO_NAME = re.compile(r"[\[\]:*?/\\']")
_HEAD = Font(name="Calibri", bold=True)
_LINKED = Font(name="Calibri", color="0563C1", underline="single")
_PLAIN = Font(name="Calibri")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True)
class Link:
    """A cell that leads somewhere; only addresses of the web become links."""

    text: str
    address: str


Value = str | int | float | Decimal | bool | date | Link | None
"""What a cell may hold."""


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before one that looks like it.

    >>> guarded("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def workbook(
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Value]],
    about: Sequence[tuple[str, Value]],
    *,
    sheets: tuple[str, str],
    more: Sequence[tuple[str, Sequence[str], Iterable[Sequence[Value]]]] = (),
) -> bytes:
    """Return a workbook of two sheets or more; the same bytes for the same content.

    Parameters
    ----------
    title:
        What it is about; it is a property of the file.
    heads, rows:
        The first sheet, with a filter on its heads.
    about:
        The last sheet: what is said, and what it says.
    sheets:
        Names of the first and the last sheet.
    more:
        Sheets between them: name, heads, rows.
    """
    book = Workbook()
    book.properties.title = _clean(title)[:250]
    book.properties.creator = "WISE skills"
    answer = book.active
    assert isinstance(answer, Worksheet)
    answer.title = sheet_name(sheets[0])
    _rows(answer, heads, rows)
    for name, heads_of_it, rows_of_it in more:
        _rows(book.create_sheet(sheet_name(name)), heads_of_it, rows_of_it)
    second = book.create_sheet(sheet_name(sheets[1]))
    for number, (what, value) in enumerate(about, start=1):
        put(second, number, 1, what).font = _HEAD
        put(second, number, 2, value).alignment = _WRAPPED
    second.column_dimensions["A"].width, second.column_dimensions["B"].width = 24, 100
    return saved(book)


def _rows(sheet: Worksheet, heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    widths = [len(head) + 3 for head in heads]
    for column, head in enumerate(heads, start=1):
        put(sheet, 1, column, head).font = _HEAD
    links = last = 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if isinstance(value, Link):
                links += 1
                value = value if links <= _MOST_LINKS else value.text
            if value is not None and value != "":
                put(sheet, last + 1, column, value)
                if last <= _MEASURED:
                    shown = value.text if isinstance(value, Link) else str(value)
                    widths[column - 1] = max(widths[column - 1], len(shown) + 1)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = max(8, min(width, _WIDEST))
    sheet.freeze_panes = "A2"
    if heads:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{last + 1}"


def put(sheet: Worksheet, row: int, column: int, value: Value) -> SheetCell:
    """Write a value into a cell as what it is, and return the cell."""
    cell: Any = sheet.cell(row, column)
    cell.font = _PLAIN
    if isinstance(value, Link):
        _text(cell, value.text)
        if value.address.startswith(("https://", "http://")) and len(value.address) <= _LONGEST_ADDRESS:
            cell.hyperlink = ILLEGAL_CHARACTERS_RE.sub("", value.address)
            cell.font = _LINKED
    elif isinstance(value, str):
        _text(cell, value)
    elif isinstance(value, (bool, date)) or value is None:
        cell.value = value
    elif not math.isfinite(value) or len(str(abs(int(value)))) > _EXACT:
        _text(cell, str(value))
    else:
        cell.value = value
    return cell  # type: ignore[no-any-return]


def _text(cell: Any, value: str) -> None:
    text = _clean(value)
    cell.value = text
    cell.data_type = "s"
    if text.startswith(FORMULA):
        cell.quotePrefix = True


def _clean(text: str) -> str:
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def sheet_name(text: str) -> str:
    """Return a text as the name of a sheet, which holds few signs and 31 letters."""
    return _NO_NAME.sub(" ", text).strip()[:31] or "1"


def saved(book: Workbook) -> bytes:
    """Return the file of a book with fixed dates, so that equal content gives equal bytes."""
    buffer, out = io.BytesIO(), io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2026-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(part.filename, _WHEN), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
