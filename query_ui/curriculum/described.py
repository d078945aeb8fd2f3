"""The files of `/curriculum` as OpenAPI describes them."""

from __future__ import annotations

from typing import Any

from wise_skills.curricula import DIMENSIONS

_FILES = {
    "json": ("application/json", "What modules cover of the needs, and what they leave"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "What modules cover of the needs, and what they leave"),
    "svg": ("image/svg+xml", "The matrix of modules and needs"),
    "png": ("image/png", "The matrix of modules and needs"),
    "ttl": ("text/turtle", "The modules, in the European Learning Model"),
}


def paths(language: dict[str, Any], problem: dict[str, Any]) -> dict[str, Any]:
    """Return the paths.

    Parameters
    ----------
    language, problem:
        The parameter of the language, and the answer of an error, as all paths have them.
    """
    module = _parameter("module", "Folder and key of a curriculum.", "fr/moniteur-atelier-bloc-1") | {"required": True}
    filters = [_parameter(dimension, "Key by which the needs are narrowed.", "") for dimension in DIMENSIONS]
    found = {}
    for ending, (media, summary) in _FILES.items():
        parameters = [module, language] if ending == "ttl" else [module, *filters, language]
        answers = {"200": {"description": summary, "content": {media: {}}}, "400": problem}
        operation = {"operationId": f"curriculum.{ending}", "summary": summary, "parameters": parameters, "responses": answers}
        found[f"/curriculum.{ending}"] = {"get": operation}
    return found


def _parameter(name: str, told: str, example: str) -> dict[str, Any]:
    several = {"schema": {"type": "array", "items": {"type": "string"}}, "style": "form", "explode": True}
    return {"name": name, "in": "query", "description": told, **several, **({"example": [example]} if example else {})}
