"""Nothing of the research is lost: its ids, names, addresses, figures and links all stand in the national data.

What was left out on purpose is listed in `fixtures/not_taken_over.csv`, each with its reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache
from urllib.parse import unquote

import pytest
from pyoxigraph import NamedNode

from tests.national import Row, exceptions, made_of, mappings, quads, rows, rows_of
from tests.research import IDS, identified, records
from wise_skills.names import BASE, DCT

# The research names two sources by the files in which it got them.
_SEEDS = {
    "seed:000": "id/eu/source/epp-io4-belgium",
    "seed:004": "https://www.bwiseproject.eu/en/news/focus-groups-to-know-more-about-national-wises-specificities",
}
_ADDRESSES = ("source_url", "extra_sources", "related_source_url", "validation_sources")
# Columns whose texts were taken over word for word (each of several values for itself).
_VERBATIM = {
    "curricula": ("title",),
    "focus_groups": ("date",),
    "national_wise_models": ("name_native", "name_en", "abbreviation"),
    "needs": ("wording",),
    "nqf": ("nqf_name_native", "nqf_name_en"),
    "occupational_profiles": ("label_en", "label_native"),
    "organisations": ("name", "name_native_or_other", "acronym", "homepage"),
    "outcomes": ("text",),
    "policy_support": ("name", "name_native"),
    "qualification_levels": ("level", "nqf_iri", "iri_label"),
    "recommendations": ("text_own_words",),
    "sectors": ("sector_label",),
    "skills": ("label_en",),
    "wise_types": ("label_en",),
}
_LINKS = (
    ("curricula", "parent_id"),
    ("focus_groups", "organiser_ids"),
    ("needs", "profile_id"),
    ("needs", "skill_id"),
    ("needs", "model_id"),
    ("outcomes", "item_id"),
    ("outcomes", "skill_ids"),
    ("policy_support", "beneficiary_model_ids"),
    ("qualification_levels", "nqf_id"),
    ("sectors", "wise_model_ids"),
    ("skills", "profile_ids"),
)
# These hold no statement of the research on the subject: ids, marks of the research itself, what stands in SSSOM.
_NO_FIGURES = re.compile(r"url|source|uri|iri|_ids?$|unverified_fields|isco08|homepage|typology")


def parts(text: str) -> list[str]:
    return [p.strip() for p in re.split(r" \| |; ", text) if p.strip()]


def fold(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def figures(text: str) -> set[str]:
    """Numbers of a text in one spelling: 28,000 and 28 000 and 28000 are the same."""
    text = re.sub(r"(?<=\d)[,\u00a0\u202f ](?=\d{3}(?!\d))", "", text)
    return {n.replace(",", ".").lstrip("0") or "0" for n in re.findall(r"\d+(?:[.,]\d+)*", text)}


def address(text: str) -> str:
    """An address without percent-encoding; a seed file under its own name."""
    return unquote(_SEEDS.get(text[:8], text))


def check_losses(kind: str, lost: set[tuple[str, str, str]]) -> None:
    """Compare losses with the list of what was left out on purpose."""
    listed = {(r["id"], r["column"], r["value"]) for r in exceptions("not_taken_over.csv") if r["kind"] == kind}
    assert lost - listed == set(), "lost: take it over, or list it with a reason"
    assert listed - lost == set(), "this is in the data now: take it off the list"


def test_every_row_has_its_place():
    """Each id of the research stands in the identifier of some row."""
    found = list(identified())
    assert len(found) >= 1600
    assert [f"{table} {key}" for table, key, _ in found if key not in made_of()] == []


def test_identifiers_are_known():
    """And each identifier of the data is one of the research."""
    known = {key for _, key, _ in identified()} | {r["framework"] for r in records("competence_frameworks")}
    known |= {f"{r['framework']}-{r['competence_id']}" for r in records("competence_frameworks")}
    assert {key: [f"{r.folder}/{r.table}" for r in at] for key, at in made_of().items() if key not in known} == {}


def test_texts_are_kept():
    """Names, and the wordings that were taken over as they are, stand in a row made of the research row."""
    lost, seen = set(), 0
    for table, key, row in identified():
        texts = "\n".join(fold(text or "") for made in made_of()[key] for text in made.cells.values())
        for column in _VERBATIM.get(table, ()):
            for part in parts(row[column]):
                seen += 1
                bare = re.sub(r"\([^)]*\)?|, (before|forerunner).*", "", part)  # codes and such have columns of their own
                if fold(part) not in texts and not all(fold(p) in texts for p in bare.split(" / ")):
                    lost.add((key, column, part))
    assert seen >= 2000
    check_losses("text", lost)


def test_every_address_is_kept():
    """The sources of a research row are the sources of the rows made of it."""
    lost = set()
    for _, key, row in identified():
        kept = {address(a) for made in made_of()[key] for a in made.listed("sources")}
        for column in _ADDRESSES:
            given = [a.strip() for a in (row.get(column) or "").split(" | ") if a.strip() not in ("", "unverified")]
            lost |= {(key, column, a) for a in given if address(a) not in kept}
    check_losses("address", lost)


def _texts_of(row: Row) -> set[str]:
    return {n for column, text in row.cells.items() if column not in ("sources", "identifier") for n in figures(text or "")}


def _figures_near(row: Row, by_key: dict[tuple[str, str], list[Row]]) -> set[str]:
    """Figures of a row and of the rows that it refers to."""
    found = set(_texts_of(row))
    for column, text in row.cells.items():
        if column not in ("id", "sources", "identifier"):
            for value in (text or "").split(" | "):
                for other in by_key.get((row.folder, value), []) + by_key.get(("eu", value), []):
                    found |= _texts_of(other)
    return found


def test_every_figure_is_kept():
    """Each number with two or more digits in any cell of the research occurs in the rows made of it, or in those they name."""
    by_key = defaultdict(list)
    for row in rows():
        if row.cells.get("id"):
            by_key[row.folder, row.cells["id"]].append(row)
    lost = set()
    for table, key, row in identified():
        kept = {n for made in made_of()[key] for n in _figures_near(made, by_key)}
        kept |= {part for n in kept for part in re.split(r"\.", n)}
        for column, text in row.items():
            if column != IDS[table] and not _NO_FIGURES.search(column):
                lost |= {(key, column, n) for n in figures(text) if len(n) > 1 and n not in kept and n.lstrip("0") not in kept}
    check_losses("figure", lost)


def test_counts_of_forms_are_numbers():
    """The numbers of organisations and workers are values of `counts`, or stand in the scope or note of one."""
    lost, seen = [], 0
    for row in records("national_wise_models"):
        counts = [r for r in made_of()[row["model_id"]] if r.table == "counts"]
        columns = ("value", "value_to", "date", "date_to", "scope@en", "note@en")
        kept = {n for r in counts for c in columns for n in figures(r.cells.get(c) or "")}
        kept |= {n[:4] for n in kept}
        for number in figures(row["number_orgs"]) | figures(row["number_workers"]):
            seen += len(number) > 1
            if len(number) > 1 and number not in kept:
                lost.append((row["model_id"], number))
    assert seen >= 100
    # Figures about several forms at once stand with the disagreement that they are part of.
    elsewhere = {(i, n) for i, n in lost if any(n in _texts_of(r) for r in made_of()[i])}
    assert set(lost) - elsewhere == set()
    assert len(elsewhere) <= 8


def test_types_of_forms_are_kept():
    """Each B-WISE type of a form is an assignment, in the order of the research."""
    for row in records("national_wise_models"):
        wanted = [(t.casefold(), str(rank)) for rank, t in enumerate(parts(row["bwise_type"]), 1)]
        made = {(r.cells["type"].removeprefix("bwise-"), r.cells["rank"]) for r in made_of()[row["model_id"]] if r.table == "assignments"}
        assert made == set(wanted), row["model_id"]


def test_evidence_is_kept():
    """A claim is not better backed here than in the research."""
    for table, target in (("needs", "needs"), ("skills", "skills")):
        for row in records(table):
            made = {r.cells["evidence"] for r in made_of()[row[IDS[table]]] if r.table == target}
            assert made == {row["evidence_level"].replace("_", "-")}, row[IDS[table]]
    for _, key, row in identified():
        if row.get("status") == "unverified":
            assert {r.cells["evidence"] for r in made_of()[key]} <= {"unverified", "suggested"}, key


@cache
def _graph() -> tuple[dict[str, set[str]], dict[str, set[str]], dict[str, set[str]]]:
    """Things by research id, and links from and to each thing."""
    things, out, back = defaultdict(set), defaultdict(set), defaultdict(set)
    for quad in quads():
        if quad.predicate.value == DCT + "identifier":
            things[quad.object.value].add(quad.subject.value)
        elif isinstance(quad.object, NamedNode) and "/source/" not in quad.subject.value:
            out[quad.subject.value].add(quad.object.value)
            back[quad.object.value].add(quad.subject.value)
    return things, out, back


def linked(one: str, other: str) -> bool:
    """Whether things made of two research rows are linked, directly or by a claim about both."""
    things, out, back = _graph()
    direct = any(out[s] & things[other] for s in things[one])
    return direct or any(back[s] & back[t] for s in things[one] for t in things[other])


@pytest.mark.parametrize(("table", "column"), _LINKS)
def test_every_link_is_kept(table: str, column: str):
    wanted = [(row[IDS[table]], other) for row in records(table) for other in parts(row[column])]
    assert len(wanted) >= 10
    assert [pair for pair in wanted if not linked(*pair)] == []


def test_groups_of_skills_are_kept():
    """Each group that the research gives a skill has a claim that it needs it."""
    things, out, back = _graph()
    for row in records("skills"):
        for group in parts(row["user_groups"]):
            iri = f"{BASE}scheme/user-groups/{group.replace('_', '-')}"
            assert any(iri in out[claim] for thing in things[row["skill_id"]] for claim in back[thing]), (row["skill_id"], group)


# --- mappings


@cache
def _matches() -> dict[str, set[tuple[str, str]]]:
    found = defaultdict(set)
    for mapping in mappings():
        found[mapping.subject].add((mapping.predicate.rsplit("#", 1)[-1], mapping.object))
    return found


def subjects(key: str) -> list[str]:
    kinds = {"skills": "skill", "profiles": "profile", "personas": "persona"}
    return [f"{BASE}id/{r.folder}/{kinds[r.table]}/{r.cells['id']}" for r in made_of()[key] if r.table in kinds]


def test_every_candidate_is_a_proposal():
    """Each pair of `esco_candidates` is a row of SSSOM with the same relation."""
    wanted = records("esco_candidates")
    assert len(wanted) >= 700
    lost = [
        (r["id"], r["relation"], r["esco_label"])
        for r in wanted
        if not any((f"{r['relation']}Match", r["esco_uri"]) in _matches()[s] for s in subjects(r["id"]))
    ]
    assert lost == []


@pytest.mark.parametrize(("table", "column"), [("skills", "esco_skill_uri"), ("occupational_profiles", "esco_uri")])
def test_every_match_of_a_row_is_a_proposal(table: str, column: str):
    for row in records(table):
        for uri in parts(row[column]):
            objects = {o for s in subjects(row[IDS[table]]) for _, o in _matches()[s]}
            assert uri in objects, (row[IDS[table]], uri)


def test_every_competence_is_there():
    """Competences by framework and number, with their name, area and match in ESCO."""
    known = {(r.cells["framework"], r.cells["number"]): r.cells for r in rows_of("competences")}
    found = records("competence_frameworks")
    assert len(found) == len(known)
    for row in found:
        framework = row["framework"].casefold()
        cells = known[framework, row["competence_id"]]
        assert fold(cells["name@en"]) == fold(row["competence_en"])
        assert fold(cells["area@en"]) == fold(row["area"])
        if row["esco_uri"]:
            matches = {o for _, o in _matches()[f"{BASE}id/eu/competence/{cells['id']}"]}
            assert row["esco_uri"] in matches, cells["id"]


def test_every_framework_match_is_a_proposal():
    """A skill's competence is a row of SSSOM; the number of an area stands for all its competences."""
    competences = rows_of("competences")
    for row in records("skills"):
        matches = {o.rsplit("/", 1)[-1] for s in subjects(row["skill_id"]) for _, o in _matches()[s]}
        for number in parts(row["framework_competence_id"]):
            wanted = {
                r.cells["id"]
                for r in competences
                if r.cells["framework"] == row["framework"].casefold() and number in (r.cells["number"], r.cells["area_number"])
            }
            assert wanted, (row["skill_id"], number)
            assert wanted <= matches, (row["skill_id"], number)
