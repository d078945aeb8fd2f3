"""One result, many renderings: by pyoxigraph's own readers and writers, but for CSV.

Engines hold a table as SPARQL TSV or JSON and a graph as N-Triples, because in TSV and N-Triples a line is a
row, so that an answer can be cut at a row without being understood.

Clauses: SPARQL 1.1 Query Results CSV and TSV Formats §4, RDF 1.1 N-Triples §2.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from wise_skills.engines import SELECT_TYPES
from wise_skills.errors import QueryFailed
from wise_skills.names import BASE, PREFIXES

if TYPE_CHECKING:
    from typing_extensions import Buffer

_TABLE_FORMATS = {
    SELECT_TYPES[0]: ox.QueryResultsFormat.JSON,
    SELECT_TYPES[1]: ox.QueryResultsFormat.XML,
    SELECT_TYPES[2]: ox.QueryResultsFormat.CSV,
    SELECT_TYPES[3]: ox.QueryResultsFormat.TSV,
}
_GRAPH_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
# Not those of our folders: `id:be\/form\/…` is harder to read than the address.
_TURTLE_PREFIXES = {name: base for name, base in PREFIXES.items() if not (base.startswith(BASE) and base.endswith("/"))}
_XML_NAME = re.compile(r".*[^\W\d][\w.\-]*", re.DOTALL)


class FullError(Exception):
    """Raised inside `Lines.write` to stop a query that has given enough."""


class Lines(io.BytesIO):
    """A file that stops the writing after so many lines or bytes; this also stops the query."""

    def __init__(self, lines: int, size: int) -> None:
        super().__init__()
        self.lines, self.size = lines, size
        self.line_count = 0

    def write(self, chunk: Buffer, /) -> int:
        """Keep a chunk; raises `FullError` as soon as a limit is passed."""
        written = super().write(chunk)
        self.line_count += bytes(chunk).count(b"\n")
        if self.line_count > self.lines or self.tell() > self.size:
            raise FullError
        return written


def table(tsv: bytes, media_type: str) -> bytes:
    """Return TSV results in another media type."""
    return results(tsv, SELECT_TYPES[3], media_type)


def results(body: bytes, given: str, media_type: str) -> bytes:
    """Return SELECT or ASK results of one media type in another; raises `ValueError` if they are cut."""
    if given == media_type:
        return body
    parsed = ox.parse_query_results(body, format=_TABLE_FORMATS[given])
    if media_type == SELECT_TYPES[2] and isinstance(parsed, ox.QuerySolutions):
        return _csv(parsed)
    return parsed.serialize(format=_TABLE_FORMATS[media_type]) or b""


def _csv(found: ox.QuerySolutions) -> bytes:
    """Return CSV results (RFC 4180); pyoxigraph 0.5 does not quote an IRI that holds a comma."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    variables = [variable.value for variable in found.variables]
    writer.writerow(variables)
    for solution in found:
        terms = (solution[variable] for variable in variables)
        writer.writerow(["" if t is None else str(t) if isinstance(t, ox.BlankNode) else getattr(t, "value", str(t)) for t in terms])
    return out.getvalue().encode()


def boolean(value: bool, media_type: str) -> bytes:
    """Return the answer of ASK."""
    return results(b'{"head":{},"boolean":%s}' % (b"true" if value else b"false"), SELECT_TYPES[0], media_type)


def graph(triples: bytes, media_type: str) -> bytes:
    """Return N-Triples in another media type, with the project's prefixes where the format has them.

    Raises `QueryFailed` if RDF/XML is asked for and a property has no XML name (RDF/XML Syntax §6.1.4), which
    pyoxigraph would write as broken XML.
    """
    target = _GRAPH_FORMATS[media_type]
    if target == ox.RdfFormat.N_TRIPLES:
        return triples
    found = list(ox.parse(triples, format=ox.RdfFormat.N_TRIPLES))
    if target == ox.RdfFormat.RDF_XML:
        for quad in found:
            if not _XML_NAME.fullmatch(quad.predicate.value):
                raise QueryFailed(f"the property {quad.predicate} cannot be written in RDF/XML; ask for Turtle")
    used = {name: base for name, base in _TURTLE_PREFIXES.items() if base.encode() in triples}
    return ox.serialize((quad.triple for quad in found), format=target, prefixes=used) or b""
