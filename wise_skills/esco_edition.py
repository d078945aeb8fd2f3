"""One edition of ESCO as far as two can be compared: its concepts, and what of it is there to be read.

It is made of the statements of ESCO's own graph, so a package of CSV files, an RDF dump and a built release all give the same.
A concept counts as described when it has a preferred label; concepts that only a hierarchy names are there, but no more is known.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from wise_skills.languages import primary
from wise_skills.names import ALT_LABEL, DCT, IN_SCHEME, NOTATION, OWL, PREF_LABEL, RDF_TYPE, SKOS

ESCO = "http://data.europa.eu/esco/"
MODEL = ESCO + "model#"
_STATUS = "http://purl.org/iso25964/skos-thes#status"
_TEXT, _LANGUAGE, _DESCRIPTION = MODEL + "nodeLiteral", MODEL + "language", DCT + "description"
_TYPE, _LEVEL, _BROADER = MODEL + "skillType", MODEL + "skillReuseLevel", SKOS + "broader"
_REPLACED_BY = (MODEL + "replacedBy", DCT + "isReplacedBy")
_REPLACES = (MODEL + "replaces", DCT + "replaces")
_VERSION, _LANGUAGES = OWL + "versionInfo", DCT + "language"
_OF_CONCEPTS = (PREF_LABEL, ALT_LABEL, NOTATION, IN_SCHEME, _STATUS, _DESCRIPTION, _TYPE, _LEVEL, _BROADER)
PREDICATES = frozenset((RDF_TYPE, *_OF_CONCEPTS, *_REPLACED_BY, *_REPLACES, _TEXT, _LANGUAGE, _VERSION, _LANGUAGES))
"""Predicates that an edition is made of."""
PILLARS = frozenset(
    f"{ESCO}concept-scheme/{name}"
    for name in ("occupations", "member-occupations", "skills", "member-skills", "skills-hierarchy", "isco", "isced-f")
)
"""Schemes that say what kind of concept something is; all others are collections."""

SKILL, OCCUPATION, ISCO_GROUP, SKILL_GROUP = KINDS = ("skills", "occupations", "ISCO groups", "skill groups")


@dataclass
class Concept:
    """What an edition says of one concept. Texts are by primary language; of descriptions only a hash is kept."""

    iri: str
    kind: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    isco: set[str] = field(default_factory=set)
    broader: set[str] = field(default_factory=set)
    collections: set[str] = field(default_factory=set)
    status: str = ""
    type: str = ""
    level: str = ""

    @property
    def label(self) -> str:
        """The preferred label, in English if there is one."""
        return self.labels.get("en") or next((self.labels[tag] for tag in sorted(self.labels)), "")


@dataclass
class Edition:
    """The concepts of one edition, by IRI.

    `whole` are the kinds that are described in full: what is not among them is not in ESCO. `placed` are the kinds whose broader
    concepts are known. `named` maps a label (in small letters) to the concepts that bear it.
    """

    name: str
    version: str = ""
    languages: tuple[str, ...] = ()
    concepts: dict[str, Concept] = field(default_factory=dict)
    successors: dict[str, set[str]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    placed: frozenset[str] = frozenset()

    @cached_property
    def collections(self) -> frozenset[str]:
        """All collections that have a member."""
        return frozenset().union(*(concept.collections for concept in self.concepts.values()))

    def of(self, kind: str) -> list[Concept]:
        """Return the concepts of one kind."""
        return [concept for concept in self.concepts.values() if concept.kind == kind]


def edition(name: str, quads: Iterable[ox.Quad], whole: Iterable[str] | None = None, placed: Iterable[str] | None = None) -> Edition:
    """Make an edition of statements.

    Parameters
    ----------
    name:
        What people call it.
    quads:
        Statements of ESCO's graph; those with other predicates than `PREDICATES` are not looked at.
    whole, placed:
        Kinds whose file or hierarchy is there. Without them it is what the statements show: most concepts of the kind have
        a label, some have a broader concept.
    """
    said: dict[str, list[tuple[str, ox.NamedNode | ox.Literal]]] = defaultdict(list)
    for quad in quads:
        if (
            isinstance(quad.subject, ox.NamedNode)
            and isinstance(quad.object, (ox.NamedNode, ox.Literal))
            and quad.predicate.value in PREDICATES
        ):
            said[quad.subject.value].append((quad.predicate.value, quad.object))
    made = Edition(name)
    for subject, statements in said.items():
        values = defaultdict(list)
        for predicate, value in statements:
            values[predicate].append(value.value)
        if values[_VERSION]:
            made.version, made.languages = values[_VERSION][0], tuple(sorted(values[_LANGUAGES]))
        if subject.startswith(ESCO):
            _succession(made, subject, values)
            if kind := _kind(subject, values[RDF_TYPE]):
                made.concepts[subject] = _concept(made, subject, kind, statements, said)
    described = {kind for kind in KINDS if sum(bool(c.labels) for c in made.of(kind)) * 2 > len(made.of(kind))}
    made.whole = frozenset(described if whole is None else whole)
    for concept in [c for c in made.concepts.values() if c.kind in made.whole and not c.labels]:
        del made.concepts[concept.iri]  # others name it, and the file that should describe it does not
    made.placed = frozenset({c.kind for c in made.concepts.values() if c.broader} if placed is None else placed)
    return made


def _kind(iri: str, types: Sequence[str]) -> str:
    if MODEL + "Skill" in types:
        return SKILL
    if MODEL + "Occupation" in types:
        return OCCUPATION
    if iri.startswith(ESCO + "isco/C"):
        return ISCO_GROUP
    is_group = SKOS + "Concept" in types and iri.startswith((ESCO + "skill/", ESCO + "isced-f/"))
    return SKILL_GROUP if is_group else ""


def _succession(made: Edition, subject: str, values: dict[str, list[str]]) -> None:
    for predicate in _REPLACED_BY:
        if values[predicate]:
            made.successors.setdefault(subject, set()).update(values[predicate])
    for predicate in _REPLACES:
        for other in values[predicate]:
            made.successors.setdefault(other, set()).add(subject)


def _concept(
    made: Edition,
    iri: str,
    kind: str,
    statements: Sequence[tuple[str, ox.NamedNode | ox.Literal]],
    said: dict[str, list[tuple[str, ox.NamedNode | ox.Literal]]],
) -> Concept:
    concept = Concept(iri, kind)
    for predicate, value in statements:
        text = value.value
        if isinstance(value, ox.Literal) and predicate in (PREF_LABEL, ALT_LABEL):
            plain = " ".join(text.split())
            made.named.setdefault(plain.casefold(), set()).add(iri)
            if predicate == PREF_LABEL:
                concept.labels[primary(value.language or "")] = plain
        elif predicate == _DESCRIPTION:
            node = {p: v.value for p, v in said.get(text, ())}
            if _TEXT in node:
                plain = " ".join(node[_TEXT].split())
                concept.texts[primary(node.get(_LANGUAGE, ""))] = hashlib.blake2b(plain.encode(), digest_size=8).hexdigest()
        elif predicate == NOTATION:
            concept.codes.add(text)
        elif predicate == _BROADER:
            (concept.isco if kind == OCCUPATION and text.startswith(ESCO + "isco/") else concept.broader).add(text)
        elif predicate == IN_SCHEME and text not in PILLARS:
            concept.collections.add(text)
        elif predicate == _STATUS:
            concept.status = text
        elif predicate == _TYPE:
            concept.type = text.rpartition("/")[2]
        elif predicate == _LEVEL:
            concept.level = text.rpartition("/")[2]
    return concept
