"""Where a thing of the graph stands on this site: IRI ↔ path. Links are paths, never made from the Host header."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

_SAFE = "/:@!$&'()*+,;=~-._"
_OWN_PAGES = ("ns", "shapes", "tab", "scheme", "source", "graph", "dataset", "sparql")
ROWS = 60
"""How many rows of a table a page shows; the address of a later row names it, so that its page is found."""
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]")


def web_address(iri: str) -> str | None:
    r"""Return an IRI if a link to it is harmless (`http`, `https`, `mailto`), else `None`.

    Control characters are taken away before the scheme is read, as browsers do.

    >>> web_address("java\nscript:alert(1)") is None
    True
    """
    plain = _CONTROL.sub("", iri)
    return plain if plain.lower().startswith(("http://", "https://", "mailto:")) else None


def host(iri: str) -> str:
    """Return the host of an address without `www.`, for a short link; the IRI itself where it has none.

    >>> host("https://www.vlaio.be/nl/x")
    'vlaio.be'
    """
    try:
        return (urlsplit(iri).hostname or iri).removeprefix("www.")
    except ValueError:
        return iri


class Addresses:
    """Paths of this site for the IRIs of one graph.

    Parameters
    ----------
    base:
        Base of our own IRIs; everything else has its page under `/page?iri=`.
    """

    def __init__(self, base: str) -> None:
        self.base = base

    def path(self, iri: str) -> str:
        """Return the path of the page about an IRI."""
        rest = iri.removeprefix(self.base) if iri.startswith(self.base) else ""
        head = re.split(r"[/#]", rest, maxsplit=1)[0]
        if head == "id" and len(rest) > 3:
            return "/page/" + quote(rest[3:], safe=_SAFE)
        if head in _OWN_PAGES:
            document, hash_, fragment = rest.partition("#")
            # The IRI of a file's row holds the file's name quoted already (`my%20data.xlsx`).
            safe = _SAFE + "%" if head == "source" else _SAFE
            number = fragment.removeprefix("row=") if head == "source" else ""
            asked = f"?row={number}" if number.isascii() and number.isdigit() and int(number) > ROWS else ""
            return "/" + quote(document, safe=safe) + asked + (hash_ + quote(fragment, safe=_SAFE) if hash_ else "")
        return "/page?iri=" + quote(iri, safe="")

    def data(self, iri: str, ending: str) -> str:
        """Return the path of the statements about an IRI in the format of an ending such as `ttl`."""
        if iri.startswith(self.base + "id/"):
            return "/data/" + quote(iri.removeprefix(self.base + "id/"), safe=_SAFE) + "." + ending
        return f"/data?iri={quote(iri, safe='')}&format={ending}"

    def thing(self, path: str) -> str:
        """Return the IRI of a thing from what follows `/id/`, `/page/` or `/data/`."""
        return f"{self.base}id/{path}"
