"""What is known of a package while it is converted: which concepts there are, where they stand, and what is above them.

This is all that stays in memory: per concept a few words, whatever the number of languages.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator

from loaders.esco.layout import ESCO, terms
from loaders.esco.records import Sheet
from loaders.esco.writer import Lines, trimmed, valid_iri
from wise_skills.findings import INFO, VIOLATION, WARNING
from wise_skills.names import DCT, SKOS, XSD

_ID = r"(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{24})"
_ESCO = re.compile(rf"{re.escape(ESCO)}(?:(?:skill|occupation)/{_ID}|isco/C\d{{1,4}}|isced-f/\d{{2,4}}|concept-scheme/[\w.-]+)")
_BARE = re.compile(_ID)
_VOCABULARY = re.compile(rf"{re.escape(ESCO)}[a-z-]+/[\w.-]+")
OCCUPATION, SKILL, GROUP, ISCO = "Occupation", "KnowledgeSkillCompetence", "SkillGroup", "ISCOGroup"
FILE_OF = {OCCUPATION: "occupations", SKILL: "skills", GROUP: "skillGroups", ISCO: "ISCOGroups"}
_FILE_OF_PATH = {"occupation/": "occupations", "skill/": "skills", "isco/": "ISCOGroups", "isced-f/": "skillGroups"}
_BROADER, _NARROWER, _ABOVE = SKOS + "broader", SKOS + "narrower", SKOS + "broaderTransitive"


class Known:
    """Concepts met so far.

    `types` has the conceptType of each (empty where no file tells it), `rows` the place of the row that describes it,
    `stubs` the first place that names a concept, `parents` what is directly above it, and `counts` how many are described.
    """

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.types: dict[str, str] = {}
        self.rows: dict[str, tuple[str, int]] = {}
        self.stubs: dict[str, tuple[Sheet, int]] = {}
        self.parents: dict[str, list[str]] = {}
        self.facts: dict[str, int] = {}
        self.modified: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self._second: set[tuple[str, str]] = set()
        self.schemes: set[str] = set()
        self._links: set[str] = set()
        self._codes: set[tuple[str, str]] = set()

    def iri(self, cell: str, concept: str, sheet: Sheet, number: int, column: str) -> str:
        """Return the IRI of a concept that a cell names, or an empty text where it is none.

        A bare identifier is completed; what may not stand in N-Quads is a Violation at its cell.
        """
        if cell in self.types:
            return cell
        text = trimmed(cell)
        if _ESCO.fullmatch(text):
            return text
        if not text:
            sheet.find(VIOLATION, "MissingIri", f"This record names no concept in “{column}”, so it cannot be read.", number, column)
            return ""
        if _BARE.fullmatch(text):
            whole = f"{ESCO}{'occupation' if concept == OCCUPATION else 'skill'}/{text}"
            sheet.find(INFO, "BareIdentifier", f"The identifier is not a whole IRI; it was read as {whole}.", number, column, text)
            return whole
        plain = re.sub(r"^https:", "http:", text).rstrip("/")
        if plain != text and _ESCO.fullmatch(plain):
            sheet.find(WARNING, "OddIri", f"ESCO writes this IRI {plain}, as it was read.", number, column, text)
            return plain
        if not valid_iri(text):
            sheet.find(
                VIOLATION,
                "BadIri",
                f"“{text[:80]}” is no IRI, so this record cannot be read: the file is damaged.",
                number,
                column,
                text[:200],
            )
            return ""
        if not _VOCABULARY.fullmatch(text):
            sheet.find(
                WARNING, "OddIri", f"{text[:200]} does not look like an IRI of ESCO; it is kept as it is.", number, column, text[:200]
            )
        return text

    def links(self, cell: str, name: str, sheet: Sheet, number: int) -> list[str]:
        """Return the IRIs of a cell that links to something else than a concept; what is none is reported and left out."""
        good = []
        for text in sheet.kind.columns[name].values(cell):
            if text not in self._links:
                if not valid_iri(text):
                    message = f"“{text[:80]}” is no IRI, so it cannot be read: the file is damaged."
                    sheet.find(VIOLATION, "BadIri", message, number, name, text[:200])
                    continue
                self._links.add(text)
            good.append(text)
        return good

    def concept(self, iri: str, concept: str, sheet: Sheet, number: int, *, described: bool = False) -> None:
        """Note a concept and write its classes, once.

        The file that describes a concept tells its type; where another says something else, it is reported and both are written.
        """
        before = self.types.get(iri)
        if before is None or (concept and concept != before and (iri, concept) not in self._second):
            if before and concept:
                message = f"This concept is a {concept} here and a {before} elsewhere; the graph has both."
                sheet.find(INFO, "TwoTypes", message, number, sheet.kind.key[0], iri)
                self._second.add((iri, concept))
            iri = sys.intern(iri)
            if not before or (described and iri not in self.rows):
                self.types[iri] = concept or before or ""
            self.lines.type(iri, *terms()["conceptType"].get(concept, (SKOS + "Concept",)))
            if described and before and iri in self.rows:
                self.counts[concept] += 1
        if described and iri not in self.rows:
            self.rows[iri] = (sheet.member.shown, number)
            self.counts[concept] += 1
        elif before is None:
            self.stubs[iri] = (sheet, number)

    def above(self, child: str, parent: str) -> None:
        """Write that one concept is broader than another, both ways, once."""
        known = self.parents.get(child)
        if known is None:
            known = self.parents[sys.intern(child)] = []
        if parent not in known and parent != child:
            known.append(sys.intern(parent))
            self.lines.link(child, _BROADER, parent)
            self.lines.link(parent, _NARROWER, child)

    def notation(self, iri: str, code: str, predicate: str) -> None:
        """Write a code, once however many rows repeat it."""
        if (iri, code) not in self._codes:
            self._codes.add((iri, code))
            self.lines.literal(iri, predicate, code)

    def close(self) -> list[str]:
        """Write what had to wait for the last file; return the concepts that are above themselves.

        That is what is above each concept at any distance, its newest date, and the class of schemes that no file describes.
        """
        circular, add, end = [], self.lines.add, self.lines.end
        for child, parents in self.parents.items():
            seen, todo = dict.fromkeys(parents), list(parents)
            while todo:
                for parent in self.parents.get(todo.pop(), ()):
                    if parent not in seen:
                        seen[parent] = None
                        todo.append(parent)
            if child in seen:
                circular.append(child)
                del seen[child]
            add("".join(f"<{child}> <{_ABOVE}> <{parent}>{end}" for parent in seen))
        for iri, date in self.modified.items():
            self.lines.literal(iri, DCT + "modified", date, datatype=XSD + "dateTime")
        for iri in sorted(self.schemes.difference(self.types)):
            self.lines.type(iri, SKOS + "ConceptScheme")
        return circular

    def places(self) -> dict[str, tuple[str, int]]:
        """Return, for each concept, the file and record that describe it, else the first that name it."""
        return {**{iri: (sheet.member.shown, number) for iri, (sheet, number) in self.stubs.items()}, **self.rows}

    def without_row(self) -> Iterator[tuple[str, str]]:
        """Yield the concepts of the two pillars that no row describes, with the kind of file that should."""
        for iri in self.stubs:
            kind = FILE_OF.get(self.types[iri]) or next((kind for path, kind in _FILE_OF_PATH.items() if iri.startswith(ESCO + path)), "")
            if kind and iri not in self.rows:
                yield iri, kind
