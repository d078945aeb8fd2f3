"""Addresses for the blank nodes of a dump, made from what is said of them.

A blank node has another name each time that a file is read, so two builds would differ. Its address here is a hash of
the statements around it, refined over its blank neighbours until that tells no more nodes apart (colour refinement, as
in the first step of RDFC-1.0; its further steps can take for ever on a file made for that). Nodes that are still alike
are numbered in the order of the file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import pyoxigraph as ox

from loaders.esco.writer import Lines
from wise_skills.errors import TooBig

_MOST = 1_000_000
_ROUNDS = 50


class BlankNodes:
    """The statements of one file that blank nodes stand in; its length is the number of nodes."""

    def __init__(self, lines: Lines, shown: str) -> None:
        self._lines, self._shown = lines, shown
        self._triples: list[Any] = []
        self._nodes: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._nodes)

    def add(self, triple: Any) -> None:
        """Keep a statement; raises `TooBig` for more than ESCO's files could have in any form."""
        self._triples.append(triple)
        for term in (triple.subject, triple.object):
            if isinstance(term, ox.BlankNode):
                self._nodes.setdefault(term.value, "")
        if len(self._triples) > _MOST:
            raise TooBig(f"The part of {self._shown} about blank nodes", f"more than {_MOST:,} statements", f"{_MOST:,}")

    def write(self) -> Iterator[tuple[str, str, Any]]:
        """Write the statements with addresses; yield them as well."""
        addresses = self._addresses()
        lines = self._lines
        for triple in self._triples:
            subject, value = (
                ox.NamedNode(addresses[term.value]) if isinstance(term, ox.BlankNode) else term for term in (triple.subject, triple.object)
            )
            lines.add(f"{subject} {triple.predicate} {value}{lines.end}")
            yield subject.value, triple.predicate.value, value

    def _addresses(self) -> dict[str, str]:
        colours, distinct = self._nodes, 0
        for _ in range(_ROUNDS):
            colours = self._refined(colours)
            if (now := len(set(colours.values()))) == distinct:
                break
            distinct = now
        used: Counter[str] = Counter()
        found = {}
        for node, colour in colours.items():
            used[colour] += 1
            found[node] = f"{self._lines.base}id/esco/node/{colour}" + (f"-{used[colour]}" if used[colour] > 1 else "")
        return found

    def _refined(self, colours: dict[str, str]) -> dict[str, str]:
        """Each node's colour with those of what it is linked with, in both directions."""
        around = defaultdict(list)
        for triple in self._triples:
            subject, predicate, value = triple.subject, triple.predicate.value, triple.object
            if isinstance(subject, ox.BlankNode):
                around[subject.value].append(f"> {predicate} {_colour(value, colours)}")
            if isinstance(value, ox.BlankNode):
                around[value.value].append(f"< {predicate} {_colour(subject, colours)}")
        return {node: _digest("\n".join([colour, *sorted(around[node])])) for node, colour in colours.items()}


def _colour(term: Any, colours: dict[str, str]) -> str:
    return f"_:{colours[term.value]}" if isinstance(term, ox.BlankNode) else str(term)


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()
