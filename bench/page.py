"""Time the start of the page, and each question at the server against the engine asked directly, in one run.

Run `python bench/page.py [RELEASE]` in the checkout; the release is `build/current` by default.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from query_ui import create_app
from wise_skills.questions import Question, ask
from wise_skills.questions.run import forget_answers

START = """
import sys, time
started = time.perf_counter()
from pathlib import Path
from query_ui import create_app
app = create_app(Path(sys.argv[1]))
ready = time.perf_counter()
assert app.test_client().get("/").status_code == 200
print(ready - started, time.perf_counter() - ready)
app.extensions["wise"].close()
"""
PAGES = (
    "/",
    "/questions",
    "/search?q=coach",
    "/page/be/form/maatwerkbedrijf",
    "/page/eu/skill/job-coaching",
    "/country/be",
    "/source/be/forms.csv",
    "/ns",
)
ROUNDS = 7
LIMIT = 50


def milliseconds(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median of some rounds after one that warms up."""
    call()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def anew(call: Callable[[], object]) -> object:
    """Call with no answer kept from before."""
    forget_answers()
    return call()


def start(release: Path) -> tuple[float, float, float]:
    """Return the medians of seconds until the page is made, until its first answer, and of the whole process."""
    runs = []
    for _ in range(5):
        begun = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", START, str(release)], capture_output=True, text=True, check=True)
        made, first = map(float, done.stdout.split())
        runs.append((made, made + first, time.perf_counter() - begun))
    return tuple(statistics.median(column) for column in zip(*runs, strict=True))  # type: ignore[return-value]


def address(question: Question) -> str:
    """Return the address of a question with the values of its example."""
    query = urlencode([(name, value) for name, values in question.example.items() for value in values])
    return f"/questions/{question.name}" + (f"?{query}" if query else "")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("release", nargs="?", type=Path, default=Path("build/current"))
    release = parser.parse_args().release
    made, first, whole = start(release)
    print(f"{'start':58}{'seconds':>9}")
    for name, seconds in (("imports and app", made), ("and first page answered", first), ("whole process, interpreter included", whole)):
        print(f"{name:58}{seconds:9.2f}")
    app = create_app(release, QUERIES_PER_MINUTE=0)
    try:
        client, edition = app.test_client(), app.extensions["wise"].edition
        print(f"\n{'page':58}{'ms':>9}")
        for path in PAGES:
            print(f"{path:58}{milliseconds(lambda path=path: client.get(path)):9.1f}")
        print(f"\n{'question (with the values of its example)':58}{'page ms':>9}{'again':>9}{'engine':>9}{'ratio':>7}")
        first_times, again_times = [], []
        for question in edition.questions.values():
            path = address(question)
            values = {name: list(given) for name, given in question.example.items()}
            page = milliseconds(lambda path=path: anew(lambda: client.get(path)))
            again = milliseconds(lambda path=path: client.get(path))
            engine = milliseconds(lambda question=question, values=values: anew(lambda: ask(edition.engine, question, values)))
            first_times.append(page)
            again_times.append(again)
            print(f"{question.name[:57]:58}{page:9.1f}{again:9.1f}{engine:9.1f}{page / engine:7.1f}")
        for name, times in (("asked for the first time", first_times), ("asked again", again_times)):
            under = sum(t < LIMIT for t in times)
            print(f"{name}: {under} of {len(times)} under {LIMIT} ms, median {statistics.median(times):.0f}, slowest {max(times):.0f}")
    finally:
        app.extensions["wise"].close()


if __name__ == "__main__":
    main()
