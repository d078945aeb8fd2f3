"""`/sparql`: the SPARQL 1.1 Protocol for programs, an editor for people, the service description for both."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, current_app, make_response, render_template, request

from query_ui import protocol
from query_ui.edition import Edition
from query_ui.filters import edition, naming
from query_ui.links import absolute
from query_ui.negotiation import FORMATS, HTML, RDF_ENDINGS, RDF_TYPES, TURTLE, choose
from query_ui.problems import Problem, WrongRequest, problem
from query_ui.protocol import Asked
from query_ui.rate import Rate
from query_ui.views.dataset import service_description
from query_ui.words import tidy
from wise_skills.engines import media_types
from wise_skills.errors import NotAcceptable, WiseSkillsError
from wise_skills.questions import Question, find, resolve
from wise_skills.terms import Table

blueprint = Blueprint("sparql", __name__)

SHOWN_ROWS = 1_000
_DOWNLOADS = {"select": ("csv", "tsv", "json", "xml"), "ask": ("json", "xml")}
_WITH_CHARSET = ("text/csv", "text/tab-separated-values", TURTLE)
_START = """# What the graph holds: its classes, and how many things are of each.
SELECT ?class (COUNT(DISTINCT ?thing) AS ?things)
WHERE { ?thing a ?class }
GROUP BY ?class
ORDER BY DESC(?things)
LIMIT 100"""


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
        typed = request.values.get("query", "")
        return _editor(served, Asked(typed), error=problem(error))


def _wants_html() -> bool:
    named = request.args.get("format")
    if named in FORMATS:
        return named == "html"
    machine = (*FORMATS.values(),)
    return choose(request.headers.get("Accept"), (*(m for m in machine if m != HTML), HTML)) == HTML


def _check_format() -> None:
    named = request.args.get("format")
    if named is not None and named not in FORMATS:
        raise WrongRequest(400, f"format={named} is unknown. Give one of {', '.join(FORMATS)}.")


def _count() -> None:
    rate: Rate = current_app.extensions["wise_rate"]
    rate.count(request.remote_addr or "")


def _without_query(served: Edition, for_people: bool) -> Response:
    if for_people:
        return _editor(served, Asked(_example(served)))
    media = FORMATS.get(request.args.get("format", "")) or choose(request.headers.get("Accept"), RDF_TYPES)
    if media not in RDF_TYPES:
        raise WrongRequest(406, f"Without a query, the description of the service is given, as {', '.join(RDF_TYPES)}.")
    found = service_description(served, media)
    if found is None:
        raise WrongRequest(400, "The request holds no query, and this site has no description of the endpoint that it asks.")
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
    query = asked.query or ""
    if not query.strip():
        return _editor(served, Asked(_example(served)))
    _count()
    kind = served.engine.kind(query)
    ask = partial(served.engine.answer, query, default_graphs=asked.default_graphs, named_graphs=asked.named_graphs)
    if kind in ("select", "ask"):
        found = ask(media_type=media_types(kind)[0])
        if kind == "ask":
            return _editor(served, asked, kind=kind, truth=b"true" in found.body)
        table = Table.from_json(found.body, truncated=found.truncated)
        shown = table.rows[:SHOWN_ROWS]
        naming().fetch(t.value for row in shown for t in row if t is not None and t.kind == "iri")
        return _editor(served, asked, kind=kind, table=table, shown=shown)
    graph = ask(media_type=TURTLE)
    return _editor(served, asked, kind=kind, turtle=graph.body.decode(), truncated=graph.truncated, rows=graph.rows)


def _editor(served: Edition, asked: Asked, *, error: Problem | None = None, kind: str = "", **more: object) -> Response:
    """Return the page with the query kept in it."""
    query = asked.query or _START
    examples: dict[str, list[Question]] = {}
    for question in served.questions.values():
        examples.setdefault(question.subject, []).append(question)
    text = render_template(
        "sparql.html",
        query=query,
        error=error,
        line=error.values.get("line") if error else None,
        column=error.values.get("column") if error else None,
        kind=kind,
        formats=[(f, FORMATS[f]) for f in _DOWNLOADS.get(kind, tuple(RDF_ENDINGS))] if kind else [],
        dataset={"default-graph-uri": asked.default_graphs, "named-graph-uri": asked.named_graphs},
        examples=examples,
        prefixes=served.prefixes,
        limits=served.engine.limits,
        rate=current_app.config["QUERIES_PER_MINUTE"],
        endpoint=absolute("/sparql"),
        **more,
    )
    response = make_response(text, error.status if error else 200)
    response.headers.update(error.headers if error else {})
    return response


def _example(served: Edition) -> str:
    """Return the query of the question named in the address, with its example's values; else a first query."""
    name = request.args.get("example")
    if not name:
        return _START
    question = find(served.questions, name)
    try:
        values = resolve(served.engine, question, question.example)
        text = question.bind({name: [c.value for c in chosen] for name, chosen in values.items()})
    except WiseSkillsError:  # an example that the data no longer know
        text = question.body
    return tidy(text)
