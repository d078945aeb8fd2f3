"""Choices narrow each other: every number on offer is the number of rows that choosing gives, and no way leads to none."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.test_questions import FOLDER, OF_OUR_DATA, question
from tests.test_questions_core import FORMS
from wise_skills import store
from wise_skills.engines import Engine, Limits, open_engine
from wise_skills.engines.embedded import EmbeddedEngine
from wise_skills.errors import BadQuestionFiles
from wise_skills.names import BASE
from wise_skills.questions import ask, choices, load_questions, resolve
from wise_skills.questions.header import read_question
from wise_skills.questions.narrowing import combinations, combinations_query
from wise_skills.release import Release
from wise_skills.terms import Term, text

WALKS, PAIRS = 3, 8
ALL = 30
"""Longer lists are sampled, always by the same seed."""
CATALOGUE = load_questions(FOLDER, thorough=False)
SEVERAL = [name for name in OF_OUR_DATA if any(p.choices for p in CATALOGUE[name].parameters)]
ON_ESCO = sorted(name for name, q in CATALOGUE.items() if q.needs and any(p.choices for p in q.parameters))


@pytest.fixture(scope="module")
def engine(release: Release) -> Iterator[Engine]:
    with open_engine(release, limits=Limits(seconds=30)) as engine:
        yield engine


@pytest.fixture(scope="module")
def on_esco(joined: Release) -> Iterator[Engine]:
    with open_engine(joined, limits=Limits(seconds=30)) as engine:
        yield engine


def rows(engine: Engine, name: str, values: Mapping[str, list[Term]]) -> int:
    return len(ask(engine, question(name), {key: [term.value for term in terms] for key, terms in values.items()}).table)


def defaults(engine: Engine, name: str) -> dict[str, list[Term]]:
    return {key: [choice.value for choice in found] for key, found in resolve(engine, question(name), {}).items()}


def single_choices(engine: Engine, name: str) -> None:
    asked, given = question(name), defaults(engine, name)
    chance = random.Random(name)
    for parameter in asked.parameters:
        offered = choices(engine, asked, parameter.name, given)
        for choice in offered if len(offered) <= ALL else chance.sample(offered, ALL):
            assert choice.count, f"{parameter.name} = {choice.label} has no number"
            assert rows(engine, name, {**given, parameter.name: [choice.value]}) == choice.count, f"{parameter.name} = {choice.label}"


def walks(engine: Engine, name: str) -> None:
    """Choose one thing after the other, each among what is still on offer, sometimes several values."""
    asked, chance = question(name), random.Random(f"{name} walks")
    parameters = [p for p in asked.parameters if p.choices]
    for _ in range(WALKS):
        values = defaults(engine, name)
        for parameter in chance.sample(parameters, len(parameters)):
            offered = choices(engine, asked, parameter.name, values)
            if not offered:
                continue  # nothing but “any” is left
            some = chance.sample(offered, min(len(offered), chance.choice((1, 1, 2)) if parameter.several else 1))
            values = {**values, parameter.name: [choice.value for choice in some]}
            found = rows(engine, name, values)
            assert found >= max(choice.count or 0 for choice in some) > 0, values
            assert len(some) > 1 or found == some[0].count, values


@pytest.mark.parametrize("name", SEVERAL)
def test_every_single_choice_gives_the_rows_that_it_promises(name: str, engine: Engine) -> None:
    single_choices(engine, name)


@pytest.mark.parametrize("name", SEVERAL)
def test_no_way_through_the_choices_ends_empty(name: str, engine: Engine) -> None:
    walks(engine, name)


@pytest.mark.parametrize("name", ON_ESCO)
def test_choices_on_esco_keep_their_promise(name: str, on_esco: Engine) -> None:
    single_choices(on_esco, name)
    walks(on_esco, name)


@pytest.mark.parametrize("name", sorted({*SEVERAL, *ON_ESCO}))
def test_pairs_on_offer_are_exactly_those_that_give_rows(name: str, engine: Engine, on_esco: Engine) -> None:
    """A pair that is left out really gives nothing: narrowing hides no answer."""
    asked = question(name)
    used = on_esco if asked.needs else engine
    parameters = [p for p in asked.parameters if p.choices]
    if len(parameters) < 2:
        pytest.skip("one parameter has no pairs")
    given, chance = defaults(used, name), random.Random(f"{name} pairs")
    for _ in range(PAIRS):
        first, second = chance.sample(parameters, 2)
        one = choices(used, asked, first.name, given)
        every = choices(used, asked, second.name, given)
        if not one or not every:
            continue
        chosen, other = chance.choice(one), chance.choice(every)
        values = {**given, first.name: [chosen.value]}
        on_offer = {choice.value: choice.count for choice in choices(used, asked, second.name, values)}
        found = rows(used, name, {**values, second.name: [other.value]})
        assert found == on_offer.get(other.value, 0), f"{first.name} = {chosen.label}, {second.name} = {other.label}"


@pytest.mark.parametrize("name", sorted({*SEVERAL, *ON_ESCO}))
def test_every_parameter_takes_part(name: str, engine: Engine, on_esco: Engine) -> None:
    """No parameter is hidden from the others; else its choices would promise what they do not know."""
    asked = question(name)
    used = on_esco if asked.needs else engine
    for parameter in asked.parameters:
        if parameter.choices:
            known = combinations(used, asked, parameter.name, defaults(used, name))
            assert known is not None
            assert {p.name for p in asked.parameters if p.choices} == set(known.names)


# --- how it is derived -------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Iterator[EmbeddedEngine]:
    wise, graph = BASE + "ns#", ox.NamedNode(BASE + "graph/test")
    quads = []
    for name, country, kind in (("a", "BE", "form"), ("b", "BE", "scheme"), ("c", "IT", "form")):
        for predicate, value in (("country", country), ("kind", kind)):
            quads.append(ox.Quad(ox.NamedNode(f"http://t/{name}"), ox.NamedNode(wise + predicate), ox.Literal(value), graph))
    store.bulk_load(tmp_path / "graph", quads)
    with EmbeddedEngine(tmp_path / "graph", version="1") as engine:
        yield engine


PLAIN = """\
#+ title: Which?
#+ description: Things.
#+ user: analyst
#+ subject: forms
#+ parameters:
#+   - name: country
#+     label: Country
#+     type: text
#+     several: true
#+     choices: SELECT DISTINCT ?value (?value AS ?label) { ?f wise:country ?value } ORDER BY ?value
#+   - name: kind
#+     label: Kind
#+     type: text
#+     choices: SELECT DISTINCT ?value (?value AS ?label) { ?f wise:kind ?value } ORDER BY ?value
#+ columns: {form: Form}
#+ answer: "{rows}."
#+ answer_none: "None."
PREFIX wise: <https://w3id.org/wise-skills/ns#>
SELECT DISTINCT ?form WHERE {
  VALUES ?country { UNDEF } # parameter
  VALUES ?kind { UNDEF } # parameter
  ?form wise:country ?country ; wise:kind ?kind .
}
"""


def offered(engine: Engine, path: Path, name: str, **values: str) -> dict[str, int | None]:
    found = choices(engine, read_question(path), name, {key: [text(value)] for key, value in values.items()})
    return {choice.label: choice.count for choice in found}


def test_combinations_come_from_the_query_itself(small: EmbeddedEngine, tmp_path: Path) -> None:
    path = tmp_path / "which.rq"
    path.write_text(PLAIN, encoding="utf-8")
    assert offered(small, path, "country") == {"BE": 2, "IT": 1}
    assert offered(small, path, "country", kind="scheme") == {"BE": 1}
    assert offered(small, path, "kind", country="IT") == {"form": 1}
    assert offered(small, path, "country", country="IT") == {"BE": 2, "IT": 1}, "its own value does not narrow a parameter"


def test_a_header_may_say_the_combinations(small: EmbeddedEngine, tmp_path: Path) -> None:
    path = tmp_path / "which.rq"
    counted = PLAIN.replace("SELECT DISTINCT ?form WHERE {", "SELECT (COUNT(DISTINCT ?f) AS ?form) WHERE {").replace(
        "?form wise:", "?f wise:"
    )
    path.write_text(counted, encoding="utf-8")
    assert combinations_query(read_question(path)) is None
    said = "#+ combinations: 'SELECT DISTINCT ?country ?kind { ?f wise:country ?country ; wise:kind ?kind }'\n#+ answer:"
    path.write_text(counted.replace("#+ answer:", said), encoding="utf-8")
    assert offered(small, path, "kind", country="BE") == {"form": 1, "scheme": 1}
    assert offered(small, path, "kind", country="IT") == {"form": 1}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SELECT DISTINCT ?form WHERE {", "SELECT (MIN(?f) AS ?form) WHERE {"),
        ("?kind .\n}", "?kind .\n} GROUP BY ?form"),
        ("?kind .\n}", "?kind .\n} LIMIT 1"),
    ],
)
def test_counts_are_not_taken_for_rows(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "which.rq"
    path.write_text(PLAIN.replace(old, new), encoding="utf-8")
    assert combinations_query(read_question(path, thorough=False)) is None


def test_a_query_in_one_line_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text(FORMS, encoding="utf-8")
    query = combinations_query(read_question(path))
    assert query is not None
    assert "SELECT DISTINCT ?country ?kind ?form" in query


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("#+ behind: {size: 'SELECT ?claim { ?claim ?p ?o }'}", "size is no column"),
        ("#+ behind: {form: 'SELECT ?other { ?other ?p ?o }'}", "must select ?claim"),
        ("#+ combinations: 'SELECT ?country { ?f wise:country ?country }'", "must select ?country, ?kind"),
        ("#+ combinations: 'SELECT ?country ?kind {'", "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_header_is_told(line: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "which.rq"
    path.write_text(PLAIN.replace("#+ answer:", f"{line}\n#+ answer:"), encoding="utf-8")
    with pytest.raises(BadQuestionFiles, match=re.escape(problem)):
        read_question(path)
