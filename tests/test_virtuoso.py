"""The catalogue on Virtuoso: nothing in the questions is Oxigraph-only.

Virtuoso writes booleans as 1, loses some language tags and joins lists in its own order (`docs/decisions/0008`):
cells are compared without these.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from flask.testing import FlaskClient

from tests.requirements import require
from tests.served import app_on
from tests.virtuoso_server import serving
from wise_skills.engines import Engine, Limits, open_engine
from wise_skills.engines.remote import RemoteEngine
from wise_skills.names import resource
from wise_skills.questions import Question, ask, load_questions
from wise_skills.release import Release
from wise_skills.terms import Table

PATIENCE = Limits(seconds=60)
LOST = {"which-skills-are-needed-in-each-type-of-wise": {"sources"}}  # a left-joined list after a UNION, in 7.2.5


@cache
def catalogue() -> dict[str, Question]:
    return load_questions(resource("query_ui") / "questions")


@pytest.fixture(scope="module")
def ours(release: Release) -> Iterator[Engine]:
    with open_engine(release) as engine:
        yield engine


@pytest.fixture(scope="module")
def virtuoso(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    require("virtuoso")
    with (
        serving(tmp_path_factory.mktemp("virtuoso"), release.dump / "wise-skills.nq") as endpoint,
        RemoteEngine(endpoint, limits=PATIENCE) as engine,
    ):
        yield engine


def comparable(table: Table, lost: set[str]) -> Counter[tuple[tuple[str, ...], ...]]:
    """Rows with what only the engine's manner changes taken away."""
    kept = [i for i, variable in enumerate(table.variables) if variable not in lost]
    return Counter(tuple(_cell(str(row[i])) if row[i] is not None else () for i in kept) for row in table)


def _cell(text: str) -> tuple[str, ...]:
    text = {"true": "1", "false": "0"}.get(text, text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        text = f"{float(text):g}"
    return tuple(sorted(re.split(r"[;,|\s]+", text.strip())))


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_same_answer(name: str, ours: Engine, virtuoso: Engine):
    question = catalogue()[name]
    here = ask(ours, question, question.example, limits=PATIENCE)
    there = ask(virtuoso, question, question.example, limits=PATIENCE)
    lost = LOST.get(name, set())
    assert comparable(there.table, lost) == comparable(here.table, lost)


# --- what the page asks beside the questions ----------------------------------------

COMPARED = [
    f"/compare.json?of={path.stem}&{units}"
    for path in sorted((resource("query_ui") / "comparisons").glob("[a-z]*.yaml"))
    for units in ("in=be&in=at&in=it", "in=productive&in=social&in=training")
]
EXPLORED = [
    "/explore/forms.json?country=BEL&kind=status",
    "/explore/forms.json?_by=country&_by=kind",
    "/explore/needs.json?profile.groups=supporter&_by=skill",
    "/explore/counts.json?form.country=FRA&date*from=2020",
    "/explore/support.json?name*has=subsid",
]


@pytest.fixture(scope="module")
def pages(release: Release, virtuoso: RemoteEngine) -> Iterator[tuple[FlaskClient, FlaskClient]]:
    with app_on(release.path) as here, app_on(None, endpoint=virtuoso.endpoint, LIMITS=PATIENCE) as there:
        yield here.test_client(), there.test_client()


@pytest.mark.parametrize("address", [*COMPARED, *EXPLORED])
def test_same_page(address: str, pages: tuple[FlaskClient, FlaskClient]):
    """Comparisons and explorations count the same."""
    here, there = (client.get(address) for client in pages)
    assert (here.status_code, there.status_code) == (200, 200), there.text[:500]
    ours, theirs = here.json, there.json
    assert isinstance(ours, dict)
    assert isinstance(theirs, dict)
    assert ours["rows"]
    assert plain(theirs["rows"]) == plain(ours["rows"])


def plain(rows: list[object]) -> Counter[tuple[str, ...]]:
    """Rows without their order and that of lists inside, as `_cell` has it; without addresses of the page."""

    def words(value: object) -> Iterator[str]:
        if isinstance(value, (dict, list)):
            for part in value.values() if isinstance(value, dict) else value:
                yield from words(part)
        elif value is not None and "://127.0.0.1" not in str(value) and "skills.example" not in str(value):
            yield from _cell(str(value))

    return Counter(tuple(sorted(words(row))) for row in rows)
