"""What follows from the data by the ontology: pure functions from stores to triples.

Three steps, from the data alone at every build:

1. closed-world rules, SPARQL CONSTRUCT queries (`ontology/rules/*.rq`), state what holds because nothing
   else is in the graph, such as that no learning outcome covers a skill;
2. OWL 2 RL by `reasonable`, and property chains (rule prp-spo2 of OWL 2 Profiles, §4.3, which `reasonable`
   0.4 leaves out) by a join of our own, in turn until nothing new follows;
3. only what is useful is kept: members of defined classes, and relations that a chain or a more special
   relation concludes. No blank node, no foreign type, nothing that the data say already.

Literals take no part: no axiom speaks of one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import reasonable
from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, QueryTriples, Store, Triple, Variable
from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from wise_skills.axioms import Axioms, Link, read_axioms, relevant, text
from wise_skills.errors import OntologyError
from wise_skills.names import OWL, RDF, RDF_TYPE, RDFS

_AXIOMATIC = (OWL, RDFS + "sub", RDF + "first", RDF + "rest", RDF + "nil")


@dataclass(frozen=True)
class Inference:
    """What was concluded, each part sorted: by the closed-world rules, and by the reasoner."""

    closed: tuple[Link, ...]
    derived: tuple[Link, ...]

    @property
    def triples(self) -> list[Triple]:
        """All conclusions, sorted, for the graph of inferences."""
        links = sorted({*self.closed, *self.derived})
        return [Triple(NamedNode(s), NamedNode(p), NamedNode(o)) for s, p, o in links]

    @cached_property
    def members(self) -> dict[str, tuple[str, ...]]:
        """Members of each defined class that has any."""
        found: dict[str, list[str]] = defaultdict(list)
        for subject, predicate, cls in self.derived:
            if predicate == RDF_TYPE:
                found[cls].append(subject)
        return {cls: tuple(sorted(things)) for cls, things in sorted(found.items())}


@dataclass(frozen=True)
class Reason:
    """A claim that an inferred membership rests on, with the IRI of its evidence level if it has one.

    `unverified` says that the deciding cell of the claim is weaker than the rest of its row.
    """

    thing: str
    claim: str
    evidence: str | None
    unverified: bool


def infer(ontology: Store, data: Store, rules: Mapping[str, str], *, leave_out: str | None = None) -> Inference:
    """Conclude what is useful from the data: the same triples in the same order for the same input.

    Parameters
    ----------
    ontology:
        The ontology's modules, in whatever graphs; alignments are not needed.
    data:
        The data of a release, in whatever graphs; only what the axioms and rules mention is read.
    rules:
        Closed-world rules, texts of CONSTRUCT queries by name.
    leave_out:
        IRI of the graph of earlier inferences, which are not data.
    """
    axioms = read_axioms(ontology)
    closed = apply_rules(data, rules, leave_out=leave_out)
    given = relevant(axioms, data, leave_out) | {link for link in closed if _speaks(axioms, link)}
    frame = _frame(ontology)
    known, size = set(given), -1
    while len(known) > size:
        size = len(known)
        known |= {link for link in _reason(frame, known) if _speaks(axioms, link)}
        known |= _chain(axioms, known)
    useful = {link for link in known - given if link[1] in axioms.derived or (link[1] == RDF_TYPE and link[2] in axioms.defined)}
    return Inference(closed, tuple(sorted(useful)))


def apply_rules(data: Store, rules: Mapping[str, str], *, leave_out: str | None = None) -> tuple[Link, ...]:
    """Run the closed-world rules, each on the data alone; return what they state that was not there, sorted.

    What stands in the graph `leave_out` counts as not there.

    Raises
    ------
    OntologyError
        if a rule cannot be run, or states something of a blank node or a literal.
    """
    found: set[Link] = set()
    for name, rule in sorted(rules.items()):
        try:
            result = data.query(rule, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise OntologyError(f"The rule {name} cannot be read: {error}. Mend ontology/rules/{name}.rq.") from error
        if not isinstance(result, QueryTriples):
            raise OntologyError(f"The rule {name} states nothing. Write it as a CONSTRUCT query.")
        for s, p, o in result:
            if not (isinstance(s, NamedNode) and isinstance(o, NamedNode)):
                raise OntologyError(f"The rule {name} states {s} {p} {o}. A rule may only relate IRIs.")
            if all(text(q.graph_name) == leave_out for q in data.quads_for_pattern(s, p, o, None)):
                found.add((s.value, p.value, o.value))
    return tuple(sorted(found))


def explain(data: Store, query: str, thing: str | None = None) -> tuple[Reason, ...]:
    """Return the claims that the memberships of a defined class rest on.

    Parameters
    ----------
    data:
        The data; all their graphs are read as one.
    query:
        Text of the explanation of the class, `ontology/explanations/<Class>.rq`.
    thing:
        IRI of one member; all members by default.
    """
    bound: dict[Variable, NamedNode | BlankNode | Literal | Triple] = {}
    if thing is not None:
        bound[Variable("thing")] = NamedNode(thing)
    rows = data.query(query, use_default_graph_as_union=True, substitutions=bound)
    if not isinstance(rows, QuerySolutions):
        raise OntologyError("An explanation has to be a SELECT query.")
    return tuple(
        Reason(
            text(row["thing"]),
            text(row["claim"]),
            None if row["evidence"] is None else text(row["evidence"]),
            row["unverified"] == Literal(True),
        )
        for row in rows
    )


def _frame(ontology: Store) -> Graph:
    """Return the axioms, without labels, lists of concepts and literals, as the graph that the reasoner takes."""
    graph = Graph()
    for q in ontology.quads_for_pattern(None, None, None, None):
        subject, object_ = _node(q.subject), _node(q.object)
        kind = object_ if q.predicate.value == RDF_TYPE else q.predicate.value
        if subject is not None and object_ is not None and str(kind).startswith(_AXIOMATIC):
            graph.add((subject, URIRef(q.predicate.value), object_))
    return graph


def _node(term: object) -> URIRef | BNode | None:
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    return BNode(term.value) if isinstance(term, BlankNode) else None


def _speaks(axioms: Axioms, link: Link) -> bool:
    """Whether some axiom can use the triple."""
    return link[2] in axioms.classes if link[1] == RDF_TYPE else link[1] in axioms.relations


def _reason(frame: Graph, links: Iterable[Link]) -> set[Link]:
    """Return all triples of three IRIs that OWL 2 RL concludes from ontology and links."""
    graph = Graph()
    graph += frame
    for s, p, o in links:
        graph.add((URIRef(s), URIRef(p), URIRef(o)))
    reasoner = reasonable.PyReasoner()
    reasoner.from_graph(graph)
    return set(_between_iris(reasoner.reason()))


def _between_iris(triples: Iterable[tuple[Node, Node, Node]]) -> Iterator[Link]:
    for s, p, o in triples:
        if isinstance(s, URIRef) and isinstance(p, URIRef) and isinstance(o, URIRef):
            yield str(s), str(p), str(o)


def _chain(axioms: Axioms, links: Iterable[Link]) -> set[Link]:
    """Conclude one round of property chains: `head(x, z)` from `first(x, y)` and `second(y, z)`, of any length."""
    steps: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for s, p, o in links:
        steps[p][s].add(o)
    found: set[Link] = set()
    for head, (first, *others) in axioms.chains:
        for start, ends in steps[first].items():
            reached = set(ends)
            for step in others:
                reached = {o for middle in reached for o in steps[step].get(middle, ())}
            found.update((start, head, end) for end in reached)
    return found
