"""The block above the header: project, versions, languages and dates of a mapping table.

The template has 14 lines of a name and a value. Nothing in it is needed to read the rows; what is missing or cannot
be understood is reported. Names of persons and e-mail addresses are not taken over.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from loaders.eures.known import languages
from loaders.eures.report import MAIL, Report
from wise_skills.findings import INFO, WARNING

_SIDES = ("name", "concept type", "version", "language", "landing page")
_LINES = (
    *(f"mapping project {part}" for part in ("name", "author", "version", "version date")),
    *(f"classification {side} {part}" for side in (1, 2) for part in _SIDES),
)
_FURTHER = ("licence", "license", "mapping justification", "mapping method")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EMPTY = re.compile(r"(default-author|n/?a|none|unknown|unnamed: \d+|-+)?", re.IGNORECASE)
# A text that names an organisation holds one of these words, or is one acronym.
_ORGANISATION = re.compile(
    r"agen[ctz]|ministr|minist[eè]|department|d[ée]partement|secretariat|servi[cs]|dienst|instit|zavod|office|amt\b|bureau|univers|cent[re]"
    r"|emplo[iy]|empleo|lavoro|arbeit|labour|labor\b|praca|pracy|valsts|urz[aą]d|[úu]řad|commission|committee|council|board|authority|statisti"
    r"|found|association|f[ée]d[ée]ration|consort|compan|project|team|national|administrat|\b(nv|bv|gmbh|ag|ltd|inc|llc|asbl|vzw|spa|sarl)\b",
    re.IGNORECASE,
)


@dataclass
class Side:
    """One of the two classifications of a table, as its metadata describe it."""

    name: str = ""
    concept_type: str = ""
    version: str = ""
    languages: tuple[str, ...] = ()
    page: str = ""


@dataclass
class Metadata:
    """What the block says; `date` is an ISO date, month or year. `present` is false for a table without a block."""

    project: str = ""
    author: str = ""
    version: str = ""
    date: str = ""
    licence: str = ""
    method: str = ""
    present: bool = False
    sides: dict[int, Side] = field(default_factory=lambda: {1: Side(), 2: Side()})


def read_metadata(block: Sequence[tuple[int, list[str]]], report: Report) -> Metadata:
    """Return what the records above the header say; what is odd goes to the report."""
    found, unknown = Metadata(), []
    for number, cells in block:
        filled = [c.strip() for c in cells if c.strip()]
        if not filled or filled[0].lower().startswith("sep="):
            continue
        name = _name_of(filled[0])
        if not name:
            unknown.append(number)
            continue
        found.present = True
        value = next((c for c in filled[1:] if not _EMPTY.fullmatch(c)), "")
        if value:
            _take(found, name, MAIL.sub("", value).strip(), number, report)
            if MAIL.search(value):
                report.once(INFO, "PersonalData", "An e-mail address in the metadata was left out.", number)
    for number in unknown:  # a table without metadata may have a title
        severity = WARNING if found.present else INFO
        report.once(severity, "UnknownMetadata", "This line above the header was not understood and is left out.", number)
    if not found.present:
        report.once(INFO, "NoMetadata", "The table has no metadata: versions, languages and date are not known.")
    return found


def _name_of(text: str) -> str:
    plain = re.sub(r"[\s_:]+", " ", text).strip().lower()
    if plain in _LINES or plain in _FURTHER:
        return plain
    digits = re.findall(r"[12]", plain)
    options = [line for line in (*_LINES, *_FURTHER) if re.findall(r"[12]", line) == digits]
    best = process.extractOne(plain, options, scorer=fuzz.ratio, score_cutoff=82)
    return best[0] if best else ""


def _take(found: Metadata, name: str, value: str, number: int, report: Report) -> None:
    if name == "mapping project name":
        found.project = value
    elif name == "mapping project author":
        found.author = _organisation(value, number, report)
    elif name == "mapping project version":
        found.version = value
    elif name == "mapping project version date":
        found.date = _date(value, number, report)
    elif name in ("licence", "license"):
        found.licence = value
    elif name in _FURTHER:
        found.method = value
    else:
        side, part = found.sides[int(name.split()[1])], name.split(" ", 2)[2]
        if part == "language":
            side.languages = _languages(value, number, report)
        else:
            setattr(side, {"concept type": "concept_type", "landing page": "page"}.get(part, part), value)


def _organisation(text: str, number: int, report: Report) -> str:
    """Keep the parts of an author that name an organisation; who is not clearly one may be a person."""
    parts = [p.strip() for p in re.split(r"[,;|()\n]", text) if p.strip()]
    kept = [p for p in parts if _ORGANISATION.search(p) or re.fullmatch(r"(?=.*[A-Z]{2})[A-Z0-9&*.-]{2,10}", p)]
    if len(kept) < len(parts):
        report.once(INFO, "PersonalData", "A part of the author's name was left out, because it may name a person.", number)
        return ", ".join(kept)
    return text


def _languages(text: str, number: int, report: Report) -> tuple[str, ...]:
    names = {known.name.lower(): code for code, known in languages().items()}
    found = []
    for part in re.split(r"[/,;|&\s]+", text.lower()):
        code = names.get(part) or (part if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", part) else "")
        if code:
            found.append({"gr": "el", "cz": "cs", "dk": "da", "se": "sv", "si": "sl", "ee": "et"}.get(code, code))
        elif part:
            report.once(WARNING, "UnknownLanguage", "This language was not understood and is left out.", number, value=part)
    return tuple(dict.fromkeys(found))


def _date(text: str, number: int, report: Report) -> str:
    """An ISO date, month or year; of `03/04/2021` the day comes first, as in all Member States."""
    text = text.strip()
    if re.fullmatch(r"[2-5]\d{4}(\.0+)?", text):
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(float(text)))
        report.once(INFO, "SerialDate", f"The date is a spreadsheet's count of days and was read as {day}.", number, value=text)
        return day.isoformat()
    if found := re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", text):
        year, month, last = (int(g) for g in found.groups())
    elif found := re.match(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4})(?!\d)", text):
        last, month, year = (int(g) for g in found.groups())
    elif (found := re.fullmatch(r"(\d{1,2} )?([a-z]{3})[a-z]*[- ,]*(\d{2}|\d{4})", text.lower())) and found[2] in _MONTHS:
        year, month, last = int(found[3]) % 2000 + 2000, _MONTHS.index(found[2]) + 1, int(found[1] or 0)
        if not last:
            value = f"{year}-{month:02}"
            report.once(INFO, "ShortDate", f"The date names no day and was read as {value}.", number, value=text)
            return value
    elif re.fullmatch(r"(19|20)\d\d(-(0[1-9]|1[0-2]))?", text):
        return text
    else:
        year, month, last = 0, 0, 0
    try:
        return dt.date(year, month, last).isoformat()
    except ValueError:
        report.once(WARNING, "UnknownDate", "This date was not understood and is left out.", number, value=text)
        return ""
