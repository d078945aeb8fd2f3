"""Published mapping tables: every deviation is understood or reported, counts are those of the files, nothing is turned round."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from loaders.eures import eures_sources, is_eures
from loaders.eures.cells import esco_address, relation
from loaders.eures.direction import VERDICTS, direction
from loaders.eures.file import decode, read_bytes, records
from loaders.eures.header import read_header
from loaders.eures.metadata import read_metadata
from loaders.eures.quads import literal
from loaders.eures.report import EACH, Report, ranges
from loaders.eures.source import EuresSource
from tests.national import FIXTURES
from tests.requirements import require, shared
from wise_skills.errors import FileProblem, InputError, TooBig, WrongKind
from wise_skills.findings import Finding
from wise_skills.names import BASE, DCT, OWL, RDF_TYPE, SKOS, SSSOM, Names
from wise_skills.source import Written

NAMES = Names()
FOLDER = FIXTURES / "eures"
GOOD = sorted((FOLDER / "good").glob("*.csv*"))
REFUSED = sorted((FOLDER / "refused").iterdir())
REGENERATE = bool(os.environ.get("WISE_REGENERATE"))
PREFIXES = {"skos": SKOS, "sssom": SSSOM, "owl": OWL, "dct": DCT, "wise": NAMES.wise, "esco": "http://data.europa.eu/esco/"}
every_good_file = pytest.mark.parametrize("path", GOOD, ids=lambda p: p.name)


def written(source: EuresSource) -> tuple[Written, list[ox.Quad]]:
    out = io.BytesIO()
    found = source.write(out)
    return found, list(ox.parse(out.getvalue(), ox.RdfFormat.N_QUADS))


def read(path: Path) -> tuple[EuresSource, Written, list[ox.Quad]]:
    (source,) = eures_sources([path], NAMES, "code")
    return source, *written(source)


def table(path: Path, *rows: list[str], header: str = "", encoding: str = "utf-8") -> Path:
    """Write a small table whose second classification is not listed."""
    head = header or "Classification 1 URI,Classification 1 PrefLabel,Classification 2 ID,Classification 2 PrefLabel,Mapping relation"
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(head + "\n")
        csv.writer(file).writerows(rows)
    return path


def occupation(number: int) -> str:
    return f"http://data.europa.eu/esco/occupation/00000000-0000-4000-8000-{number:012}"


def expected(path: Path, text: str) -> str:
    """The golden text of a file, written anew if asked for."""
    if REGENERATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


# --- fixtures


@every_good_file
def test_findings_and_facts(path: Path):
    source, found, _ = read(path)
    assert is_eures(path)
    lines = [f"{f.as_line()} [{f.component}] {f.value}".strip() for f in found.findings]
    text = json.dumps({"name": source.name, "facts": found.facts, "findings": lines}, ensure_ascii=False, indent=1) + "\n"
    assert text == expected(FOLDER / "expected" / f"{path.name}.json", text)
    assert not [f for f in found.findings if f.severity == "Violation"]


@every_good_file
def test_graph(path: Path):
    _, _, quads = read(path)
    triples = sorted({ox.Triple(q.subject, q.predicate, q.object) for q in quads}, key=str)
    text = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES).decode()
    assert text == expected(FOLDER / "expected" / f"{path.name}.ttl", text)


def test_expected_texts_and_files_go_in_pairs():
    assert {p.name.rsplit(".", 1)[0] for p in (FOLDER / "expected").iterdir()} == {p.name for p in GOOD}


@every_good_file
def test_every_slot_that_sssom_requires(path: Path):
    """SSSOM 1.0: set id and licence; of each mapping subject, predicate, object and justification, each once."""
    source, found, quads = read(path)
    store = ox.Store()
    store.extend(quads)
    graph = NAMES.graph(*source.name.split("/"))
    assert {q.graph_name.value for q in quads} == {graph}
    (mapping_set,) = {q.subject for q in store.quads_for_pattern(None, NamedNode(RDF_TYPE), NamedNode(SSSOM + "MappingSet"), None)}
    assert mapping_set == NamedNode(graph)
    for slot in (SSSOM + "mapping_set_id", DCT + "license", SSSOM + "subject_source", SSSOM + "object_source"):
        assert len(list(store.quads_for_pattern(mapping_set, NamedNode(slot), None, None))) == 1
    mappings = {q.object for q in store.quads_for_pattern(mapping_set, NamedNode(SSSOM + "mappings"), None, None)}
    assert 0 < len(mappings) <= found.facts["counts"]["mappings"]
    assert set(source.places) == {mapping.value for mapping in mappings}
    for mapping in mappings:
        for slot in (OWL + "annotatedSource", OWL + "annotatedProperty", OWL + "annotatedTarget", SSSOM + "mapping_justification"):
            assert len(list(store.quads_for_pattern(mapping, NamedNode(slot), None, None))) == 1
        assert not list(store.quads_for_pattern(mapping, NamedNode(SSSOM + "confidence"), None, None))


@every_good_file
def test_another_base(path: Path):
    """Nothing keeps the default base, and no address of ours stands under that of ESCO."""
    (source,) = eures_sources([path], Names("https://example.org/x/"), "code")
    _, quads = written(source)
    assert not [q for q in quads if BASE in str(q)]
    subjects = {q.subject.value for q in quads if q.predicate.value == RDF_TYPE}
    published = path.read_bytes() if path.suffix == ".csv" else b""
    assert all(s.encode() in published for s in subjects if s.startswith("http://data.europa.eu/"))


def test_nothing_personal():
    """Neither the name of a person nor an e-mail address leaves the file, not even in a finding."""
    for name, secrets in (("FR_other_names.csv", ["Jeanne"]), ("IT_template.csv", ["prova@"]), ("IT_odd_rows.csv", ["persona inventata"])):
        source, found, quads = read(FOLDER / "good" / name)
        assert any(secret in source.files[0].read_text(encoding="utf-8") for secret in secrets)
        everything = str(quads) + str(found)
        assert not [secret for secret in secrets if secret in everything]


@pytest.mark.parametrize("path", REFUSED, ids=lambda p: p.name)
def test_refused(path: Path):
    """One sentence says what is wrong and what was expected."""
    assert not is_eures(path)
    with pytest.raises((FileProblem, WrongKind)) as caught:
        eures_sources([path], NAMES, "code")
    text = str(caught.value)
    assert path.name in text
    assert re.search(r"Expected is a header such as|Give a mapping table|Download the file again|A mapping table relates", text)


def test_a_table_without_any_mapping_says_so(tmp_path: Path):
    _, found, _ = read(table(tmp_path / "XX_empty.csv", [occupation(1), "a", "", "b", "skos:exactMatch"]))
    assert {f.component for f in found.findings if f.severity == "Warning"} == {"UnknownConcept", "NoMapping"}


def test_one_broken_byte_does_not_make_it_another_code_page(tmp_path: Path):
    path = table(tmp_path / "XX_t.csv", *([occupation(n), "ü", str(n), "žž", "closeMatch"] for n in range(30)))
    path.write_bytes(path.read_bytes() + f"{occupation(31)},".encode() + b"\xfc,31,b,closeMatch\n")
    _, found, quads = read(path)
    assert [(f.component, f.where.row) for f in found.findings if f.severity == "Warning"] == [("BrokenLetter", 32)]
    assert {q.object.value for q in quads if q.predicate.value == SKOS + "prefLabel"} == {"žž", "b"}


def test_too_big(tmp_path: Path):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(TooBig):
        read_bytes(path)


def test_damage_behind_the_beginning_is_refused(tmp_path: Path):
    rows = "".join(f"{occupation(n)},ü{n * n},A{n},b,skos:closeMatch\n" for n in range(40_000))
    header = "Classification 1 URI,Classification 1 PrefLabel,Classification 2 ID,Classification 2 PrefLabel,Mapping relation\n"
    packed = gzip.compress((header + rows).encode())
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(packed[: len(packed) - 500])
    (source,) = eures_sources([path], NAMES, "code")
    with pytest.raises(FileProblem, match="damaged"):
        source.write(io.BytesIO())


# --- single cells and headers


@pytest.mark.parametrize(
    ("cell", "kind", "address"),
    [
        (occupation(1), "", occupation(1)),
        (occupation(1).replace("http:", "https:") + "/", "", occupation(1)),
        (
            "https://esco.ec.europa.eu/en/classification/occupation?uri=" + occupation(1).replace(":", "%3A").replace("/", "%2F"),
            "",
            occupation(1),
        ),
        (occupation(1).removeprefix("http://data.europa.eu/esco/occupation/"), "occupation/", occupation(1)),
        (occupation(1).removeprefix("http://data.europa.eu/esco/occupation/"), "", ""),
        (occupation(1)[:-1], "", ""),
        (f"{occupation(1)} {occupation(2)}", "", ""),
        (f"{occupation(1)} {occupation(1)}", "", occupation(1)),
        ("http://data.europa.eu/esco/isco/c0110", "", ""),
        ("http://data.europa.eu/esco/isco/0110", "", "http://data.europa.eu/esco/isco/C0110"),
        ("C0110", "occupation/", "http://data.europa.eu/esco/isco/C0110"),
        ("0110", "occupation/", ""),
        ("0110", "isco/", "http://data.europa.eu/esco/isco/C0110"),
        ("http://data.europa.eu/esco/skill/S1.2.3", "", "http://data.europa.eu/esco/skill/S1.2.3"),
        ("http://data.europa.eu/esco/concept/croatian-occupations/2131.71.7", "", ""),
        ("2654.1.7", "occupation/", ""),
        ("", "occupation/", ""),
    ],
)
def test_address_of_esco(cell: str, kind: str, address: str):
    assert esco_address(cell, kind) == address


@pytest.mark.parametrize(
    ("cell", "name", "guessed"),
    [
        ("skos:exactMatch", "exactMatch", False),
        ("http://www.w3.org/2004/02/skos/core#narrowMatch", "narrowMatch", False),
        (" SKOS: Broad match ", "broadMatch", False),
        ("broader", "broadMatch", False),
        ("exactISCO", "exactMatch", False),
        ("no relation", "no relation", False),
        ("skos:closeMacth", "closeMatch", True),
        ("C1 is broader than C2", "", False),
        ("exactMatch/closeMatch", "", False),
        (">", "", False),
        ("", "", False),
    ],
)
def test_relation(cell: str, name: str, guessed: bool):
    assert relation(cell) == (name, guessed)


@pytest.mark.parametrize(
    "titles",
    [
        "Classification 1 URI|Classification 1 PrefLabel|Classification 2 ID|Classification 2 PrefLabel|Mapping relation",
        "classification 1 ID|classification 1 prefered label|classification 2 ID|classification 2 prefered label|mapping relation",
        "Clasification 1 URI|Clasification 1 Preflable|Clasification 2 Code|Clasification 2 Title|Mapping realtion",
        "Classification_1_URI|Classification_1_PrefLabel|Classification_2_URI and/or ID|Classification_2_PrefLabel|Match type",
        "O*NET Id|O*NET Title|ESCO or ISCO URI|ESCO or ISCO Title|Type of Match",
        "ESCO URI|ESCO label|National code|National label|skos relation",
        '"Classification 1 URI"|Classification 1 preferred label (en)|Classification 2 ID|Classification 2 PrefLabel FR|Relation',
    ],
)
def test_header(titles: str):
    header = read_header(1, titles.split("|"))
    assert header.complete, header
    assert header.relation == 4
    assert [[i for i, _ in header.labels[side]] for side in (1, 2)] == [[1], [3]]
    assert [min(header.at[side].values()) for side in (1, 2)] == [0, 2]
    assert header.unread == []


@pytest.mark.parametrize(
    ("text", "date", "component"),
    [
        ("2021-04-23", "2021-04-23", ""),
        ("2021-04-23T10:00:00", "2021-04-23", ""),
        ("13/07/2022", "2022-07-13", ""),
        ("22-8-2021", "2021-08-22", ""),
        ("03.04.2021", "2021-04-03", ""),
        ("44355", "2021-06-08", "SerialDate"),
        ("Sep-22", "2022-09", "ShortDate"),
        ("13 July 2022", "2022-07-13", ""),
        ("2022", "2022", ""),
        ("31/02/2022", "", "UnknownDate"),
        ("soon", "", "UnknownDate"),
    ],
)
def test_date(text: str, date: str, component: str):
    report = Report("x.csv")
    found = read_metadata([(4, ["Mapping project version date", text])], report)
    assert found.date == date
    assert [f.component for f in report.findings()] == ([component] if component else [])


@pytest.mark.parametrize(
    ("author", "kept"),
    [
        ("CRISP", "CRISP"),
        ("Verzonnen nv", "Verzonnen nv"),
        ("Pôle emploi - France", "Pôle emploi - France"),
        ("Jeanne Exemple", ""),
        ("Jeanne Exemple (Agence inventée), j.exemple@example.org", "Agence inventée"),
        ("default-author", ""),
    ],
)
def test_author(author: str, kept: str):
    assert read_metadata([(2, ["Mapping project author", author])], Report("x.csv")).author == kept


def test_languages_and_misspelt_metadata():
    report = Report("x.csv")
    block = [["Clasification 2 Language", "fr/nl"], ["classification 1 language:", "English"], ["Classification 2 Naem", "Probe"]]
    found = read_metadata(list(enumerate(block, 1)), report)
    assert (found.sides[2].languages, found.sides[1].languages, found.sides[2].name) == (("fr", "nl"), ("en",), "Probe")
    assert report.findings() == ()


@pytest.mark.parametrize("word", ["manual", "expert review"])
def test_only_the_table_can_call_itself_made_by_people(tmp_path: Path, word: str):
    path = tmp_path / "XX_t.csv"
    rows = f"{occupation(1)},a,1,b,exactMatch\n"
    header = "Classification 1 URI,Classification 1 PrefLabel,Classification 2 ID,Classification 2 PrefLabel,Mapping relation\n"
    for head, justification in (("", "UnspecifiedMatching"), (f"Mapping method,{word}\n", "ManualMappingCuration")):
        path.write_text(head + header + rows, encoding="utf-8")
        _, _, quads = read(path)
        assert {q.object.value for q in quads if q.predicate.value == SSSOM + "mapping_justification"} == {
            "https://w3id.org/semapv/vocab/" + justification
        }


def test_many_rows_with_one_problem_share_a_finding(tmp_path: Path):
    _, found, _ = read(
        table(
            tmp_path / "XX_t.csv",
            *([occupation(n), "a", str(n), "b", "sameAs"] for n in range(EACH + 50)),
            [occupation(1), "a", "1", "b", "exactMatch"],
        )
    )
    unknown = [f for f in found.findings if f.component == "UnknownRelation"]
    assert len(unknown) == EACH + 1
    assert f"50 further rows: {EACH + 2}–{EACH + 51}" in unknown[-1].message


# --- names


def test_no_two_tables_share_a_name(tmp_path: Path):
    other = tmp_path / "copy"
    other.mkdir()
    original = FOLDER / "good" / "IT_template.csv"
    (other / "IT_template.csv").write_bytes(original.read_bytes())
    (other / "newer.csv").write_bytes(original.read_bytes().replace(b"Version,2011", b"Version,2012"))
    paths = [*GOOD, original, other / "IT_template.csv", other / "newer.csv"]
    sources = eures_sources(paths, NAMES, "code")
    names = [s.name for s in sources]
    assert len(set(names)) == len(names) == len(GOOD) + 2
    assert all(re.fullmatch(r"mappings/[a-z0-9-]+", name) for name in names)
    assert "mappings/it-cp2011-2012" in names
    assert len({s.fingerprint() for s in sources}) == len(sources)


def test_fingerprint_knows_code_and_base():
    path = FOLDER / "good" / "IT_template.csv"
    found = {eures_sources([path], names, code)[0].fingerprint() for names in (NAMES, Names("https://example.org/")) for code in "ab"}
    assert len(found) == 4


# --- properties

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=12)


@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=8), delimiter=st.sampled_from(",;\t|"))
def test_records_come_back(rows: list[list[str]], delimiter: str):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    text, _ = decode(out.getvalue().encode("utf-8-sig"))
    assert list(records(text, delimiter)) == [(n, row, "") for n, row in enumerate(rows, 1)]


@given(text=st.text())
def test_records_never_end_early(text: str):
    """Whatever the quotes: every line is part of a record."""
    found = list(records(text, ","))
    assert [n for n, _, _ in found] == list(range(1, len(found) + 1))
    kept = "".join("".join(cells) for _, cells, _ in found)
    drop = str.maketrans("", "", ',"\r\n')
    assert kept.translate(drop) == text.translate(drop)


@given(text=st.text(st.characters(codec="utf-8")), language=st.sampled_from(["", "fr"]))
def test_literals_come_back(text: str, language: str):
    line = f"<urn:s> <urn:p> {literal(text, language)} <urn:g> .\n"
    (quad,) = ox.parse(line.encode(), ox.RdfFormat.N_QUADS)
    assert (quad.object.value, quad.object.language or "") == (text, language)


ROWS = st.lists(
    st.tuples(
        st.one_of(CELLS, st.integers(1, 5).map(occupation)),
        CELLS,
        st.one_of(CELLS, st.sampled_from(["1.1", "1.1.2", "A B/ü"])),
        CELLS,
        st.one_of(CELLS, st.sampled_from(["skos:exactMatch", "broadMatch", "no relation", "narrowMacth"])),
    ).map(list),
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, tail=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30))
def test_every_record_is_a_mapping_or_reported(tmp_path: Path, rows: list[list[str]], tail: str):
    """The quads are sound N-Quads, and no record is dropped in silence."""
    path = table(tmp_path / "XX_t.csv", [occupation(9), "label", "9", "label", "skos:closeMatch"], *rows)
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(tail)
    _, found, quads = read(path)
    rows_read = {int(q.subject.value.rpartition("=")[2]) for q in quads if q.predicate.value == NAMES.describes}
    reported = {n for f in found.findings for n in (f.where.row, *numbers(f))}
    text = path.read_bytes().decode()
    filled = {n for n, cells, _ in records(text, ",") if n > 1 and any(c.split() for c in cells)}
    assert filled <= rows_read | reported


def numbers(finding: Finding) -> set[int]:
    """All rows that a message names at its end."""
    pairs = re.findall(r"(\d+)(?:–(\d+))?", finding.message.rpartition(" row")[2])
    return {n for a, b in pairs for n in range(int(a), int(b or a) + 1)}


@given(st.sets(st.integers(1, 60)))
def test_ranges_name_every_number(found: set[int]):
    text = ranges(found)
    pairs = re.findall(r"(\d+)(?:–(\d+))?", text)
    assert {n for a, b in pairs for n in range(int(a), int(b or a) + 1)} == found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_any_file_is_read_or_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    with suppress(InputError):
        read(path)


# --- direction

WORDS = st.sampled_from(["miller", "wind miller", "night wind miller", "keeper", "cloud keeper"])
MAPPED = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(["broadMatch", "narrowMatch", "exactMatch"]), st.integers(0, 12), WORDS, WORDS),
    max_size=90,
)
OPPOSITE = {verdict: VERDICTS[-number] for number, verdict in VERDICTS.items()}


def judged(rows: list[tuple[str, str, str, str, str]]):
    return direction([(n, *row, "") for n, row in enumerate(rows)], lambda address: address.endswith(("0", "5")))


@settings(max_examples=300)
@given(MAPPED)
def test_mirrored_tables_get_opposite_verdicts(drawn: list[tuple[int, str, int, str, str]]):
    rows = [(f"urn:c1:{s}", p, f"urn:c2:{o}", a, b) for s, p, o, a, b in drawn]
    swap = {"broadMatch": "narrowMatch", "narrowMatch": "broadMatch", "exactMatch": "exactMatch"}
    found = judged(rows)
    renamed = judged([(s, swap[p], o, a, b) for s, p, o, a, b in rows])
    turned = judged([(o, p, s, b, a) for s, p, o, a, b in rows])
    assert renamed.verdict == turned.verdict == OPPOSITE[found.verdict]
    assert turned.relations == {name: OPPOSITE[verdict] for name, verdict in found.relations.items()}
    assert renamed.relations == {swap[name]: OPPOSITE[verdict] for name, verdict in found.relations.items()}
    twice = judged([(o, swap[p], s, b, a) for s, p, o, a, b in rows])
    assert twice.verdict == found.verdict


def test_sure_verdicts_need_two_signs():
    """Fan-out alone is a leaning; labels that agree make it sure, labels that contradict it leave it undecided."""
    fan = [(f"urn:s{n}", "broadMatch", f"urn:o{n // 6}") for n in range(30)]
    for left, right, verdict in (("abc", "xyz", "leaning to SKOS"), ("abc def", "abc", "as SKOS"), ("abc", "abc def", "undecided")):
        assert judged([(*row, left, right) for row in fan]).verdict == verdict


def test_what_is_suspected_is_not_stated_as_a_triple():
    """The mappings of an inverse table stand as published; only the plain broader triples are withheld."""
    _, found, quads = read(FOLDER / "good" / "FR_other_names.csv")
    assert found.facts["direction"]["suspected_inverse"]
    properties = [q.object.value for q in quads if q.predicate.value == OWL + "annotatedProperty"]
    assert properties == [SKOS + "broadMatch"] * 24
    assert not [q for q in quads if q.predicate.value == SKOS + "broadMatch"]
    suspicion = [q.object.value for q in quads if q.predicate.value == NAMES.wise + "suspectedInverse"]
    assert suspicion == ["true"]


# --- the tables as they are published

# The table in the README of the folder of published tables: rows that are well formed. The rows of LV that are quoted as a
# whole come on top: they are read too.
PUBLISHED = list(csv.DictReader(io.StringIO((FOLDER / "published.csv").read_text(encoding="utf-8"))))
RELATIONS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "no relation", "exactISCO")


@pytest.mark.parametrize("told", PUBLISHED, ids=lambda row: row["name"])
def test_published_table(told: dict[str, str]):
    """Relations, concepts, version and direction of each real table; no row is left aside."""
    require("esco")
    source, found, quads = read(shared("crosswalks") / "national" / told["file"])
    rows = {int(q.subject.value.rpartition("=")[2]): q.object for q in quads if q.predicate.value == NAMES.describes}
    quoted = {n for f in found.findings if f.component == "QuotedRow" for n in numbers(f)} & set(rows)
    counts = found.facts["counts"]
    assert source.name == f"mappings/{told['name']}"
    assert len(quoted) == int(told["quoted"] or 0)
    predicates = {q.subject: q.object.value.removeprefix(SKOS) for q in quads if q.predicate.value == OWL + "annotatedProperty"}
    aside = Counter(predicates[rows[n]] for n in quoted)
    assert {r: counts.get(r, 0) - aside[r] for r in RELATIONS} == {r: int(told[r] or 0) for r in RELATIONS}
    assert counts["mappings"] == len(rows) == sum(counts.get(r, 0) for r in RELATIONS)
    assert len(predicates) == counts["mappings"] - sum(f.component == "DuplicateRow" for f in found.findings)
    assert found.facts["esco_version"] == told["esco"]
    assert found.facts["direction"]["verdict"] == told["direction"]
    assert {f.component for f in found.findings if f.severity == "Warning"} <= {"MappingDirection", "DuplicateRow", "TwoConcepts"}
    if not quoted:
        ends = [{q.object.value for q in quads if q.predicate.value == OWL + part} for part in ("annotatedSource", "annotatedTarget")]
        # The README counts codes: of those of NL, nine stand for two things each.
        assert [len(end) for end in ends] == [int(told["subjects"]), int(told["objects"]) + (9 if told["name"] == "nl-noc" else 0)]


def test_published_tables_have_names_of_their_own():
    require("esco")
    sources = eures_sources(sorted((shared("crosswalks") / "national").iterdir()), NAMES, "code")
    assert sorted(s.name.removeprefix("mappings/") for s in sources) == sorted(row["name"] for row in PUBLISHED)


def test_other_published_files_are_no_mapping_tables():
    """Classifications, registers and the tables of ESCO itself are not taken for one."""
    require("esco")
    others = [p for part in ("classifications", "registers") for p in (shared("crosswalks") / part).rglob("*") if p.is_file()]
    others += list((shared("esco") / "v1.1.1" / "en").glob("*.csv"))
    assert len(others) > 15
    assert [p.name for p in others if is_eures(p)] == []
