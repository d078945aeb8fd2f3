"""Cost of `wise check` on a large workbook, against pySHACL alone on the same quads, and on the workbooks of all countries.

Run `python bench/check.py [ROWS]` in the checkout. The large workbook has that many rows of `needs` (20,000 by default): those
of Belgium again and again, with another `no` each time. CPU seconds and peak memory of one process each, all in one run.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pyshacl
from rdflib import Graph, URIRef
from rdflib.namespace import RDF

from loaders.folders import Folders, Vocabulary, read_folders
from loaders.workbooks.looks import save
from loaders.workbooks.template import make_template
from wise_skills import validation
from wise_skills.constraints import stand_in
from wise_skills.names import FOLDERS
from wise_skills.names import resource as folder_of
from wise_skills.tables import to_rdflib

ROWS = 20_000
COUNTRY = "be"


def large(path: Path, rows: int) -> None:
    """Write the large workbook."""
    folders = read_folders(folder_of("data"), Vocabulary.of_project())
    for sheet in folders.sheets[COUNTRY]:
        if sheet.table.name == "needs":
            number, texts = sheet.titles.index("no"), [texts for _, texts in sheet.records]
            sheet.records = [
                (row + 2, [*texts[row % len(texts)][:number], str(row + 1), *texts[row % len(texts)][number + 1 :]]) for row in range(rows)
            ]
    save(make_template(folders, COUNTRY, "en", filled=True), path)


def measured(*command: str) -> dict[str, float]:
    """Run a command and return its CPU and wall seconds and its peak memory in MB."""
    outer = (
        "import resource, subprocess, sys, json, time; started = time.perf_counter(); "
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(json.dumps({'cpu': used.ru_utime + used.ru_stime, 'wall': time.perf_counter() - started, "
        "'memory': used.ru_maxrss / 1024, 'code': done.returncode, 'said': done.stdout.decode()}))"
    )
    done = subprocess.run([sys.executable, "-c", outer, *command], check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout)
    if found["code"]:
        raise SystemExit(f"{' '.join(command)} ended with {found['code']}:\n{found['said']}")
    return found


def check(path: Path, *more: str) -> dict[str, float]:
    """What a check of a workbook costs, the start of Python included."""
    return measured(sys.executable, "-m", "wise_skills.cli", "check", str(path), "--quiet", *more)


def graphs(quads: list[ox.Quad], folders: Folders, pieces: bool) -> Iterator[Graph]:
    """The graphs that the program hands to pySHACL: in pieces as it does, or in one."""
    for piece in validation._pieces(quads) if pieces else [quads]:
        graph = to_rdflib(piece)
        for named in {q.object.value for q in piece if isinstance(q.object, ox.NamedNode)}:
            for target in folders._known.get(named, ()):
                graph.add((URIRef(named), RDF.type, URIRef(stand_in(target))))
        yield graph


def alone(path: Path, pieces: bool) -> None:
    """In a process of its own: time nothing but pySHACL, and say what it took."""
    vocabulary = Vocabulary.of_project()
    folders = Folders(vocabulary)
    folders.add(path, COUNTRY, path.name)
    folders.sheets["eu"] = read_folders(folder_of("data"), vocabulary).sheets["eu"]
    quads, seconds = folders.load(COUNTRY).quads, 0.0
    for graph in graphs(quads, folders, pieces):
        started = time.process_time()
        conforms, _, _ = pyshacl.validate(
            graph, shacl_graph=vocabulary.constraints.graph, inference="none", do_owl_imports=False, inplace=True
        )
        seconds += time.process_time() - started
        if not conforms:
            raise SystemExit("the workbook is not valid")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"quads": len(quads), "cpu": seconds, "memory": memory}))


def pyshacl_alone(path: Path, pieces: bool) -> dict[str, float]:
    """Seconds and peak memory of pySHACL; the memory includes the quads, which it needs too."""
    command = [sys.executable, __file__, "--alone", "pieces" if pieces else "one", str(path)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def countries(folder: Path) -> None:
    """Wall seconds of checking the present workbook of each country, the best of three."""
    folders = read_folders(folder_of("data"), Vocabulary.of_project())
    found: dict[str, dict[str, float]] = {}
    for name in (f for f in FOLDERS if f != "eu"):
        path = folder / f"{name}.xlsx"
        save(make_template(folders, name, "en", filled=True), path)
        found[name] = min((check(path) for _ in range(3)), key=lambda run: run["wall"])
    print(f"\n{'country':9}{'rows':>7}{'wall s':>8}{'CPU s':>8}{'MB':>7}")
    for name, run in sorted(found.items(), key=lambda item: item[1]["wall"]):
        rows = sum(len(sheet.records) for sheet in folders.sheets[name])
        print(f"{name:9}{rows:7,}{run['wall']:8.2f}{run['cpu']:8.2f}{run['memory']:7.0f}")
    seconds = [run["wall"] for run in found.values()]
    print(f"median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s")


def main(rows: int) -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "large.xlsx"
        large(path, rows)
        print(f"{rows:,} rows of needs, a workbook of {path.stat().st_size / 1e6:.1f} MB")
        runs = {
            "pySHACL alone, in pieces": pyshacl_alone(path, pieces=True),
            "pySHACL alone, in one": pyshacl_alone(path, pieces=False),
            "wise check": check(path),
            "wise check --annotate": check(path, "--annotate", str(folder / "marked.xlsx")),
        }
        least = min(run["cpu"] for run in list(runs.values())[:2])
        print(f"{runs['pySHACL alone, in one']['quads']:,} quads\n\n{'':28}{'CPU s':>8}{'ratio':>8}{'MB':>8}")
        for what, run in runs.items():
            print(f"{what:28}{run['cpu']:8.1f}{run['cpu'] / least:8.2f}{run['memory']:8.0f}")
        countries(folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--alone"]:
        alone(Path(sys.argv[3]), sys.argv[2] == "pieces")
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else ROWS)
