"""The folders of national tables, CSV files and workbooks, read together and validated folder by folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from loaders.csv_files import read_csv
from loaders.keys import Concepts, Things
from loaders.records import Sheet
from loaders.tables import Context, Loaded, index_things, load
from loaders.waivers import settle
from loaders.workbooks import read_workbook
from wise_skills.constraints import Constraints, constraints
from wise_skills.findings import VIOLATION, Cell, Finding, in_order
from wise_skills.messages import did_you_mean, nearest, sentence, shortlist
from wise_skills.names import DCT, FOLDERS, NOTATION, PREF_LABEL, Names, resource
from wise_skills.results import Choices
from wise_skills.rules import rules, run
from wise_skills.tables import Schema, quads_of, read_schema
from wise_skills.validation import core

_UNREAD = {"CellError", "EmptyFormula", "ValueNotAllowedHere"}


@dataclass
class Vocabulary:
    """What tables are read with: the shapes, the schemes, and what follows from both."""

    names: Names
    schema: Schema
    schemes: tuple[ox.Quad, ...] = field(repr=False)

    @classmethod
    def of_project(cls, names: Names | None = None) -> Vocabulary:
        """Read the project's own shapes and schemes."""
        names = names or Names()
        files = sorted((resource("ontology") / "schemes").glob("*.ttl"))
        return cls(names, read_schema(names=names), tuple(quads_of(files, names)))

    @cached_property
    def concepts(self) -> Concepts:
        """The concepts of all lists."""
        return Concepts.from_quads(self.schemes)

    @cached_property
    def constraints(self) -> Constraints:
        """The shapes as pySHACL gets them."""
        return constraints(self.schema, self.names)

    @cached_property
    def places(self) -> dict[str, str]:
        """Place IRI of each folder."""
        folder = self.names.wise + "folder"
        return {q.object.value: q.subject.value for q in self.schemes if q.predicate.value == folder}  # type: ignore[union-attr]

    @cached_property
    def languages(self) -> dict[str, list[str]]:
        """Tags of the languages of each folder's country, as `ontology/schemes/places.ttl` states them."""
        folders = {place: folder for folder, place in self.places.items()}
        found: dict[str, list[str]] = defaultdict(list)
        for q in self.schemes:
            subject, language = getattr(q.subject, "value", ""), getattr(q.object, "value", "")
            if q.predicate.value == DCT + "language" and subject in folders and language in self.concepts.keys:
                found[folders[subject]].append(self.concepts.keys[language])
        return found


@dataclass
class Folders:
    """Sheets of all folders that are read together, and the things they define."""

    vocabulary: Vocabulary
    sheets: dict[str, list[Sheet]] = field(default_factory=lambda: defaultdict(list))
    findings: list[Finding] = field(default_factory=list)

    def add(self, path: Path, folder: str, shown: str, context: bool = False) -> None:
        """Read a CSV file or a workbook; a file whose name is no table is reported.

        Parameters
        ----------
        path, shown:
            The file, and the name by which findings call it.
        folder:
            Country folder that it belongs to.
        context:
            Whether it only stands for what the graph holds already.
        """
        tables = self.vocabulary.schema.by_name
        if path.suffix.lower() == ".xlsx":
            sheets, findings = read_workbook(path, shown, folder, self.vocabulary.schema)
            for sheet in sheets:
                sheet.context = context
            self.sheets[folder] += sheets
            self.findings += () if context else findings
        elif path.stem in tables:
            sheet = read_csv(path, shown, folder, tables[path.stem])
            sheet.context = context
            self.sheets[folder].append(sheet)
        elif not context:
            facts = {"value": path.stem, "nearest": did_you_mean(nearest(path.stem, tables)), "allowed": shortlist(tables)}
            where = Cell(shown, path.stem, 0)
            self.findings.append(Finding(VIOLATION, "UnknownTable", sentence("UnknownTable", facts), where, value=path.stem))

    def add_folder(self, path: Path, folder: str) -> None:
        """Read all tables and workbooks of a country folder."""
        for file in table_files(path):
            self.add(file, folder, f"{folder}/{file.name}")

    @cached_property
    def things(self) -> Things:
        """Everything that cells may refer to."""
        found = Things()
        for sheets in self.sheets.values():
            index_things(sorted(sheets, key=lambda s: s.context), found, self.vocabulary.names.base)
        return found

    @property
    def checked(self) -> list[str]:
        """The folders that hold anything to be checked."""
        return sorted(name for name, sheets in self.sheets.items() if not all(s.context for s in sheets))

    def load(self, folder: str) -> Loaded:
        """Turn the tables of a folder into quads; nothing is judged yet."""
        return load((s for s in self.sheets[folder] if not s.context), self._reading)

    def load_context(self, folder: str, own: Loaded | None = None) -> Loaded:
        """Turn what the graph holds already of a folder into quads, without the rows that checked ones replace."""
        return load((s for s in self.sheets[folder] if s.context), self._reading, own.origin if own else None)

    @property
    def _reading(self) -> Context:
        return Context(self.vocabulary.names, self.vocabulary.concepts, self.things, self.vocabulary.places)

    @cached_property
    def _known(self) -> dict[str, list[str]]:
        """Classes and lists of everything that may be referred to."""
        known = defaultdict(list, {iri: [target] for iri, (target, _) in self.things.by_iri.items()})
        for scheme, iris in self.vocabulary.concepts.members.items():
            for iri in iris:
                known[iri].append(scheme)
        return known

    @cached_property
    def _lists(self) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
        """What the lists accept, and their entries in the language that is spoken: the same for all folders of a check."""
        concepts = self.vocabulary.concepts
        return {s: concepts.all_names(s) for s in concepts.members}, {s: concepts.entries(s) for s in concepts.members}

    def validate(self, folder: str, loaded: Loaded, progress: Callable[[int], None] = lambda _: None) -> list[Finding]:
        """Check the Core constraints of one folder's quads; `progress` hears of the quads that are done."""
        targets = {target for target, _ in self.things.by_iri.values()}
        choices = Choices(*self._lists, {t: tuple(self.things.choices(t, folder)) for t in targets})
        found = core(loaded.quads, loaded.origin, self.vocabulary.schema, self.vocabulary.constraints, self._known, choices, progress)
        # What cannot be read at all is said once: such a cell is not also empty, or not in its list.
        unread = {f.where for f in loaded.findings if f.component in _UNREAD}
        keyless = self._keyless(loaded)
        return [f for f in found if f.where not in unread and not self._is_echo(f, keyless)]

    def _keyless(self, loaded: Loaded) -> dict[str, set[str]]:
        """Labels of the rows whose own key is lost, by table: it cannot be used, or was overwritten by that of another row."""
        found, kept = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        lost = self.vocabulary.names.base + "source/"
        keyed = {(s.file, s.shown) for sheets in self.sheets.values() for s in sheets if s.has_keys}
        for subject, rows in loaded.origin.rows.items():
            for row in rows:
                if (row.file, row.sheet) not in keyed:
                    continue
                labels = (c.id for c in self.vocabulary.schema.by_name[row.table].columns if c.path == PREF_LABEL)
                where = found if subject.startswith(lost) else kept
                where[row.table] |= {row.text(cell).casefold() for label in labels for cell in row.cells(label)}
        return {table: labels - kept[table] for table, labels in found.items()}

    def _is_echo(self, finding: Finding, keyless: dict[str, set[str]]) -> bool:
        """Whether a reference only fails because the row that it names has lost its key, which is said there."""
        if not finding.component.startswith("Class"):
            return False
        column = self.vocabulary.schema.columns_by_shape[finding.shape][1]
        table = self.vocabulary.schema.by_class.get(column.refers_to or "")
        label = finding.value.rpartition("[")[0].strip().casefold()
        return table is not None and bool(label) and label in keyless.get(table.name, ())


def table_files(folder: Path) -> list[Path]:
    """Return the tables and workbooks of a folder, sorted; lock files that an open spreadsheet leaves are none."""
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in (".csv", ".xlsx") and not p.name.startswith(("~$", ".")))


def read_folders(root: Path, vocabulary: Vocabulary) -> Folders:
    """Read all country folders below a data folder, and the workbooks that bear a country's name in it."""
    folders = Folders(vocabulary)
    for folder in FOLDERS:
        if (root / folder).is_dir():
            folders.add_folder(root / folder, folder)
        if (workbook := root / f"{folder}.xlsx").is_file():
            folders.add(workbook, folder, workbook.name)
    return folders


def across(vocabulary: Vocabulary, loaded: Iterable[Loaded], checked: Iterable[Loaded], found: Iterable[Finding]) -> list[Finding]:
    """Run the SPARQL constraints over the quads of all folders and return what they find in the checked ones.

    Quads that were `found` to be wrong are left out: a bad number would be reported again as a contradiction.
    """
    found = list(found)
    reported = {(f.focus, f.path, f.value) for f in found if f.focus}
    days = {c.path: {c.first_day, c.last_day} for t in vocabulary.schema.tables for c in t.columns if c.first_day or c.last_day}
    doubtful = {(f.focus, day) for f in found for day in days.get(f.path, ())}
    rows = vocabulary.names.base + "source/"  # later rows of a key, and rows without one, are no things
    store = ox.Store()
    store.bulk_extend(
        q
        for one in loaded
        for q in one.quads
        if not q.subject.value.startswith(rows)  # type: ignore[union-attr]
        and (q.subject.value, q.predicate.value, getattr(q.object, "value", "")) not in reported  # type: ignore[union-attr]
        and (q.subject.value, q.predicate.value) not in doubtful  # type: ignore[union-attr]
    )
    lists = ox.NamedNode(vocabulary.names.graph("schemes"))
    store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object, lists) for q in vocabulary.schemes if q.predicate.value == NOTATION)
    return list(run(rules(vocabulary.schema, vocabulary.names), store, [one.origin for one in checked], found))


@dataclass
class Checked:
    """What a check gave: findings in order, those that are waived, and what was read of every checked folder."""

    findings: list[Finding]
    waived: list[Finding]
    loaded: dict[str, Loaded]

    @property
    def rows(self) -> int:
        """Number of rows that were checked."""
        return sum(one.rows for one in self.loaded.values())


def check(folders: Folders, progress: Callable[[int, int], None] = lambda done, whole: None) -> Checked:
    """Check folders as `wise check` does.

    Parameters
    ----------
    folders:
        What was read; sheets that are context are not checked.
    progress:
        Called with the number of quads that are checked, and of all.
    """
    loaded = {name: folders.load(name) for name in folders.checked}
    whole, done = sum(len(one.quads) for one in loaded.values()), 0

    def step(quads: int) -> None:
        nonlocal done
        done += quads
        progress(done, whole)

    found = list(folders.findings)
    for name, one in loaded.items():
        found += one.findings + folders.validate(name, one, step)
    near = [folders.load_context(name, loaded.get(name)) for name in sorted({"eu", *loaded} & set(folders.sheets))]
    found += across(folders.vocabulary, [*loaded.values(), *near], loaded.values(), found)
    standing, waived = settle(found, loaded)
    return Checked(in_order(standing), in_order(waived), loaded)
