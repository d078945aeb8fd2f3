"""A review as the page shows it: line by line, each candidate with what a reviewer needs to judge it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext, lazy_gettext

from query_ui.aligning.proposing import Known, chain, version
from query_ui.aligning.states import ANSWER_WORDS, states
from query_ui.edition import Edition
from query_ui.naming import esco_word
from query_ui.words import and_list
from wise_skills.alignment.model import Concept
from wise_skills.mappings.agreement import reviewers
from wise_skills.mappings.marks import marks
from wise_skills.mappings.model import NO_TERM, MappingSet
from wise_skills.mappings.model import Mapping as Row
from wise_skills.mappings.review import ANONYMOUS, NO_MATCH, OPEN, REJECTED, RELATIONS, UNSURE, Seen, answer_of, subject_key
from wise_skills.mappings.verdicts import comment_of, note_of

SHORT, LINES_SHOWN = 300, 10
PART_WORDS = {
    "subject": lazy_gettext("the line"),
    "target": lazy_gettext("the concept, which is there no more"),
    "label": lazy_gettext("the label"),
    "definition": lazy_gettext("the definition"),
}
"""What a verdict was bound to and changed, in words."""


@dataclass(frozen=True)
class Text:
    """A text with its language; `short` is empty where the whole is short."""

    whole: str
    language: str
    short: str = ""


@dataclass(frozen=True)
class Shown:
    """One row of the set: a candidate, a further choice, or “no match”; `row` is its number in the set."""

    row: int
    iri: str
    label: Text
    answer: str
    options: Sequence[str]
    comment: str
    definition: Text | None = None
    place: Sequence[tuple[str, Text]] = ()
    kind: str = ""
    confidence: float | None = None
    note: str = ""
    reviewers: Sequence[str] = ()
    lapsed: str = ""
    disputed: str = ""
    known: str = ""


@dataclass
class ShownLine:
    """A line with its candidates, further choices, and the row of “no match”; `number` counts the lines of the set from 1."""

    number: int
    key: str
    text: str
    module: str
    state: str
    candidates: list[Shown] = field(default_factory=list)
    beside: list[Shown] = field(default_factory=list)
    none: Shown | None = None


def look(served: Edition, iri: str, language: str) -> Seen | None:
    """Return what a reviewer sees of a concept in a language; `None` for one that is there no more.

    Raises `LookupError` for a concept of a scheme that the release does not hold. Of “no match” it is the edition of ESCO.
    """
    matcher = served.matcher()
    if iri == NO_TERM:
        if edition := version(served, "esco"):
            return Seen("", edition, language)
        raise LookupError(iri)
    concept = matcher.by_iri.get(iri)
    if concept is None:
        if iri.startswith("http://data.europa.eu/esco/") and "esco" in matcher.schemes:
            return None
        raise LookupError(iri)
    definition = defined(concept, language)
    return Seen(concept.label(language).text, definition.whole if definition else "", language)


def defined(concept: Concept, language: str) -> Text | None:
    """Return the definition of a concept in a language, else in English, else in any; `None` where it has none."""
    texts = concept.definitions
    tag = next((tag for tag in (language, "en", *sorted(texts)) if texts.get(tag)), "")
    return shortened(texts[tag], tag) if tag or texts.get("") else None


def shortened(text: str, language: str = "") -> Text:
    """Return a text, with its beginning where it is long."""
    if len(text) <= SHORT:
        return Text(text, language)
    return Text(text, language, text[:SHORT].rsplit(" ", 1)[0].rstrip(" ,;:") + " …")


class Showing:
    """Makes shown lines of a set; `language` is that of the names."""

    def __init__(self, served: Edition, mappings: MappingSet, language: str, known: Known) -> None:
        self.by_iri = served.matcher().by_iri
        self.mappings, self.language, self.known = mappings, language, known
        self.states = states(mappings)
        self.numbers = {key: place for place, key in enumerate(self.states, 1)}

    def lines(self, keys: Sequence[str]) -> list[ShownLine]:
        """Return these lines."""
        wanted = dict.fromkeys(keys)
        found: dict[str, ShownLine] = {}
        for at, mapping in enumerate(self.mappings.mappings):
            key = subject_key(mapping)
            if key not in wanted:
                continue
            text, module = mapping.slots.get("subject_label", "") or mapping.subject, marks(mapping).get("module", "")
            line = found.setdefault(key, ShownLine(self.numbers[key], key, text, module, self.states[key]))
            shown = self._shown(at, mapping)
            if mapping.object == NO_TERM:
                line.none = shown
            elif marks(mapping).get("added") == "review":
                line.beside.append(shown)
            else:
                line.candidates.append(shown)
        for line in found.values():
            line.candidates.sort(key=lambda shown: -(shown.confidence or 0))
        return [found[key] for key in wanted if key in found]

    def _shown(self, at: int, mapping: Row) -> Shown:
        concept = self.by_iri.get(mapping.object)
        own, answer = marks(mapping), answer_of(mapping)
        pair = subject_key(mapping), mapping.object
        label = concept.label(self.language) if concept else None
        related = "relatedMatch" in (mapping.predicate.rsplit("#", 1)[-1], own.get("proposed"))
        return Shown(
            row=at,
            iri=mapping.object,
            label=Text(label.text, label.language) if label else Text(mapping.slots.get("object_label", "") or mapping.object, ""),
            answer=answer,
            options=_options(mapping, with_related=related),
            comment=comment_of(mapping),
            definition=defined(concept, self.language) if concept else None,
            place=[(c.iri, Text(c.label(self.language).text, c.label(self.language).language)) for c in chain(self.by_iri, concept)]
            if concept
            else (),
            kind=_kind(concept),
            confidence=float(mapping.slots["confidence"]) if _is_number(mapping.slots.get("confidence", "")) else None,
            note=note_of(mapping),
            reviewers=[name for name in reviewers(mapping) if not name.endswith(ANONYMOUS)],
            lapsed=_lapsed(own.get("lapsed", "")),
            disputed=_disputed(own.get("disputed", "")),
            known="accepted" if pair in self.known.accepted else REJECTED if pair in self.known.rejected else "",
        )


def _options(mapping: Row, *, with_related: bool) -> list[str]:
    if mapping.object == NO_TERM:
        return [OPEN, NO_MATCH]
    relations = [relation for relation in RELATIONS if relation != "related" or with_related]
    return [OPEN, *relations, REJECTED, UNSURE]


def _lapsed(note: str) -> str:
    answer, _colon, parts = note.partition(":")
    if answer not in ANSWER_WORDS or not parts:
        return ""
    what = and_list([str(PART_WORDS[part]) for part in parts.split("+") if part in PART_WORDS])
    return str(gettext("lapsed: was “%(verdict)s”; changed: %(what)s", verdict=ANSWER_WORDS[answer], what=what))


def _disputed(note: str) -> str:
    answers = [str(ANSWER_WORDS[answer]) for answer in note.split("+") if answer in ANSWER_WORDS]
    return str(gettext("disputed: %(verdicts)s", verdicts=" / ".join(answers))) if len(answers) == 2 else ""


def _kind(concept: Concept | None) -> str:
    if concept is None:
        return ""
    if concept.is_group:
        return str(gettext("ISCO group")) if "/isco/" in concept.iri else str(gettext("group of skills"))
    return esco_word(concept.skill_type) if concept.skill_type else ""


def _is_number(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
