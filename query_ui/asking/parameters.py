"""What an address says of a question: the values of its parameters, and the address for values that were understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import request

from query_ui.asked import CHOSEN, language
from query_ui.asking.forms import keys
from query_ui.edition import Edition
from query_ui.results.result_views import KEYS
from wise_skills.questions import Choice, Question
from wise_skills.questions.choices import listed

_NOT_PARAMETERS = {*CHOSEN, *KEYS}
"""What an address may say beside the parameters of a question: languages, and how the answer is shown."""


def typed() -> dict[str, list[str]]:
    """Return what the address gives for the parameters; anything unknown is kept, to be told about."""
    return {k: request.args.getlist(k) for k in request.args if k not in _NOT_PARAMETERS}


def query(values: Mapping[str, Sequence[str]]) -> str:
    """Return values as they stand behind a path, with the mark before them; empty for none."""
    text = urlencode([(k, v) for k, vs in values.items() for v in vs])
    return f"?{text}" if text else ""


def short(served: Edition, question: Question, chosen: Mapping[str, Sequence[Choice]]) -> dict[str, list[str]]:
    """Return the chosen values as short as they can stand in an address."""
    found = {}
    for name, values in chosen.items():
        known = keys(listed(served.engine, question, name))
        found[name] = [known.get(c.value, c.value.value) for c in values]
    return found


def spoken(values: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Return values with the language of names, where that is not English, so that a mailed address gives the same file."""
    return dict(values) if language() == "en" else {**values, "lang": [language()]}


def address(served: Edition, question: Question, chosen: Mapping[str, Sequence[Choice]], ending: str = "") -> str:
    """Return the path of an answer, or of a file of it."""
    return f"/questions/{question.name}{ending}" + query(spoken(short(served, question, chosen)))
