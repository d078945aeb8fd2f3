"""The smallest set of modules that covers the same."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TypeVar

_T = TypeVar("_T", bound=Hashable)
_TRIED = 200_000
"""So many combinations are tried at most; beyond, the greedy set is given and said to be so."""


@dataclass(frozen=True)
class Smallest:
    """Keys of modules in the order in which they were given; `exact` where no smaller set covers the same."""

    keys: tuple[str, ...]
    exact: bool


def smallest(covers: Mapping[str, AbstractSet[_T]]) -> Smallest:
    """Return a set of modules, as small as can be, that covers what all of them cover together.

    Modules that alone cover something are kept; of the others the greedy choice (the one that adds most, again and again)
    is tried to be beaten by every smaller set, as long as there are at most 200,000 of them.

    Parameters
    ----------
    covers:
        What each module covers, by its key.
    """
    wanted = set().union(*covers.values())
    owners: dict[_T, list[str]] = {}
    for key, things in covers.items():
        for thing in things:
            owners.setdefault(thing, []).append(key)
    needed = {keys[0] for keys in owners.values() if len(keys) == 1}
    left = wanted.difference(*(covers[key] for key in needed))
    rest = {key: covers[key] & left for key in covers if key not in needed and covers[key] & left}
    chosen = _greedy(rest, left)
    exact = True
    tried = 0
    for size in range(1, len(chosen)):
        tried += comb(len(rest), size)
        if tried > _TRIED:
            exact = False
            break
        better = next((some for some in combinations(rest, size) if left <= set().union(*(rest[key] for key in some))), None)
        if better is not None:
            chosen = list(better)
            break
    kept = needed.union(chosen)
    return Smallest(tuple(key for key in covers if key in kept), exact)


def _greedy(covers: Mapping[str, AbstractSet[_T]], wanted: AbstractSet[_T]) -> list[str]:
    left, chosen = set(wanted), list[str]()
    while left:
        best = max(covers, key=lambda key: len(covers[key] & left))
        chosen.append(best)
        left -= covers[best]
    return chosen
