"""From the records of a register to the rows of one of our tables, with the cell that each value came from.

Two records of one key become one row: their lists are joined, and where they contradict each other the first is kept.
Personal data are left out: records about natural persons, e-mail addresses, and telephone numbers in texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from loaders.published_files import Records, folded
from loaders.records import Sheet
from loaders.registers.mapping import Register, Target
from wise_skills.findings import INFO, WARNING, Cell
from wise_skills.tables import Column

_NATURAL_PERSON = "self-employed-person"
_EMAIL = re.compile(r"[^\s@/]+@[^\s@]+\.\w+")
_TELEPHONE = re.compile(r"(?<!\d)(?:\+\d{1,3}|00\d{2}|0)[ ./-]?\d(?:[ ./-]?\d){7,9}(?!\d)")


@dataclass
class Filled:
    """A sheet of our table, and for row, title and value the cell of the register that it came from."""

    sheet: Sheet
    cells: dict[tuple[int, str, str], Cell] = field(default_factory=dict)
    joined: dict[int, list[int]] = field(default_factory=dict)

    def cell(self, number: int, title: str, value: str) -> Cell | None:
        """Return the cell of the register that a value came from, or any of the cells that filled this one."""
        exact = self.cells.get((number, title, value))
        return exact or next((c for (n, t, _), c in self.cells.items() if (n, t) == (number, title)), None)


def fill(register: Register, records: Records, shown: str) -> Filled:
    """Fill the rows of our table from a register; what was odd becomes findings of `records`.

    Parameters
    ----------
    register, records:
        The mapping, and the list that it is for.
    shown:
        Name of the rows' file in the graph.
    """
    headers: list[tuple[Column, str | None] | None] = [(t.column, t.language) for t in register.targets]
    filled = Filled(Sheet(shown, register.folder, register.table, [t.title for t in register.targets], headers, []))
    _said_once(register, records)
    same = {t.title: _of_the_list(t, records) for t in register.targets if not t.take.columns}
    rows: dict[str, tuple[int, list[list[str]]]] = {}
    for number, cells in records.rows:
        if _is_person(register, records, number, cells):
            continue
        before = len(records.findings)
        row = [same[t.title] if t.title in same else _values(t, records, number, cells, filled) for t in register.targets]
        key = "/".join(v for t, values in zip(register.targets, row, strict=True) if t.column in register.table.key for v in values)
        if not key and len(records.findings) > before:  # the reason was said
            continue
        if not key:
            records.find(WARNING, "NoKey", "This record has nothing to be known by, so it is left out.", number)
        elif key in rows:
            _join(register, records, number, row, rows[key], filled)
        else:
            rows[key] = (number, row)
    for number, row in rows.values():
        joined = [(t.column.separator or "|").join(values) for t, values in zip(register.targets, row, strict=True)]
        filled.sheet.records.append((number, joined))
    return filled


def _of_the_list(target: Target, records: Records) -> list[str]:
    """What is the same for every record: a constant, or what the name of the file tells."""
    return [taken.value for taken in target.take.take(records, 0, [], Path(records.file).name)]


def _values(target: Target, records: Records, number: int, cells: list[str], filled: Filled) -> list[str]:
    """The values of a column, each once, without personal data; the place of each is remembered."""
    values: list[str] = []
    for taken in target.take.take(records, number, cells):
        if _EMAIL.search(taken.value) or (target.column.is_text and _TELEPHONE.search(taken.value)):
            message = "This cell holds an e-mail address or a telephone number, so it is left out."
            records.find(WARNING, "PersonalData", message, number, taken.index)
        elif taken.value not in values:
            filled.cells[number, target.title, taken.value] = records.cell(number, taken.index)
            values.append(taken.value)
            if not target.column.separator:
                break
    return values


def _is_person(register: Register, records: Records, number: int, cells: list[str]) -> bool:
    """Whether a record is about a natural person: by the patterns of the mapping, or by its legal form."""
    for column, pattern in register.people.items():
        index = records.index.get(folded(column), -1)
        if index >= 0 and pattern.fullmatch(cells[index].strip()):
            break
    else:
        legal_form = register.by_title.get("legal_form")
        if legal_form is None or legal_form.take.one(records.silent, number, cells).value != _NATURAL_PERSON:
            return False
        index = -1
    records.find(INFO, "NaturalPerson", "This record is about a natural person, so it is left out.", number, index)
    return True


def _join(
    register: Register, records: Records, number: int, row: list[list[str]], first: tuple[int, list[list[str]]], filled: Filled
) -> None:
    """Add what a later record of the same key says."""
    filled.joined.setdefault(first[0], []).append(number)
    for target, values, kept in zip(register.targets, row, first[1], strict=True):
        new = [v for v in values if v not in kept]
        for value in new:
            where = filled.cells.pop((number, target.title, value), records.cell(number))
            if target.column.separator or not kept:
                kept.append(value)
                filled.cells[first[0], target.title, value] = where
            else:
                message = f"Record {first[0]} has the same key and says “{kept[0]}”, which is kept."
                records.find(WARNING, "Contradiction", message, number, where.index, value)


def _said_once(register: Register, records: Records) -> None:
    """What is odd in many records is said once: blanks around values, and columns that nobody takes."""
    wanted = {folded(c) for t in register.targets for c in t.take.columns}
    for title in sorted(wanted & set(records.index), key=lambda t: records.index[t]):
        index = records.index[title]
        odd = [number for number, cells in records.rows if cells[index] != cells[index].strip()]
        if odd:
            further = f", here and in {len(odd) - 1} more records" if len(odd) > 1 else ""
            message = f"Blanks or tabs around the value are left out{further}."
            records.find(INFO, "StrayBlanks", message, odd[0], index)
    left = [t.strip() for t in records.titles if t.strip() and folded(t) not in wanted | {folded(c) for c in register.people}]
    if left:
        message = f"{register.path.name} takes nothing from these columns: {', '.join(left)}."
        records.find(INFO, "NotTaken", message, 1)
