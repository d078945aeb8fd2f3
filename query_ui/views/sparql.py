"""`/sparql`: the SPARQL 1.1 Protocol for programs, an editor for people, the service description for both."""

from __future__ import annotations

import time
from functools import partial

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext

from query_ui import asked as chosen
from query_ui.edition import Edition
from query_ui.filters import edition
from query_ui.links import absolute
from query_ui.negotiation import FORMATS, HTML, RDF_TYPES, TURTLE, choose
from query_ui.problems import WrongRequest, problem
from query_ui.rate import Rate
from query_ui.sparql import protocol, query_files, query_terms
from query_ui.sparql.protocol import Asked
from query_ui.sparql.query_page import Outcome, example, page, start
from query_ui.views.dataset import service_description
from wise_skills.engines import media_types
from wise_skills.errors import NotAcceptable, WiseSkillsError
from wise_skills.terms import Table

blueprint = Blueprint("sparql", __name__)

_WITH_CHARSET = ("text/csv", "text/tab-separated-values", TURTLE)


@blueprint.route("/sparql", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answer a query; without one, show the editor or describe the service."""
    served = edition()
    for_people = _wants_html()
    try:
        _check_format()
        asked = protocol.read(request)
        if asked.query is None:
            return _without_query(served, for_people)
        if for_people:
            return _page(served, asked)
        _count()
        return _answer(served, asked, asked.query)
    except WiseSkillsError as error:
        if not for_people:
            raise
        typed = request.values.get("query", "") or start()
        return page(served, Asked(typed), Outcome(error=problem(error)))


@blueprint.get("/sparql/terms.json")
def terms() -> Response:
    """Give the editor what it completes, with names in the reader's language."""
    return Response(query_terms.written(edition(), chosen.language()), content_type="application/json")


@blueprint.route("/sparql.xlsx", methods=["GET", "POST"])
def as_workbook() -> Response:
    """Give what a SELECT query finds as a workbook: numbers as numbers, texts never as formulas."""
    served = edition()
    asked = protocol.read(request)
    query = asked.query or ""
    if not query.strip() or served.engine.kind(query) != "select":
        raise WrongRequest(400, gettext("Only what a SELECT query finds can be given as a workbook."))
    _count()
    return query_files.workbook(_table(served, asked, query), query)


def _table(served: Edition, asked: Asked, query: str) -> Table:
    found = served.engine.answer(
        query, media_type=media_types("select")[0], default_graphs=asked.default_graphs, named_graphs=asked.named_graphs
    )
    return Table.from_json(found.body, truncated=found.truncated)


def _wants_html() -> bool:
    named = request.args.get("format")
    if named in FORMATS:
        return named == "html"
    machine = (*FORMATS.values(),)
    return choose(request.headers.get("Accept"), (*(m for m in machine if m != HTML), HTML)) == HTML


def _check_format() -> None:
    named = request.args.get("format")
    if named is not None and named not in FORMATS:
        sentence = gettext("format=%(format)s is unknown. Give one of %(formats)s.", format=named, formats=", ".join(FORMATS))
        raise WrongRequest(400, sentence)


def _count() -> None:
    rate: Rate = current_app.extensions["wise_rate"]
    rate.count(request.remote_addr or "")


def _without_query(served: Edition, for_people: bool) -> Response:
    if for_people:
        return page(served, Asked(example(served, request.args.get("example", ""))))
    media = FORMATS.get(request.args.get("format", "")) or choose(request.headers.get("Accept"), RDF_TYPES)
    if media not in RDF_TYPES:
        types = ", ".join(RDF_TYPES)
        raise WrongRequest(406, gettext("Without a query, the description of the service is given, as %(types)s.", types=types))
    found = service_description(served, media)
    if found is None:
        raise WrongRequest(400, gettext("The request holds no query, and this site has no description of the endpoint that it asks."))
    return found


def _answer(served: Edition, asked: Asked, query: str) -> Response:
    """Answer a program in the type that it likes best among those that the form of query has."""
    kind = served.engine.kind(query)
    offers = media_types(kind)
    named = request.args.get("format")
    media = FORMATS.get(named) if named is not None else choose(request.headers.get("Accept"), offers)
    if media is None or media not in offers:
        raise NotAcceptable(kind, named or request.headers.get("Accept", ""), offers)
    found = served.engine.answer(query, media_type=media, default_graphs=asked.default_graphs, named_graphs=asked.named_graphs)
    charset = "; charset=utf-8" if media in _WITH_CHARSET else ""
    response = Response(found.body, content_type=media + charset)
    if found.truncated:
        response.headers["X-Result-Truncated"] = "true"
        response.headers["Link"] = f'<{absolute("/limits.json")}>; rel="help"'
    if media in _WITH_CHARSET[:2]:
        # Exact by the standard, so unguarded against spreadsheet formulas: it is to be saved, not opened at once.
        ending = "csv" if media == "text/csv" else "tsv"
        response.headers["Content-Disposition"] = f'attachment; filename="result.{ending}"'
    return response


def _page(served: Edition, asked: Asked) -> Response:
    """Answer a person: run the query and show what came of it below the editor."""
    query = asked.query or ""
    if not query.strip():
        return page(served, Asked(start(), asked.default_graphs, asked.named_graphs))
    _count()
    begun = time.perf_counter()
    kind = served.engine.kind(query)
    ask = partial(served.engine.answer, query, default_graphs=asked.default_graphs, named_graphs=asked.named_graphs)
    found = ask(media_type=media_types(kind)[0])
    outcome = Outcome(kind, seconds=time.perf_counter() - begun, truncated=found.truncated)
    if kind == "ask":
        outcome.truth = b"true" in found.body
    elif kind == "select":
        outcome.table = Table.from_json(found.body, truncated=found.truncated)
    else:
        outcome.turtle, outcome.statements = found.body.decode(), found.rows or 0
    return page(served, asked, outcome)
