"""Tables → workbook → tables: nothing is lost, added or changed, whichever way they come."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from loaders.folders import Folders, read_folders
from loaders.tables import Loaded
from loaders.workbooks.entries import Cells
from loaders.workbooks.template import make_template
from tests.national import vocabulary
from wise_skills import build as building
from wise_skills.cli.build import make_plan
from wise_skills.findings import Finding
from wise_skills.languages import LANGUAGES, speaking
from wise_skills.names import BASE, FOLDERS, Names, resource
from wise_skills.tables import Column, Table

SPOKEN = dict(zip(FOLDERS, (*LANGUAGES, "el"), strict=True))  # any language will do: not the country's own
NAMES = Names()


@cache
def project() -> Folders:
    return read_folders(resource("data"), vocabulary())


def others(folder: str) -> Folders:
    """All folders but one, whose place is taken."""
    found = Folders(vocabulary())
    found.sheets.update({name: sheets for name, sheets in project().sheets.items() if name != folder})
    return found


def said(quads: Sequence[ox.Quad]) -> Counter[ox.Quad]:
    """The quads but for the row nodes, which name the file."""
    return Counter(q for q in quads if q.predicate.value != NAMES.describes)


def rows(loaded: Loaded) -> Counter[str]:
    return Counter(q.object.value for q in loaded.quads if q.predicate.value == NAMES.describes)  # type: ignore[union-attr]


def filled(folder: str, language: str) -> Workbook:
    return make_template(project(), folder, language, filled=True)


# --- the project's data


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_filled_workbook_gives_the_quads_of_the_data(folder: str, tmp_path: Path):
    path = tmp_path / f"{folder}.xlsx"
    filled(folder, SPOKEN[folder]).save(path)
    folders = others(folder)
    folders.add(path, folder, path.name)
    with speaking(SPOKEN[folder]):
        again, before = folders.load(folder), project().load(folder)
    assert folders.findings == []
    assert again.findings == []
    assert said(again.quads) == said(before.quads)
    assert rows(again) == rows(before)
    assert again.rows == before.rows > 100


def test_row_nodes_name_the_file_the_sheet_and_the_row(tmp_path: Path):
    path = tmp_path / "lv.xlsx"
    filled("lv", "de").save(path)
    folders = others("lv")
    folders.add(path, "lv", "lv/lv.xlsx")
    loaded = folders.load("lv")
    nodes = {q.subject.value: q.object.value for q in loaded.quads if q.predicate.value == NAMES.describes}  # type: ignore[union-attr]
    (sheet,) = [s for s in folders.sheets["lv"] if s.table.name == "forms"]
    number, texts = sheet.records[0]
    assert number == 3
    key = texts[sheet.titles.index("id")]
    assert nodes[f"{BASE}source/lv/lv.xlsx/forms#row=3"] == f"{BASE}id/lv/form/{key}"


def test_a_workbook_may_be_filled_in_in_another_language_than_it_is_read_in(tmp_path: Path):
    """Handed out in Greek, names changed to Polish by hand, checked in Latvian."""
    book = filled("si", "el")
    path = tmp_path / "si.xlsx"
    for table in vocabulary().schema.tables:
        for cell in book[table.name][2]:
            column, _, tag = str(book[table.name].cell(1, cell.column).value).partition("@")
            cell.value = table.by_id[column].name["pl"] + (f" ({tag})" if tag else "")
        book[table.name].delete_rows(1)
    book.save(path)
    folders = others("si")
    folders.add(path, "si", path.name)
    with speaking("lv"):
        again = folders.load("si")
    assert again.findings == []
    assert said(again.quads) == said(project().load("si").quads)


# --- a release


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Some tables of a country as files, in a workbook inside or beside its folder, and partly in one."""
    root = tmp_path_factory.mktemp("small")
    ways = {name: root / name for name in ("csv", "inside", "beside", "mixed")}
    for path in ways.values():
        (path / "lv").mkdir(parents=True)
        for name in ("sources", "laws", "forms", "requirements", "counts"):
            shutil.copy(resource("data") / "lv" / f"{name}.csv", path / "lv")
    workbook = root / "lv.xlsx"
    make_template(read_folders(ways["csv"], vocabulary()), "lv", "bg", filled=True).save(workbook)
    for name, target in (("inside", "lv/lv.xlsx"), ("beside", "lv.xlsx")):
        for file in (ways[name] / "lv").glob("*.csv"):
            file.unlink()
        shutil.copy(workbook, ways[name] / target)
    book = make_template(read_folders(ways["csv"], vocabulary()), "lv", "hr", filled=True)
    for table in vocabulary().schema.tables:
        if table.name in ("laws", "counts"):
            (ways["mixed"] / "lv" / f"{table.name}.csv").unlink()
        else:
            del book[table.name]
    book.save(ways["mixed"] / "lv" / "some tables.xlsx")
    return ways


class Built(NamedTuple):
    """Of a release: the dump without the row nodes, what these describe, and the files that it was made of."""

    dump: set[str]
    described: list[str]
    files: set[str]


@pytest.fixture(scope="module")
def built(small: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    out, found = tmp_path_factory.mktemp("out"), {}
    for name in ("csv", "inside", "beside"):
        path = small[name]
        release = building.build(make_plan(path, BASE), out).release
        dump = (release.path / "dump" / "wise-skills.nq").read_text(encoding="utf-8").splitlines()
        nodes = [line for line in dump if f"<{NAMES.describes}>" in line]
        files = {i["file"] for i in release.info["inputs"]}
        found[name] = Built(set(dump) - set(nodes), sorted(line.split()[2] for line in nodes), files)
    return found


@pytest.mark.parametrize(("way", "file"), [("inside", "lv/lv.xlsx"), ("beside", "beside/lv.xlsx")])
def test_a_release_is_the_same_whether_its_tables_are_files_or_sheets(way: str, file: str, built: dict[str, Built]):
    assert (built[way].dump, built[way].described) == (built["csv"].dump, built["csv"].described)
    assert len(built["csv"].described) > 30
    assert file in built[way].files
    assert not any(f.endswith(".xlsx") for f in built["csv"].files)


def test_files_and_a_workbook_may_share_the_tables_of_a_country(small: dict[str, Path]):
    straight, mixed = (read_folders(small[name], vocabulary()).load("lv") for name in ("csv", "mixed"))
    assert mixed.findings == []
    assert said(mixed.quads) == said(straight.quads)
    assert len({row.file for rows in mixed.origin.rows.values() for row in rows}) == 4


def test_a_release_of_a_damaged_workbook_is_refused(small: dict[str, Path], tmp_path: Path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "lv.xlsx").write_bytes((small["beside"] / "lv.xlsx").read_bytes()[:5000])
    with pytest.raises(building.Refused) as refused:
        building.build(make_plan(data, BASE), tmp_path / "out")
    assert [f.component for f in refused.value.findings if f.where.file == "lv.xlsx"] == ["BadWorkbook"]


# --- one table from several files

PLAIN = ("id", "name@en", "number", "jurisdiction", "adopted", "evidence", "sources")
LAW = ("a-law", "A law", "1/2013", "BE2", "2013", "named-in-source", "https://a.example/1")


def write_csv(path: Path, *records: Sequence[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(records)
    return path


def write_book(path: Path, title: str, *records: Sequence[object]) -> Path:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for number, values in enumerate(records, 1):
        for column, value in enumerate(values, 1):
            if value not in ("", None):
                cell = sheet.cell(number, column, value)  # type: ignore[arg-type]
                if isinstance(value, str):
                    cell.data_type = "s"  # also where it begins with =
    book.save(path)
    return path


def load(*paths: Path) -> Loaded:
    """The quads of files of Belgium, whose own things can be referred to, and what is found in them."""
    folders = others("be")
    for path in paths:
        folders.add(path, "be", f"be/{path.name}")
    folders.sheets["be"] += [replace(sheet, context=True) for sheet in project().sheets["be"]]
    loaded = folders.load("be")
    loaded.findings += folders.findings
    return loaded


def test_a_workbook_adds_to_the_rows_of_a_file(tmp_path: Path):
    file = write_csv(tmp_path / "laws.csv", PLAIN, LAW)
    other = ("b-law", "Another law", *LAW[2:])
    both = load(file, write_book(tmp_path / "be.xlsx", "laws", PLAIN, other))
    alone = load(write_csv(tmp_path / "laws.csv", PLAIN, LAW, other))
    assert both.findings == alone.findings == []
    assert said(both.quads) == said(alone.quads)


@pytest.mark.parametrize("order", [1, -1])
def test_a_key_that_stands_in_a_file_and_in_a_workbook_is_found_in_both(order: int, tmp_path: Path):
    file = write_csv(tmp_path / "laws.csv", PLAIN, ("b-law", *LAW[1:]), LAW)
    book = write_book(tmp_path / "be.xlsx", "laws", PLAIN, LAW)
    found = [f for f in load(*(file, book)[::order]).findings if f.component == "DuplicateKey"]
    assert _places(found) == {("be/laws.csv", "laws!A3"), ("be/be.xlsx", "laws!A2")}
    for finding in found:
        other = {"be/laws.csv": "be/be.xlsx", "be/be.xlsx": "be/laws.csv"}[finding.where.file]
        assert other in finding.message
    assert len({f.group for f in found}) == 1


def test_a_key_that_stands_on_two_sheets_is_found_on_both(tmp_path: Path):
    book = Workbook()
    for title in ("laws", "laws of Flanders"):
        sheet = book.create_sheet(title)
        sheet.append(PLAIN)
        sheet.append(LAW)
    book.save(tmp_path / "be.xlsx")
    found = load(tmp_path / "be.xlsx").findings
    assert {f.component for f in found} == {"DuplicateKey"}
    assert _places(found) == {("be/be.xlsx", "laws!A2"), ("be/be.xlsx", "laws of Flanders!A2")}
    assert any("laws of Flanders" in f.message for f in found if f.where.sheet == "laws")


def _places(found: Sequence[Finding]) -> set[tuple[str, str]]:
    return {(f.where.file, f.where.reference) for f in found}


# --- any rows of any table

TABLES = [t for t in vocabulary().schema.tables if t.name != "waivers"]
_TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"), exclude_characters="\u200b\ufeff"),
        st.sampled_from("=+-@'\",;()[]{}<>&_%äøžβЖ🜚 "),
    ),
    min_size=1,
    max_size=30,
).map(lambda text: " ".join(text.split()))
_KEY = st.from_regex(r"[a-z][a-z0-9._-]{0,14}", fullmatch=True)
_YEARS = (dt.date(1900, 1, 1), dt.date(2100, 12, 31))
_DAY = st.dates(*_YEARS).flatmap(lambda d: st.sampled_from([str(d), str(d)[:7], str(d)[:4]]))
_WHOLE = st.integers(0, 10**12).map(str)
_DECIMAL = st.decimals(0, 10**6, places=3).map(lambda d: f"{Decimal(d).normalize():f}")
_ADDRESS = st.from_regex(r"https://[a-z]{1,8}\.example/[a-z0-9/_.?=&-]{0,12}", fullmatch=True)


@cache
def values(table: Table, column: Column) -> st.SearchStrategy[str]:
    """Texts that a column's cells may hold in a CSV file."""
    if column.scheme:
        one = st.sampled_from(sorted(vocabulary().concepts.choices(column.scheme)))
    elif column.refers_to:
        known = sorted(project().things.choices(column.refers_to, "be")) or ["none"]
        one = st.sampled_from(known)
    elif column.names_columns:
        one = st.sampled_from([c.id for c in table.columns])
    elif column.is_address:
        one = _ADDRESS
    elif column.is_date:
        one = _DAY
    elif column.is_number:
        one = _WHOLE if any(d.endswith("#integer") for d in column.datatypes) else _DECIMAL
    elif any(d.endswith("#boolean") for d in column.datatypes):
        one = st.sampled_from(["true", "false"])
    elif column in table.key or not column.is_text:
        one = _KEY
    else:
        one = _TEXT.filter(lambda text: text not in ("", "?", "-") and "_x000D_" not in text)  # an escape, not a text
    if column.separator:
        one = st.lists(one.filter(lambda text: "|" not in text), min_size=1, max_size=3, unique=True).map(" | ".join)
    if column.answer:
        one = st.one_of(one, st.sampled_from(["?", "-"]))
    return one if column.required or column in table.key[:1] else st.one_of(st.just(""), one)


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), language=st.sampled_from(sorted(LANGUAGES)))
def test_any_rows_are_the_same_from_a_file_and_from_a_workbook(table: Table, data: st.DataObject, language: str, tmp_path: Path):
    titles = [
        t for c in table.columns for t in ([f"{c.id}@en", f"{c.id}@{'lv' if language == 'en' else language}"] if c.is_text else [c.id])
    ]
    columns = [table.by_id[t.partition("@")[0]] for t in titles]
    rows = data.draw(st.lists(st.tuples(*(values(table, c) for c in columns)), min_size=1, max_size=4))
    with speaking(language):
        cells = Cells(vocabulary(), project().things, "be")
        shown = [[cells.shown(table, c, text) for c, text in zip(columns, texts, strict=True)] for texts in rows]
        from_book = load(write_book(tmp_path / "x.xlsx", table.name, titles, *shown))
    from_file = load(write_csv(tmp_path / f"{table.name}.csv", titles, *rows))
    unfit = {"DuplicateKey", "ShadowedKey", "RepeatedValue", "AbsenceBesideValues"}
    assert {f.component for f in from_file.findings} <= unfit
    assert {f.component for f in from_book.findings} == {f.component for f in from_file.findings}
    if not from_file.findings:
        assert said(from_book.quads) == said(from_file.quads)
        assert rows_described(from_book) == rows_described(from_file)


def rows_described(loaded: Loaded) -> list[str]:
    return sorted(rows(loaded).elements())
