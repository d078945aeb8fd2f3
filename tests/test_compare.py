"""`/compare`: its numbers against the files in data/, what must hold of every comparison, hostile addresses, files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from flask.testing import FlaskClient

from query_ui.comparisons import counting, definitions
from query_ui.comparisons.counting import Counted, Coverage, Link, Unit
from query_ui.comparisons.definitions import By, Level, Subject
from query_ui.comparisons.matrix import FEW, Matrix, matrix
from query_ui.comparisons.showing import heat
from query_ui.comparisons.summary import summary
from query_ui.edition import Edition
from tests.pages import CATALOGUE
from tests.served import app_on, small_release
from wise_skills.languages import LANGUAGES
from wise_skills.names import resource
from wise_skills.release import Release
from wise_skills.terms import iri

COUNTRIES = ("at", "be", "bg", "es", "fr", "gr", "hr", "it", "lv", "nl", "pl", "ro", "si")
ALL = "".join(f"&in={key}" for key in COUNTRIES)
CASES = [
    pytest.param(subject, by, level, kind, id=" ".join(filter(None, (subject.key, by.key, level.key if level else "", kind))))
    for subject in definitions.subjects().values()
    for by in subject.by
    for kind in by.counts
    for level in by.levels or (None,)
]


@pytest.fixture(scope="module")
def client(release: Release) -> Iterator[FlaskClient]:
    with app_on(release.path, QUESTIONS=CATALOGUE) as app:
        yield app.test_client(use_cookies=False)


@pytest.fixture(scope="module")
def with_esco(joined: Release) -> Iterator[FlaskClient]:
    with app_on(joined.path, QUESTIONS=CATALOGUE) as app:
        yield app.test_client(use_cookies=False)


@pytest.fixture(scope="module")
def edition(with_esco: FlaskClient) -> Edition:
    found: Edition = with_esco.application.extensions["wise"].edition
    return found


def table(country: str, name: str) -> list[dict[str, str]]:
    path = resource("data") / country / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cells(client: FlaskClient, address: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The cells of a comparison by key of row and unit, from its JSON."""
    answer = client.get(address.replace("/compare", "/compare.json", 1))
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return {(row["key"], cell["unit"]): cell for row in answer.get_json()["rows"] for cell in row["cells"]}


def counted(edition: Edition, subject: Subject, by: By, level: Level | None, kind: str, day: str = "") -> Matrix:
    found = counting.count(edition, subject, by, level, kind)
    said = [counting.coverage(edition, theme) for theme in (subject.theme, by.theme)]
    return matrix(found, counting.units(edition, kind, subject), *said, day)


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


# --- numbers, against the files that they come from ------------------------------------------


@pytest.mark.parametrize("country", ["be", "at", "it", "fr", "si"])
def test_instruments_are_those_of_the_file(client: FlaskClient, release: Release, country: str):
    day = release.created[:10]
    rows = [r for r in table(country, "support") if not r.get("valid_to") or r["valid_to"] + "-12-31"[len(r["valid_to"]) - 4 :] >= day]
    expected: dict[str, int] = {}
    for row in rows:
        for instrument in filter(None, (part.strip() for part in row["instrument"].split("|"))):
            expected[instrument] = expected.get(instrument, 0) + 1
    found = cells(client, f"/compare?of=support&by=instrument&in={country}&in=pl")
    assert {key: cell["n"] for (key, unit), cell in found.items() if unit == country and cell["n"]} == expected
    assert {cell["of"] for (_, unit), cell in found.items() if unit == country} == {sum(bool(r["instrument"]) for r in rows)}


@pytest.mark.parametrize("country", ["fr", "it", "lv"])
def test_categories_of_skills_are_those_of_the_files(client: FlaskClient, country: str):
    category = {row["id"]: row["category"] for row in table("eu", "skills")}
    needs = table(country, "needs")
    expected: dict[str, int] = {}
    for need in needs:
        for key in category[need["skill"]].split("|"):
            expected[key.strip()] = expected.get(key.strip(), 0) + 1
    found = cells(client, f"/compare?of=skills&by=category&in={country}&in=be")
    assert {key: cell["n"] for (key, unit), cell in found.items() if unit == country and cell["n"]} == expected
    assert {cell["of"] for (_, unit), cell in found.items() if unit == country} == {len(needs)}


@pytest.mark.parametrize(("by", "column"), [("regime", "contract_regime"), ("pay", "pay_rule"), ("status", "worker_status")])
@pytest.mark.parametrize("country", ["at", "pl", "es"])
def test_conditions_are_those_of_the_file(client: FlaskClient, country: str, by: str, column: str):
    forms = {row["id"] for row in table(country, "forms")}
    assert not any(row.get("valid_to") for row in table(country, "forms"))
    having: dict[str, set[str]] = {}
    for row in table(country, "conditions"):
        for value in filter(None, (part.strip() for part in row.get(column, "").split("|"))):
            if value not in ("?", "-"):
                having.setdefault(value, set()).add(row["form"])
    found = cells(client, f"/compare?of=contracts&by={by}&in={country}&in=fr")
    assert {key: cell["n"] for (key, unit), cell in found.items() if unit == country and cell["n"]} == {
        k: len(v) for k, v in having.items()
    }
    known = set().union(*having.values())
    for (_, unit), cell in found.items():
        if unit == country:
            assert (cell["of"], cell["of"] + cell["unknown"]) == (len(known), len(forms))


def test_thresholds_keep_apart_what_is_unknown_and_what_makes_no_sense(client: FlaskClient):
    answer = client.get("/compare.json?of=reserved&by=threshold&in=fr&in=ro&in=at&past=1").get_json()
    rules = {country: table(country, "reserved") for country in ("fr", "ro", "at")}
    for unit in answer["units"]:
        written = [row["threshold"] for row in rules[unit["key"]]]
        assert unit["known"] == sum(value not in ("?", "-", "") for value in written)
        assert unit["unknown"].get("not-reported", 0) == written.count("?")
        assert unit["unknown"].get("not-applicable", 0) == written.count("-")
    states = {(row["label"], cell["unit"]): cell["state"] for row in answer["rows"] for cell in row["cells"]}
    assert states["30 %", "ro"] == "not-reported"


def test_levels_of_frameworks_are_those_of_the_file(client: FlaskClient):
    found = cells(client, "/compare?of=levels&by=frameworks&in=be&in=gr")
    expected = {country: [row["eqf"] for row in table(country, "levels")] for country in ("be", "gr")}
    for (key, unit), cell in found.items():
        assert cell["n"] == expected[unit].count(key)
        assert cell["of"] == sum(value not in ("", "-", "?") for value in expected[unit])


def test_types_are_counted_through_assignments(client: FlaskClient):
    types: dict[tuple[str, str], set[str]] = {}
    for country in COUNTRIES:
        for row in table(country, "assignments"):
            types.setdefault((country, row["form"]), set()).add(row["type"])
    expected: dict[str, set[tuple[str, str]]] = {}
    for country in COUNTRIES:
        for number, row in enumerate(table(country, "activities")):
            for form in filter(None, (part.strip() for part in row.get("forms", "").split("|"))):
                for key in types.get((country, form), ()):
                    expected.setdefault(key, set()).add((country, str(number)))
    answer = client.get("/compare.json?of=sectors&by=nace&level=1&in=productive&in=social&in=training").get_json()
    assert {u["key"]: u["known"] + sum(u["unknown"].values()) for u in answer["units"]} == {k: len(v) for k, v in expected.items()}


def test_sections_are_those_of_the_divisions(client: FlaskClient, edition: Edition):
    """Counted again by the letters of NACE, without the hierarchy of the graph."""
    letters = [("A", 1, 3), ("B", 5, 9), ("C", 10, 33), ("D", 35, 35), ("E", 36, 39), ("F", 41, 43), ("G", 45, 47), ("H", 49, 53)]
    letters += [("I", 55, 56), ("J", 58, 63), ("K", 64, 66), ("L", 68, 68), ("M", 69, 75), ("N", 77, 82), ("O", 84, 84), ("P", 85, 85)]
    letters += [("Q", 86, 88), ("R", 90, 93), ("S", 94, 96)]

    def section(code: str) -> str:
        return code if code.isalpha() else next(letter for letter, first, last in letters if first <= int(code[:2]) <= last)

    found = cells(client, "/compare?of=sectors&by=nace&level=1&in=at&in=hr")
    for country in ("at", "hr"):
        expected: dict[str, int] = {}
        for row in table(country, "activities"):
            for letter in {section(code.strip()) for code in row["nace"].split("|") if code.strip()}:
                expected[letter] = expected.get(letter, 0) + 1
        assert {key: cell["n"] for (key, unit), cell in found.items() if unit == country and cell["n"]} == expected


# --- what must hold of every comparison -------------------------------------------------------


@pytest.mark.parametrize(("subject", "by", "level", "kind"), CASES)
def test_every_choice_holds_and_parts_its_rows(edition: Edition, subject: Subject, by: By, level: Level | None, kind: str):
    found = counted(edition, subject, by, level, kind)
    assert found.rows, "an empty choice is offered"
    told = summary(found)
    assert set(map(id, told.shared)) <= {id(r) for r in found.rows}
    for n, (column, standing) in enumerate(zip(found.columns, told.standings, strict=True)):
        groups = [standing.found, standing.said, standing.none, standing.unknown]
        assert sorted(id(row) for group in groups for row in group) == sorted(id(row) for row in found.rows)
        assert {id(row) for row in standing.only} <= {id(row) for row in standing.found}
        assert {id(row) for row in told.shared} <= {id(row) for row in standing.found}
        known = set(column.known)
        assert len(known) == len(column.known)
        for row in found.rows:
            cell = row.cells[n]
            assert 0 <= cell.n <= cell.of == len(known)
            assert set(cell.things) <= known
            assert (cell.n > 0) == (cell.state == "found")
            assert cell.rate is None or 0 <= cell.rate <= 1
            assert cell.state != "none" or (cell.of and not cell.unknown)
            # Nobody's source says so far that a skill is not needed, so no cell may.
            assert cell.state != "not-needed"
    for pair in told.likenesses:
        assert 0 <= pair.both <= pair.either <= len(found.rows)
    assert sum(row.spread == 1 for row in found.rows) == len(told.single)


@pytest.mark.parametrize("query", [q for s in definitions.subjects().values() for b in s.by for q in (b.items, *b.counts.values())])
def test_queries_are_plain_sparql(query: str, edition: Edition):
    from rdflib.plugins.sparql import prepareQuery

    prefixes = {"wise": edition.names.wise, "skos": edition.prefixes["skos"], "owl": edition.prefixes["owl"]}
    prepareQuery(query, initNs=prefixes)


def test_texts_are_found_for_translation():
    texts = [text for _, text in definitions.texts()]
    assert len(texts) > 100
    assert all(text == text.strip() and text for text in texts)
    for subject in definitions.subjects().values():
        for text in (subject.title, subject.description, *(t for b in subject.by for t in (b.title, b.numerator, b.denominator))):
            assert text in texts
    assert "Under 100 hours" in texts
    assert "Divisions" in texts


# --- the four absences, on a comparison made by hand -------------------------------------------

ONE, TWO, THREE, SKILL, OTHER = (iri(f"https://skills.example/{name}") for name in ("one", "two", "three", "skill", "other"))


def invented(**more: Any) -> Counted:
    members: dict[str, dict[str, list[Link]]] = {"u1": {"a": [Link()], "b": [Link()]}, "u2": {"c": [Link()]}, "u3": {}}
    items = {"a": {SKILL: [Link()]}, "b": {OTHER: [Link("claim")]}}
    return Counted(members=members, items=items, **more)


def states(found: Matrix, item: Any) -> list[str]:
    return [cell.state for cell in found.row(item).cells]


UNITS = [Unit("u1", "one"), Unit("u2", "two"), Unit("u3", "three")]


def test_not_needed_only_where_a_source_says_so():
    found = matrix(invented(denied={"c": {SKILL: [Link()]}}), UNITS, {}, {})
    assert states(found, SKILL) == ["found", "not-needed", "not-asked"]
    assert found.denying(1, SKILL) == ["c"]
    assert [len(summary(found).standings[1].said), len(summary(found).standings[1].unknown)] == [1, 1]
    assert found.row(SKILL).cells[1].n == 0


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("not-reported", "not-reported"), ("not-mapped", "not-mapped"), ("not-applicable", "not-applicable"), ("", "not-asked")],
)
def test_the_reason_of_a_thing_is_that_of_its_unit(reason: str, expected: str):
    found = matrix(invented(reasons={"c": reason} if reason else {}), UNITS, {}, {})
    assert states(found, SKILL)[1] == expected


def test_who_was_asked_and_did_not_answer_is_not_reported():
    silent = {"u3": [Coverage("x", "asked", "not-reported")], "u2": [Coverage("y", "asked", "reported")]}
    found = matrix(invented(countries={"c": ["u2"]}), UNITS, silent, {})
    assert states(found, SKILL) == ["found", "not-asked", "not-reported"]
    found = matrix(invented(countries={"c": ["u2"]}), UNITS, {}, {"u2": [Coverage("y", "asked", "not-reported")]})
    assert states(found, SKILL)[1] == "not-reported"


def test_what_has_ended_counts_only_when_asked_for():
    items = {"a": {SKILL: [Link(end="2019-12-31")]}, "b": {SKILL: [Link()]}}
    members = {"u1": {"a": [Link()], "b": [Link(end="2020-01-01")]}}
    now = matrix(Counted(members=members, items=items), UNITS[:1], {}, {}, "2026-01-01")
    assert (now.columns[0].ended, now.columns[0].known, now.rows) == (1, [], [])
    ever = matrix(Counted(members=members, items=items), UNITS[:1], {}, {})
    assert (ever.columns[0].ended, ever.rows[0].cells[0].n) == (0, 2)


def test_claims_lead_from_a_thing_to_its_unit_and_item():
    found = matrix(invented(), UNITS, {}, {})
    assert found.claims(found.columns[0], ["a", "b"], OTHER) == ["claim"]
    assert found.claims(found.columns[0], ["a"], SKILL) == []


def test_heat_has_five_steps():
    assert [heat(share) for share in (0.001, 0.2, 0.201, 0.5, 0.8, 1.0)] == ["heat-1", "heat-1", "heat-2", "heat-3", "heat-4", "heat-5"]


# --- the page ------------------------------------------------------------------------------------


def test_it_begins_with_what_the_documents_compare(client: FlaskClient):
    page = client.get("/compare").get_data(as_text=True)
    text = text_of(page)
    assert "Public support: Instrument" in text
    assert all(name in text for name in ("Belgium", "Austria", "Italy", "reserved contracts", "measures that use this instrument"))
    assert re.search(r"Shared by all of .*: \d+ of \d+ rows\.", text)
    assert f"Fewer than {FEW} are known for Italy" in text
    assert "style=" not in page


def test_types_say_on_what_they_rest(client: FlaskClient):
    rows = [row for country in COUNTRIES for row in table(country, "assignments")]
    own = sum(row["evidence"] in ("suggested", "unverified") for row in rows)
    text = text_of(client.get("/compare?of=sectors&in=social&in=training").get_data(as_text=True))
    assert f"said by {len(rows)} assignments ; {own} of them are our own inference" in text.replace("assignments;", "assignments ;")
    assert client.get("/behind?table=assignments").status_code == 200


def links_of(page: str, start: str) -> list[str]:
    return [unescape(h) for h in dict.fromkeys(re.findall(r'href="([^"]+)"', page)) if h.startswith(start)]


@pytest.mark.parametrize("address", ["/compare", "/compare?of=skills&by=category&in=productive&in=social&in=training"])
def test_nothing_on_offer_is_empty_or_broken(client: FlaskClient, address: str):
    offered = [path for path in links_of(client.get(address).get_data(as_text=True), "/compare?") if "view=" not in path]
    assert len(offered) > 12
    for path in offered:
        answer = client.get(path)
        assert answer.status_code == 200, path
        found = answer.get_data(as_text=True)
        assert 'role="alert"' not in found or len(parse_qs(urlsplit(path).query)["in"]) < 2, path
        assert 'class="side-by-side' in found, path


def behind(client: FlaskClient, path: str) -> list[str]:
    """The things listed behind a number, over all pages."""
    found: list[str] = []
    for number in range(1, 20):
        page = client.get(f"{path}&page={number}").get_data(as_text=True)
        section = re.search(r'<section class="counted-things">(.*?)</section>', page, re.DOTALL)
        if section is None:
            return found
        rows = re.findall(r'<tr>\s*<th scope="row"><a href="([^"]+)"', section[1]) or re.findall(r'<li><a href="([^"]+)"', section[1])
        if not rows or rows[0] in found:
            return found
        found += rows
    return found


@pytest.mark.parametrize(
    "address",
    [
        "/compare?of=support&by=instrument&in=be&in=at&in=it",
        "/compare?of=skills&by=who&in=fr&in=it",
        "/compare?of=contracts&by=regime&in=fr&in=pl",
        "/compare?of=reserved&by=groups&in=social&in=training",
        "/compare?of=curricula&by=category&in=fr&in=it",
        "/compare?of=support&by=type&in=be&in=gr",
    ],
)
def test_as_many_are_behind_a_cell_as_its_number_says(client: FlaskClient, address: str):
    checked = 0
    for (key, unit), cell in cells(client, address).items():
        path = cell["behind"].replace("https://skills.example", "")
        listed = behind(client, path)
        assert len(listed) == len(set(listed)) == cell["n"], (key, unit)
        checked += cell["n"] > 0
    assert checked > 3


@pytest.mark.parametrize("state", ["known", "not-reported", "not-applicable"])
def test_as_many_are_behind_the_totals(client: FlaskClient, state: str):
    unit = next(u for u in client.get("/compare.json?of=reserved&by=threshold&in=fr&in=be").get_json()["units"] if u["key"] == "fr")
    expected = unit["known"] if state == "known" else unit["unknown"][state]
    assert len(behind(client, f"/compare/behind?of=reserved&by=threshold&in=fr&state={state}")) == expected > 0


def test_an_absence_shows_what_was_asked(client: FlaskClient):
    text = text_of(client.get("/compare/behind?of=contracts&by=pay&in=it&item=statutory-minimum-wage").get_data(as_text=True))
    assert "Italy: not reported." in text
    assert "What was asked" in text
    assert "it/coverage.csv" in text


def test_filters_and_order(client: FlaskClient):
    start = "/compare?of=skills&by=category&in=fr&in=it&in=be"

    def asked(more: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.get(start.replace("?", ".json?") + more).get_json()["rows"]
        return found

    rows = asked("&sort=name")
    names = [row["label"] for row in rows]
    assert names == sorted(names)
    by_unit = asked("&sort=it")
    rates = [next(c["rate"] for c in row["cells"] if c["unit"] == "it") for row in by_unit]
    assert rates == sorted(rates, reverse=True)
    assert [row["label"] for row in asked("&find=COACHING job")] == ["job coaching skills"]
    for row in asked("&differ=1"):
        assert 0 < sum(cell["n"] > 0 for cell in row["cells"]) < 3
    emptied = text_of(client.get(start + "&find=zzzz").get_data(as_text=True))
    assert "No row is left" in emptied
    assert f"Show all {len(rows)}" in emptied


def test_ended_measures_are_left_out_unless_asked_for(client: FlaskClient):
    start = "/compare.json?of=support&by=directness&in=be&in=fr"
    now, ever = (client.get(path).get_json()["units"][0] for path in (start, start + "&past=1"))
    assert now["ended"] == sum(bool(row.get("valid_to")) for row in table("be", "support")) > 0
    assert (ever["ended"], ever["known"]) == (0, now["known"] + now["ended"])


# --- ESCO -------------------------------------------------------------------------------------------


def test_esco_is_offered_where_it_is_loaded(client: FlaskClient, with_esco: FlaskClient):
    assert "needs ESCO, which is not loaded here" in text_of(client.get("/compare?of=skills").get_data(as_text=True))
    told = client.get("/compare?of=skills&by=esco&in=be&in=at")
    assert told.status_code == 200
    assert "it needs ESCO, which is not loaded here" in text_of(told.get_data(as_text=True))
    page = text_of(with_esco.get("/compare?of=skills&by=esco&in=be&in=at").get_data(as_text=True))
    assert "Nobody has reviewed the matches yet" in page
    assert "Fine groups" in page


def test_needs_reach_esco_groups_through_matches(with_esco: FlaskClient, edition: Edition):
    """Counted again from the mappings and the hierarchy, group by group."""
    answer = with_esco.get(f"/compare.json?of=skills&by=esco&level=2{ALL}").get_json()
    checked = 0
    for row in answer["rows"]:
        if not str(row["iri"]).startswith("http://data.europa.eu/esco/"):
            continue
        rows = edition.select(
            "SELECT ?country (COUNT(DISTINCT ?need) AS ?n) WHERE { ?need a wise:SkillNeed ; wise:country ?country ; wise:skill ?skill . "
            "?mapping owl:annotatedSource ?skill ; owl:annotatedProperty ?match ; owl:annotatedTarget ?concept . "
            "FILTER (?match IN (skos:exactMatch, skos:closeMatch, skos:narrowMatch, skos:broadMatch)) "
            f"?concept skos:broader+ <{row['iri']}> }} GROUP BY ?country"
        )
        expected = {str(country): int(str(n)) for country, n in rows}
        iris = {unit["key"]: unit["iri"] for unit in answer["units"]}
        for cell in row["cells"]:
            assert cell["n"] == expected.get(iris[cell["unit"]], 0), (row["label"], cell["unit"])
            checked += cell["n"] > 0
    assert checked > 5


def test_what_is_not_mapped_is_said_to_be(with_esco: FlaskClient):
    answer = with_esco.get(f"/compare.json?of=skills&by=esco&level=2{ALL}").get_json()
    states = {cell["state"] for row in answer["rows"] for cell in row["cells"]}
    assert "not-mapped" in states
    assert "not-needed" not in states
    found = next(cell for row in answer["rows"] for cell in row["cells"] if cell["n"] and row["code"])
    page = with_esco.get(found["behind"].replace("https://skills.example", "")).get_data(as_text=True)
    assert "esco.sssom" in page
    assert "Claims through which they count here" in page


# --- hostile addresses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "status", "told", "kept"),
    [
        ("in=be&in=xx", 400, "There is no country and no type “xx”", "Belgium"),
        ("in=belgum&in=at", 400, "Did you mean “be”?", "Austria"),
        ("in=be", 200, "One alone cannot be compared", "Belgium"),
        ("in=be&in=be&in=at", 200, "Belgium was named twice", "Austria"),
        ("in=be&in=social&in=at", 200, "Countries and types cannot stand side by side", "Austria"),
        ("in=zz", 400, "So the comparison begins with Belgium, Austria, and Italy", "Italy"),
        ("in=be,at,it", 200, "", "Italy"),
        ("of=nothing&in=fr&in=it", 400, "“nothing” is no subject that can be compared", "France"),
        ("of=skill&in=fr&in=it", 400, "Did you mean “skills”?", "France"),
        ("of=skills&by=colour&in=fr&in=it", 400, "“colour” is nothing that this can be compared by", "France"),
        ("of=sectors&by=nace&level=9&in=fr&in=it", 400, "“9” is no level of it", "France"),
        ("of=levels&by=frameworks&in=social&in=training", 200, "it is not known for such units", "Social"),
        ("sort=colour&in=fr&in=it", 400, "“colour” is no way to sort", "France"),
        (ALL[1:] + "&in=fr&in=xx", 400, "France was named twice", "Slovenia"),
        ("in=%3Cscript%3Ealert(1)%3C/script%3E&in=be&in=at", 400, "There is no country and no type", "Austria"),
        ("in=be&in=at&find=%22%7D%20%3Fs%20%3Fp%20%3Fo&page=-7", 200, "No row is left", "Austria"),
        ("of=" + "x" * 5000 + "&in=be&in=at", 400, "is no subject that can be compared", "Austria"),
        ("in=%00&in=be&in=at&level=%F0%9F%92%A5&view=what", 400, "There is no country", "Austria"),
        ("&".join(["in=be"] * 3000), 200, "One alone cannot be compared", "Belgium"),
    ],
)
def test_hostile_addresses_get_a_sentence_and_keep_what_is_valid(client: FlaskClient, query: str, status: int, told: str, kept: str):
    answer = client.get(f"/compare?{query}")
    text = text_of(answer.get_data(as_text=True))
    assert answer.status_code == status, text[:400]
    assert told in text
    assert kept in text
    assert "<script>alert" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("query", ["in=be&in=xx", "in=be", "of=nothing", "in=be&in=at&level=3&of=sectors&by=nace"])
@pytest.mark.parametrize("ending", ["csv", "json", "xlsx", "svg", "png"])
def test_files_of_hostile_addresses_are_refused_in_words(client: FlaskClient, query: str, ending: str):
    answer = client.get(f"/compare.{ending}?{query}")
    assert answer.status_code == 400
    assert "“" in answer.get_data(as_text=True) or "One alone" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("in=be&in=at&item=grant", 400),
        ("of=support&by=instrument&in=be&item=nothing", 404),
        ("of=support&by=instrument&in=be&state=nothing", 404),
        ("of=support&by=instrument&in=be&item=grant&page=999999", 200),
        ("of=support&by=instrument&in=xx&item=grant", 400),
    ],
)
def test_hostile_addresses_of_what_is_behind(client: FlaskClient, query: str, status: int):
    answer = client.get(f"/compare/behind?{query}")
    assert answer.status_code == status, text_of(answer.get_data(as_text=True))[:300]


def test_an_empty_graph_is_no_error(tmp_path: Path):
    with app_on(small_release(tmp_path, [])) as app:
        for subject in definitions.subjects():
            answer = app.test_client().get(f"/compare?of={subject}")
            assert answer.status_code == 200
            assert "Nothing is known" in text_of(answer.get_data(as_text=True))


# --- files -------------------------------------------------------------------------------------------------

SHOWN = "/compare?of=contracts&by=regime&in=fr&in=be&in=gr&in=pl&sort=name"


def page_numbers(page: str) -> list[list[str]]:
    """The numbers of the matrix on the page, row by row: `3 of 7`, or the sign of an absence."""
    matrix_of_page = re.search(r'<table class="side-by-side.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert matrix_of_page
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", matrix_of_page[1], re.DOTALL):
        heads = re.findall(r"<th[^>]*>(.*?)</th>", row, re.DOTALL)
        found.append([text_of(heads[0]), *(text_of(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL))])
    return found


def test_the_workbook_holds_what_the_page_shows(client: FlaskClient):
    page = client.get(SHOWN).get_data(as_text=True)
    answer = client.get(SHOWN.replace("/compare", "/compare.xlsx", 1))
    assert answer.status_code == 200
    assert "compare-contracts-regime.xlsx" in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    sheet, told, about = book.worksheets
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0][2:6]) == ["France: numerator", "France: denominator", "France: rate", "France: state"]
    shown = page_numbers(page)
    assert len(shown) == len(rows) - 1 > 5
    for row, texts in zip(rows[1:], shown, strict=True):
        assert row[1] == texts[0]
        for n, text in enumerate(texts[1:]):
            numerator, denominator, rate, state = row[2 + 4 * n : 6 + 4 * n]
            assert isinstance(numerator, int)
            assert isinstance(denominator, int)
            if denominator:
                assert f"{numerator} of {denominator}" in text
                assert rate == pytest.approx(numerator / denominator, abs=1e-4)
                assert not numerator or f"{100 * numerator / denominator:.0f}%" in text
            else:
                assert rate is None
            if state not in ("found", "none of those known"):
                assert state in text
    summed = {row[0]: row for row in told.iter_rows(min_row=2, values_only=True)}
    standing = summary_of(client, SHOWN)
    for name, key in (("France", "fr"), ("Greece", "gr")):
        assert summed[name][4] == len(standing[key]["found"])
        assert sum(summed[name][6:9]) + summed[name][4] == len(shown)
    said = {str(row[0]): str(row[1]) for row in about.iter_rows(values_only=True)}
    assert said["Address"].startswith("https://skills.example/compare?of=contracts")
    assert "WISE skills project" in said["Citation"]
    assert said["Numerator"] == "forms with this kind of contract"
    assert said["Data version"]


def summary_of(client: FlaskClient, address: str) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = client.get(address.replace("/compare", "/compare.json", 1)).get_json()["standings"]
    return found


def test_csv_and_json_say_the_same(client: FlaskClient):
    lines = list(csv.DictReader(io.StringIO(client.get(SHOWN.replace("/compare", "/compare.csv", 1)).get_data(as_text=True))))
    answer = client.get(SHOWN.replace("/compare", "/compare.json", 1)).get_json()
    assert len(lines) == len(answer["rows"]) * len(answer["units"])
    flat = [(row["label"], cell) for row in answer["rows"] for cell in row["cells"]]
    for line, (label, cell) in zip(lines, flat, strict=True):
        assert (line["item"], line["state"], int(line["numerator"])) == (label, cell["state"], cell["n"])
        assert line["behind"] == cell["behind"]
    assert answer["citation"]
    assert answer["address"].startswith("https://skills.example/compare?")
    for pair in answer["jaccard"]:
        one, other = (set(answer["standings"][unit]["found"]) for unit in pair["units"])
        assert (pair["both"], pair["either"]) == (len(one & other), len(one | other))


@pytest.mark.parametrize(("ending", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_pictures_bear_their_citation(client: FlaskClient, ending: str, start: bytes):
    answer = client.get(SHOWN.replace("/compare", f"/compare.{ending}", 1))
    assert answer.status_code == 200
    assert answer.data.startswith(start)
    if ending == "svg":
        assert "WISE skills project" in " ".join(re.findall(r">([^<]+)<", answer.get_data(as_text=True)))


def test_the_picture_on_the_page_leads_to_what_is_behind(client: FlaskClient):
    page = client.get(SHOWN + "&view=picture").get_data(as_text=True)
    picture = re.search(r"<svg.*?</svg>", page, re.DOTALL)
    assert picture
    assert "/compare/behind?" in picture[0]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_page_is_there_in_every_language(client: FlaskClient, language: str):
    answer = client.get(f"{SHOWN}&ui={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.get_data(as_text=True)
    assert client.get(SHOWN.replace("/compare", "/compare.xlsx", 1) + f"&ui={language}").status_code == 200
