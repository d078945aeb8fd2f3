"""What stands in a request and means the same on every page: the two languages, and the page of a long list.

The language of the interface and the language of names are two things: a Greek reader may want Greek menus and the
Dutch names of Dutch forms. Each is what the address says (`ui=`, `lang=`), else what was chosen before (a cookie that
holds nothing else), else, for the interface, what the browser asks for, and for names, the language of the interface.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, g, has_request_context, request

from wise_skills.languages import LANGUAGES

CHOSEN = {"ui": "interface", "lang": "names"}
"""Parameters of addresses that are remembered in a cookie of the same name."""
_YEAR = 365 * 24 * 3600


def interface() -> str:
    """Return the language of menus and sentences (BCP 47)."""
    if not has_request_context():
        return "en"
    if "interface" not in g:
        g.interface = _chosen("ui") or request.accept_languages.best_match(["en", *LANGUAGES]) or "en"
    return str(g.interface)


def language() -> str:
    """Return the language of names and texts of the data."""
    return (_chosen("lang") if has_request_context() else "") or interface()


def _chosen(name: str) -> str:
    if name in request.args:
        # Empty or unknown: as if nothing had ever been chosen.
        return request.args[name] if request.args[name] in LANGUAGES else ""
    cookie = request.cookies.get(name, "")
    return cookie if cookie in LANGUAGES else ""


def switched(**languages: str) -> str:
    """Return the address of this page in other languages: `switched(ui="bg")`."""
    # `language` is what the check of a workbook is made in; here it would say the same as `ui`, and speak first.
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in {*languages, "language"}]
    return f"{request.path}?{urlencode([*kept, *languages.items()])}"


def remember(response: Response) -> None:
    """Keep the languages that the address of a page names, for the pages to come."""
    if request.method != "GET" or response.mimetype != "text/html" or response.status_code >= 400:
        return
    for name in CHOSEN:
        value = request.args.get(name)
        if value is None or value == request.cookies.get(name, ""):
            continue
        if value in LANGUAGES:
            response.set_cookie(name, value, max_age=_YEAR, httponly=True, samesite="Lax")
        else:
            response.delete_cookie(name, httponly=True, samesite="Lax")


def page_number() -> int:
    """Return the number of the page of a long list, 1 where it is none."""
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 10_000 else 1
