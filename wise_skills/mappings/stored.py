"""The mappings that a release holds, read from its engine: every row of every set, with its status and its set.

One place for whatever works on all of them: what follows through ESCO (`chaining`), the ledger of what is aligned (`ledger`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pyoxigraph as ox

from wise_skills.names import PREFIXES, SKOS, Names
from wise_skills.terms import Table, iri, text

_ESCO = tuple(f"http://data.europa.eu/esco/{kind}/" for kind in ("occupation", "skill", "isco", "isced-f"))
Select = Callable[[str], Table]
"""Asks a SELECT query whose prefixes are not written out (`Edition.select`)."""


def is_esco(iri: str) -> bool:
    """Whether an IRI is a concept or group of ESCO, whose domain holds national codes too (`…/esco/concept/croatian-occupations/…`)."""
    return iri.startswith(_ESCO)


@dataclass(frozen=True, slots=True)
class Source:
    """A set of mappings: the graph it stands in, its IRI and title, and what its two sides are, as far as it says.

    `versions` are those of subject and object side; `doubtful` says that its broad and narrow matches seem to be written the
    other way round (`wise:suspectedInverse`).
    """

    graph: str
    iri: str
    title: str = ""
    sides: tuple[str, str] = ("", "")
    versions: tuple[str, str] = ("", "")
    doubtful: bool = False
    licence: str = ""

    @property
    def name(self) -> str:
        """The last part of its graph's name, `fr-rome`."""
        return self.graph.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Row:
    """One mapping of a set.

    Attributes
    ----------
    node:
        IRI of the mapping itself.
    subject, relation, object:
        IRIs of both sides, and the name of the relation without its namespace (`exactMatch`).
    status:
        `proposed`, `accepted`, `rejected`, `published` or `no-match-found`.
    negated:
        Whether it says that the relation does not hold.
    confidence:
        From 0 to 1; None where nobody stated one.
    reviewers:
        Names or IRIs of those who reviewed it.
    sides:
        Where subject and object come from, as the row or its set says.
    doubtful:
        Whether its direction is in doubt: a broad or narrow match of a published table that is not stated as a plain SKOS
        triple (docs/decisions/0010).
    source:
        Its set.
    """

    node: str
    subject: str
    relation: str
    object: str
    status: str
    source: Source
    negated: bool = False
    confidence: float | None = None
    reviewers: tuple[str, ...] = ()
    sides: tuple[str, str] = ("", "")
    doubtful: bool = False


def asking(store: ox.Store, names: Names) -> Select:
    """Return what asks a store, such as that of a build, the way an edition asks its engine."""
    start = "".join(f"PREFIX {prefix}: <{names.rebase(iri)}>\n" for prefix, iri in PREFIXES.items())

    def select(query: str) -> Table:
        solutions = cast(ox.QuerySolutions, store.query(start + query, use_default_graph_as_union=True))
        return Table.from_json(cast(bytes, solutions.serialize(format=ox.QueryResultsFormat.JSON)))

    return select


def read_sources(select: Select) -> list[Source]:
    """Return the sets of mappings, by graph."""
    slots = {
        "title": "dct:title",
        "from": "sssom:subject_source",
        "to": "sssom:object_source",
        "fromVersion": "sssom:subject_source_version",
        "toVersion": "sssom:object_source_version",
        "doubtful": "wise:suspectedInverse",
        "licence": "dct:license",
    }
    optional = " ".join(f"OPTIONAL {{ ?set {path} ?{name} }}" for name, path in slots.items())
    table = select(f"SELECT ?g ?set {' '.join('?' + s for s in slots)} WHERE {{ GRAPH ?g {{ ?set a sssom:MappingSet . {optional} }} }}")
    found: dict[str, Source] = {}
    for row in sorted(table.dicts(), key=lambda r: tuple(str(v or "") for v in r.values())):
        value = {name: str(term or "") for name, term in row.items()}
        found.setdefault(
            value["g"],
            Source(
                graph=value["g"],
                iri=value["set"],
                title=value["title"],
                sides=(value["from"], value["to"]),
                versions=(value["fromVersion"], value["toVersion"]),
                doubtful=value["doubtful"] == "true",
                licence=value["licence"],
            ),
        )
    return list(found.values())


def read_rows(select: Select, names: Names) -> list[Row]:
    """Return all mappings of all sets, by set and IRI.

    Parameters
    ----------
    select:
        Asks the engine. Mappings are asked for by set, relation and status: what they have in common is then not sent with
        each of them, and no limit on answers cuts a large table.
    names:
        The names under the base of the data.
    """
    sources = read_sources(select)
    groups = select(
        "SELECT ?g ?p ?status ?modifier (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?m a wise:Mapping ; owl:annotatedProperty ?p ; "
        "wise:mappingStatus ?status . OPTIONAL { ?m sssom:predicate_modifier ?modifier } } } GROUP BY ?g ?p ?status ?modifier"
    )
    by_graph: dict[str, list[tuple[str, str, str]]] = {}
    for g, predicate, status, modifier, _ in groups:
        if g is not None and predicate is not None:
            by_graph.setdefault(str(g), []).append((str(predicate), str(status), str(modifier or "")))
    return [row for source in sources for row in _rows(select, source, sorted(by_graph.get(source.graph, ())), names)]


def _rows(select: Select, source: Source, groups: list[tuple[str, str, str]], names: Names) -> list[Row]:
    graph = iri(source.graph).n3()
    # Few sets say any of this of single rows, and a published table never does.
    published = source.graph.startswith(names.graph("mappings") + "/")
    stated = _stated(select, graph) if published else set()
    said = {} if published else {slot: _slot(select, graph, slot) for slot in _SINGLE}
    found: dict[str, Row] = {}
    for predicate, status, modifier in groups:
        without = "MINUS { ?m sssom:predicate_modifier ?any }" if any(m for _, _, m in groups) else ""
        negated = f"?m sssom:predicate_modifier {text(modifier).n3()} ." if modifier else without
        table = select(
            f"SELECT ?m ?s ?o WHERE {{ GRAPH {graph} {{ ?m wise:mappingStatus {iri(status).n3()} ; owl:annotatedProperty "
            f"{iri(predicate).n3()} ; owl:annotatedSource ?s ; owl:annotatedTarget ?o . {negated} }} }}"
        )
        for node, subject, object_ in ((str(m), str(s), str(o)) for m, s, o in table):
            confidence = next(iter(said.get("confidence", {}).get(node, ())), "")
            of_row = [next(iter(said.get(slot, {}).get(node, ())), "") for slot in ("subject_source", "object_source")]
            found[node] = Row(
                node=node,
                subject=subject,
                relation=predicate.removeprefix(SKOS),
                object=object_,
                status=status.rsplit("/", 1)[-1],
                source=source,
                negated=modifier == "Not",
                confidence=float(confidence) if confidence else None,
                reviewers=tuple(said.get("reviewer_label", {}).get(node, ()) or said.get("reviewer_id", {}).get(node, ())),
                sides=(of_row[0] or source.sides[0], of_row[1] or source.sides[1]),
                doubtful=published and predicate in _DIRECTED and predicate not in stated,
            )
    return [found[node] for node in sorted(found)]


_SINGLE = ("confidence", "reviewer_label", "reviewer_id", "subject_source", "object_source")
_DIRECTED = (SKOS + "broadMatch", SKOS + "narrowMatch")


def _slot(select: Select, graph: str, slot: str) -> dict[str, list[str]]:
    """The values of a slot by mapping."""
    found: dict[str, list[str]] = {}
    for node, value in select(f"SELECT ?m ?v WHERE {{ GRAPH {graph} {{ ?m a wise:Mapping ; sssom:{slot} ?v }} }} ORDER BY ?v"):
        found.setdefault(str(node), []).append(str(value))
    return found


def _stated(select: Select, graph: str) -> set[str]:
    """Those of broad and narrow match that a graph states as plain triples; a loader withholds a relation as a whole."""
    values = " ".join(f"<{p}>" for p in _DIRECTED)
    return {str(row[0]) for row in select(f"SELECT DISTINCT ?p WHERE {{ GRAPH {graph} {{ VALUES ?p {{ {values} }} ?s ?p ?o }} }}")}
