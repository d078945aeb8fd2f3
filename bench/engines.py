"""What the worker pool costs against pyoxigraph called directly, as a ratio in the same run.

    python bench/engines.py [--release build] [--runs 200]

For each query: the median of direct calls (`Store.query` and `serialize` as JSON in this process) and of
`EmbeddedEngine.answer` (guard, pipe, worker, row limit), in blocks that take turns, so that a busy machine hurts
both. The target is less than 5 ms a query. Then: the time to the first answer of a new engine, the time from a kill to the
next answer, and eight threads at once.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from wise_skills.engines.embedded import EmbeddedEngine
from wise_skills.errors import QueryError
from wise_skills.names import BASE
from wise_skills.release import open_release

QUERIES = {
    "ask": "ASK { ?s a ?o }",
    "one row": "SELECT ?s { ?s a ?o } LIMIT 1",
    "100 rows": "SELECT * { ?s ?p ?o } LIMIT 100",
    "10,000 rows": "SELECT * { ?s ?p ?o } LIMIT 10000",
    "count": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "by class": "SELECT ?class (COUNT(*) AS ?n) { ?s a ?class } GROUP BY ?class ORDER BY DESC(?n)",
}
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(STRLEN(STR(?c)) > STRLEN(STR(?f)) + 99999) }"


BLOCKS = 10


def milliseconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def compare(direct: Callable[[], object], pooled: Callable[[], object], runs: int) -> tuple[float, float]:
    """Return the medians of two calls that take turns, block by block."""
    times: tuple[list[float], list[float]] = [], []
    for _ in range(BLOCKS):
        for call, found in zip((direct, pooled), times, strict=True):
            found += [milliseconds(call) for _ in range(max(1, runs // BLOCKS))]
    return statistics.median(times[0]), statistics.median(times[1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--release", type=Path, default=Path("build"))
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    release = open_release(options.release)
    store = ox.Store.read_only(str(release.graph))

    start = time.perf_counter()
    engine = EmbeddedEngine(release.graph, version=release.id)
    made = (time.perf_counter() - start) * 1000
    engine.ask("ASK {}")
    first = (time.perf_counter() - start) * 1000
    print(f"{sum(release.counts.values()):,} triples; engine made in {made:.1f} ms, first answer after {first:.0f} ms\n")

    def direct(query: str) -> None:
        found = store.query(query, use_default_graph_as_union=True, base_iri=BASE)
        if not isinstance(found, ox.QueryTriples):
            found.serialize(format=ox.QueryResultsFormat.JSON)

    print(f"{'query':14}{'direct ms':>10}{'pool ms':>10}{'more ms':>10}{'ratio':>8}")
    for name, query in QUERIES.items():
        plain, pooled = compare(partial(direct, query), partial(engine.answer, query), options.runs)
        print(f"{name:14}{plain:10.2f}{pooled:10.2f}{pooled - plain:10.2f}{pooled / plain:8.1f}")

    def killed() -> None:
        try:
            engine.select(HEAVY, limits=replace(engine.limits, seconds=0.2))
        except QueryError:
            return

    after = []
    for _ in range(5):
        killed()
        after.append(milliseconds(lambda: engine.ask("ASK {}")))
    print(f"\nnext answer after a kill: {statistics.median(after):.0f} ms (median of {len(after)}, only worker killed)")

    queries = [QUERIES["100 rows"]] * 400
    one = milliseconds(lambda: [engine.answer(query) for query in queries])
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(engine.answer, queries[:16]))  # starts the other workers
        eight = milliseconds(lambda: list(threads.map(engine.answer, queries)))
    rates = f"{400_000 / one:.0f} answers a second with one thread, {400_000 / eight:.0f} with eight"
    print(f"100 rows: {rates} on {engine.limits.concurrent} workers")
    engine.close()


if __name__ == "__main__":
    main()
