"""A SPARQL 1.1 endpoint as engine, for graphs or audiences that outgrow one machine.

Queries go by POST through SPARQLWrapper. Whether the endpoint's default graph is the union of its named graphs
is asked once; where it is not (Oxigraph without `--union-default-graph`, Fuseki), each request names all graphs
as its dataset, which the standard gives the same meaning, at a price. Tables are read as JSON while they come,
so that a long one is cut at the row limit as `embedded` does. Endpoints that cut in silence are found out:
JSON that breaks off is a timeout, Virtuoso's header and round numbers of rows are a cut answer.

Clauses: SPARQL 1.1 Protocol §2.1 (query, dataset), SPARQL 1.1 Query Results JSON Format §3.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
import urllib.error
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import pyoxigraph as ox
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from wise_skills.engines import Answer, Kind, Limits, formats, media_types
from wise_skills.engines.guard import Checked, check, check_graphs
from wise_skills.engines.stream import TooMuch, chunks, read_table
from wise_skills.engines.trouble import explain
from wise_skills.errors import (
    EndpointError,
    EndpointUnreachable,
    NotAcceptable,
    QueryFailed,
    QueryTimeout,
    QueryTooLarge,
    TooManyQueries,
)
from wise_skills.names import BASE
from wise_skills.terms import Table

FACTS_SECONDS = 300
"""So long we trust what we know about an endpoint; its `version` changes as often, and with it caches end."""
AGENT = "wise-skills (https://w3id.org/wise-skills/)"
_SILENT_CAPS = (10_000, 100_000, 1_000_000)
# SPARQLWrapper only needs to know the form; its own search for it in a long text can be very slow.
_OF_FORM = {"select": "SELECT * {}", "ask": "ASK {}", "construct": "CONSTRUCT {} {}", "describe": "DESCRIBE <x:x>"}


class RemoteEngine:
    """Answers queries from an endpoint; safe to use from several threads.

    Raises `EndpointUnreachable` on creation for an address that is no http or https address.
    """

    name = "remote"

    def __init__(
        self,
        endpoint: str,
        *,
        limits: Limits | None = None,
        user: str | None = None,
        password: str | None = None,
        base_iri: str = BASE,
    ) -> None:
        # urllib would also open file: addresses.
        if urlsplit(endpoint).scheme not in ("http", "https"):
            raise EndpointUnreachable(endpoint, "an address begins with https:// or http://")
        self.endpoint, self.base_iri = endpoint, base_iri
        self.limits = limits or Limits()
        self._login = (user, password) if user and password else None
        self._places = threading.BoundedSemaphore(self.limits.concurrent)
        self._facts_lock = threading.Lock()
        self._facts: tuple[int, tuple[str, ...], bool] | None = None

    @property
    def version(self) -> str:
        """Return the endpoint and a number that grows every few minutes."""
        return f"{self.endpoint}#{self._period()}"

    @property
    def is_union(self) -> bool:
        """Whether the endpoint's default graph is the union of its named graphs.

        Where it is not, answers are the same and take up to a hundred times as long, with hundreds of graphs.
        """
        return self._about()[1]

    def graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs, sorted."""
        return self._about()[0]

    def kind(self, query: str) -> Kind:
        """Return the form of a query; raises what `guard.check` raises."""
        return check(query, limits=self.limits, base_iri=self.base_iri).kind

    def select(self, query: str, *, limits: Limits | None = None) -> Table:
        """Return the table of a SELECT query."""
        kind, found = self._run(query, limits or self.limits)
        if not isinstance(found, Table):
            raise QueryFailed(f"a table was asked for, and {kind.upper()} gives none")
        return found

    def ask(self, query: str, *, limits: Limits | None = None) -> bool:
        """Return the answer of an ASK query."""
        kind, found = self._run(query, limits or self.limits)
        if not isinstance(found, bool):
            raise QueryFailed(f"yes or no was asked for, and {kind.upper()} gives something else")
        return found

    def answer(
        self,
        query: str,
        *,
        media_type: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        limits: Limits | None = None,
    ) -> Answer:
        """Return the answer of any query in a media type that `media_types` lists for its form."""
        limits = limits or self.limits
        possible = media_types(self._check(query, limits, bool(default_graphs or named_graphs)).kind)
        media_type = media_type or possible[0]
        if media_type not in possible:
            raise NotAcceptable(self.kind(query), media_type, possible)
        kind, found = self._run(query, limits, default_graphs, named_graphs)
        if isinstance(found, bool):
            return Answer(formats.boolean(found, media_type), media_type, kind)
        if isinstance(found, Table):
            body, truncated, rows = found.to(media_type), found.truncated, len(found)
        else:
            truncated = len(found) > limits.rows
            lines = found[: limits.rows]
            body, rows = formats.graph(b"".join(lines), media_type), len(lines)
        if len(body) > limits.bytes:
            raise QueryTooLarge("answer", limits.bytes)
        return Answer(body, media_type, kind, truncated, rows)

    def close(self) -> None:
        """Do nothing: each query has a connection of its own."""

    def __enter__(self) -> Self:
        """Return the engine."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        """Close it."""

    def _check(self, query: str, limits: Limits, protocol_dataset: bool) -> Checked:
        known = None if protocol_dataset or "from" not in query.lower() else self.graphs()
        return check(query, graphs=known, limits=limits, base_iri=self.base_iri)

    def _run(
        self, query: str, limits: Limits, default: Sequence[str] = (), named: Sequence[str] = ()
    ) -> tuple[Kind, Table | bool | list[bytes]]:
        checked = self._check(query, limits, bool(default or named))
        if default or named:
            check_graphs([*default, *named], self.graphs())
        elif checked.default_graphs or checked.named_graphs:
            default, named = checked.default_graphs, checked.named_graphs
        else:
            graphs, is_union = self._about()
            default = named = () if is_union else graphs
        # BASE gives relative addresses the meaning that they have in `embedded`.
        text = f"BASE <{self.base_iri}> {checked.text}"
        return checked.kind, self._fetch(text, checked.kind, limits, default, named)

    def _fetch(
        self, text: str, kind: Kind, limits: Limits, default: Sequence[str] = (), named: Sequence[str] = ()
    ) -> Table | bool | list[bytes]:
        deadline = time.monotonic() + limits.seconds
        with self._opened(text, kind, limits, default, named) as response:
            self._check_type(response, kind)
            parts = chunks(response, deadline, limits.bytes)
            try:
                if kind == "select":
                    table = read_table(parts, limits.rows)
                    cut = len(table) in _SILENT_CAPS or response.headers.get("X-SPARQL-MaxRows") is not None
                    return Table(table.variables, table.rows, table.truncated or cut)
                if kind == "ask":
                    return bool(json.loads(b"".join(parts))["boolean"])
                return _triples(b"".join(parts), response.headers.get_content_type())
            except TooMuch:
                raise QueryTooLarge("answer", limits.bytes) from None
            except (TimeoutError, http.client.IncompleteRead):
                raise QueryTimeout(limits.seconds) from None
            except (ValueError, SyntaxError):
                # The status was 200 before the endpoint stopped its query; what came breaks off.
                raise QueryTimeout(limits.seconds) from None
            except KeyError as error:
                raise EndpointError(self.endpoint, f"its answer has no {error}") from None

    def _check_type(self, response: http.client.HTTPResponse, kind: Kind) -> None:
        """Raise `EndpointError` for a page of some other kind with status 200."""
        given = response.headers.get("Content-Type")
        is_json = kind in ("select", "ask")
        if given and not ("json" in given if is_json else ox.RdfFormat.from_media_type(given)):
            raise EndpointError(self.endpoint, f"it sent {given.partition(';')[0]} in place of an answer")

    @contextmanager
    def _opened(
        self, text: str, kind: Kind, limits: Limits, default: Sequence[str], named: Sequence[str]
    ) -> Iterator[http.client.HTTPResponse]:
        if not self._places.acquire(timeout=limits.wait):
            raise TooManyQueries(limits.concurrent)
        try:
            wrapper = SPARQLWrapper(self.endpoint, agent=AGENT)
            wrapper.setQuery(_OF_FORM[kind])
            wrapper.queryString = text
            wrapper.setMethod(POST)
            wrapper.setOnlyConneg(True)
            wrapper.setReturnFormat(JSON if kind in ("select", "ask") else TURTLE)
            wrapper.setTimeout(max(1, round(limits.seconds)))
            wrapper.parameters = {"default-graph-uri": list(default), "named-graph-uri": list(named)}
            if self._login:
                wrapper.setCredentials(*self._login)
            try:
                response = wrapper.query().response
            except (SPARQLWrapperException, urllib.error.URLError, OSError, http.client.HTTPException) as error:
                raise explain(error, self.endpoint, limits) from None
            with response:
                yield response
        finally:
            self._places.release()

    def _period(self) -> int:
        return int(time.monotonic() // FACTS_SECONDS)

    def _about(self) -> tuple[tuple[str, ...], bool]:
        """Return the named graphs, and whether the default graph is their union."""
        with self._facts_lock:
            if self._facts is None or self._facts[0] != self._period():
                found = self._fetch("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", "select", self.limits)
                assert isinstance(found, Table)
                graphs = sorted(term.value for (term,) in found if term is not None)
                self._facts = self._period(), tuple(graphs), self._ask_union()
            return self._facts[1:]

    def _ask_union(self) -> bool:
        sample = "SELECT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } FILTER(isIRI(?s) && isIRI(?o)) } LIMIT 1"
        found = self._fetch(sample, "select", self.limits)
        assert isinstance(found, Table)
        if not len(found):
            return True  # no named graphs: all there is is in the default graph
        triple = " ".join(term.n3() for term in found.rows[0] if term is not None)
        return self._fetch(f"ASK {{ {triple} }}", "ask", self.limits) is True


def _triples(body: bytes, media_type: str) -> list[bytes]:
    form = ox.RdfFormat.from_media_type(media_type) or ox.RdfFormat.TURTLE
    lines = ox.serialize((quad.triple for quad in ox.parse(body, format=form)), format=ox.RdfFormat.N_TRIPLES) or b""
    return list(dict.fromkeys(lines.splitlines(keepends=True)))
