"""How often one client may ask: a count of the last minute for each address, kept in memory."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from wise_skills.errors import RateExceeded

_SECONDS = 60.0
_CLIENTS = 10_000


class Rate:
    """Counts the queries of each client; `limit` 0 counts nothing.

    The address is the one that the connection comes from: behind a proxy all clients share one, unless the
    proxy limits them itself, which is where a larger site should do it.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: dict[str, deque[float]] = {}

    def count(self, client: str) -> None:
        """Count a query; raises `RateExceeded` with the seconds to wait, and does not count then."""
        if not self.limit:
            return
        now = self._clock()
        with self._lock:
            if client not in self._asked and len(self._asked) >= _CLIENTS:
                self._forget(now)
            times = self._asked.setdefault(client, deque())
            while times and now - times[0] >= _SECONDS:
                times.popleft()
            if len(times) >= self.limit:
                raise RateExceeded(self.limit, "minute", max(1, round(_SECONDS - (now - times[0]))))
            times.append(now)

    def _forget(self, now: float) -> None:
        """Drop clients that have been quiet for a minute; if none has, the longest known."""
        quiet = [c for c, times in self._asked.items() if not times or now - times[-1] >= _SECONDS]
        for client in quiet or [next(iter(self._asked))]:
            del self._asked[client]
