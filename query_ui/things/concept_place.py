"""Where a concept of our own lists stands: the way down to it, and what is right below it."""

from __future__ import annotations

from dataclasses import dataclass

from query_ui.edition import Edition
from query_ui.naming import Naming
from wise_skills.terms import iri as iri_term

_DEEP, _MOST = 12, 200


@dataclass(frozen=True)
class Place:
    """The concepts above, from the top down, and those below."""

    above: list[str]
    below: list[str]


def place(edition: Edition, iri: str, naming: Naming) -> Place:
    """Return the place of a concept; both lists are empty for a thing without hierarchy."""
    node = iri_term(iri).n3()
    table = edition.select(
        "SELECT DISTINCT ?c ?b ?n WHERE { "
        f"{{ {node} skos:broader ?b BIND ({node} AS ?c) }} UNION {{ {node} skos:broader/skos:broader* ?c . ?c skos:broader ?b }} UNION "
        f"{{ ?n skos:broader {node} }} UNION {{ {node} skos:narrower ?n }} }} LIMIT 2000"
    )
    upper: dict[str, str] = {}
    below: dict[str, None] = {}
    for concept, above, narrower in table:
        if above is not None:
            known = upper.get(str(concept))
            upper[str(concept)] = min(known, str(above)) if known else str(above)
        elif narrower is not None:
            below[str(narrower)] = None
    way: list[str] = []
    step = iri
    while step in upper and upper[step] not in (*way, iri) and len(way) < _DEEP:
        step = upper[step]
        way.append(step)
    naming.fetch([*way, *below])
    return Place(way[::-1], sorted(below, key=lambda i: naming(i).casefold())[:_MOST])
