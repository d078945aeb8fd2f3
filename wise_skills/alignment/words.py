"""Words of labels: the folded form, tokens, stems, and what a label means when its slashes are spelled out.

Unlike `labels.folding`, folding here keeps the signs: `a/b` and `(in)` tell something to character n-grams.
Nothing here knows ESCO. A language without a stemmer keeps the first letters of its words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from threading import Lock

import simplemma
import snowballstemmer

# Snowball's algorithm by language tag; Croatian, Bosnian and Montenegrin are served by the Serbian one, which reads both scripts.
_SNOWBALL = {
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hr": "serbian",
    "bs": "serbian",
    "sr": "serbian",
    "hu": "hungarian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
# simplemma's name of a language that has no Snowball stemmer; of the lemma the first letters are taken.
_LEMMAS = {"bg": "bg", "is": "is", "lv": "lv", "mk": "mk", "sk": "sk", "sl": "sl", "uk": "uk"}
_PREFIX = 6
COUNTRY_LANGUAGES = {
    "aut": "de",
    "bel": "nl",
    "bgr": "bg",
    "cze": "cs",
    "deu": "de",
    "dnk": "da",
    "esp": "es",
    "est": "et",
    "fra": "fr",
    "hrv": "hr",
    "hun": "hu",
    "ita": "it",
    "ltu": "lt",
    "lva": "lv",
    "nld": "nl",
    "nor": "no",
    "pol": "pl",
    "prt": "pt",
    "rou": "ro",
    "svk": "sk",
    "svn": "sl",
    "swe": "sv",
    "usa": "en",
}
"""The language of a country's classification, by the country's three letters."""

_TOKEN = re.compile(r"\w+")
_SLASH = re.compile(r"\s*/\s*")


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Return a text in lower case, without the accents of Latin and Greek letters, one blank between words.

    Cyrillic letters stay as they are (`й` is no `и`); the Greek final sigma becomes the common one.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not folded.isascii():
        folded = "".join(_plain(letter) for letter in folded)
    return " ".join(folded.split())


@cache
def _plain(letter: str) -> str:
    name = unicodedata.name(letter, "")
    if not name.startswith(("LATIN", "GREEK")):
        return letter
    base = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return {"ł": "l", "đ": "d", "ø": "o", "ς": "σ"}.get(base, base)


def tokens(text: str) -> list[str]:
    """Return the words of a text, folded."""
    return _TOKEN.findall(fold(text))


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    language = language.split("-")[0].lower()
    if language in _SNOWBALL:
        stemmer = snowballstemmer.stemmer(_SNOWBALL[language])
        lock = Lock()  # a stemmer keeps its word in itself while it works

        def stem_word(word: str) -> str:
            with lock:
                return str(stemmer.stemWord(word))

        return stem_word
    if language in _LEMMAS:
        return lambda word: str(simplemma.lemmatize(word, lang=_LEMMAS[language]))[:_PREFIX]
    return lambda word: word[:_PREFIX]


@lru_cache(maxsize=500_000)
def stem(word: str, language: str) -> str:
    """Return the stem of a word in lower case, folded; the stemmer sees the accents, which tell endings apart."""
    return fold(_stemmer(language)(word))


def stems(text: str, language: str) -> list[str]:
    """Return the stems of the words of a text in its language (a tag such as `hr`)."""
    lowered = unicodedata.normalize("NFKC", text).lower()
    return [stem(word, language) for word in _TOKEN.findall(lowered)]


@lru_cache(maxsize=200_000)
def variants(text: str) -> tuple[str, ...]:
    """Return a label, first as it is, and what its slashes spell out; there are at most four.

    `Kuhar/kuharica` is also `Kuhar` and `kuharica`; what follows one of two forms belongs to both: `Accrocheur / Accrocheuse
    de volaille` is also `Accrocheur de volaille` and `Accrocheuse de volaille`. Parentheses stay: what is in them counts.
    """
    parts = [part for part in _SLASH.split(text) if part] if "/" in text and len(text) < 200 else []
    if len(parts) == 2:
        left, right = (part.split() for part in parts)
        parts = [" ".join((*left, *right[len(left) :])), " ".join((*right, *left[len(right) :]))]
    return tuple(dict.fromkeys((text, *parts[:3])))
