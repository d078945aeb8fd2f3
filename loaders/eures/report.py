"""What is found in one table, gathered so that one cause does not become thousands of findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from wise_skills.findings import Cell, Finding

EACH = 100
"""So many rows with the same problem get a finding each; the others share one."""
MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
"""An e-mail address: none is taken over, and none is shown."""
_SHOWN = 120


class Report:
    """Findings of one file. Rows are numbers of records, as a spreadsheet shows them."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.sheet = re.sub(r"(\.csv|\.tsv|\.txt)?(\.gz)?$", "", Path(shown).name)
        self.columns: Sequence[str] = ()
        self._single: list[Finding] = []
        self._rows: dict[tuple[str, str, str, str], list[tuple[int, str]]] = {}
        self._together: dict[tuple[str, str, str, str], list[int]] = {}

    def once(self, severity: str, component: str, message: str, row: int = 0, column: str = "", value: str = "") -> None:
        """Report something of the file as a whole, or of one cell."""
        self._single.append(self._finding(severity, component, message, row, column, value))

    def row(self, severity: str, component: str, message: str, row: int, column: str = "", value: str = "") -> None:
        """Report a problem of one row; the message must be the same for all rows that have the problem."""
        self._rows.setdefault((severity, component, message, column), []).append((row, value))

    def together(self, severity: str, component: str, message: str, row: int, column: str = "") -> None:
        """Report what was understood all the same: one finding names all rows."""
        self._together.setdefault((severity, component, message, column), []).append(row)

    def findings(self) -> tuple[Finding, ...]:
        """Return all findings."""
        found = list(self._single)
        for (severity, component, message, column), rows in self._rows.items():
            found += [self._finding(severity, component, message, row, column, value) for row, value in rows[:EACH]]
            if rest := [row for row, _ in rows[EACH:]]:
                text = f"{message} The same holds of {len(rest)} further rows: {ranges(rest)}."
                found.append(self._finding(severity, component, text, rest[0], column, ""))
        for (severity, component, message, column), numbers in self._together.items():
            where = f"row {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} rows: {ranges(numbers)}"
            found.append(self._finding(severity, component, f"{message} ({where})", numbers[0], column, ""))
        return tuple(found)

    def _finding(self, severity: str, component: str, message: str, row: int, column: str, value: str) -> Finding:
        index = self.columns.index(column) if column in self.columns else -1
        value = MAIL.sub("…", value)
        value = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
        return Finding(severity, component, message, Cell(self.shown, self.sheet, row, column, index), value=value)


def ranges(numbers: Iterable[int]) -> str:
    """Return numbers in short: `5, 9, 12–40`."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}, {b}" if b == a + 1 else f"{a}–{b}" for a, b in parts)
