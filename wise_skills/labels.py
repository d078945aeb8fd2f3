"""The full-text index of labels: search by name in any language, and names for IRIs.

A file of SQLite (FTS5) beside the store, because a search by FILTER over all labels takes a hundred times as
long and grows with every language. Texts are indexed in a folded form (lower case, no diacritics, no
punctuation), the same for the query, so that `aprentes` finds `ápréntès`, and Greek and Cyrillic behave alike.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import pyoxigraph as ox

from wise_skills.errors import NotARelease
from wise_skills.names import ALT_LABEL, DCT, NOTATION, PREF_LABEL, RDF_TYPE, RDFS

PROPERTIES = (PREF_LABEL, RDFS + "label", DCT + "title", ALT_LABEL, NOTATION)
"""What counts as a text to search, the best name first; the last two never serve as a name if another is there."""
_NAMES = 3

_SCHEMA = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, graph TEXT NOT NULL);
CREATE TABLE kind (thing INTEGER NOT NULL, iri TEXT NOT NULL, PRIMARY KEY (thing, iri)) WITHOUT ROWID;
CREATE TABLE label (
  id INTEGER PRIMARY KEY, thing INTEGER NOT NULL, text TEXT NOT NULL, folded TEXT NOT NULL,
  language TEXT NOT NULL, property INTEGER NOT NULL, UNIQUE (thing, property, language, text)
);
CREATE VIRTUAL TABLE words USING fts5(folded, content='label', content_rowid='id', prefix='2 3');
"""
_INDEXES = """
CREATE INDEX label_folded ON label (folded);
INSERT INTO words(words) VALUES ('rebuild');
INSERT INTO words(words) VALUES ('optimize');
ANALYZE;
"""
# Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_WORD = re.compile(r"\w+")
_MANY = 500
_QUERY_CHARS, _QUERY_WORDS = 200, 12


class Hit(NamedTuple):
    """A thing found: `label` in the language asked for where there is one, `matched` the text that matched."""

    iri: str
    label: str
    language: str | None
    kinds: tuple[str, ...]
    graph: str
    matched: str


def fold(text: str) -> str:
    """Return the form in which texts are compared: words in lower case without diacritics.

    >>> fold("Ápréntès-Straße")
    'aprentes strasse'
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return " ".join(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))


def build(path: Path, quads: Iterable[ox.Quad]) -> int:
    """Write the index of all labels among the quads to a new file; return the number of texts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    base = sqlite3.connect(path)
    try:
        # The file is new and belongs to a release that is not there yet: nothing to protect.
        base.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA}")
        base.executemany("INSERT OR IGNORE INTO label VALUES (NULL, ?, ?, ?, ?, ?)", _rows(base, quads))
        base.execute("DELETE FROM kind WHERE thing NOT IN (SELECT thing FROM label)")
        base.execute("DELETE FROM thing WHERE id NOT IN (SELECT thing FROM label)")
        base.executescript(_INDEXES)
        base.commit()
        (count,) = base.execute("SELECT COUNT(*) FROM label").fetchone()
        return int(count)
    finally:
        base.close()


def _rows(base: sqlite3.Connection, quads: Iterable[ox.Quad]) -> Iterator[tuple[int, str, str, str, int]]:
    """Yield the rows of `label`, and write those of `thing` and `kind` on the way."""
    things: dict[str, int] = {}
    order = {iri: number for number, iri in enumerate(PROPERTIES)}
    for quad in quads:
        property_ = order.get(quad.predicate.value)
        if not isinstance(quad.subject, ox.NamedNode) or (property_ is None and quad.predicate.value != RDF_TYPE):
            continue
        thing = things.setdefault(quad.subject.value, len(things) + 1)
        if thing == len(things):
            graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
            base.execute("INSERT OR IGNORE INTO thing VALUES (?, ?, ?)", (thing, quad.subject.value, graph))
        if property_ is None:
            if isinstance(quad.object, ox.NamedNode):
                base.execute("INSERT OR IGNORE INTO kind VALUES (?, ?)", (thing, quad.object.value))
        elif isinstance(quad.object, ox.Literal):
            text = quad.object.value
            yield thing, text, fold(text), quad.object.language or "", property_


class Labels:
    """The index of a release, opened read-only; safe to use from several threads.

    Raises `NotARelease` if the file is missing or is no index.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        try:
            self._run("SELECT id FROM label LIMIT 1")
        except sqlite3.Error as error:
            self.close()
            raise NotARelease(path, f"its index of labels cannot be read: {error}") from None

    def search(self, text: str, *, language: str | None = None, kinds: Collection[str] | None = None, limit: int = 20) -> list[Hit]:
        """Return the things whose labels match, best first: the whole text, its beginning, all words, any word.

        The last word may be unfinished. All languages are searched; texts in `language` come first among
        equals, and the hits are named in it. `kinds` are class IRIs of which a thing must have one. Whatever
        the text, the search finds something or nothing: it raises no error.
        """
        words = fold(text[:_QUERY_CHARS]).split()[:_QUERY_WORDS]
        if not words or limit < 1:
            return []
        found: dict[int, str] = {}
        for condition, value in _steps(words):
            for thing, matched in self._matching(condition, value, language, kinds):
                found.setdefault(thing, matched)
            if len(found) >= limit:
                break
        return self._hits(dict(islice(found.items(), limit)), language)

    def label(self, iri: str, language: str = "en") -> tuple[str, str | None]:
        """Return the name of an IRI and the language it is in, None where it has no language.

        Falls back from the language to English, to any language, to the last segment of the IRI.
        """
        return self.labels([iri], language)[iri]

    def labels(self, iris: Iterable[str], language: str = "en") -> dict[str, tuple[str, str | None]]:
        """Return the names of many IRIs; see `label`."""
        wanted = list(dict.fromkeys(iris))
        best: dict[str, tuple[tuple[bool, int, int, str], str, str | None]] = {}
        query = (
            "SELECT t.iri, l.text, l.language, l.property FROM thing t JOIN label l ON l.thing = t.id "
            "WHERE t.iri IN (SELECT value FROM json_each(?)) ORDER BY l.text"
        )
        for iri, text, tag, property_ in self._run(query, json.dumps(wanted)):
            rank = (property_ >= _NAMES, _distance(tag, language), property_, tag)
            if iri not in best or rank < best[iri][0]:
                best[iri] = rank, text, tag or None
        return {iri: best[iri][1:] if iri in best else (_last_segment(iri), None) for iri in wanted}

    def kinds(self, iri: str) -> tuple[str, ...]:
        """Return the classes of a thing, sorted; none for a thing without label."""
        rows = self._run("SELECT k.iri FROM kind k JOIN thing t ON t.id = k.thing WHERE t.iri = ? ORDER BY 1", iri)
        return tuple(row[0] for row in rows)

    def close(self) -> None:
        """Close the connections of all threads."""
        while self._opened:
            self._opened.pop().close()

    def _matching(self, condition: str, value: str, language: str | None, kinds: Collection[str] | None) -> list[tuple[int, str]]:
        kind = "?2 = ?2"
        if kinds:
            kind = "EXISTS (SELECT * FROM kind k WHERE k.thing = l.thing AND k.iri IN (SELECT value FROM json_each(?2)))"
        query = (
            f"SELECT l.thing, l.text FROM label l WHERE {condition.format(kind=kind)} "
            f"ORDER BY l.language <> ?3, l.property, LENGTH(l.folded), l.text LIMIT {_MANY}"
        )
        return self._run(query, value, json.dumps(list(kinds or ())), (language or "en").lower())

    def _hits(self, found: dict[int, str], language: str | None) -> list[Hit]:
        ids = json.dumps(list(found))
        places: dict[int, tuple[str, str]] = {}
        kinds: dict[int, list[str]] = {}
        for thing, iri, graph in self._run("SELECT * FROM thing WHERE id IN (SELECT value FROM json_each(?))", ids):
            places[thing] = iri, graph
        for thing, kind in self._run("SELECT * FROM kind WHERE thing IN (SELECT value FROM json_each(?))", ids):
            kinds.setdefault(thing, []).append(kind)
        names = self.labels((iri for iri, _ in places.values()), language or "en")
        return [
            Hit(places[thing][0], *names[places[thing][0]], tuple(kinds.get(thing, ())), places[thing][1], matched)
            for thing, matched in found.items()
        ]

    def _run(self, query: str, *values: str) -> list[Any]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            # Immutable: SQLite needs neither locks nor a right to write in the folder.
            address = f"file:{quote(str(self.path.absolute()))}?mode=ro&immutable=1"
            connection = self._local.connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._opened.append(connection)
        return connection.execute(query, values).fetchall()


def _steps(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the conditions of a search and their value, the strictest first; `{kind}` narrows the things."""
    whole = " ".join(words)
    yield "l.folded = ?1 AND {kind}", whole
    yield "l.folded >= ?1 AND l.folded < ?1 || char(1114111) AND {kind}", whole
    # The best of the words are chosen among things of the right kinds, or other kinds could crowd them out.
    match = (
        "l.id IN (SELECT w.rowid FROM words w JOIN label l ON l.id = w.rowid "
        f"WHERE words MATCH ?1 AND {{kind}} ORDER BY w.rank LIMIT {_MANY})"
    )
    # Words hold letters, digits and underscores only, so quotes make them safe in FTS5's own language.
    quoted = [f'"{word}"' for word in words]
    yield match, " AND ".join(quoted) + "*"
    if len(words) > 1:
        yield match, " OR ".join(quoted) + "*"


def _distance(tag: str, language: str) -> int:
    """Return how far a label's language is from the one asked for: the same, its variant, English, none, another."""
    if tag == language.lower():
        return 0
    if tag.partition("-")[0] == language.lower().partition("-")[0]:
        return 1
    if tag.partition("-")[0] == "en":
        return 2
    return 3 if not tag else 4


def _last_segment(iri: str) -> str:
    return unquote(re.split(r"[/#]", iri.rstrip("/#"))[-1]) or iri
