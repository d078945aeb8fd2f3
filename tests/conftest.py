"""What many tests share: one release of the real data."""

from __future__ import annotations

import pytest

from wise_skills import build as building
from wise_skills.cli.build import make_plan
from wise_skills.names import BASE, resource
from wise_skills.release import Release


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release of everything in `data/`, built once for all tests."""
    return building.build(make_plan(resource("data"), BASE), tmp_path_factory.mktemp("built")).release
