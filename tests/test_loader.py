"""The reader of national tables: golden folders, and properties over any table."""

from __future__ import annotations

import csv
import io
import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.csv_files import read_csv
from loaders.folders import Folders, Vocabulary, check
from wise_skills.findings import letters
from wise_skills.source import nquads

CASES = sorted(p for p in (Path(__file__).parent / "fixtures" / "loader").iterdir() if p.is_dir())
REGENERATE = bool(os.environ.get("WISE_REGENERATE"))


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary.of_project()


def read(folder: Path) -> Folders:
    folders = Folders(vocabulary())
    for country in sorted(p for p in folder.iterdir() if p.is_dir()):
        folders.add_folder(country, country.name)
    return folders


def test_there_are_cases():
    assert len(CASES) >= 12


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_golden(case: Path):
    """Findings and quads are as committed; WISE_REGENERATE=1 writes them anew (then read the diff)."""
    checked = check(read(case))
    found, loaded = checked.findings, checked.loaded
    lines = "".join(f"{f.as_line()}\n" for f in found)
    quads = b"".join(sorted(line for one in loaded.values() for line in nquads(one.quads).splitlines(keepends=True)))
    if REGENERATE:
        (case / "expected.txt").write_text(lines, encoding="utf-8")
        (case / "expected.nq").write_bytes(quads)
    hint = "regenerate with WISE_REGENERATE=1 pytest tests/test_loader.py and read the diff"
    assert lines == (case / "expected.txt").read_text(encoding="utf-8"), hint
    assert quads == (case / "expected.nq").read_bytes(), hint


@pytest.mark.parametrize(("index", "text"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_letters(index: int, text: str):
    assert letters(index) == text


HEADERS = ["form", "project", "measure", "date", "no", "value", "scope@en", "scope@nl", "evidence", "sources"]
MEASURES = st.sampled_from(["organisations", "workers", "fte", "Workers", "no such measure", ""])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "measure": MEASURES,
            "date": st.sampled_from(["2020", "2021-02", "2022-12-31", "2022-02-30", "about 2021", ""]),
            "value": st.sampled_from(["1", "2.50", "?", "-", "many", ""]),
            "scope@en": st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12),
            "evidence": st.sampled_from(["named-in-source", "unverified", "x"]),
            "sources": st.sampled_from(["https://a.example/1", "https://a.example/1 | https://b.example/ż", "see report", ""]),
        }
    ),
    max_size=8,
)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def table_text(rows: list[dict[str, str]], headers: list[str], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, headers, delimiter=delimiter, lineterminator="\n", restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def facts(path: Path) -> list[bytes]:
    """Quads of a file without its row nodes, which hold the row's number."""
    folders = Folders(vocabulary())
    folders.add(path, "be", "be/counts.csv")
    quads = [q for q in folders.load("be").quads if "/source/" not in q.subject.value]
    return sorted(nquads(quads).splitlines())


@FEW
@given(rows=ROWS, data=st.data(), delimiter=st.sampled_from(",;\t|"))
def test_order_and_delimiter_do_not_matter(tmp_path: Path, rows: list[dict[str, str]], data: st.DataObject, delimiter: str):
    """Rows, columns and the delimiter may stand in any order: the same facts."""
    for number, row in enumerate(rows, 1):
        row["no"] = str(number)
    path = tmp_path / "counts.csv"
    path.write_text(table_text(rows, HEADERS), encoding="utf-8")
    before = facts(path)
    shuffled = data.draw(st.permutations(rows))
    headers = data.draw(st.permutations(HEADERS))
    path.write_text(table_text(list(shuffled), list(headers), delimiter), encoding="utf-8")
    assert facts(path) == before


@FEW
@given(content=st.binary(max_size=400))
def test_any_bytes_can_be_read(tmp_path: Path, content: bytes):
    """Whatever the file holds, reading ends with findings, never with an exception."""
    path = tmp_path / "counts.csv"
    path.write_bytes(content)
    sheet = read_csv(path, "be/counts.csv", "be", vocabulary().schema.by_name["counts"])
    assert all(len(cells) == len(sheet.titles) for _, cells in sheet.records)
    assert sheet.records == [] or sheet.titles


@FEW
@given(rows=st.lists(st.sampled_from(["x", "two\nlines", 'a "quoted" word', ""]), min_size=1, max_size=6))
def test_rows_are_counted_in_records(tmp_path: Path, rows: list[str]):
    """RFC 7111: line ends inside cells do not count, blank records do."""
    path = tmp_path / "counts.csv"
    records = [{"measure": "workers", "no": str(i), "scope@en": text} for i, text in enumerate(rows, 1)]
    path.write_text(table_text(records, HEADERS), encoding="utf-8")
    sheet = read_csv(path, "be/counts.csv", "be", vocabulary().schema.by_name["counts"])
    assert [number for number, _ in sheet.records] == list(range(2, len(rows) + 2))


def test_findings_name_file_row_and_column(tmp_path: Path):
    path = tmp_path / "counts.csv"
    path.write_text("measure,no,value,evidence\nworkers,1,many,unverified\n", encoding="utf-8")
    folders = Folders(vocabulary())
    folders.add(path, "be", "be/counts.csv")
    found = check(folders).findings
    assert [(f.where.file, f.where.row, f.where.column, f.where.reference, f.value) for f in found] == [
        ("be/counts.csv", 2, "value", "counts!C2", "many")
    ]
