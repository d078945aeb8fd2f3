"""Tables and columns as the shapes define them: the only schema of the national data.

A table is a `sh:NodeShape` with `tab:table`, a column a property shape with `tab:column`. Everything else
is plain SHACL; `ontology/tables.ttl` defines the `tab:` terms. Reading, validation, workbook, documentation
and facets all start from the `Schema` made here, so adding a column touches one file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import SH, SKOS
from rdflib.term import Node

from wise_skills.errors import FileProblem
from wise_skills.names import RDF_LANGSTRING, XSD, Names, resource
from wise_skills.names import SH as SHACL

DATES = (XSD + "gYear", XSD + "gYearMonth", XSD + "date")
_VARIABLE = re.compile(r"\{([a-z_0-9]+)\}")
_NAME, _DESCRIPTION = SHACL + "name", SHACL + "description"
_TEXTS = {_NAME, _DESCRIPTION, SHACL + "message"}
Texts = dict[str, str]


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a table, from one property shape.

    `datatypes` are the allowed datatype IRIs in the order of the shape; `refers_to` is the class IRI of a
    reference, `scheme` the scheme IRI of a list; at most one of the three kinds is set.
    """

    id: str
    shape: str
    path: str
    order: int
    name: Texts
    description: Texts
    datatypes: tuple[str, ...] = ()
    refers_to: str | None = None
    scheme: str | None = None
    is_address: bool = False
    names_columns: bool = False
    separator: str | None = None
    required: bool = False
    answer: bool = False
    first_day: str | None = None
    last_day: str | None = None
    constant: str | None = None
    example: str = ""

    @property
    def is_text(self) -> bool:
        """Whether the column holds text in a language, so that its header ends in `@xx`."""
        return RDF_LANGSTRING in self.datatypes

    @property
    def is_date(self) -> bool:
        """Whether the column takes a day, month or year."""
        return DATES[0] in self.datatypes

    @property
    def is_number(self) -> bool:
        """Whether the column takes a number."""
        return any(d in (XSD + "integer", XSD + "decimal") for d in self.datatypes)


@dataclass(frozen=True, eq=False)
class Table:
    """A table: one CSV file or sheet per country, one class of things or claims."""

    name: str
    shape: str
    target: str
    template: str
    title: Texts
    description: Texts
    columns: tuple[Column, ...]
    constants: tuple[Column, ...] = ()
    order: int = 0

    @cached_property
    def by_id(self) -> dict[str, Column]:
        """Columns by their id."""
        return {c.id: c for c in self.columns}

    @cached_property
    def key(self) -> tuple[Column, ...]:
        """Columns whose values make the IRI, in the order of the template."""
        return tuple(self.by_id[v] for v in _VARIABLE.findall(self.template) if v != "cc")

    @property
    def is_thing(self) -> bool:
        """Whether rows have a written key of their own, so that other tables can refer to them."""
        return [c.id for c in self.key] in (["id"], ["url"])


@dataclass(frozen=True)
class Schema:
    """All tables, and what they were read from.

    `graph` holds the shapes without what only people read; `texts` that, by subject and predicate (`sh:name`,
    `sh:description`, `sh:message`) and language.
    """

    tables: tuple[Table, ...]
    graph: Graph = field(repr=False, compare=False)
    texts: dict[tuple[str, str], Texts] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def by_name(self) -> dict[str, Table]:
        """Tables by name."""
        return {t.name: t for t in self.tables}

    @cached_property
    def by_class(self) -> dict[str, Table]:
        """Tables by the class of their things."""
        return {t.target: t for t in self.tables}

    @cached_property
    def columns_by_shape(self) -> dict[str, tuple[Table, Column]]:
        """Table and column of each property shape."""
        return {c.shape: (t, c) for t in self.tables for c in (*t.columns, *t.constants)}


def quads_of(paths: Iterable[Path], names: Names) -> Iterator[ox.Quad]:
    """Yield what Turtle files say, under the base of `names`.

    Oxigraph parses them: rdflib's own parser takes five times as long, and every command waits for the shapes.
    """
    for path in paths:
        text = names.rebase(path.read_text(encoding="utf-8"))
        try:
            yield from ox.parse(text.encode(), ox.RdfFormat.TURTLE, base_iri=names.base, rename_blank_nodes=True)
        except SyntaxError as error:
            raise FileProblem(path, f"this is not Turtle ({error})", advice="Mend the file") from error


def read_turtle(paths: Iterable[Path], names: Names) -> Graph:
    """Read Turtle files into one rdflib graph, under the base of `names`."""
    return to_rdflib(quads_of(paths, names))


def to_rdflib(quads: Iterable[ox.Quad]) -> Graph:
    """Copy quads into one rdflib graph; graph names are dropped."""
    graph = Graph()
    known: dict[object, Node] = {}  # most terms stand in many quads
    for quad in quads:
        triple = tuple(known.get(term) or known.setdefault(term, rdflib_node(term)) for term in quad.triple)
        graph.add(triple)  # type: ignore[arg-type]
    return graph


def rdflib_node(term: object) -> Node:
    """Return a term of Oxigraph as rdflib's; texts stay as written, so `007` is not changed to `7`."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return Literal(term.value, lang=term.language)
    plain = term.datatype.value == XSD + "string"  # rdflib: Literal("x") != Literal("x", datatype=XSD.string)
    return Literal(term.value) if plain else Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)


def read_schema(folder: Path | None = None, names: Names | None = None) -> Schema:
    """Read the shapes folder into tables, sorted by name.

    Parameters
    ----------
    folder:
        Folder of `.ttl` files; the project's `shapes/` by default.
    names:
        Names under the base to be used.
    """
    names = names or Names()
    texts: dict[tuple[str, str], Texts] = {}
    rest = []
    for quad in quads_of(sorted((folder or resource("shapes")).glob("*.ttl")), names):
        if quad.predicate.value in _TEXTS and isinstance(quad.object, ox.Literal):
            own = texts.setdefault((str(rdflib_node(quad.subject)), quad.predicate.value), {})
            own[quad.object.language or "en"] = quad.object.value
        elif quad.predicate.value != names.tab + "message":
            rest.append(quad)
    graph, tab = to_rdflib(rest), names.tab
    shapes = sorted(graph.subjects(URIRef(tab + "table"), None), key=str)
    tables = (_table(graph, s, tab, texts) for s in shapes)
    return Schema(tuple(sorted(tables, key=lambda t: t.name)), graph, texts)


def _table(graph: Graph, shape: Node, tab: str, texts: dict[tuple[str, str], Texts]) -> Table:
    columns = [_column(graph, p, tab, texts) for p in graph.objects(shape, SH.property)]
    columns.sort(key=lambda c: c.order)
    return Table(
        name=str(graph.value(shape, URIRef(tab + "table"))),
        shape=str(shape),
        target=str(graph.value(shape, SH.targetClass)),
        template=str(graph.value(shape, URIRef(tab + "iri"))),
        title=texts.get((str(shape), _NAME), {}),
        description=texts.get((str(shape), _DESCRIPTION), {}),
        columns=tuple(c for c in columns if c.constant is None),
        constants=tuple(c for c in columns if c.constant is not None),
        order=int(str(graph.value(shape, SH.order) or 0)),
    )


def _column(graph: Graph, shape: Node, tab: str, texts: dict[tuple[str, str], Texts]) -> Column:
    def one(predicate: URIRef | str) -> str | None:
        value = graph.value(shape, URIRef(predicate))
        return None if value is None else str(value)

    datatypes = [str(d) for d in graph.objects(shape, SH.datatype)]
    alternatives = graph.value(shape, SH["or"])
    if alternatives is not None:
        datatypes += [str(d) for a in graph.items(alternatives) if (d := graph.value(a, SH.datatype)) is not None]
    constant = one(tab + "constant")
    return Column(
        id=one(tab + "column") or str(shape).rsplit("-", 1)[-1],
        shape=str(shape),
        path=one(SH.path) or "",
        order=int(one(SH.order) or 0),
        name=texts.get((str(shape), _NAME), {}),
        description=texts.get((str(shape), _DESCRIPTION), {}),
        datatypes=tuple(datatypes),
        refers_to=one(SH["class"]),
        scheme=_scheme(graph, one(SH.node)),
        is_address=one(SH.nodeKind) == str(SH.IRI) and one(tab + "columnNames") is None,
        names_columns=one(tab + "columnNames") is not None,
        separator=one(tab + "separator"),
        required=int(one(SH.minCount) or 0) > 0,
        answer=one(tab + "answer") is not None,
        first_day=one(tab + "firstDay"),
        last_day=one(tab + "lastDay"),
        constant=constant,
        example=one(SKOS.example) or "",
    )


def _scheme(graph: Graph, node: str | None) -> str | None:
    """Scheme IRI of a `wsh:In…` node shape: what its `skos:inScheme` must have as value."""
    if node is None:
        return None
    for inner in graph.objects(URIRef(node), SH.property):
        if graph.value(inner, SH.path) == SKOS.inScheme:
            return str(graph.value(inner, SH.hasValue))
    return None
