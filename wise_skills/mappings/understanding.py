"""From metadata and cells to a set of mappings: short names become IRIs, and each value is held against its slot."""

from __future__ import annotations

from collections.abc import Mapping as Slots
from dataclasses import dataclass

from wise_skills.mappings import slots as S  # noqa: N812 (its names stand on every second line)
from wise_skills.mappings.model import Mapping, MappingSet
from wise_skills.mappings.prefixes import BUILT_IN, expand, lines
from wise_skills.mappings.table import Problem, Table
from wise_skills.messages import phrase, shortlist
from wise_skills.speech import told

_SIDES = {"subject_id": "subject", "object_id": "object"}


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds: the set, and what could not be read as it stands (a row without its ids is left out)."""

    mappings: MappingSet
    problems: list[Problem]


def understood(found: Table) -> Read:
    """Return the set of mappings that metadata and rows of a file mean; what is wrong goes to its problems.

    Slots of the set that hold for all rows are handed down to each row (SSSOM 1.0, "Propagation").
    """
    prefixes = BUILT_IN | dict(found.metadata.get("curie_map") or {}) | BUILT_IN
    metadata = _metadata(found, prefixes)
    own = {slot for _, cells in found.rows for slot, value in cells.items() if value}
    common = {slot: _text(metadata[slot]) for slot in S.PROPAGATED if slot in metadata and slot not in own} if found.rows else {}
    literal = {side for side in ("subject", "object") if common.get(f"{side}_type") == S.LITERAL or f"{side}_type" in found.columns}
    for slot, side in _SIDES.items():
        if found.columns and slot not in found.columns and side not in literal:
            found.find("MissingColumn", 1, slot)
    rows = []
    for number, cells in found.rows:
        if row := _row(found, number, cells, common, prefixes):
            rows.append(row)
    for slot in common:
        del metadata[slot]
    return Read(MappingSet(metadata, tuple(rows)), found.problems)


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else S.join_values(value)


def _metadata(found: Table, prefixes: Slots[str, str]) -> dict[str, str | list[str]]:
    metadata: dict[str, str | list[str]] = {}
    names = {name: space for name, space in prefixes.items() if name not in BUILT_IN}
    if names:
        metadata["curie_map"] = lines(names)
    for slot, value in found.metadata.items():
        if slot == "curie_map" or not value:
            continue
        texts = value if isinstance(value, list) else [value]
        if slot not in S.SET_SLOTS or not all(isinstance(text, str) for text in texts) or (len(texts) > 1 and slot not in S.SEVERAL):
            message = told("“{slot}” is no slot of a set in SSSOM 1.0 and is left out.", slot=str(slot)[:100])
            found.problems.append(Problem(0, str(slot)[:100], message))
            continue
        kept = [good for text in texts if text and (good := _value(found, 0, slot, text, prefixes))]
        if kept:
            metadata[slot] = kept if slot in S.SEVERAL else kept[0]
    return metadata


def _row(found: Table, number: int, cells: Slots[str, str], common: Slots[str, str], prefixes: Slots[str, str]) -> Mapping | None:
    """The mapping of a row; `None`, with the problem noted, where what makes it a mapping is missing or wrong."""
    values, sound = dict[str, str](), True
    for slot, text in cells.items():
        if not text:
            continue
        several = slot in S.SEVERAL
        kept = [good for part in (S.split_values(text) if several else [text]) if (good := _value(found, number, slot, part, prefixes))]
        if kept:
            values[slot] = S.join_values(kept) if several else kept[0]
        elif slot in S.REQUIRED or slot == "predicate_modifier":
            sound = False
    values |= common
    for slot in S.REQUIRED:
        side = _SIDES.get(slot, "")
        if slot in cells and not cells[slot] and not (side and values.get(f"{side}_type") == S.LITERAL):
            found.find("MinCountConstraintComponent", number, slot)
            sound = False
        elif slot not in cells and not (side and values.get(f"{side}_type") == S.LITERAL):
            sound = False
        elif side and slot not in values and not values.get(f"{side}_label"):
            found.find("MinCountConstraintComponent", number, f"{side}_label")
            sound = False
    if not sound:
        return None
    ids = [values.pop(slot, "") for slot in ("subject_id", "predicate_id", "object_id")]
    return Mapping(ids[0], ids[1], ids[2], values)


def _value(found: Table, number: int, slot: str, text: str, prefixes: Slots[str, str]) -> str:
    """One value as the model holds it; nothing, with the problem noted, where it cannot be what the slot takes."""
    if slot in S.IDS:
        iri = expand(text, prefixes)
        if iri is None:
            found.find("NotACurie", number, slot, value=text, allowed=shortlist(prefixes))
        return iri or ""
    if slot in S.SHARES:
        if not S.is_share(text):
            found.find("DatatypeConstraintComponent", number, slot, value=text, allowed=phrase("AllowedShare"))
            return ""
        return S.share(text, 12)
    if slot in S.DATES and not S.is_date(text):
        found.find("DatatypeConstraintComponent", number, slot, value=text, allowed=phrase("AllowedDay"))
        return ""
    if slot in S.CHOICES and text not in S.CHOICES[slot]:
        found.not_in_list(number, slot, text, S.CHOICES[slot])
        return ""
    if slot in S.ADDRESSES and not (":" in text and expand("a:" + text, {"a": ""})):
        found.find("DatatypeConstraintComponent", number, slot, value=text, allowed=phrase("AllowedAddress"))
        return ""
    return text
