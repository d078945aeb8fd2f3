"""What people come for, done in a real browser from beginning to end: on a desktop and on a phone, and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.browsers import watching
from tests.pages import whole_site
from wise_skills.release import Release

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

SIZES = pytest.mark.parametrize("width", ["desk", "phone"])


@pytest.fixture(scope="module")
def site(joined: Release) -> Iterator[str]:
    with whole_site(joined) as address:
        yield address


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


# --- with mouse or finger -----------------------------------------------------------


@SIZES
def test_ask_a_question_with_parameters(browser: Browser, site: str, width: str):
    with watching(browser, site, width) as watched:
        page = watched.go("/questions?q=reserved")
        page.get_by_role("link", name="Which forms may bid for reserved contracts, and under which rule?").first.click()
        country = page.get_by_role("group", name="Country")
        country.locator("summary").click()
        choice = country.get_by_role("checkbox", name=re.compile("^Italy"))
        promised = number(country.locator("label", has_text="Italy").locator(".count").inner_text())
        choice.check()
        page.get_by_role("button", name="Ask").click()
        page.wait_for_url("**country=*")
        assert "Italy" in page.locator(".sentence").inner_text()
        assert page.locator("table.records tbody tr").count() == promised
        assert page.locator("table.records .badge").count() >= promised, "each row says how well it is backed"


@SIZES
def test_an_empty_answer_explains_itself(browser: Browser, site: str, width: str):
    with watching(browser, site, width) as watched:
        page = watched.go("/questions/which-wise-forms-exist-under-which-law-and-since-when?country=AT&scope=not-as-such")
        told = page.locator(".emptied")
        assert told.is_visible()
        way = told.locator("ul a").first
        promised = number(told.locator("ul .quiet").first.inner_text())
        way.click()
        page.wait_for_load_state()
        assert page.locator(".emptied").count() == 0
        if promised <= 50:
            assert page.locator("table.records tbody tr").count() == promised


@SIZES
def test_from_a_chart_to_the_cell(browser: Browser, site: str, width: str):
    with watching(browser, site, width) as watched:
        page = watched.go("/questions/which-wise-forms-exist-under-which-law-and-since-when?view=bar&x=country")
        mark = page.locator("figure.picture svg:visible a").first
        mark.scroll_into_view_if_needed()
        mark.click()
        page.wait_for_load_state()
        row = page.locator("td.backing .row a").first
        row.click()
        page.wait_for_url(re.compile(r"/source/\w+/forms\.csv#row=\d+"))
        marked = page.locator("tr:target")
        assert marked.count() == 1
        assert marked.locator("td, th").count() > 3


@SIZES
def test_compare_and_take_it_along(browser: Browser, site: str, width: str):
    with watching(browser, site, width) as watched:
        page = watched.go("/compare")
        page.get_by_role("link", name="Reserved contracts", exact=True).click()
        page.wait_for_load_state()
        page.get_by_label("Add another one").select_option(label="Spain")
        page.get_by_role("button", name="Add", exact=True).click()
        page.wait_for_url("**in=es*")
        heads = [text.strip() for text in page.locator("#matrix thead tr").first.locator("th").all_inner_texts()][1:]
        assert "Spain" in heads
        shown = {
            row.locator("th").inner_text().strip(): row.locator("td").all_inner_texts() for row in page.locator("#matrix tbody tr").all()
        }
        with page.expect_download() as download:
            page.get_by_role("link", name="XLSX").first.click()
        sheet = openpyxl.load_workbook(BytesIO(Path(download.value.path()).read_bytes())).worksheets[0]
        cells = [[str(cell) if cell is not None else "" for cell in row] for row in sheet.iter_rows(values_only=True)]
        for item, texts in shown.items():
            (row,) = [r for r in cells if item in r]
            for text in texts:
                if found := re.match(r"(\d+) of (\d+)", text.strip()):
                    assert {found[1], found[2]} <= set(row), (item, text, row)


@SIZES
def test_build_a_query_without_sparql(browser: Browser, site: str, width: str):
    with watching(browser, site, width) as watched:
        page = watched.go("/explore")
        page.get_by_role("link", name="support measures", exact=True).click()
        page.wait_for_url("**/explore/support")
        every = number(page.locator(".found-number b").inner_text().split("of")[-1])
        facet = page.locator("details.facet#f-country")
        if facet.get_attribute("open") is None:
            facet.locator("summary").click()
        choice = facet.locator(".offered a", has_text="Belgium")
        promised = number(choice.locator(".tally").inner_text())
        choice.click()
        page.wait_for_url("**country=*")
        assert number(page.locator(".found-number b").inner_text().split("of")[0]) == promised < every
        page.locator("#showing summary").click()
        page.get_by_label("Count by").select_option(index=1)
        page.locator("#showing").get_by_role("button", name="Show").click()
        page.wait_for_url("**by=*")
        assert "Belgium" in page.locator("h2.sentence").inner_text()
        assert page.locator("table.records tbody tr").count() >= 1
        page.locator("details.query summary").click()
        assert "SELECT" in page.locator("details.query code").inner_text()


@SIZES
def test_switch_the_language(browser: Browser, site: str, width: str):
    with watching(browser, site, width) as watched:
        page = watched.go("/page/be/form/maatwerkbedrijf?lang=nl")
        for own, heading in (("български", "bg"), ("Ελληνικά", "el"), ("English", "en")):
            page.locator(".languages summary").click()
            page.locator(".languages ul").first.get_by_role("link", name=own).click()
            page.wait_for_url(f"**ui={heading}*")
            assert page.locator("html").get_attribute("lang") == heading
            assert "/page/be/form/maatwerkbedrijf" in page.url
            assert page.locator("h1").inner_text() == "maatwerkbedrijf", "the language of names is another one"
        page.goto(site + "questions")
        assert page.locator("html").get_attribute("lang") == "en"


@SIZES
def test_run_sparql_and_read_an_error(browser: Browser, site: str, width: str):
    with watching(browser, site, width, java_script_enabled=False) as watched:
        page = watched.go("/sparql")
        field = page.locator("#query")
        field.fill("PREFIX wise: <https://w3id.org/wise-skills/ns#>\nSELECT ?form WHERE { ?form a wise:WiseForm }")
        page.get_by_role("button", name="Run").click()
        page.wait_for_url("**query=*")
        assert number(page.locator("#result").inner_text().split("·")[0]) == 76
        field = page.locator("#query")
        field.fill("SELECT *\nWHERE {\n  ?s ?p }")
        page.get_by_role("button", name="Run").click()
        page.locator("#problem").wait_for()
        assert "line 3" in page.locator("#problem").inner_text()
        assert page.locator("#query").input_value().startswith("SELECT *"), "what was typed is kept"


# --- by keyboard alone --------------------------------------------------------------


def tab_to(page: Page, target: Locator, most: int = 250) -> None:
    """Press Tab until an element has the focus, as somebody without a mouse would, and see that the focus is seen."""
    handle = target.first.element_handle()
    assert handle is not None
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("e => document.activeElement === e", handle):
            assert page.evaluate("e => getComputedStyle(e).outlineStyle !== 'none'", handle), "the focus is seen"
            return
    raise AssertionError(f"{target} is not reached by Tab")


def enter(page: Page, target: Locator, url: str | re.Pattern[str]) -> None:
    tab_to(page, target)
    page.keyboard.press("Enter")
    page.wait_for_url(url)


SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@SCRIPTS
def test_keyboard_find_a_form_and_its_source(browser: Browser, site: str, scripts: bool):
    with watching(browser, site, java_script_enabled=scripts) as watched:
        page = watched.go("/about")
        tab_to(page, page.locator("#q"))
        page.keyboard.type("maatwerkbedrijf")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/(search|page)"))
        if "/search" in page.url:
            enter(
                page, page.locator("main a", has_text=re.compile("Custom-work company|maatwerkbedrijf")), "**/page/be/form/maatwerkbedrijf"
            )
        enter(page, page.locator("main a[href*='/source/be/forms.csv#row=']"), re.compile("/source/be/forms.csv"))
        assert page.locator("tr:target").count() == 1


@SCRIPTS
def test_keyboard_ask_and_draw(browser: Browser, site: str, scripts: bool):
    with watching(browser, site, java_script_enabled=scripts) as watched:
        page = watched.go("/questions/which-wise-forms-exist-under-which-law-and-since-when")
        tab_to(page, page.locator("fieldset[data-name=country] summary"))
        page.keyboard.press("Enter")
        tab_to(page, page.locator("fieldset[data-name=country] input").first)
        page.keyboard.press("Space")
        enter(page, page.get_by_role("button", name="Ask"), "**country=*")
        enter(page, page.locator("nav.views a", has_text="Bars"), "**view=bar*")
        assert page.locator("figure.picture svg:visible").count() == 1


@SCRIPTS
def test_keyboard_compare(browser: Browser, site: str, scripts: bool):
    with watching(browser, site, java_script_enabled=scripts) as watched:
        page = watched.go("/compare")
        tab_to(page, page.locator("#add"))
        page.keyboard.type("Slov")
        enter(page, page.get_by_role("button", name="Add", exact=True), "**in=si*")
        cell = page.locator("#matrix tbody td a").first
        enter(page, cell, "**/compare/behind*")
        assert page.locator("table.claims tbody tr").count() >= 1


@SCRIPTS
def test_keyboard_build_a_query(browser: Browser, site: str, scripts: bool):
    with watching(browser, site, java_script_enabled=scripts) as watched:
        page = watched.go("/explore")
        enter(page, page.get_by_role("link", name="WISE forms", exact=True), "**/explore/forms")
        enter(page, page.locator("a.jump"), "**#narrow")
        summary = page.locator("details.facet#f-kind summary")
        if page.locator("details.facet#f-kind").get_attribute("open") is None:
            tab_to(page, summary)
            page.keyboard.press("Enter")
        enter(page, page.locator("#f-kind .offered a").first, "**kind=*")
        assert page.locator("ul.conditions li").count() == 1
        enter(page, page.locator("ul.conditions a").first, re.compile(r"/explore/forms$|/explore/forms\?(?!.*kind=)"))
        assert page.locator("ul.conditions li").count() == 0


@SCRIPTS
def test_keyboard_language_and_sparql(browser: Browser, site: str, scripts: bool):
    with watching(browser, site, java_script_enabled=scripts) as watched:
        page = watched.go("/sparql")
        tab_to(page, page.locator(".languages summary"))
        page.keyboard.press("Enter")
        enter(page, page.locator(".languages a[hreflang=el]").first, "**ui=el*")
        assert page.locator("html").get_attribute("lang") == "el"
        enter(page, page.locator("form.editor p.run button[type=submit]"), "**query=*" if not scripts else re.compile("sparql"))
        page.locator("table.records tbody tr").first.wait_for()
