"""The description of the site in OpenAPI 3.1, made from the questions."""

from __future__ import annotations

from typing import Any

from query_ui.asking.forms import keys
from query_ui.curriculum import described as planned
from query_ui.edition import Edition
from query_ui.exploring.address import BY, SORT
from query_ui.ledger import described as aligned
from query_ui.negotiation import RDF_ENDINGS
from query_ui.reconciling import described
from wise_skills import __version__
from wise_skills.answer_files import MEDIA_TYPES
from wise_skills.languages import LANGUAGES
from wise_skills.names import FOLDERS
from wise_skills.questions import Parameter, Question
from wise_skills.questions.choices import listed
from wise_skills.questions.needs import lacking

_TYPES: dict[str, dict[str, str]] = {"integer": {"type": "integer"}, "date": {"type": "string", "format": "date"}}
_LISTED = 60
"""Longer lists of values are left to the page of the question."""
_PROBLEM = {"description": "What went wrong, in words", "content": {"application/problem+json": {"schema": {"type": "object"}}}}


def document(served: Edition, site: str) -> dict[str, Any]:
    """Return the description."""
    paths: dict[str, Any] = {}
    for question in served.questions.values():
        parameters = [*(_parameter(served, p, question) for p in question.parameters), _LANGUAGE]
        for ending, media in MEDIA_TYPES.items():
            paths[f"/questions/{question.name}.{ending}"] = {"get": _operation(question, ending, media, parameters)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "WISE skills graph",
            "version": served.release.id if served.release else __version__,
            "description": "Questions about work integration social enterprises and the skills they need; linked data; SPARQL.",
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": site.rstrip("/")}],
        "paths": paths
        | _exploring(served)
        | _further()
        | _checking()
        | described.paths(_LANGUAGE, _PROBLEM)
        | aligned.paths(_LANGUAGE, _PROBLEM)
        | planned.paths(_LANGUAGE, _PROBLEM),
    }


def _operation(question: Question, ending: str, media: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "operationId": f"{question.name}.{ending}",
        "summary": question.title,
        "description": question.description,
        "tags": [question.subject],
        "externalDocs": {"url": f"questions/{question.name}/about", "description": "Conditions, columns and query"},
        "parameters": parameters,
        "responses": {
            "200": {"description": question.answer, "content": {media.partition(";")[0]: {}}},
            **{str(code): _PROBLEM for code in (400, 404, 503)},
        },
    }


def _parameter(served: Edition, parameter: Parameter, question: Question) -> dict[str, Any]:
    one: dict[str, Any] = dict(_TYPES.get(parameter.type, {"type": "string"}))
    if parameter.choices and not lacking(served.engine, question):
        known = list(keys(listed(served.engine, question, parameter.name)).values())
        if 0 < len(known) <= _LISTED:
            one["enum"] = [int(value) for value in known] if parameter.type == "integer" else known
    if parameter.default and not parameter.several:
        one["default"] = int(parameter.default[0]) if parameter.type == "integer" else parameter.default[0]
    found: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required and not parameter.default,
        "description": " ".join(filter(None, [f"{parameter.label}.", parameter.description])),
        "schema": {"type": "array", "items": one} if parameter.several else one,
    }
    example = question.example.get(parameter.name) or parameter.example
    if example:
        found["example"] = list(example) if parameter.several else example[0]
    return found


_LANGUAGE = {
    "name": "lang",
    "in": "query",
    "description": "Language of names.",
    "schema": {"type": "string", "default": "en", "enum": list(LANGUAGES)},
}


def _further() -> dict[str, Any]:
    query = {"name": "query", "in": "query", "required": True, "schema": {"type": "string"}, "description": "A SPARQL 1.1 query."}
    text = {"name": "q", "in": "query", "required": True, "schema": {"type": "string"}, "description": "The beginning of a name."}
    rdf = {"200": {"description": "Statements", "content": {m: {} for m in RDF_ENDINGS.values()}}, "404": _PROBLEM, "406": _PROBLEM}
    path = {"name": "path", "in": "path", "required": True, "schema": {"type": "string"}, "description": "What follows /id/."}
    results: dict[str, Any] = {m: {} for m in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv")}
    errors = {str(code): _PROBLEM for code in (400, 403, 406, 413, 429, 500, 503)}
    compared = [
        {"name": name, "in": "query", "required": name == "of", "description": told, "schema": {"type": "string"}}
        for name, told in (("of", "What is compared."), ("by", "By what it is grouped."), ("level", "Level of a hierarchy."))
    ]
    several = {"type": "array", "items": {"type": "string"}}
    compared.append(
        {"name": "in", "in": "query", "required": False, "description": "Country folders, or keys of types.", "schema": several}
    )
    comparisons = {
        f"/compare.{ending}": {
            "get": {
                "operationId": f"compare.{ending}",
                "summary": "Countries or types side by side",
                "parameters": [*compared, _LANGUAGE],
                "responses": {
                    "200": {"description": "The comparison", "content": {MEDIA_TYPES[ending].partition(";")[0]: {}}},
                    "400": _PROBLEM,
                },
            }
        }
        for ending in ("csv", "json", "xlsx")
    }
    return comparisons | {
        "/sparql": {
            "get": {
                "operationId": "sparql",
                "summary": "Ask the graph (SPARQL 1.1 Protocol)",
                "parameters": [query],
                "responses": {"200": {"description": "The answer", "content": results}, **errors},
            }
        },
        "/suggest": {
            "get": {
                "operationId": "suggest",
                "summary": "Complete a name",
                "parameters": [text, _LANGUAGE],
                "responses": {"200": {"description": "Things", "content": {"application/json": {}}}},
            }
        },
        "/data/{path}": {
            "get": {"operationId": "data", "summary": "Statements about a thing", "parameters": [path], "responses": rdf},
        },
        "/dataset": {"get": {"operationId": "dataset", "summary": "Description of the data", "responses": rdf}},
    }


def _exploring(served: Edition) -> dict[str, Any]:
    tables = {"type": "string", "enum": [table.name for table in served.schema.tables]}
    found: list[dict[str, Any]] = [
        {"name": "table", "in": "path", "required": True, "description": "What to look for.", "schema": tables},
        {
            "name": BY,
            "in": "query",
            "description": "Columns to count by, two at most.",
            "schema": {"type": "array", "items": {"type": "string"}},
        },
        {"name": SORT, "in": "query", "description": "Column to sort by; - before it turns the order round.", "schema": {"type": "string"}},
        _LANGUAGE,
    ]
    return {
        f"/explore/{{table}}.{ending}": {
            "get": {
                "operationId": f"explore.{ending}",
                "summary": "The things of a table that fulfil conditions, or their number by one or two columns",
                "description": "Each further parameter is a condition: the id of a column (/shapes lists them), `profile.groups` for a "
                "column of what it refers to, `threshold*from`, `threshold*to`, `name*has`. The builder at /explore writes them.",
                "parameters": found,
                "responses": {
                    "200": {"description": "The rows", "content": {media.partition(";")[0]: {}}},
                    "404": _PROBLEM,
                    "503": _PROBLEM,
                },
            }
        }
        for ending, media in MEDIA_TYPES.items()
    }


def _checking() -> dict[str, Any]:
    languages, folders = {"type": "string", "enum": list(LANGUAGES)}, {"type": "string", "enum": list(FOLDERS)}
    language = {"name": "language", "in": "query", "description": "Language of all texts.", "schema": languages}
    country = {"name": "country", "in": "query", "required": True, "description": "Country folder.", "schema": folders}
    filled = {"name": "filled", "in": "query", "description": "1 for the present rows.", "schema": {"type": "string", "enum": ["0", "1"]}}
    workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    fields = {"file": {"type": "string", "format": "binary", "description": "A workbook (.xlsx) or a table (.csv)."}, "country": folders}
    form = {"schema": {"type": "object", "required": ["file"], "properties": fields}}
    errors = {str(code): _PROBLEM for code in (400, 406, 413, 415, 429, 503)}
    return {
        "/check": {
            "post": {
                "operationId": "check",
                "summary": "Check a workbook or a table: which cells are wrong, and what to do",
                "parameters": [language],
                "requestBody": {"required": True, "content": {"multipart/form-data": form}},
                "responses": {
                    "200": {
                        "description": "The findings, or the workbook with marks; nothing is kept",
                        "content": {"application/json": {}, "application/sarif+json": {}, workbook: {}, "text/html": {}},
                    },
                    **errors,
                },
            }
        },
        "/check/workbook.xlsx": {
            "get": {
                "operationId": "workbook",
                "summary": "A workbook to fill in",
                "parameters": [country, language, filled],
                "responses": {"200": {"description": "The workbook", "content": {workbook: {}}}, "400": _PROBLEM, "503": _PROBLEM},
            }
        },
    }
