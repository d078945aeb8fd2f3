"""Sentences for everything that can be found: `shapes/messages.ttl`, filled in with the facts.

SHACL's own messages cannot be used for Core constraints (one `sh:message` of a shape is copied onto every
component; an engine's defaults speak of engine objects), so a catalogue beside the shapes holds one sentence
per component and language, with `{column} {value} {allowed} {nearest} {limit} {other}` to be filled in. Parts of
sentences, and the texts of workbook and check page, stand there too: all that a contributor reads is in one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from pyoxigraph import Literal, RdfFormat, parse
from rapidfuzz import fuzz, process

from wise_skills.languages import LANGUAGES, collated, spoken
from wise_skills.names import PREFIXES, resource

_SLOT = re.compile(r"\{(\w+)\}")
_LONGEST = 600  # of a fact in a sentence: a cell may hold 32,767 characters
ALLOWED_SHOWN = 6


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> dict[str, str]:
    """Return the sentences of a language by the local name of their component."""
    folder = resource("shapes")
    files = [folder / "messages.ttl", folder / f"texts-{language}.ttl"]
    return {
        quad.subject.value.rsplit("#", 1)[-1]: quad.object.value
        for path in files
        if path.is_file()
        for quad in parse(path.read_bytes(), RdfFormat.TURTLE)
        if quad.predicate.value == PREFIXES["tab"] + "message" and isinstance(quad.object, Literal) and quad.object.language == language
    }


def sentence(component: str, facts: Mapping[str, str] | None = None, language: str = "") -> str:
    """Return the sentence for a component, with its facts filled in.

    Parameters
    ----------
    component:
        Local name, such as `MinCountConstraintComponent` or `UnknownColumn`.
    facts:
        Values of the slots; a slot without a value is left out of the sentence.
    language:
        BCP 47 tag; that which is spoken by default. English where the catalogue has no such sentence.
    """
    text = catalogue(language or spoken()).get(component) or catalogue("en").get(component)
    if text is None:
        raise KeyError(f"shapes/messages.ttl has no sentence for {component}")
    given = {name: fact if len(fact) <= _LONGEST else fact[:_LONGEST].rstrip() + "…" for name, fact in (facts or {}).items()}
    filled = _SLOT.sub(lambda m: given.get(m.group(1), ""), text)
    return re.sub(r"[ \t\r\n]+", " ", filled).strip()  # a no-break space stays one


def phrase(name: str, value: str = "", **facts: str) -> str:
    """Return a part of a sentence in the language that is spoken."""
    return sentence(name, {"value": value, **facts})


def components() -> set[str]:
    """Return the components that the catalogue has an English sentence for."""
    return set(catalogue("en"))


def nearest(value: str, choices: Iterable[str]) -> str:
    """Return the choice that a mistyped value most probably meant, or an empty text if none is near.

    Of choices that are equally near the first in the alphabet is taken, so that a report does not change by chance.
    """
    found = process.extractOne(value.lower(), {c: c.lower() for c in sorted(set(choices))}, scorer=fuzz.WRatio, score_cutoff=72)
    return found[2] if found else ""


def shortlist(choices: Iterable[str]) -> str:
    """Return up to six choices in a sentence, and how many more there are."""
    options = sorted(dict.fromkeys(choices), key=collated)
    shown = ", ".join(options[:ALLOWED_SHOWN])
    rest = len(options) - ALLOWED_SHOWN
    return phrase("AndMore", shown, limit=str(rest)) if rest > 0 else shown


def did_you_mean(guess: str) -> str:
    """Return the question whether a near choice was meant; empty where none is near."""
    return phrase("DidYouMean", guess) if guess else ""
