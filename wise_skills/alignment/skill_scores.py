"""Ranking skills for labels and sentences, by weights learned on ESCO's own left-out labels.

The weights lie in `skill_fusion.json`, one set for each case: with or without an encoder, with or without English labels
beside those of another language, with or without an embedding model, for texts as long as labels and for longer ones. No
crosswalk and no annotated sentence was used for them; `python bench/fit_skills.py` makes the file anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from wise_skills.alignment.candidates import Scorer
from wise_skills.alignment.chunks import chunks
from wise_skills.alignment.fusion import Fusion
from wise_skills.alignment.model import Concept, Label, Query
from wise_skills.alignment.modelled import OF_MODEL, Modelled
from wise_skills.alignment.skill_features import NAMES, WHOLE, Compared, SkillFeatures, ingredients_of

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
_LABEL_WORDS = 8
FILE = Path(__file__).with_name("skill_fusion.json")


@dataclass(frozen=True, slots=True)
class Ranked:
    """The concepts proposed for a query, the best first.

    Attributes
    ----------
    concepts:
        int64, numbers of concepts.
    scores:
        float32, by which they are ordered; they compare within the query only.
    confidence:
        float32, how likely each is the right one, 0 to 1: as measured on left-out labels of ESCO, when `fusion.NONE` of the texts
        have no right concept.
    labels:
        int64, for each the number of the label of the scorer's language that is most like the text (or a chunk of it);
        −1 where the concept has none.
    features:
        float32, concepts × `skill_features.NAMES`.
    """

    concepts: Numbers
    scores: Floats
    confidence: Floats
    labels: Numbers
    features: Floats


def is_long(text: str) -> bool:
    """Return whether a text has more words than labels have, so that it may say more than one thing."""
    return len(text.split()) > _LABEL_WORDS


def case(ingredients: Iterable[str], *, long: bool) -> str:
    """Return the name of a set of weights: what there is to compare with (see `skill_features.ingredients_of`), and for what texts."""
    return "-".join(["words", *sorted(ingredients), *(["long"] if long else [])])


@cache
def fusions() -> dict[str, Fusion]:
    """Return the sets of weights by name (see `case`)."""
    return {name: Fusion.read(written) for name, written in json.loads(FILE.read_text(encoding="utf-8"))["fusions"].items()}


@cache
def foreign() -> float:
    """Return what is added to the log odds of a proposal for a text in a language other than that of the names it is compared with."""
    return float(json.loads(FILE.read_text(encoding="utf-8"))["foreign"])


def fusion_for(ingredients: frozenset[str], *, long: bool) -> Fusion:
    """Return the weights for what there is; where none were learned for English beside another language, those without it."""
    known = fusions()
    return known.get(case(ingredients, long=long)) or known[case(ingredients - {"english"}, long=long)]


class SkillScores:
    """Ranks skills for queries in one language; it may be asked from several threads."""

    def __init__(self, scorer: Scorer, concepts: Sequence[Concept], *, modelled: Modelled | None = None) -> None:
        """Take the scorer of the language of comparison, its concepts, and what an embedding model made of them.

        A model that does not know the language is not asked.
        """
        modelled = modelled if modelled is not None and modelled.speaks else None
        there = ingredients_of(scorer, modelled)
        self._fusions = {long: fusion_for(there, long=long) for long in (False, True)}
        self.features = SkillFeatures(scorer, modelled, {name for fusion in self._fusions.values() for name in fusion.weights})
        self.concepts = concepts
        self._modelled = modelled
        self._language = language = scorer.lexical.language
        self._labels = [label for concept in concepts for label in concept.labels if label.language == language]
        self._start = np.full(len(concepts) + 1, -1, np.int64)
        self._start[scorer.lexical.concepts] = scorer.lexical.starts
        self._end = np.append(scorer.lexical.starts[1:], len(self._labels))
        self._run = {int(number): run for run, number in enumerate(scorer.lexical.concepts)}

    def rank(
        self,
        queries: Sequence[Query],
        *,
        top: int = 10,
        allowed: npt.NDArray[np.bool_] | None = None,
        step: Callable[[int, int], None] = lambda done, whole: None,
    ) -> list[Ranked]:
        """Return the best concepts of each query.

        Parameters
        ----------
        queries:
            Labels or sentences; their language says at which words they fall into chunks.
        top:
            So many of each.
        allowed:
            Which concepts may be proposed (bool, one for each concept); all unless given.
        step:
            Called with the number of queries that are done, and of all.
        """
        found = list[Ranked | None]([None]) * len(queries)
        done = 0
        for language in dict.fromkeys(query.language for query in queries):
            mine = [number for number, query in enumerate(queries) if query.language == language]
            texts = [queries[number].text for number in mine]
            for number, compared in zip(mine, self.features.compare(texts, language), strict=True):
                found[number] = self._ranked(queries[number], compared, top, allowed)
                done += 1
                step(done, len(queries))
        return [ranked for ranked in found if ranked is not None]

    def _ranked(self, query: Query, compared: Compared, top: int, allowed: npt.NDArray[np.bool_] | None) -> Ranked:
        parts = chunks(query.text, query.language)
        fusion = self._fusions[is_long(query.text)]
        concepts, features = compared.concepts, compared.features
        scores = fusion.scores(features, NAMES)
        strange = self._modelled is None and query.is_strange_to(self._language)
        confidence = fusion.confidence(scores, foreign() if strange else 0.0)
        alike = (features[:, : len(WHOLE) + len(OF_MODEL)] > 0).any(axis=1) & bool(re.search(r"\w", query.text))
        kept = np.flatnonzero(alike & (allowed[concepts] if allowed is not None else True))
        order = kept[np.lexsort((concepts[kept], -scores[kept]))][:top]
        labels = np.array([self._most_alike(int(number), [query.text, *parts]) for number in concepts[order]], np.int64)
        features = features[order]
        if "char" not in self.features.names and (labels >= 0).any():  # for the reasons
            features[labels >= 0, NAMES.index("char")] = self.features.letters(query.text, labels[labels >= 0])
        return Ranked(concepts[order], scores[order], confidence[order], labels, features)

    def _most_alike(self, concept: int, texts: Sequence[str]) -> int:
        run = self._run.get(concept)
        if run is None:
            return -1
        start, end = int(self._start[concept]), int(self._end[run])
        labels = [label.text.lower() for label in self._labels[start:end]]
        likeness = process.cdist([text.lower() for text in texts], labels, scorer=fuzz.ratio)
        return start + int(likeness.max(axis=0).argmax())

    def label(self, number: int) -> Label:
        """Return a label by its number."""
        return self._labels[number]
