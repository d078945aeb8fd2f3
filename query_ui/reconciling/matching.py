"""Answers to batches of queries: candidates with scores in the language asked for, as the API writes them.

A score is 0 to 100. It is 100 for a preferred label that is the query, letter for letter but for case, accents and
punctuation, in the language asked for; 95 for another label in that language; else a hundred times the confidence of the
matcher, less where the label that speaks for the candidate is in another language. Properties raise or lower it. A match
is certain only if exactly one candidate bears the query as its preferred label in the language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from query_ui.reconciling.asked_for import CANDIDATES, Condition, Question
from query_ui.reconciling.entities import Entities
from query_ui.reconciling.facts import fulfilling
from query_ui.reconciling.kinds import ALWAYS, TYPES, Pool, known, type_of
from query_ui.reconciling.properties import PROPERTIES, fulfils
from wise_skills.alignment import Candidate, Concept, Query
from wise_skills.labels import fold

_OTHER_LANGUAGE, _INEXACT = 0.85, 94.0
_ABOVE = 0.6
"""A group that stands above a candidate is as likely as this share of its score, where groups are asked for."""
_RANKED = 100
"""Types are told apart after the matcher has ranked, so it is asked for more candidates than are wanted."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A candidate while it is judged."""

    concept: Concept
    score: float
    confidence: float
    is_certain: bool = False
    judged: tuple[tuple[str, bool], ...] = ()


def answers(entities: Entities, batch: Mapping[str, Question]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return the answer to a batch, with the same keys; each query is answered as if it were alone."""
    found = _answered(entities, batch, _types)
    # With “should”, a type that gives nothing gives way to all others.
    empty = {key: question for key, question in batch.items() if question.strict == "should" and question.types and not found[key]}
    found |= _answered(entities, empty, lambda _: ALWAYS)
    return {key: {"result": [_said(entities, one) for one in found[key]]} for key in batch}


def _answered(entities: Entities, batch: Mapping[str, Question], types: Callable[[Question], Sequence[str]]) -> dict[str, list[_Found]]:
    ranked = _ranked(entities, ((question, types(question)) for question in batch.values()))
    return {key: _cut(question, _of_types(entities, question, types(question), ranked)) for key, question in batch.items()}


def _cut(question: Question, found: list[_Found]) -> list[_Found]:
    """Return as many candidates as are wanted; one is certain if no other bears the name and no condition speaks against it."""
    is_alone = sum(one.is_certain for one in found) == 1
    certain = (is_alone and one.is_certain and all(does for _, does in one.judged) for one in found)
    return [replace(one, is_certain=is_certain) for one, is_certain in zip(found[: question.limit], certain, strict=False)]


def _types(question: Question) -> tuple[str, ...]:
    if not question.types:
        return ALWAYS
    if question.strict == "all" and len(set(question.types)) > 1:
        return ()  # nothing is of two of our types
    return known(question.types)


def _of_types(
    entities: Entities, question: Question, types: Sequence[str], ranked: Mapping[tuple[Pool, str], Sequence[Candidate]]
) -> list[_Found]:
    """Return the candidates of some types, the best first."""
    judging = [one for one in question.conditions if one.pid in PROPERTIES and PROPERTIES[one.pid].judges]
    if not question.text:
        # Conditions alone: what fulfils them all; one that is not known here is fulfilled by nothing.
        return _fulfilling(entities, types, judging) if judging and len(judging) == len(question.conditions) else []
    found: dict[str, _Found] = {}
    named = entities.named(question.text)
    if named is not None and type_of(named).id in types:
        found[named.iri] = _Found(named, 100, 1)
    pools = dict.fromkeys(TYPES[one].pool for one in types)
    candidates = [c for pool in pools for c in ranked.get((pool, question.text), ())]
    confidences = {candidate.concept.iri: candidate.confidence for candidate in reversed(candidates)}
    folded = fold(question.text)
    same = entities.written(question.text) + [c.concept for c in candidates if fold(c.matched.text) == folded]
    for concept in same:
        if type_of(concept).id in types:
            _keep(found, _exact(entities, concept, folded, confidences.get(concept.iri, 0.0)))
    for candidate in candidates:
        score = min(_INEXACT, 100 * candidate.confidence)
        score *= 1 if candidate.matched.language in (entities.language, "") else _OTHER_LANGUAGE
        if type_of(candidate.concept).id in types:
            _keep(found, _Found(candidate.concept, score, candidate.confidence))
        for above in candidate.beside:
            if type_of(above).id in types:
                _keep(found, _Found(above, score * _ABOVE, 0))
    judged = [_judged(entities, one, judging) for one in found.values()]
    order = {one: place for place, one in enumerate(TYPES)}  # of equals what is ESCO's comes first
    return sorted(judged, key=lambda one: (-round(one.score, 2), order[type_of(one.concept).id], -one.confidence, one.concept.iri))


def _exact(entities: Entities, concept: Concept, folded: str, confidence: float) -> _Found:
    """Return the score of a concept that bears the query, folded, as a label."""
    same = [label for label in concept.labels if fold(label.text) == folded]
    own = [label for label in same if label.language == entities.language]
    is_certain = any(label.preferred for label in own)
    score = 100 if is_certain else 95 if own else 95 * _OTHER_LANGUAGE
    return _Found(concept, score, confidence or score / 100, is_certain)


def _keep(found: dict[str, _Found], one: _Found) -> None:
    before = found.get(one.concept.iri)
    if before is None or (one.is_certain, one.score) > (before.is_certain, before.score):
        found[one.concept.iri] = one


def _judged(entities: Entities, one: _Found, conditions: Iterable[Condition]) -> _Found:
    """Return a candidate with its score as conditions change it: what is not known changes nothing."""
    score, judged = one.score, []
    for condition in conditions:
        does = fulfils(entities, one.concept, condition)
        if does is not None:
            judged.append((condition.pid, does))
            score = score + (100 - score) * 0.3 if does else score * 0.6
    return replace(one, score=score, judged=tuple(judged))


def _fulfilling(entities: Entities, types: Sequence[str], conditions: Sequence[Condition]) -> list[_Found]:
    judged = tuple((condition.pid, True) for condition in conditions)
    concepts = (entities.matcher.by_iri[iri] for iri in sorted(fulfilling(entities, conditions)) if iri in entities.matcher.by_iri)
    found = (_Found(concept, 50, 0, judged=judged) for concept in concepts if type_of(concept).id in types)
    return list(islice(found, CANDIDATES))


def _ranked(entities: Entities, asked: Iterable[tuple[Question, Sequence[str]]]) -> dict[tuple[Pool, str], list[Candidate]]:
    """Return what the matcher ranks for queries and their types, by pool and text: each pool is asked once."""
    wanted: dict[Pool, dict[str, None]] = {}
    for question, types in asked:
        for pool in dict.fromkeys(TYPES[one].pool for one in types if question.text):
            wanted.setdefault(pool, {})[question.text] = None
    matcher, found = entities.matcher, {}
    for pool, texts in wanted.items():
        schemes = [pool.scheme] if pool.scheme else [one for one in matcher.schemes if one not in ("esco", "wise")]
        if schemes:
            queries = [Query(text, entities.language) for text in texts]
            results = matcher.match(queries, kind=pool.kind, schemes=schemes, top=_RANKED)
            found.update({(pool, text): candidates for text, candidates in zip(texts, results, strict=True)})
    return found


def _said(entities: Entities, one: _Found) -> dict[str, Any]:
    features: list[dict[str, Any]] = [{"id": "confidence", "value": round(one.confidence, 4)}]
    features += [{"id": pid, "value": does} for pid, does in one.judged]
    return {
        "id": entities.id(one.concept),
        "name": entities.name(one.concept),
        "description": entities.description(one.concept),
        "type": entities.types(one.concept),
        "score": round(one.score, 2),
        "match": one.is_certain,
        "features": features,
    }
