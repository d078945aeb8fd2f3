"""What a release keeps beside its store and is made from the finished store: what the matcher reads, and the ledger of alignments."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox

from wise_skills.alignment import index
from wise_skills.mappings import cube
from wise_skills.mappings.ledger import read_ledger
from wise_skills.mappings.stored import asking
from wise_skills.names import Names
from wise_skills.source import code_fingerprint


def fingerprint() -> str:
    """Return a hash of the code that makes it: a release of the same data that other code made is made anew."""
    return hashlib.sha256(f"{index.fingerprint()} {code_fingerprint(Path(cube.__file__).parent)}".encode()).hexdigest()


def make(release: Path, names: Names, version: str, cache: Path, learning: Callable[[int, int], None]) -> None:
    """Fill the folder `alignment` of a release, and write `dump/alignments.ttl` (RDF Data Cube).

    Parameters
    ----------
    release:
        Folder of the release, with its store in `graph`.
    names, version:
        The names under its base, and its id.
    cache:
        Folder in which what was learned is kept by its content.
    learning:
        Called with how much has been learned, and the whole; not at all where nothing new is to be learned.
    """
    index.build(release / "alignment", release / "graph", names, cache, learning)
    counted = read_ledger(asking(ox.Store.read_only(str(release / "graph")), names), names)
    (release / "dump" / "alignments.ttl").write_text(cube.turtle(counted, names, version), encoding="utf-8")
