"""The research files beside the checkout, which the national data were made of; a checkout of a stranger has none."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
IDS = {
    "curricula": "item_id",
    "focus_groups": "fg_id",
    "national_wise_models": "model_id",
    "needs": "need_id",
    "nqf": "nqf_id",
    "occupational_profiles": "profile_id",
    "organisations": "org_id",
    "outcomes": "outcome_id",
    "policy_support": "policy_id",
    "qualification_levels": "level_id",
    "recommendations": "rec_id",
    "sectors": "row_id",
    "skills": "skill_id",
    "wise_types": "type_id",
}
"""The files whose rows have an id, and the column that holds it."""


def shared(name: str) -> Path:
    """Return a path of the shared reading material; skip the running test where it is not on this machine."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the reading material ({name}) is not beside this checkout")
    return path


@cache
def _records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def records(table: str) -> list[dict[str, str]]:
    """Return the rows of a research file."""
    return _records(shared("domain") / f"{table}.csv")


def identified() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield file, id and row of every research row that has an id."""
    for table, column in IDS.items():
        for row in records(table):
            yield table, row[column], row
