"""Pages of WISE skills, profiles and questions beside an invented ESCO, and without any; in a browser at both widths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from query_ui import create_app
from tests.browsers import WIDTHS, watching
from tests.pages import CATALOGUE
from tests.served import serving
from wise_skills.questions import load_questions
from wise_skills.release import Release

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ESCO = "http://data.europa.eu/esco/"
COACH = "/page/eu/profile/job-coach"
SKILL = "/page/eu/skill/train-at-the-workplace"
CONCEPTS = ("occupation/c60ede09-b67b-4173-8991-b9b694149488", "skill/e54ff029-1ce9-447d-a5b2-eb7283a23e6e", "isco/C2635", "isced-f/0413")


@pytest.fixture(scope="module")
def client(joined: Release) -> Iterator[FlaskClient]:
    app = create_app(joined.path)
    yield app.test_client()
    app.extensions["wise"].close()


@pytest.fixture(scope="module")
def bare(release: Release) -> Iterator[FlaskClient]:
    app = create_app(release.path)
    yield app.test_client()
    app.extensions["wise"].close()


@pytest.fixture(scope="module")
def site(joined: Release) -> Iterator[str]:
    with serving(joined.path, QUESTIONS=CATALOGUE) as address:
        yield address


def part(client: FlaskClient, path: str) -> str:
    """The section “In ESCO” as text; empty where there is none."""
    text = client.get(path).get_data(as_text=True)
    found = re.search(r'<section aria-labelledby="esco">(.*?)</section>', text, re.DOTALL)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1]))) if found else ""


# --- skills and profiles -----------------------------------------------------------------


def test_a_profile_stands_beside_its_occupations(client: FlaskClient):
    text = part(client, COACH)
    assert "close to loom mender 117 proposed" in text
    assert "close to mill counter 119 proposed" in text
    assert "A match is a proposal until somebody reviews it." in text
    lists = re.search(r"ESCO lists (\d+) essential and (\d+) further optional skills for what is matched; of these, (\d+) match", text)
    assert lists, text
    assert int(lists[1]) > 0
    assert "Both sides in one table" in text


def test_numbers_of_the_page_are_those_of_the_question(client: FlaskClient):
    text = part(client, COACH)
    answer = client.get("/questions/how-do-the-needs-of-a-profile-meet-what-esco-lists.json?profile=job-coach").get_json()
    rows = answer["rows"] if "rows" in answer else answer["results"]
    essential = len({str(r["concept"]) for r in rows if r.get("importance") == "essential"})
    optional = len({str(r["concept"]) for r in rows if r.get("importance") == "optional"})
    shared = len({str(r["concept"]) for r in rows if r.get("side") == "both"})
    assert f"ESCO lists {essential} essential and {optional} further optional skills" in text
    assert f"of these, {shared} match needs" in text


def test_a_skill_stands_beside_its_concepts(client: FlaskClient):
    text = part(client, SKILL)
    assert "Concepts of ESCO that we match with it." in text
    assert "stands under" in text
    assert "essential for so many occupations" in text


def test_a_concept_that_is_not_loaded_is_told(client: FlaskClient):
    texts = [part(client, f"/page/eu/profile/{name}") for name in ("carpenter", "bicycle-mechanic")]
    assert all("not in the ESCO that is loaded" in text for text in texts)


@pytest.mark.parametrize(
    "path", ["/page/be/form/maatwerkbedrijf", "/page/eu/persona/founder", "/page/eu/profile/worker-with-support-needs"]
)
def test_what_has_no_match_has_no_such_section(client: FlaskClient, path: str):
    assert client.get(path).status_code == 200
    assert part(client, path) == ""


@pytest.mark.parametrize("path", [COACH, SKILL])
def test_without_esco_the_section_says_how_to_add_it(bare: FlaskClient, path: str):
    text = part(bare, path)
    assert "this release holds no ESCO package" in text
    assert "wise build --esco FILE.zip" in text
    assert "proposed" in text
    assert "essential" not in text


# --- questions that wait for ESCO ----------------------------------------------------------


@pytest.mark.parametrize("name", sorted(n for n, q in load_questions(CATALOGUE, thorough=False).items() if q.needs))
def test_a_question_that_waits_says_so(bare: FlaskClient, client: FlaskClient, name: str):
    answer = bare.get(f"/questions/{name}")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "This cannot be answered yet" in text
    assert re.search(r"not loaded yet", bare.get(f"/questions?q={quote(name)}").get_data(as_text=True))
    assert "cannot be answered yet" not in client.get(f"/questions/{name}").get_data(as_text=True)
    assert bare.get(f"/questions/{name}.csv").status_code == 200


def test_the_way_to_the_package_is_a_link(bare: FlaskClient):
    text = bare.get("/questions/which-skills-does-esco-list-that-our-profile-lacks").get_data(as_text=True)
    assert '<a href="https://esco.ec.europa.eu/en/use-esco/download" rel="noopener">' in text


def test_with_esco_no_question_waits(client: FlaskClient):
    assert "waits for" not in client.get("/questions").get_data(as_text=True)


# --- in a browser ---------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_with_esco_in_a_browser(browser: Browser, site: str, width: str):
    """No message on the console, no request elsewhere, no sideways scrolling, one heading; folded lists open."""
    paths = [COACH, SKILL, "/questions/how-do-the-needs-of-a-profile-meet-what-esco-lists"]
    paths += [f"/page?iri={quote(ESCO + c, safe='')}" for c in CONCEPTS]
    with watching(browser, site, width) as watched:
        for path in paths:
            page = watched.go(path)
            assert page.locator("h1").count() == 1, path
            inner, outer = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert inner <= outer, f"{path} scrolls sideways"
        page = watched.go(COACH)
        folded = page.locator("section[aria-labelledby=esco] details")
        assert folded.locator("li").count() > 0
        assert not folded.locator("li").first.is_visible()
        folded.locator("summary").click()
        assert folded.locator("li").first.is_visible()
