"""The reference layer: what others publish is read once, kept apart, and linked under every release."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox
import pytest

from tests.test_build import add_source
from wise_skills import build as building
from wise_skills import store
from wise_skills.cli.build import make_plan
from wise_skills.findings import INFO, VIOLATION, Cell, Finding
from wise_skills.labels import Labels
from wise_skills.names import BASE, PREF_LABEL, resource
from wise_skills.source import Written, file_fingerprint

GRAPH = BASE + "graph/codes"
CODE = "http://codes.example/{}"


@dataclass
class Codes:
    """A reference source: a text file with a code and a name a line."""

    path: Path
    name: str = "codes"
    severity: str = INFO
    reads: list[str] = field(default_factory=list)

    @property
    def files(self) -> Sequence[Path]:
        return [self.path]

    def fingerprint(self) -> str:
        return file_fingerprint([self.path])

    def write(self, out: BinaryIO, progress: Callable[[str], None] = lambda _: None) -> Written:
        self.reads.append(self.name)
        found = []
        for number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
            code, _, label = line.partition(" ")
            out.write(f'<{CODE.format(code)}> <{PREF_LABEL}> "{label}"@en <{BASE}graph/{self.name}> .\n'.encode())
            if label.isupper():
                found.append(Finding(self.severity, "Shouting", f"“{label}” shouts.", Cell(self.path.name, "codes", number)))
        progress(self.name)
        return Written(tuple(found), {"title": "Codes", "version": "1", "counts": {"codes": 3}})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder of one table."""
    (tmp_path / "data" / "be").mkdir(parents=True)
    shutil.copy(resource("data") / "be" / "sources.csv", tmp_path / "data" / "be")
    return tmp_path / "data"


@pytest.fixture
def codes(tmp_path: Path) -> Codes:
    path = tmp_path / "codes.txt"
    path.write_text("1 baker\n2 ZYMURGIST\n3 job coach\n", encoding="utf-8")
    return Codes(path)


def make(data: Path, out: Path, *references: Codes, cache: bool = True) -> building.Outcome:
    return building.build(replace(make_plan(data, BASE), references=references, reference_fingerprint="test"), out, cache=cache)


def test_release_holds_both_layers(data: Path, tmp_path: Path, codes: Codes):
    release = make(data, tmp_path / "out", codes).release
    assert release.counts[GRAPH] == 3
    assert release.counts == store.counts(release.graph)
    assert Labels(release.labels).search("zymurgist")[0].iri == CODE.format(2)
    assert Labels(release.labels).search("accepted mapping")
    assert release.info["properties"][PREF_LABEL] > 3


def test_reference_is_published_apart_from_our_data(data: Path, tmp_path: Path, codes: Codes):
    release = make(data, tmp_path / "out", codes).release
    (described,) = release.info["references"]
    text = gzip.decompress((release.dump / described["file"]).read_bytes())
    assert hashlib.sha256(text).hexdigest() == described["sha256"]
    assert len(list(ox.parse(io.BytesIO(text), ox.RdfFormat.N_QUADS))) == 3
    assert b"codes.example" not in (release.dump / "wise-skills.nq").read_bytes()
    assert (described["title"], described["counts"]) == ("Codes", {"codes": 3})
    assert [(f["severity"], f["component"], f["count"]) for f in described["findings"]] == [("Info", "Shouting", 1)]
    assert "codes.txt,2," in (release.report / "codes.csv").read_text(encoding="utf-8")
    assert {"source": "codes", "file": f"{codes.path.parent.name}/codes.txt"}.items() <= release.inputs[0].items()


def test_own_change_leaves_the_layer_alone(data: Path, tmp_path: Path, codes: Codes):
    out = tmp_path / "out"
    first = make(data, out, codes)
    add_source(data, "https://a.example/new")
    second = make(data, out, codes)
    assert codes.reads == ["codes"]
    assert "codes" in second.reused
    assert first.release.id != second.release.id
    assert second.release.counts[GRAPH] == 3
    assert (first.release.dump / "codes.nq.gz").samefile(second.release.dump / "codes.nq.gz")
    assert Labels(second.release.labels).search("zymurgist")


def test_changed_reference_gives_another_release(data: Path, tmp_path: Path, codes: Codes):
    out = tmp_path / "out"
    first = make(data, out, codes).release
    codes.path.write_text("1 baker\n", encoding="utf-8")
    second = make(data, out, codes).release
    assert first.id != second.id
    assert second.counts[GRAPH] == 1
    assert not Labels(second.labels).search("zymurgist")


def test_layer_without_change_is_the_same_release(data: Path, tmp_path: Path, codes: Codes):
    out = tmp_path / "out"
    first, second = make(data, out, codes), make(data, out, codes)
    assert first.release.path == second.release.path
    assert make(data, tmp_path / "elsewhere", codes, cache=False).release.id == first.release.id


def test_two_references_in_any_number_of_graphs(data: Path, tmp_path: Path, codes: Codes):
    other = replace(codes, name="lists/more")
    release = make(data, tmp_path / "out", codes, other).release
    assert release.counts[BASE + "graph/lists/more"] == 3
    assert (release.dump / "lists-more.nq.gz").is_file()


def test_damage_refuses_and_leaves_nothing(data: Path, tmp_path: Path, codes: Codes):
    out = tmp_path / "out"
    kept = make(data, out, codes).release
    with pytest.raises(building.Refused) as refused:
        make(data, out, replace(codes, name="bad", severity=VIOLATION))
    assert [f.where.row for f in refused.value.findings] == [2]
    assert (out / "current").resolve() == kept.path
    assert len(list((out / "cache" / "reference").iterdir())) == 1


def test_killed_reading_is_begun_again(data: Path, tmp_path: Path, codes: Codes):
    out = tmp_path / "out"

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    plan = replace(make_plan(data, BASE), references=[codes], reference_fingerprint="test")
    with pytest.raises(KeyboardInterrupt):
        building.build(plan, out, progress=interrupt)
    assert list((out / "cache" / "reference").iterdir()) == []
    assert make(data, out, codes).release.counts[GRAPH] == 3


def test_no_cache_leaves_nothing_behind(data: Path, tmp_path: Path, codes: Codes):
    out = tmp_path / "out"
    release = make(data, out, codes, cache=False).release
    assert {p.name for p in out.iterdir()} == {"current", "releases"}
    assert store.counts(release.graph)[GRAPH] == 3


def test_what_is_examined_is_kept_with_the_findings(data: Path, tmp_path: Path, codes: Codes):
    seen: list[bytes] = []

    def examine(source: object, path: Path, esco: Path | None) -> list[Finding]:
        seen.append(path.read_bytes())
        return [Finding(INFO, "Seen", "It was seen.", Cell("codes.txt", "codes", 1))]

    plan = replace(make_plan(data, BASE), references=[codes], examine=examine, reference_fingerprint="test")
    for _ in range(2):
        release = building.build(plan, tmp_path / "out").release
    assert len(seen) == 1
    assert {f["component"] for f in release.info["references"][0]["findings"]} == {"Shouting", "Seen"}


def test_our_data_are_checked_against_the_whole(data: Path, tmp_path: Path, codes: Codes):
    def against(whole: ox.Store) -> list[Finding]:
        held = any(whole.quads_for_pattern(ox.NamedNode(CODE.format(1)), None, None, None))
        return [Finding(INFO, "Held", str(held), Cell("be/x.sssom.tsv", "x", 2))]

    plan = replace(make_plan(data, BASE), references=[codes], against=against, reference_fingerprint="test")
    for _ in range(2):
        assert [f.message for f in building.build(plan, tmp_path / "out").findings if f.component == "Held"] == ["True"]
