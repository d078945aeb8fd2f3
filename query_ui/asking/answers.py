"""The answer of a question as it is shown: cells with text, link and language; what is not known, by state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from query_ui.addresses import host, web_address
from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.things.records import row as row_of
from query_ui.words import ABSENCES, EVIDENCE, date, key, literal
from wise_skills.questions import Column, Result
from wise_skills.questions.model import LABEL_SUFFIX
from wise_skills.terms import Term

_BETWEEN = re.compile(r"\s*\|\s*|\s+")


@dataclass(frozen=True)
class Item:
    """One thing in a cell: `href` is a path of ours, or an address elsewhere if `away`."""

    text: str
    href: str = ""
    away: bool = False
    language: str | None = None
    title: str = ""


@dataclass
class Shown:
    """A cell of the table: `kind` decides how it looks."""

    kind: str
    items: list[Item] = field(default_factory=list)


@dataclass
class Absence:
    """Things of which something is not known, for one reason."""

    state: str
    sign: str
    text: str
    meaning: str
    items: list[Item] = field(default_factory=list)


def split_sources(term: Term | None) -> list[str]:
    """Return the addresses in a cell of sources: one IRI, or a text with blanks or bars between."""
    return [part for part in _BETWEEN.split(term.value.strip()) if part] if term else []


def rows(edition: Edition, result: Result, naming: Naming) -> list[list[Shown]]:
    """Return the cells of all rows, in the order of `result.columns`."""
    found = result.table.dicts()
    columns = result.question.columns
    naming.fetch(_to_name(result, found))
    return [[cell(edition, naming, name, columns[name], row) for name in result.columns] for row in found]


def _to_name(result: Result, found: list[dict[str, Term | None]]) -> list[str]:
    named: dict[str, None] = {}
    for name in result.columns:
        has_label = name + LABEL_SUFFIX in result.table.variables
        for row in found:
            term = row[name]
            if result.question.columns[name].kind == "sources":
                named.update(dict.fromkeys(split_sources(term)))
            elif term is not None and term.kind == "iri" and not (has_label and row[name + LABEL_SUFFIX]):
                named[term.value] = None
    return list(named)


def cell(edition: Edition, naming: Naming, name: str, column: Column, row: Mapping[str, Term | None]) -> Shown:
    """Return a cell of a row as it is shown."""
    term = row[name]
    if term is None:
        return Shown(column.kind)
    match column.kind:
        case "evidence":
            return Shown("evidence", [Item(key(term.value))])
        case "sources":
            return Shown("sources", [source(edition, naming, s) for s in split_sources(term)])
        case "row":
            origin = row_of(term.value)
            text = f"{origin.file}, row {origin.number}" if origin else key(term.value)
            return Shown("row", [Item(text, edition.addresses.path(term.value))])
        case "link":
            address = web_address(term.value)
            return Shown("link", [Item(host(term.value), address or "", away=True)])
    label = row.get(name + LABEL_SUFFIX)
    if term.kind == "iri":
        text = label.value if label else naming(term.value)
        tag = label.language if label else naming.language_of(term.value)
        return Shown(column.kind, [Item(text, edition.addresses.path(term.value), language=tag)])
    if column.kind == "date":
        return Shown("date", [Item(date(term.value))])
    kind = "number" if column.kind == "number" and not isinstance(term.python(), str) else column.kind
    return Shown(kind, [Item(literal(term), language=term.language)])


def source(edition: Edition, naming: Naming, address: str) -> Item:
    """Return a source as a link: out to the page, or to ours about a document that is not online."""
    title = naming(address) if naming.is_named(address) else address
    away = web_address(address)
    if address.startswith(edition.base) or not away:
        return Item(naming(address), edition.addresses.path(address), title=title)
    return Item(host(address), away, away=True, title=title)


def unknown(edition: Edition, result: Result) -> list[Absence]:
    """Return what the question knows to be missing, by state."""
    states: dict[str, Absence] = {}
    for row in result.unknown.dicts() if result.unknown else ():
        state = key(str(row["state"] or "not-reported"))
        sign, text, meaning = ABSENCES.get(state, ("…", state.replace("-", " "), ""))
        thing, label = row["thing"], row["label"]
        name = (label or thing) and str(label or thing)
        if name:
            href = edition.addresses.path(thing.value) if thing and thing.kind == "iri" else ""
            states.setdefault(state, Absence(state, sign, text, meaning)).items.append(Item(name, href, language=label and label.language))
    return list(states.values())


def evidence_summary(result: Result) -> list[tuple[str, int]]:
    """Return how many rows have which level of evidence, in the order of the levels."""
    name = next((n for n in result.columns if result.question.columns[n].kind == "evidence"), None)
    if name is None:
        return []
    levels = [key(t.value) for t in result.table.column(name) if t]
    return [(level, levels.count(level)) for level in (*EVIDENCE, *sorted(set(levels) - set(EVIDENCE))) if level in levels]
