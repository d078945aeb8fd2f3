"""Mappings through ESCO: what follows and what does not, both ways the same, gone with the mapping that it hung on."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mapped import NAMES, OCCUPATION, code, row, rows_of, sssom_file, store_of
from tests.requirements import require, shared
from wise_skills.mappings import tsv
from wise_skills.mappings.chained import CHAINING, as_mappings, as_turtle, sources
from wise_skills.mappings.chaining import Derived, counts, derive, find_side, follow, sides
from wise_skills.mappings.composition import COMPOSED, RELATIONS, compose, inverse, strongest
from wise_skills.mappings.slots import split_values
from wise_skills.mappings.stored import Row, asking, is_esco, read_rows
from wise_skills.names import BASE, PROV, SKOS

EXACT, CLOSE, BROAD, NARROW = RELATIONS


def between(rows: list[Row], one: str = "at", other: str = "be", *, turned: bool = False) -> list[Derived]:
    """What follows from a country's list to another's."""
    found = sides(rows, NAMES, turned=turned)
    first, second = (found.get(f"{country}-list") for country in (one, other))
    return derive(first, second) if first and second else []


def says(found: list[Derived]) -> dict[tuple[str, str], str]:
    """Relation by codes."""
    return {(m.subject.rsplit("/", 1)[-1], m.object.rsplit("/", 1)[-1]): m.relation for m in found}


# --- how two relations make one


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (EXACT, EXACT, EXACT),
        (EXACT, CLOSE, CLOSE),
        (CLOSE, EXACT, CLOSE),
        (EXACT, BROAD, BROAD),
        (BROAD, EXACT, BROAD),
        (NARROW, EXACT, NARROW),
        (BROAD, BROAD, BROAD),
        (NARROW, NARROW, NARROW),
        (BROAD, NARROW, None),
        (NARROW, BROAD, None),
        (CLOSE, CLOSE, None),
        (CLOSE, BROAD, None),
        (NARROW, CLOSE, None),
        ("relatedMatch", EXACT, None),
        (EXACT, "relatedMatch", None),
    ],
)
def test_two_relations(first: str, second: str, expected: str | None):
    assert compose(first, second) == expected


def test_composition_is_an_algebra():
    """Exact changes nothing, the order of three makes no difference, and read from the other side it is the inverse."""
    for a in RELATIONS:
        assert compose(EXACT, a) == compose(a, EXACT) == a
        assert inverse(inverse(a)) == a
    for a, b in product(RELATIONS, repeat=2):
        whole, back = compose(a, b), compose(inverse(b), inverse(a))
        assert back == (inverse(whole) if whole else None)
    for a, b, c in product(RELATIONS, repeat=3):
        left, right = compose(a, b), compose(b, c)
        assert (compose(left, c) if left else None) == (compose(a, right) if right else None)
    assert set(COMPOSED.values()) <= set(RELATIONS)


@given(st.lists(st.sampled_from(RELATIONS), min_size=1))
def test_the_strongest_of_several(relations: list[str]):
    found = strongest(relations)
    if EXACT in relations or CLOSE in relations:
        assert found == (EXACT if EXACT in relations else CLOSE)
    else:
        assert found == (relations[0] if len(set(relations)) == 1 else None)
    turned = strongest(map(inverse, relations))
    assert turned == (inverse(found) if found else None)


# --- made-up tables


@given(rows_of("at"), rows_of("be"))
def test_the_way_back_is_the_inverse(ours: list[Row], theirs: list[Row]):
    found, back = between([*ours, *theirs]), between([*ours, *theirs], "be", "at")
    assert {(m.object, m.subject): inverse(m.relation) for m in found} == {(m.subject, m.object): m.relation for m in back}
    there = {(m.subject, m.object): m for m in found}
    for mapping in back:
        same = there[mapping.object, mapping.subject]
        assert [path.turned() for path in mapping.paths] == list(same.paths)
        assert set(mapping.from_nodes) == set(same.from_nodes)
        assert mapping.confidence == same.confidence


@given(rows_of("at"), rows_of("be"), rows_of("bg"))
def test_counts_are_those_of_what_follows(one: list[Row], other: list[Row], third: list[Row]):
    found = sides([*one, *other, *third], NAMES)
    counted = counts(found)
    assert set(counted) == {(a, b) for a in found for b in found if a != b}
    for (a, b), numbers in counted.items():
        assert +numbers == Counter(m.relation for m in derive(found[a], found[b]))
        there, back = follow(found[a], found[b])[1], follow(found[b], found[a])[1]
        assert {(m.subject, m.object) for m in there} == {(m.object, m.subject) for m in back}


@given(rows_of("at"), rows_of("be"), st.data())
def test_withdrawing_a_mapping_withdraws_what_hung_on_it(ours: list[Row], theirs: list[Row], data: st.DataObject):
    rows = [*ours, *theirs]
    if not rows:
        return
    gone = data.draw(st.sampled_from(rows))
    before = between(rows)
    after = {(m.subject, m.object): m for m in between([r for r in rows if r is not gone])}
    assert all(gone.node not in m.from_nodes for m in after.values())
    for mapping in before:
        left = [path for path in mapping.paths if gone.node not in (path.first.row.node, path.second.row.node)]
        now = after.get((mapping.subject, mapping.object))
        assert (now is not None) == (bool(left) and strongest(path.relation for path in left) is not None)
        assert now is None or list(now.paths) == left


@given(rows_of("at"), rows_of("be"))
def test_every_mapping_hangs_on_the_mappings_it_names(ours: list[Row], theirs: list[Row]):
    nodes = {r.node: r for r in (*ours, *theirs)}
    for mapping in between([*ours, *theirs]):
        for path in mapping.paths:
            assert path.first.hub == path.second.hub == path.hub
            assert is_esco(path.hub)
            assert (path.first.code, path.second.code) == (mapping.subject, mapping.object)
            assert compose(path.first.relation, path.second.relation_back) == path.relation
            assert all(nodes[link.row.node].subject == path.hub for link in path.links)
        assert mapping.relation == strongest(path.relation for path in mapping.paths) == mapping.best.relation


# --- who takes part


@pytest.mark.parametrize(
    ("change", "takes_part"),
    [
        ({}, True),
        ({"status": "accepted", "reviewers": ("A. Reviewer",)}, True),
        ({"status": "proposed"}, False),
        ({"status": "rejected", "negated": True}, False),
        ({"negated": True}, False),
        ({"relation": "relatedMatch"}, False),
        ({"relation": "mappingRelation"}, False),
        ({"status": "no-match-found", "object": "https://w3id.org/sssom/NoTermFound"}, False),
        ({"subject": "http://data.europa.eu/esco/concept/croatian-occupations/1"}, False),
        ({"object": OCCUPATION + "b"}, False),
    ],
    ids=str,
)
def test_who_takes_part(change: dict[str, object], takes_part: bool):
    one = replace(row("at", 1, EXACT, "a"), **change)  # type: ignore[arg-type]
    assert (says(between([one, row("be", 2, EXACT, "a")])) == {("1", "2"): EXACT}) is takes_part


def test_codes_under_the_domain_of_esco_are_codes():
    """The Croatian table has its codes under `data.europa.eu/esco/concept/…`; an ISCO group is a concept of ESCO."""
    croatian = "http://data.europa.eu/esco/concept/croatian-occupations/7129.22.3"
    scheme = f"{BASE}id/hr/classification/nkz"
    of = replace(row("hr", 1, EXACT, "a"), object=croatian, sides=("", scheme))
    found = sides([of, row("be", 2, EXACT, "a")], NAMES)
    assert [(key, side.country, side.scheme) for key, side in found.items()][1] == ("hr-nkz", "hr", scheme)
    assert [(m.subject, m.object) for m in derive(found["hr-nkz"], found["be-list"])] == [(croatian, code("be", 2))]
    assert [side.key for side in find_side(found, "HR")] == ["hr-nkz"]
    assert find_side(found, "xx") == []
    assert is_esco("http://data.europa.eu/esco/isco/C7129")
    assert not is_esco(croatian)


def test_a_doubtful_direction_is_left_out_or_turned():
    """Exact and close matches of such a table take part either way."""
    doubtful = [replace(row("at", 1, BROAD, "a"), doubtful=True), row("at", 3, CLOSE, "a"), row("be", 2, EXACT, "a")]
    assert says(between(doubtful)) == {("3", "2"): CLOSE}
    assert says(between(doubtful, turned=True)) == {("1", "2"): NARROW, ("3", "2"): CLOSE}
    assert sides(doubtful, NAMES)["at-list"].doubtful == 1


def test_several_paths():
    """The strongest speaks, all are kept; paths that contradict each other yield nothing."""
    rows = [row("at", 1, BROAD, "a"), row("be", 2, EXACT, "a"), row("at", 1, EXACT, "b"), row("be", 2, CLOSE, "b")]
    (mapping,) = between(rows)
    assert (mapping.relation, [path.relation for path in mapping.paths]) == (CLOSE, [CLOSE, BROAD])
    rows = [row("at", 1, BROAD, "a"), row("be", 2, EXACT, "a"), row("at", 1, NARROW, "b"), row("be", 2, EXACT, "b")]
    assert between(rows) == []
    found = sides(rows, NAMES)
    assert [len(m.paths) for m in follow(*found.values())[1]] == [2]


@pytest.mark.parametrize(
    ("first", "second", "confidence", "weakest"),
    [
        ({"confidence": 0.9}, {"confidence": 0.6}, 0.6, "second"),
        ({"confidence": 0.4, "relation": EXACT}, {"confidence": 0.6, "relation": CLOSE}, 0.4, "first"),
        ({"confidence": 0.9}, {}, None, None),
        ({"relation": CLOSE}, {"reviewers": ("A",)}, None, "first"),
        ({"reviewers": ("A",)}, {}, None, "second"),
        ({"confidence": 0.7, "reviewers": ("A",)}, {"confidence": 0.7}, 0.7, "second"),
    ],
)
def test_weakest_link(first: dict[str, object], second: dict[str, object], confidence: float | None, weakest: str | None):
    one, other = (replace(row(c, n, EXACT, "a"), **change) for c, n, change in (("at", 1, first), ("be", 2, second)))  # type: ignore[arg-type]
    (path,) = between([one, other])[0].paths
    assert path.confidence == confidence
    assert (None if path.weakest is None else "first" if path.weakest is path.first else "second") == weakest
    assert path.reviewers == (one.reviewers, other.reviewers)


# --- as SSSOM and RDF


def reviewed() -> list[Row]:
    """Two countries, two concepts, one reviewed link."""
    return [
        row("at", 1, EXACT, "a", status="accepted", confidence=0.8, reviewers=("A | B",)),
        row("be", 2, CLOSE, "a", status="accepted", confidence=0.7, reviewers=("C",)),
        row("at", 1, NARROW, "b"),
        row("be", 2, EXACT, "b"),
    ]


def test_sssom():
    found = sides(reviewed(), NAMES)
    mappings = derive(found["at-list"], found["be-list"])
    labels = {OCCUPATION + "a": "loom guide"}
    set_ = as_mappings(found["at-list"], found["be-list"], mappings, NAMES, lambda iri: labels.get(iri, iri[-1]), "Title", "7")
    (one,) = set_.mappings
    assert (one.predicate, one.slots["mapping_justification"], one.slots["confidence"]) == (SKOS + CLOSE, CHAINING, "0.7")
    assert one.slots["subject_source"] == f"{BASE}id/at/classification/list"
    assert split_values(one.slots["see_also"]) == list(mappings[0].from_nodes)
    assert split_values(one.slots["curation_rule_text"]) == [
        "exactMatch ∘ closeMatch = closeMatch",
        "narrowMatch ∘ exactMatch = narrowMatch",
    ]
    assert f"exactMatch loom guide <{OCCUPATION}a> closeMatch" in one.slots["comment"]
    assert "weakest=" + mappings[0].best.second.row.node in one.slots["other"]
    assert "A %7C B; C" in one.slots["other"]
    # The reviewers of the links did not review what follows.
    assert not one.is_reviewed
    assert one.status == "proposed"
    assert set_.metadata["mapping_set_source"] == sources(mappings) == sorted({r.source.iri for r in reviewed()})
    text = tsv.write(set_)
    again = tsv.read(text)
    assert not again.problems
    assert tsv.write(again.mappings) == text
    assert {(m.subject, m.predicate, m.object) for m in again.mappings.mappings} == {(one.subject, one.predicate, one.object)}


def test_rdf_leads_to_the_mappings_it_hangs_on():
    found = sides(reviewed(), NAMES)
    first, second = found["at-list"], found["be-list"]
    store = ox.Store()
    store.load("".join(as_turtle(first, second, derive(first, second), NAMES, "7")).encode(), format=ox.RdfFormat.TURTLE)
    (node,) = (q.object for q in store.quads_for_pattern(None, ox.NamedNode("https://w3id.org/sssom/mappings"), None))
    derived = {q.object.value for q in store.quads_for_pattern(node, ox.NamedNode(PROV + "wasDerivedFrom"), None)}  # type: ignore[arg-type]
    assert derived == {r.node for r in reviewed()}
    assert ox.Quad(ox.NamedNode(code("at", 1)), ox.NamedNode(SKOS + CLOSE), ox.NamedNode(code("be", 2))) in store


# --- from stores


def test_from_tables_and_reviews_and_back(tmp_path: Path):
    """A published table and a reviewed SSSOM file; without one of its rows, what hung on it is gone."""
    uuid = "c60ede09-b67b-4173-8991-b9b694149488"
    head = "Classification 1 URI,Classification 1 PrefLabel,Classification 2 ID,Classification 2 PrefLabel,Mapping relation\n"
    table = tmp_path / "IT_mapping.csv"
    meta = "Mapping project name,Prova\nClassification 1 Name,ESCO\nClassification 2 Name,classificazione delle professioni CP2011\n"
    table.write_text(f"{meta}{head}{OCCUPATION}{uuid},loom guide,3.4.5.2.0,Tessitori,skos:broadMatch\n", encoding="utf-8")
    lines = [
        (f"{BASE}id/hr/profile/a", EXACT, OCCUPATION + uuid, "0.8", "A. Reviewer"),
        (f"{BASE}id/hr/profile/b", EXACT, OCCUPATION + uuid, "0.8", ""),
        (f"{BASE}id/hr/profile/c", "not " + EXACT, OCCUPATION + uuid, "0.8", "A. Reviewer"),
    ]

    def found(kept: list[tuple[str, str, str, str, str]]) -> list[tuple[str, str, str, tuple[str, ...]]]:
        file = sssom_file(tmp_path / "profiles-esco.sssom.tsv", kept)
        known = sides(read_rows(asking(store_of(table, sssom=[("hr", file)]), NAMES), NAMES), NAMES)
        if "hr-profile" not in known:
            return []
        derived = derive(known["hr-profile"], known["it-cp2011"])
        return [(m.subject, m.relation, m.object, m.best.first.row.reviewers) for m in derived]

    # The table says that the code is broader than the occupation, with which the profile is the same.
    expected = (f"{BASE}id/hr/profile/a", BROAD, f"{BASE}id/it/code/cp2011/3.4.5.2.0", ("A. Reviewer",))
    assert found(lines) == [expected]
    assert found(lines[1:]) == []


def test_the_published_tables():
    """All directed pairs of the real tables, in seconds; both ways the same; direction as SKOS where it is in doubt."""
    require("esco")
    folder = shared("crosswalks") / "national"
    tables = [path for path in sorted(folder.iterdir()) if not path.name.startswith("escocompetence")]
    rows = read_rows(asking(store_of(*tables), NAMES), NAMES)
    began = time.process_time()
    found = sides(rows, NAMES)
    counted = counts(found)
    took = time.process_time() - began
    assert sorted(found) == [
        "es-co-sispe", "fr-rome", "hr-nkz", "it-cp2011", "lv-profesiju-klasifikators", "nl-noc", "us-onet-soc"
    ]  # fmt: skip
    assert len(counted) == 42
    assert all(counted.values())
    assert took < 20, f"{took:.1f} s of CPU"  # measured: under one second
    assert {key for key, side in found.items() if side.doubtful} == {"fr-rome", "us-onet-soc"}
    for a, b in (("it-cp2011", "nl-noc"), ("fr-rome", "hr-nkz")):
        there, back = derive(found[a], found[b]), derive(found[b], found[a])
        assert +counted[a, b] == Counter(m.relation for m in there)
        assert {(m.subject, m.relation, m.object) for m in there} == {(m.object, inverse(m.relation), m.subject) for m in back}
        ways = {(p.first.relation, p.second.relation_back) for m in there for p in m.paths}
        assert not ways & {(BROAD, NARROW), (NARROW, BROAD), (CLOSE, CLOSE)}
