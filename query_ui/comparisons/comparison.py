"""One comparison, ready to be shown: matrix and summary with names, the rows that are wanted in their order, and links."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlencode

from babel.numbers import format_percent
from flask_babel import gettext as _

from query_ui.asked import interface
from query_ui.comparisons.chosen import Chosen
from query_ui.comparisons.counting import Unit, count, coverage
from query_ui.comparisons.matrix import Column, Matrix, Row, matrix
from query_ui.comparisons.summary import Summary, summary
from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.words import key as last_part
from query_ui.words import number
from wise_skills.labels import fold
from wise_skills.terms import Term


@dataclass(frozen=True)
class Named:
    """A name with its language and the path of the page about the thing, empty where there is none."""

    text: str
    language: str | None = None
    path: str = ""


class Comparison:
    """What is compared, counted and named."""

    def __init__(self, edition: Edition, naming: Naming, chosen: Chosen) -> None:
        self.edition, self.naming, self.chosen = edition, naming, chosen
        counted = count(edition, chosen.subject, chosen.by, chosen.level, chosen.kind)
        subject, exactly = (coverage(edition, theme) for theme in (chosen.subject.theme, chosen.by.theme))
        self.day = "" if chosen.past else release_day(edition)
        self.matrix: Matrix = matrix(counted, chosen.units, subject, exactly, self.day)
        # What is listed anywhere begins with what is most common.
        self.matrix.rows.sort(key=lambda row: -row.mean)
        naming.fetch([*(u.unit.iri for u in self.matrix.columns), *(r.item.value for r in self.matrix.rows if r.item.kind == "iri")])

    @property
    def columns(self) -> list[Column]:
        """The units, each with its things."""
        return self.matrix.columns

    @property
    def title(self) -> str:
        """What is compared by what."""
        chosen = self.chosen
        names = {"subject": _(chosen.subject.title), "by": _(chosen.by.title)}
        if chosen.level:
            return str(_("%(subject)s: %(by)s, %(level)s", level=_(chosen.level.title), **names))
        return str(_("%(subject)s: %(by)s", **names))

    @cached_property
    def summary(self) -> Summary:
        """Shared by all, only here, missing here; of all rows, whatever is shown of them."""
        return summary(self.matrix)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows that are wanted, in the order that is wanted."""
        wanted = fold(self.chosen.find).split()
        rows = [row for row in self.matrix.rows if not self.chosen.differ or row.differs]
        rows = [row for row in rows if all(word in fold(f"{row.code} {self.item(row.item).text}") for word in wanted)]
        rows.sort(key=self._by_name)
        columns = {column.unit.key: n for n, column in enumerate(self.columns)}
        match self.chosen.sort:
            case "name":
                pass
            case "spread":
                rows.sort(key=lambda row: (-row.spread, -row.mean))
            case key if key in columns:
                rows.sort(key=lambda row: (-(row.cells[columns[key]].rate or 0), -row.mean))
            case _:
                rows.sort(key=lambda row: -row.mean)
        return rows

    def unit(self, unit: Unit) -> Named:
        """Return the name of a unit."""
        return Named(self.naming(unit.iri), self.naming.language_of(unit.iri), self.edition.addresses.path(unit.iri))

    def item(self, item: Term) -> Named:
        """Return the name of an item: of a concept, of a key of the definition, or a number with its unit."""
        by = self.chosen.by
        if item.kind == "iri":
            return Named(self.naming(item.value), self.naming.language_of(item.value), self.edition.addresses.path(item.value))
        if item.value in by.names:
            return Named(_(by.names[item.value]))
        value = item.python()
        text = number(value) if isinstance(value, (int, float, Decimal)) else str(value)
        return Named(f"{text} {by.unit}".strip())

    @cached_property
    def keys(self) -> dict[Term, str]:
        """Short keys of all items for addresses: the end of an IRI where no other has the same, else all of it."""
        counted = self.matrix.counted
        items = dict.fromkeys(i for where in (counted.items, counted.denied) for has in where.values() for i in has)
        short = Counter(last_part(item.value) for item in items)
        return {item: last_part(item.value) if short[last_part(item.value)] == 1 else item.value for item in items}

    def behind(self, unit: Unit, item: Term | None = None, state: str = "") -> str:
        """Return the address of what is behind a number: a cell, or the things of a unit that are in some state."""
        more = [*((("item", self.keys[item]),) if item else ()), *((("state", state),) if state else ())]
        return "&".join([self._start, urlencode([("in", unit.key), *more])])

    @cached_property
    def _start(self) -> str:
        chosen = self.chosen
        pairs = [("of", chosen.subject.key), ("by", chosen.by.key), *((("level", chosen.level.key),) if chosen.level else ())]
        return "/compare/behind?" + urlencode([*pairs, *((("past", "1"),) if chosen.past else ())])

    def _by_name(self, row: Row) -> tuple[object, ...]:
        names = list(self.chosen.by.names)
        value = row.item.python() if row.item.kind == "literal" else ""
        size = Decimal(str(value)) if isinstance(value, (int, float, Decimal)) else Decimal(0)
        place = names.index(row.item.value) if row.item.value in names else 0
        return not row.code, row.code, place, size, fold(self.item(row.item).text)


def release_day(edition: Edition) -> str:
    """Return the day of the data, today where an endpoint does not tell it."""
    return edition.release.created[:10] if edition.release else datetime.now(UTC).date().isoformat()


def percent(value: float) -> str:
    """Return a share as the language of the page writes it: `43%` in English, `43 %` in German."""
    return str(format_percent(value, locale=interface()))
