"""Both engines: their answers, their limits, and what they refuse."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest

from tests.oxigraph_server import serving
from wise_skills import errors, store
from wise_skills.engines import ASK_TYPES, ENGINES, GRAPH_TYPES, SELECT_TYPES, Engine, Limits
from wise_skills.engines.embedded import EmbeddedEngine
from wise_skills.engines.guard import check
from wise_skills.engines.remote import RemoteEngine
from wise_skills.errors import QueryError, WiseSkillsError
from wise_skills.names import BASE, PREF_LABEL, RDF_TYPE
from wise_skills.terms import Table

HOSTILE = sorted((Path(__file__).parent / "fixtures" / "hostile").glob("*.rq"))
LIMITS = Limits(seconds=2.0, memory=256_000_000)
THINGS = 3000
FR, BE = BASE + "graph/fr/forms", BASE + "graph/be/forms"


def quads() -> Iterator[ox.Quad]:
    for number in range(THINGS):
        thing = ox.NamedNode(f"{BASE}id/be/form/{number}")
        graph = ox.NamedNode(BE if number % 2 else FR)
        yield ox.Quad(thing, ox.NamedNode(RDF_TYPE), ox.NamedNode(BASE + "ns#Form"), graph)
        yield ox.Quad(thing, ox.NamedNode(PREF_LABEL), ox.Literal(f'forme "{number}"\n<é>', language="fr"), graph)
        yield ox.Quad(thing, ox.NamedNode(BASE + "ns#no"), ox.Literal(number), graph)
        yield ox.Quad(thing, ox.NamedNode(BASE + "ns#next"), ox.NamedNode(f"{BASE}id/be/form/{(number * 7 + 1) % THINGS}"), graph)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store") / "graph"
    store.bulk_load(folder, quads())
    return folder


@pytest.fixture(scope="module")
def embedded(folder: Path) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine(folder, version="test", limits=LIMITS) as engine:
        yield engine


@pytest.fixture(scope="module", params=[[], ["--union-default-graph"], ["--union-default-graph", "--timeout-s", "1"]], ids=" ".join)
def remote(request: pytest.FixtureRequest, folder: Path) -> Iterator[RemoteEngine]:
    with serving(folder, *request.param) as address, RemoteEngine(address, limits=LIMITS) as engine:
        assert engine.is_union is bool(request.param)
        yield engine


class Trap(NamedTuple):
    """A server that must never be called. The system takes the call, so that nobody has to listen."""

    listener: socket.socket

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def was_called(self) -> bool:
        try:
            connection, _ = self.listener.accept()
        except BlockingIOError:
            return False
        connection.close()
        return True


@pytest.fixture
def trap() -> Iterator[Trap]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Trap(listener)


def test_the_trap_works(trap: Trap) -> None:
    with pytest.raises(WiseSkillsError):
        RemoteEngine(trap.address, limits=replace(LIMITS, seconds=1)).graphs()
    assert trap.was_called()
    assert not trap.was_called()


# --- answers --------------------------------------------------------------------------

QUERIES = {
    "one": "SELECT ?s { ?s ?p 5 }",
    "text": "SELECT ?l { <id/be/form/7> <http://www.w3.org/2004/02/skos/core#prefLabel> ?l }",
    "unbound": "SELECT ?s ?x { ?s ?p 5 OPTIONAL { ?s <http://none> ?x } }",
    "empty": "SELECT ?s { ?s <http://none> ?o }",
    "no-variable": "SELECT * { <id/be/form/7> a <ns#Form> }",
    "count": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "graphs": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "from": f"SELECT (COUNT(*) AS ?n) FROM <{BE}> {{ ?s ?p ?o }}",
    "from-named": f"SELECT (COUNT(*) AS ?n) FROM NAMED <{BE}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "from-named-only": f"SELECT (COUNT(*) AS ?n) FROM NAMED <{BE}> {{ ?s ?p ?o }}",
    "yes": "ASK { ?s ?p 5 }",
    "no": "ASK { ?s ?p 'none' }",
    "describe": "DESCRIBE <id/be/form/5>",
    "construct": "CONSTRUCT { ?s <p> ?o } { ?s <ns#no> ?o FILTER(?o < 5) }",
    "cut": "SELECT ?s ?o { ?s <ns#no> ?o } ORDER BY ?o",
    "comment": "SELECT ?s # one\n{ ?s ?p 5 } # two",
}


def types(engine: Engine, query: str) -> tuple[str, ...]:
    kind = engine.kind(query)
    return {"select": SELECT_TYPES, "ask": ASK_TYPES}.get(kind, GRAPH_TYPES)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_both_engines_give_the_same_answer(embedded: EmbeddedEngine, remote: RemoteEngine, query: str) -> None:
    limits = replace(LIMITS, rows=1000)
    for media_type in types(embedded, query):
        expected = embedded.answer(query, media_type=media_type, limits=limits)
        found = remote.answer(query, media_type=media_type, limits=limits)
        if media_type in GRAPH_TYPES and media_type != "application/n-triples":
            form = ox.RdfFormat.from_media_type(media_type)
            assert set(ox.parse(found.body, form)) == set(ox.parse(expected.body, form))
        elif media_type == "application/n-triples":
            assert sorted(found.body.splitlines()) == sorted(expected.body.splitlines())
        else:
            assert found.body == expected.body
        assert (found.media_type, found.rows, found.truncated, found.kind) == (media_type, expected.rows, expected.truncated, expected.kind)
    assert remote.graphs() == embedded.graphs() == (BE, FR)


def test_tables_have_terms_and_order(embedded: EmbeddedEngine) -> None:
    table = embedded.select("SELECT ?s ?n ?x { ?s <ns#no> ?n FILTER(?n < 2) } ORDER BY ?n")
    assert table.variables == ("s", "n", "x")
    assert [cell.python() for cell in table.column("n") if cell] == [0, 1]
    assert table.column("x") == [None, None]
    assert not table.truncated


@pytest.mark.parametrize("rows", [THINGS - 1, THINGS, THINGS + 1])
def test_rows_beyond_the_limit_are_cut_and_said(embedded: EmbeddedEngine, remote: RemoteEngine, rows: int) -> None:
    for engine in (embedded, remote):
        table = engine.select(f"SELECT ?s ?l {{ ?s <ns#no> ?n ; <{PREF_LABEL}> ?l }}", limits=replace(LIMITS, rows=rows))
        assert (len(table), table.truncated) == (min(rows, THINGS), rows < THINGS)
        graph = engine.answer("CONSTRUCT { ?s <p> ?n } { ?s <ns#no> ?n }", limits=replace(LIMITS, rows=rows))
        assert (graph.rows, graph.truncated) == (min(rows, THINGS), rows < THINGS)


def test_an_endless_table_is_cut_at_once(embedded: EmbeddedEngine) -> None:
    answer = embedded.answer("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", limits=replace(LIMITS, rows=100), media_type="text/csv")
    assert answer.truncated
    assert answer.body.count(b"\r\n") == 101 + answer.body.count(b'"\r\n"')


def test_bytes_beyond_the_limit_are_an_error(embedded: EmbeddedEngine, remote: RemoteEngine) -> None:
    for engine in (embedded, remote):
        for query in ("SELECT * { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"):
            with pytest.raises(errors.QueryTooLarge, match="over 0 MB"):
                engine.answer(query, limits=replace(LIMITS, bytes=10_000))


def test_protocol_dataset_beats_from(embedded: EmbeddedEngine, remote: RemoteEngine) -> None:
    count = f"SELECT (COUNT(*) AS ?n) FROM <{FR}> FROM <http://unknown/> {{ ?s ?p ?o }}"
    named = "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    for engine in (embedded, remote):
        one = engine.answer(count, default_graphs=[BE], media_type="text/csv")
        both = engine.answer(count, default_graphs=[BE, FR], media_type="text/csv")
        only_named = engine.answer(named, named_graphs=[FR], media_type="text/csv")
        assert [int(answer.body.split()[1]) for answer in (one, both, only_named)] == [THINGS * 2, THINGS * 4, THINGS * 2]
        with pytest.raises(errors.UnknownGraph):
            engine.answer(count, default_graphs=["http://unknown/"])


def test_media_type_must_fit_the_form(embedded: EmbeddedEngine, remote: RemoteEngine) -> None:
    for engine in (embedded, remote):
        for query, media_type in (("ASK {}", "text/csv"), ("SELECT * {}", "text/turtle"), ("DESCRIBE <x:x>", "text/csv")):
            with pytest.raises(errors.NotAcceptable, match="Ask for"):
                engine.answer(query, media_type=media_type)


def test_select_and_ask_want_their_own_form(embedded: EmbeddedEngine, remote: RemoteEngine) -> None:
    for engine in (embedded, remote):
        assert engine.ask("ASK { ?s ?p 5 }") is True
        assert engine.ask("ASK { ?s ?p 'none' }") is False
        with pytest.raises(errors.QueryFailed):
            engine.select("ASK { ?s ?p 5 }")
        with pytest.raises(errors.QueryFailed):
            engine.ask("SELECT * { ?s ?p 5 }")


def test_rdf_xml_refuses_what_has_no_xml_name(embedded: EmbeddedEngine) -> None:
    with pytest.raises(errors.QueryFailed, match="cannot be written in RDF/XML"):
        embedded.answer("CONSTRUCT { <s> <http://a/1> 1 } {}", media_type="application/rdf+xml")


@pytest.mark.parametrize(
    ("query", "line", "column", "words"),
    [
        ("SELECT * { ?s ?p }", 1, 18, "} cannot stand after ?p here"),
        ("SELECT * {\n ?s ?p ?o .\n FILTER(?o > ) }", 3, 14, ") cannot stand after > here"),
        ("SELECT * { ?s ?p ?o } GROUP ?s", 1, 29, "?s cannot stand after GROUP here"),
        ("SELECT ?é ?s {\r\n ?s ?p é }", 2, 8, "é"),
        ("SELECT", 1, 7, "ends too early"),
        ("SELECT ?s (COUNT(?p) AS ?n) { ?s ?p ?o }", 1, 41, "add it to GROUP BY"),
        ("SELEKT * {}", 1, 1, "did you mean SELECT?"),
        ("SELECT * { ?s skos:prefLabel ?o }", 1, 15, "add PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"),
    ],
)
def test_syntax_errors_say_where(embedded: EmbeddedEngine, query: str, line: int, column: int, words: str) -> None:
    with pytest.raises(errors.QuerySyntaxError) as raised:
        embedded.select(query)
    assert (raised.value.line, raised.value.column) == (line, column)
    assert words in str(raised.value)
    assert raised.value.status == 400


# --- hostile texts --------------------------------------------------------------------


def test_the_hostile_corpus_is_whole() -> None:
    assert len(HOSTILE) >= 80


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_hostile_texts(path: Path, embedded: EmbeddedEngine, trap: Trap) -> None:
    """The first line of each file says what must happen; TRAP is a server that must not be called."""
    text = path.read_bytes().decode().replace("TRAP", trap.address)
    first, _, query = text.partition("\n")
    expected = first.removeprefix("# ").split(" or ")
    try:
        embedded.answer(query, limits=replace(LIMITS, seconds=0.5))
        found = "answer"
    except QueryError as error:
        found = f"{type(error).__name__}: {error}"
    assert any(name in found and words.strip() in found for name, _, words in (e.partition(":") for e in expected)), found
    assert embedded.ask("ASK { ?s ?p 5 }"), "the next query must work"
    assert not trap.was_called()


@pytest.mark.parametrize("path", [p for p in HOSTILE if p.stem.startswith(("service", "from", "update"))], ids=lambda path: path.stem)
def test_hostile_texts_do_not_reach_an_endpoint(path: Path, folder: Path, trap: Trap) -> None:
    expected, _, query = path.read_bytes().decode().replace("TRAP", trap.address).partition("\n")
    if ":" in expected:  # what the guard alone must see; the rest is left to the engine's parser
        with pytest.raises(QueryError):
            check(query, graphs=(BE, FR), limits=LIMITS)
    assert not trap.was_called()


def test_no_text_that_passes_makes_oxigraph_call_out() -> None:
    """Random texts around SERVICE: whatever the guard lets through, the engine must not follow anywhere.

    Port 1 is one that Oxigraph refuses to call, with an error that gives the attempt away.
    """
    chance, empty = random.Random(20221), ox.Store()
    head = "PREFIX : <http://127.0.0.1:1/> PREFIX x: <http://127.0.0.1:1/> SELECT * { VALUES (?a ?b ?v) {(1 2 <http://127.0.0.1:1/>)} "
    names = ["SERVICE", "service", "SERVICE SILENT", "SERVICE:x", "SERVICE#>\n", "SERVICE#'\n", "SERVICE?v", "\\u0053ERVICE", "SER#\nVICE"]
    glue = [
        "<?b)",
        "<=?b)",
        "<5)",
        "<true)",
        "<",
        "<:x",
        "'",
        '"""',
        "'''",
        "#",
        "\n",
        " ",
        ".",
        "{",
        "}",
        "(",
        ")",
        "5",
        "1e5",
        "true",
        "a",
        "x:y",
        "x:",
        "@en",
        "'s'",
        "^^",
    ]
    glue += [
        "&&",
        "=",
        ">",
        "!",
        "/",
        "|",
        "\\",
        "x:a\\'b",
        "BIND(",
        "FILTER(",
        "AS ?q)",
        "<http://a/'x>",
        "<a:b#c>",
        "<<(",
        ")>>",
        "é",
        "\\u0027",
    ]
    places = ["FILTER(?a<?b)", "OPTIONAL { ?s ?p 5", "{}", "BIND(?a<?b AS ?c)", "FILTER(?a<?b&&?b>1)", "FILTER(1<2)", ""]
    called = 0
    for _ in range(6000):
        parts = [chance.choice(glue) for _ in range(chance.randint(0, 3))]
        target = chance.choice(["<http://127.0.0.1:1/>", ":x", "?v", "x:y"])
        text = head + chance.choice(places) + "".join(parts) + chance.choice(names) + chance.choice(["", *glue]) + target + "{}}"
        try:
            passed = check(text).text
        except QueryError:
            passed = ""
        try:
            list(empty.query(passed or text))  # type: ignore[arg-type]
        except (SyntaxError, TypeError):
            continue
        except (OSError, RuntimeError) as error:
            if "port 1" in str(error):
                called += 1
                assert not passed, text
    assert called > 5, "the texts must contain real calls"


# --- limits and processes -------------------------------------------------------------

HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(STR(?c)) > STRLEN(STR(?i)) + 9999) }"
GREEDY = "SELECT ?c ?f { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"


def workers(engine: EmbeddedEngine) -> list[int]:
    return [worker.pid for worker in engine._alive]


def alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_timeout_kills_the_worker_and_the_next_query_works(folder: Path) -> None:
    with EmbeddedEngine(folder, limits=replace(LIMITS, memory=4_000_000_000)) as engine:
        assert engine.ask("ASK { ?s ?p 5 }")
        (before,) = workers(engine)
        start = time.monotonic()
        with pytest.raises(errors.QueryTimeout, match=r"stopped after 0\.5 seconds") as raised:
            engine.select(HEAVY, limits=replace(engine.limits, seconds=0.5))
        assert time.monotonic() - start < 1.5
        assert raised.value.retry_after
        assert not Path(f"/proc/{before}").exists(), "killed and waited for: no zombie"
        assert engine.ask("ASK { ?s ?p 5 }")
        assert before not in workers(engine)


def test_memory_limit_ends_the_query_only(folder: Path) -> None:
    limits = replace(LIMITS, memory=100_000_000, seconds=30)
    with EmbeddedEngine(folder, limits=limits) as engine:
        with pytest.raises(errors.QueryTooLarge, match="more than 100 MB of memory"):
            engine.select(GREEDY)
        assert engine.ask("ASK { ?s ?p 5 }")


def test_worker_that_grew_is_replaced(folder: Path) -> None:
    with EmbeddedEngine(folder, limits=replace(LIMITS, memory=400_000_000, seconds=30, bytes=200_000_000)) as engine:
        assert engine.ask("ASK { ?s ?p 5 }")
        worker = next(iter(engine._alive))
        worker._size = 10**12
        with engine._lent():
            pass
        assert not alive(worker.pid)
        assert engine.ask("ASK { ?s ?p 5 }")


def test_workers_have_no_network(embedded: EmbeddedEngine) -> None:
    if not embedded.isolated:
        pytest.skip("this system does not allow network namespaces; the guard stands alone")
    here = Path("/proc/self/ns/net").readlink()
    assert all(Path(f"/proc/{pid}/ns/net").readlink() != here for pid in workers(embedded))


def test_eight_threads_at_once(folder: Path) -> None:
    """Answers are never mixed up, also while other threads have their workers killed."""
    with EmbeddedEngine(folder, limits=replace(LIMITS, wait=60.0)) as engine:

        def ask(number: int) -> bool:
            if number % 25 == 0:
                with pytest.raises((errors.QueryTimeout, errors.QueryTooLarge)):
                    engine.select(HEAVY, limits=replace(engine.limits, seconds=0.2))
                return True
            table = engine.select(f"SELECT ?s {{ ?s <ns#no> {number} }}")
            return [str(cell) for (cell,) in table] == [f"{BASE}id/be/form/{number}"]

        with ThreadPoolExecutor(8) as threads:
            assert all(threads.map(ask, range(1, 200)))
        assert len(engine._alive) <= engine.limits.concurrent


def test_first_use_by_eight_threads(folder: Path) -> None:
    code = (
        "import sys, threading, pathlib\n"
        "from wise_skills.engines.embedded import EmbeddedEngine\n"
        "engine = EmbeddedEngine(pathlib.Path(sys.argv[1]))\n"
        "found = []\n"
        "def ask(): found.append(engine.ask('ASK { ?s ?p 5 }'))\n"
        "threads = [threading.Thread(target=ask) for _ in range(8)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "assert found == [True] * 8, found\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code, str(folder)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_too_many_queries_wait_and_then_are_told_when_to_come_back(folder: Path) -> None:
    limits = replace(LIMITS, concurrent=1, wait=0.2, seconds=1.5, memory=4_000_000_000)
    with EmbeddedEngine(folder, limits=limits) as engine, ThreadPoolExecutor(1) as thread:
        assert engine.ask("ASK { ?s ?p 5 }")
        busy = thread.submit(engine.select, HEAVY)
        time.sleep(0.3)
        with pytest.raises(errors.TooManyQueries, match="Try again in 2 seconds") as raised:
            engine.ask("ASK { ?s ?p 5 }")
        assert raised.value.status == 503
        assert isinstance(busy.exception(), errors.QueryTimeout)
        assert engine.ask("ASK { ?s ?p 5 }")


def test_workers_end_when_their_parent_is_killed(folder: Path) -> None:
    code = (
        "import sys, threading, pathlib, time\n"
        "from wise_skills.engines import Limits\n"
        "from wise_skills.engines.embedded import EmbeddedEngine\n"
        "engine = EmbeddedEngine(pathlib.Path(sys.argv[1]), limits=Limits(seconds=60, memory=4_000_000_000))\n"
        "engine.ask('ASK { ?s ?p 5 }')\n"
        "threading.Thread(target=engine.select, args=(sys.argv[2],), daemon=True).start()\n"
        "time.sleep(0.3)\n"
        "print(*(worker.pid for worker in engine._alive), flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(folder), HEAVY], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert pids
    assert all(map(alive, pids))
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 5
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, pids)), "a worker outlived its parent in the middle of a query"


def test_close_leaves_no_process(folder: Path) -> None:
    engine = EmbeddedEngine(folder, limits=LIMITS)
    engine.graphs()
    pids = workers(engine)
    engine.close()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    with pytest.raises(errors.EngineError, match="closed"):
        engine.ask("ASK {}")


def test_close_ends_queries_that_run(folder: Path) -> None:
    with ThreadPoolExecutor(3) as threads:
        engine = EmbeddedEngine(folder, limits=replace(LIMITS, seconds=30, memory=4_000_000_000))
        running = [threads.submit(engine.select, HEAVY) for _ in range(3)]
        time.sleep(0.5)
        pids = workers(engine)
        start = time.monotonic()
        engine.close()
        errors_ = [query.exception() for query in running]
        assert time.monotonic() - start < 5
    assert all(isinstance(error, WiseSkillsError) for error in errors_)
    assert len(pids) == 3
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_worker_that_died_unseen_is_replaced(folder: Path) -> None:
    with EmbeddedEngine(folder, limits=LIMITS) as engine:
        assert engine.ask("ASK { ?s ?p 5 }")
        (pid,) = workers(engine)
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)
        assert engine.ask("ASK { ?s ?p 5 }")
        assert pid not in workers(engine)


def test_forgotten_engine_leaves_no_process(folder: Path) -> None:
    engine = EmbeddedEngine(folder, limits=LIMITS)
    engine.graphs()
    pids = workers(engine)
    del engine
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_missing_store_is_said_in_words(tmp_path: Path) -> None:
    with EmbeddedEngine(tmp_path / "none", limits=LIMITS) as engine, pytest.raises(errors.EngineError, match="does not start"):
        engine.ask("ASK {}")


# --- endpoints that misbehave ---------------------------------------------------------


@contextmanager
def answering(reply: str) -> Iterator[str]:
    """Give the address of a server that sends one reply, whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                request = b""
                while b"query=" not in request:
                    request += connection.recv(65536)
                connection.sendall(reply.encode())

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        thread.join()


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        ("HTTP/1.1 400 Bad Request\r\n\r\nline 3 is wrong", errors.QuerySyntaxError, "says “line 3 is wrong”"),
        ("HTTP/1.1 401 Unauthorized\r\n\r\nwho are you", errors.EndpointError, r"\(HTTP 401\): who are you"),
        ("HTTP/1.1 404 Not Found\r\n\r\n", errors.EndpointError, "gives no reason"),
        ("HTTP/1.1 403 Forbidden\r\n\r\nno", errors.EndpointError, r"\(HTTP 403\): no"),
        ("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n\r\n", errors.TooManyQueries, "in 7 seconds"),
        ("HTTP/1.1 503 Busy\r\n\r\n", errors.TooManyQueries, "in 30 seconds"),
        ("HTTP/1.1 504 Gateway Timeout\r\n\r\n", errors.QueryTimeout, "stopped after"),
        ("HTTP/1.1 500 Error\r\n\r\nVirtuoso S1T00 Error SR171: Transaction timed out", errors.QueryTimeout, "stopped after"),
        ("HTTP/1.1 500 Error\r\n\r\nNullPointerException", errors.EndpointError, "NullPointerException"),
        ('HTTP/1.1 200 OK\r\n\r\n{"head":{"vars":["s"]},"results":{"bindings":[{"s":', errors.QueryTimeout, "stopped after"),
        (
            'HTTP/1.1 200 OK\r\n\r\n{"head":{"vars":["s"]},"results":{"bindings":[]\nThe operation has been cancelled',
            errors.QueryTimeout,
            "stopped",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{", errors.QueryTimeout, "stopped after"),
        ('HTTP/1.1 200 OK\r\n\r\n{"head":{"vars":[]}}', errors.EndpointError, "no 'results'"),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html>hello</html>", errors.EndpointError, "it sent text/html"),
        ("nonsense\r\n\r\n", errors.EndpointUnreachable, "nonsense"),
        ("", errors.EndpointUnreachable, "does not answer"),
    ],
)
def test_what_endpoints_may_answer(reply: str, error: type[WiseSkillsError], words: str) -> None:
    with answering(reply) as address, pytest.raises(error, match=words):
        RemoteEngine(address, limits=LIMITS)._fetch("SELECT * {}", "select", LIMITS)


def test_silent_caps_are_found_out() -> None:
    rows = ",".join(['{"s":{"type":"literal","value":"x"}}'] * 10_000)
    body = f'{{"head":{{"vars":["s"]}},"results":{{"bindings":[{rows}]}}}}'
    with answering(f"HTTP/1.1 200 OK\r\n\r\n{body}") as address:
        table = RemoteEngine(address)._fetch("SELECT * {}", "select", LIMITS)
    assert isinstance(table, Table)
    assert (len(table), table.truncated) == (10_000, True)


def test_remote_timeout(folder: Path) -> None:
    with serving(folder) as address, pytest.raises(errors.QueryTimeout):
        RemoteEngine(address, limits=replace(LIMITS, seconds=1.0)).select(HEAVY)


def test_unreachable_endpoint() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/sparql"
    with pytest.raises(errors.EndpointUnreachable, match="does not answer"):
        RemoteEngine(address).graphs()
    for wrong in ("file:///etc/passwd", "example.org", "ftp://x/"):
        with pytest.raises(errors.EndpointUnreachable, match="https://"):
            RemoteEngine(wrong)


def test_registry_names_its_engines() -> None:
    assert set(ENGINES) == {EmbeddedEngine.name, RemoteEngine.name}
