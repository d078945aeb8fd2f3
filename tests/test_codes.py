"""What national codes are worth is learned from the list itself: they help where they embed ISCO-08, and do no harm elsewhere."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from wise_skills.alignment import Candidate, Concept, Label, Query
from wise_skills.alignment.codes import with_codes

ISCO = [f"{a}{b}{c}{d}" for a in "12345" for b in "123" for c in "12" for d in "12"]


def _concept(number: int) -> Concept:
    label = Label(f"occupation {number}", "en", True)
    return Concept(f"http://example.org/o{number}", "occupation", (label,), code=ISCO[number % len(ISCO)])


CONCEPTS = [_concept(n) for n in range(240)]


def _list(seed: int, lines: int, *, embeds: bool) -> tuple[list[Query], list[list[Candidate]], list[str]]:
    """Lines whose right concept is first in seven of ten, with codes that begin with its ISCO code, or with anything."""
    chance = random.Random(seed)
    queries, answers, right = [], [], []
    for number in range(lines):
        shown = chance.sample(CONCEPTS, 20)
        place = 0 if chance.random() < 0.7 else chance.randrange(1, 6)
        meant = shown[place]
        right.append(meant.iri)
        code = meant.code if embeds else chance.choice(ISCO)
        queries.append(Query(f"line {number}", "hr", code=f"{code}.{number:02}"))
        first = 0.7 if place == 0 else 0.3
        answers.append([Candidate(c, first if n == 0 else 0.2 / (n + 1), c.labels[0]) for n, c in enumerate(shown)])
    return queries, answers, right


def _hits(answers: list[list[Candidate]], right: list[str]) -> int:
    return sum(found[0].concept.iri == iri for found, iri in zip(answers, right, strict=True))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_codes_that_embed_isco_bring_the_right_concept_forward(seed: int):
    queries, answers, right = _list(seed, 200, embeds=True)
    assert _hits(with_codes(queries, answers), right) > _hits(answers, right) + 30


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_codes_that_mean_nothing_change_little(seed: int):
    queries, answers, right = _list(seed, 200, embeds=False)
    assert abs(_hits(with_codes(queries, answers), right) - _hits(answers, right)) <= 6


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 40))
def test_nothing_is_lost_or_made_up(seed: int, lines: int):
    queries, answers, _ = _list(seed, lines, embeds=True)
    for before, after in zip(answers, with_codes(queries, answers), strict=True):
        assert {c.concept.iri for c in before} == {c.concept.iri for c in after}
        assert sum(c.confidence for c in after) <= 1.001 or after == before


def test_a_short_list_is_left_as_it_is():
    queries, answers, _ = _list(1, 10, embeds=True)
    assert with_codes(queries, answers) == answers


def test_lines_without_codes_are_left_as_they_are():
    queries, answers, _ = _list(1, 100, embeds=True)
    bare = [Query(q.text, q.language) if n % 2 else q for n, q in enumerate(queries)]
    found = with_codes(bare, answers)
    assert all(found[n] == answers[n] for n in range(1, 100, 2))
