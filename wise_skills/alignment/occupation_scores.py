"""Ranking occupations for labels: the one way through that the matcher and the benchmark share."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from wise_skills.alignment import features
from wise_skills.alignment.calibration import Calibration
from wise_skills.alignment.candidates import Scorer, Scores
from wise_skills.alignment.lexical import Floats, Ints
from wise_skills.alignment.model import Query
from wise_skills.alignment.ranker import Ranker, read_arrays

FILE = Path(__file__).parent / "ranker" / "occupations.npz"
_AT_ONCE, _THREADS = 64, 2


@dataclass(frozen=True)
class Ranked:
    """The candidates of a query, the best first.

    Attributes
    ----------
    concepts:
        Their numbers.
    scores:
        What they are ordered by.
    confidence:
        How likely each is right, 0 to 1.
    labels:
        For each the number of the label (in the order of the scorer's labels) that speaks most for it; -1 where it has none.
    features:
        What the ranker read, candidates × `features.NAMES`.
    """

    concepts: Ints
    scores: Floats
    confidence: Floats
    labels: Ints
    features: Floats


class OccupationScores:
    """Ranks occupations and ISCO groups for queries in one language; without a ranker by the fixed fusion.

    It may be asked from several threads.
    """

    def __init__(self, scorer: Scorer, ranker: Ranker | None = None, calibration: Calibration | None = None) -> None:
        self.scorer, self.ranker, self.calibration = scorer, ranker, calibration

    @classmethod
    def open(cls, scorer: Scorer, name: str = "all") -> OccupationScores:
        """Take the committed ranker of that name (`all`, or `without-lva` and its like for measuring)."""
        return cls(scorer, Ranker.load(FILE, name), Calibration.of_arrays(read_arrays(FILE, f"{name}-confidence")))

    def rank(
        self,
        queries: Sequence[Query],
        *,
        top: int | None = None,
        allowed: npt.NDArray[np.bool_] | None = None,
        step: Callable[[int, int], None] = lambda done, whole: None,
    ) -> list[Ranked]:
        """Return the ranked concepts of each query.

        Parameters
        ----------
        queries:
            Labels. Mappings of a query's country are no evidence for it; its code is not read.
        top:
            So many for each query; all candidates (about ninety) unless given.
        allowed:
            For each concept, whether it may be proposed.
        step:
            Called with the number of queries that are done, and of all.
        """
        found = list[Ranked | None]([None]) * len(queries)
        done = 0
        for country in sorted({query.country for query in queries}):
            mine = [number for number, query in enumerate(queries) if query.country == country]
            places = iter(mine)
            for _, chunk in self.chunks([queries[number].text for number in mine], country=country, allowed=allowed):
                for ranked in chunk:
                    found[next(places)] = cut(ranked, top)
                done += len(chunk)
                step(done, len(queries))
        return [ranked for ranked in found if ranked is not None]

    def chunks(
        self, queries: Sequence[str], *, country: str | Sequence[str] = "", allowed: npt.NDArray[np.bool_] | None = None
    ) -> Iterator[tuple[Scores, list[Ranked]]]:
        """Yield the scores of a chunk of queries with the ranked concepts of each."""

        def one(start: int) -> tuple[Scores, list[Ranked]]:
            part = queries[start : start + _AT_ONCE]
            scores = self.scorer.scores(part, country)
            return scores, self._ranked(scores, len(part), allowed)

        starts = iter(range(0, len(queries), _AT_ONCE))
        if len(queries) <= _AT_ONCE:
            yield from map(one, starts)
            return
        # numpy and scipy let others work while they reckon; their own threads would be too many
        with threadpool_limits(1), ThreadPoolExecutor(_THREADS) as threads:
            waiting = deque(threads.submit(one, start) for start in islice(starts, _THREADS))
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(threads.submit(one, start) for start in islice(starts, 1))

    def _ranked(self, scores: Scores, count: int, allowed: npt.NDArray[np.bool_] | None) -> list[Ranked]:
        whose, concepts = self.scorer.candidates(scores)
        if allowed is not None:
            whose, concepts = whose[allowed[concepts]], concepts[allowed[concepts]]
        read = features.compute(self.scorer, scores, whose, concepts)
        fused = read[:, features.NAMES.index("fused")]
        values = self.ranker.predict(read) if self.ranker is not None else fused
        # equals: the better fusion, then the concept that stands first
        order = np.lexsort((concepts, -fused, -values, whose))
        whose, concepts, read, values = whose[order], concepts[order], read[order], values[order]
        confidence = self.calibration.confidence(read, values, whose) if self.calibration is not None else np.zeros_like(values)
        labels = self.scorer.best_labels(scores, whose, concepts)
        cuts = np.searchsorted(whose, np.arange(count + 1))
        return [Ranked(concepts[a:b], values[a:b], confidence[a:b], labels[a:b], read[a:b]) for a, b in pairwise(cuts.tolist())]


def cut(ranked: Ranked, top: int | None) -> Ranked:
    """Return the first candidates."""
    return Ranked(ranked.concepts[:top], ranked.scores[:top], ranked.confidence[:top], ranked.labels[:top], ranked.features[:top])
