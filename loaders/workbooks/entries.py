"""What a cell of a workbook shows: `label [key]` for lists and references, so that people read and programs know."""

from __future__ import annotations

import re

from loaders.folders import Vocabulary
from loaders.keys import Things
from wise_skills.languages import said
from wise_skills.tables import Column, Table

_WHOLE = re.compile(r"-?[1-9]\d{0,14}|0")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})\.\d{1,9}")


def entry(key: str, label: str) -> str:
    """Return how an entry of a drop-down is written; a bare key where its label could not be taken apart again."""
    return key if label in (key, "") or set("|[]") & set(label) else f"{' '.join(label.split())} [{key}]"


class Cells:
    """Writes the cells of one country's tables in the language that is spoken."""

    def __init__(self, vocabulary: Vocabulary, things: Things, folder: str) -> None:
        self.concepts, self.things, self.folder = vocabulary.concepts, things, folder
        self._entries: dict[str, dict[str, str]] = {}

    def shown(self, table: Table, column: Column, text: str) -> str | int | float:
        """Return the value of a workbook's cell for the text of a CSV's.

        What the reader would not understand stays as it is: a workbook hides no mistake.
        """
        if not text or text in ("?", "-"):
            return text
        parts = [p.strip() for p in text.split(column.separator)] if column.separator else [text]
        if column.scheme or column.refers_to or column.names_columns:
            return " | ".join(self._part(table, column, part) for part in parts)
        if column.is_number and not column.separator:
            if _WHOLE.fullmatch(text):
                return int(text)
            if _DECIMAL.fullmatch(text):
                return float(text)
        return text

    def list_entries(self, scheme: str) -> dict[str, str]:
        """Return key → entry of a list, in the order of the labels."""
        if scheme not in self._entries:
            self._entries[scheme] = {key: entry(key, label) for key, label in self.concepts.entries(scheme).items()}
        return self._entries[scheme]

    def shared_entries(self, target: str) -> list[str]:
        """Return the entries of things that all countries share."""
        return [entry(key, label) for key, label in sorted(self.things.entries(target, "eu").items())]

    def _part(self, table: Table, column: Column, part: str) -> str:
        if column.scheme:
            iri = self.concepts.find(column.scheme, part)
            return self.list_entries(column.scheme).get(self.concepts.keys[iri], part) if iri else part
        if column.names_columns:
            named = table.by_id.get(part)
            return entry(part, said(named.name)) if named else part
        thing = self.things.find(column.refers_to or "", self.folder, part)
        if thing is None or thing.key != part:  # a key of another country, an address
            return part
        return entry(part, said(self.things.labels.get(thing.iri, {}), part))
