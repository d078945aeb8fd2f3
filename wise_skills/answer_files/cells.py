"""Columns and cells of the files: labels, and the IRI of each thing in a column of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wise_skills.answer_files.about import Names
from wise_skills.questions import Result
from wise_skills.questions.model import LABEL_SUFFIX, Column
from wise_skills.terms import Term

_BETWEEN = re.compile(r"\s*\|\s*|\s+")
_ADDRESSES = ("sources", "row", "link")
"""Kinds of columns whose IRIs are addresses, not things with a name."""


@dataclass(frozen=True)
class Head:
    """A column of a file: a variable of the answer, or the IRIs of its things."""

    name: str
    column: Column
    iri: bool = False

    @property
    def key(self) -> str:
        """The name of the column for programs."""
        return f"{self.name}_iri" if self.iri else self.name

    @property
    def title(self) -> str:
        """The name of the column for people."""
        label = f"{self.column.label} ({self.column.unit})" if self.column.unit else self.column.label
        return f"{label} (IRI)" if self.iri else label


def heads(result: Result) -> list[Head]:
    """Return the columns of the files: each shown one and, for things, their IRIs."""
    found = []
    for name in result.columns:
        column = result.question.columns[name]
        found.append(Head(name, column))
        if column.kind not in _ADDRESSES and any(t is not None and t.kind == "iri" for t in result.table.column(name)):
            found.append(Head(name, column, iri=True))
    return found


def split_sources(term: Term | None) -> list[str]:
    """Return the addresses in a cell of sources: one IRI, or a text with blanks or bars between."""
    return [part for part in _BETWEEN.split(term.value.strip()) if part] if term else []


def label(row: Mapping[str, Term | None], head: Head, names: Names) -> str:
    """Return what people read in a cell: a name, a text, the exact digits of a number."""
    term = row[head.name]
    if term is None:
        return ""
    if head.column.kind == "sources":
        return " | ".join(split_sources(term))
    if head.iri or term.kind != "iri" or head.column.kind in _ADDRESSES:
        return term.value
    given = row.get(head.name + LABEL_SUFFIX)
    return given.value if given else names(term.value)
