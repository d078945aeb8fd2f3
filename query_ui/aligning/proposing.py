"""Asking the matcher: lines in, a set of proposals out, with what the release itself knows to be rejected or accepted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from query_ui.aligning.asked import Asked, Line
from query_ui.citing import citation
from query_ui.edition import Edition
from query_ui.memory import remembered
from wise_skills.alignment.model import Candidate, Concept, Query
from wise_skills.mappings.explaining import explained
from wise_skills.mappings.marks import marked, marks
from wise_skills.mappings.model import NO_TERM, Mapping, MappingSet
from wise_skills.mappings.proposals import none, propose, row
from wise_skills.mappings.review import OPEN, RELATIONS, answer_of, rejected_pairs, subject_key

Pair = tuple[str, str]
_DEPTH, _OFFERS = 8, 6


@dataclass(frozen=True)
class Known:
    """Pairs of subject (its IRI, or its label) and concept that somebody judged before: what the release's own mappings say."""

    accepted: frozenset[Pair] = frozenset()
    rejected: frozenset[Pair] = frozenset()


def known(served: Edition) -> Known:
    """Return what the mappings of the release say; read once."""

    def look() -> Known:
        status = f"{served.names.base}scheme/mapping-statuses/"
        table = served.select(
            "SELECT DISTINCT ?s ?label ?o ?status WHERE { "
            f"VALUES ?status {{ <{status}accepted> <{status}rejected> }} ?m wise:mappingStatus ?status ; owl:annotatedSource ?s ; "
            "owl:annotatedTarget ?o . OPTIONAL { ?m sssom:subject_label ?label } }"
        )
        found: dict[str, set[Pair]] = {"accepted": set(), "rejected": set()}
        for subject, label, concept, state in table:
            pairs = {(str(key), str(concept)) for key in (subject, label) if key is not None}
            found[str(state).rsplit("/", 1)[-1]].update(pairs)
        return Known(frozenset(found["accepted"]), frozenset(found["rejected"] - found["accepted"]))

    return remembered(served, "align.known", look)


def start(served: Edition, asked: Asked, lines: Sequence[Line]) -> MappingSet:
    """Return what is proposed for lines; what the release's mappings reject is not."""
    modules: dict[str, list[str]] = {}
    for line in lines:
        modules.setdefault(line.module, []).append(line.text)
    queries = [
        Query(line.text, line.language or asked.language, line.code, context=_others(line.text, modules[line.module]), iri=line.iri)
        for line in lines
    ]
    found = _match(served, asked, queries, known(served).rejected)
    whole = propose(queries, found, metadata={"comment": f"Proposed from: {citation(served)}"})
    rows = (
        row
        for line, one, candidates in zip(lines, queries, found, strict=True)
        for row in _explained(served, asked, one, candidates, line.module)
    )
    return replace(whole, mappings=tuple(rows))


def again(served: Edition, asked: Asked, mappings: MappingSet) -> MappingSet:
    """Return the set with further candidates for the lines in which nothing is accepted: none that is there, and none that was rejected."""
    rows: dict[str, list[Mapping]] = {}
    for mapping in mappings.mappings:
        rows.setdefault(subject_key(mapping), []).append(mapping)
    open_lines = [key for key, found in rows.items() if all(answer_of(m) not in (*RELATIONS, "no-match") for m in found)]
    queries = [query(rows[key][0], [rows[other][0] for other in rows]) for key in open_lines]
    there = {(key, m.object) for key, found in rows.items() for m in found}
    found = _match(served, asked, queries, known(served).rejected | rejected_pairs(mappings) | there)
    for key, one, candidates in zip(open_lines, queries, found, strict=True):
        if candidates:
            new = _explained(served, asked, one, candidates, marks(rows[key][0]).get("module", ""))
            rows[key] = [m for m in rows[key] if m.object != NO_TERM or answer_of(m) != OPEN] + new
    return replace(mappings, mappings=tuple(m for found_rows in rows.values() for m in found_rows))


def query(mapping: Mapping, others: Iterable[Mapping]) -> Query:
    """Return what is asked for the subject of a row; the other lines of its module are its context."""
    own = marks(mapping)
    text = mapping.slots.get("subject_label", "")
    module = [m.slots.get("subject_label", "") for m in others if marks(m).get("module", "") == own.get("module", "")]
    return Query(text, own.get("language", ""), own.get("code", ""), context=_others(text, module), iri=mapping.subject)


def offered(served: Edition, mappings: MappingSet, keys: Iterable[str]) -> MappingSet:
    """Return the set with further choices for these lines: groups and broader concepts of the candidates, and “no match”.

    They are marked as added by a reviewer, so that those that nobody chooses go again.
    """
    by_iri = served.matcher().by_iri
    wanted = set(keys)
    rows: dict[str, list[Mapping]] = {}
    for mapping in mappings.mappings:
        rows.setdefault(subject_key(mapping), []).append(mapping)
    whole: list[Mapping] = []
    for key, found in rows.items():
        whole += found
        if key in wanted:
            one, module = query(found[0], ()), marks(found[0]).get("module", "")
            there = {m.object for m in found}
            beside = dict.fromkeys(
                b.iri for m in found if (c := by_iri.get(m.object)) and marks(m).get("added") != "review" for b in above(by_iri, c)
            )
            more = [iri for iri in beside if iri not in there][:_OFFERS]
            whole += [_added(row(one, by_iri[iri], version(served, by_iri[iri].scheme), module=module)) for iri in more]
            if NO_TERM not in there:
                whole.append(_added(none(one, module=module)))
    return replace(mappings, mappings=tuple(whole))


def above(by_iri: dict[str, Concept], concept: Concept) -> list[Concept]:
    """Return what is offered beside a concept: the concept right above it, and the nearest group."""
    way = chain(by_iri, concept)
    group = next((c for c in reversed(way) if c.is_group), None)
    return [*way[-1:], *([group] if group is not None and group is not way[-1] else [])]


def chain(by_iri: dict[str, Concept], concept: Concept) -> list[Concept]:
    """Return the concepts above a concept, from the top down; of several right above, the first one that is no group."""
    way: list[Concept] = []
    step, seen = concept, {concept.iri}
    while len(way) < _DEPTH:
        over = sorted((by_iri[iri] for iri in step.broader if iri in by_iri and iri not in seen), key=lambda c: (c.is_group, c.iri))
        if not over:
            break
        step = over[0]
        seen.add(step.iri)
        way.insert(0, step)
    return way


def version(served: Edition, scheme: str) -> str:
    """Return the version of a scheme that is loaded, as `v1.1.1`; empty where the release does not say."""
    return served.release.esco_version if served.release is not None and scheme == "esco" else ""


def _added(mapping: Mapping) -> Mapping:
    return marked(mapping, marks(mapping) | {"added": "review"})


def _others(text: str, lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line for line in lines if line != text)[:50]


def _match(served: Edition, asked: Asked, queries: Sequence[Query], rejected: frozenset[Pair]) -> list[list[Candidate]]:
    if not queries:
        return []
    schemes = [asked.scheme] if asked.scheme else None
    return served.matcher().match(queries, kind=asked.kind, schemes=schemes, top=asked.top, rejected=rejected)


def _explained(served: Edition, asked: Asked, one: Query, candidates: Sequence[Candidate], module: str) -> list[Mapping]:
    return explained(one, candidates, module=module, version=lambda scheme: version(served, scheme), notes={"kind": asked.kind})
