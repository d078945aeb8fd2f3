"""What has changed between two editions of ESCO, and what of our mappings it touches.

Nothing is guessed: a successor is one that the newer edition states. Where it states none, concepts that bear the same label
are given as hints, marked as such. What an edition cannot tell, because a file is not there, is said and not called a change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from wise_skills.esco_edition import ISCO_GROUP, KINDS, Concept, Edition

RETIRED, MERGED, SPLIT, UNKNOWN = "retired", "merged", "split", "unknown"
RELABELLED, REDESCRIBED, MOVED, RETYPED = "relabelled", "redescribed", "moved", "retyped"
ADDED = "added"
CHANGES = (RETIRED, MERGED, SPLIT, UNKNOWN, RELABELLED, REDESCRIBED, MOVED, RETYPED)


@dataclass(frozen=True)
class Change:
    """One change of one concept: `aspect` is what of it changed, `before` and `after` how.

    `successors` are stated by the newer edition. `hints` are concepts with the same label there: nothing but a place to look.
    """

    change: str
    concept: str
    kind: str
    label: str
    aspect: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A mapping to a concept of ESCO, and the row that states it; `made_for` is the edition its file names."""

    file: str
    row: int
    ours: str
    our_label: str
    predicate: str
    concept: str
    made_for: str = ""


@dataclass
class Comparison:
    """All changes by concept, how many of each kind and change, and sentences about what cannot be told."""

    changes: dict[str, list[Change]] = field(default_factory=dict)
    summary: dict[str, Counter[str]] = field(default_factory=dict)
    untold: list[str] = field(default_factory=list)


def compare(old: Edition, new: Edition) -> Comparison:
    """Compare two editions.

    Parameters
    ----------
    old, new:
        The editions; their order decides what counts as added and what as retired.

    Returns
    -------
    Changes of concepts of the older edition by IRI, and the numbers of all changes by kind of concept.
    """
    found = Comparison(summary={kind: Counter() for kind in KINDS})
    found.untold = [*_untold(old, new)]
    for iri, concept in old.concepts.items():
        later = new.concepts.get(iri)
        if later is None or (later.status and later.status != "released" and concept.status != later.status):
            if later is not None or gone(concept, old, new):
                found.changes[iri] = [_ended(concept, old, new)]
        elif changes := [*_altered(concept, later, old, new)]:
            found.changes[iri] = changes
        for change in {c.change for c in found.changes.get(iri, ())}:
            found.summary[concept.kind][change] += 1
    for iri, concept in new.concepts.items():
        if iri not in old.concepts and gone(concept, new, old):
            found.summary[concept.kind][ADDED] += 1
    return found


def gone(concept: Concept, here: Edition, there: Edition) -> bool:
    """Say whether a concept that one edition has and the other lacks is known to be missing there.

    It is where the other describes all of its kind; and where it stood in the hierarchy and the other has that hierarchy.
    """
    return concept.kind in there.whole or (concept.kind in here.placed & there.placed and bool(concept.broader))


def touched(claims: Iterable[Claim], found: Comparison, old: Edition, new: Edition) -> Iterator[tuple[Claim, Change]]:
    """Yield each mapping whose concept changed, with each of its changes; `unknown` where neither edition has the concept."""
    for claim in claims:
        for change in found.changes.get(claim.concept, ()):
            yield claim, change
        if claim.concept not in old.concepts and claim.concept not in new.concepts:
            asked = Concept(claim.concept, _kind_of(claim.concept, new))
            if asked.kind in old.whole and asked.kind in new.whole:
                yield claim, Change(UNKNOWN, claim.concept, asked.kind, "")


def unclear(claims: Iterable[Claim], old: Edition, new: Edition) -> list[Claim]:
    """Return the mappings of whose concept the newer edition does not tell enough: whether it is there, or what it is called."""
    found = []
    for claim in claims:
        concept, later = old.concepts.get(claim.concept), new.concepts.get(claim.concept)
        if concept and (not gone(concept, old, new) if later is None else bool(concept.labels) and not later.labels):
            found.append(claim)
    return found


def _kind_of(iri: str, new: Edition) -> str:
    """The kind that most concepts with such an IRI are of."""
    space = iri.rpartition("/")[0]
    kinds = Counter(c.kind for c in new.concepts.values() if c.iri.rpartition("/")[0] == space)
    return kinds.most_common(1)[0][0] if kinds else ""


# --- one concept


def _ended(concept: Concept, old: Edition, new: Edition) -> Change:
    successors = tuple(sorted(new.successors.get(concept.iri, ())))
    later = new.concepts.get(concept.iri)
    change = RETIRED
    if len(successors) > 1:
        change = SPLIT
    elif successors:
        shared = successors[0] in old.concepts or any(successors[0] in to for iri, to in new.successors.items() if iri != concept.iri)
        change = MERGED if shared else RETIRED
    hints = set[str]()
    if not successors:
        for label in concept.labels.values():
            hints |= new.named.get(label.casefold(), set())
    return Change(
        change,
        concept.iri,
        concept.kind,
        concept.label,
        aspect="status" if later else "",
        before=(concept.status,) if later else (),
        after=(later.status,) if later else (),
        successors=successors,
        hints=tuple(sorted(hints - {concept.iri})),
    )


def _altered(a: Concept, b: Concept, old: Edition, new: Edition) -> Iterator[Change]:
    def change(name: str, aspect: str, before: Iterable[str], after: Iterable[str]) -> Change:
        return Change(name, a.iri, a.kind, a.label, aspect, tuple(sorted(before)), tuple(sorted(after)))

    for tag in sorted(a.labels.keys() & b.labels.keys()):
        if a.labels[tag] != b.labels[tag]:
            yield change(RELABELLED, f"label ({tag})", [a.labels[tag]], [b.labels[tag]])
    for tag in sorted(a.texts.keys() & b.texts.keys()):
        if a.texts[tag] != b.texts[tag]:
            yield change(REDESCRIBED, f"description ({tag})", (), ())
    if a.codes and b.codes and a.codes != b.codes:
        yield change(MOVED, "code", a.codes, b.codes)
    if a.isco and b.isco and a.isco != b.isco:
        yield change(MOVED, ISCO_GROUP[:-1], a.isco - b.isco, b.isco - a.isco)
    if {a.kind, b.kind} <= old.placed & new.placed and a.broader != b.broader:
        yield change(MOVED, "broader", a.broader - b.broader, b.broader - a.broader)
    both = old.collections & new.collections
    if (left := (a.collections - b.collections) & both) | (joined := (b.collections - a.collections) & both):
        yield change(MOVED, "collection", left, joined)
    for aspect, before, after in (("kind", a.kind, b.kind), ("skill type", a.type, b.type), ("reuse level", a.level, b.level)):
        if before and after and before != after:
            yield change(RETYPED, aspect, [before], [after])


# --- what cannot be told


def _untold(old: Edition, new: Edition) -> Iterator[str]:
    """Sentences about what one of the editions does not hold."""
    for kind in KINDS:
        for this, other, event in ((new, old, "retired"), (old, new, "added")):
            if other.of(kind) and not this.of(kind):
                yield f"{this.name} has no {kind}: which were {event} cannot be told."
            elif other.of(kind) and kind not in this.whole:
                yield from _part(kind, this, other, event)
        if old.of(kind) and new.of(kind) and (kind in old.placed) != (kind in new.placed):
            without = old if kind in new.placed else new
            yield f"{without.name} has no hierarchy of {kind}: whether their broader concepts changed cannot be told."
    if not set(_tags(old)) & set(_tags(new)):
        yield f"The two have no language in common ({', '.join(_tags(old))}; {', '.join(_tags(new))}): labels cannot be compared."


def _part(kind: str, this: Edition, other: Edition, event: str) -> Iterator[str]:
    bare = sum(1 for c in this.of(kind) if not c.labels and c.iri in other.concepts)
    if kind in this.placed & other.placed:
        yield (
            f"{this.name} has no file of all {kind}: which were {event} is told by its hierarchy alone; "
            f"of {bare:,} neither labels nor descriptions nor types can be compared."
        )
    else:
        yield f"{this.name} has no file of all {kind}: which were {event} cannot be told, and {bare:,} cannot be compared."


def _tags(of: Edition) -> Sequence[str]:
    return sorted({tag for concept in of.concepts.values() for tag in concept.labels})
