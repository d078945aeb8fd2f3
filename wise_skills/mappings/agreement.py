"""How far two reviewers agree, and the set that comes of both: Cohen's kappa, verdict by verdict, and what is disputed.

Both judged the same proposals without knowing of each other (`review.blind`). A pair is a subject and an object.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wise_skills.mappings.marks import marked, marks
from wise_skills.mappings.model import Mapping as Row
from wise_skills.mappings.model import MappingSet
from wise_skills.mappings.slots import join_values, split_values
from wise_skills.mappings.verdicts import (
    ANONYMOUS,
    ANSWERS,
    OPEN,
    RELATIONS,
    UNSURE,
    Verdict,
    answer_of,
    comment_of,
    judged,
    note_of,
    restored,
    subject_key,
)  # fmt: skip
from wise_skills.names import SKOS

Pair = tuple[str, str]
"""A subject (its text where it has no IRI) and an object."""


@dataclass(frozen=True)
class Agreement:
    """What two reviewers said of the pairs that both judged.

    Attributes
    ----------
    pairs, agreed:
        Number of pairs that both judged, and of those with the same verdict.
    kappa:
        Cohen's kappa, -1 to 1; `None` where it has no value: no pairs, or both gave one and the same verdict throughout.
    table:
        Number of pairs by the verdicts of the first and of the second.
    only:
        Number of pairs that only the first, and only the second judged.
    """

    pairs: int
    agreed: int
    kappa: float | None
    table: Mapping[tuple[str, str], int]
    only: tuple[int, int]

    @property
    def share(self) -> float | None:
        """Share of pairs with the same verdict, 0 to 1; `None` without pairs."""
        return self.agreed / self.pairs if self.pairs else None

    @property
    def answers(self) -> tuple[str, ...]:
        """The verdicts that occur, in the order of `ANSWERS`."""
        used = {answer for pair in self.table for answer in pair}
        return tuple(answer for answer in ANSWERS if answer in used)


@dataclass(frozen=True)
class Dispute:
    """A pair of which two reviewers say different things: the row of each."""

    pair: Pair
    first: Row
    second: Row


def kappa(a: Sequence[str], b: Sequence[str]) -> float | None:
    """Return Cohen's kappa of two sequences of categories, item by item.

    Jacob Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960): the
    observed agreement beyond what chance gives, as a share of what is possible beyond chance.

    Returns
    -------
    float | None
        From -1 to 1; `None` where it is 0 divided by 0: no items, or one category throughout on both sides.

    Raises
    ------
    ValueError
        When the sequences differ in length.
    """
    if len(a) != len(b):
        raise ValueError(f"{len(a)} and {len(b)} items: each must be judged by both")
    number, of_a, of_b = len(a), Counter(a), Counter(b)
    observed = sum(x == y for x, y in zip(a, b, strict=True)) * number
    by_chance = sum(of_a[category] * of_b[category] for category in of_a)
    # Whole numbers, so that the case without variance is met exactly.
    return None if number * number == by_chance else (observed - by_chance) / (number * number - by_chance)


def compare(first: MappingSet, second: MappingSet) -> Agreement:
    """Return how far two reviews of the same proposals agree."""
    a, b = judged_pairs(first), judged_pairs(second)
    both = [(answer_of(a[pair]), answer_of(b[pair])) for pair in a if pair in b]
    return Agreement(
        pairs=len(both),
        agreed=sum(x == y for x, y in both),
        kappa=kappa([x for x, _ in both], [y for _, y in both]),
        table=Counter(both),
        only=(len(a.keys() - b.keys()), len(b.keys() - a.keys())),
    )


def disputes(first: MappingSet, second: MappingSet) -> tuple[Dispute, ...]:
    """Return the pairs that both judged differently, in the order of the first set."""
    a, b = judged_pairs(first), judged_pairs(second)
    return tuple(Dispute(p, row, b[p]) for p, row in a.items() if p in b and answer_of(row) != answer_of(b[p]))


def judged_pairs(mappings: MappingSet) -> dict[Pair, Row]:
    """Return the rows with a verdict by their pairs; of several rows of a pair an accepted one, else the first."""
    found: dict[Pair, Row] = {}
    for row in mappings.mappings:
        if (answer := answer_of(row)) != OPEN:
            pair = subject_key(row), row.object
            if pair not in found or (answer in RELATIONS and answer_of(found[pair]) not in RELATIONS):
                found[pair] = row
    return found


def merge(first: MappingSet, second: MappingSet, decisions: Mapping[Pair, Verdict] | None = None) -> MappingSet:
    """Return one set of both reviews.

    What both say stands with both reviewers; what one of them judged stands as judged; what they dispute stands as it was
    decided, with both reviewers, and without a decision it is open again, with both comments and the note what is disputed.
    Rows come in the order of the first set, then those of the second alone; metadata are those of the first.
    """
    a, b = judged_pairs(first), judged_pairs(second)
    rows: list[Row] = []
    done = set[Pair]()
    for row in (*first.mappings, *second.mappings):
        pair = subject_key(row), row.object
        if pair in done:
            continue
        done.add(pair)
        ours, theirs = a.get(pair), b.get(pair)
        if ours is not None and theirs is not None:
            rows.append(_of_both(ours, theirs, (decisions or {}).get(pair)))
        else:
            rows.append(ours or theirs or row)
    accepted = {subject_key(row) for row in rows if answer_of(row) in RELATIONS}
    # “No match” of one beside a relation that both, or a decision, gave.
    kept = [row for row in rows if not (answer_of(row) == "no-match" and subject_key(row) in accepted)]
    return replace(first, mappings=tuple(kept))


def _of_both(first: Row, second: Row, decision: Verdict | None) -> Row:
    answers = answer_of(first), answer_of(second)
    comment = " / ".join(dict.fromkeys(filter(None, (comment_of(first), comment_of(second)))))
    if answers[0] == answers[1]:
        base = replace(first, slots={**first.slots, "comment": comment}) if comment else first
    elif decision is None or decision.answer == OPEN:
        return _disputed(first, answers, comment)
    else:
        chosen = next((row for row in (first, second) if answer_of(row) == decision.answer), first)
        bound = decision.fingerprint or marks(chosen).get("reviewed", "")
        base = judged(chosen, replace(decision, comment=decision.comment or comment, fingerprint=bound))
    if answer_of(base) == UNSURE:
        return base
    names = dict.fromkeys(name for row in (first, second) for name in reviewers(row))
    if len(names) == 1 and ANONYMOUS in names:
        names["another " + ANONYMOUS] = None
    return replace(base, slots={**base.slots, "reviewer_label": join_values(names)} if names else base.slots)


def _disputed(first: Row, answers: tuple[str, str], comment: str) -> Row:
    """A row that waits for a decision: a proposal again, with what both said."""
    before = restored(first)
    slots = {**before.slots, "comment": comment} if comment else before.slots
    own = {"disputed": "+".join(answers), "proposed": before.predicate.removeprefix(SKOS), "note": note_of(first)}
    return marked(replace(before, slots=slots), marks(before) | own)


def reviewers(row: Row) -> list[str]:
    """Return the names of those who judged a row, also of one who was unsure."""
    return split_values(row.slots.get("reviewer_label", "") or marks(row).get("by", ""))
