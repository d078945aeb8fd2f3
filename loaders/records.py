"""Reading a CSV file into records, with everything that is wrong with the file itself.

Nothing here judges a value. What cannot be read as it stands (encoding, quotes, ragged rows, headers) becomes a
finding, and reading goes on as well as it can, so that one report names all problems of the file.
Records are counted as RFC 7111 counts rows: the header is 1, blank records count, line ends inside cells do not.
"""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from charset_normalizer import from_bytes

from wise_skills.findings import VIOLATION, WARNING, Cell, Finding
from wise_skills.messages import nearest, sentence, shortlist
from wise_skills.tables import Column, Table

MAX_BYTES = 50_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELL = 1_000_000
_DELIMITERS = ",;\t|"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass
class Sheet:
    """Records of one table from one file.

    `headers[i]` is what the reader understood of column i: a column and, for texts, its language; `None` where
    it is not read. `records` holds the number and the trimmed cells of every record that is not blank.
    """

    file: str
    folder: str
    table: Table
    titles: list[str]
    headers: list[tuple[Column, str | None] | None]
    records: list[tuple[int, list[str]]]
    findings: list[Finding] = field(default_factory=list)


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
        _file_finding(sheet, "TooLarge", limit="50 MB")
        return sheet
    text = _decode(path.read_bytes(), sheet)
    rows = _split(text, _delimiter(text, table), sheet)
    if not rows or not any(cell.strip() for cell in rows[0]):
        _file_finding(sheet, "EmptyFile", allowed=shortlist(c.id for c in table.columns if c.required))
        return sheet
    if len(rows) > MAX_ROWS:
        _file_finding(sheet, "TooLarge", limit=f"{MAX_ROWS} rows")
        return sheet
    if len(rows[0]) > MAX_COLUMNS:
        _file_finding(sheet, "TooLarge", 1, limit=f"{MAX_COLUMNS:,} columns")
        return sheet
    sheet.titles = [h.strip() for h in rows[0]]
    _understand_headers(sheet)
    for number, cells in enumerate(rows[1:], 2):
        cells = [c.strip() for c in cells]
        if any(cells):
            sheet.records.append((number, _squared(cells, number, sheet)))
    _unnamed_columns(sheet)
    return sheet


def _file_finding(sheet: Sheet, component: str, row: int = 0, index: int = -1, severity: str = VIOLATION, **facts: str) -> None:
    column = sheet.titles[index] if 0 <= index < len(sheet.titles) else ""
    facts.setdefault("column", column)
    where = Cell(sheet.file, sheet.table.name, row, column, index)
    sheet.findings.append(
        Finding(severity, component, sentence(component, facts), where, value=facts.get("value", ""), expected=facts.get("allowed", ""))
    )


def _decode(data: bytes, sheet: Sheet) -> str:
    """Text of the file; UTF-8 is asked for, anything else is guessed and reported."""
    try:
        return data.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        encoding = best.encoding if best else "latin-1"
        _file_finding(sheet, "BadEncoding", value=encoding)
        return data.decode(encoding, errors="replace").replace("\x00", "")


def _delimiter(text: str, table: Table) -> str:
    """The delimiter under which most headers are known; the comma where none is."""
    head = text.split("\n", 1)[0]

    def known(delimiter: str) -> int:
        return sum(_parse_header(h.strip(' "\r'), table) is not None for h in head.split(delimiter))

    return max(_DELIMITERS, key=known)


def _split(text: str, delimiter: str, sheet: Sheet) -> list[list[str]]:
    """Records of the text. A quote out of place is reported and the rest read leniently."""
    csv.field_size_limit(MAX_CELL)
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "field larger" in str(error):
            _file_finding(sheet, "TooLarge", row=len(rows) + 1, limit=f"{MAX_CELL:,} characters in one cell")
        else:
            _file_finding(sheet, "BadQuotes", row=len(rows) + 1, value=str(error))
        lenient = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        with suppress(csv.Error):  # a cell beyond the size limit: what was read so far stays
            rows = list(lenient)
    return rows


def _parse_header(title: str, table: Table) -> tuple[Column, str | None] | None:
    name, _, language = title.partition("@")
    column = table.by_id.get(name.strip())
    if column is None:
        return None
    if not column.is_text:
        return None if language else (column, None)
    return (column, language or None)


def _understand_headers(sheet: Sheet) -> None:
    table, seen = sheet.table, set[str]()
    for index, title in enumerate(sheet.titles):
        header = _parse_header(title, table)
        if header and title in seen:
            _file_finding(sheet, "DuplicateColumn", 1, index, value=title)
            header = None
        elif header and header[0].is_text and not _LANGUAGE.fullmatch(header[1] or ""):
            example = f"{header[0].id}@en"
            sheet.findings.append(
                Finding(
                    VIOLATION,
                    "MissingLanguage",
                    sentence("MissingLanguage", {"value": title, "allowed": example}),
                    Cell(sheet.file, table.name, 1, title, index),
                    shape=header[0].shape,
                    value=title,
                    expected=example,
                )
            )
            header = None
        elif title and header is None:
            guess = nearest(title, [c.id for c in table.columns])
            _file_finding(
                sheet,
                "UnknownColumn",
                1,
                index,
                value=title,
                nearest=f"Did you mean “{guess}”?" if guess else "",
                allowed=shortlist(_titles(table)),
            )
        seen.add(title)
        sheet.headers.append(header)
    present = {h[0].id for h in sheet.headers if h}
    tried = {t.partition("@")[0].strip() for t in sheet.titles}
    for column in table.columns:
        if column.required and column.id not in present | tried:
            where = Cell(sheet.file, table.name, 1, column.id)
            text = sentence("MissingColumn", {"column": f"{column.id}@en" if column.is_text else column.id})
            sheet.findings.append(Finding(VIOLATION, "MissingColumn", text, where, shape=column.shape, expected=column.id))


def _titles(table: Table) -> list[str]:
    return [f"{c.id}@en" if c.is_text else c.id for c in table.columns]


def _squared(cells: list[str], number: int, sheet: Sheet) -> list[str]:
    """The record with as many cells as the header; surplus or missing cells are reported."""
    width = len(sheet.titles)
    if len(cells) != width and (len(cells) < width or any(cells[width:])):
        _file_finding(sheet, "RaggedRow", number, value=str(len(cells)), limit=str(width))
    return (cells + [""] * width)[:width]


def _unnamed_columns(sheet: Sheet) -> None:
    for index, title in enumerate(sheet.titles):
        if not title and any(cells[index] for _, cells in sheet.records):
            _file_finding(sheet, "UnnamedColumn", 1, index, severity=WARNING)
