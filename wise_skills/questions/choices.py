"""The values a parameter takes: offered in a form, and recognised however a person writes them.

A value may be given as IRI, as key (the last part of an IRI) or notation, or as a label in any language.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from weakref import WeakKeyDictionary

from wise_skills.engines import Engine
from wise_skills.errors import BadParameter, InputError
from wise_skills.labels import fold
from wise_skills.languages import told
from wise_skills.names import ALT_LABEL, BASE, DCT, NOTATION, PREF_LABEL, RDFS, XSD
from wise_skills.questions.model import Parameter, Question, fill
from wise_skills.questions.narrowing import combinations
from wise_skills.questions.reader import nearest
from wise_skills.terms import Table, Term, iri, text, typed

QUERY_CHARS = 200_000
"""Our own texts may be longer than those of the public: a list of choices holds many IRIs."""
_CACHED = 256
_NAMING = (PREF_LABEL, ALT_LABEL, RDFS + "label", DCT + "title", NOTATION, BASE + "ns#key")
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*")


@dataclass(frozen=True)
class Choice:
    """A value that can be chosen, with its label and the number of answers behind it, if the question counts."""

    value: Term
    label: str
    count: int | None = None


class _Cache:
    """The last tables for each engine; an engine's version is part of the key, so a new release starts afresh."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tables: WeakKeyDictionary[Engine, OrderedDict[Hashable, Table]] = WeakKeyDictionary()

    def select(self, engine: Engine, query: str) -> Table:
        key = engine.version, query
        with self._lock:
            tables = self._tables.setdefault(engine, OrderedDict())
            if key in tables:
                tables.move_to_end(key)
                return tables[key]
        table = engine.select(query, limits=replace(engine.limits, query_chars=QUERY_CHARS))
        with self._lock:
            tables[key] = table
            while len(tables) > _CACHED:
                tables.popitem(last=False)
        return table


_cache = _Cache()


def choices(
    engine: Engine,
    question: Question,
    name: str,
    values: Mapping[str, Sequence[Term]] | None = None,
    *,
    language: str = "en",
) -> list[Choice]:
    """Return what a parameter can be set to beside the `values` of the others, and how many rows each choice gives.

    Where the question has no combinations (`questions.narrowing`), its own query for the choices says both.

    Raises `BadParameter` if the question has no such parameter, and the engine's errors.
    """
    others = {key: terms for key, terms in (values or {}).items() if key != name}
    known = combinations(engine, question, name, others)
    if known is None or name not in known.names:
        return listed(engine, question, name, others, language=language)
    counts = known.counts(name, others)
    offered = listed(engine, question, name, language=language)
    return [replace(choice, count=counts[choice.value]) for choice in offered if choice.value in counts]


def listed(
    engine: Engine, question: Question, name: str, values: Mapping[str, Sequence[Term]] | None = None, *, language: str = "en"
) -> list[Choice]:
    """Return what the question's own query offers for a parameter, in its order."""
    parameter = _parameter(question, name)
    if not parameter.choices:
        return []
    others = {key: terms for key, terms in (values or {}).items() if key != name}
    table = _cache.select(engine, fill(question.complete(parameter.choices), others, language))
    return list({choice.value: choice for choice in map(_choice, table.dicts()) if choice}.values())


def resolve(
    engine: Engine, question: Question, values: Mapping[str, str | Sequence[str]], *, language: str = "en"
) -> dict[str, tuple[Choice, ...]]:
    """Return the chosen values of all parameters; what was left blank takes its default, or is absent.

    Raises `BadParameter` for an unknown parameter, for a value that is none, fits several choices or stands
    beside another where one is allowed, and for a missing required one.
    """
    for name in values:
        _parameter(question, name)
    found: dict[str, tuple[Choice, ...]] = {}
    for parameter in question.parameters:
        given = values.get(parameter.name, ())
        texts = [given] if isinstance(given, str) else list(given)
        texts = [t.strip() for t in texts if t.strip()] or list(parameter.default)
        if len(texts) > 1 and not parameter.several:
            raise BadParameter(parameter.label, ", ".join(texts), told("takes one value only"))
        if texts:
            chosen = (_value(engine, question, parameter, t, language) for t in texts)
            found[parameter.name] = tuple({choice.value: choice for choice in chosen}.values())
        elif parameter.required:
            offered = listed(engine, question, parameter.name, language=language)
            raise BadParameter(parameter.label, None, told("a value is needed"), [choice.label for choice in offered[:3]])
    return found


def _value(engine: Engine, question: Question, parameter: Parameter, given: str, language: str) -> Choice:
    if parameter.choices:
        return _chosen(engine, parameter, listed(engine, question, parameter.name, language=language), given)
    try:
        return Choice(_term(parameter, given), given)
    except (ValueError, InputError):
        wanted = {"integer": told("is no whole number"), "date": told("is no date such as 2013 or 2013-05-31")}
        wanted |= {"language": told("is no language tag such as en"), "text": told("cannot be used")}
        raise BadParameter(parameter.label, given, wanted.get(parameter.type, told("is no address (https://…)"))) from None


def _term(parameter: Parameter, given: str) -> Term:
    match parameter.type:
        case "text":
            return text(given)
        case "integer":
            return typed(str(int(given)), XSD + "integer")
        case "date":
            match = _DATE.fullmatch(given)
            if match is None:
                raise ValueError(given)
            # A year or month is meant from its first day, as everywhere in the data.
            day = date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
            return typed(day.isoformat(), XSD + "date")
        case "language":
            if not _LANGUAGE.fullmatch(given):
                raise ValueError(given)
            return text(given.lower())
        case _:
            return iri(given)


def _chosen(engine: Engine, parameter: Parameter, offered: Sequence[Choice], given: str) -> Choice:
    by_value = {choice.value.value: choice for choice in offered}
    if given in by_value:
        return by_value[given]
    folded = fold(given)
    for texts in (_keys(offered), [(c.label, c) for c in offered], _all_names(engine, by_value)):
        found = {choice.value: choice for name, choice in texts if fold(name) == folded and folded}
        if len(found) == 1:
            return found.popitem()[1]
        if found:
            raise BadParameter(parameter.label, given, told("fits several choices"), [str(c.value) for c in found.values()])
    names = {name: choice.label for name, choice in [*((c.label, c) for c in offered), *_all_names(engine, by_value)]}
    close = [names[name] for name in nearest(given, names)]
    some = ", ".join(choice.label for choice in offered[:5]) + (" …" if len(offered) > 5 else "")
    problem = told("is not one of the choices") if close else told("is not one of the choices: {some}", some=some)
    raise BadParameter(parameter.label, given, problem, list(dict.fromkeys(close)))


def _keys(offered: Sequence[Choice]) -> list[tuple[str, Choice]]:
    return [(re.split(r"[/#]", choice.value.value)[-1], choice) for choice in offered if choice.value.kind == "iri"]


def _all_names(engine: Engine, by_value: Mapping[str, Choice]) -> list[tuple[str, Choice]]:
    """Return every label, notation and key of the choices, in all languages."""
    things = " ".join(choice.value.n3() for choice in by_value.values() if choice.value.kind == "iri")
    if not things:
        return []
    path = "|".join(f"<{property_}>" for property_ in _NAMING)
    table = _cache.select(engine, f"SELECT DISTINCT ?value ?name {{ VALUES ?value {{ {things} }} ?value {path} ?name }}")
    return [(str(name), by_value[str(value)]) for value, name in table if value and name]


def _choice(row: Mapping[str, Term | None]) -> Choice | None:
    value, label, count = row["value"], row["label"], row.get("count")
    if value is None:
        return None
    number = count.python() if count else None
    return Choice(value, str(label or value), number if isinstance(number, int) else None)


def _parameter(question: Question, name: str) -> Parameter:
    parameter = question.parameter(name)
    if parameter is None:
        names = [known.name for known in question.parameters]
        raise BadParameter(name, None, told("“{title}” has no such parameter", title=question.title), nearest(name, names) or names)
    return parameter
