"""Results on a terminal or in a file format."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

import click
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from wise_skills.cli.plain import plain
from wise_skills.errors import InputError
from wise_skills.questions import Result
from wise_skills.terms import Table, Term

FORMATS = ("table", "csv", "json")
_COLUMNS_THAT_FIT = 7
_MEDIA = {"csv": "text/csv", "json": "application/sparql-results+json"}


def _text(text: str) -> Text:
    """A cell: its square brackets are no markup."""
    return Text(plain(text))


def show(table: Table, form: str) -> None:
    """Print a result in one of `FORMATS`; CSV and JSON are exactly those of SPARQL 1.1."""
    if form != "table":
        write(table.to(_MEDIA[form]))
        return
    grid = Grid(*table.variables, header_style="bold")
    for row in table:
        grid.add_row(*(_text("" if term is None else str(term)) for term in row))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 250)
    console.print(grid)
    if table.truncated:
        click.echo(f"First {len(table):,} rows of more.", err=True)


def show_answer(result: Result) -> None:
    """Print the answer of a question: labels in place of addresses, a table if it fits, else one block a row."""
    rows = [{_title(result, v): _cell(row, v) for v in result.columns} for row in result.table.dicts()]
    titles = [t for t in (rows[0] if rows else {}) if any(row[t] for row in rows)]
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160, highlight=False)
    if len(titles) <= _COLUMNS_THAT_FIT:
        grid = Grid(*titles, header_style="bold")
        for row in rows:
            grid.add_row(*(_text(row[t]) for t in titles))
        console.print(grid)
    else:
        for row in rows:
            grid = Grid.grid(padding=(0, 2))
            for title in titles:
                if row[title]:
                    grid.add_row(Text(title, style="bold"), _text(row[title]))
            console.print(grid)
            console.print()
    if result.table.truncated:
        click.echo(f"First {len(result.table):,} rows of more.", err=True)


def _title(result: Result, variable: str) -> str:
    column = result.question.columns.get(variable)
    if column is None:
        return variable
    return f"{column.label} ({column.unit})" if column.unit else column.label


def _cell(row: Mapping[str, Term | None], variable: str) -> str:
    """What a person reads of a value: its label, the row as file and number, else the value."""
    label, term = row.get(f"{variable}Label"), row[variable]
    if label is not None or term is None:
        return str(label or "")
    if term.kind == "iri" and "#row=" in term.value:
        file, _, number = term.value.partition("#row=")
        return f"{'/'.join(file.rsplit('/', 2)[-2:])} row {number}"
    if term.kind == "iri" and "/scheme/" in term.value:
        return term.value.rsplit("/", 1)[-1].replace("-", " ")
    return term.value


def write(body: bytes, *, text: bool = True) -> None:
    """Write bytes to stdout as they are; a text ends its last line."""
    sys.stdout.buffer.write(body)
    if text and not body.endswith(b"\n"):
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
