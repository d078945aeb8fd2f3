"""The form in which texts are compared: lower case, no marks, words apart by one blank.

It is the same for labels and queries, so that `etude` finds `Étude`, `σ` finds `ς`, `ţ` finds `ț`, `й` finds `и`.
"""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not take apart into a letter and a mark; what is invisible inside words goes.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff")
)
# How letters are written where the keyboard lacks them: Gaertner, medjunarodni, Aarhus.
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "đ": "dj"})
_TO_SPELL = re.compile("[äöüåøđ]")
_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Return the form in which texts are compared: words in lower case without diacritics.

    >>> fold("Ápréntès-Straße")
    'aprentes strasse'
    """
    if text.isascii():
        plain = text.lower()
    else:
        # Taken apart before and after the change of case: each may bring forth what the other takes away.
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
        if any(map(unicodedata.combining, plain)):
            plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_WORD.findall(plain))


def forms(text: str) -> tuple[str, ...]:
    """Return the folded form and, where letters are often spelt out, the form with these: never empty.

    >>> forms("Gärtner")
    ('gartner', 'gaertner')
    """
    folded = fold(text)
    if text.isascii():
        return (folded,)
    lower = unicodedata.normalize("NFC", text).lower()
    if not _TO_SPELL.search(lower):
        return (folded,)
    return tuple(dict.fromkeys((folded, fold(lower.translate(_SPELT)))))
