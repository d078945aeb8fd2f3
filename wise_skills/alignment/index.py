"""What a release keeps so that concepts can be proposed at once: made by `wise build`, read by `Matcher.open`.

::

    <release>/alignment/index.json        the pools, whether there is an encoder, rejected pairs
    <release>/alignment/encoder/          where ESCO was loaded
    <release>/alignment/<scheme>-<kind>/  a pool (`pools`), and `evidence/`

The encoder is learned from ESCO alone, and the pools depend on their concepts and the encoder: both are kept in the build's
cache by their content, and linked under each release.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import fields
from itertools import groupby
from pathlib import Path

import numpy as np
import pyoxigraph as ox

from wise_skills.alignment.concepts import read_concepts
from wise_skills.alignment.encoder import Encoder
from wise_skills.alignment.evidence import Evidence
from wise_skills.alignment.known import Accepted, read_known
from wise_skills.alignment.model import Concept
from wise_skills.alignment.pools import digest, write_pool
from wise_skills.names import Names

INFO, ENCODER, EVIDENCE = "index.json", "encoder", "evidence"
_SIZES = "sizes.json"
LEAST = 2_000
"""With fewer labels of ESCO nothing is learned: a handful of labels teaches nothing that the words do not say."""

KEPT = 60
"""So many encoders and pools stay in the cache."""
_LEARNING = ("encoder", "ngrams", "pairs", "training", "../labels/folding")
_SCORING = ("candidates", "evidence", "hierarchy", "lexical", "pools", "words")

Step = Callable[[int, int], None]


def fingerprint() -> str:
    """Return a hash of the code whose results a release keeps."""
    return _of_code(*_LEARNING, *_SCORING, "concepts", "index", "known")


def _of_code(*modules: str) -> str:
    sources = ((Path(__file__).parent / f"{module}.py").read_bytes() for module in modules)
    return hashlib.sha256(b"\0".join(sources)).hexdigest()


def build(folder: Path, graph: Path, names: Names, cache: Path, step: Step = lambda done, whole: None) -> None:
    """Make what the matcher of a release reads.

    Parameters
    ----------
    folder:
        The folder to fill.
    graph, names:
        The finished store of the release, and the names under its base.
    cache:
        Folder in which the encoder and pools are kept by their content.
    step:
        Called with the number of steps of learning that are done, and of all; not called where all is known.
    """
    store = ox.Store.read_only(str(graph))
    concepts = read_concepts(store, names)
    accepted, rejected = read_known(store, names, concepts)
    del store
    folder.mkdir(parents=True, exist_ok=True)
    encoder, learned = _encoder(folder, [c for c in concepts if c.scheme == "esco"], cache, step)
    pools = []
    for (scheme, kind), members in groupby(sorted(concepts, key=_place), key=_place):
        of_pool = list(members)
        name = f"{scheme}-{kind}"
        made = cache / digest(of_pool, _of_code(*_SCORING), learned, name)
        if not _is_whole(made):
            write_pool(of_pool, encoder, _beside(made))
            _keep(made)
        _link(made, folder / name)
        if encoder is not None:
            _write_evidence(folder / name / EVIDENCE, of_pool, accepted, encoder)
        pools.append(
            {"scheme": scheme, "kind": kind, "concepts": sum(not c.is_group for c in of_pool), "groups": sum(c.is_group for c in of_pool)}
        )
    _prune(cache)
    info = {"pools": pools, "learned": bool(learned), "rejected": sorted(rejected)}
    (folder / INFO).write_text(json.dumps(info, indent=1) + "\n", encoding="utf-8")


def _place(concept: Concept) -> tuple[str, str]:
    return concept.scheme, concept.kind


def _beside(made: Path) -> Path:
    return made.with_name(f".{made.name}")


def _sizes(folder: Path) -> dict[str, int]:
    return {str(p.relative_to(folder)): p.stat().st_size for p in sorted(folder.rglob("*")) if p.is_file() and p.name != _SIZES}


def _keep(made: Path) -> None:
    """Give what was made beside it its name, with the sizes of its files."""
    (_beside(made) / _SIZES).write_text(json.dumps(_sizes(_beside(made))), encoding="utf-8")
    shutil.rmtree(made, ignore_errors=True)
    _beside(made).rename(made)


def _is_whole(made: Path) -> bool:
    """Whether a folder of the cache is there as it was written; if not, it is made again."""
    try:
        sizes: dict[str, int] = json.loads((made / _SIZES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return sizes == _sizes(made)


def _encoder(folder: Path, esco: Sequence[Concept], cache: Path, step: Step) -> tuple[Encoder | None, str]:
    """The encoder of these concepts and its fingerprint, learned unless it is known; nothing where there is too little."""
    cache.mkdir(parents=True, exist_ok=True)
    for left in cache.glob(".*"):  # of a build that was killed
        shutil.rmtree(left, ignore_errors=True)
    if sum(len(concept.labels) for concept in esco) < LEAST:
        return None, ""
    key = digest(esco, _of_code(*_LEARNING), ENCODER)
    made = cache / key
    if not _is_whole(made):
        Encoder.train(esco, step=step).save(_beside(made))
        _keep(made)
    _link(made, folder / ENCODER)
    return Encoder.load(made), key


def _link(made: Path, folder: Path) -> None:
    """Link the files of a folder of the cache: they never change."""
    for path in sorted(made.rglob("*")):
        target = folder / path.relative_to(made)
        if path.is_file() and path.name != _SIZES:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(path)
    os.utime(made)


def _prune(cache: Path) -> None:
    """Remove what was not used for the longest time."""
    kept = sorted((f for f in cache.iterdir() if f.is_dir()), key=lambda f: f.stat().st_mtime, reverse=True)
    for left in kept[KEPT:]:
        shutil.rmtree(left, ignore_errors=True)


def _write_evidence(folder: Path, concepts: Sequence[Concept], accepted: Sequence[Accepted], encoder: Encoder) -> None:
    iris = {concept.iri for concept in concepts}
    kept = [mapping for mapping in accepted if mapping.concept in iris]
    if not kept:
        return
    folder.mkdir(parents=True, exist_ok=True)
    evidence = Evidence.of_mappings(kept, [concept.iri for concept in concepts], encoder.encode([mapping.text for mapping in kept]))
    for place in fields(evidence):
        value = np.asarray(getattr(evidence, place.name))
        np.save(folder / f"{place.name}.npy", value.astype(np.float16) if value.dtype == np.float32 else value)


def read_evidence(folder: Path) -> Evidence | None:
    """Return the evidence of a pool; `None` where nothing was accepted."""
    if not folder.is_dir():
        return None
    arrays = {place.name: np.load(folder / f"{place.name}.npy", allow_pickle=False) for place in fields(Evidence)}
    arrays["vectors"] = arrays["vectors"].astype(np.float32)
    return Evidence(**{**arrays, "size": int(arrays["size"])})
