"""The nearest things around a thing, as a small picture with its list: what it names, what names it, and what is tied to it by claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from query_ui.charts.drawing import Chart
from query_ui.charts.graphs import Node, draw_network
from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.things.incoming import Group
from query_ui.things.thing import Thing

SIDE, LEAST = 9, 2
_HUES = ("productive", "social", "training")


@dataclass(frozen=True)
class Neighbours:
    """The picture, and its relations with their things."""

    chart: Chart
    sentence: str
    relations: list[tuple[str, list[str]]]


def neighbours(edition: Edition, thing: Thing, groups: Sequence[Group], naming: Naming) -> Neighbours | None:
    """Return the picture of a thing with its neighbours; `None` where there are too few for a picture to help.

    Only what the page has read anyway is used, so that the picture costs no query.
    """
    start = edition.names.base + "id/"
    out = [(h.name, [t.value for t in c.values if t.kind == "iri" and t.value.startswith(start)]) for h, c in thing.properties]
    right = [(name, iris) for name, iris in out if iris]
    left = [(g.short or g.title, _members(g, thing.record.iri, start)) for g in groups if g.table not in ("sources", "coverage", "")]
    left = [(name, iris) for name, iris in left if iris]
    if len({i for _, iris in (*left, *right) for i in iris}) < LEAST:
        return None
    naming.fetch(i for _, iris in (*left, *right) for i in iris)
    sides = [[(name, [_node(edition, i, naming) for i in iris[:SIDE]]) for name, iris in side] for side in (left, right)]
    centre = Node(thing.title, strong=True)
    title = _("%(name)s and what is around it", name=thing.title)
    chart = draw_network(centre, before=sides[0], after=sides[1], title=title, most=SIDE)
    sentence = _("At the left what names it, or is tied to it by claims; at the right what it names.")
    return Neighbours(chart, sentence, [*left, *right])


def _members(group: Group, own: str, start: str) -> list[str]:
    """The things of a group; for claims, the first other thing that each names."""
    if group.grid is None or group.is_thing:
        return [m for m in group.members if m.startswith(start)]
    found: dict[str, None] = {}
    for record in group.grid.records:
        for head in group.grid.heads:
            others = [i for i in record.iris(head.path) if i.startswith(start) and i != own]
            if others:
                found[others[0]] = None
                break
    return list(found)


def _node(edition: Edition, iri: str, naming: Naming) -> Node:
    hue = next((h for h in _HUES if iri.endswith(f"/{h}")), "")
    return Node(naming(iri), edition.addresses.path(iri), hue=hue)
