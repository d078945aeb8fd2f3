"""What all reports of an edition are computed from: read once and kept as long as the edition lives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from query_ui.edition import Edition
from wise_skills.curricula.certifying import read_certificates
from wise_skills.curricula.model import Certificate, Hierarchy, Module, Need, SkillMatch
from wise_skills.curricula.reading import read_hierarchy, read_matches, read_modules, read_needs, read_skill_names

_ESCO = "http://data.europa.eu/esco/"


@dataclass(frozen=True)
class Records:
    """Needs, curricula, matches of the needed skills to ESCO, certificates, and the keys of our skills with their IRIs."""

    needs: list[Need]
    modules: list[Module]
    matches: list[SkillMatch]
    certificates: list[Certificate]
    skills: dict[str, str]

    @cached_property
    def by_key(self) -> dict[str, Module]:
        """The curricula by their keys in addresses."""
        return {module.key: module for module in self.modules}

    @cached_property
    def keys(self) -> dict[str, str]:
        """The keys of our skills by their IRIs."""
        return {iri: key for key, iri in self.skills.items()}


def records(edition: Edition) -> Records:
    """Return the records of an edition."""
    found: Records | None = edition.memory.get("curriculum")
    if found is None:
        ask, names = edition.select, edition.names
        needs = read_needs(ask, names)
        matches = read_matches(ask, (need.skill for need in needs))
        modules, certificates, skills = read_modules(ask, names), read_certificates(ask, names), read_skill_names(ask)
        found = edition.memory["curriculum"] = Records(needs, modules, matches, certificates, skills)
    return found


def hierarchy(edition: Edition, modules: list[Module]) -> Hierarchy:
    """Return what stands above the ESCO concepts of modules and of our skills; nothing is asked where no module has any."""
    taught = {t.iri for module in modules for outcome in module.outcomes for t in outcome.targets if t.iri.startswith(_ESCO)}
    if not taught:
        return Hierarchy()
    return read_hierarchy(edition.select, [*sorted(taught), *(match.concept for match in records(edition).matches)])
