"""What can be compared, read from one file for each subject (`*.yaml` beside this module).

A subject names what it `counts` (for each kind of unit a query of ?unit ?thing, with ?claim that links the two and ?end,
the last day on which it held), and `by` what it is compared: a query of ?thing ?item, with ?claim, ?code and ?absence.
A row with an item says that the thing has it, unless its ?absence is `not-needed`; a row without item says why it has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from wise_skills.engines import Engine
from wise_skills.names import XSD
from wise_skills.questions.model import fill
from wise_skills.questions.needs import NEEDS
from wise_skills.terms import typed

FOLDER = Path(__file__).parent
KINDS = ("countries", "types")
TEXTS = ("title", "description", "numerator", "denominator")
"""Keys of subjects, of what they are compared by and of levels that hold texts for people; `names` holds more."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Level:
    """One level of a hierarchy: its key in addresses, its name, and the values of ?level."""

    key: str
    title: str
    values: tuple[int, ...]


@dataclass(frozen=True)
class By:
    """What the things of a subject are compared by.

    `counts` are the queries of the things by kind of unit; `names` say items that are keys, `unit` stands behind
    items that are numbers; `theme` is the theme of focus groups that asks just this; `through` says that claims
    about the things, rather than the things themselves, are what is behind a number.
    """

    key: str
    title: str
    numerator: str
    denominator: str
    items: str
    of: str
    counts: Mapping[str, str]
    description: str = ""
    unit: str = ""
    needs: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    start: str = ""
    theme: str = ""
    through: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    def level(self, key: str) -> Level | None:
        """Return the level of this key."""
        return next((level for level in self.levels if level.key == key), None)

    @property
    def first_level(self) -> Level | None:
        """The level to begin with, None where there are none."""
        return self.level(self.start) or next(iter(self.levels), None)

    def query(self, level: Level | None) -> str:
        """Return the query of the items, at a level where there are some."""
        values = [typed(str(v), XSD + "integer") for v in level.values] if level else []
        return fill(self.items, {"level": values})

    def lacking(self, engine: Engine) -> tuple[str, ...]:
        """Return what must be loaded before this can be compared."""
        return tuple(n for n in self.needs if not NEEDS[n].is_met(engine.graphs()))


@dataclass(frozen=True)
class Subject:
    """A subject: `theme` is the theme of focus groups that it belongs to."""

    key: str
    title: str
    description: str
    by: tuple[By, ...]
    theme: str = ""

    def find(self, key: str) -> By | None:
        """Return what is compared under this key."""
        return next((by for by in self.by if by.key == key), None)

    def by_kind(self, kind: str) -> list[By]:
        """Return what units of a kind can be compared by."""
        return [by for by in self.by if kind in by.counts]


@dataclass(frozen=True)
class UnitKind:
    """A kind of units: the query of ?unit ?key, and keys that are compared often."""

    key: str
    title: str
    query: str
    presets: tuple[tuple[str, ...], ...] = ()


@cache
def subjects() -> dict[str, Subject]:
    """Return the subjects by key, in their order."""
    found = [(_read(path), path.stem) for path in FOLDER.glob("[a-z]*.yaml")]
    return {key: _subject(key, data) for data, key in sorted(found, key=lambda pair: pair[0]["order"])}


@cache
def unit_kinds() -> dict[str, UnitKind]:
    """Return the kinds of units by key."""
    data = _read(FOLDER / "_units.yaml")
    presets = {key: tuple(tuple(p) for p in data[key].get("presets", ())) for key in KINDS}
    return {key: UnitKind(key, data[key]["title"], data[key]["units"], presets[key]) for key in KINDS}


def texts() -> Iterator[tuple[str, str]]:
    """Yield each text for people of these files, with the name of its file; for whoever collects what is to be translated."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for text in _texts(_read(path)):
            yield path.name, text


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for entry in data:
            yield from _texts(entry)
    if isinstance(data, dict):
        for key, value in data.items():
            if key in TEXTS:
                yield str(value).strip()
            elif key == "names":
                yield from value.values()
            else:
                yield from _texts(value)


def _read(path: Path) -> dict[str, Any]:
    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER))


def _subject(key: str, data: Mapping[str, Any]) -> Subject:
    by = tuple(_by(name, entry, data["counts"]) for name, entry in data["by"].items())
    return Subject(key, data["title"], data["description"].strip(), by, data.get("theme", ""))


def _by(key: str, data: Mapping[str, Any], counts: Mapping[str, Mapping[str, str]]) -> By:
    return By(
        key=key,
        title=data["title"],
        numerator=data["numerator"],
        denominator=data["denominator"],
        items=data["items"],
        of=data["of"],
        counts=counts[data["of"]],
        description=data.get("description", "").strip(),
        unit=data.get("unit", ""),
        needs=tuple(data.get("needs", ())),
        levels=tuple(Level(str(level["key"]), level["title"], tuple(level["values"])) for level in data.get("levels", ())),
        start=data.get("start", ""),
        theme=data.get("theme", ""),
        through=data.get("through", False),
        names=data.get("names", {}),
    )
