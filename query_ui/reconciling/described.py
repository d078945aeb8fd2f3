"""The routes of the service in the description of the site (OpenAPI 3.1); in English, like all of it."""

from __future__ import annotations

from typing import Any

from query_ui.reconciling.asked_for import BATCH, QUERY_CHARS
from query_ui.reconciling.kinds import TYPES
from query_ui.reconciling.properties import PROPERTIES


def paths(language: dict[str, Any], problem: dict[str, Any]) -> dict[str, Any]:
    """Return the paths; `language` is the parameter that names a language, `problem` the answer that tells what went wrong."""

    def text(name: str, told: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
        return {"name": name, "in": "query", "required": required, "description": told, "schema": {"type": "string", **schema}}

    def get(operation: str, summary: str, parameters: list[dict[str, Any]], *codes: int, media: str = "application/json") -> dict[str, Any]:
        return {
            "operationId": operation,
            "summary": summary,
            "tags": ["reconciliation"],
            "parameters": [*parameters, language],
            "responses": {"200": {"description": summary, "content": {media: {}}}, **{str(code): problem for code in codes}},
        }

    batch = f"A batch of at most {BATCH} queries as JSON, each of at most {QUERY_CHARS} characters (Reconciliation Service API 0.2)."
    fields = {
        "queries": {"type": "string", "description": batch},
        "extend": {"type": "string", "description": "Ids and properties as JSON."},
    }
    form = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": fields}}}}
    entity = text("id", "Id of an entity.", required=True)
    prefix = [text("prefix", "The beginning of a name."), text("cursor", "Where to go on in the list.", pattern="^[0-9]*$")]
    answer = "The manifest; with queries= or extend= the answer to them"
    kinds = {"entity": None, "type": list(TYPES), "property": list(PROPERTIES)}
    found: dict[str, Any] = {
        "/reconcile": {
            "get": get("reconcile", answer, [text(name, str(one["description"])) for name, one in fields.items()], 400, 406, 413, 429, 503),
            "post": {
                **get("reconcile.batch", answer, [], 400, 413, 429, 503),
                "requestBody": {"required": True, "content": form["content"]},
            },
        },
        "/reconcile/preview": {"get": get("reconcile.preview", "A little page about an entity", [entity], 404, 503, media="text/html")},
        "/reconcile/properties": {
            "get": get("reconcile.properties", "Properties that entities of a type have", [text("type", "Id of a type.", enum=list(TYPES))])
        },
    }
    for kind, known in kinds.items():
        found[f"/reconcile/suggest/{kind}"] = {"get": get(f"reconcile.suggest.{kind}", f"Complete the name of a {kind}", prefix, 503)}
        one = entity if known is None else text("id", f"Id of a {kind}.", required=True, enum=known)
        found[f"/reconcile/flyout/{kind}"] = {"get": get(f"reconcile.flyout.{kind}", f"A few words about a {kind}", [one], 404, 503)}
    return found
