"""Reading workbooks as contributors send them: what stands in a cell, in a header, in a row and on a sheet."""

from __future__ import annotations

import csv
import datetime as dt
import random
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import CellIsRule
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.table import Table as Range
from openpyxl.worksheet.worksheet import Worksheet

from loaders.folders import Folders
from loaders.records import Sheet
from loaders.tables import Loaded
from loaders.workbooks import about, read_workbook
from loaders.workbooks.entries import entry
from loaders.workbooks.headings import heading
from tests.national import vocabulary
from tests.workbook_files import row, strings, styles, table, workbook
from wise_skills.findings import Finding
from wise_skills.languages import LANGUAGES, said, speaking
from wise_skills.messages import sentence
from wise_skills.names import Names, resource
from wise_skills.tables import Column, Table

TABLES = vocabulary().schema.tables
LAWS = vocabulary().schema.by_name["laws"]
PLAIN = ("id", "name@en", "number", "jurisdiction", "adopted", "evidence", "sources", "note@en")
GOOD = ("a-law", "A law", "1/2013", "BE2", "2013", "named-in-source", "https://a.example/1", "")


def fill(sheet: Worksheet, rows: Iterable[Sequence[object]]) -> Worksheet:
    """Write rows; a text that begins with = is a text, as in a cell whose format is text."""
    for number, values in enumerate(rows, 1):
        for column, value in enumerate(values, 1):
            if value not in ("", None):
                cell = sheet.cell(number, column, value)  # type: ignore[arg-type]
                if isinstance(value, str):
                    cell.data_type = "s"
    return sheet


def book_of(*rows: Sequence[object], title: str = "laws") -> Workbook:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    fill(sheet, rows)
    return book


def read(book: Workbook | Path, folder: Path) -> tuple[list[Sheet], list[Finding]]:
    """Save and read a workbook; findings are those of the file and of all sheets."""
    path = book if isinstance(book, Path) else folder / "x.xlsx"
    if isinstance(book, Workbook):
        book.save(path)
    sheets, findings = read_workbook(path, "x.xlsx", "be", vocabulary().schema)
    return sheets, [*findings, *(f for s in sheets for f in s.findings)]


def one(book: Workbook | Path, folder: Path) -> Sheet:
    """The only sheet of a workbook in which nothing is found."""
    sheets, findings = read(book, folder)
    assert findings == []
    (sheet,) = sheets
    return sheet


def cells(sheet: Sheet) -> list[list[str]]:
    return [texts for _, texts in sheet.records]


def load(book: Workbook, folder: Path, path: str = "x.xlsx") -> Loaded:
    """The quads of a workbook, with the project's shared data and lists to refer to."""
    book.save(folder / path)
    folders = Folders(vocabulary())
    folders.add(folder / path, "be", path)
    for name in ("be", "eu"):
        for file in sorted((resource("data") / name).glob("*.csv")):
            folders.add(file, name, f"{name}/{file.name}", context=True)
    return folders.load("be")


def said_of(loaded: Loaded) -> set[tuple[str, str, str]]:
    """What is said of things, without the row nodes and with lists' values by their last part."""
    return {
        (q.subject.value.rsplit("/", 1)[-1], q.predicate.value.rsplit("#", 1)[-1], getattr(q.object, "value", ""))  # type: ignore[union-attr]
        for q in loaded.quads
        if q.predicate.value != Names().describes
    }


# --- texts

_LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\u200b\ufeff\ufffe\uffff\x85\u2028\u2029")
_TEXT = st.text(st.one_of(_LETTERS, st.sampled_from("\n\t=+-@'\"|;,#[]{}<>&_%äøžβЖ🜚")), max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_TEXT, min_size=len(PLAIN), max_size=len(PLAIN)), min_size=1, max_size=6))
def test_any_table_of_texts_is_read_back_as_it_was_written(tmp_path: Path, rows: list[list[str]]):
    rows = [[text.lstrip("#").strip() if PLAIN[i] == "id" else text.strip() for i, text in enumerate(r)] for r in rows]
    sheets, _ = read(book_of(PLAIN, *rows), tmp_path)
    assert [texts for sheet in sheets for texts in cells(sheet)] == [r for r in rows if any(r)]


def test_rows_are_counted_as_the_spreadsheet_shows_them(tmp_path: Path):
    sheet = one(book_of((), (), PLAIN, (), GOOD, (), (), ("b-law", *GOOD[1:])), tmp_path)
    assert [number for number, _ in sheet.records] == [5, 8]
    assert sheet.header_row == 3


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("<is><t>plain</t></is>", "plain"),
        ("<is><t xml:space='preserve'>  two \n lines  </t></is>", "two \n lines"),
        ("<is><r><t>ri</t></r><r><rPr><b/></rPr><t>ch</t></r></is>", "rich"),
        ("<is><t>kanji</t><rPh sb='0' eb='1'><t>kana</t></rPh></is>", "kanji"),
        ("<is><t>line_x000D_\nbreak</t></is>", "line\nbreak"),
        ("<is><t>​zero width﻿</t></is>", "zero width"),
        ("<is><t>&lt;b&gt; &amp; &#8364;</t></is>", "<b> & €"),
        ("<is><t> no-break space </t></is>", "no-break space"),
        ("<is/>", ""),
        ("<is><t/></is>", ""),
    ],
)
def test_inline_texts(stored: str, text: str, tmp_path: Path):
    xml = table(f'<row r="3"><c r="A3" t="str"><v>https://a.example/2</v></c><c r="B3" t="inlineStr">{stored}</c></row>')
    assert cells(one(workbook(tmp_path / "x.xlsx", {"sources": xml}), tmp_path))[1] == ["https://a.example/2", text]


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("<t>plain</t>", "plain"),
        ("<r><t>ri</t></r><r><t>ch</t></r>", "rich"),
        ("<t>line_x000D_\nbreak</t>", "line\nbreak"),
        ("<t/>", ""),
    ],
)
def test_shared_texts(stored: str, text: str, tmp_path: Path):
    xml = table('<row r="3"><c r="A3" t="str"><v>https://a.example/2</v></c><c r="B3" t="s"><v>1</v></c></row>')
    path = workbook(tmp_path / "x.xlsx", {"sources": xml}, strings(["<t>another</t>", stored]))
    assert cells(one(path, tmp_path))[1] == ["https://a.example/2", text]


def test_rich_text_is_its_text(tmp_path: Path):
    text = CellRichText("A ", TextBlock(InlineFont(b=True), "bold"), " law")
    assert cells(one(book_of(PLAIN, ("a-law", text, *GOOD[2:])), tmp_path))[0][1] == "A bold law"


# --- numbers and dates

NUMBER, TEXT, DATE, KEY = "number", "text", "date", "key"
COLUMNS = {NUMBER: "value", TEXT: "scope@en", DATE: "date", KEY: "unit"}


@pytest.mark.parametrize(
    ("value", "shown_as", "kind", "text"),
    [
        (12, "General", NUMBER, "12"),
        (12.0, "General", NUMBER, "12"),
        (-3, "General", NUMBER, "-3"),
        (0, "General", NUMBER, "0"),
        (1234567, "#,##0", NUMBER, "1234567"),
        (12.5, "0.00", NUMBER, "12.5"),
        (0.1 + 0.2, "General", NUMBER, "0.3"),
        (1 / 3, "0.00", NUMBER, "0.333333333333333"),
        (0.00001, "0.00000", NUMBER, "0.00001"),
        (1e-7, "General", NUMBER, "0.0000001"),
        (123456789012345, "0", NUMBER, "123456789012345"),
        (1e15, "0", NUMBER, "1000000000000000"),
        (2.5e20, "General", NUMBER, "250000000000000000000"),
        (0.4, "0%", NUMBER, "40"),
        (0.405, "0.0%", NUMBER, "40.5"),
        (0.29, "0%", NUMBER, "29"),
        (0.07, "0%;[Red]-0%", NUMBER, "7"),
        (40, '0"%"', NUMBER, "40"),
        (40, "0\\%", NUMBER, "40"),
        (5, '"about "0', NUMBER, "5"),
        (12, "@", NUMBER, "12"),
        ("12", "General", NUMBER, "12"),
        (" 12 ", "General", NUMBER, "12"),
        ("1,5", "General", NUMBER, "1,5"),
        (True, "General", KEY, "true"),
        (False, "General", KEY, "false"),
        (81.3, "0.00", KEY, "81.30"),
        (81.3, "General", KEY, "81.3"),
        (1110, "00000", KEY, "01110"),
        (7, "000", KEY, "007"),
        (7, "000", NUMBER, "7"),
        (2022, "General", DATE, "2022"),
        (2022, "0", DATE, "2022"),
        (2022.0, "General", TEXT, "2022"),
        (dt.datetime(2013, 5, 31), "yyyy-mm-dd", DATE, "2013-05-31"),
        (dt.date(2013, 5, 31), "dd/mm/yyyy", DATE, "2013-05-31"),
        (dt.datetime(2013, 5, 31), "d. mmmm yyyy", DATE, "2013-05-31"),
        (dt.datetime(2013, 5, 31), "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", DATE, "2013-05-31"),
        (dt.datetime(2013, 5, 1), "yyyy-mm", DATE, "2013-05"),
        (dt.datetime(2013, 5, 1), "mmm-yy", DATE, "2013-05"),
        (dt.datetime(2013, 5, 1), "[$-409]mmm\\-yy;@", DATE, "2013-05"),
        (dt.datetime(2013, 5, 1), 'mm"." yyyy "d"', DATE, "2013-05"),
        (dt.datetime(2013, 1, 1), "yyyy", DATE, "2013"),
        (dt.datetime(2013, 5, 31), "yyyy", DATE, "2013"),
        (dt.datetime(2013, 5, 31), "m/d/yy h:mm", DATE, "2013-05-31"),
        (dt.datetime(2013, 5, 31, 13, 30), "yyyy-mm-dd hh:mm", DATE, "2013-05-31 13:30"),
        (dt.datetime(1900, 3, 1), "yyyy-mm-dd", DATE, "1900-03-01"),
        (dt.datetime(9999, 12, 31), "yyyy-mm-dd", DATE, "9999-12-31"),
    ],
)
def test_a_cell_reads_as_it_is_shown(value: object, shown_as: str, kind: str, text: str, tmp_path: Path):
    book = book_of([*COLUMNS.values(), "measure", "no"], ["", "", "", "", "organisations", "1"], title="counts")
    column = list(COLUMNS).index(kind) + 1
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.cell(2, column, value).number_format = shown_as  # type: ignore[arg-type]
    sheets, _ = read(book, tmp_path)
    assert cells(sheets[0])[0][column - 1] == text


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.integers(-(10**14), 10**14), st.decimals(-(10**6), 10**6, places=4).map(float)))
def test_any_number_is_read_back_as_a_plain_number(tmp_path: Path, number: float):
    sheets, _ = read(book_of(["measure", "no", "value"], ["organisations", "1", number], title="counts"), tmp_path)
    text = cells(sheets[0])[0][2]
    assert float(text) == number
    assert "e" not in text.lower()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=st.dates(dt.date(1900, 3, 1)), since_1904=st.booleans())
def test_any_date_is_read_back_whatever_day_the_workbook_counts_from(tmp_path: Path, day: dt.date, since_1904: bool):
    book = book_of(["measure", "no", "date"], ["organisations", "1", day], title="counts")
    if since_1904:
        book.epoch = CALENDAR_MAC_1904
    sheets, _ = read(book, tmp_path)
    assert cells(sheets[0])[0][2] == day.isoformat()


@pytest.mark.parametrize("serial", ["3000000", "1e7", "-700000", "99999999999"])
def test_a_day_that_no_calendar_has_is_an_error_of_its_cell(serial: str, tmp_path: Path):
    xml = table(f'<row r="3"><c r="A3" t="str"><v>https://a.example/2</v></c><c r="B3" s="1"><v>{serial}</v></c></row>')
    path = workbook(tmp_path / "x.xlsx", {"sources": xml.replace("title@en", "issued")}, more={"xl/styles.xml": styles("@", "yyyy-mm-dd")})
    _, findings = read(path, tmp_path)
    assert [(f.component, f.where.reference, f.value) for f in findings] == [("CellError", "sources!B3", "#VALUE!")]


# --- formulas

RESULTS = {
    "a text": ('t="str"', "<v>A title</v>", "A title"),
    "an empty text": ('t="str"', "<v></v>", ""),
    "a number": ("", "<v>12</v>", "12"),
    "a boolean": ('t="b"', "<v>1</v>", "true"),
}
FORMULAS = {
    "plain": "<f>A2</f>",
    "shared": '<f t="shared" ref="B3:B9" si="0">A2</f>',
    "shared, further down": '<f t="shared" si="0"/>',
    "array": '<f t="array" ref="B3">A2:A3</f>',
    "data table": '<f t="dataTable" ref="B3:B4" dt2D="0" dtr="0" r1="A2"/>',
}


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("result", RESULTS)
def test_a_formula_reads_as_its_result(formula: str, result: str, tmp_path: Path):
    kind, stored, text = RESULTS[result]
    xml = table(f'<row r="3"><c r="A3" t="str"><v>https://a.example/2</v></c><c r="B3" {kind}>{FORMULAS[formula]}{stored}</c></row>')
    assert cells(one(workbook(tmp_path / "x.xlsx", {"sources": xml}), tmp_path))[1][1] == text


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_without_a_result_is_found_at_its_cell(formula: str, tmp_path: Path):
    xml = table(f'<row r="3"><c r="A3" t="str"><v>https://a.example/2</v></c><c r="B3">{FORMULAS[formula]}</c></row>')
    _, findings = read(workbook(tmp_path / "x.xlsx", {"sources": xml}), tmp_path)
    assert [(f.component, f.where.reference) for f in findings] == [("EmptyFormula", "sources!B3")]


def test_a_row_of_nothing_but_a_formula_without_result_is_not_lost(tmp_path: Path):
    xml = table('<row r="3"><c r="A3"><f>A2</f></c></row>')
    _, findings = read(workbook(tmp_path / "x.xlsx", {"sources": xml}), tmp_path)
    assert [(f.component, f.where.reference) for f in findings] == [("EmptyFormula", "sources!A3")]


@pytest.mark.parametrize("error", ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"])
def test_an_error_is_found_at_its_cell(error: str, tmp_path: Path):
    xml = table(f'<row r="3"><c r="A3" t="str"><v>https://a.example/2</v></c><c r="B3" t="e"><f>1/0</f><v>{error}</v></c></row>')
    _, findings = read(workbook(tmp_path / "x.xlsx", {"sources": xml}), tmp_path)
    assert [(f.component, f.where.reference, f.value) for f in findings] == [("CellError", "sources!B3", error)]


def test_formulas_that_openpyxl_writes_have_no_result(tmp_path: Path):
    book = book_of(("url", "title@en", "site", "kind"), ("https://a.example/1", "", "", ""), title="sources")
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet["B2"], sheet["C2"] = "=A2", ArrayFormula("C2", "=A2:A3")
    sheet["D2"] = DataTableFormula("D2:D3", dt2D=False, r1="A2")
    _, findings = read(book, tmp_path)
    assert [f.where.reference for f in findings if f.component == "EmptyFormula"] == ["sources!B2", "sources!C2", "sources!D2"]


# --- headers

_ALL = st.sampled_from(TABLES)
_LANGUAGE = st.sampled_from(sorted(LANGUAGES))


def titles_of(table: Table, language: str) -> list[str]:
    """A header for each column; texts in the language and in English."""
    return [
        title for c in table.columns for title in ([f"{c.id}@{tag}" for tag in dict.fromkeys([language, "en"])] if c.is_text else [c.id])
    ]


def name_of(table: Table, title: str, language: str) -> str:
    """The name that the template gives a header."""
    column, _, tag = title.partition("@")
    name = table.by_id[column].name[language]
    return f"{name} ({tag})" if tag else name


@given(chosen=_ALL, language=_LANGUAGE, data=st.data(), ids=st.booleans())
@settings(max_examples=40, deadline=None)
def test_names_in_any_language_and_order_are_the_same_columns(chosen: Table, language: str, data: st.DataObject, ids: bool):
    """With the ids above the names or with the names alone, on a sheet of another name."""
    titles = data.draw(st.permutations(titles_of(chosen, language)))
    names = [name_of(chosen, t, language) + (" *" if data.draw(st.booleans()) else "") for t in titles]
    rows = [(1, titles), (2, names), (3, ["x"])] if ids else [(1, names), (2, ["x"])]
    found = heading("Sheet 7", rows, vocabulary().schema, ids_hidden=ids)
    assert found is not None
    assert found.table == chosen
    assert found.titles == titles
    assert found.own == frozenset()
    assert found.data_from == (3 if ids else 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_alone_are_the_columns_of_every_table(language: str):
    for chosen in TABLES:
        titles = titles_of(chosen, language)
        found = heading(chosen.name, [(1, [name_of(chosen, t, language) for t in titles])], vocabulary().schema, ids_hidden=False)
        assert found is not None
        assert (found.table.name, found.titles) == (chosen.name, titles)


@pytest.mark.parametrize("chosen", TABLES, ids=lambda t: t.name)
def test_the_ids_of_a_table_name_it(chosen: Table):
    """Whatever the sheet is called, and although a column was deleted."""
    for left_out in (None, *[c for c in chosen.columns if c.required][-2:]):
        titles = [f"{c.id}@en" if c.is_text else c.id for c in chosen.columns if c != left_out]
        found = heading("Sheet 7", [(1, titles), (2, ["x"] * len(titles))], vocabulary().schema, ids_hidden=False)
        assert found is not None
        assert found.table == chosen, left_out


def test_a_sheet_that_could_be_several_tables_is_none():
    titles = ["id", "name@en", "jurisdiction", "evidence"]
    assert heading("Sheet 7", [(1, titles), (2, GOOD[:4])], vocabulary().schema, ids_hidden=False) is None
    found = heading("laws", [(1, titles), (2, GOOD[:4])], vocabulary().schema, ids_hidden=False)
    assert found is not None
    assert found.table == LAWS


@pytest.mark.parametrize("chosen", TABLES, ids=lambda t: t.name)
def test_a_sheet_is_named_after_its_table_in_any_language(chosen: Table):
    for language in LANGUAGES:
        for title in (chosen.title[language], chosen.title[language].upper(), f" {chosen.name} "):
            found = heading(title, [(1, ["nothing", "of", "ours"])], vocabulary().schema, ids_hidden=False)
            assert found is not None, (language, title)
            assert found.table == chosen


@pytest.mark.parametrize("chosen", TABLES, ids=lambda t: t.name)
def test_names_of_columns_are_one_for_each_column_and_fit_a_header(chosen: Table):
    """No two alike, none the id of another column, none longer than the title of a hint (32 characters)."""
    for language in LANGUAGES:
        names = [" ".join(c.name[language].casefold().split()) for c in chosen.columns]
        assert len(set(names)) == len(names), language
        for column, name in zip(chosen.columns, names, strict=True):
            assert name not in {c.id for c in chosen.columns} - {column.id}, (language, name)
            assert 0 < len(name) <= 40, (language, name)
            assert not re.search(r"\([a-z]{2,3}\)$", name), name  # “name (nl)” is a name with its language


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ("naam (nl)", "name@nl"),
        ("Naam (nl) *", "name@nl"),
        ("NAAM  (de)", "name@de"),
        ("naam", "name@nl"),
        ("name@nl", "name@nl"),
        ("nummer", "number"),
    ],
)
def test_a_text_column_says_its_language_in_brackets(title: str, meant: str):
    dutch = [LAWS.by_id[c].name["nl"] for c in ("id", "jurisdiction", "adopted", "evidence", "sources")]
    found = heading("laws", [(1, [*dutch, title])], vocabulary().schema, ids_hidden=False)
    assert found is not None
    assert found.titles[-1] == meant


# --- columns and sheets of one's own, order, hidden things


def test_rows_and_columns_in_another_order_are_the_same_records(tmp_path: Path):
    random.seed(4)
    order = random.sample(range(len(PLAIN)), len(PLAIN))
    rows = [GOOD, ("b-law", "Another law", *GOOD[2:])]
    straight = load(book_of(PLAIN, *rows), tmp_path)
    mixed = load(book_of([PLAIN[i] for i in order], *([r[i] for i in order] for r in reversed(rows))), tmp_path)
    assert said_of(straight) == said_of(mixed)
    assert len(said_of(straight)) > 10


def test_hidden_rows_columns_and_sheets_are_read(tmp_path: Path):
    book = book_of(PLAIN, GOOD)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["A"].hidden = True
    other = fill(book.create_sheet("sources"), [("url",), ("https://a.example/1",)])
    other.sheet_state = "veryHidden"
    sheets, findings = read(book, tmp_path)
    assert findings == []
    assert {s.table.name: len(s.records) for s in sheets} == {"laws": 1, "sources": 1}


def test_blank_rows_and_cells_at_the_end_are_nothing(tmp_path: Path):
    book = book_of(PLAIN, GOOD)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for number in range(3, 400):
        for column in range(1, 30):
            sheet.cell(number, column).number_format = "@"
    sheet["A50"], sheet["C60"], sheet["T1"] = " ", "\u00a0", "  "
    assert [number for number, _ in one(book, tmp_path).records] == [2]


def test_a_column_of_ones_own_is_left_alone_and_said(tmp_path: Path):
    book = book_of(["id", "name@en", "jurisdiction", "evidence", "", "sources"], ["a-law", "A law", "BE2", "suggested", "mine", ""])
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.insert_rows(2)
    names = [LAWS.by_id[c].name["en"] for c in ("id", "name", "jurisdiction", "evidence")]
    fill(sheet, [[c.value for c in sheet[1]], [*names, "my column", LAWS.by_id["sources"].name["en"]]])
    sheet.row_dimensions[1].hidden = True
    sheets, findings = read(book, tmp_path)
    assert [(f.severity, f.component, f.where.reference) for f in findings] == [("Warning", "OwnColumn", "laws!E2")]
    assert "my column" in findings[0].message
    assert [h[0].id if h else None for h in sheets[0].headers] == ["id", "name", "jurisdiction", "evidence", None, "sources"]


@pytest.mark.parametrize("place", [(2, 12), (9, 12), (3, 700)])
def test_a_value_beside_the_table_is_found_where_it_stands(place: tuple[int, int], tmp_path: Path):
    book = book_of(PLAIN, GOOD, ("b-law", *GOOD[1:]))
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    cell = sheet.cell(*place, "mine")
    _, findings = read(book, tmp_path)
    assert [(f.severity, f.component, f.where.reference) for f in findings] == [("Warning", "UnnamedColumn", f"laws!{cell.coordinate}")]


def test_sheets_of_ones_own_are_left_alone(tmp_path: Path):
    book = book_of(PLAIN, GOOD)
    fill(book.create_sheet("my remarks"), [("to do", "by whom"), ("ask", "me")])
    book.create_sheet("empty")
    fill(book.create_sheet("_mine"), [("url",), ("https://a.example/1",)])
    assert one(book, tmp_path).name == "laws"


@pytest.mark.parametrize(
    ("title", "headers"),
    [
        ("lawz", ("a", "b")),
        ("Sheet 7", ("id", "jurisdiction", "mine", "and", "others")),
        ("Blad 7", ("sleutel", "rechtsgebied", "bronnen")),
    ],
)
def test_a_sheet_that_may_be_a_table_is_a_warning(title: str, headers: tuple[str, ...], tmp_path: Path):
    """By its name, or by some of its columns; it is not read, and nobody would know."""
    book = book_of(PLAIN, GOOD)
    names = {"sleutel": "id", "rechtsgebied": "jurisdiction", "bronnen": "sources"}
    fill(book.create_sheet(title), [[LAWS.by_id[names[h]].name["nl"] if h in names else h for h in headers], ["x"] * len(headers)])
    sheets, findings = read(book, tmp_path)
    assert [s.name for s in sheets] == ["laws"]
    assert [(f.severity, f.component, f.where.sheet) for f in findings] == [("Warning", "UnknownSheet", title)]


def test_a_workbook_without_a_table_is_not_passed_over(tmp_path: Path):
    _, findings = read(book_of(("to do", "by whom"), ("ask", "me"), title="my remarks"), tmp_path)
    assert [(f.severity, f.component) for f in findings] == [("Violation", "NoTables")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_that_the_project_adds_are_not_read(language: str, tmp_path: Path):
    book = book_of(PLAIN, GOOD)
    for name in ("SheetInstructions", "SheetFindings"):
        fill(book.create_sheet(sentence(name, language=language)), [PLAIN, GOOD])
    assert one(book, tmp_path).name == "laws"


def test_two_sheets_may_feed_one_table(tmp_path: Path):
    book = book_of(PLAIN, GOOD)
    fill(book.create_sheet("laws of 2020"), [PLAIN, ("b-law", *GOOD[1:])])
    sheets, findings = read(book, tmp_path)
    assert findings == []
    assert [(s.name, s.table.name) for s in sheets] == [("laws", "laws"), ("laws of 2020", "laws")]
    loaded = load(book, tmp_path)
    assert {s.split("#")[0].rsplit("/", 2)[-2:][1] for s in (q.subject.value for q in loaded.quads) if "#row=" in s} == {
        "laws",
        "laws%20of%202020",
    }


# --- merged cells


def test_cells_merged_downwards_hold_what_the_eye_sees(tmp_path: Path):
    rows = [GOOD, ("b-law", "B", "2", "", "2013", "named-in-source", "", ""), ("c-law", "C", "3", "", "2014", "named-in-source", "", "")]
    book = book_of(PLAIN, *rows)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.merge_cells("D2:D4")
    sheet.merge_cells("G2:G3")
    sheets, findings = read(book, tmp_path)
    assert [texts[3] for texts in cells(sheets[0])] == ["BE2", "BE2", "BE2"]
    assert [texts[6] for texts in cells(sheets[0])] == ["https://a.example/1", "https://a.example/1", ""]
    assert {(f.severity, f.component) for f in findings} == {("Info", "MergedCells")}
    assert {f.where.reference for f in findings} == {"laws!D3", "laws!D4", "laws!G3"}
    assert any("D2:D4" in f.message for f in findings)


def test_cells_merged_across_columns_are_read_for_the_first_and_warned_of(tmp_path: Path):
    book = book_of(PLAIN, GOOD)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.merge_cells("B2:C2")
    sheets, findings = read(book, tmp_path)
    assert cells(sheets[0])[0][1:3] == ["A law", ""]
    assert [(f.severity, f.component, f.where.reference) for f in findings] == [("Warning", "MergedColumns", "laws!B2")]


def test_merged_cells_above_and_below_the_table_do_not_matter(tmp_path: Path):
    book = book_of(("Laws of Belgium",), PLAIN, GOOD)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.merge_cells("A1:H1")
    sheet.merge_cells("A50:H60")
    assert [number for number, _ in one(book, tmp_path).records] == [3]


# --- examples


def example_of(table: Table) -> dict[str, str]:
    return {f"{c.id}@en" if c.is_text else c.id: c.example for c in table.columns if c.example}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_untouched_example_is_ignored_in_every_language(language: str, tmp_path: Path):
    book = Workbook()
    for chosen in TABLES:
        if example := example_of(chosen):
            first, *rest = example.values()
            with speaking(language):
                word = sentence("WordExample")
            fill(book.create_sheet(chosen.name), [list(example), [f"# {word}: {first}", *rest]])
    sheets, findings = read(book, tmp_path)
    assert len(sheets) > 30
    assert [(s.name, s.records) for s in sheets if s.records] == []
    assert findings == []


@pytest.mark.parametrize("mark", ["# Example: ", "#Beispiel:", "# ", "#"])
def test_a_changed_example_is_not_loaded_but_warned_of(mark: str, tmp_path: Path):
    example = example_of(LAWS)
    first, *rest = example.values()
    changed = [mark + first, "Something else", *rest[1:]]
    sheets, findings = read(book_of(list(example), changed, GOOD), tmp_path)
    assert [number for number, _ in sheets[0].records] == [3]
    assert [(f.severity, f.component, f.where.reference) for f in findings if f.where.row == 2] == [("Warning", "ExampleRow", "laws!A2")]


def test_a_mark_elsewhere_is_a_text_like_any_other(tmp_path: Path):
    assert cells(one(book_of(PLAIN, (*GOOD[:2], "#12", *GOOD[3:])), tmp_path))[0][2] == "#12"


# --- what workbooks say of themselves


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["wise-skills", "be", "fr", "filled"], ("be", "fr", True)),
        (["wise-skills", "be", "fr", "empty"], ("be", "fr", False)),
        (["wise-skills", "be"], ("", "", False)),
        (["something", "be", "fr", "filled"], ("", "", False)),
        ([], ("", "", False)),
    ],
)
def test_a_workbook_says_what_it_is(said: list[str], expected: tuple[str, str, bool], tmp_path: Path):
    book = book_of(PLAIN, GOOD)
    fill(book.create_sheet("_lists"), [[text] for text in said])
    book.save(tmp_path / "x.xlsx")
    found = about(tmp_path / "x.xlsx")
    assert (found.folder, found.language, found.filled) == expected


# --- values


LISTS = sorted({c.scheme: (t, c) for t in TABLES for c in t.columns if c.scheme}.items())


@pytest.mark.parametrize(("scheme", "where"), LISTS, ids=[s.rsplit("/", 1)[-1] for s, _ in LISTS])
def test_every_entry_of_a_list_means_its_key_in_every_language(scheme: str, where: tuple[Table, Column]):
    concepts = vocabulary().concepts
    for iri in concepts.members[scheme]:
        key = concepts.keys[iri]
        for language in LANGUAGES:
            with speaking(language):
                label = said(concepts.labels[iri], key)
            for text in (entry(key, label), f"{label}[{key}]", f"  {label} [{key}] ".strip(), key, key.upper(), iri):
                assert concepts.find(scheme, text) == iri, (language, text)


def test_several_values_in_a_cell_are_told_apart(tmp_path: Path):
    labels = [f"{label} [{key}]" for key, label in (("BE2", "Vlaanderen"), ("BE3", "Région wallonne"))]
    for text in (" | ".join(labels), "|".join(labels), f"{labels[0]} |\n{labels[1]}", "BE2 | Région wallonne [BE3] | "):
        loaded = load(book_of(PLAIN, (*GOOD[:3], text, *GOOD[4:])), tmp_path)
        assert loaded.findings == []
        assert {o.rsplit("/", 1)[-1] for _, p, o in said_of(loaded) if p == "jurisdiction"} == {"BE2", "BE3"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_unverified_cells_are_named_by_the_columns_names(language: str, tmp_path: Path):
    number, adopted = (LAWS.by_id[c] for c in ("number", "adopted"))
    header = [*PLAIN, "unverified"]
    texts = [
        "number | adopted",
        f"{number.name[language]} | {adopted.name[language]}",
        f"{number.name[language].upper()} [number] | {adopted.name[language]} [adopted]",
    ]
    for text in texts:
        loaded = load(book_of(header, [*GOOD, text]), tmp_path)
        assert {o for _, p, o in said_of(loaded) if p == "unverified"} == {number.path, adopted.path}, text


# --- the same sheet in other clothes

Dress = Callable[[Workbook], None]


def _styled(book: Workbook) -> None:
    sheet = book.worksheets[0]
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = "A1:H2"
    sheet.conditional_formatting.add("A1:H9", CellIsRule("equal", ["1"]))
    sheet.print_title_rows = "1:1"
    sheet.protection.enable()


def _with_table(book: Workbook) -> None:
    book.worksheets[0].add_table(Range(displayName="T", ref="A1:G2"))


def _with_names(book: Workbook) -> None:
    book.defined_names["x"] = DefinedName("x", attr_text="laws!#REF!")
    book.worksheets[0].defined_names["y"] = DefinedName("y", attr_text="[1]other!$A$1")


@pytest.mark.parametrize("dress", [_styled, _with_table, _with_names], ids=lambda d: d.__name__.strip("_"))
def test_what_else_a_sheet_has_does_not_matter(dress: Dress, tmp_path: Path):
    book = book_of(PLAIN[:7], GOOD[:7])
    dress(book)
    assert cells(one(book, tmp_path)) == [list(GOOD[:7])]


def test_a_csv_saved_as_a_workbook_is_the_same(tmp_path: Path):
    """The real tables of a country, one sheet each, just as they are."""
    book = Workbook()
    path = resource("data") / "at"
    for file in sorted(path.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            fill(book.create_sheet(file.stem), list(csv.reader(stream)))
    del book["Sheet"]
    book.save(tmp_path / "at.xlsx")
    as_csv, as_book = Folders(vocabulary()), Folders(vocabulary())
    as_csv.add_folder(path, "at")
    as_book.add(tmp_path / "at.xlsx", "at", "at.xlsx")
    assert [s.findings for s in as_book.sheets["at"]] == [[] for _ in as_csv.sheets["at"]]
    assert [cells(s) for s in as_book.sheets["at"]] == [cells(s) for s in as_csv.sheets["at"]]
    assert [s.headers for s in as_book.sheets["at"]] == [s.headers for s in as_csv.sheets["at"]]


def test_rows_of_raw_xml_and_of_openpyxl_are_the_same(tmp_path: Path):
    raw = workbook(tmp_path / "raw.xlsx", {"sources": table(row(3, ["https://a.example/2", "B"]))})
    written = book_of(("url", "title@en"), ("https://a.example/1", "A source"), ("https://a.example/2", "B"), title="sources")
    assert cells(one(raw, tmp_path)) == cells(one(written, tmp_path))
