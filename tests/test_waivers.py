"""Waivers: a warning that may stand is not reported; a waiver without a warning is."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from loaders.folders import Checked, Folders, check
from tests.national import vocabulary

RULE = Path(__file__).parent / "fixtures" / "shapes"
HEADER = ["table", "row", "finding", "no", "waived_by", "date", "reason@en"]
CODE = "CountShape-twoFigures"


def checked(folder: Path, waivers: list[list[str]]) -> Checked:
    """Check the example of two figures of one source, with waivers beside it."""
    be = folder / "be"
    shutil.copytree(RULE / "world" / "be", be)
    shutil.copy(RULE / "failing" / "counts" / "rule-twoFigures.csv", be / "counts.csv")
    with (be / "waivers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *waivers])
    folders = Folders(vocabulary())
    folders.add_folder(be, "be")
    return check(folders)


def keys(folder: Path) -> list[str]:
    """Keys of the rows with the warning, as the check gives them."""
    return sorted({f.key for f in checked(folder, []).findings if f.code == CODE})


def waiver(key: str, code: str = CODE, table: str = "counts", no: str = "1") -> list[str]:
    return [table, key, code, no, "Groep Maatwerk", "2026-11-26", "Both stand in the report."]


def test_a_warning_that_is_waived_does_not_stand(tmp_path: Path):
    rows = keys(tmp_path / "a")
    assert len(rows) == 2
    both = checked(tmp_path / "b", [waiver(key, no=str(n)) for n, key in enumerate(rows, 1)])
    assert both.findings == []
    assert {f.key for f in both.waived} == set(rows)
    assert {f.code for f in both.waived} == {CODE}
    one = checked(tmp_path / "c", [waiver(rows[0])])
    assert {f.key for f in one.findings} == {rows[1]}


@pytest.mark.parametrize(
    ("table", "row", "code"),
    [("counts", "no/such/row", CODE), ("needs", None, CODE), ("counts", None, "CountShape-noSuchRule")],
    ids=["row", "table", "code"],
)
def test_a_waiver_that_applies_to_nothing_is_reported_at_its_own_row(tmp_path: Path, table: str, row: str | None, code: str):
    rows = keys(tmp_path / "a")
    found = checked(tmp_path / "b", [waiver(row or rows[0], code, table)]).findings
    (unused,) = [f for f in found if f.component == "WaiverUnused"]
    assert (unused.severity, unused.where.sheet, unused.where.row, unused.where.column) == ("Warning", "waivers", 2, "finding")
    assert len([f for f in found if f.code == CODE]) == 4


def test_an_error_cannot_be_waived(tmp_path: Path):
    be = tmp_path / "be"
    shutil.copytree(RULE / "world" / "be", be)
    path = be / "counts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[1][rows[0].index("value")] = "many"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)

    def found(waivers: list[list[str]]) -> Checked:
        with (be / "waivers.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *waivers])
        folders = Folders(vocabulary())
        folders.add_folder(be, "be")
        return check(folders)

    (error,) = found([]).findings
    assert error.severity == "Violation"
    with_waiver = found([waiver(error.key, error.code)])
    assert error in with_waiver.findings
    assert [f.component for f in with_waiver.findings if f != error] == ["WaiverOfError"]
    assert with_waiver.waived == []
