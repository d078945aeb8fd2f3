"""From a set of mappings to what its files hold: metadata and rows with short names, shared values lifted out of the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

from wise_skills.mappings import slots as S  # noqa: N812 (its names stand on every second line)
from wise_skills.mappings.model import Mapping, MappingSet
from wise_skills.mappings.prefixes import BUILT_IN, contract, declared, prefixes_for

Short = Callable[[str], str]
_PLACE = {slot: place for place, slot in enumerate(S.ROW_SLOTS)}


@dataclass
class Layout:
    """What a file of a set holds.

    Attributes
    ----------
    prefixes:
        The prefixes that are used, without the built-in ones.
    metadata:
        Slots of the set in the model's order, with short names; a list for a slot that takes several.
    rows:
        For each mapping its cells by slot, in the model's order; several values joined by bars.
    """

    prefixes: dict[str, str]
    metadata: dict[str, str | list[str]]
    rows: list[dict[str, str]]


def layout(mappings: MappingSet, *, condensed: bool = True) -> Layout:
    """Lay out a set; `condensed` lifts what all rows share into the metadata (SSSOM 1.0, "Condensation")."""
    own = prefixes_for(_iris(mappings), declared(mappings))
    short = cache(partial(contract, prefixes=BUILT_IN | own))  # most ids stand in many rows
    rows = [_cells(mapping, short) for mapping in mappings.mappings]
    above = {slot: _written(slot, value, short) for slot in S.SET_SLOTS if (value := mappings.metadata.get(slot))}
    for slot in S.PROPAGATED if condensed and rows else ():
        shared = {row.get(slot, "") for row in rows}
        if len(shared) == 1 and (only := shared.pop()) and (slot not in above or _joined(above[slot]) == only):
            above[slot] = S.split_values(only) if slot in S.SEVERAL else only
            for row in rows:
                del row[slot]
    return Layout(own, {slot: above[slot] for slot in S.SET_SLOTS if slot in above}, rows)


def _iris(mappings: MappingSet) -> Iterator[str]:
    for slot, value in mappings.metadata.items():
        if slot in S.IDS:
            yield from [value] if isinstance(value, str) else value
    for mapping in mappings.mappings:
        yield from filter(None, (mapping.subject, mapping.predicate, mapping.object))
        for slot, text in mapping.slots.items():
            if slot in S.IDS and text:
                yield from S.split_values(text) if slot in S.SEVERAL else [text]


def _cells(mapping: Mapping, short: Short) -> dict[str, str]:
    values = {"subject_id": mapping.subject, "predicate_id": mapping.predicate, "object_id": mapping.object, **mapping.slots}
    cells = dict[str, str]()
    for slot in sorted(S.SLOTS & values.keys(), key=_PLACE.__getitem__):
        if text := values[slot].replace("\x00", ""):
            several = slot in S.SEVERAL
            parts = [_short(slot, part, short) for part in (S.split_values(text) if several else [text])]
            cells[slot] = S.join_values(parts) if several else parts[0]
    return cells


def _short(slot: str, text: str, short: Short) -> str:
    if slot in S.IDS:
        return short(text)
    return S.share(text) if slot in S.SHARES else text


def _written(slot: str, value: str | list[str], short: Short) -> str | list[str]:
    """A value of the metadata: a list for a slot that takes several, whether there is one or more."""
    texts = [value] if isinstance(value, str) else value
    written = [_short(slot, text.replace("\x00", ""), short) for text in texts]
    return written if slot in S.SEVERAL else written[0]


def _joined(value: str | list[str]) -> str:
    return value if isinstance(value, str) else S.join_values(value)
