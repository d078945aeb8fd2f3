"""What the graph says of things, ready to be shown: values, stated absences, weak cells, evidence and origin.

A record is a row of a national table, a mapping, a concept or anything else that is a subject in the graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from query_ui.edition import Edition
from wise_skills.names import DCT, RDF_TYPE, SKOS
from wise_skills.terms import Term
from wise_skills.terms import iri as iri_term

NOT_REPORTED, NOT_APPLICABLE = "not-reported", "not-applicable"
_ROW = re.compile(r"source/(?P<file>[^#]+)#row=(?P<number>\d+)$")


@dataclass
class Cell:
    """The values of one property of one thing, or the stated absence of any.

    `weak` says that no source was found for it, `inferred` which of the values a reasoner concluded.
    """

    values: list[Term] = field(default_factory=list)
    absent: str = ""
    weak: bool = False
    inferred: set[Term] = field(default_factory=set)

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.values or self.absent)


@dataclass(frozen=True)
class Row:
    """A row of a file, as its IRI says."""

    iri: str
    file: str
    number: int


@dataclass
class Record:
    """Everything that is said of one thing, by property."""

    iri: str
    cells: dict[str, Cell] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    graphs: set[str] = field(default_factory=set)

    def values(self, predicate: str) -> list[Term]:
        """Return the values of a property."""
        return self.cells[predicate].values if predicate in self.cells else []

    def first(self, predicate: str) -> Term | None:
        """Return one value of a property, if it has any."""
        return next(iter(self.values(predicate)), None)

    def iris(self, predicate: str) -> list[str]:
        """Return the values that are IRIs."""
        return [t.value for t in self.values(predicate) if t.kind == "iri"]

    @cached_property
    def types(self) -> list[str]:
        """The classes of the thing, stated ones first."""
        cell = self.cells.get(RDF_TYPE, Cell())
        return [t.value for t in sorted(cell.values, key=lambda t: (t in cell.inferred, t.value))]

    @property
    def sources(self) -> list[str]:
        """The addresses that back the row."""
        return sorted(self.iris(DCT + "source"))

    @property
    def notes(self) -> list[Term]:
        """What a reader should know about the row."""
        return self.values(SKOS + "note")


def read(edition: Edition, iris: Iterable[str]) -> dict[str, Record]:
    """Read the records of some things by one query; a thing of which nothing is said gets an empty one."""
    records = {iri: Record(iri) for iri in iris}
    if not records:
        return records
    names = edition.names
    subjects = " ".join(iri_term(i).n3() for i in records)
    table = edition.select(
        f"SELECT ?s ?p ?o ?g WHERE {{ VALUES ?s {{ {subjects} }} {{ GRAPH ?g {{ ?s ?p ?o }} }} UNION {{ ?o <{names.describes}> ?s }} }}"
    )
    inferred = names.graph("inferred")
    for subject, predicate, value, graph in table:
        record = records[str(subject)]
        if value is None:
            continue
        if predicate is None:
            record.rows += filter(None, [row(value.value)])
            continue
        record.graphs.add(str(graph))
        cell = record.cells.setdefault(predicate.value, Cell())
        if value not in cell.values:
            cell.values.append(value)
            if str(graph) == inferred:
                cell.inferred.add(value)
        elif str(graph) != inferred:
            cell.inferred.discard(value)
    for record in records.values():
        _mark(record, names.not_reported, names.not_applicable, names.wise + "unverified")
        record.rows.sort(key=lambda r: (r.file, r.number))
    return records


def _mark(record: Record, not_reported: str, not_applicable: str, unverified: str) -> None:
    """Turn statements about properties (absent, weak) into marks on the cells."""
    for predicate, sign in ((not_reported, NOT_REPORTED), (not_applicable, NOT_APPLICABLE)):
        for named in record.iris(predicate):
            record.cells.setdefault(named, Cell()).absent = sign
    for named in record.iris(unverified):
        record.cells.setdefault(named, Cell()).weak = True
    for predicate in (not_reported, not_applicable, unverified):
        record.cells.pop(predicate, None)
    for cell in record.cells.values():
        cell.values.sort(key=_order)


def _order(term: Term) -> tuple[bool, str, bool, str]:
    # English first among texts: the page is in English.
    return (term.kind != "literal", term.datatype or "", (term.language or "en") != "en", term.value)


def row(iri: str) -> Row | None:
    """Return file and number from the IRI of a row.

    >>> row("https://w3id.org/wise-skills/source/be/needs.csv#row=12").file
    'be/needs.csv'
    """
    match = _ROW.search(iri)
    return Row(iri, match["file"], int(match["number"])) if match else None


def mentioned(records: Iterable[Record]) -> list[str]:
    """Return all IRIs that stand in records as values or properties, so that their names can be fetched at once."""
    found: dict[str, None] = {}
    for record in records:
        for predicate, cell in record.cells.items():
            found[predicate] = None
            found.update(dict.fromkeys(t.value for t in cell.values if t.kind == "iri"))
    return list(found)


def texts(values: Sequence[Term]) -> Mapping[str, list[str]]:
    """Return texts by language, English first and then by tag."""
    found: dict[str, list[str]] = {}
    for term in sorted(values, key=_order):
        if term.kind == "literal":
            found.setdefault(term.language or "", []).append(term.value)
    return found
