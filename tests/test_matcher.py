"""The matcher of a release: what is proposed, why, and what never is; what a build keeps for it."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wise_skills.alignment import Candidate, Matcher, Query, index, reasons
from wise_skills.errors import NoMatcher
from wise_skills.names import BASE, Names
from wise_skills.release import Release


@pytest.fixture(scope="module")
def matcher(joined: Release) -> Matcher:
    return Matcher.open(joined)


@pytest.fixture(scope="module")
def ours(release: Release) -> Matcher:
    return Matcher.open(release)


def _iris(found: list[Candidate]) -> list[str]:
    return [candidate.concept.iri for candidate in found]


def test_every_concept_is_found_by_its_own_name(matcher: Matcher):
    """In each scheme and kind, the first proposal for a preferred label bears that very label."""
    for concept in matcher.concepts:
        if concept.scheme in matcher.schemes and not concept.is_group:
            label = concept.label("fr" if concept.scheme == "rome" else "en")
            asked = Query(label.text, label.language)
            (found,) = matcher.match([asked], kind=concept.kind, schemes=[concept.scheme], top=3)
            assert label.text in {lb.text for c in found[:3] for lb in c.concept.labels}, concept.iri


def test_proposals_are_in_order_with_confidence_and_reasons(matcher: Matcher):
    queries = [Query("job coach", "en"), Query("cuisinier", "fr"), Query("manage staff", "en")]
    for found in matcher.match(queries, top=7):
        assert 0 < len(found) <= 7
        assert len(set(_iris(found))) == len(found)
        order = [(reasons.sentence(c.reasons[0]).startswith("It is called"), c.confidence) for c in found]
        assert order == sorted(order, reverse=True)  # the very name first, then by confidence
        for candidate in found:
            assert 0 <= candidate.confidence <= 1
            assert candidate.matched in candidate.concept.labels
            sentences = [reasons.sentence(reason) for reason in candidate.reasons]
            assert sentences
            assert all(text.endswith(".") for text in sentences)


def test_esco_is_proposed_where_it_is_loaded_and_ours_elsewhere(matcher: Matcher, ours: Matcher):
    (found,) = matcher.match([Query("job coach", "en")])
    assert {c.concept.scheme for c in found} == {"esco"}
    (found,) = ours.match([Query("job coach", "en")])
    assert {c.concept.scheme for c in found} == {"wise"}
    assert found[0].concept.label("en").text.lower().startswith("job coach")


def test_kind_and_schemes_narrow(matcher: Matcher):
    (found,) = matcher.match([Query("social work", "en")], kind="skill", schemes=["wise"], top=20)
    assert {(c.concept.kind, c.concept.scheme) for c in found} == {("skill", "wise")}


def test_a_language_without_names_is_told(matcher: Matcher):
    assert matcher.unnamed("hr", kind="skill", schemes=["esco"]) == {"esco": "en"}
    assert matcher.unnamed("en", kind="skill", schemes=["esco"]) == {}
    assert matcher.unnamed("", kind="skill") == {}
    assert matcher.unnamed("fr", schemes=["rome"]) == {}
    assert matcher.unnamed("fr-BE", schemes=["rome"]) == {}
    assert matcher.unnamed("hr-HR", schemes=["esco"]) == {"esco": "en"}


def test_a_region_does_not_hide_a_language(matcher: Matcher):
    (plain,) = matcher.match([Query("cuisinier", "fr")], schemes=["rome"], top=3)
    (regional,) = matcher.match([Query("cuisinier", "fr-BE")], schemes=["rome"], top=3)
    assert [(c.concept.iri, c.matched, c.reasons) for c in regional] == [(c.concept.iri, c.matched, c.reasons) for c in plain]


def test_no_meaning_is_claimed_for_a_language_without_names(matcher: Matcher):
    facts = {"char": 0.9, "enc": 0.9, "told": 0.9}
    assert {reason.name for reason in reasons.evidence(facts)} == {"spelling", "meaning", "definition"}
    assert {reason.name for reason in reasons.evidence(facts, strange=True)} == {"spelling"}
    (found,) = matcher.match([Query("fold the kite and mend it", "hr")], kind="skill", schemes=["esco"], top=20)
    assert not {"meaning", "definition"} & {reason.name for candidate in found for reason in candidate.reasons}


def test_rejected_pairs_are_never_proposed_again(ours: Matcher):
    query = Query("job coaching", "en", iri=f"{BASE}id/hr/skill/invented")
    (before,) = ours.match([query], top=5)
    gone = frozenset((query.iri, iri) for iri in _iris(before)[:2])
    (after,) = ours.match([query], top=3, rejected=gone)
    assert _iris(after) == _iris(before)[2:]
    named = frozenset(("job coaching", iri) for iri in _iris(before)[:1])
    (unnamed,) = ours.match([replace(query, iri="")], top=4, rejected=named)
    assert _iris(unnamed) == _iris(before)[1:]


def test_groups_stand_beside_their_members(matcher: Matcher):
    found = [
        c for answer in matcher.match([Query(t, "en") for t in ("social worker", "cook", "teacher")], kind="occupation") for c in answer
    ]
    with_group = [c for c in found if c.concept.code and not c.concept.is_group]
    assert with_group
    for candidate in with_group:
        assert {above.iri for above in candidate.beside} == set(candidate.concept.broader) & set(matcher.by_iri)


@pytest.mark.parametrize(
    ("national", "isco", "shared"), [("2635.01", "2635", 4), ("26351", "2634", 3), ("A-26", "2635", 2), ("", "2635", 0), ("9", "2635", 0)]
)
def test_digits_of_codes(national: str, isco: str, shared: int):
    assert reasons.shared_digits(national, isco) == shared


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00\x07", "🪴🛠️", "x" * 5000, "a/b/c/d/e/f" * 50, "Δ" * 3, "؟", "1234", "\u202e\u0301"], ids=repr
)
def test_odd_texts_do_no_harm(matcher: Matcher, text: str):
    (found,) = matcher.match([Query(text, "el")], top=5)
    assert len(found) <= 5
    if not text.strip():
        assert found == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=40), max_size=4), st.sampled_from(["", "en", "fr", "bg", "xx"]))
def test_queries_of_a_batch_are_independent(ours: Matcher, texts: list[str], language: str):
    queries = [Query(text, language) for text in texts]
    together = ours.match(queries, top=4)
    alone = [ours.match([query], top=4)[0] for query in queries]
    assert [_iris(found) for found in together] == [_iris(found) for found in alone]
    assert [[c.confidence for c in f] for f in together] == [[pytest.approx(c.confidence, abs=1e-4) for c in f] for f in alone]


def test_several_may_ask_at_once(matcher: Matcher):
    texts = ["cook", "driver", "job coach", "social worker", "manage staff", "gardener"] * 3
    expected = {text: _iris(matcher.match([Query(text, "en")])[0]) for text in set(texts)}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda text: _iris(matcher.match([Query(text, "en")])[0]), texts))
    assert answers == [expected[text] for text in texts]


def test_progress_is_told(ours: Matcher):
    told: list[tuple[int, int]] = []
    ours.match([Query(f"skill {n}", "en") for n in range(300)], top=1, step=lambda done, whole: told.append((done, whole)))
    assert told[-1] == (300, 300)
    assert [done for done, _ in told] == sorted({done for done, _ in told})


def _bytes(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_release_gives_the_same_bytes(joined: Release, tmp_path: Path):
    for name in ("one", "two"):
        index.build(tmp_path / name, joined.graph, Names(), tmp_path / f"cache-{name}")
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two") == _bytes(joined.path / "alignment")


def test_what_is_known_is_not_made_again(joined: Release, tmp_path: Path):
    index.build(tmp_path / "one", joined.graph, Names(), tmp_path / "cache")
    made = {p: p.stat().st_ino for p in (tmp_path / "cache").rglob("*.npy")}
    index.build(tmp_path / "two", joined.graph, Names(), tmp_path / "cache")
    assert made == {p: p.stat().st_ino for p in (tmp_path / "cache").rglob("*.npy")}
    assert {p.stat().st_ino for p in (tmp_path / "two").rglob("*.npy")} >= set(made.values())


def test_a_release_without_an_index_says_so(joined: Release, tmp_path: Path):
    (tmp_path / "release.json").write_text(json.dumps(dict(joined.info)))
    with pytest.raises(NoMatcher, match="wise build again"):
        Matcher.open(replace(joined, path=tmp_path))
