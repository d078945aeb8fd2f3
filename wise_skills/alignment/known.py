"""What people have said already: mappings that count as evidence, and pairs that were rejected.

A published mapping table and a reviewed row say that a national name means a concept of ESCO; the name then works as a
further label of the concept, whatever its country. A rejected pair is never proposed again (SSSOM: `predicate_modifier` `Not`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from wise_skills.alignment.model import Concept
from wise_skills.names import OWL, RDF_TYPE, SKOS, Names

_TAKEN = ("published", "accepted")
_TURNED = {"broadMatch": "narrowMatch", "narrowMatch": "broadMatch"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A name that means a concept.

    Attributes
    ----------
    text, language:
        The name in its language.
    country:
        Folder of the country whose table or review says so (`hr`).
    concept:
        IRI of the ESCO concept.
    relation:
        From the name to the concept: `exactMatch`, `closeMatch`, `broadMatch` (the concept is broader), `narrowMatch`.
    """

    text: str
    language: str
    country: str
    concept: str
    relation: str


def read_known(store: ox.Store, names: Names, concepts: Iterable[Concept]) -> tuple[list[Accepted], frozenset[tuple[str, str]]]:
    """Return the accepted names, sorted, and the rejected pairs of IRIs, each in both directions.

    Parameters
    ----------
    store, names:
        The store of a release, and the names under its base.
    concepts:
        What can be proposed; a mapping between a concept of ESCO and one of another scheme counts.
    """
    by_iri = {concept.iri: concept for concept in concepts}
    accepted, rejected = set[Accepted](), set[tuple[str, str]]()
    for node, facts in _mappings(store, names).items():
        source, target = facts.get("annotatedSource", ""), facts.get("annotatedTarget", "")
        status = facts.get("mappingStatus", "").rsplit("/", 1)[-1]
        if status == "rejected":
            rejected |= {(source, target), (target, source)}
        if status not in _TAKEN:
            continue
        relation = facts.get("annotatedProperty", "").removeprefix(SKOS)
        sides = ((source, target, relation), (target, source, _TURNED.get(relation, relation)))
        for ours, theirs, seen in sides:
            name, meant = by_iri.get(ours), by_iri.get(theirs)
            if name and meant and meant.scheme == "esco" and name.scheme != "esco":
                country = node.removeprefix(names.base + "id/").split("/", 1)[0]
                accepted |= {Accepted(label.text, label.language, country, theirs, seen) for label in name.labels}
    return sorted(accepted, key=lambda a: (a.concept, a.language, a.text, a.country, a.relation)), frozenset(rejected)


def _mappings(store: ox.Store, names: Names) -> dict[str, dict[str, str]]:
    """The nodes of mappings with what they annotate, one walk for each predicate."""
    wanted = (*(OWL + name for name in ("annotatedSource", "annotatedProperty", "annotatedTarget")), names.wise + "mappingStatus")
    found = defaultdict[str, dict[str, str]](dict)
    for quad in store.quads_for_pattern(None, ox.NamedNode(RDF_TYPE), ox.NamedNode(names.wise + "Mapping"), None):
        if isinstance(quad.subject, ox.NamedNode):
            found[quad.subject.value] = {}
    for predicate in wanted:
        for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, None):
            if isinstance(quad.subject, ox.NamedNode) and quad.subject.value in found and isinstance(quad.object, ox.NamedNode):
                found[quad.subject.value][predicate.replace("#", "/").rsplit("/", 1)[-1]] = quad.object.value
    return found
