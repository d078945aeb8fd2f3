"""A designer's own modules: from the rows of a table to modules with outcomes, or to plain sentences about what is wrong.

The table has the columns `module, outcome, hours, credits, level, skill, language` in any order; `outcome` or `skill` must be
there. A cell of `skill` holds keys of skills of ours, IRIs of ours or of ESCO, or words, several separated by `|`; words, and
outcomes without a skill, are left in `free` for the matcher.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wise_skills.curricula.model import Module, Outcome, Target
from wise_skills.errors import InputError
from wise_skills.speech import told

COLUMNS = ("module", "outcome", "hours", "credits", "level", "skill", "language")
MOST_ROWS, MOST_MODULES, LONGEST = 1_000, 60, 2_000
_PROBLEMS = 20
_ALIASES = {"learning outcome": "outcome", "text": "outcome"}
_RANGE = re.compile(r"(\d+(?:[.,]\d+)?)(?:\s*[-–]\s*(\d+(?:[.,]\d+)?))?(?:\s*h)?")
_EQF = re.compile(r"(?:EQF\s*)?([1-8])(?:\s*EQF)?", re.IGNORECASE)
_ESCO_SKILL = re.compile(r"https?://data\.europa\.eu/esco/skill/[A-Za-z0-9.-]+")
Rows = Sequence[tuple[int, Sequence[str]]]


class BadModuleTable(InputError):
    """A table of modules that cannot be taken, with a sentence for each thing that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep the sentences in the order of the rows."""
        super().__init__()
        self.problems = tuple(problems)

    def __str__(self) -> str:
        """Return the sentences as one text."""
        return " ".join(self.problems)


@dataclass
class _Draft:
    """A module while its rows are read; `said` holds (row, text) of the cells that hold for the whole module."""

    title: str
    said: dict[str, tuple[int, str]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)


def read_text(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV text with their numbers; the separator is that under which the first row names most columns.

    Raises
    ------
    BadModuleTable
        When it is no CSV.
    """
    plain = text.removeprefix("\ufeff").replace("\0", "")
    head = plain.lstrip("\r\n").split("\n", 1)[0]
    separator = max("\t;,", key=lambda s: (sum(_column(part.strip('" \r')) in COLUMNS for part in head.split(s)), head.count(s)))
    try:
        return [
            (n, [cell.strip() for cell in row]) for n, row in enumerate(csv.reader(io.StringIO(plain, newline=""), delimiter=separator), 1)
        ]
    except csv.Error:
        raise BadModuleTable([told("The table cannot be read as CSV. Save it as “CSV UTF-8”, or send a workbook.")]) from None


def read_bytes(content: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV file in UTF-8, or UTF-16 with a mark; raises `BadModuleTable` for another encoding."""
    try:
        return read_text(content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"))
    except UnicodeDecodeError:
        raise BadModuleTable([told("The table cannot be read as CSV. Save it as “CSV UTF-8”, or send a workbook.")]) from None


def modules_of(rows: Rows, skills: Mapping[str, str], base: str, language: str = "") -> list[Module]:
    """Return the modules that a table describes.

    Parameters
    ----------
    rows:
        Number and texts of each row; the first that is not empty names the columns.
    skills:
        Key of each skill of ours with its IRI.
    base:
        Base of our IRIs.
    language:
        Language of the outcomes where no column gives it.

    Raises
    ------
    BadModuleTable
        With all that is wrong, up to twenty sentences.
    """
    filled = [(number, [cell.strip() for cell in cells]) for number, cells in rows if any(cell.strip() for cell in cells)]
    names = [_column(cell) for cell in filled[0][1]] if filled else []
    if "outcome" not in names and "skill" not in names:
        raise BadModuleTable(
            [told("The first row must name the columns: {columns}. “outcome” or “skill” must be among them.", columns=", ".join(COLUMNS))]
        )
    twice = sorted({name for name in names if name in COLUMNS and names.count(name) > 1})
    if twice:
        raise BadModuleTable([told("Two columns are called “{name}”. Leave one of them out.", name=twice[0])])
    if len(filled) - 1 > MOST_ROWS:
        raise BadModuleTable([told("At most {most} rows are read. Send fewer at a time.", most=MOST_ROWS)])
    iris = set(skills.values())
    problems: list[str] = []
    drafts: dict[str, _Draft] = {}
    title = ""
    for number, cells in filled[1:]:
        row = {name: cell for name, cell in zip(names, cells, strict=False) if name in COLUMNS}
        problems += [told("Row {row}: the cell “{column}” is too long.", row=number, column=n) for n, c in row.items() if len(c) > LONGEST]
        title = row.get("module") or title  # below a merged cell, the module goes on
        draft = drafts.setdefault(title, _Draft(title))
        for name in ("hours", "credits", "level"):
            if cell := row.get(name, ""):
                first, before = draft.said.setdefault(name, (number, cell))
                if cell != before:
                    problems.append(
                        told(
                            "Rows {first} and {row} differ in “{column}” of the same module. Give it once.",
                            first=first,
                            row=number,
                            column=name,
                        )
                    )
        text, skill = row.get("outcome", ""), row.get("skill", "")
        if text or skill:
            targets, free = _targets(skill, number, skills, iris, base, problems)
            spoken = row.get("language", "").lower()[:3] or language
            words = tuple(free) or ((text,) if text and not targets else ())
            draft.outcomes.append(Outcome(text or skill, tuple(targets), language=spoken, place=number, free=words))
    if len(drafts) > MOST_MODULES:
        problems.append(told("At most {most} modules are compared. Send fewer at a time.", most=MOST_MODULES))
    if not any(draft.outcomes for draft in drafts.values()):
        problems.append(told("There is no outcome and no skill in the table."))
    modules = [_module(draft, number, problems) for number, draft in enumerate(drafts.values(), 1)]
    if problems:
        raise BadModuleTable(problems[:_PROBLEMS])
    return modules


def _column(text: str) -> str:
    name = " ".join(text.lower().split()).rstrip("*: ")
    name = _ALIASES.get(name.removesuffix("s"), name)
    return name if name in COLUMNS else next((column for column in COLUMNS if column.rstrip("s") == name.removesuffix("s")), name)


def _targets(
    cell: str, row: int, skills: Mapping[str, str], iris: Iterable[str], base: str, problems: list[str]
) -> tuple[list[Target], list[str]]:
    """What a cell of skills names, and its words, which are still to be aligned."""
    found: dict[Target, None] = {}
    free: list[str] = []
    for part in filter(None, (part.strip() for part in re.split(r"[|\n]", cell))):
        if part.lower() in skills:
            found[Target(skills[part.lower()])] = None
        elif part in iris:
            found[Target(part)] = None
        elif _ESCO_SKILL.fullmatch(part):
            found[Target(part.replace("https://", "http://", 1))] = None
        elif re.match(r"https?://", part):
            problems.append(told("Row {row}: “{value}” is neither a skill of ours nor one of ESCO.", row=row, value=part[:120]))
        else:
            free.append(part)
    return list(found), free


def _module(draft: _Draft, number: int, problems: list[str]) -> Module:
    least, most = _numbers(draft, "hours", problems)
    points, _ = _numbers(draft, "credits", problems)
    level = draft.said.get("level", (0, ""))[1]
    eqf = _EQF.fullmatch(level)
    return Module(
        key=f"own/{number}",
        title=draft.title or told("My module"),
        hours_least=least,
        hours_most=most,
        credits=points,
        eqf=(eqf[1],) if eqf else (),
        level_text=level,
        outcomes=tuple(draft.outcomes),
    )


def _numbers(draft: _Draft, name: str, problems: list[str]) -> tuple[float | None, float | None]:
    row, text = draft.said.get(name, (0, ""))
    if not text:
        return None, None
    match = _RANGE.fullmatch(text)
    values = [float(part.replace(",", ".")) for part in match.groups() if part] if match else []
    if not values or not all(math.isfinite(value) and value < 100_000 for value in values) or values != sorted(values):
        problems.append(
            told("Row {row}: “{value}” in the column “{column}” is no number. Write 40, or 30-40.", row=row, value=text[:60], column=name)
        )
        return None, None
    plain = [int(value) if value.is_integer() else value for value in values]
    return plain[0], plain[-1]
