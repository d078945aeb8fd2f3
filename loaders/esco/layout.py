"""How the portal's files are laid out, version by version: `kinds.csv`, `columns.csv`, `terms.csv` and `versions.csv`.

A layout is named by the first version that had it. A column knows the layout that brought it (`since`), the layout from
which every file has it (`always`, the same if empty), what its cells hold (`value`), the property that they become and
the separator of several values: `line` (LF), `bar` (` | `) or `comma` (comma or LF or both).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from wise_skills.names import DCT, PREFIXES, SKOS

HERE = Path(__file__).parent
TABLES = tuple(HERE / f"{name}.csv" for name in ("kinds", "columns", "terms", "versions"))
LAYOUTS = ("1.0", "1.0.8", "1.1.0", "1.1.1", "1.2.0", "1.2.1")

ESCO = "http://data.europa.eu/esco/"
MODEL = ESCO + "model#"
SCHEME = ESCO + "concept-scheme/"
SKOSXL = "http://www.w3.org/2008/05/skos-xl#"
NACE = "http://data.europa.eu/ux2/nace2.1/"
_PREFIXES = {
    **PREFIXES,
    "skos": SKOS,
    "dct": DCT,
    "skosxl": SKOSXL,
    "iso-thes": "http://purl.org/iso25964/skos-thes#",
    "skilltype": ESCO + "skill-type/",
    "reuselevel": ESCO + "skill-reuse-level/",
}
_SEPARATORS = {"line": re.compile(r"\r?\n"), "bar": re.compile(r"\s\|(?:\s|$)"), "comma": re.compile(r"[,\s]+")}
EDGES = "".join(map(chr, (*range(33), 0x7F, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF)))
"""What is cut from the ends of a text: blanks, tabs, line ends, no-break and zero-width spaces."""


def expanded(name: str) -> str:
    """Return the IRI of a prefixed name."""
    prefix, _, rest = name.partition(":")
    return _PREFIXES[prefix] + rest


@dataclass(frozen=True)
class Column:
    """One column of a kind of file."""

    name: str
    since: str
    always: str
    value: str
    property: str
    separator: str

    def values(self, cell: str) -> list[str]:
        """Return the values of a cell, trimmed, without empty ones."""
        if not self.separator:
            return [text] if (text := cell.strip(EDGES)) else []
        return [text for part in _SEPARATORS[self.separator].split(cell) if (text := part.strip(EDGES))]


@dataclass(frozen=True)
class Kind:
    """One kind of file, named as the portal names it (`skills`, `broaderRelationsOccPillar`)."""

    name: str
    holds: str
    concept: str
    scheme: str
    since: str
    until: str
    suffix_since: str
    columns: Mapping[str, Column] = field(compare=False, hash=False)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns without which nothing can be read: those that say which concept a row is about."""
        return tuple(c.name for c in self.columns.values() if c.value in ("subject", "object") or c.name == "broaderUri")

    @property
    def has_texts(self) -> bool:
        """Whether its cells are in a language."""
        return self.holds in ("concepts", "collection", "hierarchy", "schemes")

    def fits(self, titles: Iterable[str], suffixed: bool) -> frozenset[str]:
        """Return the layouts that have exactly these columns, under a file name with or without a language."""
        if not self.columns:  # not read, but a sign of the version
            return frozenset(self.layouts)
        there, found = frozenset(titles), []
        for number, layout in enumerate(LAYOUTS):
            most = {c.name for c in self.columns.values() if LAYOUTS.index(c.since) <= number}
            least = {c.name for c in self.columns.values() if LAYOUTS.index(c.always) <= number}
            if least <= there <= most and layout in self.layouts and suffixed == (LAYOUTS.index(self.suffix_since) <= number):
                found.append(layout)
        return frozenset(found)

    @property
    def layouts(self) -> tuple[str, ...]:
        """The layouts in which this file exists."""
        last = LAYOUTS.index(self.until) if self.until else len(LAYOUTS) - 1
        return LAYOUTS[LAYOUTS.index(self.since) : last + 1]


@dataclass(frozen=True)
class Version:
    """A published version: its layouts, and how many records some of its files have."""

    name: str
    layouts: tuple[str, ...]
    counts: Mapping[str, int]


def _table(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Return all kinds of files by name."""
    columns: dict[str, dict[str, Column]] = {}
    for row in _table("columns"):
        iri = expanded(row["property"]) if row["property"] else ""
        column = Column(row["column"], row["since"], row["always"] or row["since"], row["value"], iri, row["separator"])
        columns.setdefault(row["columns"], {})[column.name] = column
    return {
        row["kind"]: Kind(
            row["kind"],
            row["holds"],
            row["concept"],
            row["scheme"],
            row["since"],
            row["until"],
            row["suffix_since"],
            columns.get(row["columns"], {}),
        )
        for row in _table("kinds")
    }


@lru_cache(maxsize=1)
def versions() -> dict[str, Version]:
    """Return the versions that we know, oldest first."""
    found = {}
    for row in _table("versions"):
        counts = {kind: int(number) for kind, number in row.items() if kind not in ("version", "layouts") and number}
        found[row["version"]] = Version(row["version"], tuple(row["layouts"].split()), counts)
    return found


@lru_cache(maxsize=1)
def terms() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, for each column with a fixed list of values, the IRIs that each value stands for."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in _table("terms"):
        found.setdefault(row["column"], {})[row["value"]] = tuple(expanded(t) for t in row["terms"].split())
    return found


def values(kind: str, column: str, cell: str) -> list[str]:
    """Return the several values of a cell under the separator of that file.

    Parameters
    ----------
    kind, column:
        Names of the portal: `values("digitalSkillsCollection", "altLabels", "a | b")` is `["a", "b"]`.
    cell:
        The cell as it stands in the file; the order is kept, blanks at the ends and empty values are not.
    """
    return kinds()[kind].columns[column].values(cell)
