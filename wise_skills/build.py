"""From sources to a release: cached, checked, inferred, dumped, loaded, indexed, renamed into place.

Sources come from the loaders (the command line wires them); this module knows only that each has a name, a
fingerprint of everything it depends on, and a way to be loaded. Nothing here writes to a release that is served:
`release.write_release` fills a folder of its own and swings `current` in one step.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import platform
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from wise_skills import __version__, derived, labels, store
from wise_skills.cache import Cache
from wise_skills.errors import ReleaseError, ViolationsFound
from wise_skills.findings import Finding, in_order, violations
from wise_skills.layer import Examine, Layer, Refusal, make_layer
from wise_skills.names import PREFIXES, RDF_TYPE, Names
from wise_skills.release import Release, open_release, write_info, write_release
from wise_skills.source import Part, Reference, Source, file_digest

_IN_A_LANGUAGE = re.compile(rb'"@[A-Za-z0-9-]+ <[^>]*> \.$')
TOOLS = ("pyoxigraph", "pyshacl", "rdflib", "reasonable")


@dataclass
class Plan:
    """What a build is made of.

    `across` checks all own sources together, `infer` adds what follows from them; `examine` checks what a reference
    source wrote, and `against` checks the finished store, in which our sources that have `meets_references` meet what
    they point to.
    """

    sources: Sequence[Source]
    across: Callable[[Sequence[Finding]], list[Finding]]
    infer: Callable[[bytes], bytes]
    base: str
    fingerprint: str = ""
    references: Sequence[Reference] = ()
    examine: Examine = lambda _source, _path, _esco: ()
    against: Callable[[ox.Store], list[Finding]] = lambda _store: []
    reference_fingerprint: str = ""


@dataclass
class Outcome:
    """A finished build: the release, and the warnings that it publishes.

    `reused` names the sources that came from the cache; the findings of reference sources stand in `release.json`
    (how many of each kind) and in the folder `report`.
    """

    release: Release
    findings: list[Finding]
    reused: list[str] = field(default_factory=list)


def build(
    plan: Plan,
    out: Path,
    *,
    cache: bool = True,
    progress: Callable[[str], None] = lambda _: None,
    learning: Callable[[int, int], None] = lambda done, whole: None,
) -> Outcome:
    """Make a release.

    Parameters
    ----------
    plan:
        The sources and what is to be done with them.
    out:
        Folder of the releases; `out/current` is swung to the new one at the very end.
    cache:
        Whether results of unchanged sources may be taken from `out/cache`.
    progress:
        Called with a line for people whenever a step is done.
    learning:
        Called with how much has been learned from ESCO's labels, and the whole; not at all where nothing new is to be learned.

    Raises
    ------
    ViolationsFound
        When the data break their shapes; its `findings` hold all of them. The previous release stays.
    """
    with _cache_folder(out, cache) as folder:
        store_of_parts = Cache(out / "cache" if cache else None)
        try:
            layer, known = make_layer(plan.references, folder, plan.reference_fingerprint, plan.examine, progress)
        except Refusal as refusal:
            raise Refused(list(refusal.findings), list(refusal.findings)) from None
        parts, reused = _parts(plan, store_of_parts, progress)
        findings = [f for part in parts.values() for f in part.findings]
        findings = in_order(plan.across(findings))
        refused = violations(findings)
        if refused:
            raise Refused(refused, findings)
        everything = b"".join(part.nquads for part in parts.values())
        inferred = _inferred(plan, store_of_parts, everything)
        progress("inferences")
        against = _against(plan, store_of_parts, layer)

        def derive(release: Path, version: str) -> None:
            derived.make(release, Names(plan.base), version, folder / "alignment", learning)

        release, findings = _write(plan, out, everything + inferred, findings, layer, against, derive, progress)
        return Outcome(release, findings, [*known, *reused])


@contextmanager
def _cache_folder(out: Path, cache: bool) -> Iterator[Path]:
    """The folder of the cache; without one, a folder for this build alone, on the same disk so that files can be linked."""
    if cache:
        yield out / "cache"
        return
    out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".building-", dir=out))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Refused(ViolationsFound):
    """A build that the data's violations stopped, with all findings."""

    def __init__(self, refused: list[Finding], findings: list[Finding]) -> None:
        super().__init__(len(refused), where=", ".join(sorted({f.where.file for f in refused})[:5]))
        self.findings = findings


def _parts(plan: Plan, cache: Cache, progress: Callable[[str], None]) -> tuple[dict[str, Part], list[str]]:
    parts: dict[str, Part] = {}
    reused, used = [], set[str]()
    for source in plan.sources:
        fingerprint = source.fingerprint()
        used.add(fingerprint)
        part = cache.get(fingerprint)
        if part is None:
            part = source.load()
            cache.put(fingerprint, part)
        else:
            reused.append(source.name)
        parts[source.name] = part
        progress(source.name)
    cache.keep_only(used)
    return parts, reused


def _inferred(plan: Plan, cache: Cache, everything: bytes) -> bytes:
    """What follows from all sources. Texts in a language are not handed on, so that nothing is concluded anew when a wording changes."""
    read = b"".join(line for line in everything.splitlines(keepends=True) if not _IN_A_LANGUAGE.search(line))
    fingerprint = hashlib.sha256(plan.fingerprint.encode() + read).hexdigest()
    part = cache.get(fingerprint)
    if part is None:
        part = Part(plan.infer(read))
        cache.put(fingerprint, part)
    return part.nquads


def _against(plan: Plan, cache: Cache, layer: Layer | None) -> Callable[[Path], list[Finding]]:
    """What finds, in a store, what our mappings meet in the reference layer; kept as long as neither of the two changes."""
    if layer is None:
        return lambda _: []
    met = (s.fingerprint() for s in plan.sources if getattr(s, "meets_references", False))
    fingerprint = hashlib.sha256(" ".join([plan.fingerprint, plan.reference_fingerprint, layer.folder.name, *met]).encode()).hexdigest()

    def against(graph: Path) -> list[Finding]:
        part = cache.get(fingerprint)
        if part is None:
            part = Part(b"", tuple(plan.against(ox.Store.read_only(str(graph)))))
            cache.put(fingerprint, part)
        return list(part.findings)

    return against


def _write(
    plan: Plan,
    out: Path,
    nquads: bytes,
    findings: list[Finding],
    layer: Layer | None,
    against: Callable[[Path], list[Finding]],
    derive: Callable[[Path, str], None],
    progress: Callable[[str], None],
) -> tuple[Release, list[Finding]]:
    """Dump, load, index and describe; the folder becomes a release only when all of it is there."""
    lines = sorted(set(nquads.splitlines(keepends=True)))
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    whole = hashlib.sha256(" ".join([digest, *(f"{p.name} {p.info['sha256']}" for p in layer.parts)] if layer else [digest]).encode())
    release_id = f"{__version__}-{(whole.hexdigest() if layer else digest)[:12]}"
    references = [_described(p.info, p.file_name) for p in layer.parts] if layer else []
    with suppress(ReleaseError):
        made = open_release(out / "releases" / release_id)
        same = json.loads(json.dumps(references, default=list)) == made.info.get("references", [])
        same = same and made.info.get("alignment") == derived.fingerprint()
        if same and (out / "current").resolve() == made.path.resolve():
            return made, in_order([*findings, *against(made.graph)])
    with write_release(out, release_id, wait=60.0) as folder:
        for part in ("dump", "report", "labels"):
            (folder / part).mkdir(exist_ok=True)
        dump = folder / "dump" / "wise-skills.nq"
        dump.write_bytes(b"".join(lines))
        _turtle(lines, folder / "dump" / "wise-skills.ttl", plan.base)
        asked = f"<{Names(plan.base).graph('questions')}> .\n".encode()
        _turtle([line for line in lines if line.endswith(asked)], folder / "dump" / "questions.ttl", plan.base)
        progress("dump")
        if layer:
            store.copy(layer.graph, folder / "graph")
        store.bulk_load(folder / "graph", dump, optimize=layer is None)
        progress("store")
        labels.build(folder / "labels" / "labels.sqlite", dump, base=layer.labels if layer else None)
        progress("labels")
        derive(folder, release_id)
        progress("alignment")
        findings = in_order([*findings, *against(folder / "graph")])
        report = {"conforms": True, "findings": [f.as_dict() for f in findings]}
        (folder / "report" / "findings.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
        own = sorted({line.rsplit(b" ", 2)[1][1:-1].decode() for line in lines})
        counts, partitions = store.counts(folder / "graph", own), _partitions(lines)
        if layer:
            _link(layer, folder)
            counts = dict(sorted({**layer.info["counts"], **counts}.items()))
            partitions = {k: dict(sorted((Counter(v) + Counter(layer.info[k])).items())) for k, v in partitions.items()}
        write_info(
            folder,
            id=release_id,
            created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            counts=counts,
            inputs=list(_inputs(plan)),
            tools={"wise-skills": __version__, "python": platform.python_version(), **{t: version(t) for t in TOOLS}},
            sha256=digest,
            base=plan.base,
            warnings=len(findings),
            references=references,
            alignment=derived.fingerprint(),
            **partitions,
        )
    return open_release(out / "current"), findings


def _link(layer: Layer, folder: Path) -> None:
    """Link the quads and findings of the reference sources into a release; none of these files ever changes."""
    for part in layer.parts:
        (folder / "dump" / f"{part.file_name}.nq.gz").hardlink_to(part.quads)
        (folder / "report" / f"{part.file_name}.csv").hardlink_to(part.findings)


def _described(info: Mapping[str, Any], file_name: str) -> dict[str, Any]:
    """A reference source as `release.json` names it."""
    return {**info["facts"], "name": info["name"], "sha256": info["sha256"], "file": file_name + ".nq.gz", "findings": info["findings"]}


def _partitions(lines: list[bytes]) -> dict[str, dict[str, int]]:
    """Entities by class and triples by predicate, for VoID; a thing of two graphs counts once."""
    classes, properties, seen = Counter[str](), Counter[str](), set[tuple[object, object]]()
    for quad in ox.parse(b"".join(lines), ox.RdfFormat.N_QUADS):
        properties[quad.predicate.value] += 1
        if quad.predicate.value == RDF_TYPE and isinstance(quad.object, ox.NamedNode) and (quad.subject, quad.object) not in seen:
            seen.add((quad.subject, quad.object))
            classes[quad.object.value] += 1
    return {"classes": dict(sorted(classes.items())), "properties": dict(sorted(properties.items()))}


def _inputs(plan: Plan) -> Iterator[dict[str, str]]:
    read = [(s.name, s.files) for s in plan.references] + [(s.name, s.files) for s in plan.sources]
    for name, files in read:
        for path in files:
            yield {"source": name, "file": f"{path.parent.name}/{path.name}", "sha256": file_digest(path).hex()}


def _turtle(lines: list[bytes], path: Path, base: str) -> None:
    """The union of all graphs as Turtle, for those who want one file without named graphs."""
    names = Names(base)
    triples = b"".join(sorted({line.rsplit(b" ", 2)[0] + b" .\n" for line in lines}))
    prefixes = {p: names.rebase(iri) for p, iri in PREFIXES.items()}
    with path.open("wb") as file:
        ox.serialize(ox.parse(triples, ox.RdfFormat.N_TRIPLES), file, ox.RdfFormat.TURTLE, prefixes=prefixes)
