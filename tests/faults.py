"""Plants faults of many kinds in filled workbooks, and remembers where each may be reported.

Every kind is a function that spoils something and says which cells a finding about it may stand at; `plant` applies all of
them to one workbook, each to rows of its own. Wrong values of single cells are listed in `wrong_values.py`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from rdflib import URIRef

from tests.contributor import CONCEPTS, FIRST_ROW, SCHEMA, TAB, Book, Spot, key_of, reference
from tests.national import rows as csv_rows
from tests.wrong_values import VALUES, Wrong
from wise_skills.constraints import UNSOURCED
from wise_skills.tables import Column, Table

SHARED = {(r.table, r.cells["id"]) for r in csv_rows() if r.folder == "eu" and r.cells.get("id")}
NOT_ONE = "DatatypeConstraintComponent OrConstraintComponent"
NOT_THERE = "ClassConstraintComponent NodeConstraintComponent"
DAY = dt.datetime(2013, 5, 31)


@dataclass(frozen=True)
class Fault:
    """A planted fault.

    Every finding about it stands at one of `cells`; in each of the sets `needed` at least one cell must be reported;
    `codes` are those that may report it.
    """

    kind: str
    cells: frozenset[str]
    needed: tuple[frozenset[str], ...]
    codes: frozenset[str]
    wrote: str


@dataclass(frozen=True)
class Planted:
    """Where a fault must be reported: at one of the cells, or at each of them; and where it may be besides."""

    cells: Sequence[str]
    wrote: object = ""
    also: Sequence[str] = ()
    each: bool = False


Plant = Callable[[Book], Planted | None]
SHEETS: dict[str, tuple[str, Plant]] = {}
ROWS: dict[str, tuple[str, Plant]] = {}


def kind(name: str, codes: str, of: dict[str, tuple[str, Plant]] = ROWS) -> Callable[[Plant], Plant]:
    def enter(function: Plant) -> Plant:
        of[name] = codes, function
        return function

    return enter


def at(*spots: Spot) -> list[str]:
    return [s.reference for s in spots]


# --- something is missing


def emptied(book: Book, spot: Spot) -> list[str]:
    """Empty a column of a row, or leave blanks in it: a text is missing when it is there in no language."""
    spots = [book.spot(spot.table.name, t, spot.row) for t in book.titles(spot.table.name, spot.column.id)]
    for one in spots:
        one.cell.value = book.rng.choice([None, None, "", "  ", "\u00a0", "\u200b"])
    return at(*spots)


@kind("required value emptied", "MinCountConstraintComponent")
def _(book: Book) -> Planted | None:
    spot = book.pick(lambda c: c.required, also=lambda s: book.filled(s.table.name, s.column.id, s.row))
    return spot and Planted(emptied(book, spot))


@kind("? or - where a value is required", "MinCountConstraintComponent")
def _(book: Book) -> Planted | None:
    spot = book.pick(lambda c: c.required and not c.is_text, also=lambda s: s.column not in s.table.key)
    if spot is None:
        return None
    spot.cell.value = book.rng.choice("?-")
    return Planted(at(spot), spot.text)


@kind("? or - in a key", f"ValueNotAllowedHere {NOT_ONE} {NOT_THERE} NodeKindConstraintComponent")
def _(book: Book) -> Planted | None:
    spot = book.pick(lambda c: not c.is_text, also=lambda s: s.column in s.table.key)
    if spot is None:
        return None
    spot.cell.value = book.rng.choice("?-")
    return Planted(at(spot), spot.text)


@kind("answer emptied", "Answer")
def _(book: Book) -> Planted | None:
    spot = book.pick(lambda c: c.answer, filled=True)
    return spot and Planted(emptied(book, spot))


@kind("sources emptied", "Sourced")
def _(book: Book) -> Planted | None:
    def backed(spot: Spot) -> bool:
        return key_of(book.spot(spot.table.name, "evidence", spot.row).text) not in UNSOURCED

    spot = book.pick(lambda c: c.id == "sources", filled=True, also=backed)
    return spot and Planted(emptied(book, spot))


@kind("all of a group emptied", "OneOf")
def _(book: Book) -> Planted | None:
    groups = {t.name: {str(o) for o in SCHEMA.graph.objects(URIRef(t.shape), URIRef(TAB + "oneOf"))} for t in SCHEMA.tables}
    spot = book.pick(lambda c: True, also=lambda s: s.column.id in groups[s.table.name])
    if spot is None:
        return None
    group = [book.spot(spot.table.name, c, spot.row) for c in sorted(groups[spot.table.name])]
    return Planted([cell for one in group for cell in emptied(book, one)], each=True)


@kind("row that is only begun", "MinCountConstraintComponent Answer Sourced OneOf")
def _(book: Book) -> Planted | None:
    """Only a note was typed: each required cell is missing."""
    spot = book.pick(lambda c: c.is_text and not c.required)
    if spot is None:
        return None
    name, row = spot.table.name, book.rows(spot.table.name)[-1] + 1
    spot.sheet.cell(row, spot.number).value = "Half a thought"
    book.busy = book.busy - {(name, spot.row)} | {(name, row)}
    missing = [book.spot(name, book.titles(name, c.id)[0], row) for c in spot.table.columns if c.required]
    return Planted(at(*missing), spot.title, at(*(book.spot(name, t, row) for t in book.numbers[name])), each=True)


# --- cells of a row do not agree


def exchanged(book: Book, fits: Callable[[Column], bool], *pairs: tuple[object, object]) -> Planted | None:
    """Write a lower end that is above the upper one."""
    upper = URIRef(TAB + "atMost")
    spot = book.pick(
        lambda c: fits(c) and SCHEMA.graph.value(URIRef(c.shape), upper) is not None, also=lambda s: not book.is_named(s.table.name, s.row)
    )
    if spot is None:
        return None
    other = book.spot(spot.table.name, str(SCHEMA.graph.value(URIRef(spot.column.shape), upper)), spot.row)
    spot.cell.value, other.cell.value = book.rng.choice(pairs)  # type: ignore[assignment]
    return Planted(at(spot, other), f"{spot.text} > {other.text}", each=True)


@kind("dates exchanged", "LessThanOrEqualsConstraintComponent")
def _(book: Book) -> Planted | None:
    pairs = [("2021", "2020"), ("2021-05", "2021-04"), ("2021-05-31", "2021-05-30"), (2021, 2020), ("2021", "2020-12-31"), (DAY, "2012")]
    return exchanged(book, lambda c: c.is_date, *pairs)


@kind("range upside down", "LessThanOrEqualsConstraintComponent")
def _(book: Book) -> Planted | None:
    return exchanged(book, lambda c: c.is_number, (9, 3), (10, 9), (0.5, 0.25), ("100", "20"))


@kind(
    "row moved by a cell",
    f"MinCountConstraintComponent Answer Sourced OneOf PatternConstraintComponent NodeKindConstraintComponent {NOT_ONE} {NOT_THERE}",
)
def _(book: Book) -> Planted | None:
    spot = book.pick(lambda c: c.is_text, also=lambda s: not book.is_named(s.table.name, s.row))
    if spot is None:
        return None
    values = [c.value for c in spot.sheet[spot.row]]
    for number, value in enumerate([None, *values[:-1]], 1):
        spot.sheet.cell(spot.row, number).value = value
    return Planted(at(*(book.spot(spot.table.name, t, spot.row) for t in book.numbers[spot.table.name])))


# --- keys


def copied(book: Book, spot: Spot, changed: object) -> Planted:
    """Copy the row of a cell below the data and change that cell: both rows claim the same."""
    sheet, name = spot.sheet, spot.table.name
    row = book.rows(name)[-1] + 1
    for cell in sheet[spot.row]:
        sheet.cell(row, cell.column, cell.value).number_format = cell.number_format
    sheet.cell(row, spot.number).value = changed  # type: ignore[assignment]
    book.busy.add((name, row))
    spots = [book.spot(name, c.id, r) for r in (spot.row, row) for c in spot.table.key]
    return Planted(at(*(s for s in spots if s.text)), changed, each=True)


@kind("row copied", "DuplicateKey")
def _(book: Book) -> Planted | None:
    spot = book.pick(lambda c: c.is_text and not c.required, also=lambda s: not book.is_named(s.table.name, s.row))
    return spot and copied(book, spot, book.rng.choice([spot.cell.value, "Copied and changed"]))


@kind("row copied with another figure", "DuplicateKey")
def _(book: Book) -> Planted | None:
    spot = book.pick(lambda c: c.answer and c.is_number, filled=True, also=lambda s: isinstance(s.cell.value, (int, float)))
    return spot and copied(book, spot, float(spot.text) + 1)


@kind("shared key taken", "ShadowedKey")
def _(book: Book) -> Planted | None:
    free = SHARED - set(book.references)  # what names a row of all countries would name this one now
    spot = book.pick(lambda c: c.id == "id", also=lambda s: any(table == s.table.name for table, _ in free))
    if spot is None:
        return None
    spot.cell.value = book.rng.choice(sorted(key for table, key in free if table == spot.table.name))
    return Planted(at(spot), spot.text)


def named_row(book: Book) -> tuple[Spot, list[Spot]] | None:
    """The id of a row that few free cells of other sheets refer to, and these cells."""
    found = []
    for name, table in book.tables.items():
        if name in book.closed or not table.is_thing or "id" not in table.by_id:
            continue
        for spot in (book.spot(name, "id", row) for row in book.rows(name) if (name, row) not in book.busy):
            naming = book.references.get((name, spot.text), [])
            free = not any(s.table.name in (name, *book.closed) or (s.table.name, s.row) in book.busy for s in naming)
            free &= spot.text.casefold() not in {str(c.value).casefold() for c in spot.sheet[spot.row][1:]}  # else it is its name too
            if 0 < len(naming) < 4 and free and (name, spot.text) not in SHARED:
                found.append((book.turns[name, "named"], book.rng.random(), spot, naming))
    if not found:
        return None
    *_, spot, naming = min(found, key=lambda f: f[:2])
    book.turns[spot.table.name, "named"] += 1
    return book.take(spot), [book.take(s) for s in naming]


@kind("key changed that others name", "ClassConstraintComponent")
def _(book: Book) -> Planted | None:
    named = named_row(book)
    if named is None:
        return None
    spot, naming = named
    spot.cell.value = f"{spot.text}-2024"
    return Planted(at(*naming), spot.text, each=True)


@kind("key lost that others name", "MinCountConstraintComponent PatternConstraintComponent CellError EmptyFormula ClassConstraintComponent")
def _(book: Book) -> Planted | None:
    named = named_row(book)
    if named is None:
        return None
    spot, naming = named
    spot.cell.value = book.rng.choice([None, "no key", "#N/A", "=A1"])
    return Planted(at(spot), spot.text, also=at(*naming))


@kind("row deleted that others name", "ClassConstraintComponent", of=SHEETS)
def _(book: Book) -> Planted | None:
    named = named_row(book)
    if named is None:
        return None
    spot, naming = named
    key = spot.text
    if book.rng.random() < 0.5:
        spot.sheet.delete_rows(spot.row)
    else:
        for cell in spot.sheet[spot.row]:
            cell.value = None
    book.busy = book.busy - {(spot.table.name, spot.row)} | {(spot.table.name, 0)}
    book.forget()
    return Planted(at(*naming), key, each=True)


# --- rows that the reader puts aside


@kind("example row filled in", "ExampleRow")
def _(book: Book) -> Planted | None:
    spot = book.pick(lambda c: c.id == "id", filled=True, also=lambda s: s.text != s.column.example)
    if spot is None:
        return None
    spot.cell.value = f"# Example: {spot.text}"
    return Planted(at(spot), spot.text)


@kind("waiver of nothing", "WaiverUnused")
def _(book: Book) -> Planted | None:
    row = book.type_row("waivers", table="needs", row="nothing", finding="SkillNeedShape-contradiction", date="2024-05-31")
    return Planted(at(book.take(book.spot("waivers", "finding", row))))


@kind("waiver of an error", "WaiverOfError NodeConstraintComponent")
def _(book: Book) -> Planted | None:
    spot = book.pick(lambda c: bool(c.scheme) and c.required, also=lambda s: s.table.key[0].id == "id")
    if spot is None:
        return None
    spot.cell.value = "no such entry"
    key = book.spot(spot.table.name, "id", spot.row).text
    row = book.type_row("waivers", table=spot.table.name, row=key, finding="NodeConstraintComponent", date="2024-05-31")
    return Planted(at(book.take(book.spot("waivers", "finding", row)), spot), each=True)


# --- rows that do not agree


def new_rows(book: Book, table: str, *rows: dict[str, object]) -> list[int]:
    numbers = [book.type_row(table, **cells) for cells in rows]
    book.busy |= {(table, n) for n in numbers}
    return numbers


def blamed(book: Book, table: str, row: int, *columns: str) -> list[str]:
    return at(*(book.take(book.spot(table, c, row)) for c in columns))


@kind("two figures of one source", "CountShape-twoFigures")
def _(book: Book) -> Planted | None:
    if "counts" in book.closed:
        return None
    same: dict[str, object] = {"measure": "organisations", "date": "2019", "sources": "https://a.example/same"}
    one, two = new_rows(book, "counts", {**same, "value": 120}, {**same, "value": 140})
    cells = [*blamed(book, "counts", one, "value"), *blamed(book, "counts", two, "value")]
    return Planted(cells, "120, 140", also=[c for r in (one, two) for c in blamed(book, "counts", r, "sources")], each=True)


@kind("form that begins before the one it replaced", "WiseFormShape-beforeItsForerunner")
def _(book: Book) -> Planted | None:
    if "forms" in book.closed:
        return None
    earlier, later = new_rows(
        book, "forms", {"id": "old", "valid_from": "2010"}, {"id": "young", "valid_from": "2001-05", "succeeds": "old"}
    )
    return Planted(blamed(book, "forms", later, "valid_from", "succeeds"), also=blamed(book, "forms", earlier, "valid_from"), each=True)


@kind("rows that follow each other in a circle", "WiseFormShape-circle LawShape-circle CurriculumShape-circle")
def _(book: Book) -> Planted | None:
    options = [o for o in (("forms", "succeeds"), ("laws", "succeeds"), ("curricula", "part_of")) if o[0] not in book.closed]
    if not options:
        return None
    table, column = book.rng.choice(options)
    hen, egg = new_rows(book, table, {"id": "hen", column: "egg"}, {"id": "egg", column: "hen"})
    return Planted([*blamed(book, table, hen, column), *blamed(book, table, egg, column)], each=True)


@kind("needed and not needed", "SkillNeedShape-contradiction")
def _(book: Book) -> Planted | None:
    if "needs" in book.closed:
        return None
    columns = book.tables["needs"].by_id
    same: dict[str, object] = {c: CONCEPTS.choices(columns[c].scheme or "")[0] for c in ("group", "horizon")}
    same["skill"] = book.keys(columns["skill"].refers_to or "")[0]
    necessary = next(k for k in CONCEPTS.choices(columns["necessity"].scheme or "") if k != "not-needed")
    no, yes = new_rows(book, "needs", {**same, "necessity": "not-needed"}, {**same, "necessity": necessary})
    return Planted(blamed(book, "needs", no, "necessity", "skill"), also=blamed(book, "needs", yes, "necessity"), each=True)


@kind("threshold below the directive's", "ReservationRuleShape-belowArticle20")
def _(book: Book) -> Planted | None:
    if "reserved" in book.closed:
        return None
    (row,) = new_rows(book, "reserved", {"threshold": book.rng.choice([12, 29.9, "25"])})
    return Planted(blamed(book, "reserved", row, "threshold"))


@kind("assignment that nobody made", "TypeAssignmentShape-nobodySaysSo")
def _(book: Book) -> Planted | None:
    if "assignments" in book.closed:
        return None
    basis = next(k for k in CONCEPTS.choices(book.tables["assignments"].by_id["basis"].scheme or "") if k != "researcher-inference")
    (row,) = new_rows(book, "assignments", {"basis": basis, "evidence": "unverified", "sources": ""})
    return Planted(blamed(book, "assignments", row, "asserted_by", "basis"), each=True)


# --- merged cells


def equal_below(book: Book, spot: Spot) -> bool:
    """Whether the row below is free and says the same in this column: a person would merge the two."""
    below = spot.sheet.cell(spot.row + 1, spot.number).value
    return below == spot.cell.value and (spot.table.name, spot.row + 1) not in book.busy


@kind("cells merged down", "MergedCells")
def _(book: Book) -> Planted | None:
    spot = book.pick(lambda c: bool(c.scheme) and c.required, filled=True, also=lambda s: equal_below(book, s))
    if spot is None:
        return None
    book.busy.add((spot.table.name, spot.row + 1))
    spot.sheet.merge_cells(start_row=spot.row, end_row=spot.row + 1, start_column=spot.number, end_column=spot.number)
    return Planted(at(book.spot(spot.table.name, spot.title, spot.row + 1)), also=at(spot))


@kind("cells merged across", "MergedColumns")
def _(book: Book) -> Planted | None:
    """What stands in them is read for the first column only; the second is a text that may be missing."""

    def before_text(spot: Spot) -> bool:
        titles = [*book.numbers[spot.table.name], ""]
        name, _, language = titles[titles.index(spot.title) + 1].partition("@")
        return language != "" and not spot.table.by_id[name].required

    spot = book.pick(lambda c: True, filled=True, also=before_text)
    if spot is None:
        return None
    spot.sheet.merge_cells(start_row=spot.row, end_row=spot.row, start_column=spot.number, end_column=spot.number + 1)
    return Planted(at(spot), also=[reference(spot.sheet, spot.number + 1, spot.row)])


# --- headers and sheets


def header(sheet: Worksheet, number: int, wrote: str) -> Planted:
    """A fault of a header may be reported at the id or at the name below it."""
    return Planted([reference(sheet, number, row) for row in (1, 2)], wrote)


def any_title(book: Book, table: Table, fits: Callable[[str], bool] = lambda _: True) -> tuple[Worksheet, int, str]:
    title = book.rng.choice(sorted(t for t in book.numbers[table.name] if fits(t)))
    return book.sheets[table.name], book.numbers[table.name][title], title


@kind("unknown column id", "UnknownColumn", of=SHEETS)
def _(book: Book) -> Planted | None:
    table = book.pick_table()
    if table is None:
        return None
    sheet, number, title = any_title(book, table)
    name, at_sign, language = title.partition("@")
    wrong = book.rng.choice([w for w in (name[:-1], f"{name}s", f"x{name}", "column", f"{name}.") if w not in table.by_id])
    sheet.cell(1, number).value = wrong + at_sign + language
    return header(sheet, number, wrong)


@kind("unknown column id and name", "UnknownColumn", of=SHEETS)
def _(book: Book) -> Planted | None:
    table = book.pick_table()
    if table is None:
        return None
    sheet, number, title = any_title(book, table)
    sheet.cell(1, number).value = sheet.cell(2, number).value = f"{title.partition('@')[0]}x"
    return header(sheet, number, f"{title.partition('@')[0]}x")


@kind("required column removed", "MissingColumn", of=SHEETS)
def _(book: Book) -> Planted | None:
    table = book.pick_table()
    if table is None:
        return None
    column, sheet = book.rng.choice([c for c in table.columns if c.required]), book.sheets[table.name]
    for number in sorted((book.numbers[table.name][t] for t in book.titles(table.name, column.id)), reverse=True):
        sheet.delete_cols(number)
    book.renumber(table.name)
    return Planted([f"{sheet.title}!{row}:{row}" for row in (1, 2)], column.id)


@kind("column with answers or sources removed", "MissingColumn Answer Sourced", of=SHEETS)
def _(book: Book) -> Planted | None:
    """It is not required as such, but the rows are: the header is reported, or each row as a whole."""

    def sourced(table: Table) -> bool:
        return "sources" in table.by_id and any(book.filled(table.name, "sources", row) for row in book.rows(table.name))

    table = book.pick_table(sourced)
    if table is None:
        return None
    column, sheet = book.rng.choice([c for c in table.columns if c.answer or c.id == "sources"]), book.sheets[table.name]
    sheet.delete_cols(book.numbers[table.name][column.id])
    book.renumber(table.name)
    return Planted([f"{sheet.title}!{row}:{row}" for row in (1, 2)], column.id)


@kind("column twice", "DuplicateColumn", of=SHEETS)
def _(book: Book) -> Planted | None:
    table = book.pick_table()
    if table is None:
        return None
    sheet, number, title = any_title(book, table)
    new = sheet.max_column + 1
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, new).value = sheet.cell(row, number).value
    return header(sheet, new, title)


@kind("text column without language", "MissingLanguage", of=SHEETS)
def _(book: Book) -> Planted | None:
    table = book.pick_table(lambda t: any(c.is_text for c in t.columns))
    if table is None:
        return None
    sheet, number, title = any_title(book, table, lambda t: "@" in t)
    sheet.cell(1, number).value = wrong = title.partition("@")[0]
    return header(sheet, number, wrong)


@kind("no such language", "MissingLanguage UnknownColumn", of=SHEETS)
def _(book: Book) -> Planted | None:
    table = book.pick_table(lambda t: any(c.is_text for c in t.columns))
    if table is None:
        return None
    sheet, number, title = any_title(book, table, lambda t: "@" in t)
    sheet.cell(1, number).value = wrong = f"{title.partition('@')[0]}@{book.rng.choice(['qq', 'nls', 'n', 'Dutch'])}"
    return header(sheet, number, wrong)


@kind("own column", "OwnColumn", of=SHEETS)
def _(book: Book) -> Planted | None:
    table = book.pick_table()
    if table is None:
        return None
    sheet = book.sheets[table.name]
    number = book.rng.randint(2, sheet.max_column)
    sheet.insert_cols(number)
    book.renumber(table.name)
    sheet.cell(2, number).value, sheet.cell(FIRST_ROW, number).value = "to be asked", "yes"
    return header(sheet, number, "to be asked")


@kind("value outside of the table", "UnnamedColumn", of=SHEETS)
def _(book: Book) -> Planted | None:
    table = book.pick_table(lambda t: bool(book.rows(t.name)))
    if table is None:
        return None
    sheet, row = book.sheets[table.name], book.rng.choice(book.rows(table.name))
    number = sheet.max_column + book.rng.choice([1, 2])
    sheet.cell(row, number).value = "see me"
    return Planted([reference(sheet, number, r) for r in (1, 2, row)], "see me")


@kind("ids of two columns exchanged", f"{NOT_THERE} DuplicateKey", of=SHEETS)
def _(book: Book) -> Planted | None:
    table = book.pick_table(lambda t: 0 < len(book.rows(t.name)) < 20 and sum(bool(c.scheme and c.required) for c in t.columns) > 1)
    if table is None:
        return None
    sheet = book.sheets[table.name]
    one, two = [c.id for c in table.columns if c.scheme and c.required][:2]
    numbers = [book.numbers[table.name][c] for c in (one, two)]
    sheet.cell(1, numbers[0]).value, sheet.cell(1, numbers[1]).value = two, one
    return Planted([reference(sheet, n, r) for n in numbers for r in book.rows(table.name)], f"{one}, {two}", each=True)


def whole(sheet: Worksheet) -> Planted:
    return Planted([f"{sheet.title}!1:1", f"{sheet.title}!A1"], sheet.title)


def without_headers(book: Book, title: Callable[[str], str]) -> Planted | None:
    """Rename a sheet and write other things over its ids and names."""
    table = book.pick_table(lambda t: len(t.name) > 4)
    if table is None:
        return None
    sheet = book.sheets[table.name]
    sheet.title = title(table.name)
    for row in (1, 2):
        for cell in sheet[row]:
            cell.value = f"Column {cell.column}"
    return whole(sheet)


@kind("misspelt name of a sheet without headers", "UnknownSheet", of=SHEETS)
def _(book: Book) -> Planted | None:
    return without_headers(book, lambda name: f"{name[:2]}{name[3:]} 2024")


@kind("sheet without name and headers", "UnknownSheet", of=SHEETS)
def _(book: Book) -> Planted | None:
    return without_headers(book, lambda _: "Sheet 77")


@kind("sheet copied", "DuplicateKey", of=SHEETS)
def _(book: Book) -> Planted | None:
    table = book.pick_table(lambda t: 0 < len(book.rows(t.name)) < 6)
    if table is None:
        return None
    copy = book.book.copy_worksheet(book.sheets[table.name])
    copy.title = f"{table.name} (2)"
    spots = [s for r in book.rows(table.name) for c in table.key if (s := book.spot(table.name, c.id, r)).text]
    return Planted([reference(sheet, s.number, s.row) for s in spots for sheet in (s.sheet, copy)], copy.title, each=True)


# --- all together


def spoil(wrong: Wrong) -> Plant:
    def plant_it(book: Book) -> Planted | None:
        spot = book.pick(wrong.fits, wrong.filled)
        if spot is None:
            return None
        written = wrong.value(book, spot)
        spot.cell.value = written  # type: ignore[assignment]
        return Planted(at(spot), written)

    return plant_it


for _wrong in VALUES:
    ROWS[_wrong.kind] = _wrong.codes, spoil(_wrong)
KINDS = {**SHEETS, **ROWS}
_ANYWHERE = ("formula without stored result", "error value")  # they fit any column, so that each has its turn


def plant(path: Path, country: str, turns: Counter[tuple[str, str]]) -> tuple[list[Fault], Workbook]:
    """Plant faults of all kinds in a filled workbook, in place, and return them with the workbook.

    Those of whole sheets come first. Then a flawless row is typed into each of the other sheets, so that there is
    something to spoil in every table.
    """
    book = Book(path, country, turns)
    faults = [_planted(book, name) for name in SHEETS]
    for table in sorted(book.tables.values(), key=lambda t: t.order):
        if table.name not in book.closed and table.name != "waivers":
            book.type_row(table.name)
    names = [*ROWS, *_ANYWHERE * 4]
    book.rng.shuffle(names)
    faults += [_planted(book, name) for name in names]
    book.book.save(path)
    return [f for f in faults if f is not None], book.book


def _planted(book: Book, name: str) -> Fault | None:
    codes, function = KINDS[name]
    done = function(book)
    if done is None:
        return None
    needed = tuple(frozenset([c]) for c in done.cells) if done.each else (frozenset(done.cells),)
    return Fault(name, frozenset([*done.cells, *done.also]), needed, frozenset(codes.split()), str(done.wrote)[:60])
