"""What follows from the statements of a dump, and our pages and questions look for, where the dump does not state it.

- `skos:narrower` and `skos:broader`, `skos:hasTopConcept` and `skos:topConceptOf`: each from the other (SKOS S25, S8);
- `skos:broader` from `esco:memberOfISCOGroup`, which ESCO's older dumps have in its place;
- `skos:broaderTransitive`, what is above a concept at any distance (SKOS S22, S24);
- `skos:prefLabel`, `altLabel`, `hiddenLabel` from SKOS-XL (SKOS S55 to S57), if there are fewer plain labels than labels with an address;
- `esco:relatedEssentialSkill`, `esco:relatedOptionalSkill` and their inverses from each other and from association objects;
- `esco:hasAssociation` from `esco:isAssociationFor`;
- `a skos:Concept` for skills and occupations, as ESCO's model has them.

Nothing is invented: no label, text or association object is made that the dump does not have.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import pyoxigraph as ox

from loaders.esco.layout import ESCO, MODEL, SKOSXL
from loaders.esco.writer import Lines
from wise_skills.names import DCT, RDF_TYPE, SKOS

_LABELS = ("prefLabel", "altLabel", "hiddenLabel")
_TYPES = {MODEL + "Occupation": "occupation", MODEL + "Skill": "skill", SKOS + "Concept": "concept", SKOS + "ConceptScheme": "scheme"}
_LINKS = {
    SKOS + "broader": "broader",
    SKOS + "narrower": "narrower",
    SKOS + "broaderTransitive": "above",
    MODEL + "memberOfISCOGroup": "group",
    SKOS + "topConceptOf": "top",
    SKOS + "hasTopConcept": "has top",
    MODEL + "relatedEssentialSkill": "essential",
    MODEL + "relatedOptionalSkill": "optional",
    MODEL + "isEssentialSkillFor": "essential for",
    MODEL + "isOptionalSkillFor": "optional for",
    MODEL + "hasAssociation": "has association",
    MODEL + "isAssociationFor": "association for",
    MODEL + "target": "target",
}
_KINDS = {f"{ESCO}relationship-type/{kind}-skill": kind for kind in ("essential", "optional")}
_BATCH = 50_000
_Pair = tuple[int, int]


class Additions:
    """Takes note of statements as they pass, and writes what is missing after the last; things are numbers meanwhile."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._numbers: dict[str, int] = {}
        self._links: dict[str, set[_Pair]] = {name: set() for name in _LINKS.values()}
        self._types: dict[str, set[int]] = {name: set() for name in _TYPES.values()}
        self._kinds: dict[int, str] = {}
        self._plain: Counter[str] = Counter()
        self._xl = _LabelNodes()
        self.languages: set[str] = set()

    @property
    def concepts(self) -> int:
        """How many skills and occupations there are so far."""
        return len(self._types["skill"]) + len(self._types["occupation"])

    def see(self, subject: str, predicate: str, value: Any) -> None:
        """Take note of a statement without blank nodes."""
        if isinstance(value, ox.Literal):
            if predicate == SKOSXL + "literalForm":
                self._xl.form(subject, value)
            elif (name := predicate.removeprefix(SKOS)) in _LABELS:
                self._plain[name] += 1
                if name == "prefLabel" and value.language:
                    self.languages.add(value.language.lower())
        elif not isinstance(value, ox.NamedNode):
            return
        elif name := _LINKS.get(predicate, ""):
            self._links[name].add((self._number(subject), self._number(value.value)))
        elif predicate == RDF_TYPE:
            if name := _TYPES.get(value.value, ""):
                self._types[name].add(self._number(subject))
        elif predicate == DCT + "type" and value.value in _KINDS:
            self._kinds[self._number(subject)] = _KINDS[value.value]
        elif (name := predicate.removeprefix(SKOSXL)) in _LABELS:
            self._xl.link(value.value, self._number(subject), _LABELS.index(name))

    def counts(self) -> dict[str, int]:
        """Return how many things of each kind the dump has, under the names of the facts of a release."""
        skills, occupations = self._types["skill"], self._types["occupation"]
        others = self._types["concept"] - skills - occupations
        groups = [iri for iri, number in self._numbers.items() if number in others]
        sources = [source for kind in ("essential", "optional") for source, _ in self._links[kind]]
        counts = {
            "occupations": len(occupations),
            "skills": len(skills),
            "ISCO_groups": sum(iri.startswith(ESCO + "isco/") for iri in groups),
            "skill_groups": sum(iri.startswith((ESCO + "skill/", ESCO + "isced-f/")) for iri in groups),
            "concept_schemes": len(self._types["scheme"]),
            "occupation_skill_relations": sum(source not in skills for source in sources),
            "skill_skill_relations": sum(source in skills for source in sources),
        }
        return {name: number for name, number in counts.items() if number}

    def write(self) -> dict[str, int]:
        """Write what is missing; return how many statements of each property were added."""
        added = Counter[str]()
        links = self._links
        broader = links["broader"] | _turned(links["narrower"]) | links["group"]
        added["skos:broader"] = self._missing("broader", broader)
        added["skos:narrower"] = self._missing("narrower", _turned(broader))
        added["skos:broaderTransitive"] = self._missing("above", set(_closure(broader)))
        top = links["top"] | _turned(links["has top"])
        added["skos:topConceptOf"] = self._missing("top", top)
        added["skos:hasTopConcept"] = self._missing("has top", _turned(top))
        added |= self._associations()
        added["rdf:type skos:Concept"] = self._concepts()
        added |= self._labels()
        return {name: number for name, number in added.items() if number}

    def _number(self, iri: str) -> int:
        return self._numbers.setdefault(iri, len(self._numbers))

    def _missing(self, name: str, wanted: set[_Pair]) -> int:
        """Write the links that are wanted and not there; note them as there."""
        missing = wanted - self._links[name]
        if missing:
            iris = list(self._numbers)
            predicate = next(iri for iri, link in _LINKS.items() if link == name)
            for one, other in sorted(missing):
                self._lines.link(iris[one], predicate, iris[other])
            self._links[name] |= missing
        return len(missing)

    def _associations(self) -> Counter[str]:
        links, added = self._links, Counter[str]()
        of = dict(links["association for"]) | {node: source for source, node in links["has association"]}
        added["esco:hasAssociation"] = self._missing("has association", {(source, node) for node, source in of.items()})
        targets = dict(links["target"])
        for kind in ("essential", "optional"):
            stated = links[kind] | _turned(links[f"{kind} for"])
            stated |= {(of[node], targets[node]) for node, k in self._kinds.items() if k == kind and node in of and node in targets}
            added[f"esco:related{kind.capitalize()}Skill"] = self._missing(kind, stated)
            added[f"esco:is{kind.capitalize()}SkillFor"] = self._missing(f"{kind} for", _turned(stated))
        return added

    def _concepts(self) -> int:
        missing = (self._types["skill"] | self._types["occupation"]) - self._types["concept"]
        iris = list(self._numbers) if missing else []
        for number in sorted(missing):
            self._lines.type(iris[number], SKOS + "Concept")
        self._types["concept"] |= missing
        return len(missing)

    def _labels(self) -> Counter[str]:
        """Plain labels where there are fewer than labels with an address: duplicates do not matter."""
        wanted = [n for n, name in enumerate(_LABELS) if self._plain[name] < self._xl.links[n]]
        iris = list(self._numbers) if wanted else []
        added = Counter[str]()
        for concept, property_, text, language in self._xl.joined(wanted):
            name = _LABELS[property_]
            self._lines.literal(iris[concept], SKOS + name, text, language)
            added[f"skos:{name}"] += 1
            if name == "prefLabel" and language:
                self.languages.add(language)
        return added


class _LabelNodes:
    """SKOS-XL labels, in a temporary file: with all languages there are millions."""

    def __init__(self) -> None:
        self.links: Counter[int] = Counter()
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE link (node INTEGER, concept INTEGER, property INTEGER);"
            "CREATE TABLE form (node INTEGER, text TEXT, language TEXT);"
        )
        self._waiting: dict[str, list[tuple[Any, ...]]] = {"link": [], "form": []}

    def link(self, node: str, concept: int, property_: int) -> None:
        """Note that a node is a label of a concept."""
        self.links[property_] += 1
        self._add("link", (_digest(node), concept, property_))

    def form(self, node: str, literal: ox.Literal) -> None:
        """Note the text of a node."""
        self._add("form", (_digest(node), literal.value, (literal.language or "").lower()))

    def joined(self, properties: list[int]) -> Iterator[tuple[int, int, str, str]]:
        """Yield concept, property, text and language of the labels of some properties, each once, in a fixed order."""
        if not properties:
            return
        for table in self._waiting:
            self._flush(table)
        self._file.execute("CREATE INDEX node ON form (node)")
        yield from self._file.execute(
            "SELECT DISTINCT concept, property, text, language FROM link JOIN form USING (node) "
            f"WHERE property IN ({', '.join(map(str, properties))}) ORDER BY 1, 2, 4, 3"
        )

    def _add(self, table: str, row: tuple[Any, ...]) -> None:
        self._waiting[table].append(row)
        if len(self._waiting[table]) >= _BATCH:
            self._flush(table)

    def _flush(self, table: str) -> None:
        self._file.execute("BEGIN")
        self._file.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", self._waiting[table])
        self._file.execute("COMMIT")
        self._waiting[table].clear()


def _digest(iri: str) -> int:
    return int.from_bytes(blake2b(iri.encode(), digest_size=8).digest(), "big", signed=True)


def _turned(pairs: set[_Pair]) -> set[_Pair]:
    return {(other, one) for one, other in pairs}


def _closure(broader: set[_Pair]) -> Iterator[_Pair]:
    """What is above each concept at any distance; in a circle a concept is not above itself."""
    parents: dict[int, list[int]] = {}
    for child, parent in broader:
        parents.setdefault(child, []).append(parent)
    for child, first in parents.items():
        seen, todo = set(first), list(first)
        while todo:
            more = [p for p in parents.get(todo.pop(), ()) if p not in seen]
            seen.update(more)
            todo += more
        yield from ((child, parent) for parent in seen if parent != child)
