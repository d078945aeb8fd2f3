"""The label index: found by name in any language, named in the language asked for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wise_skills import labels
from wise_skills.errors import NotARelease
from wise_skills.labels import Hit, Labels, fold
from wise_skills.names import ALT_LABEL, DCT, NOTATION, PREF_LABEL, RDF_TYPE, RDFS

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
    assert hit == Hit(iri("coach"), "job coach", "en", (iri("Profile"), iri("Thing")), GRAPH, "jobcoach")
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
