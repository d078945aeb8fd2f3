"""The terms of the ontology as the documentation page and the questions explain them, read from its graph."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from query_ui.edition import Edition
from wise_skills.names import OWL, RDF_TYPE, RDFS, SKOS

KINDS = {
    OWL + "Class": "class",
    OWL + "ObjectProperty": "relation",
    OWL + "DatatypeProperty": "property",
    OWL + "AnnotationProperty": "annotation",
}
_SCHEMA = "https://schema.org/"


@dataclass
class VocabularyTerm:
    """A class or property of ours."""

    iri: str
    kind: str
    label: str = ""
    definition: str = ""
    notes: list[str] = field(default_factory=list)
    module: str = ""
    above: list[str] = field(default_factory=list)
    domain: list[str] = field(default_factory=list)
    range: list[str] = field(default_factory=list)
    see: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The part behind `#`."""
        return self.iri.rsplit("#", 1)[-1]


def terms(edition: Edition) -> dict[str, VocabularyTerm]:
    """Return all terms under our base by IRI, in the order of kind and name; read once for an edition."""
    known: dict[str, VocabularyTerm] | None = edition.memory.get("terms")
    if known is None:
        known = edition.memory["terms"] = _read(edition)
    return known


def modules(edition: Edition) -> dict[str, str]:
    """Return the title of each module of the ontology."""
    table = edition.select(
        f"SELECT ?m ?t WHERE {{ GRAPH <{edition.names.graph('ontology')}> {{ ?m a owl:Ontology ; dct:title ?t }} }} ORDER BY ?m"
    )
    return {str(m): str(t) for m, t in table if str(m).startswith(edition.base)}


def used_in(query: str, edition: Edition) -> list[VocabularyTerm]:
    """Return the terms that a query names, in the order in which it names them."""
    known = terms(edition)
    local = re.compile(r"(?<![\w:])wise:(\w+)|<" + re.escape(edition.names.wise) + r"(\w+)>")
    names = dict.fromkeys(edition.names.wise + (m[1] or m[2]) for m in local.finditer(_without_comments(query)))
    return [known[n] for n in names if n in known]


def _without_comments(query: str) -> str:
    return re.sub(r"(?m)^\s*#.*$", "", query)


def _read(edition: Edition) -> dict[str, VocabularyTerm]:
    table = edition.select(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{edition.names.graph('ontology')}> {{ ?s ?p ?o }} FILTER isIRI(?s) }}")
    said: dict[str, dict[str, list[str]]] = {}
    for subject, predicate, value in table:
        if subject is None or predicate is None or value is None or value.kind == "bnode":
            continue
        if value.language not in (None, "en"):
            continue
        if subject.value.startswith(edition.base) and "#" in subject.value:
            said.setdefault(subject.value, {}).setdefault(predicate.value, []).append(value.value)
    found = [t for iri, claims in said.items() if (t := _term(iri, claims))]
    order = list(KINDS.values())
    return {t.iri: t for t in sorted(found, key=lambda t: (order.index(t.kind), t.name))}


def _term(iri: str, claims: dict[str, list[str]]) -> VocabularyTerm | None:
    kind = next((KINDS[t] for t in claims.get(RDF_TYPE, ()) if t in KINDS), None)
    if kind is None:
        return None

    def first(*predicates: str) -> str:
        return next((claims[p][0] for p in predicates if claims.get(p)), "")

    def all_of(*predicates: str) -> list[str]:
        return sorted(_unique(v for p in predicates for v in claims.get(p, ())))

    return VocabularyTerm(
        iri=iri,
        kind=kind,
        label=first(RDFS + "label"),
        definition=first(SKOS + "definition", RDFS + "comment"),
        notes=all_of(SKOS + "scopeNote", SKOS + "note", SKOS + "example"),
        module=first(RDFS + "isDefinedBy"),
        above=all_of(RDFS + "subClassOf", RDFS + "subPropertyOf"),
        domain=all_of(RDFS + "domain", _SCHEMA + "domainIncludes"),
        range=all_of(RDFS + "range", _SCHEMA + "rangeIncludes"),
        see=all_of(RDFS + "seeAlso"),
    )


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
