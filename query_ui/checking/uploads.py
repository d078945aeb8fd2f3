"""A file that was sent: the name it is stored under, and the name it is shown under.

Its own name may hold anything. It is stored under plain letters; people see their own name again, without folders and
without characters that could turn a line around or break it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage

from query_ui.problems import WrongRequest
from wise_skills.messages import phrase
from wise_skills.names import FOLDERS

WORKBOOK, TABLE = ".xlsx", ".csv"
_LONGEST = 120
_PIECE = 1 << 16
_COPY = re.compile(r"\s*(\(\d+\)|- \w+|-\d+)$")  # “forms (1)”, “forms - Copy”: what browsers and desktops add
Json = dict[str, Any]


@dataclass(frozen=True)
class Upload:
    """A workbook or a table that was sent.

    `country` is the folder that the name of a table begins with (`be-forms.csv`), because a table cannot say it itself.
    """

    file: FileStorage
    shown: str
    stored: str
    country: str = ""

    @property
    def is_workbook(self) -> bool:
        """Whether the name says that it is a workbook."""
        return self.stored.endswith(WORKBOOK)

    @property
    def stem(self) -> str:
        """The shown name without its ending, for what is downloaded."""
        return self.shown.rpartition(".")[0]

    def save(self, folder: Path, limit: int) -> int:
        """Write the file into a folder, no further than just beyond the limit; return how many bytes it has."""
        size = 0
        with (folder / self.stored).open("xb") as target:
            while size <= limit and (piece := self.file.stream.read(_PIECE)):
                size += len(piece)
                target.write(piece)
        return size

    def renamed(self, found: Json) -> Json:
        """Return the record of a check with the shown name in place of the stored one."""
        findings = {k: [{**f, "file": self._shown(f["file"])} for f in found.get(k, [])] for k in ("findings", "waived")}
        rows = {self.shown + k.removeprefix(self.stored) if k.startswith(self.stored + "#") else k: v for k, v in found["rows"].items()}
        return {**found, **findings, "rows": rows}

    def _shown(self, file: str) -> str:
        return self.shown if file == self.stored else file


def uploaded(file: FileStorage | None, tables: Collection[str]) -> Upload:
    """Return a file that was sent, if it is one and of a kind that can be checked.

    Parameters
    ----------
    file:
        What the form holds; a browser sends a file without a name where none was chosen.
    tables:
        Names of the tables: a CSV file's name says which of them it is.

    Raises
    ------
    WrongRequest
        400 no file; 415 another kind of file.
    """
    if file is None or not file.filename:
        raise WrongRequest(400, phrase("PageNoFile"))
    shown = cleaned(file.filename)
    stem, _, ending = shown.rpartition(".")
    kind = f".{ending.lower()}"
    if kind not in (WORKBOOK, TABLE) or not stem:
        raise WrongRequest(415, phrase("PageWrongKind"))
    plain = _COPY.sub("", stem.strip())
    country = plain[:2].lower() if plain[2:3] in tuple("-_. ") and plain[:2].lower() in FOLDERS else ""
    table = (plain[3:] if country else plain).strip().lower()
    if kind == TABLE and table in tables:
        return Upload(file, shown, table + TABLE, country)
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    stored = re.sub(r"[^A-Za-z0-9_]+", "-", ascii_only).strip("-")[:60] or "file"
    return Upload(file, shown, stored + kind, country if kind == TABLE else "")


def cleaned(name: str) -> str:
    """Return the last part of a path without control and format characters, not longer than a line.

    >>> cleaned("../../etc/be (1).xlsx")
    'be (1).xlsx'
    """
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029")
    plain = " ".join(plain.split())
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:_LONGEST]}{dot}{ending[:10]}" if dot else plain[:_LONGEST]
