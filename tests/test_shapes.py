"""The shapes, both ways: what is right passes, and each shape has a small file that it refuses."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH, SKOS

from loaders.csv_files import read_csv
from loaders.folders import Folders, Vocabulary, check
from tests.make_failing import main as make_failing
from wise_skills.findings import Finding
from wise_skills.messages import components, sentence
from wise_skills.rules import rules
from wise_skills.validation import to_rdflib

HERE = Path(__file__).parent / "fixtures" / "shapes"
FAILING = sorted((HERE / "failing").rglob("*.csv"))


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary.of_project()


VOCABULARY = vocabulary()
COLUMNS = [(t, c) for t in VOCABULARY.schema.tables for c in (*t.columns, *t.constants)]


def world() -> Folders:
    folders = Folders(vocabulary())
    folders.add_folder(HERE / "world" / "be", "be")
    return folders


def findings_of(path: Path) -> list[Finding]:
    """What is found in one failing file, read beside the world."""
    folders = Folders(vocabulary())
    for file in sorted((HERE / "world" / "be").glob("*.csv")):
        if file.stem != path.parent.name:
            folders.add(file, "eu", f"world/{file.name}", context=True)
    table = vocabulary().schema.by_name[path.parent.name]
    folders.sheets["be"].append(read_csv(path, path.name, "be", table))
    return without_waivers(check(folders).findings)


def without_waivers(found: list[Finding]) -> list[Finding]:
    """The world's waiver waives nothing, which is reported; `test_waivers.py` is about that."""
    return [f for f in found if f.component != "WaiverUnused"]


@pytest.mark.parametrize(
    ("table", "column"), COLUMNS, ids=lambda x: getattr(x, "name", None) if isinstance(getattr(x, "name", 0), str) else x.id
)
def test_property_shape_is_complete(table, column):
    """IRI, name, description, order, severity; an IRI that says what it is."""
    graph, shape = vocabulary().schema.graph, URIRef(column.shape)
    assert column.shape.endswith(f"#{table.target.rsplit('#', 1)[-1]}Shape-{column.id}")
    assert column.name["en"]
    assert column.description["en"].endswith(".")
    assert column.order > 0
    assert graph.value(shape, SH.severity) in (SH.Violation, SH.Warning)
    assert not list(graph.objects(shape, SH.message)), "messages stand in messages.ttl: SHACL copies a shape's onto every component"


@pytest.mark.parametrize("table", VOCABULARY.schema.tables, ids=lambda t: t.name)
def test_table(table):
    """One predicate, one column; a key that the template names; a description."""
    paths = [c.path for c in (*table.columns, *table.constants)]
    assert len(paths) == len(set(paths))
    assert table.key
    assert all(c.required or not table.is_thing for c in table.key)
    assert table.title["en"]
    assert table.description["en"].endswith(".")
    assert [c.order for c in table.columns] == list(range(1, len(table.columns) + 1))


def test_every_constraint_has_a_sentence():
    """Each constraint component that the shapes use, and each that is generated, has its message."""
    used = {str(p).rsplit("#", 1)[-1] for p in vocabulary().constraints.graph.predicates()}
    parameters = {
        "minCount", "maxCount", "datatype", "class", "node", "nodeKind", "in", "or", "pattern", "maxLength",
        "minInclusive", "maxInclusive", "uniqueLang", "lessThanOrEquals", "equals", "hasValue",
    }  # fmt: skip
    needed = {f"{p[0].upper()}{p[1:]}ConstraintComponent" for p in used & parameters} | {"NodeConstraintComponent"}
    needed |= {b[0] for b in vocabulary().constraints.blames.values() if b[0] != "LessThanOrEqualsConstraintComponent"}
    assert needed <= components()


# Parts of sentences, and texts of workbook and page; `test_texts.py` is about them.
PARTS = re.compile(
    r"(Allowed|Other|Sheet|Workbook|Instruction|Word|Hint|Page)\w+|"
    "AndMore|DidYouMean|Yes|No|Quoted|Violation|Warning|Info|Counts|Rows|Waived|Nothing|ListTitle|Seconds|Memory"
)


@pytest.mark.parametrize("component", sorted(c for c in components() if not PARTS.fullmatch(c)))
def test_sentence(component: str):
    """A full sentence that ends, with nothing left unfilled."""
    text = sentence(component, dict.fromkeys(("column", "value", "nearest", "limit", "other"), "x") | {"allowed": "Yes."})
    assert text.endswith((".", "…"))
    assert "{" not in text


def test_world_is_flawless():
    """The right way: one row of each table, all columns filled."""
    checked = check(world())
    assert without_waivers(checked.findings) == []
    assert checked.loaded["be"].rows == len(vocabulary().schema.tables)


def test_every_shape_has_a_failing_file():
    """Columns, generated constraints and SPARQL constraints alike; constants are no cells."""
    schema, names = vocabulary().schema, vocabulary().names
    wanted = {(t.name, c.id) for t in schema.tables for c in t.columns}
    for shape, (_, table, _) in vocabulary().constraints.blames.items():
        wanted.add((table.name, shape.rsplit("#", 1)[-1].removeprefix(f"{table.target.rsplit('#', 1)[-1]}Shape-")))
    wanted |= {(r.table.name, "rule-" + r.iri.rsplit("-", 1)[-1]) for r in rules(schema, names)}
    assert {(p.parent.name, p.stem) for p in FAILING} == wanted


@pytest.mark.parametrize("path", FAILING, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_failing(path: Path):
    """The file breaks its own shape, points at its own columns, and breaks nothing else."""
    schema, found = vocabulary().schema, findings_of(path)
    table = schema.by_name[path.parent.name]
    prefix = f"{table.shape}-"
    assert found
    if path.stem.startswith("rule-"):
        assert {f.shape for f in found} == {prefix + path.stem.removeprefix("rule-")}
        return
    shape = prefix + path.stem
    generated = vocabulary().constraints.blames.get(shape)
    allowed = set(generated[2]) if generated else {path.stem}
    assert {f.where.column.partition("@")[0] for f in found} <= allowed
    assert any(f.shape == shape for f in found), [f.as_line() for f in found]
    assert all(f.where.row >= 1 for f in found)


def test_fixtures_are_fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`python -m tests.make_failing` would write what is committed."""
    monkeypatch.setattr("tests.make_failing.HERE", tmp_path)
    make_failing()
    for made in tmp_path.rglob("*.csv"):
        assert made.read_text(encoding="utf-8") == (HERE / made.relative_to(tmp_path)).read_text(encoding="utf-8"), made.name


def test_constants_are_required():
    """A constant column cannot be broken in a file: without its quads its shape fires."""
    folders = world()
    constants = [c for t in vocabulary().schema.tables for c in t.constants]
    paths = {c.path for c in constants}
    loaded = folders.load("be")
    loaded.quads = [q for q in loaded.quads if q.predicate.value not in paths]
    found = folders.validate("be", loaded)
    assert {f.shape.rsplit("-", 1)[-1] for f in found} == {c.id for c in constants}
    report = _plain_report(loaded)
    assert {str(report.value(r, SH.sourceShape)) for r in report.subjects(RDF.type, SH.ValidationResult)} == {c.shape for c in constants}


def _plain_report(loaded) -> Graph:
    """pySHACL over the shapes exactly as they are written, without SPARQL constraints."""
    shapes = Graph()
    for s, p, o in vocabulary().schema.graph:
        if p != SH.sparql:
            shapes.add((s, p, o))
    data = to_rdflib(loaded.quads)
    for quad in vocabulary().schemes:
        if quad.predicate.value == str(SKOS.inScheme):
            data.add((URIRef(quad.subject.value), SKOS.inScheme, URIRef(quad.object.value)))
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", do_owl_imports=False)
    top = Graph()
    for head in report.subjects(RDF.type, SH.ValidationReport):
        for result in report.objects(head, SH.result):
            for p, o in report.predicate_objects(result):
                top.add((result, p, o))
    return top


def test_working_copy_agrees_with_the_shapes_as_written():
    """Every broken cell of all failing files at once: the working copy and the written shapes report the same."""
    folders = world()
    for path in FAILING:
        if "rule-" in path.stem or re.search(r"-(answered|order|sourced|oneOf)$|^(sourced|oneOf|order)", path.stem):
            continue
        table = vocabulary().schema.by_name[path.parent.name]
        folders.sheets["be"].append(read_csv(path, f"{table.name}/{path.name}", "be", table))
    loaded = folders.load("be")
    found = folders.validate("be", loaded)
    ours = {(f.focus, f.shape) for f in found if f.focus and f.shape in vocabulary().schema.columns_by_shape}
    report = _plain_report(loaded)
    theirs = {
        (str(report.value(r, SH.focusNode)), str(report.value(r, SH.sourceShape))) for r in report.subjects(RDF.type, SH.ValidationResult)
    }
    # A column that the file lacks is reported once for the file, not for each row.
    missing = {t for t in theirs - ours if _lacks_column(t, loaded)}
    assert theirs - ours - missing == set()
    assert ours <= theirs


def _lacks_column(pair: tuple[str, str], loaded) -> bool:
    row = loaded.origin.row(pair[0])
    column = vocabulary().schema.columns_by_shape[pair[1]][1]
    return row is not None and not any(c.partition("@")[0] == column.id for c, _ in row.columns)
