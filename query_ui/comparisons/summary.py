"""What a matrix says in short: shared by all, only here, missing here; and how much units resemble each other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from query_ui.comparisons.matrix import FOUND, Matrix, Row


@dataclass(frozen=True)
class Standing:
    """What a unit has of the items: the four lists part them, `only` is part of `found`."""

    found: list[Row]
    only: list[Row]
    said: list[Row]
    none: list[Row]
    unknown: list[Row]


@dataclass(frozen=True)
class Likeness:
    """How much two units resemble each other: items found in both, and in either (Jaccard, 1901)."""

    first: int
    second: int
    both: int
    either: int

    @property
    def index(self) -> float | None:
        """Items found in both by items found in either; None where nothing is found in either."""
        return self.both / self.either if self.either else None


@dataclass(frozen=True)
class Summary:
    """All of it: `shared` by all units, `single` in one only, and each unit's standing."""

    shared: list[Row]
    single: list[Row]
    standings: list[Standing]
    likenesses: list[Likeness]

    @property
    def closest(self) -> Likeness | None:
        """The two units that are most alike."""
        alike = [pair for pair in self.likenesses if pair.both]
        return max(alike, key=lambda pair: (pair.index or 0, pair.both), default=None)

    def likeness(self, one: int, other: int) -> Likeness | None:
        """Return how much two columns resemble each other, None for the same one."""
        wanted = {one, other}
        return next((pair for pair in self.likenesses if {pair.first, pair.second} == wanted), None)


def summary(matrix: Matrix) -> Summary:
    """Return what a matrix says in short."""
    rows, count = matrix.rows, len(matrix.columns)
    found = [{row.item for row in rows if row.cells[column].n} for column in range(count)]
    return Summary(
        shared=[row for row in rows if row.spread == count],
        single=[row for row in rows if row.spread == 1],
        standings=[_standing(rows, column) for column in range(count)],
        likenesses=[
            Likeness(one, other, len(found[one] & found[other]), len(found[one] | found[other]))
            for one, other in combinations(range(count), 2)
        ],
    )


def _standing(rows: list[Row], column: int) -> Standing:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.cells[column].group, []).append(row)
    found = groups.get(FOUND, [])
    only = [row for row in found if row.spread == 1]
    return Standing(found, only, groups.get("said", []), groups.get("none", []), groups.get("unknown", []))
