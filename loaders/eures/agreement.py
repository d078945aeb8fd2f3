"""Where a table says a thing twice, or contradicts itself (SKOS Reference, S46: exactMatch excludes broadMatch and relatedMatch)."""

from __future__ import annotations

from collections.abc import Sequence

from loaders.eures.cells import NO_RELATION
from loaders.eures.report import Report, ranges
from loaders.eures.table import NOTHING, Row
from wise_skills.findings import INFO, WARNING


def agreement(rows: Sequence[Row], report: Report) -> None:
    """Report repeated rows, pairs with several relations, and concepts that are the same as several others."""
    pairs: dict[tuple[str, str], dict[str, int]] = {}
    exact: tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]] = ({}, {})
    for number, subject, predicate, target, *_ in rows:
        if NOTHING in (subject, target):
            continue
        before = pairs.setdefault((subject, target), {})
        if predicate in before:
            report.row(WARNING, "DuplicateRow", f"The row says the same as row {before[predicate]}.", number)
            continue
        if before:
            told = " and ".join(f"{name} in row {row}" for name, row in before.items())
            text = f"The row says {predicate} of a pair of which the table says {told}: both cannot hold."
            also = {predicate, *before}
            severity = WARNING if NO_RELATION in also or "exactMatch" in also or {"broadMatch", "narrowMatch"} <= also else INFO
            report.once(severity, "SeveralRelations", text, number, value=subject)
        before[predicate] = number
        if predicate == "exactMatch":
            exact[0].setdefault(subject, {}).setdefault(target, number)
            exact[1].setdefault(target, {}).setdefault(subject, number)
    for side, several in zip((1, 2), exact, strict=True):
        for concept, others in several.items():
            if len(others) > 1:
                text = (
                    f"This concept of classification {side} is an exactMatch of {len(others)} concepts of the other"
                    f" (rows {ranges(others.values())}); they would all be the same."
                )
                report.once(INFO, "SeveralExactMatches", text, min(others.values()), value=concept)
