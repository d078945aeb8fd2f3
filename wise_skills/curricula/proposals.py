"""Aligns the outcomes of a designer's modules: by reviewed mappings first, then by the matcher, whose answers stay proposals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from wise_skills.curricula.model import Module, Outcome, Target
from wise_skills.curricula.reading import INVERSE, RELATIONS
from wise_skills.labels import fold
from wise_skills.mappings.model import Mapping

if TYPE_CHECKING:
    from wise_skills.alignment.model import Candidate, Kind, Query

PROBABLE = 0.5
"""A proposal of less confidence (0 to 1) is not counted as “probably covers”."""
EACH = 2
"""So many proposals are taken for each text and scheme."""
_ASKED = 3 * EACH  # competences and groups come among the skills, and are left out
_OURS, _ESCO = ("wise",), ("esco",)


class Matches(Protocol):
    """What is asked of the matcher."""

    @property
    def schemes(self) -> tuple[str, ...]:
        """The schemes whose concepts can be proposed."""

    def match(
        self,
        queries: Sequence[Query],
        *,
        kind: Kind | None = ...,
        schemes: Sequence[str] | None = ...,
        top: int = ...,
        rejected: frozenset[tuple[str, str]] = ...,
    ) -> list[list[Candidate]]:
        """Return the candidates of each query, the best first."""


def aligned(modules: Sequence[Module], mappings: Iterable[Mapping] = (), matcher: Matches | None = None) -> list[Module]:
    """Return the modules with what their free texts are linked to.

    Parameters
    ----------
    modules:
        Modules of `designed.modules_of`.
    mappings:
        Rows of a reviewed SSSOM file: accepted ones count as declared; a text for which a reviewer found no match is not
        matched again, and rejected pairs are not proposed.
    matcher:
        Proposes concepts for what is left; None where there is none.
    """
    from wise_skills.alignment.model import Query  # with its package come numpy and the like, for which no page has to wait

    rows: dict[str, list[Mapping]] = {}
    for mapping in mappings:
        rows.setdefault(_subject(mapping), []).append(mapping)
    reviewed = [[_reviewed(outcome, rows) for outcome in module.outcomes] for module in modules]
    queries: dict[tuple[int, int, str], Query] = {}
    for m, module in enumerate(modules):
        context = tuple(outcome.text for outcome in module.outcomes)
        for n, outcome in enumerate(reviewed[m]):
            for text in outcome.free if matcher is not None else ():
                others = tuple(line for line in context if line != text)
                queries[m, n, text] = Query(text, outcome.language, context=others)
    rejected = frozenset((_text(mapping), mapping.object) for found in rows.values() for mapping in found if mapping.status == "rejected")
    proposed: dict[tuple[int, int], list[Target]] = {}
    if matcher is not None and queries:
        for scheme in (_OURS, _ESCO):
            if scheme[0] in matcher.schemes:
                answers = matcher.match(list(queries.values()), kind="skill", schemes=scheme, top=_ASKED, rejected=rejected)
                for (m, n, _), found in zip(queries, answers, strict=True):
                    proposed.setdefault((m, n), []).extend([_target(candidate) for candidate in found if _counts(candidate)][:EACH])
    return [
        replace(module, outcomes=tuple(replace(o, targets=(*o.targets, *proposed.get((m, n), ()))) for n, o in enumerate(reviewed[m])))
        for m, module in enumerate(modules)
    ]


def _counts(candidate: Candidate) -> bool:
    return candidate.confidence >= PROBABLE and "/skill/" in candidate.concept.iri and not candidate.concept.is_group


def _target(candidate: Candidate) -> Target:
    return Target(candidate.concept.iri, proposed=True, confidence=candidate.confidence, label=candidate.matched.text)


def _reviewed(outcome: Outcome, rows: dict[str, list[Mapping]]) -> Outcome:
    """An outcome with the targets that a reviewer accepted for its texts, and without the texts that are settled."""
    targets = dict.fromkeys(outcome.targets)
    left = []
    for text in dict.fromkeys((outcome.text, *outcome.free)):
        found = rows.get(fold(text), [])
        accepted = [m for m in found if m.status == "accepted" and m.predicate in RELATIONS]
        targets.update((Target(m.object, INVERSE[RELATIONS[m.predicate]]), None) for m in accepted)
        settled = accepted or any(m.status == "no-match-found" and m.is_reviewed for m in found)
        if text in outcome.free and not settled:
            left.append(text)
    return replace(outcome, targets=tuple(targets), free=tuple(left))


def _text(mapping: Mapping) -> str:
    return mapping.slots.get("subject_label", "")


def _subject(mapping: Mapping) -> str:
    return fold(_text(mapping))
