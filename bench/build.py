"""Time a first build, a build from the cache, and one after a change of one country, as ratios of the first.

Run `python bench/build.py` in the checkout.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from wise_skills import build as building
from wise_skills.cli.build import make_plan
from wise_skills.names import BASE, resource


def timed(data: Path, out: Path) -> tuple[float, int]:
    """Return seconds and the number of sources that came from the cache."""
    started = time.perf_counter()
    outcome = building.build(make_plan(data, BASE), out)
    return time.perf_counter() - started, len(outcome.reused)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / "data", Path(folder) / "build"
        shutil.copytree(resource("data"), data)
        first, _ = timed(data, out)
        cached, reused = timed(data, out)
        path = data / "be" / "sources.csv"
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "https://a.example/bench" + "," * text.split("\n", 1)[0].count(",") + "\n", encoding="utf-8")
        changed, kept = timed(data, out)
    print(f"{'build':32}{'seconds':>9}{'of first':>10}{'from cache':>12}")
    print(f"{'first':32}{first:9.2f}{1:10.2f}{0:12}")
    print(f"{'nothing changed':32}{cached:9.2f}{cached / first:10.2f}{reused:12}")
    print(f"{'one table of one country changed':32}{changed:9.2f}{changed / first:10.2f}{kept:12}")


if __name__ == "__main__":
    main()
