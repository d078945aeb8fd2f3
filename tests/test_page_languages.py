"""Which language a page is in: the address, what was chosen before, the browser; names of things apart from it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from query_ui import create_app, words
from wise_skills.languages import LANGUAGES
from wise_skills.release import Release

THING = "/page/be/form/maatwerkbedrijf"


@pytest.fixture(scope="module")
def application(release: Release) -> Iterator[object]:
    app = create_app(release.path)
    yield app
    app.extensions["wise"].close()


@pytest.fixture
def client(application) -> FlaskClient:
    return application.test_client()


def language_of(page: str) -> str:
    return re.search(r'<html lang="(\w+)"', page)[1]  # type: ignore[index]


@pytest.mark.parametrize(
    ("address", "accepts", "expected"),
    [
        ("/", None, "en"),
        ("/", "bg", "bg"),
        ("/", "el-GR,el;q=0.9,en;q=0.5", "el"),
        ("/", "sv,nl-BE;q=0.4", "nl"),
        ("/", "sv", "en"),
        ("/", "x" * 2000, "en"),
        ("/?ui=pl", "bg", "pl"),
        ("/?ui=", "bg", "bg"),
        ("/?ui=klingon", "bg", "bg"),
        ("/?ui=%00", None, "en"),
        ("/check?language=fr", "bg", "fr"),
        ("/nothing-here", "sl", "sl"),
    ],
)
def test_language_of_the_page(client: FlaskClient, address: str, accepts: str | None, expected: str):
    answer = client.get(address, headers={"Accept-Language": accepts} if accepts else {})
    assert language_of(answer.text) == expected
    assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))


@pytest.mark.parametrize("name", ["ui", "lang"])
def test_a_choice_is_remembered_until_it_is_taken_back(client: FlaskClient, name: str):
    chosen = client.get(f"/?{name}=hr", headers={"Accept-Language": "de"})
    cookie = chosen.headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=hr;")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    later = client.get("/questions", headers={"Accept-Language": "de"})
    assert "Set-Cookie" not in later.headers
    assert language_of(later.text) == ("hr" if name == "ui" else "de")
    client.get(f"/?{name}=", headers={"Accept-Language": "de"})
    assert client.get_cookie(name) is None


def test_only_pages_remember(client: FlaskClient):
    for address in ("/suggest?q=coach&lang=bg", "/nothing?ui=bg", "/data/be/form/maatwerkbedrijf.ttl?lang=bg"):
        assert "Set-Cookie" not in client.get(address).headers


def test_names_are_apart_from_the_page(client: FlaskClient):
    page = client.get(f"{THING}?ui=de&lang=nl").text
    assert language_of(page) == "de"
    assert "Vlaanderen" in page
    assert "Flandern" in client.get(f"{THING}?ui=de&lang=").text


def test_the_switch_keeps_the_page(client: FlaskClient):
    page = client.get("/search?q=a%26b&ui=de").text
    targets = re.findall(r'<details class="languages">.*?</details>', page, re.DOTALL)[0]
    for tag, own in LANGUAGES.items():
        assert re.search(rf'href="/search\?q=a%26b&amp;ui={tag}"[^>]*>{own}<', targets)
    assert client.get("/search?q=a%26b&ui=lv").status_code == 200


def test_a_cached_page_of_another_language_is_not_taken(client: FlaskClient):
    first = client.get("/", headers={"Accept-Language": "de"})
    assert client.get("/", headers={"Accept-Language": "de", "If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get("/", headers={"Accept-Language": "fr", "If-None-Match": first.headers["ETag"]}).status_code == 200
    client.set_cookie("ui", "bg")
    assert client.get("/", headers={"Accept-Language": "de", "If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("language", "number", "date"),
    [
        ("bg", "12 345,5", "1 април 2015"),
        ("de", "12.345,5", "1. April 2015"),
        ("el", "12.345,5", "1 Απριλίου 2015"),
        ("en", "12,345.5", "1 April 2015"),
        ("fr", "12 345,5", "1 avril 2015"),
        ("lv", "12 345,5", "2015. gada 1. aprīlis"),
        ("pl", "12 345,5", "1 kwietnia 2015"),
    ],
)
def test_numbers_and_dates_follow_the_page(application, language: str, number: str, date: str):
    with application.test_request_context(f"/?ui={language}"):
        assert re.sub(r"\s", " ", words.number(12345.5)) == number
        assert words.date("2015-04-01").startswith(date)
        assert words.date("2015") == "2015"


def test_errors_speak_the_language_of_the_page(client: FlaskClient):
    name = next(iter(client.application.extensions["wise"].edition.questions))
    german = client.get(f"/questions/{name}?nonsense=1&ui=de")
    assert german.status_code == 400
    assert "has no such parameter" not in german.text
    assert "has no such parameter" in client.get(f"/questions/{name}?nonsense=1&ui=en").text
