"""In which language lines are written, when nobody says it: py3langid's guess for all of them together, without a network.

One title is too short to be sure of, a handful of lines is not: they are therefore read as one text.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from threading import Lock

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from wise_skills.languages import LANGUAGES

SURE = 0.7
"""What a guess needs to count; languages that nobody here speaks are not guessed."""
MOST_SIGNS = 20_000
"""So many characters are read."""
_lock = Lock()


def language_of(texts: Iterable[str], likely: str = "") -> str:
    """Return the tag of the language in which texts are written (one of `LANGUAGES`), empty where it is not plain.

    Parameters
    ----------
    texts:
        Labels, sentences.
    likely:
        The language that is as likely as all others together before anything is read: the reader's own.

    Examples
    --------
    >>> language_of(["Pripremiti povrće za kuhanje", "Razvrstati otpad za recikliranje"])
    'hr'
    >>> language_of(["Kuhar"]), language_of(["Kuhar"], likely="hr"), language_of(["1234"])
    ('', 'hr', '')
    """
    whole = "\n".join(texts)[:MOST_SIGNS]
    if not any(sign.isalpha() for sign in whole):
        return ""
    with _lock:  # its tables of numbers are shared
        chances = {str(tag): float(chance) for tag, chance in _identifier().rank(whole)}
    if likely in chances:
        chances[likely] *= len(chances) - 1
    tag = max(chances, key=lambda known: chances[known])
    return tag if chances[tag] >= SURE * sum(chances.values()) else ""


@cache
def _identifier() -> LanguageIdentifier:
    made = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    made.set_languages(list(LANGUAGES))
    return made
