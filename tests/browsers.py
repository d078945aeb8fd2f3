"""A real browser for tests: Debian's Chromium through Playwright, with everything noted that goes wrong on a page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.requirements import require

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
_OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@contextmanager
def launched() -> Iterator[Browser]:
    """Start Chromium; skip the test where there is none."""
    require("chromium")
    require("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """A page with everything that went wrong on it."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.page = context.new_page()
        self.site = site
        self.problems: list[str] = []
        # A 404 that was asked for is told on the console as well: it is no fault of the page.
        self.page.on("console", lambda m: self._add(m.type, m.text) if "Failed to load resource" not in m.text else None)
        self.page.on("pageerror", lambda e: self._add("error", str(e)))
        self.page.on("dialog", lambda d: (self._add("dialog", d.message), d.dismiss()))
        self.page.on("request", lambda r: None if r.url.startswith((site, "data:")) else self._add("request", r.url))

    def _add(self, kind: str, text: str) -> None:
        self.problems.append(f"{kind}: {text}")

    def go(self, path: str) -> Page:
        self.page.goto(self.site + path.lstrip("/"))
        return self.page


@contextmanager
def watching(browser: Browser, site: str, width: str = "desk", **options: object) -> Iterator[Watched]:
    """Open a page of that width; what goes wrong on it (console, request elsewhere) fails the test at its end."""
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    context = browser.new_context(viewport=size, **options)  # type: ignore[arg-type]
    try:
        watched = Watched(context, site)
        yield watched
        assert not watched.problems, watched.problems
    finally:
        context.close()
