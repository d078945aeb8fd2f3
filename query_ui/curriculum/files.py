"""A report as a file: JSON with stable keys, and a workbook.

The keys of the JSON: `citation, release, licence, address` · `answer` (sentences) · `filters` · `total` and
`shares.<dimension>` (`key, covered, probable, uncovered, total, denied`; `denied` counts claims “not needed”, which are none
of the needs) · `modules` (`key, title, iri, country, kind, hours, credits, levels, eqf, levelText, outcomes, known, skills,
covered, probable, only, hoursPerNeed`) · `smallest` (`modules, exact`) · `needs`: `iri, skill, group, country, horizon,
necessity, types, throughForm, eqf, wording, evidence, sources, row, state` (`covered`, `probable`, `uncovered`) and `by`, the
links of modules (`module, grade, relation, outcome, taught, needed, reviewed, confidence, matched`) · `denied` · `certification`.
Numbers of hours are null where they are not reported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from query_ui.curriculum.called import dimension_name, relation
from query_ui.curriculum.shown import Page
from query_ui.spreadsheets import Link, Value, workbook
from query_ui.words import ABSENCES, EVIDENCE
from wise_skills.curricula import DIMENSIONS, Certificate, Need
from wise_skills.curricula.report import Line, Share


def to_json(page: Page, about: dict[str, Any]) -> bytes:
    """Return the report as JSON; `about` says where it comes from."""
    report = page.report
    document = {
        **about,
        "answer": [text for text in (page.sentence, *page.remarks, page.redundancy, page.hours) if text],
        "filters": {dimension: list(report.filters.wanted(dimension)) for dimension in DIMENSIONS},
        "total": _share(report.total),
        "shares": {d: [{"key": s.key, "label": page.value(d, s.key), **_share(s)} for s in report.shares(d)] for d in DIMENSIONS},
        "modules": [_line(page, line) for line in report.lines],
        "smallest": {"modules": list(report.smallest.keys), "exact": report.smallest.exact},
        "needs": [_need(page, need) | {"state": report.coverage.state(need), "by": _by(page, need)} for need in report.coverage.needs],
        "denied": [_need(page, need) for need in report.coverage.denied],
        "certification": [_certificate(page, c) for found in report.certificates.values() for c in found],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _share(share: Share) -> dict[str, int]:
    counts = {"covered": share.covered, "probable": share.probable, "uncovered": share.uncovered}
    return {**counts, "total": share.total, "denied": share.denied}


def _line(page: Page, line: Line) -> dict[str, Any]:
    module = line.module
    return {
        "key": module.key,
        "title": page.title(module),
        "iri": module.iri or None,
        "country": module.country or None,
        "kind": module.kind or None,
        "hours": [module.hours_least, module.hours_most],
        "credits": module.credits,
        "levels": list(module.levels),
        "eqf": list(module.eqf),
        "levelText": module.level_text or None,
        "outcomes": len(module.outcomes),
        "known": bool(module.outcomes),
        "skills": line.skills,
        "covered": len(line.covered),
        "probable": len(line.probable),
        "only": [need.iri for need in line.only],
        "hoursPerNeed": list(line.per_need),
    }


def _need(page: Page, need: Need) -> dict[str, Any]:
    return {
        "iri": need.iri,
        "skill": {"iri": need.skill, "label": page.naming(need.skill)},
        "group": need.group,
        "country": need.country,
        "horizon": need.horizon,
        "necessity": need.necessity,
        "types": list(need.types),
        "throughForm": need.through_form,
        "eqf": list(need.eqf),
        "wording": need.wording or None,
        "evidence": need.evidence,
        "sources": list(need.sources),
        "row": need.row or None,
    }


def _by(page: Page, need: Need) -> list[dict[str, Any]]:
    found = []
    for module in page.report.modules:
        link = page.report.coverage.link(module.key, need.skill)
        if link is not None:
            ways = {"grade": link.grade, "relation": link.relation, "outcome": module.outcomes[link.outcome].text}
            through = {"taught": link.taught or None, "needed": link.needed or None, "reviewed": link.reviewed}
            proposed = {"confidence": round(link.confidence, 4), "matched": link.label} if link.grade == "proposed" else {}
            found.append({"module": module.key, **ways, **through, **proposed})
    return found


def _certificate(page: Page, certificate: Certificate) -> dict[str, Any]:
    return {
        "skill": {"iri": certificate.skill, "label": page.naming(certificate.skill)},
        "country": certificate.country,
        "qualification": certificate.curriculum or None,
        "framework": certificate.framework or None,
        "level": certificate.notation or None,
        "eqf": certificate.eqf or None,
        "eqfAssumed": certificate.eqf_assumed,
        "schemes": list(certificate.schemes),
        "namedByScheme": certificate.certified,
        "bodies": list(certificate.bodies),
        "claims": list(certificate.claims),
        "sources": list(certificate.sources),
    }


def to_xlsx(page: Page) -> bytes:
    """Return a workbook: modules, matrix, what is left, what dropping a module loses, certification, and what all of it is."""
    report = page.report
    about: list[tuple[str, Value]] = [(_("In short"), " ".join([page.sentence, *page.remarks]))]
    about += [(_("Modules"), text) for text in (page.redundancy, page.hours) if text]
    for dimension in DIMENSIONS:
        if wanted := report.filters.wanted(dimension):
            about.append((dimension_name(dimension), "; ".join(page.value(dimension, key) for key in wanted)))
    about += [(f"{sign} {text}", str(meaning)) for sign, text, meaning in (ABSENCES["not-needed"], ABSENCES["not-reported"])]
    heads = [
        _("Module"), _("Kind"), _("Hours, least"), _("Hours, most"), _("Level (EQF)"), _("Outcomes"), _("Needs covered"), _("of"),
        _("Skills covered"), _("Probably covered"), _("Covered by it alone"), _("Hours per need, least"), _("Hours per need, most"),
    ]  # fmt: skip
    matrix = [_("Skill"), *_need_heads(), _("State"), *(f"{page.number(module)} {page.title(module)}" for module in report.modules)]
    return workbook(
        _("Curriculum gap report"),
        heads,
        [_summary_row(page, line) for line in report.lines],
        about,
        path="/curriculum" if page.own else page.chosen.address(),
        more=[
            (
                _("By group and country"),
                [_("By"), _("Value"), _("Needs"), _("covered"), _("probably covered"), _("left"), str(ABSENCES["not-needed"][1])],
                _share_rows(page),
            ),
            (_("Matrix"), matrix, _matrix_rows(page)),
            (_("Left"), [_("Skill"), *_need_heads(), _("Probably covered")], _left_rows(page)),
            (_("Dropping one"), [_("Module"), _("Skill"), *_need_heads()], _dropping_rows(page)),
            (_("Certification"), _certificate_heads(), _certificate_rows(page)),
        ],
    )


def _summary_row(page: Page, line: Line) -> list[Value]:
    module, per = line.module, line.per_need
    level = ", ".join(module.eqf) or module.level_text
    total = page.report.total.total
    hours = [None if value is None else round(value, 2) for value in per]
    name: Value = Link(page.title(module), module.iri) if module.iri else page.title(module)
    kind = page.kind(module)
    counts: list[Value] = [len(line.covered), total, line.skills, len(line.probable), len(line.only)] if module.outcomes else [None] * 5
    outcomes: Value = len(module.outcomes) or str(ABSENCES["not-reported"][1])
    return [name, kind, module.hours_least, module.hours_most, level, outcomes, *counts, *hours]


def _share_rows(page: Page) -> Iterator[list[Value]]:
    for dimension in DIMENSIONS:
        for share in page.report.shares(dimension):
            name = page.value(dimension, share.key)
            yield [dimension_name(dimension), name, share.total, share.covered, share.probable, share.uncovered, share.denied]


def _need_heads() -> list[str]:
    return [*(dimension_name(dimension) for dimension in DIMENSIONS), _("Wording"), _("Evidence"), _("Source"), _("Claim")]


def _need_cells(page: Page, need: Need) -> list[Value]:
    types = "; ".join(page.value("type", key) for key in need.types) or str(ABSENCES["not-reported"][1])
    named = [page.value(d, getattr(need, d)) for d in ("country", "necessity", "horizon")]
    evidence = str(EVIDENCE[need.evidence][0]) if need.evidence in EVIDENCE else need.evidence
    sources: Value = Link(need.sources[0], need.sources[0]) if len(need.sources) == 1 else " ".join(need.sources)
    return [page.value("group", need.group), types, *named, need.wording, evidence, sources, Link(need.iri, need.iri)]


def _matrix_rows(page: Page) -> Iterator[list[Value]]:
    coverage = page.report.coverage
    states = {"covered": _("covered"), "probable": _("probably covered"), "uncovered": _("left")}
    for skill in page.report.skills:
        cells: list[Value] = []
        for module in page.report.modules:
            link = coverage.link(module.key, skill)
            if link is None:
                cells.append("" if module.outcomes else str(ABSENCES["not-reported"][1]))
            elif link.grade == "proposed":
                cells.append(_("probably covered"))
            else:
                cells.append(
                    _("covered")
                    if (link.grade, link.relation) == ("declared", "same")
                    else _("covered, %(relation)s", relation=relation(link))
                )
        for need in coverage.by_skill[skill]:
            yield [page.naming(skill), *_need_cells(page, need), states[coverage.state(need)], *cells]


def _left_rows(page: Page) -> Iterator[list[Value]]:
    coverage = page.report.coverage
    for skill in page.report.skills:
        for need in coverage.by_skill[skill]:
            if (state := coverage.state(need)) != "covered":
                yield [page.naming(skill), *_need_cells(page, need), _("yes") if state == "probable" else _("no")]


def _dropping_rows(page: Page) -> Iterator[list[Value]]:
    for line in page.report.lines:
        for need in line.only:
            yield [page.title(line.module), page.naming(need.skill), *_need_cells(page, need)]


def _certificate_heads() -> list[str]:
    return [
        _("Skill"), _("Country"), _("Qualification"), _("Level"), _("EQF level"), _("Framework"), _("Validation scheme"),
        _("Named by the scheme"), _("Bodies"), _("Source"),
    ]  # fmt: skip


def _certificate_rows(page: Page) -> Iterator[list[Value]]:
    for skill, found in page.report.certificates.items():
        for c in found:
            qualification: Value = Link(page.naming(c.curriculum), c.curriculum) if c.curriculum else None
            framework = page.naming(c.framework) if c.framework else ""
            schemes = "; ".join(page.naming(scheme) for scheme in c.schemes)
            named = _("yes") if c.certified else _("no")
            yield [
                page.naming(skill), page.value("country", c.country), qualification, c.notation, page.eqf(c), framework, schemes, named,
                "; ".join(c.bodies), " ".join(c.sources),
            ]  # fmt: skip
