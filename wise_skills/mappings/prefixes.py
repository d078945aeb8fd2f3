"""Prefixes: short names of entities (`escoskill:…`) and the IRIs that they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode

from wise_skills.mappings.model import MappingSet
from wise_skills.names import BASE, OWL, PREFIXES, RDF, RDFS, SKOS, SSSOM

SEMAPV = "https://w3id.org/semapv/vocab/"
BUILT_IN = {"owl": OWL, "rdf": RDF, "rdfs": RDFS, "skos": SKOS, "semapv": SEMAPV, "sssom": SSSOM}
"""Prefixes that need no line in `curie_map` (SSSOM 1.0, "IRI prefixes")."""
ESCO = "http://data.europa.eu/esco/"
KNOWN = {
    "escoskill": ESCO + "skill/",
    "escooccupation": ESCO + "occupation/",
    "escoisco": ESCO + "isco/",
    "escogroup": ESCO + "isced-f/",
    "escoscheme": ESCO + "concept-scheme/",
    "orcid": "https://orcid.org/",
    "ni": "ni:///sha-256;",
    **{name: PREFIXES[name] for name in ("dct", "xsd", "prov")},
}
_OWN = re.compile(re.escape(BASE) + r"id/([a-z]{2,3})/([a-z]+)/")
_NAMESPACE = re.compile(r".*[/#:=](?=.)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def is_prefix(name: str, space: str) -> bool:
    """Whether a name can be a prefix for the addresses that begin with `space`."""
    return bool(_NAME.fullmatch(name)) and ":" in space


def expand(curie: str, prefixes: Mapping[str, str]) -> str | None:
    """Return the IRI of a short name; `None` where its prefix is not declared or no IRI comes of it."""
    prefix, colon, local = curie.partition(":")
    if not colon or prefix not in prefixes or local.startswith("//"):
        return None
    iri = prefixes[prefix] + local
    try:
        NamedNode(iri)
    except ValueError:
        return None
    return iri


def contract(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return the short name of an IRI under the longest namespace that fits; the IRI itself where none does."""
    best, length = "", 0
    for prefix, space in prefixes.items():
        size = len(space)
        nearer = size > length or (size == length and prefix < best)
        if nearer and size < len(iri) and iri.startswith(space) and not iri.startswith("//", size):
            best, length = prefix, size
    return f"{best}:{iri[length:]}" if length else iri


def declared(mappings: MappingSet) -> dict[str, str]:
    """Return the prefixes that came with a set: its metadata hold them as lines `prefix: address` in `curie_map`."""
    lines = mappings.metadata.get("curie_map", [])
    pairs = (line.partition(": ") for line in ([lines] if isinstance(lines, str) else lines))
    return {name: space for name, colon, space in pairs if colon and _NAME.fullmatch(name) and name not in BUILT_IN}


def lines(prefixes: Mapping[str, str]) -> list[str]:
    """Return prefixes as the metadata of a set hold them."""
    return [f"{name}: {prefixes[name]}" for name in sorted(prefixes)]


def prefixes_for(iris: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that short names of these IRIs need, without the built-in ones.

    Those given are taken first, then those we know; for other namespaces names are made (`ns1`, `ns2`, … in the order
    of their addresses), so that the same IRIs always get the same names.
    """
    used, open_spaces, whole = dict[str, str](), set[str](), dict(given)
    for name, space in KNOWN.items():
        if name not in whole and space not in whole.values():
            whole[name] = space
    for iri in sorted(set(iris)):
        if (short := contract(iri, BUILT_IN)) == iri and (short := contract(iri, whole)) == iri:
            if own := _OWN.match(iri):
                name = f"w{own[2]}" if own[1] == "eu" else f"w{own[2]}_{own[1]}"
                if name not in whole and name not in BUILT_IN:
                    whole[name] = own[0]
                    short = contract(iri, whole)
            if short == iri and (found := _NAMESPACE.match(iri)):
                open_spaces.add(found[0])
        if short != iri and (name := short.partition(":")[0]) not in BUILT_IN:
            used[name] = whole[name]
    number = 0
    for space in sorted(open_spaces):
        number += 1
        while f"ns{number}" in whole:
            number += 1
        used[f"ns{number}"] = space
    return used
