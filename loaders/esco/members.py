"""Finding the files of a package in what was downloaded: zips of the portal, folders, single files, `.gz` too.

Nothing is unpacked to disk: a member of a zip is read where it lies. What could harm or mislead is refused before a
byte is read: names that lead out of the archive, links, passwords, archives in archives, and sizes that explode.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from loaders.archives import DAMAGE
from loaders.esco.layout import kinds
from wise_skills.errors import FileProblem, InputError

MAX_UNPACKED = 1_000_000_000
MAX_DUMP = 20_000_000_000  # RDF with the labels of all languages
MAX_RATIO = 200
MAX_FILES = 2_000
_RATIO_FROM = 1_000_000  # small files may well shrink to nothing
_NAME = re.compile(r"(?P<kind>[A-Za-z]+?)(?:_(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?))?\.csv(?:\.gz)?", re.IGNORECASE)
_DUMP = re.compile(r".+\.(ttl|nt|rdf|xml|owl|jsonld|nq|trig)(\.gz)?", re.IGNORECASE)
_AGAIN = "Download it again from the ESCO portal"


@dataclass(frozen=True)
class Member:
    """One file of a package: on disk, or in a zip (`inner` is its name there).

    `shown` is the name by which findings call it; `kind` one of `kinds.csv`, empty for an RDF file; `language` a BCP 47
    tag in small letters, empty where the file has none.
    """

    path: Path
    inner: str
    shown: str
    kind: str
    language: str

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the plain bytes; damage of the archive shows while they are read, as one of `DAMAGE`."""
        try:
            if self.inner:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.inner) as packed:
                    yield packed
            elif self.path.name.lower().endswith(".gz"):
                with self.path.open("rb") as raw, gzip.open(raw) as unzipped:
                    limited: Any = _Limited(unzipped, self.shown, self.path.stat().st_size, MAX_UNPACKED if self.kind else MAX_DUMP)
                    yield io.BufferedReader(limited)
            else:
                with self.path.open("rb") as plain:
                    yield plain
        except PermissionError as error:
            raise FileProblem(self.shown, "it cannot be read", advice="Look at its permissions") from error

    def same_as(self, other: Member) -> bool:
        """Whether two files hold the same bytes."""
        return self._digest() == other._digest()

    def _digest(self) -> bytes:
        digest = hashlib.blake2b()
        with self.open() as file:
            while block := file.read(1 << 20):
                digest.update(block)
        return digest.digest()

    @property
    def folders(self) -> list[str]:
        """Names above the file, the nearest first: folders in the zip, the zip, folders on disk."""
        return [
            *reversed(PurePosixPath(self.inner).parts[:-1]),
            *([self.path.name] if self.inner else []),
            *(p.name for p in self.path.parents),
        ]


class _Limited(io.RawIOBase):
    """A gzipped file that refuses to grow without end."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile, shown: str, packed: int, most: int) -> None:
        self.file, self.shown, self.left = file, shown, min(most, max(packed * MAX_RATIO, _RATIO_FROM))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self.file.read(len(buffer))
        self.left -= len(data)
        if self.left < 0:
            raise _explodes(self.shown)
        buffer[: len(data)] = data
        return len(data)


def _explodes(shown: str) -> FileProblem:
    return FileProblem(shown, "it unpacks to far more than any ESCO package holds, so it was not read", advice=_AGAIN)


def find_members(paths: Sequence[Path]) -> tuple[list[Member], list[str]]:
    """Return the files of a package, and the names of CSV files that are not named as the portal names its files.

    Parameters
    ----------
    paths:
        Zips of the portal, folders (zips in them count too) and single files.

    Raises
    ------
    InputError
        When a path does not exist, or leads out of its folder by a link.
    FileProblem
        When a zip is damaged, or is one that we do not touch.
    """
    found: dict[tuple[Path, str], Member] = {}
    unknown: list[str] = []
    for path in (p.absolute() for p in paths):
        if not path.exists():
            raise InputError(f"{path} does not exist.")
        for file, shown in _files(path):
            names = _inside(file, shown) if file.suffix.lower() == ".zip" else [""]
            for inner in names:
                place = f"{shown}/{inner}" if inner else shown
                name = PurePosixPath(inner or file.name).name
                match = _NAME.fullmatch(name)
                kind = _kind(match["kind"]) if match else ""
                if kind or _DUMP.fullmatch(name):
                    language = (match["language"] or "").lower() if match else ""
                    found[file.resolve(), inner] = Member(file, inner, place, kind, language)
                elif name.lower().endswith((".csv", ".csv.gz")):
                    unknown.append(place)
    return list(found.values()), unknown


def _kind(name: str) -> str:
    return next((kind for kind in kinds() if kind.lower() == name.lower()), "")


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    """The file itself, or all that lie in a folder; names that begin with a dot are the system's."""
    if not path.is_dir():
        yield path, path.name
        return
    root, count = path.resolve(), 0
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__MACOSX")))
        for name in sorted(n for n in names if not n.startswith(".")):
            file, count = Path(folder) / name, count + 1
            if count > MAX_FILES:
                raise InputError(
                    f"{path} holds more than {MAX_FILES:,} files: it is no ESCO package. Give the folder of the package itself."
                )
            if file.is_symlink() and not file.resolve().is_relative_to(root):
                raise InputError(f"{file} is a link that leads out of {path.name}. Put the file itself there.")
            if file.is_file():
                yield file, f"{root.name}/{file.relative_to(path).as_posix()}"


def _inside(file: Path, shown: str) -> list[str]:
    """Names of the members of a zip, once it is known to be harmless."""
    try:
        with zipfile.ZipFile(file) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
    except PermissionError as error:
        raise FileProblem(shown, "it cannot be read", advice="Look at its permissions") from error
    except (*DAMAGE, OSError, ValueError) as error:
        raise FileProblem(shown, f"it is no zip, or is cut off ({error})", advice=_AGAIN) from error
    dumps = [i for i in infos if _DUMP.fullmatch(i.filename)]
    sizes = [sum(i.file_size for i in part) for part in (infos, dumps)]
    if len(infos) > MAX_FILES or sizes[0] - sizes[1] > MAX_UNPACKED or sizes[1] > MAX_DUMP:
        raise _explodes(shown)
    for info in infos:
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name):
            raise FileProblem(shown, f"it names a file outside itself ({info.filename!r})", advice=_AGAIN)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise FileProblem(shown, f"it holds a link ({info.filename!r})", advice=_AGAIN)
        if info.flag_bits & 1:
            raise FileProblem(shown, "it is protected by a password", advice="Unpack it and give the folder")
        if name.lower().endswith((".zip", ".7z", ".rar", ".tar", ".tgz")):
            raise FileProblem(shown, f"it holds another archive ({info.filename!r})", advice="Unpack it and give the archives inside it")
        if info.file_size > max(info.compress_size * MAX_RATIO, _RATIO_FROM):
            raise _explodes(f"{shown}/{info.filename}")
    return [i.filename for i in infos if not any(p.startswith((".", "__MACOSX")) for p in PurePosixPath(i.filename).parts)]
