"""Two editions of ESCO beside each other: what changed, what cannot be told, which mappings of ours it touches."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.compare_esco import claims, mapping_files, package_edition
from loaders.esco import esco_source
from tests.requirements import require, shared
from wise_skills import store
from wise_skills.cli import main
from wise_skills.cli.compare_esco import read_edition
from wise_skills.errors import InputError
from wise_skills.esco_changes import ADDED, MERGED, MOVED, REDESCRIBED, RELABELLED, RETIRED, RETYPED, SPLIT, Change, compare, touched
from wise_skills.esco_edition import ESCO, KINDS, OCCUPATION, SKILL, Concept, Edition
from wise_skills.names import Names, resource
from wise_skills.release import write_info, write_release

HERE = Path(__file__).parent / "fixtures" / "compare_esco"
OLD, NEW, DUMP = HERE / "v1.1.1", HERE / "v1.2.0", HERE / "esco-v1.2.1.ttl"
NAMES = Names()


@cache
def edition(path: Path) -> Edition:
    return package_edition(path)


def changes(old: Path, new: Path) -> dict[str, list[Change]]:
    return {iri.removeprefix(ESCO): found for iri, found in compare(edition(old), edition(new)).changes.items()}


# --- what changed


@pytest.mark.parametrize(
    ("concept", "expected"),
    {
        "occupation/keeper": [
            (RELABELLED, "label (en)", ("lantern keeper",), ("lantern and beacon keeper",)),
            (MOVED, "code", ("2654.1",), ("2655.2",)),
            (MOVED, "ISCO group", (ESCO + "isco/C2654",), (ESCO + "isco/C2655",)),
        ],
        "occupation/painter": [(RETIRED, "", (), ())],
        "skill/trim": [(MOVED, "broader", (), (ESCO + "skill/s2",))],
        "skill/lore": [(REDESCRIBED, "description (en)", (), ()), (RETYPED, "reuse level", ("cross-sector",), ("transversal",))],
        "skill/gone": [(RETIRED, "", (), ())],
        "skill/green": [(MOVED, "collection", (ESCO + "concept-scheme/green",), ())],
    }.items(),
)
def test_changes(concept: str, expected: list[tuple[object, ...]]):
    assert [(c.change, c.aspect, c.before, c.after) for c in changes(OLD, NEW)[concept]] == expected


def test_nothing_else_changed():
    """Blanks around a label, other alternative labels, a concept that stayed: no change."""
    assert set(changes(OLD, NEW)) == {f"occupation/{n}" for n in ("keeper", "painter")} | {
        f"skill/{n}" for n in ("trim", "lore", "gone", "green")
    }


def test_summary():
    summary = compare(edition(OLD), edition(NEW)).summary
    assert summary[SKILL] == {ADDED: 1, RETIRED: 1, MOVED: 2, REDESCRIBED: 1, RETYPED: 1}
    assert summary[OCCUPATION] == {ADDED: 1, RETIRED: 1, RELABELLED: 1, MOVED: 1}


def test_same_label_is_a_hint_only():
    [change] = changes(OLD, NEW)["occupation/painter"]
    assert (change.successors, change.hints) == ((), (ESCO + "occupation/artist",))
    assert changes(OLD, NEW)["skill/gone"][0].hints == ()


@pytest.mark.parametrize(
    ("concept", "change", "successors"),
    [
        ("occupation/keeper", MERGED, ["occupation/warden"]),
        ("occupation/painter", MERGED, ["occupation/warden"]),
        ("occupation/steady", SPLIT, ["occupation/east", "occupation/west"]),
        ("skill/gone", RETIRED, ["skill/moths"]),
        ("skill/green-too", RETIRED, []),
    ],
)
def test_stated_successors(concept: str, change: str, successors: list[str]):
    """`esco:replacedBy`, `dct:isReplacedBy` and their reverses, of concepts that are obsolete or gone."""
    [found] = changes(OLD, DUMP)[concept]
    assert (found.change, list(found.successors)) == (change, [ESCO + s for s in successors])


# --- what cannot be told


def without(folder: Path, target: Path, *names: str) -> Path:
    """A copy of a package that lacks some files."""
    shutil.copytree(folder, target / folder.name, ignore=shutil.ignore_patterns(*names))
    return target / folder.name


def test_missing_skills_are_not_retired(tmp_path: Path):
    """The hierarchy still names each skill: one is gone, and nothing is said of labels, texts and levels."""
    new = package_edition(without(NEW, tmp_path, "skills_*"))
    found = compare(edition(OLD), new)
    assert found.summary[SKILL] == {ADDED: 1, RETIRED: 1, MOVED: 2}
    [sentence] = found.untold
    assert sentence.startswith(
        "ESCO 1.2.0 has no file of all skills: which were retired is told by its hierarchy alone; of 4 neither labels"
    )


def test_missing_skills_and_hierarchy(tmp_path: Path):
    new = package_edition(without(NEW, tmp_path, "skills_*", "broaderRelationsSkill*"))
    found = compare(edition(OLD), new)
    assert found.summary[SKILL] == {}
    assert any("which were retired cannot be told" in sentence for sentence in found.untold)


def test_no_common_language(tmp_path: Path):
    old = package_edition(without(OLD, tmp_path))
    for concept in old.concepts.values():
        concept.labels = {"fr": concept.label}
    assert compare(old, edition(NEW)).untold == ["The two have no language in common (fr; en): labels cannot be compared."]


LABELS = st.dictionaries(st.sampled_from(["en", "fr"]), st.sampled_from(["a", "b", "c"]))
CONCEPTS = st.builds(
    Concept,
    iri=st.sampled_from([ESCO + f"skill/{n}" for n in range(6)]),
    kind=st.sampled_from([SKILL, OCCUPATION]),
    labels=LABELS,
    codes=st.sets(st.sampled_from("12"), max_size=1),
    broader=st.sets(st.sampled_from("xy")),
    level=st.sampled_from(["", "transversal", "cross-sector"]),
)
EDITIONS = st.builds(
    lambda concepts, whole, placed: Edition(
        "some", concepts={c.iri: c for c in concepts}, whole=frozenset(whole), placed=frozenset(placed)
    ),
    st.lists(CONCEPTS),
    st.sets(st.sampled_from(KINDS)),
    st.sets(st.sampled_from(KINDS)),
)


@given(EDITIONS)
def test_an_edition_does_not_differ_from_itself(one: Edition):
    found = compare(one, one)
    assert found.changes == {}
    assert not any(found.summary.values())


@given(EDITIONS, EDITIONS)
def test_there_and_back(one: Edition, other: Edition):
    """What is added one way is retired the other way, and all other changes are the same in number."""
    there, back = compare(one, other), compare(other, one)
    ended = {iri for iri in one.concepts if iri not in other.concepts and iri in there.changes}
    assert sum(counts[ADDED] for counts in back.summary.values()) == len(ended)
    stayed = one.concepts.keys() & other.concepts.keys()
    mirrored = {iri: [(c.change, c.aspect, c.after, c.before) for c in back.changes.get(iri, ())] for iri in stayed}
    assert {iri: [(c.change, c.aspect, c.before, c.after) for c in there.changes.get(iri, ())] for iri in stayed} == mirrored


# --- mappings


def test_claims():
    """All rows with a concept of ESCO, the version of the set, no row that found nothing."""
    found = list(claims(mapping_files(HERE / "data"), NAMES, HERE / "data"))
    assert [c.row for c in found] == list(range(2, 12))
    assert {c.made_for for c in found} == {"1.1.1"}
    assert {c.file for c in found} == {"fr/lanterns.sssom.tsv"}
    assert found[0].ours == "https://w3id.org/wise-skills/id/fr/profile/a"


def test_touched():
    read = list(claims(mapping_files(HERE / "data"), NAMES))
    found = compare(edition(OLD), edition(NEW))
    hits = {(c.row, change.change) for c, change in touched(read, found, edition(OLD), edition(NEW))}
    assert hits == {
        (2, RELABELLED), (2, MOVED), (3, RETIRED), (5, MOVED), (6, REDESCRIBED), (6, RETYPED), (7, RETIRED), (8, MOVED), (10, "unknown"),
    }  # fmt: skip


# --- the command


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["compare-esco", *map(str, args)])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_text(capsys):
    code, out, err = run(capsys, OLD, NEW, "--data", HERE / "data")
    assert code == 1
    assert err == "7 of 10 mappings are touched.\n"
    lines = out.splitlines()
    assert lines[0] == "ESCO 1.1.1 (en) → ESCO 1.2.0 (en)"
    assert lines[1] == "  skills: 1 added, 1 retired, 1 redescribed, 2 moved, 1 retyped"
    [painter] = [line for line in lines if "lantern painter" in line]
    assert painter.startswith(
        "fr/lanterns.sssom.tsv:3: Profile a (closeMatch) “lantern painter” http://data.europa.eu/esco/occupation/painter retired. "
    )
    assert "hint, not applied" in painter


def test_nothing_touched(capsys):
    """The same edition twice: 0, and only the mapping that never fitted is named when there is one."""
    code, out, _ = run(capsys, OLD, OLD, "--data", HERE / "data", "--format", "json")
    record = json.loads(out)
    assert {c["change"] for c in record["changes"]} == {"unknown"}
    assert code == 1
    code, out, _ = run(capsys, OLD, OLD, "--data", resource("data"), "--format", "csv", "-q")
    assert out.count("\n") - 1 == out.count("unknown")
    assert code == (1 if "unknown" in out else 0)


def test_csv_and_json_agree(capsys):
    _, out, _ = run(capsys, OLD, DUMP, "--data", HERE / "data", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    _, out, _ = run(capsys, OLD, DUMP, "--data", HERE / "data", "--format", "json")
    record = json.loads(out)
    assert [(r["file"], int(r["row"]), r["change"], r["successors"]) for r in rows] == [
        (c["file"], c["row"], c["change"], " | ".join(c["successors"])) for c in record["changes"]
    ]
    assert record["mappings"]["touched"] == len({(r["file"], r["row"]) for r in rows})
    assert record["new"]["version"] == "1.2.1"
    assert any("no ISCO groups" in sentence for sentence in record["cannot_be_told"])


def test_all(capsys):
    """With --all also concepts that no mapping names, without a row."""
    _, some, _ = run(capsys, OLD, DUMP, "--data", HERE / "data", "--format", "csv")
    _, every, _ = run(capsys, OLD, DUMP, "--data", HERE / "data", "--format", "csv", "--all")
    more = list(csv.DictReader(io.StringIO(every)))[some.count("\n") - 1 :]
    assert [(r["concept"], r["file"]) for r in more] == [(ESCO + "skill/green-too", "")]


def test_further_mapping_file(capsys, tmp_path: Path):
    path = tmp_path / "more.sssom.tsv"
    shutil.copy(HERE / "data" / "fr" / "lanterns.sssom.tsv", path)
    _, out, err = run(capsys, OLD, NEW, "--data", HERE / "data", "--mapping", path)
    assert "14 of 20 mappings" in err
    assert f"{path}:3: " in out


def test_made_for_another_edition(capsys):
    _, out, _ = run(capsys, DUMP, NEW, "--data", HERE / "data")
    assert "Note: 10 mappings were made for ESCO 1.1.1, not for 1.2.1." in out


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["nowhere", OLD], "nowhere does not exist"),
        ([OLD, HERE / "data"], "is no package of ESCO"),
        ([OLD, NEW, "--data", HERE], "holds no country folder"),
        ([OLD, NEW, "--mapping", OLD / "skills_en.csv"], "which is not read here. Give *.sssom.tsv."),
        ([OLD, NEW, "--mapping", "gone.sssom.tsv"], "gone.sssom.tsv does not exist"),
    ],
)
def test_what_cannot_be_used(args: list[object], expected: str, capsys):
    code, out, err = run(capsys, *args)
    assert (code, out) == (2, "")
    assert expected in err
    assert len(err.splitlines()) == 1


def test_nothing_is_written(tmp_path: Path, capsys):
    data = tmp_path / "data"
    shutil.copytree(HERE / "data", data)
    before = {p: p.read_bytes() for p in data.rglob("*") if p.is_file()}
    run(capsys, OLD, NEW, "--data", data)
    assert {p: p.read_bytes() for p in data.rglob("*") if p.is_file()} == before


def make_release(out: Path, package: Path | None) -> Path:
    """A release that holds the ESCO of a package, or none."""
    with write_release(out, "r1") as folder:
        quads = folder / "esco.nq"
        with quads.open("wb") as file:
            if package:
                esco_source([package], NAMES, "").write(file)
        store.bulk_load(folder / "graph", quads)
        write_info(folder, id="r1", created="2026-01-01", counts={}, base=NAMES.base)
    return out


def test_release_as_an_edition(tmp_path: Path):
    """A release built with a package tells the same as the package."""
    built = read_edition(make_release(tmp_path / "out", NEW))
    assert (built.name, built.version, built.whole, built.placed) == ("release r1", "1.2.0", edition(NEW).whole, edition(NEW).placed)
    assert compare(edition(OLD), built).changes == compare(edition(OLD), edition(NEW)).changes
    assert compare(built, edition(NEW)).changes == {}


def test_release_without_esco(tmp_path: Path):
    with pytest.raises(InputError, match="was built without ESCO"):
        read_edition(make_release(tmp_path / "out", None))


# --- the real editions


def iris(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["conceptUri"]: row for row in csv.DictReader(file)}


@cache
def published(version: str) -> Edition:
    require("esco")
    folder = shared("esco") / version
    return package_edition(folder / "portal-zips" if (folder / "portal-zips").is_dir() else folder)


def test_1_1_1_to_1_2_0():
    """The package of 1.2.0 at hand has no skills file: its hierarchy tells which skills are gone, and nobody calls 13,000 retired."""
    old, new = published("v1.1.1"), published("v1.2.0")
    found = compare(old, new)
    assert {c: found.summary[SKILL][c] for c in (ADDED, RETIRED)} == {ADDED: 237, RETIRED: 194}
    assert {c: found.summary[OCCUPATION][c] for c in (ADDED, RETIRED)} == {ADDED: 35, RETIRED: 3}
    assert any("no file of all skills" in sentence for sentence in found.untold)
    before, after = (iris(shared("esco") / v / "en" / "occupations_en.csv") for v in ("v1.1.1", "v1.2.0"))
    for column, aspect in (("preferredLabel", "label (en)"), ("code", "code"), ("iscoGroup", "ISCO group")):
        differing = {u for u in before.keys() & after.keys() if before[u][column].split() != after[u][column].split()}
        assert {i for i, of in found.changes.items() if any(c.aspect == aspect for c in of)} & before.keys() == differing
    files = ("v1.1.1/relations/broaderRelationsSkillPillar.csv", "v1.2.0/en/broaderRelationsSkillPillar_en.csv")
    ours, theirs = (hierarchy(shared("esco") / file) for file in files)
    moved = {i for i, of in found.changes.items() for c in of if c.aspect == "broader" and c.kind == SKILL}
    assert moved == {s for s in ours.keys() & theirs.keys() if ours[s] != theirs[s]}


def hierarchy(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["conceptType"] == "KnowledgeSkillCompetence":
                found.setdefault(row["conceptUri"], set()).add(row["broaderUri"])
    return found


def test_1_0_8_to_1_1_1():
    """Occupations in eleven languages, and nothing of skills: none was added as far as can be told."""
    old, new = published("v1.0.8"), published("v1.1.1")
    found = compare(old, new)
    before = iris(shared("esco") / "v1.0.8" / "occupations_en.csv")
    after = iris(shared("esco") / "v1.1.1" / "en" / "occupations_en.csv")
    expected = {ADDED: len(after.keys() - before.keys()), RETIRED: len(before.keys() - after.keys()), RELABELLED: 36}
    assert {c: found.summary[OCCUPATION][c] for c in expected} == expected
    assert found.summary[SKILL] == Counter()
    assert "ESCO 1.0.8 has no skills: which were added cannot be told." in found.untold


def test_our_mappings_and_the_new_edition():
    """Each mapping to a concept that left ESCO is named, by file and row."""
    old, new = published("v1.1.1"), published("v1.2.0")
    data = resource("data")
    read = list(claims(mapping_files(data), NAMES, data))
    hits = list(touched(read, compare(old, new), old, new))
    gone = {c.concept for c in read} & old.concepts.keys() - new.concepts.keys()
    assert gone
    assert {claim.concept for claim, change in hits if change.change == RETIRED} == gone
    assert all(re.fullmatch(r"[a-z]{2}/[\w-]+\.sssom\.tsv", claim.file) and claim.row > 1 for claim, _ in hits)
