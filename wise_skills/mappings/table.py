"""The two parts of a file in SSSOM TSV: YAML metadata behind `#`, then a tab-separated table (SSSOM 1.0, "SSSOM/TSV").

Nothing here judges a mapping. What cannot be read as it stands is noted, and reading goes on as well as it can. All
values are texts: YAML's dates, numbers and tags are not interpreted, and its aliases are refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from wise_skills.mappings.slots import REQUIRED, SLOTS
from wise_skills.messages import nearest, sentence, shortlist

MAX_BYTES = 50_000_000
MAX_CELL = 1_000_000
MAX_COLUMNS = 1_000
MAX_ROWS = 200_000
MAX_METADATA = 200_000  # characters: PyYAML reads some 100,000 a second


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read as it stands: the row (the header is row 1, 0 means the metadata), the column, a sentence."""

    row: int
    column: str
    message: str


class _Texts(yaml.BaseLoader):
    """YAML whose values are texts. SSSOM forbids aliases, which could make a small file a huge value."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias is not allowed")
        return super().compose_node(parent, index)


@dataclass
class Table:
    """Metadata and rows of a file, with what was found while reading it; rows are counted as records, the header being row 1."""

    shown: str
    metadata: dict[str, Any] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def find(self, component: str, row: int, column: str = "", **facts: str) -> None:
        """Note a problem at a cell: the name of its sentence in `shapes/messages.ttl`, and the facts of that sentence."""
        self.problems.append(Problem(row, column, sentence(component, {"column": column, **facts})))

    def not_in_list(self, row: int, column: str, text: str, options: Collection[str]) -> None:
        """Note a value that is none of those allowed."""
        guess = nearest(text, options)
        hint = f"Did you mean “{guess}”?" if guess else ""
        self.find("InConstraintComponent", row, column, value=text, allowed=shortlist(options), nearest=hint)


def decode(data: bytes, found: Table) -> str | None:
    """Return the text of a file; `None`, with the problem noted, where it is too large or not in UTF-8."""
    if len(data) > MAX_BYTES:
        found.find("TooLarge", 0, limit="50 MB")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        found.find("BadEncoding", 0, value="something else")
        return None


def parse(text: str, found: Table, required: Collection[str] = REQUIRED) -> None:
    """Read a whole file into `found`; `required` are the columns that must be there."""
    text = text.removeprefix("\ufeff").replace("\x00", "")
    if len(text) > MAX_BYTES:
        found.find("TooLarge", 0, limit="50 MB")
        return
    lines = re.split(r"(?<=\n)", text)
    head = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    found.metadata = _metadata("".join(line[1:] for line in lines[:head]), found)
    _table("".join(lines[head:]), found, required)


def _metadata(text: str, found: Table) -> dict[str, Any]:
    if len(text) > MAX_METADATA:
        found.find("BadMetadata", 0, value=f"they are longer than {MAX_METADATA:,} characters")
        return {}
    try:
        metadata = yaml.load(text, _Texts)
    except (yaml.YAMLError, RecursionError) as error:
        found.find("BadMetadata", 0, value=(str(error) or "too deep").splitlines()[0])
        return {}
    metadata = metadata if isinstance(metadata, dict) else {}
    for slot in ("curie_map", "mapping_set_id", "license"):
        if not metadata.get(slot) and metadata.get(slot) != {}:  # a file may need no prefixes but the built-in ones
            found.find("MissingMetadata", 0, value=slot)
    declared = metadata.get("curie_map")
    if declared and not (isinstance(declared, dict) and all(isinstance(v, str) for v in declared.values())):
        found.find("BadMetadata", 0, value="curie_map must hold lines of the form prefix: address")
        del metadata["curie_map"]
    return metadata


def _table(text: str, found: Table, required: Collection[str]) -> None:
    records = _records(text, found)
    _, found.columns = next(records, (1, []))
    if len(found.columns) > MAX_COLUMNS:
        found.columns = []
        found.find("TooManyColumns", 1, limit=f"{MAX_COLUMNS:,}")
        return
    for column in required:
        if column not in found.columns:
            found.find("MissingColumn", 1, column)
    for index, column in enumerate(found.columns):
        if column in found.columns[:index]:
            found.find("DuplicateColumn", 1, column, value=column)
        elif column not in SLOTS:
            guess = nearest(column, SLOTS)
            hint = f"Did you mean “{guess}”?" if guess else ""
            found.find("UnknownColumn", 1, column, value=column, nearest=hint, allowed=shortlist(SLOTS))
    for number, cells in records:
        if number > MAX_ROWS:
            found.find("TooManyRows", number, limit=f"{MAX_ROWS:,}")
            return
        if len(cells) != len(found.columns):
            found.find("RaggedRow", number, value=str(len(cells)), limit=str(len(found.columns)))
        elif any(cells):
            found.rows.append((number, {c: v for c, v in zip(found.columns, cells, strict=True) if c in SLOTS}))


def _records(text: str, found: Table) -> Iterator[tuple[int, list[str]]]:
    """Yield the records up to one that cannot be read; an unclosed quote would swallow all that follows it."""
    csv.field_size_limit(MAX_CELL)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True), 1):
            yield number, cells
    except csv.Error as error:
        if "field larger" in str(error):
            found.find("TooLarge", number + 1, limit=f"{MAX_CELL:,} characters in one cell")
        else:
            found.find("BadQuotes", number + 1, value=str(error))
