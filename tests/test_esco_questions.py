"""Questions that need ESCO: answered with an invented package, and plain about it where none is loaded.

`answers/esco/<name>.csv` holds the answer to the example of each, on the release `joined`. `WISE_REGENERATE=1`
writes them anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.national import FIXTURES
from tests.oxigraph_server import serving
from tests.served import small_release
from tests.test_questions import ANSWERS, CHOICES, FOLDER, cells, comparable, question, reads_well
from wise_skills.engines import Engine, Limits, open_engine
from wise_skills.engines.remote import RemoteEngine
from wise_skills.errors import BadQuestionFiles
from wise_skills.questions import ask, choices, load_questions, resolve
from wise_skills.questions.needs import DOWNLOAD_ESCO, NEEDS
from wise_skills.release import Release

GOLDEN = ANSWERS / "esco"
QUESTIONS = {name: q for name, q in load_questions(FOLDER).items() if q.needs}
NAMES = sorted(QUESTIONS)
every = pytest.mark.parametrize("name", NAMES)
OF_ESCO_ONLY = {
    "how-is-an-esco-occupation-called-in-each-language",  # titles
    "which-occupations-ask-for-an-esco-skill",  # what ESCO says itself
    "which-ordinary-jobs-are-nearest-to-a-profile",  # occupations by what they share
    "which-published-mapping-tables-are-loaded",  # tables
    "which-national-codes-lead-to-the-same-esco-occupation",  # published by others: a row, but no level of evidence
    "to-which-codes-of-other-classifications-does-a-national-code-lead",
    "how-reusable-are-the-skills-needed",  # counts
    "which-fields-of-knowledge-do-the-needs-touch",
    "which-isco-groups-hold-wise-occupations",
    "which-needs-fall-into-which-esco-skill-group",
}
"""Questions whose rows are no claims of ours, and so have no evidence of their own."""


@pytest.fixture(scope="module")
def engine(joined: Release) -> Iterator[Engine]:
    with open_engine(joined, limits=Limits(seconds=30)) as engine:
        yield engine


@pytest.fixture(scope="module")
def bare(release: Release) -> Iterator[Engine]:
    with open_engine(release, limits=Limits(seconds=30)) as engine:
        yield engine


@pytest.fixture(scope="module")
def remote(joined: Release) -> Iterator[Engine]:
    with serving(joined.graph, "--union-default-graph") as address, RemoteEngine(address, limits=Limits(seconds=30)) as engine:
        yield engine


def test_there_are_enough_of_them():
    assert len(NAMES) >= 18
    assert {47} <= {number for q in QUESTIONS.values() for number in q.numbers}


def test_no_answer_without_a_question():
    assert sorted(path.stem for path in GOLDEN.glob("*.csv")) == NAMES


@every
def test_it_says_what_it_needs(name: str):
    asked = QUESTIONS[name]
    assert set(asked.needs) <= set(NEEDS)
    text = asked.body + (asked.unknown or "") + "".join(p.choices or "" for p in asked.parameters)
    published = "status:published" in text or "wise:suspectedInverse" in text
    assert ("mappings" in asked.needs) == published


@every
def test_claims_carry_evidence_and_origin(name: str):
    wanted = {"row"} if name in OF_ESCO_ONLY else {"evidence", "row"}
    if name not in OF_ESCO_ONLY or "code" in name:
        assert wanted <= question(name).columns.keys()


@every
def test_the_state_of_our_matches_is_shown(name: str, engine: Engine):
    result = ask(engine, QUESTIONS[name], QUESTIONS[name].example)
    shown = " ".join(str(row[c]) for row in result.table.dicts() for c in (*result.columns, "statusLabel") if row.get(c) is not None)
    assert re.search(r"\bproposed\b|\bpublished\b", shown), "nothing says that nobody reviewed the matches"


@every
def test_the_example_gives_the_known_answer(name: str, engine: Engine):
    asked = QUESTIONS[name]
    result = ask(engine, asked, asked.example)
    path = GOLDEN / f"{name}.csv"
    if os.environ.get("WISE_REGENERATE"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(result.table.to_csv().decode().replace("\r\n", "\n"), encoding="utf-8", newline="")
    assert len(result.table) >= 1
    assert path.exists(), "no answer is known yet: run the tests with WISE_REGENERATE=1"
    assert cells(result.table.to_csv().decode()) == cells(path.read_text(encoding="utf-8"))
    reads_well(result)


@every
def test_a_blank_form_is_answered(name: str, engine: Engine):
    result = ask(engine, QUESTIONS[name])
    assert not result.lacking
    assert len(result.table) >= 1
    assert not result.table.truncated
    assert len(set(result.table)) == len(result.table), "the same row twice"
    reads_well(result)


@every
def test_every_choice_is_answered(name: str, engine: Engine):
    asked = QUESTIONS[name]
    defaults = {key: [choice.value for choice in found] for key, found in resolve(engine, asked, {}).items()}
    for parameter in asked.parameters:
        if parameter.choices:
            offered = choices(engine, asked, parameter.name, defaults)
            assert offered, f"{parameter.name} offers nothing"
            assert all(choice.label.strip() for choice in offered)
            for choice in offered[:CHOICES]:
                ask(engine, asked, {parameter.name: choice.value.value})  # a list of words may have words without rows
                if choice.count is not None:
                    assert choice.count > 0


@every
def test_another_engine_gives_the_same_answer(name: str, engine: Engine, remote: Engine):
    asked = QUESTIONS[name]
    for values in (asked.example, {}):
        here, there = ask(engine, asked, values), ask(remote, asked, values)
        assert comparable(there.table) == comparable(here.table)
        assert (there.unknown is None) == (here.unknown is None)
        if here.unknown is not None and there.unknown is not None:
            assert comparable(there.unknown) == comparable(here.unknown)


@every
def test_names_come_in_the_language_asked_for(name: str, engine: Engine):
    asked = QUESTIONS[name]
    english, french = (ask(engine, asked, language=language) for language in ("en", "fr"))
    assert len(french.table) == len(english.table)
    for variable in english.table.variables:
        given = sum(cell is not None for cell in english.table.column(variable))
        assert sum(cell is not None for cell in french.table.column(variable)) == given, f"{variable} is lost in French"


def test_esco_speaks_french(engine: Engine):
    asked = QUESTIONS["which-skills-does-esco-list-that-our-profile-lacks"]
    names = [cell for cell in ask(engine, asked, language="fr").table.column("skillLabel") if cell is not None]
    assert {cell.language for cell in names} == {"fr"}


@every
def test_without_esco_it_says_how_to_add_it(name: str, bare: Engine):
    asked = QUESTIONS[name]
    result = ask(bare, asked, {p.name: "whatever" for p in asked.parameters})
    assert result.lacking == asked.needs
    assert len(result.table) == 0
    assert tuple(asked.columns) == result.table.variables
    for need in asked.needs:
        assert NEEDS[need].how in result.sentence
    assert (DOWNLOAD_ESCO in result.sentence) == ("esco" in asked.needs)
    assert "wise build --" in result.sentence


# --- what the answers say ----------------------------------------------------------------


def rows(engine: Engine, name: str, **values: str | list[str]) -> list[dict[str, str]]:
    found = ask(engine, QUESTIONS[name], values).table.dicts()
    return [{k: str(v) for k, v in row.items() if v is not None} for row in found]


def test_both_sides_of_a_profile_add_up(engine: Engine):
    both = rows(engine, "how-do-the-needs-of-a-profile-meet-what-esco-lists", profile="job-coach")
    lacks = {r["skill"] for r in rows(engine, "which-skills-does-esco-list-that-our-profile-lacks", profile="job-coach")}
    more = {r["row"] for r in rows(engine, "which-needs-of-our-profile-does-esco-not-list", profile="job-coach")}
    assert {r["concept"] for r in both if r["side"] == "ESCO only"} == lacks
    assert {r["row"] for r in both if r["side"] == "WISE sources only"} == more
    assert not {r["concept"] for r in both if r["side"] == "both"} & lacks


def test_a_doubtful_direction_is_marked_and_nothing_is_turned(engine: Engine):
    found = rows(engine, "which-national-codes-lead-to-the-same-esco-occupation")
    doubtful = {r["codeLabel"] for r in found if "direction" in r}
    assert doubtful == {"11000", "11001", "11002", "11003", "11004"}
    assert all(r["direction"].startswith("doubtful") for r in found if r["codeLabel"] in doubtful)
    assert {r["relation"] for r in found} == {"broader code"}, "as both tables say"
    tables = {r["tableLabel"]: r for r in rows(engine, "which-published-mapping-tables-are-loaded")}
    assert tables["ESCO - ROME inventé"]["direction"] == "doubtful"
    assert tables["Prova"]["direction"].startswith("as in SKOS")
    assert [tables["ESCO - ROME inventé"][k] for k in ("relations", "exact", "close", "broad", "narrow", "other")] == [
        "23",
        "1",
        "1",
        "20",
        "1",
        "0",
    ]


def test_a_code_leads_over_esco_to_other_codes(engine: Engine):
    found = rows(engine, "to-which-codes-of-other-classifications-does-a-national-code-lead", given="3.1.5.3.0")
    assert [(r["firstRelation"], r["codeLabel"], r["relation"]) for r in found] == [("exact", "12002", "close")]


def test_mappings_that_point_to_nothing_are_told_from_those_called_otherwise(engine: Engine):
    found = rows(engine, "which-of-our-mappings-point-to-a-concept-that-esco-lacks")
    assert {r["problem"] for r in found} >= {"not in the loaded ESCO", "called otherwise"}
    assert all(("current" in r) == (r["problem"] != "not in the loaded ESCO") for r in found)


@pytest.mark.parametrize("level", ["0", "1", "2", "3"])
def test_groups_of_a_level_are_of_that_level(engine: Engine, level: str):
    found = rows(engine, "which-needs-fall-into-which-esco-skill-group", level=level)
    groups = [f"<{r['skillGroup']}>" for r in found]
    assert groups
    counted = engine.select(
        "SELECT ?g (COUNT(DISTINCT ?above) AS ?n) WHERE { VALUES ?g { " + " ".join(groups) + " } "
        "OPTIONAL { ?g <http://www.w3.org/2004/02/skos/core#broaderTransitive> ?above } } GROUP BY ?g"
    )
    assert {str(row["n"]) for row in counted.dicts()} == {level}


def test_esco_names_the_sector_where_it_does(tmp_path: Path):
    """From v1.2.1 on ESCO has NACE codes of its own, and the green share of occupations."""
    quads = list(ox.parse(path=str(FIXTURES / "esco" / "golden" / "v1.2.1.nq"), format=ox.RdfFormat.N_QUADS))
    codes = {str(q.object.value): str(q.subject.value) for q in quads if q.predicate.value.endswith("#hasNACECode")}
    assert codes
    with open_engine(small_release(tmp_path, quads)) as engine:
        for code, occupation in codes.items():
            found = rows(engine, "which-esco-occupations-belong-to-a-sector", sector=code)
            assert (occupation, "ESCO names the sector") in {(r["occupation"], r["way"]) for r in found}


def test_an_unknown_need_is_a_fault_of_the_file(tmp_path: Path):
    name = "which-skills-do-two-profiles-share"
    text = (FOLDER / f"{name}.rq").read_text(encoding="utf-8").replace("needs: [esco]", "needs: [atlantis]")
    (tmp_path / f"{name}.rq").write_text(text, encoding="utf-8")
    with pytest.raises(BadQuestionFiles, match=r"needs is “atlantis”.*Give esco, mappings"):
        load_questions(tmp_path)
