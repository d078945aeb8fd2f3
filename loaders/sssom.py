"""Mappings in SSSOM TSV → quads, each row with its place, its status and its justification.

A file holds YAML metadata behind `#`, then a tab-separated table whose ids are CURIEs of its `curie_map`
(SSSOM 1.0, "SSSOM/TSV"). A row becomes a node of SSSOM's own RDF form (`owl:Axiom` with `owl:annotatedSource`,
`…Property`, `…Target`). Only a row that somebody reviewed also becomes a plain `skos:…Match`: a suggestion is a
claim beside the graph, not a part of it. `sssom:NoTermFound` says that nothing was found.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from loaders.sssom_file import REQUIRED, MappingFile, read_sssom
from wise_skills.messages import nearest, phrase, shortlist
from wise_skills.names import DCT, OWL, RDF_TYPE, RDFS, SKOS, SSSOM, XSD, Names

__all__ = ["MappingFile", "mapping_quads", "read_sssom"]

_BUILT_IN = {"owl": OWL, "rdfs": RDFS, "skos": SKOS, "semapv": "https://w3id.org/semapv/vocab/", "sssom": SSSOM}
_OWN_IRI = {"license": DCT + "license", "comment": RDFS + "comment", "mapping_date": DCT + "created", "mapping_set_title": DCT + "title"}
_PROPAGATED = ("subject_source", "subject_source_version", "object_source", "object_source_version", "mapping_date", "mapping_tool")
_IDS = ("subject_id", "predicate_id", "object_id", "mapping_justification", "author_id", "reviewer_id", "subject_source", "object_source")
_SEVERAL = ("author_id", "author_label", "reviewer_id", "reviewer_label", "creator_id", "creator_label", "see_also")
_SHARES = ("confidence", "similarity_score")
_DATES = ("mapping_date", "publication_date")
_PIPE = re.compile(r"(?<!\\)\|")
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
    prefixes = _BUILT_IN | declared
    name = Path(file.shown).name.removesuffix(".sssom.tsv")
    graph = NamedNode(names.graph(folder, name))
    for slot in ("mapping_set_id", "license"):
        if file.text(slot) and _iri(file.text(slot)) is None:
            file.find("DatatypeConstraintComponent", 0, slot, value=file.text(slot), allowed=phrase("AllowedAddress"))
    mapping_set = _iri(names.rebase(file.text("mapping_set_id"))) or graph
    quads = [Quad(mapping_set, NamedNode(RDF_TYPE), NamedNode(SSSOM + "MappingSet"), graph)]
    for slot in ("license", "mapping_set_title", "mapping_set_version", "object_source", "object_source_version", "comment"):
        if value := file.text(slot):
            quads.append(Quad(mapping_set, NamedNode(_slot(slot)), _value(slot, value, prefixes), graph))
    common = {s: file.text(s) for s in _PROPAGATED if file.text(s)}
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in file.rows if declared else ():  # without prefixes no id can be judged
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


def _iri(text: str) -> NamedNode | None:
    """The node of an address; `None` where the text is none."""
    with suppress(ValueError):
        return NamedNode(text)
    return None


def _expand(curie: str, prefixes: Mapping[str, str]) -> str | None:
    prefix, colon, local = curie.partition(":")
    if not colon or prefix not in prefixes or local.startswith("//"):
        return None
    return prefixes[prefix] + local if _iri(prefixes[prefix] + local) else None


def _value(slot: str, text: str, prefixes: Mapping[str, str]) -> NamedNode | Literal:
    node = None
    if slot == "license" or (slot in _IDS and text.startswith("http")):
        node = _iri(text)
    elif slot in _IDS and (iri := _expand(text, prefixes)):
        node = NamedNode(iri)
    if node:
        return node
    if slot in _SHARES:
        return Literal(repr(float(text)), datatype=NamedNode(XSD + "double"))
    if slot in _DATES:
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
        iri = _expand(text, prefixes)
        if not text:
            if slot in file.columns:  # a missing column was reported once
                file.find("MinCountConstraintComponent", number, slot)
        elif iri is None:
            file.find("NotACurie", number, slot, value=text, allowed=shortlist(prefixes))
        elif slot == "predicate_id" and iri.removeprefix(SKOS) not in PREDICATES:
            _not_in_list(file, number, slot, text, [f"skos:{p}" for p in PREDICATES])
        elif known is not None and iri.startswith(names.base + "id/") and iri not in known:
            file.find("UnknownThing", number, slot, value=text)
        else:
            found.append(iri)
    for slot in (*_SHARES, *_DATES):
        text = row.get(slot, "")
        if text and not (_is_share(text) if slot in _SHARES else _is_date(text)):
            allowed = phrase("AllowedShare" if slot in _SHARES else "AllowedDay")
            file.find("DatatypeConstraintComponent", number, slot, value=text, allowed=allowed)
    if (modifier := row.get("predicate_modifier", "")) not in ("", "Not"):
        _not_in_list(file, number, "predicate_modifier", modifier, ["Not"])
    complete = len(found) == len(REQUIRED) and len(file.findings) == before
    return (found[0], found[1], found[2]) if complete else None


def _not_in_list(file: MappingFile, number: int, slot: str, text: str, options: list[str]) -> None:
    guess = nearest(text, options)
    hint = f"Did you mean “{guess}”?" if guess else ""
    file.find("InConstraintComponent", number, slot, value=text, allowed=shortlist(options), nearest=hint)


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _several(slot: str, text: str) -> list[str]:
    """The values of a cell: slots for several are split at `|`, unless a backslash stands before it."""
    values = _PIPE.split(text) if slot in _SEVERAL else [text]
    return [v.strip().replace("\\|", "|") for v in values if v.strip()]


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
                yield Quad(node, NamedNode(_slot(slot)), _value(slot, value, prefixes), graph)
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
