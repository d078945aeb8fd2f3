"""Reading one CSV file of the portal as a stream of records, and saying where it is damaged.

A record may hold line ends; records are counted as RFC 7111 counts rows, the header being 1. Damage (a cell that never
ends, a row cut short, bytes that are no UTF-8, an archive that breaks off) is a Violation at its record.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from loaders.archives import DAMAGE
from loaders.esco.layout import Column, Kind, kinds
from loaders.esco.members import Member
from wise_skills.errors import FileProblem
from wise_skills.findings import INFO, VIOLATION, WARNING, Cell, Finding
from wise_skills.messages import shortlist

MAX_CELL = 16_000_000
MAX_RECORDS = 2_000_000
MAX_FINDINGS = 20_000
"""As many findings of one kind are listed, the rest is summed up: with all languages there could be a million."""
_AGAIN = "Download it again from the ESCO portal."
_DELIMITERS = ",;\t"


@dataclass
class Report:
    """Findings of a package; `counts` has the number of each component, also of those that are not listed."""

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _last: dict[str, tuple[str, Cell]] = field(default_factory=dict)

    def add(self, severity: str, component: str, message: str, where: Cell, value: str = "") -> None:
        """Keep a finding, or only count it where there are very many of its kind."""
        self.counts[component] += 1
        if self.counts[component] <= MAX_FINDINGS:
            self.findings.append(Finding(severity, component, message, where, value=value))
        else:
            self._last[component] = (severity, where)

    def listed(self) -> tuple[Finding, ...]:
        """Return all findings, with one for the rest of each kind that is too long to list."""
        rest = [
            Finding(severity, component, f"So it is at {self.counts[component] - MAX_FINDINGS:,} further places.", where)
            for component, (severity, where) in self._last.items()
        ]
        return (*self.findings, *rest)


class Sheet:
    """The records of one file, read as often as it is iterated; `titles` are its columns, `index` their positions."""

    def __init__(self, member: Member, report: Report) -> None:
        self.member, self.report = member, report
        self.kind: Kind = kinds()[member.kind]
        self.delimiter = ","
        self.titles = self._header()
        self.index = {title: i for i, title in reversed(list(enumerate(self.titles)))}
        self.plans: dict[tuple[str, ...], list[tuple[int, Column]]] = {}
        self._reported = False

    def at(self, number: int, column: str = "") -> Cell:
        """Return the place of a cell, a record (no column) or the file (record 0)."""
        return Cell(self.member.shown, self.kind.name, number, column, self.index.get(column, -1) if column else -1)

    def find(self, severity: str, component: str, message: str, number: int = 0, column: str = "", value: str = "") -> None:
        """Report something about a cell, a record or the file."""
        self.report.add(severity, component, message, self.at(number, column), value)

    def _damage(self, severity: str, component: str, message: str, number: int, value: str = "") -> None:
        """Report what reading met; a file that is read twice says it once."""
        if not self._reported:
            self.find(severity, component, message, number, value=value)

    def _header(self) -> list[str]:
        shown = self.member.shown
        try:
            with self.member.open() as file:
                head = file.read(1 << 14)
        except DAMAGE as error:
            raise FileProblem(shown, f"it is damaged or cut off ({error})", advice=_AGAIN) from error
        try:
            lines = head.decode("utf-8-sig", errors="strict" if len(head) < 1 << 14 else "replace").splitlines()
        except UnicodeDecodeError:
            lines = head.decode("latin-1").splitlines()  # the header is ASCII; the record with the bad byte is named later
        first = next((line for line in lines if line.strip()), "") if head.strip(b"\xef\xbb\xbf\r\n ") else ""
        if not first:
            raise FileProblem(shown, "it is empty", advice=_AGAIN)
        best: list[str] = []
        for delimiter in _DELIMITERS:
            titles = [t.strip().replace("\0", "") for t in _unwrapped(next(csv.reader([first], delimiter=delimiter), []), delimiter)]
            if len(set(titles) & set(self.kind.columns)) > len(set(best) & set(self.kind.columns)):
                best, self.delimiter = titles, delimiter
        if self.kind.columns and (missing := [c for c in self.kind.key if c not in best]):
            known = shortlist(self.kind.columns)
            raise FileProblem(
                shown, f"it has no column {missing[0]}, so it is no file of ESCO as its name says (columns there: {known})", advice=_AGAIN
            )
        return best

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield number and cells of each record, as many cells as there are titles; stop where the file is damaged."""
        csv.field_size_limit(MAX_CELL)
        width, least = len(self.titles), self._least()
        number, ended = 0, _Ended()
        try:
            with self.member.open() as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
                lines = ended.watch(text)
                for number, cells in enumerate(csv.reader(lines, delimiter=self.delimiter, strict=True), 1):
                    if ended.nul:
                        ended.nul = False
                        self._damage(VIOLATION, "NulCharacter", f"This record holds a character NUL: the file is damaged. {_AGAIN}", number)
                    if number == 1 or not cells:
                        continue
                    if len(cells) != width:
                        cells = self._squared(cells, number)
                        if len(cells) < least:
                            message = f"This record has {len(cells)} cells, the header {width}: the file is cut off or damaged. {_AGAIN}"
                            self._damage(VIOLATION, "CutOff", message, number, str(len(cells)))
                            continue
                        cells += [""] * (width - len(cells))
                    if number > MAX_RECORDS:
                        self._damage(
                            VIOLATION, "TooLong", f"The file has more than {MAX_RECORDS:,} records: it is no file of ESCO.", number
                        )
                        return
                    yield number, cells
                if not ended.newline:
                    message = f"The last record has no line end: the file may be cut off. Compare it with a new download. {_AGAIN}"
                    self._damage(WARNING, "NoLineEnd", message, number)
        except csv.Error as error:
            if "field larger" in str(error):
                self._damage(VIOLATION, "TooLong", f"A cell of this record has more than {MAX_CELL:,} characters. {_AGAIN}", number + 1)
            elif "unexpected end" in str(error):
                self._damage(
                    VIOLATION,
                    "CutOff",
                    f"The file ends within a quoted cell of this record: it is cut off or damaged. {_AGAIN}",
                    number + 1,
                )
            else:
                self._damage(
                    VIOLATION,
                    "BadQuotes",
                    f"The quotes of this record are out of place ({error}): the file is damaged. {_AGAIN}",
                    number + 1,
                )
        except UnicodeDecodeError:
            self._damage(
                VIOLATION,
                "BadEncoding",
                f"This record is not UTF-8: the file was saved by another program, or is damaged. {_AGAIN}",
                self._bad_byte(),
            )
        except DAMAGE as error:
            self._damage(VIOLATION, "CutOff", f"The archive breaks off here ({error}). {_AGAIN}", number + 1)
        self._reported = True

    def _least(self) -> int:
        """Cells that a record must have: the hierarchy leaves out empty codes at its end."""
        codes = [i for title, i in self.index.items() if title.endswith(" code")]
        return min(codes) + 1 if self.kind.holds == "hierarchy" and codes else len(self.titles)

    def _squared(self, cells: list[str], number: int) -> list[str]:
        """A record in quotes as a whole is unwrapped; surplus cells are dropped, and reported if they hold anything."""
        if len(cells) == 1 and len(whole := _unwrapped(cells, self.delimiter)) == len(self.titles):
            self._damage(INFO, "WholeRowQuoted", "The whole record stands in one pair of quotes; it was read as several cells.", number)
            return whole
        width = len(self.titles)
        if any(cell.strip() for cell in cells[width:]):
            message = f"This record has {len(cells)} cells, the header {width}: the file is damaged. {_AGAIN}"
            self._damage(VIOLATION, "RaggedRow", message, number, str(len(cells)))
        return cells[:width]

    def _bad_byte(self) -> int:
        """The record of the first byte that is no UTF-8."""
        with self.member.open() as file:
            data = file.read()
        try:
            data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8-sig", errors="replace")
            return sum(1 for _ in csv.reader(io.StringIO(before + "x", newline=""), delimiter=self.delimiter))
        return 0


class _Ended:
    """Lines as they pass, remembering how the last one ended and whether one held a NUL."""

    def __init__(self) -> None:
        self.newline, self.nul = True, False

    def watch(self, lines: Iterator[str] | io.TextIOWrapper) -> Iterator[str]:
        line = "\n"
        for line in lines:
            if "\0" in line:
                self.nul = True
                line = line.replace("\0", "")
            yield line
        self.newline = line.endswith(("\n", "\r"))


def _unwrapped(cells: list[str], delimiter: str) -> list[str]:
    if len(cells) == 1 and delimiter in cells[0]:
        return next(csv.reader([cells[0]], delimiter=delimiter), cells)
    return cells
