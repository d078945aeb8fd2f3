"""The ledger, its lists, and what follows through ESCO, as files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from query_ui.ledger import words
from query_ui.naming import Naming
from query_ui.spreadsheets import Value, workbook
from wise_skills.mappings.chaining import Chain, Derived
from wise_skills.mappings.ledger import STATES, Entry, Ledger
from wise_skills.mappings.things import KINDS
from wise_skills.spreadsheets import guarded

LEDGER_HEAD = ("country", "language", "kind", *STATES, "things")
LINES_HEAD = ("label", "code", "language", "country", "kind", "state", "iri")
PAIRS_HEAD = (
    "subject", "subject_code", "subject_label", "relation", "object", "object_code", "object_label", "confidence", "path", "paths",
    "first_relation", "hub", "hub_label", "second_relation", "path_relation", "weakest", "first_reviewers", "second_reviewers",
    "first_mapping", "second_mapping", "first_table", "second_table",
)  # fmt: skip
Label = Callable[[str], str]


def ledger_rows(found: Ledger) -> Iterator[tuple[str | int, ...]]:
    """Yield the numbers of each country, language and kind: a line of the ledger's CSV."""
    cells = found.cells()
    for country, language, kind in sorted({cell[:3] for cell in cells}, key=lambda c: (c[0], c[1], KINDS.index(c[2]))):
        numbers = [cells[country, language, kind, state] for state in STATES]
        yield (country, language, kind, *numbers, sum(numbers))


def to_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return rows as CSV (RFC 4180) whose texts no spreadsheet takes for formulas."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow([guarded(value) if isinstance(value, str) else value for value in row])
    return out.getvalue().encode()


def to_json(head: Sequence[str], rows: Iterable[Sequence[Any]], about: dict[str, Any]) -> bytes:
    """Return rows as JSON, with what they are."""
    return json.dumps({**about, "rows": [dict(zip(head, row, strict=True)) for row in rows]}, ensure_ascii=False, indent=1).encode()


def ledger_workbook(found: Ledger, sentence: str, naming: Naming, path: str) -> bytes:
    """Return the ledger as a workbook."""
    names = {state: str(words.STATES[state][0]) for state in STATES}
    heads = [_("Country"), _("Language of the label"), _("Kind"), *names.values(), _("all")]
    rows: list[list[Value]] = [
        [words.country(found, str(row[0]), naming), words.language(found, str(row[1]), naming), str(words.KINDS[str(row[2])]), *row[3:]]
        for row in ledger_rows(found)
    ]
    about: list[tuple[str, Value]] = [(_("In short"), sentence), *((names[s], str(words.STATES[s][1])) for s in STATES)]
    return workbook(_("Alignment to ESCO"), heads, rows, about, path=path)


def line_rows(
    entries: Iterable[Entry], named: Callable[[str], tuple[str, str]], codes: Callable[[str], dict[str, str]]
) -> Iterator[tuple[str, ...]]:
    """Yield the things of a list with label and code: what `wise align` reads."""
    for entry in entries:
        thing = entry.thing
        label, tag = named(thing.iri)
        yield label, codes(thing.scheme).get(thing.iri, ""), tag, thing.country, thing.kind, entry.state, thing.iri


def pair_rows(found: Iterable[Derived], label: Label, code: Label) -> Iterator[tuple[Any, ...]]:
    """Yield one line for each path of each mapping that follows."""
    for mapping in found:
        ends = (mapping.subject, code(mapping.subject), label(mapping.subject), mapping.relation, mapping.object, code(mapping.object))
        for number, path in enumerate(mapping.paths, 1):
            yield (*ends, label(mapping.object), path.confidence, number, len(mapping.paths), *_way(path, label))


def _way(path: Chain, label: Label) -> tuple[Any, ...]:
    weakest = path.weakest
    return (
        path.first.relation,
        path.hub,
        label(path.hub),
        path.second.relation_back,
        path.relation,
        "" if weakest is None else "first" if weakest is path.first else "second",
        "; ".join(path.first.row.reviewers),
        "; ".join(path.second.row.reviewers),
        path.first.row.node,
        path.second.row.node,
        path.first.row.source.title or path.first.row.source.name,
        path.second.row.source.title or path.second.row.source.name,
    )


def pair_workbook(title: str, rows: Iterable[Sequence[Any]], sentence: str, path: str) -> bytes:
    """Return what follows between two classifications as a workbook."""
    return workbook(title, PAIRS_HEAD, rows, [(_("In short"), sentence)], path=path)
