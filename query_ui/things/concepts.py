"""The page about a concept of ESCO or a code of a classification: hierarchy, names, relations, who needs it, mappings.

Everything is asked for in small pieces with a limit, because a much-used skill has thousands of relations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.things.concept_links import Mapped, Need, mappings, needs, through_occupations
from wise_skills.names import ALT_LABEL, DCT, IN_SCHEME, NOTATION, OWL, PREF_LABEL, SKOS, XSD
from wise_skills.terms import Term
from wise_skills.terms import iri as iri_term

ESCO = "http://data.europa.eu/esco/"
MODEL = ESCO + "model#"
FIRST, PAGE, SORTED = 15, 100, 1_500
PORTAL = "https://esco.ec.europa.eu/en/classification/occupation?uri={}"
"""The page of the ESCO portal about a concept: its part for occupations shows every kind."""
_RELATIONS = {
    MODEL + "relatedEssentialSkill": lazy_gettext("Essential skills and knowledge"),
    MODEL + "relatedOptionalSkill": lazy_gettext("Optional skills and knowledge"),
    MODEL + "isEssentialSkillFor": lazy_gettext("Essential for"),
    MODEL + "isOptionalSkillFor": lazy_gettext("Optional for"),
    SKOS + "narrower": lazy_gettext("Below it"),
    SKOS + "hasTopConcept": lazy_gettext("Top concepts"),
}
_OWN_RELATIONS = {
    "listedSkill": lazy_gettext("Skills that its sheet lists"),
    "listedSetting": lazy_gettext("Settings that its sheet lists"),
}
STRUCTURE = (
    *_RELATIONS,
    *(SKOS + p for p in ("broader", "broaderTransitive", "narrowerTransitive", "topConceptOf", "inScheme", "member")),
    *(MODEL + p for p in ("isAssociationFor", "target", "targetFramework", "hasAssociation")),
    *(OWL + p for p in ("annotatedSource", "annotatedTarget")),
    *(SKOS + p + "Match" for p in ("exact", "close", "broad", "narrow", "related")),
    SKOS + "mappingRelation",
)
"""Relations that the page shows in sections of their own, or that only say the same again."""
_LABELS = (PREF_LABEL, ALT_LABEL, SKOS + "hiddenLabel")
_FACTS = {
    NOTATION: lazy_gettext("Code"),
    MODEL + "skillType": lazy_gettext("Kind"),
    MODEL + "skillReuseLevel": lazy_gettext("Reuse level"),
    "http://purl.org/iso25964/skos-thes#status": lazy_gettext("Status"),
    MODEL + "regulatedProfessionNote": lazy_gettext("Regulated"),
    MODEL + "hasNACECode": "NACE Rev. 2.1",
    IN_SCHEME: lazy_gettext("Lists and collections"),
    DCT + "modified": lazy_gettext("Changed"),
}
_XKOS = "http://rdf-vocabulary.ddialliance.org/xkos#"
_TEXTS = {
    SKOS + "definition": "",
    SKOS + "scopeNote": lazy_gettext("Scope"),
    _XKOS + "coreContentNote": lazy_gettext("Includes"),
    _XKOS + "additionalContentNote": lazy_gettext("Includes also"),
    _XKOS + "exclusionNote": lazy_gettext("Does not include"),
    _XKOS + "caseLaw": lazy_gettext("Rulings"),
}
_KINDS = {
    "occupation/": lazy_gettext("ESCO occupation"),
    "isco/": lazy_gettext("ISCO-08 group"),
    "isced-f/": lazy_gettext("ISCED-F field, ESCO knowledge group"),
}
_PATHS, _DEPTH = 8, 20


@dataclass
class Names:
    """The labels of a concept in one language."""

    language: str
    preferred: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


@dataclass
class Listing:
    """Ends of one relation: how many, and some of them with code and name, in the order of these."""

    predicate: str
    title: str
    total: int
    members: list[tuple[str, str]] = field(default_factory=list)
    within: str = ""
    """Beginning of the IRIs of the ends that count."""

    @property
    def key(self) -> str:
        """Short name for the address."""
        return self.predicate.rsplit("#", 1)[-1]


@dataclass
class Concept:
    """What the page shows of a concept."""

    iri: str
    title: str
    kind: str
    graphs: list[str]
    names: list[Names]
    texts: list[tuple[str, str, str]]
    facts: list[tuple[str, list[Term]]]
    green_share: str
    paths: list[list[str]]
    listings: list[Listing]
    mappings: list[Mapped]
    needs: list[Need]
    through: list[Need]

    @property
    def of_esco(self) -> bool:
        """Whether it belongs to ESCO, whose attribution the page then bears."""
        return self.iri.startswith(ESCO)


def graphs_of(edition: Edition, iri: str) -> list[str]:
    """Return the graphs that say of an IRI that it is a concept which others publish; none for anything else."""
    node = iri_term(iri).n3()
    kinds = "VALUES ?kind { skos:Concept skos:ConceptScheme }"
    table = edition.select(f"SELECT DISTINCT ?g WHERE {{ {kinds} GRAPH ?g {{ {node} a ?kind }} }}")
    found = [str(row[0]) for row in table]
    ours = edition.names.graph("")
    others = (ours + "esco", ours + "classifications/", ours + "mappings/")
    return found if any(g.startswith(others) for g in found) or (found and iri.startswith(ESCO)) else []


def concept(edition: Edition, iri: str, graphs: list[str], naming: Naming) -> Concept:
    """Read what is said of a concept; the lists hold their first members."""
    node = iri_term(iri).n3()
    said = _said(edition, node)
    paths = _paths(edition, iri)
    listings = [x for x in _listings(edition, node) if x.total]
    for listing in listings:
        listing.members = members(edition, iri, listing, naming.language, FIRST)
    found = mappings(edition, iri)
    wise = needs(edition, found)
    through = through_occupations(edition, iri) if iri.startswith(ESCO + "skill/") else []
    naming.fetch([iri, *(i for path in paths for i in path), *(i for x in listings for i, _ in x.members)])
    naming.fetch([*(m.other for m in found), *(m.table for m in found), *(n.thing for n in (*wise, *through)), *(n.place for n in wise)])
    naming.fetch(n.place for n in through)
    naming.fetch(t.value for terms in said.values() for t in terms if t.kind == "iri")
    return Concept(
        iri=iri,
        title=naming(iri),
        kind=_kind(edition, iri, said, graphs, naming),
        graphs=graphs,
        names=list(_names(said, naming.language)),
        texts=_texts(edition, node, said, naming.language),
        facts=[(str(title), _shown(said[p])) for p, title in _FACTS.items() if said.get(p)],
        green_share=next((t.value for t in said.get(edition.names.wise + "greenShare", [])), ""),
        paths=paths,
        listings=listings,
        mappings=found,
        needs=wise,
        through=through,
    )


def listing(edition: Edition, iri: str, key: str, naming: Naming, number: int, within: str = "") -> Listing | None:
    """Return one page of the ends of a relation by the key that its address has; `None` for an unknown one.

    `within` is the beginning of the IRIs of the ends that are wanted.
    """
    node = iri_term(iri).n3()
    found = next((x for x in _listings(edition, node, within) if x.key == key and x.total), None)
    if found is not None:
        found.members = members(edition, iri, found, naming.language, PAGE, (number - 1) * PAGE)
        naming.fetch(i for i, _ in found.members)
    return found


def members(edition: Edition, iri: str, listing: Listing, language: str, limit: int, offset: int = 0) -> list[tuple[str, str]]:
    """Return ends of a relation with their codes, ordered by code and name; very many only within a page, in the order of the store."""
    ends, cut = _ends(iri_term(iri).n3(), listing.predicate, listing.within), f"LIMIT {limit} OFFSET {offset}"
    # To sort thousands takes Oxigraph seconds; a release never changes, so that its own order serves for pages.
    within = cut if listing.total > SORTED else ""
    table = edition.select(
        f"SELECT ?o (MIN(?n) AS ?code) (MIN(?l) AS ?label) WHERE {{ {{ SELECT DISTINCT ?o WHERE {{ {ends} }} {within} }} "
        f'OPTIONAL {{ ?o skos:notation ?n }} OPTIONAL {{ ?o skos:prefLabel ?l FILTER (LANG(?l) IN ("{language}", "en")) }} }} '
        f"GROUP BY ?o ORDER BY ?code ?label ?o {'' if within else cut}"
    )
    return [(str(row["o"]), str(row["code"] or "")) for row in table.dicts()]


def _ends(node: str, predicate: str, within: str = "") -> str:
    if predicate == SKOS + "narrower":  # a classification may state only one of the two directions
        return f"{{ {node} skos:narrower ?o }} UNION {{ ?o skos:broader {node} }}"
    return f"{node} <{predicate}> ?o" + (f' FILTER STRSTARTS(STR(?o), "{within}")' if within else "")


def _listings(edition: Edition, node: str, within: str = "") -> list[Listing]:
    """Relations that may have thousands of ends, in the order of the page, with their numbers."""
    relations = _RELATIONS | {edition.names.wise + p: title for p, title in _OWN_RELATIONS.items()}
    blocks = " UNION ".join(
        f"{{ SELECT (<{p}> AS ?p) (COUNT(DISTINCT ?o) AS ?n) WHERE {{ {_ends(node, p, within)} }} }}" for p in relations
    )
    counted = {str(p): int(str(n)) for p, n in edition.select(f"SELECT ?p ?n WHERE {{ {blocks} }}")}
    return [Listing(p, str(title), counted.get(p, 0), within=within) for p, title in relations.items()]


def _said(edition: Edition, node: str) -> dict[str, list[Term]]:
    wanted = (*_LABELS, *_FACTS, *_TEXTS, edition.names.wise + "greenShare")
    values = " ".join(f"<{p}>" for p in wanted)
    said: dict[str, list[Term]] = {}
    for predicate, value in edition.select(f"SELECT DISTINCT ?p ?o WHERE {{ VALUES ?p {{ {values} }} {node} ?p ?o }}"):
        if predicate is not None and value is not None:
            said.setdefault(predicate.value, []).append(value)
    return said


def _names(said: dict[str, list[Term]], first: str) -> Iterator[Names]:
    """The language of names and English first, then by tag; a label that repeats the preferred one is not shown again."""
    found: dict[str, Names] = {}
    for number, predicate in enumerate(_LABELS):
        for term in sorted(said.get(predicate, ()), key=lambda t: t.value.casefold()):
            names = found.setdefault(term.language or "", Names(term.language or ""))
            if term.value not in (*names.preferred, *names.others):
                (names.preferred, names.others, names.hidden)[number].append(term.value)
    yield from sorted(found.values(), key=lambda n: (n.language != first, n.language != "en", n.language))


def _texts(edition: Edition, node: str, said: dict[str, list[Term]], first: str) -> list[tuple[str, str, str]]:
    """Description, definition and notes with a title and their language: that of names first, then English."""
    # Two plain branches: with the description before the UNION, Oxigraph walks all texts there are.
    table = edition.select(
        "SELECT DISTINCT ?text ?language WHERE { "
        f"{{ {node} dct:description ?d . ?d esco:nodeLiteral ?text . ?d esco:language ?l BIND (STR(?l) AS ?language) }} UNION "
        f"{{ {node} dct:description ?text FILTER (isLiteral(?text)) BIND (LANG(?text) AS ?language) }} }}"
    )
    texts = [("", str(row["text"]), str(row["language"] or "")) for row in table.dicts()]
    texts += [(str(title), t.value, t.language or "") for p, title in _TEXTS.items() for t in said.get(p, ())]
    return sorted(dict.fromkeys(texts), key=lambda t: (t[2] != first, t[2] not in ("en", "en-us", ""), t[2]))


def _paths(edition: Edition, iri: str) -> list[list[str]]:
    """The ways from the top down to the concept, shortest first; a concept may have several above it."""
    node = iri_term(iri).n3()
    above: dict[str, list[str]] = {}
    for lower, upper in edition.select(f"SELECT DISTINCT ?c ?b WHERE {{ {node} skos:broader* ?c . ?c skos:broader ?b }}"):
        above.setdefault(str(lower), []).append(str(upper))
    found: list[list[str]] = []
    open_ways = [[iri]]
    while open_ways and len(found) < _PATHS:
        way = open_ways.pop(0)
        uppers = [u for u in sorted(above.get(way[-1], ())) if u not in way]
        if (not uppers or len(way) > _DEPTH) and len(way) > 1:
            found.append(way[:0:-1])
        open_ways += [[*way, u] for u in uppers] if len(way) <= _DEPTH else []
    return found


def _kind(edition: Edition, iri: str, said: dict[str, list[Term]], graphs: Sequence[str], naming: Naming) -> str:
    """What a concept is, in words."""
    kinds = {t.value.rsplit("/", 1)[-1] for t in said.get(MODEL + "skillType", ())}
    for start, name in _KINDS.items():
        if iri.startswith(ESCO + start):
            return str(name)
    if iri.startswith(ESCO + "skill/"):
        is_skill = any(row for row in edition.select(f"SELECT ?t WHERE {{ {iri_term(iri).n3()} a ?t FILTER (?t = esco:Skill) }}"))
        if not is_skill:
            return str(_("ESCO skill group"))
        return str(_("ESCO knowledge") if kinds == {"knowledge"} else _("ESCO skill"))
    schemes = [t.value for t in said.get(IN_SCHEME, ())]
    naming.fetch(schemes)
    return ", ".join(naming(s) for s in schemes[:1]) or _("concept")


def _shown(terms: Sequence[Term]) -> list[Term]:
    return sorted(set(terms), key=lambda t: (t.datatype == XSD + "dateTime", t.value))
