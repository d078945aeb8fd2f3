"""Reading what the benchmarks of occupations need: MELO data sets, ESCO v1.0.8, national crosswalks."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import encoder as encoders

from wise_skills.alignment.model import Concept

DEVELOPMENT = ("fra", "ita", "nld", "lva", "hrv", "esp", "usa")
_TABLES = {"esp": "ES_", "fra": "FR_", "hrv": "HR_", "ita": "IT_", "lva": "LV_", "nld": "NL_", "usa": "crosswalk_esco_onet"}


def shared() -> Path:
    """Return the folder of data beside the project: `$WISE_SHARED`, else `../shared`."""
    return Path(os.environ.get("WISE_SHARED") or Path(__file__).resolve().parents[2] / "shared")


def name_of(country: str, corpus: str = "") -> str:
    """Return the name of a development set: of a country, with the ESCO labels of a language (its own unless said)."""
    own = {"fra": "fr", "ita": "it", "nld": "nl", "lva": "lv", "hrv": "hr", "esp": "es", "usa": "en"}[country]
    return f"{country}_q_{own}_c_{corpus or own}"


@dataclass
class MeloSet:
    """A MELO data set.

    Attributes
    ----------
    country, language, corpus:
        Its country (three letters), the language of its queries, and of its corpus (several joined by `_`).
    queries:
        Number and text of each query.
    elements, texts:
        Number and text of each element of the corpus, in the order of the file.
    concepts:
        The concepts' IRIs, in order of their first element.
    of:
        For each element the place of its concept in `concepts`.
    gold:
        For each query the places of its right concepts.
    """

    country: str
    language: str
    corpus: str
    queries: list[tuple[str, str]]
    elements: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    concepts: list[str] = field(default_factory=list)
    of: list[int] = field(default_factory=list)
    gold: list[set[int]] = field(default_factory=list)
    relevant: list[set[int]] = field(default_factory=list)


def read_set(folder: Path) -> MeloSet:
    """Read a data set; its name says country and languages (`cze_q_cs_c_en`)."""
    match = re.fullmatch(r"([a-z]{3})_q_([a-z]+)_c_([a-z_]+)", folder.name)
    if not match:
        raise SystemExit(f"{folder}: a data set's folder is named like cze_q_cs_c_en")
    found = MeloSet(*match.groups(), queries=[(row[0], row[1]) for row in rows(folder, "queries")])
    concept_of = {row[0]: row[1] for row in rows(folder, "concept_mapping")}
    places: dict[str, int] = {}
    number: dict[str, int] = {}
    for row in rows(folder, "corpus_elements"):
        number[row[0]] = len(found.elements)
        found.elements.append(row[0])
        found.texts.append(row[1])
        found.of.append(places.setdefault(concept_of[row[0]], len(places)))
    found.concepts = list(places)
    order = {query: i for i, (query, _) in enumerate(found.queries)}
    found.relevant = [set() for _ in found.queries]
    if any(folder.glob("annotations.tsv*")):
        for row in rows(folder, "annotations"):
            if row[0] in order and row[2] in number and row[3] != "0":
                found.relevant[order[row[0]]].add(number[row[2]])
    found.gold = [{found.of[e] for e in relevant} for relevant in found.relevant]
    return found


def rows(folder: Path, name: str) -> Iterator[list[str]]:
    """Yield the rows of a file of a data set, packed or not."""
    path = next(folder.glob(f"{name}.tsv*"))
    for line in text_of(path).splitlines():
        if line.strip():
            yield line.split("\t")


def text_of(path: Path) -> str:
    """Return the text of a file that may be packed with gzip."""
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")


@cache
def esco(folder: Path) -> dict[str, Concept]:
    """Return the occupations and ISCO groups of ESCO v1.0.8 by IRI, with labels and descriptions in all languages there are."""
    drafts: dict[str, encoders.Draft] = {}
    for language in encoders.LANGUAGES:
        for name, is_group in (("ISCOGroups", True), ("occupations", False)):
            encoders._take(drafts, encoders.table(folder, f"{name}_{language}"), language, "occupation", is_group=is_group)
    return {concept.iri: concept for concept in encoders._concepts(drafts, {})}


@dataclass(frozen=True)
class Row:
    """A row of a national table: the national label and its code, the ESCO concept, the relation."""

    text: str
    code: str
    iri: str
    relation: str


@cache
def crosswalk(folder: Path, country: str) -> tuple[Row, ...]:
    """Return the rows of a development country's table; none where the table is not held."""
    path = next(iter(sorted(folder.glob(_TABLES[country] + "*"))), None) if country in _TABLES else None
    if path is None:
        return ()
    found = []
    for row in csv.reader(io.StringIO(text_of(path))):
        cells = next(csv.reader(row)) if len([c for c in row if c]) == 1 else row  # LV: rows wrapped whole in quotes
        places = [i for i, cell in enumerate(cells) if "data.europa.eu/esco/" in cell]
        relation = next((c for c in reversed(cells) if re.fullmatch(r"(skos:)?(exact|close|broad|narrow)(Match|ISCO)", c.strip())), "")
        if not places or not relation:
            continue
        iri = cells[places[0]].strip()
        relation = relation.strip().removeprefix("skos:").replace("ISCO", "Match")
        if country == "usa":
            found.append(Row(cells[1].strip(), cells[0].strip(), iri, relation))
        else:
            national = cells[3:]
            label, code = (national[1], national[0]) if len(cells) >= 7 else (national[0], "")
            found.append(Row(label.strip(), code.strip(), iri, relation))
    return tuple(found)


def released(folder: Path) -> Path:
    """Return the folder of ESCO v1.0.8's files: in the given one, or itself."""
    return folder / "v1.0.8" if (folder / "v1.0.8").is_dir() else folder
