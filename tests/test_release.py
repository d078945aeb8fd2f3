"""Releases: whatever happens to a build, `current` points to a complete one."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from wise_skills import store
from wise_skills.errors import BuildRunning, FileProblem, NoCurrentRelease, NotARelease
from wise_skills.release import open_release, write_info, write_release


def make(out: Path, name: str, *, keep: int = 3) -> None:
    with write_release(out, name, keep=keep) as folder:
        (folder / "dump").mkdir()
        (folder / "dump" / "data.nq").write_text(name)
        write_info(
            folder, id=name, created="2026-11-22T10:00:00+00:00", counts={"http://g/1": 3}, inputs=[{"path": "a.csv", "sha256": "0"}]
        )


def names(out: Path) -> list[str]:
    return sorted(path.name for path in (out / "releases").iterdir() if not path.name.startswith("."))


def leftovers(out: Path) -> list[str]:
    return [
        path.name for folder in (out, out / "releases") for path in folder.iterdir() if path.name.startswith((".tmp", ".old", ".current"))
    ]


def test_a_release_says_what_it_is(tmp_path: Path) -> None:
    make(tmp_path, "one")
    release = open_release(tmp_path)
    assert (release.id, release.version, release.counts) == ("one", "one", {"http://g/1": 3})
    assert release.inputs[0]["sha256"] == "0"
    assert release.path == (tmp_path / "releases" / "one").resolve()
    assert release.graph == release.path / "graph"
    assert release.labels == release.path / "labels" / "labels.sqlite"
    assert (release.dump / "data.nq").read_text() == "one"
    assert open_release(tmp_path / "current") == open_release(release.path) == release
    assert (tmp_path / "current").readlink() == Path("releases/one"), "relative, so that the folder can be moved"


def test_who_holds_a_release_keeps_it(tmp_path: Path) -> None:
    make(tmp_path, "one")
    release = open_release(tmp_path / "current")
    make(tmp_path, "two")
    assert (release.dump / "data.nq").read_text() == "one"
    assert open_release(tmp_path / "current").id == "two"


def test_the_last_three_stay(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d", "e"):
        make(tmp_path, name)
        time.sleep(0.01)
    assert names(tmp_path) == ["c", "d", "e"]
    make(tmp_path, "f", keep=1)
    assert names(tmp_path) == ["f"]
    assert leftovers(tmp_path) == []


def test_a_name_that_exists_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    make(tmp_path, "one")
    first = open_release(tmp_path)
    make(tmp_path, "one")
    assert names(tmp_path) == ["one", "one.2"]
    assert open_release(tmp_path).path.name == "one.2"
    assert first.path.exists()


def test_a_build_that_fails_leaves_the_previous_one(tmp_path: Path) -> None:
    make(tmp_path, "one")
    with pytest.raises(FileNotFoundError), write_release(tmp_path, "two") as folder:
        (folder / "no folder" / "half").write_text("half")
    with pytest.raises(NotARelease, match=r"without release\.json"), write_release(tmp_path, "three"):
        pass
    assert open_release(tmp_path).id == "one"
    assert names(tmp_path) == ["one"]
    assert leftovers(tmp_path) == []


def test_two_builds_at_once(tmp_path: Path) -> None:
    make(tmp_path, "one")
    with write_release(tmp_path, "two") as folder:
        with pytest.raises(BuildRunning, match="Another build"):
            make(tmp_path, "three")
        start = time.monotonic()
        with pytest.raises(BuildRunning), write_release(tmp_path, "three", wait=0.3):
            pass
        assert time.monotonic() - start >= 0.3
        write_info(folder, id="two", created="", counts={})
    assert open_release(tmp_path).id == "two"


BUILDER = """
import sys, pathlib
from wise_skills.release import write_info, write_release
out, number = pathlib.Path(sys.argv[1]), 0
print("started", flush=True)
while True:
    number += 1
    with write_release(out, f"{sys.argv[2]}-{number}", wait=10) as folder:
        for part in range(20):
            (folder / f"part-{part}").write_text(folder.name * 1000)
        write_info(folder, id=folder.name, created="", counts={}, parts=20)
    print(number, flush=True)
"""


def test_builds_killed_at_random_moments(tmp_path: Path) -> None:
    """After each kill, the current release is whole, and the next build removes what was left."""
    make(tmp_path, "first")
    chance = random.Random(7)
    for number in range(20):
        command = [sys.executable, "-c", BUILDER, str(tmp_path), f"r{number}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as builder:
            assert builder.stdout is not None
            for _ in range(1 + number % 2):  # every other one has finished a release
                builder.stdout.readline()
            time.sleep(chance.random() * 0.2)
            builder.send_signal(signal.SIGKILL)
        release = open_release(tmp_path / "current")
        for part in range(release.info.get("parts", 0)):
            assert (release.path / f"part-{part}").stat().st_size == len(f".tmp-{release.path.name}") * 1000
        assert len(names(tmp_path)) <= 4, "three, and one that was not removed yet"
    make(tmp_path, "last")
    assert open_release(tmp_path).id == "last"
    assert len(names(tmp_path)) == 3
    assert leftovers(tmp_path) == []


def test_what_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(NoCurrentRelease, match="Run wise build first"):
        open_release(tmp_path / "current")
    (tmp_path / "releases").mkdir()
    with pytest.raises(NoCurrentRelease):
        open_release(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(NotARelease, match=r"has no release\.json"):
        open_release(other)
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(NotARelease):
        open_release(file)
    (tmp_path / "current").symlink_to("releases/gone")
    with pytest.raises(NotARelease, match="releases/gone, which is gone"):
        open_release(tmp_path / "current")
    with pytest.raises(NotARelease, match="which is gone"):
        open_release(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": "x"}', '"text"', "null"])
def test_a_release_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "release.json").write_text(text)
    with pytest.raises(NotARelease, match="cannot be read"):
        open_release(tmp_path)


# --- store and dump -------------------------------------------------------------------


def quads(count: int = 1000) -> Iterator[ox.Quad]:
    for number in range(count):
        graph = ox.NamedNode(f"http://g/{number % 3}")
        yield ox.Quad(ox.NamedNode(f"http://s/{number}"), ox.NamedNode("http://p"), ox.Literal(f"é\n{number}", language="fr"), graph)


def test_a_dump_is_sorted_single_and_the_same_for_any_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = list(quads())
    first = store.write_nquads(tmp_path / "a.nq", given)
    random.Random(1).shuffle(given)
    assert store.write_nquads(tmp_path / "b.nq", [*given, *given[:100]]) == first
    monkeypatch.setattr(store, "CHUNK_LINES", 100)
    assert store.write_nquads(tmp_path / "c.nq", [*given, *given[:100]]) == first
    lines = (tmp_path / "a.nq").read_bytes().splitlines(keepends=True)
    assert lines == sorted(set(lines))
    assert len(lines) == 1000
    assert hashlib.sha256(b"".join(lines)).hexdigest() == first
    assert set(store.read_nquads(tmp_path / "c.nq")) == set(given)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.nq", "b.nq", "c.nq"]


def test_an_empty_dump(tmp_path: Path) -> None:
    assert store.write_nquads(tmp_path / "a.nq", []) == hashlib.sha256(b"").hexdigest()


def test_a_store_can_be_loaded_from_quads_and_from_a_dump(tmp_path: Path) -> None:
    store.bulk_load(tmp_path / "one", quads())
    store.write_nquads(tmp_path / "dump.nq", quads())
    store.bulk_load(tmp_path / "two", tmp_path / "dump.nq")
    expected = {"http://g/0": 334, "http://g/1": 333, "http://g/2": 333}
    assert store.counts(tmp_path / "one") == store.counts(tmp_path / "two") == expected


def test_a_broken_dump_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "bad.nq").write_text("<http://a> <http://b> .\n")
    with pytest.raises(FileProblem, match=r"bad\.nq: is no N-Quads file"):
        store.bulk_load(tmp_path / "store", tmp_path / "bad.nq")
    with pytest.raises(FileProblem, match="is no N-Quads file"):
        list(store.read_nquads(tmp_path / "bad.nq"))


def test_release_json_is_for_people_too(tmp_path: Path) -> None:
    make(tmp_path, "one")
    text = (tmp_path / "current" / "release.json").read_text(encoding="utf-8")
    assert json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True) + "\n" == text
