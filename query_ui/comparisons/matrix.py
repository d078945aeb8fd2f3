"""The matrix of items and units: each cell with numerator, denominator, state, and the things and claims behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from query_ui.comparisons.counting import NOT_APPLICABLE, NOT_ASKED, NOT_NEEDED, NOT_REPORTED, Counted, Coverage, Link, Unit
from wise_skills.terms import Term

FOUND, NONE = "found", "none"
SAID = (NOT_NEEDED, NOT_APPLICABLE)
"""States in which a source says that there is none."""
FEW = 5
"""A rate of fewer things than these is marked as one of a small sample."""


@dataclass
class Cell:
    """How many of the things of a unit have an item.

    `state` is `found` where some have it; `none` where all are known and none has it; else the reason why it is not known,
    or that a source says no. `unknown` counts the things of which it is not known.
    """

    things: tuple[str, ...]
    of: int
    unknown: int
    state: str

    @property
    def n(self) -> int:
        """The numerator."""
        return len(self.things)

    @property
    def rate(self) -> float | None:
        """The share, None where nothing is known."""
        return self.n / self.of if self.of else None

    @property
    def group(self) -> str:
        """`found`, `said` (a source says no), `none` (none of what is known) or `unknown`: one of four, so that they part the items."""
        return self.state if self.state in (FOUND, NONE) else "said" if self.state in SAID else "unknown"


@dataclass
class Column:
    """A unit with its things: those whose item is `known`, and the others by reason."""

    unit: Unit
    known: list[str] = field(default_factory=list)
    unknown: dict[str, list[str]] = field(default_factory=dict)
    ended: int = 0
    coverage: list[Coverage] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many things there are."""
        return len(self.known) + sum(len(things) for things in self.unknown.values())

    @property
    def few(self) -> bool:
        """Whether the denominator is small."""
        return 0 < len(self.known) < FEW

    @property
    def open(self) -> int:
        """Of how many things it is not known what they have; those to which the question does not apply are none of them."""
        return sum(len(things) for reason, things in self.unknown.items() if reason not in SAID)


@dataclass
class Row:
    """An item with a cell for each column."""

    item: Term
    cells: tuple[Cell, ...]
    code: str = ""

    @cached_property
    def spread(self) -> int:
        """In how many units it is found."""
        return sum(cell.n > 0 for cell in self.cells)

    @property
    def differs(self) -> bool:
        """Whether it is found in some units and not in others."""
        return 0 < self.spread < len(self.cells)

    @cached_property
    def mean(self) -> float:
        """The mean of the rates."""
        rates = [cell.rate for cell in self.cells if cell.rate is not None]
        return sum(rates) / len(rates) if rates else 0.0


@dataclass
class Matrix:
    """Rows and columns; `day` is the day before which nothing may have ended, empty if that does not matter."""

    counted: Counted
    columns: list[Column]
    day: str = ""

    @cached_property
    def rows(self) -> list[Row]:
        """One row for each item that some unit has, or is said not to need."""
        items = dict.fromkeys(item for by_item in (*self._having, *self._denying) for item in by_item)
        return [self.row(item) for item in items]

    def row(self, item: Term) -> Row:
        """Return the row of an item, of one that no unit has as well."""
        cells = []
        for column, has, lacks in zip(self.columns, self._having, self._denying, strict=True):
            things = has.get(item, [])
            cells.append(Cell(tuple(things), len(column.known), column.open, _state(column, bool(things), item in lacks)))
        return Row(item, tuple(cells), self.counted.codes.get(item, ""))

    def denying(self, column: int, item: Term) -> list[str]:
        """Return the things of a column that say that an item is not needed."""
        return self._denying[column].get(item, [])

    def claims(self, column: Column, things: Iterable[str], item: Term | None = None) -> list[str]:
        """Return the claims that link things to their unit and, if one is given, to an item."""
        members = self.counted.members.get(column.unit.iri, {})
        found: dict[str, None] = {}
        for thing in things:
            links = [*members.get(thing, ())]
            if item is not None:
                links += self.counted.items.get(thing, {}).get(item, []) + self.counted.denied.get(thing, {}).get(item, [])
            found.update((link.claim, None) for link in links if link.claim and link.claim != thing and link.holds(self.day))
        return list(found)

    @cached_property
    def _having(self) -> list[dict[Term, list[str]]]:
        return [self._of(column.known, self.counted.items) for column in self.columns]

    @cached_property
    def _denying(self) -> list[dict[Term, list[str]]]:
        return [self._of(self._held(column), self.counted.denied) for column in self.columns]

    def _held(self, column: Column) -> list[str]:
        members = self.counted.members.get(column.unit.iri, {})
        return [thing for thing, links in members.items() if any(link.holds(self.day) for link in links)]

    def _of(self, things: Iterable[str], where: dict[str, dict[Term, list[Link]]]) -> dict[Term, list[str]]:
        found: dict[Term, list[str]] = {}
        for thing in things:
            for item, links in where.get(thing, {}).items():
                if any(link.holds(self.day) for link in links):
                    found.setdefault(item, []).append(thing)
        return found


Said = dict[str, list[Coverage]]


def matrix(counted: Counted, units: Sequence[Unit], subject: Said, exactly: Said, day: str = "") -> Matrix:
    """Return the matrix of some units.

    Parameters
    ----------
    counted, units:
        What was found, and for which units it is wanted.
    subject, exactly:
        Whether somebody asked, by country: about the subject at large, and about just that by which it is compared.
    day:
        The day before which nothing may have ended, empty if that does not matter.
    """
    unanswered = {country for country, said in exactly.items() if any(coverage.unanswered for coverage in said)}
    asked = {unit.iri: list(dict.fromkeys([*subject.get(unit.iri, ()), *exactly.get(unit.iri, ())])) for unit in units}
    return Matrix(counted, [_column(counted, unit, asked[unit.iri], unanswered, day) for unit in units], day)


def _column(counted: Counted, unit: Unit, coverage: list[Coverage], unanswered: set[str], day: str) -> Column:
    column = Column(unit, coverage=coverage)
    for thing, links in counted.members.get(unit.iri, {}).items():
        if not any(link.holds(day) for link in links):
            column.ended += 1
        elif any(link.holds(day) for held in counted.items.get(thing, {}).values() for link in held):
            column.known.append(thing)
        elif thing not in counted.denied:
            reason = counted.reasons.get(thing, NOT_ASKED)
            # An empty cell says that nobody asked; where somebody did, the answer is what is missing.
            if reason == NOT_ASKED and unanswered.intersection(counted.countries.get(thing, ())):
                reason = NOT_REPORTED
            column.unknown.setdefault(reason, []).append(thing)
    return column


def _state(column: Column, found: bool, denied: bool) -> str:
    if found:
        return FOUND
    if denied:
        return NOT_NEEDED
    if not column.total:
        # Nobody's data hold anything: what is said about the asking decides.
        return NOT_REPORTED if any(said.unanswered for said in column.coverage) else NOT_ASKED
    reasons = Counter({reason: len(things) for reason, things in column.unknown.items() if reason not in SAID})
    if reasons:
        return reasons.most_common(1)[0][0]
    return NONE if column.known else NOT_APPLICABLE
