"""What the references and list values of the tables may point to.

Both are resolved before any IRI is made of them, so that “Training”, “training” and “vormend [training]” are one
value: by key, by full IRI, by `label [key]`, or by a label of any language.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from rdflib import Graph, Literal
from rdflib.namespace import RDFS, SKOS

_BRACKETED = re.compile(r".*\[([^\[\]]+)\]\s*")


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


@dataclass
class Concepts:
    """Concepts of all schemes, by scheme IRI and folded notation, key or label."""

    by_name: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    keys: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    members: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def from_graph(cls, graph: Graph) -> Concepts:
        """Index the concepts of a graph of SKOS schemes."""
        found = cls()
        names: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for concept, scheme in sorted(graph.subject_objects(SKOS.inScheme)):
            iri, where = str(concept), str(scheme)
            notations = sorted(str(n) for n in graph.objects(concept, SKOS.notation))
            found.keys[iri] = notations[0] if notations else iri.rsplit("/", 1)[-1]
            found.members[where].append(iri)
            for notation in (*notations, iri.rsplit("/", 1)[-1]):
                found.by_name[where].setdefault(_fold(notation), iri)
            for predicate in (SKOS.prefLabel, SKOS.altLabel, RDFS.label):
                for label in graph.objects(concept, predicate):
                    names[where][_fold(str(label))].add(iri)
                    if predicate == SKOS.prefLabel and isinstance(label, Literal):
                        found.labels[iri][label.language or "en"] = str(label)
        for where, labels in names.items():
            for name, iris in labels.items():
                if len(iris) == 1:  # a name that two concepts share names neither
                    found.by_name[where].setdefault(name, next(iter(iris)))
        return found

    def find(self, scheme: str, text: str) -> str | None:
        """Return the IRI of a concept by key, notation, IRI, `label [key]` or label."""
        names = self.by_name.get(scheme, {})
        if text in self.keys and text in self.members[scheme]:
            return text
        bracketed = _BRACKETED.fullmatch(text)
        return names.get(_fold(text)) or (names.get(_fold(bracketed[1])) if bracketed else None)

    def choices(self, scheme: str) -> list[str]:
        """Return the keys of a scheme's concepts."""
        return [self.keys[iri] for iri in self.members.get(scheme, [])]

    def all_names(self, scheme: str) -> dict[str, str]:
        """Return every key and label of a scheme with the key that it stands for."""
        return {name: self.keys[iri] for name, iri in self.by_name.get(scheme, {}).items()}


@dataclass(frozen=True)
class Thing:
    """A thing that rows may refer to."""

    iri: str
    folder: str
    key: str


@dataclass
class Things:
    """Things of all folders, by class IRI, folder and key."""

    by_key: dict[tuple[str, str, str], Thing] = field(default_factory=dict)
    by_iri: dict[str, tuple[str, Thing]] = field(default_factory=dict)
    by_label: dict[tuple[str, str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, target: str, thing: Thing, labels: Iterable[str] = ()) -> None:
        """Add a thing of a class, with its labels."""
        self.by_key.setdefault((target, thing.folder, thing.key), thing)
        self.by_iri.setdefault(thing.iri, (target, thing))
        for label in labels:
            self.by_label[target, thing.folder, _fold(label)].add(thing.key)

    def find(self, target: str, folder: str, text: str) -> Thing | None:
        """Return the thing that a cell of a folder means.

        A bare key is looked up in the same folder, then in `eu`; `fr/ei` names another folder; a full IRI, a
        `label [key]` and a label that only one thing of these folders bears are accepted too.
        """
        if text in self.by_iri:
            known, thing = self.by_iri[text]
            return thing if known == target else None
        bracketed = _BRACKETED.fullmatch(text)
        key = bracketed[1].strip() if bracketed else text
        if "/" in key:
            other, _, rest = key.partition("/")
            return self.by_key.get((target, other, rest))
        for place in (folder, "eu"):
            if found := self.by_key.get((target, place, key)):
                return found
        for place in (folder, "eu"):
            keys = self.by_label.get((target, place, _fold(text)), set())
            if len(keys) == 1:
                return self.by_key[target, place, next(iter(keys))]
        return None

    def choices(self, target: str, folder: str) -> list[str]:
        """Return the keys that a cell of a folder may name without naming a folder."""
        return [key for (known, place, key) in self.by_key if known == target and place in (folder, "eu")]
