"""A report as it is shown: names, addresses, sentences and cells for page and files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from query_ui.curriculum.called import relation, span, value_name
from query_ui.curriculum.chosen import Chosen
from query_ui.curriculum.records import Records
from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.words import ABSENCES, number
from wise_skills.curricula import DIMENSIONS, Certificate, Link, Module, Need, Outcome, Report
from wise_skills.curricula.narrowing import values
from wise_skills.curricula.report import Share

SIGNS = {"same": "=", "narrower": "⊂", "broader": "⊃"}
"""How what is taught stands to what is needed, where ESCO is between them."""
PROBABLY = "≈"
"""The sign of a proposal."""


class Shown(NamedTuple):
    """A cell of the matrix: class, text, sign, what the sign means, address; empty where the module does not cover the skill."""

    look: str = ""
    text: str = ""
    sign: str = ""
    word: str = ""
    href: str = ""


class Qualification(NamedTuple):
    """A qualification or scheme with the needed skills that it certifies, the claims that say so and their sources."""

    certificate: Certificate
    skills: list[str]
    claims: list[str]
    sources: list[str]


@dataclass
class Page:
    """A report with everything that a page or a file says of it; `own` says whether modules were sent, which no address can name."""

    edition: Edition
    naming: Naming
    records: Records
    chosen: Chosen
    report: Report
    own: bool = False

    def __post_init__(self) -> None:
        iris = {module.iri for module in self.report.modules} | set(self.report.coverage.by_skill)
        for found in self.report.certificates.values():
            iris.update(iri for c in found for iri in (c.curriculum, c.framework, *c.schemes))
        for module in self.report.modules:
            iris.update(target.iri for outcome in module.outcomes for target in outcome.targets)
        self.naming.fetch(iri for iri in iris if iri)

    def title(self, module: Module) -> str:
        """Return the title of a module."""
        return module.title or self.naming(module.iri)

    def number(self, module: Module) -> int:
        """Return the number by which the matrix knows a module, from 1."""
        return self._numbers[module.key]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {module.key: n for n, module in enumerate(self.report.modules, 1)}

    def kind(self, module: Module) -> str:
        """Return what sort of offer or standard a module is; empty for those that were sent."""
        return self.naming(f"{self.edition.names.base}scheme/learning-kinds/{module.kind}") if module.kind else ""

    @cached_property
    def rows(self) -> list[str]:
        """The needed skills that a module covers or probably covers, in the order of the report."""
        coverage = self.report.coverage
        return [skill for skill in self.report.skills if coverage.state(coverage.by_skill[skill][0]) != "uncovered"]

    @cached_property
    def left(self) -> list[str]:
        """The needed skills that no module covers, not even probably."""
        return self.report.skills[len(self.rows) :]

    def value(self, dimension: str, key: str) -> str:
        """Return the name of a key in a dimension."""
        return value_name(self.edition, self.naming, dimension, key)

    def needs(self, needs: Iterable[Need] | None, **filters: str) -> str:
        """Return the address of the needs behind a number; they are all those of their skills that the filters take."""
        keys = None if needs is None else dict.fromkeys(self.records.keys.get(need.skill, "") for need in needs)
        return self.chosen.needs(keys, **filters)

    @cached_property
    def all_needs(self) -> str:
        """The address of all needs that are looked at."""
        return self.chosen.needs(None)

    @cached_property
    def denied(self) -> str:
        """The address of the claims that a skill is not needed."""
        return self.chosen.needs(None, necessity="not-needed")

    def share(self, share: Share, dimension: str, state: str) -> str:
        """Return the address of the needs of a share that are in a state, `all` for those in any."""
        if state == "denied":
            return self.chosen.needs(None, **{"necessity": "not-needed", dimension: share.key})
        if state == "all":
            return self.chosen.needs(None, **{dimension: share.key})
        coverage = self.report.coverage
        found = [need for need in coverage.needs if coverage.state(need) == state and share.key in values(need, dimension)]
        return self.needs(found, **{dimension: share.key})

    def dropped(self, module: Module) -> str:
        """Return the address of the report without a module; empty where modules were sent."""
        rest = [m.key for m in self.report.modules if m.key != module.key]
        return "" if self.own or not rest else self.chosen.with_modules(rest)

    @cached_property
    def smallest(self) -> str:
        """The address of the report on the smallest set; empty where it is no other, or modules were sent."""
        keys = self.report.smallest.keys
        return "" if self.own or not keys or not self.report.redundant else self.chosen.with_modules(keys)

    @cached_property
    def sentence(self) -> str:
        """The report in one sentence."""
        total = self.report.total
        if not total.total:
            return str(_("No need fits what was chosen."))
        many = len(self.report.modules)
        modules = ngettext("%(num)s module", "%(num)s modules", many)
        counts = {"covered": number(total.covered), "total": number(total.total), "uncovered": number(total.uncovered)}
        if total.probable:
            probable = number(total.probable)
            text = _(
                "%(modules)s: covered are %(covered)s of %(total)s needs, probably covered %(probable)s more, and %(uncovered)s are left.",
                modules=modules,
                probable=probable,
                **counts,
            )
        else:
            text = _("%(modules)s: covered are %(covered)s of %(total)s needs, and %(uncovered)s are left.", modules=modules, **counts)
        return str(text)

    @cached_property
    def remarks(self) -> list[str]:
        """What else is worth a sentence."""
        report, found = self.report, []
        if report.unknown:
            names = "; ".join(self.title(module) for module in report.unknown)
            found.append(_("What these cover is not known, because no learning outcome is recorded: %(names)s.", names=names))
        if report.through_esco:
            text = _(
                "Only through ESCO are covered: %(count)s. The ESCO matches of our skills are proposals, unless a reviewer is named.",
                count=number(len(report.through_esco)),
            )
            found.append(text)
        if report.total.denied:
            found.append(_("Claims that a skill is not needed, which are counted apart: %(count)s.", count=number(report.total.denied)))
        return [str(text) for text in found]

    @cached_property
    def redundancy(self) -> str:
        """The sentence about the smallest set of modules."""
        report = self.report
        if len(report.modules) < 2 or not report.total.covered:
            return ""
        names = "; ".join(self.title(module) for module in report.redundant)
        if not names:
            return str(_("No module with recorded outcomes can be left out without losing a covered need."))
        fewest = number(len(report.smallest.keys))
        if report.smallest.exact:
            return str(
                _("The same needs are covered by %(fewest)s of them; no fewer would do. Left out: %(names)s.", fewest=fewest, names=names)
            )
        return str(_("The same needs are covered by %(fewest)s of them; fewer may do. Left out: %(names)s.", fewest=fewest, names=names))

    @cached_property
    def hours(self) -> str:
        """The sentence about hours."""
        least, most, known = self.report.hours
        if not known:
            return str(_("Hours are reported for none of the modules."))
        return str(
            _(
                "Hours: %(hours)s in all, reported for %(known)s of %(all)s modules.",
                hours=span(least, most),
                known=number(known),
                all=number(len(self.report.modules)),
            )
        )

    def cell(self, module: Module, skill: str) -> Shown:
        """Return the cell of the matrix for a module and a needed skill."""
        link = self.report.coverage.link(module.key, skill)
        if link is None:
            return Shown("", "", ABSENCES["not-reported"][0], str(ABSENCES["not-reported"][1])) if not module.outcomes else Shown()
        needs = self.report.coverage.by_skill[skill]
        href = self.chosen.needs([self.records.keys.get(skill, "")])
        sign = PROBABLY if link.grade == "proposed" else SIGNS[link.relation] if (link.grade, link.relation) != ("declared", "same") else ""
        return Shown("lacking" if link.grade == "proposed" else "heat-3", number(len(needs)), sign, self.way(module, link), href)

    def way(self, module: Module, link: Link) -> str:
        """Return why a module covers a skill: the outcome, and the way from it to the skill."""
        outcome = module.outcomes[link.outcome].text
        if link.grade == "proposed":
            share = number(round(100 * link.confidence))
            return str(_("probably: “%(outcome)s” resembles “%(label)s” (%(share)s %%)", outcome=outcome, label=link.label, share=share))
        if link.taught:
            return str(
                _(
                    "through ESCO, %(relation)s: “%(outcome)s” (%(concept)s)",
                    relation=relation(link),
                    outcome=outcome,
                    concept=self.naming(link.taught),
                )
            )
        if link.relation != "same":
            return str(_("%(relation)s: “%(outcome)s”", relation=relation(link), outcome=outcome))
        return outcome

    @property
    def understood(self) -> list[Outcome]:
        """The outcomes of the modules that were sent."""
        return [outcome for module in self.report.modules if not module.iri for outcome in module.outcomes]

    @cached_property
    def qualifications(self) -> list[Qualification]:
        """The ways in which needed skills can be certified, those of one qualification and level together, most skills first."""
        found: dict[tuple[object, ...], list[Certificate]] = {}
        for certificate in (c for several in self.report.certificates.values() for c in several):
            found.setdefault((certificate.curriculum, certificate.level, certificate.schemes), []).append(certificate)
        together = [
            Qualification(
                several[0],
                list(dict.fromkeys(c.skill for c in several)),
                list(dict.fromkeys(claim for c in several for claim in c.claims)),
                list(dict.fromkeys(source for c in several for source in c.sources)),
            )
            for several in found.values()
        ]
        return sorted(together, key=lambda q: (-len(q.skills), q.certificate.country, q.certificate.curriculum, q.certificate.level))

    def eqf(self, certificate: Certificate) -> str:
        """Return the EQF level of a certificate in words."""
        if not certificate.eqf:
            return str(ABSENCES["not-reported"][1])
        return str(_("%(level)s (assumed)", level=certificate.eqf)) if certificate.eqf_assumed else certificate.eqf

    @property
    def dimensions(self) -> Iterable[str]:
        """What needs are told apart by."""
        return DIMENSIONS
