"""From a file to records: compression, encoding, delimiter and quotes of a mapping table.

Tables come from spreadsheets: in UTF-8 with or without a byte order mark, in UTF-16, or in the code page of the
country. Reading goes on behind a record whose quotes are broken; only a file that cannot be unpacked is refused.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from loaders.eures.known import languages
from loaders.records import MAX_BYTES, MAX_CELL
from wise_skills.errors import FileProblem, TooBig, WrongKind

HEAD = 200_000
"""Bytes that are enough to see the metadata, the header and some rows."""
DELIMITERS = ",;\t|"
READABLE = ("a mapping table as CSV (.csv or .csv.gz)",)
BROKEN = "\ufffd"
"""Stands for bytes that are no letter."""
_SOUND = 10  # so many sound letters beyond ASCII for a broken one show that a file is in UTF-8, if a damaged one
_MAX_LINES = 200
_KINDS = {b"PK\x03\x04": "a spreadsheet or zip archive", b"\xd0\xcf\x11\xe0": "a spreadsheet of Excel 97", b"%PDF": "a PDF"}
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_LANGUAGE = re.compile(r"classification 2 language\W+([a-z]{2})", re.IGNORECASE)


def read_bytes(path: Path, limit: int | None = None) -> bytes:
    """Return the bytes of a file, unpacked if it is gzipped.

    Parameters
    ----------
    path, limit:
        The file, and how many bytes to read of it; `None` reads it whole.

    Raises
    ------
    FileProblem
        When the file cannot be opened, or its compression is damaged.
    TooBig
        When more than 50 MB come out of it.
    WrongKind
        When it is a spreadsheet, an archive or a PDF.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            data = file.read(MAX_BYTES + 1 if limit is None else limit)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileProblem(path, f"its compression is damaged ({error})", advice="Download the file again") from None
    except OSError as error:
        raise FileProblem(path, f"cannot be read ({error.strerror or error})", advice="Check the path and your rights") from None
    if len(data) > MAX_BYTES:
        raise TooBig(path.name, "over 50 MB unpacked", "50 MB")
    for magic, kind in _KINDS.items():
        if data.startswith(magic):
            raise WrongKind(path.name, kind, READABLE)
    return data


def decode(data: bytes, *, whole: bool = True) -> tuple[str, str]:
    """Return the text of some bytes, and the code page by which it was read, empty for Unicode.

    Parameters
    ----------
    data, whole:
        The bytes; `whole` is false where they end in the middle of the file.
    """
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return codecs.getincrementaldecoder(encoding)("replace").decode(data, whole), ""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data, whole), ""
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        if sum(letter > "\x7f" for letter in text) > _SOUND * text.count(BROKEN):
            return text, ""
        said = _LANGUAGE.search(data.decode("latin-1"))
        known = languages().get(said[1].lower()) if said else None
        page = known.page if known else "cp1252"
        return data.decode(page, "replace"), page


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Yield the number, the cells and, where its quotes are broken, the problem of each record, as RFC 7111 counts them.

    A quote that is never closed would swallow all that follows: the line on which such a record begins is then
    read alone, and reading goes on with the next one.
    """
    csv.field_size_limit(MAX_CELL)
    lines = list(io.StringIO(text, newline=""))
    start = number = 0
    while start < len(lines):
        feed = _Feed(lines, start)
        try:
            for cells in csv.reader(feed, delimiter=delimiter, strict=True):
                number, start = number + 1, feed.at
                feed.begin = start
                yield number, cells, ""
            return
        except csv.Error as error:
            number += 1
            yield number, _alone(lines[start], delimiter), str(error)
            start += 1


class _Feed:
    """Lines for a reader; ends a record that goes on for too long."""

    def __init__(self, lines: list[str], at: int) -> None:
        self.lines, self.at, self.begin = lines, at, at

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self.at >= len(self.lines):
            raise StopIteration
        if self.at - self.begin >= _MAX_LINES:
            raise csv.Error(f"a quote is not closed within {_MAX_LINES} lines")
        self.at += 1
        return self.lines[self.at - 1]


def _alone(line: str, delimiter: str) -> list[str]:
    """One line read leniently, and without regard to quotes where these do not pair."""
    line = line.rstrip("\r\n")
    if len(line) <= MAX_CELL and line.count('"') % 2 == 0:
        return next(csv.reader([line], delimiter=delimiter), [])
    return line.replace('"', "").split(delimiter)


def reparse(cell: str, delimiter: str) -> list[str]:
    """Return the cells of a record that was quoted as a whole."""
    try:
        return next(csv.reader([cell], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return [cell]
