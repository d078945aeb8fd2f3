"""Waivers: warnings that somebody looked at and that may stand, as rows of the table `waivers`.

A waiver names a warning by table, key of the row and code. It waives nothing but warnings; one that applies to nothing
is reported at its own row, so that it does not outlive its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from loaders.tables import Loaded
from wise_skills.findings import VIOLATION, WARNING, Finding
from wise_skills.messages import sentence
from wise_skills.origin import Row

TABLE = "waivers"
Place = tuple[str, str, int]
Waived = tuple[str, str, str, str]  # folder, table, key of the row, code of the finding


def settle(findings: Iterable[Finding], loaded: Mapping[str, Loaded]) -> tuple[list[Finding], list[Finding]]:
    """Give each finding the key of its row and apply the waivers.

    Parameters
    ----------
    findings, loaded:
        What was found, and what was read of each checked folder.

    Returns
    -------
    Findings that stand, with those about waivers; and warnings that are waived.
    """
    rows = {(r.file, r.sheet, r.number): (folder, r) for folder, one in loaded.items() for rows in one.origin.rows.values() for r in rows}
    waivers = {(folder, *named): row for folder, row in rows.values() if row.table == TABLE for named in _named(row)}
    standing: list[Finding] = []
    waived: list[Finding] = []
    used: dict[Waived, str] = {}
    for finding in findings:
        folder, row = rows.get((finding.where.file, finding.where.sheet, finding.where.row), ("", None))
        if row is None:
            standing.append(finding)
            continue
        keyed = replace(finding, key=row.key)
        name = (folder, row.table, row.key, finding.code)
        if name in waivers:
            used[name] = VIOLATION if VIOLATION in (finding.severity, used.get(name)) else finding.severity
        (waived if name in waivers and finding.severity == WARNING else standing).append(keyed)
    for name, row in waivers.items():
        if used.get(name) != WARNING:
            standing.append(_about(row, "WaiverOfError" if name in used else "WaiverUnused"))
    return standing, waived


def _named(row: Row) -> Iterator[tuple[str, str, str]]:
    """Table, key and code that a complete waiver names."""
    named = tuple(row.text(row.cell(column)) for column in ("table", "row", "finding"))
    if all(named):
        yield named[0], named[1], named[2]


def _about(row: Row, component: str) -> Finding:
    cell = row.cell("finding")
    text = sentence(component, {"value": row.text(cell)})
    return Finding(WARNING, component, text, cell, value=row.text(cell), focus=row.subject, key=row.key)
