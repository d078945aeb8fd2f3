"""Reading a CSV file into records, with everything that is wrong with the file itself."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from pathlib import Path

from charset_normalizer import from_bytes

from loaders.records import MAX_BYTES, MAX_CELL, MAX_COLUMNS, MAX_ROWS, Sheet, add_records, parse_header, understand_headers
from wise_skills.messages import shortlist
from wise_skills.tables import Table

_DELIMITERS = ",;\t|"


def read_csv(path: Path, shown: str, folder: str, table: Table) -> Sheet:
    """Read one CSV file.

    Parameters
    ----------
    path, shown:
        The file, and the name by which findings call it (`be/needs.csv`).
    folder, table:
        Country folder and table that the file belongs to.
    """
    sheet = Sheet(shown, folder, table, [], [], [])
    if path.stat().st_size > MAX_BYTES:
        sheet.find("TooLarge", limit="50 MB")
        return sheet
    text = _decode(path.read_bytes(), sheet)
    rows = _split(text, _delimiter(text, table), sheet)
    if not rows or not any(cell.strip() for cell in rows[0]):
        sheet.find("EmptyFile", allowed=shortlist(c.id for c in table.columns if c.required))
        return sheet
    if len(rows) > MAX_ROWS:
        sheet.find("TooManyRows", limit=f"{MAX_ROWS:,}")
        return sheet
    if len(rows[0]) > MAX_COLUMNS:
        sheet.find("TooManyColumns", 1, limit=f"{MAX_COLUMNS:,}")
        return sheet
    sheet.titles = [h.strip() for h in rows[0]]
    understand_headers(sheet)
    add_records(sheet, enumerate(rows[1:], 2))
    return sheet


def _decode(data: bytes, sheet: Sheet) -> str:
    """Text of the file; UTF-8 is asked for, anything else is guessed and reported."""
    try:
        return data.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        encoding = best.encoding if best else "latin-1"
        sheet.find("BadEncoding", value=encoding)
        return data.decode(encoding, errors="replace").replace("\x00", "")


def _delimiter(text: str, table: Table) -> str:
    """The delimiter under which most headers are known; the comma where none is."""
    head = text.split("\n", 1)[0]

    def known(delimiter: str) -> int:
        return sum(parse_header(h.strip(' "\r'), table) is not None for h in head.split(delimiter))

    return max(_DELIMITERS, key=known)


def _split(text: str, delimiter: str, sheet: Sheet) -> list[list[str]]:
    """Records of the text. A quote out of place is reported and the rest read leniently."""
    csv.field_size_limit(MAX_CELL)
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "field larger" in str(error):
            sheet.find("TooLongCell", len(rows) + 1, limit=f"{MAX_CELL:,}")
        else:
            sheet.find("BadQuotes", len(rows) + 1, value=str(error))
        lenient = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        with suppress(csv.Error):  # a cell beyond the size limit: what was read so far stays
            rows = list(lenient)
    return rows
