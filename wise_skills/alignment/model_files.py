"""The files of an embedding model's folder: numbers and JSON, each read within a limit, never a pickle."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from wise_skills.alignment.transformer import MODEL_TYPES, Floats
from wise_skills.errors import FileProblem, TooBig
from wise_skills.speech import told

_MOST_BYTES = {"json": 1 << 20, "tokenizer": 1 << 26, "tensors": 3 << 30}


class ModelFiles:
    """Reads files of a folder by their names in it, and keeps a hash of what it has read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._digest = hashlib.sha256()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of names and bytes of what was read so far."""
        return self._digest.hexdigest()

    def bytes(self, name: str, kind: str = "json") -> bytes:
        """Return the bytes of a file; `kind` (`json`, `tokenizer`, `tensors`) says how many there may be (`FileProblem`, `TooBig`)."""
        path = self.folder / name
        try:
            size = path.stat().st_size
            if size > _MOST_BYTES[kind]:
                raise TooBig(str(path), f"{size / 1e6:,.0f} MB", f"{_MOST_BYTES[kind] / 1e6:,.0f} MB")
            data = path.read_bytes()
        except OSError:
            raise FileProblem(path, told("it is missing or cannot be read"), advice=readable()) from None
        self._digest.update(f"{name}:{len(data)}:".encode())
        self._digest.update(data)
        return data

    def json(self, name: str, *, needed: bool = True, kind: type = dict) -> Any:
        """Return a JSON file, an object or (`kind`) a list; an empty object where it is not needed and not there."""
        path = self.folder / name
        if not needed and not path.exists():
            return {}
        try:
            found = json.loads(self.bytes(name))
        except (ValueError, RecursionError):
            raise damaged(path) from None
        if not isinstance(found, kind):
            raise damaged(path)
        return found

    def tensors(self, name: str) -> dict[str, Floats]:
        """Return the tensors of a safetensors file that hold fractions, as float32."""
        from safetensors import SafetensorError
        from safetensors.numpy import load

        data = self.bytes(name, "tensors")
        try:
            return {key: value.astype(np.float32) for key, value in load(data).items() if value.dtype.kind == "f"}
        except (SafetensorError, ValueError, TypeError, KeyError, MemoryError):  # bfloat16 has no numpy type
            raise damaged(self.folder / name) from None


def damaged(path: Path) -> FileProblem:
    """Return the problem of a file that is not what it should be."""
    return FileProblem(path, told("it cannot be understood"), advice=readable())


def again() -> str:
    """Return the advice for files that do not fit together."""
    return told("Its files may be damaged; fetch it again.")


def readable() -> str:
    """Return the advice that says what is read."""
    files = "modules.json, config.json, tokenizer.json, model.safetensors"
    return told("Give a sentence-transformers folder ({kinds}) with {files}.", kinds=", ".join(MODEL_TYPES), files=files)
