"""Cost of an ESCO package: reading and converting it, against what pyoxigraph and rdflib need for the same quads.

Run `python bench/esco.py PATH…` in the checkout, with the archives or folders that `wise build --esco` takes. CPU
seconds of one process each, all in the same run; peak memory of a whole build; and how both grow with languages.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
from rdflib import Dataset, URIRef

from loaders.esco import Package, esco_source, read_package
from wise_skills import store
from wise_skills.names import Names, resource
from wise_skills.tables import rdflib_node


def timed(work: Callable[[], object]) -> float:
    """Return the CPU seconds of this process and its threads."""
    started = time.process_time()
    work()
    return time.process_time() - started


def convert(paths: list[Path], target: Path) -> None:
    """Read and convert a package to N-Quads."""
    with target.open("wb") as file:
        esco_source(paths, Names(), "bench").write(file, lambda _: None)


def native(quads: Path, folder: Path) -> None:
    """What pyoxigraph alone does with the same quads."""
    loaded = ox.Store(str(folder))
    loaded.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
    loaded.flush()


def through_rdflib(quads: Path, folder: Path, target: Path) -> None:
    """The same quads with an rdflib graph in between; its own parser, which is slower, is spared."""
    dataset = Dataset()
    graph = dataset.graph(URIRef(Names().graph("esco")))
    for quad in store.read_nquads(quads):
        graph.add((rdflib_node(quad.subject), rdflib_node(quad.predicate), rdflib_node(quad.object)))
    dataset.serialize(destination=str(target), format="nquads", encoding="utf-8")
    native(target, folder)


_PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(done.returncode)
"""


def peak(*command: str) -> tuple[float, float]:
    """Run a command; return seconds and the peak memory of its largest process in MB."""
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", _PEAK, *command], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started, float(done.stdout)


def by_languages(package: Package, folder: Path) -> None:
    """Peak memory of a whole build with one, half and all of the languages of a folder of CSV files."""
    number = len(package.languages)
    first = None
    for count in sorted({1, (number + 1) // 2, number}):
        part = folder / f"languages-{count}" / f"v{package.version}"
        part.mkdir(parents=True)
        for language in package.languages[:count]:
            for file in package.files:
                if file.name.endswith((f"_{language}.csv", f"_{language}.csv.gz")):
                    (part / file.name).symlink_to(file.resolve())
        seconds, memory = peak(*build_command(folder / f"build-{count}", [part]))
        first = first or memory
        print(f"{count:3} languages: {seconds:4.0f} s, peak memory {memory:5,.0f} MB, {memory / first:.2f} of one language")


def build_command(out: Path, paths: list[Path]) -> list[str]:
    """The command that builds a release with a package of ESCO."""
    named = [part for path in paths for part in ("--esco", str(path))]
    return [sys.executable, "-m", "wise_skills.cli", "build", "--quiet", "--out", str(out), *named]


def main(paths: list[Path]) -> None:
    """Print the tables."""
    package = read_package(paths)
    print(f"ESCO {package.version}, {', '.join(package.languages)}\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quads = folder / "quads.nq"
        converting = timed(lambda: convert(paths, quads))
        with quads.open("rb") as file:
            number = sum(1 for _ in file)
        loading = timed(lambda: store.bulk_load(folder / "ours", quads, optimize=False))
        alone = timed(lambda: native(quads, folder / "native"))
        rdflib = converting + timed(lambda: through_rdflib(quads, folder / "rdflib", folder / "rdflib.nq"))
        print(f"{number:,} quads")
        print(f"{'':44}{'CPU s':>8}{'ratio':>8}")
        for what, seconds in (
            ("pyoxigraph alone, bulk load of the N-Quads", alone),
            ("reading and converting", converting),
            ("reading, converting and bulk load", converting + loading),
            ("the same through an rdflib graph", rdflib),
        ):
            print(f"{what:44}{seconds:8.1f}{seconds / alone:8.2f}")
        print(f"through rdflib : ours = {rdflib / (converting + loading):.1f}\n")
        build = build_command(folder / "build", paths)
        seconds, memory = peak(*build)
        print(f"whole build: {seconds:.0f} s, peak memory {memory:,.0f} MB")
        again, memory = peak(*build)
        print(f"nothing changed: {again:.1f} s, {again / seconds:.3f} of it, peak memory {memory:,.0f} MB")
        data = folder / "data"
        shutil.copytree(resource("data"), data)
        again, _ = peak(*build, "--data", str(data))
        needs = data / "be" / "needs.csv"
        needs.write_text(needs.read_text(encoding="utf-8").replace("Coach people", "Coach the people", 1), encoding="utf-8")
        changed, memory = peak(*build, "--data", str(data))
        print(f"one national cell changed: {changed:.1f} s, {changed / seconds:.3f} of it, peak memory {memory:,.0f} MB")
        if len(package.languages) > 1:
            by_languages(package, folder)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
