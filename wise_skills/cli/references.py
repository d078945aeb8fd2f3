"""The reference sources of a build, and what is checked of them: the modules are only read where there is something to read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from wise_skills.findings import Cell, Finding
from wise_skills.names import Names
from wise_skills.source import Reference

_ROW = re.compile(r"source/(?P<file>[^#]+)#row=(?P<number>\d+)$")


def reference_sources(
    esco: Sequence[Path], classifications: Sequence[Path], published: Sequence[Path], names: Names, code: str, data: Path
) -> list[Reference]:
    """Return the sources of what others publish.

    Parameters
    ----------
    esco:
        Archives, folders or dumps of one release of ESCO.
    classifications, published:
        Files of classifications, and mapping tables as Member States publish them.
    names, code:
        Our IRIs, and the hash of the code that reads.
    data:
        Folder of the country folders, which may describe classifications.
    """
    found: list[Reference] = []
    if esco:
        from loaders.esco import esco_source

        found.append(esco_source(esco, names, code))
    if classifications:
        from loaders.classifications import classification_sources

        found += classification_sources(classifications, names, code, data)
    if published:
        from loaders.eures import eures_sources

        found += eures_sources(published, names, code)
    return found


@dataclass(frozen=True)
class Examination:
    """The shapes for ESCO and for mappings, applied to what a build reads."""

    names: Names

    def of_source(self, source: Reference, quads: Path, esco: Path | None = None) -> Iterator[Finding]:
        """Check what ESCO wrote, or a mapping table beside the ESCO that was read before it."""
        from wise_skills.reference_validation import READ_ALREADY, check

        if source.name == "esco":
            # A reader of CSV files has told some of it already, with the cell.
            without = () if is_dump(source) else READ_ALREADY
            yield from check(quads, place_of(source), self.names, without=without)
        elif source.name.startswith("mappings/"):
            yield from check(quads, place_of(source), self.names, kind="mappings", context=esco, source=source.name)

    def of_whole(self, store: ox.Store) -> list[Finding]:
        """Check what meets only in the finished store: our mappings and the loaded ESCO, registers and classifications."""
        from loaders.registers import unknown_codes
        from wise_skills.reference_validation import check

        names = self.names
        graphs = _graphs(store, f"?m a <{names.wise}Mapping>")
        own = [g for g in graphs if not g.startswith(names.graph("mappings") + "/")]
        rows = _pairs(store, f"?m a <{names.wise}Mapping> . ?row <{names.describes}> ?m", own)
        esco = [names.graph("esco")] if _graphs(store, f"<{names.graph('esco')}> ?p ?o") else []
        found = unknown_codes(store, names)
        if own and esco:
            found += check(store, lambda iri: _cell(rows.get(iri)), names, kind="mappings", graphs=[*own, *esco], source="our mappings")
        return found


def _graphs(store: ox.Store, pattern: str) -> list[str]:
    rows = store.query(f"SELECT DISTINCT ?g {{ GRAPH ?g {{ {pattern} }} }}")
    assert isinstance(rows, ox.QuerySolutions)
    return sorted(row["g"].value for row in rows)


def _pairs(store: ox.Store, pattern: str, graphs: Sequence[str]) -> dict[str, str]:
    values = " ".join(f"<{graph}>" for graph in graphs)
    rows = store.query(f"SELECT ?m ?row {{ VALUES ?g {{ {values} }} GRAPH ?g {{ {pattern} }} }}")
    assert isinstance(rows, ox.QuerySolutions)
    return {row["m"].value: row["row"].value for row in rows}


def _cell(row: str | None) -> Cell | None:
    """The place that the address of a row says."""
    match = _ROW.search(row or "")
    return Cell(match["file"], Path(match["file"]).name.split(".")[0], int(match["number"])) if match else None


def is_dump(source: Reference) -> bool:
    """Whether ESCO was given as RDF."""
    return bool(getattr(getattr(source, "package", None), "dumps", ()))


def place_of(source: Reference) -> Callable[[str], Cell | None]:
    """Return what says in which file and row a thing of a source stands."""
    places = getattr(source, "places", {})

    def place(iri: str) -> Cell | None:
        found = places.get(iri)
        if found is None:
            return None
        file, row = found
        return Cell(file, Path(file).name.split("_")[0].removesuffix(".csv"), row)

    return place
