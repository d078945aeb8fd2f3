"""What the shapes for ESCO look at: a part of a large N-Quads file in a store, or a store that somebody loaded.

The file is never held in memory. The lines that constraints can ask about (a third of those of a package) go into an
Oxigraph store: in memory if they are few, else in a folder that is removed afterwards.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from wise_skills.errors import FileProblem
from wise_skills.names import PREF_LABEL, RDF_TYPE
from wise_skills.store import PIECE_BYTES, lines_of

IN_MEMORY_BYTES = 250_000_000
"""An excerpt up to this size is loaded into memory (0.4 GB for English), a larger one on disk, which takes twice the time."""
_OF_A_LIST = re.compile(
    r"http://(www\.w3\.org/2004/02/skos/core#|data\.europa\.eu/esco/(model#|skill-type/|skill-reuse-level/|regulated-pro))"
)


class Iri(str):
    """A text that is an IRI, equal to the same text."""


@dataclass
class View:
    """A store, and which of its graphs count; all of them where none is named."""

    store: ox.Store
    graphs: Sequence[ox.NamedNode] = ()
    labels: dict[str, str] = field(default_factory=dict)

    def select(self, query: str) -> ox.QuerySolutions:
        """Run a SELECT over the graphs that count."""
        found = self.store.query(query, use_default_graph_as_union=not self.graphs, default_graph=list(self.graphs) or None)
        assert isinstance(found, ox.QuerySolutions)
        return found

    def focus(self, query: str) -> set[str]:
        """Return the IRIs that a query binds to `?this`."""
        return {text(solution["this"]) for solution in self.select(query)}

    def objects(self, subject: str, predicate: str) -> Iterator[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
        """Yield the objects of a subject's statements with a predicate."""
        for quad in self.store.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(predicate), None, None):
            if not self.graphs or quad.graph_name in self.graphs:
                yield quad.object

    def named(self, value: str) -> str:
        """Return what a sentence calls a value: a concept by its label, a term of a list by its name, a literal as it is."""
        if not isinstance(value, Iri):
            return value
        if value not in self.labels:
            texts = {o.language or "": o.value for o in self.objects(value, PREF_LABEL) if isinstance(o, ox.Literal)}
            label = texts.get("en") or next((texts[tag] for tag in sorted(texts)), "")
            plain = re.split("[/#]", value)[-1] if _OF_A_LIST.match(value) else value
            self.labels[value] = f"“{label}”" if label else plain
        return self.labels[value]


def text(term: object) -> str:
    """Return the IRI of a term, as an `Iri`, or its lexical form."""
    return Iri(term.value) if isinstance(term, ox.NamedNode) else str(getattr(term, "value", term))


@contextmanager
def opened(data: Path | ox.Store, context: Path | None, terms: Collection[str], graphs: Sequence[str]) -> Iterator[View]:
    """Open a store as it is, or N-Quads files (also gzipped) as far as their predicates and classes are among some terms.

    Raises `FileProblem` where a file is no N-Quads.
    """
    if isinstance(data, ox.Store):
        yield View(data, [ox.NamedNode(g) for g in graphs])
        return
    with tempfile.TemporaryDirectory(prefix="wise-check-") as folder:
        excerpt = Path(folder) / "excerpt.nq"
        with excerpt.open("wb") as out:
            if context:
                out.write(_kept_once(context, context.stat().st_mtime_ns, frozenset(terms)))
            for lines in _kept(data, terms):
                out.writelines(lines)
        small = excerpt.stat().st_size <= IN_MEMORY_BYTES
        store = ox.Store() if small else ox.Store(str(Path(folder) / "store"))
        with excerpt.open("rb") as file:
            while lines := file.readlines(PIECE_BYTES):
                try:
                    store.bulk_load(input=b"".join(lines), format=ox.RdfFormat.N_QUADS)
                except SyntaxError as error:
                    raise FileProblem(data, f"is no N-Quads file: {error}") from None
        excerpt.unlink()
        yield View(store)
        del store


@lru_cache(maxsize=1)
def _kept_once(path: Path, changed: int, terms: frozenset[str]) -> bytes:
    """The lines of the file that stands beside every mapping table: read once for all of them (7 MB for a package)."""
    return b"".join(line for lines in _kept(path, terms) for line in lines)


def _kept(path: Path, terms: Collection[str]) -> Iterator[list[bytes]]:
    """The lines whose predicate, or whose class, is wanted. Our writers put one blank between the terms of a quad."""
    wanted = {f"<{term}>".encode() for term in terms}
    a = f"<{RDF_TYPE}>".encode()
    with lines_of(path) as file:
        while lines := file.readlines(PIECE_BYTES):
            kept = []
            for line in lines:
                parts = line.split(b" ", 3)
                if len(parts) < 4 or (parts[1] in wanted and (parts[1] != a or parts[2] in wanted)):
                    kept.append(line)  # what is no quad is for the parser to refuse
            yield kept
