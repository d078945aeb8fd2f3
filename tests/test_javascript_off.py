"""Every page with scripts switched off: nothing to press that does nothing, all forms can be sent, links within the page lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browsers import WIDTHS, watching
from tests.pages import ACTIONS, PAGES, whole_site
from tests.test_axe import arrive
from wise_skills.release import Release

if TYPE_CHECKING:
    from playwright.sync_api import Browser

KINDS = (*PAGES, *ACTIONS)
# Playwright evaluates from outside, also where the page's own scripts are off.
DEAD = """() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const shown = (e) => e.checkVisibility() && !e.closest("svg");
  const sends = (form) => form && [...form.elements].some((e) => e.type === "submit" && shown(e));
  const reasons = {
    "a link without address": (e) => e.matches("a:not([href])"),
    "a link to a place that is not on the page": (e) =>
      e.matches("a[href^='#']") && !document.getElementById(decodeURIComponent(e.getAttribute("href").slice(1))),
    "a button that only a script could answer": (e) => e.matches("button[type=button], input[type=button], [role=button]:not(button)"),
    "a button outside of any form": (e) => e.matches("button, input[type=submit]") && !e.form,
    "a field that no button sends": (e) => e.matches("input:not([type=submit]), select, textarea") && !sends(e.form),
  };
  return [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, [role=button]")].filter(shown).flatMap((e) =>
    Object.keys(reasons).filter((r) => reasons[r](e)).map((r) => `${r}: ${e.outerHTML.slice(0, 160)}`));
}"""


@pytest.fixture(scope="module")
def site(joined: Release) -> Iterator[str]:
    with whole_site(joined) as address:
        yield address


@pytest.mark.parametrize("width", WIDTHS)
def test_no_dead_control(browser: Browser, site: str, width: str):
    told = []
    with watching(browser, site, width, java_script_enabled=False) as watched:
        for kind in KINDS:
            page = arrive(watched.page, site, kind)
            told += [f"{kind} ({page.url.removeprefix(site)}): {reason}" for reason in page.evaluate(DEAD)]
    assert not told, "\n".join(told)


def test_the_same_with_scripts_is_calm(browser: Browser, site: str):
    """With scripts on: nothing on the console, nothing from another origin, no refusal by the Content-Security-Policy, nothing moves."""
    shifts = """window.shifted = 0;
    new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifted += e.value; })
      .observe({ type: "layout-shift", buffered: true });"""
    moved = {}
    with watching(browser, site) as watched:
        watched.page.add_init_script(shifts)
        for kind in PAGES:
            page = arrive(watched.page, site, kind)
            page.wait_for_timeout(250)
            moved[kind] = page.evaluate("window.shifted")
    # Web Vitals call 0.1 good; the pages hold nothing that should move at all.
    assert {kind: round(shift, 3) for kind, shift in moved.items() if shift > 0.02} == {}
