"""A result as rows and columns, whatever asked for it: what a cell holds, which rows are kept, in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from query_ui.asking.answers import Item, Shown, cell, split_sources
from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.words import is_date, key, literal
from wise_skills.labels import fold
from wise_skills.questions import Column, Result
from wise_skills.questions.model import LABEL_SUFFIX
from wise_skills.terms import Table, Term

BACKING = ("evidence", "sources", "row")
"""Kinds of columns that share the last one on the page: what backs a row."""
_LARGEST = 1e21
_YEAR = re.compile(r"(-?\d{4})(?!\d)")
_OF_YEAR = re.compile(r"-?\d{4}\*", re.ASCII)
YEAR = "*"
"""What stands behind a year where all days of it are meant."""
Row = Mapping[str, Term | None]
Behind = Callable[[str, Row], str]


class Value(NamedTuple):
    """A value of a column: `key` is what stands for it in an address, empty where a row has none."""

    key: str
    text: str
    term: Term | None = None


@dataclass(frozen=True)
class Head:
    """A column: `kind` is that of a question's column."""

    name: str
    label: str
    unit: str = ""
    kind: str = "text"


class Sheet:
    """The rows of a result with their columns.

    Parameters
    ----------
    edition, naming:
        What was asked, and how its things are named.
    heads:
        The columns to be shown, in their order.
    table:
        What came back.
    exact:
        Whether values are shown as they came, for those who wrote the query themselves.
    behind:
        Gives the path of what is behind a number of a row, empty for none.
    """

    def __init__(
        self, edition: Edition, naming: Naming, heads: Sequence[Head], table: Table, *, exact: bool = False, behind: Behind | None = None
    ) -> None:
        self.edition, self.naming, self.heads = edition, naming, list(heads)
        self._exact, self._behind = exact, behind
        self.rows: list[dict[str, Term | None]] = table.dicts()
        self.truncated = table.truncated
        self._columns: dict[str, Any] = {h.name: Column(h.label, h.unit, h.kind) for h in heads}  # type: ignore[arg-type]
        self._labelled = {h.name for h in heads if h.name + LABEL_SUFFIX in table.variables}
        self._values: dict[str, list[tuple[Value, ...]]] = {}
        self._numbers: dict[str, list[float | None]] = {}

    @classmethod
    def of(cls, edition: Edition, naming: Naming, result: Result, *, behind: Behind | None = None) -> Sheet:
        """Return the sheet of a question's answer."""
        columns = result.question.columns
        heads = [Head(name, columns[name].label, columns[name].unit, columns[name].kind) for name in result.columns]
        return cls(edition, naming, heads, result.table, behind=behind)

    @classmethod
    def guessed(cls, edition: Edition, naming: Naming, table: Table) -> Sheet:
        """Return the sheet of any SELECT query: what a column holds tells its kind."""
        heads = [Head(name, name, kind=_kind(table.column(name))) for name in table.variables]
        return cls(edition, naming, heads, table, exact=True)

    def head(self, name: str) -> Head | None:
        """Return a column by its name."""
        return next((h for h in self.heads if h.name == name), None)

    def cells(self, rows: Sequence[Row]) -> list[list[Shown]]:
        """Return the cells of some rows as they are shown."""
        self._name((h.name for h in self.heads), rows)
        return [[self._cell(h, row) for h in self.heads] for row in rows]

    def behind(self, name: str, number: int) -> str:
        """Return the path of what is behind a number of a row, empty for none."""
        return self._behind(name, self.rows[number]) if self._behind else ""

    def values(self, name: str) -> list[tuple[Value, ...]]:
        """Return what a column holds, row by row; sources may be several in a cell."""
        if name not in self._values:
            self._name([name])
            terms = [row.get(name) for row in self.rows]
            short = _keys(t.value for t in terms if t is not None and t.kind == "iri")
            self._values[name] = [self._of(name, row, short) for row in self.rows]
        return self._values[name]

    def numbers(self, name: str) -> list[float | None]:
        """Return the numbers of a column; None for what is none."""
        if name not in self._numbers:
            self._numbers[name] = [_number(row.get(name)) for row in self.rows]
        return self._numbers[name]

    def years(self, name: str) -> list[int | None]:
        """Return the years of a column of dates or years."""
        return [int(found[1]) if (term := row.get(name)) and (found := _YEAR.match(term.value)) else None for row in self.rows]

    @cached_property
    def texts(self) -> list[str]:
        """All texts of each row, folded, by which rows are looked for."""
        names = [h.name for h in self.heads]
        self._name(names)
        columns = [self.values(name) for name in names]
        return [fold(" ".join(v.text for column in columns for v in column[n])) for n in range(len(self.rows))]

    def kept(self, *, typed: str, only: Mapping[str, str]) -> list[int]:
        """Return the numbers of the rows that hold all words of a text and the wanted values."""
        wanted = fold(typed).split()
        found = list(range(len(self.rows)))
        for name, value in only.items():
            column = self.values(name)
            if _OF_YEAR.fullmatch(value):
                years = self.years(name)
                found = [n for n in found if years[n] == int(value.removesuffix(YEAR))]
                continue
            found = [n for n in found if value in [v.key for v in column[n]] or (not value and not column[n])]
        return [n for n in found if all(word in self.texts[n] for word in wanted)] if wanted else found

    def ordered(self, rows: Sequence[int], name: str, *, falling: bool) -> list[int]:
        """Return rows in the order of a column, those without a value last."""
        column, numbers = self.values(name), self.numbers(name)

        def rank(n: int) -> tuple[int, float, str]:
            number = numbers[n]
            return (0, number, "") if number is not None else (1, 0.0, f"{fold(column[n][0].text)}\0{column[n][0].text}")

        empty = [n for n in rows if not column[n]]
        full = sorted((n for n in rows if column[n]), key=rank, reverse=falling)
        return full + empty

    def _cell(self, head: Head, row: Row) -> Shown:
        term = row.get(head.name)
        if self._exact and term is not None:
            if term.kind == "iri":
                tag = self.naming.language_of(term.value)
                return Shown(
                    "thing", [Item(self.naming(term.value), self.edition.addresses.path(term.value), language=tag, title=term.value)]
                )
            text = f"_:{term.value}" if term.kind == "bnode" else term.value
            return Shown("date" if is_date(term) else "number" if term.datatype else "text", [Item(text, language=term.language)])
        shown = cell(self.edition, self.naming, head.name, self._columns[head.name], row)
        if self._behind and head.kind == "number" and (path := self._behind(head.name, row)):
            shown.items = [replace(item, href=item.href or path) for item in shown.items]
        return shown

    def _of(self, name: str, row: Row, short: Mapping[str, str]) -> tuple[Value, ...]:
        term = row.get(name)
        if term is None or not term.value.strip():
            return ()
        kind = self._columns[name].kind
        if kind == "sources":
            return tuple(Value(s, self.naming(s)) for s in split_sources(term))
        if term.kind == "iri":
            label = row.get(name + LABEL_SUFFIX) if name in self._labelled else None
            text = label.value if label else self.naming(term.value)
            return (Value(short[term.value], text, term),)
        return (Value(term.value, term.value if self._exact else literal(term), term),)

    def _name(self, names: Iterable[str], rows: Sequence[Row] | None = None) -> None:
        """Fetch the names of everything in some columns at once."""
        wanted: dict[str, None] = {}
        for name in names:
            kind = self._columns[name].kind
            for row in self.rows if rows is None else rows:
                term = row.get(name)
                if kind == "sources":
                    wanted.update(dict.fromkeys(split_sources(term)))
                elif term is not None and term.kind == "iri" and not (name in self._labelled and row.get(name + LABEL_SUFFIX)):
                    wanted[term.value] = None
        self.naming.fetch(wanted)


def _kind(terms: Sequence[Term | None]) -> str:
    full = [t for t in terms if t is not None]
    if not full:
        return "text"
    if all(t.kind == "iri" for t in full):
        return "thing"
    if all(_number(t) is not None for t in full):
        return "number"
    return "date" if all(is_date(t) for t in full) else "text"


def _number(term: Term | None) -> float | None:
    value = term.python() if term is not None else None
    if value is None or isinstance(value, (bool, str)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) <= _LARGEST else None  # which infinity and not-a-number are not either


def _keys(iris: Iterable[str]) -> dict[str, str]:
    """The end of each IRI where no other ends so, else the whole."""
    ends: dict[str, set[str]] = {}
    for iri in iris:
        ends.setdefault(key(iri), set()).add(iri)
    return {iri: end if len(same) == 1 and end else iri for end, same in ends.items() for iri in same}
