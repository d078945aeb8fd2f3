"""Lists of claims by conditions: of a table, a country, a level of evidence, a source. What a number on a page leads to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from query_ui.edition import Edition
from query_ui.things.records import Row, row
from wise_skills.terms import iri as iri_term

_KEPT = 200
"""How many lists an edition remembers."""


@dataclass(frozen=True)
class Conditions:
    """What claims are asked for; an empty condition is none.

    `about` is a thing that they name, `not_reported` and `not_applicable` are columns of the table of which they say so.
    """

    table: str = ""
    country: str = ""
    evidence: str = ""
    source: str = ""
    sourced: str = ""
    about: str = ""
    not_reported: str = ""
    not_applicable: str = ""

    @property
    def path(self) -> str:
        """The address of the list."""
        given = {k: v for k, v in vars(self).items() if v}
        return "/behind" + (f"?{urlencode(given)}" if given else "")

    def given(self) -> list[str]:
        """Return the names of the conditions that are set."""
        return [k for k, v in vars(self).items() if v]

    def without(self, *names: str) -> Conditions:
        """Return the same without some conditions; without its table a column means nothing."""
        columns = ("not_reported", "not_applicable") if "table" in names else ()
        return replace(self, **dict.fromkeys((*names, *columns), ""))


@dataclass(frozen=True)
class Listed:
    """A claim with its row, table, folder and level of evidence."""

    iri: str
    row: Row
    folder: str
    table: str
    evidence: str


def listed(edition: Edition, conditions: Conditions) -> list[Listed]:
    """Return the claims that fit, in the order of files and rows; each claim once."""
    memory: dict[Conditions, list[Listed]] = edition.memory.setdefault("lists of claims", {})
    if conditions not in memory:
        if len(memory) >= _KEPT:
            memory.clear()
        memory[conditions] = _read(edition, conditions)
    return memory[conditions]


def counted(claims: Iterable[Listed], by: str) -> list[tuple[str, int]]:
    """Return how many claims there are by `table`, `folder` or `evidence`, most first."""
    return Counter(getattr(c, by) for c in claims if getattr(c, by)).most_common()


def tables(edition: Edition) -> set[str]:
    """Return the names of all tables that have rows; those of mappings have the names of their files."""
    return {name for _, name in _graphs(edition).values()}


def folders(edition: Edition) -> set[str]:
    """Return the folders of the data."""
    return {folder for folder, _ in _graphs(edition).values()}


def _graphs(edition: Edition) -> dict[str, tuple[str, str]]:
    """Folder and table by the graph that holds the rows."""
    start = edition.names.graph("")
    found = {}
    for graph in edition.engine.graphs():
        folder, slash, name = graph.removeprefix(start).partition("/")
        if slash and graph.startswith(start) and len(folder) == 2:
            found[graph] = (folder, name)
    return found


def _read(edition: Edition, wanted: Conditions) -> list[Listed]:
    names = edition.names
    graphs = {
        graph: (folder, name)
        for graph, (folder, name) in _graphs(edition).items()
        if wanted.country in ("", folder) and wanted.table in ("", name) and (name != "sources" or wanted.table == "sources")
    }
    if not graphs:
        return []
    narrowed = ""
    if wanted.evidence:
        narrowed += f"?s wise:evidence {iri_term(f'{edition.base}scheme/evidence/{wanted.evidence}').n3()} . "
    if wanted.source:
        narrowed += f"?s dct:source {iri_term(wanted.source).n3()} . "
    elif wanted.sourced:
        narrowed += "?s dct:source ?any ; wise:evidence ?level . "
    if wanted.about:
        narrowed += f"?s ?names {iri_term(wanted.about if '://' in wanted.about else edition.addresses.thing(wanted.about)).n3()} . "
    for state, column in ((names.not_reported, wanted.not_reported), (names.not_applicable, wanted.not_applicable)):
        if column:
            path = edition.schema.by_name[wanted.table].by_id[column].path
            narrowed += f"?s <{state}> <{path}> . "
    values = " ".join(f"<{g}>" for g in graphs)
    table = edition.select(
        f"SELECT DISTINCT ?g ?row ?s ?e WHERE {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?row <{names.describes}> ?s }} "
        f"{narrowed} OPTIONAL {{ ?s wise:evidence ?e }} FILTER isIRI(?s) }}"
    )
    found: dict[str, Listed] = {}
    for graph, row_iri, claim, level in table:
        origin = row(str(row_iri))
        if origin is not None and (str(claim) not in found or _place(origin) < _place(found[str(claim)].row)):
            folder, name = graphs[str(graph)]
            found[str(claim)] = Listed(str(claim), origin, folder, name, str(level or "").rsplit("/", 1)[-1])
    return sorted(found.values(), key=lambda c: _place(c.row))


def _place(origin: Row) -> tuple[str, int]:
    return origin.file, origin.number
