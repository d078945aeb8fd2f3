"""What an index of labels takes from quads: texts that name things, and the classes of things.

SKOS-XL labels are left out, because they repeat the plain ones; their nodes, ESCO's nodes of texts and its
relations are no things that anybody looks for.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple, cast

import pyoxigraph as ox

from wise_skills.errors import FileProblem
from wise_skills.names import ALT_LABEL, DCT, NOTATION, PREF_LABEL, RDF_TYPE, RDFS, SH, SKOS

HIDDEN_LABEL = SKOS + "hiddenLabel"
PROPERTIES = (PREF_LABEL, RDFS + "label", DCT + "title", ALT_LABEL, NOTATION, HIDDEN_LABEL)
"""What counts as a text to search, the best name first.

Alternative labels and notations serve as a name only if no other is there, hidden labels never.
"""
NAMES, SHOWN = 3, 5
"""So many of `PROPERTIES` are names; so many may be shown at all."""

KIND = -1
"""Stands for `rdf:type` in place of the number of a property."""
_NO_THINGS = {
    "http://www.w3.org/2008/05/skos-xl#Label",
    "http://data.europa.eu/esco/model#NodeLiteral",
    "http://data.europa.eu/esco/model#AssociationObject",
    SH + "SPARQLExecutable",  # a question: the catalogue has a search of its own
}
_NUMBERS = {iri: number for number, iri in enumerate(PROPERTIES)} | {RDF_TYPE: KIND}
_WANTED = {f"<{iri}>".encode() for iri in _NUMBERS}
_UNWANTED = tuple(f"<{iri}>".encode() for iri in _NO_THINGS)
_BLOCK = 1 << 22


class Text(NamedTuple):
    """A text of a thing, or, where `property_` is `KIND`, one of its classes."""

    iri: str
    graph: str
    property_: int
    text: str
    language: str


def texts(source: Path | Iterable[ox.Quad | Path]) -> Iterator[Text]:
    """Yield the texts and classes among quads, those of N-Quads files (also gzipped) without reading anything else in them.

    Raises `FileProblem` for a file that is missing or broken where labels stand.
    """
    for item in [source] if isinstance(source, Path) else source:
        yield from _texts(_read(item) if isinstance(item, Path) else (item,))


def _texts(quads: Iterable[ox.Quad]) -> Iterator[Text]:
    for quad in quads:
        number = _NUMBERS.get(quad.predicate.value)
        subject, object_ = quad.subject, quad.object
        if number is None or not isinstance(subject, ox.NamedNode):
            continue
        graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        if isinstance(object_, ox.Literal):
            if number != KIND and object_.value.strip():
                yield Text(subject.value, graph, number, object_.value, object_.language or "")
        elif number == KIND and isinstance(object_, ox.NamedNode) and object_.value not in _NO_THINGS:
            yield Text(subject.value, graph, KIND, object_.value, "")


def _read(path: Path) -> Iterator[ox.Quad]:
    """Pick the lines before they are parsed: nine of ten say something else."""
    try:
        with cast(IO[bytes], gzip.open(path)) if path.suffix == ".gz" else path.open("rb") as file:
            while lines := file.readlines(_BLOCK):
                yield from ox.parse(b"".join(line for line in lines if _is_wanted(line)), ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise FileProblem(path, f"is no N-Quads file: {error}") from None
    except (OSError, EOFError) as error:
        raise FileProblem(path, f"cannot be read: {error}") from None


def _is_wanted(line: bytes) -> bool:
    parts = line.split(None, 2)
    # Lines of an unusual form are left to the parser.
    return len(parts) < 3 or ((parts[1] in _WANTED or parts[1][:1] != b"<") and not parts[2].startswith(_UNWANTED))
