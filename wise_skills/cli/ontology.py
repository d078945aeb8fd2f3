"""`wise ontology`: consistency, defined classes and hygiene of the ontology."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
import pyoxigraph as ox

from wise_skills.cli.options import QUIET, RELEASE, progress, say
from wise_skills.cli.show import as_json
from wise_skills.errors import ReleaseError
from wise_skills.names import Names
from wise_skills.ontology import report
from wise_skills.release import open_release
from wise_skills.store import read_nquads

_APART = ("ontology", "alignments", "schemes", "shapes", "inferred")


def data_of(release: Path) -> tuple[ox.Store | None, Names]:
    """Return the national data of a release and its names; no data where there is no release yet."""
    try:
        opened = open_release(release)
    except ReleaseError:
        return None, Names()
    names = Names(opened.info["base"])
    apart = {names.graph(name) for name in _APART}
    data = ox.Store()
    data.bulk_extend(q for q in read_nquads(opened.dump / "wise-skills.nq") if getattr(q.graph_name, "value", "") not in apart)
    return data, names


@click.command("ontology")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@RELEASE
@QUIET
def command(form: str, release: Path, quiet: bool) -> int:
    """Check the ontology: consistent by HermiT (where Java is present), the same members by both reasoners, hygiene rules.

    The individuals are those of the release; without one only the ontology itself is checked. Ends with 1 when
    something is wrong.
    """
    with progress(2, quiet, "Checking") as step:
        data, names = data_of(release)
        step("data")
        found = report(data, names=names)
        step("reasoning")
    if data is None:
        say(f"There is no release at {release}: only the ontology itself was checked.", quiet)
    if form == "json":
        as_json(asdict(found) | {"fine": found.fine})
    else:
        click.echo(str(found))
    return 0 if found.fine else 1
