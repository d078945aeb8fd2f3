"""What a source backs: how many claims, by table and country."""

from __future__ import annotations

from dataclasses import dataclass

from query_ui.edition import Edition
from query_ui.evidence.claim_lists import Conditions, listed
from query_ui.table_names import table_title

FIRST = 8


@dataclass(frozen=True)
class Backed:
    """The claims that name a source: all together, and for each table and folder with the address of their list."""

    total: int
    path: str
    folders: list[str]
    lines: list[tuple[str, dict[str, tuple[int, str]], int, str]]
    """Title of a table, then number and address by folder, then number and address of all."""
    first: list[str]


def backed(edition: Edition, source: str) -> Backed:
    """Return what a source backs, the tables with the most claims first."""
    every = Conditions(source=source)
    found = listed(edition, every)
    counts: dict[str, dict[str, int]] = {}
    for claim in found:
        line = counts.setdefault(claim.table, {})
        line[claim.folder] = line.get(claim.folder, 0) + 1
    folders = sorted({c.folder for c in found}, key=lambda f: (f == "eu", f))
    lines = []
    for table, line in sorted(counts.items(), key=lambda pair: (-sum(pair[1].values()), pair[0])):
        cells = {f: (n, Conditions(source=source, table=table, country=f).path) for f, n in line.items()}
        lines.append((table_title(edition, table), cells, sum(line.values()), Conditions(source=source, table=table).path))
    return Backed(len(found), every.path, folders, lines, [c.iri for c in found[:FIRST]])
