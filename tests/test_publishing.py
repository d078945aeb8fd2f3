"""What is published of a release: files, and descriptions of them that are true."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, PROV, RDF, SH, VOID, XSD

from tests.national import COUNTRIES
from tests.research import shared
from wise_skills.cli import main
from wise_skills.names import BASE
from wise_skills.publishing import COUNTRIES as DESCRIBED
from wise_skills.publishing import citation, description, published_files, service_description
from wise_skills.release import Release

SITE = "https://skills.example/"
SD = "http://www.w3.org/ns/sparql-service-description#"
DATASET = URIRef(BASE + "dataset")


@pytest.fixture(scope="module")
def about(release: Release) -> Graph:
    return description(release, SITE)


@cache
def _store(path: Path) -> ox.Store:
    return ox.Store.read_only(str(path))


def ask(release: Release, query: str) -> list[tuple[str, ...]]:
    """Rows of a query over all graphs, as texts."""
    solutions = _store(release.graph).query(query, use_default_graph_as_union=True)
    return [tuple(str(getattr(v, "value", v)) for v in row) for row in solutions]


def results(report: Graph) -> list[str]:
    found = report.subjects(RDF.type, SH.ValidationResult)
    return sorted(f"{report.value(r, SH.focusNode)} {report.value(r, SH.resultPath)}" for r in found)


def test_conforms_to_dcat_ap(about: Graph):
    """DCAT-AP 3.0.1: its shapes and ranges (the generated files stop pySHACL)."""
    shapes = Graph()
    for name in ("shapes.ttl", "range.ttl"):
        shapes.parse(shared(f"standards/files/dcat-ap-3.0.1/{name}"))
    conforms, report, _ = pyshacl.validate(about, shacl_graph=shapes, inference="none", do_owl_imports=False)
    assert conforms, results(report)
    broken = Graph() + about  # and the shapes do look: without a title they complain
    broken.remove((DATASET, DCTERMS.title, None))
    assert not pyshacl.validate(broken, shacl_graph=shapes, inference="none", do_owl_imports=False)[0]


def test_recommendations_of_dcat_ap(about: Graph):
    """What DCAT-AP recommends and we leave out is a short list: nothing of it is known, or it is the authority's to say."""
    shapes = Graph().parse(shared("standards/files/dcat-ap-3.0.1/shapes_recommended.ttl"))
    _, report, _ = pyshacl.validate(about, shacl_graph=shapes, inference="none", do_owl_imports=False)
    missing = {re.split(r"[/#]", path)[-1] for path in (r.split(" ")[1] for r in results(report))}
    assert missing <= {"availability", "bbox", "centroid", "contactPoint", "temporal", "type"}


def test_counts_are_those_of_the_store(release: Release, about: Graph):
    """VoID's numbers are counted again, in the store that is served."""
    graphs = {g: int(n) for g, n in ask(release, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")}
    assert dict(release.counts) == graphs
    assert about.value(DATASET, VOID.triples) == Literal(sum(graphs.values()), datatype=XSD.integer)
    kinds = {c: int(n) for c, n in ask(release, "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c FILTER isIRI(?c) } GROUP BY ?c")}
    parts = about.objects(DATASET, VOID.classPartition)
    assert {str(about.value(p, VOID["class"])): about.value(p, VOID.entities).toPython() for p in parts} == kinds
    uses = {p: int(n) for p, n in ask(release, "SELECT ?p (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?p")}
    parts = about.objects(DATASET, VOID.propertyPartition)
    assert {str(about.value(p, VOID.property)): about.value(p, VOID.triples).toPython() for p in parts} == uses


def test_files_are_as_described(release: Release, about: Graph):
    """Size, checksum and media type of every distribution are those of the file behind its address."""
    files = published_files(release, SITE)
    distributions = list(about.objects(DATASET, DCAT.distribution))
    assert len(distributions) >= 2
    for node in distributions:
        name = str(about.value(node, DCAT.downloadURL)).removeprefix(SITE + "downloads/")
        path = files[name]
        assert isinstance(path, Path)
        assert about.value(node, DCAT.byteSize).toPython() == path.stat().st_size
        kind = {".nq": "application/n-quads", ".ttl": "text/turtle"}[path.suffix]
        assert str(about.value(node, DCAT.mediaType)).endswith("/" + kind)
        checksum = about.value(node, URIRef("http://spdx.org/rdf/terms#checksum"))
        if checksum:
            digest = str(about.value(checksum, URIRef("http://spdx.org/rdf/terms#checksumValue")))
            assert digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_dates_licence_and_provenance(release: Release, about: Graph):
    assert str(about.value(DATASET, DCTERMS.issued)) == release.created[:10]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", release.created)
    activity = about.value(DATASET, PROV.wasGeneratedBy)
    assert str(about.value(activity, PROV.endedAtTime)) == release.created
    assert str(about.value(DATASET, URIRef(str(DCAT) + "version"))) == release.id
    assert set(about.objects(None, DCTERMS.license)) == {URIRef("https://creativecommons.org/licenses/by/4.0/")}
    assert about.value(about.value(DATASET, DCTERMS.publisher), FOAF.name)
    assert release.id in citation(release)
    assert len(DESCRIBED) == len(COUNTRIES) == len(set(about.objects(DATASET, DCTERMS.spatial)))


def test_addresses_follow_the_site(release: Release):
    """Under another address the same description, with that address; our own IRIs stay."""
    text = description(release, "http://127.0.0.1:8000/").serialize(format="nt")
    assert SITE not in text
    assert "<http://127.0.0.1:8000/sparql>" in text
    assert f"<{BASE}dataset>" in text


def test_service_description(release: Release):
    graph = service_description(release, SITE)
    services = list(graph.subjects(RDF.type, URIRef(SD + "Service")))
    assert len(services) == 1
    assert list(graph.objects(services[0], URIRef(SD + "endpoint"))) == [URIRef(SITE + "sparql")]
    assert (services[0], URIRef(SD + "supportedLanguage"), URIRef(SD + "SPARQL11Query")) in graph
    assert not list(graph.subject_objects(URIRef(SD + "supportedLanguage")))[1:]  # no update
    assert len(set(graph.objects(services[0], URIRef(SD + "resultFormat")))) >= 8
    named = {str(graph.value(n, URIRef(SD + "name"))): n for n in graph.objects(None, URIRef(SD + "namedGraph"))}
    assert set(named) == set(release.counts)
    for name, node in named.items():
        assert graph.value(graph.value(node, URIRef(SD + "graph")), VOID.triples).toPython() == release.counts[name]


def test_published_files(release: Release):
    """They are there, and each can be read as what it is called."""
    files = published_files(release, SITE)
    assert {"wise-skills.nq", "wise-skills.ttl", "dataset.ttl", "findings.json", "release.json"} <= set(files)
    for name, content in files.items():
        data = content.read_bytes() if isinstance(content, Path) else content
        assert data, name
        if name.endswith(".json"):
            json.loads(data)
    triples = set(ox.parse(files["wise-skills.ttl"].read_bytes(), ox.RdfFormat.TURTLE))
    quads = list(ox.parse(files["wise-skills.nq"].read_bytes(), ox.RdfFormat.N_QUADS))
    assert len(quads) == sum(release.counts.values())
    assert {q.triple for q in triples} == {q.triple for q in quads}
    assert Graph().parse(data=files["dataset.ttl"], format="turtle").isomorphic(description(release, SITE))


def test_export(release: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """`wise export` fills a new folder, and overwrites nothing of anybody."""
    out = tmp_path / "new" / "folder"
    with pytest.raises(SystemExit) as ended:
        main(["export", str(out), "--release", str(release.path)])
    assert ended.value.code == 0
    assert {p.name for p in out.iterdir()} == set(published_files(release))
    assert hashlib.sha256((out / "wise-skills.nq").read_bytes()).hexdigest() == release.info["sha256"]
    before = {p.name: p.stat().st_mtime_ns for p in out.iterdir()}
    with pytest.raises(SystemExit) as ended:
        main(["export", str(out), "--release", str(release.path)])
    assert ended.value.code == 2
    assert "not empty" in capsys.readouterr().err
    assert {p.name: p.stat().st_mtime_ns for p in out.iterdir()} == before
