"""`wise take`: what stands in a file that somebody sent to be aligned, as JSON; for the page, which must not open it itself."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from loaders.lines import read_lines
from loaders.workbooks.cells import text_of
from loaders.workbooks.opening import opened
from loaders.workbooks.refusal import Unopened
from query_ui.catalogues import catalogue
from wise_skills.errors import WiseSkillsError
from wise_skills.languages import LANGUAGES, speaking
from wise_skills.mappings import json_form, rdf_form, tsv
from wise_skills.mappings.model import MappingSet
from wise_skills.mappings.packed import pack
from wise_skills.mappings.review_workbook import HIDDEN
from wise_skills.mappings.review_workbook import read as read_review
from wise_skills.messages import sentence

MAX_CELLS = 400_000


@click.command("take", hidden=True)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", help="Language of the messages.")
@click.option("--lines", "of_lines", default="", help="Language of the lines, if somebody said it.")
def command(path: Path, language: str, of_lines: str) -> int:
    """Print what a file holds: `lines`, or a set of mappings (`packed`), each with `problems`; `refused` where it cannot be read."""
    with speaking(language, catalogue(language).gettext):
        try:
            found = _taken(path, of_lines)
        except Unopened as refused:
            found = {"refused": sentence(refused.component, refused.facts), "status": 400}
        except WiseSkillsError as error:
            found = {"refused": str(error), "status": error.status}
    json.dump(found, sys.stdout, ensure_ascii=False)
    return 0


def _taken(path: Path, language: str) -> dict[str, Any]:
    data = path.read_bytes()
    if data[:2] == b"PK" and (found := _review(path)) is not None:
        return found
    ending = path.suffix.lower()
    read: tsv.Read | None = None
    if ending == ".tsv" and (data.lstrip(b"\xef\xbb\xbf").startswith(b"#") or b"predicate_id" in data[:2_000]):
        read = tsv.read_bytes(data, path.name)
    elif ending in (".json", ".ttl"):
        read = (json_form if ending == ".json" else rdf_form).read_all(data.decode("utf-8-sig", "replace"), path.name)
    if read is not None:
        return _mappings(read.mappings, [f"{_place(p.row, p.column)}{p.message}" for p in read.problems])
    notes: list[str] = []
    return {"lines": [asdict(line) for line in read_lines(path, language=language, note=notes.append)], "problems": notes}


def _mappings(found: MappingSet, problems: list[str]) -> dict[str, Any]:
    return {"packed": pack(found), "rows": len(found.mappings), "problems": problems[:50], "more": max(0, len(problems) - 50)}


def _place(row: int, column: str) -> str:
    return ", ".join(filter(None, [str(row) if row else "", column])) + (": " if row or column else "")


def _review(path: Path) -> dict[str, Any] | None:
    """What a review workbook of ours holds; `None` for another workbook."""
    with opened(path) as (book, marks):
        if HIDDEN not in book.sheetnames:
            return None
        sheets: dict[str, dict[int, list[str]]] = {}
        left = MAX_CELLS
        for sheet in book.worksheets:
            assert isinstance(sheet, ReadOnlyWorksheet)
            known = marks[sheet._worksheet_path]  # type: ignore[attr-defined]
            sheet.reset_dimensions()
            rows = sheets[sheet.title] = {}
            for number, cells in enumerate(sheet.iter_rows(max_row=known.last or 1, max_col=min(known.widest or 1, 12)), 1):
                left -= len(cells)
                if left < 0:
                    raise Unopened("WorkbookCells", value=f"{MAX_CELLS:,}", limit=f"{MAX_CELLS:,}")
                rows[number] = [text_of(cell, None) for cell in cells]
    answered = read_review(sheets)
    return None if answered is None else _mappings(answered.mappings, answered.problems)
