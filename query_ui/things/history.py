"""What came before a form, law or measure and what after it: the chain of succession with its years, as a table that is a picture too."""

from __future__ import annotations

import datetime as calendar
from dataclasses import dataclass

from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.things.records import Record, read
from query_ui.words import date
from wise_skills.names import DCT, OWL
from wise_skills.terms import iri as iri_term

_MOST = 40
CHANGES = (DCT + "issued", DCT + "created", DCT + "modified", OWL + "versionInfo")


@dataclass(frozen=True)
class Period:
    """A thing of the chain: when it was valid, what it replaced, and its bar from 0 to 100 (`open_*`: no such day is given)."""

    iri: str
    first: str
    last: str
    replaced: tuple[str, ...]
    is_self: bool
    left: float = 0
    width: float = 0
    open_start: bool = False
    open_end: bool = False

    @property
    def has_bar(self) -> bool:
        """Whether any day is known."""
        return not (self.open_start and self.open_end)


@dataclass(frozen=True)
class History:
    """The chain in the order of time, and the years at both ends of the picture."""

    periods: list[Period]
    from_year: str
    to_year: str


def history(edition: Edition, record: Record, naming: Naming, *, replaced: bool) -> History | None:
    """Return the chain of succession to which a thing belongs; `None` where it replaced nothing and nothing replaced it.

    `replaced` says whether something is known to have come after it, so that most things cost no query.
    """
    wise = edition.names.wise
    if not replaced and not record.iris(wise + "succeeds"):
        return None
    records = read(edition, _chain(edition, record.iri))
    naming.fetch(records)
    days = {iri: (_day(r, wise + "validFromDay"), _day(r, wise + "validToDay")) for iri, r in records.items()}
    known = [d for pair in days.values() for d in pair if d]
    today = calendar.date.today()
    first, last = (min(known), max([*known, today])) if known else (today, today)
    span = max((last - first).days, 1)
    periods = []
    for iri, found in records.items():
        start, end = days[iri]
        left = 100 * ((start or first) - first).days / span
        right = 100 * ((end or last) - first).days / span
        begin, until = found.first(wise + "validFrom"), found.first(wise + "validTo")
        periods.append(
            Period(
                iri=iri,
                first=date(begin.value) if begin else "",
                last=date(until.value) if until else "",
                replaced=tuple(found.iris(wise + "succeeds")),
                is_self=iri == record.iri,
                left=round(left, 2),
                width=round(max(right - left, 1), 2),
                open_start=start is None,
                open_end=end is None,
            )
        )
    return History(_in_order(periods), str(first.year), str(last.year))


def _chain(edition: Edition, iri: str) -> list[str]:
    """All that is tied to a thing by succession, in either direction; step by step, as not every store walks both ways at once."""
    known = {iri}
    new = {iri}
    while new and len(known) < _MOST:
        values = " ".join(iri_term(i).n3() for i in sorted(new))
        steps = "{ ?x wise:succeeds ?t } UNION { ?t wise:succeeds ?x }"
        found = {str(t) for (t,) in edition.select(f"SELECT DISTINCT ?t WHERE {{ VALUES ?x {{ {values} }} {steps} }}")}
        new = found - known
        known |= new
    return sorted(known)[:_MOST] if iri in sorted(known)[:_MOST] else [iri, *sorted(known - {iri})[: _MOST - 1]]


def changes(record: Record) -> list[tuple[str, str]]:
    """Return what the graph says of when a thing was issued, made or changed, and of its version."""
    return [(p, date(t.value)) for p in CHANGES for t in record.values(p)]


def _in_order(periods: list[Period]) -> list[Period]:
    """What was replaced before what replaced it, then by the first day; a circle ends nowhere else than here."""
    depth = {p.iri: 0 for p in periods}
    for _ in periods:
        for p in periods:
            depth[p.iri] = max(depth[p.iri], *(min(depth.get(r, -1) + 1, len(periods)) for r in p.replaced), 0)
    return sorted(periods, key=lambda p: (depth[p.iri], p.left, p.iri))


def _day(record: Record, predicate: str) -> calendar.date | None:
    term = record.first(predicate)
    try:
        return calendar.date.fromisoformat(term.value[:10]) if term else None
    except ValueError:
        return None
