"""A verdict on a mapping: how a row says it, and what the row was before.

A row that nobody judged is a proposal. A verdict gives it the predicate that was chosen, `predicate_modifier` `Not` where
it was rejected, and the reviewer; the row keeps what it was before (`marks`), so that a verdict can be withdrawn and hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

from wise_skills.mappings.marks import OF_PROPOSAL, marked, marks
from wise_skills.mappings.model import NO_TERM, Mapping
from wise_skills.mappings.slots import join_values
from wise_skills.names import SKOS

RELATIONS = {name: f"{SKOS}{name}Match" for name in ("exact", "close", "broad", "narrow", "related")}
"""What a row can be accepted as, and its predicate."""
REJECTED, UNSURE, NO_MATCH = "rejected", "unsure", "no-match"
OPEN = ""
ANSWERS = (*RELATIONS, REJECTED, UNSURE, NO_MATCH)
ANONYMOUS = "anonymous reviewer"
"""`reviewer_label` of those who give no name: without one a row would still be a proposal."""
_NAME_OF = {predicate: name for name, predicate in RELATIONS.items()}
_REVIEW_SLOTS = ("reviewer_label", "reviewer_id", "predicate_modifier")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer says of a row.

    Attributes
    ----------
    row:
        Number of the row in its set, from 0.
    answer:
        A relation (`exact`, `close`, `broad`, `narrow`, `related`), `rejected`, `unsure`; `no-match` for a row whose object
        is `NO_TERM`; empty where nothing is said yet.
    comment, reviewer:
        Free text, and the reviewer's name; both may be empty.
    fingerprint:
        Of what was judged (`fingerprint`); a verdict without one cannot lapse.
    """

    row: int
    answer: str
    comment: str = ""
    reviewer: str = ""
    fingerprint: str = ""


def subject_key(mapping: Mapping) -> str:
    """Return what stands for a subject: its IRI, or its text where it has none."""
    return mapping.subject or mapping.slots.get("subject_label", "")


def answer_of(mapping: Mapping) -> str:
    """Return the verdict on a row as `Verdict.answer` has it; empty where there is none."""
    if NO_TERM in (mapping.subject, mapping.object):
        return NO_MATCH if mapping.is_reviewed else OPEN
    if not mapping.is_reviewed:
        return UNSURE if marks(mapping).get("verdict") == UNSURE else OPEN
    return REJECTED if mapping.is_negated else _NAME_OF.get(mapping.predicate, OPEN)


def comment_of(mapping: Mapping) -> str:
    """Return the reviewer's comment on a row; what stood there before the review is its `note`."""
    return mapping.slots.get("comment", "") if "proposed" in marks(mapping) or mapping.is_reviewed else ""


def note_of(mapping: Mapping) -> str:
    """Return the comment that a row had before anybody reviewed it."""
    found = marks(mapping)
    if "proposed" in found:
        return found.get("note", "")
    return "" if mapping.is_reviewed else mapping.slots.get("comment", "")


def judged(mapping: Mapping, verdict: Verdict) -> Mapping:
    """Return the row with a verdict; one that says what the row says already changes nothing, not even who reviewed it.

    Raises `ValueError` where the answer is none for such a row: “no match” is said of `NO_TERM` only, and of it nothing else.
    """
    if verdict.answer not in (OPEN, *ANSWERS) or (verdict.answer == NO_MATCH) != (mapping.object == NO_TERM and verdict.answer != OPEN):
        raise ValueError(f"{verdict.answer!r} is no verdict on {mapping.object}")
    if verdict.answer == answer_of(mapping) and verdict.comment == comment_of(mapping):
        return mapping
    note, before = note_of(mapping), restored(mapping)
    if verdict.answer == OPEN and not verdict.comment:
        return before
    own = {key: value for key, value in marks(before).items() if key != "lapsed"}
    own |= {"proposed": before.predicate.removeprefix(SKOS), "note": note, "reviewed": verdict.fingerprint if verdict.answer else ""}
    slots = {slot: value for slot, value in before.slots.items() if slot != "comment"}
    if verdict.comment:
        slots["comment"] = verdict.comment
    if verdict.answer == UNSURE:
        own |= {"verdict": UNSURE, "by": join_values([verdict.reviewer])}
    elif verdict.answer != OPEN:
        slots["reviewer_label"] = join_values([verdict.reviewer or ANONYMOUS])
        if verdict.answer == REJECTED:
            slots["predicate_modifier"] = "Not"
    return marked(Mapping(mapping.subject, RELATIONS.get(verdict.answer, before.predicate), mapping.object, slots), own)


def restored(mapping: Mapping) -> Mapping:
    """Return a row as it was proposed, without verdict, reviewer and the reviewer's comment.

    What predicate a row was proposed with is known only where our review noted it; a row that was judged elsewhere
    becomes a proposal of a close match.
    """
    found = marks(mapping)
    if not mapping.is_reviewed and "proposed" not in found:
        return mapping
    proposed = found.get("proposed", "closeMatch")
    note = note_of(mapping)
    slots = {slot: value for slot, value in mapping.slots.items() if slot not in (*_REVIEW_SLOTS, "comment")}
    slots |= {"comment": note} if note else {}
    before = Mapping(mapping.subject, proposed if ":" in proposed else SKOS + proposed, mapping.object, slots)
    return marked(before, {key: value for key, value in found.items() if key in ("added", "lapsed", *OF_PROPOSAL)})
