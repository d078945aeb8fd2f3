"""Whatever stands in the data or is typed, a page shows it as text: nothing runs, nothing leads astray."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from tests.served import app_on, small_release
from wise_skills.names import BASE, DCT, PREF_LABEL, RDF_TYPE, SKOS

EVIL = "\"><img src=x onerror=alert(1)><script>alert(2)</script>'`{{7*7}}</textarea></title>"
WISE = BASE + "ns#"
PLACE = "http://publications.europa.eu/resource/authority/country/BEL"


def quads() -> Iterator[ox.Quad]:
    """A thing of each kind that a page shows, with hostile names, notes, notations, sources and addresses."""

    def say(subject: str, predicate: str, value: ox.NamedNode | ox.Literal, graph: str = "be/forms") -> ox.Quad:
        return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value, ox.NamedNode(f"{BASE}graph/{graph}"))

    def iri(value: str) -> ox.NamedNode:
        return ox.NamedNode(value)

    def text(value: str = EVIL, language: str = "en") -> ox.Literal:
        return ox.Literal(value, language=language)

    form, law, need = (f"{BASE}id/be/{kind}/evil" for kind in ("form", "law", "need"))
    yield say(PLACE, WISE + "folder", ox.Literal("be"), "schemes")
    yield say(PLACE, PREF_LABEL, text(), "schemes")
    yield say(PLACE, SKOS + "notation", ox.Literal(EVIL), "schemes")
    for number, (thing, kind) in enumerate([(form, "WiseForm"), (law, "Law"), (need, "SkillNeed")], 2):
        yield say(thing, RDF_TYPE, iri(WISE + kind))
        yield say(thing, WISE + "country", iri(PLACE))
        yield say(thing, WISE + "evidence", iri(f"{BASE}scheme/evidence/{quote(EVIL)}"))
        yield say(thing, DCT + "source", iri("javascript:alert(3)"))
        yield say(thing, DCT + "source", iri("data:text/html,alert(4)"))
        yield say(thing, DCT + "source", iri("https://ok.example/'onmouseover=alert(5)//"))
        yield say(thing, SKOS + "note", text())
        yield say(thing, DCT + "identifier", ox.Literal(EVIL))
        yield say(f"{BASE}source/be/forms.csv#row={number}", BASE + "tab#describes", iri(thing))
    for thing in (form, law):
        yield say(thing, PREF_LABEL, text())
        yield say(thing, PREF_LABEL, text(EVIL, "x-evil"))
        yield say(thing, DCT + "description", text())
    yield say(form, WISE + "law", iri(law))
    yield say(form, WISE + "succeeds", iri("javascript:alert(6)"))
    yield say(form, WISE + "validFrom", ox.Literal("2013-99-99<b>", datatype=iri("http://www.w3.org/2001/XMLSchema#date")))
    yield say(form, "javascript:property", ox.Literal(EVIL, datatype=iri("javascript:type")))
    yield say(need, WISE + "form", iri(form))
    yield say(need, WISE + "wording", text())
    scheme = BASE + "scheme/evil"
    yield say(scheme, RDF_TYPE, iri(SKOS + "ConceptScheme"), "schemes")
    yield say(scheme, PREF_LABEL, text(), "schemes")
    for number in (1, 2):
        concept = f"{scheme}/{number}"
        yield say(concept, SKOS + "inScheme", iri(scheme), "schemes")
        yield say(concept, PREF_LABEL, text(), "schemes")
        yield say(concept, SKOS + "notation", ox.Literal(EVIL), "schemes")
        yield say(concept, SKOS + "definition", text(), "schemes")
        # A circle, which a walk along it must survive.
        yield say(concept, SKOS + "broader", iri(f"{scheme}/{3 - number}"), "schemes")
    term = WISE + "Evil"
    for predicate in ("http://www.w3.org/2000/01/rdf-schema#label", SKOS + "definition", SKOS + "scopeNote"):
        yield say(term, predicate, text(), "ontology")
    yield say(term, RDF_TYPE, iri("http://www.w3.org/2002/07/owl#Class"), "ontology")
    yield say(term, "http://www.w3.org/2000/01/rdf-schema#subClassOf", iri("javascript:alert(7)"), "ontology")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with app_on(small_release(tmp_path_factory.mktemp("hostile"), quads())) as app:
        yield app.test_client()


TYPED = quote(EVIL)
ADDRESSES = [
    "/",
    "/country/be",
    "/source/",
    "/source/be/forms.csv",
    "/page/be/form/evil",
    "/page/be/form/evil?of=needs.form",
    "/page/be/need/evil",
    "/page?iri=javascript:alert(3)",
    "/page?iri=" + quote("https://ok.example/'onmouseover=alert(5)//"),
    "/page?iri=javascript:property",
    "/scheme",
    "/scheme/evil",
    "/scheme/evil/1",
    f"/scheme/evidence/{quote(quote(EVIL))}",
    "/ns",
    "/search?q=img",
    "/questions/forms-of-countries",
    f"/search?q={TYPED}",
    f"/search?q={TYPED}&kind={TYPED}&lang={TYPED}",
    f"/questions?q={TYPED}&user={TYPED}",
    f"/questions/{TYPED}",
    f"/questions/forms-of-countries?country={TYPED}",
    f"/questions/forms-of-countries?{TYPED}={TYPED}",
    f"/questions/figures-over-a-number?number={TYPED}",
    f"/questions/figures-over-a-number?number=1&lang={TYPED}",
    f"/page/{TYPED}",
    f"/page?iri={TYPED}",
    f"/page/be/form/evil?of={TYPED}",
    f"/country/{TYPED}",
    f"/source/{TYPED}/{TYPED}.csv",
    f"/scheme/{TYPED}",
    f"/ns/{TYPED}",
    f"/id/{TYPED}",
    f"/data/{TYPED}.ttl",
    f"/downloads/{TYPED}",
    f"/{TYPED}",
    f"/sparql?query={TYPED}",
    f"/sparql?query={quote('SELECT * { ?s ?p ?o }')}",
    f"/sparql?query={quote('CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }')}",
    f"/sparql?query={quote('SELECT * {')}%0A{TYPED}",
    f"/sparql?query=ASK%20%7B%7D&default-graph-uri={TYPED}",
    f"/sparql?example={TYPED}",
    f"/sparql?format={TYPED}",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_runs(client: FlaskClient, address: str):
    response = client.get(address, headers={"Accept": "text/html"})
    assert response.status_code < 500
    page = response.text
    if response.mimetype != "text/html":
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        return
    assert "<img" not in page
    assert "<script>" not in page
    assert "49" not in re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert page.partition("</head>")[0].count("</title>") == 1
    assert len(re.findall(r"</title>", page)) == len(re.findall(r"<title[ >]", page)), "pictures have titles, too"
    assert page.count("</textarea>") == page.count("<textarea")
    tags = re.findall(r"<[a-zA-Z][^>]*>", page)
    assert not [t for t in tags if re.search(r"\son\w+\s*=", re.sub(r'"[^"]*"', '""', t))], "an event handler"
    for found in re.findall(r'(?:href|src|action)="([^"]*)"', page):
        address = html.unescape(found)
        assert address.startswith(("/", "#", "?", "https://", "http://")), address
        assert not address.startswith("//")


def test_hostile_names_are_shown(client: FlaskClient):
    """Escaped, not thrown away."""
    assert html.escape('"><img src=x onerror=alert(1)>').replace("&quot;", "&#34;") in client.get("/page/be/form/evil").text


def test_a_source_that_is_no_web_address_is_no_link_out(client: FlaskClient):
    text = client.get("/page/be/form/evil").text
    assert 'href="/page?iri=javascript%3Aalert%283%29"' in text
    assert 'href="https://ok.example/&#39;onmouseover=alert(5)//" rel="noopener nofollow ugc"' in text


def test_names_in_json(client: FlaskClient):
    hits = client.get("/suggest?q=img").json
    assert hits
    assert EVIL in {h["label"] for h in hits}
    assert client.get("/suggest?q=img").headers["Content-Type"] == "application/json"


def test_formulas_do_not_reach_spreadsheets(tmp_path_factory: pytest.TempPathFactory):
    changed = [
        ox.Quad(q.subject, q.predicate, ox.Literal("=cmd|' /C calc'!A0", language="en"), q.graph_name)
        if isinstance(q.object, ox.Literal) and q.object.value == EVIL and q.object.language == "en"
        else q
        for q in quads()
    ]
    kind = ox.NamedNode(BASE + "scheme/evil/1")
    graph = ox.NamedNode(BASE + "graph/be/forms")
    changed.append(ox.Quad(ox.NamedNode(BASE + "id/be/form/evil"), ox.NamedNode(WISE + "formKind"), kind, graph))
    with app_on(small_release(tmp_path_factory.mktemp("formulas"), changed)) as app:
        text = app.test_client().get("/questions/forms-of-countries.csv").text
        assert "'=cmd|" in text
        assert not re.search(r'(?m)(^|,)"?=', text)


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_bytes_that_are_no_text(client: FlaskClient, accept: str):
    for address in (
        "/%FF%FE",
        "/page/%FF",
        "/search?q=%FF%FE",
        "/questions?q=%C3%28",
        "/page?iri=%FF",
        "/search?q=%00",
        "/id/a%0d%0aSet-Cookie:%20x",
    ):
        response = client.get(address, headers={"Accept": accept})
        assert response.status_code < 500, address
        assert "Set-Cookie" not in response.headers


def test_header_values_hold_no_line_ends(client: FlaskClient):
    response = client.get("/id/be/form/evil%0d%0aX-Evil:%20yes")
    assert "X-Evil" not in response.headers
    response = client.get("/questions/forms-of-countries?country=&country=a%0d%0aX-Evil:%20yes")
    assert response.status_code == 303
    assert "X-Evil" not in response.headers


def test_large_requests(client: FlaskClient):
    response = client.post(
        "/sparql", data=urlencode({"query": "ASK {} #" + "x" * 300_000}), content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 413
    assert json.loads(response.data)["status"] == 413
