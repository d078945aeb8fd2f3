"""Which texts say the same: the labels of a concept in all languages, and what describes it.

The encoder learns from pairs of them (`training`). A pair is a label and a partner of the same concept, drawn anew each time
the label's turn comes: mostly a label of another language, and more often one of the language in which most labels are,
because that is the one which all others are to be compared with; sometimes one of the same language, or a description.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from wise_skills.alignment.model import Concept

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The texts of concepts, by number: labels first, sorted by concept and language, descriptions after them.

    Attributes
    ----------
    texts:
        Labels, then the beginnings of descriptions.
    concept:
        The concept of each text.
    group:
        The group of each label, which is one concept's labels of one language.
    group_start, group_size:
        Where each group's labels begin and how many they are.
    concept_start, concept_size:
        Where each concept's groups begin and how many they are.
    described_start, described_size:
        Where each concept's descriptions begin and how many they are.
    hub:
        The group of each concept in the language with most labels, -1 where it has none.
    """

    texts: list[str]
    concept: Numbers
    group: Numbers
    group_start: Numbers
    group_size: Numbers
    concept_start: Numbers
    concept_size: Numbers
    described_start: Numbers
    described_size: Numbers
    hub: Numbers

    @classmethod
    def of(cls, concepts: Sequence[Concept], *, words: int = 40, most: int = 600_000) -> Pairs:
        """Return the texts of concepts; the order of concepts and of their labels does not matter.

        Parameters
        ----------
        concepts:
            The concepts.
        words:
            So many words of a description are taken.
        most:
            So many labels, and half as many descriptions, are taken at most, so that time and memory stay in bounds when many
            languages are loaded: fewer further labels of each concept in each language, descriptions in fewer languages. One
            label of each concept in each language and one description of each concept are always taken.
        """
        ordered = sorted(concepts, key=lambda concept: concept.iri)
        counted = Counter(label.language for concept in ordered for label in concept.labels)
        central = min(counted, key=lambda language: (-counted[language], language), default="")
        grouped = [_by_language(concept) for concept in ordered]
        each = _so_many_each([len(texts) for groups in grouped for texts in groups.values()], most)
        texts, whose, group, group_start, group_size = list[str](), list[int](), list[int](), list[int](), list[int]()
        concept_start, concept_size, hub = list[int](), list[int](), list[int]()
        for number, groups in enumerate(grouped):
            concept_start.append(len(group_start))
            concept_size.append(len(groups))
            hub.append(len(group_start) + list(groups).index(central) if central in groups else -1)
            for labels in groups.values():
                group_start.append(len(texts))
                kept = sorted(labels[:each])
                group_size.append(len(kept))
                group.extend([len(group_start) - 1] * len(kept))
                whose.extend([number] * len(kept))
                texts.extend(kept)
        languages = _so_many_each([len(concept.definitions) for concept in ordered], most // 2)
        described_start, described_size = list[int](), list[int]()
        for number, concept in enumerate(ordered):
            described_start.append(len(texts))
            wanted = sorted(sorted(concept.definitions, key=lambda language: (language != central, language))[:languages])
            beginnings = (" ".join(re.split(r"\s+", concept.definitions[tag].strip(), maxsplit=words)[:words]) for tag in wanted)
            texts.extend(beginning for beginning in beginnings if beginning)
            described_size.append(len(texts) - described_start[-1])
            whose.extend([number] * described_size[-1])
        numbers = (whose, group, group_start, group_size, concept_start, concept_size, described_start, described_size, hub)
        return cls(texts, *(np.array(values, dtype=np.int64) for values in numbers))

    def partners(self, anchors: Numbers, chance: np.random.Generator, *, same_language: float, hub: float, described: float) -> Numbers:
        """Return a partner for each label: of another language if there is one, or the same language's, or a description.

        Parameters
        ----------
        anchors:
            Numbers of labels.
        chance:
            What draws.
        same_language:
            How often (0 to 1) a partner is of the same language although there are others.
        hub:
            How often a partner of another language is of the one with most labels, whatever the chance says.
        described:
            How often the partner is a description.

        Returns
        -------
        array
            Numbers of texts; a label without any partner gets itself, and the caller leaves it out.
        """
        whose, group = self.concept[anchors], self.group[anchors]
        first, size = self.concept_start[whose], self.concept_size[whose]
        own = group - first
        other = _below(chance, np.maximum(size - 1, 1))
        other = np.where(other >= own, other + 1, other)
        stays = (size < 2) | (chance.random(len(anchors)) < same_language)
        centre = self.hub[whose]
        central = ~stays & (centre >= 0) & (centre != group) & (chance.random(len(anchors)) < hub)
        chosen = np.where(stays, group, np.where(central, centre, first + np.minimum(other, size - 1)))
        place = _below(chance, self.group_size[chosen])
        partner = self.group_start[chosen] + place
        following = self.group_start[chosen] + (place + 1) % self.group_size[chosen]
        partner = np.where(partner == anchors, following, partner)
        held = self.described_size[whose]
        wants = (chance.random(len(anchors)) < described) | (partner == anchors)
        text = self.described_start[whose] + _below(chance, np.maximum(held, 1))
        return np.where(wants & (held > 0), text, partner)


def _by_language(concept: Concept) -> dict[str, list[str]]:
    """Return the labels of a concept by language, preferred ones first, then by the alphabet."""
    preferred = {(label.language, label.text) for label in concept.labels if label.preferred}
    every = sorted({(label.language, label.text) for label in concept.labels}, key=lambda at: (at[0], at not in preferred, at[1]))
    return {language: [text for _, text in texts] for language, texts in groupby(every, key=lambda at: at[0])}


def _so_many_each(sizes: Sequence[int], most: int) -> int:
    """Return how many of each group can be kept, at least one, for all to be no more than `most`."""
    held, each = np.array(sizes, dtype=np.int64), max(sizes, default=1)
    while each > 1 and int(np.minimum(held, each).sum()) > most:
        each -= 1
    return each


def _below(chance: np.random.Generator, limits: Numbers) -> Numbers:
    return (chance.random(len(limits)) * limits).astype(np.int64)
