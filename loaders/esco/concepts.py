"""Converting the files that describe concepts: skills, occupations, ISCO groups, skill groups, and the collections.

What does not depend on the language is written once for a concept, whatever the number of languages; every other
language is compared with it. A collection repeats the rows of its members: it is read for membership, and for all the
rest only where no main file describes the member.
"""

from __future__ import annotations

import datetime as dt
import re

from loaders.esco.known import GROUP, Known
from loaders.esco.layout import ESCO, NACE, SCHEME, Column, terms
from loaders.esco.package import Package
from loaders.esco.records import Sheet
from loaders.esco.writer import trimmed
from wise_skills.findings import INFO, WARNING
from wise_skills.names import IN_SCHEME, PREF_LABEL

_TEXTS = ("label", "note", "text")
_FACTS = ("string", "iri", "term", "isco", "nace")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?")
_SERIAL = re.compile(r"[34]\d{4}(\.\d+)?")
_NACE_CODE = re.compile(r"[A-V]?\d{0,2}(\.?\d{1,2})?")
_EMPTY = {"skillType": "whether it is a skill or knowledge", "reuseLevel": "how widely it is used"}


class Described:
    """Concepts that have been described in the language at hand, with a hash of their name and description."""

    def __init__(self) -> None:
        self.by_iri: dict[str, int] = {}
        self.names: dict[str, str] = {}

    def finish(self, known: Known, language: str) -> None:
        """Write the names of concepts that nothing but a collection's column for what is above gives."""
        for iri, name in self.names.items():
            if iri not in self.by_iri:
                known.lines.label(iri, PREF_LABEL, name, language)


def convert_concepts(sheet: Sheet, package: Package, known: Known, described: Described) -> None:
    """Write one file of concepts."""
    scan, subject, type_ = package.scan(sheet), sheet.index[sheet.kind.key[0]], sheet.index.get("conceptType", -1)
    for number, cells in sheet:
        iri = known.iri(cells[subject], sheet.kind.concept, sheet, number, sheet.kind.key[0])
        if not iri:
            continue
        keep = scan.keep.get(cells[subject].strip(), number)
        if keep != number:
            which = "but for the date the same" if scan.same[cells[subject].strip()] else "with other contents"
            severity = INFO if scan.same[cells[subject].strip()] else WARNING
            sheet.find(severity, "RepeatedRow", f"The concept has another row, {which}: record {keep}, the newest, was taken.", number)
            continue
        known.concept(iri, sheet.kind.concept, sheet, number, described=True)
        if type_ >= 0 and cells[type_] != sheet.kind.concept:
            message = f"This record says “{cells[type_][:80]}”; it was read as a {sheet.kind.concept}, like all others of this file."
            sheet.find(WARNING, "OddTerm", message, number, "conceptType", cells[type_][:200])
        _facts(iri, sheet, number, cells, known)
        _texts(iri, sheet, number, cells, known)
        described.by_iri[iri] = _content(sheet, cells)


def convert_collection(sheet: Sheet, known: Known, described: Described) -> None:
    """Write one collection: its members, and what only it says of them."""
    subject, scheme = sheet.index[sheet.kind.key[0]], SCHEME + sheet.kind.scheme
    above, names = (sheet.index.get(c, -1) for c in ("broaderConceptUri", "broaderConceptPT"))
    for number, cells in sheet:
        iri = known.iri(cells[subject], sheet.kind.concept, sheet, number, sheet.kind.key[0])
        if not iri:
            continue
        known.concept(iri, known.types.get(iri) or sheet.kind.concept, sheet, number)
        known.lines.link(iri, IN_SCHEME, scheme)
        known.schemes.add(scheme)
        if iri not in described.by_iri:
            _facts(iri, sheet, number, cells, known)
            _texts(iri, sheet, number, cells, known)
            described.by_iri[iri] = _content(sheet, cells)
        elif described.by_iri[iri] != _content(sheet, cells):
            message = "Name or description differ from those in another file of the package, which were taken."
            sheet.find(WARNING, "DiffersFromMainFile", message, number)
        parents = sheet.kind.columns["broaderConceptUri"].values(cells[above]) if above >= 0 else []
        labels = sheet.kind.columns["broaderConceptPT"].values(cells[names]) if names >= 0 else []
        for position, text in enumerate(parents):
            parent = known.iri(text, GROUP, sheet, number, "broaderConceptUri")
            if parent:
                known.concept(parent, known.types.get(parent, ""), sheet, number)
                known.above(iri, parent)
                if len(labels) == len(parents) and parent not in described.by_iri:
                    described.names.setdefault(parent, labels[position])


def _content(sheet: Sheet, cells: list[str]) -> int:
    index = sheet.index
    return hash(tuple(trimmed(cells[index[c]]) if c in index else "" for c in ("preferredLabel", "description")))


def _texts(iri: str, sheet: Sheet, number: int, cells: list[str], known: Known) -> None:
    """Write labels, notes and descriptions."""
    language, lines = sheet.member.language, known.lines
    for index, column in _columns(sheet, _TEXTS):
        cell = cells[index]
        if not cell:
            continue
        if column.value == "label":
            texts = column.values(cell)
            for text in dict.fromkeys(texts):
                lines.label(iri, column.property, text, language)
            if cell != cell.strip() or _ODD_EDGE.search(cell):
                _trimmed(sheet, number, column, cell, texts)
        elif text := trimmed(cell):
            write = lines.text if column.value == "text" else lines.literal
            write(iri, column.property, text, language)
    name, others = sheet.index.get("preferredLabel", -1), sheet.index.get("altLabels", -1)
    if name >= 0 and not trimmed(cells[name]):
        sheet.find(WARNING, "MissingLabel", "The concept has no name in this language.", number, "preferredLabel")
    if name >= 0 and others >= 0 and cells[name] and cells[name] in cells[others]:
        separator = " | " if sheet.kind.columns["altLabels"].separator == "bar" else "\n"
        if cells[name] in cells[others].split(separator):
            sheet.find(INFO, "RepeatedLabel", _REPEATED, number, "altLabels", cells[name])


_ODD_EDGE = re.compile(r"[ \t\xa0\u200b\ufeff\r]\n|\n[ \t\xa0\u200b\ufeff]")
_REPEATED = "The preferred label stands among the alternative labels too; the graph has both, as ESCO does."


def _trimmed(sheet: Sheet, number: int, column: Column, cell: str, texts: list[str]) -> None:
    bare = {part.strip("\r") for part in cell.split("\n")} if column.separator == "line" else {cell}
    if column.separator != "bar" and not bare - {""} <= set(texts):
        message = "A label begins or ends with a blank, a tab or a no-break space; these were cut."
        sheet.find(INFO, "TrimmedLabel", message, number, column.name)


def _facts(iri: str, sheet: Sheet, number: int, cells: list[str], known: Known) -> None:
    """Write what does not depend on the language, once; a language that says something else is reported and written too."""
    columns = _columns(sheet, _FACTS)
    content = hash(tuple(frozenset(column.values(cells[i])) for i, column in columns))
    before = known.facts.setdefault(iri, content) if sheet.kind.holds == "concepts" else None
    date = sheet.index.get("modifiedDate", -1)
    if date >= 0 and (stamp := _date(sheet, number, cells[date])) and stamp.rstrip("Z") > known.modified.get(iri, "").rstrip("Z"):
        known.modified[iri] = stamp
    if before is not None and before == content and known.rows.get(iri) != (sheet.member.shown, number):
        return
    if before is not None and before != content:
        message = "What does not depend on the language (type, status, codes, schemes) differs from another file; the graph has both."
        sheet.find(INFO, "DiffersBetweenFiles", message, number)
    for index, column in columns:
        _fact(iri, column, cells[index], sheet, number, known)


def _fact(iri: str, column: Column, cell: str, sheet: Sheet, number: int, known: Known) -> None:
    text, lines = trimmed(cell), known.lines
    if not text:
        if column.name in _EMPTY:
            sheet.find(INFO, "MissingValue", f"ESCO does not say {_EMPTY[column.name]}.", number, column.name)
        return
    match column.value:
        case "string":
            lines.literal(iri, column.property, text)
        case "iri":
            links = known.links(cell, column.name, sheet, number)
            lines.link(iri, column.property, *links)
            if column.property == IN_SCHEME:
                known.schemes.update(links)
        case "term":
            found = terms()[column.name].get(text, ())
            lines.link(iri, column.property, *found)
            if len(found) != 1:
                said = "both" if found else "none"
                message = (
                    f"“{text[:80]}” is not one value that ESCO has here ({', '.join(terms()[column.name])}); {said} of them was written."
                )
                sheet.find(INFO if found else WARNING, "OddTerm", message, number, column.name, text[:200])
        case "isco":
            if re.fullmatch(r"\d{4}", text):
                known.above(iri, f"{ESCO}isco/C{text}")
            else:
                message = f"“{text[:80]}” is no ISCO unit group of four digits (a spreadsheet drops zeros at the left), so it was left out."
                sheet.find(WARNING, "BadCode", message, number, column.name, text[:200])
        case "nace":
            for value in column.values(cell):
                code = value.removeprefix(NACE)
                if _NACE_CODE.fullmatch(code):
                    lines.link(iri, column.property, NACE + code.replace(".", ""))
                else:
                    sheet.find(
                        WARNING, "BadCode", f"“{value[:80]}” is no code of NACE 2.1, so it was left out.", number, column.name, value[:200]
                    )


def _date(sheet: Sheet, number: int, cell: str) -> str:
    """A date and time of XML Schema, or an empty text; a serial number of a spreadsheet is turned into its date."""
    text = trimmed(cell)
    if not text:
        return ""
    if _SERIAL.fullmatch(text):
        date = dt.datetime(1899, 12, 30) + dt.timedelta(days=float(text))
        stamp = date.isoformat(timespec="seconds") + "Z"
        sheet.find(INFO, "SerialDate", f"The date is a spreadsheet's serial number; it was read as {stamp}.", number, "modifiedDate", text)
        return stamp
    if _DATE.fullmatch(text):
        try:
            dt.datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return text if "T" in text else f"{text}T00:00:00Z"
    sheet.find(
        WARNING,
        "BadDate",
        f"“{text[:40]}” is no date such as 2024-01-25T11:28:50Z, so it was left out.",
        number,
        "modifiedDate",
        text[:200],
    )
    return ""


def _columns(sheet: Sheet, values: tuple[str, ...]) -> list[tuple[int, Column]]:
    """Position and meaning of the columns that hold some kinds of values; found once for a file."""
    known = sheet.plans.get(values)
    if known is None:
        known = sheet.plans[values] = [
            (sheet.index[c.name], c) for c in sheet.kind.columns.values() if c.value in values and c.name in sheet.index
        ]
    return known
