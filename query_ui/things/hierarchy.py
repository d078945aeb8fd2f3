"""The hierarchy above concepts: what is broader than each, up to the top."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from query_ui.edition import Edition
from wise_skills.errors import InputError
from wise_skills.terms import iri as iri_term

_DEPTH = 8
_AT_ONCE = 300


def has_broader(served: Edition, iris: Collection[str]) -> bool:
    """Whether any of the things has a broader one; some of them are asked about, and the answer is kept."""
    sample = tuple(sorted(iris)[:: max(1, len(iris) // 20)][:20])
    kept: dict[tuple[str, ...], bool] = served.memory.setdefault("has broader", {})
    if sample not in kept:
        if len(kept) > 1_000:
            kept.clear()
        kept[sample] = bool(_broader(served, sample))
    return kept[sample]


def broader(served: Edition, iris: Iterable[str]) -> dict[str, str]:
    """Return what is broader than each thing and than each of those in turn; of several, the first by name."""
    found: dict[str, str] = {}
    rim = set(iris)
    for _ in range(_DEPTH):
        above = _broader(served, [i for i in rim if i not in found])
        found.update({k: v for k, v in above.items() if k not in found})
        rim = set(above.values()) - set(found)
        if not rim:
            break
    return _without_circles(found)


def _broader(served: Edition, iris: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    wanted = [t for i in sorted(iris) if (t := _written(i))]
    for start in range(0, len(wanted), _AT_ONCE):
        values = " ".join(wanted[start : start + _AT_ONCE])
        table = served.select(f"SELECT ?s (MIN(STR(?b)) AS ?above) WHERE {{ VALUES ?s {{ {values} }} ?s skos:broader ?b }} GROUP BY ?s")
        found.update({str(s): str(b) for s, b in table if s is not None and b is not None})
    return found


def _written(iri: str) -> str:
    try:
        return iri_term(iri).n3()
    except InputError:
        return ""


def _without_circles(above: dict[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for iri, parent in above.items():
        path, at = {iri}, parent
        while at in kept and at not in path:
            path.add(at)
            at = kept[at]
        if at not in path:
            kept[iri] = parent
    return kept
