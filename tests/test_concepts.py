"""What a release offers to be proposed, counted again in SPARQL, and what people have said of it already."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from wise_skills.alignment.concepts import read_concepts
from wise_skills.alignment.known import read_known
from wise_skills.alignment.model import Concept
from wise_skills.names import BASE, Names
from wise_skills.release import Release

PREFIXES = f"""
PREFIX esco: <http://data.europa.eu/esco/model#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX wise: <{BASE}ns#> PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX thes: <http://purl.org/iso25964/skos-thes#>
"""
COUNTED = {
    ("esco", "skill", False): "?s a esco:Skill",
    ("esco", "occupation", False): "?s a esco:Occupation",
    ("esco", "occupation", True): "?s skos:inScheme <http://data.europa.eu/esco/concept-scheme/isco>",
    ("wise", "skill", False): "?s a ?c VALUES ?c { wise:Skill wise:Competence }",
    ("wise", "occupation", False): "?s a wise:OccupationalProfile",
}


@pytest.fixture(scope="module")
def store(joined: Release) -> ox.Store:
    return ox.Store.read_only(str(joined.graph))


@pytest.fixture(scope="module")
def concepts(store: ox.Store) -> list[Concept]:
    return read_concepts(store, Names())


def _count(store: ox.Store, pattern: str) -> int:
    released = 'FILTER NOT EXISTS { ?s thes:status ?status FILTER (?status != "released") }'
    query = f"{PREFIXES} SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {pattern} . ?s skos:prefLabel ?label {released} }}"
    (row,) = store.query(query, use_default_graph_as_union=True)  # type: ignore[misc]
    return int(row["n"].value)  # type: ignore[index,union-attr]


@pytest.mark.parametrize("place", COUNTED, ids=lambda place: "-".join(map(str, place)))
def test_every_concept_is_there(store: ox.Store, concepts: list[Concept], place: tuple[str, str, bool]):
    found = [c for c in concepts if (c.scheme, c.kind, c.is_group) == place]
    assert len(found) == _count(store, COUNTED[place]) > 0


def test_concepts_are_sorted_and_told_apart(concepts: list[Concept]):
    iris = [c.iri for c in concepts]
    assert iris == sorted(set(iris))
    assert all(c.labels for c in concepts)


def test_occupations_know_their_isco_group(concepts: list[Concept]):
    by_iri = {c.iri: c for c in concepts}
    occupations = [c for c in concepts if c.scheme == "esco" and c.kind == "occupation" and not c.is_group]
    assert any(c.code for c in occupations)
    for concept in occupations:
        if concept.code:
            assert by_iri[f"http://data.europa.eu/esco/isco/C{concept.code}"].code == concept.code


def test_labels_are_given_in_the_asked_language_or_english(concepts: list[Concept]):
    both = next(c for c in concepts if {"en", "fr"} <= {label.language for label in c.labels if label.preferred})
    assert both.label("fr").language == "fr"
    assert both.label("mt").language == "en"


def test_published_tables_are_evidence(store: ox.Store, concepts: list[Concept]):
    accepted, rejected = read_known(store, Names(), concepts)
    query = f"""{PREFIXES} SELECT (COUNT(DISTINCT ?m) AS ?n) WHERE {{
      ?m a wise:Mapping ; wise:mappingStatus <{BASE}scheme/mapping-statuses/published> }}"""
    (row,) = store.query(query, use_default_graph_as_union=True)  # type: ignore[misc]
    assert 0 < len({(a.concept, a.text) for a in accepted}) <= int(row["n"].value)  # type: ignore[index,union-attr]
    by_iri = {c.iri for c in concepts}
    assert all(a.concept in by_iri and a.text and a.relation.endswith("Match") for a in accepted)
    assert all((b, a) in rejected for a, b in rejected)
