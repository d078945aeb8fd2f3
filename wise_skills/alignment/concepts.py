"""The concepts of a release that can be proposed, read from its store.

ESCO's skills, occupations and groups in all loaded languages, skills, competences and profiles of ours, and the concepts
of national classifications. What ESCO has withdrawn is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import pyoxigraph as ox

from wise_skills.alignment.model import Concept, Kind, Label
from wise_skills.names import ALT_LABEL, DCT, IN_SCHEME, NOTATION, PREF_LABEL, RDF_TYPE, SKOS, Names

ESCO = "http://data.europa.eu/esco/"
_MODEL = ESCO + "model#"
_STATUS = "http://purl.org/iso25964/skos-thes#status"
_LABELS = ((PREF_LABEL, True), (ALT_LABEL, False), (SKOS + "hiddenLabel", False))
_TEXTS = (DCT + "description", SKOS + "definition")
_FACTS = (_STATUS, SKOS + "broader", NOTATION, _MODEL + "skillType", _MODEL + "nodeLiteral", _MODEL + "language")


class _Place(NamedTuple):
    kind: Kind
    scheme: str
    is_group: bool


def read_concepts(store: ox.Store, names: Names) -> list[Concept]:
    """Return what can be proposed, sorted by IRI.

    Parameters
    ----------
    store:
        The store of a release, with named graphs.
    names:
        The names under the release's base.
    """
    places = _places(store, names)
    values = _Values(store)
    concepts = (_concept(iri, place, values) for iri, place in sorted(places.items()))
    return [concept for concept in concepts if concept is not None]


def _places(store: ox.Store, names: Names) -> dict[str, _Place]:
    """Where each concept belongs; the first of these that fits."""
    classes = (
        (RDF_TYPE, _MODEL + "Skill", _Place("skill", "esco", False)),
        (RDF_TYPE, _MODEL + "Occupation", _Place("occupation", "esco", False)),
        (RDF_TYPE, names.wise + "Skill", _Place("skill", "wise", False)),
        (RDF_TYPE, names.wise + "Competence", _Place("skill", "wise", False)),
        (RDF_TYPE, names.wise + "OccupationalProfile", _Place("occupation", "wise", False)),
        (IN_SCHEME, ESCO + "concept-scheme/skills-hierarchy", _Place("skill", "esco", True)),
        (IN_SCHEME, ESCO + "concept-scheme/isco", _Place("occupation", "esco", True)),
    )
    found: dict[str, _Place] = {}
    # the levels and collections of a classification stand in its scheme too
    concepts = {q.subject for q in store.quads_for_pattern(None, ox.NamedNode(RDF_TYPE), ox.NamedNode(SKOS + "Concept"), None)}
    for predicate, value, place in (*classes, *_classifications(store, names)):
        for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), ox.NamedNode(value), None):
            if isinstance(quad.subject, ox.NamedNode) and (predicate == RDF_TYPE or quad.subject in concepts):
                found.setdefault(quad.subject.value, place)
    return found


def _classifications(store: ox.Store, names: Names) -> Iterator[tuple[str, str, _Place]]:
    for quad in store.quads_for_pattern(None, ox.NamedNode(RDF_TYPE), ox.NamedNode(names.wise + "Classification"), None):
        if isinstance(quad.subject, ox.NamedNode):
            yield IN_SCHEME, quad.subject.value, _Place("occupation", quad.subject.value.rsplit("/", 1)[-1], False)


class _Values:
    """The values of the predicates that concepts need, by subject: one walk for each predicate."""

    def __init__(self, store: ox.Store) -> None:
        self._of: dict[str, dict[str, set[tuple[str, str]]]] = {}
        for predicate in (*(p for p, _ in _LABELS), *_TEXTS, *_FACTS):
            of = self._of[predicate] = defaultdict(set)
            for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, None):
                if isinstance(quad.subject, ox.NamedNode):
                    of[quad.subject.value].add(_value(quad.object))

    def all(self, iri: str, predicate: str) -> list[tuple[str, str]]:
        """Return pairs of language and value, sorted."""
        return sorted(self._of[predicate].get(iri, ()))

    def first(self, iri: str, predicate: str) -> str:
        """Return the first value; empty where there is none."""
        return next((value for _, value in self.all(iri, predicate)), "")


def _value(term: object) -> tuple[str, str]:
    if isinstance(term, ox.Literal):
        return term.language or "", term.value.strip()
    return "", term.value if isinstance(term, ox.NamedNode) else ""


def _concept(iri: str, place: _Place, values: _Values) -> Concept | None:
    labels = tuple(_labels(iri, values))
    if not labels or values.first(iri, _STATUS) not in ("", "released"):
        return None
    broader = tuple(value for _, value in values.all(iri, SKOS + "broader") if value)
    groups = [parent.rsplit("/C", 1)[-1] for parent in broader if parent.startswith(ESCO + "isco/C")]
    return Concept(
        iri=iri,
        kind=place.kind,
        labels=labels,
        definitions=dict(_definitions(iri, values)),
        scheme=place.scheme,
        is_group=place.is_group,
        broader=broader,
        code=groups[0] if groups and not place.is_group else values.first(iri, NOTATION),
        skill_type=values.first(iri, _MODEL + "skillType").rsplit("/", 1)[-1],
    )


def _labels(iri: str, values: _Values) -> Iterator[Label]:
    seen = set[tuple[str, str]]()
    for predicate, preferred in _LABELS:
        for language, text in values.all(iri, predicate):
            if text and (language, text) not in seen:
                seen.add((language, text))
                yield Label(text, language, preferred)


def _definitions(iri: str, values: _Values) -> Iterator[tuple[str, str]]:
    for predicate in _TEXTS:
        for language, text in values.all(iri, predicate):
            if text.startswith(("http://", "https://")):  # ESCO's texts are nodes of their own
                yield values.first(text, _MODEL + "language"), values.first(text, _MODEL + "nodeLiteral")
            elif text:
                yield language, text
