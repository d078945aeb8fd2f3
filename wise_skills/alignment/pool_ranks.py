"""What ranks a pool: for occupations the learned trees, for skills the weights of the fusion, both with calibrated confidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock

from wise_skills.alignment import features, skill_features
from wise_skills.alignment.embedding import Model
from wise_skills.alignment.model import Candidate, Kind, Query, labels_in
from wise_skills.alignment.modelled import Modelled
from wise_skills.alignment.occupation_scores import OccupationScores
from wise_skills.alignment.occupation_scores import Ranked as OfOccupations
from wise_skills.alignment.pools import Pool
from wise_skills.alignment.reasons import evidence
from wise_skills.alignment.skill_scores import Ranked as OfSkills
from wise_skills.alignment.skill_scores import SkillScores


class Ranks:
    """Ranks the concepts of a pool for queries that are compared in one language."""

    def __init__(self, pool: Pool, language: str, modelled: Modelled | None = None) -> None:
        self._concepts, self._scorer = pool.concepts, pool.scorer(language)
        self._labels = labels_in(pool.concepts, language)[0]
        self._language, self._modelled = language, modelled

    @cached_property
    def _skills(self) -> SkillScores:
        return SkillScores(self._scorer, self._concepts, modelled=self._modelled)

    @cached_property
    def _occupations(self) -> OccupationScores:
        return OccupationScores.open(self._scorer)

    def rank(self, queries: Sequence[Query], kind: Kind, top: int) -> Iterator[Iterator[Candidate]]:
        """Yield the best concepts of each query, without what stands beside them."""
        found: list[OfSkills | OfOccupations] = []
        if kind == "skill":
            found += self._skills.rank(queries, top=top)
        else:
            found += self._occupations.rank(queries, top=top)
        names = skill_features.NAMES if kind == "skill" else features.NAMES
        for query, ranked in zip(queries, found, strict=True):
            strange = self._modelled is None and query.is_strange_to(self._language)
            yield self._candidates(ranked, names, strange=strange)

    def _candidates(self, ranked: OfSkills | OfOccupations, names: Sequence[str], *, strange: bool) -> Iterator[Candidate]:
        for place, number in enumerate(ranked.concepts):
            concept, label = self._concepts[int(number)], int(ranked.labels[place])
            matched = self._labels[label] if label >= 0 else concept.label(self._language)
            facts = dict(zip(names, ranked.features[place].tolist(), strict=True))
            yield Candidate(
                concept, float(ranked.confidence[place]), matched, evidence(facts, strange=strange), float(ranked.scores[place])
            )


class PoolRanks:
    """The `Ranks` of pools, made when first asked for and kept; it may be asked from several threads."""

    def __init__(self, model: Path | None = None, kept: Path | None = None) -> None:
        self._model = Model.open(model) if model else None
        self._kept = kept
        self._made: dict[tuple[int, str], Ranks] = {}
        self._lock = Lock()

    @property
    def has_model(self) -> bool:
        """Whether an embedding model was given."""
        return self._model is not None

    def of(self, pool: Pool, language: str) -> Ranks:
        """Return what ranks a pool by its labels in a language."""
        with self._lock:
            key = (id(pool), language)
            if key not in self._made:
                self._made[key] = Ranks(pool, language, self._modelled(pool, language))
            return self._made[key]

    def _modelled(self, pool: Pool, language: str) -> Modelled | None:
        model, kept = self._model, self._kept
        if model is None:
            return None
        languages = [language] if language == "en" else [language, "en"]
        return Modelled.of_concepts(pool.concepts, model, languages, (lambda texts: model.encoded(texts, kept)) if kept else None)
