"""The specifications and the design, read once."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_DESIGN: dict[str, Any] = json.loads((_FOLDER.parent / "design.json").read_text(encoding="utf-8"))
SERIES: list[dict[str, Any]] = _DESIGN["series"]
"""Colour, pattern, shape and dash of each series."""
PATTERNS: dict[str, str] = {s["colour"]: s["pattern"] for s in SERIES} | {f"var(--{hue})": p for hue, p in _DESIGN["hues"].items()}
"""The lines that go with each colour that fills an area; without lines, it is plain."""
CONFIG: dict[str, Any] = _DESIGN["config"]
TILES: dict[str, tuple[int, int]] = {
    place: (row, column) for place, (row, column) in json.loads((_FOLDER.parent / "tiles.json").read_text(encoding="utf-8")).items()
}
"""Row and column of each country on the map of tiles, as on the start page."""


@cache
def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def specification(name: str) -> dict[str, Any]:
    """Return a specification with the design, to be filled with data."""
    return copy.deepcopy(_read(name)) | {"config": CONFIG}
