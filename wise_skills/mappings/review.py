"""A review of proposed mappings: verdicts applied, the file for a second reviewer, what was rejected.

A set of mappings is the whole state of a review; nothing here reads or writes files. How a row says its verdict is in
`verdicts`, when a verdict lapses in `lapsing`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from wise_skills.mappings.lapsing import Seen, fingerprint, lapse, lapsed
from wise_skills.mappings.marks import OF_PROPOSAL, marked, marks
from wise_skills.mappings.model import NO_TERM, Mapping, MappingSet
from wise_skills.mappings.verdicts import (
    ANONYMOUS,
    ANSWERS,
    NO_MATCH,
    OPEN,
    REJECTED,
    RELATIONS,
    UNSURE,
    Verdict,
    answer_of,
    comment_of,
    judged,
    restored,
    subject_key,
)  # fmt: skip

__all__ = [
    "ANONYMOUS", "ANSWERS", "NO_MATCH", "OPEN", "REJECTED", "RELATIONS", "UNSURE", "Seen", "Verdict", "answer_of", "apply", "blind",
    "contradicted", "decided", "fingerprint", "lapse", "lapsed", "rejected_pairs", "subject_key",
]  # fmt: skip


def apply(mappings: MappingSet, verdicts: Iterable[Verdict]) -> MappingSet:
    """Return the set with these verdicts; rows that no verdict names stay as they are.

    A verdict that says what the row says already changes nothing, not even who reviewed it. “No match” for a subject
    rejects those of its rows that the same verdicts leave open; where a row of the subject is accepted, it does not count.
    An open row that a reviewer had added goes, and so does an unreviewed `NO_TERM` beside an accepted row.
    """
    said = {verdict.row: verdict for verdict in verdicts}
    ignored = set(contradicted(mappings, said.values()))
    none = {subject_key(mappings.mappings[n]): v for n, v in said.items() if v.answer == NO_MATCH and n not in ignored}
    rows: list[Mapping] = []
    for number, mapping in enumerate(mappings.mappings):
        verdict = said.get(number)
        if verdict is not None:
            if number in ignored:
                verdict = replace(verdict, answer=OPEN)
            elif verdict.answer == OPEN and mapping.object != NO_TERM and (whole := none.get(subject_key(mapping))):
                verdict = replace(verdict, answer=REJECTED, reviewer=verdict.reviewer or whole.reviewer)
            mapping = judged(mapping, verdict)
        rows.append(mapping)
    accepted = {subject_key(m) for m in rows if answer_of(m) in RELATIONS}
    kept = [m for m in rows if not _is_superfluous(m, accepted)]
    return replace(mappings, mappings=tuple(kept))


def contradicted(mappings: MappingSet, verdicts: Iterable[Verdict]) -> tuple[int, ...]:
    """Return the rows whose verdict “no match” does not count, because another row of the subject is accepted."""
    said = {verdict.row: verdict.answer for verdict in verdicts}
    rows = [(number, mapping, said.get(number, answer_of(mapping))) for number, mapping in enumerate(mappings.mappings)]
    accepted = {subject_key(mapping) for _, mapping, answer in rows if answer in RELATIONS}
    return tuple(n for n, mapping, _ in rows if said.get(n) == NO_MATCH and subject_key(mapping) in accepted)


def _is_superfluous(mapping: Mapping, accepted: Collection[str]) -> bool:
    if answer_of(mapping) != OPEN:
        return False
    if mapping.object == NO_TERM:
        return marks(mapping).get("added") == "review" or subject_key(mapping) in accepted
    return marks(mapping).get("added") == "review" and not comment_of(mapping)


def blind(mappings: MappingSet) -> MappingSet:
    """Return the same proposals for a second reviewer: without the first one's verdicts, name, comments and added rows."""
    rows = (restored(m) for m in mappings.mappings if not _is_own(m))
    kept = [marked(row, {key: value for key, value in marks(row).items() if key in OF_PROPOSAL}) for row in rows]
    return replace(mappings, mappings=tuple(kept))


def _is_own(mapping: Mapping) -> bool:
    """Whether a reviewer made a row, be it only to say that there is no match."""
    found = marks(mapping)
    return found.get("added") == "review" or (mapping.object == NO_TERM and mapping.is_reviewed and "proposed" not in found)


def rejected_pairs(mappings: MappingSet | Iterable[Mapping]) -> frozenset[tuple[str, str]]:
    """Return the pairs of subject (its text where it has no IRI) and object that were rejected and under no relation accepted."""
    rows = tuple(mappings.mappings if isinstance(mappings, MappingSet) else mappings)
    judged = [((subject_key(m), m.object), answer_of(m)) for m in rows if m.object != NO_TERM]
    accepted = {pair for pair, answer in judged if answer in RELATIONS}
    return frozenset(pair for pair, answer in judged if answer == REJECTED and pair not in accepted)


def decided(mappings: MappingSet) -> MappingSet:
    """Return only what was decided: accepted and rejected rows, and “no match”."""
    return replace(mappings, mappings=tuple(m for m in mappings.mappings if answer_of(m) not in (OPEN, UNSURE)))
