"""The figures of a ranking, as trec_eval counts them, and the three orders in which ranked concepts become lists.

Of a query the right elements are known; an order gives every element a score. Equal scores stand in the order of the corpus
(the first element first), which is our rule for ties.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int64]
NAMES = ("mrr", "p@5", "r@5", "hit@1", "hit@5", "hit@10")
DECAY = 0.6
"""What each further label of a concept counts in the mixed order, compared with the one before it."""


def places(scores: Floats, right: Sequence[int]) -> Ints:
    """Return the places (from 1, ascending) of the right ones in the order of falling scores; equals stand in their own order."""
    numbers = np.array(sorted(right), dtype=np.int64)
    found = [1 + int((scores > scores[n]).sum()) + int((scores[:n] == scores[n]).sum()) for n in numbers]
    return np.array(sorted(found), dtype=np.int64)


def figures(found: Sequence[Ints]) -> dict[str, float]:
    """Return the figures of many queries from the places of their right ones: means of MRR, P@5, R@5, hit@1, 5, 10.

    A query without a right one counts 0 everywhere.
    """
    rows = np.zeros((len(found), len(NAMES)))
    for row, places_ in enumerate(found):
        if len(places_):
            first, five = places_[0], int((places_ <= 5).sum())
            rows[row] = (1 / first, five / 5, five / len(places_), first <= 1, first <= 5, first <= 10)
    means = rows.mean(axis=0) if len(rows) else np.zeros(len(NAMES))
    return dict(zip(NAMES, (float(mean) for mean in means), strict=True))


def mixed(share: Floats, own: Floats, of: Ints) -> Floats:
    """Return the score of each element in the mixed order.

    Parameters
    ----------
    share:
        Of each concept, its share of the query's probability.
    own:
        Of each element, its own score, which orders the elements of one concept.
    of:
        The concept of each element.

    Returns
    -------
    array
        The concept's share times `DECAY` to the power of the element's place among its concept's elements.
    """
    order = np.lexsort((-own, of))
    sorted_of = of[order]
    starts = np.flatnonzero(np.diff(sorted_of, prepend=-1))
    position = np.empty(len(of), dtype=np.int64)
    position[order] = np.arange(len(of)) - np.repeat(starts, np.diff(starts, append=len(of)))
    return np.asarray(share[of] * DECAY**position)
