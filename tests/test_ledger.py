"""The ledger of alignment: each thing once, sums that equal totals, numbers that lead to their lists, a sound Data Cube."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from loaders.lines import read_lines
from query_ui.edition import open_edition
from tests.mapped import ESCO_LIST, NAMES, OCCUPATION, code, row, rows_of
from tests.served import QUESTIONS, app_on
from wise_skills.mappings.composition import compose
from wise_skills.mappings.cube import turtle
from wise_skills.mappings.ledger import (
    ALIGNED,
    GROUPS,
    NO_MATCH,
    NOT_MAPPED,
    OPEN,
    REJECTED,
    STATES,
    SUGGESTED,
    Entry,
    Ledger,
    claim_of,
    grouped,
    ledger,
    read_ledger,
)  # fmt: skip
from wise_skills.mappings.model import NO_TERM
from wise_skills.mappings.stored import Row
from wise_skills.mappings.things import KINDS, Thing, counted_language
from wise_skills.names import SKOS
from wise_skills.release import Release

THINGS = st.builds(
    Thing,
    iri=st.integers(1, 30).map(lambda n: code("at", n)),
    kind=st.sampled_from(KINDS),
    country=st.sampled_from(("at", "be", "")),
    language=st.sampled_from(("de", "fr nl", "en", "")),
)
LEDGERS = st.lists(THINGS, unique_by=lambda t: t.iri).flatmap(
    lambda things: st.lists(st.sampled_from(STATES), min_size=len(things), max_size=len(things)).map(
        lambda states: Ledger(Entry(t, s) for t, s in zip(things, states, strict=True))
    )
)

# --- one state for each thing


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, ALIGNED),
        ({"status": "accepted", "relation": "relatedMatch"}, ALIGNED),
        ({"status": "proposed"}, SUGGESTED),
        ({"status": "rejected", "negated": True}, REJECTED),
        ({"negated": True}, REJECTED),
        ({"status": "proposed", "negated": True}, None),
        ({"status": "no-match-found", "subject": NO_TERM}, NO_MATCH),
        ({"status": "no-match-found", "subject": NO_TERM, "sides": ("", "")}, None),
        ({"subject": "https://w3id.org/wise-skills/id/eu/competence/x"}, None),
        ({"object": OCCUPATION + "b"}, None),
    ],
    ids=str,
)
def test_what_a_mapping_says(change: dict[str, object], state: str | None):
    of = replace(row("at", 1, "exactMatch", "a"), **change)  # type: ignore[arg-type]
    assert claim_of(of) == (None if state is None else (code("at", 1), state))


@given(st.lists(st.sampled_from(("published", "proposed", "rejected", "no-match-found"))))
def test_the_best_mapping_decides(statuses: list[str]):
    """As for `wise:alignmentState`: aligned before no match, that before a suggestion; rejected only if nothing else is there."""
    rows = [replace(row("at", 1, "exactMatch", "a", status), negated=status == "rejected") for status in statuses]
    rows = [replace(r, subject=NO_TERM) if r.status == "no-match-found" else r for r in rows]
    (entry,) = ledger([Thing(code("at", 1), "code")], rows).entries
    order = {"published": ALIGNED, "no-match-found": NO_MATCH, "proposed": SUGGESTED, "rejected": REJECTED}
    assert entry.state == next((state for status, state in order.items() if status in statuses), NOT_MAPPED)


@given(rows_of("at"), st.lists(THINGS, unique_by=lambda t: t.iri))
def test_sums_equal_totals(rows: list[Row], things: list[Thing]):
    check_sums(ledger(things, rows), len(things))


@given(LEDGERS)
def test_sums_of_made_up_ledgers_equal_totals(found: Ledger):
    check_sums(found, len(found.entries))


def check_sums(found: Ledger, things: int) -> None:
    cells = found.cells()
    assert sum(cells.values()) == sum(found.states.values()) == sum(grouped(found.states).values()) == things
    assert set(grouped({})) == set(GROUPS) == {ALIGNED, REJECTED, NO_MATCH, OPEN}
    assert sorted(state for group in GROUPS.values() for state in group) == sorted(STATES)
    for key, at in (("country", 0), ("language", 1), ("kind", 2)):
        cut = found.by(lambda thing, key=key: getattr(thing, key))  # type: ignore[misc]
        assert sum(sum(states.values()) for states in cut.values()) == things
        for value, states in cut.items():
            assert states == +Counter({s: sum(n for cell, n in cells.items() if cell[at] == value and cell[3] == s) for s in STATES})
            for state, number in [*states.items(), *grouped(states).items()]:
                assert len(found.select(**{key: value}, state=state)) == number
    for (country, language, kind, state), number in cells.items():
        assert len(found.select(country=country, language=language, kind=kind, state=state)) == number


@pytest.mark.parametrize(
    ("tags", "counted"), [(["en"], "en"), (["en", "hr"], "hr"), (["nl", "fr", "en"], "fr nl"), ([], ""), (["de"], "de")]
)
def test_each_thing_is_counted_under_one_language(tags: list[str], counted: str):
    assert counted_language(tags) == counted


# --- the real data


@pytest.fixture(scope="module")
def real(joined: Release) -> Ledger:
    edition = open_edition(joined.path, None, QUESTIONS)
    try:
        return read_ledger(edition.select, edition.names)
    finally:
        edition.close()


def test_sums_of_the_real_data(real: Ledger, joined: Release):
    """Every skill, competence, profile and outcome of the tables, and every code of a national list, once."""
    check_sums(real, len(real.entries))
    store = ox.Store.read_only(str(joined.graph))
    classes = {"skill": "Skill", "competence": "Competence", "profile": "OccupationalProfile", "outcome": "LearningOutcome"}
    for kind, class_ in classes.items():
        query = f"SELECT (COUNT(DISTINCT ?t) AS ?n) WHERE {{ ?t a <{NAMES.wise}{class_}> }}"
        (solution,) = store.query(query, use_default_graph_as_union=True)  # type: ignore[misc]
        assert len(real.select(kind=kind)) == int(solution["n"].value) > 0
    codes = {entry.thing.iri for entry in real.select(kind="code")}
    assert len(codes) == len(real.select(kind="code"))
    assert {entry.thing.scheme.rsplit("/", 1)[-1] for entry in real.select(kind="code")} >= {"rome", "cp2011"}
    assert not [c for c in codes if "nace" in c]


def test_states_are_those_of_the_rule(real: Ledger, joined: Release):
    """For skills and profiles the graph infers `wise:alignmentState`; what was rejected alone is not mapped there."""
    store = ox.Store.read_only(str(joined.graph))
    table = store.query(f"SELECT ?t ?s WHERE {{ ?t <{NAMES.wise}alignmentState> ?s }}", use_default_graph_as_union=True)
    stated = {s["t"].value: s["s"].value.rsplit("/", 1)[-1] for s in table}  # type: ignore[union-attr]
    same = {ALIGNED: "mapped", SUGGESTED: "suggested", NO_MATCH: "no-match", NOT_MAPPED: "not-mapped", REJECTED: "not-mapped"}
    ours = {e.thing.iri: same[e.state] for kind in ("skill", "profile") for e in real.select(kind=kind)}
    assert ours == stated


# --- as a Data Cube

_CONSTRAINTS = {
    "IC-1: each observation has one data set": "{ ?x a qb:Observation FILTER NOT EXISTS { ?x qb:dataSet ?d } } UNION "
    "{ ?x a qb:Observation ; qb:dataSet ?d , ?e FILTER (?d != ?e) }",
    "IC-2: each data set has one structure": "{ ?x a qb:DataSet FILTER NOT EXISTS { ?x qb:structure ?s } } UNION "
    "{ ?x a qb:DataSet ; qb:structure ?s , ?t FILTER (?s != ?t) }",
    "IC-3: a structure has a measure": "?x a qb:DataStructureDefinition "
    "FILTER NOT EXISTS { ?x qb:component/qb:measure ?m . ?m a qb:MeasureProperty }",
    "IC-4: a dimension has a range": "?x a qb:DimensionProperty FILTER NOT EXISTS { ?x rdfs:range ?r }",
    "IC-5: a dimension of concepts has a code list": "?x a qb:DimensionProperty ; rdfs:range skos:Concept "
    "FILTER NOT EXISTS { ?x qb:codeList ?l }",
    "IC-11: an observation has all dimensions": "?x qb:dataSet/qb:structure/qb:component/qb:dimension ?p FILTER NOT EXISTS { ?x ?p ?v }",
    "IC-12: no two observations are alike": "?x qb:dataSet ?d . ?y qb:dataSet ?d FILTER (?x != ?y) "
    "FILTER NOT EXISTS { ?d qb:structure/qb:component/qb:dimension ?p . ?x ?p ?v . ?y ?p ?w FILTER (?v != ?w) }",
    "IC-14: an observation has all measures": "?x qb:dataSet/qb:structure/qb:component/qb:measure ?p FILTER NOT EXISTS { ?x ?p ?v }",
    "IC-19: a value is of the code list": "?x qb:dataSet/qb:structure/qb:component/qb:dimension ?p . ?p qb:codeList ?l . ?x ?p ?v "
    "FILTER NOT EXISTS { ?v a skos:Concept ; skos:inScheme ?l }",
}
_PREFIXES = f"PREFIX qb: <http://purl.org/linked-data/cube#> PREFIX skos: <{SKOS}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


def loaded(text: str) -> ox.Store:
    store = ox.Store()
    store.load(text.encode(), format=ox.RdfFormat.TURTLE)
    return store


@pytest.mark.parametrize("constraint", _CONSTRAINTS.values(), ids=_CONSTRAINTS)
def test_integrity_of_the_cube(constraint: str, real: Ledger):
    """https://www.w3.org/TR/vocab-data-cube/#wf-rules; each constraint also finds a cube that breaks it."""
    store = loaded(turtle(real, NAMES, "7"))
    asked = f"{_PREFIXES} ASK {{ {constraint} }}"
    assert not store.query(asked)
    for broken in _broken(store):
        if broken.query(asked):
            return
    pytest.fail("nothing breaks it")


def _broken(store: ox.Store) -> list[ox.Store]:
    """Stores that lack all triples of one property of the cube, or have one too many."""
    found = []
    everything = list(store)
    qb = "http://purl.org/linked-data/cube#"
    predicates = sorted({q.predicate.value for q in everything})
    observation = next(q.subject for q in everything if q.predicate.value == qb + "dataSet")
    for predicate in predicates:
        other = ox.Store()
        other.extend(q for q in everything if q.predicate.value != predicate or (predicate.endswith("#type") and q.subject != observation))
        found.append(other)
    twice = ox.Store()
    twice.extend(everything)
    copy = ox.NamedNode("https://example.org/copy")
    twice.extend(ox.Quad(copy, q.predicate, q.object) for q in everything if q.subject == observation)
    found.append(twice)
    return found


def test_the_cube_says_the_same_as_the_ledger(real: Ledger):
    store = loaded(turtle(real, NAMES, "7"))
    query = (
        f"{_PREFIXES} PREFIX a: <{NAMES.base}alignments#> SELECT ?c ?l ?k ?s ?n WHERE {{ ?o a qb:Observation ; "
        "a:country/skos:notation ?c ; a:language/skos:notation ?l ; a:kind/skos:notation ?k ; a:state/skos:notation ?s ; a:count ?n }"
    )
    # The list of languages of the data gives tags too, so that a language may have its notation twice.
    found = {tuple(v.value for v in row) for row in store.query(query)}  # type: ignore[union-attr]
    cells = real.cells()
    assert {row[:4]: int(row[4]) for row in found if row[4] != "0"} == dict(cells)
    assert sum(int(row[4]) for row in found) == len(real.entries)
    assert len(found) == len(STATES) * len({cell[:3] for cell in cells})
    assert turtle(real, NAMES, "7") == turtle(real, NAMES, "7")


# --- the pages


@pytest.fixture(scope="module")
def client(joined: Release):
    with app_on(joined.path) as app:
        yield app.test_client()


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def test_each_number_leads_to_its_list(client: FlaskClient, real: Ledger):
    pages = [text_of(client, path) for path in ("/alignments", "/alignments?kind=profile", "/alignments?kind=code")]
    links = {
        link.replace("&amp;", "&"): n
        for page in pages
        for link, n in re.findall(r'<td class="number"><a href="([^"]+)">([\d,]+)</a>', page)
    }
    assert len(links) > 30
    for link, shown in links.items():
        found = text_of(client, link)
        number = re.search(r'<p class="sentence" role="status">([\d,]+) things?', found)
        assert number, link
        assert number[1] == shown
    states = grouped(real.states)
    assert f">{states[OPEN]:,}</a>" in pages[0]
    assert f"Of {len(real.entries):,} things {states[ALIGNED]:,} are aligned to ESCO" in pages[0]


def test_files_of_the_ledger(client: FlaskClient, real: Ledger):
    rows = list(csv.DictReader(io.StringIO(text_of(client, "/alignments.csv"))))
    assert sum(int(r["things"]) for r in rows) == len(real.entries)
    assert all(int(r["things"]) == sum(int(r[state]) for state in STATES) for r in rows)
    document = json.loads(text_of(client, "/alignments.json"))
    assert document["release"] in document["citation"]
    assert [{k: str(v) for k, v in r.items()} for r in document["rows"]] == rows
    assert client.get("/alignments.xlsx").data[:2] == b"PK"
    assert loaded(text_of(client, "/alignments.ttl"))


def test_what_is_open_can_be_aligned(client: FlaskClient, tmp_path: Path, real: Ledger):
    """The CSV of a list is one that `wise align` reads: label, code, language and IRI of each line."""
    path = tmp_path / "open.csv"
    path.write_bytes(client.get("/alignments/list.csv?state=open").data)
    lines = read_lines(path)
    assert {line.iri for line in lines} == {entry.thing.iri for entry in real.select(state=OPEN)}
    assert len(lines) == len(real.select(state=OPEN))
    outcome = next(line for line in lines if line.iri.endswith("/id/be/outcome/begeleider-sociale-economie/1"))
    assert (outcome.text, outcome.language) == ("Acts by professional, ethical and deontological rules", "en")


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        ("/alignments?kind=thing", 400, "“thing” is none of: skill"),
        ("/alignments/list?state=maybe", 400, "“maybe” is none of: aligned"),
        ("/alignments/list?country=xx", 200, "There is nothing of the kind."),
        ("/alignments/xx/it", 404, "No mappings of “xx” to ESCO are loaded. There are: fr-rome, it-cp2011."),
        ("/alignments/it/it-cp2011", 400, "Name two different classifications."),
        ("/alignments/fr-rome/it-cp2011?relation=same", 400, "“same” is none of: exactMatch"),
        ("/alignments/fr-rome/it-cp2011/path?subject=a&object=b", 404, "Nothing follows between these two."),
    ],
)
def test_wrong_addresses(client: FlaskClient, path: str, status: int, expected: str):
    assert expected in text_of(client, path, status)


def test_the_name_of_a_file_is_harmless(client: FlaskClient):
    answer = client.get("/alignments/list.csv?country=%0d%0aX:+1%22;&labels=fr+nl&state=open")
    assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.csv"', answer.headers["Content-Disposition"])


def test_a_pair_and_its_path(client: FlaskClient):
    """The French table seems to be written the other way round: read so, its codes lead to broader Italian ones."""
    assert client.get("/alignments/fr/it?turned=1").headers["Location"] == "/alignments/fr-rome/it-cp2011?turned=1"
    plain, turned = (text_of(client, f"/alignments/fr-rome/it-cp2011{given}") for given in ("", "?turned=1"))
    assert "broad and narrow matches are left out" in plain
    assert "are read the other way round" in turned
    assert ">narrower than</td>" in turned
    assert ">narrower than</td>" not in plain
    page = text_of(client, "/alignments/fr-rome/it-cp2011?turned=1&relation=broadMatch")
    way = next(iter(re.findall(r'href="(/alignments/fr-rome/it-cp2011/path[^"]+)"', page)))
    shown = text_of(client, way.replace("&amp;", "&"))
    assert "/page?iri=http%3A%2F%2Fdata.europa.eu%2Fesco%2Foccupation%2F" in shown
    assert "published, reviewed by nobody here" in shown
    assert "read the other way round" in shown


@pytest.mark.parametrize("ending", ["tsv", "csv", "json", "xlsx", "ttl"])
def test_files_of_a_pair(client: FlaskClient, ending: str):
    answer = client.get(f"/alignments/fr-rome/it-cp2011.{ending}?turned=1")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    if ending == "tsv":
        from wise_skills.mappings import tsv

        read = tsv.read(answer.get_data(as_text=True))
        assert not read.problems
        assert {m.predicate for m in read.mappings.mappings} >= {SKOS + "broadMatch", SKOS + "closeMatch"}
    elif ending == "csv":
        rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
        ways = {(r["first_relation"], r["second_relation"]): r["path_relation"] for r in rows}
        assert ways["broadMatch", "broadMatch"] == "broadMatch"
        assert all(compose(*way) == relation for way, relation in ways.items())
    elif ending == "json":
        assert json.loads(answer.data)["licence"].startswith("https://creativecommons.org/")
    elif ending == "ttl":
        assert "prov:wasDerivedFrom" in answer.get_data(as_text=True)
        assert loaded(answer.get_data(as_text=True))


def test_pairs_lead_to_their_pages(client: FlaskClient):
    page = text_of(client, "/alignments/pairs?turned=1")
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/alignments/[a-z0-9-]+/[^"]+)"', page)]
    assert len(links) >= 2
    for link in links:
        text_of(client, link)
    assert ESCO_LIST not in page
