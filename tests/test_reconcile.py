"""The Reconciliation Service API 0.2 at `/reconcile`: answers by the published schemas, languages, limits, hostile input."""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from query_ui.edition import Edition
from query_ui.reconciling import asked_for, ids
from query_ui.reconciling.asked_for import Condition
from query_ui.reconciling.entities import Entities
from query_ui.reconciling.facts import fulfilling
from query_ui.reconciling.kinds import TYPES, type_of
from query_ui.reconciling.properties import PROPERTIES, fulfils
from tests.reconciliation import examples, wrong
from tests.served import SITE, app_on, serving, small_release
from wise_skills.alignment import Concept, index
from wise_skills.labels import fold
from wise_skills.names import ALT_LABEL, BASE, PREF_LABEL, RDF_TYPE, Names
from wise_skills.release import Release, open_release

PROFILE = "eu/profile/european-supported-employment-specialist"
GROUP = "isco/C2635"
GROUP_IRI = ids.ESCO + GROUP


@pytest.fixture(scope="module")
def app(joined: Release) -> Iterator[Flask]:
    with app_on(joined.path) as made:
        yield made


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def edition(app: Flask) -> Edition:
    found: Edition = app.extensions["wise"].edition
    return found


@pytest.fixture(scope="module")
def concepts(edition: Edition) -> list[Concept]:
    return list(edition.matcher().concepts)


def ask(client: FlaskClient, batch: Any, path: str = "/reconcile") -> Any:
    answer = client.post(path, data={"queries": json.dumps(batch)})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert wrong("reconciliation-result-batch", answer.json) == []
    return answer.json


def one(client: FlaskClient, query: Any, path: str = "/reconcile") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(client, {"q": query}, path)["q"]["result"]
    assert [c["score"] for c in found] == sorted((c["score"] for c in found), reverse=True)
    assert all(0 <= c["score"] <= 100 for c in found)
    return found


def only_labelled(concepts: list[Concept], kind: str, language: str) -> Concept:
    """Return a concept of a type whose preferred label in a language no other concept bears."""
    borne = [fold(label.text) for c in concepts for label in c.labels if label.preferred and label.language == language]
    for concept in concepts:
        own = [label for label in concept.labels if label.preferred and label.language == language]
        if type_of(concept).id == kind and len(own) == 1 and borne.count(fold(own[0].text)) == 1:
            return concept
    raise AssertionError(f"no {kind} has a name of its own in {language}")


# --- ids ------------------------------------------------------------------------------


def test_ids_of_all_concepts_are_short_and_lead_back(concepts: list[Concept], edition: Edition) -> None:
    names = {concept.iri: ids.short(concept.iri, edition.base) for concept in concepts}
    assert len(set(names.values())) == len(names)
    assert all(ids.full(name, edition.base) == iri for iri, name in names.items())
    assert not [name for name in names.values() if ":" in name]
    assert names[GROUP_IRI] == GROUP


@settings(max_examples=300)
@given(st.sampled_from([ids.ESCO, f"{BASE}id/", BASE, "https://elsewhere.example/", "urn:x:"]), st.from_regex("[a-z]{0,6}[/:#]?[!-~]{0,9}"))
def test_ids_of_any_iri_lead_back(start: str, rest: str) -> None:
    iri = (start + rest).strip()
    assert ids.full(ids.short(iri, BASE), BASE) == iri


# --- the manifest ---------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/reconcile", "/reconcile/", "/reconcile/hr", "/reconcile?lang=hr", "/reconcile/el/", "/reconcile/pt"])
def test_the_manifest_fulfils_the_schema_and_its_addresses_answer(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert wrong("manifest", answer.json) == []
    found = answer.json
    assert answer.headers["Content-Language"] == (re.search(r"\b(hr|el|pt)\b", path) or ["en"])[0]
    assert found["batchSize"] == 50
    assert [kind["id"] for kind in found["defaultTypes"]] == list(TYPES)[:-1]
    assert all(address.startswith(SITE) for address in _addresses(found))
    for kind, service in found["suggest"].items():
        assert client.get(service["service_url"] + service["service_path"], query_string={"prefix": ""}).status_code == 200
        flown = service["flyout_service_path"].replace("${id}", {"entity": GROUP, "type": "skill", "property": "isco"}[kind])
        assert client.get(service["flyout_service_url"] + flown).json["id"]  # type: ignore[index]
    for template in (found["preview"]["url"], found["view"]["url"]):
        assert client.get(template.replace("{{id}}", urllib.parse.quote(GROUP, safe=""))).status_code in (200, 303)
    extend = found["extend"]["propose_properties"]
    assert client.get(extend["service_url"] + extend["service_path"]).status_code == 200


def _addresses(found: dict[str, Any]) -> list[str]:
    services = [service["service_url"] for service in (*found["suggest"].values(), found["extend"]["propose_properties"])]
    return [*services, found["preview"]["url"], found["view"]["url"], found["documentation"]]


@pytest.mark.parametrize("path", ["/reconcile/fr", "/reconcile?lang=fr"])
def test_a_language_in_the_address_stays_in_all_addresses_of_the_manifest(client: FlaskClient, path: str) -> None:
    found = client.get(path, headers={"Accept-Language": "de"}).json
    assert found is not None
    assert all(address.startswith(f"{SITE}reconcile/fr") for address in _addresses(found) if "format=html" not in address)
    assert found["defaultTypes"][0]["name"] != TYPES["skill"].said()["name"]


def test_the_language_is_otherwise_that_of_the_client(client: FlaskClient) -> None:
    assert client.get("/reconcile", headers={"Accept-Language": "bg, en;q=0.5"}).headers["Content-Language"] == "bg"
    assert client.get("/reconcile", headers={"Accept-Language": "xx"}).headers["Content-Language"] == "en"
    assert client.get("/reconcile/xx").status_code == 404
    tags = {client.get("/reconcile", headers={"Accept-Language": tag}).headers["ETag"] for tag in ("en", "pt", "fi", "hr")}
    assert len(tags) == 4


def test_people_get_a_page_and_programs_the_manifest(client: FlaskClient) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = client.get("/reconcile?lang=sl", headers={"Accept": browser})
    assert page.mimetype == "text/html"
    assert f"{SITE}reconcile/sl" in page.get_data(as_text=True)
    for accept in ("*/*", "application/json", "application/json, text/javascript, */*; q=0.01", None):
        assert client.get("/reconcile", headers={"Accept": accept} if accept else {}).mimetype == "application/json"
    assert client.get("/reconcile?queries={}", headers={"Accept": browser}).json == {}
    assert client.get("/reconcile", headers={"Accept": "image/png"}).status_code == 406


# --- matching -------------------------------------------------------------------------


def test_valid_batches_are_answered_with_the_same_keys(client: FlaskClient) -> None:
    for name, text in examples("reconciliation-query-batch/valid"):
        batch = json.loads(text)
        assert ask(client, batch).keys() == batch.keys(), name
        got = client.get("/reconcile", query_string={"queries": text})
        assert got.json == ask(client, batch), name


def test_invalid_batches_are_refused_in_a_sentence(client: FlaskClient) -> None:
    for name, text in examples("reconciliation-query-batch/invalid"):
        answer = client.post("/reconcile", data={"queries": text})
        assert answer.status_code == 400, name
        assert answer.json is not None
        assert "q" in answer.json["detail"]


@pytest.mark.parametrize("kind", list(TYPES))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_name_of_its_own_is_a_certain_match(client: FlaskClient, concepts: list[Concept], kind: str, language: str) -> None:
    if language == "fr" and kind in ("wise-skill", "profile"):
        pytest.skip("our own skills have English names")
    if language == "en" and kind == "national":
        pytest.skip("the invented national entries have no English names")
    concept = only_labelled(concepts, kind, language)
    text = next(label.text for label in concept.labels if label.preferred and label.language == language)
    found = one(client, {"query": f"  {text.upper()}! ", "type": kind}, f"/reconcile/{language}")
    assert (found[0]["id"], found[0]["match"], found[0]["score"]) == (ids.short(concept.iri, BASE), True, 100)
    assert found[0]["type"][0]["id"] == kind
    assert not any(other["match"] for other in found[1:])


def test_a_name_that_two_bear_is_no_certain_match(client: FlaskClient, concepts: list[Concept]) -> None:
    borne: dict[str, set[str]] = {}
    for concept in concepts:
        for label in concept.labels:
            if label.preferred and label.language == "en" and type_of(concept).id == "profile":
                borne.setdefault(fold(label.text), set()).add(ids.short(concept.iri, BASE))
    text, bearers = next((text, found) for text, found in borne.items() if len(found) > 1)
    found = one(client, {"query": text, "type": "profile", "limit": 20})
    assert {candidate["id"] for candidate in found if candidate["score"] == 100} >= bearers
    assert not any(candidate["match"] for candidate in found)
    assert not any(candidate["match"] for candidate in one(client, {"query": text, "type": "profile", "limit": 1}))


def test_scores_are_those_of_the_language_asked_for(client: FlaskClient, concepts: list[Concept]) -> None:
    concept = only_labelled(concepts, "skill", "fr")
    text = next(label.text for label in concept.labels if label.preferred and label.language == "fr")

    def score(path: str, **headers: str) -> tuple[float, bool]:
        found = client.post(path, data={"queries": json.dumps({"q": {"query": text}})}, headers=headers).json
        assert found is not None
        candidate = next(c for c in found["q"]["result"] if c["id"] == ids.short(concept.iri, BASE))
        return candidate["score"], candidate["match"]

    assert score("/reconcile/fr") == score("/reconcile?lang=fr") == score("/reconcile", **{"Accept-Language": "fr"}) == (100, True)
    assert score("/reconcile/en") < (100, False)


@pytest.mark.parametrize("query", [GROUP, GROUP_IRI, f" {GROUP} "])
def test_an_id_or_iri_finds_its_entity(client: FlaskClient, query: str) -> None:
    found = one(client, {"query": query})
    assert (found[0]["id"], found[0]["score"]) == (GROUP, 100)


def test_types_narrow_and_should_gives_way(client: FlaskClient) -> None:
    def kinds(**asked: Any) -> set[str]:
        return {candidate["type"][0]["id"] for candidate in one(client, {"query": "job coach", "limit": 20, **asked})}

    assert kinds(type="profile") == {"profile"}
    assert kinds(type=["profile", "wise-skill"], type_strict="any") == {"profile", "wise-skill"}
    assert kinds(type=["profile", "wise-skill"], type_strict="all") == set()
    assert kinds(type="profile", type_strict="should") == {"profile"}
    assert "profile" in kinds(type="DifferentiatedPerson", type_strict="should")
    assert kinds(type="DifferentiatedPerson") == set()
    assert "national" not in kinds()


@pytest.mark.parametrize(("limit", "most"), [(1, 1), (3.7, 3), (0, 1), (-5, 1), (1e300, 20)])
def test_the_limit_is_kept(client: FlaskClient, limit: float, most: int) -> None:
    assert len(one(client, {"query": "work", "limit": limit})) <= most


def test_properties_are_evidence_beside_a_name_and_conditions_without(client: FlaskClient, concepts: list[Concept]) -> None:
    below = next(c for c in concepts if type_of(c).id == "occupation" and c.code and not c.is_group)
    name = below.label("en").text
    right, wrong_code = {"pid": "isco", "v": below.code}, {"pid": "isco", "v": "0110"}
    plain, raised, lowered = (
        next(c for c in one(client, {"query": name[:-2], "limit": 20, "properties": p}) if c["id"] == ids.short(below.iri, BASE))
        for p in ([], [right], [wrong_code])
    )
    assert raised["score"] > plain["score"] > lowered["score"]
    assert {"id": "isco", "value": True} in raised["features"]
    for condition in (right, {"pid": "broader", "v": {"id": f"isco/C{below.code}"}}, {"pid": "isco", "v": [f"C{below.code[:2]}", "9"]}):
        found = one(client, {"properties": [condition], "type": "occupation", "limit": 20})
        assert ids.short(below.iri, BASE) in {candidate["id"] for candidate in found}
    assert one(client, {"properties": [{"pid": "country", "v": "HR"}], "type": "profile"})[0]["id"].startswith("hr/")
    assert one(client, {"properties": [right, {"pid": "unheard-of", "v": "x"}]}) == []
    certain = one(client, {"query": name, "type": "occupation", "properties": [wrong_code]})
    assert not any(candidate["match"] for candidate in certain)


@pytest.mark.parametrize(
    ("pid", "value"),
    [
        ("isco", "26"),
        ("isco", "isco/C2635"),
        ("isco", "x"),
        ("skill-type", "Knowledge"),
        ("reuse-level", "cross-sector"),
        ("country", "FR"),
        ("broader", "isco/C2"),
        ("broader", "Social work and counselling professionals"),
        ("broader", "nothing of the kind"),
    ],
)
def test_conditions_alone_find_what_fulfils_them(app: Flask, edition: Edition, concepts: list[Concept], pid: str, value: str) -> None:
    with app.app_context():
        entities, condition = Entities(edition, "en"), Condition(pid, (value,))
        assert fulfilling(entities, [condition]) == {c.iri for c in concepts if fulfils(entities, c, condition)}


_QUERIES = st.fixed_dictionaries(
    {"query": st.sampled_from(["job coach", "social work", GROUP, "skill", "fold the kite", "ploviti", "xyzzy", " "])},
    optional={
        "type": st.sampled_from(["skill", "profile", "isco-group", ["occupation", "skill"], "unheard-of"]),
        "type_strict": st.sampled_from(["any", "all", "should"]),
        "limit": st.integers(1, 20),
        "properties": st.just([{"pid": "isco", "v": "26"}]),
    },
)


@settings(max_examples=15, deadline=None)
@given(st.lists(_QUERIES, min_size=2, max_size=6))
def test_queries_of_a_batch_do_not_touch_each_other(client: FlaskClient, queries: list[dict[str, Any]]) -> None:
    together = ask(client, {f"q{n}": query for n, query in enumerate(queries)})
    assert together == {f"q{n}": ask(client, {"q": query})["q"] for n, query in enumerate(queries)}


def test_no_text_finds_nothing_and_hurts_no_other(client: FlaskClient) -> None:
    found = ask(client, {"blank": {"query": "  "}, "": {"query": "job coach"}})
    assert found["blank"] == {"result": []}
    assert found[""]["result"]


# --- limits and hostile input ---------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 400),
        ({"queries": ""}, 400),
        ({"queries": "{"}, 400),
        ({"queries": "[]"}, 400),
        ({"queries": "null"}, 400),
        ({"queries": '{"q": []}'}, 400),
        ({"queries": '{"q": {"query": 1}}'}, 400),
        ({"queries": '{"q": {"query": "a", "limit": "5"}}'}, 400),
        ({"queries": '{"q": {"query": "a", "limit": true}}'}, 400),
        ({"queries": '{"q": {"query": "a", "limit": NaN}}'}, 400),
        ({"queries": '{"q": {"query": "a", "limit": %s}}' % ("9" * 5000)}, 400),
        ({"queries": '{"q": {"query": "a", "type_strict": "none"}}'}, 400),
        ({"queries": '{"q": {"query": "a", "type_strict": ["any"]}}'}, 400),
        ({"queries": '{"q": {"query": "a", "type": [1]}}'}, 400),
        ({"queries": '{"q": {"query": "a", "properties": [{"pid": "isco"}]}}'}, 400),
        ({"queries": '{"q": {"query": "a", "properties": [{"pid": "isco", "v": {}}]}}'}, 400),
        ({"queries": '{"q": {"query": "a", "properties": [{"pid": "isco", "v": null}]}}'}, 400),
        ({"queries": "[" * 60_000}, 400),
        ({"queries": json.dumps({"q": {"query": "ž" * 301}})}, 413),
        ({"queries": json.dumps({str(n): {"query": "a"} for n in range(51)})}, 413),
        ({"queries": "x" * 256_001}, 413),
        ({"extend": "{"}, 400),
        ({"extend": "[]"}, 400),
        ({"extend": '{"ids": "a", "properties": []}'}, 400),
        ({"extend": '{"ids": [1], "properties": []}'}, 400),
        ({"extend": '{"ids": [], "properties": [{}]}'}, 400),
        ({"extend": '{"ids": [], "properties": [{"id": "label", "settings": []}]}'}, 400),
        ({"extend": json.dumps({"ids": [str(n) for n in range(51)], "properties": []})}, 413),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence(client: FlaskClient, data: dict[str, str], status: int) -> None:
    answer = client.post("/reconcile/en", data=data)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["detail"].endswith(".")
    assert len(answer.json["detail"]) < 300
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "text",
    [
        "\ud800",
        "\x00",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "> } ; DROP ALL",
        "%00%0a",
        "😀" * 150,
        "\u202e",
        '"*"',
        "AND OR NOT NEAR(",
        "e\u0301" * 100,
    ],
)
def test_any_text_is_looked_for_and_harms_nothing(client: FlaskClient, text: str) -> None:
    body = json.dumps({text: {"query": text, "type": text, "type_strict": "should", "properties": [{"pid": "broader", "v": text}]}})
    answer = client.post("/reconcile", data={"queries": body})
    assert answer.status_code == 200
    assert list(json.loads(answer.get_data())) == [text]
    values = client.post("/reconcile", data={"extend": json.dumps({"ids": [text], "properties": [{"id": p} for p in [*PROPERTIES, text]]})})
    assert values.status_code == 200
    for path in ("/reconcile/suggest/entity", "/reconcile/suggest/type", "/reconcile/suggest/property"):
        clean = text.encode("utf-8", "replace").decode()
        assert wrong(_SUGGESTED[path.rpartition("/")[2]], client.get(path, query_string={"prefix": clean, "cursor": clean}).json) == []
    for path in ("preview", "view", "flyout/entity", "flyout/type"):
        answer = client.get(f"/reconcile/{path}", query_string={"id": text.encode("utf-8", "replace").decode()})
        assert answer.status_code == 404


def test_there_is_no_jsonp(client: FlaskClient) -> None:
    answer = client.get("/reconcile", query_string={"callback": "evil", "queries": "{}"})
    assert answer.get_data() == b"{}"


def test_one_client_may_not_ask_too_often(joined: Release) -> None:
    with app_on(joined.path, QUERIES_PER_MINUTE=2) as app:
        client = app.test_client()
        codes = [client.post("/reconcile", data={"queries": "{}"}).status_code for _ in range(3)]
        assert codes == [200, 200, 429]
        assert client.get("/reconcile").status_code == 200
        assert client.post("/reconcile", data={"extend": '{"ids": [], "properties": []}'}).headers["Retry-After"]


_SUGGEST = ("/suggest/entity", "/suggest/type", "/suggest/property")
_ROUTES = ("", *_SUGGEST, "/flyout/entity?id=isco/C2635", "/preview?id=isco/C2635", "/properties")


@pytest.mark.parametrize("root", ["/reconcile", "/reconcile/lv"])
@pytest.mark.parametrize("route", _ROUTES)
def test_programs_of_other_sites_may_read_every_route(client: FlaskClient, root: str, route: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        answer: TestResponse = client.open(root + route, method=method, headers={"Origin": "http://127.0.0.1:3333"})
        assert answer.status_code in (200, 204)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert client.get(f"{root}/nothing").headers["Access-Control-Allow-Origin"] == "*"


# --- suggest, preview, extend ---------------------------------------------------------

_SUGGESTED = {"entity": "suggest-entities-response", "type": "suggest-types-response", "property": "suggest-properties-response"}


@pytest.mark.parametrize("kind", list(_SUGGESTED))
@pytest.mark.parametrize("prefix", ["", "s", "job coach", GROUP])
def test_suggestions_fulfil_the_schema(client: FlaskClient, kind: str, prefix: str) -> None:
    assert wrong(_SUGGESTED[kind], client.get(f"/reconcile/suggest/{kind}", query_string={"prefix": prefix}).json) == []


def test_suggestions_complete_names_and_go_on(client: FlaskClient) -> None:
    def suggested(**asked: str) -> list[str]:
        found = client.get("/reconcile/en/suggest/entity", query_string=asked).json
        assert found is not None
        return [entity["id"] for entity in found["result"]]

    assert "eu/profile/job-coach" in suggested(prefix="job coa")
    assert suggested(prefix=GROUP)[0] == GROUP
    first, second = suggested(prefix="s"), suggested(prefix="s", cursor="10")
    assert len(first) == 10
    assert not set(first) & set(second)
    assert {name.split("/")[1] for name in suggested(prefix="s", type="profile")} == {"profile"}
    types = client.get("/reconcile/suggest/type?prefix=isco").json
    assert types is not None
    assert [one["id"] for one in types["result"]] == ["isco-group"]


def test_a_preview_is_a_harmless_page_for_frames(client: FlaskClient) -> None:
    answer = client.get("/reconcile/preview", query_string={"id": GROUP})
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "script" not in policy
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in answer.headers
    assert not re.search(r"<script|style=|<a\b|<form", answer.get_data(as_text=True))
    assert client.get("/reconcile", headers={"Accept": "text/html"}).headers["X-Frame-Options"] == "DENY"


def test_names_of_things_are_escaped(tmp_path: Path) -> None:
    names, evil = Names(), "<script>alert('x')</script> & co"
    node = ox.NamedNode(f"{BASE}id/eu/skill/evil")
    graph = ox.NamedNode(names.graph("eu", "skills"))
    quads = [
        ox.Quad(node, ox.NamedNode(RDF_TYPE), ox.NamedNode(names.wise + "Skill"), graph),
        ox.Quad(node, ox.NamedNode(PREF_LABEL), ox.Literal(evil, language="en"), graph),
    ]
    release = open_release(small_release(tmp_path / "out", quads))
    index.build(release.path / "alignment", release.graph, names, tmp_path / "cache")
    with app_on(release.path) as app:
        client = app.test_client()
        page = client.get("/reconcile/preview?id=eu/skill/evil")
        assert page.status_code == 200
        assert "<script" not in page.get_data(as_text=True)
        flown = client.get("/reconcile/flyout/entity?id=eu/skill/evil").json
        assert flown is not None
        assert "<script" not in flown["html"]
        assert one(client, {"query": evil})[0]["match"] is True


def test_an_id_leads_to_its_page_in_the_language(client: FlaskClient) -> None:
    answer = client.get("/reconcile/fr/view", query_string={"id": PROFILE})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/page/{PROFILE}?lang=fr")
    assert client.get("/reconcile/view", query_string={"id": PROFILE}).headers["Location"] == f"/page/{PROFILE}"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_values_fulfil_the_schema_with_a_row_for_each_id(client: FlaskClient, concepts: list[Concept]) -> None:
    wanted = {
        "ids": [GROUP, PROFILE, *(ids.short(c.iri, BASE) for c in concepts[::40]), "unheard-of"][:50],
        "properties": [*({"id": pid} for pid in PROPERTIES), {"id": "unheard-of"}],
    }
    assert wrong("data-extension-query", wanted) == []
    answer = client.post("/reconcile/en", data={"extend": json.dumps(wanted)})
    assert wrong("data-extension-response", answer.json) == []
    assert answer.json is not None
    rows = answer.json["rows"]
    assert list(rows) == wanted["ids"]
    assert all(set(row) == {*PROPERTIES, "unheard-of"} for row in rows.values())
    assert rows[GROUP]["iri"] == [{"str": GROUP_IRI}]
    assert rows[GROUP]["isco"] == [{"str": "2635"}]
    assert [above["id"] for above in rows[GROUP]["broader"]] == ["isco/C263"]
    assert not any(rows["unheard-of"].values())
    assert client.get("/reconcile/en", query_string={"extend": json.dumps(wanted)}).json == answer.json
    for name, text in examples("data-extension-query/valid"):
        assert client.post("/reconcile", data={"extend": text}).status_code == 200, name


def test_values_obey_language_and_number(client: FlaskClient, concepts: list[Concept], edition: Edition) -> None:
    concept = next(c for c in concepts if sum(label.language == "fr" and not label.preferred for label in c.labels) > 1)
    name = ids.short(concept.iri, BASE)

    def values(pid: str, **chosen: Any) -> list[str]:
        body = {"ids": [name], "properties": [{"id": pid, "settings": chosen}]}
        found = client.post("/reconcile/en", data={"extend": json.dumps(body)}).json
        assert found is not None
        return [cell["str"] for cell in found["rows"][name][pid]]

    query = f"SELECT ?label WHERE {{ <{concept.iri}> <{ALT_LABEL}> ?label }}"
    french = {str(row[0]) for row in edition.select(query) if row[0] is not None and row[0].language == "fr"}
    assert set(values("alternative-labels", language="fr")) == french
    assert len(values("alternative-labels", language="fr", limit="1")) == 1
    assert set(values("alternative-labels", language="fr", limit=0)) == french
    assert values("label", language="fr") != values("label", language="nonsense") == values("label")


def test_mappings_of_national_tables_are_values(client: FlaskClient, edition: Edition) -> None:
    query = (
        f"SELECT DISTINCT ?c WHERE {{ ?m <{edition.names.wise}mappingStatus> <{BASE}scheme/mapping-statuses/published> ; "
        "<http://www.w3.org/2002/07/owl#annotatedSource> ?c }"
    )
    mapped = [ids.short(str(row[0]), BASE) for row in edition.select(query)]
    names = [name for name in mapped if name.startswith(("occupation/", "skill/"))][:50]
    found = client.post("/reconcile", data={"extend": json.dumps({"ids": names, "properties": [{"id": "national"}]})}).json
    assert found is not None
    assert any(row["national"] for row in found["rows"].values())


@pytest.mark.parametrize("kind", ["", *TYPES, "unheard-of"])
def test_properties_are_proposed_for_each_type(client: FlaskClient, kind: str) -> None:
    answer = client.get("/reconcile/properties", query_string={"type": kind, "limit": "4"})
    assert wrong("data-extension-property-proposal", answer.json) == []
    assert answer.json is not None
    assert 0 < len(answer.json["properties"]) <= 4


# --- around it ------------------------------------------------------------------------


def test_the_description_of_the_site_lists_the_routes(client: FlaskClient) -> None:
    found = client.get("/openapi.json").json
    assert found is not None
    assert {"get", "post"} <= set(found["paths"]["/reconcile"])
    assert "/reconcile/suggest/entity" in found["paths"]


def test_several_clients_at_once_get_what_each_gets_alone(joined: Release) -> None:
    batches = [{"q": {"query": text}, "g": {"query": GROUP}} for text in ("job coach", "social work", "fold the kite", "xyzzy")]
    with serving(joined.path) as address, ThreadPoolExecutor(4) as pool:

        def post(batch: dict[str, Any]) -> Any:
            data = urllib.parse.urlencode({"queries": json.dumps(batch)}).encode()
            with urllib.request.urlopen(f"{address}reconcile/en", data, timeout=120) as answer:
                assert answer.headers["Content-Language"] == "en"
                return json.load(answer)

        alone = [post(batch) for batch in batches]
        assert list(pool.map(post, batches * 3)) == alone * 3
        assert all(wrong("reconciliation-result-batch", answer) == [] for answer in alone)


@pytest.mark.parametrize(("number", "most"), [(50, asked_for.BATCH), (300, asked_for.QUERY_CHARS), (20, asked_for.CANDIDATES)])
def test_the_limits_are_those_that_were_agreed(number: int, most: int) -> None:
    assert number == most
