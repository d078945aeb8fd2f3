"""From lines to a set of proposals: what was reviewed stays, what was rejected is never proposed again, the rest is matched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Pairs
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from wise_skills.alignment.model import Kind, Query
from wise_skills.mappings.explaining import explained
from wise_skills.mappings.model import Mapping
from wise_skills.mappings.proposals import Version
from wise_skills.mappings.rdf_form import read_quads
from wise_skills.mappings.review import OPEN, REJECTED, UNSURE, answer_of, rejected_pairs, subject_key
from wise_skills.names import OWL
from wise_skills.release import Release

if TYPE_CHECKING:
    from wise_skills.alignment.matcher import Matcher


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: the rows of its file that say it, and the title of its module."""

    rows: tuple[int, ...] = ()
    module: str = ""


@dataclass
class Aligned:
    """The rows of all lines in their order, and the numbers of lines that have proposals, a verdict, or nothing."""

    rows: list[Mapping] = field(default_factory=list)
    proposed: int = 0
    settled: int = 0
    without: int = 0


def align(
    matcher: Matcher,
    queries: Pairs[Query, Place],
    reviewed: Sequence[Mapping] = (),
    *,
    kind: Kind | None = None,
    top: int = 10,
    minimum: float = 0.0,
    version: Version = lambda scheme: "",
    step: Callable[[int, int], None] = lambda done, whole: None,
) -> Aligned:
    """Propose concepts for lines.

    Parameters
    ----------
    matcher, queries:
        What proposes, and the lines with their places.
    reviewed:
        Rows of a review: those that were accepted or have no match stand for their line, and nothing is proposed for it;
        those that were rejected stay, and the same is not proposed again. A line is known by its IRI, else by its text. Of
        two verdicts on the same pair the first counts.
    kind, top, minimum:
        Skills or occupations only; so many proposals for each line; none with less confidence than this.
    version, step:
        Gives the version of a scheme; called with the number of lines that are done, and of all.
    """
    verdicts: dict[str, dict[str, Mapping]] = {}
    for row in reviewed:
        if answer_of(row) not in (OPEN, UNSURE):
            verdicts.setdefault(subject_key(row), {}).setdefault(row.object, row)
    said = {query: verdicts.get(query.iri) or verdicts.get(query.text) or {} for query in queries}
    known = {query: list(rows.values()) for query, rows in said.items()}
    settled = {query for query, rows in known.items() if any(answer_of(row) != REJECTED for row in rows)}
    asked = [query for query in queries if query not in settled]
    barred = rejected_pairs(row for rows in verdicts.values() for row in rows.values())
    of_text = {(query.iri, target) for query in asked if query.iri for subject, target in barred if subject == query.text}
    answers = matcher.match(asked, kind=kind, top=top, rejected=barred | of_text, step=step) if asked else []
    found = dict(zip(asked, answers, strict=True))
    aligned = Aligned(settled=len(settled))
    for query, place in queries.items():
        aligned.rows += known[query]
        if query in settled:
            continue
        candidates = [c for c in found[query] if c.confidence >= minimum]
        aligned.proposed += bool(candidates)
        aligned.without += not candidates
        notes = {"row": ",".join(map(str, place.rows)), "kind": kind or ""}
        aligned.rows += explained(query, candidates, module=place.module, version=version, notes=notes)
    return aligned


def reviewed_in(release: Release, subjects: Iterable[str]) -> tuple[Mapping, ...]:
    """Return the mappings of these subjects that a release holds as reviewed."""
    store, quads = ox.Store.read_only(str(release.graph)), list[ox.Quad]()
    source = ox.NamedNode(OWL + "annotatedSource")
    for subject in sorted(set(subjects)):
        with suppress(ValueError):
            for found in store.quads_for_pattern(None, source, ox.NamedNode(subject), None):
                quads += store.quads_for_pattern(found.subject, None, None, None)
    return tuple(row for row in read_quads(quads, {}).mappings.mappings if row.is_reviewed)
