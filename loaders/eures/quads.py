"""A mapping table as N-Quads: each row in the form of a row of our SSSOM files, and its national concepts as SKOS.

Lines are put together as text: a table of 11,000 rows makes 170,000 of them. Every address was checked where it was
read (`cells`), so that only literals are escaped here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from loaders.eures.cells import ESCO, NO_RELATION, web_address
from loaders.eures.direction import Direction
from loaders.eures.report import MAIL
from loaders.eures.table import NOTHING, Table
from wise_skills.names import DCT, OWL, RDF_TYPE, RDFS, SKOS, SSSOM, XSD, Names

_SEMAPV = "https://w3id.org/semapv/vocab/"
PLACES = "http://publications.europa.eu/resource/authority/country/"
UNSPECIFIED_LICENCE = "https://w3id.org/sssom/license/unspecified"
_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f]')
_NAMED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MANUAL = re.compile(r"\b(manual|expert|human|hand)", re.IGNORECASE)


def literal(text: str, language: str = "", datatype: str = "") -> str:
    """Return a literal as N-Quads writes it (RDF 1.1 N-Quads, 2.4)."""
    if _SPECIAL.search(text):
        text = _SPECIAL.sub(lambda m: _NAMED.get(m[0]) or f"\\u{ord(m[0]):04X}", text)
    return f'"{text}"@{language}' if language else f'"{text}"^^<{datatype}>' if datatype else f'"{text}"'


def table_quads(table: Table, direction: Direction, name: str, names: Names) -> Iterator[str]:
    """Yield the lines of a table; `name` is that of its graph, `fr-rome`."""
    graph = names.graph("mappings", name)
    end = f" <{graph}> .\n"
    yield from (line + end for line in _set_lines(table, direction, graph, names))
    yield from (line + end for line in _concept_lines(table))
    yield from _mapping_lines(table, direction, name, end, graph, names)


def is_manual(table: Table) -> bool:
    """Whether the table says that people made its mappings."""
    return _MANUAL.search(table.opening.metadata.method) is not None


def _mapping_lines(table: Table, direction: Direction, name: str, end: str, graph: str, names: Names) -> Iterator[str]:
    country = table.opening.classification.country
    fixed = f"<{SSSOM}mapping_justification> <{_SEMAPV}{'ManualMappingCuration' if is_manual(table) else 'UnspecifiedMatching'}>"
    row_start = names.row(table.report.shown, 0).removesuffix("0")
    status = f"<{names.wise}mappingStatus> <{names.base}scheme/mapping-statuses/"
    for number, subject, predicate, target, subject_label, object_label, remark in table.rows:
        absent = NOTHING in (subject, target)
        denied = predicate == NO_RELATION and not absent
        relation = SKOS + ("mappingRelation" if denied else "exactMatch" if absent else predicate)
        digest = hashlib.sha256(f"{name} {subject} {relation} {target} {denied}".encode()).hexdigest()[:16]
        if absent:  # all rows of the kind have the same subject, so that the row tells them apart
            digest = hashlib.sha256(f"{name} {number} {subject} {target}".encode()).hexdigest()[:16]
        node = f"<{names.base}id/{country}/mapping/{digest}>"
        yield f"<{row_start}{number}> <{names.describes}> {node}{end}"
        yield f"<{graph}> <{SSSOM}mappings> {node}{end}"
        yield f"{node} <{RDF_TYPE}> <{OWL}Axiom>{end}"
        yield f"{node} <{RDF_TYPE}> <{names.wise}Mapping>{end}"
        yield f"{node} <{OWL}annotatedSource> <{subject}>{end}"
        yield f"{node} <{OWL}annotatedProperty> <{relation}>{end}"
        yield f"{node} <{OWL}annotatedTarget> <{target}>{end}"
        yield f"{node} {status}{'no-match-found' if absent else 'published'}>{end}"
        yield f"{node} {fixed}{end}"
        if subject_label:
            yield f"{node} <{SSSOM}subject_label> {literal(subject_label)}{end}"
        if object_label:
            yield f"{node} <{SSSOM}object_label> {literal(object_label)}{end}"
        if remark:
            yield f"{node} <{RDFS}comment> {literal(MAIL.sub('…', remark))}{end}"
        if denied:
            yield f'{node} <{SSSOM}predicate_modifier> "Not"{end}'
        elif not absent and not direction.withheld(predicate):
            yield f"<{subject}> <{relation}> <{target}>{end}"


def _concept_lines(table: Table) -> Iterator[str]:
    concepts = table.concepts
    for address, concept in concepts.by_address.items():
        node = f"<{address}>"
        yield f"{node} <{RDF_TYPE}> <{SKOS}Concept>"
        yield f"{node} <{SKOS}inScheme> <{concepts.scheme}>"
        yield f"{node} <{SKOS}notation> {literal(concept.code)}"
        for language, text in concept.labels.items():
            yield f"{node} <{SKOS}prefLabel> {literal(text, language)}"
        for language, text in sorted(concept.others):
            yield f"{node} <{SKOS}altLabel> {literal(text, language)}"
        if concept.identifier:
            yield f"{node} <{DCT}identifier> {literal(concept.identifier)}"
        if concept.page:
            yield f"{node} <{RDFS}seeAlso> <{concept.page}>"
        if concept.description[1]:
            yield f"{node} <{SKOS}definition> {literal(concept.description[1], concept.description[0])}"
    for below, above in concepts.broader():
        yield f"<{below}> <{SKOS}broader> <{above}>"
        yield f"<{above}> <{SKOS}narrower> <{below}>"


def _set_lines(table: Table, direction: Direction, graph: str, names: Names) -> Iterator[str]:
    """The mapping set, with the slots that SSSOM 1.0 asks for, and the two classifications."""
    opening = table.opening
    metadata, scheme, known = opening.metadata, table.concepts.scheme, opening.classification
    node = f"<{graph}>"
    yield f"{node} <{RDF_TYPE}> <{SSSOM}MappingSet>"
    yield f"{node} <{SSSOM}mapping_set_id> {literal(graph)}"
    yield f"{node} <{DCT}title> {literal(title(table))}"
    yield f"{node} <{DCT}license> <{licence(table)}>"
    yield f"{node} <{DCT}source> {literal(opening.path.name)}"
    if metadata.version:
        yield f"{node} <{SSSOM}mapping_set_version> {literal(metadata.version)}"
    if metadata.date:
        kind = {10: "date", 7: "gYearMonth", 4: "gYear"}[len(metadata.date)]
        yield f"{node} <{DCT}issued> {literal(metadata.date, datatype=XSD + kind)}"
    if metadata.author:
        yield f"{node} <{SSSOM}creator_label> {literal(metadata.author)}"
    for language in dict.fromkeys([*metadata.sides[1].languages, *metadata.sides[2].languages]):
        yield f"{node} <{DCT}language> {literal(language)}"
    for side, role in ((1, "subject"), (2, "object")):
        ours = side == opening.esco
        yield f"{node} <{SSSOM}{role}_source> <{esco_scheme(table) if ours else scheme}>"
        if version := (esco_version(table, "v") if ours else metadata.sides[side].version):
            yield f"{node} <{SSSOM}{role}_source_version> {literal(version)}"
    yield f"{node} <{names.wise}suspectedInverse> {literal(str(direction.suspected).lower(), datatype=XSD + 'boolean')}"
    yield f"{node} <{names.wise}directionEvidence> {literal(f'{direction.verdict}. {direction.evidence}', 'en')}"
    comment = f"Direction of broadMatch and narrowMatch: {direction.verdict}. Nothing was turned round."
    yield f"{node} <{RDFS}comment> {literal(comment, 'en')}"
    other = metadata.sides[3 - opening.esco]
    yield f"<{scheme}> <{RDF_TYPE}> <{SKOS}ConceptScheme>"
    yield f"<{scheme}> <{DCT}title> {literal(other.name or known.title or known.key)}"
    if other.version:
        yield f"<{scheme}> <{OWL}versionInfo> {literal(other.version)}"
    for language in other.languages or ((known.language,) if known.language else ()):
        yield f"<{scheme}> <{DCT}language> {literal(language)}"
    if page := web_address(other.page):
        yield f"<{scheme}> <{RDFS}seeAlso> <{page}>"
    if known.place:
        yield f"<{scheme}> <{names.wise}jurisdiction> <{PLACES}{known.place}>"


def title(table: Table) -> str:
    """Name of a table for people."""
    opening = table.opening
    other = opening.metadata.sides[3 - opening.esco].name or opening.classification.title or opening.classification.key
    return opening.metadata.project or f"ESCO – {other}"


def licence(table: Table) -> str:
    """Address of the licence: what the table says, what is known, or SSSOM's word for an unknown one."""
    said = web_address(table.opening.metadata.licence) if table.opening.metadata.licence else ""
    return said or table.opening.classification.licence or UNSPECIFIED_LICENCE


def esco_version(table: Table, prefix: str = "") -> str:
    """Version of ESCO for which the table was made, `1.0.8`; empty where it says none."""
    said = table.opening.metadata.sides[table.opening.esco].version
    found = re.search(r"\d+(\.\d+)+", said)
    return prefix + found[0] if found else said


def esco_scheme(table: Table) -> str:
    """The scheme of ESCO that the table maps, or ISCO."""
    column = 1 if table.opening.esco == 1 else 3
    kinds = {str(row[column]).removeprefix(ESCO).split("/")[0] for row in table.rows}
    scheme = "skills" if "skill" in kinds else "occupations" if "occupation" in kinds else "isco"
    return f"{ESCO}concept-scheme/{scheme}"
