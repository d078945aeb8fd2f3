"""When a verdict lapses: it is bound to what was judged, and no longer holds when label, definition or target is another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from wise_skills.mappings import model
from wise_skills.mappings.marks import marked, marks
from wise_skills.mappings.model import MappingSet
from wise_skills.mappings.verdicts import answer_of, comment_of, note_of, restored
from wise_skills.names import SKOS

PARTS = ("subject", "target", "label", "definition")
"""What a verdict is bound to."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reviewer had before them of the other side: its label and definition, and their language."""

    label: str
    definition: str
    language: str


def fingerprint(mapping: model.Mapping, seen: Seen) -> str:
    """Return what binds a verdict to what was judged: language, and a short hash of subject label, target, label and definition.

    It stands in the slot `other` of the row as `reviewed=en.1f2e3d4c5b.…`: a text of letters, digits and full stops, which
    every form of SSSOM keeps.
    """
    return ".".join([seen.language, *_hashes(mapping, seen)])


def language_of(mapping: model.Mapping) -> str:
    """Return the language in which a row was judged; empty where its verdict has no fingerprint."""
    return marks(mapping).get("reviewed", "").partition(".")[0]


def changes(mapping: model.Mapping, now: Seen | None) -> tuple[str, ...]:
    """Return what changed since a row was judged: of `subject`, `target`, `label`, `definition`.

    Parameters
    ----------
    mapping:
        A row; one without fingerprint did not change.
    now:
        Label and definition of its object today, in the language of the verdict; `None` where it is there no more.
    """
    before = marks(mapping).get("reviewed", "").split(".")[1:]
    if len(before) != len(PARTS):
        return ()
    if now is None:
        return ("target",)
    return tuple(part for part, old, new in zip(PARTS, before, _hashes(mapping, now), strict=True) if old != new)


def lapsed(mappings: MappingSet, look: Callable[[str, str], Seen | None]) -> dict[int, tuple[str, ...]]:
    """Return the rows whose verdict no longer holds, each with what changed.

    `look` gives label and definition of an IRI in a language, `None` for what is gone; it raises `LookupError` for what
    cannot be looked up here, of which nothing is said.
    """
    found = {}
    for number, mapping in enumerate(mappings.mappings):
        if language := language_of(mapping):
            try:
                changed = changes(mapping, look(mapping.object, language))
            except LookupError:
                continue
            if changed:
                found[number] = changed
    return found


def lapse(mappings: MappingSet, changed: Mapping[int, Sequence[str]]) -> MappingSet:
    """Return the set with these rows back in the queue, each with the note which verdict lapsed and what changed."""
    rows = list(mappings.mappings)
    for number, parts in changed.items():
        mapping = rows[number]
        before = restored(mapping)
        comment = comment_of(mapping)
        note = {"lapsed": f"{answer_of(mapping)}:{'+'.join(parts)}"}
        if comment:  # it is still the reviewer's word, and stays beside the queue
            note |= {"proposed": before.predicate.removeprefix(SKOS), "note": note_of(mapping)}
            before = replace(before, slots={**before.slots, "comment": comment})
        rows[number] = marked(before, marks(before) | note)
    return replace(mappings, mappings=tuple(rows))


def _hashes(mapping: model.Mapping, seen: Seen) -> list[str]:
    texts = (mapping.slots.get("subject_label", ""), mapping.object, seen.label, seen.definition)
    return [hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:10] for text in texts]
