"""What the page serves: one edition, that is one release or one endpoint with all that is read from it.

An edition never changes; `serving` replaces it by another.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from query_ui.addresses import Addresses
from query_ui.endpoint_labels import EndpointLabels, LabelSource
from wise_skills.engines import Answer, Engine, Limits, open_engine
from wise_skills.errors import NoCurrentRelease, NoMatcher, ReleaseError
from wise_skills.names import BASE, PREFIXES, Names
from wise_skills.questions import Question, load_questions
from wise_skills.release import Release, open_release
from wise_skills.terms import Table

if TYPE_CHECKING:
    from wise_skills.alignment import Matcher
    from wise_skills.tables import Schema


@cache
def _schema(base: str) -> Schema:
    # Read when first needed: rdflib takes longer to load than the page takes to start.
    from wise_skills.tables import read_schema

    return read_schema(names=Names(base))


@dataclass
class Edition:
    """The engine, labels, questions and schema that belong together.

    `release` is None where an endpoint is served that no release on this machine is known to match.
    """

    engine: Engine
    labels: LabelSource
    questions: dict[str, Question]
    release: Release | None
    base: str
    memory: dict[str, Any] = field(default_factory=dict)
    """What views keep for as long as the edition lives."""
    _opening: Lock = field(default_factory=Lock, repr=False)

    @cached_property
    def names(self) -> Names:
        """Our IRIs under the base of the data."""
        return Names(self.base)

    @cached_property
    def addresses(self) -> Addresses:
        """Paths of the page for IRIs."""
        return Addresses(self.base)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes under the base of the data."""
        return {prefix: self.names.rebase(iri) for prefix, iri in PREFIXES.items()}

    @property
    def schema(self) -> Schema:
        """The tables and columns as the shapes define them."""
        return _schema(self.base)

    @cached_property
    def mark(self) -> str:
        """A text that changes with the data; empty where nothing tells that an endpoint's data changed."""
        return self.release.id if self.release and self.engine.name == "embedded" else ""

    def select(self, query: str) -> Table:
        """Return the table of a query of our own; the prefixes are put before it."""
        return self.engine.select(self._text(query), limits=self._own)

    def construct(self, query: str, media_type: str) -> Answer:
        """Return the graph of a query of our own in an RDF media type."""
        return self.engine.answer(self._text(query), media_type=media_type, limits=self._own)

    def matcher(self) -> Matcher:
        """Return the matcher of the release, opened when first asked for and kept; raises `NoMatcher` where no release is served."""
        with self._opening:
            found: Matcher | None = self.memory.get("matcher")
            if found is None:
                if self.release is None or not self.mark:
                    raise NoMatcher
                from wise_skills.alignment import Matcher  # numpy and its like are loaded by those who align

                found = self.memory["matcher"] = Matcher.open(self.release)
            return found

    def close(self) -> None:
        """Free what is open."""
        self.engine.close()
        self.labels.close()

    @cached_property
    def _own(self) -> Limits:
        # Our own queries name many IRIs and give whole graphs.
        return replace(self.engine.limits, query_chars=400_000, rows=200_000)

    def _text(self, query: str) -> str:
        used = (f"PREFIX {p}: <{iri}>\n" for p, iri in self.prefixes.items() if f"{p}:" in query)
        return "".join(used) + query


def open_edition(release: Path | None, endpoint: str | None, questions: Path, limits: Limits | None = None) -> Edition:
    """Open a release, or an endpoint beside which the release is used only if both hold the same graphs."""
    found: Release | None = None
    if release is not None:
        with suppress(*((ReleaseError,) if endpoint else ())):
            found = open_release(release)
    elif endpoint is None:
        raise NoCurrentRelease("build/current")
    # The engine first: its worker starts while the questions are read.
    engine = open_engine(None if endpoint else found, endpoint, limits=limits)
    try:
        catalogue = load_questions(questions, thorough=False)
        if endpoint is None and found is not None:
            from wise_skills.labels import Labels

            return Edition(engine, Labels(found.labels), catalogue, found, str(found.info.get("base", BASE)))
        found = found if found and _same(engine, found) else None
        base = str(found.info.get("base", BASE)) if found else BASE
        return Edition(engine, EndpointLabels(engine), catalogue, found, base)
    except BaseException:
        engine.close()
        raise


def _same(engine: Engine, release: Release) -> bool:
    """Whether an endpoint holds the graphs of a release: all names, and the sizes of the smallest, which are quick to count."""
    if not set(release.counts) <= set(engine.graphs()):
        return False
    smallest = dict(sorted(release.counts.items(), key=lambda pair: pair[1])[:20])
    values = " ".join(f"<{graph}>" for graph in smallest)
    table = engine.select(f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g")
    return {str(graph): int(str(number)) for graph, number in table} == smallest
