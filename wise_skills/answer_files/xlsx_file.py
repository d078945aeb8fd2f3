"""The answer as a workbook: its rows, and a sheet that says what was asked, of what, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date

from babel.lists import format_list

from wise_skills.answer_files.about import About, Names, Words
from wise_skills.answer_files.cells import Head, heads, label, split_sources
from wise_skills.names import XSD
from wise_skills.questions import Result
from wise_skills.spreadsheets import Link, Value, workbook
from wise_skills.terms import Term


def to_xlsx(result: Result, names: Names, about: About, words: Words | None = None) -> bytes:
    """Return the answer as a workbook: numbers are numbers, days are days, addresses are links."""
    words = words or Words()
    columns = heads(result)
    rows = ([_value(row, head, names) for head in columns] for row in result.table.dicts())
    said = list(_about(result, about, words))
    return workbook(result.question.title, [head.title for head in columns], rows, said, sheets=(words.answer, words.about))


def _value(row: Mapping[str, Term | None], head: Head, names: Names) -> Value:
    term = row[head.name]
    if term is None:
        return None
    text = label(row, head, names)
    if head.column.kind == "sources":
        addresses = split_sources(term)
        return Link(text, addresses[0]) if len(addresses) == 1 else text
    if term.kind == "iri":
        return Link(text, term.value) if head.iri or head.column.kind in ("row", "link") else text
    if term.datatype == XSD + "date":
        with suppress(ValueError):
            return date.fromisoformat(term.value)
    if term.datatype == XSD + "gYear":
        with suppress(ValueError):
            return int(term.value)
    value = term.python()
    return text if isinstance(value, str) else value


def _about(result: Result, about: About, words: Words) -> Iterator[tuple[str, Value]]:
    question = result.question
    yield words.question, question.title
    yield words.sentence, result.sentence
    if result.table.truncated:
        yield "", words.cut
    yield words.description, question.description
    for parameter in question.parameters:
        chosen = [choice.label for choice in result.values.get(parameter.name, ())]
        yield parameter.label, format_list(chosen, locale=question.spoken) if chosen else words.any_value
    for number, row in enumerate(result.unknown.dicts() if result.unknown else ()):
        if number == 0:
            yield words.unknown, question.unknown_text
        yield words.absence(str(row["state"] or "not-reported")), str(row["label"] or row["thing"] or "")
    yield words.address, Link(about.address, about.address)
    yield words.citation, about.citation
    yield words.version, about.version
    yield words.licence, Link(about.licence, about.licence)
