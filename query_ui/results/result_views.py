"""In which ways a result can be shown, which of them is shown, and the addresses of the others.

What the columns hold decides: a country makes a map, a year a line, two things a network. The reader's choice stands in the
address (`view=bar&x=country`), so that every view is a link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from query_ui.countries.places import folders
from query_ui.results.sheets import BACKING, Head, Sheet
from query_ui.things.hierarchy import has_broader
from wise_skills.questions.model import VIEWS

KEYS = ("view", "x", "y", "series", "how", "sort", "filter", "only", "page")
"""Parameters of an address that say how a result is shown; the others say what was asked."""
HOWS = ("mean", "sum", "max", "min")
COUNT = ""
"""What `y` is where rows are counted."""
_MANY, _LONG, _ROWS, _COLUMNS, _SEGMENTS = 400, 90, 80, 24, 8
_YEARS = ("year", "date", "since", "from", "time", "valid")


@dataclass(frozen=True)
class Roles:
    """What the columns of a result can be in a picture, by name."""

    groups: tuple[str, ...]
    """Columns of a limited number of values, by which rows can be counted."""
    numbers: tuple[str, ...]
    years: tuple[str, ...]
    places: tuple[str, ...]
    things: tuple[str, ...]
    trees: tuple[str, ...]
    distinct: Mapping[str, int] = field(default_factory=dict)
    filled: Mapping[str, int] = field(default_factory=dict)
    """In how many rows each column holds something."""
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    """What each column holds, row by row, empty for nothing."""
    total: int = 0

    @property
    def repeated(self) -> tuple[str, ...]:
        """Columns of which a value stands in several rows, so that counting says something."""
        return tuple(g for g in self.groups if self.distinct[g] < self.total)

    @property
    def telling(self) -> tuple[str, ...]:
        """Columns of several values that most rows have."""
        return tuple(g for g in self.groups if self.distinct[g] > 1 and 2 * self.filled[g] >= self.total)

    def density(self, one: str, other: str) -> float:
        """How much of a table of two columns would be filled: 1 if each value of one goes with each of the other."""
        pairs = {(a, b) for a, b in zip(self.columns[one], self.columns[other], strict=True) if a and b}
        return len(pairs) / (self.distinct[one] * self.distinct[other])


@dataclass(frozen=True)
class View:
    """A way to show a result: a kind, and the columns of the picture; `y` is empty where rows are counted."""

    kind: str = "table"
    x: str = ""
    y: str = ""
    series: str = ""
    how: str = "mean"

    def query(self) -> list[tuple[str, str]]:
        """Return the view as parameters of an address."""
        given = (("view", self.kind), ("x", self.x), ("y", self.y), ("series", self.series))
        return [(k, v) for k, v in given if v] + ([("how", self.how)] if self.how != HOWS[0] else [])


def roles(sheet: Sheet) -> Roles:
    """Return what the columns of a result can be."""
    heads = [h for h in sheet.heads if h.kind not in ("sources", "row", "link")]
    known = folders(sheet.edition)
    numbers, years, places, things, groups = [], [], [], [], []
    distinct: dict[str, int] = {}
    columns: dict[str, list[str]] = {}
    for head in heads:
        terms = [t for row in sheet.rows if (t := row.get(head.name)) is not None]
        if not terms:
            continue
        iris = [t.value for t in terms if t.kind == "iri"]
        different = {t.value for t in terms}
        distinct[head.name] = len(different)
        columns[head.name] = [t.value if (t := row.get(head.name)) is not None else "" for row in sheet.rows]
        if head.kind == "number" and any(n is not None for n in sheet.numbers(head.name)):
            numbers.append(head.name)
        if _is_time(head) and len({y for y in sheet.years(head.name) if y is not None}) > 1:
            years.append(head.name)
        if iris and len(iris) == len(terms):
            if sum(known.get(i, "eu") != "eu" for i in different) * 2 > len(different):
                places.append(head.name)
            if head.kind != "evidence":
                things.append(head.name)
        short = sum(len(t.value) for t in terms if t.kind != "iri") <= _LONG * len(terms)
        if head.kind != "number" and len(different) <= _MANY and short and not _is_label(head, sheet):
            groups.append(head.name)
    trees = tuple(n for n in things if n not in places and has_broader(sheet.edition, {t.value for r in sheet.rows if (t := r[n])}))
    filled = {name: sum(map(bool, values)) for name, values in columns.items()}
    total = len(sheet.rows)
    return Roles(tuple(groups), tuple(numbers), tuple(years), tuple(places), tuple(things), trees, distinct, filled, columns, total)


def _is_time(head: Head) -> bool:
    name = head.name.lower()
    return head.kind == "date" or (head.kind == "number" and any(word in name for word in _YEARS))


def _is_label(head: Head, sheet: Sheet) -> bool:
    """Whether a column is but the name of another, as `formLabel` is that of `form` in a query of one's own."""
    return head.name.endswith("Label") and sheet.head(head.name.removesuffix("Label")) is not None


def possible(found: Roles) -> list[str]:
    """Return the kinds of views that a result has, the table first."""
    if not found.total:
        return ["table"]
    counted = bool(found.repeated or (found.numbers and found.groups))
    can = {
        "table": True,
        "bar": counted,
        "stacked": _stack(found) is not None,
        "heat": _pair(found) is not None,
        "line": bool(found.years),
        "map": bool(found.places),
        "network": len(found.things) > 1,
        "tree": bool(found.trees),
    }
    return [kind for kind in VIEWS if can[kind]]


def _pair(found: Roles) -> tuple[str, str] | None:
    """The columns for a table of two dimensions: what goes down, and what goes across, so that as many cells as can be are full."""
    several = [g for g in found.telling if found.distinct[g] <= _ROWS]
    pairs = [(down, across) for across in several if found.distinct[across] <= _COLUMNS for down in several if down != across]

    def merit(pair: tuple[str, str]) -> float:
        down, across = pair
        worth = 3.0 if across in found.places else 1.0 if down not in found.places else 0.5
        return found.density(down, across) * worth * sum(1.0 + (g in found.things) for g in pair)

    return max(pairs, key=merit, default=None)


def _stack(found: Roles) -> tuple[str, str] | None:
    """The bars and their segments: few kinds of segments, things before texts, bars by country if there are any."""
    segments = [g for g in found.telling if g not in found.places and found.distinct[g] <= _SEGMENTS]
    bars = [g for g in found.telling if g in found.places] + [g for g in found.telling if g in found.repeated]
    pairs = [(bar, s) for s in sorted(segments, key=lambda g: g not in found.things) for bar in bars if s != bar]
    return next(iter(pairs), None)


def choices(kind: str, found: Roles) -> dict[str, tuple[str, ...]]:
    """Return the columns that may be x, y and series of a kind of view; an empty name is a choice of its own."""
    counts = (COUNT, *found.numbers, *(t for t in found.groups if t in found.things))
    match kind:
        case "bar":
            return {"x": found.groups, "y": counts}
        case "stacked":
            return {"x": found.groups, "series": found.groups, "y": counts}
        case "heat":
            return {"x": found.groups, "series": found.groups, "y": counts}
        case "line":
            return {"x": found.years, "y": counts, "series": (COUNT, *found.groups)}
        case "map":
            return {"x": found.places, "y": counts}
        case "network":
            return {"x": found.things, "series": found.things}
        case "tree":
            return {"x": found.trees}
        case _:
            return {}


def standard(kind: str, found: Roles) -> View:
    """Return a view of a kind with the columns that suit it best."""
    pair = _stack(found) if kind == "stacked" else _pair(found)
    match kind:
        case "bar":
            x = next((g for g in found.telling if g in found.repeated), next(iter(found.repeated), ""))
            return View(kind, x) if x else View(kind, next(iter(found.groups), ""), next(iter(found.numbers), ""))
        case "stacked" | "heat" if pair:
            return View(kind, pair[0], series=pair[1])
        case "line":
            # Numbers of several rows of a year are seldom of one kind, so rows are counted then.
            alone = [n for n in found.numbers if n not in found.years and found.distinct[found.years[0]] == found.filled[n] == found.total]
            return View(kind, found.years[0], next(iter(alone), ""))
        case "map":
            once = found.distinct[found.places[0]] == found.total
            return View(kind, found.places[0], next(iter(found.numbers), "") if once else "")
        case "network":
            several = sorted(found.things, key=lambda t: found.distinct[t] == 1)
            return View(kind, several[0], series=several[1])
        case "tree":
            return View(kind, found.trees[0])
        case _:
            return View()


def first(found: Roles, wanted: Mapping[str, str]) -> View:
    """Return the view with which a result begins: the wanted one if it is possible, else what the columns suggest."""
    kinds = possible(found)
    if wanted.get("kind") in kinds and _worth(view := fitted(standard(wanted["kind"], found), wanted, found), found):
        return view
    years = [n for n in found.years if n in found.distinct and found.distinct[n] == found.total]
    numbers = [n for n in found.numbers if n not in found.years]
    if years and numbers and found.total > 2 and len(found.groups) <= 1:
        return View("line", years[0], numbers[0])
    named = [g for g in found.groups if found.distinct[g] == found.total]
    if len(numbers) == 1 and named and len(found.groups) <= 2 and 1 < found.total <= 60 and "bar" in kinds:
        return View("bar", named[0], numbers[0])
    return View()


def _worth(view: View, found: Roles) -> bool:
    """Whether a picture that nobody asked for says more than the table: a single bar or column does not."""
    if view.kind in ("table", "map"):
        return True
    return found.distinct.get(view.x, 0) > 1 and (not view.series or found.distinct.get(view.series, 0) > 1)


def fitted(view: View, asked: Mapping[str, str], found: Roles) -> View:
    """Return a view with the columns that are asked for, as far as they can be in it."""
    for key, names in choices(view.kind, found).items():
        if key in asked and asked[key] in names:
            view = replace(view, **{key: asked[key]})
    if view.kind in ("stacked", "heat", "network") and view.x == view.series:
        others = [n for n in choices(view.kind, found)["series"] if n != view.x and (view.kind == "network" or found.distinct[n] <= _MANY)]
        view = replace(view, series=others[0])
    return replace(view, how=asked["how"]) if asked.get("how") in HOWS else view


def chosen(found: Roles, asked: Mapping[str, str], wanted: Mapping[str, str]) -> View:
    """Return the view that an address asks for, else the first one."""
    kind = asked.get("view", "")
    if kind not in possible(found):
        return first(found, wanted)
    view = standard(kind, found)
    return fitted(fitted(view, wanted, found) if wanted.get("kind") == kind else view, asked, found)


def only(asked: MultiDict[str, str], sheet: Sheet) -> dict[str, str]:
    """Return the values to which the rows are narrowed: `only=country:AUT` for each column."""
    pairs = (text.partition(":") for text in asked.getlist("only"))
    return {name: value for name, colon, value in pairs if colon and sheet.head(name)}


def address(path: str, asked: Sequence[tuple[str, str]], shown: Sequence[tuple[str, str]], hash_: str = "") -> str:
    """Return the address of a result: what was asked, and how it is shown."""
    text = urlencode([*asked, *shown])
    return path + (f"?{text}" if text else "") + (f"#{hash_}" if hash_ else "")


def backing(sheet: Sheet) -> list[str]:
    """Return the columns that back a row."""
    return [h.name for h in sheet.heads if h.kind in BACKING]
