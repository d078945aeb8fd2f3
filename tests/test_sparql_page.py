"""What `/sparql` gives beside the protocol: terms for the editor, files of a result, what is said of limits; icons and previews."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote

import openpyxl
import pytest
from flask.testing import FlaskClient

from query_ui.charts.tokens import tokens
from tests import oxigraph_server
from tests.served import SITE, app_on
from wise_skills.engines import Limits
from wise_skills.names import BASE, PREFIXES
from wise_skills.release import Release

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(release: Release) -> Iterator[FlaskClient]:
    with app_on(release.path, LIMITS=Limits(rows=40)) as app:
        yield app.test_client()


def page(client: FlaskClient, query: str, more: str = "") -> str:
    return unescape(client.get(f"/sparql?query={quote(query)}{more}", headers=HTML).text)


def test_terms_are_those_that_void_counts(client: FlaskClient, release: Release):
    found = client.get("/sparql/terms.json").json
    terms = {t["iri"]: t for t in found["terms"]}
    for kind, key in (("class", "classes"), ("property", "properties")):
        assert {i: t["count"] for i, t in terms.items() if t["kind"] == kind} == release.info[key]
    assert found["prefixes"] == PREFIXES
    assert found["graphs"] == sorted(release.counts)
    form = terms[BASE + "ns#WiseForm"]
    assert (form["label"], form["lang"], form["in"]) == ("WISE form", "en", "en")
    assert form["definition"].startswith("An institutional arrangement")


@pytest.mark.parametrize("language", ["el", "bg", "de"])
def test_terms_follow_the_language_of_names(client: FlaskClient, language: str):
    terms = client.get(f"/sparql/terms.json?lang={language}").json["terms"]
    ours = [t for t in terms if t["iri"].startswith(BASE + "ns#")]
    assert {t["lang"] for t in ours} <= {language, "en"}
    assert sum(t["lang"] == language for t in ours) > 0.8 * len(ours)


def test_terms_of_an_endpoint(release: Release):
    """Without a release there are no counts; names and definitions come from the graph all the same."""
    with (
        oxigraph_server.serving(release.graph, "--union-default-graph") as endpoint,
        app_on(None, endpoint=endpoint) as app,
    ):
        terms = {t["iri"]: t for t in app.test_client().get("/sparql/terms.json").json["terms"]}
    assert terms[BASE + "ns#WiseForm"]["label"] == "WISE form"
    assert terms[BASE + "ns#formKind"]["kind"] == "property"
    assert {t["count"] for t in terms.values()} == {None}


def test_views_of_a_result(client: FlaskClient):
    query = (
        "PREFIX wise: <https://w3id.org/wise-skills/ns#> SELECT ?form ?kind WHERE { ?form a wise:WiseForm ; wise:formKind ?kind } LIMIT 30"
    )
    text = page(client, query)
    assert "30 rows" in text
    assert re.search(r'href="(/sparql\?query=[^"]*&view=bar[^"]*)"', text)
    assert "<svg" in page(client, query, "&view=bar")


def test_what_is_cut_is_told(client: FlaskClient):
    text = page(client, "SELECT * { ?s ?p ?o }")
    assert "More than 40 rows" in text
    assert "Cut at the limit of rows" in text
    workbook = openpyxl.load_workbook(io.BytesIO(client.get(f"/sparql.xlsx?query={quote('SELECT * { ?s ?p ?o }')}").data))
    assert workbook.worksheets[0].max_row == 41
    assert any("first 40 rows" in str(c.value) for row in workbook.worksheets[-1].iter_rows() for c in row)


def test_an_empty_answer_says_what_to_do(client: FlaskClient):
    text = page(client, 'SELECT * { ?s ?p "nothing of the kind" }')
    assert "0 rows" in text
    assert "one by one" in text


def test_a_workbook_of_a_result(client: FlaskClient):
    query = 'SELECT ?n ?t ?s { VALUES (?n ?t ?s) { (7 "=1+1" <https://w3id.org/wise-skills/ns#WiseForm>) } }'
    response = client.get(f"/sparql.xlsx?query={quote(query)}")
    assert response.headers["Content-Disposition"] == 'attachment; filename="result.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(response.data)).worksheets[0]
    assert [c.value for c in sheet[1]] == ["n", "t", "s"]
    number, text, thing = sheet[2]
    assert (number.value, text.value, text.data_type) == (7, "=1+1", "s")
    assert thing.hyperlink.target == "https://w3id.org/wise-skills/ns#WiseForm"
    assert client.post("/sparql.xlsx", data={"query": query}).data == response.data
    for wrong in ("ASK {}", "", "SELECT"):
        assert client.get(f"/sparql.xlsx?query={quote(wrong)}").status_code == 400


def test_a_long_query_has_its_files_by_post(client: FlaskClient):
    query = "SELECT * { ?s a ?t } LIMIT 3 # " + "x" * 5_000
    text = page(client, query)
    assert 'formaction="/sparql?format=csv"' in text
    assert "&format=csv" not in text
    response = client.post("/sparql?format=csv", data={"query": query})
    assert response.mimetype == "text/csv"
    assert len(response.text.splitlines()) == 4


def test_examples_are_searched_by_the_server(client: FlaskClient):
    everything = client.get("/sparql", headers=HTML).text.count('href="/sparql?example=')
    some = client.get("/sparql?find=countries", headers=HTML).text
    assert 0 < some.count('href="/sparql?example=') < everything
    assert "No question holds these words" in client.get("/sparql?find=zzzz", headers=HTML).text


def test_what_was_typed_is_kept(client: FlaskClient):
    """Whatever goes wrong, the page has the query in its field."""
    for query in ("SELECT * {", "INSERT DATA { <x:a> <x:b> 1 }", "SELECT * { SERVICE <x:y> { ?s ?p ?o } }", "ASK {} #" + "x" * 20_000):
        response = client.post("/sparql", data={"query": query}, headers=HTML)
        assert response.status_code in (400, 403, 413)
        field = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", response.text, re.DOTALL)
        assert field
        assert unescape(field[1]) == query
        assert 'id="problem"' in response.text


# --- icons and previews


def test_icons(client: FlaskClient):
    favicon = client.get("/favicon.ico").data
    assert struct.unpack("<3H4B2H2I", favicon[:22])[:5] == (0, 1, 1, 32, 32)
    assert size(favicon[22:]) == (32, 32)
    assert size(client.get("/apple-touch-icon.png").data) == (180, 180)
    assert tokens()["accent"] in client.get("/logo.svg").text


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">2I", png[16:24])  # type: ignore[return-value]


@pytest.mark.parametrize("address", ["/", "/sparql", "/page/be/form/maatwerkbedrijf", "/questions/forms-of-countries"])
def test_previews(client: FlaskClient, address: str):
    """What is shown beside a link: title, description, picture, all under the configured site, whatever the Host header says."""
    text = client.get(address, headers={**HTML, "Host": "evil.example"}).text
    said = dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)">', text))
    title = re.search(r"<title>(.*?)</title>", text)
    assert title
    assert said["og:title"] == title[1]
    assert said["description"] == said["og:description"]
    assert len(said["description"]) > 40
    assert said["og:url"] == SITE.rstrip("/") + address
    assert said["og:image"].startswith(SITE)
    assert said["twitter:card"] == "summary_large_image"
    assert size(client.get("/" + said["og:image"].removeprefix(SITE)).data)[0] >= 600
    assert "evil" not in text
