"""`/health`, `/limits.json`, `/openapi.json`, `/robots.txt`: what machines want to know of the site."""

from __future__ import annotations

import time

from flask import Blueprint, Response, current_app, jsonify

from query_ui.aligning.asked import LINES
from query_ui.filters import edition
from query_ui.links import absolute
from query_ui.openapi import document

blueprint = Blueprint("service", __name__)


@blueprint.get("/health")
def health() -> Response:
    """Tell whether the engine answers, and in how many milliseconds."""
    served = edition()
    start = time.perf_counter()
    served.engine.ask("ASK { ?s ?p ?o }")
    milliseconds = round((time.perf_counter() - start) * 1000, 1)
    return jsonify(
        status="ok",
        engine=served.engine.name,
        release=served.release.id if served.release else None,
        created=served.release.created if served.release else None,
        questions=len(served.questions),
        milliseconds=milliseconds,
    )


@blueprint.get("/limits.json")
def limits() -> Response:
    """Publish what one query and one client may cost."""
    found = edition().engine.limits
    return jsonify(
        seconds_per_query=found.seconds,
        rows_per_answer=found.rows,
        bytes_per_answer=found.bytes,
        bytes_of_memory=found.memory,
        queries_at_once=found.concurrent,
        characters_per_query=found.query_chars,
        levels_of_brackets=found.depth,
        queries_per_minute_and_client=current_app.config["QUERIES_PER_MINUTE"] or None,
        bytes_per_request=current_app.config["MAX_CONTENT_LENGTH"],
        bytes_per_file_to_check=current_app.config["CHECK_BYTES"],
        seconds_per_check=current_app.config["CHECK_SECONDS"],
        bytes_of_memory_per_check=current_app.config["CHECK_MEMORY"],
        checks_at_once=current_app.config["CHECKS_AT_ONCE"],
        lines_to_align_at_once=LINES,
        federated_queries=False,
        updates=False,
        truncated_answers_say="X-Result-Truncated: true",
    )


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Describe the site to programs; each question is an operation."""
    return jsonify(document(edition(), current_app.config["SITE"]))


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Ask robots to leave the endpoint and the parameters alone."""
    kept_out = ("/sparql?", "/search", "/suggest", "/data?", "/check/", "/align?")
    text = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in kept_out) + "\n"
    return Response(f"{text}# The whole data in one file: {absolute('/downloads/')}\n", content_type="text/plain; charset=utf-8")
