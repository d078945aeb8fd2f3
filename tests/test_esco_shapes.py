"""The shapes for ESCO and for mappings, both ways: a small ESCO without a flaw passes, and each constraint has a file that breaks it."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH

from loaders.esco import esco_source
from tests.requirements import require, shared
from wise_skills import reference_validation, reference_view
from wise_skills.errors import FileProblem
from wise_skills.findings import Cell, Finding
from wise_skills.names import Names, resource
from wise_skills.reference_shapes import Check, reference_shapes
from wise_skills.reference_validation import READ_ALREADY, check
from wise_skills.source import nquads
from wise_skills.tables import read_turtle
from wise_skills.validation import to_rdflib

HERE = Path(__file__).parent / "fixtures" / "esco_shapes"
NAMES = Names()
ESCO = NAMES.graph("esco")
KINDS = ("concepts", "mappings")
CHECKS = [check for kind in KINDS for check in reference_shapes(kind).checks.values()]
FAILING = sorted((HERE / "failing").glob("*.ttl"))


def kind_of(path: Path) -> str:
    return "mappings" if path.stem.startswith("EscoMapping") else "concepts"


@cache
def read(path: Path) -> tuple[ox.Quad, ...]:
    graph = ox.NamedNode(ESCO)
    return tuple(ox.Quad(q.subject, q.predicate, q.object, graph) for q in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))


def world(kind: str) -> tuple[ox.Quad, ...]:
    return read(HERE / "passing.ttl") + (read(HERE / "passing-mappings.ttl") if kind == "mappings" else ())


def with_flaw(path: Path) -> list[ox.Quad]:
    """The flawless world, where the subjects of a failing file are described as that file does."""
    flawed = read(path)
    subjects = {q.subject for q in flawed}
    return [*(q for q in world(kind_of(path)) if q.subject not in subjects), *flawed]


def written(quads, folder: Path, name: str = "esco.nq") -> Path:
    path = folder / name
    path.write_bytes(nquads(quads))
    return path


def found(data, kind: str = "concepts", place=lambda _: None, **options) -> list[Finding]:
    return list(check(data, place, NAMES, kind=kind, **options))


# --- the shapes themselves


@pytest.mark.parametrize("made", CHECKS, ids=lambda c: c.component)
def test_constraint_is_complete(made: Check):
    """A name, a sentence, a place to look; a Warning at worst."""
    assert made.severity in ("Warning", "Info")
    assert made.message.endswith(".")
    assert made.name == made.name.strip(". ")
    assert made.name[0].islower() or made.name.startswith("an ESCO")
    assert made.column or made.component.startswith("EscoMapping")
    assert made.target


def test_shapes_of_tables_do_not_see_these():
    assert not [p for p in resource("shapes").glob("*.ttl") if "wsh:Esco" in p.read_text(encoding="utf-8")]


def test_every_shape_that_is_written_is_checked():
    """What bears a severity is a check; nothing is forgotten in a file that is read for the other kind."""
    graph = read_turtle(sorted((resource("shapes") / "esco").glob("*.ttl")), NAMES)
    assert {str(s) for s in graph.subjects(SH.severity, None)} == {c.iri for c in CHECKS}
    named = {str(o) for p in (SH.property, SH.sparql) for o in graph.objects(None, p) if isinstance(o, URIRef)}
    assert named <= {c.iri for c in CHECKS}


def test_another_base():
    """The graph of ESCO that constraints name is that of the base in use."""
    terms = reference_shapes("mappings", "https://example.org/other/").terms
    assert "https://example.org/other/graph/esco" in terms
    assert not [t for t in terms if t.startswith(NAMES.base)]


# --- both ways


@pytest.mark.parametrize("kind", KINDS)
def test_flawless(kind: str, tmp_path: Path):
    assert found(written(world(kind), tmp_path), kind) == []


def test_every_constraint_has_a_failing_file():
    assert {p.stem for p in FAILING} == {c.component for c in CHECKS}


@pytest.mark.parametrize("path", FAILING, ids=lambda p: p.stem)
def test_failing(path: Path, tmp_path: Path):
    """The file breaks its own constraint and no other; the sentence has no gap."""
    findings = found(written(with_flaw(path), tmp_path), kind_of(path))
    assert {f.component for f in findings} == {path.stem}
    for finding in findings:
        assert finding.message.endswith(".")
        assert not {"{", "}"} & set(finding.message)
        assert "  " not in finding.message
        assert "“”" not in finding.message
        assert finding.focus


@pytest.mark.parametrize("path", FAILING, ids=lambda p: p.stem)
def test_pyshacl_agrees_with_the_shapes_as_written(path: Path, tmp_path: Path):
    """The constraint exactly as it is written, targets and SPARQL included, in pySHACL alone."""
    made = next(c for c in CHECKS if c.component == path.stem)
    shapes = as_written(made)
    quads = with_flaw(path)
    _, report, _ = pyshacl.validate(to_rdflib(quads), shacl_graph=shapes, advanced=True, inference="none", do_owl_imports=False)
    results = set(report.subjects(RDF.type, SH.ValidationResult))
    top = {r for head in report.subjects(RDF.type, SH.ValidationReport) for r in report.objects(head, SH.result)}
    theirs = {str(report.value(r, SH.focusNode)) for r in results & top}
    assert theirs == {f.focus for f in found(written(quads, tmp_path), kind_of(path))}


def as_written(made: Check) -> Graph:
    """The shapes graph with one constraint left in it."""
    whole = read_turtle(sorted((resource("shapes") / "esco").glob("*.ttl")), NAMES)
    others = {URIRef(c.iri) for c in CHECKS} - {URIRef(made.iri)}
    kept = Graph()
    for s, p, o in whole:
        if s not in others and o not in others:
            kept.add((s, p, o))
    return kept


# --- where things stand, and what is said once


def test_place(tmp_path: Path):
    """The row comes from the caller, the column from the shape."""
    path = HERE / "failing" / "EscoSkillShape-reuse.ttl"
    cell = Cell("esco.zip/skills_en.csv", "skills", 17)
    [finding] = found(written(with_flaw(path), tmp_path), place=lambda iri: cell if iri.endswith("/skill/lore") else None)
    assert finding.where == Cell("esco.zip/skills_en.csv", "skills", 17, "reuseLevel")
    assert finding.as_line() == "esco.zip/skills_en.csv:17:reuseLevel: Info: “lantern lore” has no reuse level."


def test_value_and_path(tmp_path: Path):
    path = HERE / "failing" / "EscoRelationShape-inverse.ttl"
    [finding] = found(written(with_flaw(path), tmp_path))
    assert finding.path == "http://data.europa.eu/esco/model#isEssentialSkillFor"
    assert finding.value == "http://data.europa.eu/esco/occupation/keeper"
    assert finding.message == "“trim wicks” and “lantern keeper” are joined by isEssentialSkillFor, but not by its reverse."


def many(number: int, lines: str) -> list[ox.Quad]:
    """The world with so many further skills."""
    text = "\n".join(
        f"<http://data.europa.eu/esco/skill/more-{i}> a skos:Concept , esco:Skill ; {lines.replace('NUMBER', str(i))} ."
        for i in range(number)
    )
    prefixes = "\n".join(line for line in (HERE / "passing.ttl").read_text(encoding="utf-8").splitlines() if line.startswith("@prefix"))
    graph = ox.NamedNode(ESCO)
    made = ox.parse(f"{prefixes}\n{text}".encode(), ox.RdfFormat.TURTLE)
    return [*world("concepts"), *(ox.Quad(q.subject, q.predicate, q.object, graph) for q in made)]


def test_what_all_lack_is_said_once(tmp_path: Path):
    """A version without a column: one finding about the file, not thousands about rows."""
    full = 'skos:prefLabel "skill NUMBER"@en ; esco:skillType skilltype:skill ; skos:inScheme scheme:skills ; iso-thes:status "released" ; '
    lines = full + "esco:skillReuseLevel level:transversal"
    [finding] = found(written(many(30, lines), tmp_path), source="ESCO 1.1.1")
    assert finding.message == "30 of 33 skills: no broader concept."
    assert (finding.where, finding.focus) == (Cell("ESCO 1.1.1", "", 0, "conceptUri"), "")


def test_what_no_file_describes_is_said_once(tmp_path: Path):
    """A package without skills_xx.csv: relations to them are not called broken, one by one."""
    quads = many(30, "esco:isEssentialSkillFor occupation:keeper")
    keeper = ox.NamedNode("http://data.europa.eu/esco/occupation/keeper")
    needs = ox.NamedNode("http://data.europa.eu/esco/model#relatedEssentialSkill")
    quads += [ox.Quad(keeper, needs, q.subject, q.graph_name) for q in quads if q.subject.value.rpartition("-")[0].endswith("/more")]
    [finding] = found(written(quads, tmp_path))
    assert finding.message == "30 of 33 skills: no preferred label."


def test_few_are_named_one_by_one(tmp_path: Path):
    lines = 'skos:prefLabel "skill NUMBER"@en ; esco:skillType skilltype:skill ; skos:inScheme scheme:skills ; iso-thes:status "released"'
    findings = found(written(many(3, lines + " ; esco:skillReuseLevel level:transversal"), tmp_path))
    assert [f.message for f in findings] == [
        f"“skill {i}” has no broader concept: it cannot be reached from the skill groups." for i in range(3)
    ]


# --- one result, however it is run


def flawed() -> list[ox.Quad]:
    return with_flaw(HERE / "failing" / "EscoSkillShape-broader.ttl") + list(read(HERE / "failing" / "EscoSchemeShape-iri.ttl"))


@pytest.mark.parametrize(("module", "name", "value"), [(reference_view, "IN_MEMORY_BYTES", 0), (reference_validation, "SLICE", 1)])
def test_however_it_is_run(module, name: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = written(flawed(), tmp_path)
    expected = found(path)
    assert {f.component for f in expected} == {"EscoSkillShape-broader", "EscoSchemeShape-iri"}
    monkeypatch.setattr(module, name, value)
    assert found(path) == expected


def test_gzipped_file_and_store(tmp_path: Path):
    path = written(flawed(), tmp_path)
    expected = found(path)
    packed = tmp_path / "esco.nq.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert found(packed) == expected
    store = ox.Store()
    store.bulk_extend(flawed())
    other = ox.Quad(ox.NamedNode("urn:x:1"), ox.NamedNode(str(RDF.type)), ox.NamedNode("http://data.europa.eu/esco/model#Skill"))
    store.add(ox.Quad(other.subject, other.predicate, other.object, ox.NamedNode("urn:another")))
    assert found(store, graphs=[ESCO]) == expected
    assert len(found(store)) > len(expected)


def test_mappings_beside_a_package(tmp_path: Path):
    """A mapping file of its own, with ESCO as context; without ESCO nothing is missing from it."""
    mapping = HERE / "failing" / "EscoMappingShape-exists.ttl"
    subjects = {q.subject for q in read(mapping)}
    rows = [q for q in read(HERE / "passing-mappings.ttl") if q.subject not in subjects] + list(read(mapping))
    file, esco = written(rows, tmp_path, "map.nq"), written(world("concepts"), tmp_path)
    [finding] = found(file, "mappings", context=esco)
    assert (
        finding.message
        == "http://data.europa.eu/esco/occupation/retired is no concept of the loaded ESCO 1.1.1: it was retired, is newer, or is mistyped."
    )
    assert found(file, "mappings") == []


def test_skills_cannot_be_missing_from_a_package_of_occupations(tmp_path: Path):
    """Where no skill is known at all, the package holds no skills: nothing can be said about one."""
    skill = "http://data.europa.eu/esco/skill/"
    context = [q for q in world("concepts") if not q.subject.value.startswith(skill)]
    file = written(read(HERE / "passing-mappings.ttl"), tmp_path, "map.nq")
    assert found(file, "mappings", context=written(context, tmp_path)) == []


@pytest.mark.parametrize("iri", ["isco/C9999", "isced-f/9999"])
def test_groups_that_are_missing(iri: str, tmp_path: Path):
    """Looked for only where a package has such groups: every one has ISCO group 1 and the field 00."""
    target = ox.NamedNode("http://www.w3.org/2002/07/owl#annotatedTarget")
    rows = [q for q in read(HERE / "passing-mappings.ttl") if not (q.subject.value == "urn:m:1" and q.predicate == target)]
    rows.append(ox.Quad(ox.NamedNode("urn:m:1"), target, ox.NamedNode("http://data.europa.eu/esco/" + iri), ox.NamedNode(ESCO)))
    file, concept = written(rows, tmp_path, "map.nq"), ox.NamedNode("http://www.w3.org/2004/02/skos/core#Concept")
    few = [*world("concepts")]
    first = [ox.NamedNode(f"http://data.europa.eu/esco/{group}") for group in ("isco/C1", "isced-f/00")]
    more = [*few, *(ox.Quad(group, ox.NamedNode(str(RDF.type)), concept, ox.NamedNode(ESCO)) for group in first)]
    assert found(file, "mappings", context=written(few, tmp_path, "few.nq")) == []
    assert [f.value for f in found(file, "mappings", context=written(more, tmp_path, "more.nq"))] == ["http://data.europa.eu/esco/" + iri]


def test_what_somebody_else_reports(tmp_path: Path):
    """It is left out; what follows from it, that an undescribed skill lacks all else, still holds."""
    assert set(READ_ALREADY) <= {c.component for c in CHECKS}
    quads = [*read(HERE / "failing" / "EscoSkillShape-described.ttl"), *flawed()]
    path = written(quads, tmp_path)
    every, some = found(path), found(path, without=READ_ALREADY)
    assert some == [f for f in every if f.component != "EscoSkillShape-described"]
    assert len(every) == len(some) + 1


def test_damaged_file(tmp_path: Path):
    path = tmp_path / "cut.nq"
    path.write_bytes(nquads(world("concepts"))[:-30])
    with pytest.raises(FileProblem, match="is no N-Quads file"):
        found(path)


# --- the real package


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """What is found in the English package of v1.1.1, each with its row."""
    require("esco")
    source = esco_source([shared("esco") / "v1.1.1" / "portal-zips"], NAMES, "")
    path = tmp_path_factory.mktemp("esco") / "esco.nq"
    with path.open("wb") as file:
        source.write(file)
    return found(path, place=lambda iri: Cell(source.places[iri][0], "", source.places[iri][1]) if iri in source.places else None)


def rows(name: str) -> dict[str, tuple[int, dict[str, str]]]:
    """Number and cells of each record of a published file, by concept, read with nothing of ours."""
    plain = shared("esco") / "v1.1.1" / name
    with plain.open("rb") if plain.exists() else gzip.open(f"{plain}.gz") as packed:
        text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
        return {row["conceptUri"]: (number, row) for number, row in enumerate(csv.DictReader(text), 2)}


@pytest.mark.parametrize(("name", "number"), [("skills", 12_187), ("occupations", 2_715)])
def test_labels_of_the_real_package(name: str, number: int, real: list[Finding]):
    """So many repeat their preferred label, and few more if blanks are cut; each is named with the record it stands in."""
    repeated = {f.focus: f.where.row for f in real if f.component == "EscoLabelShape-alternative_repeats"}
    table = rows(f"en/{name}_en.csv")
    assert sum(row["preferredLabel"] in row["altLabels"].split("\n") for _, row in table.values()) == number
    trimmed = {i: (at, row["preferredLabel"].strip(), [a.strip() for a in row["altLabels"].split("\n")]) for i, (at, row) in table.items()}
    wanted = {iri: at for iri, (at, preferred, others) in trimmed.items() if preferred in others}
    assert {iri: at for iri, at in repeated.items() if iri in table} == wanted


def test_reuse_levels_of_the_real_package(real: list[Finding]):
    """Pairs of skills of which the narrower has the wider level, as the files have them."""
    order = ["occupation-specific", "sector-specific", "cross-sector", "transversal"]
    level = {iri: order.index(row["reuseLevel"]) for iri, (_, row) in rows("en/skills_en.csv").items() if row["reuseLevel"]}
    with (shared("esco") / "v1.1.1" / "relations" / "broaderRelationsSkillPillar.csv").open(encoding="utf-8", newline="") as file:
        pairs = {(row["conceptUri"], row["broaderUri"]) for row in csv.DictReader(file)}
    wanted = Counter(a for a, b in pairs if a in level and b in level and level[a] > level[b])
    assert Counter(f.focus for f in real if f.component == "EscoHierarchyShape-reuse") == wanted
    assert sum(wanted.values()) > 300


def test_little_else_in_the_real_package(real: list[Finding]):
    """Nothing is worse than a Warning; few are that; a column that this version lacks is said once."""
    assert {f.severity for f in real} == {"Warning", "Info"}
    assert {f.component for f in real if f.severity == "Warning"} == {"EscoOccupationShape-described", "EscoRelationShape-itself"}
    assert [f.message for f in real if f.component == "EscoIscedGroupShape-notation"] == ["All 220 ISCED-F groups: no code."]
    empty = {column: sum(not row[column] for _, row in rows("en/skills_en.csv").values()) for column in ("skillType", "reuseLevel")}
    counts = Counter(f.component for f in real)
    assert counts["EscoSkillShape-type"] == empty["skillType"]
    assert counts["EscoSkillShape-reuse"] == empty["reuseLevel"]
