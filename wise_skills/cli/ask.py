"""`wise ask`: a question of the catalogue."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import click

from wise_skills.cli.options import ENDPOINT, QUIET, RELEASE, say
from wise_skills.cli.show import show_answer, write
from wise_skills.engines import Engine, open_engine
from wise_skills.errors import InputError
from wise_skills.languages import LANGUAGES
from wise_skills.names import BASE, resource
from wise_skills.questions import Result, ask, find, load_questions
from wise_skills.release import Release, open_release


@click.command("ask")
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help="List the questions, one a line.")
@click.option("--param", "params", multiple=True, metavar="K=V", help="Value of a parameter; repeat for several.")
@click.option("--format", "form", type=click.Choice(("table", "csv", "json", "xlsx", "turtle")), default="table", show_default=True)
@click.option("--language", default="en", show_default=True, help="Language of names and sentences.")
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
    if language in LANGUAGES and language != "en":
        # The texts are the page's, which takes a while to load.
        from query_ui.catalogues import catalogue

        question = question.said(catalogue(language, "questions").gettext, language)
    values: dict[str, list[str]] = defaultdict(list)
    for pair in params:
        key, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"--param takes name=value, not “{pair}”.")
        values[key.strip()].append(value.strip())
    opened = None if endpoint else open_release(release)
    with open_engine(opened, endpoint) as engine:
        result = ask(engine, question, values, language=language)
        content = _file(engine, result, opened, language, form) if form != "table" else b""
    if form == "table":
        show_answer(result)
    else:
        write(content, text=form != "xlsx")
    say(result.sentence, quiet)
    if result.unknown is not None and len(result.unknown):
        names = [str(row.get("label") or row.get("thing") or "") for row in result.unknown.dicts()]
        say(f"{question.unknown_text} {', '.join(names)}", quiet)
    return 0 if len(result.table) else 1


def _file(engine: Engine, result: Result, release: Release | None, language: str, form: str) -> bytes:
    """The answer as the page gives it as a file; its address is that of the question under the base of the data."""
    from wise_skills.answer_files import About, to_csv, to_json, to_turtle, to_xlsx
    from wise_skills.publishing import citation

    base = str(release.info.get("base", BASE)) if release else BASE
    values = [(name, choice.value.value) for name, chosen in result.values.items() for choice in chosen]
    address = f"{base}questions/{result.question.name}" + (f"?{urlencode(values)}" if values else "")
    cited = citation(release) if release else f"WISE skills graph, asked at {engine.version}. CC BY 4.0."
    about = About(address, cited, release.id if release else str(engine.version))
    names = _names(release, result, language)
    if form == "csv":
        return to_csv(result, names)
    if form == "json":
        return to_json(result, names, about)
    return to_xlsx(result, names, about) if form == "xlsx" else to_turtle(engine, result, about, base)


def _names(release: Release | None, result: Result, language: str) -> Callable[[str], str]:
    """What gives the names of things that the query itself does not name."""
    known: dict[str, tuple[str, str | None]] = {}
    if release is not None:
        from wise_skills.labels import Labels

        iris = dict.fromkeys(t.value for row in result.table for t in row if t is not None and t.kind == "iri")
        labels = Labels(release.labels)
        try:
            known = dict(labels.labels(list(iris), language))
        finally:
            labels.close()
    return lambda iri: known[iri][0] if iri in known else re.split(r"[/#]", iri)[-1]
