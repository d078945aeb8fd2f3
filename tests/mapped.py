"""What tests of derived mappings and of the ledger share: invented mappings, and stores made of tables and SSSOM files."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
from hypothesis import strategies as st

from loaders.eures import eures_sources
from loaders.sssom import mapping_quads, read_sssom
from wise_skills.mappings.composition import RELATIONS
from wise_skills.mappings.stored import Row, Source
from wise_skills.names import BASE, SSSOM, Names

NAMES = Names()
OCCUPATION = "http://data.europa.eu/esco/occupation/"
ESCO_LIST = "http://data.europa.eu/esco/concept-scheme/occupations"


def code(country: str, number: int | str) -> str:
    """The IRI of an invented code of a country's list."""
    return f"{BASE}id/{country}/code/list/{number}"


def source(country: str, *, published: bool = True) -> Source:
    """An invented set of mappings of a country."""
    graph = NAMES.graph("mappings", f"{country}-list") if published else NAMES.graph(country, "list-esco")
    return Source(graph, graph, f"table of {country}", (ESCO_LIST, f"{BASE}id/{country}/classification/list"))


def row(country: str, number: int | str, relation: str, hub: str, status: str = "published", **slots: object) -> Row:
    """A mapping of a code to a concept of ESCO, written as publishers do: ESCO is the subject, so that the relation is turned."""
    turned = {"broadMatch": "narrowMatch", "narrowMatch": "broadMatch"}.get(relation, relation)
    of = source(country)
    node = f"{BASE}id/{country}/mapping/{number}-{relation}-{hub}"
    return Row(node, OCCUPATION + hub, turned, code(country, number), status, of, sides=of.sides, **slots)  # type: ignore[arg-type]


def rows_of(country: str, *, most: int = 12) -> st.SearchStrategy[list[Row]]:
    """Mappings of a few codes of a country to a few concepts of ESCO, each pair at most once."""
    pair = st.tuples(st.integers(1, 3), st.sampled_from("abc"))
    one = st.tuples(pair, st.sampled_from(RELATIONS), st.sampled_from((None, 0.5, 0.9)))
    unique = st.lists(one, max_size=most, unique_by=lambda drawn: drawn[0])
    return unique.map(lambda drawn: [row(country, n, relation, hub, confidence=c) for (n, hub), relation, c in drawn])


def store_of(*paths: Path, sssom: Iterable[tuple[str, Path]] = ()) -> ox.Store:
    """A store of published mapping tables, and of SSSOM files with the folder of each."""
    store = ox.Store()
    for table in eures_sources(list(paths), NAMES, "code") if paths else ():
        out = io.BytesIO()
        table.write(out)
        store.bulk_load(out.getvalue(), ox.RdfFormat.N_QUADS)
    for folder, path in sssom:
        file = read_sssom(path, f"{folder}/{path.name}")
        store.extend(mapping_quads(file, folder, NAMES))
        assert not file.findings
    return store


def sssom_file(path: Path, lines: Iterable[tuple[str, str, str, str, str]]) -> Path:
    """Write an SSSOM file: subject, relation, object, confidence, reviewer; a relation that begins with “not ” is denied."""
    head = (
        f"#curie_map:\n#  esco: {OCCUPATION}\n#  id: {BASE}id/\n#mapping_set_id: {BASE}mappings/{path.stem}\n"
        "#license: https://creativecommons.org/licenses/by/4.0/\n"
        f"#object_source: {ESCO_LIST.replace(OCCUPATION, 'esco:')}\n"
    ).replace(f"#object_source: {ESCO_LIST}\n", "#object_source: list:occupations\n")
    head = head.replace("#  id:", "#  list: http://data.europa.eu/esco/concept-scheme/\n#  id:")
    columns = ["subject_id", "predicate_id", "predicate_modifier", "object_id", "mapping_justification", "confidence", "reviewer_label"]
    text = ["\t".join(columns)]
    for subject, relation, object_, confidence, reviewer in lines:
        denied = "Not" if relation.startswith("not ") else ""
        target = "sssom:NoTermFound" if object_ == SSSOM + "NoTermFound" else object_.replace(OCCUPATION, "esco:")
        cells = (subject.replace(BASE + "id/", "id:"), f"skos:{relation.removeprefix('not ')}", denied, target)
        text.append("\t".join((*cells, "semapv:ManualMappingCuration", confidence, reviewer)))
    path.write_text(head + "\n".join(text) + "\n", encoding="utf-8")
    return path
