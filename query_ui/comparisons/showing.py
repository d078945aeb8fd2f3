"""How cells and lists of rows look: everything that a template would otherwise ask for a thousand times."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import gettext as _
from markupsafe import Markup, escape

from query_ui.asked import interface
from query_ui.comparisons.comparison import Comparison, percent
from query_ui.comparisons.matrix import FOUND, NONE, Cell, Row
from query_ui.words import ABSENCES, number

MOST_LISTED = 24
"""How many rows are named where they are listed; the files name all."""


class Shown(NamedTuple):
    """A cell: class, address, text (`3 of 7`), share in words, sign and word of an absence."""

    look: str
    href: str
    text: str = ""
    rate: str = ""
    sign: str = ""
    word: str = ""


def heat(share: float) -> str:
    """Return the class of a share: one of five shades.

    >>> heat(0.01), heat(0.2), heat(0.21), heat(1.0)
    ('heat-1', 'heat-1', 'heat-2', 'heat-5')
    """
    return f"heat-{min(5, max(1, -int(-share * 5 // 1)))}"


class Look:
    """The cells of one comparison; texts that stand in many cells are made once."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self._texts: dict[tuple[int, int], str] = {}
        self._names: dict[object, Markup] = {}

    def cells(self, row: Row) -> list[tuple[Shown, bool]]:
        """Return the cells of a row, each with whether it stands on a small sample."""
        start = [self.comparison.behind(column.unit, row.item) for column in self.comparison.columns]
        return [(self._cell(cell, href), column.few) for cell, href, column in zip(row.cells, start, self.comparison.columns, strict=True)]

    def of(self, n: int, m: int) -> str:
        """Return `3 of 7` in the language of the page."""
        if (n, m) not in self._texts:
            self._texts[n, m] = _("%(n)s of %(m)s", n=number(n), m=number(m))
        return self._texts[n, m]

    def listed(self, rows: list[Row], most: int = 3) -> tuple[Markup, Markup, int]:
        """Return names of rows: the first, those behind them, and how many more there are than the first."""
        names = [self._name(row) for row in rows[:MOST_LISTED]]
        return Markup(", ").join(names[:most]), Markup(", ").join(names[most:]), max(0, len(rows) - most)

    def _name(self, row: Row) -> Markup:
        if row.item not in self._names:
            named = self.comparison.item(row.item)
            name = escape(named.text)
            if named.language and named.language != interface():
                name = Markup('<span lang="{}">{}</span>').format(named.language, name)
            self._names[row.item] = name
        return self._names[row.item]

    def _cell(self, cell: Cell, href: str) -> Shown:
        if cell.state == FOUND:
            return Shown(heat(cell.rate or 0), href, self.of(cell.n, cell.of), percent(cell.rate or 0))
        if cell.state == NONE:
            return Shown("none", href, self.of(0, cell.of))
        sign, word, _meaning = ABSENCES[cell.state]
        return Shown("lacking", href, self.of(0, cell.of) if cell.of else "", "", sign, str(word))
