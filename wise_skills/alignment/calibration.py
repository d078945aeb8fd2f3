"""Confidence: how likely a ranked concept is right, learned on countries that the ranker had not seen.

Small trees that read the score, how it stands among the query's candidates, and how well label and query agree; what they
say is brought between 0 and 1, and never rises from one candidate of a query to the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wise_skills.alignment import features
from wise_skills.alignment.lexical import Floats, Ints
from wise_skills.alignment.ranker import Ranker

READ = (
    *("enc", "match", "char", "prefchar", "stem", "cover", "within", "bag", "near", "seen", "fused", "own", "level", "labels", "members"),
    *("words", "share", "spread", "top_char", "top_enc", "top_match", "top_near", "groups", "margin", "char-", "match-", "enc-"),
    *("all", "told", "mass4", "mass3", "best_fused4", "group_behind", "votes4"),
)
"""Features that the confidence reads beside the score."""
STANDING = ("log share", "log rest", "score", "score margin", "best score", "rank", "best times rank")
"""What it reads of the scores: see `inputs`."""
NAMES = (*STANDING, *READ)
_COLUMNS = [features.NAMES.index(name) for name in READ]


def inputs(read: Floats, scores: Floats, queries: Ints) -> Floats:
    """Return what the confidence is made of, float32 of shape (candidates, len(NAMES)).

    Parameters
    ----------
    read:
        Features, candidates × `features.NAMES`.
    scores:
        The ranker's scores.
    queries:
        The number of each candidate's query, ascending; candidates of a query stand in falling order of their scores.
    """
    starts = np.flatnonzero(np.diff(queries, prepend=-1))
    sizes = np.diff(starts, append=len(queries))
    whose = np.repeat(np.arange(len(starts)), sizes)
    best = scores[starts][whose]
    second = np.where(sizes > 1, scores[np.minimum(starts + 1, len(scores) - 1)], scores[starts] - 10)[whose]
    first = np.zeros(len(scores), dtype=bool)
    first[starts] = True
    powers = np.exp(scores - best)
    whole = np.add.reduceat(powers, starts)[whose] if len(starts) else powers
    share = powers / whole
    rank = np.log1p(np.arange(len(scores)) - starts[whose])
    margin = scores - np.where(first, second, best)
    standing = (np.log(np.maximum(share, 1e-30)), np.log1p(-np.minimum(share, 0.9999)), scores, margin, best, rank, best * rank)
    return np.concatenate([np.stack(standing, axis=1), read[:, _COLUMNS]], axis=1).astype(np.float32)


@dataclass
class Calibration:
    """Trees and threshold.

    Attributes
    ----------
    trees:
        They read `NAMES`, and give the logarithm of the odds.
    threshold:
        The first candidate may be taken without a look from this confidence on: of those, 95 % were right on countries left out.
    """

    trees: Ranker
    threshold: float

    def confidence(self, read: Floats, scores: Floats, queries: Ints) -> Floats:
        """Return the confidence of candidates, 0 to 1, never rising within a query; see `inputs` for the parameters."""
        if not len(scores):
            return np.zeros(0, np.float32)
        stated = 1 / (1 + np.exp(-self.trees.predict(inputs(read, scores, queries)).astype(np.float64)))
        lower = 2.0 * np.cumsum(np.diff(queries, prepend=queries[:1]) != 0)  # each query begins afresh
        return np.asarray(np.minimum.accumulate(stated - lower) + lower, dtype=np.float32)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays to be kept."""
        return {**self.trees.arrays(), "cut": np.array([self.threshold])}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Calibration:
        """Read what `arrays` returned."""
        trees = Ranker.of_arrays({name: array for name, array in arrays.items() if name != "cut"})
        return cls(trees, float(arrays["cut"][0]))
