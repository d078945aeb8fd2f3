"""`/align`: what is proposed, what reviewers say, what they take along, what is refused; and that nothing is kept."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from query_ui.aligning.asked import LINE_CHARS, LINES, lines_of
from query_ui.aligning.proposing import Known, known
from query_ui.edition import open_edition
from query_ui.problems import WrongRequest
from query_ui.responses import SECURITY
from tests.browsers import WIDTHS, watching
from tests.served import QUESTIONS, app_on, serving, small_release
from wise_skills.mappings import agreement, json_form, packed, review, review_workbook, tsv
from wise_skills.mappings.marks import marks
from wise_skills.mappings.model import NO_TERM, Mapping, MappingSet
from wise_skills.mappings.review import NO_MATCH, OPEN, REJECTED, UNSURE, Verdict, answer_of, subject_key
from wise_skills.mappings.verdicts import comment_of
from wise_skills.names import OWL, SKOS, SSSOM, Names
from wise_skills.release import Release
from wise_skills.speech import speaking

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MANUAL = "https://w3id.org/semapv/vocab/ManualMappingCuration"
TOO_LARGE = base64.urlsafe_b64encode(zlib.compress(b"0" * 41_000_000)).decode()
LONG = "x" * (LINE_CHARS + 1)
MANY = "\n".join(map(str, range(LINES + 1)))
EVIL = '"><img src=x onerror=alert(1)>'
TEXT = "fold the kite\npaint the orchard slowly\nquantum chromodynamics"
"""Two lines that the invented ESCO nearly has, and one that it has not."""


class _Form(HTMLParser):
    """The fields of the form of a review as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.choices: dict[str, list[str]] = {}
        self.inside, self.select = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        name, kind = own.get("name", ""), own.get("type", "text")
        if tag == "form":
            self.inside = own.get("class") == "review"
        if not self.inside:
            return
        if tag == "input" and kind in ("radio", "checkbox"):
            self.choices.setdefault(name, []).append(own["value"])
            if "checked" in own:
                self.fields.setdefault(name, []).append(own["value"])
        elif tag == "input":
            self.fields.setdefault(name, []).append(own.get("value", ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self.choices.setdefault(self.select, []).append(own["value"])
            if "selected" in own:
                self.fields[self.select] = [own["value"]]


def fields(page: str) -> dict[str, list[str]]:
    form = _Form()
    form.feed(page)
    return form.fields


def files(page: str) -> dict[str, bytes]:
    """The files that a page holds, by the names under which they are saved."""
    found = re.findall(r'<a href="data:([^;"]+);base64,([^"]+)" download="([^"]+)"', page)
    return {html.unescape(name): base64.b64decode(content) for _, content, name in found}


def mappings_of(page: str) -> MappingSet:
    found = packed.unpack(fields(page)["state"][0])
    assert found is not None
    return found


def judged(client: FlaskClient, page: str, said: dict[int, str], go: str = "save", **more: str) -> TestResponse:
    """Say these verdicts by number of the row, as the page shows it, and send the form."""
    own = fields(page) | {f"v{row}": [answer] for row, answer in said.items()} | {name: [value] for name, value in more.items()}
    return client.post("/align", data=MultiDict({**own, "go": [go]}))


def send(client: FlaskClient, content: bytes | str, name: str, **more: str) -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    return client.post("/align", data={"file": (io.BytesIO(data), name), **more})


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where files of a request would lie: empty after every test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert [p for p in tmp_path.iterdir() if p.name.startswith("wise-check-")] == []


@pytest.fixture(scope="module")
def client(joined: Release) -> Iterator[FlaskClient]:
    with app_on(joined.path) as app:
        yield app.test_client(use_cookies=False)


@pytest.fixture(scope="module")
def first(client: FlaskClient) -> str:
    """The first answer for the three lines."""
    response = client.get("/align", query_string={"text": TEXT, "language": "en"})
    assert response.status_code == 200
    return response.text


# --- what is asked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            " - saw wood \r\n\r\n* plane\twood\n1. glue it\n2.1. oil it\na) paint it",
            ["saw wood", "plane wood", "glue it", "oil it", "paint it"],
        ),
        ("saw\nsaw\nSaw", ["saw", "Saw"]),
        ("3D printing\n4x4 driving\n-5 degrees", ["3D printing", "4x4 driving", "-5 degrees"]),
        ("a\u202eb\u0007c", ["a b c"]),
    ],
)
def test_lines_of_a_text(text: str, found: list[str]):
    assert [line.text for line in lines_of(text)] == found


def test_a_heading_names_the_module_of_its_lines():
    assert [(line.module, line.text) for line in lines_of("# Wood work #\nsaw\n## Paint\noil")] == [("Wood work", "saw"), ("Paint", "oil")]


@pytest.mark.parametrize(("text", "status"), [(" \n# only a title\n", 400), (LONG, 413), (MANY, 413)])
def test_limits_of_a_text(text: str, status: int):
    with pytest.raises(WrongRequest) as refused:
        lines_of(text)
    assert refused.value.http_status == status


def test_the_form_says_what_can_be_asked(client: FlaskClient):
    page = html.unescape(client.get("/align").text)
    assert '<option value="esco">ESCO</option>' in page
    assert '<option value="wise">our own</option>' in page
    assert '<option value="rome">' in page
    assert page.count('<option value="" ') + page.count('<option value="">detect') == 1
    example = re.search(r'href="(/align\?text=[^"]+)"', page)
    assert example
    assert client.get(example[1]).status_code == 200
    assert "/align" in client.get("/").text


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ({"text": "x" * 2_001}, 413, "2000 characters"),
        ({"text": "saw", "language": "xx"}, 400, "language=xx"),
        ({"text": "saw", "kind": "kitchen"}, 400, "kind=kitchen"),
        ({"text": "saw", "of": EVIL}, 400, "is unknown"),
        ({"text": "saw", "top": "1000000"}, 400, "top=1000000"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_the_form(client: FlaskClient, query: dict[str, str], status: int, word: str):
    response = client.get("/align", query_string=query)
    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert word in html.unescape(response.text)
    assert 'role="alert"' in response.text
    assert "<img" not in response.text


@pytest.mark.parametrize("path", ["/align?text=saw", "/align/agreement", "/align"])
def test_pages_carry_the_headers_of_all_pages(client: FlaskClient, path: str):
    response = client.get(path)
    assert SECURITY.items() <= dict(response.headers).items()
    assert "style=" not in response.text
    assert "onclick" not in response.text


# --- what is proposed


def test_a_candidate_says_what_is_needed_to_judge_it(client: FlaskClient, first: str):
    mappings = mappings_of(first)
    best = mappings.mappings[0]
    assert best.slots["subject_label"] == "fold the kite"
    assert best.slots["object_label"].startswith("fold the kite")
    page = html.unescape(first)
    section = page[page.index('id="l1"') : page.index('id="l2"')]
    assert f">{best.slots['object_label']}</span>" in section
    assert f"/page?iri={best.object.replace(':', '%3A').replace('/', '%2F')}" in section
    assert f'value="{float(best.slots["confidence"])}"' in section
    assert "<meter" in section
    assert "Invented text" in section
    assert best.slots["comment"] in section  # why
    assert set(_choices(first)["v0"]) == {OPEN, "exact", "close", "broad", "narrow", REJECTED, UNSURE}
    assert "what is above them" in section
    assert "No match: none of these" in section


def _choices(page: str) -> dict[str, list[str]]:
    form = _Form()
    form.feed(page)
    return form.choices


@pytest.mark.parametrize(
    ("query", "said", "language"),
    [
        ({"text": "fold the kite and the paper\nclean the workshop every evening"}, ["were read as English"], "en"),
        (
            {"text": "oprati povrće i voće\nočistiti radionicu svake večeri"},
            ["were read as hrvatski", "ESCO has no names in hrvatski"],
            "hr",
        ),
        ({"text": "oprati povrće i voće", "language": "hr"}, ["with names in English"], "hr"),
        ({"text": "oprati povrće i voće", "ui": "hr"}, ["hrvatski", "English"], "hr"),
        ({"text": "Q7 x"}, [], ""),
    ],
    ids=["told", "told and without names", "said", "in the reader's language", "not to be told"],
)
def test_the_language_of_the_lines_is_told(client: FlaskClient, query: dict[str, str], said: list[str], language: str):
    page = client.get("/align", query_string=query).text
    remarks = re.findall(r'<p class="(?:cut|small quiet)" role="status">(.*?)</p>', html.unescape(page))
    assert len(remarks) == len(said)
    assert all(any(words in remark for remark in remarks) for words in said)
    assert {marks(m).get("language", "") for m in mappings_of(page).mappings} == {language}


def test_labels_are_in_the_language_of_names(client: FlaskClient):
    page = client.get("/align", query_string={"text": "fold the kite", "lang": "fr"}).text
    assert 'lang="fr"' in page
    assert '<span class="tag">fr</span>' in page
    assert fields(page)["shown"] == ["fr"]


@pytest.mark.parametrize(
    ("kind", "of", "start"), [("occupation", "esco", "http://data.europa.eu/esco/"), ("skill", "wise", "https://w3id.org/wise-skills/id/")]
)
def test_concepts_are_those_asked_for(client: FlaskClient, kind: str, of: str, start: str):
    page = client.get("/align", query_string={"text": "job coach\ntrainer", "kind": kind, "of": of, "top": "3"}).text
    rows = [m for m in mappings_of(page).mappings if marks(m).get("added") != "review"]
    assert rows
    assert all(m.object.startswith(start) for m in rows)
    assert max(sum(subject_key(m) == key for m in rows) for key in ("job coach", "trainer")) <= 3


def test_the_first_answer_comes_quickly(client: FlaskClient, first: str):
    lines = "\n".join(
        f"paint the {word} with care" for word in ["kite", "map", "bell", "orchard", "harbour", "lamp", "rope", "sail", "drum", "gate"]
    )
    client.get("/align", query_string={"text": lines})
    times = []
    for number in range(3):
        start = time.perf_counter()
        assert client.get("/align", query_string={"text": lines, "again": number}).status_code == 200
        times.append(time.perf_counter() - start)
    assert min(times) < 1.0  # 300 ms on an idle machine (bench); a busy one takes its time


def test_many_lines_come_in_pages(client: FlaskClient):
    text = "\n".join(f"paint the orchard number {n}" for n in range(1, 26))
    page = client.post("/align", data={"text": text, "top": "3"}).text
    assert "25 lines: 25 open." in page
    assert page.count('class="line-of"') == 10
    second = judged(client, page, {0: "exact"}, go="next").text
    assert "25 lines: 1 accepted and 24 open." in second
    assert 'id="l11"' in second
    assert 'id="l10"' not in second
    back = judged(client, second, {}, go="previous").text
    assert answer_of(mappings_of(back).mappings[0]) == "exact"
    only = judged(client, back, {}, go="open").text
    assert 'id="l1"' not in only
    assert 'id="l11"' in only
    assert 'id="l1"' in judged(client, only, {}, go="all").text


# --- a review from beginning to end


@pytest.fixture(scope="module")
def saved(client: FlaskClient, first: str) -> str:
    """The first line accepted with a comment, one candidate rejected, the second unsure, the third without a match."""
    rows = mappings_of(first).mappings
    of = {text: [n for n, m in enumerate(rows) if subject_key(m) == text and m.object != NO_TERM] for text in TEXT.split("\n")}
    none = [n for n, m in enumerate(rows) if subject_key(m) == "quantum chromodynamics" and m.object == NO_TERM]
    one, two = list(of.values())[:2]
    said = {one[0]: "exact", one[1]: REJECTED, two[0]: UNSURE, none[0]: NO_MATCH}
    response = judged(client, first, said, reviewer="Ana <b>", **{f"c{one[0]}": f"the same {EVIL}"})
    assert response.status_code == 200
    return response.text


def test_what_was_said_comes_back_as_a_file(saved: str):
    found = tsv.read(files(saved)["review.sssom.tsv"].decode())
    assert found.problems == []
    rows = {(subject_key(m), answer_of(m)): m for m in found.mappings.mappings}
    accepted = rows["fold the kite", "exact"]
    assert (accepted.slots["reviewer_label"], accepted.predicate) == ("Ana <b>", SKOS + "exactMatch")
    assert comment_of(accepted) == f"the same {EVIL}"
    assert rows["fold the kite", REJECTED].slots["predicate_modifier"] == "Not"
    assert rows["paint the orchard slowly", UNSURE].status == "proposed"
    none = rows["quantum chromodynamics", NO_MATCH]
    assert (none.object, none.status) == (NO_TERM, "no-match-found")
    assert all(answer_of(m) != OPEN for m in found.mappings.mappings if subject_key(m) == "quantum chromodynamics")
    assert marks(accepted)["reviewed"].startswith("en.")
    assert "3 lines: 1 accepted, 1 without a match, and 1 unsure." in html.unescape(saved)
    assert "<img" not in saved
    assert "Ana <b>" not in saved


def test_every_form_holds_what_was_decided(saved: str):
    found = files(saved)
    assert set(found) >= {
        "review.sssom.tsv",
        "review.xlsx",
        "second-reviewer.sssom.tsv",
        "decided.sssom.tsv",
        "decided.json",
        "decided.ttl",
    }
    assert set(found) >= {"decided.skos.ttl", "decided.eures.csv", "modules.elm.ttl"}
    wanted = {(subject_key(m), m.object, answer_of(m)) for m in tsv.read(found["decided.sssom.tsv"].decode()).mappings.mappings}
    assert {answer for _, _, answer in wanted} == {"exact", REJECTED, NO_MATCH}
    assert {(subject_key(m), m.object, answer_of(m)) for m in json_form.read(found["decided.json"].decode()).mappings} == wanted
    assert b"fold the kite" in found["modules.elm.ttl"]


def test_an_elm_file_says_what_it_lacks_until_it_is_told(client: FlaskClient, first: str):
    given = {"homepage": "https://a.example/module", "provider": "Škola", "country": "HR", "isced": "0923"}
    assert "lacks for a valid ELM file" in judged(client, first, {0: "exact"}).text
    page = judged(client, first, {0: "exact"}, **given).text
    assert "lacks for a valid ELM file" not in page
    assert "Škola" in files(page)["modules.elm.ttl"].decode()
    assert 'value="Škola"' in page
    assert "modules.elm.ttl" not in files(judged(client, first, {0: REJECTED}, **given).text)


def test_a_saved_review_is_taken_up_again(client: FlaskClient, saved: str):
    content = files(saved)["review.sssom.tsv"]
    again = send(client, content, "review.sssom.tsv").text
    assert (
        html.unescape(re.search(r'<p class="sentence"[^>]*>([^<]*)', again)[1]) == "3 lines: 1 accepted, 1 without a match, and 1 unsure."
    )
    assert fields(again)["v0"] == ["exact"]
    unchanged = files(judged(client, again, {}).text)["review.sssom.tsv"]
    assert unchanged == content


def test_a_verdict_can_be_withdrawn(client: FlaskClient, saved: str):
    row = next(n for n, m in enumerate(mappings_of(saved).mappings) if answer_of(m) == "exact")
    page = judged(client, saved, {row: OPEN}, **{f"c{row}": ""}).text
    assert answer_of(mappings_of(page).mappings[row]) == OPEN
    assert "reviewer_label" not in mappings_of(page).mappings[row].slots


def test_a_group_can_be_chosen_beside_the_leaf(client: FlaskClient, first: str):
    rows = mappings_of(first).mappings
    beside = next(n for n, m in enumerate(rows) if marks(m).get("added") == "review" and m.object != NO_TERM)
    found = tsv.read(files(judged(client, first, {beside: "broad"}).text)["review.sssom.tsv"].decode()).mappings
    (chosen,) = (m for m in found.mappings if answer_of(m) == "broad")
    assert chosen.object == rows[beside].object
    assert [m for m in found.mappings if marks(m).get("added") == "review"] == [chosen]


def test_no_match_beside_a_match_is_told(client: FlaskClient, first: str):
    rows = mappings_of(first).mappings
    none = next(n for n, m in enumerate(rows) if subject_key(m) == "fold the kite" and m.object == NO_TERM)
    page = html.unescape(judged(client, first, {0: "close", none: NO_MATCH}).text)
    assert "“fold the kite”: “no match” was left out, because a candidate is accepted." in page
    assert NO_MATCH not in {answer_of(m) for m in mappings_of(page).mappings if subject_key(m) == "fold the kite"}


def test_two_exact_matches_are_told(client: FlaskClient, first: str):
    rows = [n for n, m in enumerate(mappings_of(first).mappings) if subject_key(m) == "fold the kite"][:2]
    assert "several exact matches" in judged(client, first, dict.fromkeys(rows, "exact")).text


def test_what_was_rejected_is_never_proposed_again(client: FlaskClient, first: str):
    rows = mappings_of(first).mappings
    all_of_first = {n: REJECTED for n, m in enumerate(rows) if subject_key(m) == "fold the kite" and m.object != NO_TERM}
    content = files(judged(client, first, all_of_first).text)["review.sssom.tsv"]
    more = judged(client, send(client, content, "review.sssom.tsv").text, {}, go="more").text
    found = [m for m in mappings_of(more).mappings if subject_key(m) == "fold the kite" and m.object != NO_TERM]
    gone = {m.object for m in found if answer_of(m) == REJECTED}
    new = [m.object for m in found if answer_of(m) == OPEN and "confidence" in m.slots]
    assert new
    assert len(gone) == len(all_of_first)
    assert not gone & set(new)


def test_what_the_release_knows_is_used(client: FlaskClient, first: str, joined: Release, monkeypatch: pytest.MonkeyPatch):
    best, second = [m.object for m in mappings_of(first).mappings[:2]]
    told = Known(accepted=frozenset({("fold the kite", second)}), rejected=frozenset({("fold the kite", best)}))
    monkeypatch.setattr("query_ui.aligning.proposing.known", lambda served: told)
    monkeypatch.setattr("query_ui.views.align.known", lambda served: told)
    page = client.get("/align", query_string={"text": "fold the kite", "language": "en", "known": "1"}).text
    assert best not in {m.object for m in mappings_of(page).mappings if marks(m).get("added") != "review"}
    assert "accepted in the data" in page


def test_the_release_says_what_was_judged(tmp_path: Path):
    names = Names()

    def mapping(key: str, status: str) -> Iterator[ox.Quad]:
        node, graph = ox.NamedNode(f"https://a.example/{key}"), ox.NamedNode(names.graph("hr", "profiles-esco"))
        for predicate, value in (
            (OWL + "annotatedSource", ox.NamedNode("https://a.example/s")),
            (OWL + "annotatedTarget", ox.NamedNode(f"https://a.example/{key}/t")),
            (names.wise + "mappingStatus", ox.NamedNode(f"{names.base}scheme/mapping-statuses/{status}")),
            (SSSOM + "subject_label", ox.Literal("a coach")),
        ):
            yield ox.Quad(node, ox.NamedNode(predicate), value, graph)

    quads = [q for key, status in (("a", "accepted"), ("r", "rejected"), ("p", "proposed")) for q in mapping(key, status)]
    served = open_edition(small_release(tmp_path / "out", quads), None, QUESTIONS)
    try:
        found = known(served)
    finally:
        served.close()
    assert found.accepted == {(key, "https://a.example/a/t") for key in ("https://a.example/s", "a coach")}
    assert found.rejected == {(key, "https://a.example/r/t") for key in ("https://a.example/s", "a coach")}


# --- lapsing


def test_a_verdict_lapses_when_the_release_says_otherwise(client: FlaskClient, saved: str):
    content = files(saved)["review.sssom.tsv"].decode()
    mappings = tsv.read(content).mappings
    row = next(n for n, m in enumerate(mappings.mappings) if answer_of(m) == "exact")
    mapping = mappings.mappings[row]
    seen = review.Seen("another label", "another definition", "en")
    old = replace(
        mapping,
        slots={**mapping.slots, "other": mapping.slots["other"].replace(marks(mapping)["reviewed"], review.fingerprint(mapping, seen))},
    )
    changed = replace(mappings, mappings=(*mappings.mappings[:row], old, *mappings.mappings[row + 1 :]))
    page = html.unescape(send(client, tsv.write(changed, in_order=True), "old.sssom.tsv").text)
    assert "1 verdict has lapsed" in page
    assert "lapsed: was “exact match”; changed: the label and the definition" in page
    assert "3 lines: 1 without a match, 1 unsure, and 1 open." in page


def test_a_concept_that_is_gone_lapses(client: FlaskClient):
    gone = Mapping("", SKOS + "exactMatch", "http://data.europa.eu/esco/skill/gone", {"subject_label": "x", "subject_type": "rdfs literal"})
    proposed = replace(gone, predicate=SKOS + "closeMatch", slots={**gone.slots, "mapping_justification": MANUAL, "object_label": "gone"})
    one = MappingSet({"mapping_set_id": "https://a.example/s", "license": "https://a.example/l"}, (proposed,))
    bound = review.fingerprint(proposed, review.Seen("gone", "It went.", "en"))
    said = review.apply(one, [Verdict(0, "exact", "", "Ana", bound)])
    page = html.unescape(send(client, tsv.write(said), "gone.sssom.tsv").text)
    assert "the concept, which is there no more" in page


# --- the workbook


def grid(content: bytes) -> dict[str, dict[int, list[str]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        ws.title: {n: [str(c.value) if c.value is not None else "" for c in row] for n, row in enumerate(ws.iter_rows(), 1)}
        for ws in book.worksheets
    }


def filled(content: bytes, said: dict[int, tuple[str, str]], name: str = "Ana") -> bytes:
    """Fill in verdicts and comments by number of the row of the set, and a name, as somebody does in a spreadsheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet, about = book.worksheets[0], book.worksheets[1]
    for row, (word, comment) in said.items():
        sheet.cell(row + 2, 8, word)
        sheet.cell(row + 2, 9, comment or None)
    about.cell(about.max_row, 2, name)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_the_workbook_gives_the_same_as_the_page(client: FlaskClient, first: str):
    content = files(judged(client, first, {}).text)["review.xlsx"]
    sheets = grid(content)
    whole = packed.unpack("".join(sheets["_review"][n][0] for n in sorted(sheets["_review"]) if n > 4))
    assert whole is not None
    one = [n for n, m in enumerate(whole.mappings) if subject_key(m) == "fold the kite" and m.object != NO_TERM][:2]
    none = next(n for n, m in enumerate(whole.mappings) if subject_key(m) == "quantum chromodynamics" and m.object == NO_TERM)
    said = {one[0]: ("exact match", "sure"), one[1]: ("Rejected ", ""), none: ("no match", "")}
    page = send(client, filled(content, said), "review.xlsx").text
    from_workbook = tsv.read(files(judged(client, page, {}).text)["review.sssom.tsv"].decode()).mappings.mappings
    rows = mappings_of(first).mappings
    at = {(subject_key(m), m.object): n for n, m in enumerate(rows)}

    def number(n: int) -> int:
        return at[subject_key(whole.mappings[n]), whole.mappings[n].object]

    verdicts = {number(one[0]): "exact", number(one[1]): REJECTED, number(none): NO_MATCH}
    on_page = judged(client, first, verdicts, reviewer="Ana", **{f"c{number(one[0])}": "sure"}).text
    from_page = tsv.read(files(on_page)["review.sssom.tsv"].decode()).mappings.mappings

    def plain(found: tuple[Mapping, ...]) -> list[tuple[object, ...]]:
        return [(m.subject, m.predicate, m.object, tuple(sorted(m.slots.items()))) for m in found]

    assert sorted(plain(from_workbook), key=str) == sorted(plain(from_page), key=str)


def test_a_workbook_speaks_the_language_of_its_reviewer_and_is_hidden_where_it_must():
    one = Mapping("", SKOS + "closeMatch", "https://a.example/y", {"subject_label": "=cmd|x", "subject_type": "rdfs literal"})
    none = Mapping("", SKOS + "exactMatch", NO_TERM, {"subject_label": "=cmd|x", "subject_type": "rdfs literal"})
    with speaking("de", lambda text: {"exact match": "genau gleich", "Review": "Durchsicht"}.get(text, text)):
        content = review_workbook.write(MappingSet({}, (one, none)), {})
        assert review_workbook.write(MappingSet({}, (one, none)), {}) == content
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[0] == "Durchsicht"
    assert book["_review"].sheet_state == "hidden"
    assert book.worksheets[0]["B2"].data_type == "s"
    rules = {str(v.sqref): v.formula1 for v in book.worksheets[0].data_validations.dataValidation}
    assert rules == {"H2": "verdicts", "H3": "no_match"}
    answered = review_workbook.read(grid(filled(content, {0: ("genau gleich", "")})))
    assert answered is not None
    assert (answered.problems, answer_of(answered.mappings.mappings[0])) == ([], "exact")
    assert answered.mappings.mappings[0].slots["reviewer_label"] == "Ana"


@pytest.mark.parametrize(
    ("cell", "value", "sentence"),
    [
        ("H2", "exakt", "Review!H2: “exakt” is no verdict here. Choose exact match, close match"),
        ("H2", "no match", "Review!H2: “no match” is no verdict here."),
        ("H3", "exact match", "Review!H3: “exact match” is no verdict here. Choose no match"),
        ("A2", "99", "Review!A2: “99” is the number of no row"),
        ("A2", "one", "Review!A2: “one” is the number of no row"),
        ("A3", "1", "Review!A3: The number 1 stands there twice."),
    ],
)
def test_a_wrong_cell_gets_a_sentence(cell: str, value: str, sentence: str):
    rows = [Mapping("", SKOS + p, o, {"subject_label": "x"}) for p, o in (("closeMatch", "https://a.example/y"), ("exactMatch", NO_TERM))]
    book = openpyxl.load_workbook(io.BytesIO(review_workbook.write(MappingSet({}, tuple(rows)), {})))
    book.worksheets[0][cell] = value
    stream = io.BytesIO()
    book.save(stream)
    answered = review_workbook.read(grid(stream.getvalue()))
    assert answered is not None
    assert [p for p in answered.problems if p.startswith(sentence)] == answered.problems
    assert len(answered.problems) == 1
    assert {answer_of(m) for m in answered.mappings.mappings} == {OPEN}


def test_rows_may_be_sorted_and_removed():
    rows = [Mapping("", SKOS + "closeMatch", f"https://a.example/{n}", {"subject_label": "x"}) for n in range(3)]
    sheets = grid(filled(review_workbook.write(MappingSet({}, tuple(rows)), {}), {0: ("exact match", ""), 2: ("rejected", "")}))
    name = next(iter(sheets))
    sheets[name] = {1: sheets[name][1], 2: sheets[name][4], 3: [], 9: sheets[name][2]}
    answered = review_workbook.read(sheets)
    assert answered is not None
    assert [answer_of(m) for m in answered.mappings.mappings] == ["exact", OPEN, REJECTED]


@pytest.mark.parametrize("damage", ["", "AAAA", None])
def test_a_damaged_workbook_is_told(damage: str | None):
    one = MappingSet({}, (Mapping("", SKOS + "closeMatch", "https://a.example/y", {"subject_label": "x"}),))
    sheets = grid(review_workbook.write(one, {}))
    if damage is None:
        del sheets[next(iter(sheets))]
    else:
        sheets["_review"][5][0] = damage
    answered = review_workbook.read(sheets)
    assert answered is not None
    assert len(answered.problems) == 1
    assert review_workbook.read({}) is None


# --- files that are sent


def test_a_table_of_lines_is_aligned(client: FlaskClient):
    table = "code,label,module\n7522,fold the kite,Kites\n7523,paint the orchard,Gardens\n"
    page = send(client, table, "lines.csv", language="en", of="esco").text
    rows = mappings_of(page).mappings
    assert {subject_key(m) for m in rows} == {"fold the kite", "paint the orchard"}
    assert {marks(m).get("module") for m in rows} <= {"Kites", "Gardens", None}


def test_a_workbook_of_lines_is_aligned(client: FlaskClient):
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["learning outcome"], ["fold the kite"], ["paint the orchard"]):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    page = send(client, stream.getvalue(), "module.xlsx").text
    assert {subject_key(m) for m in mappings_of(page).mappings} == {"fold the kite", "paint the orchard"}


HOSTILE: dict[str, tuple[bytes, str, int]] = {
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "a.txt", 415),
    "another kind": (b"x", "a.exe", 415),
    "no name": (b"x", ".csv", 415),
    "empty": (b"", "a.txt", 400),
    "no workbook": (b"PK\x03\x04 nonsense", "a.xlsx", 400),
    "empty sssom": (b"#curie_map: {}\nsubject_id\tpredicate_id\tobject_id\tmapping_justification\n", "a.sssom.tsv", 400),
    "yaml bomb": (b"#a: &a [x,x]\n#b: [*a,*a]\nsubject_label\tpredicate_id\n", "a.sssom.tsv", 400),
    "no utf-8": (b"#x\xff\xfe\nsubject_id\tpredicate_id\n", "a.sssom.tsv", 400),
    "broken json": (b'{"mappings": [[[[', "a.json", 400),
    "broken turtle": (b"<a> <b> .", "a.ttl", 400),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_files_that_are_not_read_get_a_sentence(client: FlaskClient, kind: str):
    content, name, status = HOSTILE[kind]
    response = send(client, content, name)
    assert (response.status_code, response.mimetype) == (status, "text/html"), html.unescape(response.text)[-1500:]
    problem = re.search(r'role="alert" id="problem"><p>(.+?)</p>', response.text, re.DOTALL)
    assert problem
    assert "Traceback" not in response.text


def test_a_file_beyond_the_limit_is_refused(joined: Release):
    with app_on(joined.path, CHECK_BYTES=1_000) as app:
        assert send(app.test_client(), b"x" * 1_001, "a.txt").status_code == 413


@pytest.mark.parametrize(
    "state",
    [
        "",
        "AAAA",
        "é",
        base64.urlsafe_b64encode(zlib.compress(b"[1,2]")).decode(),
        base64.urlsafe_b64encode(zlib.compress(b"0" * 41_000_000)).decode(),
    ],
)
def test_a_state_that_is_not_ours_is_refused(client: FlaskClient, state: str):
    response = client.post("/align", data={"state": state, "go": "save"})
    assert response.status_code == 400
    assert "did not come back whole" in response.text


@pytest.mark.parametrize(
    "row",
    [
        ["", SKOS + "closeMatch", "javascript:alert(1) ", {"subject_label": "x"}],
        ["", SKOS + "closeMatch", "https://a.example/<b>", {"subject_label": "x"}],
        ["", SKOS + "closeMatch", "https://a.example/x", {}],
        ["", SKOS + "closeMatch", "https://a.example/x", {"subject_label": 1}],
        ["", SKOS + "closeMatch", "https://a.example/x", {"subject_label": "x", "own_slot": "y"}],
        ["", SKOS + "closeMatch", "https://a.example/x", {"subject_label": "x", "author_id": "no iri"}],
        ["x", "y"],
        "x",
    ],
)
def test_a_state_holds_only_what_a_set_can(row: object):
    text = base64.urlsafe_b64encode(zlib.compress(json.dumps([{}, [row]]).encode())).decode()
    assert packed.unpack(text) is None


def test_hostile_texts_are_shown_as_texts(client: FlaskClient):
    rows = (Mapping("https://a.example/x", SKOS + "closeMatch", "https://a.example/y", {
        "subject_label": EVIL, "object_label": EVIL, "comment": EVIL, "reviewer_label": EVIL, "confidence": "1e9",
        "other": f"module={EVIL}|lapsed={EVIL}:label|disputed={EVIL}+{EVIL}", "mapping_justification": MANUAL,
    }),)  # fmt: skip
    text = packed.pack(MappingSet({"comment": EVIL}, rows))
    for _ in range(2):
        response = client.post(
            "/align", data={"state": text, "v0": "exact", "c0": EVIL, "reviewer": EVIL, "go": "save", "only": EVIL, "from": EVIL}
        )
        assert response.status_code == 200
        assert "<img" not in response.text
    assert client.post("/align", data={"state": text, "v0": "perhaps"}).status_code == 400
    assert client.post("/align", data={"state": text, "v0": NO_MATCH}).status_code == 400


def test_packing_is_without_loss(first: str):
    mappings = mappings_of(first)
    assert packed.unpack(packed.pack(mappings)) == mappings


# --- two reviewers


def both(client: FlaskClient, first_page: str) -> tuple[bytes, bytes]:
    """The same proposals judged by two, of whom the second knows nothing of the first."""
    rows = mappings_of(first_page).mappings
    one = [n for n, m in enumerate(rows) if subject_key(m) == "fold the kite"][:3]
    ana = files(
        judged(client, first_page, {one[0]: "exact", one[1]: REJECTED, one[2]: UNSURE}, reviewer="Ana", **{f"c{one[1]}": "too narrow"}).text
    )
    blind = send(client, ana["second-reviewer.sssom.tsv"], "second-reviewer.sssom.tsv").text
    assert "Ana" not in blind
    assert "too narrow" not in blind
    assert {answer_of(m) for m in mappings_of(blind).mappings} == {OPEN}
    bea = judged(client, blind, {0: "exact", 1: "broad", 2: UNSURE}, reviewer="Bea", c1="wider").text
    return ana["review.sssom.tsv"], files(bea)["review.sssom.tsv"]


def test_two_reviews_are_compared_decided_and_merged(client: FlaskClient, first: str):
    ana, bea = both(client, first)
    page = client.post("/align/agreement", data={"one": (io.BytesIO(ana), "a.sssom.tsv"), "two": (io.BytesIO(bea), "b.sssom.tsv")}).text
    shown = html.unescape(page)
    kappa = agreement.kappa(["exact", REJECTED, UNSURE], ["exact", "broad", UNSURE])
    assert kappa is not None
    assert f"3 pairs were judged by both; they agree on 2 (67 %). Cohen’s kappa is {kappa:.2f}." in shown
    assert "too narrow" in shown
    assert "wider" in shown
    assert "Ana" not in shown
    assert "Bea" not in shown
    own = fields(page) | {"d0": ["broad"], "k0": ["we talked"]}
    merged_page = client.post("/align/agreement", data=MultiDict(own)).text
    merged = tsv.read(files(merged_page)["review.sssom.tsv"].decode()).mappings
    said = {answer_of(m): m for m in merged.mappings if answer_of(m) != OPEN}
    assert said["exact"].slots["reviewer_label"] == "Ana|Bea"
    assert (said["broad"].slots["reviewer_label"], comment_of(said["broad"])) == ("Ana|Bea", "we talked")
    assert "Reviewer A: Ana. Reviewer B: Bea." in merged_page
    undecided = tsv.read(files(client.post("/align/agreement", data=MultiDict(fields(page))).text)["review.sssom.tsv"].decode()).mappings
    assert {"broad", REJECTED}.isdisjoint({answer_of(m) for m in undecided.mappings})
    again = html.unescape(send(client, tsv.write(undecided, in_order=True), "merged.sssom.tsv").text)
    assert "disputed: rejected / broader match" in again


def test_agreement_without_variance_is_said_plainly(client: FlaskClient, first: str):
    content = files(judged(client, first, {0: "exact"}).text)["review.sssom.tsv"]
    page = client.post("/align/agreement", data={n: (io.BytesIO(content), "a.sssom.tsv") for n in ("one", "two")}).text
    assert "1 pair was judged by both; they agree on 1 (100 %). Cohen’s kappa has no value here" in html.unescape(page)
    nothing = files(judged(client, first, {}).text)["review.sssom.tsv"]
    page = client.post("/align/agreement", data={n: (io.BytesIO(nothing), "a.sssom.tsv") for n in ("one", "two")}).text
    assert "There is no pair that both have judged." in page


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 400),
        ({"one": (b"#x: y\nsubject_id\n", "a.sssom.tsv")}, 400),
        ({"one": (b"a\nb", "a.txt"), "two": (b"a\nb", "b.txt")}, 415),
        ({"first": "AAAA"}, 400),
    ],
)
def test_what_cannot_be_compared_is_said(client: FlaskClient, sent: dict[str, tuple[bytes, str]], status: int):
    data = {n: (io.BytesIO(v[0]), v[1]) if isinstance(v, tuple) else v for n, v in sent.items()}
    response = client.post("/align/agreement", data=data)
    assert response.status_code == status
    assert 'role="alert"' in response.text


def test_a_decision_must_be_possible(client: FlaskClient, first: str):
    ana, bea = both(client, first)
    page = client.post("/align/agreement", data={"one": (io.BytesIO(ana), "a.sssom.tsv"), "two": (io.BytesIO(bea), "b.sssom.tsv")}).text
    assert client.post("/align/agreement", data=MultiDict(fields(page) | {"d0": [NO_MATCH]})).status_code == 400


# --- the page in a browser


@pytest.fixture(scope="module")
def site(joined: Release) -> Iterator[str]:
    with serving(joined.path) as address:
        yield address


@pytest.mark.parametrize("width", WIDTHS)
def test_a_reviewer_works_with_the_keyboard_alone(browser: Browser, site: str, width: str):
    with watching(browser, site, width, java_script_enabled=False) as watched:
        page: Page = watched.go("/align")
        page.locator("#text").focus()
        page.keyboard.type("fold the kite")
        page.locator("form.align button[type=submit]").focus()
        page.keyboard.press("Enter")
        page.locator(".verdict").first.wait_for()
        page.locator("input[name=v0]").first.focus()
        page.keyboard.press("ArrowRight")
        page.locator("#reviewer").focus()
        page.keyboard.type("Ana")
        page.keyboard.press("Enter")
        page.locator("#files").wait_for()
        assert page.locator("input[name=v0][value=exact]").is_checked()
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width][0]
        with page.expect_download() as saving:
            page.locator("a[download='review.sssom.tsv']").click()
        found = tsv.read(saving.value.path().read_text(encoding="utf-8")).mappings
        assert answer_of(found.mappings[0]) == "exact"
