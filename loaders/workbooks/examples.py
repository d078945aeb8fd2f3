"""The example row of a sheet: known by the # before its key, and never loaded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loaders.records import Sheet
from loaders.workbooks.cells import ERRORS
from wise_skills.messages import phrase
from wise_skills.tables import Column

_MARK = re.compile(r"#\s*(?:[^:]*:)?\s*")
_BRACKETED = re.compile(r".*\[([^\[\]]+)\]", re.DOTALL)


def marked(text: str) -> str:
    """Return the first cell of an example: `# Example: …`."""
    return f"# {phrase('WordExample')}: {text}"


def is_example(texts: Sequence[str], sheet: Sheet) -> bool | None:
    """Tell whether a record is an example.

    Returns
    -------
    `None` for a record that bears no mark, `True` for an example as it was handed out in any language, and `False` for
    one that was changed: perhaps somebody filled it in and forgot the mark, so its text must not be lost in silence.
    """
    key = {c.id for c in sheet.table.key}
    if not any(t.startswith("#") and t not in ERRORS and h and h[0].id in key for t, h in zip(texts, sheet.headers, strict=True)):
        return None
    return all(as_handed_out(t, h[0]) for t, h in zip(texts, sheet.headers, strict=True) if t and h)


def as_handed_out(text: str, column: Column) -> bool:
    """Whether a cell holds the example of its column, with or without mark and labels."""
    plain = _MARK.sub("", text, count=1) if text.startswith("#") else text
    if column.example == plain:
        return True
    parts = (_BRACKETED.fullmatch(part.strip()) for part in plain.split("|"))
    return [part.strip() for part in column.example.split("|")] == [part[1] if part else "" for part in parts]
