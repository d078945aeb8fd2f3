"""The sheets of a workbook that hold labels or learning outcomes: somebody's own tables, or our workbook filled in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from loaders.line_columns import is_usual
from loaders.workbooks.cells import ERRORS, text_of
from loaders.workbooks.opening import opened
from loaders.workbooks.reading import about, is_ours, read_workbook
from loaders.workbooks.refusal import Unopened
from wise_skills.errors import FileProblem
from wise_skills.messages import sentence
from wise_skills.tables import read_schema

Rows = list[tuple[int, list[str]]]
"""Numbers and cells of records that are not blank, the header first."""


def sheets_with_texts(path: Path, column: str | None) -> list[tuple[str, Rows]]:
    """Return the title and the rows of each sheet that is to be read.

    Of a workbook of ours that is the sheet of learning outcomes, else those that have the column asked for, or one with a
    usual name, else the first one.

    Raises
    ------
    FileProblem
        When it is no workbook, is damaged, or holds what a table never needs.
    """
    try:
        with _named_as_workbook(path) as book:
            if not column and (own := _own(book)):
                return own
            sheets = _sheets(book)
    except Unopened as refused:
        raise FileProblem(path.name, sentence(refused.component, refused.facts)) from None
    wanted = (column or "").strip().casefold()
    heads = [(sheet, [title.casefold() for title in sheet[1][0][1]]) for sheet in sheets]
    fitting = [sheet for sheet, titles in heads if (wanted in titles if wanted else any(map(is_usual, titles)))]
    return fitting or sheets[:1]


@contextmanager
def _named_as_workbook(path: Path) -> Iterator[Path]:
    """The file under a name that openpyxl takes for a workbook's: somebody may have renamed it, or piped it."""
    if path.suffix.lower() == ".xlsx":
        yield path
        return
    with TemporaryDirectory() as folder:
        yield Path(shutil.copyfile(path, Path(folder) / "workbook.xlsx"))


def _sheets(path: Path) -> list[tuple[str, Rows]]:
    found = []
    with opened(path) as (book, marks):
        for sheet in book.worksheets:
            if not isinstance(sheet, ReadOnlyWorksheet) or is_ours(sheet.title):
                continue
            known = marks[sheet._worksheet_path]  # type: ignore[attr-defined]
            sheet.reset_dimensions()
            rows: Rows = []
            for number, cells in enumerate(sheet.iter_rows(max_row=known.last or 1, max_col=known.widest or 1), 1):
                texts = [" ".join(text.split()) if (text := text_of(cell, None)) not in ERRORS else "" for cell in cells]
                if any(texts):
                    rows.append((number, texts))
            if rows:
                found.append((sheet.title, rows))
    return found


def _own(path: Path) -> list[tuple[str, Rows]]:
    """The sheet of learning outcomes in a workbook of ours, whose headers stand in three rows."""
    if not (folder := about(path).folder):
        return []
    sheets, _ = read_workbook(path, path.name, folder, read_schema())
    found: list[tuple[str, Rows]] = []
    for sheet in sheets:
        if sheet.table.name == "outcomes" and sheet.records:
            body = [(number, [" ".join(cell.split()) for cell in cells]) for number, cells in sheet.records]
            found.append((sheet.name, [(sheet.header_row, sheet.titles), *body]))
    return found
