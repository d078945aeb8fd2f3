"""The state of lines and of a whole review, in words."""

from __future__ import annotations

from collections import Counter

from flask_babel import gettext, lazy_gettext, ngettext

from query_ui.words import and_list, number
from wise_skills.mappings.model import NO_TERM, MappingSet
from wise_skills.mappings.review import NO_MATCH, OPEN, REJECTED, RELATIONS, UNSURE, answer_of, subject_key

ANSWER_WORDS = {
    OPEN: lazy_gettext("open"),
    "exact": lazy_gettext("exact match"),
    "close": lazy_gettext("close match"),
    "broad": lazy_gettext("broader match"),
    "narrow": lazy_gettext("narrower match"),
    "related": lazy_gettext("related match"),
    REJECTED: lazy_gettext("rejected"),
    UNSURE: lazy_gettext("unsure"),
    NO_MATCH: lazy_gettext("no match"),
}
"""Verdicts in words."""


def states(mappings: MappingSet) -> dict[str, str]:
    """Return the state of each line: `accepted`, `no-match`, `unsure`, `rejected` (all of it), or open (empty).

    A line with an accepted row is accepted, whatever else is open.
    """
    answers: dict[str, set[str]] = {}
    for mapping in mappings.mappings:
        if mapping.object != NO_TERM or answer_of(mapping) != OPEN:
            answers.setdefault(subject_key(mapping), set()).add(answer_of(mapping))
        else:
            answers.setdefault(subject_key(mapping), set())
    return {key: _state(found) for key, found in answers.items()}


def _state(answers: set[str]) -> str:
    if answers & set(RELATIONS):
        return "accepted"
    for state in (NO_MATCH, UNSURE):
        if state in answers:
            return state
    return REJECTED if answers == {REJECTED} else OPEN


def summary(mappings: MappingSet) -> str:
    """Return a sentence that says how many lines there are, and how many of them are in each state."""
    found = Counter(states(mappings).values())
    told = {
        "accepted": gettext("%(number)s accepted", number=number(found["accepted"])),
        NO_MATCH: gettext("%(number)s without a match", number=number(found[NO_MATCH])),
        REJECTED: gettext("%(number)s with all candidates rejected", number=number(found[REJECTED])),
        UNSURE: gettext("%(number)s unsure", number=number(found[UNSURE])),
        OPEN: gettext("%(number)s open", number=number(found[OPEN])),
    }
    lines = ngettext("%(number)s line", "%(number)s lines", found.total(), number=number(found.total()))
    return f"{lines}: {and_list([text for state, text in told.items() if found[state]])}."
