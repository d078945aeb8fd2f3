"""The sources of a build that come from national folders: their tables and their mapping files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from loaders.folders import Folders, Vocabulary, across, read_folders, table_files
from loaders.sssom import mapping_quads, read_sssom
from loaders.tables import Loaded
from loaders.waivers import settle
from wise_skills.findings import Finding
from wise_skills.names import FOLDERS, Names, resource
from wise_skills.source import Part, file_fingerprint, nquads


class National:
    """All folders of a data folder, read at most once, as sources of a build."""

    def __init__(self, root: Path, names: Names, code: str) -> None:
        self.root, self.names, self.code = root, names, code
        self.present = [f for f in FOLDERS if (root / f).is_dir() or (root / f"{f}.xlsx").is_file()]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Shapes and schemes."""
        return Vocabulary.of_project(self.names)

    @cached_property
    def folders(self) -> Folders:
        """The records of all folders."""
        return read_folders(self.root, self.vocabulary)

    @cached_property
    def loaded(self) -> dict[str, Loaded]:
        """The quads of all folders, with their origin."""
        return {name: self.folders.load(name) for name in self.present}

    @cached_property
    def shared(self) -> str:
        """Hash of what every folder depends on: shapes, schemes, code, and the tables that others refer to."""
        project = [*resource("shapes").glob("*.ttl"), *(resource("ontology") / "schemes").glob("*.ttl")]
        things = [p for f in self.present for p in self.tables(f) if p.suffix != ".csv" or p.stem in self._thing_tables]
        return file_fingerprint([*project, *things], self.code, self.names.base)

    @cached_property
    def _thing_tables(self) -> set[str]:
        return {t.name for t in self.vocabulary.schema.tables if t.is_thing and t.name != "sources"}

    def tables(self, folder: str) -> list[Path]:
        """The tables of a folder: its CSV files and workbooks, and a workbook beside it that bears its name."""
        beside = self.root / f"{folder}.xlsx"
        inside = table_files(self.root / folder) if (self.root / folder).is_dir() else []
        return [*inside, *([beside] if beside.is_file() else [])]

    def sources(self) -> list[FolderSource | MappingSource]:
        """Return one source per folder and one per mapping file."""
        folders = [FolderSource(self, f) for f in self.present]
        files = [MappingSource(self, f, p) for f in self.present for p in sorted((self.root / f).glob("*.sssom.tsv"))]
        return [*folders, *files]

    def added_mappings(self, paths: Sequence[Path]) -> list[MappingSource]:
        """Return one source per mapping file that lies elsewhere; their graphs are `…/graph/added/<name>`."""
        return [MappingSource(self, "added", path) for path in paths]

    def across(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return what was found, with what the constraints find that look across rows and folders; waivers apply."""
        found = [*findings, *self.folders.findings]
        found += across(self.vocabulary, self.loaded.values(), self.loaded.values(), found)
        return settle(found, self.loaded)[0]


@dataclass(frozen=True)
class FolderSource:
    """The tables of one country."""

    national: National
    name: str

    @property
    def files(self) -> list[Path]:
        """The tables and workbooks of the folder."""
        return self.national.tables(self.name)

    def fingerprint(self) -> str:
        """Hash of its own files and of what all folders share."""
        return file_fingerprint(self.files, self.national.shared, "tables")

    def load(self) -> Part:
        """Validate the folder's quads."""
        loaded = self.national.loaded[self.name]
        return Part(nquads(loaded.quads), (*loaded.findings, *self.national.folders.validate(self.name, loaded)))


@dataclass(frozen=True)
class MappingSource:
    """One SSSOM file."""

    national: National
    folder: str
    path: Path
    meets_references: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """Folder and file name."""
        return f"{self.folder}/{self.path.name}"

    @property
    def files(self) -> list[Path]:
        """The file."""
        return [self.path]

    def fingerprint(self) -> str:
        """Hash of the file and of the tables that it may name."""
        return file_fingerprint([self.path], self.national.shared, "sssom")

    def load(self) -> Part:
        """Read and check the mappings."""
        file = read_sssom(self.path, self.name)
        quads = mapping_quads(file, self.folder, self.national.names, self.national.folders.things.by_iri)
        return Part(nquads(quads), tuple(file.findings))
