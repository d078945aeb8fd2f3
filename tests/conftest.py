"""What many tests share: one release of the real data, and one that stands on an invented ESCO."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsers import launched
from wise_skills import build as building
from wise_skills.cli.build import make_plan
from wise_skills.names import BASE, resource
from wise_skills.release import Release

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release of everything in `data/`, built once for all tests."""
    return building.build(make_plan(resource("data"), BASE), tmp_path_factory.mktemp("built")).release


@pytest.fixture(scope="session")
def joined(release: Release) -> Release:
    """The data with invented publications: ESCO in two languages, mapping tables of two countries, NACE, ROME, a register."""
    fixtures = Path(__file__).resolve().parent / "fixtures"
    plan = make_plan(
        resource("data"),
        BASE,
        sorted((fixtures / "joined").glob("*.csv")),
        esco=[fixtures / "esco" / "v1.1.1"],
        classifications=[fixtures / "classifications" / "nace.csv", fixtures / "classifications" / "rome_v349"],
        registers=[fixtures / "registers" / "2020_02_siae.csv"],
    )
    return building.build(plan, release.path.parents[1]).release


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser, one for each module of tests."""
    with launched() as found:
        yield found
