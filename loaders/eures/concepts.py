"""Concepts of the national side of a table, with codes, labels and the hierarchy that follows from the codes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from loaders.codes import code_iri, scheme_iri
from loaders.eures.cells import is_damaged, web_address
from loaders.eures.known import Classification
from loaders.eures.report import Report
from wise_skills.findings import INFO, WARNING
from wise_skills.names import Names

_ALIKE = 80


@dataclass
class Concept:
    """One concept; `labels` holds one text a language, `others` what further rows call it."""

    code: str
    row: int
    labels: dict[str, str] = field(default_factory=dict)
    others: set[tuple[str, str]] = field(default_factory=set)
    identifier: str = ""
    page: str = ""
    description: tuple[str, str] = ("", "")


class Concepts:
    """All concepts of one classification that a table names, by their address."""

    def __init__(self, classification: Classification, names: Names, report: Report, width: int = 0) -> None:
        self.classification, self.report, self.width = classification, report, width
        self.scheme = scheme_iri(names, classification.country, classification.key)
        self._names = names
        self.by_address: dict[str, Concept] = {}
        self._by_code: dict[str, list[str]] = {}

    def address(self, row: int, uri: str, code: str, url: str, labels: Sequence[tuple[str, str]]) -> str:
        """Return the address of the concept that a row names, and remember what the row says of it.

        The publisher's own address is used where the row has one; otherwise it is made of the code. It is empty,
        and nothing is remembered, where the row has neither.
        """
        published = web_address(uri) or web_address(code)
        if published and (not code or web_address(code)):
            code = re.split(r"[/#=]", published.rstrip("/"))[-1]
        identifier = uri if uri and code and not published and uri != code else ""
        code = code or uri
        if not code:
            published = web_address(url)  # some tables have the concept's own address in the column of its page
            code = re.split(r"[/#=]", published.rstrip("/"))[-1]
        if not code.strip(".") or is_damaged(code):
            return ""
        if self.width and code.isdecimal() and len(code) < self.width:
            code = code.zfill(self.width)
            self.report.together(INFO, "LeadingZero", f"The code was filled up with zeros to the {self.width} digits of the header.", row)
        address = published or code_iri(self._names, self.classification.country, self.classification.key, code)
        fresh = Concept(code, row, identifier=identifier, page=web_address(url) if web_address(url) != address else "")
        for language, text in labels:
            if text and fresh.labels.setdefault(language, text) != text:
                fresh.others.add((language, text))
        return self._remember(address, fresh, published=bool(published))

    def _remember(self, address: str, fresh: Concept, *, published: bool) -> str:
        """Enter what a row says of a concept, beside what earlier rows said."""
        concept = self.by_address.get(address)
        if concept is None:
            return self._enter(address, fresh)
        concept.page = concept.page or fresh.page
        row, code = fresh.row, fresh.code
        for index, (language, text) in enumerate(fresh.labels.items()):
            held = concept.labels.setdefault(language, text)
            if held == text or (language, text) in concept.others:
                continue
            if _plain(held) == _plain(text):
                self.report.together(
                    INFO, "LabelVariant", "The label of a code differs from that in an earlier row only in case or signs.", row
                )
            elif published or index or fuzz.ratio(_plain(held), _plain(text)) >= _ALIKE:
                self.report.row(
                    INFO, "SecondLabel", "The code has another label in an earlier row; both are kept.", row, value=f"{code}: {text}"
                )
            else:
                # Quite another label: a second concept, so that neither gets the other's mappings.
                message = f"The code stands for something else in row {concept.row}; two concepts were made of it."
                self.report.row(WARNING, "TwoConcepts", message, row, value=f"{code}: {text}")
                return self._enter(f"{address}~{hashlib.sha256(text.encode()).hexdigest()[:8]}", fresh)
            concept.others.add((language, text))
        concept.others |= fresh.others
        return address

    def _enter(self, address: str, fresh: Concept) -> str:
        if address not in self.by_address:
            if self.classification.code and not self.classification.code.fullmatch(fresh.code):
                text = "The code has not the form of codes of this classification."
                self.report.row(WARNING, "CodeForm", text, fresh.row, value=fresh.code)
            self.by_address[address] = fresh
            self._by_code.setdefault(fresh.code, []).append(address)
        return address

    def broader(self) -> Iterator[tuple[str, str]]:
        """Yield each concept with the nearest concept above it in the table, by the rules of the classification."""
        for address, concept in self.by_address.items():
            above = self.classification.above(concept.code)
            while above and len(self._by_code.get(above, ())) != 1:
                above = self.classification.above(above)
            if above:
                yield address, self._by_code[above][0]

    def groups(self) -> set[str]:
        """Return the concepts that stand for a group: by the form of their code, or because others stand below them."""
        if self.classification.groups:
            return {a for a, c in self.by_address.items() if self.classification.groups.fullmatch(c.code)}
        return {above for _, above in self.broader()}


def _plain(label: str) -> str:
    return re.sub(r"\W+", " ", label).casefold().strip()
