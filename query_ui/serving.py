"""Lends the current edition to requests.

When the link `current` swings to another release, a new edition is opened for the requests to come, and the old
one is closed when the last request that began with it is done. Nothing has to be restarted.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from query_ui.edition import Edition, open_edition
from wise_skills.engines import Limits
from wise_skills.errors import ReleaseError, WiseSkillsError
from wise_skills.release import open_release

_log = logging.getLogger(__name__)
_LOOK_EVERY = 1.0


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
