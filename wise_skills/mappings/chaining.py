"""What follows through ESCO: a code of one classification and a code of another that are mapped to the same concept of ESCO.

Nothing of it is stored. A derived mapping is computed from the mappings that are there, whenever somebody asks, so that a
mapping that is withdrawn takes along all that hung on it.

How two relations make one stands in `composition`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from wise_skills.mappings.composition import COMPOSED, RELATIONS, STRENGTH, inverse, strongest
from wise_skills.mappings.stored import Row, is_esco
from wise_skills.names import Names

_USED = ("published", "accepted")


@dataclass(frozen=True, slots=True)
class Link:
    """A mapping between a code and a concept of ESCO, read from the code: `relation` says how the code stands to the concept."""

    code: str
    relation: str
    hub: str
    row: Row

    @property
    def relation_back(self) -> str:
        """How the concept stands to the code."""
        return inverse(self.relation)


@dataclass(frozen=True, slots=True)
class Chain:
    """A way from one code to another: to a concept of ESCO, and from there (`second` is read from the other code)."""

    first: Link
    second: Link
    relation: str

    @property
    def hub(self) -> str:
        """The concept of ESCO."""
        return self.first.hub

    @property
    def links(self) -> tuple[Link, Link]:
        """Both links."""
        return self.first, self.second

    @property
    def confidence(self) -> float | None:
        """The lower of both confidences; None unless both are stated."""
        stated = [link.row.confidence for link in self.links if link.row.confidence is not None]
        return min(stated) if len(stated) == 2 else None

    @property
    def weakest(self) -> Link | None:
        """The link that carries least; None where both carry as much.

        It is that of lower confidence if both state one, else that of the weaker relation, else that without a reviewer.
        """
        weakness = [_weakness(link, self.confidence is not None) for link in self.links]
        return None if weakness[0] == weakness[1] else max(zip(weakness, self.links, strict=True), key=lambda pair: pair[0])[1]

    @property
    def reviewers(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Who reviewed the first link, and who the second."""
        return self.first.row.reviewers, self.second.row.reviewers

    def turned(self) -> Chain:
        """Return the way back."""
        return Chain(self.second, self.first, inverse(self.relation))

    def _order(self) -> tuple[int, float, str, list[str]]:
        # The same for the way back, so that both list their paths alike.
        return STRENGTH[self.relation], -(self.confidence or 0), self.hub, sorted(link.row.node for link in self.links)


def _weakness(link: Link, by_confidence: bool) -> tuple[float, int, bool]:
    confidence = -(link.row.confidence or 0) if by_confidence else 0
    return confidence, STRENGTH[link.relation], not link.row.reviewers


@dataclass(frozen=True, slots=True)
class Derived:
    """A mapping that follows: `relation` is the strongest that a path yields, `paths` are all of them, the strongest first."""

    subject: str
    relation: str
    object: str
    paths: tuple[Chain, ...]

    @property
    def best(self) -> Chain:
        """The strongest path."""
        return self.paths[0]

    @property
    def confidence(self) -> float | None:
        """Confidence of the strongest path."""
        return self.best.confidence

    @property
    def from_nodes(self) -> tuple[str, ...]:
        """IRIs of the mappings that it hangs on."""
        return tuple(dict.fromkeys(link.row.node for path in self.paths for link in path.links))


@dataclass
class Side:
    """A classification with its mappings to ESCO.

    Attributes
    ----------
    key:
        Its name in addresses: `fr-rome`.
    country:
        Folder of its country, `fr`; empty where its address does not tell.
    scheme:
        IRI of the classification; empty where nothing states it.
    links:
        The mappings that take part.
    doubtful:
        How many broad and narrow matches are left out, or turned, because they seem to be written the other way round.
    """

    key: str
    country: str = ""
    scheme: str = ""
    links: list[Link] = field(default_factory=list)
    doubtful: int = 0

    def by_hub(self) -> dict[str, list[Link]]:
        """Return the links by concept of ESCO."""
        found: dict[str, list[Link]] = {}
        for link in self.links:
            found.setdefault(link.hub, []).append(link)
        return found


def sides(rows: Iterable[Row], names: Names, *, turned: bool = False) -> dict[str, Side]:
    """Return the classifications of which mappings to ESCO are published or accepted, by key.

    Proposed, rejected and negated rows take no part, nor do related matches.

    Parameters
    ----------
    rows, names:
        All mappings (`stored.read_rows`), and the names under the base of the data.
    turned:
        What becomes of broad and narrow matches of a table that seems to be written the other way round: by default they
        are left out, as the graph does not state them either; with `turned` they are read the other way round.
    """
    found: dict[str, Side] = {}
    for row in rows:
        if row.status not in _USED or row.negated or row.relation not in RELATIONS or is_esco(row.subject) == is_esco(row.object):
            continue
        ours = is_esco(row.subject)
        code, hub = (row.object, row.subject) if ours else (row.subject, row.object)
        key, country, scheme = _classification(code, row.sides[1 if ours else 0], row.source.name, names)
        side = found.setdefault(key, Side(key, country, scheme))
        side.scheme = side.scheme or scheme
        side.doubtful += row.doubtful
        if row.doubtful and not turned:
            continue
        side.links.append(Link(code, inverse(row.relation) if ours != row.doubtful else row.relation, hub, row))
    return {key: found[key] for key in sorted(found)}


def derive(first: Side, second: Side) -> list[Derived]:
    """Return what follows from the mappings of two classifications to ESCO, sorted by code; see `follow`."""
    return follow(first, second)[0]


def follow(first: Side, second: Side) -> tuple[list[Derived], list[Derived]]:
    """Return what follows from the mappings of two classifications to ESCO, and what contradicts itself, both sorted by code.

    Several paths between two codes become one mapping with the strongest relation. Where the strongest contradict each other
    (one path says broader, another narrower), nothing follows: the second list has these, with an empty relation.
    """
    by_pair: dict[tuple[str, str], list[Chain]] = {}
    others = second.by_hub()
    for link in first.links:
        for other in others.get(link.hub, ()):
            relation = COMPOSED.get((link.relation, other.relation_back))
            if relation and link.code != other.code:
                by_pair.setdefault((link.code, other.code), []).append(Chain(link, other, relation))
    derived: list[Derived] = []
    contradicting: list[Derived] = []
    for (subject, object_), paths in sorted(by_pair.items()):
        paths.sort(key=Chain._order)
        found = strongest(path.relation for path in paths)
        (derived if found else contradicting).append(Derived(subject, found or "", object_, tuple(paths)))
    return derived, contradicting


def counts(found: Mapping[str, Side]) -> dict[tuple[str, str], Counter[str]]:
    """Return how many mappings follow for each directed pair of classifications, by relation.

    A pair is counted once and read both ways; no paths are kept, so that all pairs of many tables take seconds.
    """
    bits = {relation: 1 << number for number, relation in enumerate(RELATIONS)}
    by_bits = {mask: strongest(r for r in RELATIONS if bits[r] & mask) or "" for mask in range(1, 1 << len(RELATIONS))}
    numbered = {key: [(link.code, link.relation, link.hub) for link in side.links] for key, side in found.items()}
    hubs: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for key, links in numbered.items():
        by_hub = hubs.setdefault(key, {})
        for code, relation, hub in links:
            by_hub.setdefault(hub, []).append((code, inverse(relation)))
    counted: dict[tuple[str, str], Counter[str]] = {}
    for one, other in combinations(found, 2):
        pairs: dict[tuple[str, str], int] = {}
        theirs = hubs[other]
        for code, relation, hub in numbered[one]:
            for second, back in theirs.get(hub, ()):
                if (composed := COMPOSED.get((relation, back))) and code != second:
                    pair = (code, second)
                    pairs[pair] = pairs.get(pair, 0) | bits[composed]
        there = Counter(by_bits[mask] for mask in pairs.values())
        there.pop("", 0)
        counted[one, other] = there
        counted[other, one] = Counter({inverse(relation): n for relation, n in there.items()})
    return counted


def find_side(found: Mapping[str, Side], given: str) -> list[Side]:
    """Return the classifications that a text of an address may mean: that of this key, else all of this country."""
    given = given.strip().lower()
    return [found[given]] if given in found else [side for side in found.values() if side.country == given]


def _classification(code: str, stated: str, set_name: str, names: Names) -> tuple[str, str, str]:
    """Key, country and scheme of the classification that a code belongs to."""
    ours = re.match(re.escape(names.base) + r"id/([a-z]{2})/(?:code/([^/]+)/|([^/]+)/)", code)
    if ours and ours[2]:
        return f"{ours[1]}-{ours[2].lower()}", ours[1], f"{names.base}id/{ours[1]}/classification/{ours[2]}"
    if ours:
        return f"{ours[1]}-{ours[3]}", ours[1], ""
    scheme = re.match(re.escape(names.base) + r"id/([a-z]{2})/classification/([^/]+)$", stated)
    if scheme:
        return f"{scheme[1]}-{scheme[2].lower()}", scheme[1], stated
    return set_name.lower(), "", stated


def links_between(found: Sequence[Derived], subject: str, object_: str) -> Derived | None:
    """Return the mapping of two codes among those that follow."""
    return next((mapping for mapping in found if (mapping.subject, mapping.object) == (subject, object_)), None)
