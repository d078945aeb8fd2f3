"""The builder of queries: its numbers are those of the queries, its choices lead somewhere, its addresses forgive."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, quote

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from query_ui.edition import Edition, open_edition
from query_ui.exploring import explore_address, questionfile
from query_ui.exploring.counting import Counting
from query_ui.exploring.index import Index, index_of
from query_ui.exploring.model import Exploration
from query_ui.exploring.offers import Offers
from query_ui.exploring.page import Page
from query_ui.exploring.reading import Reader
from query_ui.exploring.sparql import GROUPS, NUMBER, Writer
from query_ui.exploring.tables import EXAMPLES
from query_ui.exploring.tables import GROUPS as TABLE_GROUPS
from query_ui.naming import Naming
from tests import virtuoso_server
from tests.exploring import Chance, Walk
from tests.requirements import require
from tests.served import QUESTIONS, app_on
from wise_skills.engines import Limits
from wise_skills.questions import ask, load_questions
from wise_skills.release import Release

STEPS, REQUESTS = 10_000, 300


@pytest.fixture(scope="module")
def app(release: Release) -> Iterator[Flask]:
    with app_on(release.path) as made:
        yield made


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)  # what one test chose is not the next one's


@pytest.fixture(scope="module")
def edition(app: Flask) -> Edition:
    return app.extensions["wise"].edition


@pytest.fixture(scope="module")
def index(edition: Edition) -> Index:
    return index_of(edition)


@pytest.fixture
def said(app: Flask) -> Iterator[None]:
    """Texts are made within a request."""
    with app.test_request_context():
        yield


# Numbers.


@pytest.mark.parametrize("seed", range(6))
def test_what_the_index_finds_the_query_finds(index: Index, seed: int) -> None:
    chance = Chance(index, seed)
    for _ in range(30):
        exploration = chance.exploration()
        wanted = Counting(index, exploration).things()
        query = Writer(index, exploration).things()
        assert {str(row[0]) for row in index.edition.select(query)} == wanted, f"seed {seed}\n{query}"


@pytest.mark.parametrize("seed", range(4))
def test_lists_have_one_row_for_each_thing(index: Index, seed: int) -> None:
    chance = Chance(index, seed)
    for _ in range(8):
        exploration = chance.exploration()
        facets = {f.key: f for f in (chance.facet(exploration.table) for _ in range(6)) if f.kind not in ("link", "language")}
        query = Writer(index, exploration).rows(list(facets.values()))
        found = [str(thing) for thing in index.edition.select(query).column("thing")]
        assert sorted(found) == sorted(Counting(index, exploration).things()), f"seed {seed}\n{query}"


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize("seed", range(4))
def test_each_number_of_a_group_is_that_of_the_list_behind_it(index: Index, seed: int) -> None:
    chance, checked = Chance(index, seed), 0
    for _ in range(12):
        exploration = chance.exploration(2)
        facets = {f.key: f for f in (chance.facet(exploration.table) for _ in range(4)) if f.groups}
        numbers = [f for f in index.paths.facets(exploration.table) if f.kind == "number"]
        number = chance.random.choice(numbers) if numbers and chance.random.random() < 0.4 else None
        exploration = replace(exploration, by=tuple(facets.values())[:2], number=number)
        if not exploration.by:
            continue
        page = Page(index.edition, exploration, Naming(index.edition))
        rows = page.result.table.dicts()
        for row in chance.random.sample(rows, min(len(rows), 8)):
            behind = page.exploration_behind(row)
            if behind is None:  # a date that is none
                continue
            assert len(Counting(index, behind).things()) == int(str(row[NUMBER])), f"seed {seed}\n{page.query}\n{row}"
            checked += 1
        if not exploration.number and not any(f.steps for f in exploration.by) and len(exploration.by) == 1:
            assert sum(int(str(r[NUMBER])) for r in rows) >= page.offers.found or exploration.conditions
    assert checked > 20


@pytest.mark.usefixtures("said")
def test_smallest_mean_and_largest(edition: Edition, index: Index) -> None:
    table = edition.schema.by_name["counts"]
    value, measure = table.by_id["value"], table.by_id["measure"]
    page = Page(edition, _explored(index, "counts", "_by=measure&_number=value"), Naming(edition))
    sheet = index.sheet(table)
    for row in page.result.table.dicts():
        members = [s for s in sheet.things if row["first"] in sheet.of(measure.path).get(s, ()) and sheet.of(value.path).get(s)]
        numbers = [float(str(sheet.of(value.path)[s][0])) for s in members]
        assert len(numbers) == int(str(row["number"]))
        assert (float(str(row["smallest"])), float(str(row["largest"]))) == (min(numbers), max(numbers))
        assert float(str(row["mean"])) == pytest.approx(sum(numbers) / len(numbers), abs=0.006)


# No dead ends.


@pytest.mark.usefixtures("said")
def test_a_random_walk_meets_no_empty_choice(index: Index) -> None:
    walks = [Walk(Chance(index, seed), Naming(index.edition)) for seed in range(10)]
    lengths = set()
    for number in range(STEPS):
        _, here = walks[number % len(walks)].step()
        lengths.add(len(here.conditions))
    assert max(lengths) > 4


@pytest.mark.usefixtures("said")
def test_the_page_offers_what_the_walk_takes(index: Index) -> None:
    """The few values on a page are among all of them, with the same numbers."""
    chance = Chance(index, 7)
    for _ in range(25):
        exploration = chance.exploration(2)
        offers = Offers(index, exploration, Naming(index.edition))
        for offer in offers.facets(chance.steps(exploration.table)):
            whole = {c.label: c.count for c in offers.whole(offer.facet).choices}
            for choice in offer.choices:
                if offer.facet.kind in ("values", "string", "language"):
                    assert choice.label in whole


_LINK = re.compile(r'<a href="(/explore/[^"]+)"([^>]*)>(.*?)</a>', re.DOTALL)
_TALLY = re.compile(r'class="tally">([\d,.\s]+)<')
_FOUND = re.compile(r'class="found-number"[^>]*><b>([\d,.]+)')


def test_a_walk_over_http_meets_no_empty_choice_and_no_error(client: FlaskClient) -> None:
    chance = random.Random(20261126)
    path, told, met, before = "/explore", "", 0, ""
    tables = re.findall(r'class="entry" href="([^"]+)"', client.get("/explore").text)
    assert len(tables) > 30
    for number in range(REQUESTS):
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200, (number, path)
        assert 'class="nothing"' not in answer.text, (number, path)
        if told and (counted := _FOUND.search(answer.text)):
            assert re.sub(r"\D", "", counted[1]) == re.sub(r"\D", "", told), (number, before, path)
            met += 1
        found = [(unescape(href), more + text) for href, more, text in _LINK.findall(answer.text)]
        # Neither files nor other languages: the walk reads English.
        links = [(href, text) for href, text in found if not re.search(r"\.(csv|json|xlsx|ttl|rq|svg|png)\b|[?&](ui|lang)=", href)]
        groups = re.findall(r'<td class="number"><a href="(/explore/[^"]+)">([\d,.\s]+)</a>', answer.text)
        # A number of a picture leads to its rows among those that are found.
        groups = [(href, text) for href, text in groups if "only=" not in href]
        told, before = "", path
        if path == "/explore" or not links or chance.random() < 0.04 or path.count("&") > 12:
            path = chance.choice(tables)
        elif groups and "_number" not in path and chance.random() < 0.3:
            path, told = chance.choice(groups)
            path = unescape(path)
        else:
            path, text = chance.choice(links)
            tally = _TALLY.search(text)
            told = tally[1] if tally and "chosen" not in text and "_at=" not in path and _single(path) else ""
    assert met > 30


def _single(path: str) -> bool:
    """Whether no column is asked twice, so that the number of the choice is that of the whole."""
    keys = [pair.partition("=")[0] for pair in path.partition("?")[2].split("&")]
    return len(keys) == len(set(keys))


# Addresses.


def _explored(index: Index, name: str, query: str) -> Exploration:
    table = index.edition.schema.by_name[name]
    read = Reader(index, table, Naming(index.edition), name).read(parse_qsl(query))
    assert not read.problems
    return read.exploration


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize("seed", range(3))
def test_an_address_says_all_of_an_exploration(index: Index, seed: int) -> None:
    chance = Chance(index, seed)
    for _ in range(40):
        exploration = chance.exploration()
        page = Page(index.edition, exploration, Naming(index.edition))
        read = Reader(index, exploration.table, page.naming, "").read(page.pairs())
        assert not read.problems, (seed, page.address())
        again = Page(index.edition, read.exploration, page.naming)
        assert again.offers.counting.things() == page.offers.counting.things()
        assert again.address() == page.address()


def test_addresses_are_short_and_readable() -> None:
    country = "http://publications.europa.eu/resource/authority/country/BEL"
    assert explore_address("forms", {"country": country, "valid_from*from": "2013"}, by=["kind"]) == (
        "/explore/forms?country=BEL&valid_from*from=2013&_by=kind"
    )
    assert explore_address("needs", {"form": "https://w3id.org/wise-skills/id/be/form/x"}) == "/explore/needs?form=be/form/x"


@pytest.mark.parametrize("country", ["BEL", "bel", "Belgium", "België", "http://publications.europa.eu/resource/authority/country/BEL"])
def test_a_value_is_understood_however_it_is_written(client: FlaskClient, country: str) -> None:
    answer = client.get(f"/explore/forms?country={quote(country)}&lang={'nl' if country == 'België' else 'en'}")
    assert re.search(r"country: Belg", answer.text)


HOSTILE = {
    "nothing?": 404,
    "waivers": 404,
    "forms?contry=BEL": "Is “country” meant?",
    "forms?country=zzz": "none of the values",
    "forms?name*has=%00%1b": "cannot be shown",
    "forms?valid_from*from=9e99": "no date",
    "counts?value*from=9e99": "no number",
    "counts?value*from=NaN": "no number",
    "counts?value*to=1%27%29%3B": "no number",
    "counts?value*from=5&value*to=3": "comes after",
    "forms?country*from=3": "no numbers or dates",
    "forms?country*has=x": "no text to search",
    "forms?_by=country&_by=kind&_by=evidence": "More than 2",
    "forms?_by=name": "cannot be used in this way",
    "forms?_by=nothing": "There is no column",
    "forms?_show=needs-form": "cannot be used",
    "forms?_sort=xyz": "There is no column",
    "forms?_at=a.b.c.d": "There is no column",
    "forms?laws.amends.succeeds.name*has=x": "There is no column",
    "forms?name*has=" + "x" * 300: "longer than",
    "forms?country=BEL&country=zzz&country=BEL": "country: Belgium",
    "forms?" + "&".join(f"name*has={n}" for n in range(80)): "More than 50|There are more than 50 values",
    "forms?" + "&".join(f"x{n}=1" for n in range(100)): "There is no column",
    "forms?country=%22%3E%3Cscript%3Ealert(1)%3C/script%3E": "none of the values",
    "forms?name*has=%22%29%20%7D%20DROP%20ALL%20%23%20parameter": "Nothing fulfils",
    "forms?name*has=%7Bx%7D%20%25s%20%25(y)s": "Nothing fulfils",
    "forms?country=*none&country=*any": "no value or any value",
    "forms/nothing": 404,
    "forms/name": 404,
    "forms/country?_find=%3Cxyzzy%3E": "No value holds",
    "forms.svg?country=BEL": 404,
}


@pytest.mark.parametrize("address", HOSTILE)
def test_hostile_addresses_get_a_plain_sentence(client: FlaskClient, address: str) -> None:
    answer = client.get(f"/explore/{address}")
    told = HOSTILE[address]
    if isinstance(told, int):
        assert answer.status_code == told
        assert "Traceback" not in answer.text
        return
    assert answer.status_code == 200
    assert re.search(told, unescape(answer.text)), address
    assert "<script>alert" not in answer.text


def test_what_was_right_is_kept(client: FlaskClient) -> None:
    text = unescape(client.get("/explore/forms?country=BEL&nonsense=1&kind=status").text)
    assert "WISE forms with country: Belgium; kind: status." in text


def test_blanks_of_a_form_go_from_the_address(client: FlaskClient) -> None:
    answer = client.get("/explore/forms?country=BEL&name*has=&_by=&_by=kind")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/explore/forms?country=BEL&_by=kind"


def test_an_empty_answer_says_what_emptied_it(client: FlaskClient) -> None:
    text = unescape(client.get("/explore/forms?country=BEL&valid_from*from=2090").text)
    assert "Nothing fulfils" in text
    without = re.search(r'<a href="(/explore/forms[^"]*)"[^>]*>without “valid from: from 2090”</a> <span class="tally">(\d+)</span>', text)
    assert without
    assert _FOUND.search(client.get(unescape(without[1])).text)[1] == without[2]


# The page.


@pytest.mark.parametrize("name", sorted(n for _, names in TABLE_GROUPS for n in names))
def test_each_table_has_its_page(client: FlaskClient, index: Index, name: str) -> None:
    answer = client.get(f"/explore/{name}", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert len(answer.data) < 100_000
    text = client.get(f"/explore/{name}").text
    rows = text.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    assert len(rows) == min(50, len(index.sheet(index.edition.schema.by_name[name]).things))
    for row in rows:
        assert re.search(r'href="/(page[/?]|scheme/wise-types/)', row), row  # its thing
        assert re.search(r'href="/source/[^"]+#row=\d+"', row), row  # its row


def test_examples_find_something(client: FlaskClient) -> None:
    text = client.get("/explore").text
    found = re.findall(r'<li><a href="(/explore/[^"]+)">[^<]+</a> <span class="tally">([\d,]+)</span></li>', text)
    assert len(found) == len(EXAMPLES)
    for path, number in found:
        assert _FOUND.search(client.get(unescape(path)).text)[1] == number


def test_the_start_can_be_searched(client: FlaskClient) -> None:
    text = client.get("/explore?q=EQF").text
    assert 'href="/explore/levels"' in text
    assert 'href="/explore/personas"' not in text
    assert "Nothing here is about" in client.get("/explore?q=xyzzy").text


@pytest.mark.parametrize("language", ["de", "el", "bg"])
def test_names_of_columns_follow_the_language_of_the_page(client: FlaskClient, edition: Edition, language: str) -> None:
    text = unescape(client.get(f"/explore/forms?country=BEL&ui={language}").text)
    table = edition.schema.by_name["forms"]
    assert table.title[language] in text
    assert table.by_id["jurisdiction"].name[language] in text


# Files.


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize("seed", range(3))
def test_the_question_file_is_read_and_answers_the_same(index: Index, tmp_path: Path, seed: int) -> None:
    chance = Chance(index, seed)
    for _ in range(6):
        exploration = chance.exploration()
        facets = [f for f in (chance.facet(exploration.table) for _ in range(3)) if f.groups]
        if chance.random.random() < 0.5:
            exploration = replace(exploration, by=tuple({f.key: f for f in facets}.values())[:2])
        page = Page(index.edition, exploration, Naming(index.edition))
        name = questionfile.file_name(exploration.table.name)
        (tmp_path / f"{name}.rq").write_text(page.file, encoding="utf-8")
        question = load_questions(tmp_path, thorough=True)[name]
        (tmp_path / f"{name}.rq").unlink()
        assert question.columns == page.question.columns
        answer = ask(index.edition.engine, question)
        assert answer.table == page.result.table
        assert answer.sentence
        if not exploration.by:
            assert len(answer.table) == page.offers.found


def test_files_hold_what_the_page_counts(client: FlaskClient) -> None:
    address = "?country=BEL&kind=status"
    found = int(_FOUND.search(client.get(f"/explore/forms{address}").text)[1])
    rows = list(csv.DictReader(io.StringIO(client.get(f"/explore/forms.csv{address}").text)))
    assert len(rows) == found
    document = json.loads(client.get(f"/explore/forms.json{address}").text)
    assert len(document["rows"]) == found
    assert document["address"].endswith(f"/explore/forms{address}")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/explore/forms.xlsx{address}").data))
    assert found <= sum(1 for row in book.worksheets[0].iter_rows(values_only=True) if any(row))
    assert "wise-skills" in client.get(f"/explore/forms.ttl{address}").text
    assert client.get(f"/explore/forms.rq{address}").text.startswith("#+ title: ")
    picture = client.get("/explore/forms.svg?_by=country")
    assert picture.status_code == 200
    assert "<svg" in picture.text


def test_claims_have_names_in_files(client: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/explore/needs.csv?country=BEL").text)))
    assert all(" · " in row["thing"] for row in rows)


def test_the_query_of_the_page_runs_in_the_editor(client: FlaskClient) -> None:
    text = unescape(client.get("/explore/needs?profile.groups=supporter&_by=skill").text)
    found = re.search(r'href="(/sparql\?query=[^"]+)"', text)
    assert found
    answer = client.get(found[1], headers={"Accept": "application/sparql-results+json"})
    assert answer.status_code == 200
    assert len(answer.json["results"]["bindings"]) > 20


# Another engine.


def test_virtuoso_finds_the_same(release: Release, index: Index, tmp_path: Path) -> None:
    require("virtuoso")
    with virtuoso_server.serving(tmp_path, release.path / "dump" / "wise-skills.nq") as endpoint:
        other = open_edition(None, endpoint, QUESTIONS, Limits(seconds=60))
        try:
            chance = Chance(index, 3)
            for _ in range(12):
                exploration = chance.exploration(2)
                writer = Writer(index, exploration)
                wanted = Counting(index, exploration).things()
                assert {str(r[0]) for r in other.select(writer.things())} == wanted, writer.things()
                listed = writer.rows(questionfile.columns(index, exploration))
                assert len(other.select(listed)) == len(wanted), listed
                facets = [f for f in index.paths.facets(exploration.table) if f.kind == "values"]
                grouped = replace(exploration, by=(chance.random.choice(facets),))
                query = Writer(index, grouped).groups()
                numbers = [{str(r[GROUPS[0]]): int(str(r[NUMBER])) for r in e.select(query).dicts()} for e in (other, index.edition)]
                assert numbers[0] == numbers[1], query
        finally:
            other.close()
