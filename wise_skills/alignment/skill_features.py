"""How alike queries and skills are, in numbers: what the scores of skills are made of.

A query is compared whole, by what a `Scorer` holds, and in its chunks (`chunks`): the query and each chunk share
themselves out among the concepts that they are like, so that a chunk like many (“experience”) gives little to each. An
embedding model, where there is one, compares both ways too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from wise_skills.alignment.candidates import Scorer
from wise_skills.alignment.chunks import chunks
from wise_skills.alignment.lexical import characters, of_runs, stemmed, tf_idf
from wise_skills.alignment.modelled import OF_MODEL, Modelled

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
Step = Callable[[int, int], None]

WHOLE = ("char", "prefchar", "stem", "match", "within", "bag", "described", "enc", "prefenc", "mean", "told", "all", "eng")
"""Scores of the whole query, named as `Scorer.scores` names them."""
IN_CHUNKS = ("char", "stem", "enc", "mean", "told", "all", "eng")
"""Scores by which chunks are compared too."""
NAMES = (*WHOLE, *OF_MODEL, *(f"{name}~" for name in (*IN_CHUNKS, *OF_MODEL)))
"""The features in their order; `~` marks how large a share of the query and its chunks speaks for the concept (a logarithm)."""

_ENCODED = frozenset({"enc", "prefenc", "mean", "told", "all", "eng"})
_NEEDS = {"enc": "encoder", "prefenc": "encoder", "mean": "encoder", "told": "encoder", "eng": "english", "all": "english"}
_NEEDS |= dict.fromkeys(OF_MODEL, "model")

_AT_ONCE, _CHUNKS_AT_ONCE = 64, 128  # queries, and chunks of them
_THREADS = 2
_SCALE, _LEAST = np.float32(20), np.float32(1e-4)
_TOP = 15  # so many of the best by each feature come into question


@dataclass(frozen=True, slots=True)
class Compared:
    """A query and the concepts worth ranking for it: `concepts` (int64, ascending) and `features` (float32, concepts × `NAMES`)."""

    concepts: Numbers
    features: Floats


def ingredients_of(scorer: Scorer, modelled: Modelled | None) -> frozenset[str]:
    """Return what there is beside words: `encoder`, `english` (labels beside those of the language, for the encoder), `model`."""
    there = {"encoder": scorer.vectors is not None, "model": modelled is not None}
    there["english"] = scorer.vectors is not None and len(scorer.vectors.english_of) > 0
    return frozenset(name for name, is_there in there.items() if is_there)


def names_with(ingredients: Iterable[str]) -> tuple[str, ...]:
    """Return the features that say something where there are these ingredients (see `ingredients_of`)."""
    return tuple(name for name in NAMES if _NEEDS.get(name.rstrip("~"), "") in ("", *ingredients))


class SkillFeatures:
    """Compares queries of one language with skills; it may be asked from several threads."""

    def __init__(self, scorer: Scorer, modelled: Modelled | None = None, used: Iterable[str] | None = None) -> None:
        """Take the scorer of the language (its own, or English), and what an embedding model made of the same concepts.

        Only the features that are `used` are computed, if these are given; the others are zero.
        """
        self.scorer, self.modelled = scorer, modelled
        self.names = tuple(name for name in names_with(ingredients_of(scorer, modelled)) if used is None or name in used)
        self._shared = frozenset(name.rstrip("~") for name in self.names if name.endswith("~"))
        self._whole = self._shared | {name for name in self.names if not name.endswith("~")}
        lexical, first = scorer.lexical, np.maximum(scorer.preferred, 0)
        self._named = scorer.preferred >= 0
        self._preferred_letters = lexical.char.matrix[first] if self._named.any() else lexical.char.matrix[:0]

    def compare(self, texts: Sequence[str], language: str, *, step: Step = lambda done, whole: None) -> Iterator[Compared]:
        """Yield what each text is compared with, in order: the best concepts by each feature."""
        parts = [chunks(text, language) for text in texts]
        batches, start = list[slice](), 0
        while start < len(texts):
            end, rows = start + 1, len(parts[start])
            while end < len(texts) and end - start < _AT_ONCE and (rows := rows + len(parts[end])) <= _CHUNKS_AT_ONCE:
                end += 1
            batches.append(slice(start, end))
            start = end

        def of(batch: slice) -> list[Compared]:
            return self._compare(texts[batch], parts[batch])

        done = 0
        # the products of matrices let other threads run meanwhile; two at a time bound the memory
        with ThreadPoolExecutor(_THREADS) as pool:
            for at in range(0, len(batches), _THREADS):
                pair = batches[at : at + _THREADS]
                for made in pool.map(of, pair) if len(pair) > 1 else map(of, pair):
                    yield from made
                    done += len(made)
                    step(done, len(texts))

    def _compare(self, texts: Sequence[str], parts: Sequence[tuple[str, ...]]) -> list[Compared]:
        size = self.scorer.lexical.size
        pieces = [(number, chunk) for number, found in enumerate(parts) for chunk in found]
        found = self._likeness(texts, self._whole)
        whose = np.array([number for number, _ in pieces], np.int64)
        firsts = np.flatnonzero(np.diff(whose, prepend=-1))
        of_chunks = self._likeness([chunk for _, chunk in pieces], self._shared) if pieces else {}
        if self.modelled is not None:
            of_model = self.modelled.scores([*texts, *(chunk for _, chunk in pieces)])
            found |= {name: scores[: len(texts)] for name, scores in of_model.items()}
            of_chunks |= {name: scores[len(texts) :] for name, scores in of_model.items()}
        for name in self._shared:
            share = _shares(found[name])
            if pieces:
                rows = whose[firsts]
                share[rows] += np.add.reduceat(_shares(of_chunks[name]), firsts, axis=0)
                share[rows] /= (1 + np.bincount(whose, minlength=len(texts))[rows, None]).astype(np.float32)
            found[f"{name}~"] = np.log(share + _LEAST) / 10
        keep, made = min(_TOP, size), list[Compared]()
        for number in range(len(texts)):
            of = {name: found[name][number] for name in self.names}
            best_by = [np.argpartition(-scores, keep - 1)[:keep] for scores in of.values()] if size else []
            chosen = np.unique(np.concatenate(best_by)) if best_by else np.zeros(0, np.int64)
            features = np.zeros((len(chosen), len(NAMES)), np.float32)
            for name, scores in of.items():
                features[:, NAMES.index(name)] = scores[chosen]
            made.append(Compared(chosen, features))
        return made

    def letters(self, text: str, labels: Numbers) -> Floats:
        """Return the cosine of a text's runs of letters with those of labels of the scorer's language, by number."""
        index = self.scorer.lexical.char
        rows = tf_idf(index.held(characters().transform([text])), index.idf)
        return np.asarray((index.matrix[labels] @ rows.T).toarray(), np.float32)[:, 0]

    def _likeness(self, texts: Sequence[str], wanted: Set[str]) -> dict[str, Floats]:
        """Return the wanted scores of texts but those of the model, each texts × concepts."""
        lexical, vectors = self.scorer.lexical, self.scorer.vectors
        found = dict[str, Floats]()
        if wanted & {"char", "prefchar"}:
            grams = tf_idf(lexical.char.held(characters().transform(texts)), lexical.char.idf)
            if "char" in wanted:
                found["char"] = lexical.best(_product(lexical.char.matrix, grams))
            if "prefchar" in wanted:
                found["prefchar"] = np.zeros((len(texts), lexical.size), np.float32)
                if self._named.any():
                    found["prefchar"] = np.where(self._named, _product(self._preferred_letters, grams).T, np.float32(0))
        if wanted & {"stem", "match", "within", "bag", "described"}:
            found |= self._words(texts, wanted)
        if vectors is not None and self.scorer.encoder is not None and wanted & _ENCODED:
            mine = self.scorer.encoder.encode_with_share(texts)[0]
            sides = {"mean": vectors.mean, "told": vectors.told, "all": vectors.all}
            found |= {name: mine @ side.T for name, side in sides.items() if name in wanted}
            if wanted & {"enc", "prefenc"}:
                of_labels = vectors.labels @ mine.T
                found["enc"] = lexical.best(of_labels)
                found["prefenc"] = np.zeros((len(texts), lexical.size), np.float32)
                found["prefenc"][:, self._named] = of_labels[self.scorer.preferred[self._named]].T
            if "eng" in wanted:
                starts = np.flatnonzero(np.diff(vectors.english_of, prepend=-1))
                found["eng"] = of_runs(np.maximum, vectors.english @ mine.T, starts, vectors.english_of[starts], lexical.size)
        return found

    def _words(self, texts: Sequence[str], wanted: Set[str]) -> dict[str, Floats]:
        """Return the scores by stems, as `Lexical.scores` defines them, without those that are not wanted."""
        lexical, found = self.scorer.lexical, dict[str, Floats]()
        counted = stemmed(lexical.language).transform(texts)
        once = lexical.once.held(counted)
        once.data[:] = 1
        strange = np.diff(counted.indptr) - np.diff(once.indptr)
        weight = np.asarray(once @ lexical.once.idf).ravel() + strange * lexical.once.idf.max(initial=0)
        weight = np.maximum(weight, 1e-9).astype(np.float32)
        if "stem" in wanted:
            found["stem"] = lexical.best(_product(lexical.stem.matrix, tf_idf(lexical.stem.held(counted), lexical.stem.idf)))
        if wanted & {"match", "within"}:
            shared = _product(lexical.once.matrix, once)
            within = np.asarray(shared / np.maximum(lexical.weight, 1e-9)[:, None], np.float32)
            cover = shared / weight[None, :]
            found["within"] = lexical.best(within)
            both = 2 * cover * within / np.maximum(cover + within, np.float32(1e-9))
            found["match"] = lexical.best(np.asarray(both, np.float32))
        for name, index in (("bag", lexical.bag), ("described", lexical.described)):
            if name in wanted:
                held = index.held(counted)
                held.data[:] = 1
                found[name] = np.ascontiguousarray((_product(index.matrix, held) / weight[None, :]).T)
        return found


def _product(matrix: sparse.csr_matrix, queries: sparse.csr_matrix) -> Floats:
    return np.asarray((matrix @ queries.T.tocsr()).toarray(), dtype=np.float32)


def _shares(scores: Floats) -> Floats:
    """Return for each row how much of it each concept gets when the nearest share it: a generic chunk gives little to each."""
    powers = np.exp(_SCALE * (scores - scores.max(axis=1, keepdims=True)))
    found: Floats = powers / powers.sum(axis=1, keepdims=True)
    return found
