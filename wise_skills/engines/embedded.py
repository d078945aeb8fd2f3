"""The default engine: the store of a release, asked in a pool of resident worker processes.

Each query has a worker for itself. One that overruns its time is killed with its worker, which costs the
others nothing; the place is taken by a new worker in the background. Workers are started with `subprocess`,
never forked from this process, which has threads. The first starts with the engine, further ones when they
are needed, up to `Limits.concurrent`.
"""

from __future__ import annotations

import queue
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from wise_skills.engines import Answer, Kind, Limits, media_types
from wise_skills.engines.guard import check, check_graphs
from wise_skills.engines.process import Overrun, Worker, WorkerDied
from wise_skills.errors import (
    EngineError,
    NotAcceptable,
    QueryFailed,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    TooManyQueries,
    WiseSkillsError,
)
from wise_skills.names import BASE
from wise_skills.terms import Table

START_SECONDS = 20.0


class EmbeddedEngine:
    """Answers queries on the store of a release; safe to use from several threads.

    `store` is the `graph` folder of a release, `version` the release id. The default graph is the union of
    the named graphs, unless a query or a protocol request names its own dataset.
    """

    name = "embedded"

    def __init__(self, store: Path, *, version: str = "", limits: Limits | None = None, base_iri: str = BASE) -> None:
        self.store, self.version, self.base_iri = store, version, base_iri
        self.limits = limits or Limits()
        # Those that have started come first, and of them the one that was busy last.
        self._idle: queue.PriorityQueue[tuple[bool, int, Worker]] = queue.PriorityQueue()
        self._turns = count()
        self._lock = threading.Lock()
        self._alive: set[Worker] = set()
        self._closed = False
        self._about: tuple[tuple[str, ...], bool] | None = None
        # For an engine that nobody closes; holds the set, not the engine.
        weakref.finalize(self, _kill_all, self._alive)
        self._add_worker()

    @property
    def isolated(self) -> bool:
        """Whether the workers have no network, beside the guard."""
        return self._facts()[1]

    def graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs, sorted."""
        return self._facts()[0]

    def kind(self, query: str) -> Kind:
        """Return the form of a query; raises what `guard.check` raises."""
        return check(query, limits=self.limits, base_iri=self.base_iri).kind

    def select(self, query: str, *, limits: Limits | None = None) -> Table:
        """Return the table of a SELECT query."""
        answer = self.answer(query, media_type=media_types("select")[0], limits=limits)
        if answer.kind != "select":
            raise QueryFailed(f"a table was asked for, and {answer.kind.upper()} gives none")
        return Table.from_json(answer.body, truncated=answer.truncated)

    def ask(self, query: str, *, limits: Limits | None = None) -> bool:
        """Return the answer of an ASK query."""
        answer = self.answer(query, media_type=media_types("ask")[0], limits=limits)
        if answer.kind != "ask":
            raise QueryFailed(f"yes or no was asked for, and {answer.kind.upper()} gives something else")
        return b"true" in answer.body

    def answer(
        self,
        query: str,
        *,
        media_type: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        limits: Limits | None = None,
    ) -> Answer:
        """Return the answer of any query in a media type that `media_types` lists for its form.

        Raises the `QueryError`s. The graphs are the dataset of a protocol request: it wins over the query's
        own FROM (SPARQL 1.1 Protocol §2.1.4).
        """
        limits = limits or self.limits
        own_dataset = not (default_graphs or named_graphs)
        known = self.graphs()
        checked = check(query, graphs=known if own_dataset else None, limits=limits, base_iri=self.base_iri)
        check_graphs([*default_graphs, *named_graphs], known)
        possible = media_types(checked.kind)
        media_type = media_type or possible[0]
        if media_type not in possible:
            raise NotAcceptable(checked.kind, media_type, possible)
        if own_dataset:
            default_graphs, named_graphs = checked.default_graphs, checked.named_graphs
        request = {
            "text": checked.text,
            "media_type": media_type,
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
            "rows": limits.rows,
            "bytes": limits.bytes,
            "base": self.base_iri,
        }
        header, body = self._run(request, limits)
        return Answer(body, media_type, checked.kind, header.get("truncated", False), header.get("rows"))

    def close(self) -> None:
        """End all workers; queries that run end with an error."""
        with self._lock:
            self._closed = True
            workers = tuple(self._alive)
        with suppress(queue.Empty):
            while True:
                self._discard(self._idle.get_nowait()[-1])
        for worker in workers:
            worker.stop()  # whoever holds it sees the end, and discards it

    def __enter__(self) -> Self:
        """Return the engine."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        """Close it."""
        self.close()

    def _facts(self) -> tuple[tuple[str, ...], bool]:
        if self._about is None:
            with self._lent() as worker:
                ready = _started(worker)
            self._about = tuple(ready["graphs"]), bool(ready["isolated"])
        return self._about

    def _run(self, request: dict[str, Any], limits: Limits) -> tuple[dict[str, Any], bytes]:
        try:
            with self._lent() as worker:
                _started(worker)
                header, body = worker.ask(request, limits.seconds)
        except Overrun:
            raise QueryTimeout(limits.seconds) from None
        except WorkerDied as error:
            if error.out_of_memory:
                raise QueryTooLarge("memory", self.limits.memory) from None
            raise QueryFailed(error.words) from None
        if "error" in header:
            raise _error(header, self.limits, limits)
        return header, body

    @contextmanager
    def _lent(self) -> Iterator[Worker]:
        """Lend a worker; one that was interrupted, died or grew is replaced."""
        worker = self._take()
        try:
            yield worker
        except BaseException:
            # After an interrupt, too: the rest of an answer must not be taken for the next one.
            self._replace(worker)
            raise
        # What a large query leaves behind would be missing to the next one.
        if worker.growth > self.limits.memory // 2:
            self._replace(worker)
        else:
            self._give(worker)

    def _give(self, worker: Worker) -> None:
        self._idle.put((worker.is_new, -next(self._turns), worker))

    def _take(self) -> Worker:
        """Return an idle worker, or a new one while there may be more, or wait."""
        deadline = time.monotonic() + self.limits.wait
        while True:
            with self._lock:
                if self._closed:
                    raise EngineError("The engine is closed. Start the program again.")
            if self._idle.empty():
                self._add_worker()
            try:
                worker = self._idle.get(timeout=max(0.0, deadline - time.monotonic()))[-1]
            except queue.Empty:
                raise TooManyQueries(self.limits.concurrent) from None
            if worker.is_running:
                return worker
            self._discard(worker)  # ended while nobody looked

    def _add_worker(self) -> None:
        """Start a worker if there may be one more; it is idle from the beginning."""
        with self._lock:
            if self._closed or len(self._alive) >= self.limits.concurrent:
                return
            try:
                worker = Worker(self.store, self.limits.memory)
            except OSError as error:
                raise EngineError(f"No process can be started: {error}. Look whether this machine is overloaded.") from None
            self._alive.add(worker)
        self._give(worker)

    def _replace(self, worker: Worker) -> None:
        self._discard(worker)
        with suppress(EngineError):  # the next query tries again, and says so
            self._add_worker()

    def _discard(self, worker: Worker) -> None:
        worker.kill()
        with self._lock:
            self._alive.discard(worker)


def _kill_all(workers: set[Worker]) -> None:
    while workers:
        workers.pop().kill()


def _started(worker: Worker) -> dict[str, Any]:
    """Wait for a worker's first frame: nothing to wait for unless it is new."""
    try:
        return worker.ready(START_SECONDS)
    except Overrun:
        raise EngineError("The engine does not start. Look whether this machine is overloaded, and try again.") from None
    except WorkerDied as error:
        raise EngineError(f"The engine does not start: {error.words}. Build the release again.") from None


def _error(header: dict[str, Any], engine: Limits, limits: Limits) -> WiseSkillsError:
    match header["error"]:
        case "syntax":
            return QuerySyntaxError(header["problem"], line=header["line"], column=header["column"])
        case "memory":
            return QueryTooLarge("memory", engine.memory)
        case "bytes":
            return QueryTooLarge("answer", limits.bytes)
        case _:
            return QueryFailed(header["problem"])
