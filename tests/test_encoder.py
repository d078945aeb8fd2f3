from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from wise_skills.alignment.encoder import Encoder
from wise_skills.alignment.model import Concept, Label
from wise_skills.alignment.ngrams import Ngrams, pieces
from wise_skills.alignment.pairs import Pairs
from wise_skills.alignment.training import Adam, Settings, loss_and_gradient

TRADES = {
    "baker": ("pek", "bread"),
    "welder": ("varilec", "metal"),
    "gardener": ("vrtnar", "plants"),
    "tailor": ("krojac", "clothes"),
    "carpenter": ("mizar", "wood"),
    "driver": ("voznik", "lorries"),
    "fisher": ("ribic", "nets"),
    "miner": ("rudar", "coal"),
}


def invented() -> list[Concept]:
    """Trades of two languages; the words of one language say nothing of the other's."""
    made = []
    for english, (slovene, thing) in TRADES.items():
        for english_rank, slovene_rank in (("senior", "starejsi"), ("junior", "mlajsi"), ("chief", "glavni")):
            labels = (
                Label(f"{english_rank} {english}", "en", preferred=True),
                Label(f"{english_rank} {thing} worker", "en"),
                Label(f"{slovene_rank} {slovene}", "sl", preferred=True),
            )
            definitions = {"en": f"A {english_rank} {english} works with {thing} every day."}
            made.append(Concept(f"http://example.org/{english}/{english_rank}", "occupation", labels, definitions))
    return made


DRAWN = {"same_language": 0.2, "hub": 0.3, "described": 0.2}
QUICK = Settings(epochs=40, batch=32, least=1)


@pytest.fixture(scope="module")
def learned() -> Encoder:
    return Encoder.train(invented(), dimensions=16, settings=QUICK)


def files(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_same_concepts_in_any_order_give_the_same_bytes(tmp_path, learned):
    backwards = [
        Concept(c.iri, c.kind, tuple(reversed(c.labels)), dict(reversed(list(c.definitions.items())))) for c in reversed(invented())
    ]
    Encoder.train(backwards, dimensions=16, settings=QUICK).save(tmp_path / "again")
    learned.save(tmp_path / "first")
    assert files(tmp_path / "first") == files(tmp_path / "again")
    Encoder.train(invented(), dimensions=16, seed=1, settings=QUICK).save(tmp_path / "other")
    assert files(tmp_path / "other")["table.npy"] != files(tmp_path / "first")["table.npy"]


AGAIN = """
import sys
from pathlib import Path
from wise_skills.alignment.encoder import Encoder
from wise_skills.alignment.model import Concept, Label
from wise_skills.alignment.training import Settings
texts = ["baker of bread", "bread maker", "pek", "metal welder", "welder", "varilec", "gardener", "plant grower", "vrtnar"]
labels = [Label(text, "sl" if number % 3 == 2 else "en") for number, text in enumerate(texts)]
concepts = [Concept(str(start), "skill", tuple(labels[start : start + 3])) for start in (0, 3, 6)]
Encoder.train(concepts, dimensions=2, settings=Settings(epochs=20, batch=4, least=1)).save(Path(sys.argv[1]))
"""


def test_another_process_with_other_threads_and_hashes_makes_the_same_bytes(tmp_path):
    for name, seed, threads in (("first", "1", "1"), ("second", "2", "2")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        subprocess.run([sys.executable, "-c", AGAIN, str(tmp_path / name)], check=True, env=environment, timeout=120)
    assert files(tmp_path / "first") == files(tmp_path / "second")


def test_saved_and_read_again_it_encodes_the_same(tmp_path, learned):
    texts = ["senior baker", "Glavni PEK", "neither"]
    learned.save(tmp_path)
    read = Encoder.load(tmp_path)
    assert isinstance(read.table, np.memmap)
    for ours, theirs in zip(learned.encode_with_share(texts), read.encode_with_share(texts), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    read.save(tmp_path / "again")
    assert files(tmp_path / "again") == {path.name: path.read_bytes() for path in sorted(tmp_path.iterdir()) if path.is_file()}


def test_vectors_have_length_one_and_unknown_texts_none(learned):
    vectors, shares = learned.encode_with_share(["junior miner", "ЖЩЪ", "", "junior ЖЩЪ", "JUNIOR  Miner!"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 0, 0, 1, 1], atol=1e-5)
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, 16)
    assert shares[0] == pytest.approx(1)
    assert (shares[1], shares[2]) == (0, 0)
    assert 0 < shares[3] < 1
    np.testing.assert_array_equal(vectors[0], vectors[4])


def test_learning_brings_the_labels_of_a_concept_together_across_languages():
    left = [f"chief {english}" for english in TRADES]
    right = [f"glavni {slovene}" for slovene, _ in TRADES.values()]
    before, after = (Encoder.train(invented(), dimensions=32, settings=replace(QUICK, epochs=epochs)) for epochs in (0, 40))

    def margin(encoder: Encoder) -> np.ndarray:
        scores = encoder.encode(left) @ encoder.encode(right).T
        own = np.diag(scores).copy()
        np.fill_diagonal(scores, -1)
        return own - scores.max(axis=1)

    assert margin(after).min() > 0
    assert margin(after).mean() > margin(before).mean() + 0.2


def test_progress_goes_from_nothing_to_the_whole():
    told = []
    settings = Settings(epochs=3, batch=8, least=1)
    Encoder.train(invented(), dimensions=4, settings=settings, step=lambda done, whole: told.append((done, whole)))
    whole = told[-1][1]
    assert told == [(done, whole) for done in range(whole + 1)]


@pytest.mark.parametrize("scale", [1.0, 20.0])
def test_gradient_is_that_of_the_loss(scale):
    chance = np.random.default_rng(3)
    table = chance.standard_normal((12, 5))
    left, right = (sparse.random(6, 12, 0.4, format="csr", random_state=chance) + sparse.eye(6, 12, format="csr") for _ in range(2))
    same = np.zeros((6, 6), dtype=bool)
    same[0, 3] = same[3, 0] = True
    _, gradient = loss_and_gradient(table, left.tocsr(), right.tocsr(), same, scale)
    for row, column in np.ndindex(table.shape):
        moved = []
        for step in (1e-5, -1e-5):
            near = table.copy()
            near[row, column] += step
            moved.append(loss_and_gradient(near, left.tocsr(), right.tocsr(), same, scale)[0])
        assert gradient[row, column] == pytest.approx((moved[0] - moved[1]) / 2e-5, rel=1e-4, abs=1e-7)


def test_what_belongs_together_without_being_a_pair_is_no_negative():
    table = np.eye(3, 3)
    left = sparse.csr_matrix(np.array([[1.0, 0, 0], [1, 0, 0], [0, 1, 0]]))
    same = np.zeros((3, 3), dtype=bool)
    apart, _ = loss_and_gradient(table, left, left, same, 20.0)
    same[0, 1] = same[1, 0] = True
    together, _ = loss_and_gradient(table, left, left, same, 20.0)
    assert apart > 0.4
    assert together < 1e-6


def test_adam_leaves_rows_that_are_not_touched():
    table = np.ones((5, 2), np.float32)
    adam = Adam(table)
    for _ in range(3):
        adam.step(np.array([1, 3]), np.array([[1.0, -1.0], [0.5, 0.0]], np.float32), 0.1)
    np.testing.assert_array_equal(table[[0, 2, 4]], 1)
    assert table[1, 0] < 1 < table[1, 1]
    assert table[3, 1] == 1


def test_partners_are_of_the_same_concept_and_mostly_of_another_language():
    pairs = Pairs.of(invented())
    anchors = np.tile(np.arange(len(pairs.group)), 50)
    partners = pairs.partners(anchors, np.random.default_rng(0), **DRAWN)
    assert (pairs.concept[anchors] == pairs.concept[partners]).all()
    assert (anchors != partners).all()
    described = partners >= len(pairs.group)
    assert 0.15 < described.mean() < 0.35
    labels = ~described
    assert (pairs.group[anchors[labels]] != pairs.group[partners[labels]]).mean() > 0.7


def test_a_label_alone_is_no_pair():
    alone = [Concept(f"http://example.org/{n}", "skill", (Label(f"word{n} thing", "en"),)) for n in range(5)]
    pairs = Pairs.of(alone)
    anchors = np.arange(5)
    np.testing.assert_array_equal(pairs.partners(anchors, np.random.default_rng(0), **DRAWN), anchors)
    encoder = Encoder.train(alone, dimensions=4, settings=Settings(epochs=2, least=1))
    assert np.linalg.norm(encoder.encode(["word3 thing"])) == pytest.approx(1)


SIGNS = Concept("http://example.org/1", "skill", (Label("!?", "en"),))


@pytest.mark.parametrize("concepts", [[], [SIGNS], invented()[:1]], ids=["none", "signs", "one"])
def test_few_concepts_make_an_encoder_all_the_same(tmp_path, concepts):
    Encoder.train(concepts, dimensions=4, settings=Settings(epochs=1, least=1)).save(tmp_path)
    vectors, shares = Encoder.load(tmp_path).encode_with_share(["thing", ""])
    assert vectors.shape == (2, 4)
    assert np.isfinite(vectors).all()
    assert shares[1] == 0


HOSTILE = [
    "",
    " ",
    "\x00\x01\x1b[31m",
    "🧑‍🍳🥖",
    "a" * 1_000_000,
    "\ud800",
    "\u202ebaker\u202c",
    "baker\u0301\u0301\u0301" * 5000,
    "\n\r\t,;\"'",
    "= cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_odd_texts_are_encoded_or_nothing(learned, text):
    vectors, shares = learned.encode_with_share([text, "senior baker"])
    assert np.isfinite(vectors).all()
    assert 0 <= shares[0] <= 1
    np.testing.assert_array_equal(vectors[1], learned.encode(["senior baker"])[0])


def test_odd_texts_can_be_learned_from(tmp_path):
    odd = [
        Concept(f"http://example.org/{number}", "skill", (Label(text or "x", "en"), Label("plain word", "en")))
        for number, text in enumerate(HOSTILE)
    ]
    Encoder.train(odd, dimensions=4, settings=Settings(epochs=1, least=1)).save(tmp_path)
    assert np.isfinite(Encoder.load(tmp_path).encode(HOSTILE)).all()


@given(st.lists(st.text(max_size=30), max_size=6))
def test_texts_learned_from_are_read_the_same_way(texts):
    ngrams, matrix = Ngrams.learn(texts, least=1)
    again, shares = ngrams.matrix(texts)
    np.testing.assert_allclose(again.toarray(), matrix.toarray(), atol=1e-6)
    held = np.diff(matrix.indptr) > 0
    np.testing.assert_allclose(shares[held], 1, atol=1e-5)
    np.testing.assert_array_equal(shares[~held], 0)


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20))
def test_pieces_of_a_word_are_its_own(word):
    found = pieces(word)
    assert found[0] == f" {word} "
    assert len(set(found)) == len(found)
    assert all(piece in f" {word} " for piece in found)


def test_most_and_least_cut_the_pieces():
    texts = ["baker bread", "baker", "welder"]
    ngrams, _ = Ngrams.learn(texts, most=5, least=1)
    assert len(ngrams) == 5
    assert set(ngrams.pieces) <= set(pieces("baker"))
    assert " welder " not in Ngrams.learn(texts, least=2)[0].pieces


def test_with_very_many_labels_fewer_of_each_language_are_taken():
    labels = (Label("preferred", "en", preferred=True), *(Label(f"further {n}", "en") for n in range(9)), Label("nur", "de"))
    concepts = [Concept(f"http://example.org/{n}", "skill", labels, {"de": "was", "en": "what", "fr": "quoi"}) for n in range(4)]
    every, few, least = (Pairs.of(concepts, most=most) for most in (44, 16, 1))
    counted = [(len(pairs.group), len(pairs.texts) - len(pairs.group)) for pairs in (every, few, least)]
    assert counted == [(44, 12), (16, 8), (8, 4)]
    assert least.texts[:2] == ["nur", "preferred"]
    assert least.texts[-1] == "what"
