"""What the SPARQL editor completes: prefixes, classes and properties as VoID counts them, names of graphs.

Written once for an edition and language. An endpoint without a release has no VoID of ours: then the terms are those
that the ontology in the graph declares, without counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from query_ui.edition import Edition
from wise_skills.names import RDFS, SKOS

Found = dict[str, dict[str, int | None]]
_KINDS = {"class": "classes", "property": "properties"}
"""Kinds of terms, and the keys of their counts in a release (`void:classPartition`, `void:propertyPartition`)."""


def written(edition: Edition, language: str) -> bytes:
    """Return everything as JSON; names and definitions in one language, English where there is none."""
    key = f"query terms {language}"
    if key not in edition.memory:
        edition.memory[key] = json.dumps(_made(edition, language), ensure_ascii=False, separators=(",", ":")).encode()
    found: bytes = edition.memory[key]
    return found


def _made(edition: Edition, language: str) -> dict[str, Any]:
    found = _counted(edition) or _declared(edition)
    iris = [iri for kind in _KINDS for iri in found[kind]]
    labels = edition.labels.labels(iris, language)
    definitions = _definitions(edition, iris, language)
    terms = []
    for kind in _KINDS:
        for iri, count in found[kind].items():
            label, tag = labels[iri]
            term: dict[str, Any] = {"iri": iri, "kind": kind, "count": count}
            if tag is not None:
                term |= {"label": label, "lang": tag}
            if iri in definitions:
                term["definition"], term["in"] = definitions[iri]
            terms.append(term)
    return {"prefixes": edition.prefixes, "terms": terms, "graphs": edition.engine.graphs()}


def _counted(edition: Edition) -> Found | None:
    """Classes with their things, properties with their statements, as the description of the release counts them."""
    if edition.release is None or not edition.release.info.get("classes"):
        return None
    return {kind: dict(edition.release.info[key]) for kind, key in _KINDS.items()}


def _declared(edition: Edition) -> Found:
    table = edition.select(
        "SELECT DISTINCT ?term ?kind WHERE { VALUES (?type ?kind) { (owl:Class 'class') (owl:ObjectProperty 'property')"
        " (owl:DatatypeProperty 'property') } ?term a ?type . FILTER isIRI(?term) } ORDER BY ?term"
    )
    found: Found = {kind: {} for kind in _KINDS}
    for term, kind in table:
        if term is not None and kind is not None:
            found[kind.value][term.value] = None
    return found


def _definitions(edition: Edition, iris: Iterable[str], language: str) -> dict[str, tuple[str, str]]:
    """Definitions with their languages; what the reader's language lacks is given in English."""
    values = " ".join(f"<{iri}>" for iri in iris)
    if not values:
        return {}
    table = edition.select(
        f"SELECT ?term ?text (LANG(?text) AS ?tag) WHERE {{ VALUES ?term {{ {values} }}"
        f" {{ ?term <{SKOS}definition> ?text }} UNION {{ ?term <{RDFS}comment> ?text }} }}"
    )
    best: dict[str, tuple[int, str, str]] = {}
    for term, text, tag in table:
        if term is None or text is None or tag is None or tag.value not in (language, "en", ""):
            continue
        rank = (language, "en", "").index(tag.value)
        if term.value not in best or (rank, text.value) < best[term.value][:2]:
            best[term.value] = (rank, text.value, tag.value)
    return {iri: (text, tag) for iri, (_, text, tag) in best.items()}
