"""National tables: records of CSV files → cells → quads, driven by the shapes.

There is no code per table or country. The first row with a key is the thing; each later row with that key, and
each row without a full key, is validated as its row node, so that nothing hides behind a merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from loaders.keys import Concepts, Thing, Things
from loaders.records import Sheet, column_named
from loaders.values import address, days, literal
from wise_skills.findings import VIOLATION, WARNING, Cell, Finding
from wise_skills.languages import said
from wise_skills.messages import phrase, sentence
from wise_skills.names import PREF_LABEL, RDF_TYPE, XSD, Names
from wise_skills.origin import Origin, Row
from wise_skills.tables import Column, Table

_DATE = NamedNode(XSD + "date")
_TYPE = NamedNode(RDF_TYPE)
_KEY_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
_NONE: frozenset[str] = frozenset()
Term = NamedNode | Literal


@dataclass
class Context:
    """What a table is read against: names, concepts, things of all folders, and the place of each folder."""

    names: Names
    concepts: Concepts
    things: Things
    places: Mapping[str, str]


@dataclass
class Loaded:
    """What reading gave: quads (sorted by nothing), where they came from, and what was found."""

    quads: list[Quad] = field(default_factory=list)
    origin: Origin = field(default_factory=Origin)
    findings: list[Finding] = field(default_factory=list)
    rows: int = 0


@dataclass(frozen=True)
class _Value:
    column: Column
    term: Term
    index: int
    text: str


def index_things(sheets: Iterable[Sheet], things: Things, base: str) -> None:
    """Enter the keys and labels of all rows that other rows may refer to."""
    for sheet in sheets:
        table = sheet.table
        if not table.is_thing or table.key[0].id != "id":
            continue
        index = next((i for i, h in enumerate(sheet.headers) if h and h[0].id == "id"), None)
        if index is None:
            continue
        labels = [(i, h[1] or "en") for i, h in enumerate(sheet.headers) if h and h[0].path == PREF_LABEL]
        for _, cells in sheet.records:
            if _is_key(cells[index]):
                iri = base + table.template.format(cc=sheet.folder, id=cells[index])
                things.add(table.target, Thing(iri, sheet.folder, cells[index]), [(tag, cells[i]) for i, tag in labels if cells[i]])


def load(sheets: Iterable[Sheet], context: Context, known: Origin | None = None) -> Loaded:
    """Turn sheets into quads.

    Parameters
    ----------
    sheets:
        Records of any tables and folders; order does not matter for the set of quads of flawless data.
    context:
        What the cells are resolved against; `index_things` must have seen these and all other sheets.
    known:
        Rows that were read already; records of a context that describe the same things are left out.
    """
    loaded = Loaded()
    if known:
        loaded.origin.before = known
    for sheet in sheets:
        loaded.findings += sheet.findings
        for number, cells in sheet.records:
            _Reading(sheet, context, loaded, number, cells).read()
            loaded.rows += 1
    return loaded


def _is_key(text: str) -> bool:
    return bool(text) and _KEY_CHARACTERS.issuperset(text)


def _other_row(here: Row, there: Row) -> str:
    """How a message about one row calls another."""
    if (here.file, here.sheet) == (there.file, there.sheet):
        return phrase("OtherRow", str(there.number))
    return phrase("OtherRowOf", str(there.number), other=there.sheet if here.file == there.file else there.file)


class _Reading:
    """The reading of one record."""

    def __init__(self, sheet: Sheet, context: Context, loaded: Loaded, number: int, cells: list[str]) -> None:
        self.sheet, self.context, self.loaded, self.number, self.cells = sheet, context, loaded, number, cells
        self.table: Table = sheet.table
        self.names = context.names

    def read(self) -> None:
        values = list(self._values())
        node = self.names.row(self.sheet.source, self.number)
        parts = self._key(values)
        thing = self._thing(parts)
        first = self.loaded.origin.row(thing) if thing else None
        if self.sheet.context and thing and self.loaded.origin.is_known(thing):
            return
        subject = node if thing is None or first is not None else thing
        row = Row(
            self.sheet.file,
            self.sheet.shown,
            self.number,
            self.table.name,
            subject,
            tuple((t, i) for i, t in enumerate(self.sheet.titles) if self.sheet.headers[i] is not None),
            tuple(self.cells),
            "/".join(parts) if parts else "",
            self.sheet.header_row,
            frozenset(self.sheet.refused) if self.sheet.refused else _NONE,
        )
        if first is not None:
            self._duplicate(first, row)
        self.loaded.origin.add_row(row)
        self._emit(row, subject, thing or node, node, values)
        self._shadow(row)

    # --- cells

    def _values(self) -> Iterator[_Value]:
        for index, header in enumerate(self.sheet.headers):
            text = self.cells[index] if header else ""
            if not header or not text:
                continue
            column, language = header
            parts = [p.strip() for p in text.split(column.separator)] if column.separator else [text]
            seen = set[Term]()
            for part in filter(None, parts):
                term = self._term(column, part, language)
                if term in seen:
                    self._find("RepeatedValue", column, index, part, WARNING)
                    continue
                if part in ("?", "-") and len(parts) > 1:
                    self._find("AbsenceBesideValues", column, index, part)
                    continue
                seen.add(term)
                yield _Value(column, term, index, part)

    def _term(self, column: Column, text: str, language: str | None) -> Term:
        """The term of one value; what is not found or does not fit stays a plain string."""
        if text in ("?", "-") and column not in self.table.key:
            return Literal(text)
        if column.scheme:
            iri = self.context.concepts.find(column.scheme, text)
            return NamedNode(iri) if iri else Literal(text)
        if column.refers_to:
            thing = self.context.things.find(column.refers_to, self.sheet.folder, text)
            return NamedNode(thing.iri) if thing else (address(text, self.names.base) if "://" in text else None) or Literal(text)
        if column.names_columns:
            named = column_named(self.table, text)
            return NamedNode(named.path) if named else Literal(text)
        if column.is_address:
            return address(text, self.names.base) or Literal(text)
        return literal(text, column.datatypes, language)

    def _find(self, component: str, column: Column, index: int, value: str, severity: str = VIOLATION) -> None:
        title = self.sheet.titles[index]
        facts = {"column": said(column.name, column.id), "value": value}
        where = Cell(self.sheet.file, self.sheet.shown, self.number, title, index)
        self.loaded.findings.append(Finding(severity, component, sentence(component, facts), where, column.shape, value, path=column.path))

    # --- keys

    def _key(self, values: list[_Value]) -> list[str] | None:
        """The parts of the record's key, in the order of the key columns; `None` where it is not complete."""
        parts = []
        for column in self.table.key:
            given = [v for v in values if v.column == column]
            if not given and column.id in self.sheet.refused:
                return None  # its header could not be understood: who knows what stands there
            if not given and not column.required:
                parts.append("_")
                continue
            part = self._key_part(column, given[0]) if len(given) == 1 else None
            if part is None:
                return None
            parts.append(part)
        return parts

    def _thing(self, parts: list[str] | None) -> str | None:
        """IRI of the thing that the record describes."""
        if parts is None:
            return None
        if self.table.template == "{url}":
            return parts[0]
        filled = dict(zip((c.id for c in self.table.key), parts, strict=True))
        return self.names.base + self.table.template.format(cc=self.sheet.folder, **filled)

    def _key_part(self, column: Column, value: _Value) -> str | None:
        if value.text in ("?", "-"):
            self._find("ValueNotAllowedHere", column, value.index, value.text)
            return None
        if isinstance(value.term, NamedNode):
            return self._key_of(value.term.value)
        if column.scheme or column.refers_to or column.is_address:
            return None
        if column.datatypes and value.term.datatype.value not in column.datatypes:
            return None
        return value.term.value if value.term.datatype.value != XSD + "string" or _is_key(value.term.value) else None

    def _key_of(self, iri: str) -> str:
        concepts, things = self.context.concepts, self.context.things
        if iri in things.by_iri:
            thing = things.by_iri[iri][1]
            return thing.key if thing.folder in (self.sheet.folder, "eu") else f"{thing.folder}~{thing.key}"
        return concepts.keys.get(iri, iri)

    def _duplicate(self, first: Row, row: Row) -> None:
        """Both rows of a repeated key are named, each pointing at the other."""
        keys = [c.id for c in self.table.key]
        group = f"{row.file}#{row.number}"
        for here, there in ((first, row), (row, first)):
            for cell in (here.cell(k) for k in keys):
                if not here.text(cell):
                    continue
                other = _other_row(here, there)
                facts = {"other": other, "value": here.text(cell)}
                text = sentence("DuplicateKey", facts)
                self.loaded.findings.append(
                    Finding(
                        VIOLATION,
                        "DuplicateKey",
                        text,
                        cell,
                        self.table.by_id[cell.column.partition("@")[0]].shape,
                        here.text(cell),
                        group=group,
                    )
                )

    def _shadow(self, row: Row) -> None:
        if self.sheet.folder == "eu" or not self.table.is_thing or self.table.key[0].id != "id":
            return
        cell = row.cell("id")
        shared = self.context.things.by_key.get((self.table.target, "eu", row.text(cell)))
        if shared:
            facts = {"value": shared.key, "other": f"eu/{self.table.name}"}
            self.loaded.findings.append(
                Finding(VIOLATION, "ShadowedKey", sentence("ShadowedKey", facts), cell, self.table.by_id["id"].shape, shared.key)
            )

    # --- quads

    def _emit(self, row: Row, subject: str, thing: str, node: str, values: list[_Value]) -> None:
        graph = NamedNode(self.names.graph(self.sheet.folder, self.table.name))
        quads, about = self.loaded.quads, NamedNode(subject)
        quads.append(Quad(NamedNode(node), NamedNode(self.names.describes), NamedNode(thing), graph))
        quads.append(Quad(about, _TYPE, NamedNode(self.table.target), graph))
        for constant in self.table.constants:
            quads.append(Quad(about, NamedNode(constant.path), self._constant(constant), graph))
        for value in values:
            predicate, term = self._predicate_and_term(value)
            quads.append(Quad(about, NamedNode(predicate), term, graph))
            cell = Cell(row.file, row.sheet, row.number, self.sheet.titles[value.index], value.index)
            self.loaded.origin.add((subject, predicate, term.value), row, cell)
            if isinstance(term, Literal) and (ends := days(term)):
                for day, path in zip(ends, (value.column.first_day, value.column.last_day), strict=True):
                    if path:
                        quads.append(Quad(about, NamedNode(path), Literal(day, datatype=_DATE), graph))
                        self.loaded.origin.add((subject, path, day), row, cell)

    def _constant(self, column: Column) -> NamedNode:
        """The same value on every row: the place of the folder, or an address of ours."""
        if column.constant == "{country}":
            return NamedNode(self.context.places[self.sheet.folder])
        return NamedNode(self.names.base + (column.constant or ""))

    def _predicate_and_term(self, value: _Value) -> tuple[str, Term]:
        """A stated absence becomes a quad about the predicate; a value never changes its type."""
        if value.column not in self.table.key and value.text in ("?", "-"):
            states = {"?": self.names.not_reported, "-": self.names.not_applicable}
            return states[value.text], NamedNode(value.column.path)
        return value.column.path, value.term
