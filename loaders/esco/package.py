"""A package of ESCO: the files of one version in one or more languages, recognised and ready to be read row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from loaders.esco.dump import dump_version
from loaders.esco.layout import LAYOUTS, kinds, versions
from loaders.esco.members import Member, find_members
from loaders.esco.recognition import check_languages, named_version, recognise
from loaders.esco.records import Report, Sheet
from wise_skills.errors import FileProblem, InputError, WrongKind
from wise_skills.findings import INFO, WARNING, Cell, Finding
from wise_skills.messages import shortlist

_READABLE = ("the zips of the ESCO portal (classification, CSV)", "a folder of their files", "ESCO's RDF files")


class Row(NamedTuple):
    """One record: the file as findings show it, its record number (the header is 1), its cells by header, its language."""

    file: str
    number: int
    cells: dict[str, str]
    language: str


class Package:
    """Files of one version of ESCO.

    `version` is a number such as `1.1.1`; `languages` are BCP 47 tags in small letters; `findings` grow while files are read.
    """

    def __init__(self, paths: Sequence[Path], sheets: Sequence[Sheet], report: Report, dumps: Sequence[Member] = ()) -> None:
        self.paths, self.sheets, self.report, self.dumps = tuple(paths), tuple(sheets), report, tuple(dumps)
        self.version = ""
        self._scans: dict[Member, Scan] = {}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Languages of the labels, English first."""
        found = {s.member.language for s in self.sheets if s.kind.has_texts and s.member.language}
        return tuple(sorted(found, key=_english_first))

    @property
    def files(self) -> list[Path]:
        """Files on disk that are read; a zip is one."""
        return sorted({m.path for m in (*(s.member for s in self.sheets), *self.dumps)})

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of files that are there."""
        there = {s.kind.name for s in self.sheets}
        return tuple(kind for kind in kinds() if kind in there)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What has been found so far."""
        return self.report.listed()

    def of(self, holds: str, language: str | None = None) -> Iterator[Sheet]:
        """Yield the files that hold something (`concepts`, `collection`, `relations` …), those in English first."""
        sheets = sorted(self.sheets, key=lambda s: (_english_first(s.member.language), list(kinds()).index(s.kind.name)))
        yield from (s for s in sheets if s.kind.holds == holds and language in (None, s.member.language))

    def rows(self, kind: str, language: str | None = None) -> Iterator[Row]:
        """Yield the records of one kind of file, in one language or all; none where the package has no such file.

        Parameters
        ----------
        kind:
            Name of the portal without the language: `skills`, `broaderRelationsOccPillar` …
        language:
            Tag such as `en`; `None` for every file of the kind.
        """
        titles = kinds()[kind].columns
        for sheet in self.of(kinds()[kind].holds, language):
            if sheet.kind.name == kind:
                index = [(title, sheet.index.get(title, -1)) for title in titles]
                for number, cells in sheet:
                    yield Row(sheet.member.shown, number, {t: cells[i] if i >= 0 else "" for t, i in index}, sheet.member.language)

    def scan(self, sheet: Sheet) -> Scan:
        """Return the number of records of a file, and which concepts it holds twice."""
        if sheet.member not in self._scans:
            self._scans[sheet.member] = Scan(sheet)
        return self._scans[sheet.member]


class Scan:
    """One pass over a file: `count` of its records, and for a concept with several the record that is kept.

    1.2.1 has some concepts twice, with another date each: the newest row stands, of equal dates the first. `same` tells
    whether the rows differ in nothing but the date.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.count = 0
        self.keep: dict[str, int] = {}
        self.same: dict[str, bool] = {}
        subject, date = sheet.index.get(_subject(sheet), -1), sheet.index.get("modifiedDate", -1)
        seen: dict[str, tuple[int, str, int]] = {}
        for number, cells in sheet:
            self.count += 1
            iri, when = cells[subject].strip(), cells[date].strip().rstrip("Z") if date >= 0 else ""
            content = hash(tuple(c for i, c in enumerate(cells) if i != date))
            first = seen.setdefault(iri, (number, when, content))
            if first[0] == number or not iri:
                continue
            self.same[iri] = self.same.get(iri, True) and content == first[2]
            if when > first[1]:
                seen[iri] = (number, when, content)
            self.keep[iri] = seen[iri][0]


def _subject(sheet: Sheet) -> str:
    return sheet.kind.key[0]


def read_package(paths: Sequence[Path]) -> Package:
    """Recognise a package of ESCO.

    Parameters
    ----------
    paths:
        Zips of the portal, folders and single files, of one version, in one or more languages.

    Returns
    -------
    The package; its rows are read when they are asked for.

    Raises
    ------
    InputError
        When names, columns and counts contradict each other or do not tell the version; `WrongKind` when nothing of ESCO is there.
    FileProblem
        When a file is damaged, or is one that is not touched.
    """
    members, unknown = find_members(paths)
    tables, dumps = [m for m in members if m.kind], [m for m in members if not m.kind]
    if not tables and not dumps:
        seen = f"{shortlist(unknown)} is not named as ESCO's portal names its files" if unknown else "nothing of ESCO is in it"
        what = " and ".join(str(p) for p in paths) or "Nothing"
        raise WrongKind(what, f"no package of ESCO ({seen})", _READABLE)
    report = Report()
    check_languages(tables)
    named = named_version([*tables, *([] if tables else dumps)])
    sheets = [Sheet(member, report) for member in _once(tables)]
    for sheet in sheets:
        if sheet.kind.has_texts and not sheet.member.language:
            raise InputError(
                f"{sheet.member.shown} does not say its language. Name it as the portal does, such as {sheet.kind.name}_en.csv."
            )
    for name in unknown:
        message = "This file is not named as ESCO's portal names its files, so it was not read."
        report.add(WARNING, "UnknownFile", message, Cell(name, "", 0))
    package = Package(paths, [s for s in sheets if s.kind.columns], report, () if tables else dumps)
    if tables:
        by_member = {s.member: s for s in sheets}
        package.version = recognise(sheets, named, lambda member: package.scan(by_member[member]).count, report)
        _incomplete(package)
    else:
        package.version = dump_version(dumps, named)
    return package


def _once(members: Iterable[Member]) -> list[Member]:
    """Each file once: a package given twice, as zip and unpacked, is one; two that differ are a contradiction."""
    found: dict[tuple[str, str], Member] = {}
    for member in members:
        other = found.setdefault((member.kind, member.language), member)
        if other is not member and not other.same_as(member):
            raise FileProblem(
                member.shown,
                f"it is not the same as {other.shown}, which is of the same kind and language",
                advice="Give the files of one download, of one version",
            )
    return list(found.values())


def _incomplete(package: Package) -> None:
    """Say which files of the version are missing; a package may well be part of one."""
    known = versions().get(package.version)
    layouts = known.layouts if known else LAYOUTS[-1:]
    wanted = [k.name for k in kinds().values() if k.columns and set(layouts) <= set(k.layouts)]
    where = Cell(package.sheets[0].member.shown, package.sheets[0].kind.name, 0)
    if missing := [k for k in wanted if k not in package.kinds]:
        message = f"The package has no {', '.join(missing)}: what only these files say is missing from the graph."
        package.report.add(WARNING, "MissingFile", message, where, " ".join(missing))
    for language in package.languages:
        there = {s.kind.name for s in package.sheets if s.member.language == language}
        if fewer := [k for k in package.kinds if kinds()[k].has_texts and k not in there]:
            message = f"The language “{language}” has no {', '.join(fewer)}, which another language has."
            package.report.add(INFO, "MissingLanguageFile", message, where, language)


def _english_first(language: str) -> tuple[bool, str]:
    return (not language.startswith("en") and language != "", language)
