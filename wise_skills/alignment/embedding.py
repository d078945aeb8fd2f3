"""An embedding model from a folder, as sentence-transformers writes it: texts in, unit vectors out.

Only numbers and JSON are read: `modules.json`, `config.json`, `tokenizer.json` and `model.safetensors`, never a pickle and
never code of the folder. The packages `safetensors` and `tokenizers` (the extra `model`) are needed, torch is not. A folder
of another architecture is read where the package `sentence_transformers` happens to be installed.
https://sbert.net/docs/package_reference/sentence_transformer/models.html
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wise_skills.alignment.model_files import ModelFiles, again, damaged, readable
from wise_skills.alignment.transformer import MODEL_TYPES, Floats, NotReadable, Transformer
from wise_skills.errors import FileProblem, InputError
from wise_skills.speech import told

_MOST_REMEMBERED = 1_000_000
_TOKENS_AT_ONCE = 1024
_LONGEST = 256
_POOLINGS = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")
_KINDS = ("Transformer", "Pooling", "Dense", "Normalize")

Step = Callable[[int, int], None]


class Model:
    """An embedding model; open it with `Model.open`."""

    def __init__(self, name: str, fingerprint: str, width: int, encode: Callable[[Sequence[str], Step], Floats]) -> None:
        """Keep what `open` has read."""
        self.name = name
        """Name of its folder."""
        self.fingerprint = fingerprint
        """SHA-256 of the files that were read; what is remembered of the model is remembered under it."""
        self.width = width
        self._encode = encode

    @classmethod
    def open(cls, folder: Path) -> Model:
        """Open the model of a folder.

        Raises
        ------
        InputError
            If files are missing, too big or wrong, if the architecture is not read, or if the extra is not installed.
        """
        if not folder.is_dir():
            raise FileProblem(folder, told("there is no such folder"), advice=told("Give the folder of a sentence-transformers model."))
        try:
            return _numpy_model(folder)
        except NotReadable as reason:
            return _installed_model(folder, str(reason))

    def encode(self, texts: Sequence[str], *, step: Step = lambda done, whole: None) -> Floats:
        """Return one unit vector for each text, float32, texts × width; a text without tokens gets zeros.

        `step` is called with the number of texts that are done, and of all.
        """
        unique = list(dict.fromkeys(texts))
        if not unique:
            return np.zeros((0, self.width), np.float32)
        number_of = {text: number for number, text in enumerate(unique)}
        found = self._encode(unique, step)
        if not np.isfinite(found).all():
            raise FileProblem(self.name, told("the model computes no numbers"), advice=again())
        return found[[number_of[text] for text in texts]]

    def encoded(self, texts: Sequence[str], folder: Path, *, step: Step = lambda done, whole: None) -> Floats:
        """Return what `encode` does; vectors are remembered in a folder by the content of model and text, as float16.

        `step` is called for what is computed, not for what is known.
        """
        path = folder / f"vectors-{self.fingerprint[:32]}.npz"
        known, vectors = self._remembered(path)
        keys = np.array([_key(text) for text in texts], np.uint64)
        if len(known) > _MOST_REMEMBERED:  # of many editions: begun anew
            known, vectors = known[:0], vectors[:0]
        missing = ~np.isin(keys, known)
        if missing.any():
            new, first = np.unique(keys[missing], return_index=True)
            rows = np.flatnonzero(missing)[first]
            made = self.encode([texts[row] for row in rows], step=step).astype(np.float16)
            known, vectors = np.concatenate([known, new]), np.concatenate([vectors, made])
            order = np.argsort(known)
            known, vectors = known[order], vectors[order]
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
                np.savez(file, keys=known, vectors=vectors)
            Path(file.name).replace(path)
        return vectors[np.searchsorted(known, keys)].astype(np.float32)

    def _remembered(self, path: Path) -> tuple[NDArray[np.uint64], NDArray[np.float16]]:
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                known, vectors = kept["keys"], kept["vectors"]
            if known.dtype == np.uint64 and vectors.dtype == np.float16 and vectors.shape == (len(known), self.width):
                return known, vectors
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
            pass  # not there, or cut off: made again
        return np.zeros(0, np.uint64), np.zeros((0, self.width), np.float16)


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


# --- the model in numpy -------------------------------------------------------------


def _numpy_model(folder: Path) -> Model:
    try:
        import safetensors  # noqa: F401
        from tokenizers import Tokenizer
    except ImportError:
        raise InputError(told("An embedding model needs two more packages. Install wise-skills[model].")) from None
    files = ModelFiles(folder)
    modules = _modules(files)
    config = files.json("config.json")
    if str(config.get("model_type")) not in MODEL_TYPES:
        raise NotReadable(f"model_type {config.get('model_type')!r}")
    limits = files.json("sentence_bert_config.json", needed=False)
    prompts = files.json("config_sentence_transformers.json", needed=False)
    by_name, name = prompts.get("prompts"), prompts.get("default_prompt_name")
    prompt = str(by_name.get(name) or "") if isinstance(by_name, dict) and isinstance(name, str) else ""
    encoder = Transformer(config, files.tensors("model.safetensors"))
    width, steps = encoder.width, list[Callable[[Floats], Floats]]()
    for kind, path in modules[1:]:
        if kind == "Pooling":
            pools = _pooling(files, path)
            width *= len(pools)
        elif kind == "Dense":
            step, width = _dense(files, path, width)
            steps.append(step)
    text = files.bytes("tokenizer.json", "tokenizer").decode("utf-8", "replace")
    try:
        tokenizer = Tokenizer.from_str(text)
        tokenizer.no_padding()
        asked = limits.get("max_seq_length")
        longest = min(encoder.longest, _LONGEST, asked if isinstance(asked, int) and asked > 2 else _LONGEST)
        tokenizer.enable_truncation(longest)
    except Exception:
        raise damaged(folder / "tokenizer.json") from None
    if max(tokenizer.get_vocab().values(), default=0) >= encoder.vocabulary:
        raise FileProblem(folder / "tokenizer.json", told("it has more words than the model"), advice=again())
    lower = bool(limits.get("do_lower_case"))

    def encode(texts: Sequence[str], step: Step) -> Floats:
        found = np.zeros((len(texts), width), np.float32)
        given = [prompt + (t.lower() if lower else t) for t in texts]
        given = [t.encode("utf-8", "replace").decode() for t in given]
        numbers = [e.ids for start in range(0, len(given), 4096) for e in tokenizer.encode_batch(given[start : start + 4096])]
        order = sorted(range(len(texts)), key=lambda i: len(numbers[i]))
        start = done = 0
        while start < len(order):
            length = len(numbers[order[start]])
            end = start + 1
            while end < len(order) and len(numbers[order[end]]) == length and (end - start) * length < _TOKENS_AT_ONCE:
                end += 1
            rows = order[start:end]
            if length:
                vectors = pools_of(encoder(np.array([numbers[row] for row in rows], np.int64)), pools)
                for part in steps:
                    vectors = part(vectors)
                found[rows] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
            start = end
            done += len(rows)
            step(done, len(order))
        return found

    return Model(folder.name, files.fingerprint, width, encode)


def pools_of(tokens: Floats, modes: Sequence[str]) -> Floats:
    """Return one vector for each text from those of its tokens, the modes of sentence-transformers' Pooling side by side."""
    pooled: dict[str, Callable[[], Floats]] = {
        "cls_token": lambda: tokens[:, 0],
        "max_tokens": lambda: tokens.max(axis=1),
        "mean_tokens": lambda: tokens.mean(axis=1),
        "mean_sqrt_len_tokens": lambda: tokens.sum(axis=1) / np.float32(np.sqrt(tokens.shape[1])),
    }
    return np.hstack([pooled[mode]() for mode in modes])


def _modules(files: ModelFiles) -> list[tuple[str, str]]:
    """Return kind and folder of the modules in their order: Transformer, Pooling, then any Dense and Normalize."""
    folder, found = files.folder, []
    for entry in files.json("modules.json", kind=list):
        kind, path = (str(entry.get(name, "")) if isinstance(entry, dict) else "" for name in ("type", "path"))
        if "\0" in path or not (folder / path).resolve().is_relative_to(folder.resolve()):
            raise damaged(folder / "modules.json")
        package, _, kind = kind.rpartition(".")
        if package.split(".")[0] != "sentence_transformers":  # the code of the folder itself is never run
            raise FileProblem(folder / "modules.json", told("the model brings code of its own"), advice=readable())
        found.append((kind, path))
    kinds = [kind for kind, _ in found]
    if kinds[:2] != ["Transformer", "Pooling"] or not set(kinds[2:]) <= {"Dense", "Normalize"} or found[0][1] not in ("", "."):
        raise NotReadable(f"modules {kinds}")
    return found


def _pooling(files: ModelFiles, path: str) -> list[str]:
    config = files.json(f"{path}/config.json")
    modes = [mode for mode in _POOLINGS if config.get(f"pooling_mode_{mode}")]
    if not modes or any(config.get(f"pooling_mode_{other}") for other in ("weightedmean_tokens", "lasttoken")):
        raise NotReadable("pooling")
    return modes


def _dense(files: ModelFiles, path: str, width: int) -> tuple[Callable[[Floats], Floats], int]:
    config = files.json(f"{path}/config.json")
    activation = str(config.get("activation_function", "torch.nn.modules.activation.Tanh")).rpartition(".")[2]
    if activation not in ("Tanh", "Identity"):
        raise NotReadable(f"activation {activation}")
    tensors = files.tensors(f"{path}/model.safetensors")
    weight = tensors.get("linear.weight", np.zeros((0, 0), np.float32))
    bias = tensors.get("linear.bias", np.zeros(len(weight), np.float32))
    if weight.ndim != 2 or weight.shape[1] != width or not len(weight) or bias.shape != weight.shape[:1]:
        raise NotReadable(f"Dense {weight.shape} after {width}")
    act: Callable[[Floats], Floats] = np.tanh if activation == "Tanh" else lambda x: x
    return lambda x: act(x @ weight.T + bias), len(weight)


# --- another architecture -----------------------------------------------------------


def _installed_model(folder: Path, reason: str) -> Model:
    """The folder through the package `sentence_transformers`, without running code of the folder and without pickles."""
    problem = FileProblem(folder, told("this kind of model is not read here ({reason})", reason=reason), advice=readable())
    try:
        from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise problem from None
    files = ModelFiles(folder)
    files.bytes("model.safetensors", "tensors")
    for path in sorted(folder.glob("**/*.json")):
        files.bytes(str(path.relative_to(folder)), "tokenizer")
    try:
        safely = {"trust_remote_code": False, "local_files_only": True, "model_kwargs": {"use_safetensors": True}}
        model = SentenceTransformer(str(folder), device="cpu", **safely)
        width = int(model.get_sentence_embedding_dimension())
    except Exception:
        raise problem from None

    def encode(texts: Sequence[str], step: Step) -> Floats:
        found = np.asarray(model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False), np.float32)
        step(len(texts), len(texts))
        return found

    return Model(folder.name, files.fingerprint, width, encode)
