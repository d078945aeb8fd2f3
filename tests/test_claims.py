"""What is behind a number: rows and cells, sources, evidence, date, and who says otherwise; compared with the CSV files themselves."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from query_ui import create_app
from query_ui.did_you_mean import did_you_mean
from query_ui.evidence.claims import behind, read_claims
from wise_skills.labels import Hit
from wise_skills.names import BASE, resource
from wise_skills.release import Release

DATA = resource("data")
FOLDERS = sorted(p.name for p in DATA.iterdir() if len(p.name) == 2)
_NUMBER = re.compile(r"[\d,]*\d")


@pytest.fixture(scope="module")
def app(release: Release) -> Iterator[Flask]:
    made = create_app(release.path)
    yield made
    made.extensions["wise"].close()


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


@cache
def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words(fragment: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", fragment))).strip()


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.text[-600:])
    return answer.text


def total(text: str) -> int:
    """How many claims the page says that there are."""
    found = re.search(r"(?<![\w,])([\d,]+) claims?\b", words(text.partition('<p class="lead">')[2].partition("</p>")[0]))
    assert found, text[:3000]
    return int(found[1].replace(",", ""))


def cards(text: str) -> list[str]:
    """The claims of a page, one piece of HTML each."""
    body = text.partition('<table class="records claims">')[2].partition("</table>")[0]
    return re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", body, re.DOTALL)


# --- the lists behind numbers hold what the files hold

TABLES = sorted({p.stem for folder in FOLDERS for p in (DATA / folder).glob("*.csv")} - {"waivers"})


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_as_many_claims_as_its_files_have_rows(client: FlaskClient, table: str):
    expected = {f: len(rows(DATA / f / f"{table}.csv")) for f in FOLDERS if (DATA / f / f"{table}.csv").exists()}
    # A document may be described in the tables of two countries: it is one thing.
    whole = sum(expected.values()) if table != "sources" else total(page(client, f"/behind?table={table}"))
    assert total(page(client, f"/behind?table={table}")) == whole
    for folder, number in expected.items():
        assert total(page(client, f"/behind?table={table}&country={folder}")) == number, folder


@pytest.mark.parametrize("folder", ["be", "lv", "eu"])
@pytest.mark.parametrize("level", ["named-in-source", "implied-by-source", "suggested", "unverified"])
def test_levels_of_evidence_are_counted_as_in_the_files(client: FlaskClient, folder: str, level: str):
    files = [*(DATA / folder).glob("*.csv")]
    expected = sum(r.get("evidence") == level for f in files for r in rows(f))
    mapped = sum(level in line.split("\t") for f in (DATA / folder).glob("*.sssom.tsv") for line in f.read_text("utf-8").splitlines())
    text = page(client, f"/behind?country={folder}&evidence={level}")
    assert expected <= total(text) <= expected + max(mapped, 1000 if folder == "eu" else 60)
    tables = [t for t in TABLES if (DATA / folder / f"{t}.csv").exists()]
    assert expected == sum(
        total(page(client, f"/behind?country={folder}&evidence={level}&table={t}"))
        for t in tables
        if any(r.get("evidence") == level for r in rows(DATA / folder / f"{t}.csv"))
    )


def test_pages_of_a_list_hold_all_claims_once(client: FlaskClient):
    first = page(client, "/behind?table=counts&country=be")
    number = total(first)
    pages = [first, *(page(client, f"/behind?table=counts&country=be&page={n}") for n in range(2, -(-number // 40) + 1))]
    found = [re.search(r'href="(/page/[^"]+)"', card)[1] for text in pages for card in cards(text)]  # type: ignore[index]
    assert len(found) == len(set(found)) == number
    assert page(client, "/behind?table=counts&country=be&page=999"), "a page too far is the last one"


# --- one claim


def test_a_figure_shows_its_row_its_cells_and_who_says_otherwise(client: FlaskClient):
    numbered = list(enumerate(rows(DATA / "be" / "counts.csv"), start=2))
    number, row = next((n, r) for n, r in numbered if (r["form"], r["measure"], r["value"]) == ("maatwerkbedrijf", "organisations", "140"))
    card = next(c for c in cards(page(client, "/behind?table=counts&country=be")) if f"be/counts.csv#row={number}" in c)
    said = words(card)
    for part in ("Custom-work company", "140", row["scope@en"], "exact figure", "named in source", "no date given", row["note@en"]):
        assert part in said, part
    assert f"be/counts.csv, row {number}" in said
    assert row["sources"].split(" | ")[0] in html.unescape(card)
    assert "Another source gives another figure: 118" in said
    told = next(r for r in rows(DATA / "be" / "disagreements.csv") if r["id"] == "maatwerkbedrijven-number")
    assert f"Sources differ (figure): {told['text@en']} {told['explanation@en']}" in said


def test_a_figure_of_another_measure_is_not_told_to_be_disputed(client: FlaskClient):
    text = page(client, "/behind?table=counts&country=be")
    workers = next(c for c in cards(text) if "25,000" in c)
    assert "Sources differ" not in words(workers)


@pytest.mark.parametrize(
    ("folder", "row"),
    [pytest.param(f, r, id=f"{f}-{r['id']}") for f in FOLDERS if (p := DATA / f / "disagreements.csv").exists() for r in rows(p)],
)
def test_every_disagreement_stands_on_the_pages_of_what_it_is_about(client: FlaskClient, folder: str, row: dict[str, str]):
    for form in filter(None, (part.strip() for part in row.get("forms", "").split("|"))):
        text = page(client, f"/page/{folder}/form/{form}")
        assert f'href="/page/{folder}/disagreement/{row["id"]}"' in text.partition('id="said"')[0]


def test_two_figures_of_a_year_name_each_other(client: FlaskClient):
    found = [c for c in cards(page(client, "/behind?table=counts&country=si")) if "organisations · 2017" in words(c)]
    said = {value: words(c) for c in found for value in ("141", "144") if f">{value}<" in c.partition("</th>")[0]}
    assert "Another source gives another figure: 144" in said["141"]
    assert "Another source gives another figure: 141" in said["144"]


def test_claims_stand_in_the_order_asked_for_and_unknown_ones_are_left_out(app: Flask):
    wise = app.extensions["wise"]
    iris = [BASE + "id/be/form/maatwerkbedrijf", BASE + "id/nobody/of/this/name", BASE + "id/eu/skill/job-coaching"]
    with app.test_request_context("/"), wise.lend() as edition:
        from query_ui.naming import Naming

        claims = read_claims(edition, iris, Naming(edition))
        assert [c.iri for c in claims] == [iris[0], iris[2]]
        assert claims[0].holds == ("", "1 April 2015", "")
        assert claims[0].table == "forms"
        assert behind(edition, iris[:1]) == "/behind?claim=be/form/maatwerkbedrijf"


@pytest.mark.parametrize(
    "claim",
    ["be/form/maatwerkbedrijf", BASE + "id/be/form/maatwerkbedrijf", "https://www.groepmaatwerk.be/maatwerkbedrijven/feiten-en-cijfers"],
)
def test_a_claim_may_be_named_in_short_or_in_full(client: FlaskClient, claim: str):
    text = page(client, "/behind?" + urlencode({"claim": claim}))
    assert total(text) == len(cards(text)) == 1


def test_what_is_unknown_is_told_beside_what_is_known(client: FlaskClient):
    text = page(client, "/behind?claim=be/form/maatwerkbedrijf&claim=be/form/nobody")
    assert total(text) == 1
    assert "The graph says nothing of these addresses:" in text
    assert "<code>be/form/nobody</code>" in text


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/behind?table=nothing", 404, "There is no table “nothing”"),
        ("/behind?country=../../etc", 404, "There is no country"),
        ("/behind?evidence=certain", 404, "named-in-source"),
        ("/behind?source=no%20address", 404, "is no address"),
        ("/behind?about=%3Cscript%3Ealert(1)%3C/script%3E", 404, "is no address"),
        ("/behind?not_reported=value", 404, "Name a table and one of its columns"),
        ("/behind?table=counts&not_reported=nothing", 404, "The table has no column “nothing”"),
        ("/behind?claim=%3Cscript%3Ealert(1)%3C/script%3E", 404, "says nothing of"),
        ("/behind?claim=%00", 404, "says nothing of"),
        ("/behind?" + "&".join(f"claim=x/{n}" for n in range(500)), 400, "names 500 claims; at most 400"),
    ],
)
def test_a_bad_address_gets_a_sentence(client: FlaskClient, path: str, status: int, told: str):
    text = page(client, path, status)
    assert told in html.unescape(text)
    assert "<script>alert" not in text


def test_conditions_that_fit_nothing_are_loosened_one_by_one(client: FlaskClient):
    text = page(client, "/behind?table=forms&country=be&evidence=suggested")
    assert "No claim fits all conditions" in text
    loosened = re.findall(r'<li><a href="(/behind[^"]*)">without[^<]*</a> – ([\d,]+) claims?', text)
    assert loosened
    for path, number in loosened:
        assert total(page(client, html.unescape(path))) == int(number.replace(",", ""))


# --- every number leads to exactly what it counts

PAGES = (
    "/",
    "/about",
    "/source/",
    "/country/be",
    "/country/ro",
    "/country/eu",
    "/behind",
    "/behind?table=needs",
    "/page?iri=https%3A%2F%2Fwww.groepmaatwerk.be%2Fmaatwerkbedrijven%2Ffeiten-en-cijfers",
)


def numbers(text: str) -> dict[str, int]:
    """The numbers of a page that lead to a list of claims: those inside the link, or right behind it."""
    found: dict[str, int] = {}
    for path, inside, behind_it in re.findall(
        r'<a[^>]* href="(/behind[^"]*)"[^>]*>(.*?)</a>(\s*<span class="quiet">[\d,]+</span>)?', text, re.DOTALL
    ):
        shown = _NUMBER.search(words(re.sub(r"<svg.*?</svg>", "", inside, flags=re.DOTALL))) or _NUMBER.search(words(behind_it))
        if shown and "claim=" not in path and "page=" not in path:
            found[html.unescape(path)] = int(shown[0].replace(",", ""))
    return found


@pytest.mark.parametrize("path", PAGES)
def test_a_number_leads_to_as_many_claims(client: FlaskClient, path: str):
    found = numbers(page(client, path))
    assert found, path
    wrong = {link: (number, shown) for link, number in found.items() if (shown := total(page(client, link))) != number}
    assert not wrong


@pytest.mark.parametrize("path", ["/page/be/form/maatwerkbedrijf", "/page/eu/skill/job-coaching", "/page/fr/law/code-travail"])
def test_numbers_of_a_thing_lead_to_as_many_rows(client: FlaskClient, path: str):
    answer = client.get(path)
    if answer.status_code == 404:
        pytest.skip("no such thing in the data")
    for link, number in re.findall(r'<a class="quiet count" href="([^"]*of=[^"]*)">([\d,]+)</a>', answer.text):
        shown = re.search(r"<p>([\d,]+) in all\.", page(client, html.unescape(link)))
        assert shown, link
        assert shown[1] == number, link


@pytest.mark.parametrize("folder", ["be", "es", "si"])
def test_bars_and_points_lead_to_their_claims(client: FlaskClient, folder: str):
    text = page(client, f"/country/{folder}")
    lines = re.findall(r'<td class="number"><a href="(/behind\?claim=[^"]+)">([\d,.]+)</a></td>', text)
    assert lines
    for path, number in lines:
        shown = cards(page(client, html.unescape(path)))
        value = number.replace(",", "")
        assert len(shown) == int(float(value)) or any(f">{number}<" in card for card in shown), (path, number)


@pytest.mark.parametrize("folder", ["be", "ro", "eu"])
def test_needs_by_group_lead_to_as_many_rows_in_the_builder(client: FlaskClient, folder: str):
    bars = re.findall(r'<td class="number"><a href="/explore/needs([^"]+)">([\d,]+)</a></td>', page(client, f"/country/{folder}"))
    assert bars
    for query, number in bars:
        lines = page(client, "/explore/needs.csv" + html.unescape(query)).splitlines()
        assert len([line for line in lines if not line.startswith("#")]) - 1 == int(number), query


# --- did you mean


@pytest.mark.parametrize(
    ("typed", "label", "expected"),
    [
        ("job caoch", "Job coach", "job coach"),
        ("maatwerkbedrif", "maatwerkbedrijf", "maatwerkbedrijf"),
        ("job coach", "Job coach", ""),
        ("job coa", "Job coach", ""),
        ("zzzzzzz", "Job coach", ""),
        ("a b", "Job coach", ""),
        ("", "Job coach", ""),
    ],
)
def test_did_you_mean(typed: str, label: str, expected: str):
    assert did_you_mean(typed, [Hit("x", label, "en", (), "", label)]) == expected


def test_search_counts_its_kinds(client: FlaskClient):
    text = page(client, "/search?q=coach")
    kinds = re.findall(r'<li><a href="(/search\?q=coach&amp;kind=[^"]+)">[^<]+</a> <span class="quiet">([\d,]+)</span>', text)
    assert kinds
    for path, number in kinds:
        other = page(client, html.unescape(path))
        assert words(re.search(r'<p role="status" class="small">(.*?)</p>', other)[1]).startswith(f"{number} by"), path  # type: ignore[index]
    assert "Did you mean" not in text
    mended = page(client, "/search?q=job+caoch")
    assert '<a href="/search?q=job%20coach">job coach</a>' in mended
    spoken = page(client, "/search?q=maatwerkbedrijf")
    assert re.search(r'<span class="quiet" lang="nl">maatwerkbedrijf</span> <span class="tag">nl</span>', spoken)
