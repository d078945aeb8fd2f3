"""Why an answer is empty: which condition emptied it, what comes nearest, and whether anybody asked or reported."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from query_ui.asking import parameters
from query_ui.edition import Edition
from query_ui.evidence.claims import behind
from query_ui.words import ABSENCES, key
from wise_skills.questions import Choice, Question, Result, ask, choices
from wise_skills.questions.narrowing import combinations
from wise_skills.terms import Term

_NEAREST = 5
_PROPERTY = re.compile(r"(?<![\w:])wise:(\w+)")


@dataclass(frozen=True)
class Condition:
    """A parameter with its chosen values, as people read them."""

    parameter: str
    label: str
    chosen: str


@dataclass(frozen=True)
class Way:
    """A way out: the condition that is dropped or changed, what it is changed to, the address and its rows."""

    condition: Condition
    instead: str
    path: str
    rows: int


@dataclass(frozen=True)
class Known:
    """What the graph says of the absence: state, sign, words, meaning, of which value, and the claims that say so."""

    state: str
    sign: str
    text: str
    meaning: str
    thing: str
    number: int = 0
    path: str = ""


@dataclass
class Empty:
    """Why there is no row.

    `alone` are conditions that leave nothing even without the others; `without` are those that, dropped, leave
    something; `instead` other values that do; `known` what is said of the absence.
    """

    alone: list[Condition] = field(default_factory=list)
    without: list[Way] = field(default_factory=list)
    instead: list[Way] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)


def explain(served: Edition, result: Result, language: str) -> Empty:
    """Say why an answer has no row; asks the question again with fewer conditions."""
    question = result.question
    found = Empty()
    given = {p.name: [c.value.value for c in result.values[p.name]] for p in question.parameters if result.values.get(p.name)}
    terms = {name: [c.value for c in values] for name, values in result.values.items()}
    for parameter in question.parameters:
        if parameter.name not in given:
            continue
        values = result.values[parameter.name]
        condition = Condition(parameter.name, parameter.label, ", ".join(c.label for c in values))
        if not parameter.required and not parameter.default:
            others = {name: texts for name, texts in given.items() if name != parameter.name}
            other = ask(served.engine, question, others, language=language)
            if len(other.table):
                found.without.append(Way(condition, "", parameters.address(served, question, other.values), len(other.table)))
        if len(given) > 1:
            alone = ask(served.engine, question, {parameter.name: given[parameter.name]}, language=language)
            if not len(alone.table):
                found.alone.append(condition)
        found.instead += _instead(served, question, result, condition, terms, language)
    found.known = _known(served, result)
    return found


def _instead(
    served: Edition, question: Question, result: Result, condition: Condition, terms: Mapping[str, Sequence[Term]], language: str
) -> list[Way]:
    """Other values of one condition that leave something, those with most rows first."""
    name = condition.parameter
    parameter = question.parameter(name)
    if parameter is None or not parameter.choices:
        return []
    others = {n: list(values) for n, values in terms.items() if n != name}
    offered = choices(served.engine, question, name, others, language=language)
    best = sorted((c for c in offered if c.count and c.value not in terms[name]), key=lambda c: -(c.count or 0))[:_NEAREST]
    values: dict[str, Sequence[Choice]] = dict(result.values)
    ways = []
    for choice in best:
        rows = choice.count or 0
        if combinations(served.engine, question, name, others) is None:
            # What the question's own list counts need not be rows: ask.
            given = {n: [c.value.value for c in chosen] for n, chosen in values.items()} | {name: [choice.value.value]}
            rows = len(ask(served.engine, question, given, language=language).table)
        if rows:
            ways.append(Way(condition, choice.label, parameters.address(served, question, values | {name: [choice]}), rows))
    return ways


def _known(served: Edition, result: Result) -> list[Known]:
    """What the question and the graph say of the chosen things; where they say nothing, nobody asked as far as we know."""
    things = {c.value: c.label for values in result.values.values() for c in values if c.value.kind == "iri"}
    found: dict[tuple[str, str], Known] = {}
    for row in result.unknown.dicts() if result.unknown else ():
        thing, state = row["thing"], key(str(row["state"] or "not-reported"))
        if thing in things and state in ABSENCES:
            found[state, things[thing]] = _said(state, things[thing])
    for state, label, claims in _stated(served, result.question, things):
        found[state, label] = _said(state, label, len(claims), behind(served, claims[:100]))
    for state, label in _apart(served, result.question, things):
        found.setdefault((state, label), _said(state, label))
    if not found:
        found["not-asked", ""] = _said("not-asked", "")
    return list(found.values())


def _apart(served: Edition, question: Question, things: Mapping[Term, str]) -> list[tuple[str, str]]:
    """Chosen things that belong to another country than the chosen one, and those that nobody mapped though the question reads mappings."""
    if not things:
        return []
    values = " ".join(term.n3() for term in things)
    table = served.select(
        f"SELECT DISTINCT ?thing ?place ?mapped ?kind WHERE {{ VALUES ?thing {{ {values} }} OPTIONAL {{ ?thing wise:country ?place }} "
        "OPTIONAL { ?mapped owl:annotatedSource ?thing } "
        "OPTIONAL { ?thing a ?kind FILTER (?kind IN (wise:Skill, wise:OccupationalProfile)) } }"
    )
    places: dict[Term, set[Term]] = {}
    found = []
    for row in table.dicts():
        thing, place = row["thing"], row["place"]
        if thing is not None and place is not None:
            places.setdefault(thing, set()).add(place)
        if thing is not None and row["kind"] and not row["mapped"] and "annotatedSource" in question.body:
            found.append(("not-mapped", things[thing]))
    elsewhere = {thing for thing, own in places.items() if not own & things.keys()}
    chosen_a_place = any(str(term) in _countries(served) for term in things)
    return [*dict.fromkeys(found), *(("not-applicable", things[thing]) for thing in elsewhere if chosen_a_place)]


def _countries(served: Edition) -> list[str]:
    known: list[str] | None = served.memory.get("IRIs of countries")
    if known is None:
        table = served.select("SELECT DISTINCT ?place WHERE { ?place wise:folder ?folder }")
        known = served.memory["IRIs of countries"] = [str(row["place"]) for row in table.dicts()]
    return known


def _said(state: str, thing: str, number: int = 0, path: str = "") -> Known:
    sign, text, meaning = ABSENCES[state]
    return Known(state, str(sign), str(text), str(meaning), thing, number, path)


def _stated(served: Edition, question: Question, things: Mapping[Term, str]) -> list[tuple[str, str, list[str]]]:
    """Claims about the chosen things that say of what the question asks that it is not reported, does not apply or is not needed."""
    if not things:
        return []
    wise = served.names.wise
    used = " ".join(f"<{wise}{name}>" for name in dict.fromkeys(_PROPERTY.findall(question.body)))
    values = " ".join(term.n3() for term in things)
    table = served.select(
        f"SELECT DISTINCT ?thing ?claim ?state WHERE {{ VALUES ?thing {{ {values} }} VALUES ?what {{ {used} }} "
        f'{{ ?claim <{served.names.not_reported}> ?what BIND ("not-reported" AS ?state) }} UNION '
        f'{{ ?claim <{served.names.not_applicable}> ?what BIND ("not-applicable" AS ?state) }} '
        "?claim ?link ?thing }"
    )
    needs = served.select(
        f"SELECT DISTINCT ?thing ?claim WHERE {{ VALUES ?thing {{ {values} }} ?claim wise:necessity "
        f"<{served.base}scheme/necessities/not-needed> ; ?link ?thing }}"
    )
    groups: dict[tuple[str, str], list[str]] = {}
    for thing, claim, state in table:
        if thing is not None:
            groups.setdefault((str(state), things[thing]), []).append(str(claim))
    if f"{wise}necessity" in used:
        for thing, claim in needs:
            if thing is not None:
                groups.setdefault(("not-needed", things[thing]), []).append(str(claim))
    return [(state, label, sorted(claims)) for (state, label), claims in groups.items()]
