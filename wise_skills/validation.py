"""Validation of one folder's quads, with every result traced to its cells.

Core constraints run in pySHACL on rdflib (`engines.md`: the only backend on which it is usable), SPARQL
constraints once each on Oxigraph (`rules.py`), over the graph without what Core already reported.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import pyshacl
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH

from wise_skills.constraints import Constraints, stand_in
from wise_skills.findings import Cell, Finding
from wise_skills.origin import Origin
from wise_skills.results import Choices, Results
from wise_skills.tables import Schema, rdflib_node

# A cell with one mistake often breaks several constraints: the first of these says it best.
_FIRST = ("Datatype", "Or", "Class", "Node", "In", "Pattern", "MaxLength", "UniqueLang", "MaxCount", "MinCount", "Min", "Max", "Less")


def to_rdflib(quads: Iterable[ox.Quad]) -> Graph:
    """Copy quads into one rdflib graph; graph names are dropped."""
    graph = Graph()
    for quad in quads:
        graph.add((rdflib_node(quad.subject), rdflib_node(quad.predicate), rdflib_node(quad.object)))
    return graph


def core(
    quads: list[ox.Quad],
    origin: Origin,
    schema: Schema,
    rules: Constraints,
    known: Iterable[tuple[str, str]],
    members: Iterable[tuple[str, str]],
    choices: Choices,
) -> list[Finding]:
    """Check Core constraints and return what they find, one finding per cell and value.

    Parameters
    ----------
    quads, origin:
        What reading one folder gave.
    schema, rules:
        The tables, and the shapes as pySHACL needs them.
    known, members:
        (thing, class) and (concept, scheme) of everything that may be referred to.
    choices:
        What columns may hold, for the messages.
    """
    graph = to_rdflib(quads)
    for thing, target in known:
        graph.add((URIRef(thing), RDF.type, URIRef(stand_in(target))))
    for concept, scheme in members:
        graph.add((URIRef(concept), RDF.type, URIRef(stand_in(scheme))))
    _, report, _ = pyshacl.validate(graph, shacl_graph=rules.graph, inference="none", do_owl_imports=False, inplace=True)
    if not isinstance(report, Graph):
        raise TypeError("pySHACL gave no report graph")
    mapping = Results(origin, schema, rules, choices)
    found: dict[tuple[Cell, str], tuple[int, Finding]] = {}
    for head in report.subjects(RDF.type, SH.ValidationReport):
        for result in report.objects(head, SH.result):
            for finding in mapping.findings(report, result):
                rank = next((i for i, c in enumerate(_FIRST) if finding.component.startswith(c)), len(_FIRST))
                apart = finding.component if finding.component.startswith("Less") else ""
                key = (finding.where, apart or ("" if "Count" in finding.component else finding.value))
                best = found.get(key)
                if best is None or rank < best[0]:
                    found[key] = (rank, finding)
    return _without_echoes([finding for _, finding in found.values()])


def _without_echoes(findings: list[Finding]) -> list[Finding]:
    """Drop what is only said because a cell is wrong anyway: two columns cannot be compared when one is no number."""
    order = "LessThanOrEqualsConstraintComponent"
    wrong = {f.where for f in findings if f.component != order}
    echoes = {f.group for f in findings if f.component == order and f.where in wrong}
    return [f for f in findings if f.component != order or f.group not in echoes]
