"""Accepted mappings as a mapping table of the EURES kind: 14 lines of metadata, two blank lines, a header, and the rows.

Member States publish such tables between their classifications and ESCO (Regulation (EU) 2016/589, Article 19). The layout is
that of the published ones: classification 1 is ESCO, which stands on the object side of our mappings, and classification 2
ours, so `broadMatch` and `narrowMatch` change places; as SKOS has it, the relation goes from classification 1 to 2.

It holds ids, codes, relation, labels, comments, the version and the source of each side where all rows agree, and the set's title,
version and date.
It does not hold the set's id and licence, who reviewed what, confidence, justification, and what was rejected or only
proposed; a reviewed “no match” is a row with the relation `no relation`. What is read back has the justification
`semapv:UnspecifiedMatching`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from wise_skills.errors import InputError
from wise_skills.mappings.marks import marked, marks
from wise_skills.mappings.model import NO_TERM, Mapping, MappingSet
from wise_skills.mappings.prefixes import ESCO, SEMAPV
from wise_skills.mappings.skos_form import RELATIONS
from wise_skills.mappings.slots import is_date
from wise_skills.mappings.table import MAX_BYTES, MAX_CELL
from wise_skills.mappings.text_subjects import address_of_set, subject_of, without_made_address
from wise_skills.names import SKOS
from wise_skills.speech import told
from wise_skills.spreadsheets import FORMULA

NOTHING = "no relation"
HEADER = (
    "Classification 1 URI", "Classification 1 PrefLabel", "Classification 1 URL", "Classification 2 URI", "Classification 2 ID",
    "Classification 2 PrefLabel", "Classification 2 URL", "Mapping relation", "Editorial note",
)  # fmt: skip
_TURNED = {SKOS + "broadMatch": SKOS + "narrowMatch", SKOS + "narrowMatch": SKOS + "broadMatch"}
_KINDS = {"occupation": "Occupation", "skill": "Skill", "isco": "ISCO group"}
_SIDES = {1: "object", 2: "subject"}


def write(mappings: MappingSet) -> str:
    """Return the accepted mappings of a set, and what was reviewed to have no match, as CSV.

    Raises `InputError` where the rows are for several versions of a side: a table holds one.
    """
    rows = [m for m in mappings.mappings if _is_held(m)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for name, value in _metadata(mappings, rows):
        writer.writerow([name, _guarded(value), *[""] * (len(HEADER) - 2)])
    writer.writerows([[""] * len(HEADER)] * 2)
    writer.writerow(HEADER)
    of_set = address_of_set(mappings)
    for row in rows:
        subject, nothing = subject_of(row, of_set), row.object == NO_TERM
        label = "" if nothing else row.slots.get("object_label", "")
        relation = NOTHING if nothing else "skos:" + _TURNED.get(row.predicate, row.predicate).removeprefix(SKOS)
        target = "" if nothing else row.object
        told_of = [row.slots.get("subject_label", ""), _page(subject), relation, row.slots.get("comment", "")]
        writer.writerow(map(_guarded, [target, label, _page(target), subject, marks(row).get("code", ""), *told_of]))
    return out.getvalue()


def _is_held(mapping: Mapping) -> bool:
    if mapping.object == NO_TERM:
        return mapping.is_reviewed
    return mapping.status == "accepted" and mapping.predicate in RELATIONS


def _metadata(mappings: MappingSet, rows: Sequence[Mapping]) -> Iterable[tuple[str, str]]:
    metadata = mappings.metadata
    title, version, date = (_text(metadata.get(slot, "")) for slot in ("mapping_set_title", "mapping_set_version", "publication_date"))
    yield "Mapping project name", title
    yield "Mapping project author", _text(metadata.get("mapping_provider", ""))
    yield "Mapping project version", version
    yield "Mapping project version date", date or max((m.slots.get("mapping_date", "") for m in rows), default="")
    esco = {m.object.removeprefix(ESCO).partition("/")[0] for m in rows if m.object.startswith(ESCO)} & set(_KINDS)
    kinds = [name for kind, name in _KINDS.items() if kind in esco]
    spoken = _only(filter(None, (marks(m).get("language", "") for m in rows)))
    for number, side in _SIDES.items():
        of = [m.slots for m in rows if m.object != NO_TERM or side == "subject"]
        yield f"Classification {number} Name", ("ESCO" if esco else "") if number == 1 else title
        yield f"Classification {number} Concept type", ", ".join(kinds) if number == 1 else ""
        yield f"Classification {number} Version", _version([slots.get(f"{side}_source_version", "") for slots in of])
        yield f"Classification {number} Language", spoken if number == 2 else ""
        yield f"Classification {number} Landing page", _only(slots.get(f"{side}_source", "") for slots in of)


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _only(values: Iterable[str]) -> str:
    """The value of all rows; nothing where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def _version(values: Sequence[str]) -> str:
    """The version of all rows; a table that is made for two would say something wrong of some rows."""
    found = sorted(set(values) - {""})
    if len(found) > 1:
        several = ", ".join(found[:3])
        message = told("A EURES table is for one version, but these mappings are for {versions}. Export each alone.", versions=several)
        raise InputError(message)
    return _only(values)


def _page(iri: str) -> str:
    return iri if iri.startswith(("http://", "https://")) else ""


def _guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; `_plain` takes the apostrophe off again."""
    return "'" + text if text.lstrip("'").startswith(FORMULA) else text


def _plain(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


# --- reading


def read(text: str) -> MappingSet:
    """Return the mappings of a table that `write` made.

    Tables of others deviate in many ways; `wise build --mapping` reads those. Raises `InputError` where the header is not found.
    """
    csv.field_size_limit(MAX_CELL)
    try:
        records = list(csv.reader(io.StringIO(text.removeprefix("\ufeff") if len(text) <= MAX_BYTES else "", newline="")))
    except csv.Error:
        records = []
    start = next((n for n, cells in enumerate(records) if tuple(cells) == HEADER), None)
    if start is None:
        raise InputError(told("This is no mapping table of the EURES kind as it is exported here: its header is missing."))
    said = {cells[0]: _plain(cells[1]) for cells in records[:start] if len(cells) > 1 and cells[1]}
    slots = {
        f"{side}_{slot}": value
        for number, side in _SIDES.items()
        for slot, name in (("source", "Landing page"), ("source_version", "Version"))
        if (value := said.get(f"Classification {number} {name}", ""))
    }
    language = said.get("Classification 2 Language", "")
    rows = [_mapping([_plain(cell) for cell in cells], slots, language) for cells in records[start + 1 :] if len(cells) == len(HEADER)]
    metadata: dict[str, str | list[str]] = {}
    for slot, name in (("mapping_set_title", "name"), ("mapping_set_version", "version"), ("mapping_provider", "author")):
        if value := said.get(f"Mapping project {name}", ""):
            metadata[slot] = value
    if is_date(date := said.get("Mapping project version date", "")):
        metadata["publication_date"] = date
    return MappingSet(metadata, tuple(row for row in rows if row))


def _mapping(cells: Sequence[str], common: dict[str, str], language: str) -> Mapping | None:
    target, label, _, subject, code, subject_label, _, relation, note = cells
    slots = common | {
        "mapping_justification": SEMAPV + "UnspecifiedMatching",
        "subject_label": subject_label,
        "object_label": label,
        "comment": note,
    }
    if relation == NOTHING:
        predicate, target = SKOS + "exactMatch", NO_TERM
        slots |= {"object_label": ""}
    else:
        predicate = SKOS + relation.removeprefix("skos:")
        predicate = _TURNED.get(predicate, predicate)
    if predicate not in RELATIONS or not target or not subject:
        return None
    found = Mapping(subject, predicate, target, {slot: text for slot, text in slots.items() if text})
    return marked(without_made_address(found), {"code": code, "language": language})
