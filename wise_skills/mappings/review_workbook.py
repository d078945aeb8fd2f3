"""The review as a workbook: one row for each candidate with a drop-down for the verdict, and the way back.

The workbook holds the whole set of mappings in a hidden sheet, so that nothing of it is lost on the way; people fill in
verdicts and comments, and their name. What is read back is what the page would have made of the same verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from wise_skills.mappings.model import NO_TERM, MappingSet
from wise_skills.mappings.packed import pack, unpack
from wise_skills.mappings.review import NO_MATCH, OPEN, REJECTED, RELATIONS, UNSURE, Verdict, answer_of, apply
from wise_skills.mappings.verdicts import comment_of, note_of
from wise_skills.speech import told
from wise_skills.spreadsheets import put, saved, sheet_name

HIDDEN = "_review"
"""The sheet that makes a workbook ours: a mark, the name of the other sheet, the set in pieces, verdicts, fingerprints."""
MARK = "wise-review-1"
_PIECE = 30_000
_COLUMNS = ("no", "line", "candidate", "definition", "place", "why", "confidence", "verdict", "comment")
_WIDTHS = (6, 44, 32, 60, 44, 40, 11, 18, 40)
_VERDICT, _COMMENT = _COLUMNS.index("verdict") + 1, _COLUMNS.index("comment") + 1
_HEAD = Font(name="Calibri", bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_INPUT = PatternFill("solid", fgColor="FFF8E1")


@dataclass(frozen=True)
class Details:
    """What a reviewer sees of a row beside its texts: label, definition, where the concept stands, and the fingerprint of it all."""

    label: str
    definition: str = ""
    place: str = ""
    fingerprint: str = ""


@dataclass
class Answered:
    """What a workbook brought back: the set with its verdicts, and sentences about cells that could not be read."""

    mappings: MappingSet
    problems: list[str] = field(default_factory=list)


def words() -> dict[str, str]:
    """Return the verdicts in words, in the language that is spoken."""
    return {
        "exact": told("exact match"),
        "close": told("close match"),
        "broad": told("broader match"),
        "narrow": told("narrower match"),
        "related": told("related match"),
        REJECTED: told("rejected"),
        UNSURE: told("unsure"),
        NO_MATCH: told("no match"),
    }


def write(mappings: MappingSet, details: Mapping[int, Details], reviewer: str = "") -> bytes:
    """Return the workbook of a review in the language that is spoken; the same bytes for the same content.

    Parameters
    ----------
    mappings:
        The set, with whatever a reviewer may choose beside the candidates, and a row of `NO_TERM` for each line.
    details:
        What is shown of the rows, by their numbers.
    reviewer:
        A name to begin with.
    """
    book = Workbook()
    book.properties.creator = "WISE skills"
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = sheet_name(told("Review"))
    own = words()
    _rows(sheet, mappings, details, own)
    about = book.create_sheet(sheet_name(told("How to review")))
    for number, text in enumerate(_instructions(), 1):
        put(about, number, 1, text).alignment = _WRAPPED
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 70, 40
    name = put(about, len(_instructions()), 2, reviewer)
    name.fill, name.font = _INPUT, _HEAD
    hidden = book.create_sheet(HIDDEN)
    hidden.sheet_state = "hidden"
    _hide(hidden, [MARK, sheet.title, about.title, str(len(_instructions())), *_pieces(pack(mappings))], 1)
    _hide(hidden, list(own), 2)
    _hide(hidden, list(own.values()), 3)
    _hide(hidden, [details[n].fingerprint if n in details else "" for n in range(len(mappings.mappings))], 4)
    words_of = [number for number, answer in enumerate(own, 1) if answer != NO_MATCH]
    for what, first, last in (("verdicts", 1, max(words_of)), ("no_match", list(own).index(NO_MATCH) + 1, list(own).index(NO_MATCH) + 1)):
        book.defined_names[what] = DefinedName(what, attr_text=f"{HIDDEN}!$C${first}:$C${last}")
    _choose(sheet, mappings)
    return saved(book)


def _rows(sheet: Worksheet, mappings: MappingSet, details: Mapping[int, Details], own: Mapping[str, str]) -> None:
    heads = (
        told("no."), told("line"), told("candidate"), told("definition"), told("where it stands"), told("why"), told("confidence"),
        told("verdict"), told("comment"),
    )  # fmt: skip
    for column, (head, width) in enumerate(zip(heads, _WIDTHS, strict=True), 1):
        put(sheet, 1, column, head).font = _HEAD
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, mapping in enumerate(mappings.mappings):
        shown = details.get(number) or Details(mapping.slots.get("object_label", "") or mapping.object)
        confidence = mapping.slots.get("confidence", "")
        label = own[NO_MATCH] if mapping.object == NO_TERM else shown.label
        values = (
            number + 1,
            mapping.slots.get("subject_label", "") or mapping.subject,
            label,
            shown.definition,
            shown.place,
            note_of(mapping),
            float(confidence) if confidence else None,
            own.get(answer_of(mapping), ""),
            comment_of(mapping),
        )
        for column, value in enumerate(values, 1):
            cell = put(sheet, number + 2, column, value)
            cell.alignment = _WRAPPED
            if column in (_VERDICT, _COMMENT):
                cell.fill = _INPUT
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(mappings.mappings) + 1}"


def _choose(sheet: Worksheet, mappings: MappingSet) -> None:
    """Give the cells of the verdicts their drop-downs."""
    letter = get_column_letter(_VERDICT)
    for name, is_none in (("verdicts", False), ("no_match", True)):
        rule = DataValidation(type="list", formula1=name, allow_blank=True, showErrorMessage=True)
        rule.error = told("Choose one of the list, or leave the cell empty.")[:250]
        for number, mapping in enumerate(mappings.mappings):
            if (mapping.object == NO_TERM) == is_none:
                rule.add(f"{letter}{number + 2}")
        if rule.sqref:
            sheet.add_data_validation(rule)


def _instructions() -> list[str]:
    return [
        told("Each row is one candidate for a line. Choose a verdict from the list of the yellow column; leave open what you do not know."),
        told("“Broader” and “narrower” say what the concept is, seen from the line: “broader match” means that it is wider than the line."),
        told("Where nothing fits, choose “no match” in the row of that name: the open candidates of the line are then rejected."),
        told("Rows may be sorted. Leave the hidden sheet as it is, and send the workbook back on the page “Align”."),
        told("Your name, if you want it in the file"),
    ]


def _pieces(text: str) -> list[str]:
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]


def _hide(sheet: Worksheet, texts: Sequence[str], column: int) -> None:
    for row, text in enumerate(texts, 1):
        put(sheet, row, column, text)


def read(sheets: Mapping[str, Mapping[int, Sequence[str]]]) -> Answered | None:
    """Read the texts of a workbook's cells back; `None` for a workbook that is no review of ours.

    Parameters
    ----------
    sheets:
        By name of the sheet and number of the row (from 1) the texts of its cells.
    """
    hidden = sheets.get(HIDDEN, {})
    if _cell(hidden, 1, 1) != MARK:
        return None
    title, about, line = (_cell(hidden, row, 1) for row in (2, 3, 4))
    mappings = unpack("".join(_cell(hidden, row, 1) for row in sorted(hidden) if row > 4))
    if mappings is None:
        damaged = told("The hidden sheet {sheet} is damaged. Begin again with the file that you were given.", sheet=HIDDEN)
        return Answered(MappingSet({}), [damaged])
    if title not in sheets:
        return Answered(mappings, [told("The sheet “{sheet}” is not there any more. Give it its name back.", sheet=title)])
    known = {_cell(hidden, row, 3).casefold(): _cell(hidden, row, 2) for row in range(1, len(words()) + 1)}
    known |= {answer: answer for answer in list(known.values())}
    name = _cell(sheets.get(about, {}), int(line) if line.isdecimal() and len(line) < 4 else 0, 2)
    found = Answered(mappings)
    said: dict[int, Verdict] = {}
    for row in sorted(sheets[title]):
        if row > 1 and any(cell.strip() for cell in sheets[title][row]):
            _verdict(sheets[title], row, title, found, said, known, name, hidden)
    return Answered(apply(mappings, said.values()), found.problems)


def _verdict(
    cells: Mapping[int, Sequence[str]],
    row: int,
    title: str,
    found: Answered,
    said: dict[int, Verdict],
    known: Mapping[str, str],
    name: str,
    hidden: Mapping[int, Sequence[str]],
) -> None:
    def wrong(column: int, text: str) -> None:
        found.problems.append(f"{title}!{get_column_letter(column)}{row}: {text}")

    number, word = _cell(cells, row, 1), " ".join(_cell(cells, row, _VERDICT).split())
    at = int(number) - 1 if number.isascii() and number.isdecimal() and len(number) < 8 else -1
    if not 0 <= at < len(found.mappings.mappings):
        wrong(1, told("“{given}” is the number of no row that was proposed. Put the number back, or clear the row.", given=number[:40]))
        return
    if at in said:
        wrong(1, told("The number {given} stands there twice. Clear one of the two rows.", given=number))
        return
    mapping = found.mappings.mappings[at]
    answer = known.get(word.casefold(), "?") if word else OPEN
    possible = (OPEN, NO_MATCH) if mapping.object == NO_TERM else (OPEN, *RELATIONS, REJECTED, UNSURE)
    if answer not in possible:
        choices = ", ".join(text for text, a in known.items() if a in possible and a != text)
        wrong(_VERDICT, told("“{given}” is no verdict here. Choose {known}, or leave it empty.", given=word[:60], known=choices))
        return
    said[at] = Verdict(at, answer, _cell(cells, row, _COMMENT), name, _cell(hidden, at + 1, 4))


def _cell(cells: Mapping[int, Sequence[str]], row: int, column: int) -> str:
    texts = cells.get(row, ())
    return texts[column - 1].strip() if len(texts) >= column else ""
