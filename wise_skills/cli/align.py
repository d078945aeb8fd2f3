"""`wise align`: propose concepts of ESCO for the labels or learning outcomes in a file, as SSSOM TSV."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wise_skills import __version__
from wise_skills.cli.options import QUIET, RELEASE, progress_of, say
from wise_skills.errors import FileProblem, InputError

if TYPE_CHECKING:
    from loaders.lines import Line
    from wise_skills.alignment.matcher import Matcher
    from wise_skills.alignment.model import Kind, Query
    from wise_skills.mappings.aligning import Place
    from wise_skills.mappings.model import Mapping, MappingSet
    from wise_skills.release import Release

_MOST = 50
_CONTEXT = 50
_SHOWN = 5
_ROWS = 100


@click.command("align")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--language", metavar="xx", default="", help="Language of the texts (hr); guessed from all of them where it is left out.")
@click.option("--column", metavar="NAME", help="Column of a table that holds the texts.")
@click.option("--kind", type=click.Choice(["skill", "occupation"]), help="Propose only skills, or only occupations.")
@click.option("--top", type=click.IntRange(1, _MOST), default=10, show_default=True, help="So many proposals for each line.")
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Write here instead of to stdout.")
@click.option("--minimum", type=click.FloatRange(0, 1), default=0.0, metavar="CONFIDENCE", help="Leave out proposals below this.")
@click.option("--reviewed", type=click.Path(path_type=Path), metavar="FILE.sssom.tsv", help="A review: its verdicts are kept.")
@click.option("--model", type=click.Path(path_type=Path), metavar="DIR", help="An embedding model to be used as well.")
@RELEASE
@QUIET
def command(
    file: Path,
    language: str,
    column: str | None,
    kind: Kind | None,
    top: int,
    output: Path | None,
    minimum: float,
    reviewed: Path | None,
    model: Path | None,
    release: Path,
    quiet: bool,
) -> int:
    """Propose ESCO concepts for the labels in a CSV, XLSX or text file (- reads a text from stdin).

    The result is SSSOM TSV: for each line up to --top rows with confidence and reason, the best first; a line without any
    has a row with sssom:NoTermFound. Nothing is an exact match before somebody reviewed it. What --reviewed, or a mapping of
    the release, accepts or calls unmatched stays as it is; what it rejects is never proposed again. Ends with 1 if nothing
    was found at all.
    """
    _may_be_written(output, [file, *([reviewed] if reviewed else [])])
    _check_language(language)
    lines, digest = _lines(file, column, language, quiet)
    language = language or _language_of(lines, quiet)
    from wise_skills.mappings import tsv
    from wise_skills.mappings.aligning import align, reviewed_in
    from wise_skills.release import open_release

    opened = open_release(release)
    kept = _reviewed(reviewed, quiet) if reviewed else ()
    matcher = _matcher(opened, model)
    queries = _queries(lines, language)
    kept = (*kept, *reviewed_in(opened, (query.iri for query in queries if query.iri)))
    with progress_of(quiet, "Aligning") as step:
        limits: dict[str, Any] = {"kind": kind, "top": top, "minimum": minimum}
        found = align(matcher, queries, kept, version=lambda scheme: opened.esco_version if scheme == "esco" else "", step=step, **limits)
    _write(output, tsv.write(_set_of(found.rows, file, digest, opened), in_order=True))
    if "esco" not in matcher.schemes:
        say("The release was built without ESCO; what was proposed is ours. Build it with wise build --esco.", quiet)
    reviewed_too = f", {found.settled:,} as reviewed" if found.settled else ""
    for tag in sorted({query.language for query in queries}):
        for scheme, other in matcher.unnamed(tag, kind=kind).items():
            say(
                f"{scheme.upper()} has no names in {tag} in this release; the lines were compared with names in {other}, which finds few.",
                quiet,
            )
    lines_in_words = f"{len(queries):,} different line{'s' * (len(queries) != 1)}"
    say(f"{lines_in_words}: {found.proposed:,} with proposals{reviewed_too}, {found.without:,} without.", quiet)
    return 0 if found.proposed or found.settled else 1


# --- what is given


def _check_language(language: str) -> None:
    from wise_skills.languages import known_tags, primary

    if language and primary(language) not in known_tags():
        raise InputError(f"--language {language} is no language that is known here. Give a tag such as hr, fr or en.")


def _lines(file: Path, column: str | None, language: str, quiet: bool) -> tuple[list[Line], str]:
    """The lines of a file, and a digest of its content."""
    from loaders.lines import MAX_BYTES, read_lines

    if str(file) == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "stdin"
            path.write_bytes(data)
            return read_lines(path, column, language=language, note=lambda text: say(text, quiet)), _digest(data)
    if not file.exists():
        raise FileProblem(file, "does not exist", advice="Check the path")
    lines = read_lines(file, column, language=language, note=lambda text: say(text, quiet))
    return lines, _digest(file.read_bytes())


def _language_of(lines: Sequence[Line], quiet: bool) -> str:
    """The language of the lines that do not say it."""
    from wise_skills.alignment.detection import language_of

    guess = language_of(line.text for line in lines if not line.language)
    if guess:
        say(f"The lines were read as {guess}; --language says otherwise.", quiet)
    return guess


def _digest(data: bytes) -> str:
    """The name of a content after RFC 6920, without its scheme."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def _queries(lines: Sequence[Line], language: str) -> dict[Query, Place]:
    """What is to be matched, each thing once, with its places; lines of a module are context to each other."""
    from wise_skills.alignment.model import Query
    from wise_skills.languages import known_tags, primary
    from wise_skills.mappings.aligning import Place

    modules: dict[str, list[str]] = {}
    for line in lines:
        if line.module and len(of := modules.setdefault(line.module, [])) < _CONTEXT and line.text not in of:
            of.append(line.text)
    found: dict[Query, Place] = {}
    for line in lines:
        tag = line.language if primary(line.language) in known_tags() else language
        context = tuple(text for text in modules.get(line.module, ()) if text != line.text)
        query = Query(line.text, tag, line.code, context=context, iri=line.iri)
        rows = found[query].rows if query in found else ()
        found[query] = Place((*rows, line.row)[:_ROWS], line.module)
    return found


def _reviewed(path: Path, quiet: bool) -> tuple[Mapping, ...]:
    from wise_skills.mappings import tsv

    if not path.is_file():
        raise FileProblem(path, "does not exist" if not path.exists() else "is no file", advice="Give an SSSOM TSV file")
    read = tsv.read_bytes(path.read_bytes(), path.name)
    if read.problems and not read.mappings.mappings:
        raise FileProblem(path, read.problems[0].message)
    for problem in read.problems[:_SHOWN]:
        say(f"{path.name}, row {problem.row}: {problem.message}", quiet)
    if len(read.problems) > _SHOWN:
        say(f"{path.name}: {len(read.problems) - _SHOWN} more problems.", quiet)
    return read.mappings.mappings


# --- matching


def _matcher(release: Release, model: Path | None) -> Matcher:
    from wise_skills.alignment.matcher import Matcher

    if model is None:
        return Matcher.open(release)
    if not model.is_dir():
        raise InputError(f"{model} is no folder. --model takes the folder of a sentence-transformers model.")
    of_build = release.path.parent.parent / "cache"  # vectors of all concepts take minutes
    return Matcher.open(release, model=model, kept=of_build / "vectors" if of_build.is_dir() else None)


# --- what comes out


def _set_of(rows: Sequence[Mapping], file: Path, digest: str, release: Release) -> MappingSet:
    from wise_skills.mappings.model import MappingSet
    from wise_skills.mappings.proposals import LICENCE
    from wise_skills.names import BASE

    name = "stdin" if str(file) == "-" else file.name
    metadata: dict[str, str | list[str]] = {
        "mapping_set_id": f"{BASE}mappings/aligned/{digest[:16]}",
        "mapping_set_title": f"Proposals for {name}",
        "license": LICENCE,
        "comment": f"Proposed by wise align from release {release.id}. Confidence is calibrated; nobody reviewed what bears no reviewer.",
    }
    own = {"subject_source": f"ni:///sha-256;{digest}", "mapping_tool": "wise align", "mapping_tool_version": __version__}
    return MappingSet(
        metadata,
        tuple(replace(row, slots=own | dict(row.slots)) if not row.is_reviewed else row for row in rows),
    )


def _may_be_written(output: Path | None, inputs: Sequence[Path]) -> None:
    if output is None:
        return
    if any(output.resolve() == path.resolve() or (output.exists() and path.exists() and output.samefile(path)) for path in inputs):
        raise InputError(f"{output} is what is read. Name another file with -o.")
    if output.is_dir():
        raise InputError(f"{output} is a folder. Name a file with -o.")
    if not output.resolve().parent.is_dir():
        raise InputError(f"{output.parent} is no folder. Make it first, or name another file.")


def _write(output: Path | None, text: str) -> None:
    """Print the text, or put it into a file that is complete as soon as it is there."""
    if output is None:
        click.echo(text.encode(), nl=False)
        return
    handle, made = tempfile.mkstemp(prefix=f".{output.name[:100]}.", dir=output.resolve().parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        Path(made).chmod(0o644)
        Path(made).replace(output)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
