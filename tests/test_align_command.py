"""`wise align`: labels in any file that people have, SSSOM out; bad and hostile files get a sentence and exit code 2."""

from __future__ import annotations

import json
import time
import zipfile
from pathlib import Path

import jsonschema
import openpyxl
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.lines import MAX_LINES, Line, lines_of_text, read_lines
from loaders.sssom import mapping_quads, read_sssom
from tests.national import FIXTURES
from tests.research import shared
from tests.test_cli import Said, wise
from tests.test_mappings import sssom
from wise_skills.errors import InputError
from wise_skills.mappings import json_form, tsv
from wise_skills.mappings.aligning import reviewed_in
from wise_skills.mappings.marks import marked
from wise_skills.mappings.model import NO_TERM, Mapping, MappingSet
from wise_skills.mappings.prefixes import ESCO, SEMAPV
from wise_skills.names import SKOS, Names
from wise_skills.release import Release

KITE = ESCO + "skill/01f10952-cb59-4347-9aee-d4fbc51c870a"  # “fold the kite 122” of the invented ESCO
TABLE = "šifra;naziv zanimanja;opis posla\n1;žičar šećera;on žica čašu i đumbir\n2;konobar;on nosi pića i češnjak\n"

# --- lines of files


def lines(path: Path, content: str | bytes, **options) -> list[Line]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_lines(path, **options)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("fold the kite", "fold the kite"),
        ("• fold", "fold"),
        ("  - fold", "fold"),
        ("* 1. fold", "fold"),
        ("1) fold", "fold"),
        ("(a) fold", "fold"),
        ("2.1 fold", "fold"),
        ("2.1.3. fold", "fold"),
        ("iv) fold", "fold"),
        ("LO1: fold", "fold"),
        ("3D modelling", "3D modelling"),
        ("a kite is folded", "a kite is folded"),
        ("-5 degrees", "-5 degrees"),
        ("I. Nehmen", "Nehmen"),
        ("•Умение", "Умение"),
        ("use C++ and 3.5 mm plugs", "use C++ and 3.5 mm plugs"),
    ],
)
def test_bullets_and_numbers_are_taken_off(line: str, text: str):
    assert [found.text for found in lines_of_text(line)] == [text]


def test_modules_of_a_text():
    found = list(lines_of_text("one\n\n# First module\n- two\n\n## Second\nthree\n"))
    assert [(line.text, line.row, line.module) for line in found] == [("one", 1, ""), ("two", 4, "First module"), ("three", 7, "Second")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str):
    said: list[str] = []
    content = TABLE.replace(";", delimiter).encode(encoding)
    found = lines(tmp_path / "x.csv", content, column="naziv zanimanja", language="hr", note=said.append)
    assert [(line.text, line.row, line.cell, line.code) for line in found] == [("žičar šećera", 2, "B2", "1"), ("konobar", 3, "B3", "2")]
    assert bool(said) == (encoding == "cp1250")


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("id,label,description\n", "B2"),
        ("id,description,label\n", "C2"),
        ("code,ishod učenja,napomena\n", "B2"),
        ("κωδικός,δεξιότητα,x\n", "B2"),
        ("Code,Acquis d’apprentissage,Remarque\n", "B2"),
        ("URI,x,Умение\n", "C2"),
        ("language,Ocupație,x\n", "B2"),
        ("a,b,Kompetenz:\n", "C2"),
    ],
)
def test_usual_headers_tell_the_column(tmp_path: Path, header: str, cell: str):
    (line,) = lines(tmp_path / "x.csv", header + "one word,another word,third word\n")
    assert line.cell == cell


def test_only_column_of_texts_is_read(tmp_path: Path):
    (line,) = lines(tmp_path / "x.csv", "a,b,c\n7111.2,fold a kite,https://example.org/x\n")
    assert line.text == "fold a kite"


def test_what_stands_beside_the_text(tmp_path: Path):
    header = "ISCO code,Module,Skill,URI,Language\n"
    (line,) = lines(tmp_path / "x.csv", header + "2635,Kites,fold a kite,https://example.org/a,EN\n")
    assert line == Line("fold a kite", 2, "C2", "2635", "Kites", "https://example.org/a", "en")
    (line,) = lines(tmp_path / "x.csv", header + "2635,Kites,fold a kite,no address at all,EN\n")
    assert line.iri == ""


def test_tables_in_our_own_form(tmp_path: Path):
    """A folder's outcomes and skills: the text in the language asked for, and the address of a thing that has one."""
    folder = tmp_path / "hr"
    folder.mkdir()
    outcomes = "curriculum,no,text@en,text@hr,evidence\nkites,1,fold a kite,presaviti zmaja,stated\n"
    assert [(line.text, line.language) for line in lines(folder / "outcomes.csv", outcomes, language="hr")] == [("presaviti zmaja", "hr")]
    (line,) = lines(folder / "skills.csv", "id,name@en,definition@en\nfold,fold a kite,To fold it.\n")
    assert (line.text, line.iri) == ("fold a kite", "https://w3id.org/wise-skills/id/hr/skill/fold")


def test_one_column_needs_no_header(tmp_path: Path):
    assert [line.row for line in lines(tmp_path / "x.csv", "fold a kite\nweigh grain\n")] == [1, 2]
    assert [line.row for line in lines(tmp_path / "x.csv", "label\nfold a kite\n")] == [2]


def workbook(path: Path, *sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_workbooks(tmp_path: Path):
    """All sheets with a usual header are read, whatever the file is called; numbers and errors are no labels."""
    path = workbook(
        tmp_path / "x.csv",
        [["notes"], ["remark"]],
        [["No", "Skill"], [1, "fold a kite"], [], [2, "weigh  grain"]],
        [["skill"], ["sing"], [7], ["#REF!"]],
    )
    found = read_lines(path)
    assert [(line.text, line.cell) for line in found] == [
        ("fold a kite", "Sheet 2!B2"), ("weigh grain", "Sheet 2!B4"), ("sing", "Sheet 3!A2"), ("7", "Sheet 3!A3"),
    ]  # fmt: skip
    assert [line.text for line in read_lines(path, "notes")] == ["remark"]


def test_our_own_workbook(tmp_path: Path):
    """Learning outcomes of a workbook that `wise template` made and somebody filled in."""
    path = tmp_path / "hr.xlsx"
    assert wise("template", "--country", "hr", "--language", "hr", "-o", path).code == 0
    book = openpyxl.load_workbook(path)
    sheet = next(s for s in book.worksheets if any(str(c.value).startswith("text@") for row in s.iter_rows(max_row=3) for c in row))
    ids = {str(c.value): c.column for row in sheet.iter_rows(max_row=3) for c in row if c.value}
    first = next(n for n in range(1, 20) if not any(c.value for c in sheet[n]))
    sheet.cell(first, ids["text@hr"], "presaviti zmaja")
    book.save(path)
    assert [(line.text, line.row, line.language) for line in read_lines(path)] == [("presaviti zmaja", first, "hr")]


REFUSED = {
    "empty.csv": (b"", "nothing to match stands in it"),
    "blank.txt": (b"\n \n\t\n", "nothing to match stands in it"),
    "header.csv": (b"label,code\n", "nothing to match stands in it"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "neither a text nor a table"),
    "bytes.txt": (bytes(range(256)) * 20, "neither a text nor a table"),
    "paper.pdf": (b"%PDF-1.7\n", "neither a text nor a table"),
    "many.txt": (b"fold\n" * 100_000, "100,000 lines"),
    "long.txt": (b"x" * 6_000, "6,000 characters"),
    "large.txt": (b"x" * 10_000_001, "10 MB"),
    "wide.csv": (b",".join([b"a"] * 1_000_000) + b"\n", "more than 1,000 columns"),
    "unclear.csv": (b"a,b\nred kite,blue kite\n", "The columns are: “a”, “b”"),
    "codes.csv": (b"a,b\n1,2\n", "no column holds labels"),
    "old.xls": (b"\xd0\xcf\x11\xe0" + b"x" * 600, ".xlsx"),
    "torn.xlsx": (b"PK\x03\x04 no workbook", "workbook"),
    "cell.csv": (b"label\n" + b"x" * 2_000_000 + b"\n", "quotation mark"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_files_get_a_sentence(tmp_path: Path, name: str):
    content, message = REFUSED[name]
    with pytest.raises(InputError) as refused:
        lines(tmp_path / name, content)
    assert message in str(refused.value)
    assert name in str(refused.value)
    assert str(refused.value).endswith(".")


def test_bombs_are_refused(tmp_path: Path):
    """A workbook that inflates, and one whose XML declares entities."""
    good = workbook(tmp_path / "good.xlsx", [["label"], ["fold"]])
    for name, spoilt in (("big", b"<x>" + b" " * 250_000_000), ("entities", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')):
        path = tmp_path / f"{name}.xlsx"
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for part in source.namelist():
                target.writestr(part, spoilt if part == "xl/worksheets/sheet1.xml" else source.read(part))
        started = time.monotonic()
        with pytest.raises(InputError):
            read_lines(path)
        assert time.monotonic() - started < 20


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass"))),
    name=st.sampled_from(["x.csv", "x.txt"]),
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, name: str):
    path = tmp_path / name
    path.write_bytes(content)
    try:
        found = read_lines(path)
    except InputError as error:
        found = []
        message = str(error)
        assert message.endswith((".", "…"))
    assert all(line.text.strip() and line.row > 0 for line in found)


# --- the command


def align(release: Release, file: Path | str, *options: str | Path, stdin: bytes = b"") -> tuple[Said, MappingSet]:
    """Run `wise align` and read what it wrote, which must be sound SSSOM in any case."""
    said = wise("align", file, "--release", release.path, *options, stdin=stdin)
    read = tsv.read(said.out)
    assert read.problems == [] or not said.out
    return said, read.mappings


@pytest.fixture
def outcomes(tmp_path: Path) -> Path:
    path = tmp_path / "outcomes.txt"
    path.write_text("# Kites\n1. fold the kite 122\n2. polish an orchard\n3. fold the kite 122\n", encoding="utf-8")
    return path


def test_proposals(joined: Release, outcomes: Path):
    said, found = align(joined, outcomes, "--language", "en", "--kind", "skill", "--top", "3")
    assert said.code == 0
    assert said.err == "2 different lines: 2 with proposals, 0 without.\n"
    assert len(found.mappings) == 6
    assert [m.slots["subject_label"] for m in found.mappings] == ["fold the kite 122"] * 3 + ["polish an orchard"] * 3
    assert [m.slots["other"].split("|")[:2] for m in found.mappings[:2]] == [["rank=1", "row=2,4"], ["rank=2", "row=2,4"]]
    shares = [float(m.slots["confidence"]) for m in found.mappings[:3]]
    assert shares == sorted(shares, reverse=True)
    best = found.mappings[0]
    assert best.object == KITE
    assert best.slots["mapping_justification"] == SEMAPV + "LexicalMatching"
    assert best.slots["object_match_field"] == SKOS + "prefLabel"
    assert best.slots["comment"].endswith(".")
    for row in found.mappings:
        assert row.status == "proposed"
        assert row.subject == ""
        assert row.slots["object_source_version"] == "v1.1.1"
        assert row.slots["mapping_tool"] == "wise align"
        assert row.slots["mapping_tool_version"]
        assert row.slots["subject_source"].startswith("ni:///sha-256;")
        assert row.predicate in (SKOS + "closeMatch", SKOS + "broadMatch")
    assert {"mapping_set_id", "license", "mapping_set_title", "comment"} <= set(found.metadata)


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("oprati povrće i voće\nočistiti radionicu svake večeri\n", (), ["read as hr", "ESCO has no names in hr", "names in en"]),
        ("oprati povrće i voće\n", ("--language", "hr"), ["ESCO has no names in hr"]),
        ("clean the workshop every evening\nfold the kite and the paper\n", (), ["read as en"]),
        ("Q7 x\n", (), []),
    ],
    ids=["told", "said", "english", "not to be told"],
)
def test_the_language_of_the_lines_is_told(joined: Release, text: str, options: tuple[str, ...], said: list[str]):
    told, _ = align(joined, "-", "--kind", "skill", *options, stdin=text.encode())
    assert all(words in told.err for words in said)
    assert told.err.count("\n") == 1 + ("read as" in told.err) + ("no names" in told.err)
    assert len(said) or told.err.startswith("1 different line")
    assert align(joined, "-", "--kind", "skill", "--quiet", *options, stdin=text.encode())[0].err == ""


def test_same_input_same_bytes(joined: Release, outcomes: Path):
    assert align(joined, outcomes)[0].out == align(joined, outcomes)[0].out


def test_written_file_is_the_same(joined: Release, outcomes: Path, tmp_path: Path):
    printed, _ = align(joined, outcomes, "--quiet")
    said, _ = align(joined, outcomes, "-o", tmp_path / "out.sssom.tsv", "--quiet")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert (tmp_path / "out.sssom.tsv").read_text(encoding="utf-8") == printed.out
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.sssom.tsv", "outcomes.txt"]


def test_stdin(joined: Release):
    said, found = align(joined, "-", "--top", "1", "--quiet", stdin="• fold the kite 122\n".encode())
    assert said.code == 0
    assert [m.slots["subject_label"] for m in found.mappings] == ["fold the kite 122"]
    assert found.metadata["mapping_set_title"] == "Proposals for stdin"


def test_nothing_found(joined: Release, outcomes: Path):
    """Lines without proposals are said to have no term; ends with 1 if that is all."""
    said, found = align(joined, outcomes, "--minimum", "1", "--kind", "skill")
    rest = [m for m in found.mappings if m.object == NO_TERM]
    assert {m.slots["subject_label"] for m in rest} >= {"polish an orchard"}
    assert {m.slots["object_source"] for m in rest} == {ESCO + "concept-scheme/skills"}
    assert all(m.status == "no-match-found" for m in rest)
    assert said.code == (1 if len(rest) == len(found.mappings) else 0)
    said, found = align(joined, "-", "--minimum", "1", stdin="🙂 ☂\n".encode())
    assert said.code == 1
    assert [m.object for m in found.mappings] == [NO_TERM]


def test_workbook_and_code_pages(joined: Release, tmp_path: Path):
    path = workbook(tmp_path / "x.xlsx", [["Code", "Skill"], ["a", "fold the kite 122"]])
    _, found = align(joined, path, "--top", "1", "--quiet")
    assert [(m.slots["subject_label"], m.object) for m in found.mappings] == [("fold the kite 122", KITE)]
    (tmp_path / "x.csv").write_bytes(TABLE.encode("cp1250"))
    said, found = align(joined, tmp_path / "x.csv", "--language", "hr", "--top", "1", "--column", "naziv zanimanja")
    assert [m.slots["subject_label"] for m in found.mappings] == ["žičar šećera", "konobar"]
    assert "x.csv is not in Unicode and was read as cp1250" in said.err
    (tmp_path / "x.csv").write_bytes(TABLE.encode("utf-16"))
    _, found = align(joined, tmp_path / "x.csv", "--language", "hr", "--top", "1", "--column", "naziv zanimanja")
    assert [m.slots["subject_label"] for m in found.mappings] == ["žičar šećera", "konobar"]


def review(path: Path, *rows: Mapping) -> Path:
    path.write_text(
        tsv.write(MappingSet({"mapping_set_id": "https://example.org/s", "license": "https://example.org/l"}, rows)), encoding="utf-8"
    )
    return path


def verdict(text: str, target: str, relation: str = "close", iri: str = "", **slots: str) -> Mapping:
    own = {"subject_label": text, "subject_type": "skos concept" if iri else "rdfs literal", "reviewer_label": "R"}
    return marked(Mapping(iri, f"{SKOS}{relation}Match", target, own | {"mapping_justification": SEMAPV + "MappingReview"} | slots), {})


def test_verdicts_are_kept(joined: Release, outcomes: Path, tmp_path: Path):
    """What is accepted or unmatched stays alone; what is rejected stays and is not proposed again."""
    rejected = verdict("fold the kite 122", KITE, predicate_modifier="Not")
    _, found = align(joined, outcomes, "--reviewed", review(tmp_path / "r.sssom.tsv", rejected))
    of_kite = [m for m in found.mappings if m.slots["subject_label"] == "fold the kite 122"]
    assert [m.status for m in of_kite if m.object == KITE] == ["rejected"]
    assert len(of_kite) > 1
    accepted = verdict("fold the kite 122", ESCO + "skill/other", "exact", comment="As said.")
    said, found = align(joined, outcomes, "--reviewed", review(tmp_path / "r.sssom.tsv", accepted, verdict("sing", NO_TERM)))
    of_kite = [m for m in found.mappings if m.slots["subject_label"] == "fold the kite 122"]
    assert [(m.object, m.status, m.slots["comment"]) for m in of_kite] == [(ESCO + "skill/other", "accepted", "As said.")]
    assert of_kite[0].slots.get("mapping_tool") is None
    assert "1 with proposals, 1 as reviewed" in said.err
    assert "sing" not in said.out


def test_verdicts_on_things_with_an_address(joined: Release, tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_text("uri,label\nhttps://example.org/kite,fold the kite 122\n", encoding="utf-8")
    _, found = align(joined, path)
    assert found.mappings[0].subject == "https://example.org/kite"
    assert found.mappings[0].object == KITE
    rejected = verdict("fold the kite 122", KITE, iri="https://example.org/kite", predicate_modifier="Not")
    _, found = align(joined, path, "--reviewed", review(tmp_path / "r.sssom.tsv", rejected))
    assert [m.status for m in found.mappings if m.object == KITE] == ["rejected"]


def test_mappings_of_a_release_count_as_reviewed(tmp_path: Path):
    """What was committed to `data/` and reviewed is kept, and what nobody reviewed is not."""
    path = FIXTURES / "sssom" / "reviewed.sssom.tsv"
    store = ox.Store(str(tmp_path / "graph"))
    quads = mapping_quads(read_sssom(path, "eu/reviewed.sssom.tsv"), "eu", Names())
    store.bulk_extend(quads)
    store.flush()
    del store
    known = Release(tmp_path, "x", "x", "2026")
    subjects = {q.object.value for q in quads if q.predicate.value.endswith("annotatedSource")}
    rows = reviewed_in(known, subjects)
    wanted = [row for row in tsv.read(path.read_text(encoding="utf-8")).mappings.mappings if row.is_reviewed]
    assert sorted((r.subject, r.predicate, r.object, r.status) for r in rows) == sorted(
        (r.subject, r.predicate, r.object, r.status) for r in wanted
    )
    assert {r.status for r in rows} >= {"accepted", "rejected"}
    assert reviewed_in(known, ["no address", "https://example.org/none"]) == ()


def test_sssom_validates_what_is_written(joined: Release, outcomes: Path, tmp_path: Path):
    path = tmp_path / "out.sssom.tsv"
    outcomes.write_text(outcomes.read_text() + "🙂\nsay “a|b”\n", encoding="utf-8")
    accepted = verdict("polish an orchard", KITE, "exact")
    align(joined, outcomes, "-o", path, "--reviewed", review(tmp_path / "r.sssom.tsv", accepted))
    found = sssom("validate", path, "-V", "JsonSchema", "-V", "PrefixMapCompleteness", "-V", "StrictCurieFormat")
    assert found.returncode == 0, found.stderr


def test_json_schema_of_what_is_written(joined: Release, outcomes: Path):
    schema = json.loads(shared("standards/files/sssom/sssom_schema.schema.json").read_text(encoding="utf-8"))
    outcomes.write_text(outcomes.read_text() + "🙂\n", encoding="utf-8")
    whole = json.loads(json_form.write(align(joined, outcomes)[1]))
    record = {slot: value for slot, value in whole.items() if not slot.startswith("@")}
    jsonschema.Draft201909Validator({"$ref": "#/$defs/MappingSet", "$defs": schema["$defs"]}).validate(record)


def test_what_cannot_be_done(joined: Release, outcomes: Path, tmp_path: Path):
    """A sentence and exit code 2; nothing half-written, and what is read is never written over."""
    before = outcomes.read_bytes()
    link = tmp_path / "link.txt"
    link.symlink_to(outcomes)
    bad = review(tmp_path / "r.sssom.tsv")
    (tmp_path / "no.sssom.tsv").write_text("hello\n", encoding="utf-8")
    for options, message in (
        (("-o", outcomes), "is what is read"),
        (("-o", link), "is what is read"),
        (("-o", bad, "--reviewed", bad), "is what is read"),
        (("-o", tmp_path), "is a folder"),
        (("-o", tmp_path / "none" / "x.tsv"), "is no folder"),
        (("--language", "zz"), "no language that is known"),
        (("--column", "x"), "there is no column “x”"),
        (("--reviewed", tmp_path / "none.tsv"), "does not exist"),
        (("--reviewed", tmp_path / "no.sssom.tsv"), "no.sssom.tsv"),
        (("--model", tmp_path / "none"), "is no folder"),
        (("--top", "0"), "0"),
        (("--minimum", "2"), "2"),
    ):
        said, _ = align(joined, outcomes, *options)
        assert (said.code, said.out) == (2, ""), options
        assert message in said.err, options
    for name in ("empty.csv", "picture.csv", "many.txt"):
        (tmp_path / name).write_bytes(REFUSED[name][0])
        said, _ = align(joined, tmp_path / name, "-o", tmp_path / "out.tsv")
        assert said.code == 2
        assert REFUSED[name][1] in said.err
    assert wise("align", tmp_path / "none.txt", "--release", joined.path).code == 2
    assert wise("align", tmp_path, "--release", joined.path).code == 2
    assert wise("align", outcomes, "--release", tmp_path / "none").code == 2
    assert outcomes.read_bytes() == before
    assert not (tmp_path / "out.tsv").exists()


def test_limit_of_lines():
    assert 1_000 < MAX_LINES < 100_000
