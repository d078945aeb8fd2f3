"""Measure what a reader waits for and loads: server time of every kind of page and of suggestions, and the weight of pages.

Run `python bench/pages.py [RELEASE]` in the checkout; the release should hold ESCO (`wise build --esco …`), because the
promise is made for it. Times are those of the application, without network and browser; an answer that the page keeps
is measured both when it is made and when it is given again. The yardstick of the run is the time that the engine alone
needs for the plainest query, asked as often in between.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import re
import statistics
import time
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

from flask import Flask

from query_ui import create_app, warming
from wise_skills.questions import Question

LIMIT, SUGGEST_LIMIT, WEIGHT = 150, 20, 150_000
CLASSES = ("WiseForm", "Skill", "OccupationalProfile", "SupportMeasure", "SkillNeed", "Count", "Curriculum", "Source", "Organisation")
STATIC = ("style.css", "page.js")
_LINK = re.compile(r'href="(/[^"#]*)')


def address(question: Question) -> str:
    """Return the address of a question with the values of its example."""
    return f"/questions/{question.name}?" + urlencode([(name, value) for name, values in question.example.items() for value in values])


def things(app: Flask, each: int) -> Iterable[tuple[str, str]]:
    """Yield pages of things of each class, the same at each run."""
    edition = app.extensions["wise"].edition
    chosen = random.Random(5)
    for name in CLASSES:
        found = sorted(str(t) for (t,) in edition.select(f"SELECT DISTINCT ?s {{ ?s a wise:{name} }} LIMIT 5000") if t)
        for iri in chosen.sample(found, min(each, len(found))):
            yield f"thing: {name}", edition.addresses.path(iri)
    for name in ("Skill", "Occupation"):
        found = sorted(str(t) for (t,) in edition.select(f"SELECT DISTINCT ?s {{ ?s a esco:{name} }} LIMIT 5000") if t)
        for iri in chosen.sample(found, min(each, len(found))):
            yield f"ESCO {name.lower()}", f"/page?iri={quote(iri, safe='')}"


def linked(app: Flask, start: str, prefix: str, most: int) -> list[str]:
    """Return addresses below a prefix that are reached from a page by following links at random, the same at each run."""
    client, chosen, found, at = app.test_client(), random.Random(7), [], start
    while len(found) < most:
        targets = sorted({unescape(t) for t in _LINK.findall(client.get(at).text) if unescape(t).startswith(prefix)})
        targets = [t for t in targets if not re.search(r"\.(csv|json|xlsx|ttl|svg|png)\b", t)]
        at = chosen.choice(targets) if targets and len(found) % 8 != 7 else start
        found.append(at)
    return found


def visit(app: Flask, path: str) -> tuple[float, int]:
    """Return milliseconds and compressed bytes of one answer."""
    client = app.test_client()
    begun = time.perf_counter()
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    taken = (time.perf_counter() - begun) * 1000
    # The value of an example may be no choice in a release that holds less than it was written for.
    assert answer.status_code in (200, 400), (answer.status_code, path)
    return taken, len(answer.data)


def p95(values: list[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def row(name: str, times: list[float], weights: list[int]) -> None:
    """Print a line of the table."""
    print(f"{name:34}{len(times):6}{statistics.median(times):9.0f}{p95(times):9.0f}{max(times):9.0f}{max(weights, default=0) / 1000:11.0f}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("release", nargs="?", type=Path, default=Path("build/current"))
    app = create_app(parser.parse_args().release, QUERIES_PER_MINUTE=0)
    try:
        measure(app)
    finally:
        app.extensions["wise"].close()


def measure(app: Flask) -> None:
    """Visit everything, once when nothing is known and once again."""
    edition = app.extensions["wise"].edition
    pages: dict[str, list[str]] = {
        "start and lists": ["/", "/questions", "/source/", "/scheme", "/dataset", "/downloads/", "/about", "/sparql", "/check"]
    }
    pages["questions"] = [address(q) for q in edition.questions.values()]
    pages["questions as pictures"] = [f"{address(q)}&view={kind}" for q in edition.questions.values() for kind in ("bar", "heat")]
    pages["about questions"] = [f"/questions/{name}/about" for name in edition.questions]
    pages["countries"] = [f"/country/{f}" for f in ("at", "be", "bg", "es", "fr", "gr", "hr", "it", "lv", "nl", "pl", "ro", "si", "eu")]
    pages["tables"] = linked(app, "/source/", "/source/", 40)
    pages["explore"] = linked(app, "/explore", "/explore", 80)
    pages["compare"] = linked(app, "/compare", "/compare", 60)
    pages["search"] = [f"/search?q={quote(q)}" for q in ("coach", "maatwerk", "επιχείρηση", "работа", "social cooperative", "weld", "zzzz")]
    for name, path in things(app, 12):
        pages.setdefault(name, []).append(path)

    begun = time.perf_counter()
    warming.start(app).join()
    print(f"what the server remembers beside its first requests: {time.perf_counter() - begun:.0f} s")
    print(f"{'page':34}{'number':>6}{'median':>9}{'p95':>9}{'slowest':>9}{'kB at most':>11}")
    everything: list[tuple[float, int, str]] = []
    again: list[float] = []
    for name, paths in pages.items():
        seen = [(*visit(app, path), path) for path in dict.fromkeys(paths)]
        again += [visit(app, path)[0] for path in dict.fromkeys(paths)]
        row(name, [t for t, _, _ in seen], [w for _, w, _ in seen])
        everything += seen
    times = [t for t, _, _ in everything]
    row("all, for the first time", times, [w for _, w, _ in everything])
    row("all, again", again, [])
    under = sum(t <= LIMIT for t in times)
    print(f"{under} of {len(times)} within {LIMIT} ms; the slowest: " + ", ".join(f"{t:.0f} ms {p}" for t, _, p in sorted(everything)[-5:]))
    static = sum(len(gzip.compress((Path(app.static_folder or "") / name).read_bytes(), 9)) for name in STATIC)
    heaviest = sorted(everything, key=lambda e: e[1])[-3:]
    print(
        f"style sheet and script: {static / 1000:.0f} kB; the heaviest pages: "
        + ", ".join(f"{w / 1000:.0f} kB {p}" for _, w, p in heaviest)
    )
    print(f"with them the heaviest page weighs {(heaviest[-1][1] + static) / 1000:.0f} kB; the limit is {WEIGHT / 1000:.0f} kB")

    with (Path(__file__).parent / "label_queries.tsv").open(encoding="utf-8") as file:
        queries = [(r["text"], r["language"]) for r in csv.DictReader(file, delimiter="\t")]
    times = [visit(app, f"/suggest?q={quote(text)}&lang={language}")[0] for text, language in queries * 3]
    middle, most = statistics.median(times), max(times)
    print(
        f"\n{len(times)} suggestions: median {middle:.1f} ms, p95 {p95(times):.1f} ms, slowest {most:.1f}; the limit is {SUGGEST_LIMIT} ms"
    )
    plain = []
    for number in range(len(times)):
        begun = time.perf_counter()
        edition.select(f"SELECT ?s {{ ?s a wise:WiseForm . FILTER ({number} = {number}) }} LIMIT 1")
        plain.append((time.perf_counter() - begun) * 1000)
    yardstick = statistics.median(plain)
    ratio = statistics.median([t for t, _, _ in everything]) / yardstick
    print(f"the plainest query at the engine: median {yardstick:.1f} ms; a page for the first time costs {ratio:.0f} times that")


if __name__ == "__main__":
    main()
