"""What stands behind an answer: the address for a number, and the claims that it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from query_ui.asking.parameters import query
from query_ui.edition import Edition
from wise_skills.errors import BadParameter, InputError
from wise_skills.languages import told
from wise_skills.questions import Question, Result, resolve
from wise_skills.questions.behind import Counted, counted, counting, keys, of_rows, values_of
from wise_skills.questions.model import LABEL_SUFFIX
from wise_skills.terms import Term, iri

_ADDRESSES = ("sources", "link")


def links(served: Edition, result: Result) -> Callable[[str, Mapping[str, Term | None]], str]:
    """Return what gives the path behind a number of a row: what it counts, else the row that says it; empty for none."""
    question = result.question
    chosen = {name: [choice.value for choice in values] for name, values in result.values.items()}
    rows = next((name for name, column in question.columns.items() if column.kind == "row"), "")

    def path(name: str, row: Mapping[str, Term | None]) -> str:
        if counting(question, name):
            return path_of(question, name, values_of(question, name, row, chosen))
        origin = row.get(rows)
        return served.addresses.path(origin.value) if origin is not None else ""

    return path


def path_of(question: Question, column: str, values: Mapping[str, Sequence[Term]]) -> str:
    """Return the address of what stands behind a number."""
    return f"/questions/{question.name}/behind/{column}" + query({n: [t.value for t in terms] for n, terms in values.items()})


def of_number(served: Edition, question: Question, column: str, given: Mapping[str, Sequence[str]]) -> list[Counted]:
    """Return what a number counts, for the values of an address: IRIs, or what the form of the question takes.

    Raises `BadParameter` for a value that cannot be, and for one that the query does not take.
    """
    wanted = keys(question, column)
    for name in given:
        if name not in wanted:
            raise BadParameter(name, None, "is no condition of this number", list(wanted))
    values: dict[str, list[Term]] = {}
    for name, texts in given.items():
        parameter = question.parameter(name)
        for text in texts:
            try:
                term = iri(text)
            except InputError:
                if parameter is None:
                    raise BadParameter(name, text, told("is no address (https://…)")) from None
                term = resolve(served.engine, question, {name: text})[name][0].value
            values.setdefault(name, []).append(term)
    for name in wanted:
        if name not in values and question.parameter(name) is None:
            raise BadParameter(name, None, told("a value is needed"), [])
    return counted(served.engine, question, column, values)


@dataclass(frozen=True)
class Rows:
    """The claims of all rows of an answer; `things` where they come from no table, and the things themselves are shown."""

    claims: list[Term]
    things: bool = False


def of_answer(served: Edition, result: Result) -> Rows:
    """Return the claims from whose rows an answer was made; without such rows, the things in it."""
    columns = result.question.columns
    rows = [term for name in result.columns if columns[name].kind == "row" for term in result.table.column(name) if term]
    if rows:
        return Rows(of_rows(served.engine, rows, served.names))
    plain = [n for n in result.table.variables if not n.endswith(LABEL_SUFFIX) and (n not in columns or columns[n].kind not in _ADDRESSES)]
    found = dict.fromkeys(t for name in plain for t in result.table.column(name) if t is not None and t.kind == "iri")
    return Rows(list(found), things=True)
