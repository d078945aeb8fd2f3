"""Opening a workbook that somebody sent: what could hurt is refused before anything is parsed.

openpyxl does not guard against zip bombs, and against entity bombs only with defusedxml. No filled-in workbook of ours
comes near the limits.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath

import openpyxl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError
from openpyxl.workbook import Workbook

from loaders.archives import DAMAGE
from loaders.workbooks.refusal import Unopened
from loaders.workbooks.scan import Marks, scan

MAX_BYTES = 10_000_000
MAX_MEMBERS = 1_000
MAX_INFLATED = 200_000_000
MAX_RATIO = 100
_RATIO_FROM = 10_000_000  # below this no ratio hurts: a sheet of equal rows is packed very small
PARSING = (
    *DAMAGE,
    DefusedXmlException,
    ParseError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
)
"""What openpyxl raises on damaged sheets while their rows are read."""
_OLE = b"\xd0\xcf\x11\xe0"


@contextmanager
def opened(path: Path) -> Iterator[tuple[Workbook, Mapping[str, Marks]]]:
    """Open a workbook for reading, with what is known of each worksheet by the name of its part.

    Raises
    ------
    Unopened
        When the file is no workbook, is damaged, or holds what a table never needs.
    """
    inspect(path)
    state = path.stat()
    known = _scanned(path, state.st_mtime_ns, state.st_size)
    if isinstance(known, Unopened):
        raise known
    listed, marks = known
    book = load(path, read_only=True, data_only=True)
    try:
        parts = [getattr(ws, "_worksheet_path", ws.title) for ws in book.worksheets]
        unread = [title for title in listed if title not in book.sheetnames]
        twice = [part for part in parts if part not in marks or parts.count(part) > 1]
        for lost in (*unread, *twice):
            raise Unopened("BadWorkbook", value=lost)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of dates out of range while rows are read; they show as errors
            yield book, marks
    except PARSING as error:
        component = "WorkbookEntities" if isinstance(error, DefusedXmlException) else "BadWorkbook"
        raise Unopened(component, value=type(error).__name__) from error
    finally:
        book.close()


@lru_cache(maxsize=4)
def _scanned(path: Path, _changed: int, _size: int) -> tuple[list[str], dict[str, Marks]] | Unopened:
    """What `scan` says, once for each state of a file: it is opened to be known, and again to be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return scan(archive)
    except Unopened as refused:
        return refused
    except DAMAGE as error:
        return Unopened("BadWorkbook", value=str(error))


def load(path: Path, *, read_only: bool, data_only: bool, rich_text: bool = False) -> Workbook:
    """Open an inspected workbook with openpyxl.

    Raises
    ------
    Unopened
        When it cannot be parsed. openpyxl raises whatever its parts happen to raise on damaged files, and warns of what
        it leaves out, which is nobody's business here.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(path, read_only=read_only, data_only=data_only, keep_links=False, rich_text=rich_text)
    except DefusedXmlException as error:
        raise Unopened("WorkbookEntities") from error
    except MemoryError:
        raise
    except Exception as error:
        raise Unopened("BadWorkbook", value=type(error).__name__) from error


def can_be_opened(path: Path) -> bool:
    """Whether a file is a workbook that can be opened."""
    try:
        with opened(path):
            return True
    except Unopened:
        return False


def inspect(path: Path) -> None:
    """Refuse a file by its size, its first bytes and the list of its parts."""
    if path.stat().st_size > MAX_BYTES:
        raise Unopened("TooLarge", limit=f"{MAX_BYTES // 1_000_000} MB")
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLE:
        raise Unopened("OldOrLocked")
    if start[:2] != b"PK":
        raise Unopened("NotAWorkbook")
    try:
        with zipfile.ZipFile(path) as archive:
            _inspect_parts(archive)
    except (*DAMAGE, OSError, UnicodeDecodeError) as error:
        raise Unopened("BadWorkbook", value=str(error)) from error


def _inspect_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = [p.filename for p in parts]
    for name in names:
        if name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts or ":" in name:
            raise Unopened("WorkbookPaths", value=name[:100])
    if any(p.flag_bits & 1 for p in parts):
        raise Unopened("OldOrLocked")
    if any(p.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for p in parts):
        raise Unopened("BadWorkbook", value="LZMA, BZIP2")  # their heads may ask for gigabytes
    inflated, packed = sum(p.file_size for p in parts), sum(p.compress_size for p in parts)
    for limit in (MAX_INFLATED, max(_RATIO_FROM, MAX_RATIO * packed)):
        if inflated > limit:
            raise Unopened("WorkbookInflates", value=f"{inflated / 1e6:,.1f} MB", limit=f"{limit / 1e6:,.1f} MB")
    if len(parts) > MAX_MEMBERS or len(set(names)) < len(names):
        raise Unopened("BadWorkbook", value=f"{len(parts):,} parts, {len(set(names)):,} names")
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise Unopened("NotAWorkbook")
    if any("vbaProject" in n or n.startswith("xl/macrosheets") for n in names) or b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise Unopened("WorkbookMacros")
    if any(n.startswith("xl/externalLinks/") for n in names):
        raise Unopened("WorkbookLinks")
