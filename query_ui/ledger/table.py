"""The rows of the ledger's tables: names, numbers of each column with their links, and the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from query_ui.ledger import words
from query_ui.naming import Naming
from wise_skills.mappings.ledger import GROUPS, Ledger, grouped
from wise_skills.mappings.things import KINDS

PATH = "/alignments/list"


@dataclass(frozen=True)
class Line:
    """A row: its name, what narrows the ledger to it, the numbers of the four columns, rows below it, or what stands beside its name."""

    name: str
    cut: Mapping[str, str]
    numbers: Mapping[str, int]
    below: tuple[Line, ...] = ()
    note: str = ""

    @property
    def whole(self) -> int:
        """All things of the row."""
        return sum(self.numbers.values())

    def share(self, column: str) -> float:
        """Return the part of all that a column has."""
        return self.numbers[column] / self.whole if self.whole else 0.0

    def address(self, column: str = "", ending: str = "") -> str:
        """Return the address of the list behind a number; of all things without a column."""
        chosen = {**self.cut, **({"state": column} if column else {})}
        return f"{PATH}{ending}?{urlencode(chosen)}" if chosen else PATH + ending


def by_country(found: Ledger, naming: Naming, kind: str = "") -> list[Line]:
    """Return a row for each country, with rows below where its things are counted under several languages."""
    entries = found.select(kind=kind or None)
    cut = {"kind": kind} if kind else {}
    naming.fetch([*found.places.values(), *found.languages.values()])
    narrowed = Ledger(entries, found.places, found.languages)
    lines = []
    for folder, states in narrowed.by(lambda thing: thing.country).items():
        of_country = {**cut, "country": folder}
        parts = Ledger(narrowed.select(country=folder)).by(lambda thing: thing.language)
        below = [
            Line(words.language(found, tags, naming), {**of_country, "labels": tags}, grouped(counted)) for tags, counted in parts.items()
        ]
        below = sorted(below, key=lambda line: line.name)
        name, several = words.country(found, folder, naming), len(below) > 1
        lines.append(Line(name, of_country, grouped(states), tuple(below) if several else (), "" if several else below[0].name))
    return sorted(lines, key=lambda line: line.name)


def by_language(found: Ledger, naming: Naming, kind: str = "") -> list[Line]:
    """Return a row for each language."""
    cut = {"kind": kind} if kind else {}
    counted = Ledger(found.select(kind=kind or None)).by(lambda thing: thing.language)
    lines = [Line(words.language(found, tags, naming), {**cut, "labels": tags}, grouped(states)) for tags, states in counted.items()]
    return sorted(lines, key=lambda line: line.name)


def by_kind(found: Ledger) -> list[Line]:
    """Return a row for each kind of things of which there are any."""
    counted = found.by(lambda thing: thing.kind)
    return [Line(str(words.KINDS[kind]), {"kind": kind}, grouped(counted[kind])) for kind in KINDS if kind in counted]


def total(found: Ledger, name: str, kind: str = "") -> Line:
    """Return the row of all things."""
    states = Ledger(found.select(kind=kind or None)).states
    return Line(name, {"kind": kind} if kind else {}, grouped(states))


COLUMNS = tuple(GROUPS)
