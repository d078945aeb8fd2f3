"""A mapping table, read: which concept is related how to which, with everything that was odd about the file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from loaders.eures.concepts import Concepts
from loaders.eures.opening import Opening
from loaders.eures.report import Report

NOTHING = "https://w3id.org/sssom/NoTermFound"

Row = tuple[int, str, str, str, str, str, str]
"""Record number; subject, SKOS relation, object; label of the subject, of the object; remark."""


@dataclass
class Table:
    """A table that was read. `counts` has the relations as the table calls them, in all rows that were understood."""

    opening: Opening
    concepts: Concepts
    report: Report
    rows: list[Row] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
