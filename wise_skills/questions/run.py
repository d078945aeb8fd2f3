"""Asks a question: values in, table and sentence out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from babel.lists import format_list
from babel.numbers import format_decimal

from wise_skills.engines import Engine, Limits
from wise_skills.languages import told
from wise_skills.questions.choices import QUERY_CHARS, Choice, resolve
from wise_skills.questions.model import LABEL_SUFFIX, Question, fill
from wise_skills.questions.needs import advice, lacking
from wise_skills.terms import Table


@dataclass(frozen=True)
class Result:
    """An answer: `values` as chosen, the `table`, one `sentence`, what is `unknown`, and the `query` as it ran.

    `lacking` names what the question needs and the graph does not hold; then nothing was asked.
    """

    question: Question
    values: Mapping[str, tuple[Choice, ...]]
    table: Table
    sentence: str
    unknown: Table | None
    seconds: float
    query: str
    language: str = "en"
    lacking: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """Return the variables to show; a `…Label` beside its thing is left out."""
        return [name for name in self.table.variables if name in self.question.columns]


def ask(
    engine: Engine,
    question: Question,
    values: Mapping[str, str | Sequence[str]] | None = None,
    *,
    language: str = "en",
    limits: Limits | None = None,
) -> Result:
    """Ask a question with values as a person writes them.

    Raises `BadParameter` for values that do not fit, and the engine's errors.
    """
    if missing := lacking(engine, question):
        empty = Table(tuple(question.columns), ())
        return Result(question, {}, empty, advice(*missing), None, 0.0, fill(question.body, {}, language), language, missing)
    chosen = resolve(engine, question, values or {}, language=language)
    terms = {name: [choice.value for choice in found] for name, found in chosen.items()}
    query = question.bind(terms, language)
    limits = replace(limits or engine.limits, query_chars=QUERY_CHARS)
    start = time.perf_counter()
    table = _select(engine, query, limits)
    unknown = None
    if question.unknown:
        unknown = _select(engine, fill(question.complete(question.unknown), terms, language), limits)
    seconds = time.perf_counter() - start
    return Result(question, chosen, table, sentence(question, chosen, table), unknown, seconds, query, language)


def _select(engine: Engine, query: str, limits: Limits) -> Table:
    """A release never changes, so an answer of it may be given again; an endpoint's data may change at any time."""
    if engine.name == "embedded" and engine.version:
        return _remembered(engine, engine.version, query, limits)  # type: ignore[arg-type]  # engines are hashable by identity
    return engine.select(query, limits=limits)


@lru_cache(maxsize=64)
def _remembered(engine: Engine, version: str, query: str, limits: Limits) -> Table:
    return engine.select(query, limits=limits)


def forget_answers() -> None:
    """Forget the answers that are kept, for measuring."""
    _remembered.cache_clear()


def sentence(question: Question, values: Mapping[str, tuple[Choice, ...]], table: Table) -> str:
    """Return the sentence that answers the question.

    Its template may hold `{rows}`, `{count_form}` (different values of ?form), `{first_form}` (the first one's
    label) and `{country}` (the chosen labels of a parameter, or "any …").
    """
    templates = {0: question.answer_none, 1: question.answer_one}

    def number(value: int) -> str:
        return str(format_decimal(value, locale=question.spoken))

    parts = {"rows": number(len(table)) if not table.truncated else told("more than {number}", number=number(len(table)))}
    for parameter in question.parameters:
        labels = [choice.label for choice in values.get(parameter.name, ())]
        blank = parameter.blank or f"any {_lower(parameter.label)}"
        parts[parameter.name] = format_list(labels, locale=question.spoken) if labels else blank
    for variable in table.variables:
        cells = [cell for cell in table.column(variable) if cell is not None]
        parts[f"count_{variable}"] = number(len(set(cells)))
        names = [cell for cell in table.column(variable + LABEL_SUFFIX) if cell is not None] or cells
        parts[f"first_{variable}"] = str(names[0]) if names else ""
    return templates.get(len(table), question.answer).format(**parts)


def _lower(label: str) -> str:
    """Return a label as it stands inside an English sentence; abbreviations such as EQF stay."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
