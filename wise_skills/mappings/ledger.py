"""The ledger of alignment to ESCO: of everything that could be aligned, what is, what was rejected, what has no match, what is open.

Each thing has exactly one state, so that the sums of all states are the number of things, in every cut by country, language
and kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wise_skills.mappings.model import NO_TERM
from wise_skills.mappings.stored import Row, Select, is_esco, read_rows
from wise_skills.mappings.things import KINDS, Thing, read_languages, read_places, read_things
from wise_skills.names import Names

ALIGNED, NO_MATCH, SUGGESTED, REJECTED, NOT_MAPPED = STATES = ("aligned", "no-match", "suggested", "rejected", "not-mapped")
"""In the order in which one wins over the next, as `ontology/rules/alignment-state.rq` has it for skills and profiles."""
OPEN = "open"
GROUPS = {ALIGNED: (ALIGNED,), REJECTED: (REJECTED,), NO_MATCH: (NO_MATCH,), OPEN: (SUGGESTED, NOT_MAPPED)}
"""The four columns of the ledger: open is what was suggested and nobody reviewed, and what nobody mapped."""
_ESCO_LISTS = "http://data.europa.eu/esco/concept-scheme/"


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing and its state."""

    thing: Thing
    state: str


def claim_of(row: Row) -> tuple[str, str] | None:
    """Return the thing that a mapping is about and the state it speaks for; None where it says nothing about an alignment to ESCO.

    Accepted mappings and those of published tables align. A row that says “Not” and is reviewed or published rejects. A
    row without a match counts where ESCO is what was searched.
    """
    if NO_TERM in (row.subject, row.object):
        at = 0 if row.object == NO_TERM else 1
        thing = (row.subject, row.object)[at]
        return (thing, NO_MATCH) if thing != NO_TERM and row.sides[1 - at].startswith(_ESCO_LISTS) else None
    if is_esco(row.subject) == is_esco(row.object):
        return None
    thing = row.object if is_esco(row.subject) else row.subject
    if row.status == "proposed":
        return None if row.negated else (thing, SUGGESTED)
    return thing, REJECTED if row.negated or row.status == "rejected" else ALIGNED


class Ledger:
    """All things with their states.

    Parameters
    ----------
    entries:
        One for each thing.
    places, languages:
        IRIs of countries by folder and of languages by tag, for those who publish the numbers.
    """

    def __init__(
        self, entries: Iterable[Entry], places: Mapping[str, str] | None = None, languages: Mapping[str, str] | None = None
    ) -> None:
        self.entries = tuple(entries)
        self.places, self.languages = dict(places or {}), dict(languages or {})

    def cells(self) -> Counter[tuple[str, str, str, str]]:
        """Return the number of things by country, language, kind and state."""
        return Counter((e.thing.country, e.thing.language, e.thing.kind, e.state) for e in self.entries)

    def by(self, key: Callable[[Thing], str]) -> dict[str, Counter[str]]:
        """Return the number of things of each state, by what a key says of each thing; sorted by it."""
        found: dict[str, Counter[str]] = {}
        for entry in self.entries:
            found.setdefault(key(entry.thing), Counter())[entry.state] += 1
        return {value: found[value] for value in sorted(found)}

    @property
    def states(self) -> Counter[str]:
        """The number of things of each state."""
        return Counter(entry.state for entry in self.entries)

    def select(
        self, *, country: str | None = None, language: str | None = None, kind: str | None = None, state: str | None = None
    ) -> list[Entry]:
        """Return the entries of a cell or of a cut; `state` is one of `STATES` or of `GROUPS`. Anything that is None does not narrow."""
        states = GROUPS.get(state, (state,)) if state else STATES
        return [
            entry
            for entry in self.entries
            if entry.state in states
            and country in (None, entry.thing.country)
            and language in (None, entry.thing.language)
            and kind in (None, entry.thing.kind)
        ]


def grouped(states: Mapping[str, int]) -> dict[str, int]:
    """Return the numbers of the four columns, from those of the single states."""
    return {group: sum(states.get(state, 0) for state in members) for group, members in GROUPS.items()}


def ledger(things: Sequence[Thing], rows: Iterable[Row]) -> Ledger:
    """Return the ledger of things, with what mappings say of them; what no list has but a mapping is left out."""
    known = {thing.iri: STATES.index(NOT_MAPPED) for thing in things}
    for thing, state in _claims(rows):
        if thing in known:
            known[thing] = min(known[thing], STATES.index(state))
    return Ledger(Entry(thing, STATES[known[thing.iri]]) for thing in things)


def _claims(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    return (claim for row in rows if (claim := claim_of(row)) is not None)


def read_ledger(select: Select, names: Names, rows: Sequence[Row] | None = None) -> Ledger:
    """Read the ledger of a release.

    Parameters
    ----------
    select, names:
        Asks the engine, and the names under the base of the data.
    rows:
        Its mappings, where they were read already.
    """
    found = ledger(read_things(select, names), read_rows(select, names) if rows is None else rows)
    return Ledger(found.entries, read_places(select, names), read_languages(select))


def order(kind: str) -> int:
    """Return the place of a kind among all."""
    return KINDS.index(kind)
