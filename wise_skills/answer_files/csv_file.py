"""The answer as CSV (RFC 4180), for spreadsheets and programs."""

from __future__ import annotations

import csv
import io

from wise_skills.answer_files.about import Names
from wise_skills.answer_files.cells import heads, label
from wise_skills.questions import Result
from wise_skills.spreadsheets import guarded


def to_csv(result: Result, names: Names) -> bytes:
    """Return the answer as CSV, with labels, and the IRI of each thing in a column of its own."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = heads(result)
    writer.writerow(head.key for head in columns)
    for row in result.table.dicts():
        cells = []
        for head in columns:
            term, text = row[head.name], label(row, head, names)
            is_text = term is not None and (term.kind == "iri" or isinstance(term.python(), str))
            cells.append(guarded(text) if is_text and not head.iri else text)
        writer.writerow(cells)
    return out.getvalue().encode()
