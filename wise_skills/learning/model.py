"""A module of learning: what it is called, who offers it, what is learned in it, and which skills that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wise_skills.mappings.model import Mapping as Alignment
from wise_skills.names import SKOS

ESCO = "http://data.europa.eu/esco/"
RELATIONS = {SKOS + f"{name}Match": name for name in ("exact", "close", "broad", "narrow", "related")}
"""The relations of mappings by the IRIs of their predicates; seen from the outcome, as everywhere in SKOS."""


@dataclass(frozen=True, slots=True)
class LinkedSkill:
    """A skill that an outcome is about.

    Attributes
    ----------
    iri:
        The skill of ESCO, of ours or of another framework.
    labels:
        Its names by language.
    relation:
        How the outcome stands to it: `exact`, `close`, `broad` (the skill is wider), `narrow`, `related`.
    """

    iri: str
    labels: Mapping[str, str] = field(default_factory=dict)
    relation: str = "exact"

    @property
    def is_esco(self) -> bool:
        """Whether it is a thing of ESCO."""
        return self.iri.startswith(ESCO)

    @property
    def is_same(self) -> bool:
        """Whether the outcome may be taken for it: an exact or a close match."""
        return self.relation in ("exact", "close")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that learners know or can do afterwards.

    Attributes
    ----------
    texts:
        Its wording by language; the language `""` is that of the module.
    skills:
        Accepted mappings only: what nobody reviewed does not belong here.
    iri:
        Its own IRI where it has one.
    kind:
        `skill`, `knowledge`, or nothing.
    reuse_level:
        `transversal`, `cross-sector`, `sector-specific`, `occupation-specific`, or nothing.
    """

    texts: Mapping[str, str]
    skills: tuple[LinkedSkill, ...] = ()
    iri: str = ""
    kind: str = ""
    reuse_level: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who offers a module: names by language, country as ISO 3166 code (`HR`, Greece is `GR`), web page."""

    names: Mapping[str, str] = field(default_factory=dict)
    country: str = ""
    homepage: str = ""
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """A module, course or qualification.

    Attributes
    ----------
    titles, descriptions, notes:
        Texts by language; the language `""` is that of the module.
    language:
        Language tag of the language in which it is taught (`hr`).
    provider, partners:
        Who offers it, and who else.
    homepage:
        Address of the web page about it.
    outcomes:
        What is learned, in order.
    hours:
        Hours of learning, in class and outside.
    credits:
        Credit points, in the system `credit_system` (`ects`, `ecvet`).
    eqf:
        Level of the European Qualifications Framework, 1 to 8.
    nqf:
        IRIs of levels of national frameworks (`http://data.europa.eu/snb/qdr/…`).
    isced:
        ISCED-F 2013 code of its field, two to four digits (`0923`).
    is_qualification:
        Whether it leads to a qualification of its own.
    iri:
        Its own IRI where it has one.
    """

    titles: Mapping[str, str]
    language: str = ""
    provider: Provider = field(default_factory=Provider)
    homepage: str = ""
    outcomes: tuple[Outcome, ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    hours: float | None = None
    credits: float | None = None
    credit_system: str = ""
    eqf: int | None = None
    nqf: tuple[str, ...] = ()
    isced: str = ""
    is_qualification: bool = False
    iri: str = ""
    partners: tuple[Provider, ...] = ()


def linked(alignment: Alignment) -> LinkedSkill | None:
    """Return the skill that an accepted mapping leads to; `None` for one that nobody accepted, or of another relation."""
    relation = RELATIONS.get(alignment.predicate)
    if alignment.status != "accepted" or relation is None:
        return None
    slots = alignment.slots
    label = slots.get("object_label", "")
    return LinkedSkill(alignment.object, {slots.get("object_language", "") or "en": label} if label else {}, relation)


def outcomes_of(alignments: Iterable[Alignment], language: str = "") -> tuple[Outcome, ...]:
    """Return the outcomes whose mappings these are: each subject once, in order, with its accepted mappings."""
    texts: dict[tuple[str, str], dict[str, str]] = {}
    skills: dict[tuple[str, str], dict[str, LinkedSkill]] = {}
    for alignment in alignments:
        slots = alignment.slots
        label = slots.get("subject_label", "")
        key = (alignment.subject, "" if alignment.subject else label)
        if label:
            texts.setdefault(key, {}).setdefault(slots.get("subject_language", "") or language, label)
        if (skill := linked(alignment)) is not None:
            skills.setdefault(key, {}).setdefault(skill.iri, skill)
    return tuple(Outcome(found, tuple(skills.get(key, {}).values()), iri=key[0]) for key, found in texts.items())
