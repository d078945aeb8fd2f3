"""What an embedding model makes of concepts, and how like texts they are by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from wise_skills.alignment.lexical import of_runs
from wise_skills.alignment.model import Concept, Label

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

OF_MODEL = ("model", "model_pref", "model_mean", "model_told")
"""Scores of the embedding model: the best label, the preferred ones, the middle of all labels, the description."""

_SAMPLE, _ENOUGH = 500, 0.6
"""Of so many labels such a share must lie nearest to the English label of the same concept."""


class Embeds(Protocol):
    """An embedding model: texts as vectors of length one."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return float32, texts × width."""
        ...


@dataclass(frozen=True, slots=True)
class Modelled:
    """What an embedding model made of the concepts' texts in some languages; zeros where a concept has none.

    Attributes
    ----------
    model:
        The model.
    labels, of:
        A vector for each label, and the number of its concept, ascending.
    preferred, mean, told:
        Of each concept: its preferred labels, the middle of its labels, its descriptions.
    speaks:
        Whether the model knows the language: most of the labels of a sample lie nearest to the English label of their own concept.
    """

    model: Embeds
    labels: Floats
    of: Numbers
    preferred: Floats
    mean: Floats
    told: Floats
    speaks: bool = True

    @classmethod
    def of_concepts(
        cls, concepts: Sequence[Concept], model: Embeds, languages: Sequence[str], encode: Callable[[Sequence[str]], Floats] | None = None
    ) -> Modelled:
        """Encode the labels and descriptions of concepts.

        Parameters
        ----------
        concepts, model, encode:
            What is encoded, and by what: by `encode`, which may remember vectors of the model, if it is given.
        languages:
            Of the labels and descriptions; first that of the queries.
        """
        labels = [(n, label) for n, concept in enumerate(concepts) for label in concept.labels if label.language in languages]
        described = [(n, *pair) for n, concept in enumerate(concepts) for pair in sorted(concept.definitions.items())]
        told = [(n, text) for n, tag, text in described if tag in languages and text]
        vectors = (encode or model.encode)([*(label.text for _, label in labels), *(text for _, text in told)])
        of, liked = np.array([n for n, _ in labels], np.int64), np.array([label.preferred for _, label in labels], bool)
        own, size = vectors[: len(labels)], len(concepts)
        return cls(
            model,
            own,
            of,
            _middle(own[liked], of[liked], size),
            _middle(own, of, size),
            _middle(vectors[len(labels) :], np.array([n for n, _ in told], np.int64), size),
            _speaks(labels, own, languages),
        )

    def scores(self, texts: Sequence[str]) -> dict[str, Floats]:
        """Return the scores `OF_MODEL`, each texts × concepts."""
        vectors = self.model.encode(texts)
        starts = np.flatnonzero(np.diff(self.of, prepend=-1))
        best = of_runs(np.maximum, self.labels @ vectors.T, starts, self.of[starts], len(self.mean))
        middles = (vectors @ side.T for side in (self.preferred, self.mean, self.told))
        return dict(zip(OF_MODEL, (best, *middles), strict=True))


def _speaks(labels: Sequence[tuple[int, Label]], vectors: Floats, languages: Sequence[str]) -> bool:
    rows: dict[str, dict[int, int]] = {language: {} for language in languages}
    for row, (number, label) in enumerate(labels):
        if label.preferred:
            rows[label.language].setdefault(number, row)
    own, english = rows[languages[0]], rows.get("en", {})
    both = [number for number in own if number in english]
    both = both[:: max(1, len(both) // _SAMPLE)]
    if languages[0] == "en" or len(both) < 2:
        return True
    alike = vectors[[own[number] for number in both]] @ vectors[[english[number] for number in both]].T
    return bool((alike.argmax(axis=1) == np.arange(len(both))).mean() >= _ENOUGH)


def _middle(vectors: Floats, of: Numbers, size: int) -> Floats:
    total = np.zeros((size, vectors.shape[1]), np.float32)
    np.add.at(total, of, vectors)
    found: Floats = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), np.float32(1e-9))
    return found
