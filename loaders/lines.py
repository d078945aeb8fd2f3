"""The labels, sentences and learning outcomes of a file that somebody wants matched: text, CSV, workbook.

A plain text has one on each line; bullets and numbering are taken off, and a line that begins with `#` names the module of
those below it. Of a table one column is read (`line_columns`). What a file is, its content says and not its name.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from openpyxl.utils.cell import get_column_letter
from pyoxigraph import NamedNode

from loaders.line_columns import find_columns, is_usual
from loaders.line_encodings import text_of_bytes, wrong_kind
from loaders.line_workbooks import Rows, sheets_with_texts
from loaders.records import MAX_COLUMNS
from wise_skills.errors import FileProblem, TooBig
from wise_skills.messages import sentence
from wise_skills.names import BASE, FOLDERS
from wise_skills.speech import told

MAX_BYTES = 10_000_000
MAX_LINES = 20_000
MAX_TEXT = 5_000
"""Characters of one line: a learning outcome is a sentence or two."""
_DELIMITERS = ",;\t|"
_BULLET = re.compile(r"^\s*(?:[•◦▪▫‣⁃∙·●○■□–—*+>-]+\s+|[•◦▪▫‣⁃∙●○■□]\s*)")
_NUMBER = re.compile(
    r"^\s*(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{1,5})[.)]\s+|\d{1,3}(?:\.\d{1,3})+\s+|[A-Z]{1,3} ?\d{1,3} ?[.:)]\s+)"
)
_OWN = {"skills": "skill", "profiles": "profile"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to be matched.

    Attributes
    ----------
    text:
        The label or sentence.
    row, cell:
        Its row as a spreadsheet or editor shows it, and its cell (`B12`, in a workbook `Sheet!B12`); no cell in a text.
    code, module, iri, language:
        What the table says beside it; empty where it says nothing.
    """

    text: str
    row: int
    cell: str = ""
    code: str = ""
    module: str = ""
    iri: str = ""
    language: str = ""


def read_lines(path: Path, column: str | None = None, *, language: str = "", note: Callable[[str], None] = lambda _: None) -> list[Line]:
    """Read the lines of a file.

    Parameters
    ----------
    path, column:
        The file, and the name of the column to be read; without it the column is found.
    language:
        The language of the texts, if somebody said it: it tells code pages apart, and `text@hr` from `text@en`.
    note:
        Called with a sentence about what was read in another way than it seems to be meant.

    Raises
    ------
    FileProblem, WrongKind, TooBig
        When nothing can be read: the sentence says what, where and what to do.
    """
    size = path.stat().st_size
    if path.is_dir():
        raise wrong_kind(path.name)
    if size > MAX_BYTES:
        raise TooBig(path.name, f"{size / 1e6:,.1f} MB", f"{MAX_BYTES / 1e6:,.0f} MB")
    data = path.read_bytes()
    if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0":
        sheets = sheets_with_texts(path, column)
        found = [line for title, rows in sheets for line, _ in _of_rows(rows, path.name, column, language, title)]
    else:
        text = text_of_bytes(data, path.name, language, note)
        if column or path.suffix.lower() in (".csv", ".tsv", ".tab"):
            found = list(_of_table(text, path, column, language))
        else:
            found = list(lines_of_text(text))
    return _sound(found, path.name)


def lines_of_text(text: str) -> Iterator[Line]:
    """Yield what stands on the lines of a text, without bullets and numbering; `# Title` names the module of those below."""
    module = ""
    for row, line in enumerate(text.splitlines(), 1):
        plain = _NUMBER.sub("", _BULLET.sub("", line, count=1), count=1).strip()
        if line.lstrip().startswith("#"):
            module = line.strip().strip("#").strip()
        elif plain:
            yield Line(plain, row, module=module)


def _sound(found: list[Line], shown: str) -> list[Line]:
    if not found:
        raise FileProblem(shown, told("nothing to match stands in it"), advice=told("Give one label or learning outcome on each line"))
    if len(found) > MAX_LINES:
        raise TooBig(shown, told("{n:,} lines", n=len(found)), told("{n:,} lines", n=MAX_LINES))
    for line in found:
        if len(line.text) > MAX_TEXT:
            where = told("row {row}", row=line.row)
            problem = told("a text of {n:,} characters is no label or learning outcome", n=len(line.text))
            raise FileProblem(shown, problem, where=where, advice=told("At most {n:,} are read", n=MAX_TEXT))
    return found


def _of_table(text: str, path: Path, column: str | None, language: str) -> Iterator[Line]:
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = "\t" if path.suffix.lower() in (".tsv", ".tab") else max(_DELIMITERS, key=head.count)
    filled = [(number, cells) for number, cells in _records(text, delimiter, path.name) if any(cells)]
    if not filled:
        return
    if max(len(cells) for _, cells in filled) > MAX_COLUMNS:
        raise FileProblem(path.name, sentence("TooManyColumns", {"limit": f"{MAX_COLUMNS:,}"}))
    kind = _OWN.get(path.stem) if path.parent.name in FOLDERS else None
    titles = filled[0][1]
    key = titles.index("id") if kind and "id" in titles else -1
    for line, cells in _of_rows(filled, path.name, column, language):
        name = cells[key] if 0 <= key < len(cells) else ""
        yield replace(line, iri=f"{BASE}id/{path.parent.name}/{kind}/{name}") if name and not line.iri else line


def _records(text: str, delimiter: str, shown: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(1_000_000)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            yield number, [" ".join(cell.split()) for cell in cells]
    except csv.Error:
        problem = told("the table cannot be read from here on; a quotation mark may never be closed")
        raise FileProblem(shown, problem, where=told("row {row}", row=number + 1)) from None


def _of_rows(rows: Rows, shown: str, column: str | None, language: str, sheet: str = "") -> Iterator[tuple[Line, list[str]]]:
    """The lines of a table whose first row is its header, with their cells; a single column needs none."""
    place = f"{sheet}!" if sheet else ""
    (_, titles), body = rows[0], rows[1:]
    if max(len(cells) for _, cells in rows) == 1 and not column and not is_usual(titles[0]):
        for number, cells in rows:
            yield Line(cells[0], number, f"{place}A{number}"), cells
        return
    columns = find_columns(shown, titles, [cells for _, cells in body], column, language)
    letter = get_column_letter(columns.text + 1)
    wanted = (columns.text, columns.code, columns.module, columns.iri, columns.language)
    for number, cells in body:
        text, code, module, iri, tag = (cells[i] if 0 <= i < len(cells) else "" for i in wanted)
        if text:
            iri = iri if _is_address(iri) else ""
            yield Line(text, number, f"{place}{letter}{number}", code, module, iri, tag.lower() or columns.tongue), cells


def _is_address(text: str) -> bool:
    with suppress(ValueError):
        return text.startswith(("http://", "https://", "urn:")) and bool(NamedNode(text))
    return False
