"""National codes as evidence: many national classifications begin their codes with ISCO-08's, others not at all.

Nobody needs to say which: the sure answers of a list tell how often the right concept shares leading digits with the line's
code, and how often other candidates do. The ratio of both is what a shared digit is worth for this list (a likelihood ratio,
Laplace-smoothed); where it is about one, codes change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from wise_skills.alignment.model import Candidate, Query
from wise_skills.alignment.reasons import shared_digits

SURE = 0.6
"""Answers of at least this confidence are taken for right when the worth of digits is learned."""
LEAST = 20
"""With fewer sure answers that have codes, codes say nothing."""
_PRIOR = 4.0  # answers that say that digits mean nothing
Weights = npt.NDArray[np.float64]


def with_codes(queries: Sequence[Query], answers: Sequence[Sequence[Candidate]]) -> list[list[Candidate]]:
    """Return the candidates of each query in the order and with the confidence that the codes of this list suggest.

    Parameters
    ----------
    queries:
        The lines of one list, of which some may have a national code.
    answers:
        For each its candidates, the best first, at least twenty where there are as many.
    """
    worth = _worth(queries, answers)
    if worth is None:
        return [list(found) for found in answers]
    return [_weighed(query, found, worth) for query, found in zip(queries, answers, strict=True)]


def _shared(query: Query, found: Sequence[Candidate]) -> npt.NDArray[np.int64]:
    return np.array([shared_digits(query.code, c.concept.code) for c in found], dtype=np.int64)


def _worth(queries: Sequence[Query], answers: Sequence[Sequence[Candidate]]) -> Weights | None:
    """The logarithm of the likelihood ratio of 0 to 4 shared digits; `None` where there is too little to learn from."""
    right, wrong, sure = np.zeros(5), np.zeros(5), 0
    for query, found in zip(queries, answers, strict=True):
        if not query.code or len(found) < 2 or found[0].confidence < SURE or not found[0].concept.code:
            continue
        shared = _shared(query, found)
        sure += 1
        right[shared[0]] += 1
        wrong += np.bincount(shared[1:], minlength=5) / (len(found) - 1)
    if sure < LEAST:
        return None
    base = (right + wrong) / (right + wrong).sum()
    ratio: Weights = np.log((right + _PRIOR * base) / (sure + _PRIOR)) - np.log((wrong + _PRIOR * base) / (sure + _PRIOR))
    return ratio


def _weighed(query: Query, found: Sequence[Candidate], worth: Weights) -> list[Candidate]:
    if not query.code or not found:
        return list(found)
    chance = np.clip(np.array([c.confidence for c in found], dtype=np.float64), 1e-6, 1 - 1e-6)
    # what is left of the query's probability belongs to concepts that were not proposed, of which the digits are not known
    odds = np.where([bool(c.concept.code) for c in found], chance * np.exp(worth[_shared(query, found)]), chance)
    rest = max(1 - chance.sum(), 1e-3)
    share = odds / (odds.sum() + rest)
    order = np.lexsort((np.arange(len(found)), -share))
    return [replace(found[n], confidence=float(share[n]), score=float(np.log(share[n]))) for n in order]
