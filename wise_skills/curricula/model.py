"""The records that the gap report computes on: needs, modules with their outcomes, matches of skills, certificates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Relation = Literal["same", "narrower", "broader"]
"""How what is taught stands to what is needed: the same, a part of it, or something wider."""
Grade = Literal["declared", "esco", "proposed"]
"""How sure a link is: the outcome names the skill; through accepted ESCO concepts; proposed by the matcher."""
GRADES: tuple[Grade, ...] = ("declared", "esco", "proposed")
COVERING: tuple[Grade, ...] = ("declared", "esco")
"""The grades that count as covering; a proposal only “probably covers”."""
DECLARED: tuple[Grade, ...] = ("declared",)
PROPOSED: tuple[Grade, ...] = ("proposed",)
NOT_REPORTED, NOT_NEEDED = "not-reported", "not-needed"
RECOGNISED = ("qualification", "occupational-standard", "certification-step")
"""Kinds of curricula (keys of the list of learning kinds) that end in something that is recognised."""


@dataclass(frozen=True, slots=True)
class Need:
    """One claim that somebody needs a skill, or does not.

    Attributes
    ----------
    iri, skill:
        IRIs of the claim and of the skill.
    group, country, horizon, necessity:
        Keys: `supporter`, `be` (the folder), `now`, `essential`. Where the source does not grade, `necessity` is
        `not-reported` (`?` in the table) or `not-applicable` (`-`), which is not the same as `not-needed`.
    types:
        Keys of WISE types: that of the claim, or those to which its form is assigned; empty where neither is said.
    through_form:
        Whether the types are those of the form.
    profile, persona, form:
        IRIs, empty where the claim names none.
    eqf:
        EQF levels (`4`) of the standard that asks for the skill.
    wording:
        The need in the words of the source.
    evidence, sources, row:
        Key of the level of evidence, addresses, IRI of the row of the table.
    """

    iri: str
    skill: str
    group: str = ""
    country: str = ""
    horizon: str = "now"
    necessity: str = NOT_REPORTED
    types: tuple[str, ...] = ()
    through_form: bool = False
    profile: str = ""
    persona: str = ""
    form: str = ""
    eqf: tuple[str, ...] = ()
    wording: str = ""
    evidence: str = ""
    sources: tuple[str, ...] = ()
    row: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What an outcome is linked to: a skill of ours or an ESCO concept.

    `relation` says how the outcome stands to it; `proposed` whether it comes from the matcher, with its `confidence`
    (0 to 1) and the `label` that matched.
    """

    iri: str
    relation: Relation = "same"
    proposed: bool = False
    confidence: float = 1.0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that learners know or can do afterwards.

    `iri` is that of a claim of ours, `place` the row of a designer's table, `free` its texts that are linked to nothing yet.
    """

    text: str
    targets: tuple[Target, ...] = ()
    iri: str = ""
    language: str = ""
    place: int = 0
    free: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """A curriculum, module or training.

    `key` stands in addresses (`fr/encadrant-technique-insertion`, `own/1`); `title` is empty for those of the graph, which
    have an `iri` and are named there. Hours and credits are None where they are not reported; `hours_most` alone is None
    where only the least is known. `levels` are IRIs of national levels, `eqf` EQF levels that are stated or follow from them,
    `level_text` is what a designer wrote.
    """

    key: str
    title: str = ""
    iri: str = ""
    country: str = ""
    kind: str = ""
    part_of: str = ""
    groups: tuple[str, ...] = ()
    hours_least: float | None = None
    hours_most: float | None = None
    credits: float | None = None
    credit_system: str = ""
    levels: tuple[str, ...] = ()
    eqf: tuple[str, ...] = ()
    level_text: str = ""
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class SkillMatch:
    """A match of a skill of ours to an ESCO concept; `relation` is how the concept stands to the skill."""

    skill: str
    concept: str
    relation: Relation = "same"
    reviewed: bool = False
    claim: str = ""


@dataclass(frozen=True)
class Hierarchy:
    """The concepts above each ESCO concept, at any distance."""

    above: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def relation(self, one: str, other: str) -> Relation | None:
        """Return how one concept stands to another: the same, narrower or broader; None if neither is above the other."""
        if one == other:
            return "same"
        if other in self.above.get(one, ()):
            return "narrower"
        return "broader" if one in self.above.get(other, ()) else None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A way in which a skill can be certified.

    Attributes
    ----------
    skill, curriculum:
        IRIs of the skill and of the qualification whose outcomes name it; `curriculum` is empty where a scheme certifies
        the skill itself.
    country:
        Folder of the country.
    level, notation, framework:
        National level: IRI, as its framework writes it, IRI of the framework; empty where it is not reported.
    eqf, eqf_assumed:
        EQF level, and whether no source was found for it.
    schemes:
        IRIs of the validation schemes through which it can be reached; those that a row of `certifications` names if
        `certified`, else those that lead to the same framework.
    bodies:
        Who validates or certifies, in words.
    certified:
        Whether a row of `certifications` says so.
    claims:
        IRIs of the claims that say so.
    """

    skill: str
    curriculum: str = ""
    country: str = ""
    kind: str = ""
    level: str = ""
    notation: str = ""
    framework: str = ""
    eqf: str = ""
    eqf_assumed: bool = False
    schemes: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    certified: bool = False
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
