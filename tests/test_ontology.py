"""The ontology: hygiene, headers, agreement with shapes and code, and what HermiT says."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store
from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF, SH

from loaders.folders import Vocabulary, read_folders
from tests.requirements import require
from wise_skills import hermit
from wise_skills.axioms import read_axioms
from wise_skills.errors import OntologyError, ReadingError
from wise_skills.hygiene import check_hygiene
from wise_skills.names import BASE, RDF_TYPE, RDFS, Names, resource
from wise_skills.ontology import Ontology, read_ontology, report, together
from wise_skills.tables import read_schema

HERE = Path(__file__).parent
FOLDER = resource("ontology")
NAMES = Names()
RULES = sorted(p.stem for p in (FOLDER / "hygiene").glob("*.rq"))
FIXTURES = HERE / "fixtures" / "hygiene"

# Terms that no column of a table uses, and who does.
BESIDE_THE_SHAPES = {
    "the reader writes them for ? and -": {"notApplicable", "notReported"},
    "the list of places": {"alpha3", "folder", "nutsPrefix"},
    "the reader of mappings": {"Mapping", "mappingStatus"},
    "descriptions of classifications": {"accessNote", "listedSetting", "listedSkill", "settingNote"},
    "the reader of ESCO": {"greenShare"},
    "the reader of published mapping tables": {"directionEvidence", "suspectedInverse"},
    "closed-world rules": {"alignmentState", "coverage"},
    "the reasoner": {"isFormOf", "mayBidUnder", "offersMode", "reachesEqfLevel"},
}


@cache
def ontology() -> Ontology:
    return read_ontology()


@cache
def real_data() -> Store:
    """All national tables and mappings, read but not validated."""
    folders = read_folders(resource("data"), Vocabulary.of_project())
    store = Store()
    for folder in sorted({p.name for p in resource("data").iterdir() if p.is_dir()}):
        store.bulk_extend(folders.load(folder).quads)
    return store


def broken(rule: str) -> Store:
    """The fixture of a rule, read as a folder of the ontology is."""
    store = Store()
    text = (FIXTURES / f"{rule}.ttl").read_text(encoding="utf-8")
    graph = NamedNode("urn:fixture")
    quads = list(_parse(text))
    headers = [q.subject for q in quads if q.predicate.value == RDF_TYPE and q.object == NamedNode(str(OWL.Ontology))]
    store.extend(Quad(q.subject, q.predicate, q.object, headers[0] if headers else graph) for q in quads)
    return store


def _parse(text: str) -> list[Quad]:
    store = Store()
    store.load(input=text, format=RdfFormat.TURTLE)
    return list(store)


# --- hygiene ------------------------------------------------------------------------


def test_there_are_rules():
    assert len(RULES) >= 70


@pytest.mark.parametrize("rule", RULES)
def test_ours_keeps(rule: str):
    """No row: every term, concept and header keeps the rule."""
    found = check_hygiene(ontology().everything, {rule: ontology().hygiene[rule]})
    assert not found, "\n".join(f"{f.focus}: {f.message}" for f in found[:20])


@pytest.mark.parametrize("rule", RULES)
def test_fixture_breaks(rule: str):
    """The fixture named after the rule breaks it."""
    assert check_hygiene(broken(rule), {rule: ontology().hygiene[rule]})


def test_rules_and_fixtures_go_in_pairs():
    assert sorted(p.stem for p in FIXTURES.glob("*.ttl")) == RULES


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/*.rq")), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_query_says_what_it_is_for(path: Path):
    assert re.match(r"# .{20,}", path.read_text(encoding="utf-8"))


def test_bad_rules_are_refused():
    with pytest.raises(OntologyError, match="cannot be read"):
        check_hygiene(Store(), {"broken": "SELECT"})
    with pytest.raises(OntologyError, match=r"\?focus and \?message"):
        check_hygiene(Store(), {"other": "SELECT ?s WHERE { ?s ?p ?o }"})


def test_all_unreadable_files_are_named(tmp_path: Path):
    (tmp_path / "one.ttl").write_text("wise:Thing a", encoding="utf-8")
    (tmp_path / "schemes").mkdir()
    (tmp_path / "schemes" / "two.ttl").write_bytes(b"\xff")
    with pytest.raises(ReadingError) as caught:
        read_ontology(tmp_path)
    assert len(caught.value.problems) == 2


# --- files and headers --------------------------------------------------------------


def _headers() -> dict[str, Path]:
    found = {}
    for path in [*FOLDER.glob("*.ttl"), *(FOLDER / "alignments").glob("*.ttl")]:
        (iri,) = Graph().parse(path).subjects(RDF.type, OWL.Ontology)
        found[str(iri)] = path
    return found


def test_file_is_named_after_ontology():
    for iri, path in _headers().items():
        assert path.stem == {"ns": "wise", "tab": "tables"}.get(iri.rsplit("/", 1)[-1], iri.rsplit("/", 1)[-1])


def test_catalogue_leads_to_every_file():
    """Protégé resolves every import offline."""
    entries = ElementTree.parse(FOLDER / "catalog-v001.xml").getroot()
    assert {e.attrib["name"]: FOLDER / e.attrib["uri"] for e in entries} == _headers()


def test_header_module_only_imports_and_sets_apart():
    """`wise.ttl` declares no term of ours."""
    graph = Graph().parse(FOLDER / "wise.ttl")
    assert not [s for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty) for s in graph.subjects(RDF.type, kind)]


def test_terms_stand_in_order():
    """Classes come before properties, each in alphabetical order."""
    for path in FOLDER.glob("*.ttl"):
        if path.stem == "reused":
            continue
        text = path.read_text(encoding="utf-8")
        names = re.findall(r"^(?:wise|tab):(\w+) a owl:(\w+)", text, re.MULTILINE)
        assert names == sorted(names, key=lambda n: (n[1] != "Class", n[0])), path.name


def test_another_base_is_used_throughout():
    """`wise build --base` rewrites every file; no IRI of ours keeps the default."""
    other = read_ontology(names=Names("https://example.org/graph/"))
    assert not [q for q in other.everything if BASE in str(q)]
    assert not [name for queries in (other.rules, other.explanations, other.hygiene) for name, text in queries.items() if BASE in text]
    assert not check_hygiene(other.everything, {k: v for k, v in other.hygiene.items() if k not in ("not-persistent",)})


# --- shapes and code ----------------------------------------------------------------


def _used_in_shapes() -> tuple[dict[str, set[str]], set[str]]:
    """Predicates of ours with the classes of their tables, and classes."""
    schema = read_schema()
    used: dict[str, set[str]] = {}
    for table in schema.tables:
        for column in (*table.columns, *table.constants):
            for predicate in (column.path, column.first_day, column.last_day):
                if predicate and predicate.startswith(NAMES.wise):
                    used.setdefault(predicate, set()).add(table.target)
    classes = {t.target for t in schema.tables} | {str(c) for c in schema.graph.objects(None, SH["class"])}
    return used, classes


def test_every_term_of_the_shapes_is_declared():
    used, classes = _used_in_shapes()
    assert {*used, *classes} <= set(ontology().terms)


def test_every_term_is_used():
    """A term that nothing uses goes; one that something beside the shapes uses is listed above."""
    used, classes = _used_in_shapes()
    beside = {NAMES.wise + name for names in BESIDE_THE_SHAPES.values() for name in names}
    defined = set(read_axioms(ontology().modules).defined)
    ours = {term for term in ontology().terms if term.startswith(NAMES.wise)}
    assert ours - {*used, *classes} == beside | defined


def test_properties_say_with_which_classes_the_shapes_use_them():
    """`schema:domainIncludes` agrees with the tables; `owl:Thing` stands for 30 classes or more."""
    used, _ = _used_in_shapes()
    includes = NamedNode("https://schema.org/domainIncludes")
    for predicate, classes in used.items():
        said = {q.object.value for q in ontology().modules.quads_for_pattern(NamedNode(predicate), includes, None, None)}
        assert said == ({str(OWL.Thing)} if len(classes) >= 30 else classes), f"{predicate}: say {sorted(classes)}"


def test_tab_terms_are_those_that_the_shapes_and_the_reader_use():
    used = {str(p) for p in read_schema().graph.predicates() if str(p).startswith(NAMES.tab)}
    reports = {NAMES.tab + name for name in ("cell", "file", "key", "row", "sheet", "violations")}
    assert {term for term in ontology().terms if term.startswith(NAMES.tab)} == used | reports | {NAMES.describes, NAMES.tab + "message"}


def test_terms_in_code_are_declared():
    """What Python writes as `names.wise + "…"` exists."""
    texts = "\n".join(p.read_text(encoding="utf-8") for part in ("wise_skills", "loaders") for p in (HERE.parent / part).rglob("*.py"))
    found = set(re.findall(r"""\bwise \+ ["'](\w+)["']""", texts)) | set(re.findall(r"""\.wise\}(\w+)""", texts))
    assert found
    assert {NAMES.wise + name for name in found} <= set(ontology().terms)


def test_lists_of_the_shapes_exist():
    schemes = {q.subject.value for q in ontology().schemes.quads_for_pattern(None, NamedNode(RDF_TYPE), None, None)}
    assert {c.scheme for t in read_schema().tables for c in t.columns if c.scheme} <= schemes


def test_data_use_declared_terms_only():
    terms = set(ontology().terms)
    for q in real_data():
        for term in (q.predicate, q.object if q.predicate.value == RDF_TYPE else q.predicate):
            assert not term.value.startswith(NAMES.wise) or term.value in terms, term


# --- HermiT -------------------------------------------------------------------------


def test_report_without_reasoner():
    found = report(reasoner=False)
    assert found.consistent is None
    assert found.fine
    assert found.classes >= 44
    assert "not checked" in str(found)


def test_hermit_agrees_on_the_real_data():
    """Ontology, alignments and data are consistent, every class can have members, and RL misses none."""
    require("java")
    found = report(real_data())
    assert found.consistent, str(found)
    assert not found.unsatisfiable
    assert all(m.by_rl and not m.differing for m in found.members), str(found)
    assert found.fine, str(found)


def test_hermit_finds_a_thing_in_two_tables():
    require("java")
    data = Store()
    thing = NamedNode(BASE + "id/at/form/one")
    for cls in ("WiseForm", "Skill"):
        data.add(Quad(thing, NamedNode(RDF_TYPE), NamedNode(NAMES.wise + cls)))
    facts = hermit.individuals(ontology().modules, data, NAMES.wise)
    assert not hermit.classify(ontology().modules, facts, ()).consistent


def test_hermit_finds_forms_that_succeed_each_other():
    """Of two forms only one can have come first."""
    require("java")
    data, succeeds = Store(), NamedNode(NAMES.wise + "succeeds")
    one, two = NamedNode(BASE + "id/at/form/one"), NamedNode(BASE + "id/at/form/two")
    data.extend([Quad(one, succeeds, two), Quad(two, succeeds, one)])
    facts = hermit.individuals(ontology().modules, data, NAMES.wise)
    assert not hermit.classify(ontology().modules, facts, ()).consistent


def test_hermit_finds_a_class_without_possible_members():
    require("java")
    both, parent = NamedNode(NAMES.wise + "FormAndSkill"), NamedNode(RDFS + "subClassOf")
    extra = Store()
    extra.add(Quad(both, NamedNode(RDF_TYPE), NamedNode(str(OWL.Class))))
    for cls in ("WiseForm", "Skill"):
        extra.add(Quad(both, parent, NamedNode(NAMES.wise + cls)))
    found = hermit.classify(together(ontology().modules, extra), (), ())
    assert found.consistent
    assert found.unsatisfiable == (both.value,)


def test_hermit_needs_java(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hermit, "java", lambda: None)
    with pytest.raises(OntologyError, match="Java"):
        hermit.classify(ontology().modules, (), ())
    found = report()
    assert found.consistent is None
    assert "Java" in found.reason


def test_facts_leave_out_literals_and_earlier_inferences():
    data = Store()
    form, kind = NamedNode(BASE + "id/at/form/one"), NamedNode(NAMES.wise + "WiseForm")
    earlier = NamedNode(NAMES.graph("inferred"))
    data.add(Quad(form, NamedNode(RDF_TYPE), kind))
    data.add(Quad(form, NamedNode(NAMES.wise + "validFrom"), Literal("2013")))
    data.add(Quad(form, NamedNode(RDF_TYPE), NamedNode(NAMES.wise + "MixedForm"), earlier))
    facts = hermit.individuals(ontology().modules, data, NAMES.wise, leave_out=earlier.value)
    assert [(f.subject, f.object) for f in facts] == [(form, kind)]


def test_axioms_speak_of_declared_terms():
    axioms = read_axioms(ontology().modules)
    assert {*axioms.relations, *axioms.classes} <= set(ontology().terms)
    assert all(URIRef(cls) for cls in axioms.defined)
