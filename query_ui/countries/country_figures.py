"""The key figures of a country and its pictures: newest numbers, types, needs by group of skills. Each number leads to its claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask_babel import gettext as _

from query_ui.charts import Chart, Mark, draw
from query_ui.edition import Edition
from query_ui.evidence.claims import Claim, behind, read_claims
from query_ui.exploring import explore_address
from query_ui.memory import remembered
from query_ui.naming import Naming
from query_ui.things.records import Record, read
from query_ui.words import literal, number
from wise_skills.terms import iri as iri_term

MOST, BARS = 6, 12
_FIRST = ("organisations", "workers", "target-workers", "participants", "workers-with-disabilities", "turnover")


@dataclass(frozen=True)
class KeyFigure:
    """A number of a source: what it counts, of what (an IRI, empty for the country), with its address and its claim."""

    value: str
    measure: str
    of: str
    path: str
    claim: Claim


@dataclass(frozen=True)
class Picture:
    """A chart with its sentence, and its numbers as a table: heads, and lines of cells with an address where there is one."""

    key: str
    chart: Chart
    sentence: str
    heads: list[str]
    lines: list[list[tuple[str, str]]] = field(default_factory=list)


def figures_of(edition: Edition, place: str) -> list[Record]:
    """Return all figures of a country that have a value."""
    table = edition.select(
        f"SELECT DISTINCT ?c WHERE {{ ?c wise:country {iri_term(place).n3()} ; a wise:Count ; wise:value ?v }} ORDER BY ?c"
    )
    return list(read(edition, [str(c) for (c,) in table]).values())


def key_figures(edition: Edition, figures: Iterable[Record], naming: Naming) -> list[KeyFigure]:
    """Return the newest figures, of the whole country before those of its forms; one of each measure in turn."""
    wise = edition.names.wise
    newest: dict[tuple[str, str], tuple[str, Record]] = {}
    for record in figures:
        measure = _one(record, wise + "measure").rsplit("/", 1)[-1]
        year = _text(record, wise + "endDay")
        key = (_one(record, wise + "form") or _one(record, wise + "project"), measure)
        if measure in _FIRST and year and (key not in newest or year > newest[key][0]):
            newest[key] = (year, record)
    found = sorted(newest.items(), key=lambda p: (bool(p[0][0]), _negative(p[1][0]), -_number(p[1][1], wise)))
    # One of each measure in turn, so that places of work do not crowd out people.
    turns: Counter[str] = Counter()
    ranked = []
    for (_of, measure), (_year, record) in found:
        ranked.append((turns[measure], _FIRST.index(measure), record.iri, record))
        turns[measure] += 1
    records = [record for *_rank, record in sorted(ranked, key=lambda r: r[:3])[:MOST]]
    claims = {c.iri: c for c in read_claims(edition, [r.iri for r in records], naming)}
    return [_key_figure(edition, r, claims[r.iri], naming) for r in records]


def _key_figure(edition: Edition, record: Record, claim: Claim, naming: Naming) -> KeyFigure:
    wise = edition.names.wise
    value, upto = record.first(wise + "value"), record.first(wise + "valueTo")
    text = f"{literal(value)} – {literal(upto)}" if value and upto else literal(value) if value else ""
    of = _one(record, wise + "form") or _one(record, wise + "project")
    return KeyFigure(text, naming(_one(record, wise + "measure")), of, behind(edition, [record.iri]), claim)


def pictures(edition: Edition, folder: str, place: str, figures: Iterable[Record], naming: Naming) -> list[Picture]:
    """Return the pictures of a country: forms by type, figures over the years, needs by group of skills; only what has enough to show."""
    drawn = (_by_type(edition, folder, naming), _over_years(edition, figures, naming), _by_group(edition, place, naming))
    return [p for p in drawn if p is not None]


def _by_type(edition: Edition, folder: str, naming: Naming) -> Picture | None:
    graph = edition.names.graph(folder, "assignments")
    if graph not in edition.engine.graphs():
        return None
    assigned = f"GRAPH <{graph}> {{ ?a wise:form ?form ; wise:wiseType ?type }}"
    query = f"SELECT ?type ?form (MIN(?a) AS ?claim) WHERE {{ {assigned} }} GROUP BY ?type ?form"
    table = remembered(edition, query, lambda: edition.select(query))
    claims: dict[str, list[str]] = {}
    for kind, _form, claim in table:
        claims.setdefault(str(kind), []).append(str(claim))
    naming.fetch(claims)
    order = sorted(claims, key=lambda t: (-len(claims[t]), naming(t)))
    if not order:
        return None
    marks = [Mark(naming(t), len(claims[t]), href=behind(edition, sorted(claims[t]))) for t in order]
    title = _("Forms of WISE by type")
    sentence = _("A form may be of several types. Every assignment is a claim with its own evidence.")
    return Picture("types", draw("bar", marks, title=title), sentence, [_("type"), _("forms of WISE")], _lines(marks))


def _over_years(edition: Edition, figures: Iterable[Record], naming: Naming) -> Picture | None:
    """The measure of which most is known over time; one line for each form."""
    wise = edition.names.wise
    known: dict[str, dict[str, dict[str, Record]]] = {}
    for record in figures:
        year, unit = _text(record, wise + "endDay")[:4], _one(record, wise + "unit")
        if year and not unit.endswith("/percent"):
            lines = known.setdefault(_one(record, wise + "measure"), {})
            lines.setdefault(_one(record, wise + "form") or _one(record, wise + "country"), {}).setdefault(year, record)
    points = {m: {of: years for of, years in lines.items() if len(years) > 1} for m, lines in known.items()}
    measure = max(points, key=lambda m: (sum(map(len, points[m].values())), m), default="")
    if not measure or not points[measure]:
        return None
    naming.fetch([measure, *points[measure]])
    marks = [
        Mark(year, _number(record, wise), series=naming(of), href=behind(edition, [record.iri]))
        for of, years in points[measure].items()
        for year, record in sorted(years.items())
    ]
    title = _("%(measure)s over the years", measure=naming(measure))
    sentence = _("Only forms of which figures of two or more years are known; where a year has several figures, the first of the table.")
    shown = [[(m.label, ""), (m.series, ""), (_say(m.value), m.href)] for m in marks]
    return Picture("years", draw("line", marks, title=title), sentence, [_("year"), _("form"), naming(measure)], shown)


def _by_group(edition: Edition, place: str, naming: Naming) -> Picture | None:
    node = iri_term(place).n3()
    query = (
        f"SELECT ?group (COUNT(DISTINCT ?need) AS ?n) WHERE {{ ?need a wise:SkillNeed ; wise:country {node} ; wise:skill ?skill . "
        "?skill wise:category ?group } GROUP BY ?group"
    )
    table = remembered(edition, query, lambda: edition.select(query))
    counts = Counter({str(group): int(str(n)) for group, n in table if group is not None})
    if not counts:
        return None
    naming.fetch(counts)
    order = sorted(counts, key=lambda g: (-counts[g], naming(g)))
    marks = [Mark(naming(g), counts[g], href=explore_address("needs", {"country": place, "skill.category": g})) for g in order]
    title = _("Needs by group of skills")
    sentence = _("How many rows name a skill of the group as needed. More rows mean more sources or profiles, not a stronger need.")
    return Picture("groups", draw("bar", marks, title=title, most=BARS), sentence, [_("group of skills"), _("needs")], _lines(marks))


def _lines(marks: Iterable[Mark]) -> list[list[tuple[str, str]]]:
    return [[(m.label, ""), (_say(m.value), m.href)] for m in marks]


def _say(value: float | None) -> str:
    return "" if value is None else number(value)


def _one(record: Record, predicate: str) -> str:
    return next(iter(record.iris(predicate)), "")


def _text(record: Record, predicate: str) -> str:
    term = record.first(predicate)
    return term.value if term else ""


def _number(record: Record, wise: str) -> float:
    value = record.first(wise + "value")
    found = value.python() if value else 0
    return 0.0 if isinstance(found, str) else float(found)


def _negative(day: str) -> tuple[int, ...]:
    """Later days first."""
    return tuple(-int(part) for part in day[:10].split("-") if part.isdigit())
