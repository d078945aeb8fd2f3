"""What the matcher is asked and what it answers.

A `Concept` is something that can be proposed: an ESCO skill or occupation, a group of either, a skill or profile of
ours, a concept of a national classification. A `Query` is a label or a sentence. A `Candidate` is a concept in the order
in which it is proposed, with its confidence and the reasons in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from wise_skills.languages import primary

Kind = Literal["skill", "occupation"]
KINDS: tuple[Kind, ...] = ("skill", "occupation")


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a concept: its text, its language tag (`en`), and whether it is the preferred one."""

    text: str
    language: str
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class Concept:
    """Something that can be proposed.

    Attributes
    ----------
    iri:
        Its IRI.
    kind:
        `skill` (skills, knowledge, groups of them) or `occupation` (occupations, profiles, ISCO groups).
    labels:
        All its labels in all languages; the preferred one of each language comes first.
    definitions:
        Its definitions or descriptions by language.
    scheme:
        Where it comes from: `esco`, `wise` (ours), or the name of a national classification (`rome`).
    is_group:
        Whether it is a group (of ISCO, of ESCO's skills hierarchy), which is offered beside its members.
    broader:
        IRIs of the concepts right above it.
    code:
        For occupations and ISCO groups the ISCO-08 code (one to four digits), else its notation or nothing.
    skill_type:
        `skill`, `knowledge`, or nothing.
    """

    iri: str
    kind: Kind
    labels: tuple[Label, ...]
    definitions: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "esco"
    is_group: bool = False
    broader: tuple[str, ...] = ()
    code: str = ""
    skill_type: str = ""

    def label(self, language: str = "en") -> Label:
        """Return the preferred label in a language, else in English, else the first there is."""
        preferred = [label for label in self.labels if label.preferred] or list(self.labels)
        for wanted in (language, "en"):
            for label in preferred:
                if label.language == wanted:
                    return label
        return preferred[0]


@dataclass(frozen=True, slots=True)
class Query:
    """What is to be matched.

    Attributes
    ----------
    text:
        A label, a learning outcome, a sentence.
    language:
        Its language tag; empty where it is not known.
    code:
        Its national code, which may begin with an ISCO-08 code.
    country:
        Folder of a country whose mappings are no evidence (`hr`): for measuring only.
    context:
        The other lines of its module.
    iri:
        Its own IRI where it has one: what was rejected for it is never proposed again.
    """

    text: str
    language: str = ""
    code: str = ""
    country: str = ""
    context: tuple[str, ...] = ()
    iri: str = ""

    def is_strange_to(self, language: str) -> bool:
        """Return whether the text is known to be in another language than the names it is compared with."""
        return bool(self.language) and primary(self.language) != primary(language)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a concept is proposed: the name of the kind of evidence, and what a sentence about it needs (`label`, `language`, …).

    The sentence is made by `reasons.sentence`, in the language that is spoken.
    """

    name: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed concept.

    Attributes
    ----------
    concept:
        What is proposed.
    confidence:
        How likely it is right, 0 to 1: of all that was proposed with 0.8, eight in ten were right on countries that the
        calibration had not seen. For skills: on left-out labels of ESCO (`skill_scores.Ranked`).
    matched:
        The label that speaks most for it, with its language.
    reasons:
        Why, the strongest first.
    score:
        Raw score by which candidates are ordered; it compares within one query only.
    beside:
        Concepts offered beside it: its ISCO group, the concept right above it.
    """

    concept: Concept
    confidence: float
    matched: Label
    reasons: tuple[Reason, ...] = ()
    score: float = 0.0
    beside: tuple[Concept, ...] = ()


def labels_in(concepts: Sequence[Concept], language: str) -> tuple[list[Label], list[int], list[int]]:
    """Return labels in a language, the number of the concept of each, and of each concept the number of its first (or -1)."""
    labels, of, first = list[Label](), list[int](), [-1] * len(concepts)
    for number, concept in enumerate(concepts):
        for label in concept.labels:
            if label.language == language:
                if first[number] < 0:
                    first[number] = len(labels)
                labels.append(label)
                of.append(number)
    return labels, of, first
