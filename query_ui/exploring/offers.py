"""The choices that a page offers: each leads to an exploration that finds something, and says how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from query_ui import words
from query_ui.exploring.counting import Counting, number, roots
from query_ui.exploring.index import Index
from query_ui.exploring.model import ANY, NONE, Condition, Exploration, Facet, Step
from query_ui.exploring.ranges import ordered, ranges
from query_ui.exploring.sentences import facet_name, is_name, state_name, state_sign, step_name, table_description, value_name
from query_ui.naming import Naming
from wise_skills.labels import fold
from wise_skills.languages import collated
from wise_skills.terms import Term

FEW, OPEN = 7, 2
_LAST = ("evidence", "source", "unverified", "note", "identifier")
"""Ends of the properties whose facets stand behind the others."""


@dataclass(frozen=True)
class Choice:
    """One thing to choose: what it is called, how many things it leaves, and the exploration that it leads to.

    A chosen one leads to the exploration without it; where that would find nothing, to nowhere (`to` is None).
    """

    label: str
    count: int
    to: Exploration | None
    chosen: bool = False
    language: str | None = None
    sign: str = ""
    iri: str = ""


@dataclass
class Offer:
    """The choices of one facet; `rest` is the number of values that are not among them."""

    facet: Facet
    name: str
    description: str
    choices: list[Choice] = field(default_factory=list)
    states: list[Choice] = field(default_factory=list)
    rest: int = 0
    values: int = 0
    open: bool = False
    texts: bool = False
    words: Sequence[str] = ()
    start: str = ""
    end: str = ""
    lowest: str = ""
    highest: str = ""

    @property
    def every(self) -> list[Choice]:
        """All choices that lead somewhere."""
        return [c for c in (*self.choices, *self.states) if c.to is not None]


@dataclass(frozen=True)
class Way:
    """A step from the table whose facets are shown: how many things have something there."""

    step: Step
    name: str
    count: int
    at: str
    none: Choice | None = None
    """For those that refer to it: the things that nothing refers to."""


class Offers:
    """The choices beside one exploration."""

    def __init__(self, index: Index, exploration: Exploration, naming: Naming) -> None:
        self.index, self.exploration, self.naming = index, exploration, naming
        self.counting = Counting(index, exploration)
        self.found = len(self.counting.things())

    def facets(self, steps: tuple[Step, ...] = ()) -> list[Offer]:
        """Return what is on offer behind some steps, a few values each."""
        facets = [f for f in self.index.paths.facets(self.exploration.table, steps) if not f.link or self._asked(f)]
        facets.sort(key=_place)
        counted = {f.key: self._counted(f) for f in facets}
        wanted = [t.value for f in facets for t in self._few(f, counted[f.key]) if t.kind == "iri"]
        self.naming.fetch(wanted)
        offers = [self._offer(f, counted[f.key], self._few(f, counted[f.key])) for f in facets]
        for offer in [o for o in offers if len(o.choices) > 1][:OPEN]:
            offer.open = True
        return [o for o in offers if o.every or self._asked(o.facet) or o.texts]

    def whole(self, facet: Facet, typed: str = "") -> Offer:
        """Return all values of one facet, of which the names hold what was typed."""
        counted = self._counted(facet)
        self.naming.fetch(t.value for t in counted if t.kind == "iri")
        named = {t: value_name(facet, t, self.naming)[0] for t in counted}
        wanted = fold(typed).split()
        kept = [t for t in counted if all(w in fold(named[t]) for w in wanted)]
        if facet.kind == "number":
            kept.sort(key=lambda t: number(t.value) or Decimal(0))
        else:
            kept.sort(key=lambda t: (-counted[t], collated(named[t]), t.value))
        return self._offer(facet, counted, kept)

    def ways(self, steps: tuple[Step, ...] = ()) -> list[Way]:
        """Return the further steps behind which something of the found things is."""
        if len(steps) >= 2:
            return []
        table = steps[-1].table if steps else self.exploration.table
        carried, found = self.counting.carried(steps), []
        for step in self.index.paths.steps(table):
            count = len(roots(carried, self.index.ahead(table, step)))
            none = self._without(steps, step) if step.inverse else None
            if count or (none and none.chosen):
                found.append(Way(step, step_name(step), count, ".".join(s.key for s in (*steps, step)), none))
        return found

    def _without(self, steps: tuple[Step, ...], step: Step) -> Choice | None:
        facet = self.index.paths.find(self.exploration.table, ".".join(s.key for s in (*steps, step)))
        number = self.counting.states(facet).get(NONE) if facet and facet.link else None
        if facet is None or number is None:
            return None
        return self._state(self.exploration.condition(facet.key) or Condition(facet), NONE, number)

    def removals(self) -> list[tuple[Condition, Exploration, int]]:
        """Return for each condition the exploration without it, and how many things that finds."""
        found = []
        for condition in self.exploration.conditions:
            without = self.exploration.without(condition)
            found.append((condition, without, len(Counting(self.index, without).things())))
        return found

    def _asked(self, facet: Facet) -> bool:
        return any(c.facet.key == facet.key for c in self.exploration.conditions)

    def _counted(self, facet: Facet) -> Mapping[Term, int]:
        return self.counting.values(facet) if facet.has_values else {}

    def _few(self, facet: Facet, counted: Mapping[Term, int]) -> list[Term]:
        """The values that stand on the page itself: the chosen ones, then the most frequent."""
        chosen = self.exploration.condition(facet.key)
        terms = list(chosen.terms) if chosen else []
        if facet.kind == "number" and len(self.counting.terms(facet)) <= FEW:
            return sorted({*terms, *counted}, key=lambda t: number(t.value) or Decimal(0))
        if facet.kind == "string" and counted and max(counted.values()) == 1 and len(counted) > FEW:
            return terms  # a value of its own for each thing: words are what to look for
        if facet.has_values and facet.kind != "number":
            often = sorted(counted, key=lambda t: (-counted[t], t.value))[: FEW + (len(counted) == FEW + 1)]
            return [*terms, *(t for t in often if t not in terms)]
        return terms

    def _offer(self, facet: Facet, counted: Mapping[Term, int], terms: Sequence[Term]) -> Offer:
        offer = Offer(facet, facet_name(facet, whole=False), _description(facet), values=len(counted))
        chosen = self.exploration.condition(facet.key) or Condition(facet)
        offer.choices = [self._value(chosen, term, counted.get(term, 0)) for term in terms]
        if facet.kind in ("number", "date"):
            self._limits(offer, whole=len(terms) == len(counted))
        if facet.has_values and facet.kind != "number":
            offer.rest = len([t for t in counted if t not in terms])
        if facet.kind != "language":
            counts = self.counting.states(facet)
            offer.states = [self._state(chosen, s, n) for s, n in counts.items() if facet.link or s in chosen.states or s != ANY]
        if has := self.exploration.condition(facet.key, "has"):
            offer.words = has.words
        if ranged := self.exploration.condition(facet.key, "range"):
            offer.start, offer.end = ranged.start, ranged.end
        if facet.kind in ("text", "string"):
            carried = self.counting.carried(facet.steps, self.exploration.condition(facet.key, "has"))
            offer.texts = not self.index.with_any(facet).isdisjoint(carried)
        offer.open = self._asked(facet)
        return offer

    def _value(self, chosen: Condition, term: Term, count: int) -> Choice:
        label, language = value_name(chosen.facet, term, self.naming)
        iri = term.value if term.kind == "iri" else ""
        if term in chosen.terms:
            return self._chosen(replace(chosen, terms=tuple(t for t in chosen.terms if t != term)), label, count, language, iri=iri)
        more = replace(chosen, terms=(*chosen.terms, term))
        return Choice(label, count, self.exploration.where(more), language=language, iri=iri)

    def _state(self, chosen: Condition, state: str, count: int) -> Choice:
        label, sign = state_name(state), state_sign(state)
        if state in chosen.states:
            return self._chosen(replace(chosen, states=tuple(s for s in chosen.states if s != state)), label, count, sign=sign)
        return Choice(label, count, self.exploration.where(replace(chosen, states=(*chosen.states, state))), sign=sign)

    def _chosen(self, rest: Condition, label: str, count: int, language: str | None = None, *, sign: str = "", iri: str = "") -> Choice:
        """A chosen value: it can be taken away, unless what remains beside it finds nothing."""
        to = self.exploration.where(rest)
        remains = self.found if not rest else len(Counting(self.index, to).things())
        return Choice(label, count, to if remains else None, chosen=True, language=language, sign=sign, iri=iri)

    def _limits(self, offer: Offer, *, whole: bool) -> None:
        """Ranges to choose from, where not all values are there to choose from; and between what the values lie."""
        facet, counted = offer.facet, self.counting.terms(offer.facet)
        if not counted:
            return
        values = ordered(facet, counted)
        offer.lowest, offer.highest = words.literal(values[0]), words.literal(values[-1])
        if facet.kind == "number" and (whole or len(counted) <= FEW):
            return
        now = self.exploration.condition(facet.key, "range")
        carried = self.counting.carried(facet.steps, now)
        for start, end, terms in ranges(facet, values):
            things = frozenset().union(*(self.index.holders(facet)[t] for t in terms))
            count, label = len(roots(carried, things)), _range_label(facet, start, end)
            if now and (now.start, now.end) == (start, end):
                offer.choices.append(Choice(label, count, self.exploration.without(now), chosen=True))
            else:
                offer.choices.append(Choice(label, count, self.exploration.where(Condition(facet, start=start, end=end))))


def _place(facet: Facet) -> int:
    """The order of facets: as in the shapes, but texts behind values, languages behind texts, what backs a row last."""
    end = facet.column.path.rsplit("#")[-1].rsplit("/")[-1]
    if end in _LAST:
        return 10 + 2 * _LAST.index(end) + (facet.kind == "language")
    return {"language": 3, "text": 2, "string": 1}.get(facet.kind, 0)


def _range_label(facet: Facet, start: str, end: str) -> str:
    ends = [words.date(e) if facet.kind == "date" else words.number(float(e)) for e in (start, end)]
    return ends[0] if start == end else "–".join(ends)


def _description(facet: Facet) -> str:
    if facet.link:
        return table_description(facet.link.table)
    from query_ui.asked import interface

    texts = facet.column.description
    return texts.get(interface()) or texts.get("en", "")


__all__ = ["NONE", "Choice", "Offer", "Offers", "Way", "is_name"]
