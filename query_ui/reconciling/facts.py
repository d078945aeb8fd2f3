"""What concepts have in common, counted out once for an edition: which have an ISCO code, a skill type, a concept above them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from query_ui.reconciling.asked_for import Condition
from query_ui.reconciling.entities import Entities, digits

_KEPT = "reconcile facts"


@dataclass(frozen=True, slots=True)
class Facts:
    """IRIs of concepts by property and value, and those right below each concept."""

    having: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    below: dict[str, set[str]] = field(default_factory=dict)


def facts_of(entities: Entities) -> Facts:
    """Return the facts of an edition, read when first asked for."""
    known: Facts | None = entities.served.memory.get(_KEPT)
    if known is None:
        known = Facts({pid: {} for pid in ("isco", "skill-type", "reuse-level", "country")})
        for concept in entities.matcher.concepts:
            values = {
                "isco": entities.isco(concept),
                "skill-type": concept.skill_type,
                "reuse-level": entities.reuse_level(concept),
                "country": entities.folder(concept),
            }
            for pid, value in values.items():
                if value:
                    known.having[pid].setdefault(value, set()).add(concept.iri)
            for above in concept.broader:
                known.below.setdefault(above, set()).add(concept.iri)
        entities.served.memory[_KEPT] = known
    return known


def fulfilling(entities: Entities, conditions: Iterable[Condition]) -> set[str]:
    """Return the IRIs of the concepts that fulfil all conditions, of properties by which candidates are judged."""
    known = facts_of(entities)
    found: set[str] | None = None
    for condition in conditions:
        if condition.pid == "broader":
            fitting = _descendants(known, entities.meant(condition.values))
        else:
            fitting = set[str]()
            wanted = [value.rpartition("/")[2].casefold() for value in condition.values]
            codes = tuple(filter(None, map(digits, condition.values)))
            for value, iris in known.having[condition.pid].items():
                if value.startswith(codes) if condition.pid == "isco" else value in wanted:
                    fitting |= iris
        found = fitting if found is None else found & fitting
    return found or set()


def _descendants(known: Facts, iris: Iterable[str]) -> set[str]:
    found, row = set[str](), set(iris)
    while row:
        row = {below for iri in row for below in known.below.get(iri, ())} - found
        found |= row
    return found
