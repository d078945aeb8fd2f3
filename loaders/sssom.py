"""Mappings in SSSOM TSV → quads, each row with its place, its status and its justification.

A file holds YAML metadata behind `#`, then a tab-separated table whose ids are CURIEs of its `curie_map`
(SSSOM 1.0, "SSSOM/TSV"). A row becomes a node of SSSOM's own RDF form (`owl:Axiom` with `owl:annotatedSource`,
`…Property`, `…Target`). Only a row that somebody reviewed also becomes a plain `skos:…Match`: a suggestion is a
claim beside the graph, not a part of it. `sssom:NoTermFound` says that nothing was found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from loaders.sssom_file import REQUIRED, MappingFile, read_sssom
from wise_skills.mappings.prefixes import BUILT_IN, expand
from wise_skills.mappings.slots import DATES, IDS, SEVERAL, SHARES, is_date, is_share, slot_iri, split_values
from wise_skills.messages import phrase, shortlist
from wise_skills.names import OWL, RDF_TYPE, RDFS, SKOS, SSSOM, XSD, Names

__all__ = ["MappingFile", "mapping_quads", "read_sssom"]

_PROPAGATED = ("subject_source", "subject_source_version", "object_source", "object_source_version", "mapping_date", "mapping_tool")
PREDICATES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
NO_TERM = SSSOM + "NoTermFound"


def mapping_quads(file: MappingFile, folder: str, names: Names, known: Mapping[str, object] | None = None) -> list[Quad]:
    """Turn a read file into quads of its own graph `…/graph/<folder>/<name>`; problems go to `file.findings`.

    Parameters
    ----------
    file, folder, names:
        The file as it was read, its country folder, and the names under the base in use.
    known:
        IRIs of our own things; a subject or object under our base must be one of them.
    """
    declared = file.prefixes(names)
    prefixes = BUILT_IN | declared
    name = Path(file.shown).name.removesuffix(".sssom.tsv")
    graph = NamedNode(names.graph(folder, name))
    for slot in ("mapping_set_id", "license"):
        if file.text(slot) and _iri(file.text(slot)) is None:
            file.find("DatatypeConstraintComponent", 0, slot, value=file.text(slot), allowed=phrase("AllowedAddress"))
    mapping_set = _iri(names.rebase(file.text("mapping_set_id"))) or graph
    quads = [Quad(mapping_set, NamedNode(RDF_TYPE), NamedNode(SSSOM + "MappingSet"), graph)]
    for slot in ("license", "mapping_set_title", "mapping_set_version", "object_source", "object_source_version", "comment"):
        if value := file.text(slot):
            quads.append(Quad(mapping_set, NamedNode(slot_iri(slot)), _value(slot, value, prefixes), graph))
    common = {s: file.text(s) for s in _PROPAGATED if file.text(s)}
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in file.rows if declared or file.metadata.get("curie_map") == {} else ():  # without prefixes no id can be judged
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


def _iri(text: str) -> NamedNode | None:
    """The node of an address; `None` where the text is none."""
    with suppress(ValueError):
        return NamedNode(text)
    return None


def _value(slot: str, text: str, prefixes: Mapping[str, str]) -> NamedNode | Literal:
    node = None
    if slot == "license" or (slot in IDS and text.startswith("http")):
        node = _iri(text)
    elif slot in IDS and (iri := expand(text, prefixes)):
        node = NamedNode(iri)
    if node:
        return node
    if slot in SHARES:
        return Literal(repr(float(text)), datatype=NamedNode(XSD + "double"))
    if slot in DATES:
        return Literal(text, datatype=NamedNode(XSD + "date"))
    return Literal(text, language="en") if slot in ("comment", "mapping_set_title", "object_label") else Literal(text)


def _ids(
    file: MappingFile, number: int, row: Mapping[str, str], prefixes: Mapping[str, str], names: Names, known: Mapping[str, object] | None
) -> tuple[str, str, str] | None:
    """Subject, predicate and object IRIs of a row, or `None` when one of its cells is wrong."""
    found: list[str] = []
    before = len(file.findings)
    for slot in REQUIRED:
        text = row.get(slot, "")
        iri = expand(text, prefixes)
        if not text:
            if slot in file.columns:  # a missing column was reported once
                file.find("MinCountConstraintComponent", number, slot)
        elif iri is None:
            file.find("NotACurie", number, slot, value=text, allowed=shortlist(prefixes))
        elif slot == "predicate_id" and iri.removeprefix(SKOS) not in PREDICATES:
            file.not_in_list(number, slot, text, [f"skos:{p}" for p in PREDICATES])
        elif known is not None and iri.startswith(names.base + "id/") and iri not in known:
            file.find("UnknownThing", number, slot, value=text)
        else:
            found.append(iri)
    for slot in (*SHARES, *DATES):
        text = row.get(slot, "")
        if text and not (is_share(text) if slot in SHARES else is_date(text)):
            allowed = phrase("AllowedShare" if slot in SHARES else "AllowedDay")
            file.find("DatatypeConstraintComponent", number, slot, value=text, allowed=allowed)
    if (modifier := row.get("predicate_modifier", "")) not in ("", "Not"):
        file.not_in_list(number, "predicate_modifier", modifier, ["Not"])
    complete = len(found) == len(REQUIRED) and len(file.findings) == before
    return (found[0], found[1], found[2]) if complete else None


def _several(slot: str, text: str) -> list[str]:
    """The values of a cell: slots for several are split at `|`."""
    values = split_values(text) if slot in SEVERAL else [text]
    return [v.strip() for v in values if v.strip()]


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
    status = _status(row, ids)
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
            for value in _several(slot, text):
                yield Quad(node, NamedNode(slot_iri(slot)), _value(slot, value, prefixes), graph)
    if ids[2] != NO_TERM and (label := row.get("object_label")) and not ids[2].startswith(names.base):
        yield Quad(NamedNode(ids[2]), NamedNode(RDFS + "label"), Literal(label, language="en"), graph)
    if status == "accepted":
        yield Quad(NamedNode(ids[0]), NamedNode(ids[1]), NamedNode(ids[2]), graph)


def _status(row: Mapping[str, str], ids: tuple[str, str, str]) -> str:
    """A reviewer makes a suggestion accepted or, with the modifier Not, rejected; nothing else does."""
    if NO_TERM in ids:
        return "no-match-found"
    if not (row.get("reviewer_label") or row.get("reviewer_id")):
        return "proposed"
    return "rejected" if row.get("predicate_modifier") == "Not" else "accepted"
