"""`wise check`: which cells are wrong, and what to do."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from loaders.checking import check_files, files_of, shown
from loaders.folders import Checked, Vocabulary
from loaders.workbooks.annotation import annotate
from loaders.workbooks.refusal import Unopened
from wise_skills.cli.options import QUIET, progress_of, say
from wise_skills.cli.plain import one_line
from wise_skills.errors import InputError
from wise_skills.findings import WARNING, violations
from wise_skills.languages import LANGUAGES, speaking
from wise_skills.names import FOLDERS
from wise_skills.reports import sarif, turtle

_COLOURS = {"Violation": "bold red", "Warning": "yellow", "Info": "cyan"}


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif", "turtle"]), default="text", show_default=True)
@click.option("--annotate", "marked", type=click.Path(path_type=Path), metavar="OUT.xlsx", help="Write a copy of the workbook with marks.")
@click.option("--rows", "with_rows", is_flag=True, help="With json: also the cells of the rows, what is waived, and the number of rows.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True, help="Language of the messages.")
@click.option("--country", type=click.Choice(FOLDERS), help="Country folder of files that lie elsewhere.")
@QUIET
def command(
    paths: tuple[Path, ...], form: str, marked: Path | None, with_rows: bool, language: str, country: str | None, quiet: bool
) -> int:
    """Check workbooks, CSV files, a country folder, or the whole of data/; nothing is loaded.

    Every finding names file, row and column and says what to do. Ends with 1 if there is a Violation.
    """
    files = files_of(paths, country)
    workbooks = [p for found in files.values() for p in found if p.suffix.lower() == ".xlsx"]
    if marked:
        _may_be_written(marked, workbooks)
    with speaking(language):
        with progress_of(quiet, "Checking") as step:
            checked = check_files(files, Vocabulary.of_project(), step)
        left = _annotated(workbooks[0], marked, checked) if marked else None
        _print(checked, form, with_rows)
    bad = violations(checked.findings)
    number = sum(len(p) for p in files.values())
    say(f"{checked.rows:,} rows in {number} file{'s' if number != 1 else ''}: {_counts(checked)}.", quiet)
    if left is not None:
        say(f"The marked copy is {marked}." + (f" It lacks what cannot be copied: {', '.join(left)}." if left else ""), quiet)
    return 1 if bad else 0


def _annotated(workbook: Path, marked: Path, checked: Checked) -> list[str] | None:
    """Write the marked copy; `None` for a workbook that cannot be opened, of which the finding says why."""
    found = [f for f in checked.findings if f.where.file == shown(workbook)]
    if any(not f.where.row for f in found):
        return None
    try:
        return annotate(workbook, marked, found)
    except Unopened:
        return None


def _may_be_written(marked: Path, workbooks: list[Path]) -> None:
    """Refuse to annotate what is no single workbook, and to write over what somebody sent."""
    if len(workbooks) != 1:
        raise InputError("--annotate marks one workbook: name exactly one .xlsx file.")
    if marked.suffix.lower() != ".xlsx":
        raise InputError(f"{marked} must end in .xlsx: a marked copy is a workbook.")
    if marked.resolve() == workbooks[0].resolve():
        raise InputError(f"{marked} is the workbook itself. Name another file: the marks go into a copy.")
    if not marked.resolve().parent.is_dir():
        raise InputError(f"{marked.parent} is no folder. Make it first, or name another file.")


def _counts(checked: Checked) -> str:
    counts = Counter(f.severity for f in checked.findings)
    words = [f"{n} {s}{'s' if n > 1 else ''}" for s, n in counts.items()]
    waived = [f"{len(checked.waived)} waived"] if checked.waived else []
    return ", ".join([*words, *waived]) or "nothing to mend"


def _print(checked: Checked, form: str, with_rows: bool) -> None:
    found = checked.findings
    if form == "json":
        click.echo(json.dumps(as_json(checked, with_rows), ensure_ascii=False, indent=1))
    elif form == "sarif":
        click.echo(json.dumps(sarif([f.as_dict() for f in found]), ensure_ascii=False, indent=1))
    elif form == "turtle":
        click.echo(turtle(found), nl=False)
    else:
        console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        for finding in found:
            # What the table `waivers` asks for, if the warning may stand.
            waivable = f" [{finding.code}, {finding.key}]" if finding.severity == WARNING and finding.key else ""
            line = Text(one_line(finding.as_line() + waivable))
            line.highlight_words([f" {finding.severity}:"], _COLOURS[finding.severity])
            console.print(line)


def as_json(checked: Checked, with_rows: bool) -> dict[str, object]:
    """Return the record of `--format json`.

    With rows: `rows` has, by file, sheet and number, the cells of each row that something was found in, by their headers.
    """
    record: dict[str, object] = {
        "conforms": not violations(checked.findings),
        "findings": [f.as_dict() for f in checked.findings],
    }
    if with_rows:
        places = {(f.where.file, f.where.sheet, f.where.row) for f in checked.findings}
        record["rows"] = {
            f"{row.file}#{row.sheet}!{row.number}": {title: row.texts[i] for title, i in row.columns if row.texts[i]}
            for one in checked.loaded.values()
            for rows in one.origin.rows.values()
            for row in rows
            if (row.file, row.sheet, row.number) in places
        }
        sheets = dict.fromkeys(row.sheet for one in checked.loaded.values() for rows in one.origin.rows.values() for row in rows)
        record |= {"sheets": list(sheets), "waived": [f.as_dict() for f in checked.waived], "checked": checked.rows}
    return record
