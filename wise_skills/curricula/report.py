"""The whole report on some modules and some needs: what each page, file and test takes its numbers from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from wise_skills.curricula.coverage import Coverage, links_of
from wise_skills.curricula.gaps import Smallest, smallest
from wise_skills.curricula.model import DECLARED, PROPOSED, Certificate, Hierarchy, Module, Need, SkillMatch
from wise_skills.curricula.narrowing import Filters, values


@dataclass(frozen=True)
class Share:
    """How many of some needs are covered, probably covered, uncovered; `denied` counts claims that it is not needed, beside them."""

    key: str
    covered: int
    probable: int
    uncovered: int
    denied: int = 0

    @property
    def total(self) -> int:
        """How many needs there are; the claims that something is not needed are none of them."""
        return self.covered + self.probable + self.uncovered


@dataclass(frozen=True)
class Line:
    """What one module brings: needs by grade, those that it alone covers, hours for each covered need.

    `per_need` is (least, most), each None where the hours are not reported or nothing is covered.
    """

    module: Module
    covered: list[Need]
    probable: list[Need]
    only: list[Need]
    skills: int

    @property
    def per_need(self) -> tuple[float | None, float | None]:
        """Hours for each covered need."""
        least, most = self.module.hours_least, self.module.hours_most
        n = len(self.covered)
        return (least / n if n and least is not None else None, most / n if n and most is not None else None)


class Report:
    """Coverage of the wanted needs by the chosen modules, and all that follows from it.

    Parameters
    ----------
    needs, filters:
        All claims of need, and which of them are wanted.
    modules:
        The chosen modules.
    matches, hierarchy:
        ESCO matches of our skills, and what stands above what in ESCO.
    certificates:
        In which ways skills can be certified.
    """

    def __init__(
        self,
        needs: Iterable[Need],
        modules: Sequence[Module],
        filters: Filters = Filters(),  # noqa: B008  (frozen)
        matches: Iterable[SkillMatch] = (),
        hierarchy: Hierarchy = Hierarchy(),  # noqa: B008  (frozen)
        certificates: Iterable[Certificate] = (),
    ) -> None:
        self.filters = filters
        wanted = filters.apply(needs)
        by_skill: dict[str, list[SkillMatch]] = {}
        for match in matches:
            by_skill.setdefault(match.skill, []).append(match)
        needed = {need.skill for need in wanted}
        among = {skill: found for skill, found in by_skill.items() if skill in needed}
        self.coverage = Coverage(wanted, modules, {m.key: links_of(m, among, hierarchy) for m in modules})
        self._certificates = list(certificates)

    @property
    def modules(self) -> list[Module]:
        """The chosen modules."""
        return self.coverage.modules

    @property
    def unknown(self) -> list[Module]:
        """Modules of which no outcome is recorded: what they cover is not known."""
        return [module for module in self.modules if not module.outcomes]

    @cached_property
    def lines(self) -> list[Line]:
        """One line for each module."""
        found = self.coverage
        return [Line(m, found.of(m.key), self._probably(m.key), found.only(m.key), len(found.skills_of(m.key))) for m in self.modules]

    def _probably(self, module: str) -> list[Need]:
        return [need for need in self.coverage.of(module, PROPOSED) if need.skill not in self.coverage.skills_of(module)]

    @cached_property
    def total(self) -> Share:
        """How all wanted needs part."""
        return _share("", self.coverage.needs, self.coverage, len(self.coverage.denied))

    @cached_property
    def through_esco(self) -> list[Need]:
        """The covered needs that no outcome names itself, so that ESCO is the only way."""
        named = {s for m in self.modules for s in self.coverage.skills_of(m.key, DECLARED)}
        return [need for need in self.coverage.covered if need.skill not in named]

    def shares(self, dimension: str) -> list[Share]:
        """Return how the needs of each key of a dimension part, the largest first; a need of two types counts in both."""
        groups: dict[str, list[Need]] = {}
        denied: dict[str, int] = {}
        for need in self.coverage.needs:
            for key in values(need, dimension):
                groups.setdefault(key, []).append(need)
        for need in self.coverage.denied:
            for key in values(need, dimension):
                groups.setdefault(key, [])
                denied[key] = denied.get(key, 0) + 1
        found = [_share(key, needs, self.coverage, denied.get(key, 0)) for key, needs in groups.items()]
        return sorted(found, key=lambda share: (-share.total, share.key))

    @cached_property
    def smallest(self) -> Smallest:
        """The smallest set of modules that covers the same."""
        return smallest({m.key: self.coverage.skills_of(m.key) for m in self.modules})

    @property
    def redundant(self) -> list[Module]:
        """Modules that can be left out together without losing a covered need; those of unknown content are none of them."""
        return [m for m in self.modules if m.key not in self.smallest.keys and m.outcomes]

    @property
    def hours(self) -> tuple[float | None, float | None, int]:
        """Least and most hours of all modules whose hours are reported, None if none is; and how many those are."""
        known = [m for m in self.modules if m.hours_least is not None or m.hours_most is not None]
        if not known:
            return None, None, 0
        least = sum(m.hours_least if m.hours_least is not None else 0 for m in known)
        most = None if any(m.hours_most is None for m in known) else sum(m.hours_most or 0 for m in known)
        return least, most, len(known)

    @cached_property
    def skills(self) -> list[str]:
        """The needed skills: covered ones first, then probably covered, then uncovered; within, those of most needs first."""
        order = {"covered": 0, "probable": 1, "uncovered": 2}
        by_skill = self.coverage.by_skill
        return sorted(by_skill, key=lambda skill: (order[self.coverage.state(by_skill[skill][0])], -len(by_skill[skill]), skill))

    @cached_property
    def certificates(self) -> dict[str, list[Certificate]]:
        """In which ways each needed skill can be certified; skills for which no way is on record are left out."""
        needed = set(self.skills)
        found: dict[str, list[Certificate]] = {}
        for certificate in self._certificates:
            if certificate.skill in needed:
                found.setdefault(certificate.skill, []).append(certificate)
        return {skill: found[skill] for skill in self.skills if skill in found}

    def named(self) -> Mapping[str, Module]:
        """Return the modules by their keys."""
        return {module.key: module for module in self.modules}


def _share(key: str, needs: Iterable[Need], coverage: Coverage, denied: int) -> Share:
    states = [coverage.state(need) for need in needs]
    return Share(key, states.count("covered"), states.count("probable"), states.count("uncovered"), denied)
