"""What of the ontology a reasoner needs to know about, found by looking at the ontology alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from wise_skills.names import OWL, RDF, RDF_TYPE, RDFS

Link = tuple[str, str, str]
"""A triple of three IRIs, as plain text."""

TYPE = NamedNode(RDF_TYPE)
_SUBCLASS = NamedNode(RDFS + "subClassOf")
_SUBPROPERTY = NamedNode(RDFS + "subPropertyOf")
_EQUIVALENT = NamedNode(OWL + "equivalentClass")
_INVERSE = NamedNode(OWL + "inverseOf")
_CHAIN = NamedNode(OWL + "propertyChainAxiom")
_ON_PROPERTY = NamedNode(OWL + "onProperty")
_INTERSECTION = NamedNode(OWL + "intersectionOf")
_SOME = NamedNode(OWL + "someValuesFrom")
_FIRST = NamedNode(RDF + "first")
_REST = NamedNode(RDF + "rest")


@dataclass(frozen=True)
class Axioms:
    """The chains, defined classes and relations of an ontology.

    Parameters
    ----------
    chains:
        Property chains: the relation concluded and its steps (OWL 2 Structural Specification, §9.2.1).
    defined:
        Classes whose members follow from the data: equivalent to an expression, or above one.
    derived:
        Relations that a chain or a more special relation concludes.
    classes:
        Named classes that an axiom mentions, disjointness apart.
    relations:
        Relations that an axiom mentions.
    """

    chains: tuple[tuple[str, tuple[str, ...]], ...]
    defined: tuple[str, ...]
    derived: tuple[str, ...]
    classes: frozenset[str]
    relations: frozenset[str]


def read_axioms(ontology: Store) -> Axioms:
    """Find the axioms that conclude something, in whatever graphs of the store they stand."""
    chains = sorted((text(q.subject), tuple(_items(ontology, q.object))) for q in _with(ontology, _CHAIN))
    special = [(text(q.subject), text(q.object)) for q in _with(ontology, _SUBPROPERTY)]
    inverse = [(text(q.subject), text(q.object)) for q in _with(ontology, _INVERSE)]
    defined = {text(q.subject) for q in _with(ontology, _EQUIVALENT) if isinstance(q.subject, NamedNode)}
    defined |= {text(q.object) for q in _with(ontology, _SUBCLASS) if isinstance(q.subject, BlankNode)}
    classes = {text(q.object) for q in _with(ontology, _SOME)} | set(defined)
    classes |= {item for q in _with(ontology, _INTERSECTION) for item in _items(ontology, q.object)}
    classes |= {text(q.object) for q in _with(ontology, _SUBCLASS)}
    relations = {head for head, _ in chains} | {step for _, steps in chains for step in steps}
    relations |= {end for pair in (*special, *inverse) for end in pair}
    relations |= {text(q.object) for q in _with(ontology, _ON_PROPERTY)}
    return Axioms(
        chains=tuple(chains),
        defined=tuple(sorted(defined)),
        derived=tuple(sorted({head for head, _ in chains} | {general for _, general in special})),
        classes=frozenset(cls for cls in classes if ":" in cls),  # blank nodes have none
        relations=frozenset(relations),
    )


def relevant(axioms: Axioms, data: Store, leave_out: str | None = None) -> set[Link]:
    """Return the part of the data that the axioms can conclude anything from: types and some relations.

    Parameters
    ----------
    axioms:
        What the ontology can use.
    data:
        The data, in whatever graphs.
    leave_out:
        IRI of a graph that is not to be read.
    """
    patterns: list[tuple[NamedNode, NamedNode | None]] = [(NamedNode(r), None) for r in axioms.relations]
    patterns += [(TYPE, NamedNode(cls)) for cls in axioms.classes]
    found: set[Link] = set()
    for predicate, object_ in patterns:
        for q in data.quads_for_pattern(None, predicate, object_, None):
            if isinstance(q.subject, NamedNode) and isinstance(q.object, NamedNode) and text(q.graph_name) != leave_out:
                found.add((q.subject.value, q.predicate.value, q.object.value))
    return found


def text(term: object) -> str:
    """Return the IRI of a node, or the identifier of a blank node, as plain text."""
    return term.value if isinstance(term, NamedNode | BlankNode) else str(term)


def _with(store: Store, predicate: NamedNode) -> Iterator[Quad]:
    return store.quads_for_pattern(None, predicate, None, None)


def _items(store: Store, head: object) -> Iterator[str]:
    """Items of an RDF list."""
    while isinstance(head, BlankNode):
        yield from (text(q.object) for q in store.quads_for_pattern(head, _FIRST, None, None))
        head = next((q.object for q in store.quads_for_pattern(head, _REST, None, None)), None)
