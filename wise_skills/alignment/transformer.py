"""The forward pass of BERT-type encoders, in numpy.

Devlin et al. 2019 (BERT) and Liu et al. 2019 (RoBERTa), whose XLM-R and CamemBERT differ from BERT in how positions are
numbered. Texts of one length are computed together, so nothing is padded and no mask is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MODEL_TYPES = {"bert": False, "roberta": True, "xlm-roberta": True, "camembert": True}
"""The values of `model_type` that are read, and whether positions are numbered after the padding token's."""

_PREFIXES = ("", "bert.", "roberta.")
_BLOCK = 1 << 15  # numbers that fit the processor's cache together with their intermediate results


class NotReadable(ValueError):
    """The configuration or the tensors do not make an encoder that can be computed; the text says why, for programmers."""


@dataclass(frozen=True, slots=True)
class _Linear:
    weight: Floats  # transposed: inputs × outputs
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        found: Floats = x @ self.weight
        found += self.bias
        return found


@dataclass(frozen=True, slots=True)
class _Layer:
    all_heads: _Linear  # queries, keys and values side by side
    out: _Linear
    after_attention: tuple[Floats, Floats]
    up: _Linear
    down: _Linear
    after_feed: tuple[Floats, Floats]


class Transformer:
    """An encoder: token numbers in, one vector per token out.

    Attributes
    ----------
    width:
        Length of the vectors.
    vocabulary:
        Number of tokens it has vectors for.
    longest:
        The most tokens a text may have.
    """

    def __init__(self, config: Mapping[str, Any], tensors: Mapping[str, Floats]) -> None:
        """Take a transformers `config.json` and the tensors by name (shapes are checked; `NotReadable`)."""
        kind = str(config.get("model_type"))
        if kind not in MODEL_TYPES or config.get("position_embedding_type", "absolute") != "absolute" or config.get("is_decoder"):
            raise NotReadable(f"model_type {kind!r}")
        self.activation = str(config.get("hidden_act", "gelu"))
        if self.activation not in _ACTIVATIONS:
            raise NotReadable(f"hidden_act {self.activation!r}")
        self.epsilon = _number(config, "layer_norm_eps", 1e-12, float)
        self.heads, layers = (_number(config, name, None, int) for name in ("num_attention_heads", "num_hidden_layers"))
        prefix = next((p for p in _PREFIXES if f"{p}embeddings.word_embeddings.weight" in tensors), None)
        if prefix is None:
            raise NotReadable("no embeddings.word_embeddings.weight")
        taken = _Tensors(tensors, prefix)
        self.width = tensors[f"{prefix}embeddings.word_embeddings.weight"].shape[-1]
        if self.heads < 1 or self.width % self.heads or not 0 < layers < len(tensors):
            raise NotReadable(f"{layers} layers, {self.heads} heads, width {self.width}")
        width = self.width
        self._words = taken("embeddings.word_embeddings.weight", -1, width)
        positions = taken("embeddings.position_embeddings.weight", -1, width)
        kinds = taken("embeddings.token_type_embeddings.weight", -1, width)
        self._first = _number(config, "pad_token_id", 1, int) + 1 if MODEL_TYPES[kind] else 0
        if not 0 <= self._first < len(positions):
            raise NotReadable(f"pad_token_id {self._first - 1}")
        self._places = positions[self._first :] + kinds[0]  # every text is of one kind: the first
        self.vocabulary, self.longest = len(self._words), len(self._places)
        self._norm = taken.pair("embeddings.LayerNorm", width)
        self._layers = [self._layer(taken, f"encoder.layer.{number}.") for number in range(layers)]

    def _layer(self, taken: _Tensors, at: str) -> _Layer:
        width = self.width
        parts = [taken.linear(f"{at}attention.self.{name}", width, width) for name in ("query", "key", "value")]
        scale = np.float32(1 / np.sqrt(width // self.heads))
        parts[0] = _Linear(parts[0].weight * scale, parts[0].bias * scale)
        inner = taken(f"{at}intermediate.dense.weight", -1, width).shape[0]
        return _Layer(
            all_heads=_Linear(np.hstack([p.weight for p in parts]), np.hstack([p.bias for p in parts])),
            out=taken.linear(f"{at}attention.output.dense", width, width),
            after_attention=taken.pair(f"{at}attention.output.LayerNorm", width),
            up=taken.linear(f"{at}intermediate.dense", width, inner),
            down=taken.linear(f"{at}output.dense", inner, width),
            after_feed=taken.pair(f"{at}output.LayerNorm", width),
        )

    def __call__(self, tokens: NDArray[np.int64]) -> Floats:
        """Return the vectors of the tokens of texts of one length.

        Parameters
        ----------
        tokens:
            Token numbers, texts × tokens; both more than none, no number beyond the vocabulary.

        Returns
        -------
        float32, texts × tokens × width.
        """
        texts, length = tokens.shape
        x = self._words[tokens] + self._places[:length]
        x = self._normalised(x.reshape(texts * length, self.width), self._norm)
        for layer in self._layers:
            x = self._normalised(x + layer.out(self._attended(layer.all_heads(x), texts, length)), layer.after_attention)
            x = self._normalised(x + layer.down(_ACTIVATIONS[self.activation](layer.up(x))), layer.after_feed)
        return x.reshape(texts, length, self.width)

    def _attended(self, mixed: Floats, texts: int, length: int) -> Floats:
        queries, keys, values = mixed.reshape(texts, length, 3, self.heads, -1).transpose(2, 0, 3, 1, 4)
        weights = np.matmul(queries, keys.transpose(0, 1, 3, 2))
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        found: Floats = np.matmul(weights, values).transpose(0, 2, 1, 3).reshape(texts * length, self.width)
        return found

    def _normalised(self, x: Floats, by: tuple[Floats, Floats]) -> Floats:
        x = x - x.mean(axis=1, keepdims=True)
        x /= np.sqrt(np.einsum("ij,ij->i", x, x)[:, None] / np.float32(self.width) + np.float32(self.epsilon))
        x *= by[0]
        x += by[1]
        return x


class _Tensors:
    """The tensors of a model, each taken with the shape it must have."""

    def __init__(self, tensors: Mapping[str, Floats], prefix: str) -> None:
        self.tensors, self.prefix = tensors, prefix

    def __call__(self, name: str, *shape: int) -> Floats:
        found = self.tensors.get(self.prefix + name)
        if found is None:
            raise NotReadable(f"no {name}")
        fits = found.ndim == len(shape) and all(want in (-1, have) for want, have in zip(shape, found.shape, strict=True))
        if not fits or 0 in found.shape:
            raise NotReadable(f"{name} has the shape {found.shape}")
        return found

    def linear(self, name: str, inputs: int, outputs: int) -> _Linear:
        return _Linear(np.ascontiguousarray(self(f"{name}.weight", outputs, inputs).T), self(f"{name}.bias", outputs))

    def pair(self, name: str, width: int) -> tuple[Floats, Floats]:
        return self(f"{name}.weight", width), self(f"{name}.bias", width)


def _number(config: Mapping[str, Any], name: str, default: Any, kind: type) -> Any:
    value = config.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | kind):
        raise NotReadable(f"{name} is {value!r}")
    return value


def _gelu(x: Floats) -> Floats:
    """Return x·Φ(x) in place; erf by Abramowitz and Stegun 7.1.26, whose error (1.5e-7) is that of float32."""
    flat = x.reshape(-1)
    for start in range(0, len(flat), _BLOCK):
        part = flat[start : start + _BLOCK]
        z = np.abs(part) * np.float32(np.sqrt(0.5))
        t = 1 / (1 + np.float32(0.3275911) * z)
        tail = np.float32(1.061405429) * t
        for number in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
            tail += np.float32(number)
            tail *= t
        z *= -z
        tail *= np.exp(z, out=z)
        tail *= np.float32(0.5)  # the share of the normal curve beyond |x|
        part *= np.where(part > 0, 1 - tail, tail)
    return x


def _gelu_tanh(x: Floats) -> Floats:
    found: Floats = 0.5 * x * (1 + np.tanh(np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x**3)))
    return found


def _relu(x: Floats) -> Floats:
    return np.maximum(x, 0, out=x)


_ACTIVATIONS = {"gelu": _gelu, "gelu_new": _gelu_tanh, "gelu_pytorch_tanh": _gelu_tanh, "relu": _relu}
