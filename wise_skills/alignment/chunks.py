"""A sentence in chunks, each of which may name a skill.

Sentences of job advertisements and learning outcomes name several skills. A chunk is what stands between punctuation and
conjunctions, and once more what stands between these and prepositions; the words are in `chunks.yaml` by language.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

MOST = 24
"""No more chunks are made of a text."""
_LONGEST = 2000  # characters of a text that are split
_STOPS = r"[,;:()\[\]{}•·|*\n\r\t…!?/]|\.(?=\s|$)|\s[-–—]\s"


@cache
def joining() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the words between which texts are split, by language tag: conjunctions under `and`, prepositions under `in`."""
    text = Path(__file__).with_name("chunks.yaml").read_text(encoding="utf-8")
    return {tag: {name: tuple(words.split()) for name, words in lists.items()} for tag, lists in yaml.safe_load(text).items()}


@cache
def _splitter(language: str, lists: tuple[str, ...]) -> re.Pattern[str]:
    known = joining().get(language, {})
    words = sorted((word for name in lists for word in known.get(name, ())), key=lambda word: (-len(word), word))
    between = rf"|(?<![\w'’-])(?:{'|'.join(map(re.escape, words))})(?![\w'’-])" if words else ""
    return re.compile(_STOPS + between, re.IGNORECASE)


def chunks(text: str, language: str = "") -> tuple[str, ...]:
    """Return the chunks of a text, each once, without the text itself: the coarse ones first, in the order in which they stand.

    Parameters
    ----------
    text:
        A label or a sentence; only its first 2,000 characters are split.
    language:
        Its language tag; a text in a language whose words are not known is split at punctuation only.

    Returns
    -------
    At most 24 chunks; none for a text that does not fall into parts.
    """
    tag, found = language.split("-")[0].lower(), dict[str, None]()
    for lists in (("and",), ("and", "in")):
        for part in _splitter(tag, lists).split(text[:_LONGEST]):
            chunk = " ".join(part.strip(" \"'“”„«»‘’.-–—").split())
            if re.search(r"\w", chunk):
                found.setdefault(chunk)
    whole = " ".join(text.split())
    return tuple(chunk for chunk in found if chunk not in (whole, whole.rstrip(". ")))[:MOST]
