"""Engines answer SPARQL queries; the page and the command line know only this module.

An engine is anything with the methods of `Engine`. Two are registered in `ENGINES`: `embedded` reads the
store of a release on this machine in killable worker processes, `remote` asks a SPARQL 1.1 endpoint. Both
check every text with `guard` first, keep the same `Limits`, raise the same errors (`wise_skills.errors`) and
give the same answers.

This module stays light, because every worker process imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

if TYPE_CHECKING:
    from wise_skills.release import Release
    from wise_skills.terms import Table

Kind = Literal["select", "ask", "construct", "describe"]

SELECT_TYPES = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
"""Media types of SELECT answers, best first (SPARQL 1.1 Query Results JSON, XML, CSV and TSV Formats)."""
ASK_TYPES = SELECT_TYPES[:2]
"""Media types of ASK answers: CSV and TSV do not define one."""
GRAPH_TYPES = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml")
"""Media types of CONSTRUCT and DESCRIBE answers, best first."""


def media_types(kind: Kind) -> tuple[str, ...]:
    """Return the media types that a form of query can be answered in, best first."""
    return {"select": SELECT_TYPES, "ask": ASK_TYPES}.get(kind, GRAPH_TYPES)


@dataclass(frozen=True)
class Limits:
    """What one query may cost; every refusal names the limit that it met.

    `seconds` of wall time, `rows` of a table or triples of a graph (more are cut and the answer says so),
    `bytes` of the answer, bytes of `memory` a query may add, `concurrent` queries at once, seconds to `wait`
    for a free worker, `query_chars` of text and `depth` of brackets.
    """

    seconds: float = 10.0
    rows: int = 10_000
    bytes: int = 20_000_000
    memory: int = 512_000_000
    concurrent: int = 4
    wait: float = 2.0
    query_chars: int = 16_000
    depth: int = 64


@dataclass(frozen=True)
class Answer:
    """A serialised answer: `rows` counts solutions or triples, and is None for ASK."""

    body: bytes
    media_type: str
    kind: Kind
    truncated: bool = False
    rows: int | None = None


class Engine(Protocol):
    """Reads a graph. Safe to use from several threads at once.

    `version` changes when the data change: the release id for `embedded`; caches use it as their key.
    All methods that take a query raise `QueryError`s; `remote` also raises `EngineError`s.
    """

    @property
    def name(self) -> str:
        """Return the engine's name in `ENGINES`."""

    @property
    def version(self) -> str:
        """Return a text that changes when the data change."""

    @property
    def limits(self) -> Limits:
        """Return the limits that hold when a call names none."""

    def select(self, query: str, *, limits: Limits | None = None) -> Table:
        """Return the table of a SELECT query."""

    def ask(self, query: str, *, limits: Limits | None = None) -> bool:
        """Return the answer of an ASK query."""

    def answer(
        self,
        query: str,
        *,
        media_type: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        limits: Limits | None = None,
    ) -> Answer:
        """Return the answer of any query, serialised; the graphs are the protocol's dataset."""

    def kind(self, query: str) -> Kind:
        """Return the form of a query."""

    def graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs, sorted."""

    def close(self) -> None:
        """Free what the engine holds; it cannot be used afterwards."""

    def __enter__(self) -> Self:
        """Return the engine."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        """Close it."""


def _embedded(*, release: Release, limits: Limits) -> Engine:
    from wise_skills.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(release.graph, version=release.id, limits=limits)


def _remote(*, endpoint: str, limits: Limits) -> Engine:
    from wise_skills.engines.remote import RemoteEngine

    return RemoteEngine(endpoint, limits=limits)


ENGINES: dict[str, Callable[..., Engine]] = {"embedded": _embedded, "remote": _remote}
"""Name → function that makes the engine; imports wait until one is asked for."""


def open_engine(release: Release | Path | None = None, endpoint: str | None = None, *, limits: Limits | None = None) -> Engine:
    """Open the engine for an endpoint if one is given, else for a release (or the path of one).

    Raises `ReleaseError` if the path is no release.
    """
    options: dict[str, Any] = {"limits": limits or Limits()}
    if endpoint:
        return ENGINES["remote"](endpoint=endpoint, **options)
    from wise_skills.release import Release, open_release

    opened = release if isinstance(release, Release) else open_release(release or Path("build"))
    return ENGINES["embedded"](release=opened, **options)
