"""The answer as JSON, for programs: the question, its values, the sentence, columns, rows, and what is not known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from wise_skills.answer_files.about import About, Names
from wise_skills.answer_files.cells import split_sources
from wise_skills.questions import Result
from wise_skills.questions.model import LABEL_SUFFIX
from wise_skills.terms import Term


def to_json(result: Result, names: Names, about: About) -> bytes:
    """Return the answer as JSON."""
    question = result.question
    document = {
        "question": question.name,
        "title": question.title,
        "parameters": {name: [{"value": c.value.value, "label": c.label} for c in chosen] for name, chosen in result.values.items()},
        "answer": result.sentence,
        "release": about.version,
        "licence": about.licence,
        "citation": about.citation,
        "address": about.address,
        "columns": [{"name": n, "label": (c := question.columns[n]).label, "unit": c.unit, "kind": c.kind} for n in result.columns],
        "truncated": result.table.truncated,
        "rows": [
            {n: _value(row[n], row.get(n + LABEL_SUFFIX), names, question.columns[n].kind) for n in result.columns if row[n]}
            for row in result.table.dicts()
        ],
        "unknown": {"text": question.unknown_text, "rows": _plain(result)},
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=_number).encode()


def _value(term: Term | None, label: Term | None, names: Names, kind: str) -> object:
    if term is None:
        return None
    if kind == "sources":
        return split_sources(term)
    if term.kind == "iri":
        return {"iri": term.value, "label": label.value if label else names(term.value)} if kind not in ("row", "link") else term.value
    if term.language:
        return {"text": term.value, "language": term.language}
    return term.python()


def _plain(result: Result) -> Sequence[dict[str, str]]:
    if result.unknown is None:
        return []
    return [{name: str(term) for name, term in row.items() if term is not None} for row in result.unknown.dicts()]


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(type(value).__name__)
