"""From what Vega writes to what stands in a page: links with names, patterns, no roles of its own, nothing that a policy blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring

from query_ui.charts.marks import clean
from query_ui.charts.specs import PATTERNS

SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
LINK = "https://chart.invalid/"
"""Where Vega is told that marks lead: only a number follows, so that no address of ours passes through it."""
_LONG = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_DROPPED = ("class", "role", "aria-roledescription", "aria-label", "aria-hidden", "pointer-events", "font-family", "style", "id", "version")
SMALLEST = 24.0
"""The least width and height of a link, and distance between two (WCAG 2.2, 2.5.8)."""

ET.register_namespace("", SVG)


def tag(name: str) -> str:
    """Return a name of SVG as ElementTree writes it."""
    return f"{{{SVG}}}{name}"


def mended(raw: str, names: Sequence[str], hrefs: Sequence[str], *, key: str, patterned: bool = True) -> ET.Element:
    """Return the picture that Vega drew, ready for a page.

    Parameters
    ----------
    raw:
        What `vl_convert` wrote.
    names, hrefs:
        Name and address of each mark; without address it is no link.
    key:
        What ids begin with, so that two pictures on a page share none.
    patterned:
        Whether areas of a series get its pattern; lines have dashes and shapes instead.
    """
    root: ET.Element = fromstring(raw)
    _strip(root)
    taken: list[tuple[float, float]] = []
    _link(root, 0.0, 0.0, names, hrefs, taken)
    if patterned:
        _pattern(root, key)
    return root


def written(root: ET.Element) -> str:
    """Return the text of a picture."""
    return ET.tostring(root, encoding="unicode")


def _strip(element: ET.Element) -> None:
    for child in list(element):
        kind = child.get("class", "")
        if kind in ("background", "foreground") or child.get("display") == "none" or child.tag == tag("defs"):
            element.remove(child)
            continue
        _strip(child)
        if child.tag == tag("g") and not len(child):
            element.remove(child)
    for name in _DROPPED:
        element.attrib.pop(name, None)
    for name in [n for n in element.attrib if n.startswith(("aria-", "clip-path"))]:
        del element.attrib[name]
    if element.get("opacity") == "1":
        del element.attrib["opacity"]
    if element.get("fill", "none") != "none":  # the edge of a sign is whole, even where the line through it is not
        element.attrib.pop("stroke-dasharray", None)
    for name, value in element.attrib.items():
        if name != _XLINK:
            element.set(name, _LONG.sub(lambda number: f"{float(number[0]):.1f}", value))


def _link(element: ET.Element, x: float, y: float, names: Sequence[str], hrefs: Sequence[str], taken: list[tuple[float, float]]) -> None:
    moved = re.match(r"translate\((-?[\d.]+),(-?[\d.]+)\)", element.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    for child in element:
        address = child.attrib.pop(_XLINK, None)
        if address is None:
            _link(child, x, y, names, hrefs, taken)
            continue
        number = int(address.removeprefix(LINK))
        name = clean(names[number])
        title = ET.Element(tag("title"))
        title.text = name
        child.insert(0, title)
        if hrefs[number] and hrefs[number] == clean(hrefs[number]) and _has_room(child, x, y, taken):
            child.set("href", hrefs[number])
            for shape in child.iter(tag("path")):
                if "fill" not in shape.attrib:  # what is to be hit needs a fill, seen or not
                    shape.set("fill", "transparent")
            child.set("aria-label", name)
        else:
            child.tag = tag("g")


def _has_room(link: ET.Element, x: float, y: float, taken: list[tuple[float, float]]) -> bool:
    """Whether a finger can hit the mark: it is wide enough, or nothing else to hit is near."""
    shape = next(e for e in link.iter() if e.tag == tag("path"))
    box = re.match(r"M(-?[\d.]+),(-?[\d.]+)h(-?[\d.]+)v(-?[\d.]+)", shape.get("d", ""))
    if box:
        _left, _top, wide, high = (float(part) for part in box.groups())
        return min(abs(wide), abs(high)) >= SMALLEST - 0.05
    moved = re.match(r"translate\((-?[\d.]+),(-?[\d.]+)\)", shape.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    if any((x - a) ** 2 + (y - b) ** 2 < (SMALLEST + 1) ** 2 for a, b in taken):
        return False
    taken.append((x, y))
    return True


def _pattern(root: ET.Element, key: str) -> None:
    """Give each series that fills something its pattern beside its colour."""
    used: dict[str, str] = {}
    for element in root.iter(tag("path")):
        colour = element.get("fill", "")
        if PATTERNS.get(colour):
            used[colour] = f"{key}-{len(used)}" if colour not in used else used[colour]
            element.set("fill", f"url(#{used[colour]})")
    if not used:
        return
    defs = ET.Element(tag("defs"))
    for colour, identifier in used.items():
        pattern = ET.SubElement(defs, tag("pattern"), {"id": identifier, "width": "8", "height": "8", "patternUnits": "userSpaceOnUse"})
        ET.SubElement(pattern, tag("rect"), {"width": "8", "height": "8", "fill": colour})
        ET.SubElement(pattern, tag("path"), {"d": PATTERNS[colour], "stroke": "var(--paper)", "stroke-width": "1.2", "fill": "none"})
    root.insert(0, defs)
