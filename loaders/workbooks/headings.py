"""Which table a sheet is, and which column stands where.

The hidden first row holds the ids, so that names can be in any language and columns in any order. Where it is missing,
or a CSV was saved as a workbook, the names do: each is looked up in the language in which most of them are known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from loaders.keys import fold
from loaders.records import parse_header
from wise_skills.languages import LANGUAGES
from wise_skills.messages import nearest
from wise_skills.tables import Schema, Table

_LOOKED_AT = 5
_SHARE = 0.5  # of its columns must be there, or a sheet with another name could be one of several tables
_NAME = re.compile(r"(.*\S)\s*\(([a-z]{2,3}(?:-[A-Za-z0-9]+)*)\)")
Row = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class Heading:
    """What the top of a sheet says: its table, the header of each column, where ids and names stand and the data begin.

    `own` are columns that are not the table's; their titles are what stands over them. `meant` tells for ids that are no
    column which one the name below them means.
    """

    table: Table
    titles: list[str]
    own: frozenset[int]
    row: int
    names_row: int
    data_from: int
    meant: Mapping[int, str] = field(default_factory=dict)


def heading(title: str, rows: Sequence[Row], schema: Schema, ids_hidden: bool) -> Heading | None:
    """Recognise the table and columns of a sheet, or return `None` if it is none of the tables.

    Parameters
    ----------
    title, rows:
        Name of the sheet, and its first rows that are not blank, with their numbers.
    schema:
        The tables.
    ids_hidden:
        Whether the first row is hidden, as in the workbooks that the project hands out.
    """
    top = list(rows[:_LOOKED_AT])
    named = by_name(title, schema)
    best, found = (0.0, 0.0), None
    for table in [named] if named else schema.tables:
        for index, (_, texts) in enumerate(top[:2]):
            titles, given = _titles(texts, table), sum(map(bool, texts))
            known = len(set(titles) - {""})
            # Ids count double: with one of them misspelt the names below would be more, and nobody would hear of it.
            score = known * (2 if titles == _ids(texts, table) else 1) + known / max(given, 1)
            share = len({t.partition("@")[0] for t in titles} - {""}) / len(table.columns)
            if known and (score, share) > best and (named or (known >= max(2, given / 2) and share >= _SHARE)):
                best, found = (score, share), (table, index)
    if found is None:
        return _of(named, top, 0, ids_hidden) if named and top else None
    return _of(found[0], top, found[1], ids_hidden)


def may_be_table(title: str, rows: Sequence[Row], schema: Schema) -> bool:
    """Whether a sheet that was not recognised was perhaps meant as a table: by its name, or by some of its columns.

    Other sheets are a contributor's own, which she was told she may add.
    """
    known = (len(set(_titles(texts, table)) - {""}) for _, texts in rows[:2] for table in schema.tables)
    return bool(rows) and (bool(nearest(title, schema.by_name)) or max(known, default=0) >= 2)


def by_name(title: str, schema: Schema) -> Table | None:
    """Return the table that a sheet is named after, by id or by its title in any language."""
    folded = _fold(title)
    if table := schema.by_name.get(title.strip()) or schema.by_name.get(folded):
        return table
    found = {t.name for t in schema.tables if folded in {_fold(text) for text in t.title.values()}}
    return schema.by_name[found.pop()] if len(found) == 1 else None


def _of(table: Table, top: Sequence[Row], index: int, ids_hidden: bool) -> Heading:
    number, texts = top[index]
    width = max(len(t) for _, t in top)
    titles = _titles(texts, table)
    if titles != _ids(texts, table) or not any(titles):  # names, not ids
        own = frozenset(i for i, t in enumerate(texts) if t and not titles[i])
        return Heading(table, _padded([titles[i] or t for i, t in enumerate(texts)], width), own, number, number, number + 1)
    below = top[index + 1] if index + 1 < len(top) else None
    names: Sequence[str] = ()
    row = number
    if below and below[0] == number + 1 and ((ids_hidden and number == 1) or _are_names(below[1], texts, table)):
        row, names = below
    looked_up = _titles(names, table)
    titles = _padded(list(texts), width)
    known = {t for t in titles if parse_header(t, table)}
    meant = {}
    for i, found in enumerate(looked_up):
        if found and found not in known:
            if titles[i]:
                meant[i] = found.partition("@")[0]
            else:
                titles[i] = found
                known.add(found)
    own = frozenset(i for i, name in enumerate(names) if name and not titles[i])
    return Heading(table, [names[i] if i in own else t for i, t in enumerate(titles)], own, number, row, row + 1, meant)


def _are_names(texts: Sequence[str], ids: Sequence[str], table: Table) -> bool:
    """Whether a row holds the names of the columns whose ids stand above."""
    filled = [i for i, t in enumerate(texts) if t]
    headers = [parse_header(ids[i], table) if i < len(ids) else None for i in filled]
    same = 0
    for i, header in zip(filled, headers, strict=True):
        column, language = header or (None, None)
        same += column is not None and _fold(texts[i]) in {_fold(t) for n in column.name.values() for t in (n, f"{n} ({language})")}
    return bool(filled) and same >= len(filled) / 2


def _titles(texts: Sequence[str], table: Table) -> list[str]:
    """The header that each text stands for: an id, or a name in the language in which most are known."""
    plain = _ids(texts, table)
    names = max(_names(table), key=lambda known: sum(bool(_looked_up(t, known)) for t in texts))
    named = [_looked_up(t, names) for t in texts]
    if sum(map(bool, plain)) >= sum(map(bool, named)):
        return plain
    return [name or ident for name, ident in zip(named, plain, strict=True)]


def _ids(texts: Sequence[str], table: Table) -> list[str]:
    return [t if parse_header(t, table) else "" for t in texts]


def _looked_up(text: str, names: dict[str, str]) -> str:
    found = names.get(_fold(text))
    if found is None and (parts := _NAME.fullmatch(_stripped(text))):
        base = names.get(_fold(parts[1]), "")
        return f"{base.partition('@')[0]}@{parts[2]}" if "@" in base else ""
    return found or ""


@lru_cache(maxsize=64)
def _names(table: Table) -> list[dict[str, str]]:
    """For each language, folded name → header of the columns; a text without a language is taken for that one."""
    return [
        {_fold(c.name[tag]): f"{c.id}@{tag}" if c.is_text else c.id for c in reversed(table.columns) if tag in c.name} for tag in LANGUAGES
    ]


def _stripped(text: str) -> str:
    return text.strip().removesuffix("*").strip()


def _fold(text: str) -> str:
    return fold(_stripped(text))


def _padded(titles: list[str], width: int) -> list[str]:
    return titles + [""] * (width - len(titles))
