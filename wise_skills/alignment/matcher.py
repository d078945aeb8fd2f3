"""The matcher: labels or sentences in, ranked concepts out, each with how sure it is and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

from wise_skills.alignment import index
from wise_skills.alignment.codes import with_codes
from wise_skills.alignment.context import with_context
from wise_skills.alignment.encoder import Encoder
from wise_skills.alignment.model import Candidate, Concept, Kind, Query
from wise_skills.alignment.pool_ranks import PoolRanks
from wise_skills.alignment.pools import Pool
from wise_skills.alignment.reasons import reasons
from wise_skills.errors import NoMatcher
from wise_skills.labels.folding import fold
from wise_skills.release import Release

Step = Callable[[int, int], None]
_AT_ONCE = 256  # queries between two reports of progress
_FORWARD = 20


def _across(name: str, candidate: Candidate) -> tuple[bool, float, str]:
    return fold(candidate.matched.text) != name, -candidate.confidence, candidate.concept.iri


def _by_query(queries: Sequence[Query], rejected: frozenset[tuple[str, str]]) -> list[set[str]]:
    """The IRIs of concepts that were rejected for each query."""
    if not rejected:
        return [set() for _ in queries]
    of: dict[str, set[str]] = {}
    for ours, theirs in rejected:
        of.setdefault(ours, set()).add(theirs)
    return [of.get(query.iri or query.text, set()) for query in queries]


class Matcher:
    """Ranks the concepts of a release for queries; open it once and keep it, it may be asked from several threads.

    Parameters
    ----------
    folder:
        The folder `alignment` of a release (`index.build`).
    model:
        Folder of an embedding model (sentence-transformers), which then speaks too; its vectors of the concepts are kept in
        `kept`, because they take minutes.

    Raises
    ------
    NoMatcher
        When the folder is not there.
    """

    def __init__(self, folder: Path, model: Path | None = None, kept: Path | None = None) -> None:
        try:
            info = json.loads((folder / index.INFO).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise NoMatcher(folder) from None
        encoder = Encoder.load(folder / index.ENCODER) if info["learned"] else None
        self.rejected = frozenset((ours, theirs) for ours, theirs in info["rejected"])
        """Pairs of IRIs that somebody rejected, in both directions."""
        self._pools: dict[tuple[str, Kind], Pool] = {}
        self._of: dict[str, int] = {}
        for entry in info["pools"]:
            place = folder / f"{entry['scheme']}-{entry['kind']}"
            self._pools[entry["scheme"], entry["kind"]] = Pool(place, encoder, index.read_evidence(place / index.EVIDENCE))
            self._of[entry["scheme"]] = self._of.get(entry["scheme"], 0) + entry["concepts"]
        self._ranking = PoolRanks(model, kept)

    @classmethod
    def open(cls, release: Release, *, model: Path | None = None, kept: Path | None = None) -> Matcher:
        """Open the matcher of a release; raises `NoMatcher` for one that was built by an older version."""
        return cls(release.path / "alignment", model, kept)

    @cached_property
    def concepts(self) -> list[Concept]:
        """All concepts that can be proposed."""
        return [concept for pool in self._pools.values() for concept in pool.concepts]

    @cached_property
    def by_iri(self) -> dict[str, Concept]:
        """All concepts that can be proposed, by IRI."""
        return {concept.iri: concept for concept in self.concepts}

    @property
    def schemes(self) -> tuple[str, ...]:
        """The schemes whose concepts can be proposed (`esco`, `wise`, `rome`); one of which only groups are held is none."""
        return tuple(sorted(scheme for scheme, concepts in self._of.items() if concepts))

    def warm(self) -> None:
        """Read what the first question would have to read: the concepts, and ESCO's labels in English or the commonest language."""
        for scheme in self.schemes:
            self.match([Query("warm", "en")], schemes=[scheme], top=1)

    def match(
        self,
        queries: Sequence[Query],
        *,
        kind: Kind | None = None,
        schemes: Sequence[str] | None = None,
        top: int = 10,
        rejected: frozenset[tuple[str, str]] = frozenset(),
        step: Step = lambda done, whole: None,
    ) -> list[list[Candidate]]:
        """Return the candidates of each query, the best first.

        Parameters
        ----------
        queries:
            What is to be matched.
        kind:
            Skills or occupations only.
        schemes:
            Propose concepts of these schemes; ESCO's where it is loaded, else ours.
        top:
            So many candidates for each query.
        rejected:
            Pairs of a query's IRI (its text where it has none) and a concept's IRI that somebody rejected: never proposed.
        step:
            Called with the number of queries that are done, and of all.
        """
        pools = self._asked(kind, schemes)
        gone = _by_query(queries, self.rejected | rejected)
        # as many more as may have to be left out, or may come forward by their codes and their module
        more = max(max(map(len, gone), default=0), _FORWARD if any(query.code or query.context for query in queries) else 0)
        several: list[list[list[Candidate]]] = []
        for before, ((_, of_kind), pool) in enumerate(pools):

            def told(done: int, before: int = before) -> None:
                step((before * len(queries) + done) // len(pools), len(queries))

            found = self._of_pool(pool, of_kind, queries, top + more, told)
            several.append(with_codes(queries, found) if of_kind == "occupation" else with_context(queries, found))
        answers = []
        for number, query in enumerate(queries):
            merged = [candidate for found in several for candidate in found[number] if candidate.concept.iri not in gone[number]]
            if len(pools) > 1:  # scores of different pools do not compare, confidence does; the very name comes first
                merged.sort(key=partial(_across, fold(query.text)))
            answers.append([self._told(query, candidate) for candidate in merged[:top]])
        return answers

    def unnamed(self, language: str, *, kind: Kind | None = None, schemes: Sequence[str] | None = None) -> dict[str, str]:
        """Return the schemes that hardly have names in a language, each with the language whose names stand in for them.

        Lines in that language are compared with words of another, and little is found. With an embedding model none is named,
        because it may know both languages. `kind` and `schemes` are those of `match`.
        """
        if not language or self._ranking.has_model:
            return {}
        asked = Query("", language)
        used = [(place[0], pool.language_for(language)) for place, pool in self._asked(kind, schemes)]
        return {scheme: other for scheme, other in used if asked.is_strange_to(other)}

    def _asked(self, kind: Kind | None, schemes: Sequence[str] | None) -> list[tuple[tuple[str, Kind], Pool]]:
        wanted = tuple(schemes) if schemes else (("esco",) if "esco" in self.schemes else self.schemes)
        return [(place, pool) for place, pool in self._pools.items() if place[0] in wanted and kind in (None, place[1])]

    def _of_pool(self, pool: Pool, kind: Kind, queries: Sequence[Query], top: int, step: Callable[[int], None]) -> list[list[Candidate]]:
        found: list[list[Candidate]] = [[] for _ in queries]
        asked = [number for number, query in enumerate(queries) if query.text.strip()]
        languages = {number: pool.language_for(queries[number].language) for number in asked}
        done = len(queries) - len(asked)
        for language in sorted(set(languages.values())):
            numbers = [number for number in asked if languages[number] == language]
            ranks = self._ranking.of(pool, language)
            for start in range(0, len(numbers), _AT_ONCE):
                part = numbers[start : start + _AT_ONCE]
                for number, ranked in zip(part, ranks.rank([queries[n] for n in part], kind, top), strict=True):
                    found[number] = list(ranked)
                done += len(part)
                step(done)
        return found

    def _told(self, query: Query, candidate: Candidate) -> Candidate:
        beside = tuple(self._beside(candidate.concept))
        return replace(candidate, reasons=reasons(query, candidate), beside=beside)

    def _beside(self, concept: Concept) -> Iterator[Concept]:
        for iri in concept.broader:
            above = self.by_iri.get(iri)
            if above is not None:
                yield above
