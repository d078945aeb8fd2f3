"""Sentences for everything that can be found: `shapes/messages.ttl`, filled in with the facts.

SHACL's own messages cannot be used for Core constraints (one `sh:message` of a shape is copied onto every
component; an engine's defaults speak of engine objects), so a catalogue beside the shapes holds one sentence
per component and language, with `{column} {value} {allowed} {nearest} {limit} {other}` to be filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process
from rdflib import Literal, URIRef

from wise_skills.names import Names, resource
from wise_skills.tables import read_turtle

_SLOT = re.compile(r"\{(\w+)\}")
ALLOWED_SHOWN = 6


@lru_cache(maxsize=4)
def _catalogue(base: str) -> dict[tuple[str, str], str]:
    names = Names(base)
    graph = read_turtle([resource("shapes") / "messages.ttl"], names)
    return {
        (str(component).rsplit("#", 1)[-1], text.language or "en"): str(text)
        for component, text in graph.subject_objects(URIRef(names.tab + "message"))
        if isinstance(text, Literal)
    }


def sentence(component: str, facts: dict[str, str], language: str = "en") -> str:
    """Return the sentence for a component, with its facts filled in.

    Parameters
    ----------
    component:
        Local name, such as `MinCountConstraintComponent` or `UnknownColumn`.
    facts:
        Values of the slots; a slot without a value is left out of the sentence.
    language:
        BCP 47 tag; English where the catalogue has no such language.
    """
    texts = _catalogue(Names().base)
    text = texts.get((component, language)) or texts.get((component, "en"))
    if text is None:
        raise KeyError(f"shapes/messages.ttl has no sentence for {component}")
    filled = _SLOT.sub(lambda m: facts.get(m.group(1), ""), text)
    return re.sub(r"\s+", " ", filled).strip()


def components() -> set[str]:
    """Return the components that the catalogue has an English sentence for."""
    return {component for component, language in _catalogue(Names().base) if language == "en"}


def nearest(value: str, choices: Iterable[str]) -> str:
    """Return the choice that a mistyped value most probably meant, or an empty text if none is near.

    Of choices that are equally near the first in the alphabet is taken, so that a report does not change by chance.
    """
    found = process.extractOne(value.lower(), {c: c.lower() for c in sorted(set(choices))}, scorer=fuzz.WRatio, score_cutoff=72)
    return found[2] if found else ""


def shortlist(choices: Iterable[str]) -> str:
    """Return up to six choices in a sentence, and how many more there are."""
    options = sorted(dict.fromkeys(choices), key=str.lower)
    shown = ", ".join(options[:ALLOWED_SHOWN])
    rest = len(options) - ALLOWED_SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown
