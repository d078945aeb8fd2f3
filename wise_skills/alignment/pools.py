"""Pools: the concepts of one scheme and kind, with what was made of them so that they can be scored in each language.

::

    <pool>/concepts.json
    <pool>/<language>/lexical/*.npy, <pool>/<language>/vectors/*.npy

A pool is made once for the same concepts and the same encoder, and only read afterwards.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from wise_skills.alignment.candidates import Scorer, Vectors
from wise_skills.alignment.encoder import Encoder
from wise_skills.alignment.evidence import Evidence
from wise_skills.alignment.hierarchy import Hierarchy
from wise_skills.alignment.lexical import Lexical
from wise_skills.alignment.model import Concept, Label, labels_in
from wise_skills.languages import primary

_CONCEPTS, _LEXICAL, _VECTORS = "concepts.json", "lexical", "vectors"


def digest(concepts: Sequence[Concept], *more: str) -> str:
    """Return a hash of all that is said of concepts, and of further texts."""
    made = hashlib.sha256("\n".join(more).encode())
    for concept in concepts:
        made.update(json.dumps(asdict(concept), sort_keys=True, ensure_ascii=False).encode())
    return made.hexdigest()[:24]


def write_concepts(concepts: Sequence[Concept], path: Path) -> None:
    """Write concepts to a file."""
    rows = [(c.iri, c.kind, _labels(c), dict(c.definitions), c.scheme, c.is_group, c.broader, c.code, c.skill_type) for c in concepts]
    path.write_text(json.dumps(rows, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _labels(concept: Concept) -> list[tuple[str, str, bool]]:
    return [(label.text, label.language, label.preferred) for label in concept.labels]


def read_concepts_file(path: Path) -> list[Concept]:
    """Return the concepts of a file."""
    rows: list[list[Any]] = json.loads(path.read_text(encoding="utf-8"))
    return [
        Concept(iri, kind, tuple(Label(*label) for label in labels), definitions, scheme, is_group, tuple(broader), code, skill_type)
        for iri, kind, labels, definitions, scheme, is_group, broader, code, skill_type in rows
    ]


def write_pool(concepts: Sequence[Concept], encoder: Encoder | None, folder: Path) -> None:
    """Make the pool of concepts in a folder, for each language in which they have labels."""
    folder.mkdir(parents=True, exist_ok=True)
    write_concepts(concepts, folder / _CONCEPTS)
    for language in languages_of(concepts):
        scorer = Scorer.of(concepts, language, encoder)
        scorer.lexical.save(folder / language / _LEXICAL)
        if scorer.vectors is not None:
            _save_vectors(scorer.vectors, folder / language / _VECTORS)


def languages_of(concepts: Sequence[Concept]) -> list[str]:
    """Return the languages of labels, the one with most concepts first."""
    counts = Counter(tag for concept in concepts for tag in {label.language for label in concept.labels})
    return sorted(counts, key=lambda tag: (-counts[tag], tag))


class Pool:
    """A pool that was written; scorers are read when first asked for and kept."""

    def __init__(self, folder: Path, encoder: Encoder | None, evidence: Evidence | None = None) -> None:
        self._folder, self._encoder, self._evidence = folder, encoder, evidence
        self._scorers: dict[str, Scorer] = {}
        self._lock = Lock()

    @cached_property
    def concepts(self) -> list[Concept]:
        """The concepts; their numbers are places in this list."""
        return read_concepts_file(self._folder / _CONCEPTS)

    @cached_property
    def languages(self) -> list[str]:
        """The languages of their labels, the one with most first."""
        return [tag for tag in languages_of(self.concepts) if (self._folder / tag).is_dir()]

    @cached_property
    def _covered(self) -> Counter[str]:
        """How many concepts have labels in each language."""
        return Counter(tag for concept in self.concepts for tag in {label.language for label in concept.labels})

    def language_for(self, asked: str) -> str:
        """Return the language in which a query is compared.

        Its own where half of the concepts have labels in it (`fr` for `fr-BE`), else English, else the commonest.
        """
        covered = self._covered
        for tag in (asked, primary(asked)):
            if covered[tag] * 2 >= len(self.concepts):
                return tag
        return "en" if covered["en"] * 2 >= len(self.concepts) else self.languages[0]

    def scorer(self, language: str) -> Scorer:
        """Return what scores the concepts by their labels in a language."""
        with self._lock:
            if language not in self._scorers:
                folder = self._folder / language
                lexical, hierarchy = Lexical.load(folder / _LEXICAL), Hierarchy.of(self.concepts)
                vectors = _load_vectors(folder / _VECTORS) if self._encoder is not None else None
                first = np.array(labels_in(self.concepts, language)[2], dtype=np.int64)
                self._scorers[language] = Scorer(lexical, hierarchy, first, self._encoder, vectors, self._evidence)
            return self._scorers[language]


def _save_vectors(vectors: Vectors, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for place in fields(vectors):
        array = getattr(vectors, place.name)
        # half the disk; a cosine does not notice
        np.save(folder / f"{place.name}.npy", array.astype(np.float16) if array.dtype == np.float32 else array)


def _load_vectors(folder: Path) -> Vectors | None:
    if not folder.is_dir():
        return None
    arrays = {place.name: np.load(folder / f"{place.name}.npy") for place in fields(Vectors)}
    return Vectors(**{name: array.astype(np.float32) if array.dtype == np.float16 else array for name, array in arrays.items()})
