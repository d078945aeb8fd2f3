"""Accepted mappings as SKOS in Turtle: concepts with their labels and schemes, and the statements between them.

It holds of each accepted mapping the two ids, the relation, a label for each concept, the schemes with their versions, and
of the set its id, title, description, version and licence. It does not hold who reviewed what, confidence, justification,
dates and comments, what was rejected or only proposed, relations that are none of SKOS, a second label of the same concept, a
second scheme or version of the same, nor the order. What is read back has the justification `semapv:UnspecifiedMatching`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pyoxigraph as ox

from wise_skills.mappings.marks import marked, marks
from wise_skills.mappings.model import Mapping, MappingSet
from wise_skills.mappings.prefixes import SEMAPV, declared, lines, prefixes_for
from wise_skills.mappings.rdf_form import iri_node, parsed, turtle
from wise_skills.mappings.slots import slot_iri
from wise_skills.mappings.text_subjects import address_of_set, subject_of, without_made_address
from wise_skills.names import IN_SCHEME, OWL, PREF_LABEL, PREFIXES, RDF_TYPE, SKOS, SSSOM

RELATIONS = tuple(f"{SKOS}{name}Match" for name in ("exact", "close", "broad", "narrow", "related"))
_OF_SET = ("license", "mapping_set_title", "mapping_set_description", "mapping_set_version")
_TYPE, _LABEL, _IN, _VERSION = (ox.NamedNode(iri) for iri in (RDF_TYPE, PREF_LABEL, IN_SCHEME, OWL + "versionInfo"))
_SET, _CONCEPT, _SCHEME = (ox.NamedNode(iri) for iri in (SSSOM + "MappingSet", SKOS + "Concept", SKOS + "ConceptScheme"))


def accepted(mappings: MappingSet) -> list[Mapping]:
    """Return the accepted mappings of a set that say a relation of SKOS."""
    return [m for m in mappings.mappings if m.status == "accepted" and m.predicate in RELATIONS]


def write(mappings: MappingSet) -> str:
    """Return the accepted mappings of a set as Turtle; raises `InputError` where an id is no IRI."""
    rows = accepted(mappings)
    of_set = address_of_set(mappings)
    triples = [*_set(mappings, of_set), *_things(rows, of_set)]
    triples += sorted({ox.Triple(iri_node(subject_of(m, of_set)), iri_node(m.predicate), iri_node(m.object)) for m in rows}, key=str)
    iris = [term.value for t in triples for term in (t.subject, t.object) if isinstance(term, ox.NamedNode)]
    shown = {name: PREFIXES[name] for name in ("dct", "owl", "skos", "sssom")}
    return turtle(triples, shown | prefixes_for(iris, declared(mappings)))


def _set(mappings: MappingSet, of_set: str) -> Iterator[ox.Triple]:
    node = iri_node(of_set)
    yield ox.Triple(node, _TYPE, _SET)
    for slot in _OF_SET:
        value = mappings.metadata.get(slot)
        if isinstance(value, str) and value:
            term = iri_node(value) if slot == "license" else ox.Literal(value)
            yield ox.Triple(node, ox.NamedNode(slot_iri(slot)), term)


def _things(rows: list[Mapping], of_set: str) -> Iterator[ox.Triple]:
    """Schemes and concepts with the first that is said of each."""
    schemes: dict[str, str] = {}
    labels: dict[str, ox.Literal] = {}
    member: dict[str, str] = {}
    for row in sorted(rows, key=lambda m: (m.subject, m.predicate, m.object, sorted(m.slots.items()))):
        for side, iri in (("subject", subject_of(row, of_set)), ("object", row.object)):
            if label := row.slots.get(f"{side}_label"):
                labels.setdefault(iri, _literal(label, marks(row).get("language", "") if side == "subject" else ""))
            if scheme := row.slots.get(f"{side}_source"):
                member.setdefault(iri, scheme)
                schemes[scheme] = schemes.get(scheme) or row.slots.get(f"{side}_source_version", "")
            else:
                member.setdefault(iri, "")
    for scheme, version in sorted(schemes.items()):
        yield ox.Triple(iri_node(scheme), _TYPE, _SCHEME)
        if version:
            yield ox.Triple(iri_node(scheme), _VERSION, ox.Literal(version))
    for iri, scheme in sorted(member.items()):
        yield ox.Triple(iri_node(iri), _TYPE, _CONCEPT)
        if iri in labels:
            yield ox.Triple(iri_node(iri), _LABEL, labels[iri])
        if scheme:
            yield ox.Triple(iri_node(iri), _IN, iri_node(scheme))


def _literal(text: str, language: str) -> ox.Literal:
    with suppress(ValueError):
        return ox.Literal(text, language=language) if language else ox.Literal(text)
    return ox.Literal(text)


def read(text: str) -> MappingSet:
    """Return the mappings that a Turtle text states, sorted; raises `InputError` where it is no Turtle."""
    quads, prefixes = parsed(text)
    values: dict[tuple[str, str], list[ox.NamedNode | ox.Literal]] = {}
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, (ox.NamedNode, ox.Literal)):
            values.setdefault((quad.subject.value, quad.predicate.value), []).append(quad.object)
    metadata: dict[str, str | list[str]] = {"curie_map": lines(prefixes)} if prefixes else {}
    for quad in quads:
        if quad.predicate == _TYPE and quad.object == _SET and isinstance(quad.subject, ox.NamedNode):
            metadata["mapping_set_id"] = quad.subject.value
            metadata |= {slot: found[0].value for slot in _OF_SET if (found := values.get((quad.subject.value, slot_iri(slot))))}
    rows = []
    for (subject, predicate), objects in values.items():
        for target in objects if predicate in RELATIONS else ():
            if isinstance(target, ox.NamedNode):
                slots, language = _slots(subject, target.value, values)
                rows.append(marked(without_made_address(Mapping(subject, predicate, target.value, slots)), {"language": language}))
    return MappingSet(metadata, tuple(sorted(rows, key=lambda m: (m.subject, m.slots.get("subject_label", ""), m.predicate, m.object))))


def _slots(subject: str, target: str, values: dict[tuple[str, str], list[ox.NamedNode | ox.Literal]]) -> tuple[dict[str, str], str]:
    """What is known of the two sides of a mapping, and the language of the subject's label."""
    slots, language = {"mapping_justification": SEMAPV + "UnspecifiedMatching"}, ""
    for side, iri in (("subject", subject), ("object", target)):
        label = next(iter(values.get((iri, PREF_LABEL), ())), None)
        if label is not None:
            slots[f"{side}_label"] = label.value
            if side == "subject" and isinstance(label, ox.Literal):
                language = label.language or ""
        if scheme := next((term.value for term in values.get((iri, IN_SCHEME), ())), ""):
            slots[f"{side}_source"] = scheme
            if version := values.get((scheme, OWL + "versionInfo")):
                slots[f"{side}_source_version"] = version[0].value
    return slots, language
