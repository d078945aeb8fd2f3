"""Evidence from accepted mappings: labels of other classifications that somebody has aligned speak for their concepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from wise_skills.alignment.lexical import Floats, Ints, of_runs

CLOSE = frozenset({"exactMatch", "broadMatch"})
"""Relations after which a label counts as another name: the same as the concept, or something narrower."""


class Aligned(Protocol):
    """A label with the concept that was accepted for it."""

    @property
    def text(self) -> str:
        """The label."""
        ...

    @property
    def country(self) -> str:
        """Whose label it is."""
        ...

    @property
    def concept(self) -> str:
        """IRI of the concept."""
        ...

    @property
    def relation(self) -> str:
        """`exactMatch`, `broadMatch` (the concept is broader), `narrowMatch`, `closeMatch`: from the label to the concept."""
        ...


@dataclass
class Evidence:
    """Accepted mappings as vectors.

    Attributes
    ----------
    vectors:
        One row for each mapping.
    of:
        The number of its concept.
    near:
        Whether its label counts as another name of the concept.
    countries:
        Whose it is.
    size:
        How many concepts there are.
    """

    vectors: Floats
    of: Ints
    near: npt.NDArray[np.bool_]
    countries: npt.NDArray[np.str_]
    size: int

    @classmethod
    def of_mappings(cls, mappings: Sequence[Aligned], concepts: Sequence[str], vectors: Floats) -> Evidence:
        """Keep the mappings of known concepts (given by IRI); `vectors` holds a row for each mapping."""
        number = {iri: place for place, iri in enumerate(concepts)}
        kept = [row for row, mapping in enumerate(mappings) if mapping.concept in number]
        kept.sort(key=lambda row: (mappings[row].relation not in CLOSE, number[mappings[row].concept]))
        return cls(
            vectors[np.array(kept, dtype=np.int64)],
            np.array([number[mappings[row].concept] for row in kept], dtype=np.int64),
            np.array([mappings[row].relation in CLOSE for row in kept], dtype=bool),
            np.array([mappings[row].country for row in kept], dtype=np.str_),
            len(concepts),
        )

    def scores(self, queries: Floats, without: str | Sequence[str] = "") -> dict[str, Floats]:
        """Return for each query and concept how near the nearest aligned labels are.

        Parameters
        ----------
        queries:
            Vectors of queries.
        without:
            Country (or countries) whose mappings are left out.

        Returns
        -------
        dict
            `near`: the nearest label that is another name; `seen`: the nearest of any relation; `votes`: what the ten nearest
            labels of each country give to each concept, each by its nearness.
        """
        gone = {without} if isinstance(without, str) else set(without)
        return self.together(
            [self.of_country(queries, country) for country in np.unique(self.countries).tolist() if country not in gone], len(queries)
        )

    def together(self, parts: Sequence[Mapping[str, Floats]], count: int) -> dict[str, Floats]:
        """Bring the scores that several countries' mappings give to so many queries together."""
        found = {name: np.zeros((count, self.size), np.float32) for name in ("near", "seen", "votes")}
        for part in parts:
            for name, ufunc in (("near", np.maximum), ("seen", np.maximum), ("votes", np.add)):
                ufunc(found[name], part[name], out=found[name])
        return found

    def of_country(self, queries: Floats, country: str) -> dict[str, Floats]:
        """Return the scores that one country's mappings give (see `scores`)."""
        here = np.flatnonzero(self.countries == country)
        of, near = self.of[here], self.near[here]
        nearness = self.vectors[here] @ queries.T
        found = {name: np.zeros((len(queries), self.size), np.float32) for name in ("near", "seen", "votes")}
        for name, taken in (("near", near), ("seen", ~near)):
            numbers = of[taken]
            if len(numbers):
                starts = np.flatnonzero(np.diff(numbers, prepend=-1))
                found[name] = of_runs(np.maximum, nearness[taken], starts, numbers[starts], self.size)
        found["seen"] = np.maximum(found["seen"], found["near"])
        nearness = np.ascontiguousarray(nearness.T)
        count = min(10, nearness.shape[1])
        best = np.argpartition(-nearness, count - 1, axis=1)[:, :count]
        rows = np.arange(len(queries))[:, None]
        weights = np.power(np.maximum(nearness[rows, best], 0), 4)
        np.add.at(found["votes"], (np.broadcast_to(rows, best.shape), of[best]), weights)
        return found
