"""Words, scores, candidates, the ranker's trees, confidence and the figures of the benchmark."""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wise_skills.alignment import features
from wise_skills.alignment.calibration import Calibration, inputs
from wise_skills.alignment.candidates import Scorer
from wise_skills.alignment.encoder import Encoder
from wise_skills.alignment.evidence import Evidence
from wise_skills.alignment.hierarchy import Hierarchy
from wise_skills.alignment.known import Accepted
from wise_skills.alignment.lexical import Lexical, of_runs
from wise_skills.alignment.model import Concept, Label, Query
from wise_skills.alignment.occupation_scores import FILE, OccupationScores
from wise_skills.alignment.ranker import Ranker, groups_of, read_arrays, write_arrays
from wise_skills.alignment.training import Settings
from wise_skills.alignment.words import fold, stem, stems, tokens, variants

ROOT = Path(__file__).resolve().parent.parent
TINY = json.loads((ROOT / "tests" / "fixtures" / "ranking" / "tiny.json").read_text(encoding="utf-8"))


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "bench" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


figures = loaded("melo_figures")


@cache
def committed_confidence() -> Calibration:
    return Calibration.of_arrays(read_arrays(FILE, "all-confidence"))


# --- words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ápréntès", "apréntes".replace("é", "e")),
        ("KUHAR  PICA", "kuhar pica"),
        ("Łódź", "lodz"),
        ("ΜΆΓΕΙΡΑΣ", fold("μάγειρας")),
        ("бой", "бой"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=40))
def test_fold_twice_is_fold_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("bg", "работник", "работници"),
        ("cs", "kuchaři", "kuchařů"),
        ("da", "kokkene", "kokke"),
        ("de", "Köche", "Köchen"),
        ("el", "μάγειρας", "μάγειρες"),
        ("en", "cooks", "cook"),
        ("es", "cocineros", "cocinera"),
        ("et", "kokad", "kokade"),
        ("fr", "cuisiniers", "cuisinier"),
        ("hr", "kuharica", "kuharice"),
        ("hu", "szakácsok", "szakács"),
        ("it", "cuochi", "cuoco"),
        ("lt", "virėjas", "virėjai"),
        ("lv", "pavārs", "pavāri"),
        ("nl", "koks", "kok"),
        ("pl", "kucharze", "kucharzem"),
        ("pt", "cozinheiros", "cozinheiro"),
        ("ro", "bucătari", "bucătar"),
        ("sk", "kuchári", "kuchár"),
        ("sl", "kuharji", "kuhar"),
        ("sv", "kockar", "kock"),
        ("xx", "bricoleurs", "bricoleuse"),
    ],
)
def test_forms_of_a_word_share_a_stem(language: str, one: str, other: str) -> None:
    assert stems(one, language) == stems(other, language)


def test_a_stem_is_folded_and_deterministic() -> None:
    assert stem("infirmière", "fr") == fold(stem("infirmière", "fr"))
    assert tokens("Čistač/čistačica (ulica)") == ["cistac", "cistacica", "ulica"]


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("Kuhar/kuharica", {"Kuhar", "kuharica"}),
        ("Accrocheur / Accrocheuse de volaille", {"Accrocheur de volaille", "Accrocheuse de volaille"}),
        ("vozač autobusa/vozačica", {"vozač autobusa", "vozačica autobusa"}),
        ("LEITNANTS", set()),
        ("Montāžas darbinieks (metāls)", set()),
        ("", set()),
        ("/", set()),
    ],
)
def test_variants_keep_the_label_first(text: str, spelt: set[str]) -> None:
    assert variants(text)[0] == text
    assert set(variants(text)[1:]) == spelt - {text}


@given(st.text(max_size=60))
def test_variants_are_few_and_different(text: str) -> None:
    found = variants(text)
    assert found[0] == text
    assert len(found) == len(set(found)) <= 4


# --- scores --------------------------------------------------------------------------


def occupation(name: str, code: str, *labels: str, language: str = "en", is_group: bool = False, definition: str = "") -> Concept:
    texts = tuple(Label(text, language, place == 0) for place, text in enumerate(labels))
    return Concept("urn:" + name, "occupation", texts, {language: definition} if definition else {}, "esco", is_group, (), code)


CONCEPTS = [
    occupation("5", "5", "service and sales workers", is_group=True),
    occupation("512", "512", "cooks", is_group=True),
    occupation("5120", "5120", "cooks", is_group=True),
    occupation("cook", "5120", "cook", "kitchen cook", "cook (restaurant)", definition="Cooks prepare meals in a kitchen."),
    occupation("pizza", "5120", "pizzaiolo", "pizza cook", "pizza maker"),
    occupation("cleaner", "9112", "cleaner", "office cleaner"),
    occupation("bare", "9112", "limpiador", language="es"),
    occupation("carpenter", "7115", "carpenter", "joiner"),
]


class Letters:
    """An encoder that counts letters."""

    def encode_with_share(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        counts = np.array([[fold(text).count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts], np.float32).reshape(
            -1, 26
        )
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9), (counts.sum(axis=1) > 0).astype(np.float32)


def scorer(*, encoder: bool = False, evidence: Evidence | None = None) -> Scorer:
    return Scorer.of(CONCEPTS, "en", Letters() if encoder else None, evidence)


@pytest.mark.parametrize("encoder", [False, True])
@pytest.mark.parametrize(("query", "place"), [("Pizza cooks", 4), ("office cleaners", 5), ("joiner", 7), ("kitchen cook", 3)])
def test_without_a_ranker_the_fusion_finds_what_is_alike(query: str, place: int, encoder: bool) -> None:
    [ranked] = OccupationScores(scorer(encoder=encoder)).rank([Query(query)])
    assert ranked.concepts[0] == place
    assert (np.diff(ranked.scores) <= 0).all()
    assert ranked.features.shape == (len(ranked.concepts), len(features.NAMES))


@pytest.mark.parametrize("query", ["", " ", "???", "ψψψ", "a" * 5000, "/" * 50])
@pytest.mark.parametrize("encoder", [False, True])
def test_odd_queries_do_no_harm(query: str, encoder: bool) -> None:
    [ranked] = OccupationScores(scorer(encoder=encoder)).rank([Query(query)])
    assert np.isfinite(ranked.features).all()


def test_no_queries_no_answers() -> None:
    assert OccupationScores(scorer()).rank([]) == []


def test_a_query_is_ranked_alone_as_among_others() -> None:
    texts = ["pizza cook / pizza maker", "joiner", "cleaner of offices", "cook"] * 50
    whole = OccupationScores(scorer(encoder=True)).rank([Query(text) for text in texts])
    for text, among in list(zip(texts, whole, strict=True))[-4:]:
        [alone] = OccupationScores(scorer(encoder=True)).rank([Query(text)])
        assert alone.concepts.tolist() == among.concepts.tolist()
        np.testing.assert_allclose(alone.features, among.features, atol=1e-5)


def test_the_best_label_is_told_or_none() -> None:
    [ranked] = OccupationScores(scorer(encoder=True)).rank([Query("pizza maker")])
    texts = [label.text for concept in CONCEPTS for label in concept.labels if label.language == "en"]
    told = dict(zip(ranked.concepts.tolist(), ranked.labels.tolist(), strict=True))
    assert texts[told[4]] == "pizza maker"
    assert told.get(6, -1) == -1


def test_groups_of_the_best_come_into_question() -> None:
    asked = scorer()
    _, concepts = asked.candidates(asked.scores(["pizzaiolo"]))
    assert {1, 2} <= set(concepts.tolist())


def test_only_what_is_allowed_is_proposed() -> None:
    allowed = np.array([not concept.is_group for concept in CONCEPTS])
    [ranked] = OccupationScores(scorer()).rank([Query("cooks")], allowed=allowed)
    assert not any(CONCEPTS[n].is_group for n in ranked.concepts)


def test_an_index_is_the_same_after_saving(tmp_path: Path) -> None:
    lexical = scorer().lexical
    lexical.save(tmp_path / "a")
    Lexical.load(tmp_path / "a").save(tmp_path / "b")
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name
    for name, scores in Lexical.load(tmp_path / "a").scores(["pizza cook", "nothing"]).items():
        np.testing.assert_array_equal(scores, lexical.scores(["pizza cook", "nothing"])[name])


@given(st.lists(st.integers(0, 4), max_size=6), st.integers(0, 3))
def test_runs_are_reduced_as_reduceat_does(lengths: list[int], queries: int) -> None:
    of = np.repeat(np.arange(len(lengths)), lengths)
    scores = np.random.default_rng(len(of)).random((len(of), queries)).astype(np.float32)
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    found = of_runs(np.maximum, scores, starts, of[starts], len(lengths))
    for number, length in enumerate(lengths):
        expected = scores[of == number].max(axis=0) if length else np.zeros(queries)
        np.testing.assert_array_equal(found[:, number], expected)


def test_families_are_summed_by_digits() -> None:
    hierarchy = Hierarchy.of(CONCEPTS)
    scores = np.arange(1, 9, dtype=np.float32)[None, :]
    # cook 4, pizza 5 stand under 5120, 512 and 5; the cleaners under 9112; groups themselves are not counted
    assert hierarchy.sums(scores)[0].tolist() == [9, 9, 9, 9, 9, 13, 13, 8]
    assert hierarchy.best(scores)[0].tolist() == [5, 5, 5, 5, 5, 7, 7, 8]
    assert hierarchy.level.tolist() == [1, 3, 4, 0, 0, 0, 0, 0]
    assert hierarchy.groups[4].tolist() == [2, 1]


@pytest.mark.parametrize("kept", [slice(0, 0), slice(0, 3), slice(6, 7)])
def test_families_without_members(kept: slice) -> None:
    concepts = [Concept(c.iri, c.kind, c.labels, is_group=c.is_group, code=c.code if c.is_group else "") for c in CONCEPTS[kept]]
    hierarchy = Hierarchy.of(concepts)
    assert hierarchy.sums(np.ones((2, len(concepts)), np.float32)).tolist() == [[0] * len(concepts)] * 2
    assert hierarchy.best(np.ones((2, len(concepts)), np.float32)).tolist() == [[0] * len(concepts)] * 2
    if concepts:
        [ranked] = OccupationScores.open(Scorer.of(concepts, "en")).rank([Query("cooks")])
        assert np.isfinite(ranked.features).all()


def test_a_mapping_speaks_for_its_concept_but_not_for_its_own_country() -> None:
    rows = [
        Accepted("burger griller", "en", "fr", "urn:pizza", "exactMatch"),
        Accepted("zzz", "en", "hr", "urn:cook", "closeMatch"),
        Accepted("elsewhere", "en", "hr", "urn:unknown", "exactMatch"),
    ]
    evidence = Evidence.of_mappings(rows, [c.iri for c in CONCEPTS], Letters().encode_with_share([row.text for row in rows])[0])
    asked = scorer(encoder=True, evidence=evidence)
    assert asked.scores(["burger griller"]).concepts["near"][0, 4] == pytest.approx(1)
    assert asked.scores(["burger griller"], "fr").concepts["near"].max() == 0
    assert asked.scores(["zzz"]).concepts["near"][0, 3] == 0  # close is no other name
    assert asked.scores(["zzz"]).concepts["seen"][0, 3] == pytest.approx(1)


# --- trees and confidence ------------------------------------------------------------


def test_the_trees_say_what_lightgbm_says() -> None:
    ranker = Ranker.of_dump(TINY["model"])
    np.testing.assert_allclose(ranker.predict(np.array(TINY["rows"], np.float32)), TINY["predicted"], atol=1e-6)


def test_a_tree_of_one_leaf() -> None:
    dump = {"feature_names": ["a"], "tree_info": [{"tree_structure": {"leaf_value": 0.5}}, {"tree_structure": {"leaf_value": 0.25}}]}
    assert Ranker.of_dump(dump).predict(np.zeros((3, 1), np.float32)).tolist() == [0.75] * 3


def test_a_model_file_is_read_back_and_its_bytes_are_the_same(tmp_path: Path) -> None:
    ranker = Ranker.of_dump(TINY["model"])
    for name in ("a", "b"):
        write_arrays(tmp_path / name, {"all": ranker.arrays(), "other": Ranker.of_arrays(ranker.arrays()).arrays()})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    again = Ranker.load(tmp_path / "a")
    assert again.names == ranker.names
    rows = np.array(TINY["rows"], np.float32)
    np.testing.assert_array_equal(again.predict(rows), ranker.predict(rows))
    with pytest.raises(KeyError):
        read_arrays(tmp_path / "a", "missing")


def test_the_committed_models_read_our_features() -> None:
    names = groups_of(FILE)
    countries = {"fra", "ita", "nld", "lva", "hrv", "esp", "usa"}
    assert set(names) == {f"{n}{part}" for n in ("all", *(f"without-{c}" for c in countries)) for part in ("", "-confidence")}
    assert FILE.stat().st_size < 2_000_000
    for name in names:
        if not name.endswith("-confidence"):
            assert Ranker.load(FILE, name).names == features.NAMES


@pytest.mark.parametrize("encoder", [False, True])
def test_the_committed_model_ranks(encoder: bool) -> None:
    queries = [Query(text) for text in ("pizza maker", "kitchen cook", "office cleaner", "")]
    found = OccupationScores.open(scorer(encoder=encoder)).rank(queries, top=3)
    assert [one.concepts[0] for one in found[:3]] == [4, 3, 5]
    for one in found:
        assert len(one.concepts) <= 3
        assert ((one.confidence >= 0) & (one.confidence <= 1)).all()


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=8), max_size=4))
def test_confidence_never_rises_within_a_query(of_queries: list[list[float]]) -> None:
    calibration = committed_confidence()
    values = np.array([score for scores in of_queries for score in sorted(scores, reverse=True)], np.float32)
    queries = np.repeat(np.arange(len(of_queries)), [len(scores) for scores in of_queries]).astype(np.int64)
    read = np.random.default_rng(len(values)).random((len(values), len(features.NAMES))).astype(np.float32)
    confidence = calibration.confidence(read, values, queries)
    assert ((confidence >= 0) & (confidence <= 1)).all()
    for number in range(len(of_queries)):
        assert (np.diff(confidence[queries == number]) <= 1e-6).all()
        alone = calibration.confidence(read[queries == number], values[queries == number], queries[queries == number])
        np.testing.assert_allclose(alone, confidence[queries == number], atol=1e-6)
    assert 0.5 < calibration.threshold < 1


def test_what_the_confidence_reads_knows_queries_apart() -> None:
    scores = np.array([2, 1, 0, 5, 4], np.float32)
    columns = inputs(np.zeros((5, len(features.NAMES)), np.float32), scores, np.array([0, 0, 0, 3, 3]))
    assert columns[[0, 3], 5].tolist() == [0, 0]  # the rank
    assert columns[:, 3].tolist() == [1, -1, -2, 1, -1]  # the margin
    np.testing.assert_allclose(np.exp(columns[:3, 0]).sum(), 1, rtol=1e-5)


# --- figures -------------------------------------------------------------------------


def test_figures_of_hand_made_rankings() -> None:
    # the first right at place 1 and 3, then only at 7, then never
    found = figures.figures([np.array([1, 3]), np.array([7]), np.array([], int)])
    assert found == pytest.approx({"mrr": (1 + 1 / 7) / 3, "p@5": 0.4 / 3, "r@5": 1 / 3, "hit@1": 1 / 3, "hit@5": 1 / 3, "hit@10": 2 / 3})


def test_equals_stand_in_the_order_of_the_corpus() -> None:
    scores = np.array([0.5, 1.0, 1.0, 0.5])
    assert [figures.places(scores, [n]).tolist() for n in range(4)] == [[3], [1], [2], [4]]


@given(st.lists(st.floats(0, 1, width=16), min_size=1, max_size=20), st.data())
def test_places_follow_the_scores(scores: list[float], data: st.DataObject) -> None:
    right = data.draw(st.sets(st.integers(0, len(scores) - 1), min_size=1))
    values = np.array(scores)
    order = np.lexsort((np.arange(len(scores)), -values))
    expected = sorted(1 + int(np.flatnonzero(order == n)[0]) for n in right)
    assert figures.places(values, sorted(right)).tolist() == expected
    better = values.copy()
    better[min(right)] = 2
    assert figures.figures([figures.places(better, sorted(right))])["mrr"] == 1


def test_mixed_order_lets_a_second_concept_in() -> None:
    of = np.array([0, 0, 0, 1])
    scores = figures.mixed(np.array([0.6, 0.4]), np.array([0.1, 0.9, 0.5, 0.2]), of)
    assert np.argsort(-scores).tolist() == [1, 3, 2, 0]


# --- the benchmark itself


def test_a_data_set_is_ranked_where_nothing_else_is_at_hand(tmp_path: Path) -> None:
    folder = tmp_path / "xyz_q_en_c_en"
    folder.mkdir()
    labels = [("baker", 0), ("bread baker", 0), ("welder", 1), ("steel welder", 1), ("tailor", 2), ("job coach", 3)]
    tables = {
        "queries": [("q1", "bakers of bread"), ("q2", "welding of steel"), ("q3", "coach")],
        "corpus_elements": [(f"e{n}", text) for n, (text, _) in enumerate(labels)],
        "concept_mapping": [(f"e{n}", f"https://example.org/{concept}") for n, (_, concept) in enumerate(labels)],
        "annotations": [
            ("q1", "0", "e0", "1"),
            ("q1", "0", "e1", "1"),
            ("q2", "0", "e2", "1"),
            ("q2", "0", "e3", "1"),
            ("q3", "0", "e5", "1"),
        ],
    }
    for name, rows in tables.items():
        (folder / f"{name}.tsv").write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    command = [sys.executable, ROOT / "bench" / "melo.py", folder, "--json", "--shared", tmp_path / "nothing"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"raw", "mixed", "concept"}
    assert set(found["raw"]) == {"mrr", "p@5", "r@5", "hit@1", "hit@5", "hit@10"}
    assert found["concept"]["mrr"] == 1


def test_vectors_that_several_threads_ask_for_are_each_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    melo = importlib.import_module("melo")
    concepts = [Concept(f"https://example.org/{n}", "skill", (Label(f"weave {n} baskets", "en"),)) for n in range(300)]
    encoder = Encoder.train(concepts, dimensions=8, settings=Settings(epochs=0.1))
    monkeypatch.setattr(importlib.import_module("encoder"), "CACHE", tmp_path)
    texts = melo.Texts(encoder, "key")
    asked = [[f"weave {n} baskets" for n in range(start, start + 40)] for start in range(0, 260, 5)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda some: texts.encode_with_share(some)[0], asked))
    for some, vectors in zip(asked, found, strict=True):
        assert vectors == pytest.approx(encoder.encode(some), abs=2e-3)
