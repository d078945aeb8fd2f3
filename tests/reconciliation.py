"""The published schemas and examples of the Reconciliation Service API 0.2, for tests."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from tests.requirements import shared


def folder() -> Path:
    """Return the folder of schemas and examples; skips the test where it is not on this machine."""
    found = shared("standards") / "files" / "reconciliation" / "0.2"
    if not found.is_dir():
        pytest.skip("the schemas of the Reconciliation API are not beside this checkout")
    return found


@cache
def _validator(name: str) -> Draft7Validator:
    schemas = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder() / "schemas").glob("*.json"))]
    registry: Registry[Any] = Registry().with_resources((s["$id"], Resource(s, DRAFT7)) for s in schemas if "$id" in s)
    schema = json.loads((folder() / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    return Draft7Validator(schema, registry=registry)


def wrong(name: str, answer: Any) -> list[str]:
    """Return what a schema finds wrong in an answer."""
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in _validator(name).iter_errors(answer)]


def examples(kind: str) -> list[tuple[str, str]]:
    """Return names and texts of the examples of a kind: `reconciliation-query-batch/valid`."""
    return [(path.name, path.read_text(encoding="utf-8")) for path in sorted((folder() / "examples" / kind).glob("*.json"))]
