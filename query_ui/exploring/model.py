"""What an exploration is: a table, conditions on its columns and on those of what it is linked with, and a way to show it.

A facet is a column at the end of up to two steps. A step follows a column to the thing that it refers to (`profile`), or
leads from a thing to those that refer to it (`needs-skill`: the needs whose column `skill` names it). Conditions behind the
same steps hold for one and the same thing: a form with a measure that is both direct and a wage subsidy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from wise_skills.tables import Column, Schema, Table
from wise_skills.terms import Term

MOST_STEPS = 2
NONE, ANY, NOT_REPORTED, NOT_APPLICABLE = "*none", "*any", "*not-reported", "*not-applicable"
STATES = (NONE, NOT_REPORTED, NOT_APPLICABLE, ANY)
"""What may be asked of a facet beside its values: that it has none (stated or not), or any."""
Kind = Literal["values", "string", "text", "number", "date", "language", "link"]
Op = Literal["", "has", "range"]
_LANGUAGE = ".lang"
_NO_FACETS = ("key", "ordinal")
"""Ends of the properties that only number rows."""


@dataclass(frozen=True)
class Step:
    """A way from a thing to another one, along a column or, if `inverse`, back along it; `table` is where it leads.

    `alone` says that the table refers to the thing by no other column.
    """

    key: str
    column: Column
    table: Table
    inverse: bool = False
    alone: bool = False


@dataclass(frozen=True)
class Facet:
    """A column seen from a table; of the kind `link`, a step back (`link`) that may only be there or not."""

    key: str
    steps: tuple[Step, ...]
    table: Table
    column: Column
    kind: Kind
    link: Step | None = None

    @property
    def at(self) -> str:
        """The key of the steps: empty for the table itself."""
        return ".".join(s.key for s in self.steps)

    @property
    def has_values(self) -> bool:
        """Whether single values may be chosen and counted by."""
        return self.kind in ("values", "string", "number", "language")

    @property
    def groups(self) -> bool:
        """Whether things may be counted by it: by its values, or by year."""
        return self.has_values or self.kind == "date"


@dataclass(frozen=True)
class Condition:
    """What has to hold of a facet: one of the terms or states, or one of the words, or a value from `start` to `end`."""

    facet: Facet
    terms: tuple[Term, ...] = ()
    states: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    start: str = ""
    end: str = ""

    @property
    def op(self) -> Op:
        """Which of the three it is; a facet may have one of each."""
        return "has" if self.words else "range" if self.start or self.end else ""

    @property
    def key(self) -> tuple[str, Op]:
        """What makes it the same condition in two explorations."""
        return self.facet.key, self.op

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return bool(self.terms or self.states or self.words or self.start or self.end)


@dataclass(frozen=True)
class Exploration:
    """What is looked for, and how it is shown.

    `by` are the facets that things are counted by, `number` a number of which smallest, mean and largest are wanted, `show`
    the columns of a list (empty: the usual ones), `sort` the key of a column.
    """

    table: Table
    conditions: tuple[Condition, ...] = ()
    by: tuple[Facet, ...] = ()
    number: Facet | None = None
    show: tuple[Facet, ...] = ()
    sort: str = ""
    descending: bool = False

    def condition(self, key: str, op: Op = "") -> Condition | None:
        """Return the condition on a facet."""
        return next((c for c in self.conditions if c.key == (key, op)), None)

    def where(self, condition: Condition) -> Exploration:
        """Return the exploration with a condition in the place of the one of its key; an empty one goes."""
        if condition.key not in [c.key for c in self.conditions]:
            return replace(self, conditions=(*self.conditions, condition)) if condition else self
        return replace(self, conditions=tuple(k for c in self.conditions if (k := condition if c.key == condition.key else c)))

    def without(self, condition: Condition) -> Exploration:
        """Return the exploration without a condition."""
        return replace(self, conditions=tuple(c for c in self.conditions if c is not condition))


class Paths:
    """The steps and facets that a schema gives each table."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._steps: dict[str, tuple[Step, ...]] = {}
        self._facets: dict[tuple[str, tuple[str, ...]], dict[str, Facet]] = {}

    def steps(self, table: Table) -> tuple[Step, ...]:
        """Return the steps from a table: along its references in their order, then back from what refers to it."""
        found = self._steps.get(table.name)
        if found is None:
            tables = sorted(self.schema.tables, key=lambda t: t.order)
            ahead = [Step(c.id, c, self.schema.by_class[c.refers_to]) for c in table.columns if c.refers_to in self.schema.by_class]
            naming = [(t, c) for t in tables for c in t.columns if c.refers_to == table.target]
            back = [Step(f"{t.name}-{c.id}", c, t, True, [u for u, _ in naming].count(t) == 1) for t, c in naming]
            found = self._steps[table.name] = (*ahead, *back)
        return found

    def walk(self, table: Table, at: str) -> tuple[Step, ...] | None:
        """Return the steps that a key names (`profile.levels`), None if there are no such."""
        found: list[Step] = []
        for key in at.split(".") if at else ():
            step = next((s for s in self.steps(table) if s.key == key), None)
            if step is None or len(found) == MOST_STEPS:
                return None
            found.append(step)
            table = step.table
        return tuple(found)

    def facets(self, table: Table, steps: tuple[Step, ...] = ()) -> list[Facet]:
        """Return the facets behind some steps: the country first, then the columns in their order, then what refers to it."""
        return list(self._behind(table, steps).values())

    def _behind(self, table: Table, steps: tuple[Step, ...]) -> dict[str, Facet]:
        key = table.name, tuple(s.key for s in steps)
        found = self._facets.get(key)
        if found is None:
            found = self._facets[key] = {f.key: f for f in self._made(table, steps)}
        return found

    def _made(self, table: Table, steps: tuple[Step, ...]) -> Iterator[Facet]:
        inner = steps[-1].table if steps else table
        at = "".join(f"{s.key}." for s in steps)
        columns = sorted((*inner.columns, *inner.constants), key=lambda c: c.path.rsplit("#")[-1] != "country")
        for column in columns:
            if column.path.rsplit("#")[-1] in _NO_FACETS:
                continue
            yield Facet(at + column.id, steps, inner, column, kind_of(column))
            if column.is_text:
                yield Facet(at + column.id + _LANGUAGE, steps, inner, column, "language")
        if len(steps) < MOST_STEPS:
            yield from (Facet(at + s.key, steps, inner, s.column, "link", s) for s in self.steps(inner) if s.inverse)

    def find(self, table: Table, key: str) -> Facet | None:
        """Return the facet of a key such as `profile.groups`, None if there is none."""
        last = key.removesuffix(_LANGUAGE)
        at = last.rpartition(".")[0]
        steps = self.walk(table, at)
        return None if steps is None else self._behind(table, steps).get(key)


def kind_of(column: Column) -> Kind:
    """Return what may be asked of a column."""
    if column.is_text:
        return "text"
    if column.is_date or any(d.endswith("#date") for d in column.datatypes):
        return "date"
    if column.is_number:
        return "number"
    return "values" if column.refers_to or column.scheme or column.is_address or column.names_columns else "string"
