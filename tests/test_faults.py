"""Faults of many kinds, planted in the workbooks of all countries: each is found, at its cell, and nothing else is.

`faults.py` plants them; here the workbooks are checked as `wise check` does it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from openpyxl.workbook.workbook import Workbook

from loaders.checking import check_files
from tests.contributor import FIRST_ROW, LANGUAGES, SCHEMA, handed_out
from tests.faults import KINDS, Fault, plant
from tests.national import vocabulary
from wise_skills.findings import Finding
from wise_skills.languages import speaking
from wise_skills.messages import catalogue


@dataclass(frozen=True)
class Spoilt:
    """A workbook with faults, and what was found in it."""

    path: Path
    book: Workbook
    faults: list[Fault]
    findings: list[Finding]

    @property
    def at(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            found[finding.where.reference].append(finding)
        return found

    @property
    def astray(self) -> list[Finding]:
        """Findings where nothing was planted."""
        planted = {cell for fault in self.faults for cell in fault.cells}
        return [f for f in self.findings if f.where.reference not in planted]


@pytest.fixture(scope="module")
def turns() -> Counter[tuple[str, str]]:
    """How often something was planted in each column of each table."""
    return Counter()


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory, turns: Counter[tuple[str, str]]) -> dict[str, Spoilt]:
    folder, found = tmp_path_factory.mktemp("spoilt"), {}
    for country, language in LANGUAGES.items():
        path = handed_out(country, folder)
        faults, book = plant(path, country, turns)
        with speaking(language):
            found[country] = Spoilt(path, book, faults, check_files({country: [path]}, vocabulary()).findings)
    return found


def test_there_are_many_faults_of_many_kinds_in_all_tables(spoilt: dict[str, Spoilt], turns: Counter[tuple[str, str]]):
    kinds = Counter(fault.kind for one in spoilt.values() for fault in one.faults)
    assert len(spoilt) == 13
    assert kinds.total() >= 1000
    assert set(kinds) == set(KINDS)
    assert len(kinds) >= 80
    assert min(len(one.faults) for one in spoilt.values()) >= 75
    columns = {(t.name, c.id) for t in SCHEMA.tables for c in t.columns}
    assert {table for table, _ in turns} == set(SCHEMA.by_name)
    assert len(columns & set(turns)) > 0.85 * len(columns)


@pytest.mark.parametrize("country", LANGUAGES)
def test_no_fault_goes_unreported(spoilt: dict[str, Spoilt], country: str):
    reported = set(spoilt[country].at)
    missed = [(f.kind, sorted(cells), f.wrote) for f in spoilt[country].faults for cells in f.needed if not cells & reported]
    assert missed == []


@pytest.mark.parametrize("country", LANGUAGES)
def test_every_finding_points_at_a_planted_cell(spoilt: dict[str, Spoilt], country: str):
    """99 of 100 are asked for; where one goes astray it is a bug worth looking at."""
    assert [f"{f.where.reference} {f.code} {f.message[:200]}" for f in spoilt[country].astray] == []


@pytest.mark.parametrize("country", LANGUAGES)
def test_every_fault_is_called_by_its_name(spoilt: dict[str, Spoilt], country: str):
    """A cell that is reported for the wrong reason helps nobody."""
    at = spoilt[country].at
    wrong = [
        (fault.kind, cell, finding.code, fault.wrote)
        for fault in spoilt[country].faults
        for cell in fault.cells
        for finding in at.get(cell, ())
        if finding.code not in fault.codes
    ]
    assert wrong == []


@pytest.mark.parametrize("country", LANGUAGES)
def test_no_finding_lacks_its_place(spoilt: dict[str, Spoilt], country: str):
    sheets = spoilt[country].book.sheetnames
    for finding in spoilt[country].findings:
        where = finding.where
        assert where.file == str(spoilt[country].path)
        assert where.sheet in sheets
        assert where.row >= 1
        assert where.reference.startswith(f"{where.sheet}!")
        assert (where.index >= 0 and where.column) or finding.code in ("MissingColumn", "UnknownSheet", "UnnamedColumn"), finding.as_line()
        assert finding.as_dict()["cell"] == where.reference


def said_by(language: str, component: str) -> re.Pattern[str]:
    """What a sentence of the catalogue looks like when its facts are filled in."""
    text = re.sub(r"[ \t\r\n]+", " ", catalogue(language)[component]).strip()
    parts = re.split(r" ?\{\w+\} ?", text)
    return re.compile(".*".join(re.escape(p) for p in parts), re.DOTALL)


@pytest.mark.parametrize(("country", "language"), LANGUAGES.items())
def test_every_finding_says_in_the_language_of_the_workbook_what_was_found(spoilt: dict[str, Spoilt], country: str, language: str):
    patterns = cache(lambda component: said_by(language, component))
    expecting = ("DatatypeConstraintComponent", "OrConstraintComponent", "NodeConstraintComponent", "ClassConstraintComponent")
    for finding in spoilt[country].findings:
        assert not re.search(r"\{[?$]?\w+\}", finding.message), finding.as_line()
        if finding.component == "SPARQLConstraintComponent":
            texts = [texts for (node, kind), texts in SCHEMA.texts.items() if node == finding.shape and kind.endswith("message")]
            assert finding.message[:8] == texts[0][language][:8] or "{" in texts[0][language][:12]
        else:
            assert patterns(finding.component).fullmatch(finding.message), (finding.component, finding.message)
        if finding.component in expecting:
            assert finding.value, finding.as_line()
            assert finding.expected, finding.as_line()


@pytest.mark.parametrize("country", LANGUAGES)
def test_the_value_is_what_the_cell_holds(spoilt: dict[str, Spoilt], country: str):
    """As far as a text shows it: a date is shown as its format says, a formula by its result, merged cells by their range."""
    book = spoilt[country].book
    for finding in spoilt[country].findings:
        where = finding.where
        if not finding.value or where.row < FIRST_ROW or where.index < 0 or finding.code.startswith("Merged"):
            continue
        value = book[where.sheet].cell(where.row, where.index + 1).value
        if isinstance(value, str) and not value.startswith("="):
            assert finding.value in value.replace("\u200b", ""), finding.as_line()
