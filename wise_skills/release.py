"""Releases: immutable folders, and the link `current` that is swung to the newest in one step.

::

    <out>/current -> releases/<id>
    <out>/releases/<id>/{graph, labels, dump, report, release.json}

A release is made in `.tmp-…` beside the others and renamed when it is complete and on disk. A build that
fails or is killed therefore leaves nothing but a folder that the next build removes; what is being served is
never touched. One build at a time writes to an `<out>`: a lock of the operating system, which ends with the
process that holds it.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wise_skills.errors import BuildRunning, NoCurrentRelease, NotARelease

INFO = "release.json"
CURRENT = "current"
RELEASES = "releases"


@dataclass(frozen=True)
class Release:
    """A release as its `release.json` describes it; `path` is the folder itself, never the link.

    `counts` maps each graph to its triples; `inputs` are records with at least `path` and `sha256`; `tools`
    maps a tool to its version; `info` is the whole file.
    """

    path: Path
    id: str
    version: str
    created: str
    counts: Mapping[str, int] = field(default_factory=dict)
    inputs: Sequence[Mapping[str, Any]] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    info: Mapping[str, Any] = field(default_factory=dict)

    @property
    def esco_version(self) -> str:
        """Return the version of ESCO that the release stands on as mappings write it, `v1.1.1`; empty without ESCO."""
        found = next((str(r.get("version", "")) for r in self.info.get("references", ()) if r.get("name") == "esco"), "")
        return f"v{found}" if found[:1].isdigit() else found

    @property
    def graph(self) -> Path:
        """Return the folder of the store."""
        return self.path / "graph"

    @property
    def labels(self) -> Path:
        """Return the label index."""
        return self.path / "labels" / "labels.sqlite"

    @property
    def dump(self) -> Path:
        """Return the folder of the published files."""
        return self.path / "dump"

    @property
    def report(self) -> Path:
        """Return the folder of the reports."""
        return self.path / "report"


def open_release(path: Path) -> Release:
    """Open a release folder, a link to one, or the current release of an `--out` folder.

    The link is resolved once, here: who holds a `Release` keeps reading the same one.
    Raises `NoCurrentRelease` if nothing has been built there, `NotARelease` for any other folder.
    """
    if not (path / INFO).exists():
        if (path / CURRENT).is_symlink():
            path = path / CURRENT
        if path.is_symlink() and not path.exists():
            raise NotARelease(path, f"it points to {path.readlink()}, which is gone")
        if not path.exists() or (path.is_dir() and (path / RELEASES).is_dir()):
            raise NoCurrentRelease(path)
    folder = path.resolve()
    try:
        info = json.loads((folder / INFO).read_text(encoding="utf-8"))
        return Release(
            path=folder,
            id=info["id"],
            version=info.get("version", info["id"]),
            created=info["created"],
            counts=info.get("counts", {}),
            inputs=tuple(info.get("inputs", ())),
            tools=info.get("tools", {}),
            info=info,
        )
    except (FileNotFoundError, NotADirectoryError):
        raise NotARelease(path, f"it has no {INFO}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotARelease(path, f"its {INFO} cannot be read: {error}") from None


def write_info(
    folder: Path,
    *,
    id: str,  # noqa: A002  (the key of release.json)
    created: str,
    counts: Mapping[str, int],
    inputs: Sequence[Mapping[str, Any]] = (),
    tools: Mapping[str, str] | None = None,
    **more: Any,
) -> None:
    """Write `release.json`; `more` are further entries, for instance `version`."""
    info = {"id": id, "created": created, "counts": counts, "inputs": inputs, "tools": tools or {}, **more}
    text = json.dumps(info, ensure_ascii=False, indent=2, sort_keys=True, default=list)
    (folder / INFO).write_text(text + "\n", encoding="utf-8")


@contextmanager
def write_release(out: Path, name: str, *, keep: int = 3, wait: float = 0.0) -> Iterator[Path]:
    """Yield a new folder to fill; on leaving without an error it becomes the current release `name`.

    The last `keep` releases stay. Waits so many seconds for another build, then raises `BuildRunning`.
    Raises `NotARelease` if the folder was left without `release.json`. A release whose name exists already gets
    a folder of its own (`<name>.2`), because the other one may be in use.
    """
    releases = out / RELEASES
    releases.mkdir(parents=True, exist_ok=True)
    with _lock(releases / ".lock", out, wait):
        _clean(out, releases)
        folder = releases / f".tmp-{name}"
        folder.mkdir()
        try:
            yield folder
            if not (folder / INFO).is_file():
                raise NotARelease(folder, f"it was left without {INFO}")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        _sync(folder)
        target = releases / _free_name(releases, name)
        folder.rename(target)
        _sync_folder(releases)
        _swing(out, target)
        _prune(releases, target, keep)


@contextmanager
def _lock(path: Path, out: Path, wait: float) -> Iterator[None]:
    deadline = time.monotonic() + wait
    with path.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise BuildRunning(out) from None
                time.sleep(0.1)
        yield


def _clean(out: Path, releases: Path) -> None:
    """Remove what killed builds left: whoever holds the lock knows that nobody is working on it."""
    for leftover in (*releases.glob(".tmp-*"), *releases.glob(".old-*")):
        shutil.rmtree(leftover, ignore_errors=True)
    for link in out.glob(".current-*"):
        link.unlink(missing_ok=True)


def _free_name(releases: Path, name: str) -> str:
    free, number = name, 2
    while (releases / free).exists():
        free, number = f"{name}.{number}", number + 1
    return free


def _swing(out: Path, target: Path) -> None:
    """Point `current` to the target in one step: at every moment it points to a complete release."""
    link = out / f".current-{os.getpid()}"
    link.symlink_to(target.relative_to(out))
    link.replace(out / CURRENT)
    _sync_folder(out)


def _prune(releases: Path, current: Path, keep: int) -> None:
    def age(folder: Path) -> tuple[bool, int]:
        return folder == current, folder.stat().st_mtime_ns

    found = sorted((f for f in releases.iterdir() if f.is_dir() and not f.name.startswith(".")), key=age)
    for folder in found[: max(0, len(found) - max(1, keep))]:
        # Renamed first: a deletion that is killed half-way leaves nothing that looks like a release.
        shutil.rmtree(folder.rename(releases / f".old-{folder.name}"), ignore_errors=True)


def _sync(folder: Path) -> None:
    """Write a whole tree to disk before it gets its name."""
    for place, _, files in os.walk(folder):
        for name in files:
            with open(os.path.join(place, name), "rb") as file:  # noqa: PTH118, PTH123
                os.fsync(file.fileno())
        _sync_folder(Path(place))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
