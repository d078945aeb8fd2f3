"""One place that turns errors into answers: a page for people, problem+json (RFC 9457) for programs, from one object."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, render_template, request
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException

from query_ui.negotiation import HTML, PROBLEM, choose
from query_ui.responses import is_data
from wise_skills.errors import BadParameter, QueryError, WiseSkillsError

_log = logging.getLogger(__name__)

_SENTENCES = {
    400: lazy_gettext("The request cannot be read. Check the address."),
    404: lazy_gettext("There is nothing at this address. Look for it with the search, or begin at the start page."),
    405: lazy_gettext("This address cannot be asked in this way."),
    406: lazy_gettext("The answer cannot be given in the form asked for."),
    413: lazy_gettext("What was sent is too long."),
    415: lazy_gettext("What was sent is of a kind that is not read here."),
    500: lazy_gettext("Something went wrong here, not with you. It has been noted; please try again, or ask in another way."),
}

_HEADINGS = {
    400: lazy_gettext("This cannot be read"),
    403: lazy_gettext("Not allowed here"),
    404: lazy_gettext("Nothing found"),
    405: lazy_gettext("Not possible in this way"),
    406: lazy_gettext("Not to be had in this form"),
    413: lazy_gettext("Too large"),
    415: lazy_gettext("Not readable here"),
    429: lazy_gettext("Too many requests"),
    500: lazy_gettext("Something went wrong"),
    502: lazy_gettext("No answer from the endpoint"),
    503: lazy_gettext("Not possible just now"),
}


class Missing(WiseSkillsError):
    """There is nothing under an address."""

    status = 404


class WrongRequest(WiseSkillsError):
    """A request that the protocol of the address does not allow."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.http_status, self.headers = status, headers or {}


@dataclass(frozen=True)
class Problem:
    """An error as it is told: status, title and sentence, headers, and values for programs."""

    status: int
    sentence: str
    headers: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The name of the status."""
        return HTTPStatus(self.status).phrase

    @property
    def heading(self) -> str:
        """What stands over the page that tells of it."""
        return str(_HEADINGS.get(self.status, self.title))

    def as_json(self) -> str:
        """Return problem+json."""
        return json.dumps(
            {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.sentence, **self.values}, ensure_ascii=False
        )


def problem(error: Exception) -> Problem:
    """Return how an error is told; only what our own errors say reaches a user."""
    if isinstance(error, WrongRequest):
        return Problem(error.http_status, str(error), error.headers)
    if isinstance(error, WiseSkillsError):
        headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
        return Problem(error.status, str(error), headers, {"error": type(error).__name__, **_values(error)})
    if isinstance(error, HTTPException) and error.code and error.code in range(400, 600):
        headers = {k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After")}
        return Problem(error.code, str(_SENTENCES.get(error.code, _SENTENCES[400 if error.code < 500 else 500])), headers)
    return Problem(500, str(_SENTENCES[500]))


def _values(error: WiseSkillsError) -> dict[str, Any]:
    """The plain values that an error keeps, such as line, column, limit, nearest names."""
    if not isinstance(error, (QueryError, BadParameter)) and error.status != 404:
        return {}
    kept = {k: v for k, v in vars(error).items() if k != "message" and isinstance(v, (str, int, float, tuple)) and not isinstance(v, bool)}
    return {k: list(v) if isinstance(v, tuple) else v for k, v in kept.items()}


def answer(told: Problem) -> Response:
    """Return the answer to a request that went wrong."""
    programs_first = is_data(request.path) or request.path.endswith((".json", ".csv"))
    offers = (PROBLEM, HTML) if programs_first else (HTML, PROBLEM)
    if (choose(request.headers.get("Accept"), offers) or offers[0]) == PROBLEM:
        return Response(told.as_json(), told.status, told.headers, content_type=PROBLEM)
    return Response(render_template("problem.html", problem=told), told.status, told.headers, content_type="text/html; charset=utf-8")


def install(app: Flask) -> None:
    """Register the handler."""

    @app.errorhandler(Exception)
    def handle(error: Exception) -> Response:
        # Redirects are exceptions of Werkzeug's too, and are answers.
        if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
            return Response(error.get_body(), error.code, error.get_headers())
        told = problem(error)
        if told.status == 500 and not isinstance(error, (WiseSkillsError, HTTPException)):
            _log.error("failed: %s %s", request.method, request.path.encode("unicode_escape").decode()[:500], exc_info=error)
        return answer(told)
