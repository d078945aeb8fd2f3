"""Which column of somebody's table holds the labels or sentences to be matched, and what stands beside them.

A column is found by its name where the table has a usual one (`line_headers.csv` lists those of 13 languages, the
plainest first), else by its content. Columns in our own form name their language: `text@hr`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wise_skills.errors import FileProblem
from wise_skills.speech import told

_LOOKED_AT = 200
_ADDRESS = re.compile(r"(https?|urn):\S+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_CODE = re.compile(r"\S*\d\S*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SHOWN = 20


@dataclass(frozen=True)
class Columns:
    """Positions of the columns; -1 for one that the table lacks. `tongue` is the language that the text's header names."""

    text: int
    code: int = -1
    module: int = -1
    iri: int = -1
    language: int = -1
    tongue: str = ""


@cache
def usual_headers() -> dict[str, tuple[str, int]]:
    """Return role and rank of each usual header; the lower the rank, the plainer it is what it means."""
    with (Path(__file__).parent / "line_headers.csv").open(encoding="utf-8", newline="") as file:
        return {row["header"]: (row["role"], rank) for rank, row in enumerate(csv.DictReader(file))}


def is_usual(title: str) -> bool:
    """Whether a cell holds a usual header, with or without a language behind `@`."""
    return _plain(title)[0] in usual_headers()


def find_columns(shown: str, titles: Sequence[str], rows: Sequence[Sequence[str]], column: str | None, language: str = "") -> Columns:
    """Return where a table holds what.

    Parameters
    ----------
    shown, titles, rows:
        The name of the file, its header, its records.
    column:
        The name of the column to be read, if somebody said it.
    language:
        The language asked for: of `text@en` and `text@hr` the one in this language is read.

    Raises
    ------
    FileProblem
        When there is no such column, or several columns hold texts and none has a usual name.
    """
    plain = [_plain(title) for title in titles]
    roles: dict[str, int] = {}
    for index, (name, _) in enumerate(plain):
        role, _ = usual_headers().get(name, ("", 0))
        if role and role != "text":
            roles.setdefault(role, index)
    text = _named(shown, titles, column, language) if column else _found(shown, titles, plain, rows, set(roles.values()), language)
    beside = {role: index for role, index in roles.items() if index != text}
    return Columns(text, tongue=plain[text][1], **beside)


def _plain(title: str) -> tuple[str, str]:
    name, _, tag = title.strip().partition("@")
    is_tag = bool(_LANGUAGE.fullmatch(tag.strip()))
    return " ".join((name if is_tag else title).replace("_", " ").replace("’", "'").casefold().split()).rstrip(":"), tag if is_tag else ""


def _named(shown: str, titles: Sequence[str], column: str, language: str) -> int:
    wanted = column.strip()
    for candidate in (f"{wanted}@{language}", wanted):
        for index, title in enumerate(titles):
            if title.strip().casefold() == candidate.casefold():
                return index
    first = [i for i, title in enumerate(titles) if _plain(title)[0] == _plain(wanted)[0] and wanted]
    if first:
        return first[0]
    raise FileProblem(shown, told("there is no column “{column}”", column=wanted), advice=_columns(titles))


def _found(
    shown: str, titles: Sequence[str], plain: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], taken: set[int], language: str
) -> int:
    texts = [i for i in range(len(titles)) if i not in taken and _holds_texts([row[i] for row in rows[:_LOOKED_AT] if i < len(row)])]
    if len(texts) == 1:
        return texts[0]
    known = [i for i in texts or range(len(titles)) if usual_headers().get(plain[i][0], ("", 0))[0] == "text"]
    if known:
        return min(known, key=lambda i: (usual_headers()[plain[i][0]][1], plain[i][1] != language, i))
    if not texts:
        raise FileProblem(shown, told("no column holds labels or sentences"), advice=_columns(titles))
    problem = told("several columns hold texts, and none of them has a usual name")
    raise FileProblem(shown, problem, advice=_columns(titles))


def _columns(titles: Sequence[str]) -> str:
    named = [f"“{title[:60]}”" for title in titles if title.strip()]
    more = f" … ({len(named)})" if len(named) > _SHOWN else ""
    return told("Name one with --column. The columns are: {columns}", columns=", ".join(named[:_SHOWN]) + more)


def _holds_texts(cells: Sequence[str]) -> bool:
    """Whether most cells hold words: neither addresses nor codes nor figures."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    words = [c for c in filled if _WORD.search(c) and not _ADDRESS.fullmatch(c) and not _CODE.fullmatch(c)]
    return bool(filled) and len(words) * 2 > len(filled)
