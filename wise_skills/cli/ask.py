"""`wise ask`: a question of the catalogue."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import click

from wise_skills.cli.options import ENDPOINT, QUIET, RELEASE, say
from wise_skills.cli.show import FORMATS, show, show_answer
from wise_skills.engines import open_engine
from wise_skills.errors import InputError
from wise_skills.names import resource
from wise_skills.questions import ask, find, load_questions
from wise_skills.release import open_release


@click.command("ask")
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help="List the questions, one a line.")
@click.option("--param", "params", multiple=True, metavar="K=V", help="Value of a parameter; repeat for several.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--language", default="en", show_default=True, help="Language of labels.")
@RELEASE
@ENDPOINT
@QUIET
def command(
    name: str | None, listing: bool, params: tuple[str, ...], form: str, language: str, release: Path, endpoint: str | None, quiet: bool
) -> int:
    """Ask a question of the catalogue; ends with 1 if nothing was found."""
    questions = load_questions(resource("query_ui") / "questions", thorough=False)
    if listing or not name:
        width = max(map(len, questions), default=0)
        for question in questions.values():
            click.echo(f"{question.name:{width}}  {question.title}")
        return 0
    question = find(questions, name)
    values: dict[str, list[str]] = defaultdict(list)
    for pair in params:
        key, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"--param takes name=value, not “{pair}”.")
        values[key.strip()].append(value.strip())
    opened = None if endpoint else open_release(release)
    with open_engine(opened, endpoint) as engine:
        result = ask(engine, question, values, language=language)
    if form == "table":
        show_answer(result)
    else:
        show(result.table, form)
    say(result.sentence, quiet)
    if result.unknown is not None and len(result.unknown):
        names = [str(row.get("label") or row.get("thing") or "") for row in result.unknown.dicts()]
        say(f"{question.unknown_text} {', '.join(names)}", quiet)
    return 0 if len(result.table) else 1
