"""What the other lines of a module say of a line: they bring forward what stands under the same groups, and invent nothing."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from wise_skills.alignment import Candidate, Concept, Label, Query
from wise_skills.alignment.context import with_context


def _skill(number: int, group: int) -> Concept:
    return Concept(
        f"http://example.org/s{number}", "skill", (Label(f"skill {number}", "en", True),), broader=(f"http://example.org/g{group}",)
    )


def _module(seed: int, lines: int) -> tuple[list[Query], list[list[Candidate]]]:
    chance = random.Random(seed)
    texts = tuple(f"line {n}" for n in range(lines))
    answers = []
    for _ in texts:
        sure = sorted((chance.random() * 0.6 for _ in range(6)), reverse=True)
        answers.append([Candidate(s := _skill(chance.randrange(999), chance.randrange(5)), c, s.labels[0]) for c in sure])
    return [Query(text, "en", context=texts) for text in texts], answers


def test_a_tie_is_decided_by_the_module():
    texts = ("plane wood", "saw wood", "glue")
    wood, other = 1, 2
    sure = [[Candidate(s := _skill(n, wood), 0.9, s.labels[0])] for n in (1, 2)]
    doubtful = [Candidate(s := _skill(n, g), 0.3, s.labels[0]) for n, g in ((3, other), (4, wood))]
    queries = [Query(text, "en", context=texts) for text in texts]
    found = with_context(queries, [*sure, doubtful])
    assert [c.concept.iri[-2:] for c in found[2]] == ["s4", "s3"]
    assert found[2][0].confidence > 0.3 > found[2][1].confidence


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_nothing_is_lost_or_made_up(seed: int, lines: int):
    queries, answers = _module(seed, lines)
    for before, after in zip(answers, with_context(queries, answers), strict=True):
        assert sorted(c.concept.iri for c in before) == sorted(c.concept.iri for c in after)
        assert [c.confidence for c in after] == sorted((c.confidence for c in after), reverse=True)
        assert all(0 <= c.confidence <= 1 for c in after)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_without_other_lines_nothing_changes(seed: int):
    queries, answers = _module(seed, 8)
    alone = [Query(query.text, "en", context=(query.text,)) for query in queries]
    assert with_context(alone, answers) == answers
    assert with_context(queries[:1], answers[:1]) == answers[:1]
