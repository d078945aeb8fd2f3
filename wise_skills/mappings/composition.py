"""How two relations make one, and which of several speaks.

What follows (`COMPOSED`) goes no further than what SKOS says of each relation (reference, section 10); axioms for two different
ones it leaves open. An exact match is symmetric and transitive (S44, S45) and leaves the other relation as it is. Broader above
broader is broader, narrower below narrower is narrower (a step of skos:broaderTransitive, S22 to S24). A close match is not
transitive, so that errors do not add up: close with close, or with broad or narrow, yields nothing; not even a related match,
which would say something else (an association, disjoint with exactMatch, S46). Broader after narrower and narrower after broader
yield nothing, because two concepts above or under the same one need not be alike. Related matches yield nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

EXACT, CLOSE, BROAD, NARROW = RELATIONS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch")
STRENGTH = {EXACT: 0, CLOSE: 1, BROAD: 2, NARROW: 2}
"""The smaller, the stronger; broad and narrow are equally strong."""
COMPOSED = {
    **{(EXACT, relation): relation for relation in RELATIONS},
    **{(relation, EXACT): relation for relation in RELATIONS},
    (BROAD, BROAD): BROAD,
    (NARROW, NARROW): NARROW,
}
"""Of A to B and of B to C, the relation of A to C; a pair that is not here yields nothing."""
_INVERSE = {BROAD: NARROW, NARROW: BROAD}


def compose(first: str, second: str) -> str | None:
    """Return the relation of A to C for those of A to B and of B to C; None where nothing follows.

    >>> compose("exactMatch", "broadMatch"), compose("broadMatch", "narrowMatch")
    ('broadMatch', None)
    """
    return COMPOSED.get((first, second))


def inverse(relation: str) -> str:
    """Return the relation read from the other side."""
    return _INVERSE.get(relation, relation)


def strongest(relations: Iterable[str]) -> str | None:
    """Return the strongest relation; None where the strongest are broad and narrow, which contradict each other."""
    found = set(relations)
    best = min((STRENGTH[relation] for relation in found), default=-1)
    left = [relation for relation in found if STRENGTH[relation] == best]
    return left[0] if len(left) == 1 else None
