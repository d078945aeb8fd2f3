"""Which values of one parameter still give an answer beside those of the others, and how many rows.

Read once for a release: the *combinations* of a question are its own query with every parameter left free and
selected beside the columns, so that each row of the answer stands beside the values under which it is given. What is
offered, and the number beside it, is therefore what choosing gives. Where parameters act inside a count, and so are
not visible beside the rows, the header says the combinations (`combinations:`): a SELECT of the parameters and of
what makes a row.

Parameters without choices (a day, a number) cannot be left free: their value is part of the combinations; and what
is required has a value anyway, which keeps the combinations few.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from wise_skills.engines import Engine
from wise_skills.questions.model import Question, fill
from wise_skills.terms import Table, Term

_OUTER = re.compile(r"^[ \t]*SELECT\s+(?:DISTINCT\s+)?(?P<variables>(?:\?\w+\s*)+)(?:WHERE\s*)?\{", re.IGNORECASE | re.MULTILINE)
_GROUPED = re.compile(r"^[ \t]*\}?[ \t]*(?:GROUP BY|HAVING|LIMIT|OFFSET)\b[^{}]*\Z", re.IGNORECASE | re.MULTILINE)
_QUERY_CHARS, _ROWS, _KEPT = 200_000, 200_000, 256


@dataclass(frozen=True)
class Combinations:
    """The values under which each row is given: `tuples` holds values in the order of `names`, and the number of the row."""

    names: tuple[str, ...]
    tuples: tuple[tuple[tuple[Term | None, ...], int], ...]

    def counts(self, name: str, values: Mapping[str, Sequence[Term]]) -> dict[Term, int]:
        """Return the values of one parameter that give rows beside those of the others, with the number of rows."""
        at = self.names.index(name)
        wanted = [(self.names.index(n), frozenset(terms)) for n, terms in values.items() if n != name and terms and n in self.names]
        rows: dict[Term, set[int]] = {}
        for given, row in self.tuples:
            value = given[at]
            if value is not None and all(given[place] in terms for place, terms in wanted):
                rows.setdefault(value, set()).add(row)
        return {value: len(found) for value, found in rows.items()}


def combinations_query(question: Question) -> str | None:
    """Return the query of the combinations; None where a question has no choices, or its query groups its rows."""
    names = [parameter.name for parameter in question.parameters if parameter.choices]
    if not names:
        return None
    if question.combinations:
        return question.complete(question.combinations)
    match = _OUTER.search(question.body)
    if match is None or _GROUPED.search(question.body):
        return None
    selected = re.findall(r"\w+", match["variables"])
    wanted = " ".join(f"?{name}" for name in dict.fromkeys([*names, *selected]))
    return f"{question.body[: match.start()]}SELECT DISTINCT {wanted} WHERE {{{question.body[match.end() :]}"


def combinations(engine: Engine, question: Question, asked: str, values: Mapping[str, Sequence[Term]]) -> Combinations | None:
    """Return the combinations that say what one parameter can be; None where its own query for choices decides.

    `values` are kept of what has no choices, and of what is required beside the parameter that is `asked` for:
    a form always holds some value of it.
    """
    query = combinations_query(question)
    if query is None:
        return None
    kept = {p.name for p in question.parameters if p.name != asked and (p.required or not p.choices)}
    query = fill(query, {name: terms for name, terms in values.items() if name in kept})
    names = tuple(parameter.name for parameter in question.parameters if parameter.choices)
    # What stands in the answer makes a row; combinations of their own name apart what makes one.
    columns = frozenset() if question.combinations else frozenset(question.columns)
    return _kept.get(engine, query, names, columns)


def _read(engine: Engine, query: str, names: tuple[str, ...], columns: frozenset[str]) -> Combinations | None:
    table = engine.select(query, limits=replace(engine.limits, query_chars=_QUERY_CHARS, rows=_ROWS))
    if table.truncated:
        return None
    visible = tuple(name for name in names if not table.rows or any(cell is not None for cell in table.column(name)))
    own = tuple(name for name in table.variables if name in columns or name not in names)
    return Combinations(visible, _tuples(table, visible, own))


def _tuples(table: Table, visible: tuple[str, ...], row_of: tuple[str, ...]) -> tuple[tuple[tuple[Term | None, ...], int], ...]:
    places, own = ([table.variables.index(name) for name in names] for names in (visible, row_of))
    numbers: dict[Hashable, int] = {}
    found: dict[tuple[tuple[Term | None, ...], int], None] = {}
    for row in table.rows:
        number = numbers.setdefault(tuple(row[place] for place in own), len(numbers))
        found[tuple(row[place] for place in places), number] = None
    return tuple(found)


class _Kept:
    """The last combinations for each engine; a new release starts afresh."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: WeakKeyDictionary[Engine, OrderedDict[Hashable, Combinations | None]] = WeakKeyDictionary()

    def get(self, engine: Engine, query: str, names: tuple[str, ...], columns: frozenset[str]) -> Combinations | None:
        key = engine.version, query, names
        with self._lock:
            found = self._found.setdefault(engine, OrderedDict())
            if key in found:
                found.move_to_end(key)
                return found[key]
        read = _read(engine, query, names, columns)
        with self._lock:
            found[key] = read
            while len(found) > _KEPT:
                found.popitem(last=False)
        return read


_kept = _Kept()
