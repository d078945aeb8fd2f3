"""`wise cells`: the texts of the cells of a workbook's sheets as JSON; for the page, which must not open what strangers send."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from loaders.workbooks.cells import text_of
from loaders.workbooks.opening import opened
from loaders.workbooks.refusal import Unopened
from wise_skills.languages import LANGUAGES, speaking
from wise_skills.messages import sentence

_MOST_ROWS, _MOST_COLUMNS, _LONGEST = 3_000, 60, 4_000


@click.command("cells", hidden=True)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", help="Language of the messages.")
def command(path: Path, language: str) -> int:
    """Print the texts of the cells of a workbook as JSON: a list of sheets with their name and their rows that hold anything."""
    with speaking(language):
        try:
            with opened(path) as (book, marks):
                sheets = [_sheet(w, marks[w._worksheet_path].last) for w in book.worksheets if isinstance(w, ReadOnlyWorksheet)]  # type: ignore[attr-defined]
        except Unopened as refused:
            json.dump({"code": refused.component, "message": sentence(refused.component, refused.facts)}, sys.stdout, ensure_ascii=False)
            return 1
    json.dump({"sheets": sheets}, sys.stdout, ensure_ascii=False)
    return 0


def _sheet(worksheet: ReadOnlyWorksheet, last: int) -> dict[str, Any]:
    worksheet.reset_dimensions()  # a sheet may claim to reach to the last column
    rows = []
    for number, cells in enumerate(worksheet.iter_rows(max_row=min(last or 1, _MOST_ROWS), max_col=_MOST_COLUMNS), 1):  # type: ignore[misc]
        texts = [text_of(cell, None)[:_LONGEST] for cell in cells]
        if any(texts):
            rows.append((number, texts))
    return {"name": worksheet.title, "rows": rows, "cut": (last or 1) > _MOST_ROWS}
