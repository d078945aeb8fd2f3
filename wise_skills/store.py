"""The store of a release and its dump: how quads get to disk.

The dump is sorted bytewise and free of doubles, so that the same data give the same file and the same
SHA-256, and two releases can be compared with `diff` (RDF 1.1 N-Quads §2; no blank nodes in our data).
"""

from __future__ import annotations

import gzip
import hashlib
import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from wise_skills.errors import FileProblem

PIECE_BYTES = 120_000_000
"""So much of an N-Quads file is loaded at once. For ESCO's 2.2 million quads: 0.8 GB of memory instead of 1.5 in one call."""
CHUNK_LINES = 500_000
"""So many lines are sorted in memory at once; more are merged from files."""


def bulk_load(folder: Path, *sources: Iterable[ox.Quad] | Path, optimize: bool = True) -> None:
    """Write quads, or N-Quads files (also gzipped), into the store at `folder`, which may hold some already.

    With the bulk loader, which takes a sixth of the disk of ordinary loading; a large file by pieces, because the
    loader keeps in memory what it is given at once. Raises `FileProblem` if a file is no N-Quads.

    Parameters
    ----------
    folder:
        Folder of the store; it is made where it is missing.
    sources:
        What is to be loaded.
    optimize:
        Whether the whole store is rewritten for reading, which takes time by its size.
    """
    store = ox.Store(str(folder))
    for source in sources:
        if isinstance(source, Path):
            for piece in _pieces(source):
                try:
                    store.bulk_load(input=piece, format=ox.RdfFormat.N_QUADS)
                except SyntaxError as error:
                    raise FileProblem(source, f"is no N-Quads file: {error}") from None
        else:
            store.bulk_extend(source)
    store.flush()
    if optimize:
        store.optimize()


def copy(folder: Path, target: Path) -> None:
    """Make a store at `target` that holds what another does: the files of RocksDB never change, so they are linked."""
    ox.Store(str(folder)).backup(str(target))


def lines_of(path: Path) -> BinaryIO:
    """Open an N-Quads file, gzipped or not, to be read by lines."""
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _pieces(path: Path) -> Iterator[bytes]:
    with lines_of(path) as file:
        while lines := file.readlines(PIECE_BYTES):
            yield b"".join(lines)


def counts(folder: Path, graphs: Iterable[str] | None = None) -> dict[str, int]:
    """Return the number of triples of each named graph of a store, or of some of them, sorted by the graph's IRI."""
    found = ox.Store.read_only(str(folder))
    wanted = sorted(graphs) if graphs is not None else sorted(g.value for g in found.named_graphs() if isinstance(g, ox.NamedNode))
    return {graph: _count(found, graph) for graph in wanted}


def _count(store: ox.Store, graph: str) -> int:
    answer = store.query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
    assert isinstance(answer, ox.QuerySolutions)
    return int(next(answer)["n"].value)


def read_nquads(path: Path) -> Iterator[ox.Quad]:
    """Yield the quads of an N-Quads file; raises `FileProblem` where it is broken."""
    try:
        yield from ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise FileProblem(path, f"is no N-Quads file: {error}") from None


def write_nquads(path: Path, quads: Iterable[ox.Quad]) -> str:
    """Write quads as a sorted N-Quads file without doubles; return its SHA-256 in hexadecimal."""
    with ExitStack() as stack:
        unsorted = stack.enter_context(tempfile.TemporaryFile(dir=path.parent))
        ox.serialize(quads, unsorted, format=ox.RdfFormat.N_QUADS)
        unsorted.seek(0)
        parts = [_sorted_part(lines, path.parent, stack) for lines in _chunks(unsorted)]
        digest = hashlib.sha256()
        with path.open("wb") as target:
            for line, _ in groupby(heapq.merge(*parts)):
                target.write(line)
                digest.update(line)
    return digest.hexdigest()


def _chunks(lines: BinaryIO) -> Iterator[list[bytes]]:
    while chunk := list(islice(lines, CHUNK_LINES)):
        chunk.sort()
        yield chunk


def _sorted_part(lines: list[bytes], folder: Path, stack: ExitStack) -> Iterable[bytes]:
    if len(lines) < CHUNK_LINES:
        return lines  # the last one may stay in memory
    part = stack.enter_context(tempfile.TemporaryFile(dir=folder))  # noqa: SIM115  (the stack closes it)
    part.writelines(lines)
    part.seek(0)
    return part
