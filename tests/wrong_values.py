"""Wrong values of single cells, as people type them: which columns each fits, and what may be found."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.namespace import SH

from tests.contributor import CONCEPTS, SCHEMA, Book, Fits, Spot, key_of
from tests.national import rows as csv_rows
from wise_skills.tables import Column

DAY = dt.datetime(2013, 5, 31)
NO_DATATYPE = "DatatypeConstraintComponent OrConstraintComponent"
NOT_THERE = "ClassConstraintComponent NodeConstraintComponent"
NO_KIND = "NodeKindConstraintComponent"
PATTERN = "PatternConstraintComponent"


@dataclass(frozen=True)
class Wrong:
    """A kind of wrong value: the codes that may report it, the columns it fits, the value, and whether the cell must be filled."""

    kind: str
    codes: str
    fits: Fits
    value: Callable[[Book, Spot], object]
    filled: bool | None = None


def one_of(*values: object) -> Callable[[Book, Spot], object]:
    return lambda book, _: book.rng.choice(values)


def has(column: Column, constraint: URIRef) -> str:
    value = SCHEMA.graph.value(URIRef(column.shape), constraint)
    return "" if value is None else str(value)


def typed(column: Column) -> bool:
    """Whether not every text will do."""
    return bool(column.is_date or column.is_number or column.scheme or column.refers_to)


def whole(column: Column) -> bool:
    return column.is_number and not any(d.endswith("#decimal") for d in column.datatypes)


def in_list(column: Column, text: str) -> bool:
    return CONCEPTS.find(column.scheme or "", text) is not None


def misspelt(book: Book, spot: Spot) -> str:
    """An entry of the list with a letter left out or two exchanged, in key and label."""
    key = book.rng.choice([k for k in CONCEPTS.choices(spot.column.scheme or "") if len(k) > 3] or ["entry"])
    slips = [key[:i] + key[i + 1 :] for i in range(1, len(key))] + [
        key[:i] + key[i + 1] + key[i] + key[i + 2 :] for i in range(len(key) - 1)
    ]
    text = book.rng.choice([s for s in slips if not in_list(spot.column, s)])
    return book.rng.choice([text, f"{text.capitalize()} [{text}]"])


def of_another_list(book: Book, spot: Spot) -> str:
    schemes = sorted({c.scheme for t in SCHEMA.tables for c in t.columns if c.scheme})
    return book.rng.choice([k for s in schemes for k in CONCEPTS.choices(s) if not in_list(spot.column, k)])


def slip(book: Book, spot: Spot) -> str:
    """A reference with a slip of the pen in its key."""
    keys = book.keys(spot.column.refers_to or "")
    key = book.rng.choice(keys)
    wrong = key[:-1] + ("x" if key[-1] != "x" else "y")
    return wrong if wrong not in keys else f"{wrong}-x"


def slip_behind(book: Book, spot: Spot) -> str:
    """The entry as it stands there, with a slip in the key between its brackets."""
    key = key_of(spot.text)
    if spot.column.refers_to:
        book.hold(SCHEMA.by_class[spot.column.refers_to].name, key)
    return f"{spot.text.rpartition('[')[0].strip() or key} [{key[:-1]}{'x' if key[-1] != 'x' else 'y'}]"


def typed_over(book: Book, spot: Spot) -> str:
    """The key of one row behind the label of another, which somebody typed over the first one's."""
    table = SCHEMA.by_class[spot.column.refers_to or ""].name
    keys = {k: row for row in book.free(table) if (k := book.spot(table, "id", row).text)} if table not in book.closed else {}
    names = Counter(book.spot(table, t, row).text for row in book.rows(table) for t in book.titles(table, "name"))
    named = [
        (k, n) for k, row in keys.items() for t in book.titles(table, "name") if (n := book.spot(table, t, row).text) and names[n] == 1
    ]
    pairs = [(n, other, k) for k, n in named for other in keys if other != k and not set("[]|/") & set(n)]
    label, key, owner = book.rng.choice(pairs or [("nobody", "nothing", "")])
    for held in (key, owner):
        book.hold(table, held)
    return f"{label} [{key}]"


def after_bare_key(book: Book, spot: Spot) -> str:
    """Another key, another separator, and an entry as lists offer it."""
    keys = CONCEPTS.choices(spot.column.scheme) if spot.column.scheme else book.keys(spot.column.refers_to or "")
    one = key_of(first(spot))
    other = book.rng.choice([k for k in keys if k != one] or [f"{one} [{one}]"])
    return f"{other}{book.rng.choice(['; ', ', ', ' / ', chr(10)])}As I call it [{one}]"


def in_capitals(book: Book, spot: Spot) -> str:
    """A key in other letters; one that is a name too is known by that, however it is written."""
    table = SCHEMA.by_class[spot.column.refers_to or ""].name
    numbers = [number for title, number in book.numbers[table].items() if title != "id"]
    texts = {str(book.sheets[table].cell(row, number).value).casefold() for row in book.rows(table) for number in numbers}
    texts |= {text.casefold() for r in csv_rows() if (r.folder, r.table) == ("eu", table) for c, text in r.cells.items() if c != "id"}
    keys = [k for k in book.keys(spot.column.refers_to or "") if k.upper() != k and k.casefold() not in texts]
    return book.rng.choice(keys or ["nobody"]).upper()


def of_another_table(book: Book, spot: Spot) -> str:
    known = {k.casefold() for k in book.keys(spot.column.refers_to or "")}
    others = [t for t in book.tables.values() if t.is_thing and "id" in t.by_id and t.target != spot.column.refers_to]
    return book.rng.choice(
        sorted({k for t in others if t.name not in book.closed for k in book.keys(t.target) if k.casefold() not in known})
    )


def first(spot: Spot) -> str:
    return spot.text.split("|")[0].strip()


def invisible(book: Book, spot: Spot) -> str:
    sign = book.rng.choice("\u200e\u00ad\u2060\u200d")
    text = "2013" if spot.column.is_date else "12" if spot.column.is_number else spot.text or "entry"
    return text[:1] + sign + text[1:-1] + sign + text[-1:]


def below(book: Book, spot: Spot) -> int:
    return int(has(spot.column, SH.minInclusive)) - book.rng.choice([1, 5])


def ranged(column: Column) -> bool:
    return column.is_number and bool(has(column, SH.minInclusive))


# fmt: off
VALUES = (
    # lists and references
    Wrong("list value misspelt", NOT_THERE, lambda c: bool(c.scheme), misspelt),
    Wrong("value of another list", NOT_THERE, lambda c: bool(c.scheme), of_another_list),
    Wrong("reference to nothing", NOT_THERE, lambda c: bool(c.refers_to), one_of("nobody", "fr/nobody", "A label [nobody]", "https://a.example/x")),
    Wrong("reference with a slip", NOT_THERE, lambda c: bool(c.refers_to), slip),
    Wrong("reference with a slip behind its label", NOT_THERE, lambda c: bool(c.refers_to and not c.separator), slip_behind, filled=True),
    Wrong("list value with a slip behind its label", NOT_THERE, lambda c: bool(c.scheme and not c.separator), slip_behind, filled=True),
    Wrong("label of another row before the key", NOT_THERE, lambda c: bool(c.refers_to), typed_over),
    Wrong("reference in other letter case", NOT_THERE, lambda c: bool(c.refers_to), in_capitals),
    Wrong("reference to a row of another table", NOT_THERE, lambda c: bool(c.refers_to), of_another_table),
    Wrong("number in a reference or list", NOT_THERE, lambda c: bool(c.refers_to or c.scheme) and c.id != "eqf", one_of(4711, 0.5, -3)),
    Wrong("one bad value among several", f"{NOT_THERE} {NO_KIND} {PATTERN}",
          lambda c: bool(c.separator and (c.scheme or c.refers_to or c.is_address or c.names_columns or has(c, SH.pattern))),
          lambda _, s: f"{s.text} | no such thing", filled=True),
    Wrong("value twice in a cell", "RepeatedValue", lambda c: bool(c.separator), lambda _, s: f"{s.text} | {first(s)}", filled=True),
    Wrong("value twice in two spellings", "RepeatedValue", lambda c: bool(c.separator and (c.scheme or c.refers_to)),
          lambda _, s: f"{first(s)} | Another label [{key_of(first(s))}]", filled=True),
    Wrong("absence beside a value", "AbsenceBesideValues", lambda c: bool(c.separator and c.scheme),
          lambda b, s: f"{s.text} | {b.rng.choice('?-')}", filled=True),
    Wrong("another separator", NOT_THERE, lambda c: bool(c.scheme or c.refers_to),
          lambda b, s: f"{s.text}{b.rng.choice(['; ', ', ', ' / ', chr(10)])}{first(s)}", filled=True),
    Wrong("another separator after a bare key", NOT_THERE, lambda c: bool(c.scheme or c.refers_to), after_bare_key, filled=True),
    # numbers
    Wrong("number as words", NO_DATATYPE, lambda c: c.is_number, one_of("many", "twenty", "n.a.", "unknown")),
    Wrong("number with blanks or points", NO_DATATYPE, lambda c: c.is_number,
          one_of("21 319", "21\u00a0319", "21\u202f319", "1.234.567", "21'319")),
    Wrong("decimal comma", NO_DATATYPE, lambda c: c.is_number, one_of("40,5", "0,75", "1.234,5")),
    Wrong("number with a unit or sign", NO_DATATYPE, lambda c: c.is_number,
          one_of("40 %", "12 months", "ca. 40", "> 5", "40-60", "€ 300", "±3")),
    Wrong("digits of another script", NO_DATATYPE, lambda c: c.is_number or c.is_date, one_of("１２", "201٣", "²")),
    Wrong("number below its minimum", "MinInclusiveConstraintComponent", ranged, below),
    Wrong("number above its maximum", "MaxInclusiveConstraintComponent", lambda c: bool(has(c, SH.maxInclusive)), one_of(101, 4000, 100.5)),
    Wrong("fraction of a whole number", NO_DATATYPE, whole, one_of(1.5, "2.5", 0.1)),
    # dates
    Wrong("no such day or month", NO_DATATYPE, lambda c: c.is_date,
          one_of("2013-13", "2023-02-30", "2021-00", "2021-04-31", "2100-02-29", "0000")),
    Wrong("date in words", NO_DATATYPE, lambda c: c.is_date, one_of("May 2013", "about 2021", "since 2010", "in 2013", "MMXIII")),
    Wrong("range of years", NO_DATATYPE, lambda c: c.is_date, one_of("2017-2020", "2017–2020", "2017/18", "2013-2014-2015")),
    Wrong("date as it is written at home", NO_DATATYPE, lambda c: c.is_date,
          one_of("31.05.2013", "31/05/2013", "05.2013", "2013-5", "2013/05/31", "20130531")),
    Wrong("number that is no year", NO_DATATYPE, lambda c: c.is_date, one_of(13, 41425, 2013.5, -2013)),
    Wrong("time of day in a date", NO_DATATYPE, lambda c: c.is_date, one_of(DAY.replace(hour=10, minute=30), dt.time(10, 30))),
    # values of another type
    Wrong("boolean", f"{NO_DATATYPE} {NOT_THERE}", typed, one_of(True, False)),
    Wrong("date where none belongs", f"{NO_DATATYPE} {NOT_THERE}", lambda c: typed(c) and not c.is_date, one_of(DAY, DAY.date())),
    # texts, keys and addresses
    Wrong("key with illegal characters", f"{PATTERN} {NO_KIND}", lambda c: bool(has(c, SH.pattern)),
          one_of("not a key", "schlüssel", "a/b", "a;b", "ключ", "a\u200bb c")),
    Wrong("address without scheme", NO_KIND, lambda c: c.is_address,
          one_of("www.example.org/report", "see report", "example.org", "ftp://a.example/1", "https:/a.example/1", "seed:1")),
    Wrong("address with a blank", NO_KIND, lambda c: c.is_address, one_of("https://a.example/an nual", "https:// a.example/1")),
    Wrong("addresses with another separator", NO_KIND, lambda c: c.is_address and bool(c.separator),
          one_of(*(f"https://a.example/1{sign}https://a.example/2" for sign in (";", ",", "; ", " ", "\n")))),
    Wrong("text too long", "MaxLengthConstraintComponent", lambda c: bool(has(c, SH.maxLength)),
          lambda _, s: "x" * (int(has(s.column, SH.maxLength)) + 1)),
    Wrong("very long cell", f"{NO_DATATYPE} {NOT_THERE} {NO_KIND}", lambda c: typed(c) or c.names_columns, lambda *_: "long " * 6500),
    Wrong("invisible characters", f"{NO_DATATYPE} {NOT_THERE} {NO_KIND} {PATTERN}",
          lambda c: typed(c) or bool(has(c, SH.pattern)), invisible),
    Wrong("no such column", NO_KIND, lambda c: c.names_columns, one_of("no such column", "value2", "row", "12")),
    # what a spreadsheet computes
    Wrong("formula without stored result", f"EmptyFormula {NO_DATATYPE} {NOT_THERE} {NO_KIND} {PATTERN} MinCountConstraintComponent",
          lambda _: True, one_of("=A1", "=TODAY()", '=IF(1=1,"a","b")')),
    Wrong("error value", f"CellError {NO_DATATYPE} {NOT_THERE} {NO_KIND} {PATTERN}", lambda _: True, one_of("#N/A", "#REF!", "#VALUE!")),
)
