"""One file, everything: each question is a form, a page, files, an operation, a documentation page, part of the graph, and a test.

What its `.rq` file says stands everywhere; nothing is listed anywhere else.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pyoxigraph as ox
import pytest
from flask import Flask

import query_ui
from query_ui.asking.question_terms import competency_questions
from query_ui.results.result_views import KEYS
from tests.served import SITE, app_on
from tests.test_questions import ANSWERS, FOLDER
from wise_skills.answer_files import MEDIA_TYPES, About, to_csv, to_json, to_turtle, to_xlsx
from wise_skills.engines import Engine, Limits, open_engine
from wise_skills.names import DCT, RDF_TYPE, RDFS, SH, Names
from wise_skills.questions import ask, load_questions, resolve
from wise_skills.questions.behind import counted, counting, values_of
from wise_skills.questions.needs import lacking
from wise_skills.release import Release

CATALOGUE = load_questions(FOLDER, thorough=False)
NAMES = sorted(CATALOGUE)
every = pytest.mark.parametrize("name", NAMES)
COUNTING = [(name, column) for name in NAMES for column in CATALOGUE[name].behind]
ROWS_CHECKED = 4
NUMBERS = range(1, 73)
"""Numbers of the competency questions."""
_ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(scope="module")
def apps(release: Release, joined: Release) -> Iterator[dict[bool, Flask]]:
    """The page on our own data, and on data with ESCO, by whether a question needs more than our own."""
    with ExitStack() as stack:
        folder = Path(query_ui.__file__).parent / "questions"
        yield {needs: stack.enter_context(app_on(r.path, QUESTIONS=folder)) for needs, r in ((False, release), (True, joined))}


@pytest.fixture(scope="module")
def engines(release: Release, joined: Release) -> Iterator[dict[bool, Engine]]:
    limits = Limits(seconds=30)
    with open_engine(release, limits=limits) as ours, open_engine(joined, limits=limits) as more:
        yield {False: ours, True: more}


@pytest.fixture(scope="module")
def operations(apps: dict[bool, Flask]) -> dict[str, dict[str, object]]:
    return apps[True].test_client().get("/openapi.json").get_json()["paths"]


@pytest.fixture(scope="module")
def published(release: Release) -> dict[str, list[ox.Triple]]:
    """What the graph of questions says, by question; read from the file that is published."""
    found: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse((release.dump / "questions.ttl").read_bytes(), ox.RdfFormat.TURTLE):
        assert isinstance(quad.subject, ox.NamedNode)
        found.setdefault(quad.subject.value.rsplit("/", 1)[-1], []).append(quad.triple)
    return found


def example(name: str) -> str:
    values = [(key, value) for key, values in CATALOGUE[name].example.items() for value in values]
    return f"?{urlencode(values)}" if values else ""


def test_all_competency_questions_are_answered() -> None:
    assert {number for q in CATALOGUE.values() for number in q.numbers} == set(NUMBERS)
    assert set(competency_questions()) == set(NUMBERS)


def test_no_parameter_bears_a_name_that_addresses_use() -> None:
    assert {p.name for q in CATALOGUE.values() for p in q.parameters} & {*KEYS, "ui", "lang"} == set()


@every
def test_page_and_form(name: str, apps: dict[bool, Flask]) -> None:
    asked = CATALOGUE[name]
    client = apps[bool(asked.needs)].test_client()
    page = client.get(f"/questions/{name}{example(name)}", headers=_ENGLISH)
    assert page.status_code == 200
    text = html.unescape(page.text)
    assert asked.title in text
    assert asked.description in text
    for parameter in asked.parameters:
        assert f'name="{parameter.name}"' in text
        assert parameter.label in text
    for ending in MEDIA_TYPES:
        assert f"/questions/{name}.{ending}" in text, f"no link to the {ending} file"
    assert f"/questions/{name}/about" in text


@every
def test_documentation(name: str, apps: dict[bool, Flask]) -> None:
    asked = CATALOGUE[name]
    page = apps[bool(asked.needs)].test_client().get(f"/questions/{name}/about", headers=_ENGLISH)
    assert page.status_code == 200
    text = html.unescape(page.text)
    for number in asked.numbers:
        assert competency_questions()[number] in text
    for parameter in asked.parameters:
        assert f"<code>{parameter.name}</code>" in text
    for key, column in asked.columns.items():
        assert f"<code>{key}</code>" in text
        assert column.label in text
    assert f"wise ask {name}" in text
    assert "SELECT DISTINCT" in text


@every
def test_operations(name: str, operations: dict[str, dict[str, object]]) -> None:
    asked = CATALOGUE[name]
    for ending, media in MEDIA_TYPES.items():
        operation = operations[f"/questions/{name}.{ending}"]["get"]
        assert operation["operationId"] == f"{name}.{ending}"  # type: ignore[index]
        assert operation["summary"] == asked.title  # type: ignore[index]
        assert media.partition(";")[0] in operation["responses"]["200"]["content"]  # type: ignore[index]
        given = {p["name"]: p for p in operation["parameters"]}  # type: ignore[index]
        assert set(given) == {*(p.name for p in asked.parameters), "lang"}
        for parameter in asked.parameters:
            schema = given[parameter.name]["schema"]
            allowed = schema.get("items", schema).get("enum")
            for value in given[parameter.name].get("example", []) if parameter.several else ():
                assert isinstance(value, str)
            assert allowed is None or len(allowed) == len(set(allowed)) > 0


@every
def test_files_say_the_same(name: str, apps: dict[bool, Flask], engines: dict[bool, Engine]) -> None:
    """All four files of an answer hold the rows of the query, each in its way."""
    asked = CATALOGUE[name]
    client = apps[bool(asked.needs)].test_client()
    result = ask(engines[bool(asked.needs)], asked, asked.example)
    files = {ending: client.get(f"/questions/{name}.{ending}{example(name)}", headers=_ENGLISH) for ending in MEDIA_TYPES}
    assert {ending: r.status_code for ending, r in files.items()} == dict.fromkeys(MEDIA_TYPES, 200)
    assert all(files[ending].content_type.startswith(media.partition(";")[0]) for ending, media in MEDIA_TYPES.items())
    document = json.loads(files["json"].data)
    assert document["answer"] == result.sentence
    assert len(document["rows"]) == len(result.table)
    rows = list(csv.reader(io.StringIO(files["csv"].text, newline="")))
    assert len(rows) == len(result.table) + 1
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"].data))
    answer, about = book.worksheets
    assert answer.max_row == len(result.table) + 1
    assert answer.max_column == len(rows[0])
    told = {str(row[0].value): row[1].value for row in about.iter_rows(max_col=2)}
    assert told["Question"] == asked.title
    assert told["Answer in a sentence"] == result.sentence
    assert told["Address"] == document["address"]
    assert {"Citation", "Data version", "Licence"} <= told.keys()
    assert all(cell.data_type != "f" for sheet in book for line in sheet.iter_rows() for cell in line)
    numbers = [n for n, key in enumerate(rows[0]) if key in asked.columns and asked.columns[key].kind == "number"]
    for line, row in zip(rows[1:], answer.iter_rows(min_row=2, values_only=True), strict=True):
        for n in numbers:
            if re.fullmatch(r"-?\d+(\.\d+)?", line[n]):
                assert float(row[n]) == pytest.approx(float(line[n]))
    triples = list(ox.parse(files["ttl"].data, ox.RdfFormat.TURTLE))
    subject = ox.NamedNode(document["address"])
    assert sum(t.subject == subject and t.predicate.value.endswith("csvw#row") for t in triples) == len(result.table)
    described = {t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode) and t.predicate.value == RDF_TYPE}
    columns = [result.table.column(key) for key in result.columns if asked.columns[key].kind == "thing"]
    things = " ".join({f"<{term.value}>" for column in columns for term in column if term and "/id/" in term.value})
    known = engines[bool(asked.needs)].select(
        f"SELECT DISTINCT ?thing {{ VALUES ?thing {{ {things} }} ?thing a ?kind }}", limits=Limits(query_chars=400_000)
    )
    assert {str(row["thing"]) for row in known.dicts()} <= described


@every
def test_the_graph_holds_the_question(name: str, published: dict[str, list[ox.Triple]]) -> None:
    asked = CATALOGUE[name]
    said: dict[str, list[ox.Literal | ox.NamedNode]] = {}
    for triple in published[name]:
        said.setdefault(triple.predicate.value, []).append(triple.object)  # type: ignore[arg-type]
    assert {ox.NamedNode(SH + "SPARQLExecutable"), ox.NamedNode(SH + "SPARQLSelectExecutable")} == set(said[RDF_TYPE])
    for predicate, text in ((RDFS + "comment", asked.title), (DCT + "description", asked.description)):
        assert ox.Literal(text, language="en") in said[predicate]
        languages = [value.language for value in said[predicate] if isinstance(value, ox.Literal)]
        assert len(languages) == len(set(languages))
    assert ox.Literal(asked.subject) in said["https://schema.org/keywords"]
    (query,) = said[SH + "select"]
    assert isinstance(ox.Store().query(query.value), ox.QuerySolutions)
    assert [v for v in re.findall(r"^SELECT DISTINCT (.*)$", asked.body, re.MULTILINE) if v not in query.value] == []


def test_sparql_finds_the_questions(engines: dict[bool, Engine]) -> None:
    table = engines[False].select(
        f"SELECT ?q ?text ?query {{ GRAPH <{Names().graph('questions')}> {{ ?q a <{SH}SPARQLSelectExecutable> ; "
        f'<{SH}select> ?query ; <{RDFS}comment> ?text }} FILTER (LANG(?text) = "en") }}'
    )
    assert {str(row["q"]).rsplit("/", 1)[-1] for row in table.dicts()} == set(NAMES)


@every
def test_an_answer_is_expected(name: str) -> None:
    needs = CATALOGUE[name].needs
    assert ((ANSWERS / "esco" if needs else ANSWERS) / f"{name}.csv").is_file()


@every
def test_the_command_line_writes_the_same(name: str, engines: dict[bool, Engine]) -> None:
    """The writers need no page: `wise ask --format` calls them as they are called here."""
    asked = CATALOGUE[name]
    engine = engines[bool(asked.needs)]
    result = ask(engine, asked, asked.example)
    about = About("https://w3id.org/wise-skills/questions/x", "Cite it so.", "1")
    assert to_csv(result, str).count(b"\n") >= len(result.table) + 1
    assert json.loads(to_json(result, str, about))["citation"] == "Cite it so."
    assert to_xlsx(result, str, about) == to_xlsx(result, str, about), "the same bytes for the same answer"
    assert b"wasDerivedFrom" in to_turtle(engine, result, about)


@pytest.mark.parametrize(("name", "column"), COUNTING, ids=lambda value: str(value))
def test_a_number_leads_to_as_many_claims(name: str, column: str, apps: dict[bool, Flask], engines: dict[bool, Engine]) -> None:
    asked = CATALOGUE[name]
    engine = engines[bool(asked.needs)]
    assert counting(asked, column)
    if lacking(engine, asked):
        pytest.skip("not loaded")
    if not asked.behind[column].lstrip().upper().startswith("SELECT"):
        return  # a share: it leads to what it is a share of
    checked = 0
    for values in (asked.example, {}):
        result = ask(engine, asked, values)
        chosen = {key: [choice.value for choice in found] for key, found in resolve(engine, asked, values).items()}
        numbered = [row for row in result.table.dicts() if row[column] is not None]
        for row in [*numbered[:ROWS_CHECKED], *numbered[-1:]]:
            found = counted(engine, asked, column, values_of(asked, column, row, chosen))
            assert len(found) == int(str(row[column])), row
            checked += 1
        if numbered:
            keys = [(k, t.value) for k, terms in values_of(asked, column, numbered[0], chosen).items() for t in terms]
            page = apps[bool(asked.needs)].test_client().get(f"/questions/{name}/behind/{column}?{urlencode(keys)}", headers=_ENGLISH)
            assert page.status_code == 200
            number = int(str(numbered[0][column]))
            assert f"<strong>{number:,}</strong>" in page.text
    assert checked


@every
def test_every_number_of_an_answer_leads_somewhere(name: str, apps: dict[bool, Flask]) -> None:
    """In the table, a number is a link: to what it counts, or to the row that says it."""
    asked = CATALOGUE[name]
    address = f"/questions/{name}{example(name) or '?'}&view=table"
    page = apps[bool(asked.needs)].test_client().get(address, headers=_ENGLISH)
    assert page.status_code == 200
    body = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
    bare = re.findall(r'<t[dh][^>]*class="number"[^>]*>\s*(?!<a\b)(?:<span[^>]*>)?\s*[\d.,]+', body)
    backed = asked.behind or any(column.kind == "row" for column in asked.columns.values())
    assert not backed or not bare, bare[:3]


def test_downloads_carry_the_language_of_names(apps: dict[bool, Flask]) -> None:
    client = apps[False].test_client(use_cookies=False)
    name = "which-wise-forms-exist-under-which-law-and-since-when"
    page = client.get(f"/questions/{name}?country=BE&lang=nl", headers=_ENGLISH).text
    assert f"/questions/{name}.csv?country=BEL&amp;lang=nl" in page
    dutch = client.get(f"/questions/{name}.csv?country=BEL&lang=nl", headers=_ENGLISH).text
    assert "België" in dutch
    assert SITE in client.get(f"/questions/{name}.json?country=BEL&lang=nl").get_json()["address"]
