"""Linked data: every address of ours leads somewhere, in the form asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from query_ui.negotiation import RDF_TYPES, choose
from tests.served import SITE, app_on
from wise_skills.names import BASE
from wise_skills.release import Release

HTML, TURTLE, N_TRIPLES, JSON_LD, RDF_XML = "text/html", *RDF_TYPES
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
ENDINGS = {TURTLE: "ttl", N_TRIPLES: "nt", JSON_LD: "jsonld", RDF_XML: "rdf"}
FORM = "be/form/maatwerkbedrijf"
DCT = "http://purl.org/dc/terms/"
DCAT = "http://www.w3.org/ns/dcat#"


@pytest.fixture(scope="module")
def client(release: Release) -> Iterator[FlaskClient]:
    with app_on(release.path) as app:
        yield app.test_client()


def triples(body: bytes, media: str) -> set[ox.Triple]:
    return {q.triple for q in ox.parse(body, format=ox.RdfFormat.from_media_type(media), base_iri=SITE)}


# --- choosing a form (RFC 9110 §12.5.1)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, HTML),
        ("", HTML),
        ("*/*", HTML),
        ("nonsense", HTML),
        (BROWSER, HTML),
        ("text/turtle", TURTLE),
        ("TEXT/TURTLE", TURTLE),
        ("text/turtle;q=0.5, application/ld+json", JSON_LD),
        ("text/turtle; charset=utf-8", TURTLE),
        ("text/html;q=0, */*", TURTLE),
        ("text/html;q=0.3, application/*;q=0.9", N_TRIPLES),
        ("application/rdf+xml, */*;q=0.1", RDF_XML),
        ("text/*;q=0.2, text/turtle", TURTLE),
        ("text/plain", N_TRIPLES),
        ("application/json", JSON_LD),
        ("application/xhtml+xml", HTML),
        ("text/turtle;q=0.9, application/rdf+xml;q=0.9", TURTLE),
        ("text/turtle;q=bad, application/rdf+xml", RDF_XML),
        ("image/png", None),
        ("text/turtle;q=0", None),
    ],
)
def test_choice(accept: str | None, expected: str | None):
    assert choose(accept, (HTML, *RDF_TYPES)) == expected


# --- things


@pytest.mark.parametrize("accept", [BROWSER, HTML, "*/*", ""])
def test_a_thing_leads_to_its_page(client: FlaskClient, accept: str):
    response = client.get(f"/id/{FORM}", headers={"Accept": accept})
    assert (response.status_code, response.headers["Location"]) == (303, f"/page/{FORM}")
    assert "Accept" in response.headers["Vary"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("media", RDF_TYPES)
def test_a_thing_leads_to_its_data(client: FlaskClient, media: str):
    response = client.get(f"/id/{FORM}", headers={"Accept": media})
    assert (response.status_code, response.headers["Location"]) == (303, f"/data/{FORM}.{ENDINGS[media]}")
    data = client.get(response.headers["Location"])
    assert (data.status_code, data.mimetype) == (200, media)
    found = triples(data.data, media)
    thing = ox.NamedNode(f"{BASE}id/{FORM}")
    assert any(t.subject == thing for t in found), "its own statements"
    assert any(t.object == thing for t in found), "those that point to it"
    named = {t.subject for t in found if t.predicate.value.endswith("#prefLabel")}
    assert ox.NamedNode("http://data.europa.eu/nuts/code/BE2") in named, "names of what it names"


def test_all_formats_say_the_same(client: FlaskClient):
    bodies = [triples(client.get(f"/data/{FORM}.{ending}").data, media) for media, ending in ENDINGS.items()]
    assert len(bodies[0]) > 50
    assert all(body == bodies[0] for body in bodies)


def test_data_without_ending_is_negotiated(client: FlaskClient):
    response = client.get(f"/data/{FORM}", headers={"Accept": JSON_LD})
    assert (response.mimetype, response.headers["Content-Location"]) == (JSON_LD, f"/data/{FORM}.jsonld")
    assert client.get(f"/data/{FORM}").mimetype == TURTLE
    refused = client.get(f"/data/{FORM}", headers={"Accept": "text/html"})
    assert refused.status_code == 406
    assert client.get(f"/data/{FORM}?format=nt").mimetype == N_TRIPLES
    assert client.get(f"/data/{FORM}?format=exe").status_code == 400


@pytest.mark.parametrize(
    "address", ["/id/be/form/nobody", "/data/be/form/nobody.ttl", "/page/be/form/nobody", "/data?iri=not an iri", "/page?iri=x y"]
)
def test_nothing_there(client: FlaskClient, address: str):
    for accept, media in ((BROWSER, "text/html"), (TURTLE, "application/problem+json")):
        response = client.get(address, headers={"Accept": accept})
        assert response.status_code == 404
        if address.startswith(("/id", "/data")) or accept == BROWSER:
            assert response.mimetype in (media, "application/problem+json")


def test_nothing_acceptable(client: FlaskClient):
    for address in (f"/id/{FORM}", "/ns", "/shapes", "/scheme/evidence", "/source/be/forms.csv", "/dataset", "/.well-known/void"):
        response = client.get(address, headers={"Accept": "image/png"})
        assert response.status_code == 406, address
        assert TURTLE in response.json["detail"]


def test_links(client: FlaskClient):
    """FAIR Signposting: what to cite, the licence, the description, the other forms."""
    for address in (f"/page/{FORM}", f"/data/{FORM}.ttl"):
        link = client.get(address).headers["Link"]
        assert f'<{BASE}id/{FORM}>; rel="cite-as"' in link
        assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in link
        assert f'<{SITE}dataset>; rel="describedby"' in link
        assert f'</data/{FORM}.jsonld>; rel="alternate"; type="application/ld+json"' in link
    assert f'</page/{FORM}>; rel="alternate"; type="text/html"' in client.get(f"/data/{FORM}.ttl").headers["Link"]
    page = client.get(f"/page/{FORM}").text
    assert f'<link rel="alternate" type="text/turtle" href="/data/{FORM}.ttl">' in page


def test_things_of_others(client: FlaskClient):
    """ESCO concepts, places and sources have a page and data too; an IRI of ours leads to its own page."""
    place = quote("http://publications.europa.eu/resource/authority/country/BEL", safe="")
    page = client.get(f"/page?iri={place}")
    assert page.status_code == 200
    assert "<h1>Belgium</h1>" in page.text
    assert client.get(f"/data?iri={place}&format=ttl").mimetype == TURTLE
    moved = client.get(f"/page?iri={quote(BASE + 'id/' + FORM, safe='')}")
    assert (moved.status_code, moved.headers["Location"]) == (303, f"/page/{FORM}")


# --- documents that are negotiated at their own address

DOCUMENTS = ["/ns", "/shapes", "/scheme/evidence", "/scheme/evidence/suggested", "/source/be/forms.csv", "/dataset"]


@pytest.mark.parametrize("address", DOCUMENTS)
def test_documents(client: FlaskClient, address: str):
    page = client.get(address, headers={"Accept": BROWSER})
    assert (page.status_code, page.mimetype) == (200, HTML)
    assert client.get(address).mimetype == HTML
    for media in RDF_TYPES:
        response = client.get(address, headers={"Accept": media})
        assert (response.status_code, response.mimetype) == (200, media)
        assert "Accept" in response.headers["Vary"]
        assert triples(response.data, media)
        named = client.get(address, query_string={"format": ENDINGS[media]}, headers={"Accept": BROWSER})
        assert triples(named.data, media)


def test_what_documents_hold(client: FlaskClient):
    def said(address: str) -> set[str]:
        return {t.subject.value for t in triples(client.get(address, headers={"Accept": N_TRIPLES}).data, N_TRIPLES)}  # type: ignore[union-attr]

    assert BASE + "ns#WiseForm" in said("/ns")
    assert BASE + "shapes#WiseFormShape-name" in said("/shapes")
    assert {BASE + "scheme/evidence", BASE + "scheme/evidence/suggested"} <= said("/scheme/evidence")
    assert {BASE + "source/be/forms.csv#row=2", BASE + f"id/{FORM}"} <= said("/source/be/forms.csv")
    assert BASE + f"id/{FORM}" in said("/graph/be/forms")


def test_every_kind_of_iri_can_be_followed(client: FlaskClient, release: Release):
    """A sample of the IRIs under our base, of all first segments and classes: each leads to a page."""
    store = ox.Store.read_only(str(release.graph))
    sample: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, None, None, None):
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, ox.NamedNode) and term.value.startswith(BASE):
                parts = term.value.removeprefix(BASE).split("/")
                sample.setdefault("/".join(parts[:1] + parts[2:3]) if parts[0] in ("id", "graph") else "/".join(parts[:2]), term.value)
    assert len(sample) > 100
    dead = []
    for iri in sample.values():
        path = iri.removeprefix(BASE).partition("#")[0]
        response = client.get("/" + quote(path), headers={"Accept": BROWSER}, follow_redirects=True)
        if response.status_code != 200:
            dead.append((response.status_code, iri))
    assert not dead


def test_a_row_stands_in_its_page(client: FlaskClient):
    text = client.get("/source/be/forms.csv", headers={"Accept": BROWSER}).text
    assert 'id="row=2"' in text
    assert f'href="/page/{FORM}"' in text or "maatwerkbedrijf" in text


# --- description of the data


@pytest.mark.parametrize("address", ["/dataset", "/.well-known/void"])
@pytest.mark.parametrize("media", RDF_TYPES)
def test_description(client: FlaskClient, release: Release, address: str, media: str):
    found = triples(client.get(address, headers={"Accept": media}).data, media)
    dataset = ox.NamedNode(BASE + "dataset")
    said = {t.predicate.value: t.object for t in found if t.subject == dataset}
    assert said[DCT + "license"] == ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
    assert said[DCAT + "version"].value == release.id  # type: ignore[union-attr]
    for file in (t.object.value for t in found if t.predicate.value == DCAT + "downloadURL"):  # type: ignore[union-attr]
        assert file.startswith(SITE)
        with client.head("/" + file.removeprefix(SITE)) as head:
            assert head.status_code == 200


def test_downloads(client: FlaskClient, release: Release):
    listing = client.get("/downloads/").text
    assert release.info["sha256"] in listing
    body = client.get("/downloads/wise-skills.nq")
    assert body.mimetype == "application/n-quads"
    assert body.data == (release.dump / "wise-skills.nq").read_bytes()
    assert body.headers["Access-Control-Allow-Origin"] == "*"
    body.close()
    assert client.get("/downloads/dataset.ttl").mimetype == TURTLE
    for name in ("../release.json", "..%2frelease.json", "%2e%2e/release.json", "graph", "nothing.nq", "labels.sqlite"):
        assert client.get(f"/downloads/{name}").status_code == 404, name


def test_machine_readable(client: FlaskClient, release: Release):
    health = client.get("/health").json
    assert (health["status"], health["release"]) == ("ok", release.id)
    limits = client.get("/limits.json").json
    assert (limits["rows_per_answer"], limits["updates"]) == (10_000, False)
    openapi = client.get("/openapi.json").json
    assert openapi["openapi"].startswith("3.1")
    assert openapi["servers"] == [{"url": SITE.rstrip("/")}]
    questions = [p for p in openapi["paths"] if p.startswith("/questions/")]
    assert len(questions) == 4 * health["questions"], "csv, json, xlsx, ttl"
    for path in openapi["paths"].values():
        for operation in path.values():
            assert operation["operationId"]
            assert all(p["in"] in ("query", "path") for p in operation.get("parameters", ()))
    json.dumps(openapi)
    assert "Disallow: /sparql?" in client.get("/robots.txt").text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80"])
def test_the_host_header_is_not_believed(client: FlaskClient, host: str):
    for address in ("/sparql", "/dataset?format=ttl", "/openapi.json", f"/id/{FORM}", "/", "/about", "/robots.txt"):
        response = client.get(address, headers={"Host": host})
        assert "evil.example" not in response.text
        assert "evil.example" not in str(response.headers)
