"""The other lines of a module as evidence: skills that are taught together tend to stand under the same groups of ESCO.

A candidate gains where the other lines' best candidates stand under the same group, and loses a little where they do not. On
made-up modules (`bench/context.py`) this brought nothing, and more of it did harm: so it only decides between near equals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from wise_skills.alignment.model import Candidate, Query

GAIN = 0.25
"""What it adds to the log odds of a candidate that all other lines agree with its group."""
_SPEAK = 3  # the best candidates of another line that speak
LINES = 30
"""So many other lines are heard at most."""


def with_context(queries: Sequence[Query], answers: Sequence[Sequence[Candidate]], gain: float = GAIN) -> list[list[Candidate]]:
    """Return the candidates of each query in the order and with the confidence that the other lines of its module suggest.

    Parameters
    ----------
    queries:
        Lines; those that have others as `context` hear what these say where they are among the queries.
    answers:
        For each its candidates, the best first.
    gain:
        What full agreement adds to the log odds.
    """
    by_text = {query.text: number for number, query in enumerate(queries)}
    groups = [_groups(found) for found in answers]
    told = []
    for query, found in zip(queries, answers, strict=True):
        others = [by_text[text] for text in dict.fromkeys(query.context) if text in by_text and text != query.text][:LINES]
        told.append(_weighed(found, [groups[number] for number in others], gain) if others and found else list(found))
    return told


def _groups(found: Sequence[Candidate]) -> dict[str, float]:
    """How surely each group stands above what a line means, by its best candidates."""
    sure: dict[str, float] = defaultdict(float)
    for candidate in found[:_SPEAK]:
        for group in candidate.concept.broader:
            sure[group] = max(sure[group], candidate.confidence)
    return sure


def _weighed(found: Sequence[Candidate], others: Sequence[Mapping[str, float]], gain: float) -> list[Candidate]:
    agree = np.array([np.mean([max((of.get(group, 0.0) for group in c.concept.broader), default=0.0) for of in others]) for c in found])
    chance = np.clip(np.array([c.confidence for c in found], dtype=np.float64), 1e-6, 1 - 1e-6)
    usual = float((agree * chance).sum() / chance.sum())
    odds = np.log(chance / (1 - chance)) + gain * (agree - usual)
    sure = 1 / (1 + np.exp(-odds))
    order = np.lexsort((np.arange(len(found)), -sure))
    return [replace(found[n], confidence=float(sure[n])) for n in order]
