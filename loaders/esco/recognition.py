"""Which version of ESCO some files are: what their names say, checked against columns, file names and record counts.

A contradiction is refused: two versions, columns that the named version did not have, the record counts of another
version, or a zip named after one language that holds another. What no name says may follow from columns and counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from loaders.esco.layout import LAYOUTS, versions
from loaders.esco.members import Member
from loaders.esco.records import Report, Sheet
from wise_skills.errors import InputError
from wise_skills.findings import WARNING, Cell
from wise_skills.messages import shortlist

_WITH_V = re.compile(r"(?:^|[\s_(-])v\.?\s?(\d+\.\d+(?:\.\d+)?)(?![\d])", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d.])(\d+\.\d+(?:\.\d+)?)(?![\d])")
_ALONE = re.compile(r"v?(\d+\.\d+(?:\.\d+)?)(?:[-_ ]\w+)*", re.IGNORECASE)
_ZIP_LANGUAGE = re.compile(r"-\s*([a-z]{2}(?:-[a-z]{2})?)\s*-\s*csv", re.IGNORECASE)
_ABOVE = 3
_COUNTED = ("occupations", "skills")

Count = Callable[[Member], int]


def version_in(name: str, loose: bool = True) -> str:
    """Return the version that a name of a file or folder holds, or an empty text.

    Parameters
    ----------
    name:
        `ESCO dataset - v1.1.1 - classification - en - csv.zip`, `v1.2.0`, `esco_bundle_1.0.8`.
    loose:
        Whether a version anywhere in the name counts; of folders far above a file only whole names do.
    """
    text = re.sub(r"\.zip$", "", name, flags=re.IGNORECASE)
    if "esco" in text.casefold():
        match = _WITH_V.search(text) or _NUMBER.search(text)
    else:
        match = _ALONE.fullmatch(text) or (_WITH_V.search(text) if loose else None)
    return match[1] if match else ""


def _named(member: Member) -> tuple[str, str]:
    """The version named nearest to a file, and the name that says it."""
    own = len(member.folders) - len(member.path.parents)
    for depth, name in enumerate(member.folders[: own + _ABOVE]):
        if version := version_in(name, loose=depth <= own):
            return version, name
    return version_in(member.shown.rsplit("/", 1)[-1]), member.shown


def check_languages(members: Iterable[Member]) -> None:
    """Refuse a zip that is named after one language and holds files of another, and texts without a language."""
    for member in members:
        named = _ZIP_LANGUAGE.search(member.path.name) if member.inner else None
        if named and member.language and member.language.split("-")[0] != named[1].lower().split("-")[0]:
            raise InputError(
                f"{member.path.name} is named after the language “{named[1].lower()}” and holds {member.inner}. "
                "Give the zip as the portal delivered it."
            )


def named_version(members: Iterable[Member]) -> tuple[str, str]:
    """Return the version that names of files and folders say, and the name that says it; two empty texts where none does.

    Raises `InputError` where they say two.
    """
    named: dict[str, tuple[str, str]] = {}
    for member in members:
        version, where = _named(member)
        if version:
            named.setdefault(version, (member.shown, where))
    if len(named) > 1:
        (a, (file_a, _)), (b, (file_b, _)), *_ = sorted(named.items())
        raise InputError(f"The files are of two versions of ESCO, {a} ({file_a}) and {b} ({file_b}). Give the files of one version.")
    return next(((version, where) for version, (_, where) in named.items()), ("", ""))


def recognise(sheets: Sequence[Sheet], named: tuple[str, str], count: Count, report: Report) -> str:
    """Return the version of the files.

    Parameters
    ----------
    sheets:
        All files, of which the headers are known.
    named:
        The version that a name says, and that name (see `named_version`).
    count:
        How many records a file has.
    report:
        Where an unknown version and odd columns are reported.

    Raises
    ------
    InputError
        When names, columns and counts contradict each other, or leave more than one version possible.
    """
    fits = {sheet: sheet.kind.fits(sheet.titles, bool(sheet.member.language)) for sheet in sheets}
    _odd_columns(sheets, fits, report)
    known = {s: f for s, f in fits.items() if f}
    version, where = named
    if not version:
        return _by_layout(known, count)
    _check_named(version, where, known, count, report)
    return version


def _check_named(version: str, where: str, fits: dict[Sheet, frozenset[str]], count: Count, report: Report) -> None:
    known = versions().get(version)
    if known is None:
        first = next(iter(fits), None)
        if first is not None:
            message = (
                f"Version {version} of ESCO is not one that is known here ({shortlist(versions())}); its columns are read by their names."
            )
            report.add(WARNING, "UnknownVersion", message, Cell(first.member.shown, first.kind.name, 0), version)
        return
    for sheet, layouts in fits.items():
        if not layouts & set(known.layouts):
            raise InputError(
                f"{sheet.member.shown} cannot be of ESCO {version}, which “{where}” names: "
                f"its name and columns are those of {_spoken(layouts)}. "
                "Give the files of one version, in a folder named after it."
            )
    for kind, number in _counts(fits, count).items():
        others = [v.name for v in versions().values() if v.counts.get(kind) == number and number != known.counts.get(kind)]
        if others:
            raise InputError(
                f"“{where}” names ESCO {version}, but there are {number:,} {kind}, as many as ESCO {others[-1]} has "
                f"({version} has {known.counts[kind]:,}). Give the files of one version, in a folder named after it."
            )


def _by_layout(fits: dict[Sheet, frozenset[str]], count: Count) -> str:
    layouts = set(LAYOUTS).intersection(*fits.values())
    if not layouts and fits:
        one = next(iter(fits))
        other = next(s for s in fits if not fits[s] & fits[one] or s is not one)
        raise InputError(
            f"The files are not of one version of ESCO: {one.member.shown} has the columns of {_spoken(fits[one])}, "
            f"{other.member.shown} those of {_spoken(fits[other])}. "
            "Give the files of one version, in a folder named after it, such as v1.2.0."
        )
    possible = [v for v in versions().values() if layouts & set(v.layouts)]
    counts = _counts(fits, count)
    if len(possible) > 1:
        possible = [v for v in possible if all(v.counts.get(k) == n for k, n in counts.items())] or possible
    if all(v.name.startswith("1.0") for v in possible):
        return "1.0"  # 1.0.0 to 1.0.9 name the same concepts; no file tells them apart
    if len(possible) > 1:
        seen = " and ".join(f"{number:,} {kind}" for kind, number in counts.items())
        raise InputError(
            f"The version of ESCO is not clear: the columns fit {_listed(v.name for v in possible)}"
            f"{f', and there are {seen}' if seen else ''}. "
            "Name the folder after the version, such as v1.2.0."
        )
    return possible[0].name


def _counts(fits: Iterable[Sheet], count: Count) -> dict[str, int]:
    found: dict[str, int] = {}
    for sheet in fits:
        if sheet.kind.name in _COUNTED and sheet.kind.name not in found:
            found[sheet.kind.name] = count(sheet.member)
    return found


def _odd_columns(sheets: Iterable[Sheet], fits: dict[Sheet, frozenset[str]], report: Report) -> None:
    """Columns too many or too few where the whole is the layout of no version."""
    for sheet in sheets:
        if fits[sheet] or not sheet.kind.columns:
            continue
        for title in sheet.titles:
            if title and title not in sheet.kind.columns:
                report.add(
                    WARNING,
                    "UnknownColumn",
                    f"The column “{title}” is none of this file of ESCO; it is not read.",
                    sheet.at(1, title),
                    title,
                )
        for column in sheet.kind.columns.values():
            if column.name not in sheet.index and column.always == LAYOUTS[0]:
                report.add(
                    WARNING,
                    "MissingColumn",
                    f"The file has no column “{column.name}”, which it has in all versions.",
                    sheet.at(1),
                    column.name,
                )


def _spoken(layouts: Iterable[str]) -> str:
    names = list(dict.fromkeys("1.0" if v.name.startswith("1.0") else v.name for v in versions().values() if set(v.layouts) & set(layouts)))
    return f"version {_listed(names)}" if names else "no version"


def _listed(names: Iterable[str]) -> str:
    *head, last = names
    return f"{', '.join(head)} or {last}" if head else last
