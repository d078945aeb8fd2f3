"""Names of things where there is no index of labels, only an endpoint: asked by SPARQL and remembered."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable
from typing import Protocol
from urllib.parse import unquote

from wise_skills.engines import Engine
from wise_skills.labels import PROPERTIES, Hit, fold
from wise_skills.names import is_iri
from wise_skills.terms import iri as iri_term
from wise_skills.terms import text

_REMEMBERED = 50_000
_AT_ONCE = 200


class LabelSource(Protocol):
    """What the page asks of labels; `wise_skills.labels.Labels` has it too."""

    def search(self, text: str, *, language: str | None = None, kinds: Collection[str] | None = None, limit: int = 20) -> list[Hit]:
        """Return the things whose labels match, best first."""

    def labels(self, iris: Iterable[str], language: str = "en") -> dict[str, tuple[str, str | None]]:
        """Return the names of IRIs with their languages."""

    def kinds(self, iri: str) -> tuple[str, ...]:
        """Return the classes of a thing."""

    def close(self) -> None:
        """Free what is open."""


class EndpointLabels:
    """Labels of an endpoint's graph."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[tuple[str, str], tuple[str, str | None]] = {}
        self._lock = threading.Lock()

    def labels(self, iris: Iterable[str], language: str = "en") -> dict[str, tuple[str, str | None]]:
        """Return the names of many IRIs: in the language, else English, else any, else the end of the IRI."""
        wanted = list(dict.fromkeys(iris))
        missing = [i for i in wanted if (i, language) not in self._known and is_iri(i)]
        for start in range(0, len(missing), _AT_ONCE):
            self._ask(missing[start : start + _AT_ONCE], language)
        return {i: self._known.get((i, language), (_last_segment(i), None)) for i in wanted}

    def search(self, text_: str, *, language: str | None = None, kinds: Collection[str] | None = None, limit: int = 20) -> list[Hit]:
        """Return the things of which a label holds the text; slower and plainer than the index of a release."""
        if not fold(text_):
            return []
        narrowed = f"?s a ?wanted . VALUES ?wanted {{ {' '.join(iri_term(k).n3() for k in kinds)} }}" if kinds else ""
        found = self._engine.select(
            f"SELECT DISTINCT ?s ?l WHERE {{ VALUES ?p {{ {_properties(len(PROPERTIES))} }} ?s ?p ?l . {narrowed} "
            f"FILTER (isIRI(?s) && CONTAINS(LCASE(STR(?l)), LCASE({text(text_[:200]).n3()}))) }} ORDER BY STRLEN(STR(?l)) LIMIT {4 * limit}"
        )
        matched: dict[str, str] = {}
        for row in found.dicts():
            matched.setdefault(str(row["s"]), str(row["l"]))
        iris = list(matched)[:limit]
        names, classes = self.labels(iris, language or "en"), self._kinds(iris)
        return [Hit(i, *names[i], classes.get(i, ()), "", matched[i]) for i in iris]

    def kinds(self, iri: str) -> tuple[str, ...]:
        """Return the classes of a thing."""
        return self._kinds([iri]).get(iri, ())

    def close(self) -> None:
        """Forget everything."""
        self._known.clear()

    def _kinds(self, iris: list[str]) -> dict[str, tuple[str, ...]]:
        if not iris:
            return {}
        found: dict[str, list[str]] = {}
        values = " ".join(iri_term(i).n3() for i in iris)
        for row in self._engine.select(f"SELECT DISTINCT ?s ?c WHERE {{ VALUES ?s {{ {values} }} ?s a ?c }} ORDER BY ?s ?c").dicts():
            found.setdefault(str(row["s"]), []).append(str(row["c"]))
        return {s: tuple(cs) for s, cs in found.items()}

    def _ask(self, iris: list[str], language: str) -> None:
        values = " ".join(iri_term(i).n3() for i in iris)
        query = f"SELECT ?s ?p ?l WHERE {{ VALUES ?s {{ {values} }} VALUES ?p {{ {_properties(3)} }} ?s ?p ?l }}"
        best: dict[str, tuple[tuple[int, int, str], str, str | None]] = {}
        for row in self._engine.select(query).dicts():
            label = row["l"]
            if label is None or label.kind != "literal":
                continue
            rank = (_distance(label.language, language), PROPERTIES.index(str(row["p"])), label.value)
            iri = str(row["s"])
            if iri not in best or rank < best[iri][0]:
                best[iri] = rank, label.value, label.language
        with self._lock:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            for iri in iris:
                self._known[iri, language] = best[iri][1:] if iri in best else (_last_segment(iri), None)


def _properties(count: int) -> str:
    return " ".join(iri_term(p).n3() for p in PROPERTIES[:count])


def _distance(tag: str | None, language: str) -> int:
    return 0 if tag == language else 1 if tag == "en" else 2 if not tag else 3


def _last_segment(iri: str) -> str:
    return unquote(re.split(r"[/#]", iri.rstrip("/#"))[-1]) or iri
