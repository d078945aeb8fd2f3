"""The sets on which skills are matched, and the concepts that they are matched with.

HOUSE and TECH: sentences and spans of job advertisements with the right labels of ESCO v1.1. Competent: competences of the Belgian
VDAB with French labels and the skills of ESCO v1.0 that were mapped to them.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from encoder import LANGUAGES, SHARED, english_edition, released_concepts, released_skills

from wise_skills.alignment.model import Concept, Label

FOLDER = "crosswalks/skill-extraction-benchmark"
TABLE = "crosswalks/national/escocompetencemappingfinalreport-fr-nl-45-v3.8.csv.gz"
NO_LABEL = frozenset({"", "LABEL NOT PRESENT", "UNDERSPECIFIED"})
_SKILL = "http://data.europa.eu/esco/skill/"


@dataclass(frozen=True, slots=True)
class Part:
    """Queries of one kind: their texts, and for each the places of the right concepts."""

    name: str
    texts: list[str]
    right: list[frozenset[int]]


def text_of(path: Path) -> io.TextIOWrapper:
    """Open a file that may be packed."""
    return io.TextIOWrapper(gzip.open(path) if path.suffix == ".gz" else path.open("rb"), encoding="utf-8-sig", newline="")


def english_skills(shared: Path = SHARED) -> tuple[list[Concept], list[Concept]]:
    """Return the skills of ESCO v1.1.1 in English, and all concepts of that edition, of which the encoder learns."""
    every = english_edition(shared)
    return [concept for concept in every if concept.kind == "skill" and not concept.is_group], every


def french_skills(shared: Path = SHARED) -> tuple[list[Concept], list[Concept]]:
    """Return the skills of early ESCO v1.0 in French and English, and what the encoder learns of.

    v1.0 in English has no alternative labels; those of v1.1.1 are added where the IRI is the same. The encoder also learns of the
    occupations of v1.0.8 in both languages.
    """
    newer = {concept.iri: concept for concept in english_edition(shared)}
    every = []
    for concept in released_skills(shared, occupations=False):
        held = {(label.language, label.text) for label in concept.labels}
        more = newer[concept.iri].labels if concept.iri in newer else ()
        further = tuple(Label(label.text, label.language) for label in more if (label.language, label.text) not in held)
        every.append(replace(concept, labels=concept.labels + further))
    skills = [concept for concept in every if not concept.is_group]
    assert set(LANGUAGES) >= {"fr", "en"}
    return skills, every + released_concepts(shared, ["en", "fr"])


def sentences(path: Path, concepts: Sequence[Concept], name: str) -> list[Part]:
    """Return the sentences of an annotated file, each with all its labels, and its spans, each with its own.

    Rows without a gold label are left out, and spans (the part of the span where one is given) count as often as they stand there.
    """
    place = {concept.label("en").text: number for number, concept in enumerate(concepts)}
    found, spans, strange = dict[str, set[int]](), list[tuple[str, int]](), set[str]()
    with text_of(path) as file:
        for row in csv.DictReader(file):
            label = row["label"].strip()
            if label in place:
                found.setdefault(row["sentence"], set()).add(place[label])
                spans.append((row.get("sub_span") or row["span"], place[label]))
            elif label not in NO_LABEL:
                strange.add(label)
    if strange:
        print(f"{path.name}: no concept has the label {', '.join(sorted(strange))}")
    return [
        Part(name, list(found), [frozenset(right) for right in found.values()]),
        Part(f"{name} spans", [span for span, _ in spans], [frozenset({right}) for _, right in spans]),
    ]


def competent(path: Path, concepts: Sequence[Concept]) -> list[Part]:
    """Return the French labels of Competent with the skills mapped to them: exact rows alone, exact and close rows together."""
    place = {concept.iri.removeprefix(_SKILL): number for number, concept in enumerate(concepts)}
    with text_of(path) as file:
        lines = list(csv.reader(file))
    at = next(number for number, line in enumerate(lines) if "Classification 2 PrefLabel FR" in line)
    rows = [dict(zip(lines[at], line, strict=False)) for line in lines[at + 1 :]]
    parts = []
    for name, relations in (("exact", {"exactMatch"}), ("exact+close", {"exactMatch", "closeMatch"})):
        found = dict[str, set[int]]()
        for row in rows:
            text, iri = row["Classification 2 PrefLabel FR"].strip(), row["Classification 1 URI"].strip().removeprefix(_SKILL)
            if row["Mapping Relation"].strip().removeprefix("skos:") in relations and text and iri in place:
                found.setdefault(text, set()).add(place[iri])
        parts.append(Part(name, list(found), [frozenset(right) for right in found.values()]))
    return parts
