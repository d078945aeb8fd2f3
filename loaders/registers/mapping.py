"""The mapping of a register: which column of which of our tables is filled from what.

Written in YAML (`data/<cc>/registers/*.yaml`); `docs/contributing-data.md` says how. A column that the mapping does not name
is never read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from loaders.descriptions import Entry, read_description
from loaders.taking import Take, read_take
from wise_skills.messages import nearest
from wise_skills.tables import Column, Schema, Table

_FACTS = ("licence", "attribution")


@dataclass(frozen=True)
class Target:
    """A column of our table, the language of a text, and what it is filled with."""

    title: str
    column: Column
    language: str | None
    take: Take


@dataclass(frozen=True)
class Register:
    """A mapping; `people` tells by the cells of some columns which records are about natural persons."""

    path: Path
    name: str
    folder: str
    table: Table
    header: tuple[str, ...]
    titles: Mapping[str, str]
    facts: Mapping[str, str]
    targets: tuple[Target, ...]
    people: Mapping[str, re.Pattern[str]]

    @property
    def by_title(self) -> dict[str, Target]:
        """Targets by header."""
        return {t.title: t for t in self.targets}


def read_mapping(path: Path, schema: Schema) -> Register:
    """Read a mapping; raises `FileProblem` that names the place where it cannot be understood."""
    top = read_description(path)
    table = schema.by_name.get(top.text("table"))
    if table is None or not table.is_thing:
        raise top.wrong(f"“{top.text('table')}” is no table of things", "Most registers fill the table organisations")
    columns, people = top.entry("columns"), top.entry("people")
    register = Register(
        path=path,
        name=top.text("name"),
        folder=path.parent.parent.name,
        table=table,
        header=tuple(top.texts("header")),
        titles=top.table("title"),
        facts={k: top.text(k) for k in _FACTS if k in top},
        targets=tuple(_target(columns, title, table) for title in columns.keys()),  # noqa: SIM118  (an Entry is no dict)
        people={column: people.pattern(column) for column in people.keys()},  # noqa: SIM118
    )
    top.done()
    filled = {t.column.id for t in register.targets}
    if missing := [c.id for c in table.columns if c.required and c.id not in filled]:
        raise columns.wrong(f"nothing fills the column “{missing[0]}”, which every row of {table.name} needs")
    if not register.header or not register.titles:
        raise top.wrong("it has no title, or no header to be recognised by")
    return register


def _target(columns: Entry, title: str, table: Table) -> Target:
    name, _, language = title.partition("@")
    column = table.by_id.get(name)
    if column is None:
        guess = nearest(name, table.by_id)
        raise columns.wrong(f"“{name}” is no column of {table.name}", f"Did you mean “{guess}”?" if guess else "")
    if column.is_text != bool(language):
        raise columns.wrong(f"“{title}”", f"Write {name}@fr for French" if column.is_text else f"Write {name}: it is no text in a language")
    return Target(title, column, language or None, read_take(columns, title))
