"""A file of mappings in SSSOM TSV of the data: its metadata and rows, with what is wrong as findings at their cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from wise_skills.findings import VIOLATION, Cell, Finding
from wise_skills.mappings.slots import REQUIRED, SLOTS
from wise_skills.mappings.table import MAX_BYTES, Table, decode, parse
from wise_skills.messages import sentence
from wise_skills.names import Names

__all__ = ["REQUIRED", "SLOTS", "MappingFile", "read_sssom"]


@dataclass
class MappingFile(Table):
    """Metadata and rows of a file, with what was found while reading it."""

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
    elif (text := decode(path.read_bytes(), found)) is not None:
        parse(text, found)
    return found
