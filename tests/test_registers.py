"""Registers: mappings, what a list becomes, what is found in odd ones, what is left out, and the published lists."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.classifications import classification_sources
from loaders.published_files import Records
from loaders.registers import RegisterSource, mappings, register_sources, unknown_codes
from loaders.registers.mapping import Register, read_mapping
from loaders.registers.sheet import fill
from loaders.sources import National
from tests.requirements import require, shared
from tests.test_classifications import written as written_classification
from wise_skills.errors import FileProblem, InputError, WrongKind
from wise_skills.findings import Finding, violations
from wise_skills.names import SKOS, Names, resource
from wise_skills.source import Part

HERE = Path(__file__).parent / "fixtures" / "registers"
NAMES = Names()
BROKEN = sorted((HERE / "broken").glob("*.yaml"))
PREFIXES = f"PREFIX skos: <{SKOS}> PREFIX wise: <{NAMES.wise}> PREFIX tab: <{NAMES.tab}> PREFIX foaf: <http://xmlns.com/foaf/0.1/> "
ORGANISATION = NAMES.base + "id/fr/organisation/siret-"


@cache
def france() -> National:
    return National(resource("data"), NAMES, "code")


@cache
def siae() -> Register:
    (found,) = [r for r in mappings(None, france().vocabulary.schema) if r.name == "fr-siae"]
    return found


@cache
def loaded(name: str) -> tuple[ox.Store, Part]:
    """A list among the fixtures."""
    (source,) = register_sources([HERE / name], france())
    return stored(source)


def stored(source: RegisterSource) -> tuple[ox.Store, Part]:
    part = source.load()
    store = ox.Store()
    store.bulk_load(part.nquads, ox.RdfFormat.N_QUADS)
    return store, part


def rows(store: ox.Store, query: str) -> set[tuple[str, ...]]:
    found = store.query(PREFIXES + query, use_default_graph_as_union=True)
    return {tuple(str(term) for term in row) for row in found}


def one(store: ox.Store, subject: str, path: str) -> set[str]:
    return {value.rsplit("/", 1)[-1].strip('">') for (value,) in rows(store, f"SELECT ?v {{ <{subject}> {path} ?v }}")}


def places(findings: tuple[Finding, ...]) -> set[tuple[str, int, str]]:
    return {(f.component, f.where.row, f.where.column) for f in findings}


# --- mappings -----------------------------------------------------------------------


@pytest.mark.parametrize("path", BROKEN, ids=lambda p: p.stem)
def test_broken_mapping_says_where(path: Path):
    """The first line of each file holds the sentence."""
    said = path.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# says: ")
    with pytest.raises(FileProblem) as caught:
        read_mapping(path, france().vocabulary.schema)
    assert str(caught.value) == said


def test_values_of_shipped_mappings_exist():
    """Each value that a mapping gives to a list or a reference is one."""
    concepts, things = france().vocabulary.concepts, france().folders.things
    checked = 0
    for register in mappings(None, france().vocabulary.schema):
        for target in register.targets:
            for value in filter(None, [target.take.constant, *(target.take.values or {}).values()]):
                if target.column.scheme:
                    assert concepts.find(target.column.scheme, value), f"{register.name}: {value}"
                elif target.column.refers_to:
                    assert things.find(target.column.refers_to, register.folder, value), f"{register.name}: {value}"
                else:
                    continue
                checked += 1
    assert checked > 25


# --- what a list becomes ------------------------------------------------------------


def test_an_organisation_hangs_together():
    """Form, sector, occupations, legal form, place, number, date and source."""
    store, part = loaded("2020_02_siae.csv")
    subject = ORGANISATION + "00000000200014"
    assert not violations(part.findings)
    assert one(store, subject, "wise:ofForm") == {"ei"}
    assert one(store, subject, "wise:nace") == {"3832"}
    assert one(store, subject, "wise:offersJobIn") == {"A1203"}
    assert rows(store, f"SELECT ?t {{ <{subject}> wise:jobTitle ?t }}") == {('"Jardinier"@fr',), ('"Ouvrier / Ouvrière"@fr',)}
    assert one(store, subject, "wise:legalForm") == {"limited-company"}
    assert one(store, subject, "wise:territory") == {"2A"}
    assert one(store, subject, "wise:registrationNumber") == {"SIRET 00000000200014"}
    assert rows(store, f"SELECT ?d {{ <{subject}> wise:date ?d }}") == {('"2020-02"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>',)}
    assert {q.graph_name.value for q in store} == {NAMES.graph("registers", "fr-siae")}


def test_two_records_of_one_establishment_are_one_organisation():
    """Its forms and jobs are joined, and both records describe it."""
    store, _ = loaded("2020_02_siae.csv")
    subject = ORGANISATION + "00000000100016"
    assert one(store, subject, "wise:ofForm") == {"aci", "ai"}
    assert one(store, subject, "wise:offersJobIn") == {"A1203", "K1801", "F1704"}
    assert one(store, subject, "^tab:describes") == {"2020_02_siae.csv#row=2", "2020_02_siae.csv#row=4"}
    assert len(rows(store, f"SELECT ?l {{ <{subject}> skos:prefLabel ?l }}")) == 1


def test_tabs_blanks_and_unnamed_columns():
    store, part = loaded("2021_03_04_geiq.csv")
    assert rows(store, "SELECT ?l { ?o skos:prefLabel ?l }") >= {('"GEIQ DES MARES"@fr',)}
    assert all(
        len(number.strip('"')) == len("SIRET 00000000000000") for (number,) in rows(store, "SELECT ?n { ?o wise:registrationNumber ?n }")
    )
    assert places(part.findings) == {("NotTaken", 1, ""), ("StrayBlanks", 2, "SIRET"), ("StrayBlanks", 3, "GEIQ")}


def test_columns_that_are_not_named_are_not_read():
    text = loaded("2021_03_04_geiq.csv")[1].nquads.decode()
    assert "rue du Jardin" not in text
    assert "GEIQ DES HAIES" in text


# --- odd records --------------------------------------------------------------------


def test_odd_records_are_found_at_their_cells():
    """All of them, at the column of the list and not of our table; nothing stops the build."""
    found = {p for p in places(loaded("odd_siae.csv")[1].findings) if p[0] not in ("StrayBlanks", "NotTaken")}
    assert found == {
        ("UnexpectedForm", 0, ""),
        ("UnknownValue", 3, "MESURE"),
        ("UnexpectedForm", 4, "CODE_NAF2"),
        ("UnknownValue", 5, "NATURE_JURIDIQUE"),
        ("UnexpectedForm", 6, "SIRET"),
        ("NoKey", 7, ""),
        ("MinCountConstraintComponent", 8, "DENOMINATION_SOCIALE"),
        ("CheckDigit", 9, "SIRET"),
        ("NodeKindConstraintComponent", 10, "SITE WEB"),
        ("UnexpectedForm", 10, "ROME"),
        ("NaturalPerson", 11, "NATURE_JURIDIQUE"),
        ("NaturalPerson", 12, "DENOMINATION_SOCIALE"),
        ("PersonalData", 13, "SITE WEB"),
        ("PersonalData", 13, "APPELATION"),
        ("Contradiction", 14, "DENOMINATION_SOCIALE"),
        ("RaggedRow", 15, ""),
        ("NoKey", 15, ""),
    }
    assert not violations(loaded("odd_siae.csv")[1].findings)


def test_what_cannot_stand_is_left_out():
    """A wrong value goes without its row; a row without a name or key goes."""
    store, _ = loaded("odd_siae.csv")
    names = {label.strip('"').removesuffix('"@fr') for (label,) in rows(store, "SELECT ?l { ?o skos:prefLabel ?l }")}
    assert names == {
        "SANS DEFAUT", "MESURE INCONNUE", "NAF A POINT", "FORME INCONNUE", "FAUSSE CLEF", "SITE IMPOSSIBLE", "ECRIVEZ NOUS"
    }  # fmt: skip
    assert not rows(store, "SELECT ?h { ?o foaf:homepage ?h }")
    described = {q.object.value for q in store.quads_for_pattern(None, ox.NamedNode(NAMES.describes), None)}
    assert described == {o.strip("<>") for (o,) in rows(store, "SELECT ?o { ?o a wise:Organisation }")}


@pytest.mark.parametrize("secret", ["Dupont", "DUPONT", "@haies.example", "01 23 45", "00000001000017", "Mme"])
def test_personal_data_reach_neither_graph_nor_report(secret: str):
    _, part = loaded("odd_siae.csv")
    source = (HERE / "odd_siae.csv").read_text(encoding="utf-8")
    assert secret in source or secret == "00000001000017"
    assert secret not in part.nquads.decode()
    assert not [f for f in part.findings if secret in f"{f.message} {f.value}"]


PERSONS = [
    "Entrepreneur individuel", "Artisan-commerçant", "Artisan", "Commerçant", "Profession libérale", "Exploitant agricole",
    "(Autre) personne physique", "Société créée de fait entre personnes physiques", "Indivision", "Auto-entrepreneur",
]  # fmt: skip


@pytest.mark.parametrize("legal_form", PERSONS)
def test_legal_forms_without_a_legal_person(legal_form: str):
    assert siae().people["NATURE_JURIDIQUE"].fullmatch(legal_form)


@pytest.mark.parametrize(
    "legal_form", ["SARL unipersonnelle", "Société coopérative artisanale", "Commune et commune nouvelle", "Autre personne morale"]
)
def test_legal_forms_with_a_legal_person(legal_form: str):
    assert not siae().people["NATURE_JURIDIQUE"].fullmatch(legal_form)


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Mme Dupont", True),
        ("M. DUPONT", True),
        ("MONSIEUR X", True),
        ("MME. A B", True),
        ("MOBILEX", False),
        ("M2 HAIES", False),
        ("MRS", False),
    ],
)
def test_names_of_persons(name: str, person: bool):
    assert bool(siae().people["DENOMINATION_SOCIALE"].fullmatch(name)) == person


@given(st.lists(st.lists(st.text(max_size=8), min_size=14, max_size=14), max_size=5))
def test_any_cells_become_rows_or_findings(cells: list[list[str]]):
    """Whatever the cells hold: no error, every row has one cell per column and a key of its own."""
    titles = (HERE / "2020_02_siae.csv").read_text(encoding="utf-8").split("\n")[0].split(";")
    filled = fill(siae(), Records("any.csv", titles, list(enumerate(cells, 2))), "any.csv")
    keys = [row[0] for _, row in filled.sheet.records]
    assert all(keys)
    assert len(keys) == len(set(keys))
    assert all(len(row) == len(filled.sheet.titles) for _, row in filled.sheet.records)


# --- another country, other files ---------------------------------------------------


def test_a_country_needs_a_mapping_and_no_code():
    """A Slovene list with bars between the cells; legal forms tell whom to leave out."""
    slovenia = National(HERE / "data", NAMES, "code")
    (source,) = register_sources([HERE / "centri.csv"], slovenia)
    store, part = stored(source)
    base = NAMES.base + "id/si/"
    assert rows(store, "SELECT ?o ?f { ?o wise:ofForm ?f }") == {
        (f"<{base}organisation/ms-{key}>", f"<{base}form/zp>") for key in ("1234567", "7654321")
    }
    assert one(store, base + "organisation/ms-1234567", "wise:nace") == {"8130", "3832"}
    assert "Novak" not in part.nquads.decode()
    assert sorted(f.where.row for f in part.findings if f.component == "NaturalPerson") == [4, 5]
    assert source.name == "registers/si-centri"


def test_refusals(tmp_path: Path):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(WrongKind, match=r"fr-geiq \(GEIQ, VILLE"):
        register_sources([other], france())
    with pytest.raises(InputError, match="both the register fr-siae"):
        register_sources([HERE / "2020_02_siae.csv", HERE / "odd_siae.csv"], france())
    with pytest.raises(InputError, match="does not exist"):
        register_sources([tmp_path / "nowhere.csv"], france())
    assert register_sources([], france()) == []


def test_damage_refuses_the_build(tmp_path: Path):
    cut = tmp_path / "cut_siae.csv"
    cut.write_text((HERE / "2020_02_siae.csv").read_text(encoding="utf-8") + 'AI;"cut', encoding="utf-8")
    (source,) = register_sources([cut], france())
    assert [f.component for f in violations(source.load().findings)] == ["CutOff"]


def test_the_same_list_gives_the_same_quads_wherever_it_lies(tmp_path: Path):
    shutil.copy(HERE / "2020_02_siae.csv", tmp_path)
    (source,) = register_sources([tmp_path], france())
    assert set(stored(source)[0]) == set(loaded("2020_02_siae.csv")[0])


def test_codes_that_the_classification_lacks():
    """Only where the classification is part of the build; a list that does not hold the code is no proof by itself."""
    store = ox.Store()
    store.bulk_load(loaded("2020_02_siae.csv")[1].nquads, ox.RdfFormat.N_QUADS)
    assert unknown_codes(store, NAMES) == []
    (rome,) = classification_sources([HERE.parent / "classifications" / "rome_v349"], NAMES, "code")
    store.extend(written_classification(rome)[0])
    found = {(f.value, f.where.file, f.where.row) for f in unknown_codes(store, NAMES)}
    file = "registers/fr-siae/2020_02_siae.csv"
    assert found == {("K1801", file, 2), ("K1801", file, 4), ("F1704", file, 2), ("F1704", file, 4)}


# --- the published lists ------------------------------------------------------------


@cache
def published() -> dict[str, tuple[ox.Store, Part]]:
    require("esco")
    return {s.register.name: stored(s) for s in register_sources([shared("crosswalks") / "registers" / "fr"], france())}


def pairs(store: ox.Store, path: str) -> set[tuple[str, str]]:
    """SIRET and code of all organisations."""
    found = rows(store, f"SELECT ?o ?c {{ ?o {path} ?c }}")
    return {(o.removeprefix(f"<{ORGANISATION}").strip(">"), c.rsplit("/", 1)[-1].strip(">")) for o, c in found}


def table(name: str) -> list[dict[str, str]]:
    with (shared("crosswalks") / "registers" / "fr" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_published_siae():
    """Every record, form, class of NACE, legal form and code of the list is in the graph."""
    store, part = published()["fr-siae"]
    listed = table("2019_07_liste_siae_additional_data.csv")
    assert len(listed) == 228
    forms = Counter(form.rsplit("/", 1)[-1].strip(">") for _, form in rows(store, "SELECT ?o ?f { ?o wise:ofForm ?f }"))
    assert forms == Counter(row["MESURE"].lower() for row in listed) == {"aci": 101, "ei": 73, "ai": 38, "etti": 16}
    codes = {(row["SIRET"], row[c].strip().upper()) for row in listed for c in row if c.startswith("ROME") and row[c].strip()}
    assert pairs(store, "wise:offersJobIn") == codes
    assert pairs(store, "wise:nace") == {(row["SIRET"], row["CODE_NAF2"][:4]) for row in listed}
    for predicate in (
        "wise:legalForm",
        "wise:territory",
        "wise:postalCode",
        "wise:municipality",
        "skos:prefLabel",
        "wise:registrationNumber",
    ):
        assert len(rows(store, f"SELECT ?o {{ ?o {predicate} ?v }}")) == len(listed), predicate
    assert {f.severity for f in part.findings} == {"Info"}


def test_published_geiq():
    """Every record; the four numbers behind a tab are read, the one wrong check digit is said."""
    store, part = published()["fr-geiq"]
    listed = table("2019_11_21_export_bbd_geiq.csv")
    numbers = {n.strip('"').removeprefix("SIRET ") for (n,) in rows(store, "SELECT ?n { ?o wise:registrationNumber ?n }")}
    assert numbers == {row["SIRET"].strip() for row in listed}
    assert len(numbers) == len(listed) == 171
    assert len(rows(store, "SELECT ?o { ?o wise:nace ?c }")) == sum(bool(row["NAF"]) for row in listed)
    assert sum(row["SIRET"].startswith("\t") for row in listed) == 4
    assert [(f.component, f.where.column) for f in part.findings if f.severity != "Info"] == [("CheckDigit", "SIRET")]


def test_published_lists_meet_published_classifications():
    """Sectors have labels in NACE; of the codes two are in no ROME: one has no such sheet, one is of a domain without it."""
    store = ox.Store()
    for part in published().values():
        store.bulk_load(part[1].nquads, ox.RdfFormat.N_QUADS)
    for source in classification_sources([shared("crosswalks") / "classifications"], NAMES, "code"):
        store.extend(written_classification(source)[0])
    assert {f.value for f in unknown_codes(store, NAMES)} == {"H2929", "K2205"}
    assert not rows(store, "SELECT ?c { ?o wise:nace ?c FILTER NOT EXISTS { ?c skos:prefLabel ?l } }")
    sections = rows(store, "SELECT ?o ?t { ?o wise:nace/skos:broader* ?t . ?t skos:topConceptOf ?s }")
    assert len(sections) == len(rows(store, "SELECT ?o { ?o wise:nace ?c }"))
