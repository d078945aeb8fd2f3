"""Choosing a media type for a request: the header Accept, and names of formats (RFC 9110, §12.5.1).

Pure functions, because every address of ours that has more than one form depends on them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

HTML = "text/html"
PROBLEM = "application/problem+json"
TURTLE, N_TRIPLES, JSON_LD, RDF_XML = "text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"
RDF_TYPES = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)

FORMATS = {
    "html": HTML,
    "ttl": TURTLE,
    "nt": N_TRIPLES,
    "jsonld": JSON_LD,
    "rdf": RDF_XML,
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
"""Names of formats, as file endings and as values of `format=`."""

RDF_ENDINGS = {ending: media for ending, media in FORMATS.items() if media in RDF_TYPES}

# What older clients call our types; `xml` and `json` alone mean whichever of the two the answer can be.
_ALIASES = {
    "application/json": ("application/sparql-results+json", JSON_LD, PROBLEM),
    "application/xml": ("application/sparql-results+xml", RDF_XML),
    "text/xml": ("application/sparql-results+xml", RDF_XML),
    "application/xhtml+xml": (HTML,),
    "text/plain": (N_TRIPLES,),
    "application/x-turtle": (TURTLE,),
    "text/rdf+n3": (TURTLE,),
    "text/n3": (TURTLE,),
}
_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


class Range(NamedTuple):
    """One range of an Accept header with its weight."""

    media: str
    quality: float


def ranges(accept: str) -> list[Range]:
    """Read an Accept header; what cannot be read is left out, parameters other than `q` are ignored.

    >>> ranges("text/html, */*;q=0.1")
    [Range(media='text/html', quality=1.0), Range(media='*/*', quality=0.1)]
    """
    found = []
    for part in accept.lower().split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        if media == "*":  # what some old clients send
            media = "*/*"
        if media.count("/") != 1:
            continue
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                quality = float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
        found.append(Range(media, quality))
    return found


def quality(offer: str, accepted: Sequence[Range]) -> float:
    """Return the weight of a type: that of the most specific range which it falls into."""
    best = (0, 0.0)
    for given in accepted:
        if given.media == offer:
            rank = 4
        elif offer in _ALIASES.get(given.media, ()):
            rank = 3
        elif given.media == offer.partition("/")[0] + "/*":
            rank = 2
        elif given.media == "*/*":
            rank = 1
        else:
            continue
        best = max(best, (rank, given.quality))
    return best[1]


def choose(accept: str | None, offers: Sequence[str]) -> str | None:
    """Return the offer that a client likes best, the earlier of equals; `None` if it accepts none.

    No header, an empty or an unreadable one accept everything.

    >>> choose("application/rdf+xml;q=0.5, text/turtle", RDF_TYPES)
    'text/turtle'
    """
    accepted = ranges(accept or "")
    if not accepted:
        return offers[0]
    weights = {offer: quality(offer, accepted) for offer in offers}
    best = max(offers, key=lambda offer: weights[offer])  # the first of equals
    return best if weights[best] > 0 else None
