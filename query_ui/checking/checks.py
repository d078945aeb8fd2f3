"""Checking a file that somebody sent, and making a workbook for somebody: in a process of its own, within limits.

What is sent lies in a folder that lives as long as the request. Nothing of it is opened here: the process that reads it
can be killed, and has neither network nor more memory than it is given (`wise_skills.cli.limited`).
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import wise_skills
from query_ui.checking.uploads import Upload
from query_ui.problems import WrongRequest
from wise_skills.messages import phrase

_log = logging.getLogger(__name__)
_FINE, _FOUND, _REFUSED, _OUT_OF_MEMORY = 0, 1, 2, 3
_TOO_MUCH = ("MemoryError", "Cannot allocate memory", "memory allocation", "Memory allocation", "can't start new thread", "File too large")
_RETRY = {"Retry-After": "5"}
# Why a workbook is not opened, with the status that says so best.
_UNOPENED = {
    "NotAWorkbook": 415,
    "OldOrLocked": 415,
    "TooLarge": 413,
    "WorkbookInflates": 413,
    "WorkbookCells": 413,
    **dict.fromkeys(("BadWorkbook", "WorkbookEntities", "WorkbookLinks", "WorkbookMacros", "WorkbookPaths"), 400),
}
Found = dict[str, Any]


@dataclass(frozen=True)
class Checked:
    """What `wise check --format json` printed, and the marked copy if one was asked for and could be made."""

    found: Found
    marked: bytes | None = None


@dataclass
class Checks:
    """Runs checks; kept in `app.extensions["wise_checks"]`.

    Everything that goes wrong is raised as `WrongRequest`, with a sentence in the language that is spoken.
    """

    size: int
    seconds: int
    memory: int
    at_once: int
    _free: threading.Semaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._free = threading.BoundedSemaphore(self.at_once)

    def check(self, upload: Upload, language: str, country: str, marked: bool) -> Checked:
        """Check a file.

        Parameters
        ----------
        upload, country:
            The file, and the folder it belongs to; empty where the file says that itself.
        language:
            Language of the messages.
        marked:
            Whether a marked copy is wanted; only workbooks can have one.
        """
        with self._turn() as folder:
            if upload.save(folder, self.size) > self.size:
                raise too_large(self.size)
            chosen = country or upload.country
            options = ["--format", "json", "--rows", "--quiet", "--language", language]
            copy = folder / "marked" / "marked.xlsx"
            if marked and upload.is_workbook:
                copy.parent.mkdir()
                options += ["--annotate", f"{copy.parent.name}/{copy.name}"]
            for_country = ["--country", chosen] if chosen else []
            code, printed = self._run(folder, ["check", *options, *for_country, "--", upload.stored])
            if code == _REFUSED and not chosen:
                raise WrongRequest(400, phrase("PageNoCountry"))
            found = _read(printed) if code in (_FINE, _FOUND) else None
            if found is None:
                raise RuntimeError(f"wise check ended with {code}: {_last_words(folder)}")
            _refuse_unopened(found)
            return Checked(upload.renamed(found), copy.read_bytes() if copy.is_file() else None)

    def template(self, country: str, language: str, filled: bool) -> bytes:
        """Return a workbook to be filled in."""
        with self._turn() as folder:
            options = ["--country", country, "--language", language, *(["--filled"] if filled else [])]
            code, _ = self._run(folder, ["template", *options, "--quiet", "-o", "workbook.xlsx"])
            if code != _FINE:
                raise RuntimeError(f"wise template ended with {code}: {_last_words(folder)}")
            return (folder / "workbook.xlsx").read_bytes()

    def output(self, upload: Upload, arguments: Sequence[str]) -> tuple[int, bytes]:
        """Run `wise` with these arguments and a file that was sent; return its exit code and what it printed."""
        with self._turn() as folder:
            if upload.save(folder, self.size) > self.size:
                raise too_large(self.size)
            code, printed = self._run(folder, [*arguments, "--", upload.stored])
            return code, printed.read_bytes()

    @contextmanager
    def _turn(self) -> Iterator[Path]:
        """Wait for nobody: give a folder to one of those who may work now, and remove it whatever happens."""
        if not self._free.acquire(blocking=False):
            raise WrongRequest(503, phrase("PageBusy"), _RETRY)
        try:
            with tempfile.TemporaryDirectory(prefix="wise-check-", ignore_cleanup_errors=True) as folder:
                yield Path(folder)
        finally:
            self._free.release()

    def _run(self, folder: Path, arguments: Sequence[str]) -> tuple[int, Path]:
        """Run `wise` in a folder; return its exit code and the file with what it printed."""
        command = [sys.executable, "-P", "-m", "wise_skills.cli.limited", str(self.seconds), str(self.memory), *arguments]
        out, err = folder / "out", folder / "err"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            code = self._wait(command, folder, stdout, stderr)
        if code in (-signal.SIGXCPU, None):
            raise self._too_long(phrase("Seconds", str(self.seconds)))
        words = _last_words(folder)
        if code < 0 or code == _OUT_OF_MEMORY or any(w in words for w in _TOO_MUCH):
            raise self._too_long(phrase("Memory", f"{self.memory / 1e9:g} GB"))
        return code, out

    def _wait(self, command: list[str], folder: Path, stdout: IO[bytes], stderr: IO[bytes]) -> int | None:
        # Its input is a pipe that nobody writes to: when this process ends, so does that one.
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=stdout, stderr=stderr, cwd=folder, env=_environment(folder), start_new_session=True
        )
        try:
            return process.wait(self.seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if process.stdin is not None:
                process.stdin.close()

    def _too_long(self, limit: str) -> WrongRequest:
        return WrongRequest(503, phrase("PageTooLong", limit=limit))


def too_large(size: int) -> WrongRequest:
    """Return what is said of a file that is larger than `size` bytes."""
    return WrongRequest(413, phrase("PageTooLarge", limit=f"{size / 1e6:g} MB"))


def _read(printed: Path) -> Found | None:
    """Return what was printed, if it is the record of a check."""
    try:
        found = json.loads(printed.read_bytes())
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and "rows" in found else None


def _refuse_unopened(found: Mapping[str, Any]) -> None:
    """Raise what is wrong with a file that could not be opened: then it is all that was found."""
    for finding in found["findings"]:
        if not finding["sheet"] and finding["code"] in _UNOPENED:
            raise WrongRequest(_UNOPENED[finding["code"]], finding["message"])


def _last_words(folder: Path) -> str:
    with (folder / "err").open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 2_000))
        return file.read().decode(errors="replace")


def _environment(folder: Path) -> dict[str, str]:
    """Return what the process needs of the environment, and nothing that could be a secret."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(Path(wise_skills.__file__).parent.parent),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",  # openpyxl loads numpy where it is: one thread needs a fraction of the memory
        "NO_COLOR": "1",
        "TMPDIR": str(folder),
    }
