"""A process that runs `wise` on files that may be hostile, each in a child of its own, and tells what it cost and touched.

The children are forked from a process that has read shapes and schemes already and has no threads, so that one costs some
milliseconds; each may take 500 MB more than it began with. What it opens for writing, and every socket and process that
it asks for, is noted by an audit hook, which nothing in the child can take away again.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

MEGABYTE = 1 << 20
MEMORY = 500 * MEGABYTE
_SECONDS = 30
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_TOUCHING = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.mkdir", "os.remove", "os.rename", "urllib.")


class Seen(NamedTuple):
    """How a run ended: code, streams, CPU seconds, memory above the start, and what it touched."""

    code: int
    out: str
    err: str
    seconds: float
    megabytes: float
    touched: list[str]

    @property
    def record(self) -> dict[str, Any]:
        """What `--format json` said."""
        return json.loads(self.out)


class Watch:
    """Runs commands one after the other; `data` takes the place of the project's data."""

    def __init__(self, data: Path) -> None:
        env = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
        command = [sys.executable, "-m", "tests.workbook_watch", str(data)]
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def wise(self, *arguments: object) -> Seen:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([str(a) for a in arguments]).encode() + b"\n")
        self.process.stdin.flush()
        return Seen(**json.loads(self.process.stdout.readline()))

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def _allocated() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _run(arguments: list[str], answer: int) -> None:
    """In the child: run the command and write what was seen."""
    from wise_skills.cli import main

    touched: list[str] = []

    def hook(event: str, given: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(given[0], (str, bytes)) and given[2] & _WRITING:
            touched.append(f"open {given[0]}")
        elif event.startswith(_TOUCHING):
            touched.append(f"{event} {given}"[:200])

    resource.setrlimit(resource.RLIMIT_AS, (_allocated() + MEMORY, _allocated() + MEMORY))
    signal.alarm(_SECONDS)
    sys.addaudithook(hook)
    out, err = io.StringIO(), io.StringIO()
    code, before, started = -1, _peak(), time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else -1
        except BaseException as error:
            err.write(f"Traceback: {type(error).__name__}: {error}")
    seen = Seen(code, out.getvalue(), err.getvalue(), time.process_time() - started, _peak() - before, touched)
    with os.fdopen(answer, "w", encoding="utf-8") as file:
        json.dump(seen._asdict(), file)


def _watched(arguments: list[str]) -> str:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _run(arguments, writing)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as file:
        said = file.read()
    _, status = os.waitpid(child, 0)
    lost = Seen(-2, "", f"Traceback: the process ended with status {status}", _SECONDS, 0, [])
    return said or json.dumps(lost._asdict())


def serve(data: Path) -> None:
    """Read what all runs need, then run what is asked for on standard input."""
    from loaders import checking
    from loaders.folders import Vocabulary
    from wise_skills.messages import catalogue
    from wise_skills.names import resource as project
    from wise_skills.reports import sarif

    known = Vocabulary.of_project()
    _ = known.concepts, known.constraints, catalogue("en"), sarif
    Vocabulary.of_project = classmethod(lambda _, names=None: known)  # type: ignore[method-assign,assignment]
    checking.resource = lambda name: data if name == "data" else project(name)  # type: ignore[attr-defined]
    for line in sys.stdin:
        print(_watched(json.loads(line)), flush=True)  # noqa: T201


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
