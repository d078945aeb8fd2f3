"""The header Link of things and data: where else the same is, what to cite, under which licence (FAIR Signposting)."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import quote

from flask import current_app
from werkzeug.wrappers import Response

from query_ui.negotiation import HTML, RDF_ENDINGS

_R = TypeVar("_R", bound=Response)
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def absolute(path: str) -> str:
    """Return the address of a path of ours under the configured site, never under the Host header."""
    return str(current_app.config["SITE"]).rstrip("/") + path


def with_format(path: str, ending: str) -> str:
    """Return a path with the parameter `format`."""
    return f"{path}{'&' if '?' in path else '?'}format={ending}"


def signpost(response: _R, *, iri: str = "", alternates: dict[str, str] | None = None, page: str = "") -> _R:
    """Add links to an answer.

    Parameters
    ----------
    response:
        The answer; it is returned as well.
    iri:
        IRI of the thing, which is what should be cited.
    alternates:
        Paths by ending (`ttl`, `nt`, …) at which the same stands in RDF.
    page:
        Path of the page for people.
    """
    links = [f'<{LICENCE}>; rel="license"', f'<{absolute("/dataset")}>; rel="describedby"; type="text/turtle"']
    if iri:
        # Headers hold ASCII only; an IRI may hold more.
        links.append(f'<{quote(iri, safe="%/:?#[]@!$&()*+,;=~")}>; rel="cite-as"')
    links += [f'<{path}>; rel="alternate"; type="{RDF_ENDINGS[ending]}"' for ending, path in (alternates or {}).items()]
    if page:
        links.append(f'<{page}>; rel="alternate"; type="{HTML}"')
    response.headers["Link"] = ", ".join(links)
    return response
