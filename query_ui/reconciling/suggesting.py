"""What completes the beginning of a name (§5): entities, properties, types, and the little texts that fly out beside them."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from query_ui.reconciling.entities import Entities
from query_ui.reconciling.kinds import TYPES, type_of
from query_ui.reconciling.properties import PROPERTIES
from wise_skills.alignment import Concept
from wise_skills.labels import fold

PAGE = 10
_DEEPEST = 1_000


def entities_like(entities: Entities, prefix: str, types: tuple[str, ...], cursor: int) -> list[dict[str, Any]]:
    """Return the entities whose names begin so or contain the words, from a place in the list on; an id finds its entity."""
    found: dict[str, Concept] = {}
    if (named := entities.named(prefix)) is not None:
        found[named.iri] = named
    deepest = min(_DEEPEST, (cursor + PAGE) * 10)
    found.update({concept.iri: concept for _, concept in entities.labelled(prefix, deepest)})
    fitting = [concept for concept in found.values() if not types or type_of(concept).id in types]
    return [
        {
            "id": entities.id(concept),
            "name": entities.name(concept),
            "description": entities.description(concept),
            "notable": entities.types(concept),
        }
        for concept in fitting[cursor : cursor + PAGE]
    ]


def types_like(prefix: str, cursor: int) -> list[dict[str, str]]:
    """Return the types whose name or id holds a text."""
    return [one.said() for one in TYPES.values() if _fits(prefix, one.id, str(one.name))][cursor : cursor + PAGE]


def properties_like(prefix: str, cursor: int) -> list[dict[str, str]]:
    """Return the properties by which candidates are judged and whose name or id holds a text."""
    return [one.said() for one in PROPERTIES.values() if one.judges and _fits(prefix, one.id, str(one.name))][cursor : cursor + PAGE]


def flyout(entities: Entities, concept: Concept) -> Markup:
    """Return the little text about an entity."""
    lines = (entities.name(concept), str(type_of(concept).name), entities.description(concept))
    return Markup("").join(Markup("<p>{}</p>").format(escape(line)) for line in lines if line)


def _fits(prefix: str, *texts: str) -> bool:
    return any(fold(prefix) in fold(text) for text in texts)
