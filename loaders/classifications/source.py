"""Recognising the tables of classifications, and each classification as a reference source of a build."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from loaders.classifications.description import Description, Table, read_classification
from loaders.classifications.quads import Conversion
from loaders.descriptions import description_files
from loaders.published_files import Listing, Records, folded, listings, recognise
from wise_skills.errors import InputError, WrongKind
from wise_skills.findings import INFO, Cell, Finding
from wise_skills.names import Names
from wise_skills.source import Written, file_fingerprint

KIND = "classifications"


@dataclass(frozen=True)
class ClassificationSource:
    """One classification: the tables of it that were given, in the order of its description."""

    description: Description
    tables: tuple[tuple[Table, Listing, str], ...]
    unread: tuple[Listing, ...]
    names: Names
    code: str

    @property
    def name(self) -> str:
        """Name of the source and of its graph, `classifications/nace-2`."""
        return f"{KIND}/{self.description.name}"

    @property
    def files(self) -> list[Path]:
        """The files on disk; a zip counts once."""
        return list(dict.fromkeys(listing.path for _, listing, _ in self.tables))

    @property
    def version(self) -> str:
        """Version that the names of the files tell, else that of the description."""
        take = self.description.version_in_name
        if take is None:
            return self.description.version
        shown = "\n".join(str(Path(*listing.path.parts[-2:]) / listing.member) for _, listing, _ in self.tables)
        return take.one(Records(""), 0, [], shown).value or self.description.version

    def fingerprint(self) -> str:
        """Hash of the files, of the description and of the code."""
        return file_fingerprint([*self.files, self.description.path], self.code, self.names.base, self.version)

    def write(self, out: BinaryIO, progress: Callable[[str], None] = lambda _: None) -> Written:
        """Write the quads; raises `FileProblem` where a file is damaged."""
        sheets = []
        for table, listing, delimiter in self.tables:
            sheets.append((table, listing.read(delimiter)))
            progress(listing.shown)
        conversion = Conversion(self.description, self.version, sheets, self.names, out)
        conversion.write()
        return Written((*conversion.findings, *self._unread()), self.facts(conversion.counts))

    def facts(self, counts: dict[str, int]) -> dict[str, Any]:
        """Return what `release.json` says of the classification."""
        about = self.description
        title = about.titles.get("en") or next(iter(about.titles.values()))
        told = {"title": title, "version": self.version, "languages": [about.language], **about.facts}
        return {**told, "counts": dict(sorted(counts.items()))}

    def _unread(self) -> list[Finding]:
        message = "This file is no table of a classification that a description tells of, so it is not read."
        return [Finding(INFO, "UnknownTable", message, Cell(one.shown, Path(one.shown).name, 0)) for one in self.unread]


def descriptions(names: Names, data: Path | None = None) -> list[Description]:
    """Return the descriptions of all country folders; raises `FileProblem` for one that cannot be understood."""
    return [read_classification(path, names) for path in description_files(data, KIND)]


def classification_sources(paths: Sequence[Path], names: Names, code: str, data: Path | None = None) -> list[ClassificationSource]:
    """Return a source for each classification of which tables are among some files.

    Parameters
    ----------
    paths:
        CSVs (also gzipped), zips, or folders of them; what each table is follows from its header.
    names, code:
        Names under the base in use, and the hash of the code that reads.
    data:
        Folder of the country folders of the build; descriptions there are added to the project's.

    Raises
    ------
    WrongKind
        When a path holds no table of a classification that a description tells of.
    InputError
        When a path does not exist, or a table was given twice.
    """
    if not paths:
        return []
    known = descriptions(names, data)
    tables = [(description, table) for description in known for table in description.tables]
    found: dict[str, dict[int, tuple[Table, Listing, str]]] = {}
    unread: list[Listing] = []
    for path in paths:
        given = listings([path])
        recognised = [(listing, which) for listing in given if (which := _which(listing, tables))]
        if not recognised:
            raise WrongKind(path.name, "no table of a classification that is described", [_headers(d) for d in known])
        unread += [listing for listing in given if listing not in [one for one, _ in recognised]]
        for listing, (description, table, delimiter) in recognised:
            place = description.tables.index(table)
            if earlier := found.setdefault(description.name, {}).get(place):
                raise InputError(f"{earlier[1].shown} and {listing.shown} are the same table of {description.name}. Leave one out.")
            found[description.name][place] = (table, listing, delimiter)
    sources: list[ClassificationSource] = []
    for description in known:
        if parts := found.get(description.name):
            ordered = tuple(parts[place] for place in sorted(parts))
            sources.append(ClassificationSource(description, ordered, () if sources else tuple(unread), names, code))
    return sources


def _which(listing: Listing, tables: Sequence[tuple[Description, Table]]) -> tuple[Description, Table, str] | None:
    """What a table is: by its header, and among those with the same header by a value that only one of them has."""
    fitting, delimiter = recognise(listing, [table.header for _, table in tables])
    candidates = [tables[i] for i in fitting]
    if len(candidates) > 1:
        records = listing.read(delimiter)
        marked = [c for c in candidates if c[1].has and _has(records, *c[1].has)]
        candidates = marked or [c for c in candidates if not c[1].has] or candidates
    return (*candidates[0], delimiter) if candidates else None


def _has(records: Records, column: str, value: str) -> bool:
    index = records.index.get(folded(column))
    return index is not None and any(cells[index].strip() == value for _, cells in records.rows)


def _headers(description: Description) -> str:
    longest = sorted((t.header for t in description.tables), key=len)[-1]
    return f"{description.name} ({', '.join(longest)})"
