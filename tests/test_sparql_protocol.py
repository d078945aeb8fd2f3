"""`/sparql` speaks the SPARQL 1.1 Protocol (Recommendation of 21 March 2013): every way to ask, rightly and wrongly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.research import shared
from tests.served import SITE, app_on, small_release
from wise_skills.engines import Limits
from wise_skills.names import BASE, RDF_TYPE

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv", "text/tab-separated-values"
TURTLE, N_TRIPLES, JSON_LD, RDF_XML = "text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"
SD = "http://www.w3.org/ns/sparql-service-description#"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
DATA = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
HOSTILE = sorted((Path(__file__).parent / "fixtures" / "hostile").glob("*.rq"))


def quads() -> Iterator[ox.Quad]:
    """The graphs that the protocol's tests speak of, and some rows for the others."""
    for number in (0, 1, 2, 3):
        graph = ox.NamedNode(DATA.format(number))
        yield ox.Quad(graph, ox.NamedNode(RDF_TYPE), ox.NamedNode("http://xmlns.com/foaf/0.1/Document"), graph)
    for number in range(50):
        thing = ox.NamedNode(f"{BASE}id/be/form/{number}")
        yield ox.Quad(thing, ox.NamedNode(BASE + "ns#number"), ox.Literal(number), ox.NamedNode(BASE + "graph/be/forms"))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    out = small_release(tmp_path_factory.mktemp("protocol"), quads())
    with app_on(out, LIMITS=Limits(seconds=2.0, rows=20, memory=256_000_000)) as app:
        yield app.test_client()


def get(client: FlaskClient, query: str, accept: str | None = None, **more: str) -> TestResponse:
    return client.get("/sparql?" + urlencode({"query": query, **more}), headers={"Accept": accept} if accept else {})


def truth(response: TestResponse) -> bool:
    assert response.status_code == 200, response.text
    return bool(json.loads(response.data)["boolean"])


# --- the three ways to ask, and the dataset (§2.1, §2.1.4)

BOTH = f"ASK {{ <{DATA.format(1)}> a ?x . <{DATA.format(2)}> a ?y }}"
IN_GRAPHS = (
    f"ASK {{ GRAPH ?g {{ <{DATA.format(1)}> a ?x }} GRAPH ?h {{ <{DATA.format(2)}> a ?y }} "
    f"FILTER NOT EXISTS {{ GRAPH ?i {{ <{DATA.format(3)}> a ?z }} }} }}"
)
TWO = [("default-graph-uri", DATA.format(1)), ("default-graph-uri", DATA.format(2))]
NAMED = [("named-graph-uri", DATA.format(1)), ("named-graph-uri", DATA.format(2))]


def test_get(client: FlaskClient):
    assert truth(get(client, "ASK {}"))


def test_post_form(client: FlaskClient):
    assert truth(client.post("/sparql", data=urlencode({"query": "ASK {}"}), content_type=FORM))
    assert truth(client.post("/sparql", data=urlencode({"query": "ASK {}"}), content_type=f"{FORM}; charset=UTF-8"))


def test_post_direct(client: FlaskClient):
    assert truth(client.post("/sparql", data="ASK {}", content_type=DIRECT))
    assert truth(client.post("/sparql", data='ASK { FILTER("ž" = "ž") }'.encode(), content_type=f"{DIRECT}; charset=utf-8"))


@pytest.mark.parametrize(("query", "graphs"), [(BOTH, TWO), (IN_GRAPHS, NAMED), (BOTH, TWO + NAMED), (IN_GRAPHS, TWO + NAMED)])
def test_dataset_of_the_protocol(client: FlaskClient, query: str, graphs: list[tuple[str, str]]):
    """In the address for GET and direct POST; in the body for a form, or in the address as the tests of the W3C put it."""
    both = urlencode([("query", query), *graphs])
    assert truth(client.get(f"/sparql?{both}"))
    assert truth(client.post("/sparql", data=both, content_type=FORM))
    assert truth(client.post(f"/sparql?{urlencode(graphs)}", data=urlencode({"query": query}), content_type=FORM))
    assert truth(client.post(f"/sparql?{urlencode(graphs)}", data=query, content_type=DIRECT))


def test_the_protocol_wins_over_from(client: FlaskClient):
    query = f"ASK FROM <{DATA.format(3)}> {{ <{DATA.format(1)}> a ?x . MINUS {{ <{DATA.format(3)}> a ?y }} }}"
    assert truth(client.get("/sparql?" + urlencode([("query", query), ("default-graph-uri", DATA.format(1))])))
    assert not truth(get(client, query))


def test_without_dataset_the_union_is_asked(client: FlaskClient):
    assert truth(get(client, BOTH))


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_unknown_graph(client: FlaskClient, name: str):
    response = get(client, "ASK {}", **{name: "http://elsewhere.example/g"})
    assert response.status_code == 400
    assert "elsewhere.example" in response.json["detail"]


# --- types of answers (§2.1.6, and the formats' own Recommendations)

FORMS = {
    "select": ("SELECT * { ?s a ?x } ORDER BY ?s", (JSON, XML, CSV, TSV)),
    "ask": ("ASK { ?s a ?x }", (JSON, XML)),
    "construct": ("CONSTRUCT { <s> <p> ?x } WHERE { ?s a ?x }", (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)),
    "describe": (f"DESCRIBE <{DATA.format(1)}>", (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)),
}


@pytest.mark.parametrize("form", FORMS)
def test_types(client: FlaskClient, form: str):
    query, types = FORMS[form]
    assert get(client, query).mimetype == types[0]
    assert get(client, query, "*/*").mimetype == types[0]
    for media in types:
        response = get(client, query, media)
        assert (response.status_code, response.mimetype) == (200, media)
        assert "Accept" in response.headers["Vary"]
    for other in {JSON, CSV, TURTLE} - set(types):
        response = get(client, query, other)
        assert response.status_code == 406, other
        assert response.mimetype == "application/problem+json"
        assert types[0] in response.json["detail"]


@pytest.mark.parametrize(
    ("form", "accept", "expected"),
    [
        ("select", f"{CSV};q=0.2, {XML};q=0.9", XML),
        ("select", f"text/*, {JSON};q=0.5", CSV),
        ("select", f"{JSON};q=0, */*", XML),
        ("select", "application/json", JSON),
        ("select", "application/xml", XML),
        ("ask", "application/json", JSON),
        ("construct", "application/json", JSON_LD),
        ("construct", "text/plain", N_TRIPLES),
        ("construct", "application/xml", RDF_XML),
        ("construct", "application/rdf+xml;q=0.3, text/turtle;q=0.3", TURTLE),
    ],
)
def test_preferences(client: FlaskClient, form: str, accept: str, expected: str):
    assert get(client, FORMS[form][0], accept).mimetype == expected


@pytest.mark.parametrize(
    ("form", "name", "expected"), [("select", "csv", CSV), ("select", "tsv", TSV), ("ask", "xml", XML), ("construct", "nt", N_TRIPLES)]
)
def test_named_formats(client: FlaskClient, form: str, name: str, expected: str):
    assert get(client, FORMS[form][0], BROWSER, format=name).mimetype == expected


def test_unknown_format(client: FlaskClient):
    response = get(client, "ASK {}", format="exe")
    assert response.status_code == 400
    assert "ttl" in response.json["detail"]
    assert get(client, "ASK {}", format="csv").status_code == 406


def test_csv_and_tsv_are_exact(client: FlaskClient):
    query = 'SELECT ?a ?b ?c { VALUES (?a ?b ?c) { ("=1+1"@en UNDEF 1.5) } }'
    response = get(client, query, CSV)
    assert response.data == b"a,b,c\r\n=1+1,,1.5\r\n"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    assert get(client, query, TSV).data.splitlines()[1].split(b"\t")[:2] == [b'"=1+1"@en', b""]


# --- what is wrong with a request


class Bad(NamedTuple):
    name: str
    method: str
    status: int
    address: str = "/sparql"
    body: bytes = b""
    kind: str | None = None


ASK = quote("ASK {}")
BAD = [
    Bad("put", "PUT", 405, f"/sparql?query={ASK}"),
    Bad("delete", "DELETE", 405),
    Bad("two queries", "GET", 400, f"/sparql?query={ASK}&query={quote('SELECT * {}')}"),
    Bad("two queries in a form", "POST", 400, body=f"query={ASK}&query={ASK}".encode(), kind=FORM),
    Bad("two queries, address and body", "POST", 400, f"/sparql?query={ASK}", b"ASK {}", DIRECT),
    Bad("wrong media type", "POST", 415, body=b"ASK {}", kind="text/plain"),
    Bad("no type for a form", "POST", 415, body=f"query={ASK}".encode()),
    Bad("no type for a query", "POST", 415, body=b"ASK {}"),
    Bad("utf-16", "POST", 415, body="ASK {}".encode("utf-16"), kind=f"{DIRECT}; charset=UTF-16"),
    Bad("bytes that are not utf-8", "POST", 400, body=b"ASK { FILTER('\xff' = 'x') }", kind=DIRECT),
    Bad("bytes that are not utf-8 in a form", "POST", 400, body=b"query=\xff\xfe", kind=FORM),
    Bad("bytes that are not utf-8 in the address", "GET", 400, "/sparql?query=%FF%FE"),
    Bad("nul", "POST", 400, body=b"ASK {\0}", kind=DIRECT),
    Bad("no query in a form", "POST", 400, body=b"x=1", kind=FORM),
    Bad("empty query", "POST", 400, body=b"", kind=DIRECT),
    Bad("syntax", "GET", 400, f"/sparql?query={quote('ASK {')}"),
    Bad("too long for the reader", "POST", 413, body=b"ASK {} #" + b"x" * 20_000, kind=DIRECT),
    Bad("too long for the site", "POST", 413, body=b"ASK {} #" + b"x" * 300_000, kind=DIRECT),
    Bad("update in the address", "GET", 403, f"/sparql?update={quote('CLEAR ALL')}"),
    Bad("update in a form", "POST", 403, body=b"update=" + quote("CLEAR ALL").encode(), kind=FORM),
    Bad("update itself", "POST", 403, body=b"CLEAR ALL", kind="application/sparql-update"),
    Bad("update as query", "GET", 403, f"/sparql?query={quote('CLEAR ALL')}"),
    Bad("service", "GET", 403, f"/sparql?query={quote('SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }')}"),
    Bad("service that is silent", "GET", 403, f"/sparql?query={quote('SELECT * { SERVICE SILENT ?s { ?s ?p ?o } }')}"),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda b: b.name)
def test_bad_requests(client: FlaskClient, bad: Bad):
    """A status that fits, problem+json, CORS, words for a person, and nothing of the inside."""
    response = client.open(bad.address, method=bad.method, data=bad.body, content_type=bad.kind)
    assert response.status_code == bad.status, response.text
    assert response.mimetype == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.json["status"] == bad.status
    assert response.json["detail"][0].isupper()
    assert response.json["detail"].endswith(".")
    assert "Traceback" not in response.text
    if bad.status == 405:
        assert {"GET", "POST", "HEAD", "OPTIONS"} == set(response.headers["Allow"].split(", "))
    if bad.status == 415:
        assert bad.name == "utf-16" or DIRECT in response.headers["Accept-Post"]


def test_a_position_is_given(client: FlaskClient):
    response = get(client, "SELECT *\nWHERE { ?s ?p }")
    assert (response.status_code, response.json["line"]) == (400, 2)


def test_time_limit(client: FlaskClient):
    query = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(9)) + " }"
    response = get(client, query)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "2 seconds" in response.json["detail"]
    assert truth(get(client, "ASK {}"))


def test_cut_answers_say_so(client: FlaskClient):
    response = get(client, "SELECT * { ?s ?p ?o }")
    assert len(response.json["results"]["bindings"]) == 20
    assert response.headers["X-Result-Truncated"] == "true"
    assert "X-Result-Truncated" in response.headers["Access-Control-Expose-Headers"]
    assert "X-Result-Truncated" not in get(client, "SELECT * { ?s ?p ?o } LIMIT 20").headers
    assert "more than 20 rows" in get(client, "SELECT * { ?s ?p ?o }", BROWSER).text.lower()


@pytest.mark.parametrize("path", HOSTILE, ids=lambda p: p.stem)
def test_hostile_queries(client: FlaskClient, path: Path):
    """Whatever is asked gets an answer or a refusal in words, in both forms."""
    text = path.read_text(encoding="utf-8").partition("\n")[2].replace("TRAP", "http://127.0.0.1:9")
    for accept in ("*/*", BROWSER):
        response = client.post("/sparql", data=urlencode({"query": text}), content_type=FORM, headers={"Accept": accept})
        assert response.status_code in (200, 400, 403, 413, 500, 503), path.stem
        assert "Traceback" not in response.text
        if accept == BROWSER:
            assert response.mimetype == "text/html"
            assert "<script>" not in response.text


def test_there_are_hostile_queries():
    assert len(HOSTILE) >= 60


# --- around the answers


def test_head_options_and_cors(client: FlaskClient):
    address = f"/sparql?query={ASK}"
    head = client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Type"] == JSON
    options = client.options("/sparql", headers={"Origin": "https://other.example", "Access-Control-Request-Method": "POST"})
    assert (options.status_code, options.data) == (204, b"")
    assert options.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in options.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in options.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in options.headers
    assert client.get(address).headers["Access-Control-Allow-Origin"] == "*"


def test_conditional(client: FlaskClient):
    address = f"/sparql?query={ASK}"
    first = client.get(address)
    tag = first.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]+"', tag)
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(address, headers={"If-None-Match": tag, "Accept": XML}).status_code == 200
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_compression(client: FlaskClient):
    address = "/sparql?query=" + quote("SELECT * { ?s ?p ?o }")
    plain, packed = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data)
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_rate(tmp_path: Path):
    with app_on(small_release(tmp_path, quads()), QUERIES_PER_MINUTE=3) as app:
        client = app.test_client()
        statuses = [client.get(f"/sparql?query={quote(f'ASK {{}} #{n}')}").status_code for n in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        refused = client.get(f"/sparql?query={ASK}")
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        assert "3 queries in one minute" in refused.json["detail"]
        page = client.get(f"/sparql?query={ASK}", headers={"Accept": BROWSER})
        assert (page.status_code, page.headers["Retry-After"]) == (429, refused.headers["Retry-After"])
        assert "ASK {}" in page.text
        other = client.get(f"/sparql?query={ASK}", environ_base={"REMOTE_ADDR": "10.1.2.3"})
        assert other.status_code == 200
        assert client.get("/about").status_code == 200


# --- the service description (SPARQL 1.1 Service Description §2)


@pytest.mark.parametrize("media", [None, TURTLE, N_TRIPLES, JSON_LD, RDF_XML])
def test_service_description(client: FlaskClient, media: str | None):
    response = client.get("/sparql", headers={"Accept": media} if media else {})
    assert response.status_code == 200
    found = list(ox.parse(response.data, format=ox.RdfFormat.from_media_type(response.mimetype)))
    endpoint = [q for q in found if q.predicate.value == SD + "endpoint"]
    assert [q.object.value for q in endpoint] == [SITE + "sparql"]  # type: ignore[union-attr]
    services = {q.subject for q in found if getattr(q.object, "value", "") == SD + "Service"}
    assert services == {endpoint[0].subject}
    features = {q.object.value for q in found if q.predicate.value == SD + "feature"}  # type: ignore[union-attr]
    assert features == {SD + "UnionDefaultGraph"}


def test_browsers_get_the_editor(client: FlaskClient):
    response = client.get("/sparql", headers={"Accept": BROWSER})
    assert response.mimetype == "text/html"
    assert "<textarea" in response.text
    assert client.get("/sparql", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/sparql?format=ttl", headers={"Accept": BROWSER}).mimetype == TURTLE


# --- the W3C's own tests, where they are at hand


class Replay(NamedTuple):
    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    good: bool
    boolean: bool | None


def _replays(manifest: Path) -> list[Replay]:
    store = ox.Store()
    store.load(path=str(manifest), format=ox.RdfFormat.TURTLE, base_iri="http://manifest.example/")
    found = store.query(
        """PREFIX ht: <http://www.w3.org/2011/http#> PREFIX cnt: <http://www.w3.org/2011/content#>
        PREFIX mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        SELECT ?test ?r ?method ?path ?chars ?encoding ?boolean (GROUP_CONCAT(STR(?status)) AS ?statuses) WHERE {
          ?test mf:action/ht:requests/rdf:rest*/rdf:first ?r .
          ?r ht:methodName ?method ; ht:absolutePath ?path ; ht:resp ?resp . ?resp mf:expectedStatus ?status .
          OPTIONAL { ?r ht:body [ cnt:chars ?chars ] OPTIONAL { ?r ht:body [ cnt:characterEncoding ?encoding ] } }
          OPTIONAL { ?resp mf:expectedBoolean ?boolean }
        } GROUP BY ?test ?r ?method ?path ?chars ?encoding ?boolean"""
    )
    replays = []
    for row in found:  # type: ignore[union-attr]
        fields = store.query(
            "PREFIX ht: <http://www.w3.org/2011/http#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
            "SELECT ?r ?n ?v { ?r ht:headers/rdf:rest*/rdf:first [ ht:fieldName ?n ; ht:fieldValue ?v ] }",
            substitutions={ox.Variable("r"): row["r"]},
        )
        headers = {f["n"].value: f["v"].value for f in fields}  # type: ignore[union-attr]
        encoding = row["encoding"].value if row["encoding"] else "utf-8"
        replays.append(
            Replay(
                name=row["test"].value.rsplit("#")[-1],
                method=row["method"].value,
                path=row["path"].value.replace("/sparql/", "/sparql"),
                headers=headers,
                body=row["chars"].value.encode(encoding) if row["chars"] else b"",
                good="2xx" in row["statuses"].value,
                boolean=None if row["boolean"] is None else row["boolean"].value == "true",
            )
        )
    return replays


def test_the_tests_of_the_w3c(client: FlaskClient):
    """Replayed as they stand, but for the path. Tests of updates that should succeed are left out: no update is offered."""
    manifest = shared("standards/files/rdf-tests-sparql11/protocol/manifest.ttl")
    replays = [r for r in _replays(manifest) if not r.name.startswith("update_")]
    assert len({r.name for r in replays}) == 27
    for replay in replays:
        response = client.open(replay.path, method=replay.method, headers=replay.headers, data=replay.body)
        if replay.good:
            assert response.status_code == 200, (replay.name, response.text)
            if replay.boolean is not None:
                assert truth(response) is replay.boolean, replay.name
        else:
            assert 400 <= response.status_code < 500, (replay.name, response.status_code)
