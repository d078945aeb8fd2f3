"""Learning the encoder's table from concepts: two texts of one concept shall lie near each other, others apart.

The table has one vector for each piece of text; the vector of a text is the weighted sum of its pieces' vectors, brought
to length one. Each step takes some texts and a partner for each (another label of the same concept, mostly of another
language, or its description), and asks of every text which of all the partners is its own: the negative logarithm of
that probability (InfoNCE, both ways) is made smaller by Adam, whose gradients are written out here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped,unused-ignore]

from wise_skills.alignment.model import Concept
from wise_skills.alignment.ngrams import Floats, Ngrams
from wise_skills.alignment.pairs import Numbers, Pairs

Step = Callable[[int, int], None]
_AT_ONCE = 1024
_SMALL = 0.01  # of the vectors to begin with: what is learned soon outweighs it


@dataclass(frozen=True, slots=True)
class Settings:
    """How the table is learned; the defaults are those of the figures in `bench/README.md`."""

    dimensions: int = 128
    seed: int = 0
    epochs: float = 6.0
    batch: int = 1024
    scale: float = 14.0
    rate: float = 0.01
    pieces: int = 200_000
    least: int = 2
    described: float = 0.15
    same_language: float = 0.2
    hub: float = 0.35
    description_words: int = 40
    most_labels: int = 600_000
    most_steps: int = 1_500


def loss_and_gradient(
    table: Floats, left: sparse.csr_matrix, right: sparse.csr_matrix, same: npt.NDArray[np.bool_], scale: float
) -> tuple[float, Floats]:
    """Return the InfoNCE loss of pairs, the mean of both ways, and its gradient by the table.

    Parameters
    ----------
    table:
        Shape (pieces, dimensions).
    left, right:
        Shape (pairs, pieces): the texts and their partners, row by row.
    same:
        Shape (pairs, pairs): where a left and a right text belong together without being a pair; these are left out.
    scale:
        What cosines are multiplied by before the softmax.
    """
    both = sparse.vstack([left, right], format="csr")
    count, number = left.shape[0], table.dtype.type
    sums = both @ table
    lengths = np.maximum(np.sqrt((sums * sums).sum(axis=1, keepdims=True)), number(1e-8))
    units = sums / lengths
    scores = (units[:count] @ units[count:].T) * number(scale)
    powers = np.exp(scores - number(scale))  # cosines are not above one: nothing overflows
    powers[same] = 0
    ways = [powers.sum(axis=axis, keepdims=True) for axis in (1, 0)]
    diagonal = np.arange(count)
    right_ones = scores[diagonal, diagonal] - number(scale)
    loss = float(sum(np.log(way).sum() for way in ways) - 2 * right_ones.sum()) / (2 * count)
    powers *= 1 / ways[0] + 1 / ways[1]
    powers *= number(scale / (2 * count))
    powers[diagonal, diagonal] -= number(scale / count)
    slope = np.concatenate([powers @ units[count:], powers.T @ units[:count]])
    slope -= units * (units * slope).sum(axis=1, keepdims=True)
    slope /= lengths
    return loss, both.T.tocsr() @ slope


class Adam:
    """Adam for a table of which each step touches some rows; rows that are not touched rest.

    The second moment is kept for whole rows (the mean of their squares): as good here, with half the memory and time.
    """

    def __init__(self, table: Floats) -> None:
        self.table = table
        self._mean = np.zeros_like(table)
        self._square = np.zeros((len(table), 1), table.dtype)
        self._done = 0

    def step(self, rows: Numbers, gradient: Floats, rate: float, keep: tuple[float, float] = (0.9, 0.999)) -> None:
        """Move rows against their gradient."""
        self._done += 1
        size = np.float32(rate * np.sqrt(1 - keep[1] ** self._done) / (1 - keep[0] ** self._done))
        for start in range(0, len(rows), _AT_ONCE):  # what fits into the processor's own memory
            some, slope = rows[start : start + _AT_ONCE], gradient[start : start + _AT_ONCE]
            mean = self._mean[some] * np.float32(keep[0]) + slope * np.float32(1 - keep[0])
            square = self._square[some] * np.float32(keep[1]) + (slope * slope).mean(axis=1, keepdims=True) * np.float32(1 - keep[1])
            self._mean[some], self._square[some] = mean, square
            self.table[some] -= mean * (size / (np.sqrt(square) + np.float32(1e-8)))


def learn(concepts: Sequence[Concept], settings: Settings, step: Step = lambda done, whole: None) -> tuple[Ngrams, Floats]:
    """Return the pieces of the concepts' texts and a vector for each.

    Parameters
    ----------
    concepts:
        What to learn from: their labels and definitions.
    settings:
        How.
    step:
        Called with the number of steps that are done, and of all.

    Returns
    -------
    tuple
        The pieces, and a float32 table of shape (pieces, dimensions).
    """
    pairs = Pairs.of(concepts, words=settings.description_words, most=settings.most_labels)
    ngrams, matrix = Ngrams.learn(pairs.texts, most=settings.pieces, least=settings.least)
    chance = np.random.default_rng(settings.seed)
    labels = len(pairs.group)
    whole = min(settings.most_steps, int(np.ceil(settings.epochs * labels / settings.batch))) if labels > 1 and len(ngrams) else 0
    step(0, whole)
    with threadpool_limits(1):  # the order of sums is part of the result
        table = _beginning(matrix, pairs, settings)
        adam = Adam(table)
        order = np.empty(0, dtype=np.int64)
        for done in range(whole):
            if len(order) < min(settings.batch, labels):
                order = chance.permutation(labels)
            anchors, order = order[: settings.batch], order[settings.batch :]
            _one_step(adam, matrix, pairs, anchors, chance, settings, settings.rate * (1 - done / whole))
            step(done + 1, whole)
    return ngrams, table


def _one_step(
    adam: Adam, matrix: sparse.csr_matrix, pairs: Pairs, anchors: Numbers, chance: np.random.Generator, settings: Settings, rate: float
) -> None:
    partners = pairs.partners(anchors, chance, same_language=settings.same_language, hub=settings.hub, described=settings.described)
    anchors, partners = anchors[partners != anchors], partners[partners != anchors]
    if len(anchors) < 2:
        return
    both = matrix[np.concatenate([anchors, partners])]
    touched = np.zeros(matrix.shape[1], dtype=bool)
    touched[both.indices] = True
    rows = np.flatnonzero(touched)
    places = np.empty(matrix.shape[1], dtype=np.int32)
    places[rows] = np.arange(len(rows), dtype=np.int32)
    dense = sparse.csr_matrix((both.data, places[both.indices], both.indptr), shape=(both.shape[0], len(rows)))
    whose = pairs.concept[anchors]
    same = whose[:, None] == whose[None, :]
    np.fill_diagonal(same, val=False)
    _, gradient = loss_and_gradient(adam.table[rows], dense[: len(anchors)], dense[len(anchors) :], same, settings.scale)
    adam.step(rows, gradient, rate)


def _beginning(matrix: sparse.csr_matrix, pairs: Pairs, settings: Settings) -> Floats:
    """Return the table to begin with: latent semantic indexing of concepts by pieces, filled up with chance where they are few."""
    count, dimensions = matrix.shape[1], settings.dimensions
    chance = np.random.default_rng([settings.seed, 1])
    table = (_SMALL * chance.standard_normal((count, dimensions))).astype(np.float32)
    concepts = len(pairs.concept_start)
    labels = len(pairs.group)
    texts = len(pairs.texts)
    if min(concepts, count) <= dimensions:
        return table
    share = np.ones(texts, np.float32)
    share[:labels] = 1 / pairs.group_size[pairs.group]
    share[labels:] = 0.5
    gather = sparse.csr_matrix((share, (pairs.concept, np.arange(texts))), shape=(concepts, texts))
    _, values, vectors = randomized_svd((gather @ matrix).tocsr(), dimensions, n_iter=2, random_state=settings.seed)
    lsi = vectors.T * np.sqrt(values)[None, :]
    lsi *= _SMALL / max(float(np.sqrt((lsi * lsi).mean())), 1e-12)
    made: Floats = (lsi + 0.1 * table).astype(np.float32)
    return made
