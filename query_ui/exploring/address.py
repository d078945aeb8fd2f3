"""Addresses of explorations: everything that was chosen stands in the query string, in short readable keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import quote, urlencode

from query_ui.exploring.model import Exploration
from wise_skills.terms import Term

BY, NUMBER, SHOW, SORT, AT = "_by", "_number", "_show", "_sort", "_at"
"""What is no condition begins with an underscore, as no column does."""
FACET_WORDS = "_find"
"""What is looked for among the values of one facet."""
HAS, FROM, TO = "*has", "*from", "*to"
_OWN = re.compile(r".*/id/(.+)")
Keyed = Callable[[str, Term], str]
"""The short text for a value of a facet (by its key)."""


def explore_address(
    table: str,
    conditions: Mapping[str, str | Sequence[str]] | None = None,
    *,
    by: Sequence[str] = (),
    show: Sequence[str] = (),
    sort: str = "",
) -> str:
    """Return the path of an exploration.

    Parameters
    ----------
    table:
        Name of a table of the shapes.
    conditions:
        Values by key: `country`, `profile.groups`, `needs-skill.country`, `name*has`, `threshold*from`. A value is an IRI, its
        key, or a state such as `*none`.
    by, show, sort:
        Columns to count by (one or two), to show, and to sort by (`-column`: descending).

    >>> explore_address("forms", {"country": "BEL", "valid_from*from": "2013"}, by=["kind"])
    '/explore/forms?country=BEL&valid_from*from=2013&_by=kind'
    """
    given = [(k, v) for k, vs in (conditions or {}).items() for v in ([vs] if isinstance(vs, str) else vs)]
    pairs = [(key, short(value) if "*" not in key else value) for key, value in given]
    pairs += [(BY, b) for b in by] + [(SHOW, s) for s in show] + ([(SORT, sort)] if sort else [])
    return f"/explore/{quote(table)}{query(pairs)}"


def short(value: str) -> str:
    """Return the key of an IRI: what follows `/id/` for our own things, else its last part; anything else as it is.

    >>> short("http://publications.europa.eu/resource/authority/country/BEL")
    'BEL'
    """
    if not re.match(r"https?://\S+$", value):
        return value
    own = _OWN.fullmatch(value)
    return own[1] if own else re.split(r"[/#]", value.rstrip("/#"))[-1]


def pairs(exploration: Exploration, keyed: Keyed) -> list[tuple[str, str]]:
    """Return what stands in the query string for an exploration."""
    found: list[tuple[str, str]] = []
    for condition in exploration.conditions:
        key = condition.facet.key
        found += [(key, keyed(key, term)) for term in condition.terms]
        found += [(key, state) for state in condition.states]
        found += [(key + HAS, text) for text in condition.words]
        found += [(key + name, end) for name, end in ((FROM, condition.start), (TO, condition.end)) if end]
    found += [(BY, facet.key) for facet in exploration.by]
    found += [(NUMBER, exploration.number.key)] if exploration.number else []
    found += [(SHOW, facet.key) for facet in exploration.show]
    if exploration.sort:
        found.append((SORT, ("-" if exploration.descending else "") + exploration.sort))
    return found


def query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return pairs as a query string with its question mark, empty if there are none."""
    text = urlencode(list(pairs), safe="*/:")
    return f"?{text}" if text else ""
