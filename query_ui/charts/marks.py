"""What a picture is made of: marks with a name, a value and a link; and how many of them can be drawn."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["bar", "stacked", "heat", "line", "map"]
_LARGEST, _LONGEST, _SIGN = 1e21, 400, 12


@dataclass(frozen=True)
class Mark:
    """One bar, segment, cell, point or tile.

    Parameters
    ----------
    label:
        The bar or the row that it belongs to; the year of a line; the country of a tile.
    value:
        None where nothing is known; `sign` then says why.
    series:
        The segment, the column of a heat map, the line.
    href:
        A path of ours with what is behind the mark.
    note:
        What its name says beside label and value: `11 of 13 forms`.
    sign:
        What a cell or tile shows in place of a number, such as the sign of an absence.
    place:
        The folder of a country (`at`), for a tile.
    """

    label: str
    value: float | None
    series: str = ""
    href: str = ""
    note: str = ""
    sign: str = ""
    place: str = ""

    def cleaned(self) -> Mark:
        """Return the mark without what cannot be written or drawn: control characters, numbers beyond all measure."""
        value = self.value if self.value is not None and abs(self.value) <= _LARGEST else None  # nan compares false
        label, name = clean(self.label)[:_LONGEST], clean(self.series)[:_LONGEST]
        return Mark(label, value, name, self.href, clean(self.note)[:_LONGEST], clean(self.sign)[:_SIGN], self.place)


def labels(marks: Iterable[Mark]) -> list[str]:
    """Return the different labels in their order."""
    return list(dict.fromkeys(m.label for m in marks))


def series(marks: Iterable[Mark]) -> list[str]:
    """Return the different series in their order."""
    return list(dict.fromkeys(m.series for m in marks))


def largest(marks: Sequence[Mark], names: list[str], most: int, *, by: Literal["label", "series"]) -> list[str]:
    """Return at most so many of the names: those with the largest sums, in the order in which they came."""
    if len(names) <= most:
        return names
    sums = dict.fromkeys(names, 0.0)
    for mark in marks:
        sums[getattr(mark, by)] += abs(mark.value or 0)
    kept = set(sorted(names, key=lambda n: -sums[n])[:most])
    return [n for n in names if n in kept]


def clean(text: str) -> str:
    """Return a text without what XML cannot hold and without what turns the direction of a line."""
    return "".join(
        c if unicodedata.category(c) not in ("Cc", "Cs", "Cn", "Co") else " "
        for c in text
        if c not in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
    )


def width(text: str, size: float = 13) -> float:
    """Return about how wide a text is in pixels; no font is asked, so it errs on the wide side."""
    return sum(_em(c) for c in text) * size


def _em(char: str) -> float:
    if unicodedata.combining(char):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.05
    if char in "iljtfrI.,:;|!'()[] ":
        return 0.34
    return 0.85 if char in "mwMW@%…—" else 0.7 if char.isupper() else 0.58 if char.isascii() else 0.64


def wrapped(text: str, room: float, *, size: float = 13, most: int = 2) -> list[str]:
    """Return a text in lines that fit into a room; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    line = ""
    for word in (part for whole in clean(text).split() for part in _parts(whole, room, size)):
        longer = f"{line} {word}".strip()
        if line and width(longer, size) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [_shortened(line, room, size) for line in lines]


def _parts(word: str, room: float, size: float) -> list[str]:
    """Return a word in parts that fit, for addresses and the like; the words of a language are seldom so long."""
    if width(word, size) <= room:
        return [word]
    parts, part = [], ""
    for char in word[:2_000]:
        if part and width(part + char, size) > room:
            parts.append(part)
            part = ""
        part += char
    return [*parts, part]


def _shortened(line: str, room: float, size: float) -> str:
    if width(line, size) <= room:
        return line
    while line and width(line + "…", size) > room:
        line = line[:-1]
    return line.rstrip() + "…"
