"""Words that a misspelt word may stand for: one letter wrong, missing, too many, two letters swapped, a blank left out."""

from __future__ import annotations

from collections.abc import Iterator

LEAST = 4
"""Shorter words are not mended: too many others are one letter away."""
_MOST = 30
_ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "αβγδεζηθικλμνξοπρστυφχψω", "абвгдежзиклмнопрстуфхцчшщъьюя")


def near(word: str) -> list[str]:
    """Return all folded words that are one slip away, without repetitions; none for a word too short or too long.

    >>> near("coah")[:3]
    ['oah', 'cah', 'coh']
    """
    if not LEAST <= len(word) <= _MOST or not word.isalpha():
        return []
    letters = next((a for a in _ALPHABETS if not set(word).isdisjoint(a)), "")
    return [w for w in dict.fromkeys(_slips(word, letters)) if w != word]


def _slips(word: str, letters: str) -> Iterator[str]:
    places = range(len(word))
    yield from (word[:i] + word[i + 1 :] for i in places)
    yield from (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in places[:-1])
    yield from (word[:i] + letter + word[i + 1 :] for i in places for letter in letters)
    yield from (word[:i] + letter + word[i:] for i in range(len(word) + 1) for letter in letters)


def split(word: str) -> list[tuple[str, str]]:
    """Return the ways to see two words in one."""
    return [(word[:i], word[i:]) for i in range(LEAST - 1, len(word) - LEAST + 2)]
