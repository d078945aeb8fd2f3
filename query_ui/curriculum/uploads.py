"""A designer's own modules as they are sent: a table as file or text, and a reviewed alignment; nothing is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from query_ui.checking.checks import Checks
from query_ui.checking.uploads import uploaded
from query_ui.curriculum.records import Records
from query_ui.edition import Edition
from query_ui.problems import WrongRequest
from wise_skills.curricula.designed import BadModuleTable, modules_of, read_bytes, read_text
from wise_skills.curricula.model import Module
from wise_skills.curricula.proposals import aligned
from wise_skills.errors import InputError, NoMatcher
from wise_skills.mappings.model import Mapping

_TABLE_BYTES, _MAPPING_BYTES = 2_000_000, 2_000_000


@dataclass(frozen=True)
class Sent:
    """What was sent: modules, and what is to be said about them."""

    modules: list[Module]
    notices: list[str]


def take(edition: Edition, records: Records, checks: Checks, form: Any, files: Any, language: str, spoken: str) -> Sent:
    """Return the modules that a request holds; none where neither a file nor a text was sent.

    Parameters
    ----------
    edition, records, checks:
        What is served, and what runs a workbook's reading in a process of its own.
    form, files:
        Texts and files of the request (MultiDicts): `text`, `file`, `alignment`.
    language, spoken:
        Language of the outcomes, and of messages.

    Raises
    ------
    WrongRequest
        With a sentence for people.
    """
    text, file = str(form.get("text", "")).strip(), files.get("file")
    has_file = file is not None and bool(file.filename)
    if not text and not has_file:
        return Sent([], [])
    try:
        rows = _rows(checks, file, spoken) if has_file else read_text(text)
        modules = modules_of(rows, records.skills, edition.base, language)
        mappings, notices = _mappings(files.get("alignment"))
        try:
            matcher = edition.matcher() if any(outcome.free for module in modules for outcome in module.outcomes) else None
        except NoMatcher as error:
            matcher = None
            notices.append(str(error))
        return Sent(aligned(modules, mappings, matcher), notices)
    except BadModuleTable as error:
        raise WrongRequest(400, "\n".join(error.problems)) from error
    except InputError as error:
        raise WrongRequest(error.status, str(error)) from error


def _rows(checks: Checks, file: FileStorage, spoken: str) -> list[tuple[int, list[str]]]:
    upload = uploaded(file, ())
    if not upload.is_workbook:
        return read_bytes(_bytes(file, _TABLE_BYTES))
    code, printed = checks.output(upload, ["cells", "--language", spoken])
    try:
        found = json.loads(printed)
    except ValueError as error:
        raise RuntimeError(f"wise cells ended with {code}") from error
    if "message" in found:
        raise WrongRequest(400, found["message"])
    # The first sheet that holds anything; a workbook of ours begins with instructions, other people's with their table.
    sheet = next((sheet for sheet in found["sheets"] if sheet["rows"]), None)
    if sheet is None:
        raise BadModuleTable([_("The workbook is empty.")])
    return [(number, texts) for number, texts in sheet["rows"]]


def _mappings(file: FileStorage | None) -> tuple[list[Mapping], list[str]]:
    """The rows of a reviewed alignment, and what is to be said of it."""
    if file is None or not file.filename:
        return [], []
    from wise_skills.mappings.tsv import read_bytes as read_sssom

    read = read_sssom(_bytes(file, _MAPPING_BYTES), "alignment")
    accepted = sum(mapping.status == "accepted" for mapping in read.mappings.mappings)
    if not accepted:
        return list(read.mappings.mappings), [_("The alignment holds no accepted row, so nothing of it counts as covered.")]
    return list(read.mappings.mappings), []


def _bytes(file: FileStorage, limit: int) -> bytes:
    content = file.stream.read(limit + 1)
    if len(content) > limit:
        raise WrongRequest(413, _("What was sent is too long."))
    return content
