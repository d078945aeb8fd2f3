"""ESCO's RDF dump: it answers like the CSV files, what follows is added, and what is wrong with a file is said.

`fixtures/esco_dump/esco.ttl` says in RDF what the package `v1.1.1-small` says in CSV; `roles.ttl` has what is odd in dumps.
"""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.esco import esco_source, read_package
from loaders.esco import members as esco_members
from loaders.esco.dump_nodes import BlankNodes
from loaders.esco.writer import Lines
from tests.fixtures.esco.make import ONLY_IN_HIERARCHY
from wise_skills.errors import FileProblem, InputError
from wise_skills.findings import INFO, VIOLATION, WARNING, Finding
from wise_skills.names import DCT, RDF_TYPE, SKOS, Names
from wise_skills.source import Written

FIXTURES = Path(__file__).parent / "fixtures"
HERE = FIXTURES / "esco_dump"
NAMES = Names()
ESCO = "http://data.europa.eu/esco/"
MODEL = ESCO + "model#"
GRAPH = NAMES.graph("esco")
PREFIXES = f"""
PREFIX esco: <{MODEL}>
PREFIX skos: <{SKOS}>
PREFIX skosxl: <http://www.w3.org/2008/05/skos-xl#>
PREFIX iso-thes: <http://purl.org/iso25964/skos-thes#>
PREFIX dct: <{DCT}>
"""


def written(*paths: Path) -> tuple[bytes, Written]:
    out = io.BytesIO()
    result = esco_source(paths, NAMES, "code").write(out)
    return out.getvalue(), result


def store_of(nquads: bytes) -> ox.Store:
    store = ox.Store()
    store.extend(ox.Quad(q.subject, q.predicate, q.object) for q in ox.parse(nquads, ox.RdfFormat.N_QUADS))
    return store


def ask(store: ox.Store, query: str) -> set[tuple[str, ...]]:
    return {tuple(str(v) for v in row) for row in store.query(PREFIXES + query)}


def found(result: Written, severity: str) -> dict[str, Finding]:
    return {f.component: f for f in result.findings if f.severity == severity}


@pytest.fixture(scope="module")
def dump() -> tuple[ox.Store, Written]:
    nquads, result = written(HERE / "esco.ttl")
    return store_of(nquads), result


@pytest.fixture(scope="module")
def package() -> tuple[ox.Store, Written]:
    nquads, result = written(FIXTURES / "esco" / "v1.1.1-small")
    return store_of(nquads), result


# --- the same as the CSV files ------------------------------------------------------

QUESTIONS = {
    "classes": "SELECT ?c ?k { ?c a ?k . ?c skos:inScheme ?s }",
    "labels": "SELECT ?c ?p ?l { VALUES ?p { skos:prefLabel skos:altLabel skos:hiddenLabel } ?c a skos:Concept ; ?p ?l }",
    "labels with an address": "SELECT ?c ?l { ?c skosxl:altLabel/skosxl:literalForm ?l }",
    "descriptions": "SELECT ?c ?t ?n { ?c a skos:Concept ; dct:description ?d . ?d esco:nodeLiteral ?t ; esco:language ?n }",
    "codes": "SELECT ?c ?n { ?c skos:notation ?n }",
    "broader": "SELECT ?c ?b { ?c skos:broader ?b }",
    "narrower": "SELECT ?c ?b { ?c skos:narrower ?b }",
    "what is above": "SELECT ?c ?b { ?c skos:broaderTransitive ?b }",
    "skill types and reuse levels": "SELECT ?c ?t ?r { ?c esco:skillType ?t ; esco:skillReuseLevel ?r }",
    "essential skills": "SELECT ?o ?s { ?o esco:relatedEssentialSkill ?s }",
    "optional skills": "SELECT ?o ?s { ?o esco:relatedOptionalSkill ?s }",
    "essential for": "SELECT ?o ?s { ?s esco:isEssentialSkillFor ?o }",
    "optional for": "SELECT ?o ?s { ?s esco:isOptionalSkillFor ?o }",
    "relations as things": "SELECT ?o ?t ?s { ?o esco:hasAssociation ?a . ?a esco:target ?s ; dct:type ?t ; esco:targetFramework ?f }",
    "members of collections": "SELECT ?c ?s { ?c a esco:MemberConcept ; skos:inScheme ?s }",
    "top concepts": "SELECT ?c ?s { ?c skos:topConceptOf ?s . ?s skos:hasTopConcept ?c }",
    "status": "SELECT ?c ?s { ?c a esco:MemberConcept ; iso-thes:status ?s }",
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_dump_answers_like_the_package(dump: tuple[ox.Store, Written], package: tuple[ox.Store, Written], name: str):
    answers = [{row for row in ask(store, QUESTIONS[name]) if f"<{ONLY_IN_HIERARCHY}>" not in row} for store in (dump[0], package[0])]
    assert answers[0] == answers[1] != set()


def test_facts_are_those_of_the_package(dump: tuple[ox.Store, Written], package: tuple[ox.Store, Written]):
    of_dump, of_package = dump[1].facts, package[1].facts
    for name in ("title", "version", "languages", "licence", "attribution"):
        assert of_dump[name] == of_package[name]
    assert of_dump["modified"] == "2021-03-06T08:05:00Z"
    for name in ("occupations", "skills", "occupation_skill_relations", "skill_skill_relations"):
        assert of_dump["counts"][name] == of_package["counts"][name]


def test_what_was_added_is_said(dump: tuple[ox.Store, Written]):
    added = {f.value for f in dump[1].findings if f.component == "Added"}
    assert added == {
        "skos:broader", "skos:narrower", "skos:broaderTransitive", "skos:topConceptOf", "esco:hasAssociation",
        "esco:relatedEssentialSkill", "esco:relatedOptionalSkill", "esco:isEssentialSkillFor", "esco:isOptionalSkillFor",
        "skos:prefLabel", "skos:altLabel", "skos:hiddenLabel",
    }  # fmt: skip
    assert {f.severity for f in dump[1].findings} == {INFO}


# --- forms of the file --------------------------------------------------------------

FORMS = {
    "esco.ttl": None,
    "esco.ttl.gz": None,
    "ESCO.TTL.GZ": None,
    "esco.nt": ox.RdfFormat.N_TRIPLES,
    "esco.nq.gz": ox.RdfFormat.N_QUADS,
    "esco.rdf": ox.RdfFormat.RDF_XML,
    "esco.xml.gz": ox.RdfFormat.RDF_XML,
    "esco.ttl.zip": None,
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_graph(name: str, tmp_path: Path):
    data, form = (HERE / "roles.ttl").read_bytes(), FORMS[name]
    if form:
        out = io.BytesIO()
        quads = (ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode("http://x/g")) for q in ox.parse(data, ox.RdfFormat.TURTLE))
        ox.serialize(quads if form == ox.RdfFormat.N_QUADS else (q.triple for q in quads), out, form)
        data = out.getvalue()
    path = tmp_path / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a folder/esco.ttl", data)
    else:
        path.write_bytes(gzip.compress(data) if name.lower().endswith(".gz") else data)
    assert sorted(set(written(path)[0].splitlines())) == sorted(set(written(HERE / "roles.ttl")[0].splitlines()))


def test_files_of_several_languages_are_one_dump(tmp_path: Path):
    for language in ("en", "nl"):
        (tmp_path / f"esco-v1.2.0-{language}.nt").write_text(
            f'<{ESCO}skill/1> <{RDF_TYPE}> <{MODEL}Skill> .\n<{ESCO}skill/1> <{SKOS}prefLabel> "x"@{language} .\n'
        )
    nquads, result = written(tmp_path)
    assert result.facts["languages"] == ["en", "nl"]
    assert result.facts["counts"] == {"skills": 1}
    assert nquads.count(b"prefLabel") == 2


# --- what is odd in dumps -----------------------------------------------------------


@pytest.fixture(scope="module")
def odd() -> tuple[ox.Store, Written]:
    nquads, result = written(HERE / "roles.ttl")
    return store_of(nquads), result


def test_the_version_is_that_of_the_data_not_of_the_model(odd: tuple[ox.Store, Written]):
    assert odd[1].facts["version"] == "1.0.8"
    assert ask(odd[0], f"SELECT ?v {{ <{GRAPH}> <http://www.w3.org/2002/07/owl#versionInfo> ?v }}") == {('"1.0.8"',)}


def test_roles_given_as_text_become_addresses(odd: tuple[ox.Store, Written]):
    roles = ask(odd[0], "SELECT ?l ?r { ?l esco:hasLabelRole ?r FILTER(isIRI(?r)) }")
    assert roles == {
        (f"<{ESCO}label/{label}>", f"<{ESCO}label-role/{role}>")
        for label, role in ((1, "female"), (1, "male"), (2, "female"), (2, "standard-female"))
    }
    assert found(odd[1], INFO)["RoleAsText"].value == "2"


def test_blank_nodes_get_addresses_of_ours(odd: tuple[ox.Store, Written]):
    assert not [q for q in odd[0] if isinstance(q.subject, ox.BlankNode) or isinstance(q.object, ox.BlankNode)]
    ((text,),) = ask(odd[0], f"SELECT ?d {{ <{ESCO}occupation/f9433fdb-dde1-46cf-9e91-b49d243946a7> dct:description ?d }}")
    assert text.startswith(f"<{NAMES.base}id/esco/node/")
    assert ask(odd[0], f"SELECT ?t {{ {text} esco:nodeLiteral ?t }}") == {('"Keeps lanterns."',)}
    assert found(odd[1], INFO)["BlankNodes"].value == "3"


def test_what_follows_is_added(odd: tuple[ox.Store, Written]):
    keeper = f"<{ESCO}occupation/f9433fdb-dde1-46cf-9e91-b49d243946a7>"
    assert ask(odd[0], f"SELECT ?b {{ {keeper} skos:broader ?b }}") == {(f"<{ESCO}isco/C5311>",)}
    above = ask(odd[0], f"SELECT ?b {{ {keeper} skos:broaderTransitive ?b }}")
    assert above == {(f"<{ESCO}isco/C{code}>",) for code in ("53", "531", "5311")}
    assert not ask(odd[0], "SELECT ?c { ?c skos:broaderTransitive ?c }")
    assert ask(odd[0], f"SELECT ?s {{ {keeper} esco:relatedEssentialSkill ?s }}") == {(f"<{ESCO}skill/1>",)}
    assert ask(odd[0], "SELECT ?s ?t { ?s esco:relatedOptionalSkill ?t . ?t esco:isOptionalSkillFor ?s }") == {
        (f"<{ESCO}skill/1>", f"<{ESCO}skill/2>")
    }
    assert ask(odd[0], f"SELECT ?l {{ {keeper} skos:altLabel ?l }}") == {('"lantaarnwachtster"@nl',)}
    assert len(ask(odd[0], "SELECT ?c { VALUES ?k { esco:Skill esco:Occupation } ?c a ?k, skos:Concept }")) == 3


def test_nothing_is_invented(odd: tuple[ox.Store, Written]):
    """No label node for a plain label, no relation without a target, no association object for a direct relation."""
    assert not ask(odd[0], f"SELECT ?l {{ <{ESCO}skill/1> skosxl:prefLabel ?l }}")
    assert len(ask(odd[0], "SELECT ?a { ?a a esco:AssociationObject }")) == 2
    assert not ask(odd[0], f"SELECT ?s {{ <{ESCO}skill/2> esco:relatedOptionalSkill ?s }}")


def test_what_a_dump_states_itself_is_not_added(tmp_path: Path):
    """A dump of our own graph is complete."""
    path = tmp_path / "esco-v1.0.8.nq"
    path.write_bytes(written(HERE / "roles.ttl")[0])
    nquads, result = written(path)
    assert "Added" not in {f.component for f in result.findings}
    assert set(nquads.splitlines()) == set(path.read_bytes().splitlines())


@given(st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_blank_nodes_are_named_by_what_is_said_of_them(order: random.Random):
    """Neither their names in the file nor the order of its statements make a difference, unless nothing tells nodes apart."""
    text = '_:%s <http://x/p> _:%s .\n_:%s <http://x/p> "leaf" .\n<http://x/s> <http://x/p> _:%s .\n<http://x/t> <http://x/p> _:%s .\n'
    names = order.sample("abcdefgh", 3)
    lines = (text % (names[0], names[1], names[1], names[0], names[2])).splitlines()
    order.shuffle(lines)
    assert _named("\n".join(lines)) == _named(text % ("a", "b", "b", "a", "c"))


def test_blank_nodes_that_nothing_tells_apart_stay_two():
    assert len({line.split()[2] for line in _named("<http://x/s> <http://x/p> _:a .\n<http://x/s> <http://x/p> _:b .")}) == 2


def test_a_chain_of_blank_nodes_has_as_many_addresses():
    text = "".join(f"_:n{i} <http://x/p> _:n{i + 1} .\n" for i in range(2000))
    assert len({line.split()[0] for line in _named(text)}) == 2000


def _named(text: str) -> list[str]:
    out = io.BytesIO()
    lines = Lines(out, GRAPH, NAMES.base)
    nodes = BlankNodes(lines, "esco.nt")
    for triple in ox.parse(text.encode(), ox.RdfFormat.N_TRIPLES):
        nodes.add(triple)
    assert all("_:" not in subject for subject, _, _ in nodes.write())
    lines.flush()
    return sorted(out.getvalue().decode().splitlines())


# --- what is wrong with a file ------------------------------------------------------

_SKILL = f"<{ESCO}skill/x> a <{MODEL}Skill> .\n"
_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://data.europa.eu/esco/model#">'
    '<e:Skill rdf:about="http://data.europa.eu/esco/skill/x"/>\n<e:Skill rdf:about="skill/y"/></rdf:RDF>'
)
BROKEN = {
    "relative address in Turtle": ("esco-v1.2.0.ttl", f"{_SKILL}<skill/y> a <{MODEL}Skill> .", 2),
    "relative address in XML": ("esco-v1.2.0.rdf", _XML, 0),
    "broken line": ("esco-v1.2.0.nt", f"<{ESCO}skill/x> <{RDF_TYPE}> <{MODEL}Skill> .\n<{ESCO}skill/y> <{MODEL}p> .", 2),
    "no end": ("esco-v1.2.0.ttl", f'{_SKILL}<{ESCO}skill/x> <{SKOS}prefLabel> "never', 2),
    "not UTF-8": ("esco-v1.2.0.ttl", f'{_SKILL}<{ESCO}skill/x> <{SKOS}prefLabel> "\udcff" .', 2),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_reported_with_its_place(name: str, tmp_path: Path):
    file, text, row = BROKEN[name]
    (tmp_path / file).write_bytes(text.encode(errors="surrogateescape"))
    nquads, result = written(tmp_path / file)
    cut = found(result, VIOLATION)["CutOff"]
    assert (cut.where.file, cut.where.row) == (file, row)
    assert "after 1 statements" in cut.message
    list(ox.parse(nquads, ox.RdfFormat.N_QUADS))


def test_a_gzip_cut_off_is_reported(tmp_path: Path):
    path = tmp_path / "esco-v1.2.0.ttl.gz"
    data = gzip.compress("".join(_SKILL.replace("skill/x", f"skill/{n}") for n in range(30_000)).encode())
    path.write_bytes(data[: len(data) * 9 // 10])
    assert "breaks off after 2" in found(written(path)[1], VIOLATION)["CutOff"].message
    path.write_bytes(data[: len(data) // 20])
    with pytest.raises(InputError, match="damaged or cut off"):
        written(path)


@pytest.mark.parametrize("name", ["esco-v1.2.0.ttl.gz", "esco-v1.2.0.ttl.zip"])
def test_what_explodes_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(esco_members, "MAX_DUMP", 2_000_000)
    data, path = _SKILL.encode() + b"#" + random.Random(1).randbytes(1_500_000).hex().encode(), tmp_path / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("esco.ttl", data)
    else:
        path.write_bytes(gzip.compress(data))
    with pytest.raises(FileProblem, match="unpacks to far more"):
        written(path)


@pytest.mark.parametrize("name", ["esco-v1.2.0.ttl.gz", "esco-v1.2.0.ttl.zip"])
def test_a_bomb_is_refused(name: str, tmp_path: Path):
    data, path = _SKILL.encode() + b" " * 30_000_000, tmp_path / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("esco.ttl", data)
    else:
        path.write_bytes(gzip.compress(data))
    with pytest.raises(FileProblem, match="unpacks to far more"):
        written(path)


def test_a_name_that_contradicts_the_data_is_refused(tmp_path: Path):
    path = tmp_path / "esco-v1.2.0.ttl"
    path.write_bytes((HERE / "esco.ttl").read_bytes())
    with pytest.raises(InputError, match=r"named after ESCO 1\.2\.0, but in it .* states version 1\.1\.1"):
        written(path)


@pytest.mark.parametrize(
    ("statement", "version"),
    [
        (f'<{ESCO}concept-scheme/skills> <http://www.w3.org/2002/07/owl#versionInfo> "1.2.0" .', "1.2.0"),
        (f'<{ESCO}concept-scheme/skills> <http://www.w3.org/2002/07/owl#versionInfo> "ESCO v1.2" .', "1.2"),
        ('<http://example.org/esco> <http://schema.org/version> "v1.1.1"@en .', "1.1.1"),
        (f'<{ESCO}concept-scheme/skills> <{DCT}title> "ESCO dataset v1.1.0"@en .', "1.1.0"),
        (f'<{ESCO}concept-scheme/isco> <{DCT}title> "ISCO-08 1.0.0"@en .', ""),
        (f'<{ESCO}model> <http://www.w3.org/2002/07/owl#versionInfo> "1.0.0" .', ""),
        ('<http://example.org/other> <http://www.w3.org/2002/07/owl#versionInfo> "1.0.0" .', ""),
        (f'<{ESCO}concept-scheme/skills> <http://www.w3.org/2002/07/owl#versionInfo> "spring 2024" .', ""),
    ],
)
def test_where_a_version_is_found(statement: str, version: str, tmp_path: Path):
    path = tmp_path / "ESCO.ttl"
    path.write_text(f"{_SKILL}{statement}\n")
    if version:
        assert read_package([path]).version == version
    else:
        with pytest.raises(InputError, match="does not say which version"):
            read_package([path])


def test_a_file_without_concepts_beside_others_is_a_warning(tmp_path: Path):
    (tmp_path / "esco-v1.2.0.ttl").write_text(_SKILL)
    (tmp_path / "model.ttl").write_text(f"<{MODEL}Skill> a <http://www.w3.org/2002/07/owl#Class> .")
    result = written(tmp_path)[1]
    assert found(result, WARNING)["NoConcept"].where.file.endswith("model.ttl")
    assert not found(result, VIOLATION)


def test_too_many_blank_nodes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("loaders.esco.dump_nodes._MOST", 3)
    (tmp_path / "esco-v1.2.0.ttl").write_text(_SKILL + "".join(f"<{ESCO}skill/x> <{MODEL}p> [] .\n" for _ in range(5)))
    with pytest.raises(InputError, match="blank nodes"):
        written(tmp_path)
