"""Matching skills: the embedding model from a folder, chunks, features and their fusion."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.requirements import require
from wise_skills.alignment.candidates import Scorer
from wise_skills.alignment.chunks import MOST, chunks, joining
from wise_skills.alignment.fusion import Example, Fusion, fit
from wise_skills.alignment.model import Concept, Label, Query
from wise_skills.alignment.modelled import Modelled
from wise_skills.alignment.skill_features import NAMES, names_with
from wise_skills.alignment.skill_scores import Ranked, SkillScores, fusion_for
from wise_skills.errors import InputError, WiseSkillsError
from wise_skills.languages import LANGUAGES

WIDTH, INNER, HEADS, POSITIONS = 8, 16, 2, 12
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "cook", "##ing", "soup", "weld", "steel", "and", "bake", "bread"]


# --- a tiny model -------------------------------------------------------------------


def _tensors(kind: str) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(3)
    shapes = {
        "embeddings.word_embeddings.weight": (len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": (POSITIONS, WIDTH),
        "embeddings.token_type_embeddings.weight": (1 if kind == "xlm-roberta" else 2, WIDTH),
    }
    layer = "encoder.layer.0."
    for name in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
        shapes |= {f"{layer}{name}.weight": (WIDTH, WIDTH), f"{layer}{name}.bias": (WIDTH,)}
    shapes |= {f"{layer}intermediate.dense.weight": (INNER, WIDTH), f"{layer}intermediate.dense.bias": (INNER,)}
    shapes |= {f"{layer}output.dense.weight": (WIDTH, INNER), f"{layer}output.dense.bias": (WIDTH,)}
    for name in ("embeddings.LayerNorm", f"{layer}attention.output.LayerNorm", f"{layer}output.LayerNorm"):
        shapes |= {f"{name}.weight": (WIDTH,), f"{name}.bias": (WIDTH,)}
    return {name: chance.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def _config(kind: str) -> dict[str, Any]:
    sizes = {"hidden_size": WIDTH, "num_attention_heads": HEADS, "num_hidden_layers": 1, "intermediate_size": INNER}
    return {"model_type": kind, "hidden_act": "gelu", "layer_norm_eps": 1e-5, "pad_token_id": 0, **sizes}


def _tokenizer() -> dict[str, Any]:
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    first, last = ({"SpecialToken": {"id": word, "type_id": 0}} for word in ("[CLS]", "[SEP]"))
    around = [first, {"Sequence": {"id": "A", "type_id": 0}}, last]
    padding = {"direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"}
    spelling = {"clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
    unknown = {"unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": {"strategy": {"Fixed": 9}, **padding},
        "added_tokens": [],
        "normalizer": {"type": "BertNormalizer", **spelling},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": around,
            "pair": around,
            "special_tokens": {word: {"id": word, "ids": [vocabulary[word]], "tokens": [word]} for word in ("[CLS]", "[SEP]")},
        },
        "decoder": None,
        "model": {"type": "WordPiece", **unknown, "vocab": vocabulary},
    }


def _modules(*kinds: str) -> list[dict[str, Any]]:
    paths = {"Transformer": "", "Pooling": "1_Pooling", "Dense": "2_Dense", "Normalize": "3_Normalize"}
    return [{"idx": n, "name": str(n), "path": paths[kind], "type": f"sentence_transformers.models.{kind}"} for n, kind in enumerate(kinds)]


def _write(path: Path, what: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(what), encoding="utf-8")


def model_folder(folder: Path, kind: str = "bert", pooling: tuple[str, ...] = ("mean_tokens",), *, dense: bool = False) -> Path:
    """Write a model of one layer and width 8 as sentence-transformers does."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "modules.json", _modules("Transformer", "Pooling", *(["Dense"] if dense else []), "Normalize"))
    _write(folder / "config.json", _config(kind))
    _write(folder / "tokenizer.json", _tokenizer())
    _write(folder / "sentence_bert_config.json", {"max_seq_length": 10, "do_lower_case": False})
    _write(folder / "1_Pooling" / "config.json", {f"pooling_mode_{mode}": True for mode in pooling})
    save_file(_tensors(kind), folder / "model.safetensors")
    if dense:
        chance = np.random.default_rng(5)
        _write(folder / "2_Dense" / "config.json", {"activation_function": "torch.nn.modules.activation.Tanh"})
        weight, bias = (chance.normal(size=size).astype(np.float32) for size in ((3, WIDTH), 3))
        save_file({"linear.weight": weight, "linear.bias": bias}, folder / "2_Dense" / "model.safetensors")
    return folder


# --- the same by hand, number by number ---------------------------------------------


def _by_hand(kind: str, tokens: list[int]) -> list[list[float]]:
    """The vectors of the tokens of one text, computed slowly, as the papers write it."""
    t = {name: value.astype(float) for name, value in _tensors(kind).items()}
    first = 1 if kind == "xlm-roberta" else 0

    def normalised(x: list[float], name: str) -> list[float]:
        mean = sum(x) / WIDTH
        spread = math.sqrt(sum((v - mean) ** 2 for v in x) / WIDTH + 1e-5)
        return [(v - mean) / spread * w + b for v, w, b in zip(x, t[f"{name}.weight"], t[f"{name}.bias"], strict=True)]

    def linear(x: list[float], name: str) -> list[float]:
        return [sum(w * v for w, v in zip(row, x, strict=True)) + b for row, b in zip(t[f"{name}.weight"], t[f"{name}.bias"], strict=True)]

    words, places, kinds = (t[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type"))
    rows = [normalised(list(words[token] + places[first + at] + kinds[0]), "embeddings.LayerNorm") for at, token in enumerate(tokens)]
    layer = "encoder.layer.0."
    q, k, v = ([linear(row, f"{layer}attention.self.{name}") for row in rows] for name in ("query", "key", "value"))
    size, after = WIDTH // HEADS, []
    for at in range(len(rows)):
        mixed = list[float]()
        for head in range(HEADS):
            part = slice(head * size, (head + 1) * size)
            marks = [math.exp(sum(a * b for a, b in zip(q[at][part], other[part], strict=True)) / math.sqrt(size)) for other in k]
            mixed += [sum(m * value[part][i] for m, value in zip(marks, v, strict=True)) / sum(marks) for i in range(size)]
        out = linear(mixed, f"{layer}attention.output.dense")
        after.append(normalised([a + b for a, b in zip(rows[at], out, strict=True)], f"{layer}attention.output.LayerNorm"))
    found = []
    for row in after:
        inner = [x * 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in linear(row, f"{layer}intermediate.dense")]
        out = linear(inner, f"{layer}output.dense")
        found.append(normalised([a + b for a, b in zip(row, out, strict=True)], f"{layer}output.LayerNorm"))
    return found


POOLS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "cls_token": lambda rows: rows[0],
    "mean_tokens": lambda rows: rows.sum(axis=0) / len(rows),
    "max_tokens": lambda rows: rows.max(axis=0),
    "mean_sqrt_len_tokens": lambda rows: rows.sum(axis=0) / math.sqrt(len(rows)),
}
TEXTS = {"cooking soup": [2, 4, 5, 6, 3], "weld": [2, 7, 3], "Bake bread and cook soup": [2, 10, 11, 9, 4, 6, 3], "": [2, 3]}


@pytest.mark.parametrize(
    ("kind", "pooling"),
    [*(("bert", (mode,)) for mode in POOLS), ("xlm-roberta", ("mean_tokens",)), ("bert", ("cls_token", "max_tokens"))],
)
def test_forward_pass_is_that_of_the_papers(tmp_path: Path, kind: str, pooling: tuple[str, ...]) -> None:
    require("safetensors")
    require("tokenizers")
    from wise_skills.alignment.embedding import Model

    model = Model.open(model_folder(tmp_path / "tiny", kind, pooling))
    found = model.encode([*TEXTS, *TEXTS])
    for row, tokens in zip(found, [*TEXTS.values()] * 2, strict=True):
        by_hand = np.array(_by_hand(kind, tokens))
        wanted = np.concatenate([POOLS[mode](by_hand) for mode in pooling])
        assert row == pytest.approx(wanted / np.linalg.norm(wanted), abs=2e-6)


def test_a_dense_layer_follows_and_long_texts_are_cut(tmp_path: Path) -> None:
    require("safetensors")
    require("tokenizers")
    from wise_skills.alignment.embedding import Model

    model = Model.open(model_folder(tmp_path / "tiny", dense=True))
    found = model.encode(["weld", "weld " * 50, "weld " * 8])
    assert found.shape == (3, model.width) == (3, 3)
    assert found[1] == pytest.approx(found[2])  # ten tokens with those around them
    chance = np.random.default_rng(5)
    weight, bias = chance.normal(size=(3, WIDTH)).astype(np.float32), chance.normal(size=3).astype(np.float32)
    wanted = np.tanh(weight @ np.mean(_by_hand("bert", [2, 7, 3]), axis=0) + bias)
    assert found[0] == pytest.approx(wanted / np.linalg.norm(wanted), abs=2e-6)


def test_vectors_are_remembered_by_content(tmp_path: Path) -> None:
    require("safetensors")
    require("tokenizers")
    from wise_skills.alignment.embedding import Model

    model, kept, computed = Model.open(model_folder(tmp_path / "tiny")), tmp_path / "kept", list[int]()

    def encoded(*texts: str) -> np.ndarray:
        return model.encoded(texts, kept, step=lambda done, whole: computed.append(whole))

    first = encoded("weld", "soup", "weld")
    assert first == pytest.approx(model.encode(["weld", "soup", "weld"]), abs=1e-3)
    (path,) = kept.iterdir()
    computed.clear()
    assert np.array_equal(encoded("soup", "weld"), first[[1, 0]])
    assert not computed, "computed again"
    encoded("soup", "bread")
    assert set(computed) == {1}, "only what is new is computed"
    path.write_bytes(path.read_bytes()[:-30])  # cut off by a full disk: computed again
    assert np.array_equal(encoded("weld", "soup"), first[:2])
    assert list(kept.iterdir()) == [path]


def _hostile(folder: Path, what: str) -> None:
    from safetensors.numpy import save_file

    tensors = _tensors("bert")
    if what.startswith("without "):
        (folder / what.removeprefix("without ")).unlink()
    elif what == "a pickle":
        (folder / "model.safetensors").write_bytes(b"\x80\x04cos\nsystem\n(S'touch hit'\ntR.")
    elif what == "cut off":
        path = folder / "model.safetensors"
        path.write_bytes(path.read_bytes()[:-100])
    elif what == "wrong shapes":
        save_file(tensors | {"embeddings.LayerNorm.bias": np.zeros(5, np.float32)}, folder / "model.safetensors")
    elif what == "no numbers":
        save_file(tensors | {"embeddings.LayerNorm.bias": np.full(WIDTH, np.nan, np.float32)}, folder / "model.safetensors")
    elif what == "few words":
        save_file(tensors | {"embeddings.word_embeddings.weight": np.zeros((3, WIDTH), np.float32)}, folder / "model.safetensors")
    elif what == "another architecture":
        _write(folder / "config.json", {"model_type": "t5"})
    elif what == "many layers":
        _write(folder / "config.json", _config("bert") | {"num_hidden_layers": 10**12})
    elif what == "odd numbers":
        _write(folder / "config.json", _config("bert") | {"num_attention_heads": "two", "layer_norm_eps": []})
    elif what == "odd kinds":
        _write(folder / "config.json", _config("bert") | {"hidden_act": ["gelu"]})
    elif what == "far words":
        tokenizer = _tokenizer()
        tokenizer["model"]["vocab"]["weld"] = 4_000_000
        _write(folder / "tokenizer.json", tokenizer)
    elif what == "code of its own":
        _write(folder / "modules.json", [{"idx": 0, "name": "0", "path": "", "type": "model.Bad"}])
    elif what == "a way out":
        _write(folder / "modules.json", [*_modules("Transformer"), {"type": "sentence_transformers.models.Pooling", "path": "../.."}])
    elif what == "deep":
        (folder / "config.json").write_text("[" * 200_000, encoding="utf-8")
    elif what == "huge":
        (folder / "config.json").write_text(" " * (2 << 20), encoding="utf-8")
    elif what == "not a tokenizer":
        _write(folder / "tokenizer.json", {"model": {"type": "WordPiece", "vocab": 7}})


_FILES = ("modules.json", "config.json", "tokenizer.json", "model.safetensors", "1_Pooling/config.json")
HOSTILE = [f"without {name}" for name in _FILES]
HOSTILE += ["a pickle", "cut off", "wrong shapes", "no numbers", "few words", "far words", "not a tokenizer"]
HOSTILE += ["another architecture", "many layers", "odd numbers", "odd kinds", "deep", "huge", "code of its own", "a way out"]


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_folder_gives_a_sentence(tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    require("safetensors")
    require("tokenizers")
    from wise_skills.alignment.embedding import Model

    monkeypatch.chdir(tmp_path)
    folder = model_folder(tmp_path / "tiny")
    _hostile(folder, what)
    with pytest.raises(WiseSkillsError) as caught:
        Model.open(folder).encode(["weld"])
    assert "tiny" in str(caught.value)
    assert not (tmp_path / "hit").exists()


def test_no_folder_is_said(tmp_path: Path) -> None:
    from wise_skills.alignment.embedding import Model

    with pytest.raises(InputError, match="no such folder"):
        Model.open(tmp_path / "nothing")


# --- chunks -------------------------------------------------------------------------

SENTENCES = {
    "bg": ("готви супа и пече хляб", "пече хляб"),
    "de": ("Suppe kochen sowie Brot backen", "Brot backen"),
    "el": ("μαγειρεύει σούπα και ψήνει ψωμί", "ψήνει ψωμί"),
    "en": ("cook soup and bake bread", "bake bread"),
    "es": ("cocinar sopa y hornear pan", "hornear pan"),
    "fr": ("préparer une soupe et cuire le pain", "cuire le pain"),
    "hr": ("kuhati juhu i peći kruh", "peći kruh"),
    "it": ("cucinare la zuppa e cuocere il pane", "cuocere il pane"),
    "lv": ("vārīt zupu un cept maizi", "cept maizi"),
    "nl": ("soep koken en brood bakken", "brood bakken"),
    "pl": ("gotować zupę oraz piec chleb", "piec chleb"),
    "ro": ("a găti supă și coace pâine", "coace pâine"),
    "sl": ("kuhati juho ter peči kruh", "peči kruh"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_conjunctions_of_each_language_split(language: str) -> None:
    sentence, last = SENTENCES[language]
    assert last in chunks(sentence, language)
    assert last in chunks(sentence.upper(), language.upper())[-1].casefold() or last.upper() in chunks(sentence.upper(), language)
    assert set(joining()[language]) == {"and", "in"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("work in teams", ("work", "teams")),  # the whole text is no chunk of itself
        ("cook soup, work in teams", ("cook soup", "work in teams", "work", "teams")),
        ("hand-in tools", ()),
        ("soup ; soup", ("soup",)),
        ("C# and .NET", ("C#", "NET")),
        ("…", ()),
        ("", ()),
    ],
)
def test_chunks(text: str, found: tuple[str, ...]) -> None:
    assert chunks(text, "en") == found


def test_a_long_text_makes_few_chunks_and_an_unknown_language_splits_at_punctuation() -> None:
    assert len(chunks(", ".join(f"skill {n}" for n in range(10_000)), "en")) == MOST
    assert chunks("keitto ja leipä, uuni", "fi") == ("keitto ja leipä", "uuni")


# --- fusion -------------------------------------------------------------------------


def _examples(count: int) -> list[Example]:
    chance = np.random.default_rng(1)
    found = []
    for _ in range(count):
        features = chance.random((12, 3)).astype(np.float32)  # the first feature tells, the second misleads, the third is noise
        right = np.zeros(12, bool)
        right[np.argmax(features[:, 0] - 0.5 * features[:, 1] + 0.3 * chance.random(12))] = True
        found.append(Example(features, right))
    return found


@pytest.mark.parametrize("none", [0.0, 0.3])
def test_fusion_learns_what_tells_and_how_sure_it_is(none: float) -> None:
    names = ("tells", "misleads", "noise")
    fusion = fit(_examples(400), names, used=names, none=none)
    assert fusion.weights["tells"] > 5 * fusion.weights["noise"]
    assert fusion.weights["misleads"] == 0
    assert fusion == fit(_examples(400), names, used=names, none=none)
    assert Fusion.read(json.loads(json.dumps(fusion.written()))).weights == pytest.approx(
        {name: weight for name, weight in fusion.weights.items() if weight}, abs=0.001
    )
    sure, right = list[float](), list[bool]()
    for number, example in enumerate(_examples(2000)):
        kept = ~example.right if number < none * 2000 else np.full(12, True)  # so many queries have no right candidate
        confidence = fusion.confidence(fusion.scores(example.features[kept], names))
        sure += confidence.tolist()
        right += example.right[kept].tolist()
    assert np.mean(sure) == pytest.approx(np.mean(right), abs=0.01)
    for low in (0.0, 0.25, 0.5) if not none else ():  # where some have no answer, two numbers bend the curve to the mean only
        inside = [(s, r) for s, r in zip(sure, right, strict=True) if low <= s < low + 0.25]
        assert np.mean([s for s, _ in inside]) == pytest.approx(np.mean([r for _, r in inside]), abs=0.08)


# --- ranking ------------------------------------------------------------------------

SKILLS = {
    "cook soup": ("prepare soup", "make soups"),
    "bake bread": ("prepare bread", "make loaves"),
    "weld steel": ("join steel by welding",),
    "mend clothes": ("repair clothing", "sew garments"),
    "work in teams": ("teamwork",),
    "keep accounts": ("bookkeeping",),
}


def _concepts() -> list[Concept]:
    found = []
    for number, (name, others) in enumerate(SKILLS.items()):
        labels = (Label(name, "en", preferred=True), *(Label(other, "en") for other in others))
        found.append(Concept(f"https://example.org/{number}", "skill", labels, {"en": f"To {name} as a trade."}))
    return found


@pytest.fixture(scope="module")
def scores() -> SkillScores:
    concepts = _concepts()
    return SkillScores(Scorer.of(concepts, "en"), concepts)


def _names(scores: SkillScores, ranked: Ranked) -> list[str]:
    return [scores.concepts[number].labels[0].text for number in ranked.concepts]


@pytest.mark.parametrize(("label", "name"), [(label, name) for name, others in SKILLS.items() for label in (name, *others)])
def test_every_label_finds_its_skill_and_itself(scores: SkillScores, label: str, name: str) -> None:
    (ranked,) = scores.rank([Query(label.upper(), "en")])
    assert _names(scores, ranked)[0] == name
    assert scores.label(int(ranked.labels[0])).text == label
    assert (np.diff(ranked.scores) <= 0).all()
    assert ((ranked.confidence > 0) & (ranked.confidence < 1)).all()
    assert ranked.features.shape == (len(ranked.concepts), len(NAMES))


def test_a_sentence_finds_all_its_skills(scores: SkillScores) -> None:
    (ranked,) = scores.rank([Query("You will cook soups, weld steel parts and mend clothes.", "en")], top=3)
    assert set(_names(scores, ranked)) == {"cook soup", "weld steel", "mend clothes"}


def test_what_is_asked_together_is_answered_as_alone(scores: SkillScores) -> None:
    queries = [Query(text, "en") for text in ("soup", "bread and steel", "", "ζζζ", "teamwork", "sew, weld")] * 12
    done = list[int]()
    together = scores.rank(queries, step=lambda number, whole: done.append(number))
    assert done == list(range(1, len(queries) + 1))
    for query, ranked in zip(queries[:6], together, strict=False):
        (alone,) = scores.rank([query])
        assert alone.concepts.tolist() == ranked.concepts.tolist()
        assert alone.scores == pytest.approx(ranked.scores, abs=1e-5)
    assert not len(together[2].concepts), "nothing is proposed for nothing"
    assert not len(together[3].concepts)


def test_a_text_in_a_language_without_names_is_less_sure(scores: SkillScores) -> None:
    said, other, unsaid = scores.rank([Query("repair clothing bread", language) for language in ("en", "hr", "")])
    assert other.concepts.tolist() == said.concepts.tolist()
    assert (other.confidence < said.confidence).all()
    assert unsaid.confidence == pytest.approx(said.confidence)


def test_only_what_is_allowed_is_proposed(scores: SkillScores) -> None:
    allowed = np.array(["bread" not in name for name in SKILLS])
    (ranked,) = scores.rank([Query("bake bread", "en")], allowed=allowed)
    assert "bake bread" not in _names(scores, ranked)


def test_a_model_from_a_folder_ranks_too(tmp_path: Path) -> None:
    require("safetensors")
    require("tokenizers")
    from wise_skills.alignment.embedding import Model

    model, concepts = Model.open(model_folder(tmp_path / "tiny")), _concepts()
    modelled = Modelled.of_concepts(concepts, model, ["en"], lambda texts: model.encoded(texts, tmp_path / "kept"))
    scores = SkillScores(Scorer.of(concepts, "en"), concepts, modelled=modelled)
    (ranked,) = scores.rank([Query("bake bread", "en")])
    assert _names(scores, ranked)[0] == "bake bread"
    assert ranked.features[0, NAMES.index("model")] == pytest.approx(1, abs=1e-3)


def test_there_are_weights_for_every_case() -> None:
    for ingredients in ([], ["encoder"], ["encoder", "english"], ["model"], ["encoder", "model"], ["encoder", "english", "model"]):
        for long in (False, True):
            fusion = fusion_for(frozenset(ingredients), long=long)
            assert set(fusion.weights) <= set(names_with(ingredients))
            assert all(weight >= 0 for weight in fusion.weights.values())
