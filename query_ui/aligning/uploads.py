"""A file that somebody sends to be aligned or reviewed: read in a process of its own, within limits."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from query_ui.aligning.asked import Line, distinct
from query_ui.checking.checks import Checks
from query_ui.checking.uploads import Upload, cleaned
from query_ui.problems import WrongRequest
from wise_skills.mappings.model import MappingSet
from wise_skills.mappings.packed import unpack

ENDINGS = (".csv", ".xlsx", ".txt", ".tsv", ".json", ".ttl")
ROWS = 20_000


@dataclass(frozen=True)
class Taken:
    """What a file held: lines, or a set of mappings; and sentences about what could not be read as it stands."""

    shown: str
    lines: list[Line] = field(default_factory=list)
    mappings: MappingSet | None = None
    problems: list[str] = field(default_factory=list)


def chosen(file: FileStorage | None) -> bool:
    """Whether a form holds a file: a browser sends one without a name where none was chosen."""
    return file is not None and bool(file.filename)


def take(checks: Checks, file: FileStorage, language: str, of_lines: str) -> Taken:
    """Read a file that was sent.

    Parameters
    ----------
    checks, file:
        What runs the reading process, and the file of the form.
    language, of_lines:
        Language of the sentences, and that of the lines where somebody said it.

    Raises
    ------
    WrongRequest
        With a sentence that says why the file is not read.
    """
    shown = cleaned(file.filename or "")
    stem, _dot, ending = shown.rpartition(".")
    kind = f".{ending.lower()}"
    if kind not in ENDINGS or not stem:
        raise WrongRequest(415, _("“%(name)s” is not read here. Give a text, a table (.csv, .tsv) or a workbook (.xlsx).", name=shown))
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    stored = (re.sub(r"[^A-Za-z0-9_]+", "-", ascii_only).strip("-")[:60] or "file") + kind
    upload = Upload(file, shown, stored)
    code, printed = checks.output(upload, ["take", "--language", language, "--lines", of_lines])
    try:
        found = json.loads(printed)
    except (ValueError, RecursionError):
        found = None
    if code or not isinstance(found, dict):
        raise RuntimeError(f"wise take ended with {code}")
    if "refused" in found:
        raise WrongRequest(int(found["status"]), str(found["refused"]).replace(stored, shown))
    problems = [str(text).replace(stored, shown) for text in found["problems"]]
    if "lines" in found:
        kept = ("text", "code", "iri", "module", "language")
        return Taken(shown, distinct(Line(**{name: line[name] for name in kept}) for line in found["lines"]), problems=problems)
    mappings = unpack(found["packed"])
    if mappings is None or not mappings.mappings:
        raise WrongRequest(400, " ".join([_("No mapping could be read from “%(name)s”.", name=shown), *problems[:3]]))
    if len(mappings.mappings) > ROWS:
        sentence = _("“%(name)s” has %(size)s rows; at most %(limit)s are reviewed at once. Split it.")
        raise WrongRequest(413, sentence % {"name": shown, "size": len(mappings.mappings), "limit": ROWS})
    return Taken(shown, mappings=mappings, problems=problems)
