"""Names of things within one request: fetched together, then looked up while the page is written."""

from __future__ import annotations

from collections.abc import Iterable

from wise_skills.names import SSSOM

from query_ui.addresses import host
from query_ui.edition import Edition
from query_ui.grids import heads_of, title_of
from query_ui.records import Record, mentioned, read

_OWN_WORDS = {SSSOM + "NoTermFound": "no fitting concept found"}


class Naming:
    """Labels of IRIs in one language."""

    def __init__(self, edition: Edition, language: str = "en") -> None:
        self.edition, self.language = edition, language
        self._known: dict[str, tuple[str, str | None]] = {}

    def fetch(self, iris: Iterable[str]) -> None:
        """Fetch the names of many IRIs at once."""
        missing = [i for i in dict.fromkeys(iris) if i not in self._known]
        if missing:
            self._known.update(self.edition.labels.labels(missing, self.language))

    def __call__(self, iri: str) -> str:
        """Return the name of an IRI: its label; for a page without title its host; else the end of the IRI."""
        if iri in _OWN_WORDS:
            return _OWN_WORDS[iri]
        if iri not in self._known:
            self.fetch([iri])
        text, tag = self._known[iri]
        unnamed = tag is None and iri.endswith(text)
        if unnamed and not iri.startswith(self.edition.base) and iri.startswith("http"):
            return f"{host(iri)} … {text}" if text not in host(iri) else host(iri)
        return text

    def language_of(self, iri: str) -> str | None:
        """Return the language of a name, for the attribute `lang`."""
        if iri not in self._known:
            self.fetch([iri])
        return self._known[iri][1]

    def is_named(self, iri: str) -> bool:
        """Whether a label stands in the graph."""
        if iri not in self._known:
            self.fetch([iri])
        text, tag = self._known[iri]
        return tag is not None or not iri.endswith(text)

    def name_claims(self, iris: Iterable[str]) -> None:
        """Give claims, which have no label, a name made from what they are about."""
        self.fetch(iris := list(dict.fromkeys(iris)))
        unnamed = [i for i in iris if i.startswith(self.edition.names.base + "id/") and not self.is_named(i)]
        self.name_records(read(self.edition, unnamed).values())

    def name_records(self, records: Iterable[Record]) -> None:
        """Give those records a name that have no label."""
        records = [r for r in records if not self.is_named(r.iri)]
        self.fetch(mentioned(records))
        schema, names = self.edition.schema, self.edition.names
        for record in records:
            for kind in record.types:
                if title := title_of(record, heads_of(schema, names, kind), self, names):
                    self._known[record.iri] = (title, self.language)
                    break
