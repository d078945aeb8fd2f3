"""`wise sparql`: run a query from a file or stdin."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wise_skills.cli.options import ENDPOINT, QUIET, RELEASE, say
from wise_skills.cli.show import media_type, show, write
from wise_skills.engines import media_types, open_engine
from wise_skills.errors import InputError
from wise_skills.release import open_release

FORMATS = ("table", "csv", "tsv", "json", "xml", "turtle", "ntriples", "jsonld", "rdfxml")


@click.command("sparql")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: a table for SELECT, Turtle for CONSTRUCT and DESCRIBE.")
@RELEASE
@ENDPOINT
@QUIET
def command(file: Path, form: str | None, release: Path, endpoint: str | None, quiet: bool) -> int:
    """Run the query in FILE (- for stdin); ends with 1 if nothing was found."""
    try:
        query = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 text: a query is a plain text file.") from error
    opened = None if endpoint else open_release(release)
    with open_engine(opened, endpoint) as engine:
        kind = engine.kind(query)
        if kind == "select" and form in (None, "table"):
            table = engine.select(query)
            show(table, "table")
            say(f"{len(table):,} row{'' if len(table) == 1 else 's'}{' of more' if table.truncated else ''}.", quiet)
            return 0 if len(table) else 1
        if kind == "ask" and form in (None, "table"):
            click.echo("true" if engine.ask(query) else "false")
            return 0
        answer = engine.answer(query, media_type=media_type(form or "", media_types(kind), kind))
    write(answer.body)
    if answer.truncated:
        say(f"First {answer.rows:,} of more.", quiet)
    return 1 if answer.rows == 0 else 0
