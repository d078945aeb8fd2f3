"""SPARQL constraints of the shapes, each run once, set-based, on Oxigraph.

pySHACL runs a `sh:sparql` constraint once per focus node (5 ms each); Oxigraph answers the same SELECT for all of
them at once. A constraint must therefore not need `$this` bound inside a subquery. It sits on the property shape of
the column to blame; `tab:blames` may name further columns. SHACL §5.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import Graph, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from wise_skills.findings import VIOLATION, Finding
from wise_skills.languages import said
from wise_skills.names import Names
from wise_skills.origin import Origin
from wise_skills.tables import Column, Schema, Table

_SLOT = re.compile(r"\{[?$](\w+)\}")
_NAME = re.compile(r"\b([a-z]+):(\w+)")
_WHERE = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)

Place = tuple[str, str, int, str]  # file, sheet, row, column


@dataclass(frozen=True)
class Rule:
    """A SPARQL constraint: its query over all focus nodes, its message, and the columns it points at.

    `blames_that` are columns of the other row, which the query binds to `?that`; it may stand in another table. `reads` are
    the ids of the columns that the query looks at.
    """

    iri: str
    column: Column
    table: Table
    query: str
    message: Mapping[str, str]
    severity: str
    blames: tuple[Column, ...]
    blames_that: tuple[Column, ...] = ()
    reads: frozenset[str] = frozenset()


def rules(schema: Schema, names: Names) -> list[Rule]:
    """Return all SPARQL constraints of the shapes, sorted by IRI."""
    graph, found = schema.graph, []
    for shape, constraint in graph.subject_objects(SH.sparql):
        table, column = schema.columns_by_shape[str(shape)]
        blamed, other = (
            sorted((schema.columns_by_shape[str(b)][1] for b in graph.objects(constraint, URIRef(names.tab + term))), key=lambda c: c.order)
            for term in ("blames", "blamesThat")
        )
        severity = str(graph.value(constraint, SH.severity) or SH.Violation).rsplit("#", 1)[-1]
        found.append(
            Rule(
                str(constraint),
                column,
                table,
                set_based(graph, constraint, column.path, f"$this a <{table.target}> ."),
                schema.texts.get((str(constraint), str(SH.message)), {}),
                severity,
                tuple(blamed) or (column,),
                tuple(other),
                _columns_read(graph, constraint, table),
            )
        )
    return sorted(found, key=lambda r: r.iri)


def _columns_read(graph: Graph, constraint: Node, table: Table) -> frozenset[str]:
    """Ids of the columns of a table whose properties a constraint names."""
    body = str(graph.value(constraint, SH.select))
    named = {local for _, local in _NAME.findall(body)}
    paths = {c.id: (c.path, c.first_day, c.last_day) for c in table.columns}
    return frozenset(ident for ident, found in paths.items() if any(p and re.split("[#/]", p)[-1] in named for p in found))


def set_based(graph: Graph, constraint: Node, path: str, target: str) -> str:
    """Return the SELECT of a constraint as one query over all focus nodes, with its prefixes.

    Parameters
    ----------
    graph, constraint:
        The shapes, and the node that holds `sh:select` and `sh:prefixes`.
    path:
        IRI that `$PATH` stands for; empty for a constraint of a node shape.
    target:
        Graph pattern that binds `$this` to each focus node.
    """
    query = str(graph.value(constraint, SH.select)).replace("$PATH", f"<{path}>")
    return prefixes(graph, constraint) + _WHERE.sub(lambda _: f"WHERE {{ {target} ", query, count=1)


def prefixes(graph: Graph, owner: Node) -> str:
    """Return the prefixes that a constraint or target declares, as a SPARQL prologue (SHACL §5.2.1)."""
    declared = [d for named in graph.objects(owner, SH.prefixes) for d in graph.objects(named, SH.declare)]
    return "".join(sorted(f"PREFIX {graph.value(d, SH.prefix)}: <{graph.value(d, SH.namespace)}>\n" for d in declared))


def filled(message: str, bound: Mapping[str, str]) -> str:
    """Return a message with its `{?variable}` and `{$variable}` replaced (SHACL §5.3.2)."""
    return _SLOT.sub(lambda m: bound.get(m.group(1), ""), message)


def run(checked: Iterable[Rule], store: ox.Store, origins: Sequence[Origin], found: Iterable[Finding] = ()) -> Iterator[Finding]:
    """Run constraints over a store and yield findings for the focus nodes that some origin knows.

    Parameters
    ----------
    checked:
        The constraints.
    store:
        Quads of all folders, without those that Core constraints reported.
    origins:
        Rows of the folders that are being checked: others are context only.
    found:
        What is known to be wrong: of a row with an error in a column that a constraint reads nothing more is said.
    """
    wrong = {(f.where.file, f.where.sheet, f.where.row, f.where.column.partition("@")[0]) for f in found if f.severity == VIOLATION}
    for rule in checked:
        solutions = store.query(rule.query, use_default_graph_as_union=True)
        if not isinstance(solutions, ox.QuerySolutions):
            continue
        variables = [v.value for v in solutions.variables]
        seen = set[tuple[str, ...]]()
        for solution in solutions:
            bound = {v: _text(solution[v]) for v in variables if solution[v] is not None}
            key = tuple(bound.get(v, "") for v in variables)
            if key not in seen:
                seen.add(key)
                yield from _findings(rule, bound, origins, wrong)


def _findings(rule: Rule, bound: Mapping[str, str], origins: Sequence[Origin], wrong: set[Place]) -> Iterator[Finding]:
    """One finding per cell that is to blame, in the row of the focus node and in the other one."""
    rows = {s: row for s in (bound.get("this", ""), bound.get("that", "")) for o in origins if (row := o.row(s))}
    for row in rows.values():
        if row.refused & rule.reads or any((row.file, row.sheet, row.number, column) in wrong for column in rule.reads):
            return
    focus, message = bound.get("this", ""), filled(said(rule.message), bound)
    group = f"{focus} {rule.iri}" if len(rule.blames) + len(rule.blames_that) > 1 else ""
    for subject, columns in ((focus, rule.blames), (bound.get("that", ""), rule.blames_that)):
        row = rows.get(subject)
        if row is None:
            continue
        for column in columns:
            cell = row.cell(column.id)
            text = row.text(cell)
            yield Finding(
                rule.severity, "SPARQLConstraintComponent", message, cell, rule.iri, text, focus=subject, path=column.path, group=group
            )


def _text(term: object) -> str:
    return str(getattr(term, "value", term))
