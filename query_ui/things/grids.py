"""Tables of records on a page: which columns, in which order, under which names.

Order and names of columns come from the shapes; mappings, which have no shape of their own, from a list here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from query_ui.asked import interface
from query_ui.things.records import Record
from wise_skills.names import DCT, OWL, PREF_LABEL, RDFS, SKOS, SSSOM, Names

if TYPE_CHECKING:
    from wise_skills.tables import Schema
    from wise_skills.tables import Table as Sheet


@dataclass(frozen=True)
class Head:
    """A column on a page."""

    path: str
    name: str
    description: str = ""
    id: str = ""


@dataclass
class Grid:
    """A table of records: `total` may be more than what is shown, `more` then leads to the rest."""

    title: str
    heads: list[Head]
    records: list[Record]
    total: int
    description: str = ""
    more: str = ""
    anchor: str = ""


def frame(names: Names) -> frozenset[str]:
    """Return the properties that are not columns of a grid: keys, and what stands in the evidence column."""
    own = ("key", "ordinal", "evidence", "unverified", "country")
    return frozenset({*(names.wise + o for o in own), DCT + "source", DCT + "identifier", SKOS + "note"})


def mapping_heads(names: Names) -> list[Head]:
    """Return the columns of mappings (SSSOM)."""
    return [
        Head(OWL + "annotatedSource", _("mapped")),
        Head(OWL + "annotatedProperty", _("relation"), _("How the two relate, from ours to the other")),
        Head(OWL + "annotatedTarget", _("mapped to")),
        Head(names.wise + "mappingStatus", _("status")),
        Head(SSSOM + "confidence", _("confidence"), _("From 0 to 1, given by whoever made the mapping")),
        Head(SSSOM + "object_source_version", _("version")),
        Head(SSSOM + "mapping_justification", _("justification")),
        Head(SSSOM + "author_label", _("author")),
        Head(RDFS + "comment", _("comment")),
    ]


def heads(sheet: Sheet, language: str = "") -> list[Head]:
    """Return the columns of a table of the shapes, named in a language, that of the page by default."""
    language = language or interface()
    return [
        Head(c.path, c.name.get(language) or c.name.get("en") or c.id, c.description.get(language) or c.description.get("en", ""), c.id)
        for c in (*sheet.columns, *sheet.constants)
    ]


def heads_of(schema: Schema, names: Names, kind: str) -> list[Head]:
    """Return the columns for the records of a class; none for a class without table."""
    if kind == names.wise + "Mapping":
        return mapping_heads(names)
    sheet = schema.by_class.get(kind)
    return heads(sheet) if sheet else []


def filled(found: Sequence[Head], records: Iterable[Record], without: Iterable[str] = ()) -> list[Head]:
    """Return the columns in which some record has anything, names first."""
    left_out = set(without)
    records = list(records)
    kept = [h for h in found if h.path not in left_out and any(r.cells.get(h.path) for r in records)]
    return sorted(kept, key=lambda h: h.path != PREF_LABEL)


def title_of(record: Record, found: Sequence[Head], label: Callable[[str], str], is_named: Callable[[str], bool], names: Names) -> str:
    """Return a name for a claim, which has none of its own: what it is about, from its first references.

    A need reads `supporters · job coaching · now`, a figure `sheltered workshop · organisations · 2022`.
    """
    parts: list[str] = []
    skipped = frame(names) | {names.wise + "unit", names.wise + "precision"}
    for head in found:
        cell = record.cells.get(head.path)
        if head.path in skipped or not cell or len(parts) == 3:
            continue
        if head.path == names.wise + "date":  # what a figure counts is not the same in another year
            parts += [t.value for t in cell.values[:1]]
        elif (named := [label(t.value) for t in cell.values if t.kind == "iri" and is_named(t.value)]) and named[0] not in parts:
            parts.append(named[0])
    return " · ".join(parts)
