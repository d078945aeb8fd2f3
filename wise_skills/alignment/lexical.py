"""Scores of labels and concepts from words alone: character n-grams, stems, BM25. Sparse matrices, nothing learned.

n-grams and stems are numbered by a hash that needs no vocabulary, so that an index is a handful of arrays; the columns that
no label uses are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import HashingVectorizer

from wise_skills.alignment.words import fold, stems

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
_ARRAYS = ("data", "indices", "indptr")


def characters() -> HashingVectorizer:
    """Return the counter of character n-grams (2 to 5, within words) of folded texts."""
    return _hashing(analyzer="char_wb", ngram_range=(2, 5), preprocessor=fold)


def stemmed(language: str) -> HashingVectorizer:
    """Return the counter of stems of texts in a language."""
    return _hashing(analyzer=partial(stems, language=language))


def _counts(counter: HashingVectorizer, texts: Sequence[str]) -> sp.csr_matrix:
    """Count the terms of texts; scikit-learn does not take none at all."""
    return counter.transform(texts) if len(texts) else sp.csr_matrix((0, counter.n_features), dtype=np.float32)


def _hashing(**options: object) -> HashingVectorizer:
    return HashingVectorizer(n_features=2**20, alternate_sign=False, norm=None, dtype=np.float32, **options)


@dataclass
class Index:
    """The terms of a collection of texts, weighted.

    Attributes
    ----------
    columns:
        The hashed numbers of the terms in use, ascending.
    idf:
        Their weights.
    matrix:
        Texts × terms.
    """

    columns: Ints
    idf: Floats
    matrix: sp.csr_matrix

    @classmethod
    def of(cls, counts: sp.csr_matrix, weigh: Callable[[sp.csr_matrix, Floats], sp.csr_matrix]) -> Index:
        """Return the index of counted texts (texts × hashed terms), each weighted by `weigh(counts, idf)`."""
        frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        columns = np.flatnonzero(frequency)
        idf = (np.log((1 + counts.shape[0]) / (1 + frequency[columns])) + 1).astype(np.float32)
        return cls(columns, idf, weigh(counts[:, columns].tocsr(), idf))

    def held(self, counts: sp.csr_matrix) -> sp.csr_matrix:
        """Return the counts of queries in the columns of this index; terms that no text holds are dropped."""
        if not len(self.columns):
            return sp.csr_matrix((counts.shape[0], 0), dtype=np.float32)
        place = np.minimum(np.searchsorted(self.columns, counts.indices), len(self.columns) - 1)
        known = self.columns[place] == counts.indices
        rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))[known]
        return sp.csr_matrix((counts.data[known], (rows, place[known])), shape=(counts.shape[0], len(self.columns)))


def tf_idf(counts: sp.csr_matrix, idf: Floats) -> sp.csr_matrix:
    """Weigh counts by (1 + log tf)·idf, rows of length one."""
    weighted = counts.copy()
    weighted.data = (1 + np.log(weighted.data)) * idf[weighted.indices]
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1))).ravel()
    return sp.diags((1 / np.maximum(length, 1e-9)).astype(np.float32)).dot(weighted).tocsr()


def bm25(counts: sp.csr_matrix, idf: Floats, k: float = 1.2, b: float = 0.75) -> sp.csr_matrix:
    """Weigh counts by Okapi BM25 (Robertson and Zaragoza 2009), times the weights of their terms."""
    weighted = counts.copy()
    length = np.asarray(counts.sum(axis=1)).ravel()
    relative = (k * (1 - b + b * length / max(float(length.mean()), 1e-9))).astype(np.float32)
    of_row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    weighted.data = idf[weighted.indices] * weighted.data * (k + 1) / (weighted.data + relative[of_row])
    return weighted.astype(np.float32)


def _product(index: Index, queries: sp.csr_matrix) -> Floats:
    """Return texts × queries."""
    return np.asarray((index.matrix @ queries.T.tocsr()).toarray(), dtype=np.float32)


def of_runs(ufunc: np.ufunc, scores: Floats, starts: Ints, concepts: Ints, size: int) -> Floats:
    """Return what a function makes of each concept's run of rows (labels × queries in, queries × concepts out); 0 where it has none.

    The same as `reduceat`, which goes along single columns and takes three times as long: the first rows of all runs, then
    all second ones, and so on, the longest runs first.
    """
    found = np.zeros((size, scores.shape[1]), np.float32)
    lengths = np.diff(starts, append=len(scores))
    order = np.argsort(-lengths, kind="stable")
    lengths, starts = lengths[order], starts[order]
    reduced = scores[starts].astype(np.float32)
    for turn in range(1, int(lengths.max(initial=0))):
        longer = int(np.searchsorted(-lengths, -turn, "left"))
        ufunc(reduced[:longer], scores[starts[:longer] + turn], out=reduced[:longer])
    found[concepts[order]] = reduced
    return np.ascontiguousarray(found.T)


def _once(counts: sp.csr_matrix, idf: Floats) -> sp.csr_matrix:
    weighted = counts.copy()
    weighted.data = idf[weighted.indices]
    return weighted


@dataclass
class Lexical:
    """The labels of concepts in one language, ready to be scored.

    Attributes
    ----------
    language:
        Their language tag.
    starts:
        Number of the first label of each concept that has labels; labels of a concept stand together.
    concepts:
        Number of the concept of each of these runs.
    size:
        How many concepts there are, with and without labels in this language.
    """

    language: str
    starts: Ints
    concepts: Ints
    size: int
    char: Index
    stem: Index
    once: Index
    weight: Floats
    bag: Index
    described: Index

    @classmethod
    def of(cls, texts: Sequence[str], of: npt.ArrayLike, size: int, language: str, descriptions: Sequence[str] = ()) -> Lexical:
        """Index labels.

        Parameters
        ----------
        texts, of:
            The labels, and for each the number of its concept, ascending.
        size:
            How many concepts there are.
        language:
            Language of the labels and descriptions.
        descriptions:
            A description (or nothing) for each concept.
        """
        numbers = np.asarray(of, dtype=np.int64)
        starts = np.flatnonzero(np.diff(numbers, prepend=-1)).astype(np.int64)
        counted = _counts(stemmed(language), texts)
        counted.sum_duplicates()
        grams = _counts(characters(), texts)
        membership = sp.csr_matrix((np.ones(len(numbers), np.float32), (numbers, np.arange(len(numbers)))), shape=(size, len(numbers)))
        once = Index.of(counted, _once)
        return cls(
            language=language,
            starts=starts,
            concepts=numbers[starts],
            size=size,
            char=Index.of(grams, tf_idf),
            stem=Index.of(counted, tf_idf),
            once=once,
            weight=np.asarray(once.matrix.sum(axis=1), dtype=np.float32).ravel(),
            bag=Index.of((membership @ counted).tocsr(), bm25),
            described=Index.of(_counts(stemmed(language), descriptions or [""] * size), bm25),
        )

    def scores(self, queries: Sequence[str]) -> dict[str, Floats]:
        """Return scores, labels (`char`, `stem`, `cover`, `within`) or concepts (`bag`, `described`) in rows, queries in columns.

        `cover` is the weighted share of the query's words that a label holds, `within` the share of the label's words that
        the query holds; the others are cosines of TF-IDF, and BM25 divided by what the whole query could earn.
        """
        grams, counted = _counts(characters(), queries), _counts(stemmed(self.language), queries)
        words = self.once.held(counted)
        words.data[:] = 1
        # words that no label knows weigh as much as the rarest
        whole = np.asarray(words @ self.once.idf).ravel() + (np.diff(counted.indptr) - np.diff(words.indptr)) * self.once.idf.max(initial=0)
        whole = np.maximum(whole, 1e-9).astype(np.float32)
        shared = _product(self.once, words)
        found = {
            "char": _product(self.char, tf_idf(self.char.held(grams), self.char.idf)),
            "stem": _product(self.stem, tf_idf(self.stem.held(counted), self.stem.idf)),
            "cover": shared / whole[None, :],
            "within": shared / np.maximum(self.weight, 1e-9)[:, None],
        }
        for name, index in (("bag", self.bag), ("described", self.described)):
            held = index.held(counted)
            held.data[:] = 1
            found[name] = _product(index, held) / whole[None, :]
        return found

    def best(self, scores: Floats) -> Floats:
        """Return the best score of a label (labels × queries in) for each query and concept (queries × concepts out); 0 without a label."""
        return self._of_runs(np.maximum, scores)

    def soft(self, scores: Floats) -> Floats:
        """Return the soft count for each query and concept: more the more labels come near the best.

        It is the eighth root of the sum of eighth powers.
        """
        powers = np.maximum(scores, 0)
        for _ in range(3):
            powers = powers * powers
        return np.asarray(np.power(self._of_runs(np.add, powers), 1 / 8), dtype=np.float32)

    def _of_runs(self, ufunc: np.ufunc, scores: Floats) -> Floats:
        return of_runs(ufunc, scores, self.starts, self.concepts, self.size)

    def save(self, folder: Path) -> None:
        """Write the index as arrays that can be memory-mapped."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "language").write_text(self.language, encoding="utf-8")
        for place in fields(self):
            value = getattr(self, place.name)
            if isinstance(value, Index):
                np.save(folder / f"{place.name}.columns.npy", value.columns.astype(np.int32))
                np.save(folder / f"{place.name}.idf.npy", value.idf)
                np.save(folder / f"{place.name}.shape.npy", np.array(value.matrix.shape))
                for name in _ARRAYS:
                    array = getattr(value.matrix, name)
                    np.save(folder / f"{place.name}.{name}.npy", array.astype(np.float32 if name == "data" else np.int32))
            elif place.name != "language":
                np.save(folder / f"{place.name}.npy", np.asarray(value))

    @classmethod
    def load(cls, folder: Path) -> Lexical:
        """Return an index that was saved; its arrays stay on disk until they are read."""

        def array(name: str) -> npt.NDArray[np.generic]:
            return cast(npt.NDArray[np.generic], np.load(folder / f"{name}.npy", mmap_mode="r"))

        found: dict[str, object] = {"language": (folder / "language").read_text(encoding="utf-8")}
        for name in ("char", "stem", "once", "bag", "described"):
            parts = tuple(array(f"{name}.{part}") for part in _ARRAYS)
            matrix = sp.csr_matrix(parts, shape=tuple(array(f"{name}.shape")), copy=False)
            found[name] = Index(np.asarray(array(f"{name}.columns")), np.asarray(array(f"{name}.idf")), matrix)
        found |= {name: np.asarray(array(name)) for name in ("starts", "concepts", "weight")}
        return cls(size=int(array("size")), **found)  # type: ignore[arg-type]
