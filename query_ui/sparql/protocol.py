"""Reading a request of the SPARQL 1.1 Protocol: three ways to send a query, and every way to send it wrongly (§2.1)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request
from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict

from query_ui.problems import WrongRequest
from wise_skills.errors import QueryRefused

FORM, DIRECT, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_NO_UPDATE = lazy_gettext("This endpoint is read-only: updates are not offered here")


@dataclass(frozen=True)
class Asked:
    """A query with the dataset that the request names; the query is None where there is none."""

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def read(request: Request) -> Asked:
    """Return what a request asks.

    Raises
    ------
    WrongRequest
        400 two queries, none where one is needed, text that is not UTF-8; 415 another type of body.
    QueryRefused
        For updates.
    """
    values: MultiDict[str, str] = MultiDict(request.args)
    queries = request.args.getlist("query")
    if request.method == "POST":
        kind, charset = request.mimetype, request.mimetype_params.get("charset", "utf-8").lower()
        if kind == UPDATE:
            raise QueryRefused(str(_NO_UPDATE))
        if kind not in (FORM, DIRECT):
            given = kind or gettext("no Content-Type")
            text = gettext("A POST with %(given)s is not read here. Send %(form)s or %(direct)s.", given=given, form=FORM, direct=DIRECT)
            raise WrongRequest(415, text, {"Accept-Post": f"{FORM}, {DIRECT}"})
        if charset not in ("utf-8", "utf8"):
            raise WrongRequest(415, gettext("The body says that it is %(charset)s. SPARQL is sent as UTF-8.", charset=charset))
        if kind == DIRECT:
            queries = [*queries, _text(request.get_data())]
        else:
            # Werkzeug replaces bytes that are not UTF-8; they must be told about.
            _text(request.get_data(cache=True))
            values.update(request.form)
            queries = values.getlist("query")
    if "update" in values:
        raise QueryRefused(str(_NO_UPDATE))
    if len(queries) > 1:
        raise WrongRequest(400, gettext("The request holds more than one query. Send one at a time."))
    if any("�" in v for v in request.args.values()) and b"%ef%bf%bd" not in request.query_string.lower():
        raise WrongRequest(400, gettext("The address holds bytes that are not UTF-8."))
    if request.method == "POST" and not queries:
        raise WrongRequest(400, gettext("The request holds no query. Send it in the field “query”."))
    query = queries[0] if queries else None
    if query is not None and "\x00" in query:
        raise WrongRequest(400, gettext("The query holds a NUL character. Take it out."))
    return Asked(query, tuple(values.getlist("default-graph-uri")), tuple(values.getlist("named-graph-uri")))


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise WrongRequest(400, gettext("The body is not UTF-8. SPARQL is sent as UTF-8.")) from None
