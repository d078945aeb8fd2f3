"""The page for checking a workbook: what it says, what it gives back, what it refuses, and that nothing is kept."""

from __future__ import annotations

import base64
import gzip
import html
import io
import itertools
import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from query_ui.checking import earlier
from query_ui.checking.check_files import MARKED_LIMIT, XLSX, in_page
from query_ui.checking.check_report import PER_SHEET, Names, by_sheet
from query_ui.checking.uploads import cleaned, uploaded
from query_ui.responses import SECURITY
from tests.browsers import WIDTHS, watching
from tests.served import app_on, serving
from tests.test_browser import COLOURS, _luminance
from wise_skills.languages import LANGUAGES, speaking
from wise_skills.messages import catalogue, phrase
from wise_skills.names import FOLDERS
from wise_skills.release import Release
from wise_skills.tables import Schema, read_schema

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EVIL = '"><img src=x onerror=alert(1)>'
SARIF = "application/sarif+json"
TABLE = "form,type\nfoo,bar\n"
ROOT = Path(__file__).resolve().parents[1]
FORMS = ("id", "name@lv", "name@en", "kind", "jurisdiction", "wise_scope", "valid_from", "evidence", "sources")
GOOD = ("b", "B", "B", "status", "LV", "wise", "2013", "named-in-source", "https://a.example/1")
FAULTY = ("b", "B", EVIL, EVIL, "LV", "wise", "about 2013", "named-in-source", "")
LAW = ("l1", "L", "LV", "named-in-source", "https://a.example/1")


def workbook(*forms: tuple[str, ...], laws: int = 1) -> bytes:
    """A small workbook whose sheets stand in another order than the tables."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "forms"
    for row in (FORMS, ("a", "A", "A", *GOOD[3:]), *forms):
        sheet.append(row)
    other = book.create_sheet("laws")
    for row in (("id", "name@lv", "jurisdiction", "evidence", "sources"), *[LAW] * laws):
        other.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def schema() -> Schema:
    return read_schema()


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where files of a request would lie: empty after every test, with no process left in it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert [p for p in tmp_path.iterdir() if p.name.startswith("wise-check-")] == []
    assert at_work(tmp_path) == []


def at_work(folder: Path) -> list[str]:
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            where = str(link.readlink())
        except OSError:
            continue
        if where.startswith(str(folder)):
            found.append(link.parent.name)
    return found


@pytest.fixture(scope="module")
def client(release: Release) -> Iterator[FlaskClient]:
    with app_on(release.path) as app:
        yield app.test_client()


def send(
    client: FlaskClient, content: bytes | str, name: str, accept: str = "text/html", address: str = "/check", **fields: str
) -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    return client.post(address, data={"file": (io.BytesIO(data), name), **fields}, headers={"Accept": accept})


def files(page: str) -> dict[str, bytes]:
    """The files that a page holds, by the names under which they are saved."""
    found = re.findall(r'<a href="data:([^;"]+);base64,([^"]+)" download="([^"]+)"', page)
    return {html.unescape(name): base64.b64decode(content) for _, content, name in found}


# --- the form


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_speaks_every_language(client: FlaskClient, language: str):
    response = client.get(f"/check?language={language}")
    page, texts = html.unescape(response.text), catalogue(language)
    assert response.status_code == 200
    assert f'<html lang="{language}">' in page
    for name in ("Title", "Intro", "File", "Country", "AsInFile", "Language", "Check", "CheckMarked"):
        assert texts[f"Page{name}"] in page
    for name in ("Get", "GetIntro", "GetEmpty", "GetFilled"):
        assert texts[f"Page{name}"] in page
    assert f'<option value="{language}" lang="{language}" selected>{LANGUAGES[language]}' in page
    assert page.count("<option value=") == 1 + 2 * len(FOLDERS) + len(LANGUAGES)
    if language != "en":
        english = catalogue("en")
        assert english["PageIntro"] not in page
        assert english["PageGetIntro"] not in page


@pytest.mark.parametrize(
    ("address", "accepted", "spoken"),
    [
        ("/check", "", "en"),
        ("/check", "fr-BE, fr;q=0.9, en;q=0.5", "fr"),
        ("/check", "pt, el;q=0.3", "el"),
        ("/check", "pt", "en"),
        ("/check?language=lv", "fr", "lv"),
    ],
)
def test_the_language_is_that_of_the_address_else_of_the_browser(client: FlaskClient, address: str, accepted: str, spoken: str):
    response = client.get(address, headers={"Accept-Language": accepted})
    assert f'<html lang="{spoken}">' in response.text
    assert "Accept-Language" in response.vary


def test_another_language_is_no_answer_from_a_cache(client: FlaskClient):
    french = client.get("/check", headers={"Accept-Language": "fr"})
    tag = {"If-None-Match": french.headers["ETag"]}
    assert client.get("/check", headers={"Accept-Language": "fr", **tag}).status_code == 304
    assert client.get("/check", headers={"Accept-Language": "de", **tag}).status_code == 200


@pytest.mark.parametrize(("language", "names"), [("fr", ("Belgique", "Grèce", "Lettonie")), ("el", ("Βέλγιο", "Ελλάδα", "Λετονία"))])
def test_countries_have_their_names_in_that_language(client: FlaskClient, language: str, names: tuple[str, ...]):
    page = html.unescape(client.get(f"/check?language={language}").text)
    for name in names:
        assert page.count(f">{name}</option>") == 2


@pytest.mark.parametrize("address", ["/check?language=xx", "/check?language=" + EVIL, "/check/workbook.xlsx?country=xx"])
def test_an_unknown_language_or_country_is_told(client: FlaskClient, address: str):
    response = client.get(address)
    assert response.status_code == 400
    assert "<img" not in response.text
    assert "is unknown. Give one of" in response.text


def test_the_form_is_linked_and_described(client: FlaskClient):
    assert '<a href="/check">Check</a>' in client.get("/").text
    paths = client.get("/openapi.json").json["paths"]
    assert "multipart/form-data" in paths["/check"]["post"]["requestBody"]["content"]
    assert set(paths["/check"]["post"]["responses"]["200"]["content"]) == {"text/html", "application/json", SARIF, XLSX}
    assert paths["/check/workbook.xlsx"]["get"]["parameters"][0]["schema"]["enum"] == list(FOLDERS)
    limits = client.get("/limits.json").json
    assert (limits["bytes_per_file_to_check"], limits["seconds_per_check"], limits["checks_at_once"]) == (10_000_000, 120, 2)
    assert "Disallow: /check/" in client.get("/robots.txt").text


# --- a check


@pytest.fixture(scope="module")
def result(client: FlaskClient) -> str:
    """The page after a workbook with five faults, under a name that means harm."""
    response = send(client, workbook(FAULTY, laws=2), "../<img src=x onerror=alert(1)>.xlsx", country="lv")
    assert response.status_code == 200
    for name, value in SECURITY.items():
        assert response.headers[name] == value
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "ETag" not in response.headers
    assert "Access-Control-Allow-Origin" not in response.headers
    return response.text


def test_findings_stand_by_sheet_and_row(result: str):
    page = html.unescape(re.sub(r'href="data:[^"]*"', "", result))
    assert "Errors: 5 · Warnings: 0 · Notes: 0" in page
    assert "Rows checked: 4" in page
    assert re.findall(r'<h2 id="s\d+">(\w+)', page) == ["forms", "laws"], "in the order of the workbook"
    assert re.findall(r"<h3>(Row \d+)", page) == ["Row 3", "Row 2", "Row 3"]
    cells = re.findall(r'<b class="cell">(\w+)</b>', page)
    assert cells == ["D3", "G3", "I3", "A2", "A3"]
    assert page.count('<span class="badge violation">Error</span>') == 5
    assert "“valid from” holds “about 2013”. Expected: a year" in page
    assert "<code>OrConstraintComponent</code>" in page
    first = page.partition('<table class="cells">')[2].partition("</table>")[0]
    assert first.count('<td class="wrong-cell">') == 3
    assert '<td class="wrong-cell"><mark>about 2013</mark>' in first
    assert '<td class="wrong-cell"><mark>\u00a0</mark>' in first, "the empty cell that needs a source"
    heads = re.findall(r"<th[^>]*>([^<]*)</th>", first)
    assert heads.index("sources") == heads.index("evidence") + 1, "an empty cell stands where its column does"
    assert "name (lv)</th>" in first


def test_nothing_that_was_sent_runs(result: str):
    assert "<img" not in result
    tags = re.findall(r"<[a-zA-Z][^>]*>", result)
    assert not [t for t in tags if re.search(r"\son\w+\s*=", re.sub(r'"[^"]*"', '""', t))]
    assert result.count("<script") == 1
    assert "Result for &lt;img src=x onerror=alert(1)&gt;.xlsx" in result
    assert 'download="&lt;img src=x onerror=alert(1)&gt;-checked.xlsx"' in result
    assert not re.search(r"<[^>]+\sstyle=", result)


def test_files_to_take_along_stand_in_the_page(result: str):
    found = files(result)
    by_ending = {name.rpartition(".")[2]: content for name, content in found.items()}
    assert set(by_ending) == {"xlsx", "json", "sarif"}
    record = json.loads(by_ending["json"])
    assert set(record) == {"conforms", "findings"}
    assert len(record["findings"]) == 5
    assert len(json.loads(by_ending["sarif"])["runs"][0]["results"]) == 5
    book = openpyxl.load_workbook(io.BytesIO(by_ending["xlsx"]))
    assert book["forms"]["D3"].comment is not None
    assert book["forms"]["C3"].value == EVIL


def test_headings_come_in_order_and_fields_have_labels(result: str, client: FlaskClient):
    for page in (result, client.get("/check").text):
        levels = [int(n) for n in re.findall(r"<h([1-6])[ >]", page)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        for field in re.findall(r"<(?:input|select)(?![^>]*hidden)[^>]*>", page):
            name = re.search(r'id="([^"]+)"', field)
            assert name, field
            assert f'<label for="{name[1]}"' in page or f'<label class="hidden" for="{name[1]}"' in page


@pytest.mark.parametrize("language", ["bg", "el"])
def test_a_result_speaks_another_language(client: FlaskClient, language: str):
    response = send(client, workbook(FAULTY), "lv.xlsx", address=f"/check?language={language}", country="lv")
    page, texts = html.unescape(response.text), catalogue(language)
    assert f'<html lang="{language}">' in page
    assert texts["PageResult"].replace("{value}", "lv.xlsx") in page
    for name in ("PageDownloads", "PageMarked", "PageAgain", "PageAgainIntro", "WordCode", "Violation"):
        assert texts[name] in page
    with speaking(language):
        assert phrase("Counts", "3", limit="0", other="0") in page
    assert "Expected:" not in page


def test_nothing_to_mend(client: FlaskClient):
    page = send(client, workbook(GOOD), "lv.xlsx", country="lv").text
    assert "Nothing to mend." in page
    assert '<h2 id="findings">' not in page
    assert 'name="earlier"' not in page


# --- programs


def test_programs_get_json_and_no_socket_is_opened(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    response = send(client, TABLE, "LV-assignments (1).CSV", "application/json", "/check?language=fr")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert response.json["conforms"] is False
    assert {f["file"] for f in response.json["findings"]} == {"LV-assignments (1).CSV"}, "shown under its own name"
    assert {f["sheet"] for f in response.json["findings"]} == {"assignments"}
    assert "colonne" in response.json["findings"][0]["message"]


def test_programs_get_sarif(client: FlaskClient):
    response = send(client, TABLE, "assignments.csv", SARIF, country="lv", language="de")
    assert (response.status_code, response.mimetype) == (200, SARIF)
    run = json.loads(response.data)["runs"][0]
    assert run["language"] == "de"
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "assignments.csv"


@pytest.mark.parametrize(("accept", "fields"), [(XLSX, {}), ("text/html", {"marked": "1"})], ids=["program", "button"])
def test_the_marked_workbook_alone(client: FlaskClient, accept: str, fields: dict[str, str]):
    response = send(client, workbook(FAULTY), "Ταμείο.xlsx", accept, country="lv", language="el", **fields)
    assert (response.status_code, response.mimetype) == (200, XLSX)
    assert response.headers["Content-Disposition"].endswith("filename*=UTF-8''%CE%A4%CE%B1%CE%BC%CE%B5%CE%AF%CE%BF-checked.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(response.data))
    assert book.sheetnames[0] == catalogue("el")["SheetFindings"]


def test_other_media_types_are_not_offered(client: FlaskClient):
    assert send(client, TABLE, "assignments.csv", "image/png", country="lv").status_code == 406
    response = send(client, TABLE, "assignments.csv", XLSX, country="lv")
    assert (response.status_code, response.mimetype) == (406, "application/problem+json")


def test_the_workbook_to_fill_in(client: FlaskClient):
    response = client.get("/check/workbook.xlsx?country=lv&language=fr&filled=1")
    assert (response.status_code, response.mimetype) == (200, XLSX)
    assert 'filename="lv-fr.xlsx"' in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"
    book = openpyxl.load_workbook(io.BytesIO(response.data), read_only=True)
    assert "forms" in book.sheetnames
    keys = [row[0] for row in book["forms"].iter_rows(max_col=1, values_only=True)]
    assert "darba-integracijas-socialais-uznemums" in keys
    book.close()


# --- what is refused

BAD = {
    "no file": (b"", "", "PageNoFile", 400),
    "another kind": (b"x", "lv.ods", "PageWrongKind", 415),
    "macros": (b"x", "lv.xlsm", "PageWrongKind", 415),
    "no ending": (b"x", "xlsx", "PageWrongKind", 415),
    "only an ending": (b"x", ".xlsx", "PageWrongKind", 415),
    "no country": (b"form,type\n", "assignments.csv", "PageNoCountry", 400),
    "not a workbook": (b"not a zip", "lv.xlsx", "NotAWorkbook", 415),
    "damaged": (workbook()[:3000], "lv.xlsx", "BadWorkbook", 400),
}


@pytest.mark.parametrize("case", BAD)
def test_a_refusal_is_one_sentence(client: FlaskClient, case: str):
    content, name, sentence, status = BAD[case]
    accept = "application/json" if len(case) % 2 else "text/html"
    response = send(client, content, name, accept, "/check?language=nl")
    assert response.status_code == status
    text = response.json["detail"] if accept == "application/json" else html.unescape(response.text)
    assert catalogue("nl")[sentence].partition("{")[0] in text
    assert "Traceback" not in response.text
    if accept == "text/html":
        assert 'role="alert"' in response.text
        assert 'aria-describedby="problem"' in response.text
    else:
        assert response.mimetype == "application/problem+json"


def test_a_request_without_a_form_has_no_file(client: FlaskClient):
    response = client.post("/check", data=b"{}", content_type="application/json", headers={"Accept": SARIF})
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    assert response.get_json(force=True)["detail"] == catalogue("en")["PageNoFile"]


@pytest.mark.parametrize("size", [2_000, 500_000], ids=["file", "request"])
def test_a_large_file_is_refused(release: Release, size: int):
    """Whether the file alone is beyond the limit, or the request is not even read to its end."""
    with app_on(release.path, CHECK_BYTES=1_000) as app:
        response = send(app.test_client(), b"x" * size, "lv.csv", address="/check?language=it", country="lv")
    assert response.status_code == 413
    with speaking("it"):
        assert phrase("PageTooLarge", limit="0.001 MB") in html.unescape(response.text)
    assert '<html lang="it">' in response.text


def test_other_addresses_keep_their_own_limit(client: FlaskClient):
    response = client.post("/sparql", data={"query": "x" * 300_000})
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("limits", "unit"), [({"CHECK_SECONDS": 1}, "Seconds"), ({"CHECK_MEMORY": 30_000_000}, "Memory")], ids=["time", "memory"]
)
def test_a_check_that_needs_too_much_is_stopped(release: Release, limits: dict[str, int], unit: str):
    with app_on(release.path, **limits) as app:
        response = send(app.test_client(), workbook(*[FAULTY] * 500), "lv.xlsx", "application/json", country="lv")
        again = app.test_client().get("/check")
    assert response.status_code == 503
    value = "1" if unit == "Seconds" else "0.03 GB"
    assert response.get_json(force=True)["detail"] == phrase("PageTooLong", limit=phrase(unit, value))
    assert again.status_code == 200


def test_computing_time_is_limited_beside_the_clock(tmp_path: Path):
    code = "from wise_skills.cli.limited import limit; limit('RLIMIT_CPU', 1, beyond=1)\nwhile True: pass"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == -signal.SIGXCPU


def test_a_file_that_grows_too_large_is_not_written(tmp_path: Path):
    code = "from wise_skills.cli.limited import limit; limit('RLIMIT_FSIZE', 1000)\nwith open('big', 'wb') as f: f.write(bytes(5000))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    assert b"File too large" in done.stderr
    assert (tmp_path / "big").stat().st_size <= 1000


def test_no_socket_is_opened_in_the_process_that_reads(tmp_path: Path):
    (tmp_path / "lv.xlsx").write_bytes(workbook(FAULTY))
    code = (
        "import sys\n"
        "sys.addaudithook(lambda event, _: event.startswith('socket.') and print('opened', event, file=sys.stderr))\n"
        "from wise_skills.cli import limited\n"
        "limited.main(sys.argv[1:])\n"
    )
    arguments = ["60", "1000000000", "check", "--format", "json", "--annotate", "out.xlsx", "--country", "lv", "lv.xlsx"]
    done = subprocess.run([sys.executable, "-P", "-c", code, *arguments], cwd=tmp_path, capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert "opened" not in done.stderr
    assert json.loads(done.stdout)["conforms"] is False


def test_the_reading_process_ends_with_the_server(release: Release):
    """A server that is killed leaves nobody behind who works on a stranger's file."""
    code = (
        "import subprocess, sys, time\n"
        "command = [sys.executable, '-P', '-m', 'wise_skills.cli.limited', '60', '1000000000', *sys.argv[1:]]\n"
        "print(subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True).pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    endless = ["serve", "--port", "0", "--quiet", "--release", str(release.path)]
    with subprocess.Popen([sys.executable, "-c", code, *endless], cwd=ROOT, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        child = Path("/proc") / server.stdout.readline().decode().strip()
        time.sleep(1.5)
        assert runs(child)
        server.kill()
    wait_until(lambda: not runs(child))


def runs(process: Path) -> bool:
    try:
        return "State:\tZ" not in (process / "status").read_text(encoding="utf-8")
    except OSError:
        return False


def wait_until(met: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_no_more_checks_run_at_once_than_allowed(release: Release, folders: Path):
    with app_on(release.path, CHECKS_AT_ONCE=1) as app:
        first: list[int] = []
        run = threading.Thread(target=lambda: first.append(send(app.test_client(), TABLE, "assignments.csv", country="lv").status_code))
        run.start()
        wait_until(lambda: bool(at_work(folders)))
        refused = send(app.test_client(), TABLE, "assignments.csv", address="/check?language=fr", country="lv")
        template = app.test_client().get("/check/workbook.xlsx?country=lv&language=fr")
        run.join()
        after = send(app.test_client(), TABLE, "assignments.csv", country="lv")
    assert first == [200]
    for response in (refused, template):
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert catalogue("fr")["PageBusy"] in html.unescape(response.text)
    assert after.status_code == 200


def test_a_client_that_asks_too_often_waits(release: Release):
    with app_on(release.path, QUERIES_PER_MINUTE=1) as app:
        client = app.test_client()
        send(client, b"", "")
        response = send(client, b"", "", address="/check?language=de")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 50
    assert catalogue("de")["PageTooMany"].partition("{")[0] in html.unescape(response.text)


# --- names of files


@pytest.mark.parametrize(
    ("name", "shown", "stored", "country"),
    [
        ("be.xlsx", "be.xlsx", "be.xlsx", ""),
        ("C:\\Documents\\be-forms (2).csv", "be-forms (2).csv", "forms.csv", "be"),
        ("../../../etc/passwd.xlsx", "passwd.xlsx", "passwd.xlsx", ""),
        ("-rf --country=be.xlsx", "-rf --country=be.xlsx", "rf-country-be.xlsx", ""),
        ("a\u202exslx.csv\x00.xlsx", "axslx.csv.xlsx", "axslx-csv.xlsx", ""),
        ("Ταμείο.XLSX", "Ταμείο.XLSX", "file.xlsx", ""),
        ("gr_needs.csv", "gr_needs.csv", "needs.csv", "gr"),
        ("Grèce.csv", "Grèce.csv", "Grece.csv", ""),
        ("x" * 400 + ".xlsx", "x" * 120 + ".xlsx", "x" * 60 + ".xlsx", ""),
        (f"{EVIL}.csv", f"{EVIL}.csv", "img-src-x-onerror-alert-1.csv", ""),
        ("con\r\nX-Evil: 1.csv", "conX-Evil: 1.csv", "conX-Evil-1.csv", ""),
    ],
)
def test_a_file_is_stored_under_a_safe_name_and_shown_under_its_own(schema: Schema, name: str, shown: str, stored: str, country: str):
    from werkzeug.datastructures import FileStorage

    found = uploaded(FileStorage(io.BytesIO(b""), name), schema.by_name)
    assert (found.shown, found.stored, found.country) == (shown, stored, country)


def test_a_name_without_letters_is_empty():
    assert cleaned("\u200b\u2028\n") == ""


# --- what an earlier check found


def finding(row: int = 3, key: str = "b", column: str = "kind", code: str = "Node", sheet: str = "forms") -> dict[str, Any]:
    return {
        **dict.fromkeys(("message", "value", "shape", "file"), ""),
        "severity": "Violation",
        "sheet": sheet,
        "row": row,
        "key": key,
        "column": column,
        "code": code,
        "cell": f"{sheet}!D{row}",
    }


def test_what_is_packed_comes_back():
    found = [finding(), finding(5, "", "name@el", "Ωμέγα"), finding(0, "", "", sheet="")]
    assert earlier.unpack(earlier.pack(found)) == [earlier.fingerprint(f) for f in found]
    assert len(earlier.pack([finding(n, f"key-{n}") for n in range(earlier.MOST)])) < earlier.MAX_PACKED
    assert earlier.pack([finding()] * (earlier.MOST + 1)) == ""
    assert earlier.pack([]) == ""


def packed(value: object) -> str:
    plain = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(zlib.compress(plain)).decode()


HOSTILE = {
    "no base64": "<script>",
    "not ascii": "é" * 20,
    "no zlib": base64.urlsafe_b64encode(b"hello").decode(),
    "no json": packed(b"{"),
    "deep": packed(b"[" * 100_000),
    "bomb": packed(b" " * 100_000_000),
    "no list": packed({"a": 1}),
    "short": packed([["forms", 3]]),
    "true is no row": packed([["forms", True, "k", "c", "x", "D3"]]),
    "number for text": packed([["forms", 3, 5, "c", "x", "D3"]]),
    "negative row": packed([["forms", -3, "k", "c", "x", "D3"]]),
    "huge row": packed([["forms", 10**30, "k", "c", "x", "D3"]]),
    "long text": packed([["forms" * 1000, 3, "k", "c", "x", "D3"]]),
    "too many": packed([["forms", 3, "k", "c", "x", "D3"]] * (earlier.MOST + 1)),
    "more behind it": base64.urlsafe_b64encode(zlib.compress(b"[]") + b"x").decode(),
    "long": "A" * (earlier.MAX_PACKED + 1),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_anything_else_is_no_earlier_check(case: str):
    assert earlier.unpack(HOSTILE[case]) == []


def test_a_hostile_earlier_check_is_shown_as_text(client: FlaskClient):
    hidden = packed([["forms", 3, EVIL, EVIL, EVIL, EVIL]])
    page = send(client, TABLE, "assignments.csv", country="lv", earlier=hidden).text
    assert "Resolved: 1" in page
    assert "<img" not in page
    ignored = send(client, b"", "", earlier=HOSTILE["no base64"])
    assert ignored.status_code == 400
    assert "<script>" not in ignored.text
    assert 'name="earlier"' not in ignored.text
    assert f'name="earlier" value="{hidden}"' in send(client, b"", "", earlier=hidden).text, "a slip of the hand loses nothing"


@pytest.mark.parametrize(
    ("before", "now", "resolved", "remaining", "new"),
    [
        ([finding()], [], 1, 0, 0),
        ([finding()], [finding()], 0, 1, 0),
        ([finding(row=3)], [finding(row=9)], 0, 1, 0),  # sorted: the key tells
        ([finding(key="")], [finding(key="b")], 0, 1, 0),  # the key can be read now: the row tells
        ([finding(key="b")], [finding(key="")], 0, 1, 0),
        ([finding(key="b")], [finding(key="c")], 1, 0, 1),  # another row was put in its place
        ([finding(), finding()], [finding()], 1, 1, 0),  # two values of a cell, one of them mended
        ([finding(), finding(column="name@lv")], [finding(code="Datatype"), finding(column="name@lv")], 1, 1, 1),
        ([finding(key=""), finding(key="b")], [finding(key="b"), finding(key="")], 0, 2, 0),
        ([finding(sheet="laws")], [finding(sheet="forms")], 1, 0, 1),
    ],
)
def test_findings_are_known_again(before: list[Any], now: list[Any], resolved: int, remaining: int, new: int):
    found = earlier.compare([earlier.fingerprint(f) for f in before], now)
    assert (len(found.resolved), len(found.remaining), len(found.new)) == (resolved, remaining, new)
    assert sorted(found.remaining + found.new) == list(range(len(now)))


def test_many_equal_findings_are_compared_quickly():
    many = [finding(key="")] * earlier.MOST
    start = time.perf_counter()
    found = earlier.compare([earlier.fingerprint(f) for f in many], [finding()] * 60_000)
    assert len(found.remaining) == earlier.MOST
    assert time.perf_counter() - start < 5


# --- long results


def record(findings: list[Any], **rows: Any) -> dict[str, Any]:
    return {"conforms": not findings, "findings": findings, "rows": rows, "sheets": [], "waived": [], "checked": 1}


def test_a_sheet_shows_a_part_and_says_how_much_more(schema: Schema):
    found = record([finding(n, f"k{n}") for n in range(2, 302)])
    (sheet,) = by_sheet(found, Names(schema))
    assert (sheet.total, sheet.more, len(sheet.rows)) == (300, 300 - PER_SHEET, PER_SHEET)
    many = record([finding(n, f"k{n}", sheet=f"s{s}") for s in range(38) for n in range(2, 302)])
    assert sum(len(s.rows) for s in by_sheet(many, Names(schema))) <= 38 * 40, "no page without end"


def test_long_rows_show_the_wrong_cell_and_its_neighbours(schema: Schema):
    texts = {f"c{n}": "x" * 500 for n in range(40)}
    found = record([finding(column="c20")], **{"#forms!3": texts})
    (row,) = by_sheet(found, Names(schema))[0].rows
    assert len(row.cells) == 9
    assert [c.column for c in row.cells if c.wrong] == ["c20"]
    assert row.cells[0].column in ("c18", "c19")
    assert max(len(c.text) for c in row.cells) <= 241


def test_large_records_are_compressed_and_larger_ones_left_out():
    found = record([{**finding(n), "file": "f.xlsx", "expected": "", "focus": "", "path": "", "group": ""} for n in range(8_000)])
    files_found = {f.name: f for f in in_page(found, "f")}
    assert set(files_found) == {"f.json.gz", "f.sarif.gz"}
    content = gzip.decompress(base64.b64decode(files_found["f.json.gz"].address.partition(",")[2]))
    assert len(json.loads(content)["findings"]) == 8_000
    assert max(len(f.address) for f in files_found.values()) < MARKED_LIMIT * 1.4


def test_a_large_marked_workbook_is_not_part_of_the_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("query_ui.views.check.MARKED_LIMIT", 1_000)
    page = html.unescape(send(client, workbook(FAULTY), "lv.xlsx", country="lv").text)
    assert not [name for name in files(page) if name.endswith(".xlsx")]
    assert phrase("PageLarge", phrase("PageCheckMarked")) in page


# --- in a browser


@pytest.fixture(scope="module")
def site(release: Release) -> Iterator[str]:
    with serving(release.path) as address:
        yield address


def check_in(page: Page, path: Path) -> None:
    page.set_input_files("#file", path)
    page.get_by_role("button", name="Check", exact=True).click()
    page.wait_for_selector("#again")


def test_upload_mend_and_upload_again_without_scripts(browser: Browser, site: str, tmp_path: Path):
    bad, better = tmp_path / "lv.xlsx", tmp_path / "lv2.xlsx"
    bad.write_bytes(workbook(FAULTY, laws=2))
    better.write_bytes(workbook((*GOOD[:3], "new fault", *GOOD[4:]), laws=2))
    with watching(browser, site, java_script_enabled=False, accept_downloads=True) as watched:
        page = watched.go("/check?language=en")
        page.select_option("#country", "lv")
        check_in(page, bad)
        assert page.locator(".found > li").count() == 5
        assert page.locator("img").count() == 0
        with page.expect_download() as download:
            page.get_by_role("link", name="Marked workbook").click()
        assert download.value.suggested_filename == "lv-checked.xlsx"
        book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
        assert "about 2013" in str(book["forms"]["G3"].comment)
        for name, ending in (("JSON", "json"), ("SARIF", "sarif")):
            with page.expect_download() as download:
                page.get_by_role("link", name=name).click()
            assert download.value.suggested_filename == f"lv.{ending}"
            assert json.loads(download.value.path().read_text(encoding="utf-8"))
        assert page.locator("#country").input_value() == "lv", "what was chosen is kept"
        check_in(page, better)
        told = page.locator(".compared summary").all_inner_texts()
        assert [re.sub(r"^\W+", "", t) for t in told] == ["Resolved: 2", "Still there: 3", "New: 0"]
        assert page.locator(".compared li:visible").all_inner_texts() == ["forms!G3 · valid from b", "forms!I3 · sources b"]
        page.get_by_text("Still there: 3").click()
        page.locator(".compared a", has_text="laws!A3").click()
        assert "A3" in page.locator("li:target .what").inner_text()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_can_be_read(browser: Browser, site: str, result: str, width: str, scheme: str):
    """No sideways scrolling, and the contrast of WCAG AA, on the form and on a result."""
    with watching(browser, site, width, color_scheme=scheme) as watched:
        watched.page.route("**/result", lambda route: route.fulfill(body=result, content_type="text/html; charset=utf-8"))
        for address in ("/check?language=bg", "/result"):
            page = watched.go(address)
            assert page.locator("h1").count() == 1
            inner, outer = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert inner <= outer, f"{address} scrolls sideways"
            for ink, paper, where in page.evaluate(COLOURS):
                high, low = sorted((_luminance(ink), _luminance(paper)), reverse=True)
                assert (high + 0.05) / (low + 0.05) >= 4.5, (address, where, ink, paper)
        frame = page.locator(".scroll").first
        assert frame.get_attribute("tabindex") == "0"
        wrong, around = page.locator("td.wrong-cell").first.bounding_box(), frame.bounding_box()
        assert wrong is not None
        assert around is not None
        assert around["x"] <= wrong["x"] < around["x"] + around["width"], "the wrong cell is in sight"


def test_a_check_by_keyboard(browser: Browser, site: str, tmp_path: Path):
    table = tmp_path / "lv-assignments.csv"
    table.write_text(TABLE, encoding="utf-8")
    with watching(browser, site) as watched:
        page = watched.go("/check?language=en")
        page.set_input_files("#file", table)  # the system's own dialogue is not ours
        page.locator("#file").focus()
        reached = []
        for _ in range(3):
            page.keyboard.press("Tab")
            reached.append(page.locator(":focus").inner_text().splitlines()[0])
        assert reached[1:] == ["Check", "Check and download the marked workbook"]
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#again")
        assert page.locator("h1").inner_text() == "Result for lv-assignments.csv"
