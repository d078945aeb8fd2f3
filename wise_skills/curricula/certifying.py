"""Reads where skills can be certified: through qualifications whose outcomes name them, and through validation schemes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wise_skills.curricula.model import RECOGNISED, Certificate
from wise_skills.curricula.reading import Select, key
from wise_skills.names import Names
from wise_skills.terms import Term

Row = Mapping[str, Term | None]


@dataclass
class _Scheme:
    country: str
    frameworks: set[str] = field(default_factory=set)
    bodies: str = ""
    sources: set[str] = field(default_factory=set)


@dataclass
class _Shown:
    """A row of `certifications`: what a scheme certifies."""

    scheme: str
    skill: str = ""
    curriculum: str = ""
    levels: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)


@dataclass
class _Taught:
    """A curriculum whose outcomes name a skill."""

    country: str
    kind: str
    levels: set[str] = field(default_factory=set)
    stated: str = ""
    outcomes: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Level:
    notation: str
    framework: str
    eqf: str
    assumed: bool


def read_certificates(select: Select, names: Names) -> list[Certificate]:
    """Return in which ways skills can be certified, by skill, country and qualification."""
    schemes, shown, levels, taught = _schemes(select), _shown(select), _levels(select), _taught(select)
    named = {row.curriculum for row in shown.values() if row.curriculum}
    found: list[Certificate] = []
    for (skill, curriculum), item in sorted(taught.items()):
        rows = {claim: row for claim, row in shown.items() if row.curriculum == curriculum}
        if item.kind not in RECOGNISED and curriculum not in named:
            continue
        for level in sorted(item.levels.union(*(row.levels for row in rows.values()))) or [""]:
            known = levels.get(level, _Level("", "", item.stated, assumed=False))
            by_framework = [
                s for s, about in sorted(schemes.items()) if about.country == item.country and known.framework in about.frameworks
            ]
            used = tuple(dict.fromkeys(row.scheme for row in rows.values())) or tuple(by_framework)
            found.append(
                Certificate(
                    skill=skill,
                    curriculum=curriculum,
                    country=item.country,
                    kind=item.kind,
                    level=level,
                    notation=known.notation,
                    framework=known.framework,
                    eqf=known.eqf or item.stated,
                    eqf_assumed=known.assumed and bool(known.eqf),
                    schemes=used,
                    bodies=_bodies(used, schemes),
                    certified=bool(rows),
                    claims=(*sorted(item.outcomes), *sorted(rows)),
                    sources=tuple(sorted(item.sources.union(*(row.sources for row in rows.values())))),
                )
            )
    for claim, row in sorted(shown.items()):
        for level in sorted(row.levels) or [""] if row.skill else ():
            known = levels.get(level, _Level("", "", "", assumed=False))
            about = schemes.get(row.scheme, _Scheme(""))
            found.append(
                Certificate(
                    skill=row.skill,
                    country=about.country,
                    level=level,
                    notation=known.notation,
                    framework=known.framework,
                    eqf=known.eqf,
                    eqf_assumed=known.assumed and bool(known.eqf),
                    schemes=(row.scheme,),
                    bodies=_bodies((row.scheme,), schemes),
                    certified=True,
                    claims=(claim,),
                    sources=tuple(sorted(row.sources)),
                )
            )
    return found


def _bodies(used: Sequence[str], schemes: Mapping[str, _Scheme]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(schemes[scheme].bodies for scheme in used if scheme in schemes and schemes[scheme].bodies))


def _schemes(select: Select) -> dict[str, _Scheme]:
    found: dict[str, _Scheme] = {}
    for row in select(
        "SELECT ?scheme ?folder ?framework ?body ?source WHERE { ?scheme a wise:ValidationScheme ; wise:country/wise:folder ?folder . "
        "OPTIONAL { ?scheme wise:framework ?framework } OPTIONAL { ?scheme dct:source ?source } "
        'OPTIONAL { ?scheme wise:validationBody ?body FILTER (LANG(?body) = "en") } }'
    ).dicts():
        scheme = found.setdefault(str(row["scheme"]), _Scheme(str(row["folder"]), bodies=str(row["body"] or "")))
        _add(scheme.frameworks, row, "framework")
        _add(scheme.sources, row, "source")
    return found


def _shown(select: Select) -> dict[str, _Shown]:
    found: dict[str, _Shown] = {}
    for row in select(
        "SELECT ?claim ?scheme ?skill ?curriculum ?level ?source WHERE { ?claim a wise:Certification ; wise:validation ?scheme . "
        "OPTIONAL { ?claim wise:skill ?skill } OPTIONAL { ?claim wise:curriculum ?curriculum } OPTIONAL { ?claim wise:level ?level } "
        "OPTIONAL { ?claim dct:source ?source } }"
    ).dicts():
        shown = found.setdefault(str(row["claim"]), _Shown(str(row["scheme"]), str(row["skill"] or ""), str(row["curriculum"] or "")))
        _add(shown.levels, row, "level")
        _add(shown.sources, row, "source")
    return found


def _levels(select: Select) -> dict[str, _Level]:
    return {
        str(row["level"]): _Level(str(row["notation"] or ""), str(row["framework"] or ""), str(row["eqf"] or ""), row["doubt"] is not None)
        for row in select(
            "SELECT ?level ?notation ?framework ?eqf ?doubt WHERE { ?level a wise:QualificationLevel . "
            "OPTIONAL { ?level skos:notation ?notation } OPTIONAL { ?level wise:framework ?framework } "
            "OPTIONAL { ?level wise:eqfLevel/skos:notation ?eqf } "
            "OPTIONAL { ?level wise:unverified ?doubt FILTER (?doubt = wise:eqfLevel) } }"
        ).dicts()
    }


def _taught(select: Select) -> dict[tuple[str, str], _Taught]:
    found: dict[tuple[str, str], _Taught] = {}
    for row in select(
        "SELECT ?skill ?curriculum ?folder ?kind ?level ?stated ?outcome ?source WHERE { "
        "?outcome a wise:LearningOutcome ; wise:skill ?skill ; wise:curriculum ?curriculum . "
        "?curriculum wise:country/wise:folder ?folder ; wise:learningKind ?kind . "
        "OPTIONAL { ?curriculum wise:level ?level } OPTIONAL { ?curriculum wise:eqfLevel/skos:notation ?stated } "
        "OPTIONAL { ?outcome dct:source ?source } }"
    ).dicts():
        of = (str(row["skill"]), str(row["curriculum"]))
        taught = found.setdefault(of, _Taught(str(row["folder"]), key(row["kind"]), stated=str(row["stated"] or "")))
        _add(taught.levels, row, "level")
        _add(taught.outcomes, row, "outcome")
        _add(taught.sources, row, "source")
    return found


def _add(values: set[str], row: Row, name: str) -> None:
    if row[name] is not None:
        values.add(str(row[name]))
