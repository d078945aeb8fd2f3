"""Verdicts on proposed mappings: applied, withdrawn, hidden, lapsed; two reviewers compared and merged."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wise_skills.alignment.model import Candidate, Concept, Label, Query
from wise_skills.mappings import agreement, json_form, rdf_form, review, tsv
from wise_skills.mappings.marks import KEYS, marked, marks
from wise_skills.mappings.model import NO_TERM, Mapping, MappingSet
from wise_skills.mappings.proposals import none, propose, row
from wise_skills.mappings.review import ANSWERS, NO_MATCH, OPEN, REJECTED, RELATIONS, UNSURE, Seen, Verdict, answer_of
from wise_skills.mappings.verdicts import comment_of, note_of, restored
from wise_skills.names import SKOS

ESCO = "http://data.europa.eu/esco/skill/"
CONCEPTS = [
    Concept(ESCO + key, "skill", (Label(text, "en", True), Label(text + "s", "en")), {"en": f"To {text}."})
    for key, text in (("a", "saw wood"), ("b", "plane wood"), ("c", "glue wood"))
]
LINES = (Query("cut a board", "en", code="7522-1"), Query("oil a table", "en", iri="https://a.example/id/oil"), Query("sing", "en"))


def candidate(concept: Concept, confidence: float = 0.5) -> Candidate:
    return Candidate(concept, confidence, concept.labels[0])


@pytest.fixture
def proposals() -> MappingSet:
    """Three lines: two candidates, one candidate, none."""
    first, second, third = CONCEPTS
    return propose(LINES, [[candidate(first, 0.9), candidate(second)], [candidate(third)], []], modules=("Wood", "Wood", ""))


def answers(mappings: MappingSet) -> list[str]:
    return [answer_of(m) for m in mappings.mappings]


# --- proposals


def test_proposals_wait_for_a_reviewer(proposals: MappingSet):
    assert [m.status for m in proposals.mappings] == ["proposed"] * 3 + ["no-match-found"]
    assert answers(proposals) == [OPEN] * 4
    first = proposals.mappings[0]
    assert (first.subject, first.slots["subject_label"], first.slots["subject_type"]) == ("", "cut a board", "rdfs literal")
    assert (first.predicate, first.slots["confidence"], first.slots["match_string"]) == (SKOS + "closeMatch", "0.9", "saw wood")
    assert marks(first) == {"code": "7522-1", "language": "en", "module": "Wood"}
    assert proposals.mappings[2].subject == "https://a.example/id/oil"
    assert proposals.mappings[3].object == NO_TERM
    assert tsv.read(tsv.write(proposals, in_order=True)).problems == []


# --- verdicts


@pytest.mark.parametrize("answer", [*RELATIONS, REJECTED, UNSURE])
def test_a_verdict_is_said_and_withdrawn(proposals: MappingSet, answer: str):
    said = review.apply(proposals, [Verdict(0, answer, "because", "Ana", "en.1.2.3.4")])
    judged = said.mappings[0]
    assert answer_of(judged) == answer
    assert comment_of(judged) == "because"
    assert judged.status == {REJECTED: "rejected", UNSURE: "proposed"}.get(answer, "accepted")
    assert judged.slots.get("reviewer_label", "") == ("" if answer == UNSURE else "Ana")
    assert said.mappings[1:3] == proposals.mappings[1:3]
    assert review.apply(said, [Verdict(0, OPEN)]) == replace(proposals, mappings=proposals.mappings)


@pytest.mark.parametrize(("row_number", "answer"), [(0, NO_MATCH), (3, "exact"), (3, UNSURE), (0, "perhaps")])
def test_what_is_no_verdict_on_a_row_is_refused(proposals: MappingSet, row_number: int, answer: str):
    with pytest.raises(ValueError, match="is no verdict on"):
        review.apply(proposals, [Verdict(row_number, answer)])


def test_the_same_verdict_again_changes_nothing(proposals: MappingSet):
    said = review.apply(proposals, [Verdict(0, "exact", "", "Ana", "en.1.2.3.4")])
    assert review.apply(said, [Verdict(0, "exact", "", "Bea", "hr.5.6.7.8")]) == said
    other = review.apply(said, [Verdict(0, "close", "", "Bea")]).mappings[0]
    assert (other.slots["reviewer_label"], marks(other)["proposed"]) == ("Bea", "closeMatch")


def test_a_reviewer_without_a_name_still_decides(proposals: MappingSet):
    assert review.apply(proposals, [Verdict(0, "exact")]).mappings[0].slots["reviewer_label"] == review.ANONYMOUS


def test_what_a_proposal_said_comes_back(proposals: MappingSet):
    own = Mapping("https://a.example/x", SKOS + "narrowMatch", ESCO + "a", {"comment": "50% | ISCO 2635\n%7C", "other": "kept|mapper=x"})
    said = review.apply(MappingSet({}, (own,)), [Verdict(0, "exact", "no, the same", "Ana")])
    assert note_of(said.mappings[0]) == "50% | ISCO 2635\n%7C"
    assert comment_of(said.mappings[0]) == "no, the same"
    assert restored(said.mappings[0]) == own
    assert review.blind(said).mappings == (own,)


def test_no_match_rejects_what_is_open(proposals: MappingSet):
    line = replace(proposals, mappings=(*proposals.mappings[:2], marked(none(LINES[0]), {"added": "review"})))
    said = review.apply(line, [Verdict(0, OPEN, fingerprint="en.1.2.3.4"), Verdict(1, UNSURE), Verdict(2, NO_MATCH, "", "Ana")])
    assert answers(said) == [REJECTED, UNSURE, NO_MATCH]
    assert said.mappings[0].slots["reviewer_label"] == "Ana"
    assert marks(said.mappings[0])["reviewed"] == "en.1.2.3.4"
    assert review.rejected_pairs(said) == {("cut a board", ESCO + "a")}


def test_no_match_beside_a_match_does_not_count(proposals: MappingSet):
    line = replace(proposals, mappings=(*proposals.mappings[:2], none(LINES[0])))
    verdicts = [Verdict(0, "close"), Verdict(1, OPEN), Verdict(2, NO_MATCH)]
    assert review.contradicted(line, verdicts) == (2,)
    assert answers(review.apply(line, verdicts)) == ["close", OPEN]


def test_rows_that_a_reviewer_adds_go_when_withdrawn(proposals: MappingSet):
    added = marked(row(LINES[1], CONCEPTS[0]), {"added": "review"})
    whole = replace(proposals, mappings=(*proposals.mappings, added))
    assert len(review.apply(whole, [Verdict(4, OPEN)]).mappings) == 4
    said = review.apply(whole, [Verdict(4, "broad", "", "Ana")])
    assert answer_of(said.mappings[4]) == "broad"
    assert len(review.blind(said).mappings) == 4


def test_only_what_is_decided(proposals: MappingSet):
    said = review.apply(proposals, [Verdict(0, "exact"), Verdict(1, UNSURE), Verdict(2, REJECTED), Verdict(3, NO_MATCH)])
    assert answers(review.decided(said)) == ["exact", REJECTED, NO_MATCH]


def test_an_accepted_pair_is_not_rejected():
    rows = [
        Mapping("x", SKOS + p, "y", {"reviewer_label": "A"} | m)
        for p, m in (("broadMatch", {}), ("exactMatch", {"predicate_modifier": "Not"}))
    ]
    assert review.rejected_pairs(rows) == frozenset()
    assert review.rejected_pairs(rows[1:]) == {("x", "y")}


# --- lapsing

SEEN = Seen("saw wood", "To saw wood.", "en")


@pytest.mark.parametrize(
    ("now", "subject", "changed"),
    [
        (SEEN, "cut a board", ()),
        (Seen(" saw  wood", "To saw wood.", "en"), "cut a board", ()),
        (Seen("saw timber", "To saw wood.", "en"), "cut a board", ("label",)),
        (Seen("saw wood", "To saw.", "en"), "cut a board", ("definition",)),
        (SEEN, "cut two boards", ("subject",)),
        (None, "cut a board", ("target",)),
    ],
)
def test_a_verdict_lapses_when_what_was_judged_changes(proposals: MappingSet, now: Seen | None, subject: str, changed: tuple[str, ...]):
    bound = review.fingerprint(proposals.mappings[0], SEEN)
    said = review.apply(proposals, [Verdict(0, "exact", "sure", "Ana", bound)])
    first = said.mappings[0]
    moved = replace(said, mappings=(replace(first, slots={**first.slots, "subject_label": subject}), *said.mappings[1:]))
    asked: list[tuple[str, str]] = []

    def look(iri: str, language: str) -> Seen | None:
        asked.append((iri, language))
        return now

    found = review.lapsed(moved, look)
    assert found == ({0: changed} if changed else {})
    assert asked == [(ESCO + "a", "en")]
    queue = review.lapse(moved, found)
    if changed:
        back = queue.mappings[0]
        assert (answer_of(back), back.status, comment_of(back)) == (OPEN, "proposed", "sure")
        assert marks(back)["lapsed"] == "exact:" + "+".join(changed)
        again = review.apply(queue, [Verdict(0, "close", "sure", "Bea", bound)]).mappings[0]
        assert "lapsed" not in marks(again)
        assert "lapsed" not in marks(review.blind(queue).mappings[0])
    else:
        assert queue == moved


def test_another_target_lapses(proposals: MappingSet):
    bound = review.fingerprint(proposals.mappings[0], SEEN)
    said = review.apply(proposals, [Verdict(0, "exact", "", "Ana", bound)])
    moved = replace(said, mappings=(replace(said.mappings[0], object=ESCO + "z"), *said.mappings[1:]))
    assert review.lapsed(moved, lambda iri, language: SEEN) == {0: ("target",)}


def test_what_cannot_be_looked_up_does_not_lapse(proposals: MappingSet):
    said = review.apply(proposals, [Verdict(0, "exact", "", "Ana", review.fingerprint(proposals.mappings[0], SEEN)), Verdict(1, "exact")])

    def look(iri: str, language: str) -> Seen | None:
        raise LookupError

    assert review.lapsed(said, look) == {}


# --- properties

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)
NAMES = st.text("AB |\\é", min_size=1, max_size=6).map(str.strip).filter(bool)


@st.composite
def sets(draw: st.DrawFn) -> MappingSet:
    """Proposals for up to four lines, some of them with a comment and notes of others."""
    rows: list[Mapping] = []
    for number in range(draw(st.integers(1, 4))):
        query = Query(f"line {number}", "en", iri=draw(st.sampled_from(["", f"https://a.example/{number}"])))
        for concept in draw(st.lists(st.sampled_from(CONCEPTS), unique_by=lambda c: c.iri, max_size=3)):
            found = row(query, concept, candidate=candidate(concept))
            extra = {slot: draw(TEXT) for slot in draw(st.sets(st.sampled_from(["comment", "author_label"])))}
            rows.append(replace(found, slots=found.slots | {k: v for k, v in extra.items() if v}))
        if draw(st.booleans()):
            rows.append(none(query))
    return MappingSet({"mapping_set_id": "https://a.example/set", "license": "https://a.example/licence"}, tuple(rows))


@st.composite
def verdicts_on(draw: st.DrawFn, mappings: MappingSet, who: str = "Ana") -> list[Verdict]:
    said = []
    for number, mapping in enumerate(mappings.mappings):
        possible = [OPEN, NO_MATCH] if mapping.object == NO_TERM else [OPEN, *RELATIONS, REJECTED, UNSURE]
        bound = review.fingerprint(mapping, SEEN)
        said.append(Verdict(number, draw(st.sampled_from(possible)), draw(TEXT), who, bound))
    return said


@given(st.data())
def test_applying_twice_is_applying_once(data: st.DataObject):
    mappings = data.draw(sets())
    said = data.draw(verdicts_on(mappings))
    once = review.apply(mappings, said)
    again = [Verdict(n, answer_of(m), comment_of(m), "Bea", "hr.x") for n, m in enumerate(once.mappings)]
    assert review.apply(once, again) == once
    assert review.contradicted(once, again) == ()


def whole(rows: Iterable[Mapping]) -> set[tuple[str, str, str, tuple[tuple[str, str], ...]]]:
    return {(m.subject, m.predicate, m.object, tuple(sorted(m.slots.items()))) for m in rows}


@given(st.data())
def test_blinding_takes_every_trace_of_a_review(data: st.DataObject):
    """What is left are the proposals as they were: no verdict can be read from the file for the second reviewer."""
    mappings = data.draw(sets())
    said = review.apply(mappings, data.draw(verdicts_on(mappings)))
    gone = whole(mappings.mappings) - whole(map(restored, said.mappings))
    hidden = review.blind(said)
    assert whole(hidden.mappings) | gone == whole(mappings.mappings)
    assert all(iri == NO_TERM for _, _, iri, _ in gone)  # an unreviewed “nothing found” beside what was accepted
    assert review.blind(hidden) == hidden


@given(st.data())
@settings(max_examples=40)
def test_a_review_survives_every_form(data: st.DataObject):
    mappings = data.draw(sets())
    said = review.apply(mappings, data.draw(verdicts_on(mappings, data.draw(NAMES))))

    def told(found: MappingSet) -> list[tuple[object, ...]]:
        rows = (
            (review.subject_key(m), m.object, answer_of(m), comment_of(m), note_of(m), tuple(sorted(marks(m).items())))
            for m in found.mappings
        )
        return sorted(rows, key=str)

    assert told(tsv.read(tsv.write(said)).mappings) == told(said)
    assert told(json_form.read(json_form.write(said))) == told(said)
    assert told(rdf_form.read(rdf_form.write(said))) == told(said)


@given(st.dictionaries(st.sampled_from(KEYS), st.text(max_size=20)), st.sampled_from(["", "kept", "a=b|c"]))
def test_notes_are_read_as_they_were_written(pairs: dict[str, str], others: str):
    mapping = marked(Mapping("x", SKOS + "closeMatch", "y", {"other": others}), pairs)
    assert marks(mapping) == {key: value for key, value in pairs.items() if value}
    assert mapping.slots.get("other", "").startswith(others)
    assert marked(mapping, {}).slots.get("other", "") == others


# --- two reviewers


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        # Cohen 1960: 20 of 50 both yes, 15 both no, 5 and 10 apart: po 0.7, pe 0.5, kappa 0.4.
        ("y" * 20 + "y" * 5 + "n" * 10 + "n" * 15, "y" * 20 + "n" * 5 + "y" * 10 + "n" * 15, 0.4),
        # All apart, evenly: po 0, pe 0.5.
        ("ab", "ba", -1.0),
        ("ab", "ab", 1.0),
        # One of three categories each: po 2/3, pe (2*1 + 1*1 + 0*1)/9 = 1/3.
        ("aab", "aac", (2 / 3 - 4 / 9) / (5 / 9)),
        ("aaa", "aaa", None),
        ("aaa", "bbb", 0.0),
        ("", "", None),
    ],
)
def test_kappa_by_hand(a: str, b: str, expected: float | None):
    found = agreement.kappa(a, b)
    assert found == (expected if expected is None else pytest.approx(expected))


def test_kappa_needs_both():
    with pytest.raises(ValueError, match="judged by both"):
        agreement.kappa("a", "")


@given(st.lists(st.tuples(st.sampled_from(ANSWERS), st.sampled_from(ANSWERS)), min_size=2, max_size=30))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]):
    from sklearn.metrics import cohen_kappa_score

    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    found = agreement.kappa(a, b)
    assert found == agreement.kappa(b, a)
    if found is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert found == pytest.approx(cohen_kappa_score(a, b))
    else:
        assert len(set(a + b)) == 1


def two(proposals: MappingSet) -> tuple[MappingSet, MappingSet]:
    ana = [Verdict(0, "exact", "the same", "Ana", "en.1.2.3.4"), Verdict(1, REJECTED, "", "Ana"), Verdict(2, UNSURE, "?", "Ana")]
    bea = [
        Verdict(0, "exact", "", "Bea"),
        Verdict(1, "broad", "wider", "Bea"),
        Verdict(2, UNSURE, "", "Bea"),
        Verdict(3, NO_MATCH, "", "Bea"),
    ]
    return review.apply(proposals, ana), review.apply(proposals, bea)


def test_two_reviewers_are_compared(proposals: MappingSet):
    first, second = two(proposals)
    found = agreement.compare(first, second)
    assert (found.pairs, found.agreed, found.only) == (3, 2, (0, 1))
    assert found.table == {("exact", "exact"): 1, (REJECTED, "broad"): 1, (UNSURE, UNSURE): 1}
    assert found.share == pytest.approx(2 / 3)
    assert found.kappa == pytest.approx((2 / 3 - 2 / 9) / (7 / 9))
    assert found.answers == ("exact", "broad", REJECTED, UNSURE)
    (dispute,) = agreement.disputes(first, second)
    assert dispute.pair == ("cut a board", ESCO + "b")


def test_a_merged_review_has_both_names(proposals: MappingSet):
    first, second = two(proposals)
    both = agreement.merge(first, second)
    assert answers(both) == ["exact", OPEN, UNSURE, NO_MATCH]
    assert both.mappings[0].slots["reviewer_label"] == "Ana|Bea"
    assert comment_of(both.mappings[0]) == "the same"
    assert both.mappings[3].slots["reviewer_label"] == "Bea"
    disputed = both.mappings[1]
    assert marks(disputed)["disputed"] == "rejected+broad"
    assert (comment_of(disputed), disputed.status) == ("wider", "proposed")
    pair = ("cut a board", ESCO + "b")
    decided = agreement.merge(first, second, {pair: Verdict(0, "narrow", "we agreed")}).mappings[1]
    assert (answer_of(decided), decided.slots["reviewer_label"], comment_of(decided)) == ("narrow", "Ana|Bea", "we agreed")
    nameless = review.apply(proposals, [Verdict(0, "exact")])
    assert agreement.merge(nameless, nameless).mappings[0].slots["reviewer_label"] == "anonymous reviewer|another anonymous reviewer"


@given(st.data())
def test_merging_loses_no_pair_and_invents_no_verdict(data: st.DataObject):
    mappings = data.draw(sets())
    first = review.apply(mappings, data.draw(verdicts_on(mappings)))
    second = review.apply(review.blind(first), [])
    second = review.apply(mappings, data.draw(verdicts_on(mappings, "Bea")))
    both = agreement.merge(first, second)
    said, a, b = agreement.judged_pairs(both), agreement.judged_pairs(first), agreement.judged_pairs(second)
    for pair, judged in said.items():
        assert answer_of(judged) in {answer_of(r[pair]) for r in (a, b) if pair in r}
    disputed = {d.pair for d in agreement.disputes(first, second)}
    assert disputed.isdisjoint(said)
    lost = (a.keys() | b.keys()) - said.keys() - disputed
    assert all(iri == NO_TERM for _, iri in lost)
    whole = agreement.merge(first, second, {pair: Verdict(0, answer_of(a[pair])) for pair in disputed})
    assert all(answer_of(whole_row) == answer_of(a[p]) for p, whole_row in agreement.judged_pairs(whole).items() if p in disputed)
    assert agreement.compare(first, second).table.keys() == {(y, x) for x, y in agreement.compare(second, first).table}
