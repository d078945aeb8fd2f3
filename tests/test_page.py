"""The pages: each address answers, with its headers, and says what it should."""

from __future__ import annotations

import csv
import html
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from query_ui import create_app
from query_ui.addresses import Addresses, host, web_address
from query_ui.catalogues import catalogue as translations
from query_ui.rate import Rate
from query_ui.responses import SECURITY
from query_ui.words import date, number
from tests.pages import CATALOGUE
from tests.served import SITE, app_on, small_release
from wise_skills.errors import NoCurrentRelease, RateExceeded, WiseSkillsError
from wise_skills.names import BASE, PREF_LABEL, RDF_TYPE
from wise_skills.release import Release
from wise_skills.spreadsheets import guarded

FORM = "/page/be/form/maatwerkbedrijf"


@pytest.fixture(scope="module")
def client(release: Release) -> Iterator[FlaskClient]:
    """The page on the real data, with three questions of the tests' own."""
    with app_on(release.path) as app:
        yield app.test_client(use_cookies=False)


def links(text: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'href="(/[^"]*)"', text)]


# --- every address

PAGES = {
    "/": "Which skills do work integration social enterprises need?",
    "/questions": "Each question has a form",
    "/questions?q=forms": "forms",
    "/questions/forms-of-countries": "forms are known",
    "/search": "Type the name",
    "/search?q=maatwerk": "Custom-work company",
    FORM: "Custom-work company",
    FORM + "?of=counts.form": "Back to everything about it",
    "/page/eu/skill/job-coaching": "Coach people towards and in work",
    "/page?iri=http://data.europa.eu/nuts/code/BE2": "Flanders",
    "/country/be": "Forms of WISE",
    "/country/eu": "European Union",
    "/source/": "Countries and tables",
    "/source/be/forms.csv": "What the columns mean",
    "/source/eu/skills-esco.sssom.tsv": "confidence",
    "/scheme": "Lists",
    "/scheme/evidence": "suggested",
    "/scheme/evidence/suggested": "Linked from",
    "/scheme/wise-types/productive": "Productive WISE",
    "/ns": "wise:WiseForm",
    "/tab": "tab:describes",
    "/shapes": "forms.csv",
    "/sparql": "<textarea",
    "/dataset": "DCAT-AP",
    "/downloads/": "wise-skills.nq",
    "/check": "Check a workbook",
    "/about": "How well a claim is backed",
}
OTHERS = {
    "/suggest?q=job": "application/json",
    "/health": "application/json",
    "/limits.json": "application/json",
    "/openapi.json": "application/json",
    "/robots.txt": "text/plain",
    "/favicon.ico": "image/vnd.microsoft.icon",
    "/apple-touch-icon.png": "image/png",
    "/logo.svg": "image/svg+xml",
    "/social.png": "image/png",
    "/sparql/terms.json": "application/json",
    "/static/style.css": "text/css",
    "/questions/forms-of-countries.csv": "text/csv",
    "/questions/forms-of-countries.json": "application/json",
    "/data/be/form/maatwerkbedrijf.ttl": "text/turtle",
    "/graph/be/forms": "text/turtle",
    "/.well-known/void": "text/turtle",
    "/nothing": "text/html",
    "/page/be/form/nobody": "text/html",
    "/questions/no-such-question": "text/html",
}


@pytest.mark.parametrize("address", PAGES)
def test_pages(client: FlaskClient, address: str):
    response = client.get(address, headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert PAGES[address] in html.unescape(response.text)
    assert response.text.count("<h1") == 1
    assert '<html lang="en">' in response.text
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", response.text), "inline style or script, which the policy forbids"
    assert not re.search(r"<script(?![^>]* src=)", response.text)


@pytest.mark.parametrize("address", [*PAGES, *OTHERS])
def test_headers(client: FlaskClient, address: str):
    with client.get(address, headers={"Accept": OTHERS.get(address, "text/html")}) as response:
        for name, value in SECURITY.items():
            assert response.headers[name] == value
        assert "Set-Cookie" not in response.headers
        assert "Server" not in response.headers
        data = "Access-Control-Allow-Origin" in response.headers
        assert response.headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if data else "same-origin")
        if address in OTHERS:
            assert response.mimetype == OTHERS[address]
        if address in PAGES and not address.startswith(
            ("/ns", "/tab", "/shapes", "/scheme", "/source", "/sparql", "/dataset", "/downloads")
        ):
            assert not data
    policy = SECURITY["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("address", [*PAGES, *OTHERS])
def test_head_and_validators(client: FlaskClient, address: str):
    accept = {"Accept": "text/html, */*;q=0.1"}
    with client.get(address, headers=accept) as got, client.head(address, headers=accept) as head:
        assert head.status_code == got.status_code
        assert head.headers["Content-Type"] == got.headers["Content-Type"]
        tag = got.headers.get("ETag")
    if got.status_code == 200 and not address.startswith("/health"):
        with client.get(address, headers={**accept, "If-None-Match": tag}) as again:
            assert (again.status_code, again.data) == (304, b"")
            assert "Content-Security-Policy" in again.headers
    elif got.status_code != 200:
        assert tag is None


def test_other_methods(client: FlaskClient):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        response = client.open("/questions", method=method, headers={"Accept": "text/html"})
        assert response.status_code == 405
        assert "GET" in response.headers["Allow"]
        assert "cannot be asked in this way" in response.text
    options = client.options("/questions")
    assert options.status_code == 204
    assert "GET" in options.headers["Allow"]
    assert "Access-Control-Allow-Origin" not in options.headers


def test_links_lead_somewhere(client: FlaskClient):
    """Every link of the pages above, and of what they lead to, as far as 400 addresses."""
    seen: set[str] = set()
    waiting = list(PAGES)
    dead = []
    while waiting and len(seen) < 400:
        address = waiting.pop(0).partition("#")[0]
        if address in seen or not address or address.startswith("/static/"):
            continue
        seen.add(address)
        with client.get(address, headers={"Accept": "text/html, */*;q=0.1"}) as response:
            if response.status_code >= 400:
                dead.append((response.status_code, address))
            if response.mimetype == "text/html":
                found = links(response.text)
                # A few of each page, not the first hundred of one.
                waiting += found[:: max(1, len(found) // 25)]
    assert len(seen) >= 400
    assert not dead


def test_anchors_exist(client: FlaskClient):
    """A link with a fragment names something on its page: terms, columns, rows."""
    wanted: dict[str, set[str]] = {}
    for address in (FORM, "/questions/forms-of-countries", "/source/be/forms.csv", "/country/be", "/ns", "/shapes"):
        for found in links(client.get(address, headers={"Accept": "text/html"}).text):
            path, hash_, fragment = found.partition("#")
            if hash_ and path:
                wanted.setdefault(path, set()).add(fragment)
    assert len(wanted) > 5
    for path, fragments in wanted.items():
        text = html.unescape(client.get(path, headers={"Accept": "text/html"}).text)
        missing = {f for f in fragments if f'id="{f}"' not in text}
        assert not missing, path


# --- errors


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_errors_say_the_same(client: FlaskClient, accept: str):
    page = html.unescape(client.get("/questions/forms-of-country", headers={"Accept": "text/html"}).text)
    told = client.get("/questions/forms-of-country", headers={"Accept": "application/json"})
    assert (told.status_code, told.mimetype) == (404, "application/problem+json")
    assert told.json["detail"] in page
    assert "forms-of-countries" in told.json["nearest"]
    assert '<a href="/questions/forms-of-countries">' in page


def test_an_unexpected_error_tells_nothing_of_the_inside(release: Release, caplog: pytest.LogCaptureFixture):
    with app_on(release.path, PROPAGATE_EXCEPTIONS=False) as app:

        def broken() -> str:
            raise RuntimeError("secret")

        app.add_url_rule("/broken", view_func=broken)
        for accept in ("text/html", "application/json"):
            response = app.test_client(use_cookies=False).get("/broken", headers={"Accept": accept})
            assert response.status_code == 500
            assert "secret" not in response.text
            assert "RuntimeError" not in response.text
            assert "Something went wrong here" in response.text
            assert "Content-Security-Policy" in response.headers
        assert "secret" in caplog.text


def test_what_was_typed_is_kept(client: FlaskClient):
    assert 'value="no such thing at all"' in client.get("/search?q=no+such+thing+at+all").text
    query = "SELECT * WHERE { ?s ?p"
    page = client.get(f"/sparql?query={quote(query)}", headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert query in html.unescape(page.text)
    assert 'class="bad"' in page.text
    assert "is never closed" in page.text


# --- search


def test_search(client: FlaskClient):
    text = client.get("/search?q=maatwerkbedr").text
    assert f'href="{FORM}"' in text
    assert "Nothing bears a name like this" in client.get("/search?q=xyzzyxyzzy").text
    only = client.get("/search?q=coach&kind=Skill").text
    assert "/page/eu/skill/job-coaching" in only
    assert "/profile/" not in only
    assert client.get("/search?q=" + "a" * 5000).status_code == 200
    assert client.get("/search?q=%22%27%2A+OR+NEAR(").status_code == 200


def test_suggest(client: FlaskClient):
    hits = client.get("/suggest?q=maatwerkb").json
    assert hits[0] == {
        "iri": BASE + "id/be/form/maatwerkbedrijf",
        "label": "Custom-work company",
        "language": "en",
        "matched": "maatwerkbedrijf",
        "spoken": "nl",
        "kind": "WISE form",
        "place": "BE",
        "path": FORM,
    }
    assert client.get("/suggest?q=maatwerkb&lang=nl").json[0]["label"] == "maatwerkbedrijf"
    assert client.get("/suggest").json == []


# --- questions

ASK = "/questions/forms-of-countries"


def test_catalogue(client: FlaskClient):
    text = client.get("/questions").text
    assert "Policy analysts" in text
    assert "Curriculum designers" in text
    assert ASK in text
    assert ASK not in client.get("/questions?q=sandwich").text
    assert "No question fits “sandwich”" in client.get("/questions?q=sandwich").text
    assert ASK in client.get("/questions?q=FORMS+countries").text
    assert ASK not in client.get("/questions?user=designer").text
    assert ASK not in client.get("/questions?needs=esco").text
    assert ASK in client.get("/questions?needs=own&subject=forms").text
    assert re.search(rf'href="{ASK}"[^>]*>[^<]*</a> <span class="quiet kind">\d+ rows · ', text), "what kind of answer"


def test_words_of_conditions_and_columns_find_a_question(client: FlaskClient, catalogue: FlaskClient):
    """In the language of the page, and in English; words of a column alone are enough."""
    assert "which-sectors-are-common-to-most-countries" in catalogue.get("/questions?q=activities+behind").text
    english = "Which countries have a quota system beside WISE support?"
    word = max(translations("de", "questions").gettext(english).rstrip("?").split(), key=len)
    address = "/questions/which-countries-have-a-quota-system-beside-wise-support"
    assert address in catalogue.get("/questions", query_string={"q": word, "ui": "de"}).text
    assert address in catalogue.get("/questions?q=quota+beside&ui=de").text


def test_question(client: FlaskClient):
    text = html.unescape(client.get(ASK).text)
    assert re.search(r"\d+ forms are known in 13 countries", text)
    assert re.search(r'<td[^>]*><a href="/page/be/form/', text)
    assert 'class="badge named-in-source"' in text
    assert re.search(r'href="/source/be/forms\.csv#row=\d+"', text), "the cell"
    assert re.search(r'href="https?://[^"]+" rel="noopener nofollow ugc"', text), "a source"
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert {row.count("<td") + row.count("<th") for row in body.split("<tr>")[1:]} == {4}, "as many cells in each row"
    assert "What is not known" in text
    assert "∅" in text, "the legend of absences"
    for ending in ("csv", "xlsx", "json", "ttl"):
        assert f'href="{ASK}.{ending}"' in text
    assert "How to cite this answer" in text
    assert f'href="{ASK}/behind"' in text
    assert 'href="/ns#WiseForm"' in client.get(f"{ASK}/about").text, "terms explained"


def test_parameters(client: FlaskClient):
    text = html.unescape(client.get(f"{ASK}?country=BEL&country=FRA").text)
    assert "forms are known in 2 countries" in text
    assert re.search(r'value="BEL" checked> <span>Belgium</span> <span class="quiet count">\d+</span>', text)
    assert f'href="{ASK}.csv?country=BEL&country=FRA"' in text
    assert f"{SITE}questions/forms-of-countries?country=BEL&country=FRA" in text, "in the citation"
    by_label = html.unescape(client.get(f"{ASK}?country=België").text)
    assert 'value="BEL" checked' in by_label


def test_blank_parameters_leave_the_address(client: FlaskClient):
    response = client.get(f"{ASK}?country=&kind=&country=BEL")
    assert (response.status_code, response.headers["Location"]) == (303, f"{ASK}?country=BEL")


def test_a_wrong_value_is_told_beside_its_field(client: FlaskClient):
    response = client.get(f"{ASK}?country=Belgum", headers={"Accept": "text/html"})
    assert response.status_code == 400
    field = html.unescape(response.text).partition("<fieldset")[2].partition("</fieldset>")[0]
    assert 'role="alert"' in field
    assert "Belgum" in field
    assert "Did you mean Belgium" in field
    told = client.get(f"{ASK}.json?country=Belgum")
    assert told.status_code == 400
    assert told.json["nearest"] == ["Belgium"]


def test_an_unknown_parameter_is_told(client: FlaskClient):
    response = client.get(f"{ASK}?contry=BEL", headers={"Accept": "text/html"})
    assert response.status_code == 400
    assert "has no such parameter" in response.text


def test_a_needed_value(client: FlaskClient):
    address = "/questions/profiles-that-need-a-skill"
    empty = client.get(address)
    assert empty.status_code == 200
    assert 'role="alert"' not in empty.text
    assert "see an example" in empty.text
    example = next(a for a in links(empty.text) if a.startswith(address + "?") and "ui=" not in a and "lang=" not in a)
    assert 'class="sentence"' in client.get(example).text
    assert client.get(f"{address}.json").status_code == 400


def test_an_empty_answer_offers_more(client: FlaskClient):
    text = html.unescape(client.get(f"{ASK}?country=LVA&kind=scheme").text)
    assert "No form is known" in text
    assert re.search(rf'<a href="{ASK}\?country=LVA">without “Kind: .*”</a> <span class="quiet">1 row', text)
    assert re.search(rf'<a href="{ASK}\?country=LVA&kind=[^"]*">“Kind: .*” instead</a> <span class="quiet">1 row', text)
    assert 'class="absence"' in text.partition('class="emptied"')[2], "whether anybody asked"


def test_csv(client: FlaskClient):
    response = client.get(f"{ASK}.csv?country=BEL")
    assert 'filename="forms-of-countries.csv"' in response.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert len(rows) > 10
    row = next(r for r in rows if r["form"] == "Custom-work company")
    assert row["form_iri"] == BASE + "id/be/form/maatwerkbedrijf"
    assert row["evidence"] == "named in source"
    assert row["sources"].startswith("http")
    assert response.text.count("\r\n") == len(rows) + 1


def test_json(client: FlaskClient, release: Release):
    found = client.get(f"{ASK}.json?country=BEL").json
    assert found["release"] == release.id
    assert found["parameters"] == {
        "country": [{"value": "http://publications.europa.eu/resource/authority/country/BEL", "label": "Belgium"}]
    }
    row = next(r for r in found["rows"] if r["form"]["label"] == "Custom-work company")
    assert isinstance(row["sources"], list)
    assert row["row"].endswith("be/forms.csv#row=2")
    assert found["columns"][0]["name"] == "country"
    assert release.id in found["citation"]


def test_language_of_names(client: FlaskClient):
    names = {r["form"]["label"] for r in client.get(f"{ASK}.json?country=BEL&lang=nl").json["rows"]}
    assert "maatwerkbedrijf" in names


@pytest.mark.parametrize(("text", "expected"), [("=1+1", "'=1+1"), ("+1", "'+1"), ("@x", "'@x"), ("＝x", "'＝x"), ("a=b", "a=b"), ("", "")])
def test_formulas_are_guarded(text: str, expected: str):
    assert guarded(text) == expected


def test_the_query_opens_in_the_editor(client: FlaskClient):
    opened = next(a for a in links(client.get(f"{ASK}?country=BEL").text) if a.startswith("/sparql?query="))
    page = client.get(opened, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert re.search(r"<h2[^>]*>\d+ rows <", page.text)
    example = client.get("/sparql?example=forms-of-countries", headers={"Accept": "text/html"})
    assert "wise:WiseForm" in example.text


@pytest.fixture(scope="module")
def catalogue(release: Release) -> Iterator[FlaskClient]:
    """The page with the project's own questions."""
    with app_on(release.path, QUESTIONS=CATALOGUE) as app:
        yield app.test_client(use_cookies=False)


@pytest.mark.parametrize("path", sorted(CATALOGUE.glob("*.rq")), ids=lambda p: p.stem)
def test_every_question_has_its_page_and_files(catalogue: FlaskClient, path: Path):
    page = catalogue.get(f"/questions/{path.stem}")
    example = next((a for a in links(page.text) if a.startswith(f"/questions/{path.stem}?")), f"/questions/{path.stem}")
    answered = catalogue.get(example)
    assert (page.status_code, answered.status_code) == (200, 200)
    assert 'class="sentence"' in answered.text
    rest = example.partition("?")[2]
    for ending in ("csv", "json"):
        assert catalogue.get(f"/questions/{path.stem}.{ending}?{rest}").status_code == 200
    assert catalogue.get(f"/sparql?example={path.stem}", headers={"Accept": "text/html"}).status_code == 200


# --- things


def test_thing(client: FlaskClient):
    text = html.unescape(client.get(FORM).text)
    assert '<a href="/country/be">Belgium</a> › <a href="/page?iri=http%3A%2F%2Fdata.europa.eu%2Fnuts%2Fcode%2FBE2">Flanders</a> › ' in text
    assert '› <a href="/source/be/forms.csv">WISE forms</a>' in text
    assert '<span class="text" lang="nl">maatwerkbedrijf <span class="tag">nl</span></span>' in text
    assert "Custom-work company – status, Flanders. Valid (since 1 April 2015)." in text
    for heading in ("What is said of it", "Over time", "Sources", "Claims about it", "Around it", "Linked from", "Where it comes from"):
        assert f">{heading}</h2>" in text
    order = [text.index(f">{name}</a></th>") for name in ("abbreviation", "kind", "jurisdiction", "laws", "valid from")]
    assert order == sorted(order), "the order of the shapes"
    assert 'class="badge unverified"' in text, "a weak cell"
    assert 'class="badge inferred"' in text
    assert "type-productive" in text
    assert 'href="/source/be/forms.csv#row=2"' in text


def test_stated_absences(client: FlaskClient, release: Release):
    store = ox.Store.read_only(str(release.graph))
    for predicate, words in (("notReported", "not reported"), ("notApplicable", "does not apply")):
        quad = next(q for q in store.quads_for_pattern(None, ox.NamedNode(f"{BASE}ns#{predicate}"), None, None))
        address = Addresses(BASE).path(quad.subject.value)  # type: ignore[union-attr]
        assert words in client.get(address, headers={"Accept": "text/html"}).text


def test_claims_have_names(client: FlaskClient, release: Release):
    store = ox.Store.read_only(str(release.graph))
    need = next(q.subject for q in store.quads_for_pattern(None, ox.NamedNode(RDF_TYPE), ox.NamedNode(BASE + "ns#SkillNeed"), None))
    text = client.get(Addresses(BASE).path(need.value)).text  # type: ignore[union-attr]
    assert re.search(r"<h1>[^<]+ · [^<]+</h1>", text)


def test_paging(client: FlaskClient):
    hub = "/scheme/evidence/named-in-source"
    text = html.unescape(client.get(hub, headers={"Accept": "text/html"}).text)
    first = next(a for a in links(text) if "of=needs.evidence" in a)
    page = html.unescape(client.get(first, headers={"Accept": "text/html"}).text)
    following = next(a for a in links(page) if "page=2" in a)
    second = client.get(following, headers={"Accept": "text/html"})
    assert second.status_code == 200
    assert "page 2 of" in second.text
    assert client.get(first + "&page=no").status_code == 200
    assert client.get(hub + "?of=nothing", headers={"Accept": "text/html"}).status_code == 404


# --- the site itself


def test_no_release(tmp_path: Path):
    with pytest.raises(NoCurrentRelease):
        create_app(tmp_path / "nowhere")
    with pytest.raises(WiseSkillsError):
        create_app()


def _one(name: str) -> list[ox.Quad]:
    thing, graph = ox.NamedNode(BASE + "id/be/form/a"), ox.NamedNode(BASE + "graph/be/forms")
    return [
        ox.Quad(thing, ox.NamedNode(RDF_TYPE), ox.NamedNode(BASE + "ns#WiseForm"), graph),
        ox.Quad(thing, ox.NamedNode(PREF_LABEL), ox.Literal(name, language="en"), graph),
    ]


def test_a_new_release_is_served_without_a_restart(tmp_path: Path):
    small_release(tmp_path, _one("old name"), "first")
    with app_on(tmp_path / "current") as app:
        client = app.test_client(use_cookies=False)
        before = client.get("/page/be/form/a")
        assert "old name" in before.text
        old = app.extensions["wise"].edition
        small_release(tmp_path, _one("new name"), "second")
        time.sleep(1.1)
        after = client.get("/page/be/form/a", headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert "new name" in after.text
        assert client.get("/health").json["release"] == "second"
        assert app.extensions["wise"].edition is not old
        with pytest.raises(WiseSkillsError):
            old.engine.ask("ASK {}")


def test_a_broken_release_leaves_the_old_one(tmp_path: Path):
    small_release(tmp_path, _one("old name"), "first")
    with app_on(tmp_path / "current") as app:
        (tmp_path / "releases" / "bad").mkdir()
        (tmp_path / "current").unlink()
        (tmp_path / "current").symlink_to("releases/bad")
        time.sleep(1.1)
        assert "old name" in app.test_client(use_cookies=False).get("/page/be/form/a").text


def test_empty_data(tmp_path: Path):
    """A release that knows of nothing still has all its pages."""
    with app_on(small_release(tmp_path, _one("only one"))) as app:
        client = app.test_client(use_cookies=False)
        for address in (
            "/",
            "/questions",
            ASK,
            "/source/",
            "/scheme",
            "/ns",
            "/tab",
            "/shapes",
            "/sparql",
            "/dataset",
            "/downloads/",
            "/about",
        ):
            assert client.get(address, headers={"Accept": "text/html"}).status_code == 200, address


# --- parts


def test_rate():
    now = [0.0]
    rate = Rate(2, clock=lambda: now[0])
    rate.count("a")
    now[0] = 30.0
    rate.count("a")
    with pytest.raises(RateExceeded) as refused:
        rate.count("a")
    assert refused.value.retry_after == 30
    rate.count("b")
    now[0] = 60.0
    rate.count("a")
    with pytest.raises(RateExceeded):
        rate.count("a")
    for client in range(20_000):
        rate.count(str(client))
    assert len(rate._asked) <= 10_000


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        (BASE + "id/be/form/x", "/page/be/form/x"),
        (BASE + "ns#Skill", "/ns#Skill"),
        (BASE + "source/be/forms.csv#row=2", "/source/be/forms.csv#row=2"),
        (BASE + "scheme/nace/81.30", "/scheme/nace/81.30"),
        (BASE + "nsx", "/page?iri=https%3A%2F%2Fw3id.org%2Fwise-skills%2Fnsx"),
        ("http://data.europa.eu/esco/skill/1", "/page?iri=http%3A%2F%2Fdata.europa.eu%2Fesco%2Fskill%2F1"),
        (BASE + 'id/be/form/a"b', "/page/be/form/a%22b"),
        ("javascript:alert(1)", "/page?iri=javascript%3Aalert%281%29"),
    ],
)
def test_addresses(iri: str, path: str):
    assert Addresses(BASE).path(iri) == path


@pytest.mark.parametrize(
    "iri", ["javascript:alert(1)", "JavaScript:x", " javascript:x", "java\tscript:x", "data:text/html,x", "urn:isbn:1", "vbscript:x"]
)
def test_no_link_to_other_schemes(iri: str):
    assert web_address(iri) is None


def test_words():
    assert host("https://www.vlaio.be/nl/x") == "vlaio.be"
    assert host("http://[broken") == "http://[broken"
    assert [number(n) for n in (1234, 1234.5, 0.25, 1e15)] == ["1,234", "1,234.5", "0.25", "1,000,000,000,000,000"]
    assert [date(d) for d in ("2013", "2013-05", "2013-05-01", "2013-13", "soon")] == ["2013", "May 2013", "1 May 2013", "2013-13", "soon"]
