"""The files of `/alignments` as OpenAPI describes them."""

from __future__ import annotations

from typing import Any

_SSSOM, _TURTLE = "text/tab-separated-values", "text/turtle"
_MEDIA = {"csv": "text/csv", "json": "application/json", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def paths(language: dict[str, Any], problem: dict[str, Any]) -> dict[str, Any]:
    """Return the paths.

    Parameters
    ----------
    language, problem:
        The parameter of the language, and the answer of an error, as all paths have them.
    """
    cut = [_parameter(name, told) for name, told in _CUT.items()]
    sides = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "description": _SIDE} for name in ("first", "second")
    ]
    narrowed = [
        _parameter("relation", "A SKOS relation, such as exactMatch."),
        _parameter("turned", "1: read doubtful tables the other way round."),
    ]
    found = {
        f"/alignments.{e}": _get(f"alignments.{e}", "The ledger of alignment to ESCO", [language], m, problem)
        for e, m in (_MEDIA | {"ttl": _TURTLE}).items()
    }
    found |= {
        f"/alignments/list.{e}": _get(f"alignments.list.{e}", "The things behind a number", [*cut, language], _MEDIA[e], problem)
        for e in ("csv", "json")
    }
    for ending, media in (_MEDIA | {"tsv": _SSSOM, "ttl": _TURTLE}).items():
        path = f"/alignments/{{first}}/{{second}}.{ending}"
        found[path] = _get(
            f"alignments.pair.{ending}",
            "What follows between two classifications through ESCO",
            [*sides, *narrowed, language],
            media,
            problem,
        )
    return found


_SIDE = "Key of a classification, such as fr-rome, or a country."
_CUT = {
    "country": "Folder of a country; empty: not stated.",
    "labels": "Language tags; empty: no label.",
    "kind": "skill, competence, profile, outcome or code.",
    "state": "aligned, rejected, no-match or open.",
}


def _parameter(name: str, told: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": told}


def _get(operation: str, summary: str, parameters: list[dict[str, Any]], media: str, problem: dict[str, Any]) -> dict[str, Any]:
    answers = {"200": {"description": summary, "content": {media: {}}}, "400": problem, "404": problem}
    return {"get": {"operationId": operation, "summary": summary, "parameters": parameters, "responses": answers}}
