"""Changes that a contributor may make to a workbook, and that change nothing of what it says.

Those in `SHEETS` are made to whole sheets, those in `CELLS` to single cells; `disguise` makes a few of the first and many of the
second, drawn with a fixed seed, and says what it did.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from collections.abc import Callable

from openpyxl.cell import Cell
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.contributor import CONCEPTS, FIRST_ROW, SCHEMA
from tests.national import rows as csv_rows
from wise_skills.languages import LANGUAGES
from wise_skills.names import Names
from wise_skills.tables import Column, Table

NAMES = {
    (r.table, r.folder, r.cells["id"]): {" ".join(v.casefold().split()) for c, v in r.cells.items() if c.startswith("name@") and v}
    for r in csv_rows()
    if r.cells.get("id")
}
_ENTRY = re.compile(r"[^\[\]|]*\[([^\[\]|]+)\]")
Change = Callable[[Worksheet, Table, random.Random], None]
Edit = Callable[[Cell, Column, random.Random, str], bool]
SHEETS: dict[str, Change] = {}
CELLS: dict[str, Edit] = {}


def sheet_change(function: Change) -> Change:
    SHEETS[function.__name__] = function
    return function


def cell_change(function: Edit) -> Edit:
    CELLS[function.__name__] = function
    return function


def lines(sheet: Worksheet) -> list[list[tuple[object, str]]]:
    """Values and number formats of all cells, row by row."""
    return [[(c.value, c.number_format) for c in row] for row in sheet.iter_rows()]


def rewrite(sheet: Worksheet, new: list[list[tuple[object, str]]]) -> None:
    for r, row in enumerate(new, 1):
        for c, (value, number_format) in enumerate(row, 1):
            cell = sheet.cell(r, c)
            cell.value = value  # type: ignore[assignment]
            cell.number_format = number_format
            if isinstance(value, str):
                cell.data_type = "s"


# --- sheets


@sheet_change
def columns_in_another_order(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    order = list(range(sheet.max_column))
    rng.shuffle(order)
    rewrite(sheet, [[row[i] for i in order] for row in lines(sheet)])


@sheet_change
def rows_sorted(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    column = rng.randrange(sheet.max_column)
    top, data = (part := lines(sheet))[: FIRST_ROW - 1], part[FIRST_ROW - 1 :]
    rewrite(sheet, top + sorted(data, key=lambda row: str(row[column][0]), reverse=rng.random() < 0.5))


@sheet_change
def blank_rows_between(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    for row in sorted(rng.sample(range(FIRST_ROW, sheet.max_row + 2), min(3, sheet.max_row - 1)), reverse=True):
        sheet.insert_rows(row, rng.choice([1, 2]))
    sheet.cell(sheet.max_row + 40, 1).value = " "


@sheet_change
def blank_columns_between(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    sheet.insert_cols(rng.randint(1, sheet.max_column))


@sheet_change
def own_column_without_values(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    sheet.cell(2, sheet.max_column + 1).value = "to be asked"


@sheet_change
def names_in_another_language(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    language = rng.choice(list(LANGUAGES))
    for cell in sheet[1]:
        name, _, tag = str(cell.value or "").partition("@")
        if name in table.by_id:
            text = table.by_id[name].name[language]
            sheet.cell(2, cell.column).value = f"{text} ({tag})" if tag else text.upper() if rng.random() < 0.3 else f"{text} *"


@sheet_change
def names_of_ones_own(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    named = [c for c in sheet[2] if c.value]
    for cell in rng.sample(named, len(named) // 3):
        cell.value = f"My name of column {cell.column}"


@sheet_change
def ids_with_blanks(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    for cell in sheet[1]:
        cell.value = f" {cell.value} " if cell.value else None


@sheet_change
def ids_shown(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    sheet.row_dimensions[1].hidden = False


@sheet_change
def ids_deleted(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    sheet.delete_rows(1)
    sheet.row_dimensions[1].hidden = rng.random() < 0.5


@sheet_change
def ids_deleted_and_sheet_renamed(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    for cell in sheet[1]:
        cell.value = None
    sheet.title = f"Sheet {rng.randrange(10_000)}"


@sheet_change
def sheet_named_in_a_language(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    titles = sorted({t for t in table.title.values() if len(t) <= 31} - {s.lower() for s in sheet.parent.sheetnames})
    if titles:
        sheet.title = rng.choice(titles)


@sheet_change
def hidden_rows_and_columns(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    for row in range(FIRST_ROW, sheet.max_row, 2):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.sheet_state = rng.choice(["hidden", "veryHidden", "visible"])


@sheet_change
def colours_and_remarks(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    for row in sheet.iter_rows(min_row=1, max_row=6):
        cell = rng.choice(row)
        cell.fill, cell.font = PatternFill("solid", fgColor="FFFF00"), Font(strike=True, color="FF0000")
        cell.comment = Comment("Please look at this.", "a colleague")
    sheet.conditional_formatting.add("A3:C9", CellIsRule(operator="equal", formula=['"x"'], fill=PatternFill("solid", bgColor="00FF00")))


@sheet_change
def without_filter_lists_and_panes(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    sheet.auto_filter.ref = None
    sheet.freeze_panes = None
    sheet.data_validations.dataValidation = []


@sheet_change
def filtered(sheet: Worksheet, table: Table, rng: random.Random) -> None:
    sheet.auto_filter.ref = f"A2:C{sheet.max_row}"
    sheet.auto_filter.add_filter_column(0, ["nothing"])
    for row in range(FIRST_ROW, sheet.max_row + 1):
        sheet.row_dimensions[row].hidden = True


# --- cells; each says whether it could be done


def single(cell: Cell, column: Column) -> str:
    """The key of a cell that shows one entry of a list or one row."""
    entry = _ENTRY.fullmatch(str(cell.value)) if column.scheme or column.refers_to else None
    return entry[1] if entry else ""


@cell_change
def number_as_text(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    if not isinstance(cell.value, (int, float)) or not column.is_number:
        return False
    cell.value, cell.number_format = f" {cell.value}", "@"
    return True


@cell_change
def whole_number_with_decimals(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    if not isinstance(cell.value, int) or not column.is_number:
        return False
    cell.value, cell.number_format = float(cell.value), "#,##0.00"
    return True


@cell_change
def percent(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    if not isinstance(cell.value, (int, float)) or column.id not in ("share", "threshold", "value", "minimum"):
        return False
    cell.value, cell.number_format = cell.value / 100, rng.choice(["0%", "0.00%", "0.0 %"])
    return True


@cell_change
def real_date(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    if not column.is_date or not isinstance(cell.value, str) or "|" in cell.value:
        return False
    parts = [int(p) for p in cell.value.split("-")]
    formats = [["yyyy", "yyyy;@"], ["yyyy-mm", "mmm yyyy", "mm/yyyy", "[$-409]mmmm\\ yyyy"], ["yyyy-mm-dd", "dd.mm.yyyy", "d mmmm yyyy"]]
    cell.value, cell.number_format = dt.datetime(*[*parts, 1, 1][:3]), rng.choice(formats[len(parts) - 1])  # type: ignore[misc]
    return True


@cell_change
def year_as_number(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    if not column.is_date or not isinstance(cell.value, str) or len(cell.value) != 4:
        return False
    cell.value, cell.number_format = int(cell.value), rng.choice(["General", "0", "#,##0"])
    return True


@cell_change
def stray_blanks(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    if not isinstance(cell.value, str):
        return False
    cell.value = f"{rng.choice([' ', chr(10), chr(160), chr(9)])}{cell.value}{rng.choice(['  ', chr(10), chr(160), chr(0x200B)])}"
    return True


@cell_change
def bare_keys(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    entries = [_ENTRY.fullmatch(part.strip()) for part in str(cell.value).split("|")] if column.scheme or column.refers_to else []
    if not entries or not all(entries):
        return False
    cell.value = rng.choice(["|", " | ", "  |\n"]).join(entry[1] for entry in entries if entry)
    return True


@cell_change
def label_of_another_language(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    key = single(cell, column)
    if not column.scheme or not key:
        return False
    owners = Counter(label.casefold() for iri in CONCEPTS.members[column.scheme] for label in set(CONCEPTS.labels[iri].values()))
    iri = next(i for i in CONCEPTS.members[column.scheme] if CONCEPTS.keys[i] == key)
    labels = sorted({label for label in CONCEPTS.labels[iri].values() if owners[label.casefold()] == 1})
    if not labels:
        return False
    label = rng.choice(labels)
    cell.value = rng.choice([label, f"{label} [{key}]", label.upper()])
    return True


@cell_change
def words_before_the_key(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    if not (key := single(cell, column)):
        return False
    cell.value = f"as I call it [{key}]"
    return True


@cell_change
def list_value_in_capitals(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    if not column.scheme or not (key := single(cell, column)):
        return False
    cell.value = key.upper()
    return True


@cell_change
def whole_address_of_a_row(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    table = SCHEMA.by_class.get(column.refers_to or "")
    key = single(cell, column)
    if table is None or (table.name, country, key) not in NAMES:
        return False
    cell.value = Names().base + table.template.format(cc=country, id=key)
    return True


@cell_change
def key_with_its_country(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    table, key = SCHEMA.by_class.get(column.refers_to or ""), single(cell, column)
    if table is None or (table.name, country, key) not in NAMES:
        return False
    cell.value = f"{country}/{key}"
    return True


@cell_change
def name_of_a_row(cell: Cell, column: Column, rng: random.Random, country: str) -> bool:
    table, key = SCHEMA.by_class.get(column.refers_to or ""), single(cell, column)
    names = sorted({n for n in NAMES.get((table.name, country, key), ()) if owners(table.name, country, n) == 1}) if table else []
    if not names:
        return False
    cell.value = rng.choice([names[0], names[-1].upper(), f"  {names[0].replace(' ', '  ')}"])
    return True


def owners(table: str, country: str, name: str) -> int:
    """How many rows of a country or of all countries bear a name."""
    return sum(folder in (country, "eu") and where == table and name in names for (where, folder, _), names in NAMES.items())


# --- all together

_IDS = ("ids_with_blanks", "ids_shown", "ids_deleted", "ids_deleted_and_sheet_renamed")
_NAMES = ("names_in_another_language", "names_of_ones_own", "own_column_without_values")
_ORDER = ("columns_in_another_order", "rows_sorted", "blank_rows_between", "blank_columns_between")
_LOOKS = ("sheet_named_in_a_language", "hidden_rows_and_columns", "colours_and_remarks", "without_filter_lists_and_panes", "filtered")


def disguise(book: Workbook, country: str) -> Counter[str]:
    """Change a workbook as a contributor may, and return how often each change was made."""
    rng, turns = random.Random(f"harmless {country}"), Counter[str]()
    for table in SCHEMA.tables:
        sheet = book[table.name]
        titles = {c.column: str(c.value) for c in sheet[1] if c.value}
        cells = [c for row in sheet.iter_rows(min_row=FIRST_ROW) for c in row if c.value is not None and c.column in titles]
        for cell in rng.sample(cells, min(len(cells), 30)):
            column = table.by_id[titles[cell.column].partition("@")[0]]
            for name in sorted(CELLS, key=lambda n: (turns[n], rng.random())):
                if CELLS[name](cell, column, rng, country):
                    turns[name] += 1
                    break
        names = [min(group, key=lambda n: (turns[n], rng.random())) for group in (_ORDER, _NAMES, _LOOKS, _IDS)]
        if names[-1] == "ids_deleted_and_sheet_renamed" and turns[names[-1]] == 4:
            names[-1] = "ids_deleted"  # to guess what a sheet is takes a while
        if names[-1].startswith("ids_deleted"):  # then the names are all there is
            names[1] = "names_in_another_language"
        for name in names:
            turns[name] += 1
            SHEETS[name](sheet, table, rng)
    book.create_sheet("Empty", 2)
    own = book.create_sheet("Whom to ask", 5)
    for row in (["who", "what"], ["me", 3], ["you", "=1+2"]):
        own.append(row)
    chart = BarChart()
    chart.add_data(Reference(book["counts"] if "counts" in book.sheetnames else book.worksheets[1], min_col=7, min_row=3, max_row=9))
    book.create_chartsheet("Chart").add_chart(chart)
    rng.shuffle(book._sheets)
    return turns
