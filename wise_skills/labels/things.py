"""The things of an index while it is written: numbers, graphs and classes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from wise_skills.labels.texts import KIND, PROPERTIES, Text
from wise_skills.names import OWL

AXIOM = OWL + "Axiom"
"""The class of a statement about a statement, such as a row of a mapping table: there are many, and none has a name."""
_NONE: frozenset[str] = frozenset()
_UNLABELLED = (len(PROPERTIES), "")


@dataclass(slots=True)
class _Thing:
    id: int
    graph: tuple[int, str] = _UNLABELLED
    kinds: frozenset[str] = _NONE
    known: frozenset[str] | None = None  # its classes in the base


class Things:
    """Numbers things as they are met, and keeps what the table `thing` says of them.

    The graph of a thing is that of its best label: the first of `PROPERTIES`, then the first graph by name, so that
    neither the order of the quads nor layers make a difference.
    """

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self._met: dict[str, _Thing] = {}
        self._sets: dict[int, frozenset[str]] = {0: _NONE}
        for number, iri in file.execute("SELECT kinds, iri FROM kind"):
            self._sets[number] = self._sets.get(number, _NONE) | {iri}
        self._one = {kinds: kinds for kinds in self._sets.values()}
        (last,) = file.execute("SELECT MAX(id) FROM thing").fetchone()
        self._next: int = (last or 0) + 1
        self._stands_on_another = last is not None

    def number(self, text: Text) -> int:
        """Take note of a text or class; return the number of its thing."""
        thing = self._met.get(text.iri) or self._meet(text.iri)
        if text.property_ != KIND:
            thing.graph = min(thing.graph, (text.property_, text.graph))
        elif text.text not in thing.kinds:
            more = thing.kinds | {text.text}
            thing.kinds = self._one.setdefault(more, more)  # few sets, many things
        return thing.id

    def changed(self) -> Iterator[int]:
        """Yield the numbers of things of the base that have got more classes."""
        return (thing.id for thing in self._met.values() if thing.known not in (None, thing.kinds))

    def write(self) -> None:
        """Write the things that have labels or may get one from another layer, and the sets of classes that occur."""
        kept = {iri: thing for iri, thing in self._met.items() if thing.graph != _UNLABELLED or AXIOM not in thing.kinds}
        numbers = {kinds: number for number, kinds in self._sets.items()}
        for kinds in dict.fromkeys(thing.kinds for thing in kept.values()):
            if kinds not in numbers:
                numbers[kinds] = len(numbers)
                self._file.executemany("INSERT INTO kind VALUES (?, ?)", ((numbers[kinds], iri) for iri in sorted(kinds)))
        rows = ((thing.id, iri, thing.graph[1], numbers[thing.kinds]) for iri, thing in kept.items())
        self._file.executemany("INSERT OR REPLACE INTO thing VALUES (?, ?, ?, ?)", rows)

    def _meet(self, iri: str) -> _Thing:
        thing = self._met[iri] = (self._of_base(iri) if self._stands_on_another else None) or _Thing(self._next)
        self._next += thing.id == self._next
        return thing

    def _of_base(self, iri: str) -> _Thing | None:
        query = "SELECT id, graph, kinds, (SELECT MIN(property) FROM label WHERE thing = thing.id) FROM thing WHERE iri = ?"
        row = self._file.execute(query, (iri,)).fetchone()
        if row is None:
            return None
        kinds = self._sets[row[2]]
        return _Thing(row[0], _UNLABELLED if row[3] is None else (row[3], row[1]), kinds, kinds)
