"""Writing an index of labels, whole or on top of another.

Labels are numbered in the order in which a search shows them: FTS5 returns rows by number, so the best
hits come first and the rest is never read. An index that stands on another keeps the full-text tables of that one
as they are and has its own beside them, numbered in the same order; a search merges both.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from wise_skills.errors import NotARelease
from wise_skills.labels.folding import forms
from wise_skills.labels.texts import KIND, texts
from wise_skills.labels.things import Things
from wise_skills.labels.tokens import PARTS_OPTIONS, WORDS_OPTIONS, parts_text, words_text
from wise_skills.languages import primary

WHOLE, LAYERED = 1, 2
"""`PRAGMA user_version` of an index without and with additions."""
TIERS = (0, 0, 0, 1, 1, 2)
"""For each of `PROPERTIES`, how early its texts come: names, then other labels, then hidden ones."""

_TABLES = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, graph TEXT NOT NULL, kinds INTEGER NOT NULL);
CREATE TABLE kind (kinds INTEGER NOT NULL, iri TEXT NOT NULL, PRIMARY KEY (kinds, iri)) WITHOUT ROWID;
CREATE TABLE kinds (kinds INTEGER PRIMARY KEY, things INTEGER NOT NULL);
CREATE TABLE language (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE label (
  id INTEGER PRIMARY KEY, thing INTEGER NOT NULL, property INTEGER NOT NULL,
  language TEXT NOT NULL, text TEXT NOT NULL, folded TEXT  -- none if it is the text itself
);
CREATE TABLE word (word TEXT PRIMARY KEY, labels INTEGER NOT NULL) WITHOUT ROWID;
"""
_FRESH = """
CREATE TEMP TABLE fresh (
  thing INTEGER, property INTEGER, language TEXT, text TEXT, folded TEXT, tier INTEGER, length INTEGER, moved INTEGER
);
"""
_BATCH, _GATHERED = 20_000, 1 << 25


def build(path: Path, source: Path | Iterable[ox.Quad | Path], base: Path | None = None) -> int:
    """Write the index of all labels of a source to a new file; return the number of texts in it.

    Parameters
    ----------
    path:
        The file, which is replaced if it is there.
    source:
        Quads, or N-Quads files (also gzipped), or both mixed. Of files only the lines with labels and classes are
        parsed.
    base:
        An index that was made without a base. It is copied and the labels of the source are added, in a time that
        depends on these alone; the result answers as one index of all the labels would.

    Raises
    ------
    FileProblem
        When an N-Quads file is missing or broken.
    NotARelease
        When `base` is missing, is no index, or stands on another itself.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if base is not None:
        _check(base)
        shutil.copyfile(base, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        # The file is new and belongs to a release that is not there yet: nothing to protect.
        file.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-64000; {_FRESH}")
        file.executescript(f"{_TABLES if base is None else ''} PRAGMA user_version={WHOLE if base is None else LAYERED}")
        file.execute("BEGIN")
        (last,) = file.execute("SELECT COALESCE(MAX(id), 0) FROM label").fetchone()
        things = Things(file)
        file.executemany("INSERT INTO fresh VALUES (?, ?, ?, ?, ?, ?, ?, 0)", _fresh(source, things))
        if base is not None:
            _set_apart(file, things.changed())
        things.write()
        _write(file, "" if base is None else "_added", last + 1)
        if base is None:
            file.execute("CREATE INDEX label_thing ON label (thing, property)")
        file.execute("DELETE FROM kinds")
        file.execute("INSERT INTO kinds SELECT kinds, COUNT(*) FROM thing GROUP BY kinds")
        file.execute("COMMIT")
        (count,) = file.execute("SELECT COUNT(*) FROM label").fetchone()
        return int(count)


def _check(base: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{base.absolute().as_uri()}?mode=ro", uri=True)) as file:
            (version,) = file.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        raise NotARelease(base, f"its index of labels cannot be read: {error}") from None
    if version != WHOLE:
        raise NotARelease(base, "it is no index of labels on which another can stand")


def _fresh(source: Path | Iterable[ox.Quad | Path], things: Things) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the labels as they come."""
    for text in texts(source):
        thing = things.number(text)
        if text.property_ != KIND:
            folded = forms(text.text)
            yield thing, text.property_, text.language, text.text, "\n".join(folded), TIERS[text.property_], len(folded[0])


def _set_apart(file: sqlite3.Connection, changed: Iterable[int]) -> None:
    """Drop what the base has already, and take over its labels of things whose classes have changed.

    The full-text tables of the base keep the rows taken over, which then lead to no label.
    """
    same = "l.thing = fresh.thing AND l.property = fresh.property AND l.language = fresh.language AND l.text = fresh.text"
    file.execute(f"DELETE FROM fresh WHERE EXISTS (SELECT * FROM label l WHERE {same})")
    for thing in changed:
        rows = file.execute("SELECT property, language, text, COALESCE(folded, text) FROM label WHERE thing = ?", (thing,)).fetchall()
        file.executemany(
            "INSERT INTO fresh VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
            ((thing, *row, TIERS[row[0]], len(row[3].partition("\n")[0])) for row in rows),
        )
        file.execute("DELETE FROM label WHERE thing = ?", (thing,))


def _write(file: sqlite3.Connection, suffix: str, start: int) -> None:
    """Number the labels in their order, from `start`, and write them to all tables."""
    for name, options in (("words", WORDS_OPTIONS), ("parts", PARTS_OPTIONS)):
        file.execute(f"CREATE VIRTUAL TABLE {name}{suffix} USING fts5(text, content='', {options})")
        # It gathers more before it writes: fewer pieces to join.
        file.execute(f"INSERT INTO {name}{suffix} ({name}{suffix}, rank) VALUES ('hashsize', {_GATHERED})")
    languages = dict(file.execute("SELECT name, id FROM language"))
    counts = Counter[str]()
    numbered = enumerate(_sorted(file), start)
    while batch := list(islice(numbered, _BATCH)):
        labels, words, parts = [], [], []
        for id_, (thing, property_, tag, text, folded, moved, kinds) in batch:
            labels.append((id_, thing, property_, tag, text, None if folded == text else folded))
            if folded:
                folds = folded.split("\n")
                language = languages.setdefault(primary(tag), len(languages))
                words.append((id_, words_text(folds, tag, kinds)))
                parts.append((id_, parts_text(folds, language, kinds)))
                if not moved:
                    counts.update(set(folded.split()))
        file.executemany("INSERT INTO label VALUES (?, ?, ?, ?, ?, ?)", labels)
        file.executemany(f"INSERT INTO words{suffix} (rowid, text) VALUES (?, ?)", words)
        file.executemany(f"INSERT INTO parts{suffix} (rowid, text) VALUES (?, ?)", parts)
    more = "ON CONFLICT DO UPDATE SET labels = labels + excluded.labels"
    file.executemany(f"INSERT INTO word VALUES (?, ?) {more}", sorted(counts.items()))
    file.executemany("INSERT OR IGNORE INTO language VALUES (?, ?)", ((number, name) for name, number in languages.items()))
    for name in ("words", "parts"):
        file.execute(f"INSERT INTO {name}{suffix} ({name}{suffix}) VALUES ('optimize')")


def _sorted(file: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Yield the labels in the order of their numbers, each once."""
    before: tuple[Any, ...] = ()
    query = (
        "SELECT f.thing, f.property, f.language, f.text, f.folded, f.moved, t.kinds FROM fresh f JOIN thing t ON t.id = f.thing "
        "ORDER BY f.tier, f.length, f.folded, f.text, f.language, f.property, t.iri, f.moved DESC"
    )
    for row in file.execute(query):
        if row[:4] != before:
            yield row
            before = row[:4]
