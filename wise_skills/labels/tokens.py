"""How a label is written into the two full-text tables, and how a query is written for them.

`words` holds the words of a label and, behind signs that no word contains, its first word (`^`), its length (`=`),
its language (`@`) and the classes of its thing (`#`, a number for each set of classes that occurs): so that FTS5
itself narrows a search instead of leafing through all labels that hold a common word. `parts` holds the text for
FTS5's trigrams, with language and classes as trigrams of private characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wise_skills.languages import primary

PREFIX = 4
"""Beginnings of words up to so many letters have an index of their own."""
WORDS_OPTIONS = f"""detail=none, columnsize=0, prefix='{" ".join(map(str, range(1, PREFIX + 1)))}', tokenize="ascii tokenchars '_^=@#'\""""
PARTS_OPTIONS = """detail=none, columnsize=0, tokenize="trigram case_sensitive 1\""""
_OPEN, _MIDDLE, _CLOSE = "\ue000", "\ue001", "\ue002"
_LANGUAGES, _KINDS = 0xF0000, 0x100000  # the two private planes of Unicode


def words_text(forms: Sequence[str], tag: str, kinds: int) -> str:
    """Return what `words` holds of a label, given its folded forms, its language tag and the number of its set of classes."""
    marks = {f"^{form.partition(' ')[0]} ={len(form)}" for form in forms}
    return " ".join([*sorted(marks), f"@{primary(tag)} #{kinds}", *forms])


def parts_text(forms: Sequence[str], language: int, kinds: int) -> str:
    """Return what `parts` holds of a label, given its folded forms and the numbers of its language and set of classes."""
    tags = _OPEN + chr(_LANGUAGES + language) + _MIDDLE + chr(_KINDS + kinds) + _CLOSE
    return f"{tags} {' '.join(forms)}"


def quoted(token: str) -> str:
    """Return a token in the query language of FTS5; tokens hold no quotes."""
    return f'"{token}"'


def unfinished(token: str) -> str:
    """Return the query for all words that begin with a token."""
    return f'"{token}"*'


def first(word: str) -> str:
    """Return the query for labels whose first word this is."""
    return f'"^{word}"'


def of_length(length: int) -> str:
    """Return the query for labels of so many characters."""
    return f'"={length}"'


def trigrams(words: Iterable[str]) -> list[str]:
    """Return queries for the trigrams that make up words, side by side; labels with these are then looked at whole."""
    starts = ((word, start) for word in words for start in range(len(word) - 2))
    return list(dict.fromkeys(quoted(word[start : start + 3]) for word, start in starts))


def in_language(language: str, number: int) -> dict[str, str]:
    """Return the queries of both tables for labels in a language, given its name and number."""
    return {"words": f'"@{language}"', "parts": quoted(_OPEN + chr(_LANGUAGES + number) + _MIDDLE)}


def of_kinds(numbers: Iterable[int]) -> dict[str, str]:
    """Return the queries of both tables for labels of things whose set of classes is one of these."""
    sets = sorted(numbers)
    return {
        "words": any_of(f'"#{n}"' for n in sets),
        "parts": any_of(quoted(_MIDDLE + chr(_KINDS + n) + _CLOSE) for n in sets),
    }


def all_of(queries: Iterable[str]) -> str:
    """Join queries that must all match."""
    return " AND ".join(queries)


def any_of(queries: Iterable[str]) -> str:
    """Join queries of which one must match."""
    return f"({' OR '.join(queries)})"
