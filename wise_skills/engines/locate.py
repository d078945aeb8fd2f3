"""Where a syntax error is: pyoxigraph's own position lies up to a keyword's length too far.

Its parser compares a keyword with the next characters, as many as the keyword is long, and reports the
furthest place that it looked at. At the end of the text it cannot look further. So a beginning of the text,
followed by blanks, fails at its very end if and only if it can still become a query; the error is in the first
token after which that is no longer so. Twenty parses of a few microseconds find it.
"""

from __future__ import annotations

import re
from bisect import bisect_left

import pyoxigraph as ox

from wise_skills.engines.tokens import Token, position, tokens

_PLACE = re.compile(r"error at (\d+):(\d+): expected")
# What the parser checks beyond the grammar, in our words.
_RULES = {
    "The SELECT contains a variable that is unbound": "SELECT names a variable that is neither counted nor grouped; add it to GROUP BY",
    "Duplicated variable name in SELECT": "SELECT names the same variable twice",
    "SELECT * is not authorized with GROUP BY": "SELECT * and GROUP BY do not go together; name the variables",
}
_BLANKS = "\n" * 2 + " " * 30


def locate(text: str, base_iri: str, message: str) -> tuple[int, int, str]:
    """Return line, column and problem in words for a text that pyoxigraph refused with `message`."""
    found = list(tokens(text))
    store = ox.Store()

    def is_bad(index: int) -> bool:
        return not _may_go_on(store, text[: found[index].end], base_iri)

    bad = bisect_left(range(len(found)), True, key=is_bad)
    rule = next((words for part, words in _RULES.items() if part in message), None)
    if bad == len(found):
        return *position(text, len(text.rstrip())), rule or "the query ends too early"
    return *position(text, found[bad].start), rule or _unexpected(found, bad)


def _may_go_on(store: ox.Store, beginning: str, base_iri: str) -> bool:
    padded = beginning + _BLANKS
    try:
        store.query(padded, base_iri=base_iri)
    except SyntaxError as error:
        match = _PLACE.match(str(error))
        return match is not None and (int(match[1]), int(match[2])) == position(padded, len(padded))
    except (OSError, RuntimeError, ValueError):
        return True  # it was read, and could not be run
    return True


def _unexpected(found: list[Token], bad: int) -> str:
    shown = found[bad].text if found[bad].kind != "word" else found[bad].text.upper()
    before = found[bad - 1].text if bad else ""
    after = f" after {before.upper() if found[bad - 1].kind == 'word' else before}" if before else ""
    return f"{shown} cannot stand{after} here"
