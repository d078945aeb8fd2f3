"""How workbooks look, and how one is written: the same bytes for the same data."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from openpyxl.workbook import Workbook

FONT = "Calibri"  # a font without a name is one with serifs in LibreOffice
LINE = 15
MAX_LINES = 10
_WHEN = (2026, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def height(texts: dict[int, str], most: int = MAX_LINES) -> float | None:
    """Return the height of a row whose wrapped texts stand in columns of these widths; `None` for a single line.

    LibreOffice computes no heights for a file that says it is Excel's: texts would cover the rows below.
    """
    # Some more letters than the width says fit into a line: it is that of noughts.
    lines = max((sum(-(-max(1, len(part)) // int(width * 1.12)) for part in text.split("\n")) for width, text in texts.items()), default=1)
    return LINE * min(lines, most) if lines > 1 else None


def save(book: Workbook, path: Path) -> None:
    """Write a workbook. Dates of parts and of the change are fixed, so that equal data give equal bytes."""
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2026-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(part.filename, _WHEN), content, zipfile.ZIP_DEFLATED)
