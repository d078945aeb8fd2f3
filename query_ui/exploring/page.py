"""One exploration as it is shown: its addresses, its answer, and the rows of the answer with their links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from flask_babel import gettext as _

from query_ui.asking.answers import Item, Shown
from query_ui.edition import Edition
from query_ui.exploring import questionfile
from query_ui.exploring.address import AT, pairs, query
from query_ui.exploring.index import Index, index_of
from query_ui.exploring.model import ANY, NONE, NOT_APPLICABLE, NOT_REPORTED, Condition, Exploration, Facet
from query_ui.exploring.offers import Offers
from query_ui.exploring.patterns import THING
from query_ui.exploring.sentences import sentence, state_name, state_sign, value_name
from query_ui.exploring.sparql import GROUPS, NUMBER, Writer, variable
from query_ui.naming import Naming
from query_ui.results.sheets import BACKING, Head, Row, Sheet
from query_ui.things.records import Cell, Record
from wise_skills.names import RDF_TYPE
from wise_skills.questions import Question, Result, ask
from wise_skills.terms import Term, iri, text


class Page:
    """An exploration with everything that a page or a file says of it.

    Parameters
    ----------
    edition, exploration, naming:
        What is asked, of what, and how things are named.
    at:
        Key of the steps behind which the reader looks for further conditions.
    """

    def __init__(self, edition: Edition, exploration: Exploration, naming: Naming, at: str = "") -> None:
        self.edition, self.exploration, self.naming, self.at = edition, exploration, naming, at
        self.index: Index = index_of(edition)
        self.offers = Offers(self.index, exploration, naming)

    @property
    def path(self) -> str:
        """The path of the table's explorations."""
        return f"/explore/{self.exploration.table.name}"

    def keyed(self, key: str, term: Term) -> str:
        """Return the short text for a value of a facet."""
        facet = self.index.paths.find(self.exploration.table, key)
        return self.index.keys(facet).get(term, term.value) if facet and not facet.link else term.value

    def pairs(self, exploration: Exploration | None = None, at: str | None = None) -> list[tuple[str, str]]:
        """Return what an address says of an exploration, and of the place where conditions are looked for."""
        where = self.at if at is None else at
        return [*pairs(exploration or self.exploration, self.keyed), *([(AT, where)] if where else [])]

    def address(self, exploration: Exploration | None = None, at: str | None = None, ending: str = "") -> str:
        """Return the address of an exploration, by default of this one."""
        return self.path + ending + query(self.pairs(exploration, at))

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """Return what a form has to keep, but for its own parameters."""
        return [(k, v) for k, v in self.pairs() if k not in without]

    def by(self, facet: Facet) -> str:
        """Return the address at which a facet is counted by, beside what is counted by already."""
        kept = tuple(f for f in self.exploration.by if f.key != facet.key)
        return self.address(replace(self.exploration, by=(*kept[-1:], facet), show=(), sort="", descending=False))

    @cached_property
    def sentence(self) -> str:
        """The exploration in one sentence."""
        return sentence(self.exploration, self.naming)

    @cached_property
    def file(self) -> str:
        """The exploration as the file of a question."""
        return questionfile.text(self.index, self.exploration, self.naming)

    @cached_property
    def question(self) -> Question:
        """The question of that file."""
        return questionfile.question(self.exploration.table.name, self.file)

    @cached_property
    def result(self) -> Result:
        """The answer."""
        return ask(self.edition.engine, self.question, language=self.naming.language)

    @property
    def view(self) -> dict[str, str]:
        """The view with which the answer begins: two groups side by side; else what the columns suggest."""
        two = len(self.exploration.by) > 1 and self.exploration.number is None
        return {"kind": "heat", "x": GROUPS[0], "series": GROUPS[1], "y": NUMBER} if two else {}

    @property
    def query(self) -> str:
        """The query as it runs, in the language of names."""
        return self.question.bind({}, self.naming.language).strip()

    def sheet(self) -> Sheet:
        """Return the rows of the answer: things with their names, groups with their links."""
        return ExploredSheet(self)

    @cached_property
    def lists_claims(self) -> bool:
        """Whether the rows are claims, which have no names of their own."""
        return not self.exploration.by and not self.index.is_named(self.exploration.table)

    def name_claims(self) -> None:
        """Name claims, which have no label, after what they are about: for files, in which they stand alone."""
        if not self.lists_claims:
            return
        table = self.exploration.table
        columns = [c for c in table.columns if c.refers_to or c.scheme]
        sheet = self.index.sheet(table)
        records = []
        for thing in self.offers.counting.things():
            cells = {c.path: Cell(list(values)) for c in columns if (values := sheet.of(c.path).get(thing))}
            records.append(Record(thing, {RDF_TYPE: Cell([iri(table.target)]), **cells}))
        self.naming.name_records(records)

    def behind(self, row: Mapping[str, Term | None]) -> str:
        """Return the address of the list behind a group, empty where there is none."""
        exploration = self.exploration_behind(row)
        return self.address(exploration, "") if exploration else ""

    def exploration_behind(self, row: Mapping[str, Term | None]) -> Exploration | None:
        """Return the list behind a group: its values as conditions."""
        exploration = replace(self.exploration, by=(), number=None, sort="", descending=False)
        for name, facet in zip(GROUPS, self.exploration.by, strict=False):
            grouped = self._as_condition(facet, row.get(name))
            if grouped is None:
                return None
            exploration = exploration.where(grouped)
        number = self.exploration.number
        if number and self.exploration.condition(number.key) is None:
            exploration = exploration.where(Condition(number, states=(ANY,)))
        return exploration

    def _as_condition(self, facet: Facet, value: Term | None) -> Condition | None:
        chosen = self.exploration.condition(facet.key)
        if value is None:
            states = tuple(s for s in chosen.states if s != ANY) if chosen else ()
            return Condition(facet, states=states or (NONE,))
        if facet.kind == "date":
            year = value.value
            return Condition(facet, start=year, end=year) if len(year) == 4 and year.isdigit() and year.isascii() else None
        return Condition(facet, terms=(text(value.value) if facet.kind == "language" else value,))


class ExploredSheet(Sheet):
    """The answer as rows: several things in a cell are links each, the value of a group says where there is none."""

    def __init__(self, page: Page) -> None:
        result = page.result
        columns = result.question.columns
        heads = [Head(n, columns[n].label, columns[n].unit, columns[n].kind) for n in result.columns]
        if page.lists_claims:
            # What a claim says stands in its columns; the way to its page comes after them.
            heads = [*(h for h in heads if h.name != THING and h.kind not in BACKING), heads[0], *(h for h in heads if h.kind in BACKING)]
            heads[[h.name for h in heads].index(THING)] = Head(THING, _("Page"), kind="thing")
        super().__init__(page.edition, page.naming, heads, result.table, behind=self._path if page.exploration.by else None)
        self._page = page
        self._groups = dict(zip(GROUPS, page.exploration.by, strict=False))
        writer = Writer(page.index, page.exploration)
        listed = [] if page.exploration.by else questionfile.columns(page.index, page.exploration)
        self._several = {variable(f): f for f in listed if f.kind == "values" and writer.several(f)}
        stated = {variable(f): [(s, page.index.stated(f, s)) for s in (NOT_REPORTED, NOT_APPLICABLE)] for f in listed if not f.steps}
        self._stated = {name: states for name, states in stated.items() if any(things for _, things in states)}

    def _path(self, name: str, row: Row) -> str:
        return self._page.behind(row)

    def cells(self, rows: Sequence[Row]) -> list[list[Shown]]:
        """Return the cells of some rows as they are shown."""
        found = super().cells(rows)
        linked = {v: self._reached(f, [t.value for row in rows if (t := row[THING])]) for v, f in self._several.items()}
        self.naming.fetch(t.value for by_thing in linked.values() for terms in by_thing.values() for t in terms)
        for row, cells in zip(rows, found, strict=True):
            thing = row.get(THING)
            for head, cell in zip(self.heads, cells, strict=True):
                if thing and head.name in linked:
                    cell.items = [self._link(self._several[head.name], t) for t in linked[head.name].get(thing.value, [])]
                elif head.name in self._groups:
                    term = row[head.name]
                    cell.items = [self._link(self._groups[head.name], term) if term else Item(_("no value"))]
                elif head.name == THING and self._page.lists_claims:
                    cell.items = [replace(item, text=_("page of the claim"), language=None) for item in cell.items]
                if thing and not cell.items:
                    cell.items = [_absence(s) for s, things in self._stated.get(head.name, ()) if thing.value in things]
        return found

    def _reached(self, facet: Facet, things: Sequence[str]) -> dict[str, list[Term]]:
        """The values of a facet for some things, through all that fulfils the conditions on the way."""
        wanted = set(things)
        found: dict[str, dict[Term, None]] = {}
        for end, roots in self._page.offers.counting.carried(facet.steps).items():
            for thing in roots & wanted:
                for term in self._page.index.values(facet, end):
                    found.setdefault(thing, {})[term] = None
        return {thing: sorted(terms, key=lambda t: self.naming(t.value)) for thing, terms in found.items()}

    def _link(self, facet: Facet, term: Term) -> Item:
        if facet.kind == "language":
            term = text(term.value)
        name, language = value_name(facet, term, self.naming)
        href = self.edition.addresses.path(term.value) if term.kind == "iri" else ""
        return Item(name, href, language=language)


def _absence(state: str) -> Item:
    return Item(f"{state_sign(state)} {state_name(state)}")
