"""What the references and list values of the tables may point to.

Both are resolved before any IRI is made of them, so that “Training”, “training” and “vormend [training]” are one
value: by key, by full IRI, by `label [key]`, or by a label of any language.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from wise_skills.languages import collated, said
from wise_skills.names import ALT_LABEL, FOLDERS, IN_SCHEME, NOTATION, PREF_LABEL, RDFS

_NAMING = {NOTATION, PREF_LABEL, ALT_LABEL, RDFS + "label"}
_SEPARATORS = re.compile(r"[;,/\n]")
_BRACKETED = re.compile(r"([^\[\]]*)\[([^\[\]]+)\]\s*")  # one pair: with two, two values stand in one


def _pieces(words: str) -> list[str]:
    """What may be meant by the words before a key in brackets: all of them, or several values with another separator.

    If one is another entry, somebody typed over half of a cell, or wrote several values as one.
    """
    return [piece for piece in (words.strip(), *map(str.strip, _SEPARATORS.split(words))) if piece]


def fold(text: str) -> str:
    """Return a name as it is compared: case, blanks and the shape of an apostrophe do not matter."""
    return " ".join(text.casefold().replace("’", "'").split())


@dataclass
class Concepts:
    """Concepts of all schemes, by scheme IRI and folded notation, key or label."""

    by_name: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    keys: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    members: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Concepts:
        """Index the concepts of SKOS schemes."""
        found = cls()
        texts: dict[str, list[Quad]] = defaultdict(list)
        lists: dict[str, list[str]] = defaultdict(list)
        for quad in quads:
            if isinstance(quad.subject, NamedNode) and quad.predicate.value in _NAMING:
                texts[quad.subject.value].append(quad)
            elif isinstance(quad.subject, NamedNode) and quad.predicate.value == IN_SCHEME and isinstance(quad.object, NamedNode):
                lists[quad.subject.value].append(quad.object.value)
        names: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        english: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for iri in sorted(lists):
            said = texts[iri]
            notations = sorted(q.object.value for q in said if q.predicate.value == NOTATION and isinstance(q.object, Literal))
            found.keys[iri] = notations[0] if notations else iri.rsplit("/", 1)[-1]
            for where in lists[iri]:
                found.members[where].append(iri)
                for notation in (*notations, iri.rsplit("/", 1)[-1]):
                    found.by_name[where].setdefault(fold(notation), iri)
            for quad in said:
                if quad.predicate.value != NOTATION and isinstance(quad.object, Literal):
                    for where in lists[iri]:
                        names[where][fold(quad.object.value)].add(iri)
                        if quad.object.language == "en":
                            english[where][fold(quad.object.value)].add(iri)
                    if quad.predicate.value == PREF_LABEL:
                        found.labels[iri][quad.object.language or "en"] = quad.object.value
        for known in (names, english):
            for where, labels in known.items():
                for name, iris in labels.items():
                    if len(iris) == 1:  # a name that two concepts share names neither, except one alone in English
                        found.by_name[where].setdefault(name, next(iter(iris)))
        return found

    def find(self, scheme: str, text: str) -> str | None:
        """Return the IRI of a concept by key, notation, IRI, `label [key]` or label."""
        names = self.by_name.get(scheme, {})
        if text in self.keys and text in self.members[scheme]:
            return text
        if found := names.get(fold(text)):
            return found
        bracketed = _BRACKETED.fullmatch(text)
        found = names.get(fold(bracketed[2])) if bracketed else None
        if bracketed and found and fold(bracketed[1]) not in {fold(label) for label in self.labels[found].values()}:
            others = {names.get(fold(piece), found) for piece in _pieces(bracketed[1])}
            return found if others == {found} else None
        return found

    def choices(self, scheme: str) -> list[str]:
        """Return the keys of a scheme's concepts."""
        return [self.keys[iri] for iri in self.members.get(scheme, [])]

    def entries(self, scheme: str) -> dict[str, str]:
        """Return key → label of a scheme's concepts, in the language that is spoken, in the order of the labels."""
        found = {self.keys[iri]: said(self.labels[iri], self.keys[iri]) for iri in self.members.get(scheme, [])}
        return dict(sorted(found.items(), key=lambda entry: collated(entry[1])))

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
    labels: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, target: str, thing: Thing, labels: Iterable[tuple[str, str]] = ()) -> None:
        """Add a thing of a class, with its labels as (language, text)."""
        self.by_key.setdefault((target, thing.folder, thing.key), thing)
        self.by_iri.setdefault(thing.iri, (target, thing))
        for language, label in labels:
            self.by_label[target, thing.folder, fold(label)].add(thing.key)
            self.labels.setdefault(thing.iri, {})[language] = label

    def find(self, target: str, folder: str, text: str) -> Thing | None:
        """Return the thing that a cell of a folder means.

        A bare key is looked up in the same folder, then in `eu`; `fr/ei` names another folder; a full IRI, a
        `label [key]` and a label that only one thing of these folders bears are accepted too.
        """
        if text in self.by_iri:
            known, thing = self.by_iri[text]
            return thing if known == target else None
        bracketed = _BRACKETED.fullmatch(text)
        key = bracketed[2].strip() if bracketed else text
        if "/" in key:
            other, _, rest = key.partition("/")
            if other in FOLDERS:  # else it is a name that holds a slash
                return self.by_key.get((target, other, rest))
        for place in (folder, "eu"):
            if found := self.by_key.get((target, place, key)):
                own = {fold(label) for label in self.labels.get(found.iri, {}).values()}
                if not bracketed or fold(bracketed[1]) in own:
                    return found
                others = {self.find(target, folder, piece) or found for piece in _pieces(bracketed[1])}
                return found if others == {found} else None
        return None if bracketed else self._labelled(target, folder, text)

    def _labelled(self, target: str, folder: str, text: str) -> Thing | None:
        """The only thing of these folders that bears a label."""
        for place in (folder, "eu"):
            keys = self.by_label.get((target, place, fold(text)), set())
            if len(keys) == 1:
                return self.by_key[target, place, next(iter(keys))]
        return None

    def choices(self, target: str, folder: str) -> list[str]:
        """Return the keys that a cell of a folder may name without naming a folder."""
        return [key for (known, place, key) in self.by_key if known == target and place in (folder, "eu")]

    def entries(self, target: str, folder: str) -> dict[str, str]:
        """Return key → label of a folder's things of a class, in the language that is spoken, in their order."""
        return {
            key: said(self.labels.get(thing.iri, {}), key)
            for (known, place, key), thing in self.by_key.items()
            if known == target and place == folder
        }
