"""Names of things within one request: fetched together, then looked up while the page is written."""

from __future__ import annotations

import re
from collections.abc import Iterable

from query_ui.addresses import host
from query_ui.edition import Edition
from query_ui.grids import heads_of, title_of
from query_ui.records import Record, mentioned, read
from wise_skills.names import DCT, OWL, PREFIXES, RDF_TYPE, RDFS, SH, SKOS, SSSOM

_XKOS = "http://rdf-vocabulary.ddialliance.org/xkos#"
_OWN_WORDS = {
    SSSOM + "NoTermFound": "no fitting concept found",
    SSSOM + "MappingSet": "set of mappings",
    SKOS + "Concept": "concept",
    SKOS + "ConceptScheme": "list",
    PREFIXES["esco"] + "Occupation": "ESCO occupation",
    PREFIXES["esco"] + "Skill": "ESCO skill or knowledge",
    OWL + "Class": "class",
    OWL + "ObjectProperty": "relation",
    OWL + "DatatypeProperty": "property",
    OWL + "AnnotationProperty": "annotation",
    OWL + "Ontology": "ontology",
    SH + "NodeShape": "shape",
    SH + "PropertyShape": "shape of a column",
    RDF_TYPE: "is a",
    DCT + "language": "language",
    DCT + "source": "source",
    RDFS + "seeAlso": "see also",
    RDFS + "isDefinedBy": "is defined by",
    RDFS + "subClassOf": "is a kind of",
    RDFS + "subPropertyOf": "is more special than",
    SKOS + "inScheme": "is in the list",
    SKOS + "topConceptOf": "is a top concept of",
    SKOS + "hasTopConcept": "has top concept",
    SKOS + "broader": "is narrower than",
    SKOS + "narrower": "is broader than",
    SKOS + "exactMatch": "exact match",
    SKOS + "closeMatch": "close match",
    SKOS + "broadMatch": "broader match",
    SKOS + "narrowMatch": "narrower match",
    SKOS + "relatedMatch": "related match",
    "https://w3id.org/semapv/vocab/ManualMappingCuration": "made by hand",
    "https://w3id.org/semapv/vocab/UnspecifiedMatching": "not said how",
    _XKOS + "ClassificationLevel": "level of a classification",
    _XKOS + "coreContentNote": "includes",
    _XKOS + "additionalContentNote": "includes also",
    _XKOS + "exclusionNote": "does not include",
    _XKOS + "caseLaw": "rulings",
    _XKOS + "depth": "depth",
    SKOS + "member": "has member",
    SKOS + "mappingRelation": "corresponds to",
}
_ELSEWHERE = {
    "http://data.europa.eu/esco/skill/": "ESCO skill or skill group",
    "http://data.europa.eu/esco/isced-f/": "ISCED-F field",
    "http://data.europa.eu/esco/concept-scheme/": "ESCO list",
    "http://data.europa.eu/esco/occupation/": "ESCO occupation",
    "http://data.europa.eu/esco/isco/": "ISCO-08 group",
    "http://data.europa.eu/ux2/nace2/": "NACE Rev. 2",
    "http://data.europa.eu/ux2/nace2.1/": "NACE Rev. 2.1",
    "http://data.europa.eu/nuts/": "NUTS region",
    "http://publications.europa.eu/resource/authority/country/": "country",
    "http://publications.europa.eu/resource/authority/language/": "language",
}
"""What things of others are, by the beginning of their IRIs."""
_VALUE = re.compile(r"http://data\.europa\.eu/esco/(?:skill-type|skill-reuse-level|regulated-professions|relationship-type)/([a-z-]+)")


def elsewhere(iri: str) -> str:
    """Return what a thing of somebody else is, empty if unknown.

    >>> elsewhere("http://data.europa.eu/esco/occupation/1")
    'ESCO occupation'
    """
    return next((name for start, name in _ELSEWHERE.items() if iri.startswith(start)), "")


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
            return _OWN_WORDS[iri]
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
            return value[1].replace("-", " ")
        for prefix, start in self.edition.prefixes.items():
            if iri.startswith(start) and not start.startswith(self.edition.base):
                return f"{prefix}:{iri.removeprefix(start)}"
        return ""

    def language_of(self, iri: str) -> str | None:
        """Return the language of a name, for the attribute `lang`."""
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
                if title := title_of(record, heads_of(schema, names, kind), self, names):
                    self._known[record.iri] = (title, self.language)
                    break
