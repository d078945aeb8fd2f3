"""The page about one thing: its names, what it is in words, its properties, its concepts if it is a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.things.grids import Head, frame, heads_of
from query_ui.things.records import Cell, Record, mentioned, read, texts
from wise_skills.names import ALT_LABEL, DCT, IN_SCHEME, PREF_LABEL, RDF_TYPE, RDFS, SKOS
from wise_skills.terms import Term
from wise_skills.terms import iri as iri_term
from wise_skills.terms import text as text_term

NAMES = (PREF_LABEL, RDFS + "label", DCT + "title")
WORDS = (SKOS + "definition", DCT + "description", RDFS + "comment")


@dataclass
class Concept:
    """A concept of a list with those below it."""

    iri: str
    notation: str
    definition: str
    language: str = ""
    below: list[Concept] = field(default_factory=list)


@dataclass
class Thing:
    """What the page about a thing shows of the thing itself."""

    record: Record
    title: str
    kind: str | None
    sheet: str
    country: str | None
    names: dict[str, list[str]]
    words: list[Term]
    properties: list[tuple[Head, Cell]]
    concepts: list[Concept]

    @property
    def exists(self) -> bool:
        """Whether the graph says anything of it."""
        return bool(self.record.cells or self.record.rows)


def thing(edition: Edition, iri: str, naming: Naming) -> Thing:
    """Read what is said of a thing."""
    record = read(edition, [iri])[iri]
    names, schema = edition.names, edition.schema
    kind = next((t for t in record.types if t in schema.by_class or t == names.wise + "Mapping"), next(iter(record.types), None))
    naming.fetch([iri, *mentioned([record])])
    naming.name_claims(i for i in mentioned([record]) if not naming.is_named(i))
    naming.name_records([record])
    sheet = schema.by_class.get(kind or "")
    return Thing(
        record=record,
        title=naming(iri),
        kind=kind,
        sheet=sheet.name if sheet else "",
        country=next(iter(record.iris(names.wise + "country")), None),
        names=_names(record),
        words=[t for p in WORDS for t in record.values(p)],
        properties=_properties(record, heads_of(schema, names, kind or ""), edition, naming),
        concepts=_concepts(edition, iri, naming.language) if SKOS + "ConceptScheme" in record.types else [],
    )


def _names(record: Record) -> dict[str, list[str]]:
    """All names by language: the main ones, then the others."""
    found: dict[str, list[str]] = {}
    for predicate in (*NAMES, ALT_LABEL):
        for language, values in texts(record.values(predicate)).items():
            known = found.setdefault(language, [])
            known += [v for v in values if v not in known]
    return found


def _properties(record: Record, known: Sequence[Head], edition: Edition, naming: Naming) -> list[tuple[Head, Cell]]:
    """The properties in the order of the shapes, then those that no column holds, by name.

    Left out is what the page says elsewhere: names, words, evidence, sources, notes.
    """
    names = edition.names
    elsewhere = {*frame(names), *NAMES, *WORDS, ALT_LABEL, RDF_TYPE}
    derived = {names.wise + p for p in ("startDay", "endDay", "endDayTo", "startDayTo", "validFromDay", "validToDay")}
    order = {h.path: h for h in known}
    first = [(h, record.cells[h.path]) for h in known if h.path in record.cells and h.path not in elsewhere]
    rest = [Head(p, naming(p)) for p in record.cells if p not in order and p not in elsewhere | derived]
    return first + [(h, record.cells[h.path]) for h in sorted(rest, key=lambda h: h.name)]


def _concepts(edition: Edition, scheme: str, language: str) -> list[Concept]:
    """The concepts of a list as a forest, in the order of their notations."""
    table = edition.select(
        "SELECT ?c ?broader (MIN(?n) AS ?notation) (MIN(?d) AS ?definition) (MIN(?own) AS ?said) WHERE { "
        f"?c <{IN_SCHEME}> {iri_term(scheme).n3()} "
        "OPTIONAL { ?c skos:broader ?broader } OPTIONAL { ?c skos:notation ?n } "
        'OPTIONAL { ?c skos:definition ?d FILTER (LANGMATCHES(LANG(?d), "en")) } '
        f"OPTIONAL {{ ?c skos:definition ?own FILTER (LANG(?own) = {text_term(language).n3()}) }} }} "
        "GROUP BY ?c ?broader ORDER BY ?notation ?c"
    )
    found: dict[str, Concept] = {}
    above: dict[str, str] = {}
    for row in table.dicts():
        iri = str(row["c"])
        words, tag = (row["said"], language) if row["said"] else (row["definition"], "en")
        found.setdefault(iri, Concept(iri, str(row["notation"] or ""), str(words or ""), tag))
        if row["broader"]:
            above[iri] = str(row["broader"])
    roots: list[Concept] = []
    for iri, concept in found.items():
        parent = found.get(above.get(iri, ""))
        (parent.below if parent and not _is_below(parent.iri, iri, above) else roots).append(concept)
    return roots


def _is_below(iri: str, other: str, above: dict[str, str]) -> bool:
    """Whether following `broader` from one concept leads to another: a circle, which must not be walked."""
    seen: set[str] = set()
    while iri not in seen:
        if iri == other:
            return True
        seen.add(iri)
        iri = above.get(iri, iri)
    return False
