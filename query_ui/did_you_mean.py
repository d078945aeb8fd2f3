"""What somebody may have meant: the words of what was found, where they stand for words that were typed with a slip."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from wise_skills.labels import Hit, fold

_LEAST, _HITS, _LIKE = 4, 12, 0.7


def did_you_mean(typed: str, hits: Iterable[Hit]) -> str:
    """Return the text with mended words, empty where every word is found as it was typed or nothing is like it.

    >>> did_you_mean("job caoch", [Hit("x", "job coach", "en", (), "", "Job coach")])
    'job coach'
    """
    known: dict[str, None] = {}
    for hit in list(hits)[:_HITS]:
        known.update(dict.fromkeys(w for text in (hit.matched, hit.label) for w in fold(text).split()))
    mended = []
    for word in fold(typed).split():
        if len(word) < _LEAST or any(k.startswith(word) or (len(word) > _LEAST and word in k) for k in known):
            mended.append(word)
            continue
        like, best = max(((SequenceMatcher(None, word, k).ratio(), k) for k in known), default=(0.0, ""))
        mended.append(best if like >= _LIKE else word)
    text = " ".join(mended)
    return text if text != " ".join(fold(typed).split()) else ""
