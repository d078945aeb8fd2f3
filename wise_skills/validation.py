"""Validation of one folder's quads, with every result traced to its cells.

Core constraints run in pySHACL on rdflib (`engines.md`: the only backend on which it is usable), SPARQL
constraints once each on Oxigraph (`rules.py`), over the graph without what Core already reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import pyoxigraph as ox
import pyshacl
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH

from wise_skills.constraints import Constraints, stand_in
from wise_skills.findings import Cell, Finding
from wise_skills.origin import Origin
from wise_skills.results import Choices, Results
from wise_skills.tables import Schema, to_rdflib

_PIECE = 30_000
# A cell with one mistake often breaks several constraints: the first of these says it best.
_FIRST = ("Datatype", "Or", "Class", "Node", "In", "Pattern", "MaxLength", "UniqueLang", "MaxCount", "MinCount", "Min", "Max", "Less")


def core(
    quads: list[ox.Quad],
    origin: Origin,
    schema: Schema,
    rules: Constraints,
    known: Mapping[str, Iterable[str]],
    choices: Choices,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Finding]:
    """Check Core constraints and return what they find, one finding per cell and value.

    Parameters
    ----------
    quads, origin:
        What reading one folder gave; the quads of a row stand together.
    schema, rules:
        The tables, and the shapes as pySHACL needs them.
    known:
        Classes and lists of each thing and concept that may be referred to.
    choices:
        What columns may hold, for the messages.
    progress:
        Called with the number of quads that were checked since the last call.
    """
    mapping = Results(origin, schema, rules, choices)
    found: dict[tuple[Cell, str], tuple[int, Finding]] = {}
    for piece in _pieces(quads):
        report = _report(piece, rules, known)
        for head in report.subjects(RDF.type, SH.ValidationReport):
            for result in report.objects(head, SH.result):
                for finding in mapping.findings(report, result):
                    rank = next((i for i, c in enumerate(_FIRST) if finding.component.startswith(c)), len(_FIRST))
                    apart = finding.component if finding.component.startswith("Less") else ""
                    key = (finding.where, apart or ("" if "Count" in finding.component else finding.value))
                    best = found.get(key)
                    if best is None or rank < best[0]:
                        found[key] = (rank, finding)
        progress(len(piece))
    return _without_echoes([finding for _, finding in found.values()])


def _pieces(quads: list[ox.Quad]) -> Iterator[list[ox.Quad]]:
    """Cut the quads between rows: no Core constraint looks beyond its row, and a bar can show how far it is."""
    start = 0
    while start < len(quads):
        end = min(start + _PIECE, len(quads))
        while end < len(quads) and quads[end].subject == quads[end - 1].subject:
            end += 1
        yield quads[start:end]
        start = end


def _report(quads: list[ox.Quad], rules: Constraints, known: Mapping[str, Iterable[str]]) -> Graph:
    """Run pySHACL over some rows, with the classes of all that they refer to."""
    graph = to_rdflib(quads)
    for named in {q.object.value for q in quads if isinstance(q.object, ox.NamedNode)}:
        for target in known.get(named, ()):
            graph.add((URIRef(named), RDF.type, URIRef(stand_in(target))))
    _, report, _ = pyshacl.validate(graph, shacl_graph=rules.graph, inference="none", do_owl_imports=False, inplace=True)
    if not isinstance(report, Graph):
        raise TypeError("pySHACL gave no report graph")
    return report


def _without_echoes(findings: list[Finding]) -> list[Finding]:
    """Drop what is only said because a cell is wrong anyway.

    Two columns cannot be compared when one is no number; whether a source is needed depends on the evidence.
    """
    order = "LessThanOrEqualsConstraintComponent"
    wrong = {f.where for f in findings if f.component != order}
    echoes = {f.group for f in findings if f.component == order and f.where in wrong}
    doubtful = {f.focus for f in findings if f.where.column == "evidence"}
    return [
        f for f in findings if (f.component != order or f.group not in echoes) and (f.component != "Sourced" or f.focus not in doubtful)
    ]
