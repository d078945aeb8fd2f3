"""Sets of mappings as RDF in Turtle: SSSOM's own form, and beside it a plain statement for each accepted mapping.

The set is a `sssom:MappingSet` whose `sssom:mappings` are `owl:Axiom` nodes (SSSOM 1.0, "RDF/XML serialised re-ified OWL
axioms"; 1.1, "SSSOM/RDF"). It holds everything that SSSOM TSV holds but the order of rows and of several values of a slot, and
a value that stands twice. A plain `skos:exactMatch` is written only for what a reviewer accepted; it is not read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from wise_skills.errors import InputError
from wise_skills.mappings import slots as S  # noqa: N812 (its names stand on every second line)
from wise_skills.mappings.layout import Layout, layout
from wise_skills.mappings.model import MappingSet
from wise_skills.mappings.prefixes import BUILT_IN, contract, expand, is_prefix, prefixes_for
from wise_skills.mappings.table import MAX_BYTES, Table
from wise_skills.mappings.understanding import Read, understood
from wise_skills.names import OWL, PREFIXES, RDF, RDF_TYPE, RDFS, SKOS, SSSOM, XSD
from wise_skills.speech import told

_MEANT = {
    "owl class": OWL + "Class", "owl object property": OWL + "ObjectProperty", "owl data property": OWL + "DatatypeProperty",
    "owl annotation property": OWL + "AnnotationProperty", "owl named individual": OWL + "NamedIndividual",
    "skos concept": SKOS + "Concept",
    "rdfs resource": RDFS + "Resource", "rdfs class": RDFS + "Class", "rdfs literal": RDFS + "Literal", "rdfs datatype": RDFS + "Datatype",
    "rdf property": RDF + "Property", "Not": SSSOM + "NegatedPredicate",
}  # fmt: skip
_NAMED = {iri: name for name, iri in _MEANT.items()} | {OWL + "DataProperty": "owl data property"}
_TYPED = ("subject_type", "object_type", "predicate_modifier")
_SET, _AXIOM, _ROWS = (ox.NamedNode(iri) for iri in (SSSOM + "MappingSet", OWL + "Axiom", SSSOM + "mappings"))
_TYPE = ox.NamedNode(RDF_TYPE)
_SHOWN = {name: PREFIXES[name] for name in ("dct", "owl", "rdfs", "semapv", "skos", "sssom", "xsd")}


def write(mappings: MappingSet) -> str:
    """Return a set of mappings as Turtle.

    Raises `InputError` where an id of the set is no IRI.
    """
    found = layout(mappings)
    triples = [*_of_set(found), *_accepted(mappings)]
    return turtle(triples, _SHOWN | found.prefixes)


def turtle(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> str:
    """Return statements as Turtle, always the same text for the same statements in the same order."""
    data = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=dict(prefixes)) or b""
    lines = data.decode().splitlines(keepends=True)
    head = next((i for i, line in enumerate(lines) if not line.startswith("@prefix ")), len(lines))
    return "".join([*sorted(lines[:head]), *lines[head:]])  # the serialiser gives the prefixes in any order


def _of_set(found: Layout) -> Iterator[ox.Triple]:
    prefixes = BUILT_IN | found.prefixes
    name = found.metadata.get("mapping_set_id")
    node = iri_node(name) if isinstance(name, str) else ox.BlankNode("set")
    yield ox.Triple(node, _TYPE, _SET)
    for slot, value in found.metadata.items():
        if slot != "mapping_set_id":
            for text in [value] if isinstance(value, str) else sorted(value):
                yield ox.Triple(node, ox.NamedNode(S.slot_iri(slot)), _term(slot, text, prefixes))
    ordered = sorted(found.rows, key=lambda row: [row.get(slot, "") for slot in S.ROW_SLOTS])
    for number, row in enumerate(ordered, 1):
        axiom = ox.BlankNode(f"m{number}")
        yield ox.Triple(node, _ROWS, axiom)
        yield ox.Triple(axiom, _TYPE, _AXIOM)
        for slot, cell in row.items():
            for text in sorted(S.split_values(cell)) if slot in S.SEVERAL else [cell]:
                yield ox.Triple(axiom, ox.NamedNode(S.slot_iri(slot)), _term(slot, text, prefixes))


def _accepted(mappings: MappingSet) -> Iterator[ox.Triple]:
    said = {(m.subject, m.predicate, m.object) for m in mappings.mappings if m.status == "accepted" and m.subject and m.object}
    for subject, predicate, target in sorted(said):
        yield ox.Triple(iri_node(subject), iri_node(predicate), iri_node(target))


def iri_node(iri: str) -> ox.NamedNode:
    """Return the node of an IRI; raises `InputError` where it is none."""
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise InputError(told("“{iri}” is no address that RDF can hold.", iri=iri[:200])) from None


def _term(slot: str, text: str, prefixes: dict[str, str]) -> ox.NamedNode | ox.Literal:
    if slot in S.IDS:
        return iri_node(expand(text, prefixes) or text)
    if slot in S.ADDRESSES:
        return iri_node(text)
    if slot in _TYPED and text in _MEANT:
        return ox.NamedNode(_MEANT[text])
    if slot in S.SHARES:
        return ox.Literal(text, datatype=ox.NamedNode(XSD + "double"))
    return ox.Literal(text, datatype=ox.NamedNode(XSD + "date")) if slot in S.DATES else ox.Literal(text)


# --- reading


def read(text: str) -> MappingSet:
    """Return the set of mappings in a Turtle text, its rows sorted; what is no mapping is left out (`read_all` says why).

    Raises `InputError` where it is no Turtle.
    """
    return read_all(text).mappings


def read_all(text: str, shown: str = "") -> Read:
    """Return the set of mappings in a Turtle text, with what could not be read; raises `InputError` where it is no Turtle."""
    return read_quads(*parsed(text), shown=shown)


def read_quads(quads: Sequence[ox.Quad], declared: Mapping[str, str], *, shown: str = "") -> Read:
    """Return the set of mappings that statements make, with what could not be read; `declared` are prefixes to be used."""
    values: dict[object, dict[str, list[ox.NamedNode | ox.Literal]]] = {}
    for quad in quads:
        if not isinstance(quad.object, (ox.NamedNode, ox.Literal)):
            continue
        values.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
    sets = sorted((q.subject for q in quads if q.predicate == _TYPE and q.object == _SET), key=str)
    listed = [q.object for q in quads if q.predicate == _ROWS and (not sets or q.subject == sets[0])]
    axioms = listed or [q.subject for q in quads if q.predicate == _TYPE and q.object == _AXIOM]
    iris = {term.value for of in values.values() for terms in of.values() for term in terms if isinstance(term, ox.NamedNode)}
    prefixes = prefixes_for(iris, {name: space for name, space in declared.items() if is_prefix(name, space)})
    table = Table(shown, columns=list(S.ROW_SLOTS))
    if sets:
        table.metadata = dict(_texts(values[sets[0]], S.SET_SLOTS, BUILT_IN | prefixes))
        if isinstance(sets[0], ox.NamedNode):
            table.metadata["mapping_set_id"] = sets[0].value
    table.metadata["curie_map"] = prefixes
    rows = []
    for axiom in axioms:
        found = _texts(values.get(axiom, {}), S.ROW_SLOTS, BUILT_IN | prefixes)
        cells = {slot: S.join_values(texts) if slot in S.SEVERAL else texts[0] for slot, texts in found}
        rows.append(dict.fromkeys(S.REQUIRED, "") | cells)
    table.rows = list(enumerate(sorted(rows, key=lambda row: [row.get(slot, "") for slot in S.ROW_SLOTS]), 1))
    return understood(table)


def parsed(text: str) -> tuple[list[ox.Quad], dict[str, str]]:
    """Return the statements of a Turtle text, and its prefixes; raises `InputError` where it is none."""
    try:
        parser = ox.parse(text.encode() if len(text) <= MAX_BYTES else b"?", ox.RdfFormat.TURTLE)
        return list(parser), dict(parser.prefixes)
    except (SyntaxError, ValueError) as error:
        problem = str(getattr(error, "msg", error))[:200].rstrip(".")
        raise InputError(told("This is no Turtle: {problem}.", problem=problem)) from None


def _texts(
    of: dict[str, list[ox.NamedNode | ox.Literal]], slots: tuple[str, ...], prefixes: dict[str, str]
) -> Iterator[tuple[str, list[str]]]:
    """The values of the slots of a node, sorted, ids as short names."""
    for slot in slots:
        texts = []
        for term in of.get(S.slot_iri(slot), ()):
            if slot in S.IDS and isinstance(term, ox.NamedNode):
                texts.append(contract(term.value, prefixes))
            else:
                texts.append(_NAMED.get(term.value, term.value) if slot in _TYPED else term.value)
        if texts:
            yield slot, sorted(texts)
