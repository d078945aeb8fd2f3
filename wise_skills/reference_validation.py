"""What is wrong in ESCO itself, and in mappings to it: the shapes of `shapes/esco/` over what a reference source wrote.

SPARQL constraints are one query each on Oxigraph; focus nodes are copied to rdflib by slices for pySHACL (the measures
are in decision 0014). Nothing found here refuses a build: it is a Warning or an Info, with its row where one is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pyshacl
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH

from wise_skills.findings import Cell, Finding
from wise_skills.names import RDF_TYPE, Names
from wise_skills.reference_shapes import Check, Kind, Shapes, reference_shapes
from wise_skills.reference_view import Iri, View, opened, text
from wise_skills.rules import filled
from wise_skills.tables import rdflib_node

Place = Callable[[str], Cell | None]
Results = list[tuple[str, dict[str, str]]]
"""Focus node and variables of each result of one constraint."""

SLICE = 2_000
"""So many focus nodes are in rdflib at once."""
SO_MANY = 20
"""From so many focus nodes on, what is true of all of them is said once, of the file."""

READ_ALREADY = (
    "EscoLabelShape-alternative_repeats",
    "EscoHierarchyShape-cycle",
    "EscoSkillShape-type",
    "EscoSkillShape-reuse",
    "EscoSkillShape-described",
    "EscoOccupationShape-described",
    "EscoGroupShape-described",
)
"""What reading CSV files reports as RepeatedLabel, Circular, MissingValue and UnknownConcept. Of an RDF dump nobody else says it."""


def check(
    data: Path | ox.Store,
    place: Place,
    names: Names,
    *,
    kind: Kind = "concepts",
    context: Path | None = None,
    graphs: Sequence[str] = (),
    source: str = "esco",
    without: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield what the shapes for ESCO find, constraint by constraint; nothing is worse than a Warning.

    What is true of all things of a kind (a file or a column that this version lacks) is one finding about the file.

    Parameters
    ----------
    data:
        The N-Quads file that a source wrote (also gzipped), or a store that holds it.
    place:
        Says in which file and row a thing stands; `None` where it stands in none.
    names:
        The IRIs under the base in use.
    kind:
        `concepts` for ESCO itself, `mappings` for an SSSOM file or a national table.
    context:
        For mappings: the N-Quads file of the ESCO that is loaded. Without one nobody can say that a concept is missing.
    graphs:
        The named graphs of a store that count; all of them unless given.
    source:
        Name that findings bear as their file where no row is known.
    without:
        Components that somebody else reports, such as `READ_ALREADY`.

    Raises
    ------
    FileProblem
        When the file is no N-Quads.
    """
    shapes = reference_shapes(kind, names.base)
    with opened(data, context, shapes.terms, graphs) as view:
        core = _core_results(view, shapes)
        nameless, unread = set[str](), set[str]()
        for made in sorted(shapes.checks.values(), key=lambda c: not c.describes):
            if made.component in without and not made.describes:
                continue
            found = _solutions(view, made) if made.query else core.get(made.iri, [])
            if not made.describes:  # what no file describes lacks everything else too: that is said once
                found = [r for r in found if not (made.lacks and r[0] in nameless) and unread.isdisjoint((r[0], *r[1].values()))]
            for group in _groups(made, found):
                said = _of_all(view, made, group, source)
                if made.describes:
                    nameless |= {node for node, _ in group}
                    unread |= nameless if said else set()
                if made.component not in without:
                    yield from [said] if said else _of_each(view, made, group, place, source)


def _groups(made: Check, results: Results) -> list[Results]:
    """Results apart by what is lacking, such as a language; all together where nothing is named, or what is wrong is there."""
    if not made.lacks or made.describes:
        return [results]
    apart: dict[str, Results] = defaultdict(list)
    for node, bound in results:
        apart[bound.get("value", "")].append((node, bound))
    return [apart[value] for value in sorted(apart)]


def _core_results(view: View, shapes: Shapes) -> dict[str, Results]:
    found: dict[str, Results] = defaultdict(list)
    standing = {target: view.focus(query) for target, query in shapes.targets.items()}
    focus = set[str]().union(*standing.values())
    for target in shapes.classes:
        focus |= view.focus(f"SELECT DISTINCT ?this {{ ?this a <{target}> }}")
    ordered = sorted(focus)
    for start in range(0, len(ordered), SLICE):
        for shape, node, value in _slice(view, shapes, ordered[start : start + SLICE], standing):
            found[shape].append((node, {"value": value} if value and value != node else {}))
    return found


def _slice(view: View, shapes: Shapes, nodes: Sequence[str], standing: Mapping[str, set[str]]) -> Iterator[tuple[str, str, str]]:
    """Shape, focus node and value of each result of pySHACL for some focus nodes."""
    graph = Graph()
    for node in nodes:
        subject = URIRef(node)
        for target in {*map(text, view.objects(node, RDF_TYPE))} & shapes.classes | {t for t, of in standing.items() if node in of}:
            graph.add((subject, RDF.type, URIRef(target)))
        for path in shapes.paths:
            for value in view.objects(node, path):
                graph.add((subject, URIRef(path), rdflib_node(value)))
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes.core, inference="none", do_owl_imports=False, inplace=True)
    if not isinstance(report, Graph):
        raise TypeError("pySHACL gave no report graph")
    for head in report.subjects(RDF.type, SH.ValidationReport):
        for result in report.objects(head, SH.result):
            shape, focus, told = (report.value(result, p) for p in (SH.sourceShape, SH.focusNode, SH.value))
            yield str(shape), str(focus), Iri(told) if isinstance(told, URIRef) else str(told or "")


def _solutions(view: View, made: Check) -> Results:
    found = view.select(made.query)
    variables = [v.value for v in found.variables]
    seen: dict[tuple[str, ...], tuple[str, dict[str, str]]] = {}
    for solution in found:
        bound = {v: text(solution[v]) for v in variables if solution[v] is not None}
        seen.setdefault(tuple(bound.get(v, "") for v in variables), (bound.pop("this"), bound))
    return list(seen.values())


def _of_all(view: View, made: Check, results: Results, source: str) -> Finding | None:
    """One finding where all focus nodes are alike; what is lacking is said once where most of them lack it."""
    count = len({node for node, _ in results})
    if count < SO_MANY:
        return None
    counted = view.select(f"{made.prologue} SELECT (COUNT(DISTINCT $this) AS ?n) WHERE {{ {made.target} }}")
    number = int(text(next(counted)["n"]))
    if count < number and not (made.lacks and count * 2 > number):
        return None
    value = "" if made.describes else next((bound.get("value", "") for _, bound in results if made.lacks), "")
    share = f"All {number:,}" if count == number else f"{count:,} of {number:,}"
    return Finding(
        made.severity,
        made.component,
        f"{share} {made.all_of}: {made.name}{f' ({value})' if value else ''}.",
        Cell(source, "", 0, made.column),
        shape=made.iri,
        value=value,
        path=made.path,
    )


def _of_each(view: View, made: Check, results: Results, place: Place, source: str) -> Iterator[Finding]:
    """One finding for each result, with its row and a sentence."""
    for node, bound in sorted(results, key=lambda r: (r[0], *r[1].values())):
        words = {key: view.named(value) for key, value in bound.items()} | {"this": node, "label": view.named(Iri(node))}
        cell = place(node) or Cell(source, "", 0)
        yield Finding(
            made.severity,
            made.component,
            filled(made.message, words),
            replace(cell, column=cell.column or made.column),
            shape=made.iri,
            value=bound.get("value", ""),
            focus=node,
            path=bound.get("path", made.path),
        )
