"""What is published of a release: files, and their description in DCAT-AP 3, VoID and PROV.

Everything is made from `release.json`, so counts, dates and checksums are those of the shipped files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, SKOS, VOID, XSD

from wise_skills.release import Release

LICENCE = URIRef("https://creativecommons.org/licenses/by/4.0/")
TITLE = "WISE skills graph"
ABSTRACT = (
    "Which skills work integration social enterprises need in 13 European countries: forms and types of enterprise, sectors, "
    "occupational profiles, skill needs, curricula, public support and rules on reserved contracts, each claim with its source "
    "and level of evidence, and proposed mappings to ESCO."
)
_FILES = {
    "wise-skills.nq": ("application/n-quads", "RDF_N_QUADS", "All statements, one named graph per country and table, as N-Quads"),
    "wise-skills.ttl": ("text/turtle", "RDF_TURTLE", "All statements without named graphs, as Turtle"),
    "alignments.ttl": ("text/turtle", "RDF_TURTLE", "What is aligned to ESCO, by country and language (RDF Data Cube), as Turtle"),
    "questions.ttl": ("text/turtle", "RDF_TURTLE", "The catalogue of questions with their queries (SHACL), as Turtle"),
}
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_SPDX = Namespace("http://spdx.org/rdf/terms#")
_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS = "http://www.w3.org/ns/formats/"
COUNTRIES = ("AUT", "BEL", "BGR", "HRV", "FRA", "GRC", "ITA", "LVA", "NLD", "POL", "ROU", "SVN", "ESP")


@dataclass(frozen=True)
class File:
    """A published file: name, media type, EU file type, title, licence, checksum of its bytes if known, attribution."""

    name: str
    media_type: str
    file_type: str
    title: str
    licence: str
    sha256: str = ""
    rights: str = ""


def _own_files(release: Release) -> dict[str, tuple[str, str, str]]:
    """The files of a release that hold our own statements; an older one may lack some."""
    return {name: about for name, about in _FILES.items() if (release.dump / name).exists()}


def references(release: Release) -> list[File]:
    """Return the files of what others publish and the release stands on, under their own licences."""
    found = []
    for record in release.info.get("references", ()):
        title = reference_title(record)
        licence, rights = str(record.get("licence", "")), str(record.get("attribution", ""))
        found.append(File(str(record["file"]), "application/n-quads", "RDF_N_QUADS", title + ", as N-Quads", licence, "", rights))
    return found


def reference_title(record: Mapping[str, Any]) -> str:
    """Return what people call a publication that a release stands on: its title with its version, which may stand in the title."""
    title, version = str(record.get("title") or record["name"]), str(record.get("version") or "")
    return title if version in title else f"{title} {version}"


def citation(release: Release) -> str:
    """Return how a release is to be cited."""
    return f"WISE skills project: {TITLE}, release {release.id} of {release.created[:10]}. CC BY 4.0. {release.info['base']}"


def description(release: Release, site: str) -> Graph:
    """Describe the dataset, its distributions and its endpoint.

    Parameters
    ----------
    release:
        The release that is served.
    site:
        Address under which the page is reached, ending in `/`.
    """
    graph = _graph()
    base = str(release.info["base"])
    catalogue, dataset, service = URIRef(base + "catalogue"), URIRef(base + "dataset"), URIRef(base + "sparql")
    publisher = URIRef(base + "publisher")
    graph.add((publisher, RDF.type, FOAF.Agent))
    graph.add((publisher, FOAF.name, Literal("WISE skills project", lang="en")))
    for node, kind in ((catalogue, DCAT.Catalog), (dataset, DCAT.Dataset), (dataset, VOID.Dataset)):
        graph.add((node, RDF.type, kind))
        graph.set((node, DCTERMS.title, Literal(TITLE, lang="en")))
        graph.set((node, DCTERMS.description, Literal(ABSTRACT, lang="en")))
        graph.set((node, DCTERMS.publisher, publisher))
        graph.set((node, DCTERMS.license, LICENCE))
    graph.add((LICENCE, RDF.type, DCTERMS.LicenseDocument))
    _catalogue(graph, catalogue, release, site)
    graph.add((catalogue, DCAT.dataset, dataset))
    graph.add((catalogue, DCAT.service, service))
    for node in (dataset, service):
        _subject(graph, node)
    _dataset(graph, dataset, release, base, site)
    for name, (media, file_type, title) in _own_files(release).items():
        checksum = str(release.info["sha256"]) if name.endswith(".nq") else ""
        _distribution(graph, dataset, release, site, File(name, media, file_type, title, str(LICENCE), checksum))
    for reference in references(release):
        _distribution(graph, dataset, release, site, reference)
    graph.add((service, RDF.type, DCAT.DataService))
    graph.add((service, DCTERMS.title, Literal("SPARQL endpoint", lang="en")))
    graph.add((service, DCTERMS.publisher, publisher))
    graph.add((service, DCAT.endpointURL, URIRef(site + "sparql")))
    graph.add((service, DCAT.endpointDescription, URIRef(site + "sparql")))
    graph.add((service, DCAT.servesDataset, dataset))
    graph.add((service, DCTERMS.conformsTo, URIRef("https://www.w3.org/TR/sparql11-protocol/")))
    graph.add((URIRef("https://www.w3.org/TR/sparql11-protocol/"), RDF.type, DCTERMS.Standard))
    return graph


def _graph() -> Graph:
    graph = Graph()
    for prefix, namespace in (("dcat", DCAT), ("dct", DCTERMS), ("void", VOID), ("prov", PROV), ("sd", _SD), ("spdx", _SPDX)):
        graph.bind(prefix, namespace)
    return graph


def _catalogue(graph: Graph, catalogue: URIRef, release: Release, site: str) -> None:
    """Its home page, language, dates, and the list that its themes come from."""
    english, themes = URIRef(_AUTHORITY + "language/ENG"), URIRef(_AUTHORITY + "data-theme")
    graph.add((catalogue, FOAF.homepage, URIRef(site)))
    graph.add((URIRef(site), RDF.type, FOAF.Document))
    graph.add((catalogue, DCTERMS.language, english))
    graph.add((english, RDF.type, DCTERMS.LinguisticSystem))
    graph.add((catalogue, DCAT.themeTaxonomy, themes))
    graph.add((themes, RDF.type, SKOS.ConceptScheme))
    graph.add((themes, DCTERMS.title, Literal("Data theme", lang="en")))
    for date in (DCTERMS.issued, DCTERMS.modified):
        graph.add((catalogue, date, Literal(release.created[:10], datatype=XSD.date)))
    _places(graph, catalogue)


def _places(graph: Graph, node: URIRef) -> None:
    for code in COUNTRIES:
        place = URIRef(_AUTHORITY + "country/" + code)
        graph.add((node, DCTERMS.spatial, place))
        graph.add((place, RDF.type, DCTERMS.Location))


def _subject(graph: Graph, node: URIRef) -> None:
    """Theme and keywords."""
    theme = URIRef(_AUTHORITY + "data-theme/SOCI")
    graph.add((node, DCAT.theme, theme))
    graph.add((theme, RDF.type, SKOS.Concept))
    graph.add((theme, SKOS.prefLabel, Literal("Population and society", lang="en")))
    for word in ("work integration social enterprise", "skills", "ESCO", "social economy"):
        graph.add((node, DCAT.keyword, Literal(word, lang="en")))


def _dataset(graph: Graph, dataset: URIRef, release: Release, base: str, site: str) -> None:
    issued = Literal(release.created[:10], datatype=XSD.date)
    graph.add((dataset, URIRef(str(DCAT) + "version"), Literal(release.id)))
    graph.add((dataset, DCTERMS.issued, issued))
    graph.add((dataset, DCTERMS.identifier, Literal(base + "dataset")))
    graph.add((dataset, DCTERMS.bibliographicCitation, Literal(citation(release), lang="en")))
    graph.add((dataset, DCTERMS.accessRights, URIRef(_AUTHORITY + "access-right/PUBLIC")))
    graph.add((URIRef(_AUTHORITY + "access-right/PUBLIC"), RDF.type, DCTERMS.RightsStatement))
    _places(graph, dataset)
    graph.add((dataset, VOID.uriSpace, Literal(base)))
    graph.add((dataset, VOID.sparqlEndpoint, URIRef(site + "sparql")))
    graph.add((dataset, VOID.triples, Literal(sum(release.counts.values()), datatype=XSD.integer)))
    for vocabulary in (base + "ns#", str(SKOS), str(DCTERMS), "https://w3id.org/sssom/"):
        graph.add((dataset, VOID.vocabulary, URIRef(vocabulary)))
    for kind, entities in (("class", "classes"), ("property", "properties")):
        for iri, number in sorted(release.info.get(entities, {}).items()):
            part = URIRef(f"{base}dataset#{kind}-{hashlib.sha256(iri.encode()).hexdigest()[:12]}")
            graph.add((dataset, VOID[f"{kind}Partition"], part))
            graph.add((part, VOID[kind], URIRef(iri)))
            graph.add((part, VOID.entities if kind == "class" else VOID.triples, Literal(number, datatype=XSD.integer)))
    activity = URIRef(f"{base}dataset#build")
    graph.add((dataset, PROV.wasGeneratedBy, activity))
    graph.add((activity, RDF.type, PROV.Activity))
    graph.add((activity, PROV.endedAtTime, Literal(release.created, datatype=XSD.dateTime)))
    graph.add((activity, RDFS.label, Literal("wise build " + release.tools.get("wise-skills", ""), lang="en")))


def _distribution(graph: Graph, dataset: URIRef, release: Release, site: str, file: File) -> None:
    path = release.dump / file.name
    address = URIRef(site + "downloads/" + file.name)
    graph.add((dataset, DCAT.distribution, address))
    graph.add((dataset, VOID.dataDump, address))
    graph.add((address, RDF.type, DCAT.Distribution))
    graph.add((address, DCTERMS.title, Literal(file.name, lang="en")))
    graph.add((address, DCTERMS.description, Literal(file.title + ".", lang="en")))
    graph.add((address, DCAT.accessURL, address))
    graph.add((address, DCAT.downloadURL, address))
    if file.licence.startswith("http"):
        graph.add((address, DCTERMS.license, URIRef(file.licence)))
        graph.add((URIRef(file.licence), RDF.type, DCTERMS.LicenseDocument))
    if file.rights:
        rights = URIRef(str(address) + "#rights")
        graph.add((address, DCTERMS.rights, rights))
        graph.add((rights, RDF.type, DCTERMS.RightsStatement))
        graph.add((rights, RDFS.label, Literal(file.rights, lang="en")))
    graph.add((address, DCAT.byteSize, Literal(path.stat().st_size, datatype=XSD.nonNegativeInteger)))
    _formats(graph, address, file)
    if file.sha256:
        checksum = URIRef(str(address) + "#sha256")
        graph.add((address, _SPDX.checksum, checksum))
        graph.add((checksum, RDF.type, _SPDX.Checksum))
        graph.add((checksum, _SPDX.algorithm, _SPDX.checksumAlgorithm_sha256))
        graph.add((checksum, _SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary)))


def _formats(graph: Graph, address: URIRef, file: File) -> None:
    """Media type, file type and packing of a distribution."""
    media_type = URIRef("http://www.iana.org/assignments/media-types/" + file.media_type)
    graph.add((address, DCAT.mediaType, media_type))
    graph.add((media_type, RDF.type, DCTERMS.MediaType))
    format_iri = URIRef(_AUTHORITY + "file-type/" + file.file_type)
    graph.add((address, DCTERMS["format"], format_iri))
    graph.add((format_iri, RDF.type, DCTERMS.MediaTypeOrExtent))
    if file.name.endswith(".gz"):
        packed = URIRef("http://www.iana.org/assignments/media-types/application/gzip")
        graph.add((address, DCAT.compressFormat, packed))
        graph.add((packed, RDF.type, DCTERMS.MediaType))


def service_description(release: Release, site: str) -> Graph:
    """Describe the endpoint (SPARQL 1.1 Service Description); only features that are true."""
    graph = _graph()
    service = URIRef(site + "sparql#service")
    base = str(release.info["base"])
    graph.add((service, RDF.type, _SD.Service))
    graph.add((service, _SD.endpoint, URIRef(site + "sparql")))
    graph.add((service, _SD.supportedLanguage, _SD.SPARQL11Query))
    graph.add((service, _SD.feature, _SD.UnionDefaultGraph))
    graph.add((service, _SD.defaultEntailmentRegime, URIRef("http://www.w3.org/ns/entailment/Simple")))
    names = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
    for name in (*names, "Turtle", "N-Triples", "JSON-LD", "RDF_XML"):
        graph.add((service, _SD.resultFormat, URIRef(_FORMATS + name)))
    default, union = URIRef(base + "dataset"), URIRef(base + "dataset#union")
    graph.add((service, _SD.defaultDataset, default))
    graph.add((default, RDF.type, _SD.Dataset))
    graph.add((default, _SD.defaultGraph, union))
    graph.add((union, RDF.type, _SD.Graph))
    graph.add((union, VOID.triples, Literal(sum(release.counts.values()), datatype=XSD.integer)))
    for name, number in sorted(release.counts.items()):
        named, content = URIRef(name + "#named"), URIRef(name + "#graph")
        graph.add((default, _SD.namedGraph, named))
        graph.add((named, RDF.type, _SD.NamedGraph))
        graph.add((named, _SD.name, URIRef(name)))
        graph.add((named, _SD.graph, content))
        graph.add((content, RDF.type, _SD.Graph))
        graph.add((content, VOID.triples, Literal(number, datatype=XSD.integer)))
    return graph


def published_files(release: Release, site: str | None = None) -> dict[str, Path | bytes]:
    """Return the files of a release by the name under which they are published."""
    address = site or str(release.info["base"])
    return {
        **{name: release.dump / name for name in _own_files(release)},
        **{file.name: release.dump / file.name for file in references(release)},
        **{path.name: path for path in sorted(release.report.glob("*.csv"))},
        "dataset.ttl": description(release, address).serialize(format="turtle", encoding="utf-8"),
        "findings.json": release.report / "findings.json",
        "release.json": release.path / "release.json",
    }
