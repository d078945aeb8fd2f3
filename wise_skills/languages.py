"""The languages in which people are spoken to, and the one that is spoken now.

A check is made in one language from beginning to end: which one is a matter of who asks, not of what is checked, so it
is set once around the whole (`with speaking("nl"):`) instead of being handed from function to function.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from pyoxigraph import Literal, RdfFormat, parse

from wise_skills.names import NOTATION, resource

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

_SPOKEN: ContextVar[str] = ContextVar("spoken", default="en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use a language for all sentences and names that are made inside."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


@cache
def known_tags() -> frozenset[str]:
    """Return the tags of all languages that texts may be in: those of the list of languages."""
    path = resource("ontology") / "schemes" / "languages.ttl"
    return frozenset(
        quad.object.value
        for quad in parse(path.read_bytes(), RdfFormat.TURTLE)
        if quad.predicate.value == NOTATION and isinstance(quad.object, Literal)
    )


def spoken() -> str:
    """Return the language that is spoken now; English unless somebody said otherwise."""
    return _SPOKEN.get()


def collated(text: str) -> str:
    """Return what a text is sorted by: letters with accents stand with those without, capitals with small ones."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def said(texts: Mapping[str, str], otherwise: str = "") -> str:
    """Return a text in the language that is spoken now, else in English, else `otherwise`."""
    return texts.get(_SPOKEN.get()) or texts.get("en") or otherwise
