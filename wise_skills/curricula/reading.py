"""Reads needs, modules, ESCO matches and certificates from a graph.

What is asked with is a function that takes a SELECT query without prologue and returns its table, such as
`Edition.select` of the page, or `asker` for an engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from wise_skills.curricula.model import NOT_REPORTED, Hierarchy, Module, Need, Outcome, Relation, SkillMatch, Target
from wise_skills.engines import Engine
from wise_skills.names import PREFIXES, SKOS, Names
from wise_skills.terms import Table, Term, iri

Select = Callable[[str], Table]
RELATIONS: dict[str, Relation] = {
    SKOS + "exactMatch": "same",
    SKOS + "closeMatch": "same",
    SKOS + "broadMatch": "broader",
    SKOS + "narrowMatch": "narrower",
}
"""How the object of a mapping stands to its subject; what is merely related covers nothing."""
INVERSE: dict[Relation, Relation] = {"same": "same", "broader": "narrower", "narrower": "broader"}
_ESCO = "http://data.europa.eu/esco/"
_ROWS = 200_000


def asker(engine: Engine, names: Names) -> Select:
    """Return a function that puts the prefixes before a query and asks an engine."""
    prologue = "".join(f"PREFIX {prefix}: <{names.rebase(start)}>\n" for prefix, start in PREFIXES.items())
    limits = replace(engine.limits, query_chars=400_000, rows=_ROWS)
    return lambda query: engine.select(prologue + query, limits=limits)


def key(value: Term | str | None) -> str:
    """Return the last segment of an IRI, empty for none."""
    return str(value or "").rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def read_needs(select: Select, names: Names) -> list[Need]:
    """Return every claim of need in the order of the tables' IRIs."""
    types = _several(
        select("SELECT ?form ?type WHERE { ?a a wise:TypeAssignment ; wise:form ?form ; wise:wiseType ?type }"), "form", "type"
    )
    own = _several(select("SELECT ?need ?type WHERE { ?need a wise:SkillNeed ; wise:wiseType ?type }"), "need", "type")
    sources = _several(select("SELECT ?need ?source WHERE { ?need a wise:SkillNeed ; dct:source ?source }"), "need", "source")
    levels = "{ ?need wise:eqfLevel/skos:notation ?eqf } UNION { ?need wise:level/wise:eqfLevel/skos:notation ?eqf }"
    eqf = _several(select(f"SELECT ?need ?eqf WHERE {{ ?need a wise:SkillNeed . {levels} }}"), "need", "eqf")
    absent = {
        str(row["need"]): "not-applicable" if key(row["how"]) == "notApplicable" else NOT_REPORTED
        for row in select(
            "SELECT ?need ?how WHERE { VALUES ?how { wise:notReported wise:notApplicable } ?need a wise:SkillNeed ; ?how wise:necessity }"
        ).dicts()
    }
    optional = "".join(
        f" OPTIONAL {{ ?need {path} ?{name} }}"
        for name, path in {
            "necessity": "wise:necessity",
            "form": "wise:form",
            "profile": "wise:profile",
            "persona": "wise:persona",
            "evidence": "wise:evidence",
            "row": "^tab:describes",
        }.items()
    )
    table = select(
        "SELECT DISTINCT ?need ?skill ?group ?folder ?horizon ?wording ?necessity ?form ?profile ?persona ?evidence ?row WHERE { "
        "?need a wise:SkillNeed ; wise:skill ?skill ; wise:userGroup ?group ; wise:country/wise:folder ?folder ; wise:horizon ?horizon ."
        f'{optional} OPTIONAL {{ ?need wise:wording ?wording FILTER (LANG(?wording) = "en") }} }} ORDER BY ?need'
    )
    found: dict[str, Need] = {}
    for row in table.dicts():
        claim, form = str(row["need"]), str(row["form"] or "")
        said = own.get(claim, [])
        of_form = types.get(form, []) if not said else []
        found[claim] = Need(
            iri=claim,
            skill=str(row["skill"]),
            group=key(row["group"]),
            country=str(row["folder"]),
            horizon=key(row["horizon"]),
            necessity=key(row["necessity"]) or absent.get(claim, NOT_REPORTED),
            types=tuple(sorted({key(t) for t in said or of_form})),
            through_form=bool(of_form),
            profile=str(row["profile"] or ""),
            persona=str(row["persona"] or ""),
            form=form,
            eqf=tuple(sorted(eqf.get(claim, []))),
            wording=str(row["wording"] or ""),
            evidence=key(row["evidence"]),
            sources=tuple(sources.get(claim, ())),
            row=str(row["row"] or ""),
        )
    return list(found.values())


def read_modules(select: Select, names: Names) -> list[Module]:
    """Return every curriculum, in the order of folders and IRIs; its title is left to who names things."""
    several = {
        name: _several(select(f"SELECT ?item ?value WHERE {{ ?item a wise:Curriculum ; {path} ?value }}"), "item", "value")
        for name, path in {"groups": "wise:userGroup", "levels": "wise:level", "stated": "wise:eqfLevel/skos:notation"}.items()
    }
    derived = _several(
        select("SELECT ?item ?value WHERE { ?item a wise:Curriculum ; wise:level/wise:eqfLevel/skos:notation ?value }"), "item", "value"
    )
    outcomes: dict[str, dict[str, Outcome]] = {}
    # A text in English comes last, so that it stands.
    for row in select(
        "SELECT ?item ?of ?text ?skill WHERE { "
        "?item a wise:LearningOutcome ; wise:curriculum ?of ; wise:ordinal ?no ; dct:description ?text . "
        'OPTIONAL { ?item wise:skill ?skill } BIND (IF(LANG(?text) = "en", 1, 0) AS ?english) } '
        "ORDER BY ?of ?no ?item ?english ?text ?skill"
    ).dicts():
        of, item, text = outcomes.setdefault(str(row["of"]), {}), str(row["item"]), row["text"]
        before = of.get(item)
        targets = dict.fromkeys(before.targets if before else ())
        if row["skill"]:
            targets[Target(str(row["skill"]))] = None
        of[item] = Outcome(str(text), tuple(targets), item, (text.language if text else "") or "")
    table = select(
        "SELECT DISTINCT ?item ?folder ?kind ?part ?least ?most ?credits ?system WHERE { "
        "?item a wise:Curriculum ; wise:country/wise:folder ?folder . "
        "OPTIONAL { ?item wise:learningKind ?kind } OPTIONAL { ?item dct:isPartOf ?part } OPTIONAL { ?item wise:minHours ?least } "
        "OPTIONAL { ?item wise:maxHours ?most } OPTIONAL { ?item wise:credits ?credits } OPTIONAL { ?item wise:creditSystem ?system } } "
        "ORDER BY ?folder ?item"
    )
    found: dict[str, Module] = {}
    for row in table.dicts():
        item = str(row["item"])
        found[item] = Module(
            key=module_key(item, names),
            iri=item,
            country=str(row["folder"]),
            kind=key(row["kind"]),
            part_of=str(row["part"] or ""),
            groups=tuple(sorted(key(group) for group in several["groups"].get(item, ()))),
            hours_least=_number(row["least"]),
            hours_most=_number(row["most"]),
            credits=_number(row["credits"]),
            credit_system=key(row["system"]),
            levels=tuple(several["levels"].get(item, ())),
            eqf=tuple(sorted({*several["stated"].get(item, ()), *derived.get(item, ())})),
            outcomes=tuple(outcomes.get(item, {}).values()),
        )
    return list(found.values())


def module_key(item: str, names: Names) -> str:
    """Return the key of a curriculum in addresses: `fr/moniteur-atelier` for `…/id/fr/curriculum/moniteur-atelier`."""
    return item.removeprefix(names.base + "id/").replace("/curriculum/", "/", 1)


def read_matches(select: Select, skills: Iterable[str]) -> list[SkillMatch]:
    """Return the matches of skills to ESCO concepts, proposed and accepted ones; what was rejected, or is merely related, is none."""
    values = " ".join(iri(skill).n3() for skill in dict.fromkeys(skills))
    table = select(
        f"SELECT DISTINCT ?claim ?skill ?how ?concept ?status WHERE {{ VALUES ?skill {{ {values} }} ?claim owl:annotatedSource ?skill ; "
        "owl:annotatedProperty ?how ; owl:annotatedTarget ?concept ; wise:mappingStatus ?status } ORDER BY ?skill ?concept ?how"
    )
    found = []
    for row in table.dicts():
        relation, concept, status = RELATIONS.get(str(row["how"])), str(row["concept"]), key(row["status"])
        if relation and concept.startswith(_ESCO) and status in ("proposed", "accepted"):
            found.append(SkillMatch(str(row["skill"]), concept, relation, status == "accepted", str(row["claim"])))
    return found


def read_hierarchy(select: Select, concepts: Iterable[str]) -> Hierarchy:
    """Return which skills of ESCO stand above some concepts; groups of skills, which hold thousands, are left out."""
    values = " ".join(iri(concept).n3() for concept in dict.fromkeys(concepts))
    table = select(f"SELECT DISTINCT ?one ?above WHERE {{ VALUES ?one {{ {values} }} ?one skos:broader+ ?above . ?above a esco:Skill }}")
    return Hierarchy({one: frozenset(above) for one, above in _several(table, "one", "above").items()})


def read_skill_names(select: Select) -> dict[str, str]:
    """Return the key of each skill of ours (`job-coaching`) with its IRI."""
    return {
        str(row["key"]): str(row["skill"]) for row in select("SELECT ?key ?skill WHERE { ?skill a wise:Skill ; wise:key ?key }").dicts()
    }


def _several(table: Table, one: str, value: str) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for row in table.dicts():
        found.setdefault(str(row[one]), {})[str(row[value])] = None
    return {of: sorted(values) for of, values in found.items()}


def _number(term: Term | None) -> float | None:
    if term is None:
        return None
    value = float(term.value)
    return int(value) if value.is_integer() else value
