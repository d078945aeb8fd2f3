"""The beginning of a mapping table: how it is divided, its header and metadata, what it relates to what; or why it is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from loaders.eures.cells import esco_address
from loaders.eures.file import DELIMITERS, HEAD, decode, read_bytes, records, reparse
from loaders.eures.header import Header, find_header, nearest_header
from loaders.eures.known import Classification, recognise, unlisted
from loaders.eures.metadata import Metadata, read_metadata
from loaders.eures.report import Report
from wise_skills.errors import FileProblem, InputError

FIRST = 60
"""The header stands among so many records."""
SOME = 400
"""So many rows are looked at to see on which side ESCO stands."""


@dataclass
class Opening:
    """What the beginning of a file says: how its records are divided, its header, metadata and classification.

    `esco` is the side of ESCO (or of ISCO), 1 or 2; `kind` says what its bare identifiers name.
    """

    path: Path
    delimiter: str
    header: Header
    metadata: Metadata
    classification: Classification
    esco: int
    kind: str


def open_table(path: Path, report: Report | None = None) -> Opening:
    """Read the beginning of a file.

    Raises
    ------
    FileProblem
        When it is no mapping table; the sentence says what was expected.
    WrongKind, TooBig
        When it is not even a CSV file of a reasonable size.
    """
    text, _ = decode(read_bytes(path, HEAD), whole=False)
    text = text.replace("\x00", "")
    head: list[tuple[int, list[str]]] = []
    header = nearest = None
    for delimiter in sorted(DELIMITERS, key=text.count, reverse=True):
        head = [(number, cells) for number, cells, _ in islice(records(text, delimiter), FIRST + SOME)]
        if header := find_header(head[:FIRST]):
            break
        nearest = nearest or nearest_header(head[:FIRST])
    if header is None:
        raise _refusal(path, nearest)
    report = report or Report(path.name)
    metadata = read_metadata([(n, c) for n, c in head if n < header.row], report)
    esco = _esco_side(header, metadata, [c for n, c in head if n > header.row])
    if not esco:
        advice = "A mapping table relates a national classification to ESCO or ISCO"
        raise FileProblem(path, "names no concept of ESCO in either classification", advice=advice)
    side = metadata.sides[3 - esco]
    stem = path.name.split(".csv")[0].split(".txt")[0].split(".tsv")[0]
    said = " ".join(filter(None, [side.name, side.version])) or header.texts[3 - esco]
    known = recognise(said) or (None if side.name else recognise(stem.replace("_", " ")))
    classification = known or unlisted(side.name, stem, side.languages, side.page)
    return Opening(path, delimiter, header, metadata, classification, esco, _kind(header, metadata, esco))


def _refusal(path: Path, nearest: Header | None) -> InputError:
    expected = "Expected is a header such as “Classification 1 URI, Classification 1 PrefLabel, Classification 2 ID, …, Mapping relation”"
    if nearest is None:
        return FileProblem(path, "this is no mapping table of the EURES kind", advice=expected)
    return FileProblem(path, f"the header lacks {nearest.missing}", where=f"row {nearest.row}", advice=expected)


def _esco_side(header: Header, metadata: Metadata, rows: Iterable[list[str]]) -> int:
    """The side of ESCO: where its addresses are, else what is named so."""
    found: Counter[int] = Counter()
    for cells in rows:
        cells = reparse(cells[0], ",") if len(cells) == 1 else cells
        for side in (1, 2):
            found[side] += any(i < len(cells) and esco_address(cells[i]) for r, i in header.at[side].items() if r in ("uri", "id", "url"))
    if found[1] != found[2]:
        return 1 if found[1] > found[2] else 2
    named = [s for s in (1, 2) if "esco" in f"{metadata.sides[s].name} {metadata.sides[s].page} {header.texts[s]}".lower()]
    named = named or [s for s in (1, 2) if "isco" in f"{metadata.sides[s].name} {header.texts[s]}".lower()]
    return named[0] if len(named) == 1 else 0


def _kind(header: Header, metadata: Metadata, esco: int) -> str:
    """What a bare identifier on the side of ESCO names."""
    if "isco" in f"{header.texts[esco]} {metadata.sides[esco].name}".lower() and "esco" not in header.texts[esco]:
        return "isco/"
    said = f"{metadata.sides[esco].concept_type} {metadata.sides[esco].page} {header.texts[esco]}".lower()
    if any(word in said for word in ("skill", "compet", "knowledge")):
        return "skill/"
    return "occupation/" if "occupation" in said else ""
