"""What a source of a build is, and how it is known to be unchanged."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

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


@dataclass(frozen=True)
class Written:
    """What a reference source gave beside its quads: findings, and facts about it for `release.json`.

    The facts are `title`, `version`, `languages`, `licence`, `attribution` and `counts`, as far as they are known.
    """

    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


class Reference(Protocol):
    """A large input that others publish (ESCO, a classification, a mapping table): its quads go straight to a file."""

    @property
    def name(self) -> str:
        """Name for people, and of its graph: `esco`, `mappings/fr-rome`."""

    @property
    def files(self) -> Sequence[Path]:
        """Files that it reads, for the list of inputs in `release.json`."""

    def fingerprint(self) -> str:
        """Hash of everything that the result depends on."""

    def write(self, out: BinaryIO, progress: Callable[[str], None] = ...) -> Written:
        """Write N-Quads, one a line, doubles allowed; raise only for a file that cannot be read at all."""


def code_fingerprint(*packages: Path) -> str:
    """Return a hash of the Python sources of some packages: a cache entry is only good for the code that made it."""
    digest = hashlib.sha256()
    for package in packages:
        for path in sorted(package.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def file_digest(path: Path) -> bytes:
    """Return the SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def file_fingerprint(paths: Iterable[Path], *more: str) -> str:
    """Return a hash of names and contents of files and of some further texts."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.parent.name}/{path.name}\0".encode() + file_digest(path))
    for text in more:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()


def nquads(quads: Iterable[ox.Quad]) -> bytes:
    """Serialise quads as N-Quads."""
    out = io.BytesIO()
    ox.serialize(quads, out, ox.RdfFormat.N_QUADS)
    return out.getvalue()
