"""Classifications: descriptions, what tables become, what is found in odd ones, and the counts of the published ones."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders import published_files
from loaders.classifications import ClassificationSource, classification_sources, descriptions
from loaders.classifications.description import read_classification
from loaders.classifications.quads import iri_term, text_term
from loaders.codes import classification_key, code_iri, isco_iri, nace_iri, nace_scheme_iri, scheme_iri
from loaders.published_files import Listing, Records
from loaders.taking import Take, luhn
from tests.requirements import require, shared
from wise_skills.errors import FileProblem, InputError, TooBig, WrongKind
from wise_skills.findings import Finding
from wise_skills.names import SKOS, Names, resource
from wise_skills.source import Written

HERE = Path(__file__).parent / "fixtures" / "classifications"
NAMES = Names()
BROKEN = sorted((HERE / "broken").glob("*.yaml"))
SHIPPED = sorted(resource("data").glob("*/classifications/*.yaml"))
XKOS = "http://rdf-vocabulary.ddialliance.org/xkos#"
PREFIXES = f"PREFIX skos: <{SKOS}> PREFIX xkos: <{XKOS}> PREFIX wise: <{NAMES.wise}> "
ROME = NAMES.base + "id/fr/code/rome/"


def written(source: ClassificationSource) -> tuple[ox.Store, Written]:
    out = io.BytesIO()
    result = source.write(out)
    store = ox.Store()
    store.bulk_load(out.getvalue(), ox.RdfFormat.N_QUADS)
    return store, result


def only(*paths: Path, data: Path | None = None) -> tuple[ox.Store, Written]:
    (source,) = classification_sources(paths, NAMES, "code", data)
    return written(source)


def rows(store: ox.Store, query: str) -> set[tuple[str, ...]]:
    found = store.query(PREFIXES + query, use_default_graph_as_union=True)
    return {tuple(str(term) for term in row) for row in found}


def places(findings: tuple[Finding, ...]) -> set[tuple[str, int, str]]:
    return {(f.component, f.where.row, f.where.column) for f in findings}


# --- codes --------------------------------------------------------------------------


def test_addresses_of_codes():
    assert code_iri(NAMES, "fr", "rome", " K1801 ") == NAMES.base + "id/fr/code/rome/K1801"
    assert scheme_iri(NAMES, "fr", "rome") == NAMES.base + "id/fr/classification/rome"
    assert nace_iri("81.30") == nace_iri("8130") == "http://data.europa.eu/ux2/nace2/8130"
    assert nace_iri("A", "2.1") == "http://data.europa.eu/ux2/nace2.1/A"
    assert nace_scheme_iri("2.1") == "http://data.europa.eu/ux2/nace2.1/nace2.1"
    assert isco_iri("2654") == "http://data.europa.eu/esco/isco/C2654"
    assert classification_key("“CP 2011 ”") == "cp-2011"


@pytest.mark.parametrize(
    ("country", "key", "code"), [("FR", "rome", "K1"), ("fr", "a b", "K1"), ("fr", "rome", "  "), ("fr", "rome", "..")]
)
def test_what_can_be_no_address(country: str, key: str, code: str):
    with pytest.raises(ValueError, match="is no"):
        code_iri(NAMES, country, key, code)


@given(st.text(min_size=1).filter(lambda text: text.strip(" .\t\n\r\f\v\x1c\x1d\x1e\x1f\x85\xa0\u2000").strip().strip(".")))
def test_two_codes_never_share_an_address(code: str):
    """Whatever a code holds, it is one part of a valid IRI and can be read back."""
    try:
        iri = code_iri(NAMES, "fr", "rome", code)
    except UnicodeEncodeError:  # half a surrogate pair: no text at all
        return
    assert unquote(iri.removeprefix(ROME)) == code.strip()
    assert "/" not in iri.removeprefix(ROME)
    assert ox.NamedNode(iri).value == iri


# --- descriptions -------------------------------------------------------------------


@pytest.mark.parametrize("path", BROKEN, ids=lambda p: p.stem)
def test_broken_description_says_where(path: Path):
    """The first line of each file holds the sentence."""
    said = path.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# says: ")
    with pytest.raises(FileProblem) as caught:
        read_classification(path, NAMES)
    assert str(caught.value) == said


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_shipped_description(path: Path):
    found = read_classification(path, NAMES)
    assert found.name in (path.stem, f"{path.parent.parent.name}-{path.stem}")
    assert found.titles["en"]
    assert found.facts["attribution"]


def test_names_of_descriptions_differ():
    names = [d.name for d in descriptions(NAMES)]
    assert len(names) == len(set(names)) >= 5


# --- what tables become -------------------------------------------------------------


def test_nace():
    """Publisher's IRIs, hierarchy, XKOS notes, a section's capitals as the rest of the world writes them."""
    store, result = only(HERE / "nace.csv")
    assert result.findings == ()
    assert result.facts["counts"] == {"concepts": 4, "sections": 1, "divisions": 1, "groups": 1, "classes": 1, "links": 4}
    nace = "http://data.europa.eu/ux2/nace2/"
    assert rows(store, "SELECT ?c ?p { ?c skos:broader ?p }") == {
        (f"<{nace}81>", f"<{nace}N>"),
        (f"<{nace}813>", f"<{nace}81>"),
        (f"<{nace}8130>", f"<{nace}813>"),
    }
    assert rows(store, "SELECT ?p ?c { ?p skos:narrower ?c }") == {(b, a) for a, b in rows(store, "SELECT ?c ?p { ?c skos:broader ?p }")}
    assert rows(store, f"SELECT ?l {{ <{nace}N> skos:prefLabel ?l ; skos:topConceptOf <{nace}nace2> }}") == {
        ('"Services that help others"@en',)
    }
    assert rows(store, f"SELECT ?n ?t {{ <{nace}8130> skos:notation ?n ; xkos:caseLaw ?t }}") == {('"81.30"', '"A ruling of 2001"@en')}
    assert rows(store, f"SELECT ?t {{ <{nace}8130> xkos:coreContentNote ?t }}") == {(r'"Hedges \"and\" lawns"@en',)}
    assert rows(store, f"SELECT ?t {{ <{nace}81> xkos:coreContentNote ?t }}") == {(r'"Help inside\nand outside."@en',)}
    assert rows(store, f"SELECT ?n {{ <{nace}8130> skos:mappingRelation/skos:notation ?n }}") == {('"8130"',)}
    assert {q.graph_name.value for q in store} == {NAMES.graph("classifications", "nace-2")}


def test_nace_of_two_revisions_is_told_apart():
    """The tables have the same titles; only Rev. 2.1 has a section V."""
    found = {s.name: written(s)[0] for s in classification_sources([HERE / "nace-2.1.csv", HERE / "nace.csv"], NAMES, "code")}
    assert set(found) == {"classifications/nace-2", "classifications/nace-2.1"}
    assert ("<http://data.europa.eu/ux2/nace2.1/81>",) in rows(found["classifications/nace-2.1"], "SELECT ?c { ?c skos:broader ?p }")


def test_kldb():
    """Lost noughts are put back and said, entities become characters, a short title that says nothing new is left out."""
    store, result = only(HERE / "kldb.csv")
    assert places(result.findings) == {("LostNoughts", row, "Schlüssel KldB 2010, V. 2020") for row in (3, 4, 5, 6)}
    code = NAMES.base + "id/de/code/kldb-2010/"
    chain = [f"<{code}{c}>" for c in ("01104", "0110", "011", "01", "0")]
    assert rows(store, f"SELECT ?p {{ {chain[0]} skos:broader+ ?p }}") == {(p,) for p in chain[1:]}
    assert rows(store, f"SELECT ?l {{ {chain[0]} skos:altLabel ?l }}") == {('"Torwachen, z.\u00a0B. Experten"@de',)}
    assert not rows(store, f"SELECT ?l {{ <{code}1> skos:altLabel ?l }}")
    assert rows(store, f"SELECT ?t {{ {chain[0]} xkos:exclusionNote ?t }}") == {('"Türen (sieh 1)"@de',)}


def test_rome():
    """Seven tables, one graph: job titles under occupations, texts of several records joined, skills and settings apart."""
    store, result = only(HERE / "rome_v349")
    assert result.findings == ()
    assert result.facts["version"] == "3.49"
    assert rows(store, f"SELECT ?p {{ <{ROME}10001> skos:broader+ ?p }}") == {(f"<{ROME}{c}>",) for c in ("A1203", "A12", "A")}
    assert rows(store, f"SELECT ?s {{ <{ROME}A1203> wise:listedSkill ?s }}") == {(f"<{ROME}100001>",), (f"<{ROME}100002>",)}
    assert rows(store, f"SELECT ?s {{ <{ROME}A1203> wise:listedSetting ?s }}") == {(f"<{ROME}100003>",)}
    assert rows(store, f"SELECT ?t {{ <{ROME}A1203> skos:definition ?t }}") == {('"Taille les haies d\'un jardin.\\nPeut planter."@fr',)}
    assert rows(store, f"SELECT ?a ?s {{ <{ROME}A1203> wise:accessNote ?a ; wise:settingNote ?s }}") == {
        ('"On apprend sur le tas."@fr', '"Dehors, par tous les temps."@fr')
    }
    assert rows(store, f"SELECT ?l {{ <{ROME}10001> skos:altLabel ?l }}") == {('"Tailleur(se) de haies"@fr',)}
    assert not rows(store, f"SELECT ?l {{ <{ROME}10002> skos:altLabel ?l }}")
    group = f"{scheme_iri(NAMES, 'fr', 'rome')}/group/savoirs"
    assert rows(store, f"SELECT ?s {{ <{group}> skos:member ?s }}") == {(f"<{ROME}100001>",)}


def test_tables_may_come_in_any_package(tmp_path: Path):
    """A folder, a zip, or gzipped files give the same quads, also when the links come before the codes."""
    packed = tmp_path / "rome_v349.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted((HERE / "rome_v349").iterdir(), reverse=True):
            archive.write(path, f"deep/{path.name}")
    single = []
    for path in (HERE / "rome_v349").iterdir():
        single.append(tmp_path / "v349" / f"{path.name}.gz")
        single[-1].parent.mkdir(exist_ok=True)
        single[-1].write_bytes(gzip.compress(path.read_bytes()))
    dumps = [set(only(*paths)[0]) for paths in ([HERE / "rome_v349"], [packed], single)]
    assert dumps[0] == dumps[1] == dumps[2]


def test_parts_of_a_classification_are_read_too():
    """Without the table of links there are no links, and what hangs in the air is said."""
    store, result = only(HERE / "rome_v349" / "metiers.csv", HERE / "rome_v349" / "correspondances.csv")
    assert {f.component for f in result.findings} == {"UnknownParent", "UnknownCode"}
    assert rows(store, "SELECT ?c { ?c a skos:Concept }") == {(f"<{ROME}A1203>",), (f"<{ROME}A1204>",)}


def test_a_country_needs_a_description_and_no_code():
    store, result = only(HERE / "poklici.tsv", data=HERE / "data")
    code = NAMES.base + "id/si/code/poklici/"
    assert places(result.findings) == {("UnexpectedForm", 4, "ISCO")}
    assert rows(store, "SELECT ?c ?p { ?c skos:broader ?p }") == {(f"<{code}{c}>", f"<{code}51>") for c in ("5101", "5102")}
    assert rows(store, f"SELECT ?l {{ <{code}5101> skos:prefLabel|skos:altLabel ?l }}") == {
        ('"Vrtnar"@sl',), ('"Gardener"@en',), ('"vrtnarka"@sl',), ('"vrtnica"@sl',)
    }  # fmt: skip
    assert rows(store, f"SELECT ?i {{ <{code}5101> skos:closeMatch ?i }}") == {("<http://data.europa.eu/esco/isco/C6113>",)}


def test_another_base_is_used_throughout():
    other = Names("https://example.org/graph/")
    (source,) = classification_sources([HERE / "rome_v349"], other, "code")
    assert not [q for q in written(source)[0] if "w3id.org/wise-skills" in str(q)]


def test_fingerprint_follows_files_and_descriptions(tmp_path: Path):
    copy = tmp_path / "nace.csv"
    copy.write_bytes((HERE / "nace.csv").read_bytes())
    before = classification_sources([copy], NAMES, "code")[0].fingerprint()
    assert classification_sources([copy], NAMES, "other code")[0].fingerprint() != before
    copy.write_bytes(copy.read_bytes().replace(b"Gardens", b"Orchards"))
    assert classification_sources([copy], NAMES, "code")[0].fingerprint() != before


# --- odd and damaged files ----------------------------------------------------------

ODD = {
    "nace-rows": {
        ("RepeatedCode", 4, ""), ("NoCode", 5, ""), ("UnknownParent", 6, "Parent"), ("UnknownValue", 7, "Level"),
        ("UnexpectedForm", 8, ""), ("RaggedRow", 9, ""),
    },
    "latin-1": {("BadEncoding", 0, "")},
    "cut-off": {("CutOff", 3, "")},
    "unnamed": {("UnnamedColumn", 1, "")},
}  # fmt: skip


@pytest.mark.parametrize("path", sorted((HERE / "odd").iterdir()), ids=lambda p: p.stem)
def test_odd_file(path: Path):
    """Every odd record is found with its number, all at once, and only damage is a Violation."""
    _, result = only(path)
    assert places(result.findings) == ODD[path.stem]
    assert {f.component for f in result.findings if f.severity == "Violation"} <= {"CutOff"}
    assert all(f.message.endswith(".") and f.where.file == path.name for f in result.findings)


def test_repeated_code_keeps_the_first_words():
    store, _ = only(HERE / "odd" / "nace-rows.csv")
    assert rows(store, "SELECT ?l { <http://data.europa.eu/ux2/nace2/01> skos:prefLabel ?l }") == {('"Growing things"@en',)}


def test_what_is_beside_is_named(tmp_path: Path):
    (tmp_path / "nace.csv").write_bytes((HERE / "nace.csv").read_bytes())
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    _, result = only(tmp_path)
    assert [(f.severity, f.component, f.where.file) for f in result.findings] == [("Info", "UnknownTable", f"{tmp_path.name}/other.csv")]


def test_refusals(tmp_path: Path):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(WrongKind, match=r"nace-2 \(Level, Code"):
        classification_sources([other], NAMES, "code")
    with pytest.raises(InputError, match="does not exist"):
        classification_sources([tmp_path / "nowhere.csv"], NAMES, "code")
    with pytest.raises(InputError, match="the same table of nace-2"):
        classification_sources([HERE / "nace.csv", HERE / "odd" / "latin-1.csv"], NAMES, "code")
    assert classification_sources([], NAMES, "code") == []


@pytest.mark.parametrize("ending", [".csv.gz", ".zip"])
def test_cut_off_archive(tmp_path: Path, ending: str):
    """A download that stopped is refused in a sentence."""
    whole = tmp_path / f"whole{ending}"
    if ending == ".zip":
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(HERE / "nace.csv", "nace.csv")
    else:
        whole.write_bytes(gzip.compress((HERE / "nace.csv").read_bytes()))
    cut = tmp_path / f"cut{ending}"
    cut.write_bytes(whole.read_bytes()[:-30])
    with pytest.raises(FileProblem, match=r"cut off.*Download it again"):
        only(cut)


def test_swollen_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What unpacks beyond the limit is refused before it fills the memory."""
    monkeypatch.setattr(published_files, "MAX_BYTES", 100_000)
    header, line = (HERE / "nace.csv").read_bytes().split(b"\n", 1)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(header + b"\n" + line * 1000))
    assert path.stat().st_size < 10_000
    with pytest.raises(TooBig, match="unpacked"):
        only(path)


@given(st.binary(max_size=300))
def test_any_bytes_are_records_or_findings(data: bytes):
    """Whatever a file holds, reading ends, and every record has as many cells as the header."""
    records = Records("any.csv")
    records.take(published_files._text(data, records), ";")
    assert all(len(cells) == len(records.titles) for _, cells in records.rows)
    assert [number for number, _ in records.rows] == sorted({number for number, _ in records.rows})


# --- terms and takes ----------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_round_trip(text: str):
    (quad,) = ox.parse(f"<a:s> <a:p> {text_term(text, 'fr')} <a:g> .".encode(), ox.RdfFormat.N_QUADS)
    assert quad.object == ox.Literal(text, language="fr")


@given(st.text(max_size=30))
def test_iri_is_valid_or_none(text: str):
    """What is written between the brackets never ends the line it stands in."""
    term = iri_term("http://a.example/" + text)
    assert term is None or not set(term[1:-1]) & set('<>"{}|\\^` \n')


@given(st.integers(0, 10**13 - 1))
def test_luhn(number: int):
    """Of ten last digits exactly one is right, and changing any one digit is noticed."""
    base = f"{number:013d}"
    if base.startswith("356000000"):
        return
    (right,) = [base + d for d in "0123456789" if luhn(base + d)]
    changed = right[:4] + str((int(right[4]) + 1) % 10) + right[5:]
    assert changed.startswith("356000000") or not luhn(changed)


def test_luhn_of_the_post_office():
    """Its establishments share a SIREN; the sum of their digits is a multiple of five."""
    assert luhn("35600000000048")
    assert luhn("35600000049837")
    assert not luhn("35600000049836")


@pytest.mark.parametrize(
    ("take", "cell", "values"),
    [
        (Take(("c",)), "  a ", ["a"]),
        (Take(("c",), split="|"), "a| |b", ["a", "b"]),
        (Take(("c",), ignore=frozenset("-")), "-", []),
        (Take(("c",), entities=True, replace={"''": "'"}), "l''eau &amp; l''air", ["l'eau & l'air"]),
        (Take(("c",), case="sentence"), "EAU ET AIR", ["Eau et air"]),
        (Take(("c",), case="sentence"), "Eau ET air", ["Eau ET air"]),
        (Take(("c",), pad="3"), "7", ["007"]),
        (Take(("c",), ways=((re.compile("(a)|b"), "<{1}>"),)), "b", ["<>"]),
        (Take(("c",), values={"a": "1", "b": ""}), "b", []),
        (Take(constant="x"), "a", ["x"]),
        (Take(("other",)), "a", []),
    ],
)
def test_take(take: Take, cell: str, values: list[str]):
    records = Records("t.csv", ["c"], [(2, [cell])])
    assert [taken.value for taken in take.take(records, 2, [cell])] == values


# --- the published files ------------------------------------------------------------


@cache
def published() -> dict[str, tuple[ox.Store, Written]]:
    require("esco")
    return {s.description.name: written(s) for s in classification_sources([shared("crosswalks") / "classifications"], NAMES, "code")}


def records_of(path: Path, delimiter: str = ",") -> list[list[str]]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))[1:]


def test_published_nace_has_every_row():
    store, result = published()["nace-2"]
    table = records_of(shared("crosswalks") / "classifications" / "nace_rev2.csv")
    assert len(table) == 996
    assert result.facts["counts"]["concepts"] == len(table)
    assert rows(store, "SELECT ?n { ?c a skos:Concept ; skos:notation ?n }") == {(f'"{row[2]}"',) for row in table}
    assert len(rows(store, "SELECT ?c ?p { ?c skos:broader ?p }")) == sum(bool(row[3]) for row in table)
    assert len(rows(store, "SELECT ?c { ?c xkos:exclusionNote ?t }")) == sum(bool(row[8].strip()) for row in table)


def test_published_nace_agrees_with_our_list():
    """A code of `ontology/schemes/nace.ttl` has the same place and label in the table: one label differs in one word."""
    store, _ = published()["nace-2"]
    ours = ox.Store()
    ours.load(path=str(resource("ontology") / "schemes" / "nace.ttl"), format=ox.RdfFormat.TURTLE)
    differing = set()
    for predicate in ("prefLabel", "broader", "notation", "topConceptOf", "inScheme"):
        for quad in ours.quads_for_pattern(None, ox.NamedNode(SKOS + predicate), None):
            if not list(store.quads_for_pattern(quad.subject, quad.predicate, quad.object)):
                differing.add((quad.subject.value.rsplit("/", 1)[-1], predicate))
    assert differing <= {("222", "prefLabel")}


def test_published_kldb_has_every_row():
    store, result = published()["kldb-2010"]
    (path,) = (shared("crosswalks") / "classifications").glob("KldB*")
    table = records_of(path, ";")
    assert result.facts["counts"]["concepts"] == len(table) == len({row[0].zfill(int(row[1])) for row in table})
    levels = Counter(row[1] for row in table)
    groups = ("berufsbereiche", "berufshauptgruppen", "berufsgruppen", "berufsuntergruppen", "berufsgattungen")
    assert [result.facts["counts"][g] for g in groups] == [levels[str(n)] for n in range(1, 6)]
    lost = [number for number, row in enumerate(table, 2) if len(row[0]) < int(row[1])]
    assert [f.where.row for f in result.findings] == lost
    assert len(rows(store, "SELECT ?c { ?c skos:topConceptOf ?s }")) == levels["1"]
    assert len(rows(store, "SELECT ?c ?p { ?c skos:broader ?p }")) == len(table) - levels["1"]


def test_published_rome_has_every_row():
    store, result = published()["rome-3"]
    folder = shared("crosswalks") / "classifications" / "fr_rome_v347"
    counts = result.facts["counts"]
    assert result.facts["version"] == "3.47"
    assert counts["metiers"] == len(records_of(folder / "metiers.csv")) == 532
    assert counts["appellations"] == len(records_of(folder / "metiers_exemple.csv.gz")) == 11118
    assert counts["links"] == len(records_of(folder / "correspondances.csv"))
    kinds = {(row[0], row[2]) for row in records_of(folder / "competences.csv.gz")}
    assert [counts[g] for g in ("savoirs", "savoir-faire", "environnements")] == [
        sum(kind == wanted for _, kind in kinds) for wanted in ("1", "2", "5")
    ]
    assert len(rows(store, "SELECT ?c { ?c skos:definition ?t }")) == counts["metiers"]
    assert len(rows(store, "SELECT ?c ?s { ?c wise:listedSkill|wise:listedSetting ?s }")) == counts["links"]
    assert not [f for f in result.findings if f.severity != "Info"]
    assert not rows(store, "SELECT ?t { ?c skos:definition ?t FILTER CONTAINS(?t, \"''\") }")


def test_name_of_the_scheme_is_that_of_the_row():
    """`data/fr/classifications.csv` describes ROME too: the address is one, so the labels must be."""
    with (resource("data") / "fr" / "classifications.csv").open(encoding="utf-8", newline="") as file:
        row = next(r for r in csv.DictReader(file) if r["id"] == "rome")
    (rome,) = [d for d in descriptions(NAMES) if d.name == "rome-3"]
    assert rome.titles == {"fr": row["name@fr"], "en": row["name@en"]}


def test_listing_of_a_file_that_is_no_table(tmp_path: Path):
    path = tmp_path / "picture.csv"
    path.write_bytes(bytes(range(256)) * 10)
    assert Listing(path, path.name).headers is not None
    with pytest.raises(WrongKind):
        classification_sources([path], NAMES, "code")
