"""`wise check`: which cells are wrong, and what to do."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from loaders.folders import Folders, Vocabulary, check
from loaders.sssom import mapping_quads, read_sssom
from wise_skills.cli.options import QUIET, progress, say
from wise_skills.cli.plain import one_line
from wise_skills.errors import InputError
from wise_skills.findings import Finding, in_order, violations
from wise_skills.names import FOLDERS, resource

_COLOURS = {"Violation": "bold red", "Warning": "yellow", "Info": "cyan"}


def plan_of(paths: Sequence[Path], country: str | None) -> dict[str, list[Path]]:
    """Return the files to be checked by country folder.

    Raises
    ------
    InputError
        When a path does not exist, is of a kind that is not read, or belongs to no country.
    """
    found: dict[str, list[Path]] = {}
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} does not exist. Name a CSV file, a country folder, or a folder of country folders.")
        if path.is_dir():
            folders = [p for p in sorted(path.iterdir()) if p.is_dir() and p.name in FOLDERS]
            if path.resolve().name in FOLDERS or country:
                folders = [path]
            if not folders:
                raise InputError(f"{path} holds no country folder ({', '.join(FOLDERS)}). Name a country with --country.")
            for folder in folders:
                files = [p for p in sorted(folder.iterdir()) if p.suffix == ".csv" or p.name.endswith(".sssom.tsv")]
                found.setdefault(country or folder.resolve().name, []).extend(map(_regular, files))
        elif path.suffix == ".csv" or path.name.endswith(".sssom.tsv"):
            folder_name = country or path.resolve().parent.name
            if folder_name not in FOLDERS:
                raise InputError(f"{path}: it cannot be told which country it belongs to. Name one with --country ({', '.join(FOLDERS)}).")
            found.setdefault(folder_name, []).append(_regular(path))
        else:
            raise InputError(f"{path} is neither a CSV file, a *.sssom.tsv file, nor a folder. Save the table as CSV (UTF-8).")
    found = {country: list({p.resolve(): p for p in files}.values()) for country, files in found.items()}  # each once
    if not any(found.values()):
        raise InputError(f"{paths[0]} holds no CSV file and no *.sssom.tsv file. Name the folder that holds the tables.")
    return found


def _regular(path: Path) -> Path:
    """Refuse folders, pipes and dead links that bear the name of a table: reading a pipe might never end."""
    if not path.is_file():
        raise InputError(f"{path} bears the name of a table but is no file that can be read. Remove it or give it another name.")
    return path


def find(files: dict[str, list[Path]], quiet: bool) -> tuple[list[Finding], int]:
    """Check files against the project's data as context; return findings in these files, and the number of rows."""
    vocabulary = Vocabulary.of_project()
    folders = Folders(vocabulary)
    chosen: set[str] = set()
    replaced = {(country, p.name) for country, paths in files.items() for p in paths}
    for country in FOLDERS:  # the rest of the data is context, so that references to it are found
        for path in sorted((resource("data") / country).glob("*.csv")):
            if (country, path.name) not in replaced:
                folders.add(path, country, f"{country}/{path.name}")
    mappings: list[tuple[str, Path]] = []
    for country, paths in files.items():
        for path in paths:
            shown = _shown(path)
            chosen.add(shown)
            if path.suffix == ".csv":
                folders.add(path, country, shown)
            else:
                mappings.append((country, path))
    with progress(len(files), quiet, "Checking") as step:
        found, loaded = check(folders, files, step)
    for country, path in mappings:
        file = read_sssom(path, _shown(path))
        mapping_quads(file, country, vocabulary.names, folders.things.by_iri)
        found += file.findings
    rows = sum(1 for one in loaded.values() for r in one.origin.rows.values() for row in r if row.file in chosen)
    return in_order(f for f in found if f.where.file in chosen), rows


def _shown(path: Path) -> str:
    """The name of a file in findings; bytes of it that are no text are replaced."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--country", type=click.Choice(FOLDERS), help="Country folder of files that lie elsewhere.")
@QUIET
def command(paths: tuple[Path, ...], form: str, country: str | None, quiet: bool) -> int:
    """Check CSV files, a country folder, or the whole of data/; nothing is loaded.

    Every finding names file, row and column and says what to do. Ends with 1 if there is a Violation.
    """
    files = plan_of(paths, country)
    found, rows = find(files, quiet)
    bad = violations(found)
    if form == "json":
        record = {"conforms": not bad, "findings": [f.as_dict() for f in found]}
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        _print(found)
    counts = Counter(f.severity for f in found)
    number = sum(len(p) for p in files.values())
    words = ", ".join(f"{n} {s}{'s' if n > 1 else ''}" for s, n in counts.items()) or "nothing to mend"
    say(f"{rows:,} rows in {number} file{'s' if number != 1 else ''}: {words}.", quiet)
    return 1 if bad else 0


def _print(found: list[Finding]) -> None:
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for finding in found:
        line = Text(one_line(finding.as_line()))
        line.highlight_words([f" {finding.severity}:"], _COLOURS[finding.severity])
        console.print(line)
