"""ESCO's packages: everything in the files reaches the graph, in the terms of ESCO's own RDF, and nothing harmful does.

Real packages are counted by `csv.DictReader`, independently of the loader. Packages of the fixture are small and of
invented texts, one for each layout; `WISE_REGENERATE=1` writes their golden files anew.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import stat
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.esco import EscoSource, esco_source, read_package, values
from loaders.esco import members as esco_members
from loaders.esco.layout import LAYOUTS, kinds, versions
from loaders.esco.recognition import version_in
from tests.requirements import require, shared
from wise_skills.errors import InputError, WrongKind
from wise_skills.findings import INFO, VIOLATION, WARNING, Finding, violations
from wise_skills.names import Names
from wise_skills.source import Written

HERE = Path(__file__).parent / "fixtures" / "esco"
SMALL = ("v1.0-early", "v1.0.8", "v1.1.1-small", "v1.2.0", "v1.2.1")
REGENERATE = bool(os.environ.get("WISE_REGENERATE"))
NAMES = Names()
GRAPH = ox.NamedNode(NAMES.graph("esco"))
ESCO = "http://data.europa.eu/esco/"
PREFIXES = f"""
PREFIX esco: <{ESCO}model#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX skosxl: <http://www.w3.org/2008/05/skos-xl#>
PREFIX iso-thes: <http://purl.org/iso25964/skos-thes#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX wise: <{NAMES.wise}>
"""
csv.field_size_limit(sys.maxsize)


def written(*paths: Path) -> tuple[bytes, Written, EscoSource]:
    source = esco_source(paths, NAMES, "code")
    out = io.BytesIO()
    result = source.write(out)
    return out.getvalue(), result, source


def lines_of(*paths: Path) -> list[str]:
    return sorted(set(written(*paths)[0].decode().splitlines()))


def store_of(*paths: Path) -> ox.Store:
    store = ox.Store()
    store.extend(ox.Quad(q.subject, q.predicate, q.object) for q in ox.parse(written(*paths)[0], ox.RdfFormat.N_QUADS))
    return store


def ask(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    return sorted(tuple(v.value if v else "" for v in row) for row in store.query(PREFIXES + query))


def components(findings: tuple[Finding, ...], severity: str = "") -> Counter[str]:
    return Counter(f.component for f in findings if severity in ("", f.severity))


def table(path: Path) -> list[dict[str, str]]:
    """The records of a file as Python's reader sees them."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, restval=""))


# --- real packages ------------------------------------------------------------------

REAL = {"v1.0-early": "1.0", "v1.0.8": "1.0.8", "v1.1.1": "1.1.1", "v1.2.0": "1.2.0"}
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"@?([\w-]*)')


_KEPT = ("type", "inScheme", "skillType", "skillReuseLevel", "broader", "notation")


class Scanned:
    """What the lines of a graph say, read without a store; lines that repeat another count once."""

    def __init__(self, path: Path) -> None:
        self.objects: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.labels: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        self.count: Counter[str] = Counter()
        seen, end = set[int](), f" <{GRAPH.value}> .\n"
        with path.open(encoding="utf-8", newline="\n") as file:
            for line in file:
                key = hash(line)
                if key in seen:
                    continue
                seen.add(key)
                subject, predicate, rest = line.split(" ", 2)
                assert rest.endswith(end)
                value = rest[: -len(end)]
                predicate = predicate[max(predicate.rfind("#"), predicate.rfind("/")) + 1 : -1]
                self.count[predicate] += 1
                if predicate in _KEPT:
                    self.objects[predicate][value.strip("<>")].add(subject[1:-1])
                elif predicate.endswith("Label") and value.startswith('"'):
                    text, language = _TEXT.fullmatch(value).groups()
                    self.labels[predicate].add((subject[1:-1], language, json.loads(f'"{text}"')))


class Real:
    """A real package: its files, and what the loader made of them."""

    def __init__(self, folder: Path, target: Path) -> None:
        self.files: dict[str, list[tuple[str, list[dict[str, str]]]]] = defaultdict(list)
        for path in sorted([*folder.rglob("*.csv"), *folder.rglob("*.csv.gz")]):
            kind, _, language = path.name.split(".")[0].partition("_")
            self.files[kind].append((language, table(path)))
        self.source = esco_source([folder], NAMES, "code")
        with target.open("wb") as out:
            self.result = self.source.write(out)
        with target.open("rb") as out:
            self.digest = hashlib.file_digest(out, "sha256").digest()
        self.graph = Scanned(target)
        target.unlink()

    def rows(self, kind: str) -> list[dict[str, str]]:
        return [row for _, rows in self.files[kind] for row in rows]


@pytest.fixture(scope="module")
def reals(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Real]:
    require("esco")
    target = tmp_path_factory.mktemp("esco") / "esco.nq"
    return cache(lambda name: Real(shared("esco") / name, target))


@pytest.fixture(params=REAL)
def real(reals: Callable[[str], Real], request: pytest.FixtureRequest) -> Real:
    return reals(request.param)


def test_real_version_and_languages(real: Real):
    facts = real.result.facts
    folder = Path(real.source.package.paths[0]).name
    assert facts["version"] == REAL[folder]
    assert set(facts["languages"]) == {language for kind in ("occupations", "skills") for language, _ in real.files[kind]}
    assert not violations(real.result.findings)


def test_real_concepts(real: Real):
    """As many concepts of each kind as the main files have."""
    counts = real.result.facts["counts"]
    for kind, name in (
        ("occupations", "occupations"),
        ("skills", "skills"),
        ("ISCOGroups", "ISCO_groups"),
        ("skillGroups", "skill_groups"),
    ):
        iris = {row["conceptUri"] for row in real.rows(kind)}
        assert counts.get(name, 0) == len(iris)
        assert iris <= set(real.source.places)
    typed = real.graph.objects["type"]
    relations = [
        (r[u], r[t])
        for r in real.rows("broaderRelationsSkillPillar")
        for u, t in (("conceptUri", "conceptType"), ("broaderUri", "broaderType"))
    ]
    skills = {r["conceptUri"] for r in real.rows("skills")} | {u for u, t in relations if t == "KnowledgeSkillCompetence"}
    for kind in ("digital", "green", "language", "transversal", "digComp", "researchSkills", "ict"):
        skills |= {r["conceptUri"] for r in real.rows(f"{kind}Collection" if kind == "researchSkills" else f"{kind}SkillsCollection")}
    skills |= {r[k] for r in real.rows("skillSkillRelations") for k in ("originalSkillUri", "relatedSkillUri")}
    skills |= {r["skillUri"] for r in real.rows("occupationSkillRelations")}
    assert typed[f"{ESCO}model#Skill"] == skills
    jobs = {r["conceptUri"] for r in real.rows("occupations")} | {r["occupationUri"] for r in real.rows("occupationSkillRelations")}
    assert typed[f"{ESCO}model#Occupation"] - jobs <= {r["conceptUri"] for r in real.rows("broaderRelationsOccPillar")}
    assert jobs <= typed[f"{ESCO}model#Occupation"]


_BLANKS = " \t\r\n\xa0\u200b\ufeff"


@pytest.mark.parametrize(("column", "label"), [("preferredLabel", "prefLabel"), ("altLabels", "altLabel"), ("hiddenLabels", "hiddenLabel")])
def test_real_labels(real: Real, column: str, label: str):
    """Every label of every language, as a set, and none besides those of groups that only a hierarchy or collection names."""
    wanted = {
        (row["conceptUri"], language, text.strip(_BLANKS))
        for kind in ("occupations", "skills", "ISCOGroups", "skillGroups")
        for language, rows in real.files[kind]
        for row in rows
        for text in row.get(column, "").split("\n")
        if text.strip(_BLANKS)
    }
    found = real.graph.labels[label]
    assert wanted <= found
    main = {(iri, language) for iri, language, _ in wanted}
    assert {f for f in found if f[:2] in main} == wanted
    assert {len(found)} == {real.graph.count[label] / 2}, "each label stands as SKOS and as SKOS-XL"


def test_real_relations(real: Real):
    pairs = {(r["occupationUri"], r["relationType"], r["skillUri"]) for r in real.rows("occupationSkillRelations")}
    among = {(r["originalSkillUri"], r["relationType"], r["relatedSkillUri"]) for r in real.rows("skillSkillRelations")}
    count, counts = real.graph.count, real.result.facts["counts"]
    assert counts.get("occupation_skill_relations", 0) == len(pairs)
    assert counts.get("skill_skill_relations", 0) == len(among)
    assert (
        count["hasAssociation"] == count["isAssociationFor"] == count["target"] == count["targetFramework"] / 2 == len(pairs) + len(among)
    )
    essential = sum(kind == "essential" for _, kind, _ in pairs | among)
    assert count["relatedEssentialSkill"] == count["isEssentialSkillFor"] == essential
    assert count["relatedOptionalSkill"] == count["isOptionalSkillFor"] == len(pairs) + len(among) - essential


def test_real_hierarchy(real: Real):
    pairs = {(r["conceptUri"], r["broaderUri"]) for pillar in ("Occ", "Skill") for r in real.rows(f"broaderRelations{pillar}Pillar")}
    pairs |= {(r["conceptUri"], f"{ESCO}isco/C{r['iscoGroup']}") for r in real.rows("occupations")}
    for row in real.rows("skillsHierarchy"):
        chain = [row[f"Level {i} URI"] for i in range(4) if row[f"Level {i} URI"]]
        pairs |= set(zip(chain[1:], chain, strict=False))
    collections = [k for k in real.files if k.endswith("Collection")]
    pairs |= {(r["conceptUri"], up) for k in collections for r in real.rows(k) for up in r["broaderConceptUri"].split(" | ") if up.strip()}
    found = {(child, parent) for parent, children in real.graph.objects["broader"].items() for child in children}
    assert found == pairs
    assert real.graph.count["narrower"] == len(pairs) <= real.graph.count["broaderTransitive"]


def test_real_collections_and_schemes(real: Real):
    members = real.graph.objects["inScheme"]
    for kind in kinds().values():
        if kind.holds == "collection" and real.files[kind.name]:
            assert {r["conceptUri"] for r in real.rows(kind.name)} <= members[f"{ESCO}concept-scheme/{kind.scheme}"]
    for kind in ("occupations", "skills", "ISCOGroups", "skillGroups"):
        for row in real.rows(kind):
            for scheme in re.split(r"[,\s]+", row.get("inScheme", "")):
                assert not scheme or row["conceptUri"] in members[scheme]
    schemes = real.rows("conceptSchemes")
    typed = real.graph.objects["type"]["http://www.w3.org/2004/02/skos/core#ConceptScheme"]
    assert typed == {r["conceptSchemeUri"] for r in schemes} | set(members)
    tops = sum(len(set(re.split(r"[,\s]+", r["hasTopConcept"]))) for r in schemes if r["hasTopConcept"])
    assert real.graph.count["hasTopConcept"] == real.graph.count["topConceptOf"] == tops


@pytest.mark.parametrize(
    ("column", "predicate"), [("description", "nodeLiteral"), ("scopeNote", "scopeNote"), ("definition", "definition")]
)
def test_real_texts(real: Real, column: str, predicate: str):
    kept = ("occupations", "skills", "ISCOGroups", "skillGroups")
    wanted = {(row["conceptUri"], lang) for k in kept for lang, rows in real.files[k] for row in rows if row.get(column, "").strip(_BLANKS)}
    described = {(row["conceptUri"], lang) for k in kept for lang, rows in real.files[k] for row in rows}
    title = {"description": "Description", "scopeNote": "Scope note", "definition": "-"}[column]
    for language, rows in real.files["skillsHierarchy"]:
        last = [(next(r[f"Level {i} URI"] for i in (3, 2, 1, 0) if r[f"Level {i} URI"]), r.get(title, "")) for r in rows]
        wanted |= {(iri, language) for iri, text in last if text.strip(_BLANKS) and (iri, language) not in described}
    for kind in [k for k in real.files if k.endswith("Collection")]:
        for language, rows in real.files[kind]:
            wanted |= {(r["conceptUri"], language) for r in rows if r.get(column, "").strip(_BLANKS)} - described
    for language, rows in real.files["conceptSchemes"]:
        wanted |= {(r["conceptSchemeUri"], language) for r in rows if r.get(column, "").strip(_BLANKS)}
    assert real.graph.count[predicate] == len(wanted)


def test_real_facts_of_skills_and_occupations(real: Real):
    objects = real.graph.objects
    skills = real.rows("skills")
    for value, term in (("skill/competence", "skill"), ("knowledge", "knowledge")):
        wanted = {r["conceptUri"] for r in skills if r["skillType"] in (value, "skill/competence knowledge")}
        assert wanted <= objects["skillType"][f"{ESCO}skill-type/{term}"]
    for level in ("transversal", "cross-sector", "sector-specific", "occupation-specific"):
        assert {r["conceptUri"] for r in skills if r["reuseLevel"] == level} <= objects["skillReuseLevel"][
            f"{ESCO}skill-reuse-level/{level}"
        ]
    for row in (*real.rows("occupations"), *real.rows("ISCOGroups"), *real.rows("skillGroups")):
        assert not row.get("code") or row["conceptUri"] in objects["notation"][f'"{row["code"]}"']
    dated = {r["conceptUri"] for k in ("occupations", "skills", "skillGroups") for r in real.rows(k) if r.get("modifiedDate")}
    assert real.graph.count["modified"] == len(dated)


def test_known_numbers_of_the_english_package(reals: Callable[[str], Real]):
    """The numbers of the issue, for v1.1.1."""
    english = reals("v1.1.1")
    counts = english.result.facts["counts"]
    assert counts | {"collections": 7, "concept_schemes": 19, "concepts_without_a_row": 8} == counts
    assert [counts[k] for k in ("skills", "occupations", "ISCO_groups", "skill_groups")] == [13896, 3007, 619, 640]
    assert [counts[k] for k in ("occupation_skill_relations", "skill_skill_relations")] == [123855, 5899]
    repeated = [f for f in english.result.findings if f.component == "RepeatedLabel" and f.where.sheet == "skills"]
    assert len(repeated) == 12187
    assert {f.severity for f in repeated} == {INFO}
    unknown = [f.value for f in english.result.findings if f.component == "UnknownConcept" and "/occupation/" in f.value]
    assert unknown == [f"{ESCO}occupation/a9e54177-a185-404d-b6e6-15663d31137e"]


def test_zips_of_the_portal_give_what_the_unpacked_files_give(reals: Callable[[str], Real]):
    """Line for line, whatever the order in which the zips are given."""
    digest = hashlib.sha256()

    class Hashing(io.RawIOBase):
        def write(self, data: Any) -> int:
            digest.update(data)
            return len(data)

    esco_source(sorted((shared("esco") / "v1.1.1" / "portal-zips").glob("*.zip")), NAMES, "code").write(Hashing())
    assert digest.digest() == reals("v1.1.1").digest


def test_skills_of_1_2_0_are_known_from_relations_alone(reals: Callable[[str], Real]):
    """Without skills_en.csv each of the 13,939 skills is there with its type, and a name where a collection gives one."""
    real = reals("v1.2.0")
    skills = real.graph.objects["type"][f"{ESCO}model#Skill"]
    assert len(skills) == versions()["1.2.0"].counts["skills"]
    named = {iri for iri, _, _ in real.graph.labels["prefLabel"]} & skills
    assert named >= {r["conceptUri"] for kind in real.files if kind.endswith("SkillsCollection") for r in real.rows(kind)}
    assert components(real.result.findings, WARNING)["MissingFile"] == 1


# --- the fixture: one package for each layout ---------------------------------------


@pytest.mark.parametrize("name", SMALL)
def test_golden(name: str):
    """Quads and findings are as committed; WISE_REGENERATE=1 writes them anew (then read the diff)."""
    nquads, result, _ = written(HERE / name)
    quads = "".join(f"{line}\n" for line in sorted(set(nquads.decode().splitlines())))
    findings = "".join(f"{f.as_line()}\n" for f in sorted(result.findings, key=lambda f: f.order))
    golden = HERE / "golden"
    if REGENERATE:
        golden.mkdir(exist_ok=True)
        (golden / f"{name}.nq").write_text(quads, encoding="utf-8", newline="\n")
        (golden / f"{name}.txt").write_text(findings, encoding="utf-8", newline="\n")
    hint = "regenerate with WISE_REGENERATE=1 pytest tests/test_esco.py and read the diff"
    assert quads.splitlines() == (golden / f"{name}.nq").read_text(encoding="utf-8").splitlines(), hint
    assert findings.splitlines() == (golden / f"{name}.txt").read_text(encoding="utf-8").splitlines(), hint


@pytest.mark.parametrize("name", SMALL)
def test_golden_is_rdf(name: str):
    """Another parser reads it, and every statement is in the one graph."""
    quads = list(ox.parse((HERE / "golden" / f"{name}.nq").read_bytes(), ox.RdfFormat.N_QUADS))
    assert {q.graph_name for q in quads} == {GRAPH}
    minted = {t.value for q in quads for t in (q.subject, q.object) if isinstance(t, ox.NamedNode) and "/id/esco/" in t.value}
    assert minted
    assert all(iri.startswith(NAMES.base) for iri in minted)


@pytest.mark.parametrize("name", SMALL)
def test_the_fixture_has_the_layout_of_its_version(name: str):
    package = read_package([HERE / name])
    wanted = set(versions()[package.version].layouts)
    for sheet in package.sheets:
        assert sheet.kind.fits(sheet.titles, bool(sheet.member.language)) & wanted, sheet.member.shown


def test_useful_fixture():
    """Targets of our own mapping files are in the package that other tests join with the WISE data."""
    source = written(HERE / "v1.1.1")[2]
    data = Path(__file__).parent.parent / "data"
    targets = Counter(
        ESCO + target.replace("escooccupation:", "occupation/").replace("escoskill:", "skill/")
        for path in data.glob("*/*-esco.sssom.tsv")
        for target in re.findall(r"\tesco(?:occupation|skill):[\w-]+", path.read_text(encoding="utf-8"))
        for target in [target.strip()]
    )
    there = set(targets) & set(source.places)
    assert sum("/occupation/" in iri for iri in there) >= 15
    assert sum("/skill/" in iri for iri in there) >= 35


def _zips(folder: Path, target: Path, version: str, nested: str = "") -> list[Path]:
    """A package as the portal delivers it: a zip for each language, and one for what has none."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        language = path.stem.partition("_")[2]
        found[language].append(path)
    paths = []
    for language, files in found.items():
        paths.append(target / f"ESCO dataset - v{version} - classification - {language} - csv.zip")
        with zipfile.ZipFile(paths[-1], "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, nested + file.name)
            archive.writestr("__MACOSX/._skills_en.csv", "junk of a file system")
    return paths


@pytest.mark.parametrize("nested", ["", "ESCO dataset/csv/"])
@pytest.mark.parametrize("name", ["v1.1.1-small", "v1.2.1"])
def test_zips_and_folders_are_the_same(name: str, nested: str, tmp_path: Path):
    version = read_package([HERE / name]).version
    paths = _zips(HERE / name, tmp_path, version, nested)
    assert len(paths) == 3
    assert lines_of(*paths) == lines_of(HERE / name)
    assert lines_of(*reversed(paths)) == lines_of(HERE / name)


def test_gzipped_files_single_files_and_nested_folders(tmp_path: Path):
    nested = tmp_path / "v1.1.1"
    for path in (HERE / "v1.1.1-small").iterdir():
        place = nested / ("relations" if "_" not in path.stem else path.stem.rpartition("_")[2])
        place.mkdir(parents=True, exist_ok=True)
        if path.name.startswith("skills_"):
            (place / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        else:
            shutil.copy(path, place)
    files = sorted(p for p in nested.rglob("*") if p.is_file())
    assert (
        lines_of(nested)
        == lines_of(*files)
        == lines_of(nested / "en", nested / "fr", nested / "relations")
        == lines_of(HERE / "v1.1.1-small")
    )


def test_a_package_given_twice_is_one(tmp_path: Path):
    paths = _zips(HERE / "v1.2.1", tmp_path, "1.2.1")
    assert lines_of(HERE / "v1.2.1", *paths) == lines_of(HERE / "v1.2.1")


def test_writing_twice_and_another_base():
    source = esco_source([HERE / "v1.1.1-small"], Names("https://example.org/"), "code")
    first, second = io.BytesIO(), io.BytesIO()
    one, two = source.write(first), source.write(second)
    assert first.getvalue() == second.getvalue()
    assert one == two
    other = {line.replace("https://example.org/", NAMES.base) for line in first.getvalue().decode().splitlines()}
    assert other == set(lines_of(HERE / "v1.1.1-small"))
    assert esco_source([HERE / "v1.1.1-small"], NAMES, "code").fingerprint() != source.fingerprint()


def test_places_without_writing():
    source = esco_source([HERE / "v1.1.1-small"], NAMES, "code")
    assert dict(source.places) == dict(written(HERE / "v1.1.1-small")[2].places)
    file, number = source.places[f"{ESCO}occupation/01ffb917-98dc-48c1-91ad-93c4104e791d"]
    row = next(r for r in source.package.rows("occupations") if r.number == number)
    assert (row.file, row.language, row.cells["code"]) == (file, "en", "2149.5.1")


def test_languages_are_one_source():
    """Facts stand once however many languages, and the two files of relations of 1.2.1 are one."""
    both, alone = lines_of(HERE / "v1.2.1"), lines_of(*sorted((HERE / "v1.2.1").glob("*_en.csv")))
    texts = re.compile(r'"@|language>|nodeLiteral|id/esco/(label|text)/')
    assert {x for x in both if not texts.search(x) and "/language>" not in x} == {x for x in alone if not texts.search(x)}
    raw = written(HERE / "v1.2.1")[0].decode().splitlines()
    assert max(Counter(x for x in raw if "relatedEssentialSkill" in x).values()) == 1


def test_english_copies_of_labels_are_written_nowhere(tmp_path: Path):
    """`occupationLabel` and the like are English in the files of every language."""
    folder = shutil.copytree(HERE / "v1.2.1", tmp_path / "v1.2.1")
    for path in folder.glob("*Relations*_fr.csv"):
        text = path.read_text(encoding="utf-8")
        columns = text.split("\r\n", 1)[0].split(",")
        rows = [
            [f"copied{i}" if columns[i].endswith("Label") else c for i, c in enumerate(row)]
            for row in csv.reader(io.StringIO(text, newline=""))
        ]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([columns, *rows[1:]])
    assert "copied" not in written(folder)[0].decode()


@pytest.mark.parametrize("name", SMALL)
def test_iterator_for_others(name: str):
    """`Package.rows` gives what a reader of CSV gives, by header, under the same names of files."""
    package = read_package([HERE / name])
    for path in sorted((HERE / name).glob("*.csv")):
        kind, _, language = path.stem.partition("_")
        if kind in package.kinds:
            rows = list(package.rows(kind, language))
            assert [r.number for r in rows] == list(range(2, len(rows) + 2))
            assert {r.file for r in rows} == {f"{name}/{path.name}"}
            wanted = table(path)
            assert [{k: v for k, v in r.cells.items() if k in wanted[0]} for r in rows] == wanted
    assert list(package.rows("greenShareOcc" if package.version != "1.2.1" else "ictSkillsCollection")) == []


@pytest.mark.parametrize(
    ("kind", "column", "cell", "wanted"),
    [
        ("skills", "altLabels", " a\nb | c\r\n\n", ["a", "b | c"]),
        ("digitalSkillsCollection", "altLabels", "a | b, c | ", ["a", "b, c"]),
        ("skillGroups", "inScheme", "http://a\nhttp://b", ["http://a", "http://b"]),
        ("skills", "inScheme", "http://a,\nhttp://b", ["http://a", "http://b"]),
        ("occupations", "naceCode", "http://a,\nhttp://b,", ["http://a", "http://b"]),
        ("skills", "preferredLabel", "\u00a0a | b,\tc \u200b", ["a | b,\tc"]),
        ("skills", "description", " \n\u00a0", []),
    ],
)
def test_values(kind: str, column: str, cell: str, wanted: list[str]):
    assert values(kind, column, cell) == wanted


# --- queries as ESCO's users write them ---------------------------------------------


@pytest.fixture(scope="module")
def store() -> ox.Store:
    return store_of(HERE / "v1.1.1")


def rows_of(name: str) -> list[dict[str, str]]:
    return table(HERE / "v1.1.1" / name)


OCCUPATION = f"{ESCO}occupation/c60ede09-b67b-4173-8991-b9b694149488"


@pytest.mark.parametrize("kind", ["essential", "optional"])
def test_query_skills_of_an_occupation(store: ox.Store, kind: str):
    wanted = sorted(
        (r["skillUri"],) for r in rows_of("occupationSkillRelations.csv") if (r["occupationUri"], r["relationType"]) == (OCCUPATION, kind)
    )
    direct = ask(store, f"SELECT ?skill {{ <{OCCUPATION}> esco:related{kind.capitalize()}Skill ?skill }}")
    inverse = ask(store, f"SELECT ?skill {{ ?skill a esco:Skill ; esco:is{kind.capitalize()}SkillFor <{OCCUPATION}> }}")
    association = f"""SELECT ?skill {{
        ?relation a esco:AssociationObject ; esco:isAssociationFor <{OCCUPATION}> ; esco:target ?skill ;
          esco:targetFramework <{ESCO}concept-scheme/member-skills> ; dct:type <{ESCO}relationship-type/{kind}-skill> .
        <{OCCUPATION}> esco:hasAssociation ?relation }}"""
    assert direct == inverse == ask(store, association) == wanted != []


def test_query_labels_by_skosxl(store: ox.Store):
    row = next(r for r in rows_of("occupations_fr.csv") if r["conceptUri"] == OCCUPATION)
    query = 'SELECT ?c ?text { ?c skosxl:%s ?l . ?l a skosxl:Label ; skosxl:literalForm ?text FILTER (lang(?text) = "fr" && ?c = <%s>) }'
    assert ask(store, query % ("prefLabel", OCCUPATION)) == [(OCCUPATION, row["preferredLabel"])]
    assert ask(store, query % ("altLabel", OCCUPATION)) == sorted((OCCUPATION, a) for a in row["altLabels"].split("\n"))
    assert ask(store, f'SELECT ?c {{ ?c skos:prefLabel "{row["preferredLabel"]}"@fr }}') == [(OCCUPATION,)]


def test_query_description(store: ox.Store):
    row = next(r for r in rows_of("occupations_en.csv") if r["conceptUri"] == OCCUPATION)
    query = f"""SELECT ?text {{ <{OCCUPATION}> dct:description ?d . ?d a esco:NodeLiteral ; esco:nodeLiteral ?text ; esco:language ?l
                FILTER (str(?l) = "en") }}"""
    assert ask(store, query) == [(row["description"],)]
    kinds_of_text = ask(store, f"SELECT DISTINCT (datatype(?t) AS ?d) {{ <{OCCUPATION}> dct:description/esco:nodeLiteral ?t }}")
    assert kinds_of_text == [("http://www.w3.org/2001/XMLSchema#string",)]


def test_query_hierarchy(store: ox.Store):
    chain = ask(
        store, f"SELECT ?code {{ <{OCCUPATION}> skos:broader+ ?g . ?g skos:inScheme <{ESCO}concept-scheme/isco> ; skos:notation ?code }}"
    )
    assert chain == [("2",), ("26",), ("263",), ("2635",)]
    closure = ask(store, f"SELECT ?g {{ <{OCCUPATION}> skos:broaderTransitive ?g }}")
    assert closure == ask(store, f"SELECT DISTINCT ?g {{ <{OCCUPATION}> skos:broader+ ?g }}")
    tops = ask(store, f"SELECT ?code {{ <{ESCO}concept-scheme/skills-hierarchy> skos:hasTopConcept ?g . ?g skos:notation ?code }}")
    assert tops == [("K",), ("L",), ("S",), ("T",)]
    below = ask(store, 'SELECT DISTINCT ?s { ?g skos:notation "S1.2" . ?s a esco:Skill ; skos:broader/skos:broader* ?g }')
    assert below == ask(store, 'SELECT DISTINCT ?s { ?g skos:notation "S1.2" . ?s a esco:Skill ; skos:broaderTransitive ?g }') != []
    assert ask(store, "SELECT ?c { ?c skos:broaderTransitive ?c }") == []


def test_query_types_and_reuse(store: ox.Store):
    rows = rows_of("skills_en.csv")
    for level in {r["reuseLevel"] for r in rows} - {""}:
        query = (
            f"SELECT ?s {{ ?s a skos:Concept, esco:MemberConcept, esco:Skill ; esco:skillReuseLevel <{ESCO}skill-reuse-level/{level}> }}"
        )
        assert ask(store, query) == sorted((r["conceptUri"],) for r in rows if r["reuseLevel"] == level)
    knowledge = ask(store, f"SELECT ?s {{ ?s esco:skillType <{ESCO}skill-type/knowledge> ; iso-thes:status 'released' }}")
    assert knowledge == sorted((r["conceptUri"],) for r in rows if r["skillType"] == "knowledge")
    assert ask(store, "SELECT ?s { ?s a esco:Occupation ; esco:regulatedProfessionNote ?n FILTER (strends(str(?n), '/regulated')) }") == [
        (r["conceptUri"],) for r in rows_of("occupations_en.csv") if r["regulatedProfessionNote"].endswith("/regulated")
    ]


def test_query_collections(store: ox.Store):
    for collection, scheme in (
        ("digital", "6c930acd-c104-4ece-acf7-f44fd7333036"),
        ("green", "green"),
        ("transversal", "skill-transversal-groups"),
    ):
        members = ask(store, f"SELECT ?s {{ ?s a esco:Skill ; skos:inScheme <{ESCO}concept-scheme/{scheme}> }}")
        assert members == sorted((r["conceptUri"],) for r in rows_of(f"{collection}SkillsCollection_en.csv"))


def test_query_what_1_2_1_added():
    store = store_of(HERE / "v1.2.1")
    rows = table(HERE / "v1.2.1" / "greenShareOcc_en.csv")
    assert ask(store, "SELECT ?c ?share { ?c wise:greenShare ?share }") == sorted((r["conceptUri"], r["greenShare"]) for r in rows)
    codes = ask(store, "SELECT DISTINCT ?n { ?o a esco:Occupation ; esco:hasNACECode ?n }")
    assert {c.rsplit("/", 1)[-1] for (c,) in codes} == {"8810", "8811", "Q"}
    newest = {r["conceptUri"]: r["modifiedDate"] for r in sorted(table(HERE / "v1.2.1" / "skills_en.csv"), key=lambda r: r["modifiedDate"])}
    dates = ask(store, "SELECT ?s ?d { ?s a esco:Skill ; dct:modified ?d }")
    assert dates == sorted(newest.items())


def test_query_what_the_graph_is(store: ox.Store):
    facts = dict(ask(store, f"SELECT ?p ?o {{ <{GRAPH.value}> ?p ?o }}"))
    assert facts["http://www.w3.org/2002/07/owl#versionInfo"] == "1.1.1"
    rights = ask(store, f"SELECT ?o {{ <{GRAPH.value}> dct:rights ?o }}")
    assert ("This service uses the ESCO classification of the European Commission.",) in rights


# --- quirks: built from the small package of 1.1.1, one change each -----------------


def changed(tmp_path: Path, name: str, change: Callable[[bytes], bytes], package: str = "v1.1.1-small") -> Path:
    folder = shutil.copytree(HERE / package, tmp_path / package)
    (folder / name).write_bytes(change((folder / name).read_bytes()))
    return folder


def edited(tmp_path: Path, name: str, edit: Callable[[list[dict[str, str]]], object], package: str = "v1.1.1-small") -> Path:
    """The package with the records of one file changed."""

    def change(data: bytes) -> bytes:
        rows = list(csv.DictReader(io.StringIO(data.decode(), newline=""), restval=""))
        edit(rows)
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue().encode()

    return changed(tmp_path, name, change, package)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: b"\xef\xbb\xbf" + data, id="byte order mark"),
        pytest.param(lambda data: data.replace(b"\r\n", b"\n"), id="rows end in LF"),
        pytest.param(lambda data: data + b"\r\n\r\n", id="blank records"),
    ],
)
def test_forms_that_change_nothing(change: Callable[[bytes], bytes], tmp_path: Path):
    folder = changed(tmp_path, "skills_en.csv", change)
    assert lines_of(folder) == lines_of(HERE / "v1.1.1-small")
    assert not violations(written(folder)[1].findings)


def test_other_delimiter_and_whole_rows_in_quotes(tmp_path: Path):
    """What a spreadsheet makes of a file."""

    def semicolons(data: bytes) -> bytes:
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows(csv.reader(io.StringIO(data.decode(), newline="")))
        return out.getvalue().encode()

    def whole(data: bytes) -> bytes:
        return b"".join(b'"' + line.replace(b'"', b'""') + b'"\r\n' for line in data.splitlines())

    wanted = lines_of(HERE / "v1.1.1-small")
    assert lines_of(changed(tmp_path / "a", "skills_en.csv", semicolons)) == wanted
    folder = changed(tmp_path / "b", "occupationSkillRelations.csv", whole)
    assert lines_of(folder) == wanted
    assert components(written(folder)[1].findings)["WholeRowQuoted"] == len(table(HERE / "v1.1.1-small/occupationSkillRelations.csv"))


SKILL = f"{ESCO}skill/01f10952-cb59-4347-9aee-d4fbc51c870a"


@pytest.mark.parametrize(
    ("file", "cells", "component", "severity", "written_as"),
    [
        ("skills_en.csv", {"conceptUri": SKILL.rsplit("/", 1)[-1]}, "BareIdentifier", INFO, f"<{SKILL}>"),
        ("skills_en.csv", {"conceptUri": SKILL.replace("http:", "https:") + "/"}, "OddIri", WARNING, f"<{SKILL}>"),
        ("skills_en.csv", {"conceptUri": "https://example.org/skill"}, "OddIri", WARNING, "<https://example.org/skill>"),
        ("skills_en.csv", {"modifiedDate": "44270.5"}, "SerialDate", INFO, '"2021-03-15T12:00:00Z"'),
        ("skills_en.csv", {"modifiedDate": "2021-02-30T00:00:00Z"}, "BadDate", WARNING, ""),
        ("skills_en.csv", {"modifiedDate": "2030-02-03"}, "", "", '"2030-02-03T00:00:00Z"'),
        ("skills_en.csv", {"skillType": "skill/competence knowledge"}, "OddTerm", INFO, f"<{ESCO}skill-type/knowledge>"),
        ("skills_en.csv", {"skillType": ""}, "MissingValue", INFO, ""),
        ("skills_en.csv", {"preferredLabel": "\u00a0"}, "MissingLabel", WARNING, ""),
        ("skills_en.csv", {"conceptType": "Occupation"}, "OddTerm", WARNING, ""),
        ("skills_en.csv", {"reuseLevel": "everywhere"}, "OddTerm", WARNING, ""),
        ("skills_en.csv", {"hiddenLabels": "\u00a0x \t"}, "TrimmedLabel", INFO, '"x"@en'),
        ("skills_en.csv", {"preferredLabel": "same", "altLabels": "a\nsame\nb"}, "RepeatedLabel", INFO, '"same"@en'),
        ("occupations_en.csv", {"iscoGroup": "110"}, "BadCode", WARNING, ""),
        ("occupations_en.csv", {"regulatedProfessionNote": "not<an>iri"}, "BadIri", VIOLATION, ""),
        ("occupationSkillRelations.csv", {"relationType": "useful"}, "OddTerm", WARNING, ""),
        ("occupationSkillRelations.csv", {"skillType": ""}, "MissingValue", INFO, ""),
        ("broaderRelationsSkillPillar.csv", {"conceptType": "SkillGroup", "conceptUri": SKILL}, "TwoTypes", INFO, f"<{SKILL}>"),
        ("broaderRelationsSkillPillar.csv", {"broaderUri": "x y"}, "BadIri", VIOLATION, ""),
        ("conceptSchemes_en.csv", {"hasTopConcept": 'http://data.europa.eu/esco/skill/">'}, "BadIri", VIOLATION, ""),
    ],
)
def test_odd_cells(file: str, cells: dict[str, str], component: str, severity: str, written_as: str, tmp_path: Path):
    """Each odd cell is named by file, record and column, and what can be read of it is."""
    folder = edited(tmp_path, file, lambda rows: rows[0].update(cells))
    nquads, result, _ = written(folder)
    before = Counter(f.order for f in written(HERE / "v1.1.1-small")[1].findings)
    new = [f for f in result.findings if f.where.file.endswith(f"/{file}") and f.where.row == 2 and f.order not in before]
    assert [(f.component, f.severity) for f in new if f.component == component] == ([(component, severity)] if component else [])
    assert written_as.encode() in nquads
    list(ox.parse(nquads, ox.RdfFormat.N_QUADS))


def test_concepts_in_circles_are_reported(tmp_path: Path):
    def circle(rows: list[dict[str, str]]) -> None:
        rows.append(rows[0] | {"conceptUri": rows[0]["broaderUri"], "broaderUri": rows[0]["conceptUri"]})

    folder = edited(tmp_path, "broaderRelationsSkillPillar.csv", circle)
    assert components(written(folder)[1].findings, WARNING)["Circular"] == 2
    assert ask(store_of(folder), "SELECT ?c { ?c skos:broaderTransitive ?c }") == []


def test_a_concept_twice_with_other_contents(tmp_path: Path):
    folder = edited(
        tmp_path, "skills_en.csv", lambda rows: rows.append(rows[0] | {"preferredLabel": "newer", "modifiedDate": "2026-01-01T00:00:00Z"})
    )
    nquads, result, _ = written(folder)
    repeated = [f for f in result.findings if f.component == "RepeatedRow" and f.where.sheet == "skills"]
    assert [(f.severity, f.where.row) for f in repeated] == [(WARNING, 2)]
    assert b'"newer"@en' in nquads


def test_languages_that_disagree(tmp_path: Path):
    folder = edited(tmp_path, "skills_fr.csv", lambda rows: rows[0].update(reuseLevel="transversal", status="obsolete"))
    assert components(written(folder)[1].findings, INFO)["DiffersBetweenFiles"] == 1
    assert b'"obsolete"' in written(folder)[0]


def test_a_collection_that_disagrees(tmp_path: Path):
    folder = edited(tmp_path, "languageSkillsCollection_en.csv", lambda rows: rows[0].update(preferredLabel="another name"))
    nquads, result, _ = written(folder)
    assert components(result.findings, WARNING)["DiffersFromMainFile"] == 1
    assert b"another name" not in nquads


def test_a_very_long_cell(tmp_path: Path):
    """`hasTopConcept` is far beyond Python's limit of 131,072 characters for a cell."""
    tops = [f"{ESCO}skill/{i:08x}-0000-4000-8000-000000000000" for i in range(9000)]
    folder = edited(tmp_path, "conceptSchemes_en.csv", lambda rows: rows[0].update(hasTopConcept=",\n".join(tops)))
    found = {r[0] for r in ask(store_of(folder), "SELECT ?t { ?s skos:hasTopConcept ?t FILTER (strends(str(?t), '-8000-000000000000')) }")}
    assert found == set(tops)


def test_many_findings_of_a_kind_are_summed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("loaders.esco.records.MAX_FINDINGS", 3)
    result = written(HERE / "v1.1.1")[1]
    repeated = [f for f in result.findings if f.component == "RepeatedLabel"]
    assert len(repeated) == 4
    assert repeated[-1].message == "So it is at 85 further places."


# --- labels with any character ------------------------------------------------------

_CHARACTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\n")
_LABELS = st.lists(
    st.text(_CHARACTERS, min_size=1, max_size=20).filter(lambda t: values("skills", "preferredLabel", t) == [t]), min_size=1, max_size=5
)


@settings(max_examples=120, deadline=None)
@given(labels=_LABELS, text=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=60))
def test_texts_survive(labels: list[str], text: str, tmp_path_factory: pytest.TempPathFactory):
    """From a CSV cell through N-Quads to another parser, whatever the characters."""
    folder = tmp_path_factory.mktemp("esco") / "v1.1.1"
    folder.mkdir()
    row = {
        "conceptType": "KnowledgeSkillCompetence",
        "conceptUri": SKILL,
        "preferredLabel": labels[0],
        "altLabels": "\n".join(labels),
        "description": text,
    }
    with (folder / "skills_en.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(kinds()["skills"].columns))
        writer.writeheader()
        writer.writerow(row)
    store = store_of(folder)
    assert ask(store, f"SELECT ?l {{ <{SKILL}> skos:altLabel ?l }}") == sorted((label,) for label in set(labels))
    assert ask(store, f"SELECT ?l {{ <{SKILL}> skosxl:altLabel/skosxl:literalForm ?l }}") == sorted((label,) for label in set(labels))
    assert ask(store, f"SELECT ?l {{ <{SKILL}> skos:prefLabel ?l }}") == [(labels[0],)]
    wanted = values("skills", "description", text)
    assert ask(store, f"SELECT ?t {{ <{SKILL}> dct:description/esco:nodeLiteral ?t }}") == [(t,) for t in wanted]


# --- recognition --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("ESCO dataset - v1.1.1 - classification - en - csv.zip", "1.1.1"),
        ("ESCO dataset - v1.2.0 - classification -  - csv.zip", "1.2.0"),
        ("v1.0-early", "1.0"),
        ("v1.0.x", "1.0"),
        ("1.2.1", "1.2.1"),
        ("esco_bundle_occupations_1.0.8", "1.0.8"),
        ("ESCO 1.2", "1.2"),
        ("python3.11", ""),
        ("csv", ""),
        ("classification 2024-01-02", ""),
    ],
)
def test_version_in_a_name(name: str, version: str):
    assert version_in(name) == version


def unnamed(tmp_path: Path, package: str, counts: dict[str, int] | None = None) -> Path:
    """A package in a folder without a version in its name, with as many occupations and skills as asked for."""
    folder = shutil.copytree(HERE / package, tmp_path / "downloads")
    for kind, number in (counts or {}).items():
        for path in folder.glob(f"{kind}_*.csv"):
            rows = table(path)
            more = [rows[0] | {"conceptUri": f"{rows[0]['conceptUri'][:-12]}{i:012x}"} for i in range(number - len(rows))]
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows([*rows, *more])
    return folder


@pytest.mark.parametrize(
    ("package", "counts", "version"),
    [
        ("v1.0-early", {}, "1.0"),
        ("v1.0.8", {}, "1.0"),
        ("v1.1.1-small", {}, "1.1.1"),
        ("v1.2.0", {}, "1.2.0"),
        ("v1.2.1", {}, "1.2.1"),
    ],
)
def test_version_by_layout(package: str, counts: dict[str, int], version: str, tmp_path: Path):
    assert read_package([unnamed(tmp_path, package, counts)]).version == version


@pytest.mark.parametrize(("count", "version"), [(3007, "1.1.1"), (3039, "1.2.0")])
def test_version_by_count(count: int, version: str, tmp_path: Path):
    """Occupations alone have the same columns in several versions."""
    folder = unnamed(tmp_path, "v1.1.1-small", {"occupations": count})
    assert read_package([folder / "occupations_en.csv"]).version == version


def test_unknown_version_is_asked_for(tmp_path: Path):
    folder = unnamed(tmp_path, "v1.1.1-small")
    with pytest.raises(InputError, match=r"fit .*1\.1\.1.* or 1\.2\.0.*2 occupations.*Name the folder"):
        read_package([folder / "occupations_en.csv"])


def test_a_version_that_we_do_not_know(tmp_path: Path):
    folder = shutil.copytree(HERE / "v1.2.1", tmp_path / "v1.3.0")
    package = read_package([folder])
    assert package.version == "1.3.0"
    assert components(package.findings, WARNING)["UnknownVersion"] == 1
    assert len(written(folder)[0].splitlines()) == len(written(HERE / "v1.2.1")[0].splitlines())


@pytest.mark.parametrize(
    ("package", "name", "sentence"),
    [
        (
            "v1.1.1-small",
            "v1.2.0",
            r"broaderRelationsOccPillar\.csv cannot be of ESCO 1\.2\.0, which “v1\.2\.0” names: .* 1\.0, 1\.1\.0 or 1\.1\.1",
        ),
        ("v1.2.1", "v1.2.0", r"cannot be of ESCO 1\.2\.0"),
        ("v1.0-early", "v1.2.0", r"cannot be of ESCO 1\.2\.0.*1\.0"),
        ("v1.2.0", "v1.1.0", r"cannot be of ESCO 1\.1\.0"),
    ],
)
def test_named_after_another_version(package: str, name: str, sentence: str, tmp_path: Path):
    with pytest.raises(InputError, match=sentence):
        read_package([shutil.copytree(HERE / package, tmp_path / name)])


def test_counts_of_another_version(tmp_path: Path):
    folder = unnamed(tmp_path, "v1.1.1-small", {"occupations": 3039}).rename(tmp_path / "v1.1.1")
    with pytest.raises(InputError, match=r"names ESCO 1\.1\.1, but there are 3,039 occupations, as many as ESCO 1\.2\.0 has"):
        read_package([folder])


def test_two_versions(tmp_path: Path):
    with pytest.raises(InputError, match=r"two versions of ESCO, 1\.1\.1 .* and 1\.2\.0 .*Give the files of one version"):
        read_package([HERE / "v1.1.1", HERE / "v1.2.0"])
    folder = tmp_path / "mixed"
    folder.mkdir()
    shutil.copy(HERE / "v1.0-early" / "occupations_fr.csv", folder)
    shutil.copy(HERE / "v1.2.1" / "occupations_en.csv", folder)
    with pytest.raises(InputError, match="not of one version"):
        read_package([folder])


def test_zip_of_one_language_with_files_of_another(tmp_path: Path):
    paths = _zips(HERE / "v1.2.1", tmp_path, "1.2.1")
    wrong = next(p for p in paths if "- en -" in p.name).rename(tmp_path / "ESCO dataset - v1.2.1 - classification - de - csv.zip")
    with pytest.raises(InputError, match=r"named after the language “de” and holds .*_en\.csv"):
        read_package([wrong])


def test_two_files_of_one_kind_and_language(tmp_path: Path):
    folder = shutil.copytree(HERE / "v1.1.1-small", tmp_path / "v1.1.1")
    (folder / "more").mkdir()
    shutil.copy(folder / "skills_fr.csv", folder / "more" / "skills_en.csv")
    with pytest.raises(InputError, match=r"more/skills_en\.csv: it is not the same as v1\.1\.1/skills_en\.csv"):
        read_package([folder])


def test_languages_by_suffix(tmp_path: Path):
    folder = shutil.copytree(HERE / "v1.1.1-small", tmp_path / "v1.1.1")
    for path in folder.glob("*_fr.csv"):
        path.rename(folder / path.name.replace("_fr", "_pt-BR"))
    assert read_package([folder]).languages == ("en", "pt-br")
    (folder / "skills_en.csv").rename(folder / "skills.csv")
    with pytest.raises(InputError, match=r"skills\.csv does not say its language"):
        read_package([folder])


def test_what_is_ignored(tmp_path: Path):
    """`model.rdf`, `dictionary_xx.csv` and what is not of ESCO; a strange CSV file is named."""
    folder = shutil.copytree(HERE / "v1.2.1", tmp_path / "v1.2.1")
    (folder / "README.txt").write_text("read me", encoding="utf-8")
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "skills_en (1).csv").write_text("conceptUri\n", encoding="utf-8")
    package = read_package([folder])
    assert "dictionary" not in package.kinds
    unknown = [f.where.file for f in package.findings if f.component == "UnknownFile"]
    assert unknown == ["v1.2.1/skills_en (1).csv"]


# --- hostile and damaged ------------------------------------------------------------


def _zip(path: Path, members: dict[str, bytes], **attributes: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in attributes.items():
                setattr(info, key, value)
            archive.writestr(info, data)
    return path


def _good() -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (HERE / "v1.1.1-small").glob("*_en.csv")}


def _truncated(path: Path) -> Path:
    _zip(path, _good())
    path.write_bytes(path.read_bytes()[:-700])
    return path


def _encrypted(path: Path) -> Path:
    data = bytearray(_zip(path, _good()).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = data.find(mark)
        while position >= 0:
            data[position + offset] |= 1
            position = data.find(mark, position + 4)
    path.write_bytes(data)
    return path


def _text(path: Path) -> Path:
    path.write_text("this is no zip", encoding="utf-8")
    return path


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "truncated": (_truncated, "it is no zip, or is cut off"),
    "no zip": (_text, "it is no zip, or is cut off"),
    "bomb": (lambda p: _zip(p, {"skills_en.csv": b"0" * 30_000_000}), "unpacks to far more"),
    "nested": (lambda p: _zip(p, {**_good(), "more.zip": b"PK"}), "holds another archive"),
    "password": (_encrypted, "protected by a password"),
    "path upwards": (lambda p: _zip(p, {"../../etc/skills_en.csv": b"x"}), "names a file outside itself"),
    "absolute path": (lambda p: _zip(p, {"/etc/skills_en.csv": b"x"}), "names a file outside itself"),
    "drive": (lambda p: _zip(p, {"C:\\skills_en.csv": b"x"}), "names a file outside itself"),
    "link": (lambda p: _zip(p, {"skills_en.csv": b"/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16), "holds a link"),
    "too many": (lambda p: _zip(p, {f"f{i}.csv": b"" for i in range(2_100)}), "unpacks to far more"),
    "something else": (lambda p: _zip(p, {"report.docx": b"x"}), "no package of ESCO"),
    "empty": (lambda p: _zip(p, {}), "no package of ESCO"),
    "empty file": (lambda p: _zip(p, {"skills_en.csv": b""}), "it is empty"),
    "not ESCO": (lambda p: _zip(p, {"skills_en.csv": b"id,name\r\n1,x\r\n"}), "it has no column conceptUri"),
    "binary": (lambda p: _zip(p, {"skills_en.csv": bytes(range(256)) * 9}), "it has no column conceptUri"),
    "UTF-16": (lambda p: _zip(p, {"skills_en.csv": "conceptUri,preferredLabel\r\n".encode("utf-16")}), "it has no column conceptUri"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_a_sentence(case: str, tmp_path: Path):
    make, sentence = REFUSED[case]
    path = make(tmp_path / "ESCO dataset - v1.1.1 - classification - en - csv.zip")
    with pytest.raises(InputError, match=sentence) as caught:
        read_package([path])
    text = str(caught.value)
    assert text.endswith(".")
    assert "Traceback" not in text
    assert sorted(p.name for p in tmp_path.iterdir()) == [path.name], "nothing is unpacked"


def test_refused_paths(tmp_path: Path):
    with pytest.raises(InputError, match="does not exist"):
        read_package([tmp_path / "none"])
    with pytest.raises(WrongKind, match="nothing of ESCO is in it"):
        read_package([tmp_path])
    (tmp_path / "list.csv").write_text("conceptUri\n", encoding="utf-8")
    with pytest.raises(WrongKind, match=r"list\.csv is not named as ESCO's portal"):
        read_package([tmp_path])
    with pytest.raises(WrongKind, match="Nothing"):
        read_package([])


def test_links_out_of_a_folder(tmp_path: Path):
    folder = shutil.copytree(HERE / "v1.1.1-small", tmp_path / "v1.1.1")
    (folder / "skills_en.csv").unlink()
    (folder / "skills_en.csv").symlink_to(HERE / "v1.1.1-small" / "skills_en.csv")
    with pytest.raises(InputError, match="a link that leads out"):
        read_package([folder])


def test_gzip_bomb(tmp_path: Path):
    folder = tmp_path / "v1.1.1"
    folder.mkdir()
    header = ",".join(kinds()["skills"].columns).encode() + b"\r\n"
    (folder / "skills_en.csv.gz").write_bytes(gzip.compress(header + b"x" * 60_000_000))
    with pytest.raises(InputError, match="unpacks to far more"):
        written(folder)


def test_too_much_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(esco_members, "MAX_UNPACKED", 10_000)
    with pytest.raises(InputError, match="unpacks to far more"):
        read_package(_zips(HERE / "v1.1.1-small", tmp_path, "1.1.1"))


def _record(data: bytes, number: int) -> bytes:
    """The file up to and with a record, counted by its line ends outside quotes."""
    return b"".join(data.splitlines(keepends=True)[:number])


DAMAGED: dict[str, tuple[str, Callable[[bytes], bytes], str, int]] = {
    "cut in a quoted cell": ("skills_en.csv", lambda d: d[: d.rindex(b"Second line") + 3], "CutOff", 7),
    "cut in a row": ("occupationSkillRelations.csv", lambda d: _record(d, 4) + b"http://data.europa.eu/esco/occ", "CutOff", 5),
    "cut in the last cell": ("occupationSkillRelations.csv", lambda d: d[:-9], "NoLineEnd", 8),
    "cut in the hierarchy": ("skillsHierarchy_en.csv", lambda d: _record(d, 3) + b"http://data.europa.eu/esco/skill/x,y\r\n", "CutOff", 4),
    "quote out of place": ("broaderRelationsOccPillar.csv", lambda d: _record(d, 2) + b'ISCOGroup,"a"b,c,d\r\n', "BadQuotes", 3),
    "cells too many": (
        "broaderRelationsOccPillar.csv",
        lambda d: _record(d, 2) + _record(d, 3)[len(_record(d, 2)) : -2] + b",x\r\n",
        "RaggedRow",
        3,
    ),
    "not UTF-8": ("broaderRelationsOccPillar.csv", lambda d: _record(d, 3) + b"\xe9" + d[len(_record(d, 3)) :], "BadEncoding", 4),
    "NUL": ("broaderRelationsOccPillar.csv", lambda d: _record(d, 3) + b"\0" + d[len(_record(d, 3)) :], "NulCharacter", 4),
    "no IRI": ("broaderRelationsOccPillar.csv", lambda d: d.replace(b"/isco/C2149", b"/isco/C<2149>", 1), "BadIri", 4),
    "empty IRI": (
        "occupations_en.csv",
        lambda d: re.sub(rb"http://data.europa.eu/esco/occupation/[\w-]+", b"", d, count=1),
        "MissingIri",
        2,
    ),
}


@pytest.mark.parametrize("packed", ["csv", "csv.gz", "zip"])
@pytest.mark.parametrize("case", DAMAGED)
def test_damage_is_named_by_file_and_record(case: str, packed: str, tmp_path: Path):
    name, damage, component, row = DAMAGED[case]
    folder = changed(tmp_path, name, damage)
    if packed == "csv.gz":
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
        (folder / name).unlink()
    paths = _zips(folder, tmp_path, "1.1.1") if packed == "zip" else [folder]
    nquads, result, _ = written(*paths)
    found = [f for f in result.findings if f.component == component]
    assert [(Path(f.where.file).name.removesuffix(".gz"), f.where.row) for f in found] == [(name, row)]
    assert {f.severity for f in found} == {WARNING if component == "NoLineEnd" else VIOLATION}
    assert all(f.message.endswith(".") for f in found)
    list(ox.parse(nquads, ox.RdfFormat.N_QUADS))


def test_damage_inside_a_zip_or_gzip(tmp_path: Path):
    """Compressed data that break off or were changed on the way."""
    folder = shutil.copytree(HERE / "v1.1.1-small", tmp_path / "v1.1.1")
    data = (folder / "occupationSkillRelations.csv").read_bytes()
    (folder / "occupationSkillRelations.csv").unlink()
    broken = folder / "occupationSkillRelations.csv.gz"
    broken.write_bytes(gzip.compress(data + _record(data, 9).split(b"\r\n", 1)[1] * 40)[:-20])
    assert components(written(folder)[1].findings, VIOLATION)["CutOff"] == 1
    broken.write_bytes(gzip.compress(data)[:40])
    with pytest.raises(InputError, match="it is damaged or cut off"):
        written(folder)
    path = tmp_path / "ESCO dataset - v1.1.1 - classification - en - csv.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.write(HERE / "v1.1.1-small" / "occupations_en.csv", "occupations_en.csv")
    path.write_bytes(path.read_bytes().replace(b"Invented text 0", b"Inverted text 0"))
    with pytest.raises(InputError, match="Bad CRC-32"):
        written(path)


@settings(max_examples=60, deadline=None)
@given(position=st.floats(0, 1), junk=st.binary(max_size=12), cut=st.booleans())
def test_any_damage_ends_in_findings(position: float, junk: bytes, cut: bool, tmp_path_factory: pytest.TempPathFactory):
    """Whatever happens to a file, the loader neither falls over nor writes what is no RDF."""
    folder = shutil.copytree(HERE / "v1.1.1-small", tmp_path_factory.mktemp("esco") / "v1.1.1")
    path = folder / "skills_en.csv"
    data = path.read_bytes()
    place = int(position * len(data))
    path.write_bytes(data[:place] + junk + (b"" if cut else data[place:]))
    nquads = b""
    with suppress(InputError):
        nquads = written(folder)[0]
    list(ox.parse(nquads, ox.RdfFormat.N_QUADS))


# --- the RDF dump -------------------------------------------------------------------


def _dump(target: Path, form: ox.RdfFormat) -> Path:
    quads = ox.parse(written(HERE / "v1.1.1-small")[0], ox.RdfFormat.N_QUADS)
    out = io.BytesIO()
    ox.serialize((ox.Triple(q.subject, q.predicate, q.object) for q in quads if q.subject != GRAPH), out, form)
    target.write_bytes(gzip.compress(out.getvalue()) if target.suffix == ".gz" else out.getvalue())
    return target


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("esco-v1.1.1.ttl", ox.RdfFormat.TURTLE),
        ("esco-v1.1.1.ttl.gz", ox.RdfFormat.TURTLE),
        ("ESCO dataset - v1.1.1.rdf", ox.RdfFormat.RDF_XML),
        ("esco_v1.1.1.nt.gz", ox.RdfFormat.N_TRIPLES),
    ],
)
def test_dump(name: str, form: ox.RdfFormat, tmp_path: Path):
    """The graph of a dump is that of the CSV files, when they say the same."""
    path = _dump(tmp_path / name, form)
    nquads, result, source = written(path)

    def statements(data: bytes) -> set[ox.Quad]:
        return {q for q in ox.parse(data, ox.RdfFormat.N_QUADS) if q.subject != GRAPH}

    assert statements(nquads) == statements(written(HERE / "v1.1.1-small")[0])
    assert (source.package.version, result.facts["languages"]) == ("1.1.1", ["en", "fr"])
    assert result.facts["counts"]["skills"] == 6
    assert not result.findings


def test_dump_in_a_zip_and_roles_of_labels(tmp_path: Path):
    role = f'<{NAMES.base}l> <{ESCO}model#hasLabelRole> "{ESCO}label-role/female" .\n<{ESCO}skill/x> a <{ESCO}model#Skill> .\n'
    path = tmp_path / "ESCO dataset - v1.2.0 - classification -  - ttl.zip"
    _zip(path, {"esco.ttl": role.encode()})
    nquads = written(path)[0].decode()
    assert f"hasLabelRole> <{ESCO}label-role/female>" in nquads
    assert f'hasLabelRole> "{ESCO}label-role/female"' in nquads


def test_dumps_refused(tmp_path: Path):
    plain = tmp_path / "esco.ttl"
    plain.write_text(f"<{ESCO}skill/x> a <{ESCO}model#Skill> .", encoding="utf-8")
    with pytest.raises(InputError, match="does not say which version"):
        read_package([plain])
    other = tmp_path / "esco-v1.2.0.ttl"
    other.write_text("<http://example.org/a> a <http://example.org/b> .", encoding="utf-8")
    with pytest.raises(WrongKind, match="does not speak of ESCO"):
        read_package([other])
    other.write_text(f"<{ESCO}skill/x> a <{ESCO}model#Skill> .\n<{ESCO}skill/y> a <broken", encoding="utf-8")
    cut = [f for f in written(other)[1].findings if f.severity == VIOLATION]
    assert [(f.component, f.where.row) for f in cut] == [("CutOff", 2)]
    other.write_text(f"<{ESCO}model#Skill> a <http://www.w3.org/2002/07/owl#Class> .", encoding="utf-8")
    assert components(written(other)[1].findings, VIOLATION)["NoConcept"] == 1


_RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://data.europa.eu/esco/model#">'
    '<e:Skill rdf:about="http://data.europa.eu/esco/skill/x"><e:y>&a2;</e:y></e:Skill></rdf:RDF>'
)


@pytest.mark.parametrize(
    ("prologue", "refused"),
    [
        ('<!DOCTYPE rdf:RDF [<!ENTITY a2 "short">]>', False),
        ('<!-- <a> --><?xml-stylesheet x?>\n<!DOCTYPE rdf:RDF [<!ENTITY b "x"> <!ENTITY a2 "y">]>', False),
        ('<!DOCTYPE rdf:RDF [<!ENTITY a1 "ten"><!ENTITY a2 "&a1;&a1;&a1;">]>', True),
        ('<!DOCTYPE rdf:RDF [<!ENTITY a1 "ten"><!ENTITY a2 "&#38;a1;">]>', True),
        ('<!-- <a> --><!DOCTYPE rdf:RDF [<!ENTITY a2 "' + "x" * 300 + '">]>', True),
        ('<!DOCTYPE rdf:RDF [<!ENTITY a2 SYSTEM "file:///etc/passwd">]>', True),
        ('<!DOCTYPE rdf:RDF [<!ENTITY % p "x"><!ENTITY a2 "y">]>', True),
        (" " * 1_100_000 + '<!DOCTYPE rdf:RDF [<!ENTITY a1 "ten"><!ENTITY a2 "&a1;">]>', True),
        ('<!DOCTYPE rdf:RDF [<!ENTITY b "]>"><!ENTITY a1 "ten"><!ENTITY a2 "&a1;">]>', True),
    ],
)
def test_entities_of_xml(prologue: str, refused: bool, tmp_path: Path):
    """An XML file of some lines could otherwise fill the memory of the machine."""
    path = tmp_path / "esco-v1.2.0.rdf"
    path.write_text(f"{prologue}{_RDF}", encoding="utf-8")
    if refused:
        with pytest.raises(InputError, match=r"declares entities|does not speak of ESCO"):
            read_package([path])
    else:
        assert not violations(written(path)[1].findings)


# --- the tables of layouts ----------------------------------------------------------


def test_tables_of_layouts_are_sound():
    for kind in kinds().values():
        assert kind.since in LAYOUTS
        assert (kind.until or LAYOUTS[-1]) in LAYOUTS
        for column in kind.columns.values():
            assert LAYOUTS.index(column.since) <= LAYOUTS.index(column.always)
            assert bool(column.property) == (column.value not in ("subject", "object", "ignored", "type")), (kind.name, column.name)
    assert set(LAYOUTS) == {layout for version in versions().values() for layout in version.layouts}


@pytest.fixture(scope="module")
def headers() -> dict[str, str]:
    require("esco")
    text = (shared("esco") / "VERSIONS.md").read_text(encoding="utf-8").split("## Differences")[0]
    found: dict[str, str] = {}
    for section in text.split("\n## ")[1:]:
        kind = section.split("\n", 1)[0].strip()
        for line in re.findall(r"^- (.*): `(.*)`$", section, re.MULTILINE):
            for version in re.findall(r"v([\d.]+(?:x-en|-early)?)", line[0]):
                found[f"{kind} {version}"] = line[1]
    return found


def test_every_header_of_the_survey_is_a_layout(headers: dict[str, str]):
    layout = {"1.0-early": "1.0", "1.0.x-en": "1.0.8"}
    assert len(headers) > 50
    for name, header in headers.items():
        kind, version = name.split()
        wanted = layout.get(version, version)
        fits = kinds()[kind].fits(header.split(","), True) | kinds()[kind].fits(header.split(","), False)
        assert wanted in fits, f"{name}: {header}"
