"""The catalogue: every question is complete, is answered, and is answered the same by another engine.

`answers/<name>.csv` holds the answer to each question as it is asked by its example, in the results format of
SPARQL. `WISE_REGENERATE=1` writes them anew; read the difference before you commit it.
"""

from __future__ import annotations

import csv
import io
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oxigraph_server import serving
from wise_skills.engines import Engine, Limits, open_engine
from wise_skills.engines.guard import check
from wise_skills.engines.remote import RemoteEngine
from wise_skills.names import resource
from wise_skills.questions import Question, Result, ask, choices, load_questions, resolve
from wise_skills.questions.header import read_question
from wise_skills.questions.model import fill
from wise_skills.release import Release
from wise_skills.terms import Table

FOLDER = resource("query_ui") / "questions"
ANSWERS = Path(__file__).parent / "answers"
GROUPS = {"analyst": range(1, 26), "designer": range(26, 45), "practitioner": range(45, 59), "consumer": range(59, 73)}
"""The competency questions of each user."""
SUBJECTS = {
    "forms",
    "types",
    "work and pay",
    "requirements",
    "reserved contracts",
    "support",
    "sectors",
    "figures",
    "skills",
    "profiles",
    "learning",
    "certification",
    "ESCO and codes",
    "sources",
    "projects",
}
NO_CLAIMS = {
    "how-well-are-the-facts-of-each-country-backed-by-sources",  # counts rows
    "which-sectors-are-common-to-most-countries",  # counts countries
    "which-sources-back-the-data",  # lists what backs claims
    "which-target-groups-are-missing-in-a-country",  # what no row says
}
"""Questions whose rows are no claims, and so have no evidence of their own."""
BEYOND = {
    "from-what-do-wises-live",
    "how-are-the-types-of-wise-defined",
    "what-was-asked-and-what-was-answered",
    "which-laws-and-rules-do-the-data-name",
    "which-needs-do-two-profiles-share",
    "which-projects-do-the-data-come-from",
    "which-sources-back-the-data",
    "which-support-measures-of-a-class-exist",
}
"""Questions that are none of the competency questions, and so have no number."""
CHOICES = 15
SECONDS = 2.0
"""Ample: a question takes some hundredths of a second, but the machine may be busy."""

NAMES = sorted(path.stem for path in FOLDER.glob("*.rq"))
OF_OUR_DATA = sorted(name for name, q in load_questions(FOLDER, thorough=False).items() if not q.needs)
"""Those that our own data answer; the others are asked in `test_esco_questions`."""
every = pytest.mark.parametrize("name", NAMES)
answered = pytest.mark.parametrize("name", OF_OUR_DATA)


def question(name: str) -> Question:
    return read_question(FOLDER / f"{name}.rq")


@pytest.fixture(scope="module")
def engine(release: Release) -> Iterator[Engine]:
    with open_engine(release, limits=Limits(seconds=30)) as engine:
        yield engine


@pytest.fixture(scope="module")
def remote(release: Release) -> Iterator[Engine]:
    with serving(release.graph, "--union-default-graph") as address, RemoteEngine(address, limits=Limits(seconds=30)) as engine:
        yield engine


# --- the catalogue --------------------------------------------------------------------


def test_the_catalogue_is_large_enough() -> None:
    questions = load_questions(FOLDER)
    assert len(questions) >= 36
    answered = {number for q in questions.values() for number in q.numbers}
    for user, numbers in GROUPS.items():
        assert len(answered & set(numbers)) >= 8, f"too few questions for the {user}"


def test_titles_differ() -> None:
    titles = Counter(q.title for q in load_questions(FOLDER).values())
    assert not [title for title, count in titles.items() if count > 1]


def test_no_answer_without_a_question() -> None:
    assert sorted(path.stem for path in ANSWERS.glob("*.csv")) == OF_OUR_DATA


# --- each file ------------------------------------------------------------------------


@every
def test_the_header_is_complete(name: str) -> None:
    asked = question(name)
    assert asked.title.endswith("?")
    assert asked.numbers or asked.needs or name in BEYOND, "numbers"
    assert all(number in GROUPS[asked.user] for number in asked.numbers), f"numbers of another user than the {asked.user}"
    assert asked.subject in SUBJECTS
    assert len(asked.description) > 80
    assert asked.answer.endswith(".") or asked.answer.endswith("…")
    assert asked.answer_none.endswith(".")
    assert "example:" in asked.text
    assert bool(asked.unknown) == bool(asked.unknown_text)
    for parameter in asked.parameters:
        assert parameter.choices or parameter.type not in ("thing", "concept"), f"{parameter.name} has no choices"


@every
def test_columns_are_named(name: str) -> None:
    asked = question(name)
    labels = [column.label for column in asked.columns.values()]
    assert all(label.strip() for label in labels)
    assert len(labels) == len(set(labels)), "two columns of one name"
    for variable, column in asked.columns.items():
        assert column.label != variable, f"{variable} has no label of its own"


@every
def test_claims_carry_evidence_and_origin(name: str) -> None:
    if name not in NO_CLAIMS and not question(name).needs:
        assert {"evidence", "row"} <= question(name).columns.keys()


@every
def test_the_query_stands_alone(name: str) -> None:
    asked = question(name)
    body = re.sub(r"^#\+.*\n?", "", asked.text, flags=re.MULTILINE)
    assert check(body).kind == "select"
    assert check(fill(asked.body, {})).kind == "select"
    assert "NOT EXISTS" not in body.upper(), "slow on Oxigraph: write MINUS"
    assert not re.search(r"\bLIMIT\b", body), "cuts the answer"
    assert re.search(r"\bSELECT\s+DISTINCT\b", body), "some engines repeat rows"
    assert re.search(r"^ORDER BY", body, re.MULTILINE), "in no order"


# --- answers --------------------------------------------------------------------------


@answered
def test_the_example_gives_the_known_answer(name: str, engine: Engine) -> None:
    asked = question(name)
    result = ask(engine, asked, asked.example)
    path = ANSWERS / f"{name}.csv"
    if os.environ.get("WISE_REGENERATE"):
        path.write_text(result.table.to_csv().decode().replace("\r\n", "\n"), encoding="utf-8", newline="")
    assert len(result.table) >= 1
    assert path.exists(), "no answer is known yet: run the tests with WISE_REGENERATE=1"
    assert cells(result.table.to_csv().decode()) == cells(path.read_text(encoding="utf-8"))
    reads_well(result)


@answered
def test_a_blank_form_is_answered(name: str, engine: Engine) -> None:
    started = time.perf_counter()
    result = ask(engine, question(name))
    assert time.perf_counter() - started < SECONDS
    assert len(result.table) >= 1
    assert not result.table.truncated
    assert len(set(result.table)) == len(result.table), "the same row twice"
    reads_well(result)


@answered
def test_rows_lead_to_their_cells(name: str, engine: Engine) -> None:
    table = ask(engine, question(name)).table
    for variable, pattern in (("evidence", r".*/scheme/evidence/[a-z-]+"), ("row", r".*/source/.+#row=\d+")):
        if variable in table.variables:
            assert all(cell is not None and re.fullmatch(pattern, cell.value) for cell in table.column(variable)), variable
    if "sources" in table.variables and "evidence" in table.variables:
        for row in table.dicts():
            backed = row["evidence"] is not None and row["evidence"].value.endswith(("named-in-source", "implied-by-source"))
            assert row["sources"] is not None or not backed, "a row with a source does not show it"


@answered
def test_every_choice_is_answered(name: str, engine: Engine) -> None:
    asked = question(name)
    defaults = {key: [choice.value for choice in found] for key, found in resolve(engine, asked, {}).items()}
    for parameter in asked.parameters:
        if parameter.choices:
            offered = choices(engine, asked, parameter.name, defaults)
            assert offered, f"{parameter.name} offers nothing"
            assert all(choice.label.strip() for choice in offered)
            assert all(choice.count is None or choice.count > 0 for choice in offered)
            for choice in offered[:CHOICES]:
                result = ask(engine, asked, {parameter.name: choice.value.value})
                assert len(result.table), f"nothing for {parameter.name} = {choice.label}"


@answered
def test_another_engine_gives_the_same_answer(name: str, engine: Engine, remote: Engine) -> None:
    asked = question(name)
    for values in (asked.example, {}):
        here, there = ask(engine, asked, values), ask(remote, asked, values)
        assert comparable(there.table) == comparable(here.table)
        assert (there.unknown is None) == (here.unknown is None)
        if here.unknown is not None and there.unknown is not None:
            assert comparable(there.unknown) == comparable(here.unknown)


@answered
def test_names_come_in_the_language_asked_for(name: str, engine: Engine) -> None:
    asked = question(name)
    if "?language" not in asked.body:
        return
    english, dutch = (ask(engine, asked, language=language) for language in ("en", "nl"))
    assert len(dutch.table) == len(english.table)
    for variable in english.table.variables:
        given = sum(cell is not None for cell in english.table.column(variable))
        assert sum(cell is not None for cell in dutch.table.column(variable)) == given, f"{variable} is lost in Dutch"


def reads_well(result: Result) -> None:
    assert result.sentence.strip()
    assert "{" not in result.sentence
    assert "  " not in result.sentence
    if result.unknown is not None:
        for row in result.unknown.dicts():
            assert row["thing"] is not None
            assert row["label"] is not None
            assert str(row["state"]) in ("not-reported", "not-asked", "not-needed", "not-mapped", "not-applicable")


def cells(text: str) -> list[list[tuple[str, ...]]]:
    """Rows of a CSV; the order of several values in a cell is the engine's own and does not count."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    several = [" " if variable == "sources" else "; " for variable in header]
    return [[(variable,) for variable in header], *([tuple(sorted(c.split(s))) for c, s in zip(row, several, strict=True)] for row in rows)]


def comparable(table: Table) -> list[list[tuple[str, ...]]]:
    return cells(table.to_csv().decode())
