"""What an endpoint's failure means, in our errors."""

from __future__ import annotations

import ast
import re
import urllib.error
from contextlib import suppress
from email.message import Message

from SPARQLWrapper.SPARQLExceptions import (
    EndPointInternalError,
    EndPointNotFound,
    QueryBadFormed,
    SPARQLWrapperException,
    Unauthorized,
    URITooLong,
)

from wise_skills.engines import Limits
from wise_skills.errors import (
    EndpointError,
    EndpointUnreachable,
    QuerySyntaxError,
    QueryTimeout,
    TooManyQueries,
    WiseSkillsError,
)

_CODES = {EndPointNotFound: 404, Unauthorized: 401, URITooLong: 414, EndPointInternalError: 500}
# Oxigraph, Virtuoso (S1T00, 42000 "estimated execution time"), Jena, GraphDB.
_TIMEOUT_WORDS = re.compile(r"time[d ]*-?out|cancell?ed|S1T00|execution time", re.IGNORECASE)


def explain(error: Exception, endpoint: str, limits: Limits) -> WiseSkillsError:
    """Return the error of our tree for what SPARQLWrapper or urllib raised."""
    if isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError):
        return QueryTimeout(limits.seconds)
    if isinstance(error, QueryBadFormed):
        return QuerySyntaxError(f"{endpoint} says “{_words(error)}”")
    if isinstance(error, SPARQLWrapperException):
        words = _words(error)
        if _TIMEOUT_WORDS.search(words):
            return QueryTimeout(limits.seconds)
        return EndpointError(endpoint, words or "it gives no reason", _CODES.get(type(error)))
    if isinstance(error, urllib.error.HTTPError):
        with error:
            body = error.read(2000).decode(errors="replace")
        return _of_status(error.code, body, error.headers, endpoint, limits)
    reason = getattr(error, "reason", None) or error
    return EndpointUnreachable(endpoint, getattr(reason, "strerror", None) or str(reason))


def _of_status(code: int, body: str, headers: Message, endpoint: str, limits: Limits) -> WiseSkillsError:
    if code in (408, 504) or _TIMEOUT_WORDS.search(body):
        return QueryTimeout(limits.seconds)
    if code in (429, 503):
        wait = headers.get("Retry-After", "")
        return TooManyQueries(limits.concurrent, int(wait) if wait.isdigit() else 30)
    return EndpointError(endpoint, _line(body) or "it gives no reason", code)


def _words(error: SPARQLWrapperException) -> str:
    # SPARQLWrapper writes the body as the `repr` of its bytes behind its own sentence.
    text = str(error).partition("Response:\n")[2]
    with suppress(ValueError, SyntaxError, AttributeError):
        text = ast.literal_eval(text).decode(errors="replace")
    return _line(text)


def _line(text: str) -> str:
    return next((line.strip()[:200] for line in text.splitlines() if line.strip()), "")
