"""Mappings in SSSOM TSV → quads, each row with its place, its status and its justification.

A file holds YAML metadata behind `#`, then a tab-separated table whose ids are CURIEs of its `curie_map`
(SSSOM 1.0, "SSSOM/TSV"). A row becomes a node of SSSOM's own RDF form (`owl:Axiom` with `owl:annotatedSource`,
`…Property`, `…Target`). Only a row that somebody reviewed also becomes a plain `skos:…Match`: a suggestion is a
claim beside the graph, not a part of it. `sssom:NoTermFound` says that nothing was found.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pyoxigraph import Literal, NamedNode, Quad

from wise_skills.findings import VIOLATION, Cell, Finding
from wise_skills.messages import nearest, sentence, shortlist
from wise_skills.names import DCT, OWL, RDF_TYPE, RDFS, SKOS, SSSOM, XSD, Names

REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_BUILT_IN = {"owl": OWL, "rdfs": RDFS, "skos": SKOS, "semapv": "https://w3id.org/semapv/vocab/", "sssom": SSSOM}
_OWN_IRI = {"license": DCT + "license", "comment": RDFS + "comment", "mapping_date": DCT + "created", "mapping_set_title": DCT + "title"}
_PROPAGATED = ("subject_source", "subject_source_version", "object_source", "object_source_version", "mapping_date", "mapping_tool")
_IDS = ("subject_id", "predicate_id", "object_id", "mapping_justification", "author_id", "reviewer_id", "subject_source", "object_source")
PREDICATES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
NO_TERM = SSSOM + "NoTermFound"


@dataclass
class MappingFile:
    """Metadata and rows of a file, with what was found while reading it."""

    shown: str
    metadata: dict[str, Any] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def find(self, component: str, row: int, column: str = "", **facts: str) -> None:
        """Report a problem at a cell."""
        index = self.columns.index(column) if column in self.columns else -1
        where = Cell(self.shown, Path(self.shown).name.split(".")[0], row, column, index)
        facts = {"column": column, **facts}
        self.findings.append(
            Finding(VIOLATION, component, sentence(component, facts), where, value=facts.get("value", ""), expected=facts.get("allowed", ""))
        )


def read_sssom(path: Path, shown: str) -> MappingFile:
    """Read an SSSOM TSV file; rows are counted as records of the table, its header being row 1."""
    found = MappingFile(shown)
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        found.find("BadEncoding", 0, value="something else")
        return found
    lines = text.splitlines(keepends=True)
    head = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    try:
        metadata = yaml.safe_load("".join(line[1:] for line in lines[:head])) or {}
    except yaml.YAMLError as error:
        found.find("BadMetadata", 0, value=str(error).splitlines()[0])
        return found
    found.metadata = metadata if isinstance(metadata, dict) else {}
    for slot in ("curie_map", "mapping_set_id", "license"):
        if not found.metadata.get(slot):
            found.find("MissingMetadata", 0, value=slot)
    records = list(csv.reader(io.StringIO("".join(lines[head:]), newline=""), delimiter="\t"))
    found.columns = records[0] if records else []
    for column in REQUIRED:
        if column not in found.columns:
            found.find("MissingColumn", 1, column)
    for number, cells in enumerate(records[1:], 2):
        if len(cells) != len(found.columns):
            found.find("RaggedRow", number, value=str(len(cells)), limit=str(len(found.columns)))
        elif any(cells):
            found.rows.append((number, dict(zip(found.columns, cells, strict=True))))
    return found


def mapping_quads(file: MappingFile, folder: str, names: Names, known: Mapping[str, object] | None = None) -> list[Quad]:
    """Turn a read file into quads of its own graph `…/graph/<folder>/<name>`; problems go to `file.findings`.

    Parameters
    ----------
    known:
        IRIs of our own things; a subject or object under our base must be one of them.
    """
    prefixes = _BUILT_IN | {str(k): names.rebase(str(v)) for k, v in (file.metadata.get("curie_map") or {}).items()}
    name = Path(file.shown).name.removesuffix(".sssom.tsv")
    graph = NamedNode(names.graph(folder, name))
    mapping_set = NamedNode(names.rebase(str(file.metadata.get("mapping_set_id") or names.graph(folder, name))))
    quads = [Quad(mapping_set, NamedNode(RDF_TYPE), NamedNode(SSSOM + "MappingSet"), graph)]
    for slot in ("license", "mapping_set_title", "mapping_set_version", "object_source", "object_source_version", "comment"):
        if value := file.metadata.get(slot):
            quads.append(Quad(mapping_set, NamedNode(_slot(slot)), _value(slot, str(value), prefixes), graph))
    common = {s: str(file.metadata[s]) for s in _PROPAGATED if file.metadata.get(s)}
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in file.rows:
        row = common | {k: v for k, v in cells.items() if v}
        ids = _ids(file, number, row, prefixes, names, known)
        if ids is None:
            continue
        key = (*ids, row.get("predicate_modifier", ""))
        if key in seen:
            file.find("DuplicateKey", number, "subject_id", value=row["subject_id"], other=f"row {seen[key]}")
            continue
        seen[key] = number
        quads += _row_quads(file, number, row, ids, mapping_set, prefixes, folder, names, graph)
    return quads


def _slot(slot: str) -> str:
    return _OWN_IRI.get(slot, SSSOM + slot)


def _expand(curie: str, prefixes: Mapping[str, str]) -> str | None:
    prefix, colon, local = curie.partition(":")
    return prefixes[prefix] + local if colon and prefix in prefixes and not local.startswith("//") else None


def _value(slot: str, text: str, prefixes: Mapping[str, str]) -> NamedNode | Literal:
    if slot == "license" or (slot in _IDS and text.startswith("http")):
        return NamedNode(text)
    if slot in _IDS and (iri := _expand(text, prefixes)):
        return NamedNode(iri)
    if slot == "confidence":
        return Literal(repr(float(text)), datatype=NamedNode(XSD + "double"))
    if slot == "mapping_date":
        return Literal(text, datatype=NamedNode(XSD + "date"))
    if slot in ("comment", "mapping_set_title", "subject_label", "object_label"):
        return Literal(text, language="en") if slot != "subject_label" else Literal(text)
    return Literal(text)


def _ids(
    file: MappingFile, number: int, row: Mapping[str, str], prefixes: Mapping[str, str], names: Names, known: Mapping[str, object] | None
) -> tuple[str, str, str] | None:
    """Subject, predicate and object IRIs of a row, or `None` when one of its cells is wrong."""
    found: list[str] = []
    before = len(file.findings)
    for slot in REQUIRED:
        text = row.get(slot, "")
        iri = _expand(text, prefixes)
        if not text:
            file.find("MinCountConstraintComponent", number, slot)
        elif iri is None:
            file.find("NotACurie", number, slot, value=text, allowed=shortlist(prefixes))
        elif slot == "predicate_id" and iri.removeprefix(SKOS) not in PREDICATES:
            options = [f"skos:{p}" for p in PREDICATES]
            guess = nearest(text, options)
            file.find("InConstraintComponent", number, slot, value=text, allowed=shortlist(options), nearest=f"Did you mean “{guess}”?" if guess else "")
        elif known is not None and iri.startswith(names.base + "id/") and iri not in known:
            file.find("UnknownThing", number, slot, value=text)
        else:
            found.append(iri)
    confidence = row.get("confidence", "")
    if confidence and not _is_share(confidence):
        file.find("DatatypeConstraintComponent", number, "confidence", value=confidence, allowed="a number from 0 to 1")
    return (found[0], found[1], found[2]) if len(file.findings) == before else None


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def _row_quads(
    file: MappingFile,
    number: int,
    row: Mapping[str, str],
    ids: tuple[str, str, str],
    mapping_set: NamedNode,
    prefixes: Mapping[str, str],
    folder: str,
    names: Names,
    graph: NamedNode,
) -> Iterator[Quad]:
    digest = hashlib.sha256(" ".join((*ids, row.get("predicate_modifier", ""))).encode()).hexdigest()[:16]
    node = NamedNode(f"{names.base}id/{folder}/mapping/{digest}")
    status = _status(row, ids[2])
    wise = names.wise
    yield Quad(NamedNode(names.row(file.shown, number)), NamedNode(names.describes), node, graph)
    yield Quad(mapping_set, NamedNode(SSSOM + "mappings"), node, graph)
    yield Quad(node, NamedNode(RDF_TYPE), NamedNode(OWL + "Axiom"), graph)
    yield Quad(node, NamedNode(RDF_TYPE), NamedNode(wise + "Mapping"), graph)
    for predicate, iri in zip(("annotatedSource", "annotatedProperty", "annotatedTarget"), ids, strict=True):
        yield Quad(node, NamedNode(OWL + predicate), NamedNode(iri), graph)
    yield Quad(node, NamedNode(wise + "mappingStatus"), NamedNode(f"{names.base}scheme/mapping-statuses/{status}"), graph)
    if not row.get("reviewer_label") and not row.get("reviewer_id"):
        yield Quad(node, NamedNode(wise + "evidence"), NamedNode(f"{names.base}scheme/evidence/suggested"), graph)
    for slot, text in row.items():
        if slot not in ("subject_id", "predicate_id", "object_id"):
            yield Quad(node, NamedNode(_slot(slot)), _value(slot, text, prefixes), graph)
    if ids[2] != NO_TERM and (label := row.get("object_label")) and not ids[2].startswith(names.base):
        yield Quad(NamedNode(ids[2]), NamedNode(RDFS + "label"), Literal(label, language="en"), graph)
    if status == "accepted":
        yield Quad(NamedNode(ids[0]), NamedNode(ids[1]), NamedNode(ids[2]), graph)


def _status(row: Mapping[str, str], target: str) -> str:
    """A reviewer makes a suggestion accepted or, with the modifier Not, rejected; nothing else does."""
    if target == NO_TERM:
        return "no-match-found"
    if not (row.get("reviewer_label") or row.get("reviewer_id")):
        return "proposed"
    return "rejected" if row.get("predicate_modifier") == "Not" else "accepted"


