"""ESCO as a source of a build: its package in one graph, written as N-Quads while it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from loaders.esco.concepts import Described, convert_collection, convert_concepts
from loaders.esco.dump import convert_dump
from loaders.esco.known import Known
from loaders.esco.layout import TABLES, versions
from loaders.esco.package import Package, read_package
from loaders.esco.structure import convert_broader, convert_hierarchy, convert_relations, convert_schemes, convert_shares
from loaders.esco.writer import Lines
from wise_skills.findings import WARNING, Cell
from wise_skills.names import DCT, OWL, Names
from wise_skills.source import Written, file_fingerprint

ATTRIBUTION = "This service uses the ESCO classification of the European Commission."
LICENCE = "http://data.europa.eu/eli/dec/2011/833/oj"
_RIGHTS = "© European Union, reuse under Commission Decision 2011/833/EU."
_CHANGES = (
    "Made from ESCO's files; labels, descriptions and relations are nodes with addresses of this project, "
    "and broader concepts at any distance were added."
)
_COUNTS = {
    "Occupation": "occupations",
    "KnowledgeSkillCompetence": "skills",
    "ISCOGroup": "ISCO_groups",
    "SkillGroup": "skill_groups",
    "ConceptScheme": "concept_schemes",
}
_RELATIONS = {"occupationSkillRelations": "occupation_skill_relations", "skillSkillRelations": "skill_skill_relations"}


def _quiet(_: str) -> None: ...


class EscoSource:
    """A package of ESCO on its way into the graph `…/graph/esco`."""

    name = "esco"

    def __init__(self, package: Package, names: Names, code: str) -> None:
        self.package, self.names, self.code = package, names, code
        self._places: dict[str, tuple[str, int]] | None = None

    @property
    def files(self) -> Sequence[Path]:
        """The files that are read."""
        return self.package.files

    def fingerprint(self) -> str:
        """Hash of the files, of what the columns mean and of the code."""
        return file_fingerprint([*self.files, *TABLES], self.code, self.names.base, self.package.version)

    def write(self, out: BinaryIO, progress: Callable[[str], None] = _quiet) -> Written:
        """Write the graph as N-Quads; damage of a file and what is odd in it become findings."""
        if self._places is not None:
            self.package = read_package(self.package.paths)  # so that findings are counted once
        conversion = _Conversion(self.package, self.names, Lines(out, self.names.graph("esco"), self.names.base), progress)
        facts = conversion.run()
        self._places = conversion.known.places()
        return Written(self.package.findings, facts)

    @property
    def places(self) -> Mapping[str, tuple[str, int]]:
        """For each concept the file and record that describe it, else the first that name it."""
        if self._places is None:
            nowhere: Any = _Nowhere()
            self.write(nowhere)
        return self._places or {}


class _Nowhere:
    """A file that keeps nothing."""

    def write(self, data: bytes) -> int:
        return len(data)


class _Conversion:
    """One writing of a package: main files before what refers to them, language by language."""

    def __init__(self, package: Package, names: Names, lines: Lines, progress: Callable[[str], None]) -> None:
        self.package, self.names, self.lines, self.progress = package, names, lines, progress
        self.known = Known(lines)
        self.relations: Counter[str] = Counter()

    def run(self) -> dict[str, Any]:
        package, known = self.package, self.known
        if package.dumps:
            return self._dump()
        for language in package.languages:
            self.progress(f"ESCO {package.version}: concepts in {language}")
            described = Described()
            for sheet in package.of("concepts", language):
                convert_concepts(sheet, package, known, described)
            for sheet in package.of("collection", language):
                convert_collection(sheet, known, described)
            for sheet in package.of("hierarchy", language):
                convert_hierarchy(sheet, known, described)
            described.finish(known, language)
        self.progress(f"ESCO {package.version}: relations")
        for sheet in package.of("broader"):
            convert_broader(sheet, known)
        self._relations()
        for sheet in package.of("schemes"):
            convert_schemes(sheet, known)
        shares: dict[str, str] = {}
        for sheet in package.of("shares"):
            convert_shares(sheet, known, shares, self.names.wise + "greenShare")
        self._circular(known.close())
        self._unknown()
        self._incomplete()
        self._dataset(package.languages)
        self.lines.flush()
        return self._facts(package.languages, self._counted())

    def _dump(self) -> dict[str, Any]:
        self.progress(f"ESCO {self.package.version}: RDF dump")
        dump = convert_dump(self.package.dumps, self.lines, self.package.report)
        dump.check(self.package.version, self.package.dumps[0].shown)
        self._dataset(dump.languages)
        self.lines.flush()
        return self._facts(dump.languages, dump.counts) | ({"modified": dump.modified} if dump.modified else {})

    def _relations(self) -> None:
        write, read = self.lines.relations(), set[str]()
        for sheet in self.package.of("relations"):
            convert_relations(sheet, self.known, write, self.relations, sheet.kind.name in read)
            read.add(sheet.kind.name)

    def _circular(self, concepts: Sequence[str]) -> None:
        places = self.known.places() if concepts else {}
        for iri in concepts:
            file, number = places[iri]
            self.package.report.add(WARNING, "Circular", f"{iri} is broader than itself, through others.", Cell(file, "", number), iri)

    def _unknown(self) -> None:
        """Name the concepts that others refer to and no file describes, where the file that should is there."""
        there = {s.kind.name for s in self.package.sheets}
        for iri, kind in self.known.without_row():
            if kind in there:
                sheet, number = self.known.stubs[iri]
                message = f"{iri} stands here, but in no file {kind}; the graph has of it what other files say."
                self.package.report.add(WARNING, "UnknownConcept", message, sheet.at(number), iri)

    def _incomplete(self) -> None:
        """Say where a file has more or fewer records than the version is known to have."""
        version = versions().get(self.package.version)
        for sheet in self.package.sheets:
            wanted = version.counts.get(sheet.kind.name) if version else None
            number = self.package.scan(sheet).count if sheet.kind.holds == "concepts" else self.relations.get(sheet.kind.name, wanted)
            if wanted is not None and number != wanted:
                message = f"There are {number:,} {sheet.kind.name}, in ESCO {self.package.version} {wanted:,}: a part, or altered."
                self.package.report.add(WARNING, "OtherCount", message, sheet.at(0), str(number))

    def _dataset(self, languages: Sequence[str]) -> None:
        """Say what the graph is, whose, and under which licence."""
        graph, lines = self.lines.graph, self.lines
        lines.type(graph, "http://rdfs.org/ns/void#Dataset")
        lines.literal(graph, DCT + "title", f"ESCO {self.package.version}", "en")
        lines.literal(graph, OWL + "versionInfo", self.package.version)
        for language in languages:
            lines.literal(graph, DCT + "language", language)
        lines.link(graph, DCT + "license", LICENCE)
        for text in (ATTRIBUTION, _RIGHTS):
            lines.literal(graph, DCT + "rights", text, "en")
        lines.literal(graph, DCT + "provenance", _CHANGES, "en")

    def _counted(self) -> dict[str, int]:
        counts = {name: self.known.counts[kind] for kind, name in _COUNTS.items()}
        counts |= {name: self.relations[kind] for kind, name in _RELATIONS.items()}
        counts["collections"] = len({s.kind.name for s in self.package.of("collection")})
        counts["concepts_without_a_row"] = sum(1 for _ in self.known.without_row())
        return counts

    def _facts(self, languages: Sequence[str], counts: Mapping[str, int]) -> dict[str, Any]:
        return {
            "title": "ESCO",
            "version": self.package.version,
            "languages": list(languages),
            "licence": LICENCE,
            "attribution": ATTRIBUTION,
            "counts": {name: number for name, number in counts.items() if number},
        }


def esco_source(paths: Sequence[Path], names: Names, code: str) -> EscoSource:
    """Return the source of what was downloaded from the ESCO portal.

    Parameters
    ----------
    paths:
        Zips, folders and files of one version (see `read_package`).
    names:
        Names under the base in use.
    code:
        Hash of the code, part of the fingerprint.

    Raises
    ------
    InputError
        As `read_package` does.
    """
    return EscoSource(read_package(paths), names, code)
