"""Random explorations of a release: what tests of the builder and its walks share."""

from __future__ import annotations

import random
from dataclasses import dataclass

from query_ui.exploring.counting import Counting
from query_ui.exploring.index import Index
from query_ui.exploring.model import MOST_STEPS, STATES, Condition, Exploration, Facet, Step
from query_ui.exploring.offers import Choice, Offer, Offers
from query_ui.naming import Naming
from wise_skills.tables import Table


@dataclass
class Chance:
    """A source of explorations that can be repeated: print its seed where something fails."""

    index: Index
    seed: int

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        schema = self.index.edition.schema
        self.tables = [t for t in schema.tables if self.index.sheet(t).things]

    def table(self) -> Table:
        """Any table that holds something."""
        return self.random.choice(self.tables)

    def steps(self, table: Table) -> tuple[Step, ...]:
        """A way of no, one or two steps."""
        found: list[Step] = []
        for _ in range(self.random.choice((0, 0, 0, 1, 1, MOST_STEPS))):
            possible = self.index.paths.steps(found[-1].table if found else table)
            if possible:
                found.append(self.random.choice(possible))
        return tuple(found)

    def facet(self, table: Table) -> Facet:
        """Any facet behind any way."""
        return self.random.choice(self.index.paths.facets(table, self.steps(table)))

    def condition(self, facet: Facet) -> Condition:
        """A condition on a facet, on offer or not."""
        held = [] if facet.link else list(self.index.holders(facet))
        luck = self.random.random()
        if luck < 0.2 or not held:
            return Condition(facet, states=tuple(self.random.sample(STATES, 1 if luck < 0.1 else 2)))
        if facet.kind == "text" or (facet.kind == "string" and luck < 0.6):
            value = self.random.choice(held).value
            start = self.random.randrange(len(value))
            return Condition(facet, words=(value[start : start + 4].strip() or value.split()[0],))
        if facet.kind == "date":
            ends = sorted(self.random.choice(held).value[: self.random.choice((4, 7, 10))] for _ in range(2))
            return Condition(facet, start=ends[0] if luck < 0.8 else "", end=ends[1])
        if facet.kind == "number" and luck < 0.7:
            numbers = sorted(float(self.random.choice(held).value) for _ in range(2))
            return Condition(facet, start=str(numbers[0]) if luck < 0.6 else "", end=str(numbers[1]))
        terms = self.random.sample(held, min(len(held), self.random.choice((1, 1, 2, 5))))
        return Condition(facet, tuple(terms), ("*none",) if luck > 0.9 else ())

    def exploration(self, most: int = 3) -> Exploration:
        """Some conditions, mostly such that something is left."""
        found = Exploration(self.table())
        for _ in range(self.random.randint(1, most)):
            more = found.where(self.condition(self.facet(found.table)))
            if Counting(self.index, more).things() or self.random.random() < 0.1:
                found = more
        return found


def told(exploration: Exploration) -> str:
    """An exploration in short, for messages."""
    asked = ((c.facet.key, [t.value for t in c.terms], *c.states, *c.words, c.start, c.end) for c in exploration.conditions)
    return f"{exploration.table.name} {list(asked)}"


@dataclass
class Walk:
    """A walk through the builder that takes only what is on offer."""

    chance: Chance
    naming: Naming

    def __post_init__(self) -> None:
        self.here = Exploration(self.chance.table())

    def step(self) -> tuple[Choice, Exploration]:
        """Take any choice; return it and where it led, after checking that it says the truth."""
        if len(self.here.conditions) > 6 or self.chance.random.random() < 0.03:
            self.here = Exploration(self.chance.table())
        index = self.chance.index
        while True:
            facet = self.chance.facet(self.here.table)
            offers = Offers(index, self.here, self.naming)
            offer = offers.whole(facet)
            choices = [*offer.every, *(self._ways(offers, facet) if self.chance.random.random() < 0.2 else [])]
            if choices:
                break
        choice = self.chance.random.choice(choices)
        before, self.here = self.here, choice.to or self.here
        found = len(Counting(index, self.here).things())
        where = f"seed {self.chance.seed}: {told(before)} → {facet.key}: {choice.label} ({choice.count}), found {found}"
        assert choice.count >= 1 or choice.chosen, where
        assert found >= 1, where
        if not choice.chosen and self._alone(offer, choice):
            assert found == choice.count, where
        return choice, self.here

    def _ways(self, offers: Offers, facet: Facet) -> list[Choice]:
        return [w.none for w in offers.ways(facet.steps) if w.none and w.none.to]

    def _alone(self, offer: Offer, choice: Choice) -> bool:
        """Whether what was chosen is all that is asked of its facet, so that its number is that of the whole."""
        conditions = [c for c in choice.to.conditions if c.facet.key == offer.facet.key] if choice.to else []
        return sum(len(c.terms) + len(c.states) + len(c.words) + bool(c.start or c.end) for c in conditions) == 1
