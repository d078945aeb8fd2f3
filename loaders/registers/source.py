"""Recognising registers, and each register as a source of a build.

A register is published by somebody else: nobody here can mend it. So what the shapes refuse is a Warning with its cell, and
the value is left out; where the row cannot stand without it, the row. Damage of the file remains a Violation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from pyoxigraph import Literal, NamedNode, Quad

from loaders.descriptions import description_files
from loaders.published_files import Listing, Records, folded, listings, recognise
from loaders.registers.mapping import Register, read_mapping
from loaders.registers.sheet import Filled, fill
from loaders.sources import National
from loaders.tables import Context, Loaded, load
from loaders.values import address, literal
from wise_skills.errors import InputError, WrongKind
from wise_skills.findings import VIOLATION, WARNING, Finding, in_order
from wise_skills.names import DCT, RDF_TYPE
from wise_skills.source import Part, file_fingerprint, nquads
from wise_skills.tables import Schema, Table

KIND = "registers"


@dataclass(frozen=True)
class RegisterSource:
    """One register."""

    register: Register
    listing: Listing
    delimiter: str
    national: National
    meets_references: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """Name of the source and of its graph, `registers/fr-siae`."""
        return f"{KIND}/{self.register.name}"

    @property
    def files(self) -> list[Path]:
        """The file on disk."""
        return [self.listing.path]

    def fingerprint(self) -> str:
        """Hash of the file, of the mapping, and of what the rows may refer to."""
        return file_fingerprint([*self.files, self.register.path], self.national.shared, KIND, self.listing.member)

    def load(self) -> Part:
        """Fill our table, check it, and leave out what does not fit; raises `FileProblem` where the file is damaged."""
        records = self.listing.read(self.delimiter)
        filled = fill(self.register, records, f"{self.name}/{Path(self.listing.shown).name}")
        vocabulary, folders = self.national.vocabulary, self.national.folders
        context = Context(self.national.names, vocabulary.concepts, folders.things, vocabulary.places)
        loaded = load([filled.sheet], context)
        found = [*loaded.findings, *folders.validate(self.register.folder, loaded)]
        refused = [f for f in found if f.severity == VIOLATION]
        quads = _without(loaded, self.register.table, refused)
        graph = NamedNode(self.national.names.graph(*self.name.split("/")))
        named = [Quad(q.subject, q.predicate, q.object, graph) for q in quads]
        named += self._joined(filled, loaded, graph)
        findings = [*records.findings, *(self._placed(f, filled, records) for f in found)]
        return Part(nquads([*named, *self._dataset(graph, records)]), tuple(in_order(findings)))

    def _placed(self, finding: Finding, filled: Filled, records: Records) -> Finding:
        """A finding at a cell of our table, as one at the cell of the register that filled it, or should have."""
        where = filled.cell(finding.where.row, finding.where.column, finding.value)
        if where is None:
            target = self.register.by_title.get(finding.where.column)
            indexes = [records.index[folded(c)] for c in (target.take.columns if target else ()) if folded(c) in records.index]
            where = records.cell(finding.where.row, indexes[0] if indexes else -1)
        if finding.severity != VIOLATION:
            return replace(finding, where=where)
        left = "value" if _is_of_value(finding, self.register.table) else "record"
        return replace(finding, where=where, severity=WARNING, message=f"{finding.message} The {left} is left out of the graph.")

    def _joined(self, filled: Filled, loaded: Loaded, graph: NamedNode) -> Iterator[Quad]:
        """Records that were joined to an earlier one describe the same thing."""
        subjects = {row.number: row.subject for rows in loaded.origin.rows.values() for row in rows}
        names = self.national.names
        for first, later in filled.joined.items():
            for number in later:
                node = NamedNode(names.row(filled.sheet.file, number))
                yield Quad(node, NamedNode(names.describes), NamedNode(subjects[first]), graph)

    def _dataset(self, graph: NamedNode, records: Records) -> Iterator[Quad]:
        """What the graph is, and of when the list is where its name says so."""
        yield Quad(graph, NamedNode(RDF_TYPE), NamedNode("http://rdfs.org/ns/void#Dataset"), graph)
        for language, title in self.register.titles.items():
            yield Quad(graph, NamedNode(DCT + "title"), Literal(title, language=language), graph)
        facts = self.register.facts
        if "licence" in facts:
            yield Quad(graph, NamedNode(DCT + "license"), NamedNode(facts["licence"]), graph)
        if "attribution" in facts:
            yield Quad(graph, NamedNode(DCT + "rights"), Literal(facts["attribution"]), graph)
        for title, predicate in (("date", "issued"), ("sources", "source")):
            target = self.register.by_title.get(title)
            if target and not target.take.columns:
                for taken in target.take.take(records.silent, 0, [], Path(records.file).name):
                    term = address(taken.value, self.national.names.base) or literal(taken.value, target.column.datatypes, None)
                    yield Quad(graph, NamedNode(DCT + predicate), term, graph)


def _without(loaded: Loaded, table: Table, refused: Sequence[Finding]) -> list[Quad]:
    """The quads without what was refused: the value where there is one that the row can do without, else the whole row."""
    values, subjects = set[tuple[str, str, str]](), set[str]()
    by_row = {row.number: row.subject for rows in loaded.origin.rows.values() for row in rows}
    for finding in refused:
        subject = finding.focus or by_row.get(finding.where.row, "")
        if _is_of_value(finding, table):
            values.add((subject, finding.path, finding.value))
        else:
            subjects.add(subject)
    return [q for q in loaded.quads if not {_text(q.subject), _text(q.object)} & subjects and _triple(q) not in values]


def _is_of_value(finding: Finding, table: Table) -> bool:
    """Whether a finding is about a value that the row can do without."""
    return bool(finding.value and finding.path) and finding.path not in {c.path for c in table.columns if c.required}


def _text(term: object) -> str:
    return str(getattr(term, "value", ""))


def _triple(quad: Quad) -> tuple[str, str, str]:
    return _text(quad.subject), quad.predicate.value, _text(quad.object)


def mappings(data: Path | None, schema: Schema) -> list[Register]:
    """Return the mappings of all country folders; raises `FileProblem` for one that cannot be understood."""
    return [read_mapping(path, schema) for path in description_files(data, KIND)]


def register_sources(paths: Sequence[Path], national: National) -> list[RegisterSource]:
    """Return a source for each register among some files.

    Parameters
    ----------
    paths:
        CSVs (also gzipped), zips, or folders of them; what each is follows from its header.
    national:
        The national tables of the build: forms that organisations refer to, and mappings beside those of the project.

    Raises
    ------
    WrongKind
        When a path holds no list that a mapping is for.
    InputError
        When a path does not exist, or two files are the same list.
    """
    if not paths:
        return []
    known = mappings(national.root, national.vocabulary.schema)
    found: dict[str, RegisterSource] = {}
    for path in paths:
        before = len(found)
        for listing in listings([path]):
            fitting, delimiter = recognise(listing, [register.header for register in known])
            if not fitting:
                continue
            register = known[fitting[0]]
            if earlier := found.get(register.name):
                raise InputError(f"{earlier.listing.shown} and {listing.shown} are both the register {register.name}. Leave one out.")
            found[register.name] = RegisterSource(register, listing, delimiter, national)
        if len(found) == before:
            expected = [f"{r.name} ({', '.join(r.header)})" for r in known] or ["one for which a country folder holds a mapping"]
            raise WrongKind(path.name, "no register that a mapping is for (for codes there is --classification)", expected)
    return [found[register.name] for register in known if register.name in found]
