"""The page of a country: what a ministry would print; in every language, at both widths, on paper."""

from __future__ import annotations

import csv
import gzip
import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

from query_ui import create_app
from query_ui.naming import Naming
from query_ui.things.history import history
from query_ui.things.records import read
from tests.browsers import watching
from tests.served import serving
from wise_skills.languages import LANGUAGES
from wise_skills.names import BASE, resource
from wise_skills.release import Release

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DATA = resource("data")
FOLDERS = sorted(p.name for p in DATA.iterdir() if len(p.name) == 2)
HEAVIEST = 150_000


@pytest.fixture(scope="module")
def client(release: Release) -> Iterator[FlaskClient]:
    app = create_app(release.path)
    yield app.test_client(use_cookies=False)
    app.extensions["wise"].close()


@pytest.fixture(scope="module")
def site(release: Release) -> Iterator[str]:
    with serving(release.path) as address:
        yield address


def words(fragment: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", fragment))).strip()


def section(text: str, name: str) -> str:
    found = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', text, re.DOTALL)
    assert found, f"no section {name}"
    return found[1]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_country_is_told_with_figures_pictures_gaps_and_sources(client: FlaskClient, folder: str):
    answer = client.get(f"/country/{folder}", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert len(answer.data) < HEAVIEST
    text = gzip.decompress(answer.data).decode()
    assert text.count("<h1") == 1
    assert " style=" not in text
    sources = words(section(text, "sources"))
    assert re.search(r"[\d,]+ claims", sources)
    assert "CC BY 4.0" in sources
    assert f"country/{folder}" in sources
    if (forms := DATA / folder / "forms.csv").exists():
        with forms.open(encoding="utf-8", newline="") as file:
            number = len(list(csv.DictReader(file)))
        assert re.search(rf"the graph knows {number} forms? of work integration", words(text))
        assert f'<a href="/behind?table=forms&amp;country={folder}">{number} form' in text


@pytest.mark.parametrize("folder", [f for f in FOLDERS if f != "eu"])
def test_the_four_absences_are_kept_apart(client: FlaskClient, folder: str):
    gaps = words(section(client.get(f"/country/{folder}").text, "missing"))
    places = [
        gaps.index(f"{sign} {text}") for sign, text in (("∅", "not needed"), ("?", "not asked"), ("…", "not reported"), ("↷", "not mapped"))
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("folder", ["be", "fr", "at", "si"])
def test_key_figures_have_year_source_and_claim(client: FlaskClient, folder: str):
    figures = re.findall(r"<li><a class=\"big\".*?</li>", section(client.get(f"/country/{folder}").text, "figures"), re.DOTALL)
    assert figures
    for figure in figures:
        path = re.search(r'href="(/behind\?claim=[^"]+)"', figure)
        value = re.search(r'class="big"[^>]*>([^<]+)<', figure)
        assert path
        assert value
        assert re.search(r"\b(19|20)\d\d\b", words(figure)), "a year"
        assert 'rel="noopener nofollow ugc"' in figure or "/source/" in figure, "a source"
        assert value[1] in words(client.get(html.unescape(path[1])).text), "the cell that says so"


@pytest.mark.parametrize("folder", ["be", "fr", "lv"])
def test_every_picture_has_its_numbers_as_a_table(client: FlaskClient, folder: str):
    text = client.get(f"/country/{folder}").text
    titles = re.findall(r'<h2 class="picture-title">([^<]+)</h2>', text)
    tables = re.findall(r'<details class="twin" id="table-(\w+)">.*?</details>', text, re.DOTALL)
    assert len(titles) == len(tables) > 0
    for key in tables:
        assert f'href="#table-{key}"' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_to_be_had_in_every_language(client: FlaskClient, language: str):
    text = client.get(f"/country/be?ui={language}").text
    assert f'<html lang="{language}">' in text
    assert "%(" not in text
    name = words(re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)[1])  # type: ignore[index]
    assert (name == "Belgium") == (language == "en"), name


@pytest.mark.parametrize("path", ["/country/zz", "/country/%3Cscript%3E", "/country/..%2F..", "/country/BE%22"])
def test_no_such_country_is_a_sentence(client: FlaskClient, path: str):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<script>" not in answer.text.partition("<main")[2]


# --- over time


def test_a_form_stands_in_its_chain(client: FlaskClient):
    told = words(section(client.get("/page/be/form/maatwerkbedrijf").text, "history"))
    assert told.index("Sheltered workshop (Flanders)") < told.index("Custom-work company")
    assert "since 1 April 2015" in told
    assert "no date given" in told


def test_a_chain_is_the_same_from_everywhere(client: FlaskClient):
    wise = client.application.extensions["wise"]
    with client.application.test_request_context("/"), wise.lend() as edition:
        chain = [BASE + f"id/be/law/decret-{n}" for n in ("ei-2003", "ei-2012", "ies-ei-2016")]
        found = []
        for record in read(edition, chain).values():
            past = history(edition, record, Naming(edition), replaced=True)
            assert past is not None
            found.append([p.iri for p in past.periods])
            assert [p.is_self for p in past.periods].count(True) == 1
            assert all(0 <= p.left <= 100 and p.left + p.width <= 101.1 for p in past.periods)
        assert found[0] == found[1] == found[2]
        assert [found[0].index(iri) for iri in chain] == sorted(found[0].index(iri) for iri in chain)
        lone = read(edition, [BASE + "id/eu/skill/job-coaching"])[BASE + "id/eu/skill/job-coaching"]
        assert history(edition, lone, Naming(edition), replaced=False) is None


# --- in a browser


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize(
    "path", ["/country/be", "/behind?table=counts&country=be", "/page/be/form/maatwerkbedrijf", "/page/eu/skill/job-coaching"]
)
def test_nothing_scrolls_sideways(browser: Browser, site: str, width: str, path: str):
    with watching(browser, site, width) as watched:
        page = watched.go(path)
        inner, outer = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert inner <= outer


def test_on_paper_no_table_is_cut_and_the_foot_says_what_it_is(browser: Browser, site: str, release: Release):
    with watching(browser, site) as watched:
        page = watched.go("/country/be")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 680, "height": 980})  # A4 without its margins
        wide = page.evaluate("[...document.querySelectorAll('table, svg.chart')].filter(t => t.getBoundingClientRect().right > 682).length")
        assert wide == 0
        for hidden in (".top nav", ".contents", ".ways", ".languages", ".search", ".proof >> nth=0"):
            assert not page.locator(hidden).first.is_visible(), hidden
        foot = page.locator(".on-paper")
        assert foot.is_visible()
        assert release.id in foot.inner_text()
        assert "country/be" in foot.inner_text()
        sheets = page.pdf(format="A4", prefer_css_page_size=True)
        assert 5 < sheets.count(b"/Type /Page\n") + sheets.count(b"/Type /Page ") < 30


def test_names_are_completed_by_keyboard(browser: Browser, site: str):
    with watching(browser, site) as watched:
        page = watched.go("/search")
        field = page.get_by_role("combobox")
        field.press_sequentially("maatwerkb")
        options = page.get_by_role("option")
        options.first.wait_for()
        assert field.get_attribute("aria-expanded") == "true"
        assert "maatwerkbedrijf" in options.first.inner_text()
        field.press("ArrowDown")
        assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
        field.press("Escape")
        assert field.get_attribute("aria-expanded") == "false"
        field.press("ArrowDown")
        field.press("ArrowUp")
        field.press("ArrowDown")
        field.press("Enter")
        page.wait_for_url("**/page/be/form/maatwerkbedrijf")
        field = page.get_by_role("combobox")
        field.fill("nothing like this at all")
        field.press("Enter")
        page.wait_for_url("**/search?q=nothing*")
