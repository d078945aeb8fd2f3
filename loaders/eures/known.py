"""What is known beforehand of classifications (`classifications.csv`) and languages (`languages.csv`).

A table of a classification that nobody listed here is read all the same: its name, country and rules for codes are
then taken from its metadata and its file name.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_FOLDED = str.maketrans("łŁđĐøØßæı", "lLdDoOsai")


@dataclass(frozen=True)
class Language:
    """A language: its name in English, the country whose only language it is, and the code page of its old files."""

    name: str
    country: str
    page: str


@dataclass(frozen=True)
class Classification:
    """A national classification.

    `country` and `key` make the addresses of its concepts; `code` is the form of a code, `groups` the form of codes
    that hold others, `parents` says how the code above is made of a code, step by step; `place` is the country in the
    European authority table.
    """

    name: str
    country: str
    key: str
    language: str = ""
    title: str = ""
    code: re.Pattern[str] | None = None
    groups: re.Pattern[str] | None = None
    parents: tuple[tuple[re.Pattern[str], str], ...] = ()
    licence: str = ""
    attribution: str = ""
    place: str = ""

    def above(self, code: str) -> str:
        """Return the code above a code, empty at the top or where no rule is known."""
        for pattern, parent in self.parents:
            if found := pattern.fullmatch(code):
                return found.expand(parent)
        return ""


DOTS = (re.compile(r"(.+)\.\w+"), r"\1")
"""The only rule for classifications that are not listed: what stands before the last dot is the code above."""


@cache
def languages() -> dict[str, Language]:
    """Return the languages of national classifications by their code."""
    with (_HERE / "languages.csv").open(encoding="utf-8", newline="") as file:
        return {r["code"]: Language(r["name"], r["country"], r["page"]) for r in csv.DictReader(file)}


@cache
def classifications() -> tuple[tuple[re.Pattern[str], Classification], ...]:
    """Return the classifications known, each with the pattern by which its name is recognised."""
    with (_HERE / "classifications.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple((re.compile(r["match"], re.IGNORECASE), _classification(r)) for r in rows)


def _classification(row: dict[str, str]) -> Classification:
    rules = [rule.partition("=") for rule in row["parents"].split()]
    return Classification(
        row["name"] or f"{row['country']}-{row['key']}",
        row["country"],
        row["key"],
        row["language"],
        row["title"],
        re.compile(row["code"]) if row["code"] else None,
        re.compile(row["groups"]) if row["groups"] else None,
        tuple((re.compile(pattern), parent) for pattern, _, parent in rules),
        row["licence"],
        row["attribution"],
        row["place"],
    )


def recognise(text: str) -> Classification | None:
    """Return the classification that a text names, such as the name and version in a table's metadata."""
    return next((known for pattern, known in classifications() if pattern.search(text)), None)


def unlisted(name: str, stem: str, spoken: tuple[str, ...], page: str) -> Classification:
    """Describe a classification that is not listed.

    Parameters
    ----------
    name, stem:
        What the metadata call it, and the name of the file without its endings.
    spoken, page:
        Its languages and its landing page; either may be missing.
    """
    prefix = re.match(r"([A-Z]{2})(?![A-Za-z])", stem)
    domain = re.search(r"://[^/]+\.([a-z]{2})(?:[/:?#]|$)", page)
    home = next((known.country for code in spoken if (known := languages().get(code)) and known.country), "")
    country = (prefix[1].lower() if prefix else "") or (domain[1] if domain and domain[1] != "eu" else "") or home or "eu"
    country = {"el": "gr", "uk": "gb"}.get(country, country)
    key = slug(_short(name)) or slug(re.sub(r"^[A-Z]{2}(?=[_ -])", "", stem)) or "table"
    return Classification(f"{country}-{key}", country, key, spoken[0] if spoken else "", name, parents=(DOTS,))


def _short(name: str) -> str:
    """The acronym in a name, or the whole name."""
    inside = re.search(r"\(([^()\s]{2,20})\)", name)
    capitals = re.search(r"(?<!\w)(?=\w*[A-Z]\w*[A-Z])[A-Z][\w-]*", name)
    return inside[1] if inside else capitals[0] if capitals else name


def slug(text: str) -> str:
    """Return a text as part of an address: plain lower-case letters, digits and hyphens; empty if it has no Latin letter."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.translate(_FOLDED)) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].strip("-")
