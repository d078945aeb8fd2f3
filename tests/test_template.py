"""The workbook that contributors fill in: what stands in it, in every language, for every country, and in other programs."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import zip_longest
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from loaders.folders import Folders, read_folders
from loaders.records import Sheet, parse_header
from loaders.workbooks import about, read_workbook
from loaders.workbooks.template import make_template
from tests.national import vocabulary
from tests.requirements import require
from tests.test_cli import wise
from wise_skills.findings import Finding
from wise_skills.languages import LANGUAGES, said, speaking
from wise_skills.messages import sentence
from wise_skills.names import FOLDERS, PREF_LABEL, resource
from wise_skills.tables import Column, Table

OWN = {"at": "de", "be": "nl", "eu": "en", "gr": "el", "nl": "fr", "si": "sl"}  # the others are spoken as they are called
FILLED = tuple((folder, OWN.get(folder, folder)) for folder in FOLDERS)
EMPTY = tuple(zip(("be", "eu", "lv"), ("pl", "bg", "hr"), strict=True))
ALL = [(*one, True) for one in FILLED if one[0] != "nl"] + [(*one, False) for one in EMPTY]
TABLES = {t.name: t for t in vocabulary().schema.tables}
FIRST = 3


def test_the_sample_has_all_languages():
    assert {language for _, language, _ in ALL} == set(LANGUAGES)


@cache
def folders() -> Folders:
    return read_folders(resource("data"), vocabulary())


@lru_cache(maxsize=2)  # each takes 30 MB
def template(folder: str, language: str, filled: bool) -> Workbook:
    return make_template(folders(), folder, language, filled)


@pytest.fixture(scope="module", params=ALL, ids=lambda p: f"{p[0]}-{p[1]}-{'filled' if p[2] else 'empty'}")
def made(request: pytest.FixtureRequest) -> tuple[Workbook, str, str, bool]:
    """A workbook, its folder and language, and whether it is filled."""
    return (template(*request.param), *request.param)


def tables_of(book: Workbook) -> Iterator[tuple[Worksheet, Table]]:
    for title in book.sheetnames:
        if title in TABLES:
            yield book[title], TABLES[title]


def columns_of(sheet: Worksheet, table: Table) -> Iterator[tuple[int, Column, str | None]]:
    """Number, column and language of everything that stands in the hidden row."""
    for number, cell in enumerate(sheet[1], 1):
        header = parse_header(str(cell.value), table)
        assert header is not None, cell.value
        yield number, header[0], header[1]


def rule_of(sheet: Worksheet, column: int, row: int = FIRST) -> DataValidation | None:
    """The validation of a cell; there may be one at most."""
    found = [
        rule
        for rule in sheet.data_validations.dataValidation
        for area in rule.sqref.ranges
        if area.min_col <= column <= area.max_col and area.min_row <= row <= area.max_row
    ]
    assert len(found) < 2
    return found[0] if found else None


# --- sheets


def test_there_is_a_sheet_for_every_table_and_one_of_instructions(made):
    book, _, language, _ = made
    in_order = sorted(TABLES.values(), key=lambda t: t.order)
    assert book.sheetnames == [sentence("SheetInstructions", language=language), *(t.name for t in in_order), "_lists"]
    assert [s.title for s in book.worksheets if s.sheet_state != "visible"] == ["_lists"]
    assert all(len(title) <= 31 and not set(title) & set("[]:*?/\\'") for title in book.sheetnames)
    assert book.active == book.worksheets[0]


def test_every_column_has_its_hidden_id(made):
    book, _, language, _ = made
    for sheet, table in tables_of(book):
        headers = [(column.id, tag) for _, column, tag in columns_of(sheet, table)]
        assert list(dict.fromkeys(c for c, _ in headers)) == [c.id for c in table.columns]
        assert len(set(headers)) == len(headers)
        assert all((tag is not None) == table.by_id[c].is_text for c, tag in headers)
        for column in table.columns:
            if column.is_text:
                assert {language, "en"} <= {tag for c, tag in headers if c == column.id}
        assert sheet.row_dimensions[1].hidden
        assert not sheet.row_dimensions[2].hidden


def test_names_of_things_have_a_column_for_each_language_of_the_country(made):
    book, folder, _, _ = made
    for sheet, table in tables_of(book):
        tags = [tag for _, column, tag in columns_of(sheet, table) if column.path == PREF_LABEL]
        assert not tags or set(vocabulary().languages.get(folder, ())) <= set(tags)


def test_names_say_language_and_what_is_required(made):
    book, _, language, _ = made
    for sheet, table in tables_of(book):
        fills = dict[bool, set[str]]()
        for number, column, tag in columns_of(sheet, table):
            cell = sheet.cell(2, number)
            assert cell.value == column.name[language] + (f" ({tag})" if tag else "") + (" *" if column.required else "")
            assert cell.font.bold
            fills.setdefault(column.required, set()).add(cell.fill.fgColor.rgb)
        assert all(len(colours) == 1 for colours in fills.values())
        assert len(fills) < 2 or fills[True] != fills[False]


def test_hints_are_in_the_language_and_within_the_limits_of_spreadsheets(made):
    """A comment with all of it; a prompt of 255 characters and a title of 32, neither empty."""
    book, _, language, _ = made
    for sheet, table in tables_of(book):
        for number, column, _ in columns_of(sheet, table):
            comment, rule = sheet.cell(2, number).comment, rule_of(sheet, number)
            assert comment is not None
            assert column.description[language] in comment.text
            assert "{" not in comment.text
            assert rule is not None
            assert rule.showInputMessage
            assert 0 < len(rule.promptTitle or "") <= 32
            assert 0 < len(rule.prompt or "") <= 255
            assert comment.text.startswith((rule.prompt or "")[:50])
            if rule.showErrorMessage:
                assert 0 < len(rule.errorTitle or "") <= 32
                assert 0 < len(rule.error or "") <= 255


def test_freeze_filter_and_prepared_rows(made):
    book, folder, _, filled = made
    for sheet, _ in tables_of(book):
        rows = sum(len(s.records) for s in folders().sheets[folder] if s.table.name == sheet.title) if filled else 0
        assert sheet.freeze_panes == "B3"
        first_column, first_row, last_column, last_row = range_boundaries(sheet.auto_filter.ref)
        assert (first_column, first_row, last_column) == (1, 2, sheet.max_column)
        assert last_row >= FIRST + rows + 100
        for column in range(1, sheet.max_column + 1):
            assert rule_of(sheet, column, last_row) is rule_of(sheet, column), "a hint for rows to come"


def test_all_but_numbers_is_text(made):
    """Else 2022-04 becomes a day, and 81.30 a number; also in rows that nobody has written yet."""
    book, _, _, _ = made
    for sheet, table in tables_of(book):
        for number, column, _ in columns_of(sheet, table):
            expected = "General" if column.is_number else "@"
            assert sheet.column_dimensions[get_column_letter(number)].number_format == expected, (table.name, column.id)
            for row in range(FIRST, min(sheet.max_row, 40) + 1):
                cell = sheet.cell(row, number)
                assert cell.number_format == expected or (column.is_number and isinstance(cell.value, str)), cell.coordinate
                assert cell.data_type != "f"


# --- drop-downs


def listed(book: Workbook, name: str) -> list[str]:
    """What a defined name offers, formulas as they stand."""
    area = re.search(r"_lists!\$([A-Z]+)\$(\d+)(?::\$[A-Z]+\$(\d+))?", book.defined_names[name].attr_text)
    assert area
    letters, first, last = area.groups()
    if last is None:
        count = re.search(rf"_lists!\${letters}\$2:\${letters}\$(\d+)", book.defined_names[name].attr_text)
        assert count
        last = count[1]
    return [str(book["_lists"][f"{letters}{row}"].value) for row in range(int(first), int(last) + 1)]


def test_lists_offer_every_entry_in_the_language(made):
    book, _, language, _ = made
    concepts, seen = vocabulary().concepts, set[str]()
    for sheet, table in tables_of(book):
        for number, column, _ in columns_of(sheet, table):
            if not column.scheme:
                continue
            rule = rule_of(sheet, number)
            assert rule is not None
            assert rule.type == "list"
            assert re.fullmatch(r"\w+", str(rule.formula1)), "a list in the rule itself ends at 255 characters"
            entries = listed(book, str(rule.formula1))
            if column.scheme not in seen:
                found = [concepts.find(column.scheme, text) for text in entries]
                assert sorted(found, key=str) == sorted(concepts.members[column.scheme]), column.scheme
                for text, iri in zip(entries, found, strict=True):
                    assert text.startswith(concepts.labels[str(iri)].get(language, "")), text
                seen.add(column.scheme)
            open_to_others = bool(column.separator or column.answer)
            assert rule.errorStyle == ("warning" if open_to_others else "stop"), (table.name, column.id)
    assert len(seen) > 40


@pytest.mark.parametrize(("folder", "language", "filled"), [("eu", "en", True), ("be", "pl", False)])
def test_references_offer_shared_things_and_the_rows_of_their_sheet(folder: str, language: str, filled: bool):
    book, looked_at = template(folder, language, filled), 0
    for sheet, table in tables_of(book):
        for number, column, _ in columns_of(sheet, table):
            other = vocabulary().schema.by_class.get(column.refers_to or "")
            rule = rule_of(sheet, number)
            assert rule is not None
            if other is None or other.key[0].id != "id":
                continue
            assert rule.type == "list"
            assert rule.errorStyle == "warning", "a key may be typed, or belong to another country"
            entries = listed(book, str(rule.formula1))
            formulas = [e for e in entries if e.startswith("=")]
            rows = sum(len(s.records) for s in folders().sheets[folder] if s.table == other) if filled else 0
            assert len(formulas) >= rows + 100
            assert all(f"{other.name}!$" in f for f in (formulas[0], formulas[-1]))
            shared = {key for (target, place, key) in folders().things.by_key if place == "eu" and target == column.refers_to}
            found = {folders().things.find(column.refers_to or "", "be", e) for e in entries[: -len(formulas)]}
            assert {thing.key for thing in found if thing} == (shared if folder != "eu" else set())
            looked_at += 1
    assert looked_at > 30


def test_defined_names_are_names_and_point_somewhere(made):
    book, _, _, _ = made
    lists = book["_lists"]
    for name, defined in book.defined_names.items():
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{2,250}", name)
        assert not re.fullmatch(r"[A-Za-z]{1,3}\d+", name), "a name like that is a cell"
        for letters in re.findall(r"_lists!\$([A-Z]+)", defined.attr_text):
            assert openpyxl.utils.column_index_from_string(letters) <= lists.max_column
        assert listed(book, name)
    used = {str(r.formula1) for s, _ in tables_of(book) for r in s.data_validations.dataValidation if r.type == "list"}
    assert used == set(book.defined_names)


def test_rules_are_not_too_many_for_a_spreadsheet(made):
    """Excel takes 65,534 rules on a sheet and 8,192 characters in a formula."""
    for sheet in made[0].worksheets:
        rules = sheet.data_validations.dataValidation
        assert len(rules) < 200
        assert all(len(str(rule.formula1 or "")) < 255 for rule in rules)
    assert all(len(defined.attr_text) < 8000 for defined in made[0].defined_names.values())


# --- instructions


def test_instructions_are_in_the_language_and_lead_to_every_sheet(made):
    book, _, language, _ = made
    sheet = book.worksheets[0]
    texts = [str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None]
    links = {c.value: c.hyperlink.location for row in sheet.iter_rows() for c in row if c.hyperlink}
    assert set(links) == set(TABLES)
    for title, target in links.items():
        place = re.fullmatch(r"'?([^'!]+)'?!([A-Z]+\d+)", str(target))
        assert place
        assert place[1] == title
        assert book[place[1]][place[2]] is not None
    for table in TABLES.values():
        assert table.title[language] in texts
        assert table.description[language] in texts
    steps = ("Fill", "Names", "Lists", "References", "Dates", "Absence", "Evidence", "Freedom", "Example", "Check")
    assert {f"{n}. {sentence(f'Instruction{step}', language=language)}" for n, step in enumerate(steps, 1)} <= set(texts)
    assert not any("{" in text for text in texts)


# --- what is read of it


def all_findings(path: Path, folder: str) -> tuple[list[Sheet], list[Finding]]:
    sheets, findings = read_workbook(path, "x.xlsx", folder, vocabulary().schema)
    return sheets, [*findings, *(f for s in sheets for f in s.findings)]


@pytest.mark.parametrize(("folder", "language", "filled"), [("be", "pl", False), ("lv", "hr", False), ("gr", "el", True)])
def test_nothing_is_found_in_a_workbook_as_it_was_handed_out(folder: str, language: str, filled: bool, tmp_path: Path):
    """The filled ones of all countries are read in the tests of the round trip."""
    saved = tmp_path / "x.xlsx"
    template(folder, language, filled).save(saved)
    sheets, findings = all_findings(saved, folder)
    assert findings == []
    assert {s.table.name for s in sheets} == set(TABLES)
    expected = Counter({s.table.name: len(s.records) for s in folders().sheets[folder]}) if filled else Counter[str]()
    assert +Counter({s.table.name: len(s.records) for s in sheets}) == +expected
    found = about(saved)
    assert (found.folder, found.language, found.filled) == (folder, language, filled)


@pytest.mark.parametrize(("folder", "language"), EMPTY)
def test_every_table_has_an_example(folder: str, language: str):
    book = template(folder, language, filled=False)
    with speaking(language):
        mark = f"# {sentence('WordExample')}: "
    for sheet, table in tables_of(book):
        assert str(sheet.cell(FIRST, 1).value).startswith(mark), table.name
        assert all(sheet.cell(FIRST + 1, c).value is None for c in range(1, sheet.max_column + 1))
        examples = [column for _, column, tag in columns_of(sheet, table) if tag in (None, "en") and column.example]
        assert {c.id for c in table.columns if c.required} <= {c.id for c in examples}, table.name


def test_an_example_without_its_mark_is_a_row_without_a_fault(tmp_path: Path):
    """What is given as an example must be right; it refers to things of other countries, so these are there."""
    book = make_template(folders(), "fr", "en", filled=False)
    for sheet, _ in tables_of(book):
        cell = sheet.cell(FIRST, 1)
        cell.value = str(cell.value).split(": ", 1)[1]
    book.save(tmp_path / "fr.xlsx")
    sheets, findings = all_findings(tmp_path / "fr.xlsx", "fr")
    assert findings == []
    assert {len(s.records) for s in sheets} == {1}


# --- bytes


def test_the_same_data_give_the_same_bytes(tmp_path: Path):
    (tmp_path / "data").mkdir()
    for name in ("one.xlsx", "two.xlsx"):
        given = ["--country", "lv", "--language", "lv", "--data", tmp_path / "data", "-o", tmp_path / name]
        assert wise("template", *given, "-q").code == 0
        time.sleep(2.1 if name == "one.xlsx" else 0)  # dates in an archive are even seconds
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_a_workbook_is_small_and_made_of_parts_that_can_be_read():
    buffer = io.BytesIO()
    template("fr", "fr", filled=True).save(buffer)
    assert len(buffer.getvalue()) < 1_500_000
    with zipfile.ZipFile(buffer) as archive:
        assert archive.testzip() is None
        assert not any("vba" in n.lower() or "external" in n.lower() for n in archive.namelist())


# --- the command line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--language", "xx"], "xx"),
        (["--country", "uk"], "uk"),
        (["-o", "x.xls"], ".xlsx"),
        (["-o", "x"], ".xlsx"),
        (["-o", "nowhere/x.xlsx"], "nowhere"),
        (["-o", "there.xlsx"], "exists"),
        (["-o", "folder.xlsx"], "exists"),
        (["--data", "nowhere"], "nowhere"),
        (["--data", "there.xlsx"], "there.xlsx"),
        (["surplus"], "surplus"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("there.xlsx").write_bytes(b"somebody's work")
    Path("folder.xlsx").mkdir()
    given = arguments if "--country" in arguments else ["--country", "be", *arguments]
    done = wise("template", *given)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder.xlsx", "there.xlsx"]
    assert Path("there.xlsx").read_bytes() == b"somebody's work"


def test_a_country_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = wise("template")
    assert (done.code, done.out) == (2, "")
    assert "--country" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_template_says_what_to_do_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = wise("template", "--country", "be", "--language", "nl", "--filled")
    assert (done.code, done.out) == (0, "")
    assert [p.name for p in tmp_path.iterdir()] == ["be.xlsx"]
    rows = sum(len(s.records) for s in folders().sheets["be"])
    assert f"{rows:,} rows" in done.err
    assert "wise check be.xlsx --language nl" in done.err
    assert about(Path("be.xlsx")).filled
    assert wise("template", "--country", "lv", "-q").err == ""


def test_a_template_of_other_data_holds_them(tmp_path: Path):
    (tmp_path / "data" / "lv").mkdir(parents=True)
    (tmp_path / "data" / "lv" / "sources.csv").write_text("url,title@lv\nhttps://a.example/1,Avots\n", encoding="utf-8")
    done = wise("template", "--country", "lv", "--filled", "--data", tmp_path / "data", "-o", tmp_path / "lv.xlsx")
    assert done.code == 0
    sheets, findings = all_findings(tmp_path / "lv.xlsx", "lv")
    assert findings == []
    (sheet,) = [s for s in sheets if s.records]
    ((_, texts),) = sheet.records
    assert [text for text in texts if text] == ["https://a.example/1", "Avots"]


# --- LibreOffice


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two workbooks, and the same as LibreOffice writes them."""
    require("soffice")
    folder = tmp_path_factory.mktemp("office")
    template("be", "nl", True).save(folder / "filled.xlsx")
    template("lv", "hr", False).save(folder / "empty.xlsx")
    command = ["soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to", "xlsx", "--outdir"]
    files = [str(folder / "filled.xlsx"), str(folder / "empty.xlsx")]
    subprocess.run([*command, str(folder / "out"), *files], check=True, timeout=120, capture_output=True)
    shutil.rmtree(folder / "profile", ignore_errors=True)
    return folder, folder / "out"


@pytest.mark.parametrize(("name", "country"), [("filled", "be"), ("empty", "lv")])
def test_libreoffice_writes_the_same_rows(name: str, country: str, converted: tuple[Path, Path]):
    before, after = (all_findings(folder / f"{name}.xlsx", country) for folder in converted)
    assert after[1] == []
    for old, new in zip_longest(before[0], after[0]):
        assert (old.name, old.titles, old.records) == (new.name, new.titles, new.records)
    assert about(converted[1] / f"{name}.xlsx") == about(converted[0] / f"{name}.xlsx")


def format_of(sheet: Worksheet, number: int) -> str:
    """The format of a column's next cell to be written: its own, or that of the column."""
    cell = sheet.cell(FIRST, number)
    areas = (d for d in sheet.column_dimensions.values() if d.min and d.min <= number <= d.max)
    return cell.number_format if cell.value is not None else next(areas).number_format


@pytest.mark.parametrize("name", ["filled", "empty"])
def test_libreoffice_keeps_lists_hints_filters_and_hidden_rows(name: str, converted: tuple[Path, Path]):
    before, after = (openpyxl.load_workbook(folder / f"{name}.xlsx") for folder in converted)
    assert set(before.defined_names) <= set(after.defined_names)
    assert before.sheetnames == after.sheetnames
    assert after["_lists"].sheet_state == "hidden"
    for sheet, table in tables_of(before):
        other = after[sheet.title]
        assert other.row_dimensions[1].hidden
        assert other.auto_filter.ref == sheet.auto_filter.ref
        for number, column, _ in columns_of(sheet, table):
            old, new = rule_of(sheet, number), rule_of(other, number)
            assert old is not None
            assert new is not None
            assert (new.promptTitle, new.prompt) == (old.promptTitle, old.prompt)
            if old.type == "list":
                assert new.type == "list"
                assert new.formula1 == old.formula1, column.id
                assert (new.errorStyle or "stop") == old.errorStyle
            assert other.cell(2, number).value == sheet.cell(2, number).value
            assert other.cell(2, number).comment is not None
            if not column.is_number:
                assert format_of(other, number) == "@", column.id


def test_libreoffice_computes_what_the_lists_of_rows_offer(converted: tuple[Path, Path]):
    """`name [key]` of every row of the other sheet, so that a new row is on offer at once."""
    book = openpyxl.load_workbook(converted[1] / "filled.xlsx", data_only=True)
    laws = next(s for s in folders().sheets["be"] if s.table.name == "laws")
    keys = [texts[laws.titles.index("id")] for _, texts in laws.records]
    offered = [text for text in listed(book, "list_laws") if text and text != "None"]
    assert {folders().things.find(laws.table.target, "be", text) for text in offered} >= {
        folders().things.find(laws.table.target, "be", key) for key in keys
    }
    with speaking("nl"):
        thing = folders().things.find(laws.table.target, "be", keys[0])
        assert thing
        assert f"{said(folders().things.labels[thing.iri])} [{keys[0]}]" in offered
