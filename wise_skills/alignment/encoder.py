"""The encoder: texts of any language of the loaded concepts as vectors, those that mean the same near each other.

It is learned from the labels and descriptions of the concepts themselves (`training`), and is no more than one vector
for each piece of text (`ngrams`): the vector of a text is the weighted sum of its pieces' vectors, brought to length one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from wise_skills.alignment.model import Concept
from wise_skills.alignment.ngrams import Floats, Ngrams
from wise_skills.alignment.training import Settings, Step, learn

_TABLE, _WEIGHTS, _PIECES, _CARD = "table.npy", "weights.npy", "pieces.txt", "encoder.json"
_AT_ONCE = 4096


class Encoder:
    """Texts as vectors; it may be asked from several threads.

    Attributes
    ----------
    ngrams:
        The pieces of text that it knows.
    table:
        float16 of shape (pieces, dimensions).
    settings:
        How it was learned.
    """

    def __init__(self, ngrams: Ngrams, table: npt.NDArray[np.float16], settings: Settings) -> None:
        self.ngrams = ngrams
        self.table = table
        self.settings = settings

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return int(self.table.shape[1])

    @classmethod
    def train(
        cls,
        concepts: Sequence[Concept],
        *,
        dimensions: int = 128,
        seed: int = 0,
        settings: Settings | None = None,
        step: Step = lambda done, whole: None,
    ) -> Encoder:
        """Learn an encoder from the labels and definitions of concepts; the same concepts give the same bytes.

        Parameters
        ----------
        concepts:
            What to learn from, in any order.
        dimensions:
            The length of vectors.
        seed:
            Of the chance by which pairs are drawn.
        settings:
            How to learn, where it differs from the defaults; its dimensions and seed are not used.
        step:
            Called with the number of steps that are done, and of all.
        """
        used = replace(settings or Settings(), dimensions=dimensions, seed=seed)
        ngrams, table = learn(concepts, used, step)
        return cls(ngrams, table.astype(np.float16), used)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return float32 vectors of shape (texts, dimensions), of length one; a text without a known piece is all zeros."""
        return self.encode_with_share(texts)[0]

    def encode_with_share(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Return the vectors, and for each text which share (0 to 1) of its pieces' weight is known.

        A small share says that the vector stands for a small part of the text, as for one of a language never seen.
        """
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        shares = np.zeros(len(texts), np.float32)
        for start in range(0, len(texts), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            matrix, shares[part] = self.ngrams.matrix(texts[part])
            rows, places = np.unique(matrix.indices, return_inverse=True)
            dense = type(matrix)((matrix.data, places, matrix.indptr), shape=(matrix.shape[0], len(rows)))
            vectors[part] = dense @ np.asarray(self.table[rows], dtype=np.float32)
        lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
        return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-12), shares

    def save(self, folder: Path) -> None:
        """Write the encoder into a folder, which is made: four files whose bytes depend on nothing else."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / _TABLE, np.ascontiguousarray(self.table))
        np.save(folder / _WEIGHTS, self.ngrams.weights)
        (folder / _PIECES).write_text("\n".join(self.ngrams.pieces), encoding="utf-8", newline="\n")
        card = {"settings": asdict(self.settings), "pieces": len(self.ngrams), "unknown": self.ngrams.unknown}
        (folder / _CARD).write_text(json.dumps(card, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, folder: Path) -> Encoder:
        """Read an encoder from a folder; the table stays on disk and is read where it is needed."""
        card = json.loads((folder / _CARD).read_text(encoding="utf-8"))
        text = (folder / _PIECES).read_text(encoding="utf-8")
        known = text.split("\n") if text else []
        ngrams = Ngrams(known, np.load(folder / _WEIGHTS), float(card["unknown"]))
        table = np.load(folder / _TABLE, mmap_mode="r") if known else np.zeros((0, card["settings"]["dimensions"]), np.float16)
        return cls(ngrams, table, Settings(**card["settings"]))
