"""A text as a bag of its words and of their pieces, with weights: what the encoder reads.

Texts are folded as labels are for the search. A text is then the sum of its words, and a word is itself and the runs of
three to five letters in it, its beginning and end marked; so a word that was never seen still shares pieces with those
that were. Weights are term frequency (as a logarithm) times inverse document frequency, rows have length one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from wise_skills.labels.folding import fold

Floats = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int64]

SHORTEST, LONGEST = 3, 5
MAX_TEXT = 20_000
"""So many characters of a text are read."""
MAX_WORD = 48
"""So many letters of a word are read: what is longer is no word."""


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, no more than its first 20,000 characters."""
    return [word[:MAX_WORD] for word in fold(text[:MAX_TEXT]).split()]


def pieces(word: str) -> list[str]:
    """Return a word between blanks, which mark where it begins and ends, and its runs of letters.

    >>> pieces("hat")
    [' hat ', ' ha', 'hat', 'at ', ' hat', 'hat ']
    """
    marked = f" {word} "
    length = len(marked)
    runs = [marked[start : start + size] for size in range(SHORTEST, LONGEST + 1) for start in range(length - size + 1)]
    return list(dict.fromkeys([marked, *runs]))


class Ngrams:
    """The pieces that an encoder knows, in a fixed order, with their weights.

    Attributes
    ----------
    pieces:
        The known pieces; the place of a piece is its column.
    weights:
        float32, one for each piece: the natural logarithm of (1 + texts) / (1 + texts that hold it), plus one.
    unknown:
        The weight of a piece that is not known, that of a piece in no text.
    """

    def __init__(self, known: Sequence[str], weights: Floats, unknown: float) -> None:
        self.pieces = known
        self.weights = weights
        self.unknown = unknown
        self._columns = {piece: column for column, piece in enumerate(known)}

    def __len__(self) -> int:
        return len(self.pieces)

    @classmethod
    def learn(cls, texts: Sequence[str], *, most: int = 250_000, least: int = 2) -> tuple[Ngrams, sparse.csr_matrix]:
        """Return the pieces of texts, and the texts in them.

        Parameters
        ----------
        texts:
            What to learn from.
        most:
            So many pieces are kept, the most frequent first, those that come first in the alphabet among equals.
        least:
            Pieces that occur less often are not kept.

        Returns
        -------
        tuple
            The pieces, and a float32 matrix of shape (texts, pieces) with rows of length one.
        """
        words, bags = _bags(texts)
        often = np.bincount(bags.indices, weights=bags.data, minlength=len(words)).astype(np.int64)
        found: dict[str, int] = {}
        columns, starts = list[int](), [0]
        for word in words:
            columns.extend([found.setdefault(piece, len(found)) for piece in pieces(word)])
            starts.append(len(columns))
        flat, lengths = np.array(columns, dtype=np.int64), np.diff(starts)
        frequency = np.bincount(flat, weights=np.repeat(often, lengths), minlength=len(found))
        names = np.array(list(found), dtype=object)
        kept = np.flatnonzero(frequency >= least)
        order = sorted(kept.tolist(), key=lambda column: (-frequency[column], names[column]))[:most]
        places = np.full(len(found) + 1, -1, dtype=np.int64)
        places[order] = np.arange(len(order))
        placed = places[flat]
        rows = np.repeat(np.arange(len(words)), lengths)[placed >= 0]
        held = placed[placed >= 0]
        spelt = sparse.csr_matrix((np.ones(len(held), np.float32), (rows, held)), shape=(len(words), len(order)))
        counts = (bags @ spelt).tocsr()
        texts_with = np.bincount(counts.indices, minlength=len(order))
        weights = (np.log((1 + len(texts)) / (1 + texts_with)) + 1).astype(np.float32)
        made = cls([str(names[column]) for column in order], weights, float(np.log(1 + len(texts)) + 1))
        return made, _weighted(counts, weights)

    def matrix(self, texts: Sequence[str]) -> tuple[sparse.csr_matrix, Floats]:
        """Return texts as float32 rows of length one over the known pieces, and the share of each text's weight that is known.

        A text without a known piece has an empty row and the share 0.
        """
        words, bags = _bags(texts)
        columns, starts, strange = list[int](), [0], list[int]()
        for word in words:
            spelt = [self._columns.get(piece, -1) for piece in pieces(word)]
            known = [column for column in spelt if column >= 0]
            strange.append(len(spelt) - len(known))
            columns.extend(known)
            starts.append(len(columns))
        shape = (len(words), len(self))
        ones = np.ones(len(columns), np.float32)
        spelt_words = sparse.csr_matrix((ones, np.array(columns, dtype=np.int32), np.array(starts, dtype=np.int32)), shape=shape)
        counts = (bags @ spelt_words).tocsr()
        counts.sort_indices()  # so that a text's vector does not depend on the texts beside it
        known_weight = np.asarray(_weighted(counts, self.weights, unit=False).sum(axis=1)).ravel()
        unknown_weight = bags @ (np.array(strange, dtype=np.float32) * self.unknown)
        whole = known_weight + unknown_weight
        share = np.divide(known_weight, whole, out=np.zeros(len(texts), np.float32), where=whole > 0)
        return _weighted(counts, self.weights), share.astype(np.float32)


def _bags(texts: Iterable[str]) -> tuple[list[str], sparse.csr_matrix]:
    """Return the different words of texts as they come, and how often each text (row) holds each."""
    found: dict[str, int] = {}
    columns, starts = list[int](), [0]
    for text in texts:
        columns.extend([found.setdefault(word, len(found)) for word in words_of(text)])
        starts.append(len(columns))
    data = np.ones(len(columns), np.float32)
    bags = sparse.csr_matrix(
        (data, np.array(columns, dtype=np.int32), np.array(starts, dtype=np.int32)), shape=(len(starts) - 1, len(found))
    )
    bags.sum_duplicates()
    return list(found), bags


def _weighted(counts: sparse.csr_matrix, weights: Floats, *, unit: bool = True) -> sparse.csr_matrix:
    """Return counts as logarithms times weights, rows of length one if `unit`."""
    data = ((1 + np.log(counts.data)) * weights[counts.indices]).astype(np.float32)
    if unit:
        rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        length = np.sqrt(np.bincount(rows, weights=data.astype(np.float64) ** 2, minlength=counts.shape[0]))
        data = (data / np.maximum(length, 1e-12)[rows]).astype(np.float32)
    return sparse.csr_matrix((data, counts.indices, counts.indptr), shape=counts.shape)
