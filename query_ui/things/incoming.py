"""What points to a thing, in groups: one for each class and property, each with its number and its first members."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext as _

from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.table_names import said
from query_ui.things.grids import Grid, filled, frame, heads, mapping_heads
from query_ui.things.records import Record, read
from wise_skills.terms import iri as iri_term

FIRST, PAGE, WALK = 8, 50, 20_000
# What a reader of a form, skill or profile looks for first; other tables follow by name.
_ORDER = (
    "assignments", "conditions", "requirements", "target_groups", "needs", "certifications", "outcomes", "eligibility", "bidders",
    "reserved", "support", "counts", "resources", "activities", "technologies", "profiles", "codes", "forms", "curricula", "statements",
    "disagreements", "coverage", "events", "roles",
)  # fmt: skip


@dataclass
class Group:
    """Things of one class that point to a thing by one property."""

    key: str
    title: str
    table: str
    kind: str | None
    predicate: str
    total: int
    is_thing: bool = True
    members: tuple[str, ...] = ()
    grid: Grid | None = None
    short: str = ""


def groups(edition: Edition, iri: str, naming: Naming, without: Collection[str] = ()) -> list[Group]:
    """Return the groups of what points to a thing, each with its first members; properties in `without` are left out."""
    found, members = _members(edition, iri, without)
    naming.fetch(p for p, _ in found)
    result = []
    for (predicate, kind), total in found.items():
        group = _group(edition, naming, predicate, kind, total)
        group.members = tuple(sorted(members.get((predicate, kind), ()))[:FIRST])
        result.append(group)
    tables = Counter(g.table for g in result)
    for group in result:
        # Which column points here matters only where several do.
        if tables[group.table] == 1 and group.short:
            group.title = group.short
    order = {name: number for number, name in enumerate(_ORDER)}
    return sorted(result, key=lambda g: (g.kind is None, order.get(g.table, 99), g.table, g.title))


def _members(
    edition: Edition, iri: str, without: Collection[str]
) -> tuple[dict[tuple[str, str | None], int], dict[tuple[str, str | None], list[str]]]:
    """Number and members of each group: from one walk, or, where that would be long, numbers from the engine."""
    node = iri_term(iri).n3()
    hidden = ", ".join(f"<{p}>" for p in (edition.names.describes, *without))
    pattern = (
        f"?s ?p {node} FILTER (?p NOT IN ({hidden}) && isIRI(?s) && ?s != {node}) OPTIONAL {{ ?s a ?c FILTER (?c IN ({_kinds(edition)})) }}"
    )
    table = edition.select(f"SELECT DISTINCT ?s ?p ?c WHERE {{ {pattern} }} LIMIT {WALK}")
    members: dict[tuple[str, str | None], list[str]] = {}
    for subject, predicate, kind in table:
        members.setdefault((str(predicate), kind and kind.value), []).append(str(subject))
    if len(table) < WALK:
        return {key: len(found) for key, found in members.items()}, members
    counted = edition.select(f"SELECT ?p ?c (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {pattern} }} GROUP BY ?p ?c")
    return {(str(p), c and c.value): int(str(n)) for p, c, n in counted}, members


def _kinds(edition: Edition) -> str:
    return ", ".join(f"<{k}>" for k in (*edition.schema.by_class, edition.names.wise + "Mapping"))


def _group(edition: Edition, naming: Naming, predicate: str, kind: str | None, total: int) -> Group:
    sheet = edition.schema.by_class.get(kind) if kind else None
    if sheet is not None:
        column = next((c for c in (*sheet.columns, *sheet.constants) if c.path == predicate), None)
        name = said(column.name, column.id) if column else naming(predicate)
        title = said(sheet.title, sheet.name)
        key = f"{sheet.name}.{column.id if column else predicate}"
        return Group(
            key, _("%(table)s: %(column)s", table=title, column=name), sheet.name, kind, predicate, total, sheet.is_thing, short=title
        )
    if kind:
        title = _("mappings: %(relation)s", relation=naming(predicate))
        return Group(f"mappings.{predicate}", title, "mappings", kind, predicate, total, is_thing=False, short=_("mappings"))
    return Group(predicate, naming(predicate), "", None, predicate, total)


def fill(edition: Edition, iri: str, group: Group, *, limit: int = PAGE, offset: int = 0) -> None:
    """Read one page of the members of a group."""
    narrowed = f". ?s a <{group.kind}>" if group.kind else f"MINUS {{ ?s a ?c FILTER (?c IN ({_kinds(edition)})) }}"
    table = edition.select(
        f"SELECT DISTINCT ?s WHERE {{ ?s <{group.predicate}> {iri_term(iri).n3()} {narrowed} FILTER isIRI(?s) }} "
        f"ORDER BY ?s LIMIT {limit} OFFSET {offset}"
    )
    group.members = tuple(str(s) for s in table.column("s"))


def show(edition: Edition, iri: str, found: list[Group], naming: Naming, *, all_columns: bool = False) -> None:
    """Turn the groups of claims into grids, and fetch the names that the page needs for all."""
    claims = [g for g in found if not g.is_thing or (all_columns and g.kind)]
    records = read(edition, dict.fromkeys(m for g in claims for m in g.members))
    for group in claims:
        group.grid = _grid(edition, iri, group, [records[m] for m in group.members])
    naming.name_claims(m for g in found if g not in claims for m in g.members)
    naming.name_records(records.values())


def _grid(edition: Edition, iri: str, group: Group, records: list[Record]) -> Grid:
    names = edition.names
    sheet = edition.schema.by_class.get(group.kind or "")
    columns = heads(sheet) if sheet else mapping_heads(names)
    # The column that points to this very thing says nothing new.
    same = all([t.value for t in r.values(group.predicate)] == [iri] for r in records)
    without = {*frame(names), *((group.predicate,) if same else ())}
    own = _("How it relates to concepts of other vocabularies; proposals until reviewed.")
    description = said(sheet.description) if sheet else own
    return Grid(group.title, filled(columns, records, without), records, group.total, description, anchor=group.key)
