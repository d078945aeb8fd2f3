"""The label index: found by name in any language, named in the language asked for."""

from __future__ import annotations

import csv
import gzip
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wise_skills import labels
from wise_skills.errors import FileProblem, NotARelease
from wise_skills.labels import Hit, Labels, fold
from wise_skills.labels.folding import forms
from wise_skills.names import ALT_LABEL, DCT, NOTATION, PREF_LABEL, RDF_TYPE, RDFS, SKOS

FIXTURES = Path(__file__).parent / "fixtures" / "labels"
HIDDEN_LABEL = SKOS + "hiddenLabel"

GRAPH = "http://x/graph"
TEXTS = [
    ("coach", PREF_LABEL, "job coach", "en"),
    ("coach", PREF_LABEL, "jobcoach", "nl"),
    ("coach", ALT_LABEL, "employment coach", "en"),
    ("coaching", PREF_LABEL, "job coach training", "en"),
    ("training", PREF_LABEL, "training of a job coach", "en"),
    ("inserim", PREF_LABEL, "Entreprise d'insertion à l'étude", "fr"),
    ("koinsep", PREF_LABEL, "Κοινωνικός συνεταιρισμός", "el"),
    ("predpriyatie", PREF_LABEL, "Социално предприятие", "bg"),
    ("spoldzielnia", PREF_LABEL, "Spółdzielnia socjalna", "pl"),
    ("nace", NOTATION, "81.30", None),
    ("source", DCT + "title", "Report", "en"),
    ("klass", RDFS + "label", "skill need", "en"),
    ("british", PREF_LABEL, "organisation", "en-gb"),
    ("british", PREF_LABEL, "Organisation", "de"),
]
KINDS = [("coach", "Profile"), ("coach", "Thing"), ("coaching", "Skill"), ("unlabelled", "Skill")]


def iri(name: str) -> str:
    return f"http://x/{name}"


def quads() -> Iterator[ox.Quad]:
    graph = ox.NamedNode(GRAPH)
    for name, property_, text, language in TEXTS:
        yield ox.Quad(ox.NamedNode(iri(name)), ox.NamedNode(property_), ox.Literal(text, language=language), graph)
    for name, kind in KINDS:
        yield ox.Quad(ox.NamedNode(iri(name)), ox.NamedNode(RDF_TYPE), ox.NamedNode(iri(kind)), graph)
    yield ox.Quad(ox.NamedNode(iri("coach")), ox.NamedNode("http://x/other"), ox.Literal("job coach"), graph)
    yield ox.Quad(
        ox.NamedNode(iri("coach")), ox.NamedNode(PREF_LABEL), ox.Literal("job coach", language="en"), ox.NamedNode("http://x/graph/2")
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Labels]:
    path = tmp_path_factory.mktemp("labels") / "a folder" / "labels.sqlite"
    assert labels.build(path, quads()) == len(TEXTS)
    found = Labels(path)
    yield found
    found.close()


def names(hits: list[Hit]) -> list[str]:
    return [hit.iri.removeprefix("http://x/") for hit in hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("job coach", ["coach", "coaching", "training"]),
        ("Job Coach!", ["coach", "coaching", "training"]),
        ("job coa", ["coach", "coaching", "training"]),
        ("coach job", ["coach", "coaching", "training"]),
        ("jobcoach", ["coach"]),
        ("employment", ["coach"]),
        ("etude", ["inserim"]),
        ("ETUDE insertion", ["inserim"]),
        ("d'insertion", ["inserim"]),
        ("κοινωνικος συνεταιρισμος", ["koinsep"]),
        ("ΚΟΙΝΩΝΙΚΌΣ", ["koinsep"]),
        ("социално", ["predpriyatie"]),
        ("spoldzielnia", ["spoldzielnia"]),
        ("SPÓŁDZ", ["spoldzielnia"]),
        ("81.30", ["nace"]),
        ("81", ["nace"]),
        ("report", ["source"]),
        ("skill need", ["klass"]),
        ("employment zzz", ["coach"]),
        ("zzz", []),
        ("", []),
    ],
)
def test_search(index: Labels, text: str, expected: list[str]) -> None:
    assert names(index.search(text)) == expected


def test_hits_say_all(index: Labels) -> None:
    (hit,) = index.search("jobcoach", language="en")
    assert hit == Hit(iri("coach"), "job coach", "en", (iri("Profile"), iri("Thing")), GRAPH, "jobcoach", "nl")
    (hit,) = index.search("jobcoach", language="nl")
    assert (hit.label, hit.language) == ("jobcoach", "nl")


def test_kinds_and_limit(index: Labels) -> None:
    assert names(index.search("coach", kinds=[iri("Skill")])) == ["coaching"]
    assert names(index.search("coach", kinds=[iri("Skill"), iri("Profile")])) == ["coach", "coaching"]
    assert names(index.search("coach", kinds=[iri("None")])) == []
    assert len(index.search("coach", limit=1)) == 1
    assert index.search("coach", limit=0) == []


@given(st.text(max_size=300))
@settings(max_examples=300)
def test_odd_texts_find_something_or_nothing(index: Labels, text: str) -> None:
    assert isinstance(index.search(text), list)
    assert isinstance(index.search(f'{text} AND "x" NEAR(a b) * ^ -{text} OR'), list)


@pytest.mark.parametrize(
    "text", ['"', "'", "*", "a*", "NOT a", "a NEAR b", "col:a", "(", "\0", "-", "a\0b", "%", "_", "\ud800", "x" * 10_000, "a " * 500]
)
def test_the_language_of_fts_is_no_language_here(index: Labels, text: str) -> None:
    index.search(text)


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        ("coach", "nl", ("jobcoach", "nl")),
        ("coach", "fr", ("job coach", "en")),
        ("coach", "en-GB", ("job coach", "en")),
        ("british", "en", ("organisation", "en-gb")),
        ("british", "fr", ("organisation", "en-gb")),
        ("british", "de-AT", ("Organisation", "de")),
        ("koinsep", "fr", ("Κοινωνικός συνεταιρισμός", "el")),
        ("nace", "en", ("81.30", None)),
        ("unknown/last%20part", "en", ("last part", None)),
        ("unknown#Part", "en", ("Part", None)),
        ("unknown/", "en", ("unknown", None)),
    ],
)
def test_label_falls_back(index: Labels, name: str, language: str, expected: tuple[str, str | None]) -> None:
    assert index.label(iri(name), language) == expected


def test_labels_of_many(index: Labels) -> None:
    wanted = [iri("coach"), iri("coach"), *(iri(str(number)) for number in range(40_000))]
    found = index.labels(wanted)
    assert len(found) == 40_001
    assert found[iri("coach")] == ("job coach", "en")
    assert index.labels([]) == {}


def test_kinds_of_a_thing(index: Labels) -> None:
    assert index.kinds(iri("coach")) == (iri("Profile"), iri("Thing"))
    assert index.kinds(iri("unlabelled")) == ()


def test_eight_threads(index: Labels) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: names(index.search("job coach")), range(200)))
    assert found == [["coach", "coaching", "training"]] * 200


def test_the_same_quads_give_the_same_answers_whatever_their_order(tmp_path: Path) -> None:
    labels.build(tmp_path / "a.sqlite", quads())
    labels.build(tmp_path / "b.sqlite", reversed(list(quads())))
    one, other = Labels(tmp_path / "a.sqlite"), Labels(tmp_path / "b.sqlite")
    for text in ("job coach", "o", "e", "coach"):
        assert names(one.search(text)) == names(other.search(text))
    one.close()
    other.close()


def test_missing_or_broken_index(tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("this is no database")
    for name in ("missing", "broken"):
        with pytest.raises(NotARelease, match="index of labels cannot be read"):
            Labels(tmp_path / name)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


# --- the 13 languages ---------------------------------------------------------------


def table(name: str) -> list[dict[str, str]]:
    with (FIXTURES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def quad(name: str, property_: str, text: str, language: str | None = None, graph: str = GRAPH) -> ox.Quad:
    return ox.Quad(ox.NamedNode(iri(name)), ox.NamedNode(property_), ox.Literal(text, language=language), ox.NamedNode(graph))


def kind(name: str, class_: str, graph: str = GRAPH) -> ox.Quad:
    return ox.Quad(ox.NamedNode(iri(name)), ox.NamedNode(RDF_TYPE), ox.NamedNode(iri(class_)), ox.NamedNode(graph))


def made(path: Path, source: Path | Iterable[ox.Quad | Path], base: Path | None = None) -> Labels:
    labels.build(path, source, base)
    return Labels(path)


@pytest.fixture(scope="module")
def languages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Labels]:
    rows = (quad(row["thing"], SKOS + row["property"], row["text"], row["language"]) for row in table("labels.tsv"))
    found = made(tmp_path_factory.mktemp("labels") / "languages.sqlite", rows)
    yield found
    found.close()


@pytest.mark.parametrize("row", table("searches.tsv"), ids=lambda row: f"{row['language']}: {row['name']}")
def test_marks_word_parts_and_slips_in_every_language(languages: Labels, row: dict[str, str]) -> None:
    assert names(languages.search(row["text"], language=row["language"])) == row["found"].split()


def test_the_fixture_has_all_languages() -> None:
    assert {row["language"] for row in table("searches.tsv")} == {
        "bg",
        "de",
        "el",
        "en",
        "es",
        "fr",
        "hr",
        "it",
        "lv",
        "nl",
        "pl",
        "ro",
        "sl",
    }


# --- order of results ---------------------------------------------------------------

RANKED = [
    ("whole", PREF_LABEL, "hout bewerker", "nl"),
    ("whole in English", PREF_LABEL, "hout bewerker", "en"),
    ("beginning", PREF_LABEL, "hout bewerker in opleiding", "nl"),
    ("beginning, alternative", ALT_LABEL, "hout bewerker b", "nl"),
    ("beginning, hidden", HIDDEN_LABEL, "hout bewerker c", "nl"),
    ("beginning in English", PREF_LABEL, "hout bewerker xy", "en"),
    ("all words", PREF_LABEL, "bewerker van hout", "nl"),
    ("all words, unfinished", PREF_LABEL, "gediplomeerde bewerkers van hout", "nl"),
    ("word parts", PREF_LABEL, "kunsthoutbewerker", "nl"),
    ("rarer word", PREF_LABEL, "bewerker", "nl"),
    ("any word", PREF_LABEL, "hout", "nl"),
]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("layered", [False, True])
def test_order_of_results(tmp_path: Path, reverse: bool, layered: bool) -> None:
    rows = [quad(name.replace(" ", "_"), *rest) for name, *rest in RANKED]
    rows += [quad(f"other{n}", PREF_LABEL, f"hout {n}", "nl") for n in range(5)]
    rows = rows[::-1] if reverse else rows
    base = None
    if layered:
        base = tmp_path / "base.sqlite"
        labels.build(base, rows[::2])
        rows = rows[1::2]
    index = made(tmp_path / "labels.sqlite", rows, base)
    expected = [name.replace(" ", "_") for name, *_ in RANKED]
    assert names(index.search("hout bewerker", language="nl", limit=len(expected))) == expected
    index.close()


@pytest.mark.parametrize("number", [3, 250])
def test_the_language_comes_first_however_many_there_are(tmp_path: Path, number: int) -> None:
    rows = [quad(f"en{n}", PREF_LABEL, f"worker {n:03}", "en") for n in range(number)]
    rows += [quad("longer", PREF_LABEL, "worker of another language", "nl"), quad("last", PREF_LABEL, "a worker", "nl")]
    index = made(tmp_path / "labels.sqlite", rows)
    assert names(index.search("worker", language="nl", limit=3)) == ["longer", "en0", "en1"]
    assert names(index.search("worker", language="nl", limit=number + 2))[-1] == "last"
    index.close()


def test_short_words_of_a_query_count_as_beginnings(tmp_path: Path) -> None:
    index = made(tmp_path / "labels.sqlite", [quad("a", PREF_LABEL, "metalworker at a spa"), quad("b", PREF_LABEL, "sheetmetal wasp")])
    assert names(index.search("metal sp", limit=1)) == ["a"]
    index.close()


def test_hidden_labels_are_found_and_never_shown(tmp_path: Path) -> None:
    rows = [quad("a", HIDDEN_LABEL, "giude"), quad("a", PREF_LABEL, "guide", "en"), quad("only/hidden", HIDDEN_LABEL, "secret")]
    index = made(tmp_path / "labels.sqlite", rows)
    (hit,) = index.search("giude")
    assert (hit.label, hit.matched) == ("guide", "guide")
    (hit,) = index.search("secret")
    assert (hit.label, hit.matched) == ("hidden", "hidden")
    assert index.label(iri("only/hidden")) == ("hidden", None)
    index.close()


@pytest.mark.parametrize("text", ["oooo", "ссссс", "ααααα", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop", "12345", "con cat en at ion"])
def test_odd_words_find_nothing(languages: Labels, text: str) -> None:
    assert languages.search(text) == []


@pytest.mark.parametrize("language", ["", '"', "xx", "en-GB", "*", "a b", "EN"])
def test_any_language_may_be_asked_for(languages: Labels, language: str) -> None:
    assert names(languages.search("job coach", language=language)) == ["coach"]


# --- two layers ---------------------------------------------------------------------


def test_an_own_stub_does_not_hide_a_preferred_label(tmp_path: Path) -> None:
    esco, own = "http://x/esco", "http://x/added"
    labels.build(
        tmp_path / "base.sqlite",
        [
            quad("skill", PREF_LABEL, "guide trainees", "en-us", esco),
            quad("skill", ALT_LABEL, "coach", "en", esco),
            kind("skill", "Skill", esco),
        ],
    )
    stub = [
        quad("skill", RDFS + "label", "Guide trainees (ESCO)", "en", own),
        kind("skill", "Mapped", own),
        quad("own", PREF_LABEL, "guide", "en", own),
    ]
    index = made(tmp_path / "labels.sqlite", stub, tmp_path / "base.sqlite")
    assert index.label(iri("skill")) == ("guide trainees", "en-us")
    assert names(index.search("guide")) == ["own", "skill"]
    (hit,) = index.search("coach", kinds=[iri("Mapped")])
    assert hit == Hit(iri("skill"), "guide trainees", "en-us", (iri("Mapped"), iri("Skill")), esco, "coach", "en")
    assert index.kinds(iri("skill")) == (iri("Mapped"), iri("Skill"))
    index.close()


STATEMENTS = st.lists(
    st.one_of(
        st.builds(
            quad,
            st.sampled_from("abcd"),
            st.sampled_from([PREF_LABEL, ALT_LABEL, HIDDEN_LABEL, RDFS + "label"]),
            st.sampled_from(["job coach", "coach", "Jobcoach", "coach of jobs", "Gärtner", "gartner", "coach!", "çöaçh", " "]),
            st.sampled_from(["en", "nl", "en-gb"]),
            st.sampled_from([GRAPH, "http://x/graph/2"]),
        ),
        st.builds(kind, st.sampled_from("abcd"), st.sampled_from(["K", "L"])),
    ),
    max_size=14,
)


@given(STATEMENTS, STATEMENTS)
@settings(max_examples=60, deadline=None)
def test_two_layers_answer_like_one(tmp_path_factory: pytest.TempPathFactory, base: list[ox.Quad], own: list[ox.Quad]) -> None:
    folder = tmp_path_factory.mktemp("layers")
    labels.build(folder / "base.sqlite", base)
    layered, whole = made(folder / "layered.sqlite", own, folder / "base.sqlite"), made(folder / "whole.sqlite", [*own, *base])
    for text in ("job coach", "coach", "c", "gaertner", "ob", "coahc", "coach of nothing", "jobs"):
        for kinds in (None, [iri("K")], [iri("L"), iri("K")]):
            for limit in (1, 20):
                asked = {"language": "nl", "kinds": kinds, "limit": limit}
                assert layered.search(text, **asked) == whole.search(text, **asked)
    for name in "abcd":
        assert layered.label(iri(name)) == whole.label(iri(name))
        assert layered.kinds(iri(name)) == whole.kinds(iri(name))
    layered.close()
    whole.close()
    shutil.rmtree(folder)


def test_the_base_stays_as_it_is(tmp_path: Path) -> None:
    base = tmp_path / "base.sqlite"
    labels.build(base, quads())
    before = base.read_bytes()
    assert labels.build(tmp_path / "labels.sqlite", [quad("new", PREF_LABEL, "new")], base) == len(TEXTS) + 1
    assert labels.build(tmp_path / "again.sqlite", quads(), base) == len(TEXTS)
    assert base.read_bytes() == before


def test_only_a_whole_index_is_a_base(tmp_path: Path) -> None:
    labels.build(tmp_path / "base.sqlite", quads())
    labels.build(tmp_path / "layered.sqlite", quads(), tmp_path / "base.sqlite")
    (tmp_path / "broken.sqlite").write_text("this is no database")
    sqlite3.connect(tmp_path / "other.sqlite").close()
    for name in ("layered", "broken", "other", "missing"):
        with pytest.raises(NotARelease, match="index of labels"):
            labels.build(tmp_path / "new.sqlite", quads(), tmp_path / f"{name}.sqlite")
    with pytest.raises(NotARelease, match="index of labels"):
        Labels(tmp_path / "other.sqlite")


# --- files --------------------------------------------------------------------------

LINES = f"""# a comment
<http://x/a> <{PREF_LABEL}> "first \\"label\\""@en <{GRAPH}> .
	<http://x/b>	<{ALT_LABEL}>	"second"@en	<{GRAPH}> .
<http://x/c><{PREF_LABEL}>"third"<{GRAPH}>.
<http://x/c> <http://x/other> "not \\ud" <{GRAPH}> .

_:node <{PREF_LABEL}> "blank" <{GRAPH}> .
<http://x/a> <{RDF_TYPE}> <http://x/Kind> <{GRAPH}> .
<http://x/label/1> <{RDF_TYPE}> <http://www.w3.org/2008/05/skos-xl#Label> <{GRAPH}> .
<http://x/label/1> <http://www.w3.org/2008/05/skos-xl#literalForm> "literal form" <{GRAPH}> .
<http://x/text/1> <{RDF_TYPE}> <http://data.europa.eu/esco/model#NodeLiteral> <{GRAPH}> .
<http://x/relation/1> <{RDF_TYPE}> <http://data.europa.eu/esco/model#AssociationObject> <{GRAPH}> .
<http://x/d> <{PREF_LABEL}> "without graph" .
<http://x/d> <{PREF_LABEL}> "  " .
"""


@pytest.mark.parametrize("packed", [False, True])
def test_files_are_read_where_labels_stand(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("labels.nq.gz" if packed else "labels.nq")
    path.write_bytes(gzip.compress(LINES.encode()) if packed else LINES.encode())
    index = made(tmp_path / "labels.sqlite", [path, quad("e", PREF_LABEL, "fifth")])
    assert sqlite3.connect(index.path).execute("SELECT iri FROM thing ORDER BY 1").fetchall() == [(iri(n),) for n in "abcde"]
    assert index.label(iri("a")) == ('first "label"', "en")
    assert index.kinds(iri("a")) == (iri("Kind"),)
    assert index.search("literal form") == []
    index.close()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.nq", f'<http://x/a> <{PREF_LABEL}> "no end .\n'.encode()),
        ("short.nq", b"<http://x/a>\n"),
        ("cut.nq.gz", gzip.compress(LINES.encode())[:-20]),
        ("other.nq.gz", b"this is not gzip"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileProblem, match=name):
        labels.build(tmp_path / "labels.sqlite", tmp_path / name)


# --- the folded form ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gärtner", ("gartner", "gaertner")),
        ("GÄRTNER", ("gartner", "gaertner")),
        ("Ga\u0308rtner", ("gartner", "gaertner")),
        ("Međimurje", ("medimurje", "medjimurje")),
        ("Straße", ("strasse",)),
        ("ΟΔΟΣ", ("οδοσ",)),
        ("й", ("и",)),
        ("ﬁne", ("fine",)),
        ("—", ("",)),
    ],
)
def test_forms(text: str, expected: tuple[str, ...]) -> None:
    assert forms(text) == expected


@given(st.text())
def test_forms_are_folded(text: str) -> None:
    assert forms(text)[0] == fold(text)
    assert all(fold(form) == form for form in forms(text))
