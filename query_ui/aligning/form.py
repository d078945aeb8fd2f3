"""The form of a review as it comes back: the set that travelled in it, and the verdicts of the page that was shown."""

from __future__ import annotations

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from query_ui.aligning.showing import look
from query_ui.edition import Edition
from query_ui.problems import WrongRequest
from wise_skills.languages import LANGUAGES
from wise_skills.mappings.model import NO_TERM, MappingSet
from wise_skills.mappings.packed import unpack
from wise_skills.mappings.review import ANSWERS, NO_MATCH, OPEN, Verdict, answer_of, fingerprint
from wise_skills.mappings.verdicts import comment_of

NAME_CHARS, COMMENT_CHARS = 100, 1_000


def state(text: str) -> MappingSet:
    """Return the set that travelled in a form.

    Raises
    ------
    WrongRequest
        400 when it is none that this page has written.
    """
    found = unpack(text)
    if found is None:
        raise WrongRequest(400, _("The review did not come back whole. Go back, or send the file that you downloaded last."))
    return found


def verdicts(served: Edition, mappings: MappingSet, form: MultiDict[str, str]) -> list[Verdict]:
    """Return the verdicts on those rows of a set that a form shows: `v7` is the answer and `c7` the comment on row 7.

    Each is bound to what was shown, in the language of `shown`.
    """
    shown = form.get("shown", "")
    language = shown if shown in LANGUAGES else "en"
    reviewer = one_line(form.get("reviewer", ""), NAME_CHARS)
    found = []
    for number, mapping in enumerate(mappings.mappings):
        if not (given := form.getlist(f"v{number}")):
            continue
        answer = given[-1]  # a box that is not ticked sends nothing: an empty field stands before it
        possible = answer in (OPEN, *ANSWERS) and (answer == NO_MATCH) == (mapping.object == NO_TERM and answer != OPEN)
        if not possible:
            raise WrongRequest(400, _("“%(given)s” is no verdict that this row can have.", given=answer[:40]))
        # A form without a field for the comment says nothing about it.
        comment = one_line(form[f"c{number}"], COMMENT_CHARS) if f"c{number}" in form else comment_of(mapping)
        bound = ""
        if answer != answer_of(mapping) or answer == OPEN:
            try:
                seen = look(served, mapping.object, language)
                bound = fingerprint(mapping, seen) if seen else ""
            except LookupError:
                pass
        found.append(Verdict(number, answer, comment, reviewer, bound))
    return found


def one_line(text: str, longest: int) -> str:
    """Return what somebody typed as one line without control characters, not longer than it may be."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:longest].strip()
