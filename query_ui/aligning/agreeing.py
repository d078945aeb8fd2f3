"""Two reviews of the same proposals side by side: how far they agree, what is disputed, and what becomes of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from query_ui.aligning.form import COMMENT_CHARS, one_line
from query_ui.aligning.showing import Showing, Shown, ShownLine
from query_ui.edition import Edition
from query_ui.problems import WrongRequest
from query_ui.words import and_list, number
from wise_skills.mappings.agreement import Agreement, Dispute, Pair, reviewers
from wise_skills.mappings.model import NO_TERM, MappingSet
from wise_skills.mappings.review import ANONYMOUS, NO_MATCH, OPEN, REJECTED, RELATIONS, UNSURE, Verdict, answer_of
from wise_skills.mappings.verdicts import comment_of

DISPUTES_SHOWN = 200


@dataclass(frozen=True)
class ShownDispute:
    """A disputed pair: its number, line and candidate, what each reviewer said, and what may be decided."""

    number: int
    line: str
    shown: Shown
    answers: tuple[str, str]
    comments: tuple[str, str]
    options: list[str]
    decided: str
    comment: str


def shown_disputes(served: Edition, showing: Showing, found: tuple[Dispute, ...], decisions: Mapping[Pair, Verdict]) -> list[ShownDispute]:
    """Return disputes as the page shows them; names of reviewers are not among it."""
    rows = {(line.key, shown.iri): (line, shown) for line in _lines(showing, found) for shown in _all(line)}
    told = []
    for at, dispute in enumerate(found[:DISPUTES_SHOWN]):
        line, shown = rows[dispute.pair]
        decided = decisions.get(dispute.pair)
        told.append(
            ShownDispute(
                number=at,
                line=line.text,
                shown=shown,
                answers=(answer_of(dispute.first), answer_of(dispute.second)),
                comments=(comment_of(dispute.first), comment_of(dispute.second)),
                options=options(dispute),
                decided=decided.answer if decided else OPEN,
                comment=decided.comment if decided else "",
            )
        )
    return told


def options(dispute: Dispute) -> list[str]:
    """Return what a dispute can be decided as."""
    if dispute.first.object == NO_TERM:
        return [OPEN, NO_MATCH]
    said = (answer_of(dispute.first), answer_of(dispute.second))
    return [OPEN, *(r for r in RELATIONS if r != "related" or r in said), REJECTED, UNSURE]


def decisions(form: Mapping[str, str], found: tuple[Dispute, ...]) -> dict[Pair, Verdict]:
    """Return what a form decides: `d3` is the answer to the fourth dispute, `k3` a comment on it.

    Raises `WrongRequest` (400) for an answer that a dispute cannot have.
    """
    decided = {}
    for at, dispute in enumerate(found):
        answer = form.get(f"d{at}", OPEN)
        if answer not in options(dispute):
            raise WrongRequest(400, gettext("“%(given)s” is no verdict that this row can have.", given=answer[:40]))
        if answer != OPEN:
            decided[dispute.pair] = Verdict(0, answer, one_line(form.get(f"k{at}", ""), COMMENT_CHARS))
    return decided


def sentence(found: Agreement) -> str:
    """Return how far two reviewers agree, in words."""
    if not found.pairs:
        return str(gettext("There is no pair that both have judged."))
    pairs = ngettext("%(number)s pair was judged by both", "%(number)s pairs were judged by both", found.pairs, number=number(found.pairs))
    agreed = gettext("they agree on %(number)s (%(share)s %%)", number=number(found.agreed), share=number(round(100 * (found.share or 0))))
    if found.kappa is None:
        kappa = gettext("Cohen’s kappa has no value here: both gave one and the same verdict throughout.")
    else:
        kappa = gettext("Cohen’s kappa is %(kappa)s.", kappa=number(round(found.kappa, 2)))
    return f"{pairs}; {agreed}. {kappa}"


def names(mappings: MappingSet) -> str:
    """Return the names of those who judged rows of a set."""
    found = dict.fromkeys(name for row in mappings.mappings for name in reviewers(row) if not name.endswith(ANONYMOUS))
    return and_list(list(found))


def _lines(showing: Showing, found: tuple[Dispute, ...]) -> list[ShownLine]:
    return showing.lines(list(dict.fromkeys(dispute.pair[0] for dispute in found[:DISPUTES_SHOWN])))


def _all(line: ShownLine) -> list[Shown]:
    return [*line.candidates, *line.beside, *([line.none] if line.none else [])]
