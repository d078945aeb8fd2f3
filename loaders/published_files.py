"""Tables as others publish them: a CSV, a gzipped CSV, or a zip or folder of them.

A table is opened twice: its first lines tell by their header what it is, then it is read as a whole. Nothing here
knows what the columns mean. Records are counted as in our own tables: the header is 1, line ends inside cells do not count.
"""

from __future__ import annotations

import csv
import gzip
import io
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

from charset_normalizer import from_bytes

from loaders.archives import DAMAGE
from wise_skills.errors import FileProblem, InputError, TooBig
from wise_skills.findings import VIOLATION, WARNING, Cell, Finding

MAX_BYTES = 200_000_000
MAX_CELL = 1_000_000
MAX_FILES = 2_000
_HEAD = 1 << 16
_DELIMITERS = ";,\t|"
_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")


def folded(title: str) -> str:
    """Return a header as it is compared: without blanks around it, in one Unicode form, in small letters."""
    return " ".join(unicodedata.normalize("NFC", title.replace("\ufeff", "")).split()).casefold()


@dataclass(frozen=True)
class Listing:
    """One table somewhere in what was given.

    `path` is the file on disk, `member` its name in a zip (empty for a file), `shown` the name by which findings call it.
    """

    path: Path
    shown: str
    member: str = ""

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the plain bytes; raises `FileProblem` where an archive is damaged or cut off."""
        try:
            if self.member:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
                    yield file
            elif self.path.name.lower().endswith(".gz"):
                with gzip.open(self.path) as packed:
                    yield packed  # type: ignore[misc]  # GzipFile reads bytes like any other
            else:
                with self.path.open("rb") as plain:
                    yield plain
        except (*DAMAGE, RuntimeError) as error:
            raise FileProblem(self.shown, f"it is damaged or cut off ({error})", advice="Download it again") from error
        except OSError as error:
            raise FileProblem(self.shown, f"it cannot be read ({error.strerror or error})", advice="Look at its permissions") from error

    @cached_property
    def headers(self) -> dict[str, list[str]]:
        """The first record under each delimiter that the first line holds."""
        with self.open() as file:
            text = file.read(_HEAD).decode("utf-8-sig", errors="replace")
        found = {}
        for delimiter in _DELIMITERS:
            if delimiter in text:
                with suppress(csv.Error):
                    found[delimiter] = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        return found

    def read(self, delimiter: str) -> Records:
        """Read all records; what is wrong with the file becomes findings."""
        with self.open() as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise TooBig(self.shown, f"more than {MAX_BYTES / 1e6:,.0f} MB unpacked", f"{MAX_BYTES / 1e6:,.0f} MB")
        records = Records(self.shown)
        records.take(_text(data, records), delimiter)
        return records


@dataclass
class Records:
    """The records of a table: `titles` of its columns, and number and cells of every record that is not blank.

    Cells are kept as they are written; each record has as many as there are titles.
    """

    file: str
    titles: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each column by its folded title; of two columns with one title the first."""
        return {folded(t): i for i, t in reversed(list(enumerate(self.titles))) if t.strip()}

    @property
    def silent(self) -> Records:
        """The same table without records, for a look that shall leave no findings."""
        silent = Records(self.file, self.titles)
        silent.__dict__["index"] = self.index
        return silent

    def cell(self, number: int, index: int = -1) -> Cell:
        """Return the place of a cell, or of a record where no column is meant."""
        column = self.titles[index].strip() if 0 <= index < len(self.titles) else ""
        return Cell(self.file, Path(self.file).name.split(".")[0], number, column, index)

    def find(self, severity: str, component: str, message: str, number: int = 0, index: int = -1, value: str = "") -> None:
        """Add a finding at a cell, a record (no index) or the file (record 0)."""
        self.findings.append(Finding(severity, component, message, self.cell(number, index), value=value))

    def take(self, text: str, delimiter: str) -> None:
        """Fill from a text."""
        rows = self._split(text, delimiter)
        self.titles = rows[0] if rows else []
        width = len(self.titles)
        for number, cells in enumerate(rows[1:], 2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != width and (len(cells) < width or any(c.strip() for c in cells[width:])):
                self.find(WARNING, "RaggedRow", f"This record has {len(cells)} cells, the header {width}.", number, value=str(len(cells)))
            self.rows.append((number, (cells + [""] * width)[:width]))
        for index, title in enumerate(self.titles):
            if not title.strip() and any(cells[index].strip() for _, cells in self.rows):
                self.find(WARNING, "UnnamedColumn", "This column has values, but no title, so it is not read.", 1, index)

    def _split(self, text: str, delimiter: str) -> list[list[str]]:
        """Records of a text. A quote that never ends means that the file was cut off; one out of place is read leniently."""
        csv.field_size_limit(MAX_CELL)
        rows: list[list[str]] = []
        try:
            rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error as error:
            if "unexpected end" in str(error):
                self.find(VIOLATION, "CutOff", "The file ends within a quoted cell: it is cut off. Download it again.", len(rows) + 1)
                return rows
            self.find(WARNING, "BadQuotes", f"The quotes of this record are out of place ({error}).", len(rows) + 1)
            rows = []
            with suppress(csv.Error):  # what was read before a cell beyond the limit stays
                rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        return rows


def listings(paths: Sequence[Path]) -> list[Listing]:
    """Return all tables in files, zips and folders, sorted by what they are shown as.

    Raises
    ------
    InputError
        When a path does not exist, or two tables have the same name.
    FileProblem
        When a zip is none, or cannot be read.
    """
    found: list[Listing] = []
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} does not exist.")
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        if len(inside) > MAX_FILES:
            raise TooBig(str(path), f"{len(inside):,} files", f"{MAX_FILES:,} files")
        for file in inside:
            shown = f"{path.name}/{file.relative_to(path).as_posix()}" if path.is_dir() else file.name
            if file.suffix.lower() == ".zip":
                found += [Listing(file, f"{shown}/{member}", member) for member in _members(file, shown)]
            elif not path.is_dir() or file.name.lower().endswith(_ENDINGS):
                found.append(Listing(file, shown))
    return sorted(dict.fromkeys(found), key=lambda one: (one.shown, str(one.path)))


def _members(file: Path, shown: str) -> list[str]:
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise FileProblem(shown, f"it is no zip, or is cut off ({error})", advice="Download it again") from error
    if len(infos) > MAX_FILES:
        raise TooBig(shown, f"{len(infos):,} files", f"{MAX_FILES:,} files")
    return [i.filename for i in infos if i.filename.lower().endswith((".csv", ".tsv", ".txt"))]


def _text(data: bytes, records: Records) -> str:
    """Text of a file; UTF-8 is expected, anything else is guessed and reported."""
    try:
        return data.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        encoding = best.encoding if best else "cp1252"
        records.find(WARNING, "BadEncoding", f"The file is not UTF-8; it was read as {encoding}.", value=encoding)
        return data.decode(encoding, errors="replace").replace("\x00", "")


def recognise(listing: Listing, headers: Sequence[Sequence[str]]) -> tuple[list[int], str]:
    """Return which of some headers a table has, and the delimiter: of several those that name most columns.

    Parameters
    ----------
    listing:
        The table.
    headers:
        For each known kind of table the titles that it must have, in any order and among others.
    """
    best: tuple[int, list[int], str] = (0, [], "")
    for delimiter, titles in listing.headers.items():
        present = {folded(t) for t in titles}
        fitting = [i for i, wanted in enumerate(headers) if present.issuperset(map(folded, wanted))]
        most = max((len(headers[i]) for i in fitting), default=0)
        if most > best[0]:
            best = (most, [i for i in fitting if len(headers[i]) == most], delimiter)
    return best[1], best[2]
