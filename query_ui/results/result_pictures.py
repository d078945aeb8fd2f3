"""Pictures of a result: rows counted or numbers taken together by the columns of a view, each mark a link to its rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _

from query_ui.charts import Chart, Mark, Node, draw, draw_pairs, draw_tree
from query_ui.countries.places import folders
from query_ui.markup import hue
from query_ui.results.result_sentences import Facts, sentence, title
from query_ui.results.result_views import View
from query_ui.results.sheets import YEAR, Sheet, Value
from query_ui.things.hierarchy import broader
from query_ui.words import ABSENCES, number
from wise_skills.labels import fold

Link = Callable[[Mapping[str, str]], str]
_MOST_IN_TABLE = 200
_NONE = Value("", "")


@dataclass
class Picture:
    """A chart with the sentence that says what it shows, and its numbers as a list."""

    chart: Chart
    sentence: str
    figures: list[Mark] = field(default_factory=list)
    heads: tuple[str, ...] = ()
    left_out: int = 0
    """How many of the figures the list does not hold."""
    without: int = 0
    """How many marks have no number and are not drawn."""


@dataclass(frozen=True)
class _Cell:
    """What a mark stands for: its values, and the rows that have them."""

    x: Value
    series: Value
    rows: tuple[int, ...]


def picture(sheet: Sheet, view: View, rows: Sequence[int], link: Link) -> Picture | None:
    """Draw a view of some rows of a result; None where there is nothing to draw.

    Parameters
    ----------
    sheet, rows:
        The result, and the numbers of the rows that are kept.
    view:
        A view that is possible, with its columns.
    link:
        Gives the address of the rows that have certain values.
    """
    if view.kind == "table" or not rows:
        return None
    if view.kind == "network":
        return _network(sheet, view, rows, link)
    if view.kind == "tree":
        return _tree(sheet, view, rows, link)
    cells = _cells(sheet, view, rows)
    marks = _marks(sheet, view, cells, link)
    if view.kind == "map":
        marks = _every_country(sheet, marks, counted=not _is_number(sheet, view))
    without = 0
    if view.kind in ("bar", "stacked", "line"):  # a bar of no length says zero, which nobody said
        without = sum(m.value is None for m in marks)
        marks = [m for m in marks if m.value is not None]
    if not any(m.value is not None for m in marks):
        return None
    facts = _facts(sheet, view, marks, cells)
    hues = {c.series.text: h.removeprefix("type-") for c in cells if c.series.term and (h := hue(c.series.term.value))}
    said = sentence(view.kind, facts)
    chart = draw(view.kind, marks, title=title(facts), unit=facts.unit, description=said, hues=hues)  # type: ignore[arg-type]
    heads = tuple(h for h in (facts.x, facts.series, facts.y) if h)
    figures = [m for m in marks if m.value is not None]
    return Picture(chart, said, figures[:_MOST_IN_TABLE], heads, max(0, len(figures) - _MOST_IN_TABLE), without)


def _is_number(sheet: Sheet, view: View) -> bool:
    head = sheet.head(view.y)
    return head is not None and head.kind == "number"


def _cells(sheet: Sheet, view: View, rows: Sequence[int]) -> list[_Cell]:
    if view.kind == "line":
        xs: list[tuple[Value, ...]] = [() if year is None else (Value(str(year), str(year)),) for year in sheet.years(view.x)]
    else:
        xs = [values or (_NONE,) for values in sheet.values(view.x)]
    series = sheet.values(view.series) if view.series else []
    found: dict[tuple[str, str], list[int]] = {}
    values: dict[tuple[str, str], tuple[Value, Value]] = {}
    for n in rows:
        for x in xs[n]:
            for s in (series[n] or (_NONE,)) if view.series else (_NONE,):
                place = (x.key, s.key)
                found.setdefault(place, []).append(n)
                values.setdefault(place, (x, s))
    return [_Cell(*values[place], tuple(ns)) for place, ns in found.items()]


def _marks(sheet: Sheet, view: View, cells: Sequence[_Cell], link: Link) -> list[Mark]:
    known = folders(sheet.edition)
    texts = _told_apart([c.x for c in cells])
    columns = _told_apart([c.series for c in cells])
    marks = []
    for cell in cells:
        value, note = _value(sheet, view, cell.rows)
        wanted = {view.x: cell.x.key + (YEAR if view.kind == "line" else "")}
        if view.series:
            wanted[view.series] = cell.series.key
        href = _origin(sheet, view, cell.rows)
        place = known.get(cell.x.term.value, "") if cell.x.term is not None else ""
        label = texts[cell.x] or _("not given")
        name = (columns[cell.series] or _("not given")) if view.series else ""
        marks.append(Mark(label, value, name, href or link(wanted), note, place=place))
    return _ordered(view, marks)


def _told_apart(values: Sequence[Value]) -> dict[Value, str]:
    """Return a text for each value; two things of one name get their key beside it."""
    by_text: dict[str, set[str]] = {}
    for value in values:
        by_text.setdefault(value.text, set()).add(value.key)
    return {v: v.text if len(by_text[v.text]) == 1 else f"{v.text} ({v.key})" for v in values}


def _value(sheet: Sheet, view: View, rows: Sequence[int]) -> tuple[float | None, str]:
    """Return the value of a mark, and how it came about where that is not plain."""
    if not view.y:
        return float(len(rows)), ""
    if not _is_number(sheet, view):
        column = sheet.values(view.y)
        return float(len({v.key for n in rows for v in column[n]})), ""
    column_numbers = sheet.numbers(view.y)
    numbers = [n for row in rows if (n := column_numbers[row]) is not None]
    if not numbers:
        return None, ""
    if len(set(numbers)) == 1 and view.how != "sum":
        return numbers[0], ""
    try:
        value = {"mean": math.fsum(numbers) / len(numbers), "sum": math.fsum(numbers), "max": max(numbers), "min": min(numbers)}[view.how]
    except OverflowError:
        return None, ""
    notes = {
        "mean": _("mean of %(num)s rows", num=number(len(numbers))),
        "sum": _("sum of %(num)s rows", num=number(len(numbers))),
        "max": _("largest of %(num)s rows", num=number(len(numbers))),
        "min": _("smallest of %(num)s rows", num=number(len(numbers))),
    }
    return value, notes[view.how] if len(numbers) > 1 else ""


def _origin(sheet: Sheet, view: View, rows: Sequence[int]) -> str:
    """Return the path of what is behind a single number: what the question knows of it, else the row of the table it is from."""
    if len(rows) != 1 or not _is_number(sheet, view):
        return ""
    if path := sheet.behind(view.y, rows[0]):
        return path
    head = next((h for h in sheet.heads if h.kind == "row"), None)
    term = sheet.rows[rows[0]].get(head.name) if head else None
    return sheet.edition.addresses.path(term.value) if term is not None and term.kind == "iri" else ""


def _ordered(view: View, marks: list[Mark]) -> list[Mark]:
    if view.kind == "line":
        return sorted(marks, key=lambda m: (m.series, float(m.label)))
    sums: dict[str, float] = {}
    for mark in marks:
        sums[mark.label] = sums.get(mark.label, 0.0) + (mark.value or 0.0)
    columns: dict[str, float] = {}
    for mark in marks:
        columns[mark.series] = columns.get(mark.series, 0.0) + (mark.value or 0.0)
    if view.kind == "heat":  # the columns by name, as a reader looks for them; the first row has all of them
        columns = {name: -n for n, name in enumerate(sorted(columns, key=lambda name: (fold(name), name)))}
        top = min(sums, key=lambda label: (-sums[label], label))
        there = {m.series for m in marks if m.label == top}
        marks = [*marks, *(Mark(top, None, name) for name in columns if name not in there)]
    return sorted(marks, key=lambda m: (-sums[m.label], m.label, -columns[m.series], m.series))


def _every_country(sheet: Sheet, marks: Sequence[Mark], *, counted: bool) -> list[Mark]:
    """Add the countries of which the answer has nothing."""
    there = {m.place for m in marks}
    missing = {folder: iri for iri, folder in folders(sheet.edition).items() if folder not in there and folder != "eu"}
    sheet.naming.fetch(missing.values())
    sign, text, _meaning = ABSENCES["not-reported"]
    more = [
        Mark(
            sheet.naming(iri), 0.0 if counted else None, sign="" if counted else str(sign), note="" if counted else str(text), place=folder
        )
        for folder, iri in missing.items()
    ]
    return [*marks, *more]


def _facts(sheet: Sheet, view: View, marks: Sequence[Mark], cells: Sequence[_Cell]) -> Facts:
    y, x, series = sheet.head(view.y), sheet.head(view.x), sheet.head(view.series)
    number_head = y if y is not None and y.kind == "number" else None
    return Facts(
        marks=marks,
        x=x.label if x else "",
        series=series.label if series else "",
        y=y.label if y else _("Rows"),
        unit=number_head.unit if number_head else "",
        measure="number" if number_head else "different" if y else "rows",
        rows=len({n for c in cells for n in c.rows}),
    )


def _network(sheet: Sheet, view: View, rows: Sequence[int], link: Link) -> Picture | None:
    cells = [c for c in _cells(sheet, view, rows) if c.x.term is not None and c.series.term is not None]
    if not cells:
        return None
    names, others = _told_apart([c.x for c in cells]), _told_apart([c.series for c in cells])
    left = {c.x: Node(names[c.x], link({view.x: c.x.key}), hue=_hue(c.x)) for c in cells}
    right = {c.series: Node(others[c.series], link({view.series: c.series.key}), hue=_hue(c.series)) for c in cells}
    marks = [Mark(names[c.x], float(len(c.rows)), others[c.series], link({view.x: c.x.key, view.series: c.series.key})) for c in cells]
    facts = replace(_facts(sheet, view, marks, cells), y=_("Rows"), measure="rows")
    said = sentence("network", facts)
    chart = draw_pairs([(left[c.x], right[c.series]) for c in cells], title=title(facts, pairs=True), description=said)
    return Picture(chart, said, marks[:_MOST_IN_TABLE], (facts.x, facts.series, facts.y), max(0, len(marks) - _MOST_IN_TABLE))


def _hue(value: Value) -> str:
    return hue(value.term.value).removeprefix("type-") if value.term else ""


def _tree(sheet: Sheet, view: View, rows: Sequence[int], link: Link) -> Picture | None:
    cells = [c for c in _cells(sheet, replace(view, series=""), rows) if c.x.term is not None]
    if not cells:
        return None
    own = {c.x.term.value: c for c in cells if c.x.term is not None}
    above = broader(sheet.edition, own)
    sheet.naming.fetch([*above, *above.values()])
    below: dict[str, list[str]] = {}
    for iri, parent in above.items():
        below.setdefault(parent, []).append(iri)

    def node(iri: str) -> Node:
        cell = own.get(iri)
        children = tuple(node(i) for i in sorted(below.get(iri, ()), key=lambda i: sheet.naming(i).casefold()))
        if cell is None:
            return Node(sheet.naming(iri), sheet.edition.addresses.path(iri), children=children)
        count = _("rows: %(num)s", num=number(len(cell.rows)))
        return Node(cell.x.text, link({view.x: cell.x.key}), count, strong=True, children=children)

    tops = sorted({i for i in (*own, *above.values()) if i not in above}, key=lambda i: sheet.naming(i).casefold())
    marks = sorted(
        (Mark(c.x.text, float(len(c.rows)), href=link({view.x: c.x.key})) for c in cells), key=lambda m: (-(m.value or 0), m.label)
    )
    facts = replace(_facts(sheet, replace(view, y="", series=""), marks, cells), tops=len(tops))
    said = sentence("tree", facts)
    chart = draw_tree([node(i) for i in tops], title=title(facts), description=said)
    return Picture(chart, said, marks[:_MOST_IN_TABLE], (facts.x, facts.y), max(0, len(marks) - _MOST_IN_TABLE))
