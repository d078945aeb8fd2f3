"""The folders of national tables: `data/<cc>/*.csv`, read together and validated folder by folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef

from loaders.keys import Concepts, Things
from loaders.records import Sheet, read_csv
from loaders.tables import Context, Loaded, index_things, load
from wise_skills.constraints import Constraints, constraints
from wise_skills.findings import VIOLATION, Cell, Finding, in_order
from wise_skills.messages import nearest, sentence, shortlist
from wise_skills.names import FOLDERS, Names, resource
from wise_skills.results import Choices
from wise_skills.rules import rules, run
from wise_skills.tables import Schema, read_schema, read_turtle
from wise_skills.validation import core


@dataclass
class Vocabulary:
    """What tables are read with: the shapes, the schemes, and what follows from both."""

    names: Names
    schema: Schema
    schemes: Graph = field(repr=False)

    @classmethod
    def of_project(cls, names: Names | None = None) -> Vocabulary:
        """Read the project's own shapes and schemes."""
        names = names or Names()
        files = sorted((resource("ontology") / "schemes").glob("*.ttl"))
        return cls(names, read_schema(names=names), read_turtle(files, names))

    @cached_property
    def concepts(self) -> Concepts:
        """The concepts of all lists."""
        return Concepts.from_graph(self.schemes)

    @cached_property
    def constraints(self) -> Constraints:
        """The shapes as pySHACL gets them."""
        return constraints(self.schema, self.names)

    @cached_property
    def places(self) -> dict[str, str]:
        """Place IRI of each folder."""
        folder = URIRef(self.names.wise + "folder")
        return {str(f): str(s) for s, f in self.schemes.subject_objects(folder) if isinstance(f, Literal)}


@dataclass
class Folders:
    """Sheets of all folders that are read together, and the things they define."""

    vocabulary: Vocabulary
    sheets: dict[str, list[Sheet]] = field(default_factory=lambda: defaultdict(list))
    findings: list[Finding] = field(default_factory=list)

    def add(self, path: Path, folder: str, shown: str) -> None:
        """Read one CSV; a file whose name is no table is reported."""
        tables = self.vocabulary.schema.by_name
        if path.stem in tables:
            self.sheets[folder].append(read_csv(path, shown, folder, tables[path.stem]))
            return
        guess = nearest(path.stem, tables)
        facts = {"value": path.stem, "nearest": f"Did you mean “{guess}”?" if guess else "", "allowed": shortlist(tables)}
        where = Cell(shown, path.stem, 0)
        self.findings.append(Finding(VIOLATION, "UnknownTable", sentence("UnknownTable", facts), where, value=path.stem))

    def add_folder(self, path: Path, folder: str) -> None:
        """Read all CSVs of a country folder."""
        for file in sorted(path.glob("*.csv")):
            self.add(file, folder, f"{folder}/{file.name}")

    @cached_property
    def things(self) -> Things:
        """Everything that cells may refer to."""
        found = Things()
        for sheets in self.sheets.values():
            index_things(sheets, found, self.vocabulary.names.base)
        return found

    def load(self, folder: str) -> Loaded:
        """Turn the tables of a folder into quads; nothing is judged yet."""
        context = Context(self.vocabulary.names, self.vocabulary.concepts, self.things, self.vocabulary.places)
        return load(self.sheets[folder], context)

    def validate(self, folder: str, loaded: Loaded) -> list[Finding]:
        """Check the Core constraints of one folder's quads."""
        concepts = self.vocabulary.concepts
        lists = {scheme: concepts.all_names(scheme) for scheme in concepts.members}
        targets = {target for target, _ in self.things.by_iri.values()}
        choices = Choices(lists, {t: tuple(self.things.choices(t, folder)) for t in targets})
        known = ((iri, target) for iri, (target, _) in self.things.by_iri.items())
        members = ((iri, scheme) for scheme, iris in concepts.members.items() for iri in iris)
        return core(loaded.quads, loaded.origin, self.vocabulary.schema, self.vocabulary.constraints, known, members, choices)


def read_folders(root: Path, vocabulary: Vocabulary) -> Folders:
    """Read all country folders below a data folder."""
    folders = Folders(vocabulary)
    for folder in FOLDERS:
        if (root / folder).is_dir():
            folders.add_folder(root / folder, folder)
    return folders


def across(vocabulary: Vocabulary, loaded: Iterable[Loaded], checked: Iterable[Loaded], found: Iterable[Finding]) -> list[Finding]:
    """Run the SPARQL constraints over the quads of all folders and return what they find in the checked ones.

    Quads that were `found` to be wrong are left out: a bad number would be reported again as a contradiction.
    """
    reported = {(f.focus, f.path, f.value) for f in found if f.focus}
    store = ox.Store()
    store.bulk_extend(
        q
        for one in loaded
        for q in one.quads
        if (q.subject.value, q.predicate.value, getattr(q.object, "value", "")) not in reported  # type: ignore[union-attr]
    )
    for s, p, o in vocabulary.schemes:
        if str(p).endswith("#notation") and isinstance(o, Literal):
            store.add(
                ox.Quad(ox.NamedNode(str(s)), ox.NamedNode(str(p)), ox.Literal(str(o)), ox.NamedNode(vocabulary.names.graph("schemes")))
            )
    return list(run(rules(vocabulary.schema, vocabulary.names), store, [one.origin for one in checked]))


def check(
    folders: Folders, only: Iterable[str] | None = None, progress: Callable[[str], None] = lambda _: None
) -> tuple[list[Finding], dict[str, Loaded]]:
    """Check folders as `wise check` does.

    Parameters
    ----------
    folders:
        What was read.
    only:
        Folders to be checked; the others are read as context. All by default.
    progress:
        Called with the name of each folder when it is done.

    Returns
    -------
    Findings in order, and what was read of every folder.
    """
    loaded = {name: folders.load(name) for name in sorted(folders.sheets)}
    wanted = sorted(loaded) if only is None else [n for n in sorted(loaded) if n in set(only)]
    found = list(folders.findings)
    for name in wanted:
        found += loaded[name].findings + folders.validate(name, loaded[name])
        progress(name)
    found += across(folders.vocabulary, loaded.values(), [loaded[n] for n in wanted], found)
    return in_order(found), loaded
