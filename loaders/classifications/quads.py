"""What the tables of a classification say, as N-Quads in SKOS and XKOS.

Two passes: the first lists the codes with their groups, so that the second can tell a parent or a link that is none.
The notes are XKOS's (`coreContentNote`, `exclusionNote`), which Eurostat uses itself and which refine `skos:scopeNote`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from loaders.classifications.description import XKOS, Description, Link, Table, Text
from loaders.codes import code_iri, scheme_iri
from loaders.published_files import Records
from wise_skills.findings import WARNING, Finding
from wise_skills.names import ALT_LABEL, DCT, IN_SCHEME, NOTATION, OWL, RDF_TYPE, SKOS, Names

_ESCAPED = {ord(c): e for c, e in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))}
_ESCAPED |= {n: f"\\u{n:04X}" for n in (*range(9), 11, 12, *range(14, 32), 127)}
_NOT_IN_IRI = frozenset('<>"{}|\\^`').union(map(chr, range(33)))
Sheet = tuple[Table, Records]


def text_term(text: str, language: str = "", datatype: str = "") -> str:
    """Return a literal in N-Quads syntax (RDF 1.1 N-Quads, clause 4 of the grammar: STRING_LITERAL_QUOTE)."""
    return f'"{text.translate(_ESCAPED)}"' + (f"@{language}" if language else f"^^<{datatype}>" if datatype else "")


def iri_term(iri: str) -> str | None:
    """Return an IRI in N-Quads syntax; `None` where it holds a character that an IRI cannot."""
    return None if not iri or _NOT_IN_IRI.intersection(iri) or ":" not in iri else f"<{iri}>"


class Conversion:
    """Writes the quads of one classification; `findings` and `counts` grow while it does."""

    def __init__(self, description: Description, version: str, sheets: Sequence[Sheet], names: Names, out: BinaryIO) -> None:
        self.description, self.version, self.sheets, self.names, self.out = description, version, sheets, names, out
        self.findings: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self.scheme = f"<{description.scheme_iri(names)}>"
        self._graph = f"<{names.graph('classifications', description.name)}>"
        self._groups: dict[str, str] = {}
        self._iris: dict[str, str] = {}
        self._said: dict[str, list[str]] = {}
        self._joined: dict[tuple[str, Text], list[str]] = {}

    def write(self) -> None:
        """Write everything."""
        rows = [(table, records, list(self._codes(table, records))) for table, records in self.sheets]
        self._dataset()
        for table, records, codes in rows:
            self._joined.clear()
            for number, cells, code in codes:
                self._record(table, records, number, cells, code)
            for (concept, text), parts in self._joined.items():
                self._say(concept, text.property, text_term("\n".join(dict.fromkeys(parts)), text.language, text.datatype))
        self.findings = [f for _, records in self.sheets for f in records.findings]
        self.counts["concepts"] = len(self._groups)

    # --- first pass

    def _codes(self, table: Table, records: Records) -> Iterator[tuple[int, list[str], str]]:
        """Number, cells and code of every record that has one; codes of a table that lists concepts get their group."""
        for number, cells in records.rows:
            before = len(records.findings)
            code = table.code.one(records, number, cells).value
            if not code:
                if len(records.findings) == before:
                    records.find(WARNING, "NoCode", "This record has no code, so it is left out.", number)
            elif not table.group or self._listed(table, records, number, cells, code):
                yield number, cells, code

    def _listed(self, table: Table, records: Records, number: int, cells: Sequence[str], code: str) -> bool:
        """Enter a code with its group and address; `False` where an earlier record did."""
        assert table.group
        said = [taken.value for text in table.texts for taken in text.take.take(records.silent, 0, cells)]
        if code in self._said:
            if self._said[code] != said:
                message = f"Another record describes “{code}” with other words; the first is kept."
                records.find(WARNING, "RepeatedCode", message, number, value=code)
            return False
        iri = self._address(code, records, number, cells)
        if iri is None:
            return False
        self._said[code], self._iris[code] = said, iri
        self._groups[code] = table.group.one(records, number, cells).value
        return True

    def _address(self, code: str, records: Records, number: int, cells: Sequence[str]) -> str | None:
        take = self.description.address
        if take is None:
            return f"<{code_iri(self.names, self.description.country, self.description.key, code)}>"
        return iri_term(take.one(records, number, cells, code).value)

    # --- second pass

    def _record(self, table: Table, records: Records, number: int, cells: Sequence[str], code: str) -> None:
        concept = self._iris.get(code)
        if concept is None:
            message = f"“{code}” is in no table that lists codes, so what this record says of it is left out."
            records.find(WARNING, "UnknownCode", message, number, value=code)
            return
        if table.group:
            self._say(concept, RDF_TYPE, f"<{SKOS}Concept>")
            self._say(concept, NOTATION, text_term(code))
            self._say(concept, IN_SCHEME, self.scheme)
            self._parent(table, records, number, cells, code, concept)
            if group := self._groups[code]:
                self.counts[group] += 1
                self._say(f"<{self.description.group_iri(self.names, group)}>", SKOS + "member", concept)
        self._texts(table, records, number, cells, concept)
        for link in table.links:
            for object_ in self._targets(link, records, number, cells):
                self.counts["links"] += 1
                self._say(concept, link.property, object_)

    def _parent(self, table: Table, records: Records, number: int, cells: Sequence[str], code: str, concept: str) -> None:
        parent = table.parent.one(records, number, cells, code) if table.parent else None
        if parent and parent.value:
            if broader := self._iris.get(parent.value):
                self._say(concept, SKOS + "broader", broader)
                self._say(broader, SKOS + "narrower", concept)
                return
            message = f"Its parent “{parent.value}” is no code of the classification, so “{code}” stands alone."
            records.find(WARNING, "UnknownParent", message, number, parent.index, parent.value)
        if (group := self.description.groups.get(self._groups[code])) and group.depth == 1:
            self._say(concept, SKOS + "topConceptOf", self.scheme)
            self._say(self.scheme, SKOS + "hasTopConcept", concept)

    def _targets(self, link: Link, records: Records, number: int, cells: Sequence[str]) -> Iterator[str]:
        for taken in link.take.take(records, number, cells):
            if link.kind == "address":
                iri = self.names.base + taken.value if taken.value.startswith("id/") else taken.value
                if target := iri_term(iri):
                    yield target
            elif link.key:
                target = f"<{code_iri(self.names, link.country, link.key, taken.value)}>"
                self._say(target, NOTATION, text_term(taken.value))
                self._say(target, IN_SCHEME, f"<{scheme_iri(self.names, link.country, link.key)}>")
                yield target
            elif taken.value not in self._groups:
                message = f"“{taken.value}” is no code of the classification, so the link to it is left out."
                records.find(WARNING, "UnknownCode", message, number, taken.index, taken.value)
            elif not link.groups or self._groups[taken.value] in link.groups:
                yield self._iris[taken.value]

    def _texts(self, table: Table, records: Records, number: int, cells: Sequence[str], concept: str) -> None:
        said = set[str]()  # an alternative label that repeats the preferred one says nothing
        for text in table.texts:
            if any(cells[records.index[column]].strip() != value for column, value in text.when.items() if column in records.index):
                continue
            for taken in text.take.take(records, number, cells):
                if text.joined:
                    self._joined.setdefault((concept, text), []).append(taken.value)
                elif text.property != ALT_LABEL or taken.value not in said:
                    self._say(concept, text.property, text_term(taken.value, text.language, text.datatype))
                    said.add(taken.value)

    # --- the whole

    def _dataset(self) -> None:
        """What the graph is, its scheme, and its groups of concepts."""
        about = self.description
        for subject, kind in ((self._graph, "http://rdfs.org/ns/void#Dataset"), (self.scheme, SKOS + "ConceptScheme")):
            self._say(subject, RDF_TYPE, f"<{kind}>")
            for language, title in about.titles.items():
                self._say(subject, DCT + "title", text_term(title, language))
            self._say(subject, DCT + "language", text_term(about.language))
            if self.version:
                self._say(subject, OWL + "versionInfo", text_term(self.version))
            if "licence" in about.facts and (licence := iri_term(about.facts["licence"])):
                self._say(subject, DCT + "license", licence)
            if "attribution" in about.facts:
                self._say(subject, DCT + "rights", text_term(about.facts["attribution"]))
            if "homepage" in about.facts and (homepage := iri_term(about.facts["homepage"])):
                self._say(subject, "http://xmlns.com/foaf/0.1/homepage", homepage)
        for language, title in about.titles.items():
            self._say(self.scheme, SKOS + "prefLabel", text_term(title, language))
        for group in about.groups.values():
            node = f"<{about.group_iri(self.names, group.key)}>"
            self._say(node, RDF_TYPE, f"<{XKOS}ClassificationLevel>" if group.depth else f"<{SKOS}Collection>")
            self._say(node, IN_SCHEME, self.scheme)
            if group.depth:
                depth = text_term(str(group.depth), datatype="http://www.w3.org/2001/XMLSchema#positiveInteger")
                self._say(node, XKOS + "depth", depth)
            for language, label in group.labels.items():
                self._say(node, SKOS + "prefLabel", text_term(label, language))

    def _say(self, subject: str, predicate: str, object_: str) -> None:
        self.out.write(f"{subject} <{predicate}> {object_} {self._graph} .\n".encode())
