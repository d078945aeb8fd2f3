"""The section “In ESCO” of a WISE skill or profile: the concepts matched with it, and what ESCO lists for them beside our needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from query_ui.edition import Edition
from query_ui.naming import Naming, esco_word
from query_ui.things.concept_links import RELATION_WORDS
from wise_skills.questions.needs import NEEDS
from wise_skills.terms import iri as iri_term

_ESCO = "http://data.europa.eu/esco/"


@dataclass
class Match:
    """A concept of ESCO that we match with the thing; numbers are of skills for an occupation, of occupations for a skill."""

    concept: str
    relation: str
    status: str
    known: bool
    code: str = ""
    reuse: str = ""
    groups: list[str] = field(default_factory=list)
    essential: int = 0
    optional: int = 0

    @property
    def words(self) -> str:
        """The relation in words, read from ours."""
        return str(RELATION_WORDS.get(self.relation, self.relation))


@dataclass
class Listed:
    """A skill that ESCO lists for a matched occupation, with our skills that are needed and match it."""

    skill: str
    essential: bool
    ours: list[str] = field(default_factory=list)


@dataclass
class InEsco:
    """What the section shows; `listed` is filled for a profile."""

    matches: list[Match]
    listed: list[Listed]
    is_profile: bool
    loaded: bool

    @property
    def shared(self) -> list[Listed]:
        """Skills that match a need of the profile."""
        return [x for x in self.listed if x.ours]

    @property
    def lacking(self) -> list[Listed]:
        """Essential skills that match no need of the profile."""
        return [x for x in self.listed if x.essential and not x.ours]


def in_esco(edition: Edition, iri: str, kinds: Iterable[str], naming: Naming) -> InEsco | None:
    """Return the section for a skill or profile of ours; `None` for other things, and where nothing is matched.

    Parameters
    ----------
    edition, naming:
        What is served, and the names of this request, into which those of the section are fetched.
    iri, kinds:
        The thing and its classes.
    """
    wise = edition.names.wise
    is_profile = wise + "OccupationalProfile" in kinds
    if not is_profile and wise + "Skill" not in kinds:
        return None
    matches = _matches(edition, iri)
    if not matches:
        return None
    loaded = NEEDS["esco"].is_met(edition.engine.graphs())
    listed: list[Listed] = []
    if loaded and is_profile:
        listed = _listed(edition, iri)
    if loaded:
        _count(edition, matches)
    naming.fetch([*(m.concept for m in matches), *(g for m in matches for g in m.groups)])
    naming.fetch([*(x.skill for x in listed), *(o for x in listed for o in x.ours)])
    listed.sort(key=lambda x: (not x.essential, naming(x.skill).casefold()))
    order = list(RELATION_WORDS)
    matches.sort(key=lambda m: (order.index(m.relation) if m.relation in order else len(order), naming(m.concept).casefold()))
    return InEsco(matches, listed, is_profile, loaded)


def _matches(edition: Edition, iri: str) -> list[Match]:
    table = edition.select(
        "SELECT DISTINCT ?concept ?p ?status ?known ?code ?reuse ?group WHERE { "
        f"?m owl:annotatedSource {iri_term(iri).n3()} ; owl:annotatedTarget ?concept ; owl:annotatedProperty ?p . "
        "?m wise:mappingStatus ?status . "
        f'FILTER (STRSTARTS(STR(?concept), "{_ESCO}")) '
        "OPTIONAL { ?concept a ?known FILTER (?known = skos:Concept) } OPTIONAL { ?concept skos:notation ?code } "
        "OPTIONAL { ?concept esco:skillReuseLevel ?reuse } OPTIONAL { ?concept skos:broader ?group } }"
    )
    found: dict[str, Match] = {}
    for row in table.dicts():
        concept = str(row["concept"])
        relation, status = str(row["p"]).rsplit("#", 1)[-1], str(row["status"]).rsplit("/", 1)[-1]
        match = found.setdefault(concept, Match(concept, relation, status, row["known"] is not None))
        match.code = str(row["code"] or "")
        match.reuse = esco_word(str(row["reuse"] or "").rsplit("/", 1)[-1])
        if row["group"] is not None and str(row["group"]) not in match.groups:
            match.groups.append(str(row["group"]))
    return [m for m in found.values() if m.status not in ("rejected", "no-match-found")]


def _count(edition: Edition, matches: list[Match]) -> None:
    """Fill in how many skills an occupation has, or how many occupations ask for a skill."""
    values = " ".join(iri_term(m.concept).n3() for m in matches)
    jobs = f'FILTER (STRSTARTS(STR(?o), "{_ESCO}occupation/"))'
    relations = (
        ("essential", "relatedEssentialSkill", ""),
        ("optional", "relatedOptionalSkill", ""),
        ("essential for", "isEssentialSkillFor", jobs),
        ("optional for", "isOptionalSkillFor", jobs),
    )
    blocks = " UNION ".join(
        f'{{ SELECT ?c ("{name}" AS ?k) (COUNT(DISTINCT ?o) AS ?n) WHERE {{ VALUES ?c {{ {values} }} '
        f"?c esco:{relation} ?o {narrowed} }} GROUP BY ?c }}"
        for name, relation, narrowed in relations
    )
    counted = {(str(c), str(k)): int(str(n)) for c, k, n in edition.select(f"SELECT ?c ?k ?n WHERE {{ {blocks} }}") if c is not None}
    for match in matches:
        of = "" if match.concept.startswith(_ESCO + "occupation/") else " for"
        match.essential = counted.get((match.concept, "essential" + of), 0)
        match.optional = counted.get((match.concept, "optional" + of), 0)


def _listed(edition: Edition, iri: str) -> list[Listed]:
    """The skills of the matched occupations; essential wins where one calls a skill essential and another optional."""
    node = iri_term(iri).n3()
    ours: dict[str, list[str]] = {}
    for skill, concept in edition.select(
        f"SELECT DISTINCT ?skill ?concept WHERE {{ ?need wise:profile {node} ; wise:skill ?skill . "
        "?m owl:annotatedSource ?skill ; owl:annotatedTarget ?concept ; wise:mappingStatus ?status "
        'FILTER (!STRENDS(STR(?status), "/rejected")) }'
    ):
        ours.setdefault(str(concept), []).append(str(skill))
    found: dict[str, Listed] = {}
    # Two plain branches: with the properties as VALUES, Oxigraph walks all relations of ESCO.
    matched = f"?m owl:annotatedSource {node} ; owl:annotatedTarget ?occupation ."
    branches = " UNION ".join(
        f"{{ {matched} ?occupation esco:{p} ?skill BIND (esco:{p} AS ?link) }}" for p in ("relatedEssentialSkill", "relatedOptionalSkill")
    )
    for skill, link in edition.select(f"SELECT DISTINCT ?skill ?link WHERE {{ {branches} }}"):
        listed = found.setdefault(str(skill), Listed(str(skill), False, sorted(ours.get(str(skill), ()))))
        listed.essential = listed.essential or str(link).endswith("EssentialSkill")
    return list(found.values())
