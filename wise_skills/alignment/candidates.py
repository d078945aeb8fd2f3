"""From queries to ranked concepts: what is scored, which concepts come into question, and one way through for bench and matcher.

A `Scorer` holds the labels of some concepts in one language (the query's own where it is held, else English), what further
languages say through the encoder, the hierarchy, and evidence. It never sees more than a chunk of queries at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from wise_skills.alignment.evidence import Evidence
from wise_skills.alignment.hierarchy import Hierarchy
from wise_skills.alignment.lexical import Floats, Ints, Lexical, of_runs
from wise_skills.alignment.model import Concept, labels_in
from wise_skills.alignment.words import tokens, variants

CHUNK = 128
# What the lexical fusion weighs, and what the encoder adds to it (design/alignment.md §3).
FUSION = {"char": 1.0, "stem": 0.5, "match": 0.4, "bag": 0.3, "described": 0.15, "enc": 1.0, "mean": 0.5, "all": 0.5, "eng": 0.3}
# Scores of which the best fifteen of each query come into question.
_TOPS = ("char", "stem", "match", "bag", "described", "enc", "mean", "eng", "all", "told", "near", "seen")
_TOP, _TOP_FUSED, _GROUPS_OF = 15, 40, 20


class Encodes(Protocol):
    """An encoder: texts as vectors of length one."""

    def encode_with_share(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Return vectors, and for each text the share of it that is known."""
        ...


@dataclass
class Vectors:
    """What the encoder made of the concepts' texts; rows are zero where there is nothing.

    Attributes
    ----------
    labels:
        Of each label of the language that is scored.
    mean:
        Of each concept, the mean of these.
    english:
        Of each English label, with the concept of each in `english_of`, ascending; none where English is the language itself.
    all:
        Of each concept, the mean over all languages.
    told:
        Of each concept's description, the mean over all languages that are held.
    """

    labels: Floats
    mean: Floats
    english: Floats
    english_of: Ints
    all: Floats
    told: Floats

    @classmethod
    def of(cls, concepts: Sequence[Concept], language: str, encoder: Encodes, *, languages: frozenset[str] | None = None) -> Vectors:
        """Encode the texts of concepts: their labels in a language, and in all (or the given) others."""

        def taken(wanted: Callable[[str], bool]) -> tuple[Floats, Ints]:
            texts = [(number, label.text) for number, concept in enumerate(concepts) for label in concept.labels if wanted(label.language)]
            return encoder.encode_with_share([text for _, text in texts])[0], np.array([n for n, _ in texts], dtype=np.int64)

        size = len(concepts)
        own, own_of = taken(lambda tag: tag == language)
        english, english_of = taken(lambda tag: tag == "en") if language != "en" else (own[:0], own_of[:0])
        every = [_mean(*((own, own_of)), size)]
        tags = {label.language for concept in concepts for label in concept.labels} - {language}
        for tag in sorted(tags if languages is None else tags & languages):
            every.append(_mean(*((english, english_of) if tag == "en" else taken(lambda other, tag=tag: other == tag)), size))  # type: ignore[misc]
        told = [
            (n, text)
            for n, c in enumerate(concepts)
            for tag, text in sorted(c.definitions.items())
            if languages is None or tag in languages
        ]
        beginnings = [" ".join(text.split()[:40]) for _, text in told]
        return cls(
            own,
            every[0],
            english,
            english_of,
            _unit(np.sum(every, axis=0)),
            _mean(encoder.encode_with_share(beginnings)[0], np.array([n for n, _ in told], dtype=np.int64), size),
        )


def _unit(vectors: Floats) -> Floats:
    length = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    return np.asarray(vectors / np.maximum(length, 1e-9), dtype=np.float32)


def _mean(vectors: Floats, of: Ints, size: int) -> Floats:
    total = np.zeros((size, vectors.shape[1]), np.float32)
    np.add.at(total, of, vectors)
    return _unit(total)


@dataclass
class Scores:
    """All that is known of a chunk of queries before candidates are chosen.

    Attributes
    ----------
    concepts:
        By name, a matrix queries × concepts.
    labels:
        By name, a matrix labels × queries (`char`, `stem`, `match`, `enc`).
    queries:
        By name, a value for each query.
    """

    concepts: dict[str, Floats]
    labels: dict[str, Floats]
    queries: dict[str, Floats]


@dataclass
class _Merge:
    """Brings the columns of queries and of what they spell out together: first `size` queries, then `of` says whose a column is."""

    size: int
    of: Ints

    def __call__(self, scores: Floats) -> Floats:
        found = scores[:, : self.size].copy()
        nth = np.arange(len(self.of)) - np.searchsorted(self.of, self.of)
        for turn in range(int(nth.max(initial=-1)) + 1):
            columns = self.size + np.flatnonzero(nth == turn)
            whose = self.of[columns - self.size]
            found[:, whose] = np.maximum(found[:, whose], scores[:, columns])
        return found


class Scorer:
    """Scores concepts for queries."""

    def __init__(
        self,
        lexical: Lexical,
        hierarchy: Hierarchy,
        preferred: Ints,
        encoder: Encodes | None = None,
        vectors: Vectors | None = None,
        evidence: Evidence | None = None,
    ) -> None:
        self.lexical, self.hierarchy, self.preferred = lexical, hierarchy, preferred
        self.encoder, self.vectors, self.evidence = encoder, vectors, evidence

    @classmethod
    def of(
        cls,
        concepts: Sequence[Concept],
        language: str,
        encoder: Encodes | None = None,
        evidence: Evidence | None = None,
        *,
        languages: frozenset[str] | None = None,
    ) -> Scorer:
        """Make a scorer of concepts' labels in a language.

        Parameters
        ----------
        concepts, language:
            What can be proposed, and the language; a concept without a label in it is reached through the encoder only.
        encoder, evidence:
            Where there are any.
        languages:
            The further languages that may speak through the encoder; all unless given.
        """
        labels, of, first = labels_in(concepts, language)
        described = [concept.definitions.get(language, "") for concept in concepts]
        lexical = Lexical.of([label.text for label in labels], of, len(concepts), language, described)
        vectors = Vectors.of(concepts, language, encoder, languages=languages) if encoder is not None else None
        return cls(lexical, Hierarchy.of(concepts), np.array(first, dtype=np.int64), encoder, vectors, evidence)

    def chunks(self, queries: Sequence[str], country: str | Sequence[str] = "") -> Iterator[tuple[int, Scores]]:
        """Yield the scores of queries, chunk by chunk, each with the number of its first query."""
        for start in range(0, len(queries), CHUNK):
            yield start, self.scores(queries[start : start + CHUNK], country)

    def scores(self, queries: Sequence[str], country: str | Sequence[str] = "") -> Scores:
        """Return the scores of a few queries; evidence of the given country is left out."""
        spelt = [variants(query) or (query,) for query in queries]
        further = [(number, text) for number, texts in enumerate(spelt) for text in texts[1:]]
        rows = [texts[0] for texts in spelt] + [text for _, text in further]
        merge = _Merge(len(queries), np.array([number for number, _ in further], dtype=np.int64))
        lexical = self.lexical
        raw = lexical.scores(rows)
        first = slice(0, len(queries))
        # where the words of query and label agree both ways: the harmonic mean of the two shares
        raw["match"] = 2 * raw["cover"] * raw["within"] / np.maximum(raw["cover"] + raw["within"], 1e-9)
        found = {"char0": lexical.best(raw["char"][:, first])}
        labels = {name: merge(raw[name]) for name in ("char", "stem", "match")}
        found |= {name: lexical.best(scores) for name, scores in labels.items()}
        found |= {name: lexical.best(merge(raw[name])) for name in ("cover", "within")}
        found |= {name: np.ascontiguousarray(raw[name][:, first].T) for name in ("bag", "described")}
        found["softchar"], found["prefchar"] = lexical.soft(labels["char"]), self._preferred(labels["char"])
        facts = {"words": np.array([len(tokens(query)) for query in queries], np.float32), "share": np.zeros(len(queries), np.float32)}
        if self.encoder is not None and self.vectors is not None:
            vectors, facts["share"] = self.encoder.encode_with_share(queries)
            self._encoded(found, labels, vectors)
            if self.evidence is not None:
                found |= self.evidence.scores(vectors, country)
        found["fused"] = self._fused(found)
        answer = Scores(found, labels, facts)
        found["own"] = lexical.best(self.own(answer))
        return answer

    def _preferred(self, scores: Floats) -> Floats:
        if not len(scores):
            return np.zeros((scores.shape[1], self.lexical.size), np.float32)
        chosen = np.ascontiguousarray(scores[np.maximum(self.preferred, 0)].T, dtype=np.float32)
        chosen[:, self.preferred < 0] = 0
        return chosen

    def _encoded(self, found: dict[str, Floats], labels: dict[str, Floats], vectors: Floats) -> None:
        assert self.vectors is not None
        held = self.vectors
        labels["enc"] = held.labels @ vectors.T
        found["enc"], found["softenc"] = self.lexical.best(labels["enc"]), self.lexical.soft(labels["enc"])
        found["prefenc"] = self._preferred(labels["enc"])
        for name, texts in (("mean", held.mean), ("all", held.all), ("told", held.told)):
            found[name] = vectors @ texts.T
        found["eng"] = found["enc"]
        if len(held.english_of):
            starts = np.flatnonzero(np.diff(held.english_of, prepend=-1))
            found["eng"] = of_runs(np.maximum, held.english @ vectors.T, starts, held.english_of[starts], self.lexical.size)

    def _fused(self, found: dict[str, Floats]) -> Floats:
        return np.asarray(sum(weight * found[name] for name, weight in FUSION.items() if name in found), dtype=np.float32)

    def candidates(self, scores: Scores) -> tuple[Ints, Ints]:
        """Return the queries' and concepts' numbers of what comes into question, sorted by query and concept.

        The best of every score, the best of their fusion, and the ISCO groups of the best twenty.
        """
        fused = scores.concepts["fused"]
        chosen = np.zeros(fused.shape, dtype=bool)
        for name in (*_TOPS, "fused"):
            if name in scores.concepts:
                values = scores.concepts[name]
                count = min(_TOP_FUSED if name == "fused" else _TOP, values.shape[1])
                best = np.argpartition(-values, count - 1, axis=1)[:, :count]
                rows = np.arange(len(values))[:, None]
                chosen[rows, best] |= values[rows, best] > 0
        best = np.argsort(-fused, axis=1, kind="stable")[:, :_GROUPS_OF]
        groups = self.hierarchy.groups[best]  # queries × 20 × 2
        rows = np.broadcast_to(np.arange(len(fused))[:, None, None], groups.shape)
        chosen[rows[groups >= 0], groups[groups >= 0]] = True
        queries, concepts = np.nonzero(chosen)
        return queries.astype(np.int64), concepts.astype(np.int64)

    def best_labels(self, scores: Scores, queries: Ints, concepts: Ints) -> Ints:
        """Return for candidates the number of the label that speaks most for each, -1 where it has none in this language."""
        lexical = self.lexical
        run = np.full(lexical.size, -1, dtype=np.int64)
        run[lexical.concepts] = np.arange(len(lexical.concepts))
        ends = np.append(lexical.starts[1:], len(lexical.weight))
        runs = run[concepts]
        held = np.flatnonzero(runs >= 0)
        lengths = (ends - lexical.starts)[runs[held]]
        rows = np.repeat(lexical.starts[runs[held]] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        whose = np.repeat(np.arange(len(held)), lengths)
        values = self.own(scores)[rows, np.repeat(queries[held], lengths)]
        order = np.lexsort((rows, -values, whose))
        found = np.full(len(concepts), -1, dtype=np.int64)
        found[held] = rows[order][np.flatnonzero(np.diff(whose[order], prepend=-1))]
        return found

    @staticmethod
    def own(scores: Scores) -> Floats:
        """Return the own score of each label (labels × queries): the fusion of what is known of labels."""
        weights = {name: FUSION[name] for name in ("char", "stem", "match", "enc") if name in scores.labels}
        return np.asarray(sum(weight * scores.labels[name] for name, weight in weights.items()), dtype=np.float32)
