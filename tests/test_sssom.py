"""Mappings: the real files are sound SSSOM and sound SKOS; bad files are told what is wrong with them."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad

from loaders.sssom import MappingFile, mapping_quads, read_sssom
from loaders.sssom_file import REQUIRED, SLOTS
from tests.national import FIXTURES, mapping_files, mappings, split_mapping_file
from tests.research import shared
from wise_skills.names import OWL, RDF_TYPE, SKOS, SSSOM, Names, resource
from wise_skills.release import Release
from wise_skills.source import nquads

NAMES = Names()
FILES = mapping_files()
CASES = sorted((FIXTURES / "sssom").glob("*.sssom.tsv"))
REGENERATE = bool(os.environ.get("WISE_REGENERATE"))
# The order of the slots in SSSOM's model, as far as our files use them: columns and rows are sorted by it.
ORDER = (
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label", "mapping_justification",
    "author_label", "reviewer_label", "mapping_date", "confidence", "comment",
)  # fmt: skip
NO_TERM = SSSOM + "NoTermFound"
KNOWN = {NAMES.base + "id/eu/skill/" + key: None for key in ("accompany-learning", "act-ethically")}
every_file = pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")


def read(path: Path, known: dict | None = None) -> tuple[MappingFile, list[Quad]]:
    file = read_sssom(path, f"{path.parent.name}/{path.name}")
    return file, mapping_quads(file, "eu", NAMES, known)


# --- the real files


def test_there_are_mappings():
    assert len(FILES) >= 17
    assert len(mappings()) >= 850
    assert {p.parent.name for p in FILES} == {p.name for p in resource("data").iterdir() if p.is_dir()}


@every_file
def test_file_is_read_without_findings(path: Path):
    file, quads = read(path)
    assert file.findings == []
    assert sum(q.predicate.value == SSSOM + "mappings" for q in quads) == len(file.rows) == len(split_mapping_file(path)[1])


@every_file
def test_form_of_the_file(path: Path):
    """UTF-8 without byte order mark, LF, metadata first, one indent, no free comments, columns and rows in order."""
    content = path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    lines = content.decode("utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    assert lines[: len(head)] == head
    metadata, rows = split_mapping_file(path)
    columns = list(rows[0])
    assert columns == [c for c in ORDER if c in columns]
    assert rows == sorted(rows, key=lambda r: [r[c] for c in ("subject_id", "predicate_id", "object_id")]) or rows == sorted(
        rows, key=lambda r: [r[c] for c in columns]
    )
    assert list(metadata["curie_map"]) == sorted(metadata["curie_map"])
    assert set(columns) <= SLOTS
    for column in columns:
        assert any(r[column] for r in rows), f"{column} is empty: leave it out"


@every_file
def test_required_slots(path: Path):
    metadata, rows = split_mapping_file(path)
    for slot in ("mapping_set_id", "license"):
        assert metadata[slot].startswith("https://")
    assert metadata["mapping_set_id"].startswith(NAMES.base)
    for row in rows:
        assert all(row[slot] for slot in (*REQUIRED, "author_label", "confidence"))
    if "esco" in path.name:
        assert metadata["object_source_version"] == "v1.1.1"
        assert metadata["object_source"].startswith("escoscheme:")


@every_file
def test_names_are_declared_and_used(path: Path):
    metadata, rows = split_mapping_file(path)
    built_in = {"sssom", "skos", "semapv"}
    ids = [r[c] for r in rows for c in REQUIRED] + [metadata.get("object_source", "")]
    used = {i.partition(":")[0] for i in ids if i}
    assert used - built_in == set(metadata["curie_map"])
    assert not built_in & set(metadata["curie_map"])
    assert not [i for i in ids if i.startswith("http")]


@every_file
def test_json_schema(path: Path):
    """The JSON form of the file is valid against the schema of SSSOM."""
    schema = json.loads(shared("standards/files/sssom/sssom_schema.schema.json").read_text(encoding="utf-8"))
    metadata, rows = split_mapping_file(path)
    records = []
    for row in rows:
        record = {k: v for k, v in row.items() if v}
        record["confidence"] = float(record["confidence"])
        for slot in ("author_label", "reviewer_label"):
            if slot in record:
                record[slot] = record[slot].split("|")
        records.append(record)
    whole = {"$ref": "#/$defs/MappingSet", "$defs": schema["$defs"]}
    jsonschema.Draft201909Validator(whole).validate({**metadata, "mappings": records})


def test_mappings_hold_together_as_skos():
    """No exact match beside a broader, narrower or related one; one exact match per list; different lists on both sides."""
    pairs = defaultdict(set)
    exact = defaultdict(set)
    for mapping in mappings():
        kind = mapping.predicate.removeprefix(SKOS)
        if mapping.object == NO_TERM or mapping.cells.get("predicate_modifier"):
            continue
        pairs[mapping.subject, mapping.object].add(kind)
        if kind == "exactMatch":
            exact[mapping.subject, mapping.object.rsplit("/", 1)[0]].add(mapping.object)
        assert mapping.subject.rsplit("/", 1)[0] != mapping.object.rsplit("/", 1)[0]
    assert {p: k for p, k in pairs.items() if len(k) > 1} == {}
    assert {s: o for s, o in exact.items() if len(o) > 1} == {}
    turned = {(o, s): k for (s, o), k in pairs.items()}
    inverse = {"broadMatch": "narrowMatch", "narrowMatch": "broadMatch"}
    for pair, kinds in pairs.items():
        if pair in turned:
            assert turned[pair] == {inverse.get(k, k) for k in kinds}, pair


def test_unmatched_subjects_have_no_match():
    """“No term found” stands alone: its subject has no other row to the same kind of thing."""
    without = {(m.file, m.subject) for m in mappings() if m.object == NO_TERM}
    assert len(without) >= 8
    assert [m for m in mappings() if (m.file, m.subject) in without and m.object != NO_TERM] == []


def test_no_mapping_is_accepted_without_a_reviewer(release: Release):
    """And none of ours is reviewed yet: no plain match is published."""
    assert not [m for m in mappings() if m.cells.get("reviewer_label")]
    dump = (release.dump / "wise-skills.nq").read_text(encoding="utf-8").splitlines()
    things = re.compile(rf"<{NAMES.base}id/\w+/(skill|profile|persona|competence)/\S+ <{SKOS}\w+Match> ")
    assert not [line for line in dump if things.match(line)]
    statuses = [line.split(" ")[2].rsplit("/", 1)[-1] for line in dump if "ns#mappingStatus>" in line and "/id/" in line]
    assert len(statuses) == len(mappings())
    assert set(statuses) == {"proposed>", "no-match-found>"}
    assert statuses.count("no-match-found>") == sum(m.object == NO_TERM for m in mappings())


# --- small files, good and bad


def test_there_are_cases():
    assert len(CASES) >= 20


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.name.removesuffix(".sssom.tsv"))
def test_golden(path: Path):
    """Findings and quads are as committed; WISE_REGENERATE=1 writes them anew (then read the diff)."""
    file, quads = read(path, KNOWN)
    expected = path.with_name(path.name.replace(".sssom.tsv", ".expected.txt"))
    text = "".join(f"{f.as_line()}\n" for f in file.findings) + "\n" + b"".join(sorted(nquads(quads).splitlines(keepends=True))).decode()
    if REGENERATE:
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8"), "regenerate with WISE_REGENERATE=1 pytest tests/test_sssom.py and read the diff"


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.name.removesuffix(".sssom.tsv"))
def test_bad_files_are_refused(path: Path):
    file, _ = read(path, KNOWN)
    assert bool(file.findings) == (path.name not in ("flawless.sssom.tsv", "reviewed.sssom.tsv"))


def test_status():
    """A reviewer accepts, or rejects with Not; whatever nobody reviewed is a proposal; what is not there is not there."""
    _, quads = read(FIXTURES / "sssom" / "reviewed.sssom.tsv", KNOWN)
    status, ends = {}, defaultdict(dict)
    for quad in quads:
        if quad.predicate.value == NAMES.wise + "mappingStatus":
            status[quad.subject] = quad.object.value.rsplit("/", 1)[-1]
        elif quad.predicate.value.startswith(OWL + "annotated"):
            ends[quad.subject][quad.predicate.value.removeprefix(OWL + "annotated")] = quad.object
    found = sorted((status[n], e["Property"].value.removeprefix(SKOS)) for n, e in ends.items())
    assert found == [
        ("accepted", "closeMatch"),
        ("no-match-found", "exactMatch"),
        ("no-match-found", "exactMatch"),
        ("proposed", "broadMatch"),
        ("proposed", "relatedMatch"),
        ("rejected", "exactMatch"),
    ]
    plain = {(q.subject, q.predicate, q.object) for q in quads if q.predicate.value.endswith("Match")}
    assert plain == {(e["Source"], e["Property"], e["Target"]) for n, e in ends.items() if status[n] == "accepted"}
    suggested = {q.subject for q in quads if q.predicate.value == NAMES.wise + "evidence"}
    assert suggested == {n for n in ends if status[n] == "proposed"}
    reviewers = [q.object.value for q in quads if q.predicate.value == SSSOM + "reviewer_label"]
    assert sorted(reviewers)[-1] == "C. Reviewer"  # several values of a cell are several statements
    assert all(q.graph_name == NamedNode(NAMES.graph("eu", "reviewed")) for q in quads)
    assert sum(q.predicate.value == RDF_TYPE and q.object.value == OWL + "Axiom" for q in quads) == 6


# --- any text at all

HEAD = (FIXTURES / "sssom" / "flawless.sssom.tsv").read_text(encoding="utf-8").partition("subject_id")[0]
ANY = st.text(st.characters(codec="utf-8"), max_size=30)
SOME = ["wskill:act-ethically", "skos:exactMatch", "escoskill:1", "sssom:NoTermFound", "Not", "0.5", "", '"', "http://a b"]
CELL = st.one_of(st.sampled_from(SOME), ANY)
NAME = st.one_of(st.sampled_from(sorted(SLOTS)), ANY)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def attempt(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    file, quads = read(path, KNOWN)
    nquads(quads)
    assert all(f.message.endswith((".", "…", "?")) and f.where.file for f in file.findings)
    assert file.findings or {"mapping_set_id", "license", "curie_map"} <= set(file.metadata)


@FEW
@given(content=st.one_of(st.binary(max_size=300), st.text(st.characters(codec="utf-8"), max_size=300).map(str.encode)))
def test_any_bytes_can_be_read(tmp_path: Path, content: bytes):
    attempt(tmp_path / "x.sssom.tsv", content)


@FEW
@given(metadata=st.text(st.sampled_from("#\n :-[]{}&*!|>'\"%@abcurie_map1.,2026"), max_size=80), table=st.booleans())
def test_any_metadata_can_be_read(tmp_path: Path, metadata: str, table: bool):
    text = "".join(f"#{line}\n" for line in metadata.split("\n")) + ("\t".join(REQUIRED) + "\n" if table else "")
    attempt(tmp_path / "x.sssom.tsv", text.encode())


@FEW
@given(columns=st.lists(NAME, min_size=1, max_size=6), rows=st.lists(st.lists(CELL, min_size=4, max_size=8), max_size=4), data=st.data())
def test_any_table_can_be_read(tmp_path: Path, columns: list[str], rows: list[list[str]], data: st.DataObject):
    columns = data.draw(st.permutations([*REQUIRED, *columns]))
    text = HEAD + "\t".join(columns) + "\n" + "".join("\t".join(r) + "\n" for r in rows)
    attempt(tmp_path / "x.sssom.tsv", text.encode())


@pytest.mark.parametrize(
    "content",
    [
        "#" + "[" * 20000,
        "#a: &a [x]\n" + "".join(f"#b{i}: &b{i} [*a, *a, *a, *a]\n" for i in range(20)),
        "#x: !!python/object/apply:os.system ['true']\n",
        "#x: 2026-99-99\n",
        HEAD + "\t".join(REQUIRED) + "\n" + "x" * 2_000_000,
        HEAD + "\t".join(REQUIRED) + "\n" + '"' + "x\n" * 100_000,
    ],
    ids=["deep", "bomb", "python", "date", "huge-cell", "open-quote"],
)
def test_hostile_files(tmp_path: Path, content: str):
    attempt(tmp_path / "x.sssom.tsv", content.encode())
