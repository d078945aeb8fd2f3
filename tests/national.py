"""The real data as tests look at them: rows as they were written, and quads as the loader reads them."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import yaml

from loaders.folders import Vocabulary, read_folders
from loaders.tables import Loaded
from wise_skills.names import FOLDERS, resource

COUNTRIES = tuple(f for f in FOLDERS if f != "eu")
FIXTURES = Path(__file__).parent / "fixtures"


class Row(NamedTuple):
    """A row of a national table."""

    folder: str
    table: str
    cells: dict[str, str]

    def listed(self, column: str) -> list[str]:
        """Return the values of a cell that holds several."""
        return [v.strip() for v in (self.cells.get(column) or "").split(" | ") if v.strip()]


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary.of_project()


@cache
def loaded() -> dict[str, Loaded]:
    """Quads of all folders, read once."""
    folders = read_folders(resource("data"), vocabulary())
    return {name: folders.load(name) for name in folders.sheets}


def quads() -> Iterator[ox.Quad]:
    for one in loaded().values():
        yield from one.quads


@cache
def rows() -> tuple[Row, ...]:
    """All rows of all CSV files."""
    found = []
    for folder in FOLDERS:
        for path in sorted((resource("data") / folder).glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                found += [Row(folder, path.stem, r) for r in csv.DictReader(file, strict=True)]
    return tuple(found)


def rows_of(table: str) -> list[Row]:
    return [r for r in rows() if r.table == table]


@cache
def made_of() -> dict[str, list[Row]]:
    """Rows by the id of the research row that they were made of."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows():
        for key in row.listed("identifier"):
            found[key].append(row)
    return found


class Mapping(NamedTuple):
    """A row of a mapping file, with whole IRIs."""

    file: str
    subject: str
    predicate: str
    object: str
    cells: dict[str, str]


def mapping_files() -> list[Path]:
    return sorted(resource("data").glob("*/*.sssom.tsv"))


def split_mapping_file(path: Path) -> tuple[dict, list[dict[str, str]]]:
    """Metadata and rows, read with a plain reader of our own: the loader is what is being tested."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    metadata = yaml.safe_load("".join(line[1:] for line in head))
    return metadata, list(csv.DictReader(lines[len(head) :], delimiter="\t", strict=True))


@cache
def mappings() -> tuple[Mapping, ...]:
    built_in = {
        "sssom": "https://w3id.org/sssom/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "semapv": "https://w3id.org/semapv/vocab/",
    }
    found = []
    for path in mapping_files():
        metadata, table = split_mapping_file(path)
        prefixes = built_in | metadata["curie_map"]

        def whole(curie: str, prefixes: dict[str, str] = prefixes) -> str:
            prefix, _, local = curie.partition(":")
            return prefixes[prefix] + local

        name = f"{path.parent.name}/{path.name}"
        found += [Mapping(name, *(whole(r[c]) for c in ("subject_id", "predicate_id", "object_id")), r) for r in table]
    return tuple(found)


def exceptions(name: str) -> list[dict[str, str]]:
    """A list of reasoned exceptions; the tests that use one fail when an entry is no longer true."""
    with (FIXTURES / name).open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, strict=True))
    assert all(r["reason"].endswith(".") for r in found), f"every entry of {name} needs a reason"
    return found
