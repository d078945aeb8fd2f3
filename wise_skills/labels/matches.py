"""The labels that match a text, best first, read from the index only as far as somebody wants them.

FTS5 returns labels by number, and the numbers follow the order of results; two layers are merged in the same order.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from wise_skills.labels.index import TIERS
from wise_skills.labels.steps import Step, steps
from wise_skills.labels.tokens import all_of, in_language, of_kinds
from wise_skills.languages import primary

_MANY = 200
"""From so many labels on, those in the language and those of a stricter step are asked for by themselves."""
_RARE = 2
"""FTS5 narrows to classes that at most one in so many things has; more common ones are told from the rows."""


class Row(NamedTuple):
    """A label that matches; its fields make the order of results, the same as that of the numbers of labels."""

    tier: int
    length: int
    folded: str
    text: str
    language: str
    property: int
    iri: str
    thing: int


@dataclass(frozen=True)
class _Index:
    """An open index, the suffixes of its layers' tables, and a condition for the things that count."""

    file: sqlite3.Connection
    layers: Sequence[str]
    condition: str = ""

    def fitting(self, step: Step, narrowing: Iterable[dict[str, str]]) -> Iterator[Row]:
        """Yield the labels of one step among those to which a search is narrowed, best first."""
        match = all_of([f"({step.query})", *(part[step.table] for part in narrowing)])
        found = heapq.merge(*(self._rows(step.table + layer, match) for layer in self.layers))
        return (row for row in found if step.fits(row.folded))

    def _rows(self, table: str, match: str) -> Iterator[Row]:
        query = (
            "SELECT COALESCE(l.folded, l.text), l.text, l.language, l.property, t.iri, l.thing "
            f"FROM {table} CROSS JOIN label l ON l.id = {table}.rowid CROSS JOIN thing t ON t.id = l.thing "
            f"WHERE {table} MATCH ? {self.condition} ORDER BY {table}.rowid"
        )
        for folded, text, language, property_, iri, thing in self.file.execute(query, (match,)):
            yield Row(TIERS[property_], len(folded.partition("\n")[0]), folded, text, language, property_, iri, thing)


def matches(
    file: sqlite3.Connection, layers: Sequence[str], words: Sequence[str], language: str, kinds: Collection[str] | None, found: Sized
) -> Iterator[Row]:
    """Yield labels step by step; within each step, those in the language first.

    Parameters
    ----------
    file, layers:
        The index, and the suffixes of its layers' tables.
    words:
        Folded words; the last may be unfinished.
    language:
        The language whose labels come first.
    kinds:
        IRIs of classes of which a thing must have one; none for all things.
    found:
        What the caller has kept so far; see `steps`.
    """
    narrow: list[dict[str, str]] = []
    condition = ""
    if kinds:
        sets, common = _sets(file, kinds)
        if not sets:
            return
        if common:
            condition = f"AND t.kinds IN ({', '.join(map(str, sets))})"
        else:
            narrow = [of_kinds(sets)]
    index = _Index(file, layers, condition)
    own = primary(language)
    spoken = file.execute("SELECT name, id FROM language WHERE name = ?", (own,)).fetchall()
    narrowings = [*([in_language(*row), *narrow] for row in spoken), narrow]
    for together in steps(file, words, found):
        rows = index.fitting(together[-1], narrow)
        few = list(islice(rows, _MANY))
        if len(few) < _MANY:
            yield from sorted(few, key=lambda row: (_grade(row, together), primary(row.language) != own))
        else:
            for step in together[:-1]:
                yield from chain(*(index.fitting(step, narrowing) for narrowing in narrowings))
            yield from chain(*(index.fitting(together[-1], narrowing) for narrowing in narrowings[:-1]), few, rows)


def _sets(file: sqlite3.Connection, kinds: Collection[str]) -> tuple[list[int], bool]:
    """The sets of classes that have one of these, and whether many things have such a set."""
    query = "SELECT kinds, things FROM kinds WHERE kinds IN (SELECT kinds FROM kind WHERE iri IN (SELECT value FROM json_each(?)))"
    sets = dict(file.execute(query, (json.dumps(list(kinds)),)))
    (things,) = file.execute("SELECT SUM(things) FROM kinds").fetchone()
    return sorted(sets), sum(sets.values()) * _RARE > (things or 0)


def _grade(row: Row, together: Sequence[Step]) -> int:
    """The first step that a label fits."""
    return next(number for number, step in enumerate(together) if step.fits(row.folded))
