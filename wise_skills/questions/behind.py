"""What stands behind an answer: the claims of its rows, and those that a number counts.

A row that comes from one row of a table names it (`row`). A counted number has a query of its own in the header::

    #+ behind:
    #+   countries: |-
    #+     SELECT DISTINCT ?counted ?claim WHERE {
    #+       VALUES ?division { UNDEF } # parameter
    #+       ?claim a wise:SectorActivity ; wise:nace ?division ; wise:country ?counted .
    #+     }

Its lines for values take the parameters of the question and the columns of the row. `?counted` is what is counted, if
that is something else than claims; so the number of different values is the number shown. A share leads to what it is
a share of: `digitalShare: digital`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wise_skills.engines import Engine
from wise_skills.names import Names
from wise_skills.questions.choices import QUERY_CHARS
from wise_skills.questions.model import SLOT, Question, fill
from wise_skills.terms import Term

_ROWS = 100_000


@dataclass(frozen=True)
class Counted:
    """A thing that a number counts, and the claims behind it; for a number of claims, the claim alone."""

    thing: Term
    claims: tuple[Term, ...]


def counting(question: Question, column: str) -> str:
    """Return the query behind a column, empty if it counts nothing; a share leads to what it is a share of."""
    query = question.behind.get(column, "")
    return query if not query or query.lstrip().upper().startswith("SELECT") else counting(question, query.strip())


def keys(question: Question, column: str) -> tuple[str, ...]:
    """Return the names of the values that the query behind a column takes: parameters, and columns of the row."""
    return tuple(dict.fromkeys(match["name"] for match in SLOT.finditer(counting(question, column)) if match["name"] != "language"))


def values_of(
    question: Question, column: str, row: Mapping[str, Term | None], chosen: Mapping[str, Sequence[Term]]
) -> dict[str, list[Term]]:
    """Return the values that lead to what stands behind one number: those of the row, else the chosen ones."""
    found: dict[str, list[Term]] = {}
    for name in keys(question, column):
        own = row.get(name)
        if own is not None:
            found[name] = [own]
        elif chosen.get(name):
            found[name] = list(chosen[name])
    return found


def counted(engine: Engine, question: Question, column: str, values: Mapping[str, Sequence[Term]]) -> list[Counted]:
    """Return what a number counts, in the order of the claims; raises the engine's errors."""
    query = fill(question.complete(counting(question, column)), values)
    table = engine.select(query, limits=replace(engine.limits, query_chars=QUERY_CHARS, rows=_ROWS))
    found: dict[Term, dict[Term, None]] = {}
    for row in table.dicts():
        if (claim := row["claim"]) is not None:
            found.setdefault(row.get("counted") or claim, {})[claim] = None
    return [Counted(thing, tuple(claims)) for thing, claims in found.items()]


def of_rows(engine: Engine, rows: Sequence[Term], names: Names) -> list[Term]:
    """Return what the rows of tables describe, in their order."""
    if not rows:
        return []
    values = " ".join(dict.fromkeys(row.n3() for row in rows if row.kind == "iri"))
    query = f"SELECT DISTINCT ?row ?claim WHERE {{ VALUES ?row {{ {values} }} ?row <{names.describes}> ?claim }}"
    table = engine.select(query, limits=replace(engine.limits, query_chars=1_000_000, rows=_ROWS))
    place = {row: number for number, row in enumerate(rows)}
    pairs = sorted(((place[row], claim) for row, claim in table if row in place and claim is not None), key=lambda pair: pair[0])
    return list(dict.fromkeys(claim for _, claim in pairs))
