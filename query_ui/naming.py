"""Names of things within one request: fetched together, then looked up while the page is written."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import lazy_gettext

from query_ui.addresses import host
from query_ui.asked import interface
from query_ui.edition import Edition
from query_ui.things.grids import heads_of, title_of
from query_ui.things.records import Record, mentioned, read
from wise_skills.names import DCT, OWL, PREFIXES, RDF_TYPE, RDFS, SH, SKOS, SSSOM

_XKOS = "http://rdf-vocabulary.ddialliance.org/xkos#"
_OWN_WORDS = {
    SSSOM + "NoTermFound": lazy_gettext("no fitting concept found"),
    SSSOM + "MappingSet": lazy_gettext("set of mappings"),
    SKOS + "Concept": lazy_gettext("concept"),
    SKOS + "ConceptScheme": lazy_gettext("list"),
    PREFIXES["esco"] + "Occupation": lazy_gettext("ESCO occupation"),
    PREFIXES["esco"] + "Skill": lazy_gettext("ESCO skill or knowledge"),
    OWL + "Class": lazy_gettext("class"),
    OWL + "ObjectProperty": lazy_gettext("relation"),
    OWL + "DatatypeProperty": lazy_gettext("property"),
    OWL + "AnnotationProperty": lazy_gettext("annotation"),
    OWL + "Ontology": lazy_gettext("ontology"),
    SH + "NodeShape": lazy_gettext("shape"),
    SH + "PropertyShape": lazy_gettext("shape of a column"),
    RDF_TYPE: lazy_gettext("is a"),
    DCT + "language": lazy_gettext("language"),
    DCT + "source": lazy_gettext("source"),
    RDFS + "seeAlso": lazy_gettext("see also"),
    RDFS + "isDefinedBy": lazy_gettext("is defined by"),
    RDFS + "subClassOf": lazy_gettext("is a kind of"),
    RDFS + "subPropertyOf": lazy_gettext("is more special than"),
    SKOS + "inScheme": lazy_gettext("is in the list"),
    SKOS + "topConceptOf": lazy_gettext("is a top concept of"),
    SKOS + "hasTopConcept": lazy_gettext("has top concept"),
    SKOS + "broader": lazy_gettext("is narrower than"),
    SKOS + "narrower": lazy_gettext("is broader than"),
    SKOS + "exactMatch": lazy_gettext("exact match"),
    SKOS + "closeMatch": lazy_gettext("close match"),
    SKOS + "broadMatch": lazy_gettext("broader match"),
    SKOS + "narrowMatch": lazy_gettext("narrower match"),
    SKOS + "relatedMatch": lazy_gettext("related match"),
    "https://w3id.org/semapv/vocab/ManualMappingCuration": lazy_gettext("made by hand"),
    "https://w3id.org/semapv/vocab/UnspecifiedMatching": lazy_gettext("not said how"),
    _XKOS + "ClassificationLevel": lazy_gettext("level of a classification"),
    _XKOS + "coreContentNote": lazy_gettext("includes"),
    _XKOS + "additionalContentNote": lazy_gettext("includes also"),
    _XKOS + "exclusionNote": lazy_gettext("does not include"),
    _XKOS + "caseLaw": lazy_gettext("rulings"),
    _XKOS + "depth": lazy_gettext("depth"),
    SKOS + "member": lazy_gettext("has member"),
    SKOS + "mappingRelation": lazy_gettext("corresponds to"),
}
_ELSEWHERE = {
    "http://data.europa.eu/esco/skill/": lazy_gettext("ESCO skill or skill group"),
    "http://data.europa.eu/esco/isced-f/": lazy_gettext("ISCED-F field"),
    "http://data.europa.eu/esco/concept-scheme/": lazy_gettext("ESCO list"),
    "http://data.europa.eu/esco/occupation/": lazy_gettext("ESCO occupation"),
    "http://data.europa.eu/esco/isco/": lazy_gettext("ISCO-08 group"),
    "http://data.europa.eu/ux2/nace2/": "NACE Rev. 2",
    "http://data.europa.eu/ux2/nace2.1/": "NACE Rev. 2.1",
    "http://data.europa.eu/nuts/": lazy_gettext("NUTS region"),
    "http://publications.europa.eu/resource/authority/country/": lazy_gettext("country"),
    "http://publications.europa.eu/resource/authority/language/": lazy_gettext("language"),
}
"""What things of others are, by the beginning of their IRIs."""
_ESCO_WORDS = {
    "transversal": lazy_gettext("transversal"),
    "cross-sector": lazy_gettext("cross-sector"),
    "sector-specific": lazy_gettext("sector-specific"),
    "occupation-specific": lazy_gettext("occupation-specific"),
    "knowledge": lazy_gettext("knowledge"),
    "skill": lazy_gettext("skill"),
}
"""Values of ESCO, which have no labels, by the end of their IRIs."""
_VALUE = re.compile(r"http://data\.europa\.eu/esco/(?:skill-type|skill-reuse-level|regulated-professions|relationship-type)/([a-z-]+)")


def elsewhere(iri: str) -> str:
    """Return what a thing of somebody else is, empty if unknown.

    >>> elsewhere("http://data.europa.eu/esco/occupation/1")
    'ESCO occupation'
    """
    return str(next((name for start, name in _ELSEWHERE.items() if iri.startswith(start)), ""))


def esco_word(value: str) -> str:
    """Return a value of ESCO in words, by the end of its IRI."""
    return str(_ESCO_WORDS.get(value, value.replace("-", " ")))


class Naming:
    """Labels of IRIs in one language."""

    def __init__(self, edition: Edition, language: str = "en") -> None:
        self.edition, self.language = edition, language
        self._known: dict[str, tuple[str, str | None]] = {}

    def fetch(self, iris: Iterable[str]) -> None:
        """Fetch the names of many IRIs at once."""
        missing = [i for i in dict.fromkeys(iris) if i not in self._known]
        if missing:
            self._known.update(self.edition.labels.labels(missing, self.language))

    def __call__(self, iri: str) -> str:
        """Return the name of an IRI: its label; for a page without title its host; else the end of the IRI."""
        if iri in _OWN_WORDS:
            return str(_OWN_WORDS[iri])
        if iri not in self._known:
            self.fetch([iri])
        text, tag = self._known[iri]
        unnamed = tag is None and iri.endswith(text)
        if unnamed and not iri.startswith(self.edition.base) and iri.startswith("http"):
            return self._curie(iri) or (f"{host(iri)} … {text}" if text not in host(iri) else host(iri))
        return text

    def _curie(self, iri: str) -> str:
        """Return `skos:note` for a term of a vocabulary that everybody knows by its prefix, and the words of a value of ESCO."""
        if value := _VALUE.fullmatch(iri):
            return esco_word(value[1])
        for prefix, start in self.edition.prefixes.items():
            if iri.startswith(start) and not start.startswith(self.edition.base):
                return f"{prefix}:{iri.removeprefix(start)}"
        return ""

    def language_of(self, iri: str) -> str | None:
        """Return the language of a name, for the attribute `lang`."""
        if iri in _OWN_WORDS:
            return interface()
        if iri not in self._known:
            self.fetch([iri])
        return self._known[iri][1]

    def is_named(self, iri: str) -> bool:
        """Whether a label stands in the graph."""
        if iri not in self._known:
            self.fetch([iri])
        text, tag = self._known[iri]
        return tag is not None or not iri.endswith(text)

    def name_claims(self, iris: Iterable[str]) -> None:
        """Give claims, which have no label, a name made from what they are about."""
        self.fetch(iris := list(dict.fromkeys(iris)))
        start = self.edition.names.base + "id/"
        self.name_records(read(self.edition, [i for i in iris if i.startswith(start) and not self.is_named(i)]).values())

    def name_records(self, records: Iterable[Record]) -> None:
        """Give those records a name that have no label."""
        start = self.edition.names.base + "id/"
        records = [r for r in records if r.iri.startswith(start) and not self.is_named(r.iri)]
        self.fetch(mentioned(records))
        schema, names = self.edition.schema, self.edition.names
        for record in records:
            for kind in record.types:
                if title := title_of(record, heads_of(schema, names, kind), self, self.is_named, names):
                    self._known[record.iri] = (title, self.language)
                    break
