"""Fusion: one score out of many features, by weights learned on left-out labels, and how sure it is.

The probability that a concept is meant is the softmax of the weighted features over the candidates of the query. Weights
are those under which the right concepts of the left-out queries are most probable (a conditional logit; McFadden 1974),
none negative, held small. Confidence is that probability through a logistic curve fitted on queries that the weights had
not seen (Platt 1999), each also with its right concepts taken away: of what people write, not all has a concept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

NONE = 0.15
"""The share of lines for which there is no concept, as confidence takes it; nobody has counted it."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """Weights of features by name, and the two numbers of the curve of confidence."""

    weights: Mapping[str, float]
    slope: float = 1.0
    shift: float = 0.0

    def scores(self, features: Floats, names: Sequence[str]) -> Floats:
        """Return a score for each row of features, whose columns are `names`."""
        found: Floats = features @ np.array([self.weights.get(name, 0.0) for name in names], np.float32)
        return found

    def confidence(self, scores: Floats, more: float = 0.0) -> Floats:
        """Return for each score of a query's candidates how likely it is the right one, 0 to 1; `more` is added to the log odds."""
        odds = _log_odds(scores.astype(np.float64))
        return (1 / (1 + np.exp(-(self.slope * odds + self.shift + more)))).astype(np.float32)

    def written(self) -> dict[str, Any]:
        """Return what a file holds of it."""
        kept = {name: round(float(weight), 3) for name, weight in self.weights.items() if weight >= 0.0005}
        return {"weights": kept, "slope": round(self.slope, 4), "shift": round(self.shift, 4)}

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Fusion:
        """Return the fusion that was written."""
        return cls({name: float(weight) for name, weight in written["weights"].items()}, float(written["slope"]), float(written["shift"]))


@dataclass(frozen=True, slots=True)
class Example:
    """A query to learn from: the features of its candidates, which of them are right, and what it weighs among the others."""

    features: Floats
    right: npt.NDArray[np.bool_]
    weight: float = 1.0


def fit(examples: Sequence[Example], names: Sequence[str], *, used: Sequence[str], penalty: float = 0.0005, none: float = NONE) -> Fusion:
    """Return the fusion of the features `used` under which right candidates are most probable; the same examples give the same.

    Parameters
    ----------
    examples:
        Queries with at least one right candidate; others are passed over.
    names, used:
        The columns of their features, and those of them that may have a weight.
    penalty:
        What the square of a weight costs.
    none:
        The share of queries, 0 to below 1, for which confidence expects that no candidate is right.
    """
    columns = [names.index(name) for name in used]
    known = [example for example in examples if example.right.any()]
    halves = [known[0::2], known[1::2]]
    odds, right, importance = [], [], []
    for learned, seen in (halves, halves[::-1]):  # confidence is fitted on queries that the weights had not seen
        weights = _weights(learned, columns, penalty)
        for example in seen:
            scores = example.features[:, columns] @ weights
            for kept, weight in ((np.full(len(scores), True), 1 - none), (~example.right, none)):
                odds.append(_log_odds(scores[kept]))
                right.append(example.right[kept])
                importance.append(np.full(int(kept.sum()), weight * example.weight))
    slope, shift = _curve(np.concatenate(odds), np.concatenate(right), np.concatenate(importance))
    weights = _weights(known, columns, penalty)
    return Fusion(dict(zip(used, weights.tolist(), strict=True)), slope, shift)


def _weights(examples: Sequence[Example], columns: Sequence[int], penalty: float) -> Doubles:
    features = np.concatenate([example.features[:, columns] for example in examples]).astype(np.float64)
    sizes = np.array([len(example.features) for example in examples])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    right = np.concatenate([example.right for example in examples])
    whole = sum(example.weight for example in examples)
    # each right candidate stands against the wrong ones of its query; several right ones share its weight
    share = np.concatenate([np.where(e.right, e.weight / max(int(e.right.sum()), 1), 0.0) for e in examples]) / whole
    query = np.repeat(np.arange(len(examples)), sizes)

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        scores = features @ weights
        scores -= np.maximum.reduceat(scores, starts)[query]
        powers = np.exp(scores)
        wrong = np.add.reduceat(np.where(right, 0.0, powers), starts)[query]
        against = np.maximum(wrong + powers, 1e-300)
        value = float((share * (np.log(against) - scores)).sum()) + penalty * float(weights @ weights)
        of_wrong = np.add.reduceat(np.where(right, share / against, 0.0), starts)[query]
        slope = np.where(right, share * (powers / against - 1), powers * of_wrong)
        return value, features.T @ slope + 2 * penalty * weights

    start = np.full(len(columns), 1.0)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * len(columns), options={"maxiter": 300})
    return np.asarray(found.x, np.float64)


def _log_odds(scores: Doubles) -> Doubles:
    """Return the logarithm of the odds of each score against the others of its query, by softmax."""
    if len(scores) < 2:
        return np.full(len(scores), 8.0)
    powers = np.exp(scores - scores.max())
    found: Doubles = np.clip(np.log(np.maximum(powers, 1e-300)) - np.log(np.maximum(powers.sum() - powers, 1e-12)), -30, 30)
    return found


def _curve(odds: Doubles, right: npt.NDArray[np.bool_], importance: Doubles) -> tuple[float, float]:
    def loss(numbers: Doubles) -> tuple[float, Doubles]:
        z = numbers[0] * odds + numbers[1]
        chance = 1 / (1 + np.exp(-z))
        value = float((importance * (np.logaddexp(0, z) - right * z)).sum()) / len(odds)
        wrong = importance * (chance - right) / len(odds)
        return value, np.array([wrong @ odds, wrong.sum()])

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B")
    return float(found.x[0]), float(found.x[1])
