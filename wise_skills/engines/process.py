"""The parent's side of a worker process: start it, ask it, kill it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import wise_skills
from wise_skills.engines.worker import FRAME

_OUT_OF_MEMORY = (b"memory allocation", b"bad_alloc", b"out of memory", b"MemoryError", b"Cannot allocate memory")


class Overrun(Exception):
    """The deadline passed before the answer was complete."""


class WorkerDied(Exception):
    """The process ended before the answer was complete; `words` is what it said last."""

    def __init__(self, words: bytes) -> None:
        super().__init__(words)
        self.out_of_memory = any(part in words for part in _OUT_OF_MEMORY)
        lines = words.decode(errors="replace").strip().splitlines()
        self.words = lines[-1][:200] if lines else "the engine stopped"


_ENGINE = ("-m", "wise_skills.engines.worker")


class Worker:
    """One worker process. Not safe for several threads: the pool gives it to one at a time.

    Parameters
    ----------
    arguments:
        What the program is given; of an engine, the folder of its store and how many bytes of memory it may take.
    program:
        How Python is told what to run; whatever it is, it speaks in the frames of `worker`.
    """

    def __init__(self, *arguments: Path | int, program: Sequence[str] = _ENGINE) -> None:
        # A file and not a pipe: nobody has to read it while the worker runs.
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115
        self._ready: dict[str, Any] | None = None
        self._size = 0
        self._process = subprocess.Popen(
            [sys.executable, "-P", *program, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=_environment(),
            start_new_session=True,  # an interrupt in the terminal is for this process; it closes its workers
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Return whether the process has not ended."""
        return self._process.poll() is None

    @property
    def is_new(self) -> bool:
        """Return whether nobody has waited for its start yet."""
        return self._ready is None

    @property
    def growth(self) -> int:
        """Return by how many bytes the memory of the worker grew since it was ready."""
        return self._size - int(self._ready["data_size"]) if self._ready else 0

    def ready(self, seconds: float) -> dict[str, Any]:
        """Wait until the worker is ready; return what it says about itself and its store."""
        if self._ready is None:
            self._ready = self._receive(time.monotonic() + seconds)[0]
        return self._ready

    def ask(self, request: Mapping[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
        """Send a request and return header and body of the answer; raises `Overrun` or `WorkerDied`."""
        deadline = time.monotonic() + seconds
        text = json.dumps(request).encode()
        data = memoryview(FRAME.pack(len(text), 0) + text)
        while data:
            self._wait(self._to, select.POLLOUT, deadline)
            with suppress(BlockingIOError):
                try:
                    data = data[os.write(self._to, data) :]
                except BrokenPipeError:
                    raise WorkerDied(self._words()) from None
        return self._receive(deadline)

    def stop(self) -> None:
        """End the process at once, and leave the rest to whoever is waiting for it."""
        self._process.kill()

    def kill(self) -> None:
        """End the process at once and wait for it, so that no zombie stays."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _receive(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        header_size, body_size = FRAME.unpack(self._read(FRAME.size, deadline))
        header = json.loads(self._read(header_size, deadline))
        self._size = header["data_size"]
        return header, self._read(body_size, deadline)

    def _read(self, size: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._wait(self._from, select.POLLIN, deadline)
            with suppress(BlockingIOError):
                chunk = os.read(self._from, min(size - len(data), 1 << 20))
                if not chunk:
                    self._process.wait()
                    raise WorkerDied(self._words())
                data += chunk
        return bytes(data)

    def _wait(self, descriptor: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise Overrun

    def _words(self) -> bytes:
        with suppress(OSError, ValueError):
            self._stderr.seek(0)
            return self._stderr.read()[-4000:]
        return b""


def _environment() -> dict[str, str]:
    """Return what a worker needs of the environment, and nothing that could be a secret."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    # Few arenas: each reserves memory of its own, and the memory limit counts it.
    return kept | {"PYTHONPATH": str(Path(wise_skills.__file__).parent.parent), "MALLOC_ARENA_MAX": "2"}
