"""The SPARQL editor in a real browser: colours, completion, errors at their places, links, the keyboard alone; and the page without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.browsers import watching
from tests.requirements import require
from tests.served import serving
from wise_skills.engines import Limits
from wise_skills.release import Release

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FORMS = "PREFIX wise: <https://w3id.org/wise-skills/ns#>\nSELECT ?form WHERE { ?form a wise:WiseForm }"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifted += e.value; })
  .observe({ type: "layout-shift", buffered: true });"""


@pytest.fixture(scope="module")
def site(release: Release) -> Iterator[str]:
    require("npm")
    with serving(release.path, LIMITS=Limits(seconds=6)) as address:
        yield address


def opened(page: Page) -> Page:
    page.wait_for_selector(".cm-content")
    return page


def write(page: Page, text: str) -> None:
    """Type instead of what stands there; brackets close themselves, so what they add is written over."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


def query(page: Page) -> str:
    """What the form would send."""
    return page.locator("textarea[name=query]").input_value()


def offered(page: Page) -> str:
    """Wait for the list and return its first line."""
    chosen = page.locator(".cm-tooltip-autocomplete li[aria-selected]")
    chosen.wait_for()
    # What is typed on while the list opens is never taken for a choice.
    page.wait_for_timeout(120)
    return chosen.inner_text()


def run(page: Page) -> str:
    page.keyboard.press("Escape")
    with page.expect_response(lambda r: "/sparql" in r.url and "terms" not in r.url):
        page.keyboard.press("Control+Enter")
    page.locator(".run button[type=submit]:not([aria-disabled])").wait_for()
    return page.locator("#answer h2, #problem p").first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_nothing_moves_and_all_is_coloured(browser: Browser, site: str, width: str, scheme: str):
    """The editor takes the place of the field exactly, in colours of the page's tokens; the field is kept in step."""
    with watching(browser, site, width, color_scheme=scheme) as watched:
        watched.page.add_init_script(SHIFTS)
        page = opened(watched.go(f"/sparql?query={quote(FORMS)}"))
        page.wait_for_timeout(400)
        assert page.evaluate("window.shifted") < 0.01
        assert page.locator("textarea[name=query]").is_hidden()
        assert query(page) == FORMS
        colour = "getComputedStyle(e).color"
        keyword = page.locator(".cm-line span", has_text=re.compile("^SELECT$")).evaluate(f"e => {colour}")
        variable = page.locator(".cm-line span", has_text=re.compile(r"^\?form$")).first.evaluate(f"e => {colour}")
        text = page.locator(".cm-content").evaluate(f"e => {colour}")
        assert len({keyword, variable, text}) == 3
        back = page.locator(".cm-editor").evaluate("e => getComputedStyle(e).backgroundColor")
        assert back == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(27, 31, 35)")


def test_completes_terms_with_their_prefix(browser: Browser, site: str):
    """Class after `a`, property after a subject, variable after `?`; counts and definitions are those of the graph."""
    with watching(browser, site) as watched:
        page = opened(watched.go("/sparql"))
        write(page, "SELECT * WHERE { ?form a wiseform")
        first = offered(page)
        assert first.startswith("wise:WiseForm")
        assert re.search(r"things: \d+", first)
        page.wait_for_selector(".cm-completionInfo")
        assert "institutional arrangement" in page.locator(".cm-completionInfo").inner_text()
        page.keyboard.press("Enter")
        assert query(page) == "PREFIX wise: <https://w3id.org/wise-skills/ns#>\nSELECT * WHERE { ?form a wise:WiseForm}"
        page.keyboard.type(" ; wise:formKi")
        assert offered(page).startswith("wise:formKind")
        page.keyboard.press("Enter")
        page.keyboard.type(" ?kind . ?fo")
        offered(page)
        page.keyboard.press("Enter")
        assert query(page).endswith("?form a wise:WiseForm ; wise:formKind ?kind . ?form}")
        assert query(page).count("PREFIX wise:") == 1
        # The cursor stands on a term: the line below the text says what it means.
        for _ in range(18):
            page.keyboard.press("ArrowLeft")
        assert page.locator(".status").inner_text().startswith("wise:formKind property")


def test_completes_things_by_name(browser: Browser, site: str):
    with watching(browser, site) as watched:
        page = opened(watched.go("/sparql"))
        write(page, "SELECT * WHERE { ?claim ?says maatwerkbe")
        offered(page)
        page.keyboard.press("Enter")
        assert query(page) == "SELECT * WHERE { ?claim ?says <https://w3id.org/wise-skills/id/be/form/maatwerkbedrijf>}"


def test_names_in_the_readers_language(browser: Browser, site: str):
    """Completion follows the language of names, the editor's own words that of the page."""
    with watching(browser, site) as watched:
        page = opened(watched.go("/sparql?ui=el&lang=el"))
        with page.expect_response("**/sparql/terms.json?lang=el") as answer:
            page.locator(".cm-content").click()
        assert len(answer.value.json()["terms"]) > 300


def test_runs_in_place_and_stands_in_the_address(browser: Browser, site: str):
    with watching(browser, site) as watched:
        page = opened(watched.go("/sparql"))
        write(page, FORMS.replace("\n", " "))
        told = run(page)
        assert re.fullmatch(r"\d+ rows · .+", told)
        assert page.locator(".run [role=status]").inner_text() == told
        assert page.locator(".records tbody tr").count() == min(50, int(told.split()[0]))
        assert page.evaluate("document.querySelector('.host').shadowRoot.activeElement.className").startswith("cm-content"), "focus stays"
        page.reload()
        assert query(opened(page)) == FORMS.replace("\n", " ")
        assert page.locator("#answer h2").inner_text().split(" ·")[0] == told.split(" ·")[0]
        with page.expect_download() as download:
            page.locator(".downloads a", has_text="CSV").click()
        assert len(download.value.path().read_text(encoding="utf-8").splitlines()) == int(told.split()[0]) + 1


def test_a_long_query_is_kept_behind_the_hash(browser: Browser, site: str):
    """Too long for an address: it is posted, the link keeps it all the same, and files are still to be had."""
    long = FORMS + "\n# " + "x" * 5_000
    with watching(browser, site) as watched:
        page = opened(watched.go("/sparql#query=" + quote(long)))
        assert query(page) == long
        page.locator(".cm-content").click()
        told = run(page)
        assert "#query=" in page.url
        assert "?" not in page.url.split("#")[0]
        assert "too long for an address" in page.locator("#answer").inner_text()
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").click()
        assert len(download.value.path().read_text(encoding="utf-8").splitlines()) == int(told.split()[0]) + 1


def test_an_error_is_marked_where_it_is(browser: Browser, site: str):
    """The server's sentence, at its line and column: in the gutter, under the word, below the text, and said aloud."""
    with watching(browser, site, "phone") as watched:
        page = opened(watched.go("/sparql"))
        write(page, "SELECT ?s WHERE {\n?s ?p ?o .\nFILTER wrongly")
        sentence = run(page)
        assert "line 3" in sentence
        assert "wrongly" in sentence
        assert page.locator("#problem").get_attribute("role") == "alert"
        page.wait_for_selector(".cm-lintRange-error")
        assert page.locator(".cm-lintRange-error").inner_text() == "wrongly"
        assert page.locator(".cm-lint-marker-error").count() == 1
        assert page.locator(".status").inner_text() == sentence
        assert query(page).startswith("SELECT ?s WHERE {\n?s ?p ?o .\nFILTER wrongly"), "what was typed is kept"
        assert page.locator(".lines").is_hidden()
        # Changed at its place, the mark goes; the next run takes the sentence away.
        write(page, "ASK { ?s ?p ?o ")
        assert run(page).startswith("Yes")
        assert page.locator("#problem, .cm-lintRange-error").count() == 0


def test_mistakes_are_told_before_running(browser: Browser, site: str):
    """A prefix that is not declared, a term that the graph does not hold; both can be mended from the message."""
    with watching(browser, site) as watched:
        page = opened(watched.go("/sparql"))
        write(page, "SELECT * WHERE { ?f a wise:WiseFrom ")
        page.keyboard.press("Escape")
        page.wait_for_selector(".cm-lintRange-warning")
        page.locator(".cm-lintRange-warning").first.hover()
        page.get_by_role("button", name="Declare wise:").click()
        assert query(page).startswith("PREFIX wise: <https://w3id.org/wise-skills/ns#>\n")
        page.wait_for_timeout(900)
        page.locator(".cm-lintRange-warning").first.hover()
        page.get_by_role("button", name="Write wise:WiseForm").click()
        assert "?f a wise:WiseForm " in query(page)


def test_hover_explains_a_term(browser: Browser, site: str):
    with watching(browser, site) as watched:
        page = opened(watched.go(f"/sparql?query={quote(FORMS)}"))
        page.locator(".cm-line span", has_text="wise:WiseForm").hover()
        page.wait_for_selector(".cm-tooltip-hover .card")
        assert "institutional arrangement" in page.locator(".cm-tooltip-hover").inner_text()


def test_a_slow_query_says_so_and_can_be_left(browser: Browser, site: str):
    with watching(browser, site) as watched:
        page = opened(watched.go("/sparql"))
        write(page, SLOW)
        page.keyboard.press("Escape")
        page.keyboard.press("Control+Enter")
        assert page.locator(".run button[type=submit]").inner_text() == "Running …"
        page.locator(".stop").click(timeout=4_000)
        page.locator(".run [role=status]", has_text="stopped waiting").wait_for()
        assert page.locator(".run button[type=submit]").inner_text() == "Run"
        assert query(page) == SLOW
        assert page.locator(":focus").inner_text() == "Run"
        page.locator(".cm-content").click()
        # Not left, it meets the limit, which is told; the query stays.
        assert "6 seconds" in run(page)
        assert query(page) == SLOW


def test_a_server_that_is_gone(browser: Browser, site: str):
    with watching(browser, site) as watched:
        page = opened(watched.go(f"/sparql?query={quote(FORMS)}"))
        page.route("**/sparql?query=*", lambda route: route.abort())
        page.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        page.locator(".run [role=status]", has_text="did not answer").wait_for()
        assert query(page) == FORMS


def test_by_keyboard_alone(browser: Browser, site: str):
    """Into the editor by Tab, complete, run, and out again by Tab and Shift+Tab: no trap."""
    with watching(browser, site) as watched:
        page = opened(watched.go("/sparql"))
        inside = "document.querySelector('.host') === document.activeElement"
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(inside):
                break
        assert page.evaluate(inside)
        page.keyboard.press("Control+a")
        page.keyboard.type("ASK { ?form a wisefo")
        offered(page)
        page.keyboard.press("Escape")
        assert page.locator(".cm-tooltip-autocomplete").count() == 0
        assert page.evaluate(inside)
        page.keyboard.press("Control+Space")
        offered(page)
        page.keyboard.press("Enter")
        assert run(page).startswith("Yes")
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Run"
        page.keyboard.press("Shift+Tab")
        assert page.evaluate(inside)
        name = page.locator(".cm-content").get_attribute("aria-label")
        assert name == "Query"


def test_views_come_in_place(browser: Browser, site: str):
    """Another view of the answer does not take away what was typed since."""
    with watching(browser, site) as watched:
        page = opened(watched.go("/sparql"))
        write(page, FORMS.replace("\n", " ").replace("?form ", "?form ?kind ", 1).replace(" }", " ; wise:formKind ?kind }"))
        told = run(page)
        page.locator(".cm-content").click()
        page.keyboard.type(" # on")
        page.get_by_role("navigation", name="Views of this answer").get_by_role("link", name="Bars", exact=True).click()
        page.locator("#answer svg").first.wait_for(state="attached")
        assert "view=bar" in page.url
        assert "# on" in query(page)
        assert page.locator("#answer h2").inner_text().split(" ·")[0] == told.split(" ·")[0]
        page.go_back()
        page.wait_for_load_state()
        assert "view=bar" not in page.url


def test_examples_are_searched_while_typing(browser: Browser, site: str):
    with watching(browser, site) as watched:
        page = opened(watched.go("/sparql"))
        everything = page.locator(".examples li:visible").count()
        page.locator("#find").fill("forms countries")
        assert 0 < page.locator(".examples li:visible").count() < everything
        page.locator("#find").fill("nothing of the kind")
        assert page.locator(".examples .none").is_visible()
        page.locator("#find").fill("")
        page.locator(".examples li a").first.click()
        page.wait_for_url("**/sparql?example=*")
        assert "SELECT" in query(opened(page))


def test_without_scripts_it_is_a_form(browser: Browser, site: str):
    """The field, a run, an error with the lines of the query, the search of examples: all by the server."""
    with watching(browser, site, java_script_enabled=False) as watched:
        page = watched.go("/sparql")
        assert page.locator(".stop").is_hidden()
        page.locator("#query").fill("ASK { ?s ?p ")
        page.get_by_role("button", name="Run").click()
        page.wait_for_url("**/sparql?query=*#answer")
        assert page.locator("#problem").is_visible()
        assert "ASK" in page.locator(".lines .bad").inner_text()
        assert page.locator("#query").input_value() == "ASK { ?s ?p "
        page = watched.go("/sparql?find=forms+countries")
        assert page.locator(".examples li").count() > 0
        assert page.locator(".examples .none").is_hidden()
        assert watched.go("/sparql?find=nothing+of+the+kind").locator(".examples .none").is_visible()


def test_without_npm_the_field_is_plain(browser: Browser, site: str, monkeypatch: pytest.MonkeyPatch):
    """Where the editor's file was never brought, the page offers the field and the lines of an error."""
    monkeypatch.setattr("query_ui.sparql.query_page._EDITOR", "vendor/not-brought.js")
    with watching(browser, site) as watched:
        page = watched.go(f"/sparql?query={quote('ASK {')}")
        assert page.locator("textarea[name=query]").is_visible()
        assert page.locator(".lines .bad").is_visible()
        page.locator("#query").fill("ASK { ?s ?p ?o }")
        page.get_by_role("button", name="Run").click()
        page.wait_for_selector("#result")
        assert page.locator("#result").inner_text().startswith("Yes")
