"""Findings: what is wrong or doubtful in the data, and in which cell.

One kind of object carries everything that can be found, whether reading found it, a SHACL Core constraint or
a SPARQL constraint. Its fields are those of `wise check --format json`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

VIOLATION = "Violation"
WARNING = "Warning"
INFO = "Info"
_SEVERITIES = (VIOLATION, WARNING, INFO)
_COLUMNS = ("severity", "component", "message", "file", "row", "column", "cell", "value", "expected", "focus", "path", "shape", "group")


def letters(index: int) -> str:
    """Return the spreadsheet letters of a column, counted from 0: 0 is `A`, 27 is `AB`."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


@dataclass(frozen=True, order=True)
class Cell:
    """A place in a file.

    `row` is the record number that a spreadsheet shows (the header is row 1; 0 stands for the file as a
    whole); `index` the position of the column from 0, or -1 where the finding is about no single column.
    """

    file: str
    sheet: str
    row: int
    column: str = ""
    index: int = -1

    @property
    def reference(self) -> str:
        """Spreadsheet reference, `needs!C12`; empty for a whole file."""
        if self.row < 1:
            return ""
        return f"{self.sheet}!{letters(self.index)}{self.row}" if self.index >= 0 else f"{self.sheet}!{self.row}:{self.row}"


@dataclass(frozen=True)
class Finding:
    """One thing found at one cell; findings on several cells share their `group`."""

    severity: str
    component: str
    message: str
    where: Cell
    shape: str = ""
    value: str = ""
    expected: str = ""
    focus: str = ""
    path: str = ""
    group: str = ""
    key: str = ""

    @property
    def code(self) -> str:
        """Short name of what was found, by which a waiver names it."""
        return self.shape.rsplit("#", 1)[-1] if self.component == "SPARQLConstraintComponent" else self.component

    def as_dict(self) -> dict[str, str | int]:
        """Return the fields of the JSON format, in its order."""
        record = asdict(self)
        return {
            "severity": self.severity,
            "shape": self.shape,
            "message": self.message,
            "file": self.where.file,
            "sheet": self.where.sheet,
            "row": self.where.row,
            "column": self.where.column,
            "cell": self.where.reference,
            **{k: record[k] for k in ("value", "expected", "focus", "path", "component", "group", "key")},
            "code": self.code,
        }

    def as_line(self) -> str:
        """Return one line of text: `file:row:column: severity: message`; a workbook's file is `be.xlsx!needs`."""
        sheet = f"!{self.where.sheet}" if self.where.file.lower().endswith(".xlsx") and self.where.sheet else ""
        place = ":".join(p for p in (self.where.file + sheet, str(self.where.row or ""), self.where.column) if p)
        return f"{place}: {self.severity}: {self.message}"

    @property
    def order(self) -> tuple[object, ...]:
        """Sort key: by place, the worst first."""
        return (
            self.where.file,
            self.where.sheet,
            self.where.row,
            self.where.index,
            _SEVERITIES.index(self.severity),
            self.component,
            self.message,
        )


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings without repetitions, sorted by place."""
    return sorted(dict.fromkeys(findings), key=lambda f: f.order)


def violations(findings: Iterable[Finding]) -> list[Finding]:
    """Return those that refuse a release. In SHACL 1.0 even an Info makes `sh:conforms` false: we count Violations."""
    return [f for f in findings if f.severity == VIOLATION]


def write_csv(path: Path, findings: Iterable[Finding]) -> None:
    """Write findings as a CSV with the fields of the JSON format as columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for finding in findings:
            record = finding.as_dict()
            writer.writerow([record[column] for column in _COLUMNS])
