"""Pages of ESCO concepts and of codes, with an invented ESCO and without any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from query_ui import create_app
from wise_skills.names import BASE
from wise_skills.release import Release

ESCO = "http://data.europa.eu/esco/"
LOOM_MENDER = ESCO + "occupation/c60ede09-b67b-4173-8991-b9b694149488"
GONE = ESCO + "occupation/00000000-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def client(joined: Release) -> Iterator[FlaskClient]:
    app = create_app(joined.path)
    yield app.test_client()
    app.extensions["wise"].close()


@pytest.fixture(scope="module")
def bare(release: Release) -> Iterator[FlaskClient]:
    app = create_app(release.path)
    yield app.test_client()
    app.extensions["wise"].close()


def page(client: FlaskClient, iri: str, more: str = "") -> str:
    answer = client.get(f"/page?iri={quote(iri, safe='')}{more}", follow_redirects=True)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def section(text: str, name: str) -> str:
    found = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', text, re.DOTALL)
    assert found, f"no section {name}"
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])))


def test_occupation_says_what_it_is_and_where(client: FlaskClient):
    text = page(client, LOOM_MENDER)
    assert "<h1>loom mender 117</h1>" in text
    assert "ESCO occupation" in text
    assert "esco.ec.europa.eu/en/classification/occupation?uri=" in text
    place = section(text, "place")
    assert "Essential skills and knowledge" in place
    assert "loom mender 117" in place.split("Above it")[1]
    assert "This service uses the ESCO classification of the European Commission." in section(text, "origin")


def test_names_stand_by_language(client: FlaskClient):
    names = section(page(client, LOOM_MENDER), "names")
    assert " en loom mender 117" in names
    assert re.search(r" fr \S", names)


def test_wise_profiles_that_lead_to_it(client: FlaskClient):
    wise = section(page(client, LOOM_MENDER), "wise")
    assert "Work-floor supervisor and job coach close to" in wise
    assert "proposed" in wise


def test_published_tables_and_their_doubtful_direction(client: FlaskClient):
    tables = section(page(client, LOOM_MENDER), "mappings")
    assert "narrower than 3.4.5.2.0 Tessitori inventati" in tables
    assert "narrower than ⇅" in tables
    assert "published" in tables
    assert "the table is shown as it was published" in tables


def test_national_code_is_seen_from_the_other_side(client: FlaskClient):
    text = page(client, f"{BASE}id/it/code/cp2011/3.4.5.2.0")
    assert "Tessitori inventati" in text
    assert "broader than" in section(text, "mappings")


def test_skill_group_lists_what_is_below(client: FlaskClient):
    text = page(client, ESCO + "skill/335228d2-297d-4e0e-a6ee-bc6a8dc110d9")
    assert "ESCO skill group" in text
    assert "Below it" in section(text, "place")


@pytest.mark.parametrize("predicate", ["isEssentialSkillFor", "isOptionalSkillFor"])
def test_skill_names_profiles_through_occupations(client: FlaskClient, joined: Release, predicate: str):
    store = ox.Store.read_only(str(joined.graph))
    rows = store.query(
        f"SELECT ?s {{ <{LOOM_MENDER}> ^<{ESCO}model#{predicate}> ?s }} ORDER BY ?s LIMIT 1", use_default_graph_as_union=True
    )
    assert isinstance(rows, ox.QuerySolutions)
    skill = next(rows)["s"].value
    wise = section(page(client, skill), "wise")
    assert "Profiles of WISEs whose proposed ESCO occupation asks for it." in wise
    assert ("essential" if "Essential" in predicate else "optional") in wise


def test_a_whole_relation_has_pages_of_its_own(client: FlaskClient):
    text = page(client, LOOM_MENDER, "&of=relatedEssentialSkill")
    assert "in all" in text
    first = page(client, LOOM_MENDER, "&of=relatedEssentialSkill&page=1")
    assert first.partition("<main")[2].partition("</main>")[0] == text.partition("<main")[2].partition("</main>")[0]
    assert client.get(f"/page?iri={quote(LOOM_MENDER, safe='')}&of=nonsense").status_code == 404


def test_scheme_of_esco_does_not_list_thousands(client: FlaskClient):
    text = page(client, ESCO + "concept-scheme/skills")
    assert "Linked from" not in text


def test_classes_of_nace_show_what_they_include(client: FlaskClient):
    assert "NACE Rev. 2" in page(client, "http://data.europa.eu/ux2/nace2/A")


def test_without_esco_a_mapped_concept_has_a_name_and_says_how_to_add_the_package(bare: FlaskClient):
    text = page(bare, LOOM_MENDER)
    assert "employment support worker" in text
    assert "wise build --esco FILE.zip" in text
    assert "esco.ec.europa.eu/en/use-esco/download" in text
    assert "This release holds no ESCO package" in page(bare, ESCO + "isco/C2635")


def test_with_esco_nobody_is_told_to_add_it(client: FlaskClient):
    assert "holds no ESCO package" not in page(client, LOOM_MENDER)
    assert "holds no ESCO package" not in client.get("/dataset").get_data(as_text=True)


def test_dataset_page_names_what_the_release_stands_on(client: FlaskClient, bare: FlaskClient):
    text = client.get("/dataset").get_data(as_text=True)
    for part in ("What it stands on", "1.1.1", "en, fr", "/downloads/esco.nq.gz", "/downloads/esco.csv"):
        assert part in text
    for name, begins in {"esco.nq.gz": b"\x1f\x8b", "esco.csv": b"severity,"}.items():
        with client.get(f"/downloads/{name}") as answer:
            assert answer.data.startswith(begins)
    assert "wise build --esco" in bare.get("/dataset").get_data(as_text=True)


def test_concept_in_no_graph_is_missing(client: FlaskClient):
    assert client.get(f"/page?iri={quote(ESCO + 'skill/none', safe='')}").status_code == 404


def test_gone_concept_of_a_published_table_is_no_error(client: FlaskClient):
    assert "Mestieri spariti" in page(client, GONE)
