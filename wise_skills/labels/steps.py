"""The steps of a search, the strictest first: the whole text, its beginning, all words, word parts, slips, any word.

A step is a query of FTS5 for one of the two tables, and a check of what a query cannot say.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from typing import NamedTuple

from wise_skills.labels import slips
from wise_skills.labels.tokens import PREFIX, all_of, any_of, first, of_length, quoted, trigrams, unfinished

_RAREST = 4  # so many words find labels; the others are only looked for in these
_MENDED = 3  # so many words may be misspelt
_COMMON = 1000  # a word in so many labels counts as finished
_NEAR = 12  # for each, so many others are tried


class Step(NamedTuple):
    """What to ask of which table; `fits` says of the folded forms of a label whether it is a hit."""

    table: str
    query: str
    fits: Callable[[str], bool]


def steps(file: sqlite3.Connection, words: Sequence[str], found: Sized) -> Iterator[tuple[Step, ...]]:
    """Yield the steps of a search for folded words, of which the last may be unfinished.

    Steps that come together are ever wider: where the last finds little, the others need not be asked, because
    their hits are among its own. `found` is what the search fills meanwhile: slips are looked for only if it stays
    empty.
    """
    *finished, last = words
    labels = _labels(file, words)
    if labels.keys() >= set(finished):
        whole = [_whole(words, labels)] if last in labels else []
        yield (*whole, _beginning(words, labels), _all(words, labels))
    if parts := _parts(words, labels):
        yield (parts,)
    terms = {word: (labels[word], quoted(word)) for word in finished if word in labels}
    if _begun(file, [last]):
        terms[last] = labels.get(last, 1), _last(words, labels)
    if not found and (mended := _mended(file, [word for word in words if word not in terms], last)):
        terms |= mended
        if terms.keys() >= set(words):
            yield (_together(terms, last),)
    for step in _any(terms, words, found):
        yield (step,)


def _whole(words: Sequence[str], labels: dict[str, int]) -> Step:
    text = " ".join(words)
    query = all_of([first(words[0]), of_length(len(text)), *_rarest(words[1:], labels)])
    return Step("words", query, lambda forms: text in forms.split("\n"))


def _beginning(words: Sequence[str], labels: dict[str, int]) -> Step:
    text = " ".join(words)
    query = unfinished(f"^{text}")
    if len(words) > 1:
        query = all_of([first(words[0]), *_rarest(words[1:-1], labels), _last(words, labels)])
    return Step("words", query, lambda forms: any(form.startswith(text) for form in forms.split("\n")))


def _all(words: Sequence[str], labels: dict[str, int]) -> Step:
    *finished, last = words
    rarest = _rarest(finished, labels)
    others = [f" {last}", *(f" {word} " for word in set(finished) if quoted(word) not in rarest)]

    def fits(forms: str) -> bool:
        spaced = _spaced(forms)
        return all(other in spaced for other in others)

    return Step("words", all_of([*rarest, _last(words, labels)]), fits)


def _last(words: Sequence[str], labels: dict[str, int]) -> str:
    """The query for the last word: FTS5 gathers all words that begin with it unless its index of beginnings goes so far."""
    if labels.get(words[-1], 0) > _COMMON:
        return quoted(words[-1])  # finished: so many labels have it that longer words come too late
    return unfinished(words[-1][:PREFIX] if len(words) > 1 else words[-1])


def _parts(words: Sequence[str], labels: dict[str, int]) -> Step | None:
    """Words within others; of two letters, at the beginning of others; of one letter, left out."""
    parts = {word if len(word) > 2 else f" {word}": labels.get(word, 0) for word in words if len(word) > 1}
    if all(len(word) < 3 for word in words):
        return None
    rarest = sorted(parts, key=lambda part: (parts[part], -len(part)))[:_RAREST]
    return Step("parts", all_of(trigrams(rarest)), lambda forms: all(part in _spaced(forms) for part in parts))


def _any(terms: dict[str, tuple[int, str]], words: Sequence[str], found: Sized) -> Iterator[Step]:
    """First as many of the rarest words as possible together, then each alone, `de` and `in` only if all else failed."""
    rarest = sorted(terms, key=lambda word: terms[word])
    wanted = len(set(words))
    most = len(rarest) if len(rarest) < wanted else len(rarest) - 1
    for number in range(min(most, _RAREST), 1, -1):
        yield _together({word: terms[word] for word in rarest[:number]}, words[-1])
    for word in rarest if most else ():
        query = terms[word][1]
        if len(word) > 2 or not found:
            yield Step("words", unfinished(word) if query == unfinished(word[:PREFIX]) else query, lambda _: True)


def _together(terms: dict[str, tuple[int, str]], last: str) -> Step:
    begun = f" {last}" if terms.get(last, (0, ""))[1] == unfinished(last[:PREFIX]) else ""
    return Step("words", all_of(query for _, query in terms.values()), lambda forms: begun in _spaced(forms))


def _spaced(forms: str) -> str:
    return f" {forms} ".replace("\n", " ")


def _mended(file: sqlite3.Connection, unknown: Sequence[str], last: str) -> dict[str, tuple[int, str]]:
    """For words that no label has, the query for those that may be meant."""
    found = {}
    for word in unknown[:_MENDED]:
        near = _labels(file, slips.near(word))
        queries = [quoted(other) for other in sorted(near, key=lambda other: (-near[other], other))[:_NEAR]]
        halves = slips.split(word)
        known = _labels(file, {half for pair in halves for half in pair})
        queries += [f"({all_of(map(quoted, pair))})" for pair in halves if known.keys() >= set(pair)]
        if not queries and word == last:
            begun = [other for other in slips.near(word) if other != word[:-1]]
            queries = [unfinished(other) for other in _begun(file, begun)[:_NEAR]]
        if queries:
            found[word] = 0, any_of(queries)
    return found


def _rarest(words: Iterable[str], labels: dict[str, int]) -> list[str]:
    return [quoted(word) for word in sorted(set(words), key=lambda word: (labels.get(word, 0), word))[:_RAREST]]


def _labels(file: sqlite3.Connection, words: Iterable[str]) -> dict[str, int]:
    """In how many labels words occur, of those that do."""
    return dict(file.execute("SELECT word, labels FROM word WHERE word IN (SELECT value FROM json_each(?))", (json.dumps(list(words)),)))


def _begun(file: sqlite3.Connection, beginnings: Iterable[str]) -> list[str]:
    """Those with which some word begins."""
    query = (
        "SELECT value FROM json_each(?) WHERE EXISTS "
        "(SELECT * FROM word WHERE word >= value AND word < value || char(1114111)) ORDER BY key"
    )
    return [row[0] for row in file.execute(query, (json.dumps(list(beginnings)),))]
