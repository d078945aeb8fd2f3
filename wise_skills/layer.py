"""The reference layer: what others publish and every release stands on, made once and linked under each release.

ESCO, classifications and national mapping tables hold fifty times as many statements as our own data and change
once a year. Each becomes a gzipped N-Quads file with its findings; all together become one store and one index of
labels. Both are kept by fingerprint in the cache, so that a change of a national cell touches neither.

::

    <cache>/reference/<fingerprint>/{quads.nq.gz, findings.csv, part.json}
    <cache>/layers/<fingerprint>/{graph, labels.sqlite, layer.json}
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pyoxigraph as ox

from wise_skills import labels, store
from wise_skills.findings import Finding, in_order, violations, write_csv
from wise_skills.names import RDF_TYPE
from wise_skills.source import Reference

Examine = Callable[[Reference, Path, Path | None], Iterable[Finding]]
"""Checks the N-Quads file that a reference source wrote, beside that of ESCO where ESCO was read before."""
_GZIP_LEVEL = 2


class Refusal(Exception):
    """Violations in a reference source."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


@dataclass(frozen=True)
class ReferencePart:
    """What the cache keeps of one reference source.

    `info` holds `name`, `sha256` of the uncompressed quads, `facts` of the source and `findings`: how many of each
    severity and component, with the first message of each.
    """

    folder: Path
    info: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name of the source."""
        return str(self.info["name"])

    @property
    def quads(self) -> Path:
        """The gzipped N-Quads."""
        return self.folder / "quads.nq.gz"

    @property
    def findings(self) -> Path:
        """All findings as CSV."""
        return self.folder / "findings.csv"

    @property
    def file_name(self) -> str:
        """Name under which its files are published: the slashes of its name become hyphens."""
        return self.name.replace("/", "-")


@dataclass(frozen=True)
class Layer:
    """The store and the labels of all reference sources, and how much they hold."""

    folder: Path
    parts: tuple[ReferencePart, ...]
    info: Mapping[str, dict[str, int]]

    @property
    def graph(self) -> Path:
        """The store."""
        return self.folder / "graph"

    @property
    def labels(self) -> Path:
        """The index of labels."""
        return self.folder / "labels.sqlite"


def make_layer(
    sources: Sequence[Reference], cache: Path, fingerprint: str, examine: Examine, progress: Callable[[str], None]
) -> tuple[Layer | None, list[str]]:
    """Read what is new, and return the layer of all sources with the names of those that were known.

    Parameters
    ----------
    sources:
        The reference sources of a build; without any there is no layer.
    cache:
        Folder of the cache.
    fingerprint:
        Hash of the code and the shapes that the results depend on beside the sources.
    examine:
        Checks what a source wrote; its findings are kept with the source's own. What comes after ESCO is checked
        beside it, and therefore anew when ESCO changes.
    progress:
        Called with a line for people whenever a step is done.

    Raises
    ------
    Refusal
        When a source has violations; nothing of it is kept.
    """
    if not sources:
        return None, []
    parts: list[ReferencePart] = []
    known, prints = [], list[str]()
    for source in sources:
        esco = next((p for p in parts if p.name == "esco"), None)
        beside = esco.folder.name if esco else ""
        prints.append(hashlib.sha256(f"{fingerprint} {source.name} {source.fingerprint()} {beside}".encode()).hexdigest())
        folder = cache / "reference" / prints[-1]
        if (folder / "part.json").is_file():
            known.append(source.name)
        else:
            fill = partial(_write_part, source=source, examine=examine, esco=esco.quads if esco else None, progress=progress)
            _new(folder, fill)
        parts.append(ReferencePart(folder, json.loads((folder / "part.json").read_text(encoding="utf-8"))))
        progress(source.name)
    whole = hashlib.sha256(" ".join([fingerprint, *prints]).encode()).hexdigest()
    folder = cache / "layers" / whole
    if not (folder / "layer.json").is_file():
        _new(folder, partial(_write_layer, parts=parts))
    _forget(cache / "reference", {*prints}, keep=30)
    _forget(cache / "layers", {whole}, keep=1)
    progress("reference layer")
    return Layer(folder, tuple(parts), json.loads((folder / "layer.json").read_text(encoding="utf-8"))), known


def _new(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside and rename it when it is complete: a killed build leaves no half entry."""
    beside = folder.with_name(f".{folder.name}")
    for leftover in (beside, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        fill(beside)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    beside.rename(folder)


def _write_part(folder: Path, source: Reference, examine: Examine, esco: Path | None, progress: Callable[[str], None]) -> None:
    raw = folder / "quads.nq"
    with raw.open("wb") as file:
        written = source.write(file, progress)
    findings = in_order([*written.findings, *([] if violations(written.findings) else examine(source, raw, esco))])
    if refused := violations(findings):
        raise Refusal(refused)
    digest = hashlib.sha256()
    with raw.open("rb") as plain, (folder / "quads.nq.gz").open("wb") as target:
        _compress(plain, target, digest.update)
    raw.unlink()
    write_csv(folder / "findings.csv", findings)
    info = {"name": source.name, "sha256": digest.hexdigest(), "facts": written.facts, "findings": _summary(findings)}
    (folder / "part.json").write_text(json.dumps(info, ensure_ascii=False, default=list), encoding="utf-8")


def _compress(plain: BinaryIO, target: BinaryIO, also: Callable[[bytes], None]) -> None:
    """Without name and time in the header, so that the same quads give the same file."""
    with gzip.GzipFile(filename="", mode="wb", fileobj=target, compresslevel=_GZIP_LEVEL, mtime=0) as packed:
        while block := plain.read(1 << 20):
            also(block)
            packed.write(block)


def _summary(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """How often each component was found, with the first place and message."""
    kinds: dict[tuple[str, str], dict[str, Any]] = {}
    for finding in findings:
        kind = kinds.setdefault(
            (finding.severity, finding.component),
            {"severity": finding.severity, "component": finding.component, "count": 0, "first": finding.as_line()},
        )
        kind["count"] += 1
    return sorted(kinds.values(), key=lambda k: (k["severity"] == "Info", -k["count"], k["component"]))


def _write_layer(folder: Path, parts: Sequence[ReferencePart]) -> None:
    store.bulk_load(folder / "graph", *(part.quads for part in parts))
    labels.build(folder / "labels.sqlite", [part.quads for part in parts])
    info = {"counts": store.counts(folder / "graph"), **_partitions(folder / "graph")}
    (folder / "layer.json").write_text(json.dumps(info, sort_keys=True), encoding="utf-8")


def _partitions(graph: Path) -> dict[str, dict[str, int]]:
    """Entities by class and triples by predicate of each graph, for VoID."""
    opened = ox.Store.read_only(str(graph))
    found: dict[str, Counter[str]] = {"classes": Counter(), "properties": Counter()}
    queries = {
        "classes": f"SELECT ?k (COUNT(DISTINCT ?s) AS ?n) {{ GRAPH ?g {{ ?s <{RDF_TYPE}> ?k }} }} GROUP BY ?k",
        "properties": "SELECT ?k (COUNT(*) AS ?n) { GRAPH ?g { ?s ?k ?o } } GROUP BY ?k",
    }
    for kind, query in queries.items():
        rows = opened.query(query)
        assert isinstance(rows, ox.QuerySolutions)
        for row in rows:
            found[kind][row["k"].value] += int(row["n"].value)
    return {kind: dict(sorted(numbers.items())) for kind, numbers in found.items()}


def _forget(folder: Path, used: set[str], keep: int) -> None:
    """Remove the oldest entries beyond a number; those of this build stay."""
    if not folder.is_dir():
        return
    others = sorted((p for p in folder.iterdir() if p.name not in used), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in others[keep:]:
        shutil.rmtree(path, ignore_errors=True)
