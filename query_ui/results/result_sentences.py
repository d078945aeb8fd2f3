"""The sentence that says what a picture shows, and its title: whole sentences, made from the numbers that are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.lists import format_list
from flask_babel import gettext

from query_ui.asked import interface
from query_ui.charts import Mark
from query_ui.words import number

_MOST_NAMES = 3


def _(text: str, **parts: object) -> str:
    # Flask-Babel has no types.
    return str(gettext(text, **parts))


@dataclass(frozen=True)
class Facts:
    """What is drawn: marks, and what columns and numbers are called; `measure` is `rows`, `different` or `number`."""

    marks: Sequence[Mark]
    x: str
    series: str
    y: str
    unit: str = ""
    measure: str = "rows"
    rows: int = 0
    tops: int = 0


def title(facts: Facts, *, pairs: bool = False) -> str:
    """Return the title of a picture."""
    if pairs:
        return _("%(one)s and %(other)s", one=facts.x, other=facts.series)
    what = _("Number of rows") if facts.measure == "rows" else _("Number of different “%(column)s”", column=facts.y)
    if facts.measure == "number":
        what = f"{facts.y} ({facts.unit})" if facts.unit else facts.y
    if facts.series:
        return _("%(what)s by %(one)s and %(other)s", what=what, one=facts.x, other=facts.series)
    return _("%(what)s by %(one)s", what=what, one=facts.x)


def sentence(kind: str, facts: Facts) -> str:
    """Return one sentence on what is largest and smallest, how many there are, or how a line runs."""
    marks = [m for m in facts.marks if m.value is not None]
    if kind == "line":
        return _trend(marks, facts)
    if kind == "tree":
        return _(
            "Different values: %(number)s, under top concepts: %(tops)s; most rows: %(largest)s (%(most)s).",
            number=number(len(marks)), tops=number(facts.tops), largest=_names(marks, _highest(marks)), most=_value(_highest(marks), facts),
        )  # fmt: skip
    if kind == "network":
        return _linked(marks)
    if kind == "stacked":
        marks = _summed(marks)
    most, least = _highest(marks), _lowest(marks)
    parts = {"largest": _names(marks, most), "most": _value(most, facts), "smallest": _names(marks, least), "least": _value(least, facts)}
    if len(marks) == 1:
        return _("There is one value: %(largest)s (%(most)s).", **parts)
    if most == least:
        return _("All %(number)s have the same value: %(most)s.", number=number(len(marks)), **parts)
    if kind == "map":
        without = sum(not m.value for m in facts.marks)
        return _("Highest: %(largest)s (%(most)s); countries without any: %(without)s.", without=number(without), **parts)
    if facts.measure == "number":
        return _("Highest: %(largest)s (%(most)s); lowest: %(smallest)s (%(least)s).", **parts)
    return _("Most: %(largest)s (%(most)s); fewest: %(smallest)s (%(least)s); rows in all: %(rows)s.", rows=number(facts.rows), **parts)


def _linked(marks: Sequence[Mark]) -> str:
    """Return how many links there are, and what has the most of them."""
    degrees: dict[str, float] = {}
    for mark in marks:
        degrees[mark.label] = degrees.get(mark.label, 0) + 1
    counted = [Mark(label, degree) for label, degree in degrees.items()]
    return _(
        "Links: %(links)s; on the left: %(left)s, on the right: %(right)s; most links: %(largest)s (%(most)s).",
        links=number(len(marks)),
        left=number(len(degrees)),
        right=number(len({m.series for m in marks})),
        largest=_names(counted, _highest(counted)),
        most=number(_highest(counted)),
    )


def _summed(marks: Sequence[Mark]) -> list[Mark]:
    sums: dict[str, float] = {}
    for mark in marks:
        sums[mark.label] = sums.get(mark.label, 0.0) + (mark.value or 0.0)
    return [Mark(label, value) for label, value in sums.items()]


def _highest(marks: Sequence[Mark]) -> float:
    return max(m.value for m in marks if m.value is not None)


def _lowest(marks: Sequence[Mark]) -> float:
    return min(m.value for m in marks if m.value is not None)


def _names(marks: Sequence[Mark], value: float) -> str:
    """Return the names of the marks of a value, the first few where there are many."""
    found = [f"{m.label} – {m.series}" if m.series else m.label for m in marks if m.value == value]
    if len(found) <= _MOST_NAMES:
        return str(format_list(found, locale=interface()))
    return _("%(names)s and %(more)s more", names=", ".join(found[:_MOST_NAMES]), more=number(len(found) - _MOST_NAMES))


def _value(value: float, facts: Facts) -> str:
    unit = facts.unit if facts.measure == "number" else ""
    return f"{number(value)} {unit}".strip()


def _trend(marks: Sequence[Mark], facts: Facts) -> str:
    """Return how the line with the highest last value runs, from its first year to its last."""
    lines: dict[str, list[Mark]] = {}
    for mark in marks:
        lines.setdefault(mark.series, []).append(mark)
    line = max(lines.values(), key=lambda ms: (len(ms), ms[-1].value or 0))
    first, last = line[0], line[-1]
    parts = {
        "start": first.label, "end": last.label, "first": _value(first.value or 0, facts), "last": _value(last.value or 0, facts),
        "what": line[0].series or facts.y, "lines": number(len(lines)),
    }  # fmt: skip
    if len(line) == 1:
        return _("%(what)s: %(first)s in %(start)s, the only year.", **parts)
    if len(lines) == 1:
        return _("%(what)s: %(first)s in %(start)s, %(last)s in %(end)s.", **parts)
    return _("Lines: %(lines)s; the longest is %(what)s, with %(first)s in %(start)s and %(last)s in %(end)s.", **parts)
