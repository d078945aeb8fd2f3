"""An answer as a file: CSV for spreadsheets, JSON for programs. Formats are endings of the same result."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from query_ui.answers import split_sources
from wise_skills.questions import Result
from wise_skills.questions.model import LABEL_SUFFIX
from wise_skills.terms import Term

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
Lookup = Callable[[str], str]


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before one that looks like it.

    >>> guarded("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _names(result: Result) -> list[tuple[str, bool]]:
    """The columns of the files: each shown one and, for things, their IRI."""
    found = []
    for name in result.columns:
        things = any(t is not None and t.kind == "iri" for t in result.table.column(name))
        found.append((name, False))
        if things and result.question.columns[name].kind not in ("sources", "row", "link"):
            found.append((name, True))
    return found


def _text(term: Term | None, label: Term | None, lookup: Lookup, kind: str) -> str:
    if term is None:
        return ""
    if term.kind == "iri" and kind not in ("sources", "row", "link"):
        return guarded(label.value if label else lookup(term.value))
    if kind == "sources":
        return guarded(" | ".join(split_sources(term)))
    return term.value if not isinstance(term.python(), str) else guarded(term.value)


def to_csv(result: Result, lookup: Lookup) -> bytes:
    """Return the answer as CSV (RFC 4180), with labels, and the IRI of each thing in a column of its own."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = _names(result)
    kinds = result.question.columns
    writer.writerow(f"{name}_iri" if iri else name for name, iri in columns)
    for row in result.table.dicts():
        writer.writerow(
            (term.value if (term := row[name]) else "") if iri else _text(row[name], row.get(name + LABEL_SUFFIX), lookup, kinds[name].kind)
            for name, iri in columns
        )
    return out.getvalue().encode()


def to_json(result: Result, lookup: Lookup, about: dict[str, Any]) -> bytes:
    """Return the answer as JSON: the question, its values, the sentence, columns, rows, and what is not known."""
    question = result.question
    document = {
        "question": question.name,
        "title": question.title,
        "parameters": {name: [{"value": c.value.value, "label": c.label} for c in chosen] for name, chosen in result.values.items()},
        "answer": result.sentence,
        **about,
        "columns": [{"name": n, "label": (c := question.columns[n]).label, "unit": c.unit, "kind": c.kind} for n in result.columns],
        "truncated": result.table.truncated,
        "rows": [
            {n: _value(row[n], row.get(n + LABEL_SUFFIX), lookup, question.columns[n].kind) for n in result.columns if row[n]}
            for row in result.table.dicts()
        ],
        "unknown": {"text": question.unknown_text, "rows": _plain(result)},
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=_number).encode()


def _value(term: Term | None, label: Term | None, lookup: Lookup, kind: str) -> object:
    if term is None:
        return None
    if kind == "sources":
        return split_sources(term)
    if term.kind == "iri":
        return {"iri": term.value, "label": label.value if label else lookup(term.value)} if kind not in ("row", "link") else term.value
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
