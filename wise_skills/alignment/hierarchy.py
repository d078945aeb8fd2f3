"""ISCO's groups above occupations: which occupations stand under a concept, and sums and maxima over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wise_skills.alignment.lexical import Floats, Ints
from wise_skills.alignment.model import Concept

DIGITS = (4, 3, 2, 1)


@dataclass
class Hierarchy:
    """The groups of concepts.

    Attributes
    ----------
    level:
        For each concept: 0 for an occupation, else the number of digits of the group's code.
    order:
        The occupations in the order of their codes.
    spans:
        Concepts × 4 × 2: where in `order` the occupations begin and end whose codes share the concept's first four, three,
        two, one digits; of a group, no more digits than it has. Both are 0 without a code.
    groups:
        Concepts × 2: the concept's number of the group of four and of three digits, -1 where there is none.
    """

    level: Ints
    order: Ints
    spans: Ints
    groups: Ints

    @classmethod
    def of(cls, concepts: Sequence[Concept]) -> Hierarchy:
        """Read the groups from the concepts' codes; what is no number is no code of ISCO."""
        codes = [concept.code if concept.code.isdigit() else "" for concept in concepts]
        level = np.array([len(code) if concept.is_group else 0 for concept, code in zip(concepts, codes, strict=True)], dtype=np.int64)
        members = sorted(
            (code, row) for row, (concept, code) in enumerate(zip(concepts, codes, strict=True)) if code and not concept.is_group
        )
        sorted_codes = np.array([code for code, _ in members], dtype=np.str_)
        spans = np.zeros((len(codes), len(DIGITS), 2), dtype=np.int64)
        group_of = {code: row for row, (concept, code) in enumerate(zip(concepts, codes, strict=True)) if concept.is_group and code}
        groups = np.full((len(codes), 2), -1, dtype=np.int64)
        for column, digits in enumerate(DIGITS):
            begin = np.array([code[:digits] for code in codes], dtype=np.str_)
            spans[:, column, 0] = np.searchsorted(sorted_codes, begin, "left")
            spans[:, column, 1] = np.searchsorted(sorted_codes, np.char.add(begin, ":"), "left")  # the sign after 9
            if digits > 2:
                groups[:, column] = [group_of.get(code, -1) for code in begin]
        spans[np.array([not code for code in codes], dtype=bool)] = 0
        return cls(level, np.array([row for _, row in members], dtype=np.int64), spans, groups)

    def members(self, column: int = 0) -> Ints:
        """Return for each concept how many occupations stand in its family of 4 - `column` digits."""
        return np.asarray(self.spans[:, column, 1] - self.spans[:, column, 0])

    def sums(self, scores: Floats, column: int = 0) -> Floats:
        """Return for each query and concept the sum of a score over the concept's family (queries × concepts in and out)."""
        running = np.zeros((len(self.order) + 1, len(scores)))
        np.cumsum(scores.T[self.order], axis=0, out=running[1:])
        distinct, back = np.unique(self.spans[:, column], axis=0, return_inverse=True)
        return np.ascontiguousarray((running[distinct[:, 1]] - running[distinct[:, 0]])[back.ravel()].T, dtype=np.float32)

    def best(self, scores: Floats, column: int = 0) -> Floats:
        """Return for each query and concept the best score in the concept's family, 0 in an empty one."""
        padded = np.concatenate([scores.T[self.order], np.zeros((1, len(scores)), np.float32)])
        distinct, back = np.unique(self.spans[:, column], axis=0, return_inverse=True)
        found = np.maximum.reduceat(padded, distinct.ravel(), axis=0)[::2]
        found[distinct[:, 0] == distinct[:, 1]] = 0
        return np.ascontiguousarray(found[back.ravel()].T, dtype=np.float32)
