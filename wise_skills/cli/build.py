"""`wise build`: data → release."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox

from loaders.rdf import added_sources, project_sources
from loaders.sources import National
from wise_skills import build as building
from wise_skills.cli.options import QUIET, progress, say
from wise_skills.cli.plain import one_line
from wise_skills.cli.references import Examination, reference_sources
from wise_skills.errors import InputError
from wise_skills.findings import INFO
from wise_skills.inference import infer
from wise_skills.names import BASE, Names, resource
from wise_skills.publishing import reference_title
from wise_skills.questions.published import QuestionSource
from wise_skills.source import Source, code_fingerprint, file_fingerprint, nquads

# Steps beside the sources: reference layer, inferences, dump, store, labels, alignment.
_FURTHER_STEPS = 6


def code() -> str:
    """Return the hash of the code that reads and checks."""
    here = Path(__file__).resolve().parent.parent
    return code_fingerprint(here.parent / "loaders", here)


def make_plan(
    data: Path,
    base: str,
    mappings: Sequence[Path] = (),
    rdf: Sequence[Path] = (),
    *,
    esco: Sequence[Path] = (),
    classifications: Sequence[Path] = (),
    registers: Sequence[Path] = (),
) -> building.Plan:
    """Wire the sources of a build.

    Parameters
    ----------
    data, base:
        Folder of the country folders, and the base of our IRIs.
    mappings, rdf:
        SSSOM and RDF files beside the data; each becomes a graph `…/graph/added/<name>`. A mapping file may also be
        a table as Member States publish it: it becomes a graph `…/graph/mappings/<name>`.
    esco:
        Archives, folders or dumps of one release of ESCO.
    classifications, registers:
        Files of classifications, and of registers for which a country folder holds a mapping.

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
    for path in (*mappings, *rdf):
        if not path.is_file():
            raise InputError(f"{path} does not exist, or is no file.")
    published = [path for path in mappings if not path.name.endswith(".sssom.tsv")]
    added = [path for path in mappings if path not in published]
    if len({path.name for path in (*added, *rdf)}) < len([*added, *rdf]):
        raise InputError("Two of the files to be added have the same name. Rename one of them.")
    references = reference_sources(esco, classifications, published, names, hashed, data)
    rules = sorted((resource("ontology") / "rules").glob("*.rq"))
    sources = [
        *project_sources(names, hashed),
        *national.sources(),
        *national.added_mappings(added),
        *added_sources(rdf, names, hashed),
        *_registers(registers, national),
        QuestionSource(resource("query_ui") / "questions", resource("query_ui") / "translations", names, hashed),
    ]
    return building.Plan(
        sources=sources,
        across=national.across,
        infer=lambda everything: inferences(everything, names),
        base=base,
        fingerprint=file_fingerprint(rules, hashed),
        references=references,
        examine=Examination(names).of_source,
        against=Examination(names).of_whole,
        reference_fingerprint=file_fingerprint((resource("shapes") / "esco").glob("*.ttl"), hashed),
    )


def _registers(paths: Sequence[Path], national: National) -> list[Source]:
    if not paths:
        return []
    from loaders.registers import register_sources

    return list(register_sources(paths, national))


def inferences(everything: bytes, names: Names) -> bytes:
    """Return what follows from all sources by the ontology, as N-Quads of the graph of inferences."""
    graph = ox.NamedNode(names.graph("inferred"))
    ontology, data = ox.Store(), ox.Store()
    apart = {names.graph(name) for name in ("ontology", "alignments", "shapes", "questions")}
    for quad in ox.parse(everything, ox.RdfFormat.N_QUADS):
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        if name == names.graph("ontology"):
            ontology.add(quad)
        elif name not in apart:
            data.add(quad)
    rules = {p.stem: names.rebase(p.read_text(encoding="utf-8")) for p in sorted((resource("ontology") / "rules").glob("*.rq"))}
    return nquads(ox.Quad(t.subject, t.predicate, t.object, graph) for t in infer(ontology, data, rules).triples)


_PATHS = click.Path(path_type=Path)


@click.command("build")
@click.option("--data", type=_PATHS, default=None, help="Folder of the country folders (default: the project's).")
@click.option("--out", type=_PATHS, default=Path("build"), show_default=True, help="Folder of the releases.")
@click.option("--esco", multiple=True, type=_PATHS, help="A zip of the ESCO portal, a folder of its CSVs, ESCO's RDF; repeatable.")
@click.option(
    "--mapping",
    "mappings",
    multiple=True,
    type=_PATHS,
    help="A *.sssom.tsv file, or a mapping table as Member States publish it; repeat for several.",
)
@click.option("--classification", "classifications", multiple=True, type=_PATHS, help="NACE, ROME, KldB …; repeat for several.")
@click.option("--register", "registers", multiple=True, type=_PATHS, help="A register that a country folder describes; repeat for several.")
@click.option("--rdf", multiple=True, type=_PATHS, help="An RDF file beside the data; repeat for several.")
@click.option("--no-cache", is_flag=True, help="Read and check every source again.")
@click.option("--base", default=BASE, show_default=True, help="Base of our IRIs.")
@QUIET
def command(data: Path | None, out: Path, no_cache: bool, base: str, quiet: bool, **added: tuple[Path, ...]) -> int:
    """Make a release from the data, and from what others publish.

    Sources that did not change come from a cache. Violations refuse the release and leave the previous one in
    place; warnings are reported and published with it.
    """
    started = time.perf_counter()
    plan = make_plan(data or resource("data"), base, **added)
    with progress(len(plan.sources) + len(plan.references) + _FURTHER_STEPS, quiet, "Building") as step:
        try:
            outcome = building.build(plan, out, cache=not no_cache, progress=step, learning=step.within("learning from ESCO’s labels"))
        except building.Refused as refused:
            for finding in refused.findings:
                click.echo(one_line(finding.as_line()), err=True)
            raise
    release = outcome.release
    for finding in outcome.findings:
        say(one_line(finding.as_line()), quiet)
    for reference in release.info.get("references", ()):
        _tell(reference, quiet)
    triples = sum(release.counts.values())
    seconds = time.perf_counter() - started
    count = len(plan.sources) + len(plan.references)
    say(
        f"Release {release.id}: {triples:,} statements in {len(release.counts)} graphs from {count} sources "
        f"({len(outcome.reused)} unchanged), {len(outcome.findings)} warnings, {seconds:.1f} s.",
        quiet,
    )
    click.echo(release.path)
    return 0


def _tell(reference: Mapping[str, Any], quiet: bool) -> None:
    """Say in a few lines what was read of a reference source, and what is odd in it."""
    counts = ", ".join(f"{number:,} {kind.replace('_', ' ')}" for kind, number in reference.get("counts", {}).items())
    say(one_line(f"{reference_title(reference)}: {counts or 'read'}."), quiet)
    report = f"report/{reference['file'].removesuffix('.nq.gz')}.csv of the release"
    for kind in reference["findings"]:
        if kind["severity"] != INFO:
            say("  " + one_line(f"{kind['count']:,} × {kind['component']}, first: {kind['first']}"), quiet)
    remarks = [kind for kind in reference["findings"] if kind["severity"] == INFO]
    if remarks:
        say(f"  {sum(k['count'] for k in remarks):,} remarks of {len(remarks)} kinds. Everything found stands in {report}.", quiet)
    elif reference["findings"]:
        say(f"  Everything found stands in {report}.", quiet)
