"""The modules that our own data know, read from an engine: curricula with their outcomes and the skills of these."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from wise_skills.learning import elm_terms
from wise_skills.learning.model import ESCO, RELATIONS, LinkedSkill, Module, Outcome, Provider
from wise_skills.names import DCT, NOTATION, OWL, PREF_LABEL, RDF_TYPE, SKOS, Names
from wise_skills.terms import Table, Term

Select = Callable[[str], Table]
_SNB = "http://data.europa.eu/snb/"
_Facts = dict[str, list[Term]]


def modules_of(select: Select, names: Names, country: str | None = None, only: Collection[str] = ()) -> list[Module]:
    """Return modules with their outcomes, sorted by IRI.

    Language, web page and field of study are not in our data and stay empty: whoever exports a module adds them. Of
    mappings to ESCO only accepted ones count.

    Parameters
    ----------
    select:
        Answers a SELECT query whose IRIs are in full (`Edition.select`).
    names:
        The names under the base of the data.
    country:
        Folder of a country (`hr`): what stands in its folder, and what is offered there.
    only:
        IRIs of curricula, where not all are wanted.
    """
    wise = names.wise
    curricula = _facts(select, f"?s <{RDF_TYPE}> <{wise}Curriculum>")
    outcomes = _facts(select, f"?s <{RDF_TYPE}> <{wise}LearningOutcome>")
    wanted = [iri for iri in sorted(curricula) if (not only or iri in only) and _is_of(iri, curricula[iri], names, country)]
    told: dict[str, list[str]] = {}
    for iri, facts in outcomes.items():
        for curriculum in facts.get(wise + "curriculum", ()):
            told.setdefault(curriculum.value, []).append(iri)
    skills = _skills(select, wise)
    levels = _facts(select, f"?s <{RDF_TYPE}> <{wise}QualificationLevel>")
    organisations = _facts(select, f"?c <{wise}provider> ?s")
    places = {str(iri): str(code) for iri, code in select(f"SELECT DISTINCT ?s ?o WHERE {{ ?c <{wise}seat> ?s . ?s <{NOTATION}> ?o }}")}
    found = []
    for iri in wanted:
        mine = sorted(told.get(iri, ()), key=lambda one: (_number(outcomes[one], wise + "ordinal") or 0, one))
        providers = tuple(
            _provider(term.value, organisations[term.value], places, wise)
            for term in sorted(curricula[iri].get(wise + "provider", ()))
            if term.value in organisations
        )
        found.append(
            _module(iri, curricula[iri], levels, wise, providers, tuple(_outcome(one, outcomes[one], skills, wise) for one in mine))
        )
    return found


def _facts(select: Select, pattern: str) -> dict[str, _Facts]:
    """Return what is said of the things `?s` of a pattern, by predicate; sorted, so that equal data give equal modules."""
    found: dict[str, _Facts] = {}
    for subject, predicate, value in select(f"SELECT DISTINCT ?s ?p ?o WHERE {{ {pattern} . ?s ?p ?o }} ORDER BY ?s ?p ?o"):
        if subject is not None and predicate is not None and value is not None:
            found.setdefault(subject.value, {}).setdefault(predicate.value, []).append(value)
    return found


def _skills(select: Select, wise: str) -> dict[str, list[LinkedSkill]]:
    """Return, for each skill of an outcome, itself and what it was accepted to be in ESCO."""
    about = f"?outcome <{RDF_TYPE}> <{wise}LearningOutcome> ; <{wise}skill> ?s"
    labels: dict[str, dict[str, str]] = {}
    for skill, label in select(f"SELECT DISTINCT ?s ?label WHERE {{ {about} . ?s <{PREF_LABEL}> ?label }} ORDER BY ?s ?label"):
        if skill is not None and label is not None:
            labels.setdefault(skill.value, {}).setdefault(label.language or "", label.value)
    found = {skill: [LinkedSkill(skill, texts)] for skill, texts in labels.items()}
    status = wise.removesuffix("ns#") + "scheme/mapping-statuses/accepted"
    mapped = (
        f"SELECT DISTINCT ?s ?relation ?o ?label WHERE {{ {about} . ?m <{OWL}annotatedSource> ?s ; <{wise}mappingStatus> <{status}> ; "
        f"<{OWL}annotatedProperty> ?relation ; <{OWL}annotatedTarget> ?o . "
        f"OPTIONAL {{ ?m <https://w3id.org/sssom/object_label> ?label }} }} ORDER BY ?s ?o ?relation"
    )
    for skill, relation, concept, label in select(mapped):
        if skill is not None and relation is not None and concept is not None and concept.value.startswith(ESCO):
            name = {label.language or "en": label.value} if label is not None else {}
            found.setdefault(skill.value, []).append(LinkedSkill(concept.value, name, RELATIONS.get(relation.value, "related")))
    return found


def _is_of(iri: str, facts: _Facts, names: Names, country: str | None) -> bool:
    if not country:
        return True
    offered = {term.value for term in facts.get(names.wise + "place", ())}
    return iri.startswith(f"{names.base}id/{country}/") or elm_terms.country(country) in offered


def _module(
    iri: str, facts: _Facts, levels: dict[str, _Facts], wise: str, providers: tuple[Provider, ...], outcomes: tuple[Outcome, ...]
) -> Module:
    own = [levels[level.value] for level in facts.get(wise + "level", ()) if level.value in levels]
    eqf = [
        int(term.value[-1])
        for of in (facts, *own)
        for term in of.get(wise + "eqfLevel", ())
        if term.value[:-1] == _SNB + "eqf/" and term.value[-1].isdecimal()
    ]
    system = next((term.value.rpartition("/")[2] for term in facts.get(wise + "creditSystem", ())), "")
    notes = [facts.get(wise + name, []) for name in ("workload", "levelWording")]
    return Module(
        titles=_texts(facts.get(PREF_LABEL, [])),
        provider=providers[0] if providers else Provider(),
        partners=providers[1:],
        outcomes=outcomes,
        descriptions=_texts(facts.get(DCT + "description", [])),
        notes=_joined(notes),
        hours=_number(facts, wise + "maxHours") or _number(facts, wise + "minHours"),
        credits=_number(facts, wise + "credits"),
        credit_system=system,
        eqf=eqf[0] if eqf else None,
        nqf=tuple(term.value for level in own for term in level.get(SKOS + "exactMatch", ()) if term.value.startswith(_SNB + "qdr/")),
        is_qualification=any(term.value.endswith("/learning-kinds/qualification") for term in facts.get(wise + "learningKind", ())),
        iri=iri,
    )


def _outcome(iri: str, facts: _Facts, skills: dict[str, list[LinkedSkill]], wise: str) -> Outcome:
    found = {skill.iri: skill for term in facts.get(wise + "skill", ()) for skill in skills.get(term.value, ())}
    return Outcome(_texts(facts.get(DCT + "description", [])), tuple(found.values()), iri)


def _provider(iri: str, facts: _Facts, places: dict[str, str], wise: str) -> Provider:
    codes = [places[term.value] for term in facts.get(wise + "seat", ()) if term.value in places]
    seats = [code if elm_terms.country(code) else code[:2] for code in codes]  # of a region (BE2) its country
    pages = [term.value for term in facts.get("http://xmlns.com/foaf/0.1/homepage", ())]
    return Provider(_texts(facts.get(PREF_LABEL, [])), next(iter(seats), ""), next(iter(pages), ""), iri)


def _texts(terms: Iterable[Term]) -> dict[str, str]:
    found: dict[str, str] = {}
    for term in terms:
        found.setdefault(term.language or "", term.value)
    return found


def _joined(groups: Iterable[Iterable[Term]]) -> dict[str, str]:
    """Return texts of several properties as one text for each language."""
    found: dict[str, list[str]] = {}
    for group in groups:
        for tag, text in _texts(group).items():
            found.setdefault(tag, []).append(text)
    return {tag: "; ".join(parts) for tag, parts in found.items()}


def _number(facts: _Facts, predicate: str) -> float | None:
    for term in facts.get(predicate, ()):
        try:
            return float(term.value)
        except ValueError:
            continue
    return None
