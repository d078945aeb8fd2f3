"""axe-core finds nothing on any page: light and dark, three languages of different scripts, desktop and phone.

Every page is seen in each language, in each scheme and on each size; together the pages meet every combination.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from tests.browsers import watching
from tests.pages import ACTIONS, PAGES, SCRIPTED, STATUS, whole_site
from tests.requirements import AXE, require
from wise_skills.release import Release

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LANGUAGES, SCHEMES, WIDTHS = ("en", "el", "bg"), ("light", "dark"), ("desk", "phone")
COMBINATIONS = tuple(product(LANGUAGES, SCHEMES, WIDTHS))
STATES = ACTIONS | SCRIPTED
KINDS = (*PAGES, *STATES)
# All rules of axe that are on by default (WCAG 2.0 to 2.2, A and AA, and best practice), and the size of targets (2.5.8), which is not.
RUN = """async () => {
  for (const details of document.querySelectorAll("details:not(.languages)")) details.open = true;
  const found = await axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } });
  const said = ({ target, html, failureSummary }) => [target.join(" "), html, failureSummary];
  return found.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(said) }));
}"""


def seen_in(language: str, scheme: str, width: str) -> list[str]:
    """Which kinds of pages are looked at in a combination: three looks at each, of which no two are alike in language."""
    place = LANGUAGES.index(language)
    return [
        kind for n, kind in enumerate(KINDS) if (SCHEMES[(n + place) % 2], WIDTHS[(n // 2 + place + (place == 2)) % 2]) == (scheme, width)
    ]


def test_every_page_is_seen_in_everything():
    for kind in KINDS:
        looks = [c for c in COMBINATIONS if kind in seen_in(*c)]
        assert [{c[n] for c in looks} for n in range(3)] == [set(LANGUAGES), set(SCHEMES), set(WIDTHS)], kind
    assert all(seen_in(*c) for c in COMBINATIONS)


@pytest.fixture(scope="module")
def site(joined: Release) -> Iterator[str]:
    require("npm")
    with whole_site(joined) as address:
        yield address


@pytest.mark.parametrize(("language", "scheme", "width"), COMBINATIONS, ids=["-".join(c) for c in COMBINATIONS])
def test_no_violation(browser: Browser, site: str, language: str, scheme: str, width: str):
    axe, told = AXE.read_text(encoding="utf-8"), []
    with watching(browser, site, width, locale=language, color_scheme=scheme) as watched:
        for kind in seen_in(language, scheme, width):
            page = arrive(watched.page, site, kind)
            assert page.locator("html").get_attribute("lang") == language, kind
            # Evaluated from outside the page, so the page's Content-Security-Policy stays as it is.
            page.evaluate(axe)
            told += [describe(kind, page.url.removeprefix(site), v) for v in page.evaluate(RUN)]
    assert not told, "\n\n".join([f"{len(told)} violations ({language}, {scheme}, {width})", *told])


def arrive(page: Page, site: str, kind: str) -> Page:
    """Go to a kind of page."""
    address, act = (PAGES[kind], None) if kind in PAGES else STATES[kind]
    answer = page.goto(site + address.lstrip("/"))
    assert answer is not None
    assert answer.status == STATUS.get(kind, 200), (kind, address)
    if act:
        act(page)
    return page


def describe(kind: str, address: str, violation: dict[str, Any]) -> str:
    """What is wrong, on which page, where, and how it is mended."""
    lines = [f"{kind} (/{address}): {violation['help']} [{violation['id']}]"]
    for target, html, mend in violation["nodes"][:3]:
        lines += [f"  at {target}: {html[:200]}", *(f"    {line}" for line in mend.splitlines())]
    more = len(violation["nodes"]) - 3
    return "\n".join([*lines, f"  and {more} more" if more > 0 else ""]).rstrip()
