"""The real data: every fact backed, every shape used, every source described, nothing of a forbidden form."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

import pyoxigraph as ox
import pytest

from tests.national import COUNTRIES, Row, exceptions, loaded, quads, rows, rows_of, vocabulary
from wise_skills.constraints import UNSOURCED
from wise_skills.names import DCT, FOLDERS, RDF_TYPE, Names, resource
from wise_skills.release import Release

TABLES = vocabulary().schema.tables
NAMES = Names()
# What every country folder has; the research holds no statement for Greece and no known bidder rule for Croatia.
ALWAYS = (
    "activities", "assignments", "classifications", "conditions", "counts", "coverage", "disagreements", "eligibility", "events",
    "forms", "frameworks", "laws", "levels", "needs", "organisations", "profiles", "requirements", "reserved", "resources", "roles",
    "sources", "statements", "support", "target_groups", "validations",
)  # fmt: skip
MISSING = {("gr", "statements"), ("hr", "bidders")}


@cache
def by_class() -> dict[str, dict[str, set[str]]]:
    """Subjects by class, each with the predicates that it has."""
    classes: dict[str, str] = {}
    predicates: dict[str, set[str]] = defaultdict(set)
    for quad in quads():
        predicates[quad.subject.value].add(quad.predicate.value)
        if quad.predicate.value == RDF_TYPE:
            classes[quad.subject.value] = quad.object.value
    found: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for subject, kind in classes.items():
        found[kind][subject] = predicates[subject]
    return found


@cache
def evidence() -> dict[str, str]:
    path = vocabulary().schema.by_name["forms"].by_id["evidence"].path
    return {q.subject.value: q.object.value.rsplit("/", 1)[-1] for q in quads() if q.predicate.value == path}


def test_the_data_are_all_there():
    assert set(loaded()) == set(FOLDERS)
    assert len(TABLES) >= 35
    assert len(rows()) >= 4000
    assert not [f.as_line() for one in loaded().values() for f in one.findings]


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_no_fact_without_evidence_and_source(table):
    """Every row has a level of evidence, and a source unless it says that it has none."""
    subjects = by_class()[table.target]
    if table.name == "waivers":  # a decision of ours is no fact
        return
    if table.name == "sources":  # they are the sources; one may stand in several folders
        assert set(subjects) == {NAMES.base * r.cells["url"].startswith("id/") + r.cells["url"] for r in rows_of("sources")}
        return
    assert len(subjects) == len(rows_of(table.name)) > 0
    without_level = [s for s in subjects if s not in evidence()]
    without_source = [s for s, has in subjects.items() if DCT + "source" not in has and evidence().get(s) not in UNSOURCED]
    assert without_level == []
    assert without_source == []
    backed = sum(DCT + "source" in has for has in subjects.values())
    assert backed > 0 or table.name == "assignments"  # all types of forms are our inference


def test_most_facts_have_a_source():
    """The share that rests on a source is counted, so that it cannot fall unseen."""
    levels = list(evidence().values())
    assert len(levels) >= 3500
    assert sum(e not in UNSOURCED for e in levels) / len(levels) > 0.85


def test_every_shape_has_focus_nodes_and_values():
    """Each table has rows and each column values; what the present data leave empty is listed with its reason."""
    used = {(q.graph_name.value.rsplit("/", 1)[-1], q.predicate.value) for q in quads()}
    assert [t.name for t in TABLES if not by_class().get(t.target)] == ["waivers"], "no warning of the present data needs one"
    filled = [t for t in TABLES if t.name != "waivers"]
    empty = {(t.name, c.id) for t in filled for c in (*t.columns, *t.constants) if (t.name, c.path) not in used}
    listed = {(r["table"], r["column"]) for r in exceptions("unused_columns.csv")}
    assert empty - listed == set(), "columns without any value: fill them, or list them with a reason"
    assert listed - empty == set(), "these columns are in use now: take them off the list"


def test_every_list_is_used():
    """Each list that a column takes its values from gives at least one value."""
    concepts = {q.object.value for q in quads() if isinstance(q.object, ox.NamedNode)}
    members = vocabulary().concepts.members
    schemes = {c.scheme for t in TABLES for c in t.columns if c.scheme}
    assert [s for s in sorted(schemes) if not concepts & set(members[s])] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_sources_are_described(folder: str):
    """What the rows of a folder name as source is described in its own `sources.csv`, and nothing else is."""
    here = [r for r in rows() if r.folder == folder]
    described = {r.cells["url"] for r in here if r.table == "sources"}
    used = {address for r in here for address in r.listed("sources")}
    assert used - described == set()
    assert described - used == set()


def test_sources_are_described_alike():
    """A source that several folders describe is one thing: the descriptions agree."""
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows_of("sources"):
        for column, text in row.cells.items():
            if text and not column.startswith("note"):
                told[row.cells["url"], column].add(text)
    assert {key: texts for key, texts in told.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("folder", FOLDERS)
def test_readme(folder: str):
    text = (resource("data") / folder / "README.md").read_text(encoding="utf-8")
    assert len(text) > 800
    assert "\n## " in text
    for word in ("source", "CC BY 4.0", "doubt"):
        assert word.casefold() in text.casefold(), word
    for name in re.findall(r"`([a-z_]+)\.csv`", text):
        assert (resource("data") / folder / f"{name}.csv").exists() or (folder, name) in MISSING, f"{name}.csv is named but not there"


@pytest.mark.parametrize("country", COUNTRIES)
def test_country_has_its_tables(country: str):
    tables = {r.table for r in rows() if r.folder == country}
    assert {t for t in ALWAYS if t not in tables} == {t for c, t in MISSING if c == country and t in ALWAYS}


def test_forms_have_types():
    """Every form has a type; else it is no WISE as such, or earlier than another, or says why not."""
    assigned = {(r.folder, r.cells["form"]) for r in rows_of("assignments")}
    forms = rows_of("forms")
    assert len(forms) >= 56

    def forerunner(form: Row) -> bool:
        later = [r for r in forms if r.folder == form.folder and form.cells["id"] in r.listed("succeeds")]
        return bool(form.cells.get("valid_to") or later)

    bare = [
        f"{r.folder}/{r.cells['id']}"
        for r in forms
        if (r.folder, r.cells["id"]) not in assigned
        and r.cells["wise_scope"] != "not-as-such"
        and not forerunner(r)
        and "No B-WISE type" not in (r.cells.get("note@en") or "")
    ]
    assert bare == []


def test_no_blank_nodes():
    assert not [q for q in quads() if isinstance(q.subject, ox.BlankNode) or isinstance(q.object, ox.BlankNode)]


def test_iris_of_the_eu_are_as_published(release: Release):
    """ESCO and the authority tables are http:, in everything that is published."""
    dump = (release.dump / "wise-skills.nq").read_bytes()
    assert set(re.findall(rb"<https://data\.europa\.eu[^>]*>|<https://publications\.europa\.eu/resource[^>]*>", dump)) == set()
    assert dump.count(b"<http://data.europa.eu/") > 1000


def test_every_row_is_published(release: Release):
    """The release has a row node for each record, and the thing that it describes."""
    pattern = rf"^<{NAMES.base}source/[^>]+\.csv#row=\d+> <{NAMES.describes}> ".encode()
    described = re.findall(pattern, (release.dump / "wise-skills.nq").read_bytes(), re.MULTILINE)
    assert len(described) == len(rows())
