"""Reading a file of mappings in SSSOM TSV: YAML metadata behind `#`, then a tab-separated table (SSSOM 1.0, "SSSOM/TSV").

Nothing here judges a mapping. What cannot be read as it stands becomes a finding, and reading goes on as well as it
can. All values are texts: YAML's dates, numbers and tags are not interpreted, and its aliases are refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from loaders.records import MAX_BYTES, MAX_CELL
from wise_skills.findings import VIOLATION, Cell, Finding
from wise_skills.messages import nearest, sentence, shortlist
from wise_skills.names import Names

REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_OF_SIDES = ("id", "label", "category", "type", "source", "source_version", "match_field", "preprocessing")
SLOTS = frozenset(
    (
        "author_id", "author_label", "comment", "confidence", "creator_id", "creator_label", "curation_rule", "curation_rule_text",
        "issue_tracker_item", "license", "mapping_cardinality", "mapping_date", "mapping_justification", "mapping_provider",
        "mapping_source", "mapping_tool", "mapping_tool_version", "match_string", "other", "predicate_id", "predicate_label",
        "predicate_modifier", "publication_date", "reviewer_id", "reviewer_label", "see_also", "similarity_measure", "similarity_score",
        *(f"{side}_{slot}" for side in ("subject", "object") for slot in _OF_SIDES),
    )
)  # fmt: skip
"""The slots of a mapping in SSSOM 1.0."""


class _Texts(yaml.BaseLoader):
    """YAML whose values are texts. SSSOM forbids aliases, which could make a small file a huge value."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias is not allowed")
        return super().compose_node(parent, index)


@dataclass
class MappingFile:
    """Metadata and rows of a file, with what was found while reading it."""

    shown: str
    metadata: dict[str, Any] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def find(self, component: str, row: int, column: str = "", **facts: str) -> None:
        """Report a problem at a cell."""
        index = self.columns.index(column) if column in self.columns else -1
        where = Cell(self.shown, Path(self.shown).name.split(".")[0], row, column, index)
        text = sentence(component, {"column": column, **facts})
        self.findings.append(Finding(VIOLATION, component, text, where, value=facts.get("value", ""), expected=facts.get("allowed", "")))

    def prefixes(self, names: Names) -> dict[str, str]:
        """Return the declared prefixes under the base in use."""
        declared = self.metadata.get("curie_map")
        return {k: names.rebase(v) for k, v in declared.items()} if isinstance(declared, dict) else {}

    def text(self, slot: str) -> str:
        """Return a slot of the metadata that holds one text; empty where it holds none."""
        value = self.metadata.get(slot)
        return value if isinstance(value, str) else ""


def read_sssom(path: Path, shown: str) -> MappingFile:
    """Read an SSSOM TSV file; rows are counted as records of the table, its header being row 1."""
    found = MappingFile(shown)
    if path.stat().st_size > MAX_BYTES:
        found.find("TooLarge", 0, limit="50 MB")
        return found
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        found.find("BadEncoding", 0, value="something else")
        return found
    lines = re.split(r"(?<=\n)", text)
    head = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    found.metadata = _metadata("".join(line[1:] for line in lines[:head]), found)
    _table("".join(lines[head:]), found)
    return found


def _metadata(text: str, found: MappingFile) -> dict[str, Any]:
    try:
        metadata = yaml.load(text, _Texts)
    except (yaml.YAMLError, RecursionError) as error:
        found.find("BadMetadata", 0, value=(str(error) or "too deep").splitlines()[0])
        return {}
    metadata = metadata if isinstance(metadata, dict) else {}
    for slot in ("curie_map", "mapping_set_id", "license"):
        if not metadata.get(slot):
            found.find("MissingMetadata", 0, value=slot)
    declared = metadata.get("curie_map")
    if declared and not (isinstance(declared, dict) and all(isinstance(v, str) for v in declared.values())):
        found.find("BadMetadata", 0, value="curie_map must hold lines of the form prefix: address")
        del metadata["curie_map"]
    return metadata


def _table(text: str, found: MappingFile) -> None:
    records = _records(text, found)
    _, found.columns = next(records, (1, []))
    for column in REQUIRED:
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
        if len(cells) != len(found.columns):
            found.find("RaggedRow", number, value=str(len(cells)), limit=str(len(found.columns)))
        elif any(cells):
            found.rows.append((number, {c: v for c, v in zip(found.columns, cells, strict=True) if c in SLOTS}))


def _records(text: str, found: MappingFile) -> Iterator[tuple[int, list[str]]]:
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
