"""What clients send: batches of queries and demands for values, read strictly, because they come from anybody.

Reconciliation Service API 0.2, §4.3 (queries) and §7 (data extension).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from query_ui.problems import WrongRequest

BATCH, QUERY_CHARS, CANDIDATES, BODY = 50, 300, 20, 256_000
"""Queries (or ids) at once, characters of a query, candidates for each, bytes of a request."""
_PROPERTIES, _VALUES, _NAME_CHARS = 20, 50, 1_000
_STRICT = ("any", "all", "should")


@dataclass(frozen=True, slots=True)
class Condition:
    """A property and the values of which a candidate should have one."""

    pid: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One query of a batch; `types` are as the client wrote them."""

    text: str = ""
    types: tuple[str, ...] = ()
    strict: str = "any"
    limit: int = 5
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A property of which values are wanted, with its settings."""

    pid: str
    settings: dict[str, Any] = field(default_factory=dict)


def questions(text: str) -> dict[str, Question]:
    """Return the queries of a batch by their keys; raises `WrongRequest` with 400 or 413 and a sentence."""
    batch = _json(text, "queries")
    if not isinstance(batch, dict):
        raise _wrong("queries")
    _few(len(batch))
    return {key: _question(key, value) for key, value in batch.items()}


def extension(text: str) -> tuple[list[str], list[Wanted]]:
    """Return the ids and properties of a demand for values; raises `WrongRequest`."""
    demand = _json(text, "extend")
    if not isinstance(demand, dict):
        raise _wrong("extend")
    ids, properties = demand.get("ids"), demand.get("properties")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise _wrong("extend.ids")
    if not isinstance(properties, list):
        raise _wrong("extend.properties")
    _few(max(len(ids), len(properties)))
    return ids, [_wanted(number, one) for number, one in enumerate(properties)]


def clean(text: str) -> str:
    """Return a text without halves of characters, which neither the index nor a file can hold."""
    return text.encode("utf-8", "replace").decode()


def _wanted(number: int, value: Any) -> Wanted:
    settings = value.get("settings", {}) if isinstance(value, dict) else None
    if not isinstance(settings, dict) or not isinstance(value.get("id"), str):
        raise _wrong(f"extend.properties.{number}")
    return Wanted(value["id"], settings)


def _question(key: str, value: Any) -> Question:
    if not isinstance(value, dict) or ("query" not in value and not value.get("properties")):
        raise _wrong(f"queries.{key}")
    if unknown := sorted(set(value) - {"query", "type", "limit", "properties", "type_strict"}):
        raise _wrong(f"queries.{key}.{unknown[0]}")
    text, properties = value.get("query", ""), value.get("properties", [])
    types, strict, limit = value.get("type", []), value.get("type_strict", "any"), value.get("limit", 5)
    types = [types] if isinstance(types, str) else types
    fits = {
        "query": isinstance(text, str),
        "properties": isinstance(properties, list) and len(properties) <= _PROPERTIES,
        "type": isinstance(types, list) and len(types) <= _VALUES and all(isinstance(one, str) for one in types),
        "type_strict": isinstance(strict, str) and strict in _STRICT,
        "limit": isinstance(limit, int | float) and not isinstance(limit, bool),
    }
    for name, does in fits.items():
        if not does:
            raise _wrong(f"queries.{key}.{name}")
    if len(text) > QUERY_CHARS:
        told = gettext(
            "The query “%(key)s” has %(size)s characters, the limit is %(limit)s.", key=_cut(key), size=len(text), limit=QUERY_CHARS
        )
        raise WrongRequest(413, told)
    number = int(max(1, min(CANDIDATES, limit)))
    conditions = tuple(_condition(f"queries.{key}.properties.{place}", one) for place, one in enumerate(properties))
    return Question(clean(text).strip(), tuple(types), strict, number, conditions)


def _condition(place: str, value: Any) -> Condition:
    if not isinstance(value, dict) or not isinstance(value.get("pid"), str) or "v" not in value:
        raise _wrong(place)
    values = value["v"] if isinstance(value["v"], list) else [value["v"]]
    if len(values) > _VALUES:
        raise _wrong(f"{place}.v")
    return Condition(value["pid"], tuple(_value(f"{place}.v", one) for one in values))


def _value(place: str, value: Any) -> str:
    if isinstance(value, int | float):
        return str(value).lower()
    text = value.get("id") if isinstance(value, dict) else value
    if not isinstance(text, str) or len(text) > _NAME_CHARS:
        raise _wrong(place)
    return clean(text).strip()


def _json(text: str, name: str) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise WrongRequest(400, gettext("“%(name)s” is not JSON.", name=name)) from None


def _few(number: int) -> None:
    if number > BATCH:
        told = gettext("%(number)s came at once, the limit is %(limit)s. Send them in parts.", number=number, limit=BATCH)
        raise WrongRequest(413, told)


def _wrong(place: str) -> WrongRequest:
    return WrongRequest(400, gettext("“%(place)s” is not as the Reconciliation API 0.2 has it.", place=_cut(place)))


def _cut(text: str) -> str:
    return clean(text if len(text) <= 60 else f"{text[:59]}…")
