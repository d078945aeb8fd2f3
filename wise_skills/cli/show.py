"""Results on a terminal or in a file format."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table as Grid

from wise_skills.errors import InputError
from wise_skills.terms import Table

FORMATS = ("table", "csv", "json")
_MEDIA = {"csv": "text/csv", "json": "application/sparql-results+json"}


def show(table: Table, form: str, hidden: Sequence[str] = ()) -> None:
    """Print a result in one of `FORMATS`; CSV and JSON are exactly those of SPARQL 1.1."""
    if form != "table":
        write(table.to(_MEDIA[form]))
        return
    columns = [v for v in table.variables if v not in hidden]
    grid = Grid(*columns, show_lines=False, header_style="bold")
    for row in table.dicts():
        grid.add_row(*("" if row[c] is None else str(row[c]) for c in columns))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 250)
    console.print(grid)
    if table.truncated:
        click.echo(f"First {len(table):,} rows of more.", err=True)


def write(body: bytes) -> None:
    """Write bytes to stdout as they are."""
    sys.stdout.buffer.write(body)
    if not body.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


def as_json(record: object) -> None:
    """Print a JSON document."""
    click.echo(json.dumps(record, ensure_ascii=False, indent=1))


def media_type(form: str, offered: Sequence[str], kind: str) -> str | None:
    """Return the media type of a format name for a form of query; `None` for our default."""
    wanted = {
        "csv": "text/csv",
        "tsv": "text/tab-separated-values",
        "json": "application/sparql-results+json",
        "xml": "application/sparql-results+xml",
        "turtle": "text/turtle",
        "ntriples": "application/n-triples",
        "jsonld": "application/ld+json",
        "rdfxml": "application/rdf+xml",
    }.get(form)
    if wanted is None:
        return None
    if wanted not in offered:
        raise InputError(f"The answer of {kind.upper()} cannot be written as {form}.")
    return wanted
