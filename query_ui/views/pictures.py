"""`/questions/<name>.svg`, `/sparql.svg` and the same as PNG: the picture of an answer as a file, with title, source and citation."""

from __future__ import annotations

from typing import Literal

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext as _

from query_ui import asked
from query_ui.asking import parameters
from query_ui.citing import citation
from query_ui.edition import Edition
from query_ui.filters import edition, naming, questions
from query_ui.links import absolute
from query_ui.problems import Missing, WrongRequest
from query_ui.rate import Rate
from query_ui.results.presentation import asked_of, present
from query_ui.results.result_views import address
from query_ui.results.sheets import Sheet
from query_ui.sparql import protocol
from wise_skills.engines import media_types
from wise_skills.questions import ask, find
from wise_skills.terms import Table

blueprint = Blueprint("pictures", __name__)
Ending = Literal["svg", "png"]
_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@blueprint.get("/questions/<name>.<any(svg, png):ending>")
def of_question(name: str, ending: Ending) -> Response:
    """Give the picture of a question's answer, as `view`, `x`, `y` and `series` say, else as the page shows it at first."""
    served = edition()
    question = find(questions(), name)
    typed = {k: kept for k, vs in parameters.typed().items() if (kept := [v for v in vs if v.strip()])}
    result = ask(served.engine, question, typed, language=asked.language())
    conditions = "; ".join(
        f"{p.label}: {', '.join(c.label for c in result.values[p.name])}" for p in question.parameters if result.values.get(p.name)
    )
    lines = [conditions] if conditions else []
    return picture_file(served, Sheet.of(served, naming(), result), f"/questions/{name}", question.title, lines, question.view, ending)


@blueprint.get("/sparql.<any(svg, png):ending>")
def of_query(ending: Ending) -> Response:
    """Give the picture of what a SELECT query finds."""
    served = edition()
    given = protocol.read(request)
    if not (given.query or "").strip():
        raise WrongRequest(400, _("There is no query in the address. Give one: /sparql.svg?query=…"))
    query = str(given.query)
    rate: Rate = current_app.extensions["wise_rate"]
    rate.count(request.remote_addr or "")
    if served.engine.kind(query) != "select":
        raise WrongRequest(400, _("Only what a SELECT query finds can be drawn."))
    found = served.engine.answer(
        query, media_type=media_types("select")[0], default_graphs=given.default_graphs, named_graphs=given.named_graphs
    )
    table = Table.from_json(found.body, truncated=found.truncated)
    return picture_file(served, Sheet.guessed(served, naming(), table), "/sparql", _("Answer to a query"), [], {}, ending)


def picture_file(served: Edition, sheet: Sheet, path: str, title: str, lines: list[str], wanted: object, ending: Ending) -> Response:
    """Return the picture of a sheet as a file; `lines` of its caption stand before the source."""
    pairs = asked_of(request.args)
    shown = present(sheet, path, pairs, request.args, wanted if isinstance(wanted, dict) else {})
    if shown.picture is None:
        kinds = ", ".join(kind for kind, _text, _path in shown.kinds if kind != "table")
        if kinds:
            raise Missing(_("This answer is shown as a table. Name a view that can be drawn: view=%(kinds)s.", kinds=kinds))
        raise Missing(_("There is nothing to draw in this answer."))
    caption = [*lines, *shown.notices]
    if sheet.truncated:
        caption.append(_("The answer was cut at the limit of rows: the picture shows a part."))
    if shown.picture.chart.cut:
        caption.append(_("The picture shows a part; the table holds all."))
    where = absolute(address(path, pairs, shown.view.query()))
    caption += [_("Source: %(citation)s", citation=citation(served)), where if len(where) <= 300 else absolute(path)]
    body = shown.picture.chart.file(ending, "\n".join(caption), title=title, sentence=shown.picture.sentence)
    response = Response(body, content_type=_TYPES[ending])
    name = path.rsplit("/", 1)[-1]
    response.headers["Content-Disposition"] = f'inline; filename="{name}-{shown.view.kind}.{ending}"'
    return response
