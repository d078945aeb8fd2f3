r"""What a description takes from the cells of a record, and how it is rewritten on the way.

In YAML a column is taken by its header, or by a mapping with any of these keys, which work in this order::

    from: [ROME, ROME 2]      one header or several; or `is: text` for the same on every record
    entities: html            &nbsp; and the like become characters
    replace: {"''": "'"}      texts within the cell
    split: "|"                several values in one cell
    ignore: ["-", "/"]        values that mean nothing
    case: upper               also lower; sentence: A TEXT IN CAPITALS becomes A text in capitals
    pad: Ebene                noughts before it, to a width or to the number in another column
    ways:                     the first way whose regular expression is the whole value; {0} is the value, {1} a group
      - {match: '(\d{2})(\d{2})[A-Z]', to: 'http://data.europa.eu/ux2/nace2/{1}{2}'}
    match, to:                the same for a single way
    values: {ACI: aci}        what each value means; an empty meaning leaves it out
    check: luhn               check digit; a wrong one is reported and the value kept
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loaders.descriptions import Entry
from loaders.published_files import Records, folded
from wise_skills.findings import WARNING
from wise_skills.messages import shortlist

_SLOT = re.compile(r"\{(\d)\}")
_CASES: dict[str, Callable[[str], str]] = {
    "": str,
    "upper": str.upper,
    "lower": str.lower,
    "sentence": lambda text: text.capitalize() if text.isupper() else text,
}


def luhn(digits: str) -> bool:
    """Return whether the last digit is the check digit of ISO/IEC 7812-1, annex B (SIREN, SIRET, partita IVA).

    Establishments of the French post office (SIREN 356000000) share a SIREN and follow another rule: the sum of their
    digits is a multiple of 5.
    """
    numbers = [int(d) for d in digits]
    if digits.startswith("356000000") and len(digits) == 14 and sum(numbers) % 5 == 0:
        return True
    doubled = [n * 2 - (9 if n > 4 else 0) if i % 2 else n for i, n in enumerate(reversed(numbers))]
    return sum(doubled) % 10 == 0


CHECKS: dict[str, Callable[[str], bool]] = {"luhn": luhn}


@dataclass(frozen=True)
class Taken:
    """A value, and the position of the column that it came from (-1 for a constant)."""

    value: str
    index: int


@dataclass(frozen=True)
class Take:
    """What is taken from a record; `of` names something else than a column (`code`)."""

    columns: tuple[str, ...] = ()
    constant: str = ""
    of: str = ""
    entities: bool = False
    replace: Mapping[str, str] = field(default_factory=dict)
    split: str = ""
    ignore: frozenset[str] = frozenset()
    case: str = ""
    pad: str = ""
    ways: tuple[tuple[re.Pattern[str], str], ...] = ()
    values: Mapping[str, str] | None = None
    check: str = ""
    described: str = ""

    def take(self, records: Records, number: int, cells: Sequence[str], given: str = "") -> Iterator[Taken]:
        """Yield the values of a record; what does not fit becomes a Warning of `records` and is left out.

        Parameters
        ----------
        records, number, cells:
            The table, and a record of it.
        given:
            The text that takes the place of a column where the description says `of`.
        """
        if self.constant:
            yield Taken(self.constant, -1)
            return
        sources = [(given, -1)] if self.of else self._cells(records, cells)
        for text, index in sources:
            for part in self._parts(text):
                value = self._value(part, records, number, index, cells)
                if value:
                    yield Taken(value, index)

    def one(self, records: Records, number: int, cells: Sequence[str], given: str = "") -> Taken:
        """Return the first value, or an empty one."""
        return next(self.take(records, number, cells, given), Taken("", -1))

    def _cells(self, records: Records, cells: Sequence[str]) -> Iterator[tuple[str, int]]:
        for column in self.columns:
            index = records.index.get(folded(column), -1)
            if index >= 0:
                yield cells[index], index

    def _parts(self, text: str) -> Iterator[str]:
        if self.entities:
            text = html.unescape(text)
        for old, new in self.replace.items():
            text = text.replace(old, new)
        for part in text.split(self.split) if self.split else [text]:
            part = part.strip()
            if part and part not in self.ignore:
                yield part

    def _value(self, part: str, records: Records, number: int, index: int, cells: Sequence[str]) -> str:
        value = _CASES[self.case](part)
        if self.pad:
            value = self._padded(value, records, number, index, cells)
        if self.ways:
            for pattern, template in self.ways:
                if found := pattern.fullmatch(value):
                    value = _SLOT.sub(lambda slot, m=found: m[int(slot[1])] or "", template)  # type: ignore[misc]
                    break
            else:
                message = f"“{part}” does not have the form that {self.described} expects here, so it is left out."
                records.find(WARNING, "UnexpectedForm", message, number, index, part)
                return ""
        if self.values is not None:
            if value not in self.values:
                allowed = shortlist(self.values)
                message = f"{self.described} does not say what “{part}” means, so it is left out. It knows {allowed}."
                records.find(WARNING, "UnknownValue", message, number, index, part)
                return ""
            value = self.values[value]
        if self.check and not CHECKS[self.check]("".join(c for c in part if c.isdigit())):
            message = f"The check digit of “{part}” is wrong ({self.check}), so a digit may be mistyped."
            records.find(WARNING, "CheckDigit", message, number, index, part)
        return value

    def _padded(self, value: str, records: Records, number: int, index: int, cells: Sequence[str]) -> str:
        """A spreadsheet drops noughts at the beginning of codes; they are put back and said."""
        width = self.pad
        if not width.isdigit():
            at = records.index.get(folded(width), -1)
            width = cells[at].strip() if at >= 0 else ""
        padded = value.zfill(int(width)) if width.isdigit() and len(width) < 3 else value
        if padded != value:
            message = f"“{value}” has lost the noughts at its beginning; it is read as {padded}."
            records.find(WARNING, "LostNoughts", message, number, index, value)
        return padded


def read_take(entry: Entry, key: str, default: str | None = None) -> Take:
    """Read what a key of a description takes.

    Parameters
    ----------
    entry, key:
        Where it stands.
    default:
        Header that is taken where the key is missing.

    Raises
    ------
    FileProblem
        When a key is unknown, a regular expression is none, or nothing is taken.
    """
    described = entry.path.name
    if default is not None and key not in entry:
        return Take((default,), described=described)
    what = entry.either(key)
    if isinstance(what, str):
        return Take((what,), described=described)
    return take_of(what)


def take_of(what: Entry) -> Take:
    """Read what a mapping of a description takes, and complain of keys that mean nothing."""
    ways = [(e, e.pattern("match"), e.text("to", "{0}")) for e in what.entries("ways")]
    for way, _, _ in ways:
        way.done()
    if "match" in what:
        ways.append((what, what.pattern("match"), what.text("to", "{0}")))
    take = Take(
        columns=tuple(what.texts("from", [])),
        constant=what.text("is", ""),
        of=what.text("of", ""),
        entities=what.text("entities", "") == "html",
        replace=what.table("replace"),
        split=what.text("split", ""),
        ignore=frozenset(what.texts("ignore", [])),
        case=what.text("case", ""),
        pad=what.text("pad", ""),
        ways=tuple((pattern, template) for _, pattern, template in ways),
        values=what.table("values") if "values" in what else None,
        check=what.text("check", ""),
        described=what.path.name,
    )
    what.done()
    for way, pattern, template in ways:
        slots = [int(slot[1]) for slot in _SLOT.finditer(template)]
        if slots and max(slots) > pattern.groups:
            raise way.wrong(f"“{template}” names group {max(slots)}, the expression has {pattern.groups}")
    if sum((bool(take.columns), bool(take.constant), bool(take.of))) != 1:
        raise what.wrong("it takes nothing, or from two places", "Give one of from, of, is")
    if take.case not in _CASES or take.check not in ("", *CHECKS):
        raise what.wrong("case or check is unknown", f"case: {', '.join(filter(None, _CASES))}; check: {', '.join(CHECKS)}")
    return take
