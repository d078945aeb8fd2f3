"""The properties of entities: what they are called, what values an entity has, and whether it fulfils a condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import lazy_gettext

from query_ui.reconciling.asked_for import Condition, Wanted
from query_ui.reconciling.entities import Entities, digits
from wise_skills.alignment import Concept
from wise_skills.languages import known_tags

_ESCO = ("skill", "occupation", "skill-group", "isco-group")
_SKILLS, _OCCUPATIONS = ("skill",), ("occupation", "isco-group", "profile", "national")
_EVERY = (*_ESCO, "wise-skill", "profile", "national")


class Property(NamedTuple):
    """A property: its id, its name, the types that have it, and whether candidates can be judged by it."""

    id: str
    name: str
    types: tuple[str, ...]
    judges: bool = False

    def said(self) -> dict[str, str]:
        """Return it as the API writes properties, in the language of the request."""
        return {"id": self.id, "name": str(self.name)}


PROPERTIES = {
    one.id: one
    for one in (
        Property("label", lazy_gettext("name"), _EVERY),
        Property("alternative-labels", lazy_gettext("other names"), _EVERY),
        Property("definition", lazy_gettext("definition"), _EVERY),
        Property("iri", lazy_gettext("Address (IRI)"), _EVERY),
        Property("isco", lazy_gettext("ISCO-08 code"), _OCCUPATIONS, judges=True),
        Property("broader", lazy_gettext("Above it"), _EVERY, judges=True),
        Property("skill-type", lazy_gettext("skill or knowledge"), _SKILLS, judges=True),
        Property("reuse-level", lazy_gettext("Reuse level"), _SKILLS, judges=True),
        Property("country", lazy_gettext("country"), ("profile", "national"), judges=True),
        Property("national", lazy_gettext("entries of national classifications mapped to it"), ("occupation", "skill")),
    )
}


def of_types(types: Sequence[str]) -> list[Property]:
    """Return the properties that things of one of these types have; all where no type is named."""
    return [one for one in PROPERTIES.values() if not types or set(types) & set(one.types)]


def fulfils(entities: Entities, concept: Concept, condition: Condition) -> bool | None:
    """Return whether a concept has one of the values of a condition; `None` where nothing is known of it in that respect."""
    known = PROPERTIES.get(condition.pid)
    if known is None or not known.judges:
        return None
    if condition.pid == "broader":
        return _is_below(entities, concept, condition.values)
    have = {
        "isco": entities.isco(concept),
        "skill-type": concept.skill_type,
        "reuse-level": entities.reuse_level(concept),
        "country": entities.folder(concept),
    }[condition.pid]
    if not have:
        return None
    if condition.pid == "isco":
        codes = list(filter(None, map(digits, condition.values)))
        # A code of fewer digits is that of a group: 26 holds for 2635; whether 2635 holds for the group 26 is not known.
        return True if any(map(have.startswith, codes)) else None if any(code.startswith(have) for code in codes) else False
    return any(value.rpartition("/")[2].casefold() == have for value in condition.values)


def _is_below(entities: Entities, concept: Concept, values: tuple[str, ...]) -> bool | None:
    if not concept.broader:
        return None
    iris = entities.meant(values)
    return any(above.iri in iris for above in entities.ancestors(concept))


def cells(entities: Entities, concepts: dict[str, Concept | None], wanted: Wanted) -> dict[str, list[dict[str, Any]]]:
    """Return the values of a property for entities, by the names that were asked for, as the API writes cells.

    The settings `language` (a tag) and `limit` (a number) are obeyed; what is unknown or is not there gives no cell.
    """
    language = str(wanted.settings.get("language") or entities.language)
    language = language if language in known_tags() else entities.language
    limit = _limit(wanted.settings.get("limit"))
    present = [one for one in concepts.values() if one is not None]
    national = entities.national(present) if wanted.pid == "national" else {}
    if national:
        names = entities.served.labels.labels({iri for iris in national.values() for iri in iris}, language)
    others = entities.other_names(present, language) if wanted.pid == "alternative-labels" else {}
    found = {}
    for name, concept in concepts.items():
        values: list[dict[str, Any]] = []
        if concept is not None and wanted.pid == "national":
            values = [_linked(entities, iri, names[iri][0]) for iri in national.get(concept.iri, ())]
        elif concept is not None and wanted.pid == "alternative-labels":
            values = [{"str": text} for text in others.get(concept.iri, ())]
        elif concept is not None:
            values = _values(entities, concept, wanted.pid, language)
        found[name] = values[:limit]
    return found


def _values(entities: Entities, concept: Concept, pid: str, language: str) -> list[dict[str, Any]]:
    if pid == "broader":
        return [{"id": entities.id(above), "name": above.label(language).text} for above in entities.above(concept)]
    texts = {
        "label": [label.text for label in concept.labels if label.preferred and label.language == language],
        "definition": [concept.definitions.get(language, "")],
        "iri": [concept.iri],
        "isco": [entities.isco(concept)],
        "skill-type": [concept.skill_type],
        "reuse-level": [entities.reuse_level(concept)],
        "country": [entities.folder(concept).upper()],
    }.get(pid, [])
    return [{"str": text} for text in texts if text]


def _linked(entities: Entities, iri: str, label: str) -> dict[str, Any]:
    known = entities.matcher.by_iri.get(iri)
    return {"id": entities.id(known), "name": label} if known is not None else {"str": label}


def _limit(value: Any) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 < number < 1_000 else None
