"""The index of labels as it is asked: search by name in any language, names and classes of IRIs."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from wise_skills.errors import NotARelease
from wise_skills.labels.folding import fold
from wise_skills.labels.index import LAYERED, WHOLE
from wise_skills.labels.matches import Row, matches
from wise_skills.labels.texts import NAMES, SHOWN
from wise_skills.languages import primary

_QUERY_CHARS, _QUERY_WORDS = 200, 12


class Hit(NamedTuple):
    """A thing found: `label` in the language asked for where there is one, `matched` the text that matched.

    A hidden label that matched is not told: `matched` is the label then (SKOS Reference §5.1). `spoken` is the language
    of `matched`, None where it has none.
    """

    iri: str
    label: str
    language: str | None
    kinds: tuple[str, ...]
    graph: str
    matched: str
    spoken: str | None = None


class Labels:
    """The index of a release, opened read-only; safe to use from several threads.

    Raises `NotARelease` if the file is missing or is no index.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        try:
            ((version,),) = self._run("PRAGMA user_version")
            self._run("SELECT id FROM label LIMIT 1")
        except sqlite3.Error as error:
            self.close()
            raise NotARelease(path, f"its index of labels cannot be read: {error}") from None
        if version not in (WHOLE, LAYERED):
            self.close()
            raise NotARelease(path, "its index of labels cannot be read: it is of another version of this program")
        self._layers = ("", "_added")[:version]

    def search(self, text: str, *, language: str | None = None, kinds: Collection[str] | None = None, limit: int = 20) -> list[Hit]:
        """Return the things whose labels match, best first.

        That is: the whole text, its beginning, all words, word parts, any word; words with a slip (a letter wrong,
        missing, too many, two swapped, a blank left out) where nothing else was found. The last word may be
        unfinished. Among equals, texts in `language` come first, preferred labels before others, short before long;
        the hits are named in `language`. `kinds` are class IRIs of which a thing must have one. Whatever the text,
        the search finds something or nothing: it raises no error.
        """
        words = fold(text[:_QUERY_CHARS]).split()[:_QUERY_WORDS]
        if not words or limit < 1:
            return []
        found: dict[int, Row] = {}
        for row in matches(self._connection(), self._layers, words, language or "en", kinds, found):
            found.setdefault(row.thing, row)
            if len(found) >= limit:
                break
        return self._hits(found, language or "en")

    def label(self, iri: str, language: str = "en") -> tuple[str, str | None]:
        """Return the name of an IRI and the language it is in, None where it has no language.

        Falls back from the language to English, to any language, to the last segment of the IRI.
        """
        return self.labels([iri], language)[iri]

    def labels(self, iris: Iterable[str], language: str = "en") -> dict[str, tuple[str, str | None]]:
        """Return the names of many IRIs; see `label`."""
        wanted = list(dict.fromkeys(iris))
        query = "SELECT id, iri FROM thing WHERE iri IN (SELECT value FROM json_each(?))"
        things = dict(self._run(query, json.dumps(wanted)))
        named = {things[thing]: name for thing, name in self._names(things, language).items()}
        return {iri: named.get(iri) or (_last_segment(iri), None) for iri in wanted}

    def kinds(self, iri: str) -> tuple[str, ...]:
        """Return the classes of a thing, sorted; none for a thing without label."""
        labelled = "EXISTS (SELECT * FROM label l WHERE l.thing = t.id)"
        rows = self._run(f"SELECT k.iri FROM kind k JOIN thing t ON t.kinds = k.kinds WHERE t.iri = ? AND {labelled} ORDER BY 1", iri)
        return tuple(row[0] for row in rows)

    def close(self) -> None:
        """Close the connections of all threads."""
        while self._opened:
            self._opened.pop().close()

    def _hits(self, found: dict[int, Row], language: str) -> list[Hit]:
        ids = json.dumps(list(found))
        kinds: dict[int, list[str]] = {}
        query = "SELECT t.id, k.iri FROM thing t JOIN kind k ON k.kinds = t.kinds WHERE t.id IN (SELECT value FROM json_each(?)) ORDER BY 2"
        for thing, kind in self._run(query, ids):
            kinds.setdefault(thing, []).append(kind)
        graphs = dict(self._run("SELECT id, graph FROM thing WHERE id IN (SELECT value FROM json_each(?))", ids))
        names = self._names(found, language)
        hits = []
        for thing, row in found.items():
            name = names.get(thing) or (_last_segment(row.iri), None)
            matched, spoken = (row.text, row.language or None) if row.property < SHOWN else name
            hits.append(Hit(row.iri, *name, tuple(kinds.get(thing, ())), graphs[thing], matched, spoken))
        return hits

    def _names(self, things: Iterable[int], language: str) -> dict[int, tuple[str, str | None]]:
        """Names of things; where there is none, another label that may be shown."""
        found: dict[int, tuple[str, str | None]] = {}
        for low, high in ((0, NAMES), (NAMES, SHOWN)):
            best: dict[int, tuple[Any, ...]] = {}
            query = (
                f"SELECT thing, text, language, property FROM label WHERE property >= {low} AND property < {high} "
                "AND thing IN (SELECT value FROM json_each(?))"
            )
            for thing, text, tag, property_ in self._run(query, json.dumps([t for t in things if t not in found])):
                rank = (*_rank(tag, property_, language), text)
                if thing not in best or rank < best[thing]:
                    best[thing] = rank
            found |= {thing: (rank[-1], rank[-2] or None) for thing, rank in best.items()}
        return found

    def _run(self, query: str, *values: str) -> list[Any]:
        return self._connection().execute(query, values).fetchall()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # Immutable: SQLite needs neither locks nor a right to write in the folder.
            address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
            connection = self._local.connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._opened.append(connection)
        return connection


def _rank(tag: str, property_: int, language: str) -> tuple[int, int, bool, str]:
    """Order the labels of a thing: the language asked for, English, none, another; then the better property.

    Variants of a language come after both, so that a stub in `en` does not hide a preferred label in `en-us`.
    """
    asked, own = primary(language), primary(tag)
    distance = 0 if own == asked else 1 if own == "en" else 2 if not tag else 3
    return distance, property_, tag != language.lower(), tag


def _last_segment(iri: str) -> str:
    return unquote(re.split(r"[/#]", iri.rstrip("/#"))[-1]) or iri
