"""The own data of an edition in memory: each table's things with their values, read by a few SELECTs when first needed.

There are some thousands of things, so that a facet's numbers are a matter of sets, not of queries.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from query_ui.edition import Edition
from query_ui.exploring.address import short
from query_ui.exploring.model import NOT_APPLICABLE, NOT_REPORTED, Facet, Paths, Step
from wise_skills.names import PREF_LABEL
from wise_skills.tables import Table
from wise_skills.terms import Term, iri, text

_AT_ONCE = 300
"""Things in one query: their statements stay below the 10,000 rows that a public endpoint gives."""
_KEPT_FOR = 300
"""Seconds for which the data of an endpoint, which may change, are kept."""
_NOTHING: Mapping[str, tuple[Term, ...]] = {}


@dataclass
class Sheet:
    """The things of one table, sorted, with their values by property, and the rows that describe them."""

    table: Table
    things: tuple[str, ...]
    values: dict[str, dict[str, tuple[Term, ...]]] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)

    @cached_property
    def all(self) -> frozenset[str]:
        """All things."""
        return frozenset(self.things)

    def of(self, path: str) -> Mapping[str, tuple[Term, ...]]:
        """Return the values of a property by thing."""
        return self.values.get(path, _NOTHING)


class Index:
    """The sheets of an edition, and what follows from them for steps and facets."""

    def __init__(self, edition: Edition) -> None:
        self.edition, self.paths = edition, Paths(edition.schema)
        self._sheets: dict[str, Sheet] = {}
        self._ahead: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
        self._holders: dict[tuple[str, str, str], dict[Term, frozenset[str]]] = {}
        self._keys: dict[tuple[str, str, str], dict[Term, str]] = {}
        self._lock = threading.RLock()
        names = edition.names
        self._stated = {NOT_REPORTED: names.not_reported, NOT_APPLICABLE: names.not_applicable}

    def sheet(self, table: Table) -> Sheet:
        """Return the things of a table."""
        with self._lock:
            found = self._sheets.get(table.name)
            if found is None:
                found = self._sheets[table.name] = _read(self.edition, table, [*self._stated.values()])
            return found

    def ahead(self, table: Table, step: Step) -> Mapping[str, tuple[str, ...]]:
        """Return, for each thing of a table, where a step leads from it."""
        key = table.name, step.key
        with self._lock:
            found = self._ahead.get(key)
            if found is None:
                found = self._ahead[key] = dict(self._led(table, step))
            return found

    def _led(self, table: Table, step: Step) -> Iterator[tuple[str, tuple[str, ...]]]:
        other = self.sheet(step.table)
        if not step.inverse:
            for thing, terms in self.sheet(table).of(step.column.path).items():
                if led := tuple(t.value for t in terms if t.value in other.all):
                    yield thing, led
            return
        found: dict[str, list[str]] = defaultdict(list)
        own = self.sheet(table).all
        for thing, terms in other.of(step.column.path).items():
            for term in terms:
                if term.value in own:
                    found[term.value].append(thing)
        yield from ((thing, tuple(led)) for thing, led in found.items())

    def values(self, facet: Facet, thing: str) -> tuple[Term, ...]:
        """Return the values of a facet for a thing of the facet's own table."""
        if facet.link:
            return tuple(iri(i) for i in self.ahead(facet.table, facet.link).get(thing, ()))
        terms = self.sheet(facet.table).of(facet.column.path).get(thing, ())
        if facet.kind == "language":
            return tuple(text(tag) for tag in sorted({t.language for t in terms if t.language}))
        return terms

    def holders(self, facet: Facet) -> Mapping[Term, frozenset[str]]:
        """Return, for each value of a facet, the things of its table that have it."""
        key = facet.table.name, facet.column.id, facet.kind if not facet.link else facet.link.key
        with self._lock:
            found = self._holders.get(key)
            if found is None:
                held: dict[Term, set[str]] = defaultdict(set)
                for thing in self.sheet(facet.table).things:
                    for term in self.values(facet, thing):
                        held[term].add(thing)
                found = self._holders[key] = {term: frozenset(things) for term, things in held.items()}
            return found

    def with_any(self, facet: Facet) -> frozenset[str]:
        """Return the things of a facet's table that have any value of it."""
        if facet.link:
            return frozenset(self.ahead(facet.table, facet.link))
        if facet.kind == "language":
            return frozenset().union(*self.holders(facet).values())
        return frozenset(self.sheet(facet.table).of(facet.column.path))

    def stated(self, facet: Facet, state: str) -> frozenset[str]:
        """Return the things of which the graph states that they have no value, and why."""
        if facet.link or facet.kind == "language":
            return frozenset()
        sheet, path = self.sheet(facet.table), facet.column.path
        found = {thing for thing, terms in sheet.of(self._stated[state]).items() if any(t.value == path for t in terms)}
        # A thing that is described twice may have a value all the same.
        return frozenset(found) - self.with_any(facet)

    def keys(self, facet: Facet) -> Mapping[Term, str]:
        """Return the short text for each value of a facet, under which an address names it."""
        key = facet.table.name, facet.column.id, facet.kind
        with self._lock:
            found = self._keys.get(key)
            if found is None:
                shorts = {t: short(t.value) if t.kind == "iri" else t.value for t in self.holders(facet)}
                often = Counter(shorts.values())
                # A value that looks like a state gets another asterisk before it.
                found = self._keys[key] = {
                    t: t.value if often[s] > 1 else f"*{s}" if s.startswith("*") else s for t, s in shorts.items()
                }  # fmt: skip
            return found

    def is_named(self, table: Table) -> bool:
        """Whether the things of a table have names of their own."""
        return bool(self.sheet(table).of(PREF_LABEL))


def index_of(edition: Edition) -> Index:
    """Return the index of an edition, made when first asked for."""
    known: tuple[Index, float] | None = edition.memory.get("exploring")
    if known is None or (not edition.mark and time.monotonic() > known[1] + _KEPT_FOR):
        known = edition.memory["exploring"] = Index(edition), time.monotonic()
    return known[0]


def _read(edition: Edition, table: Table, stated: list[str]) -> Sheet:
    found = edition.select(
        f"SELECT DISTINCT ?s ?row WHERE {{ ?s a <{table.target}> . OPTIONAL {{ ?row <{edition.names.describes}> ?s }} }} ORDER BY ?s ?row"
    )
    rows: dict[str, str] = {}
    things = list(dict.fromkeys(str(s) for s, _ in found if s is not None and s.kind == "iri"))
    for thing, row in found:
        if row is not None:
            rows.setdefault(str(thing), str(row))
    wanted = {c.path for c in (*table.columns, *table.constants)} | set(stated)
    values: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for start in range(0, len(things), _AT_ONCE):
        some = " ".join(iri(i).n3() for i in things[start : start + _AT_ONCE])
        for thing, path, value in edition.select(f"SELECT DISTINCT ?s ?p ?o WHERE {{ VALUES ?s {{ {some} }} ?s ?p ?o }}"):
            if str(path) in wanted and value is not None and value.kind != "bnode":
                values[str(path)][str(thing)].append(value)
    return Sheet(table, tuple(things), {p: {s: tuple(sorted(v, key=str)) for s, v in by.items()} for p, by in values.items()}, rows)
