"""SHACL constraints that follow from the `tab:` annotations of the shapes.

`tab:answer` (a value or a stated absence), `tab:oneOf` (one of several columns), `tab:atMost` (two columns in
order) and the rule that a backed claim has a source are written once in the shapes in the words of tables, and
become Core constraints here, each with an IRI of its own made from its column's. What pySHACL gets is a working
copy of the shapes: with these added; without `sh:sparql` (`rules.py` runs those set-based) and without what only
people read (pySHACL looks at every triple of a shape for every value: leaving them out halves the time); with
every `sh:class` pointing at a stand-in class, so that things of other folders can be named without being
validated; and with every list (`sh:node wsh:In…`) as such a class too, which is checked ten times as fast.
`tests/test_shapes.py` keeps the comparison with the shapes as they are written.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH, SKOS

from wise_skills.names import DCT, Names
from wise_skills.tables import Column, Schema, Table

UNSOURCED = ("suggested", "unverified")
_FOR_PEOPLE = {SH.sparql, SH.name, SH.description, SH.order, SH.message, SH.select, SH.prefixes, SH.declare, SKOS.example}


@dataclass
class Constraints:
    """The shapes graph for pySHACL, and which columns the generated shapes speak of.

    `blames[shape]` is (component, table, columns) for shapes that are not a column's own.
    """

    graph: Graph
    blames: dict[str, tuple[str, Table, tuple[str, ...]]] = field(default_factory=dict)


def stand_in(target: str) -> str:
    """Return the class that things bear so that references to them can be checked."""
    return target + "--known"


def constraints(schema: Schema, names: Names) -> Constraints:
    """Return everything that pySHACL is to check."""
    graph = Graph()
    for s, p, o in schema.graph:
        column = schema.columns_by_shape.get(str(s), (None, None))[1]
        if p == SH["class"]:
            graph.add((s, p, URIRef(stand_in(str(o)))))
        elif p == SH.node and column and column.scheme:
            graph.add((s, SH["class"], URIRef(stand_in(column.scheme))))
        elif p not in _FOR_PEOPLE and not str(p).startswith(names.tab):
            graph.add((s, p, o))
    made = Constraints(graph)
    for table in schema.tables:
        for column in table.columns:
            if column.answer:
                _answer(made, table, column, names)
            limit = schema.graph.value(URIRef(column.shape), URIRef(names.tab + "atMost"))
            if limit is not None:
                _at_most(made, table, column, table.by_id[str(limit)])
        if "evidence" in table.by_id and "sources" in table.by_id:
            _sourced(made, table, names)
        group = tuple(sorted(str(o) for o in schema.graph.objects(URIRef(table.shape), URIRef(names.tab + "oneOf"))))
        if group:
            _one_of(made, table, group)
    return made


def _node_shape(made: Constraints, shape: str, component: str, table: Table, columns: tuple[str, ...]) -> URIRef:
    node = URIRef(shape)
    made.graph.add((node, RDF.type, SH.NodeShape))
    made.graph.add((node, SH.targetClass, URIRef(table.target)))
    made.graph.add((node, SH.severity, SH.Violation))
    made.blames[shape] = (component, table, columns)
    return node


def _either(made: Constraints, node: URIRef, options: list[tuple[str, URIRef, object]]) -> None:
    """`sh:or` over property shapes, each `(path, predicate, object)`."""
    members: list[BNode] = []
    for path, predicate, value in options:
        option = BNode()
        made.graph.add((option, SH.path, URIRef(path)))
        made.graph.add((option, predicate, value))  # type: ignore[arg-type]
        members.append(option)
    head = BNode()
    Collection(made.graph, head, list(members))
    made.graph.add((node, SH["or"], head))


def _answer(made: Constraints, table: Table, column: Column, names: Names) -> None:
    node = _node_shape(made, column.shape + "-answered", "Answer", table, (column.id,))
    about = URIRef(column.path)
    _either(
        made,
        node,
        [
            (column.path, SH.minCount, Literal(1)),
            (names.not_reported, SH.hasValue, about),
            (names.not_applicable, SH.hasValue, about),
        ],
    )


def _sourced(made: Constraints, table: Table, names: Names) -> None:
    node = _node_shape(made, table.shape + "-sourced", "Sourced", table, ("sources",))
    evidence = table.by_id["evidence"].path
    options: list[tuple[str, URIRef, object]] = [(DCT + "source", SH.minCount, Literal(1))]
    options += [(evidence, SH.hasValue, URIRef(f"{names.base}scheme/evidence/{level}")) for level in UNSOURCED]
    _either(made, node, options)


def _one_of(made: Constraints, table: Table, group: tuple[str, ...]) -> None:
    node = _node_shape(made, table.shape + "-oneOf", "OneOf", table, group)
    _either(made, node, [(table.by_id[c].path, SH.minCount, Literal(1)) for c in group])


def _at_most(made: Constraints, table: Table, lower: Column, upper: Column) -> None:
    """Dates are compared by their days: `sh:lessThanOrEquals` over years stops pySHACL with an exception."""
    inner = URIRef(lower.shape + "-order")
    made.graph.add((inner, RDF.type, SH.PropertyShape))
    made.graph.add((inner, SH.targetClass, URIRef(table.target)))
    made.graph.add((inner, SH.path, URIRef(lower.first_day or lower.path)))
    made.graph.add((inner, SH.lessThanOrEquals, URIRef(upper.last_day or upper.path)))
    made.graph.add((inner, SH.severity, SH.Violation))
    made.blames[str(inner)] = ("LessThanOrEqualsConstraintComponent", table, (lower.id, upper.id))
