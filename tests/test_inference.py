"""What follows from data: a golden folder per case, a second reasoner, and explanations that agree."""

from __future__ import annotations

import os
import random
from functools import cache
from pathlib import Path

import owlrl
import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store
from rdflib import Graph

from tests.test_ontology import ontology, real_data
from wise_skills.axioms import read_axioms
from wise_skills.errors import OntologyError
from wise_skills.inference import Inference, apply_rules, explain
from wise_skills.names import BASE, RDF_TYPE, Names

CASES = sorted(p for p in (Path(__file__).parent / "fixtures" / "inference").iterdir() if p.is_dir())
NAMES = Names()
DEFINED = read_axioms(ontology().modules).defined


@cache
def data(case: Path) -> Store:
    store = Store()
    store.load(path=case / "data.ttl", format=RdfFormat.TURTLE)
    return store


@cache
def real_inference() -> Inference:
    return ontology().infer(real_data())


def test_there_are_cases():
    assert len(CASES) >= 4


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_golden(case: Path):
    lines = "".join(f"{triple} .\n" for triple in ontology().infer(data(case)).triples)
    if os.environ.get("WISE_REGENERATE"):
        (case / "expected.nt").write_text(lines, encoding="utf-8")
    hint = "regenerate with WISE_REGENERATE=1 pytest tests/test_inference.py and read the diff"
    assert lines == (case / "expected.nt").read_text(encoding="utf-8"), hint


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_owlrl_concludes_the_same(case: Path):
    """The full rule set of OWL 2 RL, slowly: no useful conclusion is missed, and none is invented."""
    axioms, found = read_axioms(ontology().modules), ontology().infer(data(case))
    text = "".join(f"{q.triple} .\n" for store in (ontology().modules, data(case)) for q in store)
    graph = Graph().parse(data=text + "".join(f"<{s}> <{p}> <{o}> .\n" for s, p, o in found.closed), format="nt")
    before = set(graph)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    new = {tuple(map(str, triple)) for triple in set(graph) - before}
    useful = {t for t in new if t[0].startswith(BASE + "id/") and (t[1] in axioms.derived or (t[1] == RDF_TYPE and t[2] in axioms.defined))}
    assert useful == set(found.derived)


def test_order_and_graphs_of_the_data_do_not_matter():
    quads = [q for case in CASES for q in data(case)]
    expected = ontology().infer(_store(quads))
    random.Random(7).shuffle(quads)
    spread = [Quad(q.subject, q.predicate, q.object, NamedNode(f"urn:graph:{i % 3}")) for i, q in enumerate(quads)]
    assert ontology().infer(_store(spread)) == expected


def test_earlier_inferences_are_no_data():
    """A release that holds its inferences gives the same ones again."""
    whole = _store(data(CASES[0]))
    first = ontology().infer(whole)
    graph = NamedNode(NAMES.graph("inferred"))
    whole.extend(Quad(t.subject, t.predicate, t.object, graph) for t in first.triples)
    assert ontology().infer(whole) == first


def test_no_blank_node_and_nothing_foreign_is_concluded():
    for s, p, o in real_inference().derived:
        assert s.startswith(BASE)
        assert p == RDF_TYPE or p.startswith(NAMES.wise)
        assert ":" in o


def test_nothing_follows_from_nothing():
    found = ontology().infer(Store())
    assert not found.triples
    assert found.members == {}


# --- explanations -------------------------------------------------------------------


def test_every_defined_class_is_explained():
    assert {NAMES.wise + name for name in ontology().explanations} == set(DEFINED)


@pytest.mark.parametrize("cls", DEFINED, ids=lambda c: c.rpartition("#")[2])
def test_explanations_name_exactly_the_members(cls: str):
    """Written in SPARQL over the claims alone, an explanation finds the members that the reasoner finds."""
    members = real_inference().members[cls]
    reasons = explain(real_data(), ontology().explanations[cls.rpartition("#")[2]])
    assert {r.thing for r in reasons} == set(members)
    assert all(r.evidence for r in reasons)


def test_one_member_is_explained_with_its_evidence():
    case = next(c for c in CASES if c.name == "forms")
    query = ontology().explanations["TransitionalForm"]
    (reason,) = explain(data(case), query, BASE + "id/at/form/passing")
    assert reason.claim == BASE + "id/at/condition/passing/1"
    assert reason.evidence == BASE + "scheme/evidence/named-in-source"
    assert not reason.unverified


def test_a_weak_cell_shows_in_the_explanation():
    case = next(c for c in CASES if c.name == "forms")
    (reason,) = explain(data(case), ontology().explanations["PermanentForm"], BASE + "id/at/form/lasting")
    assert reason.unverified
    assert reason.evidence is None


def test_an_explanation_is_a_select_query():
    with pytest.raises(OntologyError, match="SELECT"):
        explain(Store(), "ASK { ?s ?p ?o }")


# --- rules --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("CONSTRUCT", "cannot be read"),
        ("SELECT * WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("CONSTRUCT { ?s <urn:p> 1 } WHERE { ?s ?p ?o }", "relate IRIs"),
        ("CONSTRUCT { [] <urn:p> ?s } WHERE { ?s ?p ?o }", "relate IRIs"),
    ],
)
def test_bad_rules_are_refused(rule: str, message: str):
    with pytest.raises(OntologyError, match=message):
        apply_rules(_store([Quad(NamedNode("urn:s"), NamedNode("urn:p"), NamedNode("urn:o"))]), {"bad": rule})


def test_a_rule_adds_nothing_that_is_there():
    quad = Quad(NamedNode("urn:s"), NamedNode("urn:p"), NamedNode("urn:o"))
    rule = {"same": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"}
    assert apply_rules(_store([quad]), rule) == ()
    assert apply_rules(_store([quad]), rule, leave_out="urn:other") == ()


def _store(quads: object) -> Store:
    store = Store()
    store.extend(quads)
    return store
