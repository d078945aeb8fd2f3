"""The page on an endpoint of another process: the same pages, with and without a release on this machine."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from query_ui.endpoint_labels import EndpointLabels
from tests import oxigraph_server
from tests.served import app_on, small_release
from tests.test_page_hostile import quads
from wise_skills.labels import Labels
from wise_skills.names import BASE
from wise_skills.release import Release


@pytest.fixture(scope="module")
def endpoint(release: Release) -> Iterator[str]:
    with oxigraph_server.serving(release.graph, "--union-default-graph") as address:
        yield address


@pytest.fixture(scope="module")
def client(endpoint: str) -> Iterator[FlaskClient]:
    with app_on(None, endpoint=endpoint) as app:
        yield app.test_client()


PAGES = {
    "/": "forms of WISE",
    "/questions": "Which forms exist",
    "/questions/forms-of-countries?country=BEL": "Custom-work company",
    "/search?q=maatwerk": "maatwerkbedrijf",
    "/page/be/form/maatwerkbedrijf": "status, Flanders",
    "/page?iri=http://publications.europa.eu/resource/authority/country/BEL": "Belgium",
    "/country/be": "Forms of WISE",
    "/source/": "Countries and tables",
    "/source/be/forms.csv": "Custom-work company",
    "/scheme": "evidence",
    "/scheme/evidence": "suggested",
    "/ns": "wise:WiseForm",
    "/shapes": "forms.csv",
    "/sparql": "<textarea",
    "/about": "Asked at an endpoint elsewhere",
}


@pytest.mark.parametrize("address", PAGES)
def test_pages_without_a_release(client: FlaskClient, address: str):
    response = client.get(address, headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert PAGES[address] in html.unescape(response.text)
    assert "ETag" not in response.headers, "nothing tells when an endpoint's data change"


def test_what_needs_a_release_says_so(client: FlaskClient):
    for address in ("/dataset", "/downloads/", "/downloads/wise-skills.nq", "/.well-known/void"):
        response = client.get(address, headers={"Accept": "text/turtle, text/html;q=0.5"})
        assert response.status_code == 404, address
        assert "has no release of its own" in html.unescape(response.text)
    assert client.get("/sparql").status_code == 400
    assert client.get("/health").json["release"] is None


def test_linked_data(client: FlaskClient):
    moved = client.get("/id/be/form/maatwerkbedrijf", headers={"Accept": "text/turtle"})
    assert moved.status_code == 303
    assert b"maatwerkbedrijf" in client.get(moved.headers["Location"]).data
    assert client.get("/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D").json == {"head": {}, "boolean": True}


def test_a_release_beside_it_is_used_if_it_is_the_same(endpoint: str, release: Release, tmp_path: Path):
    with app_on(release.path, endpoint=endpoint) as app:
        assert app.test_client().get("/health").json["release"] == release.id
        assert app.test_client().get("/downloads/").status_code == 200
    with app_on(small_release(tmp_path, quads()), endpoint=endpoint) as app:
        assert app.test_client().get("/health").json["release"] is None


def test_an_endpoint_that_does_not_answer():
    with app_on(None, endpoint="http://127.0.0.1:9/none") as app:
        response = app.test_client().get("/health")
        assert response.status_code == 502
        assert "does not answer" in response.json["detail"]


def test_labels_are_those_of_the_index(endpoint: str, release: Release):
    from wise_skills.engines import open_engine

    with open_engine(endpoint=endpoint) as engine:
        asked, index = EndpointLabels(engine), Labels(release.labels)
        iris = [hit.iri for hit in index.search("coach", limit=50)] + [
            BASE + "ns#WiseForm",
            BASE + "scheme/evidence/suggested",
            "http://nobody.example/x",
        ]
        for language in ("en", "nl", "xx"):
            assert asked.labels(iris, language) == index.labels(iris, language)
        assert {h.iri for h in asked.search("job coach", limit=5)} & {h.iri for h in index.search("job coach", limit=20)}
        kinds = [BASE + "ns#Skill"]
        assert all(BASE + "ns#Skill" in h.kinds for h in asked.search("coach", kinds=kinds, limit=20))
        assert asked.kinds(BASE + "id/be/form/maatwerkbedrijf") == index.kinds(BASE + "id/be/form/maatwerkbedrijf")
        assert asked.search("") == []
        assert asked.search('"} ; DROP \\') == []
        index.close()
