"""What the page serves: one edition, that is one release or one endpoint with all that is read from it.

An edition never changes. When the link `current` swings to another release, `Serving` opens a new edition for
the requests to come, and closes the old one when the last request that began with it is done.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from wise_skills.engines import Answer, Engine, Limits, open_engine
from wise_skills.errors import NoCurrentRelease, ReleaseError, WiseSkillsError
from wise_skills.names import BASE, PREFIXES, Names
from wise_skills.questions import Question, load_questions
from wise_skills.release import Release, open_release
from wise_skills.terms import Table

from query_ui.addresses import Addresses
from query_ui.endpoint_labels import EndpointLabels, LabelSource

_log = logging.getLogger(__name__)
_LOOK_EVERY = 1.0


@dataclass
class Edition:
    """The engine, labels, questions and schema that belong together.

    `release` is None where an endpoint is served that no release on this machine is known to match.
    """

    engine: Engine
    labels: LabelSource
    questions: dict[str, Question]
    release: Release | None
    base: str
    memory: dict[str, Any] = field(default_factory=dict)
    """What views keep for as long as the edition lives."""

    @cached_property
    def names(self) -> Names:
        """Our IRIs under the base of the data."""
        return Names(self.base)

    @cached_property
    def addresses(self) -> Addresses:
        """Paths of the page for IRIs."""
        return Addresses(self.base)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes under the base of the data."""
        return {prefix: self.names.rebase(iri) for prefix, iri in PREFIXES.items()}

    @cached_property
    def schema(self) -> Any:
        """The tables and columns as the shapes define them (a `wise_skills.tables.Schema`)."""
        # Here and not above: rdflib takes longer to load than the page takes to start.
        from wise_skills.tables import read_schema

        return read_schema(names=self.names)

    @cached_property
    def mark(self) -> str:
        """A text that changes with the data; empty where nothing tells that an endpoint's data changed."""
        return self.release.id if self.release and self.engine.name == "embedded" else ""

    def select(self, query: str) -> Table:
        """Return the table of a query of our own; the prefixes are put before it."""
        return self.engine.select(self._text(query), limits=self._own)

    def construct(self, query: str, media_type: str) -> Answer:
        """Return the graph of a query of our own in an RDF media type."""
        return self.engine.answer(self._text(query), media_type=media_type, limits=self._own)

    def close(self) -> None:
        """Free what is open."""
        self.engine.close()
        self.labels.close()

    @cached_property
    def _own(self) -> Limits:
        # Our own queries name many IRIs and give whole graphs.
        return replace(self.engine.limits, query_chars=400_000, rows=200_000)

    def _text(self, query: str) -> str:
        used = (f"PREFIX {p}: <{iri}>\n" for p, iri in self.prefixes.items() if f"{p}:" in query)
        return "".join(used) + query


def open_edition(release: Path | None, endpoint: str | None, questions: Path, limits: Limits | None = None) -> Edition:
    """Open a release, or an endpoint beside which the release is used only if both hold the same graphs."""
    found: Release | None = None
    if release is not None:
        with suppress(*((ReleaseError,) if endpoint else ())):
            found = open_release(release)
    elif endpoint is None:
        raise NoCurrentRelease("build/current")
    catalogue = load_questions(questions)
    engine = open_engine(None if endpoint else found, endpoint, limits=limits)
    try:
        if endpoint is None and found is not None:
            from wise_skills.labels import Labels

            return Edition(engine, Labels(found.labels), catalogue, found, str(found.info.get("base", BASE)))
        if found is not None and not set(found.counts) <= set(engine.graphs()):
            found = None
        base = str(found.info.get("base", BASE)) if found else BASE
        return Edition(engine, EndpointLabels(engine), catalogue, found, base)
    except BaseException:
        engine.close()
        raise


@dataclass
class _Lent:
    edition: Edition
    users: int = 0
    old: bool = False


class Serving:
    """Lends the current edition to requests; kept in `app.extensions["wise"]`."""

    def __init__(self, release: Path | None, endpoint: str | None, questions: Path, limits: Limits | None = None) -> None:
        self._how = (release, endpoint, questions, limits)
        self._path = release if endpoint is None else None
        self._lock = threading.Lock()
        self._current = _Lent(open_edition(*self._how))
        self._target = self._resolved()
        self._looked = time.monotonic()

    @property
    def edition(self) -> Edition:
        """The edition that a request beginning now would get."""
        return self._current.edition

    @contextmanager
    def lend(self) -> Iterator[Edition]:
        """Lend the current edition; it stays open until it is given back."""
        self._look()
        with self._lock:
            lent = self._current
            lent.users += 1
        try:
            yield lent.edition
        finally:
            with self._lock:
                lent.users -= 1
                done = lent.old and lent.users == 0
            if done:
                lent.edition.close()

    def close(self) -> None:
        """Close the current edition; requests that still run end with an error."""
        self._current.edition.close()

    def _resolved(self) -> Path | None:
        if self._path is None:
            return None
        with suppress(ReleaseError):
            return open_release(self._path).path
        return None

    def _look(self) -> None:
        """Open the new edition if the link points to another release, looking once a second at most."""
        with self._lock:
            if self._path is None or time.monotonic() - self._looked < _LOOK_EVERY:
                return
            self._looked = time.monotonic()
        target = self._resolved()
        if target is None or target == self._target:
            return
        try:
            new = _Lent(open_edition(*self._how))
        except WiseSkillsError:
            # The previous edition goes on; the next look tries again.
            _log.exception("the new release %s cannot be opened", target)
            return
        with self._lock:
            old, self._current, self._target = self._current, new, target
            old.old = True
            idle = old.users == 0
        if idle:
            old.edition.close()
