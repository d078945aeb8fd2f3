"""A thing with its neighbours, pairs of things, and hierarchies: columns and lines on wide pages, an indented list of lines on phones.

Positions are given by the order of things, not by forces: names never overlap, and the keyboard goes through them as they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from query_ui.charts.drawing import Chart, finished
from query_ui.charts.marks import clean, width, wrapped
from query_ui.charts.rows import WIDTHS, Drawing, Size
from query_ui.charts.specs import specification
from query_ui.charts.svg import LINK

_STEP, _INDENT = 28, 20
_SHAPES = {"productive": "square", "social": "circle", "training": "triangle-up"}
MOST = 40


@dataclass(frozen=True)
class Node:
    """A thing in a network or tree; `hue` is a token for its sign (`productive`), `note` is said beside its name."""

    label: str
    href: str = ""
    note: str = ""
    hue: str = ""
    strong: bool = False
    """Whether it is the thing that the picture is about."""
    children: tuple[Node, ...] = field(default=())


@dataclass
class _Place:
    node: Node
    x: float
    y: float
    room: float
    align: str = "left"
    quiet: bool = False


def draw_tree(roots: Sequence[Node], *, title: str, description: str = "", most: int = MOST) -> Chart:
    """Draw a hierarchy as an indented list with lines; what does not fit into so many lines is left out at its end."""
    drawings = []
    for size in ("broad", "slim"):
        places, links = _indented(roots, most, WIDTHS[size])
        drawings.append(_drawing(places, links, size))
    return finished("tree", title, description, drawings, shown=min(_count(roots), most), total=_count(roots))


def draw_network(
    centre: Node,
    *,
    before: Sequence[tuple[str, Sequence[Node]]] = (),
    after: Sequence[tuple[str, Sequence[Node]]] = (),
    title: str,
    description: str = "",
    most: int = 14,
) -> Chart:
    """Draw a thing with its neighbours: what leads to it at the left, what it leads to at the right, each under its relation.

    Parameters
    ----------
    centre:
        The thing.
    before, after:
        Relations with their things: `[("follows", [Node("beschutte werkplaats", "/page/…")])]`.
    title, description:
        Name of the picture, and what a screen reader says beside it.
    most:
        How many things a side holds at most; the rest is left out, and `Chart.cut` says so.
    """
    left, right = _few(before, most), _few(after, most)
    total = sum(len(nodes) for _, nodes in (*before, *after))
    shown = sum(len(nodes) for _, nodes in (*left, *right))
    relations = [Node(f"{relation} ←", children=tuple(nodes)) for relation, nodes in left]
    relations += [Node(f"→ {relation}", children=tuple(nodes)) for relation, nodes in right]
    slim = _indented([Node(centre.label, centre.href, centre.note, centre.hue, True, tuple(relations))], 10**6, WIDTHS["slim"])
    drawings = [_drawing(*_sides(centre, left, right), "broad"), _drawing(*slim, "slim")]
    return finished("network", title, description, drawings, shown=shown, total=total)


def draw_pairs(pairs: Sequence[tuple[Node, Node]], *, title: str, description: str = "", most: int = MOST) -> Chart:
    """Draw which things of one kind go with which of another: two columns with lines between; one place for each name."""
    lefts = list(dict.fromkeys(a for a, _ in pairs))
    rights = list(dict.fromkeys(b for _, b in pairs))
    kept = (set(lefts[:most]), set(rights[:most]))
    drawn = list(dict.fromkeys((a, b) for a, b in pairs if a in kept[0] and b in kept[1]))
    shown = len({a for a, _ in drawn} | {b for _, b in drawn})
    grouped = [
        Node(a.label, a.href, a.note, a.hue, False, tuple(b for c, b in drawn if c == a)) for a in dict.fromkeys(a for a, _ in drawn)
    ]
    drawings = [_drawing(*_columns(drawn), "broad"), _drawing(*_indented(grouped, 10**6, WIDTHS["slim"]), "slim")]
    return finished("network", title, description, drawings, shown=shown, total=len(lefts) + len(rights))


def _few(sides: Sequence[tuple[str, Sequence[Node]]], most: int) -> list[tuple[str, list[Node]]]:
    """Share the room of a side between its relations: each keeps its first things."""
    each = max(1, most // max(len(sides), 1))
    spare = most - sum(min(len(nodes), each) for _, nodes in sides)
    found = []
    for relation, nodes in sides[:most]:
        taken = min(len(nodes), each + max(spare, 0))
        spare -= max(taken - each, 0)
        found.append((relation, list(nodes[:taken])))
    return found


def _count(nodes: Sequence[Node]) -> int:
    return sum(1 + _count(n.children) for n in nodes)


def _indented(roots: Sequence[Node], most: int, wide: float) -> tuple[list[_Place], list[str]]:
    places: list[_Place] = []
    links: list[str] = []
    stack = [(root, 0, None) for root in reversed(roots)]
    while stack and len(places) < most:
        node, depth, above = stack.pop()
        x, y = 7.0 + _INDENT * min(depth, 7), 14.0 + _STEP * len(places)
        place = _Place(node, x, y, wide - x - 14, quiet=bool(node.children) and not node.href)
        places.append(place)
        if above is not None:
            links.append(f"M{above.x:g},{above.y + 7:g}V{y:g}H{x - 7:g}")
        stack += [(child, depth + 1, place) for child in reversed(node.children)]  # type: ignore[misc]
    return places, links


def _sides(centre: Node, left: Sequence[tuple[str, list[Node]]], right: Sequence[tuple[str, list[Node]]]) -> tuple[list[_Place], list[str]]:
    rows = max(_lines(left), _lines(right), 1)
    middle = 14.0 + _STEP * (rows - 1) / 2
    room = 150.0 if left and right else 240.0
    # A side that is empty leaves its room to the other.
    x = {(True, True): 360.0, (True, False): 560.0, (False, True): 160.0}.get((bool(left), bool(right)), 160.0)
    half = min(room / 2 + 20, width(centre.label) / 2 + 14)
    places, links = [], []
    for side, sign, align in ((left, -1, "right"), (right, 1, "left")):
        at, y = x + sign * (half + 60), 14.0 + _STEP * (rows - _lines(side)) / 2
        away = at - 20 if sign < 0 else WIDTHS["broad"] - at - 20
        for relation, nodes in side:
            places.append(_Place(Node(relation), at, y, away, align, quiet=True))
            y += _STEP
            for node in nodes:
                places.append(_Place(node, at, y, away, align))
                start, end = x + sign * half, at - sign * 8
                links.append(f"M{start:g},{middle:g}C{(start + end) / 2:g},{middle:g} {(start + end) / 2:g},{y:g} {end:g},{y:g}")
                y += _STEP
    places.append(_Place(Node(centre.label, centre.href, centre.note, centre.hue, True), x, middle, 2 * half - 10, "center"))
    return places, links


def _lines(side: Sequence[tuple[str, list[Node]]]) -> int:
    return sum(1 + len(nodes) for _, nodes in side)


def _columns(pairs: Sequence[tuple[Node, Node]]) -> tuple[list[_Place], list[str]]:
    lefts, rights = (list(dict.fromkeys(pair[n] for pair in pairs)) for n in (0, 1))
    high = _STEP * max(len(lefts), len(rights), 1)
    at: dict[tuple[int, Node], float] = {}
    places = []
    for column, nodes, x, align in ((0, lefts, 290.0, "right"), (1, rights, 430.0, "left")):
        for n, node in enumerate(nodes):
            at[column, node] = y = high * (n + 0.5) / len(nodes)
            places.append(_Place(node, x, y, 270.0, align))
    links = [f"M298,{at[0, a]:.1f}C360,{at[0, a]:.1f} 360,{at[1, b]:.1f} 422,{at[1, b]:.1f}" for a, b in pairs]
    return places, links


def _drawing(places: Sequence[_Place], links: Sequence[str], size: Size) -> Drawing:
    spec: dict[str, Any] = specification("graph")
    rows = [_row(n, place) for n, place in enumerate(places)]
    spec["width"], spec["height"] = WIDTHS[size], max((p.y for p in places), default=0) + 14
    spec["data"][0]["values"] = [{"path": path} for path in links]
    spec["data"][1]["values"] = rows
    names = [clean(p.node.label) + (f" ({clean(p.node.note)})" if p.node.note else "") for p in places]
    return Drawing(spec, names, [p.node.href for p in places], size, engine="vega")


def _row(number: int, place: _Place) -> dict[str, Any]:
    node = place.node
    bold = 1.1 if node.strong else 1.0
    text = wrapped(node.label, place.room / bold, most=1)[0]
    wide = min(width(text) * bold + 24, place.room + 24)
    left = {"left": place.x - 9, "right": place.x + 9 - wide, "center": place.x - wide / 2}[place.align]
    fill = "transparent" if place.quiet or place.align == "center" else f"var(--{node.hue})" if node.hue else "var(--accent)"
    row = {
        "x": place.x, "y": place.y, "left": left, "wide": wide, "text": text, "align": place.align, "href": f"{LINK}{number}",
        "fill": fill,
        "shape": _SHAPES.get(node.hue, "circle"), "weight": 600 if node.strong else 400,
        "ink": "var(--quiet)" if place.quiet else "var(--ink)",
    }  # fmt: skip
    if place.align == "center":
        row["x"] = place.x - 10  # the text begins ten pixels beside the sign, which a thing in the middle has not
    return row
