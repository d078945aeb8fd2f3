"""How many things an exploration finds, and how many each further choice would leave: sets, no queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from query_ui.exploring.index import Index
from query_ui.exploring.model import ANY, NONE, STATES, Condition, Exploration, Facet, Step
from wise_skills.tables import Table
from wise_skills.terms import Term

_K = TypeVar("_K")
Carried = Mapping[str, frozenset[str]]
"""For each thing at the end of some steps, the things of the explored table from which it is reached."""


class Counting:
    """The numbers of one exploration.

    Parameters
    ----------
    index:
        The data.
    exploration:
        What is looked for.
    """

    def __init__(self, index: Index, exploration: Exploration) -> None:
        self.index, self.exploration = index, exploration
        self._at: dict[str, list[Condition]] = defaultdict(list)
        self._below: dict[str, dict[str, Step]] = defaultdict(dict)
        for condition in exploration.conditions:
            self._at[condition.facet.at].append(condition)
            self._make_way(condition.facet.steps)
        self._satisfied: dict[tuple[str, str], frozenset[str]] = {}
        self._held: dict[tuple[str, Condition | None], frozenset[str]] = {}
        self._carried: dict[tuple[str, Condition | None], Carried] = {}

    def _make_way(self, steps: Iterable[Step]) -> None:
        at = ""
        for step in steps:
            below = f"{at}.{step.key}" if at else step.key
            self._below[at][below] = step
            at = below

    def things(self, without: Condition | None = None) -> frozenset[str]:
        """Return the things that fulfil all conditions, or all but one."""
        return self._holding("", self.exploration.table, without)

    def carried(self, steps: tuple[Step, ...], without: Condition | None = None) -> Carried:
        """Return the things at the end of some steps that fulfil the conditions there, with those that they are reached from."""
        at = ".".join(s.key for s in steps)
        found = self._carried.get((at, without))
        if found is None:
            found = self._carried[at, without] = self._carry(steps, without)
        return found

    def _carry(self, steps: tuple[Step, ...], without: Condition | None) -> Carried:
        table, at = self.exploration.table, ""
        first = steps[0].key if steps else ""
        carried: dict[str, frozenset[str]] = {i: frozenset((i,)) for i in self._holding("", table, without, leaving=first)}
        for number, step in enumerate(steps):
            at = f"{at}.{step.key}" if at else step.key
            leaving = f"{at}.{steps[number + 1].key}" if number + 1 < len(steps) else ""
            held, ahead = self._holding(at, step.table, without, leaving=leaving), self.index.ahead(table, step)
            reached: dict[str, set[str]] = defaultdict(set)
            for thing, roots in carried.items():
                for other in ahead.get(thing, ()):
                    if other in held:
                        reached[other] |= roots
            carried, table = {i: frozenset(roots) for i, roots in reached.items()}, step.table
        return carried

    def _holding(self, at: str, table: Table, without: Condition | None, leaving: str = "") -> frozenset[str]:
        """Things of a table behind steps that fulfil the conditions there and further on, but for one condition or one way."""
        key = f"{at} {leaving}", without
        found = self._held.get(key)
        if found is None:
            found = self.index.sheet(table).all
            for condition in self._at.get(at, ()):
                if condition is not without:
                    found &= self.satisfying(condition)
            for below, step in self._below.get(at, {}).items():
                if below != leaving and found:
                    held, ahead = self._holding(below, step.table, without), self.index.ahead(table, step)
                    found = frozenset(i for i in found if not held.isdisjoint(ahead.get(i, ())))
            self._held[key] = found
        return found

    def satisfying(self, condition: Condition) -> frozenset[str]:
        """Return the things of the facet's own table that fulfil one condition."""
        key = condition.key
        found = self._satisfied.get(key)
        if found is None:
            found = self._satisfied[key] = frozenset(self._satisfy(condition))
        return found

    def _satisfy(self, condition: Condition) -> Iterable[str]:
        facet, index = condition.facet, self.index
        if condition.op == "":
            holders = index.holders(facet)
            sets = [holders.get(term, frozenset()) for term in condition.terms]
            return frozenset().union(*sets, *(self.in_state(facet, state) for state in condition.states))
        fits = _worded(condition.words) if condition.op == "has" else _within(facet, condition.start, condition.end)
        return (i for i, terms in index.sheet(facet.table).of(facet.column.path).items() if any(map(fits, terms)))

    def in_state(self, facet: Facet, state: str) -> frozenset[str]:
        """Return the things of a facet's own table that have no value, or any, or of which it is stated why they have none."""
        if state == ANY:
            return self.index.with_any(facet)
        if state == NONE:
            return self.index.sheet(facet.table).all - self.index.with_any(facet)
        return self.index.stated(facet, state)

    def values(self, facet: Facet) -> dict[Term, int]:
        """Return how many things each value of a facet leaves, beside the other conditions; those that leave none are missing."""
        carried = self.carried(facet.steps, self.exploration.condition(facet.key))
        return _alive(facet, carried, self.index.holders(facet))

    def states(self, facet: Facet) -> dict[str, int]:
        """Return how many things each state of a facet leaves; a state that all are in, or none, is missing."""
        chosen = self.exploration.condition(facet.key)
        carried = self.carried(facet.steps, chosen)
        counted = _alive(facet, carried, {state: self.in_state(facet, state) for state in STATES})
        whole = len(roots(carried, carried)) if facet.steps else len(carried)
        return {s: n for s in STATES if ((n := counted.get(s, 0)) and n < whole) or (chosen and s in chosen.states)}

    def terms(self, facet: Facet) -> dict[Term, int]:
        """Return the values of a number or date and how many things have each, whatever range is asked."""
        return _alive(facet, self.carried(facet.steps, self.exploration.condition(facet.key, "range")), self.index.holders(facet))


def _alive(facet: Facet, carried: Carried, sets: Mapping[_K, frozenset[str]]) -> dict[_K, int]:
    """How many explored things each set of things behind the facet's steps leaves; sets that leave none are missing."""
    alive = frozenset(carried)
    if facet.steps:
        counted = ((key, len(roots(carried, things & alive))) for key, things in sets.items())
    else:
        counted = ((key, len(things & alive)) for key, things in sets.items())
    return {key: number for key, number in counted if number}


def roots(carried: Carried, things: Iterable[str]) -> frozenset[str]:
    """Return the things of the explored table that some things behind its steps are reached from."""
    return frozenset().union(*(carried[i] for i in things if i in carried))


def number(text: str) -> Decimal | None:
    """Return a text as a number, None if it is none that a query can hold."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) < 20 else None


def _worded(words: tuple[str, ...]) -> Callable[[Term], bool]:
    wanted = [w.lower() for w in words]
    return lambda term: any(w in term.value.lower() for w in wanted)


def _within(facet: Facet, start: str, end: str) -> Callable[[Term], bool]:
    if facet.kind == "date":
        # An incomplete date counts as its text says: 2013 is before 2013-05, and not after 2013.
        return lambda t: (not start or t.value >= start) and (not end or t.value[: len(end)] <= end)
    first, last = number(start) if start else None, number(end) if end else None

    def fits(term: Term) -> bool:
        value = number(term.value)
        return value is not None and (first is None or value >= first) and (last is None or value <= last)

    return fits
