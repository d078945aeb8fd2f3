"""`wise build`: data → release."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click
import pyoxigraph as ox

from loaders.rdf import added_sources, project_sources
from loaders.sources import National
from wise_skills import build as building
from wise_skills.cli.options import QUIET, progress, say
from wise_skills.cli.plain import one_line
from wise_skills.errors import InputError, WrongKind
from wise_skills.inference import infer
from wise_skills.names import BASE, Names, resource
from wise_skills.source import code_fingerprint, file_fingerprint, nquads

# Steps beside the sources: inferences, dump, store, labels.
_FURTHER_STEPS = 4


def code() -> str:
    """Return the hash of the code that reads and checks."""
    here = Path(__file__).resolve().parent.parent
    return code_fingerprint(here.parent / "loaders", here)


def make_plan(data: Path, base: str, mappings: Sequence[Path] = (), rdf: Sequence[Path] = ()) -> building.Plan:
    """Wire the sources of a build.

    Parameters
    ----------
    data, base:
        Folder of the country folders, and the base of our IRIs.
    mappings, rdf:
        SSSOM and RDF files beside the data; each becomes a graph `…/graph/added/<name>`.

    Raises
    ------
    InputError
        When the folder holds no country folder, a file is missing or of another kind, or the base is no IRI.
    """
    if not base.startswith(("http://", "https://")) or not base.endswith(("/", "#")):
        raise InputError(f"“{base}” cannot be the base: it must begin with http:// or https:// and end in / or #.")
    names = Names(base)
    hashed = code()
    national = National(data, names, hashed)
    if not national.present:
        raise InputError(f"{data} holds no country folder (at, be, … or eu). Name the folder that holds them with --data.")
    added = [*mappings, *rdf]
    for path in added:
        if not path.is_file():
            raise InputError(f"{path} does not exist, or is no file.")
    for path in mappings:
        if not path.name.endswith(".sssom.tsv"):
            raise WrongKind(str(path), "a file of another name", ["*.sssom.tsv"])
    if len({path.name for path in added}) < len(added):
        raise InputError("Two of the files to be added have the same name. Rename one of them.")
    rules = sorted((resource("ontology") / "rules").glob("*.rq"))
    sources = [*project_sources(names, hashed), *national.sources(), *national.added_mappings(mappings), *added_sources(rdf, names, hashed)]
    return building.Plan(
        sources=sources,
        across=national.across,
        infer=lambda everything: inferences(everything, names),
        base=base,
        fingerprint=file_fingerprint(rules, hashed),
    )


def inferences(everything: bytes, names: Names) -> bytes:
    """Return what follows from all sources by the ontology, as N-Quads of the graph of inferences."""
    graph = ox.NamedNode(names.graph("inferred"))
    ontology, data = ox.Store(), ox.Store()
    apart = {names.graph(name) for name in ("ontology", "alignments", "shapes")}
    for quad in ox.parse(everything, ox.RdfFormat.N_QUADS):
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        if name == names.graph("ontology"):
            ontology.add(quad)
        elif name not in apart:
            data.add(quad)
    rules = {p.stem: names.rebase(p.read_text(encoding="utf-8")) for p in sorted((resource("ontology") / "rules").glob("*.rq"))}
    return nquads(ox.Quad(t.subject, t.predicate, t.object, graph) for t in infer(ontology, data, rules).triples)


@click.command("build")
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Folder of the country folders (default: the project's).")
@click.option("--out", type=click.Path(path_type=Path), default=Path("build"), show_default=True, help="Folder of the releases.")
@click.option(
    "--mapping", "mappings", multiple=True, type=click.Path(path_type=Path), help="A *.sssom.tsv file beside the data; repeat for several."
)
@click.option("--rdf", multiple=True, type=click.Path(path_type=Path), help="An RDF file beside the data; repeat for several.")
@click.option("--no-cache", is_flag=True, help="Read and check every source again.")
@click.option("--base", default=BASE, show_default=True, help="Base of our IRIs.")
@QUIET
def command(data: Path | None, out: Path, mappings: tuple[Path, ...], rdf: tuple[Path, ...], no_cache: bool, base: str, quiet: bool) -> int:
    """Make a release from the data.

    Sources that did not change come from a cache. Violations refuse the release and leave the previous one in
    place; warnings are reported and published with it.
    """
    started = time.perf_counter()
    plan = make_plan(data or resource("data"), base, mappings, rdf)
    with progress(len(plan.sources) + _FURTHER_STEPS, quiet, "Building") as step:
        try:
            outcome = building.build(plan, out, cache=not no_cache, progress=step)
        except building.Refused as refused:
            for finding in refused.findings:
                click.echo(one_line(finding.as_line()), err=True)
            raise
    release = outcome.release
    for finding in outcome.findings:
        say(one_line(finding.as_line()), quiet)
    triples = sum(release.counts.values())
    seconds = time.perf_counter() - started
    say(
        f"Release {release.id}: {triples:,} statements in {len(release.counts)} graphs from {len(plan.sources)} sources "
        f"({len(outcome.reused)} unchanged), {len(outcome.findings)} warnings, {seconds:.1f} s.",
        quiet,
    )
    click.echo(release.path)
    return 0
