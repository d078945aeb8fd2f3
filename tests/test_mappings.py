"""Sets of mappings: each format is read back without loss of what it can hold; bad and hostile files get sentences."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.eures.opening import open_table
from loaders.eures.report import Report
from loaders.eures.rows import read_table
from loaders.eures.table import NOTHING
from tests.national import mapping_files
from tests.requirements import require
from tests.research import shared
from wise_skills.errors import InputError
from wise_skills.mappings import eures_form, json_form, rdf_form, skos_form, tsv
from wise_skills.mappings import slots as S  # noqa: N812
from wise_skills.mappings.integrity import conflicts
from wise_skills.mappings.marks import marked, marks
from wise_skills.mappings.model import NO_TERM, Mapping, MappingSet
from wise_skills.mappings.prefixes import ESCO, SEMAPV
from wise_skills.names import BASE, OWL, SKOS, Names

FILES = mapping_files()
every_file = pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
HEAD = "#curie_map:\n#  x: https://example.org/x/\n#mapping_set_id: https://example.org/set\n#license: https://example.org/free\n"
ROW = "x:a\tskos:exactMatch\tx:b\tsemapv:ManualMappingCuration\n"
COLUMNS = "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"

# --- any set of mappings

SOME = [  # every sign that a format could trip over
    "\t",
    "|",
    "\\",
    "\n",
    '"',
    "\r\n",
    "'",
    "#",
    ": ",
    "=1+1",
    "null",
    "1.0",
    "2026-11-26",
    "čšž",
    "Ελλάδα",
    "умение",
    "🙂",
    "‏",
    "- a",
]
TEXT = st.lists(
    st.one_of(st.sampled_from(SOME), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)), min_size=1, max_size=4
)
WORDS = TEXT.map("".join).filter(bool)
SPACES = [
    ESCO + "skill/",
    BASE + "id/hr/skill/",
    BASE + "id/eu/skill/",
    "http://example.org/a#",
    "urn:isbn:",
    "https://example.org/č/",
    SKOS,
]
IRI = st.builds("{}{}".format, st.sampled_from(SPACES), st.text("abcXYZ019-_.č()", min_size=1, max_size=5))
SHARE = st.integers(0, 1000).map(lambda n: S.share(n / 1000))
DAY = st.dates().map(str)


def _value(slot: str) -> st.SearchStrategy[str]:
    one = (
        IRI if slot in S.IDS or slot in S.ADDRESSES else SHARE if slot in S.SHARES else DAY if slot in S.DATES else WORDS
    )  # fmt: skip
    if slot in S.CHOICES:
        return st.sampled_from([choice for choice in S.CHOICES[slot] if choice != S.LITERAL])
    return st.lists(one, min_size=1, max_size=3, unique=True).map(S.join_values) if slot in S.SEVERAL else one


OTHERS = [slot for slot in S.ROW_SLOTS if slot not in S.REQUIRED]


def _some(slots: list[str], values: dict[str, st.SearchStrategy]) -> st.SearchStrategy[dict]:
    """A few slots with values."""
    chosen = st.lists(st.sampled_from(slots), max_size=5, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: values[name] for name in names}))


ROW_OF = st.builds(
    lambda s, p, o, why, more: Mapping(s, p, o, {"mapping_justification": why, **more}),
    IRI,
    st.sampled_from([SKOS + "exactMatch", SKOS + "broadMatch", OWL + "sameAs"]),
    st.one_of(IRI, st.just(NO_TERM)),
    st.sampled_from([SEMAPV + "ManualMappingCuration", SEMAPV + "CompositeMatching"]),
    _some(OTHERS, {slot: _value(slot) for slot in OTHERS}),
)
LITERAL_ROW = st.builds(
    lambda row, text: Mapping("", row.predicate, row.object, {**row.slots, "subject_label": text, "subject_type": S.LITERAL}), ROW_OF, WORDS
)
OF_SET = [slot for slot in S.SET_SLOTS if slot not in (*S.PROPAGATED, "mapping_set_id", "license")]
METADATA = st.builds(
    lambda name, licence, more: {"mapping_set_id": name, "license": licence, **more},
    IRI,
    IRI,
    _some(OF_SET, {slot: _value(slot).map(S.split_values) if slot in S.SEVERAL else _value(slot) for slot in OF_SET}),
)
SETS = st.builds(lambda metadata, rows: MappingSet(metadata, tuple(rows)), METADATA, st.lists(st.one_of(ROW_OF, LITERAL_ROW), max_size=4))
MANY = settings(max_examples=60, deadline=None)


def plain(mappings: MappingSet, *, several: Callable[[list[str]], list[str]] = list) -> tuple[dict, list]:
    """What a set says, without the order of its rows and the names of its prefixes."""

    def of(slot: str, text: str) -> object:
        return several(S.split_values(text)) if slot in S.SEVERAL else text

    rows = [
        (m.subject, m.predicate, m.object, sorted((slot, of(slot, text)) for slot, text in m.slots.items() if text))
        for m in mappings.mappings
    ]
    metadata = {slot: several(v) if isinstance(v, list) else v for slot, v in mappings.metadata.items() if slot != "curie_map"}
    return metadata, sorted(rows)


@MANY
@given(mappings=SETS)
def test_tsv_is_read_back(mappings: MappingSet):
    text = tsv.write(mappings)
    read = tsv.read(text)
    assert read.problems == []
    assert plain(read.mappings) == plain(mappings)
    assert tsv.write(read.mappings) == text  # canonical: the same set always gives the same text


@MANY
@given(mappings=SETS)
def test_json_is_read_back(mappings: MappingSet):
    text = json_form.write(mappings)
    read = json_form.read_all(text)
    assert read.problems == []
    assert plain(read.mappings) == plain(mappings)
    assert [m.object for m in read.mappings.mappings] == [m.object for m in mappings.mappings]  # the order stays


@MANY
@given(mappings=SETS)
def test_rdf_is_read_back(mappings: MappingSet):
    """But for the order of several values, which RDF does not have."""
    text = rdf_form.write(mappings)
    read = rdf_form.read_all(text)
    assert read.problems == []
    assert plain(read.mappings, several=sorted) == plain(mappings, several=sorted)
    assert rdf_form.write(read.mappings) == rdf_form.write(mappings)


@settings(max_examples=20, deadline=None)
@given(mappings=SETS)
def test_json_says_the_same_as_rdf(mappings: MappingSet):
    """As JSON-LD it has the same subjects, predicates and objects of mappings."""
    wanted = sorted(OWL + f"annotated{side}" for side in ("Source", "Property", "Target"))

    def ends(quads) -> list[tuple[str, str]]:
        return sorted((q.predicate.value, q.object.value) for q in quads if q.predicate.value in wanted)

    linked = ox.parse(json_form.write(mappings).encode(), ox.RdfFormat.JSON_LD)
    assert ends(linked) == ends(ox.parse(rdf_form.write(mappings).encode(), ox.RdfFormat.TURTLE))


def _reviewed(rows: list[tuple[str, str, str, str]], labels: list[str], metadata: dict) -> MappingSet:
    """A set in which everything was accepted or found without match: one label for each thing, one source and version."""
    made: dict[tuple[str, str, str], Mapping] = {}
    for number, (subject, predicate, target, comment) in enumerate(rows):
        slots = {"mapping_justification": SEMAPV + "UnspecifiedMatching", "reviewer_label": "R", "comment": comment}
        slots |= {"object_source": ESCO + "concept-scheme/skills", "object_source_version": "v1.1.1"}
        slots |= {"subject_source": BASE + "scheme/x", "subject_source_version": "3"}
        slots |= {"subject_label": labels[sum(map(ord, subject)) % len(labels)] if subject else labels[number % len(labels)]}
        slots |= {"object_label": labels[sum(map(ord, target)) % len(labels)]} if target != NO_TERM else {}
        slots |= {} if subject else {"subject_type": S.LITERAL}
        key = (subject or slots["subject_label"], predicate, target)
        made[key] = marked(Mapping(subject, predicate, target, {k: v for k, v in slots.items() if v}), {"language": "hr"})
    return MappingSet(metadata, tuple(made.values()))


OWN = st.text("abcXYZ019-_.", min_size=1, max_size=5)
REVIEWED = st.builds(
    _reviewed,
    st.lists(
        st.tuples(
            st.one_of(st.just(""), OWN.map((BASE + "id/hr/skill/").__add__)),
            st.sampled_from([*skos_form.RELATIONS, OWL + "sameAs"]),
            st.one_of(st.just(NO_TERM), OWN.map((ESCO + "skill/").__add__)),
            st.one_of(st.just(""), WORDS),
        ),
        max_size=6,
    ),
    st.lists(WORDS, min_size=1, max_size=4),
    METADATA,
)


def kept(rows: list[Mapping], *lost: str) -> list:
    """What rows say beside some slots."""
    return plain(MappingSet({}, tuple(replace(m, slots={k: v for k, v in m.slots.items() if k not in lost}) for m in rows)))[1]


@MANY
@given(mappings=REVIEWED)
def test_skos_is_read_back(mappings: MappingSet):
    """Ids, relations, labels, schemes and versions of what was accepted; nothing of the rest."""
    read = skos_form.read(skos_form.write(mappings))
    assert kept(list(read.mappings)) == kept(skos_form.accepted(mappings), "reviewer_label", "comment")
    for slot in ("license", "mapping_set_id", "mapping_set_title", "mapping_set_version", "mapping_set_description"):
        assert read.metadata.get(slot) == mappings.metadata.get(slot)


@MANY
@given(mappings=REVIEWED)
def test_eures_table_is_read_back(mappings: MappingSet):
    """The same with comments, and with what was found to have no match."""
    read = eures_form.read(eures_form.write(mappings))
    held = [m for m in mappings.mappings if m.object == NO_TERM or m.predicate in skos_form.RELATIONS]
    for rows in zip((m for m in read.mappings), held, strict=True):
        matched = rows[1].object != NO_TERM
        lost = ("reviewer_label",) if matched else ("reviewer_label", "object_source", "object_source_version")
        exact = replace(rows[1], predicate=rows[1].predicate if matched else SKOS + "exactMatch")
        assert kept([rows[0]], *lost) == kept([exact], *lost)
    for slot in ("mapping_set_title", "mapping_set_version", "publication_date"):
        assert read.metadata.get(slot) == mappings.metadata.get(slot)


# --- what the formats hold, on one set that is looked at closely


@pytest.fixture
def small() -> MappingSet:
    read = tsv.read(
        (Path(__file__).parent / "fixtures" / "mappings" / "reviewed.sssom.tsv").read_text(encoding="utf-8"), "reviewed.sssom.tsv"
    )
    assert read.problems == []
    return read.mappings


def test_model(small: MappingSet):
    assert [m.status for m in small.mappings] == ["accepted", "accepted", "rejected", "proposed", "no-match-found", "accepted"]
    assert {m.slots["object_source_version"] for m in small.mappings} == {"v1.1.1"}  # handed down from the set
    assert "object_source_version" not in small.metadata
    assert small.mappings[-1].subject == ""
    assert marks(small.mappings[-1])["language"] == "hr"


def test_plain_statements_are_of_accepted_mappings_alone(small: MappingSet):
    accepted = {(m.subject, m.predicate, m.object) for m in small.mappings if m.status == "accepted" and m.subject}
    quads = list(ox.parse(rdf_form.write(small).encode(), ox.RdfFormat.TURTLE))
    assert {(q.subject.value, q.predicate.value, q.object.value) for q in quads if q.predicate.value.startswith(SKOS)} == accepted
    assert len(accepted) == 2
    of_skos = list(ox.parse(skos_form.write(small).encode(), ox.RdfFormat.TURTLE))
    stated = {(q.predicate.value, q.object.value) for q in of_skos if q.predicate.value in skos_form.RELATIONS}
    assert stated == {(m.predicate, m.object) for m in small.mappings if m.status == "accepted"}


def test_eures_table_is_what_our_loader_reads(small: MappingSet, tmp_path: Path):
    """Nothing odd is reported; broad and narrow arrive turned round, because ESCO is classification 1."""
    path = tmp_path / "table.csv"
    path.write_text(eures_form.write(small), encoding="utf-8", newline="")
    opening = open_table(path)
    table = read_table(opening, report := Report(path.name), Names())
    assert opening.esco == 1
    assert [f.message for f in report.findings() if f.severity != "Info"] == []
    assert opening.metadata.sides[1].version == "v1.1.1"
    assert opening.metadata.sides[2].languages == ("hr",)
    told = [(row[1], row[2], row[4], row[5]) for row in table.rows]
    turned = {"broadMatch": "narrowMatch", "narrowMatch": "broadMatch"}
    wanted = []
    for m in small.mappings:
        if m.status == "accepted":
            name = m.predicate.removeprefix(SKOS)
            wanted.append((m.object, turned.get(name, name), m.slots["object_label"], m.slots["subject_label"]))
        elif m.status == "no-match-found":
            wanted.append((NOTHING, "no relation", "", m.slots["subject_label"]))
    assert told == wanted
    assert "narrowMatch" in {row[2] for row in table.rows}


def test_eures_table_is_for_one_version(small: MappingSet):
    rows = [*small.mappings, replace(small.mappings[0], slots=small.mappings[0].slots | {"object_source_version": "v1.2.0"})]
    with pytest.raises(InputError, match=r"v1\.1\.1, v1\.2\.0"):
        eures_form.write(replace(small, mappings=tuple(rows)))


def test_shared_values_are_lifted_and_handed_down():
    rows = [
        Mapping(f"{BASE}id/eu/skill/{n}", SKOS + "closeMatch", f"{ESCO}skill/{n}", {"mapping_tool": "t", "object_label": "l"}) for n in "ab"
    ]
    text = tsv.write(MappingSet({}, tuple(rows)))
    assert "#mapping_tool: t\n" in text
    assert "\nsubject_id\tpredicate_id\tobject_id\tobject_label\n" in text
    assert "mapping_tool\t" not in tsv.write(MappingSet({}, tuple(rows)))
    assert "#mapping_tool" not in tsv.write(MappingSet({}, tuple(rows)), condensed=False)
    other = replace(rows[1], slots={"mapping_tool": "u"})
    assert "#mapping_tool" not in tsv.write(MappingSet({}, (rows[0], other)))
    assert "#mapping_tool: v\n" in tsv.write(MappingSet({"mapping_tool": "v"}, tuple(rows)))  # not to be overwritten by the rows' own


def test_canonical_form():
    """As SSSOM demands: no blank behind #, sorted prefixes and rows, the model's columns, three digits, quotes where needed."""
    slots = {"mapping_justification": SEMAPV + "LexicalMatching", "confidence": "0.12345", "comment": 'say "x"'}
    rows = [
        Mapping("http://b.org/x", SKOS + "exactMatch", ESCO + "skill/2", slots),
        Mapping("http://a.org/x", SKOS + "exactMatch", NO_TERM, slots),
    ]
    metadata = {"license": "https://l.org/", "mapping_set_id": "https://s.org/1", "mapping_set_version": "1.0", "creator_label": ["Ž"]}
    assert tsv.write(MappingSet(metadata, tuple(rows))) == (
        "#curie_map:\n#  escoskill: http://data.europa.eu/esco/skill/\n#  ns1: http://a.org/\n#  ns2: http://b.org/\n"
        '#mapping_set_id: https://s.org/1\n#mapping_set_version: "1.0"\n#creator_label:\n#  - Ž\n#license: https://l.org/\n'
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\tcomment\n"
        'ns1:x\tskos:exactMatch\tsssom:NoTermFound\tsemapv:LexicalMatching\t0.123\t"say ""x"""\n'
        'ns2:x\tskos:exactMatch\tescoskill:2\tsemapv:LexicalMatching\t0.123\t"say ""x"""\n'
    )


@every_file
def test_our_files_are_canonical(path: Path):
    text = path.read_text(encoding="utf-8")
    read = tsv.read(text, path.name)
    assert read.problems == []
    assert tsv.write(read.mappings) == text
    assert tsv.write(json_form.read(json_form.write(read.mappings))) == text
    assert tsv.write(rdf_form.read(rdf_form.write(read.mappings))) == text


# --- what others made


def examples() -> list[Path]:
    return sorted(shared("standards/files/sssom/examples").glob("*.sssom.tsv"))


def test_examples_of_the_standard_are_read():
    """All of its files; what only version 1.1 knows is named and left out."""
    new = ("cardinality_scope", "sssom_version", "record_id", "predicate_type", "mapping_tool_id", "review_date", "reviewer_agreement")
    new = (*new, "mapping_set_confidence", "ext", "composed entity expression", "0:0")
    for path in examples():
        read = tsv.read(path.read_text(encoding="utf-8"), path.name)
        assert read.mappings.mappings, path.name
        odd = [p.message for p in read.problems if not any(name in p.message + p.column for name in new)]
        ragged = path.name in ("curation_rule_text2.sssom.tsv", "version.sssom.tsv")
        assert bool(odd) == ragged, (path.name, odd)
        again = tsv.read(tsv.write(read.mappings))
        assert again.problems == [] or path.name == "version.sssom.tsv"
        assert plain(again.mappings) == plain(read.mappings)


def test_escapes_as_the_standard_has_them():
    path = shared("standards/files/sssom/examples/pipe-escaping.sssom.tsv")
    rows = tsv.read(path.read_text(encoding="utf-8")).mappings.mappings
    names = [S.split_values(row.slots["author_label"]) for row in rows]
    assert names == [["Alice|Bob", "Charlie"], ["Alice\\Bob", "Charlie\\", "David\\|Eve\\"]]


@pytest.mark.parametrize("path", [*FILES[:3], Path(__file__).parent / "fixtures" / "mappings" / "reviewed.sssom.tsv"], ids=lambda p: p.name)
def test_json_schema(path: Path):
    schema = json.loads(shared("standards/files/sssom/sssom_schema.schema.json").read_text(encoding="utf-8"))
    whole = json.loads(json_form.write(tsv.read(path.read_text(encoding="utf-8")).mappings))
    context = whole.pop("@context")
    assert whole.pop("@type") == "MappingSet"
    assert context["skos"] == SKOS
    jsonschema.Draft201909Validator({"$ref": "#/$defs/MappingSet", "$defs": schema["$defs"]}).validate(whole)


def sssom(*args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the `sssom` command: of `WISE_SSSOM`, or beside the interpreter."""
    command = os.environ.get("WISE_SSSOM", "")
    if not command:
        require("sssom")
        command = str(Path(sys.executable).with_name("sssom"))
    return subprocess.run([command, *map(str, args)], capture_output=True, text=True, check=False, timeout=120)


def test_sssom_validates_and_reads_what_we_write(small: MappingSet, tmp_path: Path):
    path = tmp_path / "small.sssom.tsv"
    path.write_text(tsv.write(small), encoding="utf-8")
    checks = [arg for name in ("JsonSchema", "PrefixMapCompleteness", "StrictCurieFormat") for arg in ("-V", name)]
    found = sssom("validate", path, *checks)
    assert found.returncode == 0, found.stderr
    for form, text in (("json", json_form.write(small)), ("rdf", rdf_form.write(small))):
        path = tmp_path / f"small.{form}"
        path.write_text(text, encoding="utf-8")
        found = sssom("parse", path, "-I", form)
        assert found.returncode == 0, found.stderr
        assert sum("semapv:" in line for line in found.stdout.splitlines() if not line.startswith("#")) == len(small.mappings)


# --- bad and hostile files

BAD = {
    "empty": ("", "lack “curie_map”"),
    "no table": (HEAD, "“predicate_id” is missing"),
    "byte order mark": ("\ufeff" + HEAD + COLUMNS + ROW, ""),
    "carriage returns": ((HEAD + COLUMNS + ROW).replace("\n", "\r\n"), ""),
    "alias": ("#a: &x [1]\n#b: *x\n" + COLUMNS + ROW, "an alias is not allowed"),
    "bomb": ("#a: &a [x]\n" + "".join(f"#b{i}: &b{i} [*a, *a, *a, *a]\n" for i in range(20)), "an alias is not allowed"),
    "python": ("#x: !!python/object/apply:os.system ['true']\n", "lack “curie_map”"),
    "deep": ("#" + "[" * 20_000, "cannot be read"),
    "long metadata": ("#x: " + "y" * 300_000 + "\n" + COLUMNS, "longer than 200,000 characters"),
    "many columns": (HEAD + "\t".join(["x"] * 1_000_000) + "\n", "more than 1,000 columns"),
    "huge cell": (HEAD + COLUMNS + "x" * 2_000_000, "1,000,000 characters in one cell"),
    "open quote": (HEAD + COLUMNS + '"' + "x\n" * 100_000, "quotation mark"),
    "ragged": (HEAD + COLUMNS + "x:a\tskos:exactMatch\n" + ROW, "2 cells, but the header has 4"),
    "undeclared prefix": (HEAD + COLUMNS + ROW.replace("x:b", "y:b"), "“y:b”, which is not a short name"),
    "address in place of a short name": (HEAD + COLUMNS + ROW.replace("x:b", "https://example.org/x/b"), "not a short name"),
    "no object": (HEAD + COLUMNS + ROW.replace("x:b", ""), "“object_id” is empty"),
    "literal without text": (HEAD + "#subject_type: rdfs literal\n" + COLUMNS + ROW.replace("x:a", ""), "“subject_label” is empty"),
    "unknown column": (HEAD + COLUMNS.replace("object_id", "objekt_id") + ROW, "Did you mean “object_id”?"),
    "unknown slot of the set": (HEAD + "#wings: 2\n" + COLUMNS + ROW, "“wings” is no slot of a set"),
    "nested slot": (HEAD + "#other: {a: 1}\n" + COLUMNS + ROW, "“other” is no slot of a set"),
    "other modifier": (HEAD + COLUMNS.replace("object_id", "predicate_modifier") + ROW.replace("x:b", "No"), "“No”, which is not one of"),
    "share": (HEAD + COLUMNS.strip() + "\tconfidence\n" + ROW.strip() + "\t1.5\n", "a number from 0 to 1"),
    "day": (HEAD + COLUMNS.strip() + "\tmapping_date\n" + ROW.strip() + "\t2026-02-30\n", "a day (2013-05-31)"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_get_sentences(name: str):
    text, message = BAD[name]
    read = tsv.read(text, "x.sssom.tsv")
    assert all(p.message.endswith((".", "…", "?")) for p in read.problems)
    assert any(message in p.message for p in read.problems) if message else read.problems == []
    if name in ("byte order mark", "carriage returns", "unknown slot of the set", "nested slot", "share", "day", "ragged"):
        assert len(read.mappings.mappings) == 1
    tsv.write(read.mappings)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((HEAD + COLUMNS + ROW).encode("utf-16"), "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\xff\xd8", "not UTF-8"),
        (b"x" * 50_000_001, "larger than 50 MB"),
        (b"\x00" * 1000, "lack “curie_map”"),
    ],
    ids=["utf-16", "picture", "large", "nulls"],
)
def test_bytes_of_any_kind_get_sentences(data: bytes, message: str):
    read = tsv.read_bytes(data, "x.sssom.tsv")
    assert read.mappings.mappings == ()
    assert any(message in p.message for p in read.problems)


@settings(max_examples=80, deadline=None)
@given(text=st.one_of(st.text(st.characters(codec="utf-8"), max_size=200), st.text("#\n\t :-[]{}&*!|>'\"%@ax1.,", max_size=120)))
def test_any_text_can_be_read(text: str):
    tsv.write(tsv.read(text).mappings)
    for form in (json_form, rdf_form, skos_form, eures_form):
        try:
            form.read(text)
        except InputError as error:
            message = str(error)
            assert message.endswith(".")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (json_form, "[" * 100_000),
        (json_form, '{"mappings": [1]}'),
        (json_form, '{"a": NaN}'),
        (rdf_form, "<a> <b> <c> ."),
        (skos_form, "not Turtle"),
        (eures_form, "Classification 1 URI,x\n"),
        (eures_form, '"' + "x\n" * 1000),
    ],
)
def test_what_is_none_of_the_formats_is_refused(form, text: str):
    with pytest.raises(InputError) as refused:
        form.read(text)
    assert str(refused.value).endswith(".")


def test_json_with_odd_values():
    """Numbers and single values are taken as they are meant; what is no mapping is named."""
    whole = {
        "mapping_set_id": "https://example.org/s",
        "license": "https://example.org/l",
        "@context": {"x": "https://example.org/x/", "bad": 3, "y": {"@id": "z"}},
        "mappings": [
            {"subject_id": "x:a", "predicate_id": "skos:exactMatch", "object_id": "x:b", "mapping_justification": "semapv:LexicalMatching"}
            | {"confidence": 1, "author_label": "A|B", "wings": 2, "comment": None},
            {"subject_id": "x:a"},
        ],
    }
    read = json_form.read_all(json.dumps(whole))
    (row,) = read.mappings.mappings
    assert row.slots == {"mapping_justification": SEMAPV + "LexicalMatching", "confidence": "1", "author_label": "A\\|B"}
    assert {(p.row, p.column) for p in read.problems} == {(1, "wings"), (2, "predicate_id"), (2, "object_id"), (2, "mapping_justification")}


# --- integrity


def said(*rows: tuple[str, str, str]) -> MappingSet:
    slots = {"object_source": ESCO + "concept-scheme/skills"}
    return MappingSet({}, tuple(Mapping(f"{BASE}{s}", SKOS + p, o if o == NO_TERM else f"{BASE}{o}", slots) for s, p, o in rows))


@pytest.mark.parametrize(
    ("rows", "sentences"),
    [
        ([("a", "exactMatch", "b"), ("c", "broadMatch", "b"), ("a", "broadMatch", "d")], []),
        ([("a", "exactMatch", "b"), ("a", "broadMatch", "b")], ["exclude each other"]),
        ([("a", "narrowMatch", "b"), ("a", "broadMatch", "b")], ["exclude each other"]),
        ([("a", "exactMatch", "b"), ("a", "closeMatch", "b")], []),
        ([("a", "exactMatch", "b"), ("a", "exactMatch", "c")], ["several exact matches in one scheme"]),
        ([("a", "broadMatch", "b"), ("b", "narrowMatch", "a")], []),
        ([("a", "broadMatch", "b"), ("b", "broadMatch", "a")], ["otherwise in the one direction"]),
        ([("a", "exactMatch", NO_TERM), ("a", "closeMatch", "b")], ["to have no match, and has one"]),
    ],
)
def test_conflicts(rows: list[tuple[str, str, str]], sentences: list[str]):
    found = conflicts(said(*rows))
    assert len(found) == len(sentences)
    assert all(part in text for part, text in zip(sentences, found, strict=True))
    negated = said(*rows)
    assert conflicts(replace(negated, mappings=tuple(replace(m, slots={"predicate_modifier": "Not"}) for m in negated.mappings))) == []


@every_file
def test_our_files_hold_together(path: Path):
    assert conflicts(tsv.read(path.read_text(encoding="utf-8")).mappings) == []
