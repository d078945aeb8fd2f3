"""Marks as the rows of a specification: positions, texts, colours; once for wide pages and once for phones."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from babel.numbers import get_decimal_symbol, get_group_symbol

from query_ui.asked import interface
from query_ui.charts.marks import Kind, Mark, labels, series, width, wrapped
from query_ui.charts.specs import SERIES, TILES, specification
from query_ui.charts.svg import LINK

Size = Literal["", "broad", "slim"]
Say = Callable[[float], str]
WIDTHS: dict[Size, int] = {"broad": 720, "slim": 340}
SHADES = 5


@dataclass(frozen=True)
class Drawing:
    """A filled specification, and name and address of each mark in it."""

    spec: dict[str, Any]
    names: list[str]
    hrefs: list[str]
    size: Size = ""
    engine: Literal["vega-lite", "vega"] = "vega-lite"

    @property
    def json(self) -> str:
        """The specification as text, by which what was drawn is remembered."""
        return json.dumps(self.spec, ensure_ascii=False, sort_keys=True)


def filled(kind: Kind, marks: Sequence[Mark], unit: str, hues: Mapping[str, str], say: Say) -> list[Drawing]:
    """Return the specifications of a picture: one, or one for each size of page."""
    texts = [value_text(m, unit, say) for m in marks]
    names = [name(m, t) for m, t in zip(marks, texts, strict=True)]
    hrefs = [m.href for m in marks]
    sizes: tuple[Size, ...] = ("",) if kind in ("heat", "map") else ("broad", "slim")
    found = []
    for size in sizes:
        spec = {"bar": _bar, "stacked": _stacked, "heat": _heat, "line": _line, "map": _map}[kind](
            marks, texts, size, dict(hues), unit, say
        )
        found.append(Drawing(spec, names, hrefs, size))
    return found


def value_text(mark: Mark, unit: str, say: Say) -> str:
    """Return what stands at a mark: its number with the unit, or the sign of what is not known."""
    if mark.value is None:
        return mark.sign
    return f"{say(mark.value)} {unit}".strip() if len(unit) <= 3 else say(mark.value)


def name(mark: Mark, text: str) -> str:
    """Return the name of a mark: label, series, value, note."""
    head = ", ".join(part for part in (mark.label, mark.series) if part)
    return f"{head}: {text}" + (f" ({mark.note})" if mark.note else "") if text else f"{head}: {mark.note}" if mark.note else head


def shade(value: float | None, most: float) -> int:
    """Return the shade of a value from 1 to 5, 0 for none."""
    return 0 if not value or value < 0 or not most else min(SHADES, 1 + int((value / most) * SHADES - 1e-9))


def _room(marks: Sequence[Mark], share: float, size: Size) -> float:
    return min(max((width(m.label) for m in marks), default=0) + 10, WIDTHS[size or "broad"] * share)


def _bar(marks: Sequence[Mark], texts: list[str], size: Size, hues: dict[str, str], unit: str, say: Say) -> dict[str, Any]:
    spec = specification("bar")
    rows: list[dict[str, Any]] = [
        {"n": n, "value": m.value or 0, "end": max(m.value or 0, 0), "text": t, "href": f"{LINK}{n}"}
        for n, (m, t) in enumerate(zip(marks, texts, strict=True))
    ]
    side = _frame(spec, marks, texts, size)
    for row, mark in zip(rows, marks, strict=True):
        row["lines"] = wrapped(mark.label, side, most=2 if size == "broad" else 1)
    spec["data"] = {"values": rows}
    return spec


def _stacked(marks: Sequence[Mark], texts: list[str], size: Size, hues: dict[str, str], unit: str, say: Say) -> dict[str, Any]:
    spec = specification("stacked")
    order = {label: n for n, label in enumerate(labels(marks))}
    numbers = {name: str(n) for n, name in enumerate(series(marks))}
    ends = dict.fromkeys(order, 0.0)
    rows: list[dict[str, Any]] = []
    last: dict[str, int] = {}
    for number, mark in enumerate(marks):
        start = ends[mark.label]
        ends[mark.label] = end = start + max(mark.value or 0, 0)
        last[mark.label] = number
        rows.append({"n": order[mark.label], "from": start, "end": end, "series": numbers[mark.series], "href": f"{LINK}{number}"})
    totals = [say(total) for total in ends.values()]
    side = _frame(spec, marks, totals, size)
    for (label, number), total in zip(last.items(), totals, strict=True):
        rows[number] |= {"text": total, "lines": wrapped(label, side, most=2 if size == "broad" else 1)}
    spec["data"] = {"values": rows}
    _series(spec["layer"][_layer(spec, "color")]["encoding"], marks, size, hues)
    return spec


def _frame(spec: dict[str, Any], marks: Sequence[Mark], texts: Sequence[str], size: Size) -> float:
    """Set the width of the bars, and on phones the names above them; return the room for names."""
    numbers = max((width(t) for t in texts), default=0) + 12
    if size == "slim":
        spec["width"], spec["height"] = max(WIDTHS["slim"] - numbers, 60), {"step": 48}
        spec["encoding"]["y"]["scale"] = {"paddingInner": 0.5, "paddingOuter": 0.25}
        names = next(layer for layer in spec["layer"] if layer["encoding"].get("text", {}).get("field") == "lines")
        names["mark"] |= {"align": "left", "baseline": "bottom", "dx": 0, "dy": -14}
        side = WIDTHS["slim"] - 4.0
        spec["layer"] = [layer for layer in spec["layer"] if layer["mark"]["type"] != "rule"]
        left, top = 0.0, -20
    else:
        side = _room(marks, 0.42, size)
        spec["width"] = max(WIDTHS["broad"] - side - numbers, 120)
        left, top = -side - 8, 0
    for layer in spec["layer"]:
        if layer.get("name") in ("band", "room"):
            layer["encoding"] |= {"x": {"value": left}, "x2": {"value": spec["width"] + numbers}}
        if layer.get("name") == "band":
            layer["mark"]["yOffset"] = top
    return side


def _layer(spec: dict[str, Any], channel: str) -> int:
    return next(n for n, layer in enumerate(spec["layer"]) if channel in layer["encoding"])


def _series(encoding: dict[str, Any], marks: Sequence[Mark], size: Size, hues: dict[str, str]) -> list[str]:
    """Give each series its colour, and the legend as many columns as there is room for; return how Vega knows them, by number."""
    names = series(marks)
    numbers = [str(n) for n in range(len(names))]
    colours = [f"var(--{hues[n]})" if n in hues else SERIES[k % len(SERIES)]["colour"] for k, n in enumerate(names)]
    encoding["color"]["scale"] = {"domain": numbers, "range": colours}
    room = WIDTHS[size or "broad"] - 60.0
    # Vega would cut names by itself, and letters beyond the first plane in two.
    short = [wrapped(n, room, most=1)[0] for n in names]
    longest = min(max((width(n) for n in short), default=0), room) + 55
    encoding["color"]["legend"] |= {
        "columns": max(1, int(WIDTHS[size or "broad"] // longest)),
        "labelLimit": 0,
        "labelExpr": f"{json.dumps(short)}[toNumber(datum.value)]",
    }
    if names in ([], [""]):
        encoding["color"]["legend"] = None
    return numbers


def _heat(marks: Sequence[Mark], texts: list[str], size: Size, hues: dict[str, str], unit: str, say: Say) -> dict[str, Any]:
    spec = specification("heat")
    order = {label: n for n, label in enumerate(labels(marks))}
    columns = {name: n for n, name in enumerate(series(marks))}
    most = max((m.value or 0 for m in marks), default=0)
    side = _room(marks, 0.42, "broad")
    rows: list[dict[str, Any]] = []
    for number, (mark, text) in enumerate(zip(marks, texts, strict=True)):
        row = {"n": order[mark.label], "c": columns[mark.series], "text": text, "href": f"{LINK}{number}", **_tint(mark.value, most)}
        if mark.label in order and not any(r["n"] == row["n"] for r in rows):
            row["lines"] = wrapped(mark.label, side)
        if not any(r["c"] == row["c"] for r in rows):
            row["head"] = wrapped(mark.series, 150, size=12, most=1)[0]
        rows.append(row)
    spec["layer"][0]["encoding"] |= {"x": {"value": -side - 8}, "x2": {"value": 0}}
    spec["width"] = {"step": max(44, min(90, 10 + max((width(t, 12) for t in texts), default=0)))}
    spec["data"] = {"values": rows}
    return spec


def _tint(value: float | None, most: float) -> dict[str, str]:
    number = shade(value, most)
    fill = f"var(--shade-{number})" if number else "var(--hair)" if value is not None else "var(--paper)"
    return {"fill": fill, "ink": "var(--paper)" if number >= 4 else "var(--ink)" if number else "var(--quiet)"}


def _map(marks: Sequence[Mark], texts: list[str], size: Size, hues: dict[str, str], unit: str, say: Say) -> dict[str, Any]:
    spec = specification("map")
    most = max((m.value or 0 for m in marks), default=0)
    rows: list[dict[str, Any]] = []
    for number, (mark, text) in enumerate(zip(marks, texts, strict=True)):
        if mark.place in TILES:
            row, column = TILES[mark.place]
            rows.append(
                {"n": row, "c": column, "code": mark.place.upper(), "text": text, "href": f"{LINK}{number}", **_tint(mark.value, most)}
            )
    spec["data"] = {"values": rows}
    return spec


def _line(marks: Sequence[Mark], texts: list[str], size: Size, hues: dict[str, str], unit: str, say: Say) -> dict[str, Any]:
    spec = specification("line")
    known = {name: str(n) for n, name in enumerate(series(marks))}
    rows = [
        {"at": at, "value": m.value, "series": known[m.series], "href": f"{LINK}{n}"}
        for n, m in enumerate(marks)
        if m.value is not None and (at := _year(m.label)) is not None
    ]
    spec["data"] = {"values": sorted(rows, key=lambda r: r["at"])}
    spec["config"] = spec["config"] | {"locale": {"number": _locale()}}
    spec["width"], spec["height"] = (640, 300) if size == "broad" else (280, 240)
    numbers = _series(spec["encoding"], marks, size, hues)
    styles = [SERIES[int(n) % len(SERIES)] for n in numbers]
    spec["layer"][0]["encoding"]["strokeDash"]["scale"] = {"domain": numbers, "range": [s["dash"] for s in styles]}
    spec["layer"][1]["encoding"]["shape"]["scale"] = {"domain": numbers, "range": [s["shape"] for s in styles]}
    return spec


def _locale() -> dict[str, Any]:
    """How the numbers of an axis are written in the language of the page."""
    language = interface()
    signs = {"decimal": str(get_decimal_symbol(language)), "thousands": str(get_group_symbol(language))}
    return {**signs, "grouping": [3], "currency": ["", ""]}


def _year(label: str) -> float | None:
    try:
        year = float(label)
    except ValueError:
        return None
    return year if math.isfinite(year) else None
