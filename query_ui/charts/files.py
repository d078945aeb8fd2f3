"""Pictures as files: with title and caption around them, in the light colours of the style sheet."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from query_ui.charts import drawer
from query_ui.charts.marks import wrapped
from query_ui.charts.specs import CONFIG
from query_ui.charts.svg import tag, written
from query_ui.charts.tokens import resolved

if TYPE_CHECKING:
    from query_ui.charts.drawing import Chart

_SMALLEST, _MARGIN = 560.0, 20.0
_TITLE, _TEXT, _CAPTION = 18.0, 13.0, 12.0


def svg(chart: Chart, drawn: ET.Element, heads: list[str], caption: str) -> bytes:
    """Return the picture as an SVG that needs nothing else."""
    inner = copy.deepcopy(drawn)
    wide, high = float(inner.get("width", 0)), float(inner.get("height", 0))
    width = max(wide, _SMALLEST) + 2 * _MARGIN
    room = width - 2 * _MARGIN
    # A file has no page behind it to which its links could lead.
    for link in inner.iter(tag("a")):
        link.tag = tag("g")
        link.attrib.pop("href", None)
        link.attrib.pop("aria-label", None)
    root = ET.Element(tag("svg"), {"role": "img", "font-family": CONFIG["font"], "aria-labelledby": "title"})
    ET.SubElement(root, tag("title"), {"id": "title"}).text = chart.title
    ET.SubElement(root, tag("rect"), {"width": "100%", "height": "100%", "fill": "var(--paper)"})
    y = _lines(root, wrapped(heads[0], room, size=_TITLE, most=3), _MARGIN - 6, _TITLE, {"font-weight": "600", "fill": "var(--ink)"})
    for head in heads[1:]:
        y = _lines(root, wrapped(head, room, size=_TEXT, most=4), y + 2, _TEXT, {"fill": "var(--ink)"})
    y += 14
    group = ET.SubElement(root, tag("g"), {"transform": f"translate({_MARGIN:g},{y:g})"})
    group.extend(child for child in inner if child.tag not in (tag("title"), tag("desc")))
    y += high + 10
    for paragraph in caption.splitlines():
        y = _lines(root, wrapped(paragraph, room, size=_CAPTION, most=8), y, _CAPTION, {"fill": "var(--quiet)"}) + 2
    height = y + _MARGIN
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    root.set("viewBox", f"0 0 {width:g} {height:g}")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + resolved(written(root))).encode()


def png(chart: Chart, drawn: ET.Element, heads: list[str], caption: str) -> bytes:
    """Return the picture as a PNG with two pixels for one."""
    return drawer.png(svg(chart, drawn, heads, caption).decode())


def _lines(root: ET.Element, lines: list[str], y: float, size: float, attributes: dict[str, str]) -> float:
    for line in lines:
        y += size * 1.35
        text = ET.SubElement(root, tag("text"), {"x": f"{_MARGIN:g}", "y": f"{y:.1f}", "font-size": f"{size:g}", **attributes})
        text.text = line
    return y
