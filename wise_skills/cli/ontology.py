"""`wise ontology`: consistency, profile and hygiene of the ontology."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from wise_skills.cli.options import QUIET, RELEASE, progress
from wise_skills.cli.show import as_json
from wise_skills.ontology import report


@click.command("ontology")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@RELEASE
@QUIET
def command(form: str, release: Path, quiet: bool) -> int:
    """Check the ontology: consistent by reasoner, OWL 2 DL, hygiene rules."""
    with progress(1, quiet, "Reasoning") as step:
        found = report()
        step("done")
    if form == "json":
        as_json(asdict(found))
    else:
        click.echo(str(found))
    return 0
