"""The colours of the style sheet, for files, which have no style sheet: one source for both."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_SHEET = Path(__file__).parent.parent / "static" / "style.css"
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}\s*\}", re.DOTALL)
_PRINT = re.compile(r"@media print \{.*?^\}", re.DOTALL | re.MULTILINE)
_ROOT = re.compile(r":root \{(.*?)\}", re.DOTALL)
_TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,8})\b")
_USE = re.compile(r"var\(--([\w-]+)\)")


@cache
def tokens(scheme: str = "light") -> dict[str, str]:
    """Return the colours by name: of the light scheme, or of the dark one, which overrides some of them."""
    sheet = _PRINT.sub("", _SHEET.read_text(encoding="utf-8"))
    light = dict(_TOKEN.findall(" ".join(_ROOT.findall(_DARK.sub("", sheet)))))
    return light if scheme == "light" else light | dict(_TOKEN.findall(" ".join(_DARK.findall(sheet))))


def resolved(svg: str, scheme: str = "light") -> str:
    """Return a picture whose `var(--token)` are replaced by colours."""
    known = tokens(scheme)
    return _USE.sub(lambda use: known[use[1]], svg)
