"""`/favicon.ico`, `/apple-touch-icon.png`, `/logo.svg`, `/social.png`: the pictures by which others show this site."""

from __future__ import annotations

import json
import struct
from functools import cache
from pathlib import Path

import vl_convert
from flask import Blueprint, Response, current_app, render_template

from query_ui.charts.tokens import resolved
from query_ui.edition import Edition
from query_ui.filters import edition
from query_ui.views.home import countries

blueprint = Blueprint("icons", __name__)

_TILES = Path(__file__).parent.parent / "charts" / "tiles.json"
_TILE, _LEFT, _TOP = 92, 588, 42
"""Distance of two tiles, and the corner of the first, in pixels of the picture."""
_ICON, _TOUCH = 32, 180


@blueprint.get("/logo.svg")
def logo() -> Response:
    """Give the icon under the address that the ontology gives for its logo."""
    return Response(_icon(), content_type="image/svg+xml")


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Give the icon to those who do not read the page, or no SVG: an ICO that holds one PNG."""
    png = _png(_icon(), _ICON)
    # One picture: its size, no palette, 1 plane of 32 bits, how long it is and where it begins.
    head = struct.pack("<3H4B2H2I", 0, 1, 1, _ICON, _ICON, 0, 0, 1, 32, len(png), 22)
    return Response(head + png, content_type="image/vnd.microsoft.icon")


@blueprint.get("/apple-touch-icon.png")
def touch_icon() -> Response:
    """Give the icon for home screens, which cut its corners themselves."""
    return Response(_png(_icon().replace(' rx="6"', ""), _TOUCH), content_type="image/png")


@blueprint.get("/social.png")
def social() -> Response:
    """Give the picture beside links to this site: the name and the map of the countries; drawn once for an edition."""
    served = edition()
    if "social" not in served.memory:
        served.memory["social"] = _drawn(resolved(render_template("social.svg", tiles=_tiles(served))))
    return Response(served.memory["social"], content_type="image/png")


def _tiles(served: Edition) -> list[dict[str, object]]:
    places: dict[str, list[int]] = json.loads(_TILES.read_text(encoding="utf-8"))
    top = min(row for row, _ in places.values())
    return [
        {
            "code": c.code,
            "number": c.counts.get("WiseForm", 0),
            "shade": c.shade,
            "x": _LEFT + (places[c.folder][1] - 1) * _TILE,
            "y": _TOP + (places[c.folder][0] - top) * _TILE,
        }
        for c in countries(served)
        if c.folder in places
    ]


def _icon() -> str:
    return (Path(current_app.static_folder or "") / "favicon.svg").read_text(encoding="utf-8")


@cache
def _png(svg: str, size: int) -> bytes:
    return _drawn(svg.replace("<svg ", f'<svg width="{size}" height="{size}" ', 1))


def _drawn(svg: str) -> bytes:
    png: bytes = vl_convert.svg_to_png(svg, scale=1)
    return png
