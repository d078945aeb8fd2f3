"""The page through a real browser: both widths, both schemes, with and without JavaScript, by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browsers import WIDTHS, watching
from tests.served import serving
from tests.test_page_hostile import ADDRESSES, quads
from wise_skills.release import Release

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PAGES = (
    "/",
    "/questions",
    "/questions/forms-of-countries",
    "/questions/forms-of-countries?country=Belgum",
    "/questions/figures-over-a-number",
    "/search?q=coach",
    "/page/be/form/maatwerkbedrijf",
    "/page/gr/form/koispe",
    "/page/eu/skill/job-coaching",
    "/country/gr",
    "/country/bg",
    "/source/",
    "/source/bg/forms.csv",
    "/scheme",
    "/scheme/target-groups",
    "/ns",
    "/shapes",
    "/sparql",
    "/sparql?query=SELECT%20*%20WHERE%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%2020",
    "/sparql?query=SELECT%20*%20WHERE%20%7B",
    "/check",
    "/dataset",
    "/downloads/",
    "/about",
    "/nothing-here",
)


@pytest.fixture(scope="module")
def site(release: Release) -> Iterator[str]:
    with serving(release.path) as address:
        yield address


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page(browser: Browser, site: str, width: str, scripts: bool):
    """No message on the console, no request elsewhere, no sideways scrolling, one heading, all fields with a label."""
    with watching(browser, site, width, java_script_enabled=scripts) as watched:
        for path in PAGES:
            page = watched.go(path)
            # Playwright's own evaluation works where the page's scripts are switched off.
            assert page.locator("h1").count() == 1, path
            wide = page.locator("main").bounding_box()
            assert wide is not None
            assert wide["width"] <= WIDTHS[width][0], path
            unlabelled = page.locator("input:not([type=hidden]):visible, select:visible, textarea:visible")
            for field in unlabelled.all():
                name = field.get_attribute("id")
                assert (name and page.locator(f"label[for='{name}']").count()) or field.locator("xpath=ancestor::label").count(), path
            if scripts:
                inner, outer = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
                assert inner <= outer, f"{path} scrolls sideways"


def _luminance(colour: str) -> float:
    channels = [int(c) / 255 for c in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


COLOURS = """() => {
  const found = new Set();
  for (const element of document.querySelectorAll("main *, header *, footer *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest(".hidden, .skip")) continue;
    let around = element;
    let back = "rgba(0, 0, 0, 0)";
    while (around && back === "rgba(0, 0, 0, 0)") { back = getComputedStyle(around).backgroundColor; around = around.parentElement; }
    found.add(JSON.stringify([getComputedStyle(element).color, back, element.className || element.tagName]));
  }
  return [...found].map((f) => JSON.parse(f));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser: Browser, site: str, scheme: str):
    """Every text has the contrast that WCAG AA asks of small text: 4.5."""
    with watching(browser, site, color_scheme=scheme) as watched:
        for path in (
            "/",
            "/questions/forms-of-countries",
            "/questions/forms-of-countries?country=Belgum",
            "/page/be/form/maatwerkbedrijf",
            "/about",
            "/sparql?query=SELECT%20*%20%7B",
        ):
            for ink, paper, where in watched.go(path).evaluate(COLOURS):
                high, low = sorted((_luminance(ink), _luminance(paper)), reverse=True)
                assert (high + 0.05) / (low + 0.05) >= 4.5, (path, where, ink, paper)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_question_by_keyboard(browser: Browser, site: str, scripts: bool):
    """From the start page to an answer, a cell and its source, touching no mouse."""
    with watching(browser, site, java_script_enabled=scripts) as watched:
        page = watched.go("/")
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Skip to the content"
        page.keyboard.press("Enter")
        _tab_to(page, "Which forms exist in which countries?")
        page.keyboard.press("Enter")
        page.wait_for_url("**/questions/forms-of-countries")
        _tab_to(page, "any")  # the closed list of countries
        page.keyboard.press("Enter")
        for _ in range(2):
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        _tab_to(page, "Ask")
        page.keyboard.press("Enter")
        page.wait_for_url("**/questions/forms-of-countries?country=*")
        assert "in 1 countries (Belgium)" in page.locator(".sentence").inner_text()
        assert page.locator(":focus-visible").count() <= 1
        page.locator("td.backing .row a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/source/be/forms.csv#row=*")
        assert page.locator("tr:target").count() == 1


def _tab_to(page: Page, text: str) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and focused.inner_text().strip() == text:
            assert focused.evaluate("e => getComputedStyle(e).outlineStyle") != "none", "focus is seen"
            return
    raise AssertionError(f"“{text}” is not reached by Tab")


def test_scrolling_frames_take_the_keyboard(browser: Browser, site: str):
    with watching(browser, site, "phone") as watched:
        page = watched.go("/page/be/form/maatwerkbedrijf")
        frames = page.locator(".scroll")
        assert frames.count() > 3
        for frame in frames.all():
            assert frame.get_attribute("tabindex") == "0"
            assert frame.get_attribute("aria-label") or frame.get_attribute("aria-labelledby")
            assert frame.locator("caption").count() == frame.locator("table").count()
        wide = page.locator(".scroll").nth(5)
        wide.focus()
        first = wide.locator("tbody th").first
        before = first.bounding_box()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(400)
        after = first.bounding_box()
        assert before is not None
        assert after is not None
        assert abs(before["x"] - after["x"]) < 2, "the first column stays"


def test_names_are_completed_while_typing(browser: Browser, site: str):
    with watching(browser, site) as watched:
        page = watched.go("/about")
        page.locator("#q").press_sequentially("maatwerkbe", delay=20)
        page.get_by_role("option", name="maatwerkbedrijf").first.wait_for()
        assert page.locator("#q").get_attribute("aria-expanded") == "true"
        page.keyboard.press("Escape")
        assert page.get_by_role("option").count() == 0
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=maatwerkbe*")
        assert page.get_by_role("link", name="Custom-work company").count() >= 1


def test_the_map_has_a_table_twin(browser: Browser, site: str):
    with watching(browser, site) as watched:
        page = watched.go("/")
        tiles = {re.findall(r"\d+", t.inner_text())[0] for t in page.locator(".tile a > span").all()}
        assert page.locator(".tile").count() == 13
        table = {c.inner_text() for c in page.locator("#numbers + .scroll tbody td:nth-child(2)").all()}
        assert tiles == table
        boxes = [t.bounding_box() for t in page.locator(".tile").all()]
        places = {(round(b["x"]), round(b["y"])) for b in boxes if b}
        assert len(places) == 13, "no tile covers another"


def test_print(browser: Browser, site: str):
    with watching(browser, site) as watched:
        page = watched.go("/questions/forms-of-countries?country=BEL")
        page.emulate_media(media="print")
        assert not page.locator(".top nav").is_visible()
        assert not page.locator(".ask").is_visible()
        assert page.locator(".bottom").is_visible()
        assert page.locator(".sentence").is_visible()


def test_hostile_names_do_nothing(browser: Browser, tmp_path: Path):
    from tests.served import small_release

    with serving(small_release(tmp_path, quads())) as site, watching(browser, site) as watched:
        for path in ADDRESSES:
            page = watched.page
            response = page.goto(site + path.lstrip("/"))
            if response is None or "text/html" not in response.headers.get("content-type", ""):
                continue
            assert page.locator("img").count() == 0
            assert page.locator("script:not([src^='/static/'])").count() == 0


def test_a_download_from_the_browser(browser: Browser, site: str):
    with watching(browser, site) as watched:
        page = watched.go("/questions/forms-of-countries?country=BEL")
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV", exact=True).click()
        assert download.value.suggested_filename == "forms-of-countries.csv"
