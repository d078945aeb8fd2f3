"""ESCO's RDF dump, for who has that and not the CSV files: Turtle, RDF/XML, N-Triples and others, plain, gzipped or zipped.

It is ESCO's own graph, so nothing is turned into anything: statements go to our graph as they are. Changed or added is

- the role of a label: in some languages the IRI of a role, in others the same text as a string; the graph has the IRI for both;
- blank nodes, which get addresses (`dump_nodes`);
- what follows from the statements and our pages and questions look for, where a dump does not state it (`dump_additions`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from loaders.archives import DAMAGE
from loaders.esco.dump_additions import Additions
from loaders.esco.dump_nodes import BlankNodes
from loaders.esco.layout import ESCO, MODEL
from loaders.esco.members import Member
from loaders.esco.recognition import version_in
from loaders.esco.records import Report
from loaders.esco.writer import Lines, valid_iri
from wise_skills.errors import FileProblem, InputError, WrongKind
from wise_skills.findings import INFO, VIOLATION, WARNING, Cell
from wise_skills.names import DCT, OWL

_FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "xml": ox.RdfFormat.RDF_XML,
    "owl": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}
_WITH_GRAPHS = (ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG, ox.RdfFormat.JSON_LD)
_ROLE = MODEL + "hasLabelRole"
_VERSIONS = {
    OWL + "versionInfo",
    "http://purl.org/pav/version",
    "http://schema.org/version",
    "https://schema.org/version",
    DCT + "hasVersion",
}
_VERSION = re.compile(r"(?:ESCO\s*)?(?:version\s*)?v?\.?\s*(\d+\.\d+(?:\.\d+)?)", re.IGNORECASE)
_MODIFIED, _TITLE = DCT + "modified", DCT + "title"
_XML = (".rdf", ".xml", ".owl")
_PROLOGUE = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|(?P<types><!DOCTYPE[^\[<>]*(?:\[.*?\]\s*)?>)", re.DOTALL)
_ENTITY = re.compile(r"<!ENTITY\s+[\w.-]+\s+(?:\"[^\"&%]{0,200}\"|'[^'&%]{0,200}')\s*>")
_HEAD = 1 << 20


@dataclass
class Dump:
    """What a dump turned out to hold: counts by kind, languages of names, the newest date, and the versions that it states."""

    counts: dict[str, int] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)
    modified: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    """Each version with the subject that states it."""

    def see(self, subject: str, predicate: str, value: str) -> None:
        """Take note of a literal that tells a version or a date."""
        if predicate == _MODIFIED and value[:4].isdigit():
            self.modified = max(self.modified, value)
        elif version := _stated(subject, predicate, value):
            self.versions.setdefault(version, subject)

    def check(self, version: str, shown: str) -> None:
        """Refuse a dump that states another version than its name; `1.1` and `1.1.0` are one."""
        if self.versions and not any(_same(version, stated) for stated in self.versions):
            stated, subject = next(iter(self.versions.items()))
            raise InputError(
                f"{shown} is named after ESCO {version}, but in it {subject} states version {stated}. "
                "Name the file after the version that it holds."
            )


def dump_version(dumps: Sequence[Member], named: tuple[str, str]) -> str:
    """Return the version that a dump is named after, else the one that it states.

    Raises
    ------
    WrongKind
        When an RDF file does not speak of ESCO.
    FileProblem
        When an XML file declares entities.
    InputError
        When neither a name nor a statement tells a version.
    """
    for member in dumps:
        try:
            with member.open() as file:
                head = file.read(_HEAD)
        except DAMAGE as error:
            raise InputError(f"{member.shown} is damaged or cut off ({error}). Download it again from the ESCO portal.") from error
        if ESCO.encode() not in head:
            raise WrongKind(member.shown, "RDF that does not speak of ESCO", ("ESCO's RDF file", "the CSV files of the ESCO portal"))
        if _file_name(member).endswith(_XML) and not _harmless(head.decode("utf-8-sig", errors="replace")):
            raise FileProblem(
                member.shown, "it declares entities that ESCO's files do not have", advice="Download it again from the ESCO portal"
            )
    if version := named[0] or _first_stated(dumps):
        return version
    raise InputError(
        f"{dumps[0].shown} does not say which version of ESCO it is. Name the file or its folder after it, such as esco-v1.2.0.ttl."
    )


def _first_stated(dumps: Sequence[Member]) -> str:
    """The first version that a statement tells; damage is left to the conversion, which says where it is."""
    for member in dumps:
        for triple in _triples(member, Report()):
            named = isinstance(triple.object, ox.Literal) and isinstance(triple.subject, ox.NamedNode)
            if named and (version := _stated(triple.subject.value, triple.predicate.value, triple.object.value)):
                return version
    return ""


def _stated(subject: str, predicate: str, value: str) -> str:
    """The version of ESCO that a statement tells; the model of ESCO has versions of its own."""
    if (predicate not in _VERSIONS and predicate != _TITLE) or "esco" not in subject.lower() or subject.startswith(MODEL.rstrip("#")):
        return ""
    if predicate == _TITLE:
        return version_in(value) if "esco" in value.casefold() else ""
    match = _VERSION.fullmatch(value.strip())
    return match[1] if match else ""


def _same(one: str, other: str) -> bool:
    return one.removesuffix(".0") == other.removesuffix(".0")


def _harmless(head: str) -> bool:
    """Whether an XML file has a root element near its beginning, and before it no entity that can grow (a short prefix is fine)."""
    place = 0
    while match := _PROLOGUE.match(head, place):
        place = match.end()
        types = match["types"] or ""
        if "<!" in _ENTITY.sub("", types.removeprefix("<!")):
            return False
    return re.match(r"<[A-Za-z_]", head[place : place + 2]) is not None


def _file_name(member: Member) -> str:
    return re.sub(r"\.gz$", "", (member.inner or member.path.name).lower())


def _format(member: Member) -> ox.RdfFormat:
    return _FORMATS[_file_name(member).rsplit(".", 1)[-1]]


def convert_dump(dumps: Sequence[Member], lines: Lines, report: Report) -> Dump:
    """Write the statements of a dump and what is added to them; return what it holds.

    Parameters
    ----------
    dumps:
        Files of one version, such as one for each language.
    lines, report:
        Where statements and findings go.
    """
    found, additions, empty, total = Dump(), Additions(lines), [], 0
    for member in dumps:
        roles, nodes, plain, end = 0, BlankNodes(lines, member.shown), _format(member) not in _WITH_GRAPHS, lines.end
        for triple in _triples(member, report):
            subject, predicate, value = triple.subject, triple.predicate.value, triple.object
            if isinstance(subject, ox.BlankNode) or isinstance(value, ox.BlankNode):
                nodes.add(triple)
                continue
            lines.add(f"{triple}{end}" if plain else f"{subject} {triple.predicate} {value}{end}")
            additions.see(subject.value, predicate, value)
            if isinstance(value, ox.Literal):
                found.see(subject.value, predicate, value.value)
                if predicate == _ROLE and valid_iri(value.value):
                    lines.add(f"{subject} {triple.predicate} <{value.value}>{end}")
                    roles += 1
        for subject, predicate, value in nodes.write():
            additions.see(subject, predicate, value)
        place = Cell(member.shown, "", 0)
        if roles:
            message = f"{roles:,} roles of labels are given as text; the graph has the address of each role beside it."
            report.add(INFO, "RoleAsText", message, place, str(roles))
        if len(nodes):
            message = f"{len(nodes):,} blank nodes have got addresses under {lines.base}id/esco/node/, made from what is said of them."
            report.add(INFO, "BlankNodes", message, place, str(len(nodes)))
        if additions.concepts == total:
            empty.append(place)
        total = additions.concepts
    _without_concepts(empty, len(dumps), report)
    for property_, number in additions.write().items():
        message = f"{number:,} statements {property_} were added that follow from others: the dump does not state them."
        report.add(INFO, "Added", message, Cell(dumps[0].shown, "", 0), property_)
    found.counts, found.languages = additions.counts(), sorted(additions.languages)
    return found


def _without_concepts(empty: Sequence[Cell], files: int, report: Report) -> None:
    """A dump without any concept is none; of several files one may well hold something else, such as the model."""
    for place in empty:
        severity = VIOLATION if len(empty) == files else WARNING
        message = "The file holds no skill and no occupation: it is not the classification. Download that from the ESCO portal."
        report.add(severity, "NoConcept", message, place)


def _triples(member: Member, report: Report) -> Iterator[Any]:
    """Statements up to where the file can be read no further; an address must be whole, or stand on a base that the file states."""
    number = 0
    try:
        with member.open() as file:
            for triple in ox.parse(input=file, format=_format(member)):
                yield triple
                number += 1
    except SyntaxError as error:
        message = (
            f"The file cannot be read from here on, after {number:,} statements ({error.msg}): it is cut off or damaged. "
            "Download it again from the ESCO portal."
        )
        report.add(VIOLATION, "CutOff", message, Cell(member.shown, "", error.lineno or 0))
    except DAMAGE as error:
        message = f"The archive breaks off after {number:,} statements ({error}). Download it again from the ESCO portal."
        report.add(VIOLATION, "CutOff", message, Cell(member.shown, "", 0))
