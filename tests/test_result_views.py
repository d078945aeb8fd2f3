"""Views of results: what the columns allow, that each one draws and leads to its rows, order, filter and pages, files, odd addresses."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from query_ui.countries.places import folders
from query_ui.filters import edition, naming, questions
from query_ui.results.presentation import PAGE, Presentation, kind_names, present
from query_ui.results.result_pictures import Picture
from query_ui.results.result_views import KEYS, possible, roles
from query_ui.results.sheets import Sheet
from query_ui.things.hierarchy import broader, has_broader
from tests.served import app_on
from wise_skills.languages import LANGUAGES
from wise_skills.questions import ask
from wise_skills.questions.header import read_question
from wise_skills.questions.model import VIEWS
from wise_skills.release import Release
from wise_skills.terms import Table, Term

QUESTIONS = Path(__file__).resolve().parent.parent / "query_ui" / "questions"
XSD = "http://www.w3.org/2001/XMLSchema#"
NEEDS = "/questions/which-skills-are-needed-in-each-type-of-wise"
FORMS = "/questions/which-wise-forms-exist-under-which-law-and-since-when"
SECTORS = "/questions/in-which-sectors-do-wises-work-in-each-country"


@pytest.fixture(scope="module")
def app(release: Release) -> Iterator[Flask]:
    """The page on the real data, with the real questions."""
    with app_on(release.path, QUESTIONS=QUESTIONS, QUERIES_PER_MINUTE=0) as found:
        yield found


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def iri(value: str) -> Term:
    return Term("iri", value)


def typed(value: str, kind: str) -> Term:
    return Term("literal", value, None, XSD + kind)


def shown(app: Flask, table: Table, address: str = "", *, language: str = "en") -> Presentation:
    """Return a table of a query as it is shown at an address."""
    with app.test_request_context(f"/sparql?query=x&ui={language}&{address}") as context:
        app.preprocess_request()
        found = present(Sheet.guessed(edition(), naming(), table), "/sparql", [("query", "x")], context.request.args)
        app.do_teardown_request(None)
    return found


def picture(app: Flask, table: Table, address: str) -> Picture:
    found = shown(app, table, address).picture
    assert found is not None
    return found


AT, BE = (iri(f"http://publications.europa.eu/resource/authority/country/{c}") for c in ("AUT", "BEL"))
FIGURES = Table(
    ("country", "kind", "year", "jobs"),
    tuple(
        (place, Term("literal", kind), typed(year, "gYear"), typed(jobs, "integer"))
        for place, kind, year, jobs in [
            (AT, "social", "2019", "5"),
            (AT, "training", "2020", "7"),
            (BE, "social", "2019", "100"),
            (BE, "social", "2021", "300"),
            (BE, "training", "2021", "50"),
        ]
    ),
)


# --- which views, and which at first


def test_columns_decide_on_views(app: Flask) -> None:
    with app.test_request_context("/"):
        app.preprocess_request()
        found = roles(Sheet.guessed(edition(), naming(), FIGURES))
        app.do_teardown_request(None)
    assert (found.places, found.years, found.numbers) == (("country",), ("year",), ("jobs",))
    assert possible(found) == ["table", "bar", "stacked", "heat", "line", "map"]


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([(AT, typed("5", "integer")), (BE, typed("7", "integer"))], "bar"),  # one number for each thing
        ([(typed(str(y), "gYear"), typed(str(y % 7), "decimal")) for y in range(2010, 2020)], "line"),
        ([(AT, iri("http://example.org/a")), (AT, iri("http://example.org/b"))], "table"),
        ([], "table"),
        ([(AT, typed("5", "integer"))], "table"),
    ],
)
def test_the_first_view_follows_from_the_columns(app: Flask, rows: list[tuple[Term, Term]], kind: str) -> None:
    assert shown(app, Table(("a", "b"), tuple(rows))).view.kind == kind


def test_the_first_view_of_questions_is_possible(app: Flask) -> None:
    """A header's `view` draws with the real data, wherever these suffice; most questions with one are among them."""
    drawn = 0
    with app.test_request_context("/"):
        app.preprocess_request()
        for question in questions().values():
            if not question.view or any(p.required and not p.default for p in question.parameters):
                continue
            result = ask(edition().engine, question)
            if not len(result.table):
                continue
            found = present(Sheet.of(edition(), naming(), result), "/x", [], MultiDict(), question.view)
            assert found.view.kind == question.view["kind"], question.name
            for key in ("x", "y", "series"):
                assert getattr(found.view, key) == question.view.get(key, ""), (question.name, key)
            assert found.picture is not None
            drawn += 1
        app.do_teardown_request(None)
    assert drawn >= 20


# --- each view draws, whatever the table holds

values = st.one_of(
    st.none(),
    st.sampled_from([AT, BE, *(iri(f"http://example.org/thing/{n}") for n in range(4))]),
    st.text(max_size=12).map(lambda t: Term("literal", t)),
    st.text(max_size=5).map(lambda t: Term("literal", t, "el")),
    st.integers(-(10**30), 10**30).map(lambda n: typed(str(n), "integer")),
    st.floats().map(lambda n: typed(str(n).upper().replace("INF", "INF"), "double")),
    st.dates().map(lambda d: typed(d.isoformat(), "date")),
    st.integers(1800, 2100).map(lambda y: typed(str(y), "gYear")),
    st.sampled_from(
        [
            typed("x", "integer"),
            typed("true", "boolean"),
            Term("bnode", "b1"),
            Term("literal", "<script>alert(1)</script>"),
            Term("literal", "x" * 500),
        ]
    ),
)
kinds_of_columns = st.sampled_from(["any", "thing", "number", "date"])


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Tables of up to four columns, each of one kind or of everything."""
    pools = {
        "any": values,
        "thing": st.sampled_from([AT, BE, iri("http://example.org/a"), iri("http://example.org/b#a"), iri("urn:x")]),
        "number": st.integers(-5, 10**6).map(lambda n: typed(str(n), "integer")),
        "date": st.integers(1990, 2026).map(lambda y: typed(str(y), "gYear")),
    }
    columns = draw(st.lists(kinds_of_columns, min_size=1, max_size=4))
    names = draw(st.sampled_from([("a", "b", "c", "d"), ("country", "countryLabel", "year", "date")]))
    rows = draw(st.lists(st.tuples(*(pools[c] for c in columns)), max_size=7))
    return Table(names[: len(columns)], tuple(rows))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(), data=st.data())
def test_every_view_on_offer_draws(app: Flask, table: Table, data: st.DataObject) -> None:
    """Never an error, and never a view on offer that shows nothing; the same with columns that the reader picks."""
    first = shown(app, table)
    for kind, _text, _path in first.kinds:
        found = shown(app, table, f"view={kind}")
        assert found.view.kind == kind
        assert (found.picture is None) == (kind == "table")
        picked = "&".join(f"{s.name}={data.draw(st.sampled_from([o[0] for o in s.options]))}" for s in found.selects)
        again = shown(app, table, f"view={kind}&{picked}")
        if again.picture is not None:
            fromstring(f"<p>{again.picture.chart.svg}</p>")
            assert again.picture.sentence


# --- what pictures say


def test_rows_are_counted_and_numbers_taken_together(app: Flask) -> None:
    counted = picture(app, FIGURES, "view=bar&x=country")
    assert {m.label: m.value for m in counted.figures} == {"Belgium": 3, "Austria": 2}
    assert counted.sentence == "Most: Belgium (3); fewest: Austria (2); rows in all: 5."
    different = picture(app, FIGURES, "view=bar&x=kind&y=country")
    assert {m.label: m.value for m in different.figures} == {"social": 2, "training": 2}
    assert different.sentence == "All 2 have the same value: 2."
    for how, value in {"mean": 150, "sum": 450, "max": 300, "min": 50}.items():
        found = {m.label: (m.value, m.note) for m in picture(app, FIGURES, f"view=bar&x=country&y=jobs&how={how}").figures}
        assert found["Belgium"][0] == value
        assert "3 rows" in found["Belgium"][1]


def test_a_line_tells_its_beginning_and_end(app: Flask) -> None:
    found = picture(app, FIGURES, "view=line&x=year&y=jobs&series=country&how=sum")
    assert found.sentence == "Lines: 2; the longest is Belgium, with 100 in 2019 and 350 in 2021."
    assert [(m.series, m.label, m.value) for m in found.figures] == [
        ("Austria", "2019", 5),
        ("Austria", "2020", 7),
        ("Belgium", "2019", 100),
        ("Belgium", "2021", 350),
    ]


def test_a_map_has_all_countries(app: Flask) -> None:
    found = picture(app, FIGURES, "view=map&x=country")
    assert len(found.figures) == 13
    assert found.sentence == "Highest: Belgium (3); countries without any: 11."


def test_what_is_not_given_is_a_bar_of_its_own(app: Flask) -> None:
    table = Table(("kind", "n"), ((Term("literal", "a"), None), (None, None), (None, None), (Term("literal", "a"), None)))
    assert {m.label: m.value for m in picture(app, table, "view=bar&x=kind").figures} == {"a": 2, "not given": 2}


def test_two_things_of_one_name_stay_two(app: Flask) -> None:
    things = [iri("http://example.org/one/x"), iri("http://example.org/two/x")]
    found = picture(app, Table(("t", "n"), tuple((t, typed("1", "integer")) for t in things)), "view=bar&x=t")
    assert len({m.label for m in found.figures}) == 2


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_pictures_in_all_languages(app: Flask, language: str) -> None:
    """Every kind of sentence, with few names, with more than are listed, and with numbers of that language."""
    many = Table(
        ("t", "u", "y"), tuple((iri(f"http://example.org/{n}"), AT if n % 2 else BE, typed(str(2000 + n), "gYear")) for n in range(9))
    )
    for table, address in [
        (FIGURES, "view=heat&x=kind&series=country"),
        (many, "view=bar&x=t"),
        (many, "view=network"),
        (many, "view=map"),
        (FIGURES, "view=stacked"),
        (FIGURES, "view=line"),
        (FIGURES, "view=bar&x=country&y=jobs"),
    ]:
        found = shown(app, table, address, language=language)
        assert found.picture is not None
        assert found.picture.sentence
        assert str(found.picture.chart.svg).count("<a ") >= 2


# --- links of marks lead to their rows


def links_of(text: str) -> list[tuple[str, float]]:
    """The links of the list of numbers beside a picture, with the numbers."""
    block = text[text.index("numbers-drawn") :]
    block = block[: block.index("</details>")]
    return [(html.unescape(h), float(n.replace(",", ""))) for h, n in re.findall(r'<a href="([^"]+)">([\d,.]+)</a>', block)]


@pytest.mark.parametrize(
    "address",
    [
        f"{NEEDS}?view=bar&x=skill",
        f"{NEEDS}?view=heat",
        f"{NEEDS}?view=stacked&x=country&series=type",
        f"{NEEDS}?view=map&type=training",
        f"{NEEDS}?view=network",
        f"{SECTORS}?view=tree",
    ],
)
def test_a_mark_leads_to_as_many_rows_as_it_counts(client: FlaskClient, address: str) -> None:
    text = client.get(address).text
    found = links_of(text)
    assert len(found) > 2
    in_picture = {html.unescape(h) for h in re.findall(r'<a href="(/[^"]+)" aria-label', text)}
    assert in_picture
    if "network" not in address and "tree" not in address:
        assert in_picture <= {h for h, _n in found}
    for href, number in found[:3] + found[-2:]:
        rows = client.get(href)
        assert rows.status_code == 200
        told = re.search(r"Rows shown: ([\d,]+) of", rows.text)
        assert told, href
        assert float(told[1].replace(",", "")) == number
    for href in sorted(in_picture)[:4]:
        assert client.get(href).status_code == 200


def test_a_single_number_leads_to_what_is_behind_it(client: FlaskClient) -> None:
    """The bar of a curriculum's hours leads to the cell, not to a filtered table."""
    text = client.get("/questions/how-many-hours-and-which-eqf-level-has-each-curriculum?view=bar&x=curriculum&y=hoursFrom").text
    found = links_of(text)
    assert found
    for href, _number in found[:3]:
        assert "/behind/" in href or href.startswith("/source/")
        assert client.get(href).status_code == 200


# --- the table


def first_column(text: str) -> list[str]:
    table = text[text.index('<table class="records sortable">') :]
    return [
        html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r'<th scope="row"[^>]*>(.*?)</th>', table, re.DOTALL)
    ]


def test_the_table_is_sorted_filtered_and_paged(client: FlaskClient) -> None:
    rising, falling = (first_column(client.get(f"{FORMS}?view=table&sort={s}").text) for s in ("country", "-country"))
    assert rising == sorted(rising)
    assert falling == sorted(falling, reverse=True)
    assert len(rising) == PAGE
    rest = first_column(client.get(f"{FORMS}?view=table&sort=country&page=2").text)
    assert rest
    assert rising[-1] <= rest[0]
    some = client.get(f"{FORMS}?filter=maatwerk").text
    assert "holds “maatwerk”" in some
    assert 0 < len(first_column(some)) < PAGE
    assert "maatwerk" in some[some.index("<tbody>", some.index("sortable")) :].lower()
    none = client.get(f"{FORMS}?filter=zzzz").text
    assert "No row fits." in none
    assert '<table class="records sortable">' not in none


def test_numbers_are_sorted_as_numbers(app: Flask) -> None:
    found = shown(app, FIGURES, "view=table&sort=-jobs")
    assert [row[3].items[0].text for row in found.rows] == ["300", "100", "50", "7", "5"]
    assert [t.order for t in found.titles] == ["", "", "", "descending"]


def test_the_view_stays_while_the_table_is_used(client: FlaskClient) -> None:
    text = client.get(f"{NEEDS}?view=heat&x=skill&series=type&type=training").text
    for href in re.findall(r'<th scope="col"[^>]*><a href="([^"]+)"', text):
        assert "view=heat" in href
        assert "type=training" in href
    assert 'name="type" value="training"' in text


# --- addresses that make no sense

ODD = [
    "view=pie",
    "view=%3Cscript%3E",
    "view=line",
    "view=bar&x=nothing",
    "view=bar&x=%27;DROP",
    "sort=zzz",
    "sort=-",
    "sort=--country",
    "page=0",
    "page=-1",
    "page=99999999999999999999",
    "page=%D9%A1",
    "only=country",
    "only=country:",
    "only=:x",
    "only=zzz:AUT",
    "only=country:AUT&only=country:BEL",
    "filter=%00%1b",
    "filter=" + "x" * 3000,
    "how=mode",
    "view=bar&y=country&how=sum",
    "view=heat&x=country&series=country",
    "view=tree&x=country",
    "series=",
    "x=",
    "view=",
    "view=table&view=bar",
]


@pytest.mark.parametrize("address", ODD)
def test_odd_addresses_get_an_answer(client: FlaskClient, address: str) -> None:
    answer = client.get(f"{FORMS}?{address}")
    assert answer.status_code in (200, 303)
    assert "<script>" not in answer.text.replace("<script src", "")
    for ending in ("svg", "png"):
        file = client.get(f"{FORMS}.{ending}?{address}")
        assert file.status_code in (200, 404), address


def test_what_could_not_be_followed_is_said(client: FlaskClient) -> None:
    assert "There is no view of the name in the address." in client.get(f"{FORMS}?view=pie").text
    assert "The columns in the address do not fit this view" in client.get(f"{FORMS}?view=bar&x=nothing").text
    assert "The column by which the address sorts is not in this answer." in client.get(f"{FORMS}?sort=zzz").text


def test_no_parameter_of_a_question_is_a_key_of_a_view(app: Flask) -> None:
    with app.test_request_context("/"):
        app.preprocess_request()
        names = {p.name for q in questions().values() for p in q.parameters}
        app.do_teardown_request(None)
    assert not names & set(KEYS)


# --- files


def test_pictures_as_files(client: FlaskClient) -> None:
    page = client.get(f"{NEEDS}?view=stacked&type=training").text
    paths = [html.unescape(p) for p in re.findall(r'href="(/questions/[^"]+\.(?:svg|png)\?[^"]+)"', page)]
    assert len(paths) == 2
    drawing, image = (client.get(p) for p in paths)
    assert drawing.mimetype == "image/svg+xml"
    assert image.mimetype == "image/png"
    said = " ".join(fromstring(drawing.text).itertext())
    for part in (
        "Which skills are needed in each type of WISE?",
        "Type: Training WISE",
        "rows in all: 41",
        "release",
        "CC BY 4.0",
        "/questions/which-skills",
    ):
        assert part in said
    assert "view=stacked" in re.sub(r"\s", "", said)
    assert image.data.startswith(b"\x89PNG")
    assert drawing.headers["Content-Disposition"].startswith("inline")


def test_a_table_has_no_picture(client: FlaskClient) -> None:
    answer = client.get(f"{SECTORS}.svg?view=table", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "Name a view that can be drawn" in answer.text


def test_pictures_of_queries(client: FlaskClient) -> None:
    query = quote(
        "SELECT ?country (COUNT(?form) AS ?forms) WHERE { ?form a <https://w3id.org/wise-skills/ns#WiseForm> ; "
        "<https://w3id.org/wise-skills/ns#country> ?country } GROUP BY ?country"
    )
    page = client.get(f"/sparql?query={query}&view=map", headers={"Accept": "text/html"}).text
    assert 'class="chart"' in page
    assert "countries without any" in page
    drawing = client.get(f"/sparql.svg?query={query}&view=map")
    assert drawing.status_code == 200
    assert drawing.mimetype == "image/svg+xml"
    for bad, status in {"": 400, "query=": 400, "query=ASK%7B%7D": 400, "query=SELECT": 400, f"query={query}&view=table": 404}.items():
        assert client.get(f"/sparql.svg?{bad}").status_code == status, bad


# --- the header of a question


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ("pie", "view is “pie”"),
        ("{kind: bar, x: nothing}", "x is “nothing”, which is no column"),
        ("{kind: bar, z: a}", "the key z is unknown"),
        ("[1]", "view is one word"),
    ],
)
def test_a_wrong_view_in_a_header_is_told(tmp_path: Path, view: str, told: str) -> None:
    text = (QUESTIONS / "which-forms-follow-another-in-time.rq").read_text(encoding="utf-8")
    path = tmp_path / "forms.rq"
    path.write_text(re.sub(r"#\+ view: .*", f"#+ view: {view}", text), encoding="utf-8")
    with pytest.raises(Exception, match=re.escape(told)):
        read_question(path)


def test_views_have_names(app: Flask) -> None:
    with app.test_request_context("/"):
        assert set(kind_names()) == set(VIEWS)


# --- hierarchy


def test_hierarchies_reach_the_top(app: Flask) -> None:
    with app.test_request_context("/"):
        app.preprocess_request()
        served = edition()
        groups = [str(r[0]) for r in served.select("SELECT ?c WHERE { ?c skos:broader ?b } ORDER BY ?c LIMIT 50")]
        assert has_broader(served, groups)
        above = broader(served, groups)
        assert set(groups) <= set(above)
        assert not has_broader(served, ["http://example.org/x", "no iri at all"])
        assert broader(served, ["no iri <at> all"]) == {}
        assert len(folders(served)) >= 13
        app.do_teardown_request(None)
