"""What a query of one's own finds, as a workbook."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from query_ui import spreadsheets
from query_ui.filters import naming
from query_ui.spreadsheets import Link, Value
from wise_skills.terms import Table, Term


def workbook(table: Table, query: str) -> Response:
    """Return a workbook: things as links with their names, numbers as numbers; the query stands on the last sheet."""
    names = naming()
    names.fetch(t.value for row in table.rows for t in row if t is not None and t.kind == "iri")

    def value(term: Term | None) -> Value:
        if term is None:
            return ""
        return Link(names(term.value), term.value) if term.kind == "iri" else term.python()

    about: list[tuple[str, Value]] = [(_("Query"), query)]
    if table.truncated:
        about.append((_("Cut"), _("These are the first %(rows)s rows of more.", rows=len(table.rows))))
    rows = [[value(term) for term in row] for row in table.rows]
    made = spreadsheets.workbook(_("Answer to a query"), table.variables, rows, about, path="/sparql")
    return spreadsheets.download(made, "result")
