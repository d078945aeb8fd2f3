"""The languages in which people are spoken to; which of them is spoken now is said in `speech`."""

from __future__ import annotations

import unicodedata
from functools import cache

from pyoxigraph import Literal, RdfFormat, parse

from wise_skills.names import NOTATION, resource
from wise_skills.speech import said, speaking, spoken, told

__all__ = ["LANGUAGES", "collated", "known_tags", "primary", "said", "speaking", "spoken", "told"]

LANGUAGES = {
    "bg": "български",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "español",
    "fr": "français",
    "hr": "hrvatski",
    "it": "italiano",
    "lv": "latviešu",
    "nl": "Nederlands",
    "pl": "polski",
    "ro": "română",
    "sl": "slovenščina",
}
"""BCP 47 tags of the project's languages, with their own names."""


def primary(tag: str) -> str:
    """Return the language of a tag without script and region: `en` for `en-GB` (RFC 5646, 2.2.1)."""
    return tag.lower().partition("-")[0]


@cache
def known_tags() -> frozenset[str]:
    """Return the tags of all languages that texts may be in: those of the list of languages."""
    path = resource("ontology") / "schemes" / "languages.ttl"
    return frozenset(
        quad.object.value
        for quad in parse(path.read_bytes(), RdfFormat.TURTLE)
        if quad.predicate.value == NOTATION and isinstance(quad.object, Literal)
    )


def collated(text: str) -> str:
    """Return what a text is sorted by: letters with accents stand with those without, capitals with small ones."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
