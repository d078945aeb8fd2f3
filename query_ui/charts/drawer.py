"""The side of the page: hands specifications to the process that draws, keeps what was drawn, starts the process anew when it ended."""

from __future__ import annotations

import atexit
import logging
import threading
from functools import lru_cache
from pathlib import Path
from typing import Literal

from wise_skills.engines.process import Overrun, Worker, WorkerDied
from wise_skills.errors import WiseSkillsError

_log = logging.getLogger(__name__)
_PROGRAM = (str(Path(__file__).parent / "worker.py"),)
_START, _DRAW = 30.0, 5.0
"""Seconds that the process may take to start, and to draw."""
Kind = Literal["vega-lite", "vega", "png"]


class NotDrawn(WiseSkillsError):
    """A picture could not be drawn; everything in it stands in its table, too."""

    status = 503


class Drawer:
    """One process that draws for all threads, one after the other: a picture takes a fiftieth of a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: Worker | None = None

    def draw(self, kind: Kind, text: str) -> bytes:
        """Return what the process makes of a specification; raises `NotDrawn` if it cannot."""
        with self._lock:
            if self._worker is None:
                self._worker = Worker(program=_PROGRAM)
            try:
                self._worker.ready(_START)
                header, body = self._worker.ask({"kind": kind, "text": text}, _DRAW)
            except (Overrun, WorkerDied) as error:
                self._worker.kill()
                self._worker = None
                _log.error("the drawing process ended: %s", error)
                raise NotDrawn("The picture could not be drawn. The table holds the same.") from error
        if header["error"]:
            _log.error("not drawn: %s", header["error"])
            raise NotDrawn("The picture could not be drawn. The table holds the same.")
        return body

    def close(self) -> None:
        """End the process."""
        with self._lock:
            if self._worker is not None:
                self._worker.kill()
                self._worker = None


_DRAWER = Drawer()
atexit.register(_DRAWER.close)


@lru_cache(maxsize=256)
def svg(spec: str, kind: Kind) -> str:
    """Return what Vega draws of a specification; the same one is drawn once."""
    return _DRAWER.draw(kind, spec).decode()


@lru_cache(maxsize=16)
def png(text: str) -> bytes:
    """Return an SVG as PNG with two pixels for one."""
    return _DRAWER.draw("png", text)
