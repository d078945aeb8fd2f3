"""`wise template`: a workbook to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from loaders.folders import Vocabulary, read_folders
from loaders.workbooks.looks import save
from loaders.workbooks.template import make_template
from wise_skills.cli.options import QUIET, say
from wise_skills.errors import InputError
from wise_skills.languages import LANGUAGES
from wise_skills.names import FOLDERS, resource


@click.command("template")
@click.option("--country", type=click.Choice(FOLDERS), required=True, help="Country folder that the workbook is for.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True, help="Language of names, hints and lists.")
@click.option("--filled", is_flag=True, help="With the country's present rows, for correction.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT.xlsx", help="File to be written; <country>.xlsx by default.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Data folder; the project's by default.")
@QUIET
def command(country: str, language: str, filled: bool, output: Path | None, data: Path | None, quiet: bool) -> int:
    """Write a workbook to fill in: one sheet per table, with hints and drop-downs."""
    path = output or Path(f"{country}.xlsx")
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"{path} must end in .xlsx: a workbook is written.")
    if not path.resolve().parent.is_dir():
        raise InputError(f"{path.parent} is no folder. Make it first, or name another file.")
    if path.exists():
        raise InputError(f"{path} exists already, and may hold somebody's work. Name another file, or remove it.")
    folders = read_folders(data or resource("data"), Vocabulary.of_project())
    book = make_template(folders, country, language, filled)
    beside = path.with_name(path.name + ".part")
    save(book, beside)
    beside.replace(path)
    rows = sum(len(sheet.records) for sheet in folders.sheets.get(country, ())) if filled else 0
    say(
        f"{path}: {len(folders.vocabulary.schema.tables)} sheets" + (f", {rows:,} rows." if filled else ", each with an example row."),
        quiet,
    )
    say(f"Check it with: wise check {path}" + ("" if language == "en" else f" --language {language}"), quiet)
    return 0
