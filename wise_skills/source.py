"""What a source of a build is, and how it is known to be unchanged."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from wise_skills.findings import Finding


@dataclass(frozen=True)
class Part:
    """What one source gave: N-Quads and findings."""

    nquads: bytes
    findings: tuple[Finding, ...] = ()


class Source(Protocol):
    """One input of a build."""

    @property
    def name(self) -> str:
        """Name for people: `be`, `ontology`, `be/profiles-esco.sssom.tsv`."""

    @property
    def files(self) -> Sequence[Path]:
        """Files that it reads, for the list of inputs in `release.json`."""

    def fingerprint(self) -> str:
        """Hash of everything that the result depends on."""

    def load(self) -> Part:
        """Read, check and return the quads."""


def code_fingerprint(*packages: Path) -> str:
    """Return a hash of the Python sources of some packages: a cache entry is only good for the code that made it."""
    digest = hashlib.sha256()
    for package in packages:
        for path in sorted(package.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def file_fingerprint(paths: Iterable[Path], *more: str) -> str:
    """Return a hash of names and contents of files and of some further texts."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.parent.name}/{path.name}\0".encode() + path.read_bytes() + b"\0")
    for text in more:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()


def nquads(quads: Iterable[ox.Quad]) -> bytes:
    """Serialise quads as N-Quads."""
    out = io.BytesIO()
    ox.serialize(quads, out, ox.RdfFormat.N_QUADS)
    return out.getvalue()
