"""Builds: the same bytes twice, cached, refused, interrupted."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wise_skills import build as building
from wise_skills.cli.build import make_plan
from wise_skills.errors import FileProblem, InputError, WrongKind
from wise_skills.names import BASE, resource
from wise_skills.release import open_release

SMALL = ("be", "eu")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small data folder: one country and what is shared, in few tables so that builds are quick."""
    root = tmp_path / "data"
    for folder in SMALL:
        (root / folder).mkdir(parents=True)
        for name in ("forms", "laws", "types", "skills", "sources"):
            source = resource("data") / folder / f"{name}.csv"
            if source.exists() and (name, folder) != ("sources", "eu"):
                shutil.copy(source, root / folder)
    return root


def add_source(data: Path, address: str) -> None:
    path = data / "be" / "sources.csv"
    text = path.read_text(encoding="utf-8")
    width = text.split("\n", 1)[0].count(",")
    path.write_text(f"{text}{address}{',' * width}\n", encoding="utf-8")


def make(data: Path, out: Path, *, cache: bool = True, base: str = BASE) -> building.Outcome:
    return building.build(make_plan(data, base), out, cache=cache)


def test_two_builds_give_the_same_bytes(data: Path, tmp_path: Path):
    one, two = make(data, tmp_path / "one"), make(data, tmp_path / "two")
    assert one.release.id == two.release.id
    for name in ("wise-skills.nq", "wise-skills.ttl"):
        assert (one.release.dump / name).read_bytes() == (two.release.dump / name).read_bytes()


def test_cache_changes_nothing_but_time(data: Path, tmp_path: Path):
    out = tmp_path / "out"
    first = make(data, out)
    assert first.reused == []
    second = make(data, out)
    assert len(second.reused) == len(make_plan(data, BASE).sources)
    assert second.release.id == first.release.id
    assert make(data, tmp_path / "bare", cache=False).release.id == first.release.id
    for entry in (p for p in (out / "cache").rglob("*") if p.is_file()):  # a damaged cache is made again
        entry.write_bytes(entry.read_bytes()[:-7])
    assert make(data, out).reused == []


def test_only_what_changed_is_read_again(data: Path, tmp_path: Path):
    out = tmp_path / "out"
    first = make(data, out)
    add_source(data, "https://a.example/new")
    second = make(data, out)
    assert second.release.id != first.release.id
    assert "be" not in second.reused
    assert "eu" in second.reused
    assert open_release(out / "current").id == second.release.id


def test_violations_refuse_and_the_previous_release_stays(data: Path, tmp_path: Path):
    out = tmp_path / "out"
    first = make(data, out)
    path = data / "be" / "forms.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",status,", ",statsu,", 1), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    with pytest.raises(building.Refused) as refused:
        make(data, out)
    finding = refused.value.findings[0]
    assert (finding.where.file, finding.where.column, finding.value) == ("be/forms.csv", "kind", "statsu")
    assert "“status”" in finding.message
    assert open_release(out / "current").id == first.release.id
    assert [p.name for p in (out / "releases").iterdir() if p.is_dir()] == [first.release.id]
    path.write_text(text, encoding="utf-8")
    assert make(data, out).release.id == first.release.id


def test_base(data: Path, tmp_path: Path):
    """Another base replaces ours everywhere; nothing of the default is left."""
    release = make(data, tmp_path / "out", base="https://example.org/skills/").release
    dump = (release.dump / "wise-skills.nq").read_bytes()
    assert b"<https://example.org/skills/id/be/form/maatwerkbedrijf>" in dump
    assert BASE.encode() not in dump


def test_release_says_what_it_is_made_of(data: Path, tmp_path: Path):
    release = make(data, tmp_path / "out").release
    files = {i["file"] for i in release.inputs}
    assert {"be/forms.csv", "eu/skills.csv", "ontology/wise.ttl"} <= files
    assert all(len(i["sha256"]) == 64 for i in release.inputs)
    assert sum(release.counts.values()) == len((release.dump / "wise-skills.nq").read_bytes().splitlines())
    assert release.tools["pyoxigraph"]


def test_a_build_killed_at_any_moment_leaves_a_working_release(data: Path, tmp_path: Path):
    """SIGKILL at random moments: `current` opens, and the next build succeeds."""
    out = tmp_path / "out"
    first = make(data, out)
    chance = random.Random(7)
    command = [sys.executable, "-m", "wise_skills.cli", "build", "--data", str(data), "--out", str(out), "--no-cache", "--quiet"]
    killed = 0
    for number in range(8):
        add_source(data, f"https://a.example/{number}")
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.2, 3.5))
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        release = open_release(out / "current")
        assert release.id == first.release.id or release.path.is_dir()
        assert sum(release.counts.values()) == len((release.dump / "wise-skills.nq").read_bytes().splitlines())
    assert killed >= 4  # builds of this size take seconds: most were running
    last = make(data, out)
    assert open_release(out / "current").id == last.release.id
    assert not [p for p in (out / "releases").iterdir() if p.name.startswith(".tmp")]


def test_files_beside_the_data(data: Path, tmp_path: Path):
    """Mappings and RDF files become graphs of their own; what is no such file is refused in a sentence."""
    rdf = tmp_path / "extra.ttl"
    rdf.write_text("@prefix ex: <https://a.example/> . ex:a ex:b [ ex:c ex:d ] .", encoding="utf-8")
    mapping = tmp_path / "mine.sssom.tsv"
    mapping.write_text(
        "#curie_map:\n#  ours: https://w3id.org/wise-skills/id/eu/skill/\n#  theirs: https://a.example/\n"
        "#mapping_set_id: https://a.example/set\n#license: https://creativecommons.org/licenses/by/4.0/\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
        "ours:job-coaching\tskos:closeMatch\ttheirs:x\tsemapv:ManualMappingCuration\n",
        encoding="utf-8",
    )
    plan = make_plan(data, BASE, [mapping], [rdf])
    counts = building.build(plan, tmp_path / "out").release.counts
    assert counts[BASE + "graph/added/extra"] == 2
    assert counts[BASE + "graph/added/mine"] > 5
    rdf.write_text("@prefix ex: <https://a.example/> . ex:a ex:b", encoding="utf-8")
    with pytest.raises(FileProblem, match=r"extra\.ttl: it cannot be read"):
        building.build(make_plan(data, BASE, [], [rdf]), tmp_path / "out")
    with pytest.raises(InputError, match="does not exist"):
        make_plan(data, BASE, [], [tmp_path / "none.ttl"])
    (tmp_path / "a.pdf").touch()
    with pytest.raises(WrongKind, match=r"\.pdf"):
        make_plan(data, BASE, [], [tmp_path / "a.pdf"])
