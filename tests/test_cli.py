"""The command line with good, bad and hostile input: exit codes, streams, formats; never a traceback."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders import checking
from loaders.folders import Vocabulary
from tests.national import vocabulary
from wise_skills.cli import COMMANDS, main
from wise_skills.names import resource
from wise_skills.release import Release
from wise_skills.tables import Column

KEYS = ["severity", "shape", "message", "file", "sheet", "row", "column", "cell", "value", "expected", "focus", "path"]
FORMS = resource("data") / "be" / "forms.csv"


class Said(NamedTuple):
    """What a run of `wise` ended with and said."""

    code: int
    out: str
    err: str


def wise(*args: str | Path, stdin: bytes = b"") -> Said:
    """Run `wise` in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    source = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8", errors="surrogateescape")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setattr(sys, "stdin", source)
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in args])
    said = Said(ended.value.code, *(s.buffer.getvalue().decode("utf-8") for s in (out, err)))
    assert "Traceback" not in said.out + said.err
    return said


def process(*args: str | Path, cwd: Path, **options) -> subprocess.Popen[bytes]:
    """Start `wise` as a process of its own."""
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)} | options.pop("env", {})
    return subprocess.Popen([sys.executable, "-m", "wise_skills.cli", *map(str, args)], cwd=cwd, env=env, **options)


@pytest.fixture
def be(tmp_path: Path) -> Path:
    """A country folder outside the project, with one table."""
    folder = tmp_path / "be"
    folder.mkdir()
    shutil.copy(FORMS, folder)
    return folder


@pytest.fixture(autouse=True, scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory):
    """Read shapes and schemes once for all runs in this process; a check has two folders as context."""
    data = tmp_path_factory.mktemp("data")
    for folder in ("be", "eu"):
        (data / folder).symlink_to(resource("data") / folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Vocabulary, "of_project", classmethod(lambda _, names=None: vocabulary()))
        patch.setattr(checking, "resource", lambda name: data if name == "data" else resource(name))
        yield


def broken(folder: Path) -> int:
    """Misspell a kind of form; return the number of the row."""
    path = folder / "forms.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[2][rows[0].index("kind")] = "leagl-form"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return 3


# --- help, exit codes, streams


def test_help():
    assert {"build", "check", "ask", "sparql", "export", "serve", "ontology"} <= set(COMMANDS)
    listed = wise("--help")
    assert listed.code == 0
    for name, (_, text) in COMMANDS.items():
        assert text.split(".")[0][:30] in re.sub(r"\s+", " ", listed.out)
        said = wise(name, "--help")
        assert (said.code, said.err) == (0, "")
        assert "Usage: wise " + name in said.out
        if name != "ontology":
            assert "--quiet" in said.out


def test_check_says_nothing_on_stdout_when_all_is_well(be: Path):
    said = wise("check", be)
    assert (said.code, said.out) == (0, "")
    assert "nothing to mend" in said.err
    assert wise("check", be, "--quiet") == Said(0, "", "")


def test_findings_go_to_stdout(be: Path):
    row = broken(be)
    said = wise("check", be)
    assert said.code == 1
    assert said.out.startswith(f"{be / 'forms.csv'}:{row}:kind: Violation: ")
    assert "legal-form" in said.out
    assert "1 Violation" in said.err
    quiet = wise("check", be, "-q")
    assert (quiet.code, quiet.out, quiet.err) == (1, said.out, "")


def test_check_whole_data():
    """The real data: 0, and no word on stdout."""
    said = wise("check", resource("data"))
    assert (said.code, said.out) == (0, "")


def test_json(be: Path):
    """The format of the contract, key by key."""
    row, path = broken(be), be / "forms.csv"
    said = wise("check", be, "--format", "json")
    record = json.loads(said.out)
    assert said.code == 1
    assert list(record) == ["conforms", "findings"]
    assert record["conforms"] is False
    (finding,) = record["findings"]
    assert list(finding)[: len(KEYS)] == KEYS
    assert finding["file"] == str(path)
    assert (finding["severity"], finding["sheet"], finding["column"], finding["value"]) == ("Violation", "forms", "kind", "leagl-form")
    index = path.read_text(encoding="utf-8").split("\n")[0].split(",").index("kind")
    assert finding["row"] == row
    assert finding["cell"] == f"forms!{chr(65 + index)}{row}"
    assert finding["shape"].endswith("#WiseFormShape-kind")
    assert finding["path"].endswith("#formKind")
    assert "/id/be/form/" in finding["focus"]
    assert "legal-form" in finding["expected"] + finding["message"]
    good = wise("check", FORMS, "--format", "json")
    assert (good.code, json.loads(good.out)) == (0, {"conforms": True, "findings": []})


def test_a_finding_on_several_cells_has_one_group(be: Path):
    path = be / "forms.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), encoding="utf-8")
    found = json.loads(wise("check", be, "--format", "json").out)["findings"]
    twice = [f for f in found if f["component"] == "DuplicateKey"]
    assert {f["row"] for f in twice} == {2, len(lines) + 1}
    assert len({f["group"] for f in twice}) == 1
    assert twice[0]["group"]


@pytest.mark.parametrize("path", ["be.csv", "nowhere/be", "", "\x1b[31mred", "-"], ids=repr)
def test_unknown_file(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    said = wise("check", "--", path)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("wise: ")
    assert "\x1b" not in said.err


def test_a_warning_names_what_a_waiver_asks_for(tmp_path: Path):
    """Code of the finding and key of the row stand beside it; they are what the table `waivers` wants."""
    shapes = Path(__file__).parent / "fixtures" / "shapes"
    shutil.copytree(shapes / "world" / "be", tmp_path / "be")
    shutil.copy(shapes / "failing" / "counts" / "rule-twoFigures.csv", tmp_path / "be" / "counts.csv")
    (tmp_path / "be" / "waivers.csv").unlink()
    said = wise("check", tmp_path / "be")
    keys = {f["key"] for f in json.loads(wise("check", tmp_path / "be", "--format", "json").out)["findings"]}
    assert said.code == 0
    assert len(keys) == 2
    assert {key for key in keys if f" [CountShape-twoFigures, {key}]" in said.out} == keys


def test_what_cannot_be_checked(be: Path, tmp_path: Path):
    """Each is refused in words, with what to do."""
    (tmp_path / "elsewhere").mkdir()
    loose = shutil.copy(FORMS, tmp_path / "elsewhere" / "forms.csv")
    (tmp_path / "at").mkdir()
    page = be / "forms.html"
    page.write_bytes(b"<table>")
    for args, words in {
        (loose,): "--country",
        (tmp_path / "elsewhere",): "--country",
        (tmp_path / "at",): "holds no table",
        (page,): "Save it as .xlsx",
        (be, "--format", "yaml"): "yaml",
        (be, "--country", "xx"): "xx",
        (): "PATHS",
        ("--nonsense",): "--nonsense",
    }.items():
        said = wise("check", *args)
        assert (said.code, said.out) == (2, ""), args
        assert words in said.err
    assert wise("check", loose, "--country", "be", "-q") == Said(0, "", "")
    assert wise("check", be / "forms.csv", be, be / ".." / "be", "-q") == Said(0, "", ""), "the same file twice is one file"


# --- hostile files

HOSTILE = {
    "empty": b"",
    "blank": b"\n\n  \n",
    "nul": b"\x00" * 100,
    "random": bytes(range(256)) * 20,
    "only-quotes": b'"' * 999,
    "open-quote": b'id,kind\na,"' + b"x\n" * 5000,
    "utf-16": "id,kind\na,b\n".encode("utf-16"),
    "latin-1": "id,kind\né,ü\n".encode("latin-1"),
    "huge-cell": b"id,kind\na," + b"x" * 2_000_000,
    "long-cell": b"id,kind\na," + b"x" * 900_000,
    "many-columns": b",".join(b"c%d" % n for n in range(3000)) + b"\n",
    "many-delimiters": b"id" + b",;\t|" * 5_000,
    "controls": b"id,kind\na,\x1b]0;title\x07\x9b31m\r\nb,\xc2\x9b\n",
    "formula": b'id,kind\n=HYPERLINK("http://a.example"),@SUM(1)\n',
    "markup": b"id,kind,[bold]x[/y]\na,[/x] {value} %s $PATH,\n",
    "iri": b'id,kind\n"a> <b",c\n../../x,y\n',
    "wrong-table": b"skill,group\nx,y\n",
}


def test_hostile_files(tmp_path: Path):
    """One table of each kind: all are reported, in words, by name; nothing hangs and nothing steers the terminal."""
    folder = tmp_path / "b e" / "be"  # a blank in the path is no problem either
    folder.mkdir(parents=True)
    tables = [t.name for t in vocabulary().schema.tables if "id" in t.by_id and t.name != "forms"]
    names = {}
    for (name, content), table in zip(HOSTILE.items(), ["forms", *tables], strict=False):
        names[str(folder / f"{table}.csv")] = name
        (folder / f"{table}.csv").write_bytes(content)
    assert len(names) == len(HOSTILE)
    said = wise("check", folder)
    assert said.code == 1
    assert all(line.split(".csv:")[0] + ".csv" in names for line in said.out.splitlines())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", said.out)
    found = json.loads(wise("check", folder, "--format", "json").out)["findings"]
    assert {names[f["file"]] for f in found} == set(HOSTILE)
    assert all(f["message"].endswith((".", "?")) and f["row"] >= 0 for f in found)
    said_of = {name: " ".join(f["message"] for f in found if names[f["file"]] == name) for name in HOSTILE}
    assert "no header row" in said_of["empty"]
    assert "1,000,000 characters" in said_of["huge-cell"]
    assert "columns" in said_of["many-columns"]
    assert "not UTF-8" in said_of["utf-16"]
    assert "quotation mark" in said_of["open-quote"]


def test_what_is_no_file(be: Path):
    """A folder, a pipe, a link to nowhere that are called x.csv: refused, and nothing waits for ever."""
    target = be / "needs.csv"
    for make in (target.mkdir, lambda: os.mkfifo(target), lambda: target.symlink_to(target.name), lambda: target.symlink_to("gone.csv")):
        make()
        for path in (target, be):
            said = wise("check", path)
            assert (said.code, said.out) == (2, "")
            assert "needs.csv" in said.err
        target.rmdir() if target.is_dir() and not target.is_symlink() else target.unlink()


def test_unreadable_file(be: Path):
    target = be / "needs.csv"
    if os.geteuid():
        target.write_bytes(b"x")
        target.chmod(0)
    else:  # root may read everything, but not this
        target.symlink_to("/proc/self/mem")
    said = wise("check", be)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"wise: {target}:") or said.err.startswith("wise: The system:")


def test_unknown_table_is_not_passed_over(be: Path):
    (be / "forms.csv").rename(be / "froms.csv")
    said = wise("check", be)
    assert said.code == 1
    assert "Did you mean “forms”?" in said.out


def test_names_that_are_no_text(tmp_path: Path):
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe"))
    folder.mkdir()
    shutil.copy(FORMS, folder)
    broken(folder)
    for form in ("text", "json"):
        said = wise("check", "--country", "be", folder, "--format", form)
        assert said.code == 1
        assert "leagl-form" in said.out


# --- breaking any cell


def wrong(column: Column, text: str) -> str | None:
    """What makes a cell of the column wrong, by its kind; `None` for free text, which cannot be wrong."""
    if column.scheme or column.refers_to or column.names_columns:
        bad = "no such thing"
    elif column.is_address:
        bad = "see the report"
    elif column.is_number:
        bad = "many"
    elif column.is_date:
        bad = "about 2021"
    elif column.id in ("id", "identifier"):
        bad = "not a key!"
    else:
        return None
    return f"{text} {column.separator} {bad}" if column.separator and text else bad


def breakable() -> list[tuple[str, int, int, str]]:
    """Every cell of the Belgian data that can be broken: table, row number, column index, the broken text."""
    found = []
    for path in sorted(FORMS.parent.glob("*.csv")):
        table = vocabulary().schema.by_name[path.stem]
        with path.open(encoding="utf-8", newline="") as file:
            titles, *records = csv.reader(file)
        for number, cells in enumerate(records, 2):
            for index, title in enumerate(titles):
                if (bad := wrong(table.by_id[title.partition("@")[0]], cells[index])) is not None:
                    found.append((path.stem, number, index, bad))
                if table.by_id[title.partition("@")[0]].required and cells[index] and "@" not in title:
                    found.append((path.stem, number, index, ""))
    return found


CELLS = breakable()


def test_most_cells_can_be_broken():
    assert len(CELLS) > 4000
    assert len({table for table, _, _, _ in CELLS}) >= 25


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(chosen=st.lists(st.sampled_from(CELLS), min_size=1, max_size=12, unique_by=lambda c: c[:2]))
def test_any_broken_cell_is_named(chosen: list[tuple[str, int, int, str]], tmp_path_factory: pytest.TempPathFactory):
    """Whatever cell is broken, `wise check` ends with 1 and names its file, row and column."""
    folder = tmp_path_factory.mktemp("broken") / "be"
    shutil.copytree(FORMS.parent, folder)
    wanted = set()
    for table, number, index, bad in chosen:
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            records = list(csv.reader(file))
        records[number - 1][index] = bad
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(records)
        wanted.add((str(path), number, records[0][index]))
    said = wise("check", folder, "--format", "json", "-q")
    assert said.code == 1
    found = {(f["file"], f["row"], f["column"]) for f in json.loads(said.out)["findings"] if f["severity"] == "Violation"}
    assert wanted - found == set()


# --- ask and sparql


@pytest.fixture(scope="module")
def at(release: Release) -> tuple[str, str]:
    return "--release", str(release.path)


def test_list_of_questions():
    said = wise("ask", "--list")
    names = [line.split(" ", 1)[0] for line in said.out.splitlines()]
    assert (said.code, said.err) == (0, "")
    assert names == sorted(p.stem for p in (resource("query_ui") / "questions").glob("*.rq")) or len(names) == len(set(names)) > 0


def test_unknown_question(at: tuple[str, str]):
    name = wise("ask", "--list").out.split(" ", 1)[0]
    said = wise("ask", name.replace("which", "wich") + "s", *at)
    assert (said.code, said.out) == (2, "")
    assert name in said.err
    far = wise("ask", "qqqqqq", *at)
    assert far.code == 2
    assert "--list" in far.err


def test_parameters(at: tuple[str, str]):
    name = "which-target-groups-do-the-forms-of-each-country-cover"
    assert wise("ask", name, *at).code == 0
    for given_, words in (("country=XX", "XX"), ("contry=BE", "country"), ("country", "name=value"), ("=", "")):
        said = wise("ask", name, "--param", given_, *at)
        assert (said.code, said.out) == (2, ""), given_
        assert words in said.err
    answer = wise("ask", name, "--param", "country=BE", "--format", "json", "-q", *at)
    assert (answer.code, answer.err) == (0, "")
    document = json.loads(answer.out)
    assert document["rows"]
    assert document["parameters"]["country"][0]["label"] == "Belgium"
    rows = list(csv.reader(io.StringIO(wise("ask", name, "--param", "country=BE", "--format", "csv", *at).out)))
    assert len(rows) == len(document["rows"]) + 1


@pytest.mark.parametrize(
    ("form", "begins"), [("csv", b"country,"), ("json", b"{"), ("xlsx", b"PK"), ("turtle", b"@prefix"), ("table", b"")]
)
def test_formats_of_an_answer(form: str, begins: bytes, at: tuple[str, str]):
    """Every format of the contract goes to stdout as it is, and nothing else with it."""
    name = "which-target-groups-do-the-forms-of-each-country-cover"
    command = [sys.executable, "-m", "wise_skills.cli", "ask", name, "--param", "country=BE", "--format", form, "-q", *at]
    said = subprocess.run(command, capture_output=True, check=True, timeout=120)
    assert said.stdout.startswith(begins)
    assert said.stderr == b""
    if form == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(said.stdout)).worksheets[0].max_row > 1
    if form == "turtle":
        assert list(ox.parse(said.stdout, ox.RdfFormat.TURTLE))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (b"SELECT * { ?s ?p", "line 1, column 10"),
        (b"", "SELECT"),
        (b"DELETE WHERE { ?s ?p ?o }", "read only"),
        (b"SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE is not allowed"),
        (b"SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "There is no graph"),
        (b"\xff\xfe\x00", "Unicode"),
        (b"SELECT * {" * 5000, ""),
        (b"SELECT (" + b"1+" * 50_000 + b"1 AS ?x) {}", ""),
    ],
    ids=["syntax", "empty", "update", "service", "from", "binary", "deep", "long"],
)
def test_refused_query(query: bytes, words: str, at: tuple[str, str]):
    said = wise("sparql", "-", *at, stdin=query)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("wise: ")
    assert words in said.err


def test_sparql(at: tuple[str, str], tmp_path: Path):
    path = tmp_path / "q.rq"
    path.write_text("SELECT ?x { VALUES ?x { '[/x]' '\\u001b[31m' } } ORDER BY ?x", encoding="utf-8")
    said = wise("sparql", path, *at)
    assert said.code == 0
    assert "[/x]" in said.out
    assert "\x1b" not in said.out
    assert said.err == "2 rows.\n"
    exact = wise("sparql", path, "--format", "csv", *at)
    assert "\x1b[31m" in exact.out, "what is written for machines is exactly what it is"
    assert wise("sparql", "-", *at, stdin=b"ASK { ?s ?p ?o }") == Said(0, "true\n", "")
    assert wise("sparql", "-", "-q", *at, stdin=b"SELECT * { <a:a> <b:b> <c:c> , ?x }").code == 1
    for args, words in {
        ("gone.rq", *at): "gone.rq",
        (tmp_path, *at): "directory",
        (path, "--release", tmp_path): "wise build",
        (path, "--release", FORMS): "release",
        (path, "--format", "turtle", *at): "turtle",
    }.items():
        said = wise("sparql", *args)
        assert (said.code, said.out) == (2, ""), args
        assert words.casefold() in said.err.casefold()


# --- build


def test_build_that_is_refused(tmp_path: Path, be: Path):
    """The findings name file, row and column on stderr; stdout stays empty; nothing is left behind."""
    broken(be)
    said = wise("build", "--data", tmp_path, "--out", tmp_path / "out", "--no-cache")
    assert (said.code, said.out) == (1, "")
    assert re.search(r"^be/forms\.csv:\d+:kind: Violation: ", said.err, re.MULTILINE)
    assert not (tmp_path / "out" / "current").exists()
    for args, words in {("--data", tmp_path / "none"): "--data", ("--base", "here"): "http", ("--out", FORMS): "forms.csv"}.items():
        said = wise("build", *args)
        assert (said.code, said.out) == (2, "")
        assert words in said.err


# --- as a process: terminals, pipes, interrupts


def on_a_terminal(args: list[str], cwd: Path, **env: str) -> bytes:
    """What a run writes to a terminal."""
    leader, follower = pty.openpty()
    try:
        running = process(*args, cwd=cwd, stdin=follower, stdout=follower, stderr=follower, env={"TERM": "xterm-256color", **env})
        os.close(follower)
        written = b""
        while True:
            ready, _, _ = select.select([leader], [], [], 60)
            try:
                part = os.read(leader, 65536) if ready else b""
            except OSError:  # the other side has ended
                part = b""
            if not part:
                break
            written += part
        assert running.wait(10) == 1
        return written
    finally:
        os.close(leader)


def test_colours_only_where_they_are_wanted(be: Path, tmp_path: Path):
    broken(be)
    coloured = re.compile(rb"\x1b\[(?:\d+;)*3\d(?:;\d+)*m")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        os.environ.pop(name, None)
    assert coloured.search(on_a_terminal(["check", "be"], tmp_path))
    plain = on_a_terminal(["check", "be"], tmp_path, NO_COLOR="1")
    assert b"leagl-form" in plain
    assert not coloured.search(plain)


def test_reader_that_goes_away(tmp_path: Path):
    """`wise … | head -1`: no complaint, no traceback."""
    running = process("ask", "--list", cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    running.stdout.close()
    err = running.stderr.read()
    running.stderr.close()
    running.wait(60)
    assert b"Traceback" not in err
    assert b"Exception" not in err


def test_interrupt(tmp_path: Path):
    """Ctrl-C ends a build in words; nothing half-made is left."""
    (tmp_path / "out").mkdir()
    running = process("build", "--out", "out", "--no-cache", "-q", cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(2.5)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err.strip()) == (2, b"", b"wise: stopped.")
    assert not (tmp_path / "out" / "current").exists()
    assert [p.name for p in (tmp_path / "out").rglob("*") if p.is_dir() and p.name not in ("releases", "cache")] == []
