"""Which needs a module covers, and how: set arithmetic on records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from wise_skills.curricula.model import COVERING, GRADES, NOT_NEEDED, PROPOSED, Grade, Hierarchy, Module, Need, Relation, SkillMatch

_RELATIONS: tuple[Relation, ...] = ("same", "narrower", "broader")


@dataclass(frozen=True, slots=True)
class Link:
    """Why a module covers the needs of a skill.

    Attributes
    ----------
    outcome:
        Number of the outcome in its module, from 0.
    grade, relation:
        How sure it is, and how the outcome stands to the skill.
    taught, needed:
        ESCO concepts of the outcome and of the skill, empty where the outcome names the skill itself.
    reviewed:
        Whether the skill's own match to its ESCO concept was reviewed; true where there is none on the way.
    confidence, label:
        Of a proposal: how likely it is right, 0 to 1, and the label that matched.
    """

    outcome: int
    skill: str
    grade: Grade
    relation: Relation = "same"
    taught: str = ""
    needed: str = ""
    reviewed: bool = True
    confidence: float = 1.0
    label: str = ""

    @property
    def order(self) -> tuple[int, int, bool, float, int]:
        """The order in which links are preferred: surer first, then the same before a part before something wider."""
        return GRADES.index(self.grade), _RELATIONS.index(self.relation), not self.reviewed, -self.confidence, self.outcome


def composed(*steps: Relation | None) -> Relation | None:
    """Return how the first stands to the last; None where a step is missing or narrower and broader meet.

    >>> composed("same", "narrower", "narrower")
    'narrower'
    """
    found: Relation = "same"
    for step in steps:
        if step is None or ("same" not in (found, step) and step != found):
            return None
        found = step if found == "same" else found
    return found


def links_of(module: Module, matches: Mapping[str, Sequence[SkillMatch]], hierarchy: Hierarchy) -> dict[str, Link]:
    """Return the best link of a module to each skill.

    Parameters
    ----------
    module:
        The module.
    matches:
        The ESCO matches of each skill that is needed, by the IRI of the skill.
    hierarchy:
        What stands above what in ESCO; without it, only equal concepts meet.
    """
    best: dict[str, Link] = {}

    def offer(link: Link) -> None:
        if link.skill not in best or link.order < best[link.skill].order:
            best[link.skill] = link

    for number, outcome in enumerate(module.outcomes):
        for target in outcome.targets:
            sure: Grade = "proposed" if target.proposed else "declared"
            offer(Link(number, target.iri, sure, target.relation, confidence=target.confidence, label=target.label))
            through: Grade = "proposed" if target.proposed else "esco"
            for skill, found in matches.items():
                for match in found:
                    relation = composed(target.relation, hierarchy.relation(target.iri, match.concept), match.relation)
                    if relation is not None:
                        extra = {"taught": target.iri, "needed": match.concept, "label": target.label}
                        offer(Link(number, skill, through, relation, reviewed=match.reviewed, confidence=target.confidence, **extra))
    return best


class Coverage:
    """Needs and modules that are looked at, with what covers what.

    Parameters
    ----------
    needs:
        The claims; those that say “not needed” are kept apart in `denied` and are nothing to cover.
    modules:
        The modules, with different keys.
    links:
        For each key of a module its best link to each skill.
    """

    def __init__(self, needs: Iterable[Need], modules: Sequence[Module], links: Mapping[str, Mapping[str, Link]]) -> None:
        claims = list(needs)
        self.denied = [need for need in claims if need.necessity == NOT_NEEDED]
        self.needs = [need for need in claims if need.necessity != NOT_NEEDED]
        self.modules = list(modules)
        self.links = {module.key: links.get(module.key, {}) for module in modules}

    @cached_property
    def by_skill(self) -> dict[str, list[Need]]:
        """The needs of each skill, in their order."""
        found: dict[str, list[Need]] = {}
        for need in self.needs:
            found.setdefault(need.skill, []).append(need)
        return found

    def link(self, module: str, skill: str) -> Link | None:
        """Return why a module covers a skill, or probably does; None if it does not."""
        return self.links[module].get(skill)

    def of(self, module: str, grades: Collection[Grade] = COVERING) -> list[Need]:
        """Return the needs that a module covers by links of these grades."""
        skills = self.skills_of(module, grades)
        return [need for need in self.needs if need.skill in skills]

    def skills_of(self, module: str, grades: Collection[Grade] = COVERING) -> set[str]:
        """Return the needed skills that a module covers by links of these grades."""
        return {skill for skill, link in self.links[module].items() if link.grade in grades and skill in self.by_skill}

    @cached_property
    def covering(self) -> dict[str, list[str]]:
        """The modules that cover each needed skill; skills that none covers are left out."""
        found: dict[str, list[str]] = {}
        for module in self.modules:
            for skill in self.skills_of(module.key):
                found.setdefault(skill, []).append(module.key)
        return found

    @cached_property
    def _probable(self) -> set[str]:
        return {skill for m in self.modules for skill in self.skills_of(m.key, PROPOSED)} - self.covering.keys()

    @property
    def covered(self) -> list[Need]:
        """The needs that at least one module covers."""
        return [need for need in self.needs if need.skill in self.covering]

    @property
    def probable(self) -> list[Need]:
        """The needs that no module covers and one or more probably do."""
        return [need for need in self.needs if need.skill in self._probable]

    @property
    def uncovered(self) -> list[Need]:
        """The needs that no module covers, not even probably."""
        return [need for need in self.needs if self.state(need) == "uncovered"]

    def state(self, need: Need) -> str:
        """Return `covered`, `probable` or `uncovered`: one of three, which part the needs."""
        return "covered" if need.skill in self.covering else "probable" if need.skill in self._probable else "uncovered"

    def only(self, module: str) -> list[Need]:
        """Return the needs that this module alone covers: what dropping it loses."""
        return [need for need in self.needs if self.covering.get(need.skill) == [module]]

    def without(self, module: str) -> Coverage:
        """Return the same without one module."""
        return Coverage([*self.needs, *self.denied], [m for m in self.modules if m.key != module], self.links)
