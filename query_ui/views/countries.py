"""`/country/<cc>`: one page for each country, made of what is there."""

from __future__ import annotations

from flask import Blueprint, render_template

from query_ui.edition import Edition
from query_ui.filters import edition, naming
from query_ui.grids import Grid, filled, heads
from query_ui.naming import Naming
from query_ui.problems import Missing
from query_ui.records import read
from query_ui.views.home import countries
from wise_skills.names import PREF_LABEL, Names
from wise_skills.terms import Term

blueprint = Blueprint("countries", __name__)

# Table, heading, columns, and how many rows before the rest stands on the table's own page.
SECTIONS: tuple[tuple[str, str, tuple[str, ...], int], ...] = (
    ("forms", "Forms of WISE", ("name", "kind", "jurisdiction", "laws", "valid_from", "valid_to", "wise_scope"), 30),
    ("assignments", "Types of these forms", ("form", "type", "basis", "certainty", "asserted_by"), 12),
    ("reserved", "Reserved contracts", ("name", "measure", "threshold", "groups", "how_named", "valid_from"), 12),
    ("support", "Public support", ("name", "directness", "instrument", "beneficiaries", "valid_from", "valid_to"), 12),
    ("counts", "Figures", ("form", "measure", "date", "value", "unit", "scope"), 12),
    ("activities", "Sectors of activity", ("name", "forms", "nace", "share", "date"), 12),
    ("profiles", "Occupational profiles", ("name", "groups", "kind", "status", "levels"), 12),
    ("needs", "Skills needed", ("skill", "group", "profile", "necessity", "horizon"), 12),
    ("curricula", "Curricula and qualifications", ("name", "kind", "levels", "eqf", "hours_min", "credits"), 12),
    ("validations", "Validation of skills", ("name", "frameworks", "stages", "open_to_wise"), 8),
    ("statements", "Findings, demands and recommendations", ("text", "kind", "made_by", "date"), 8),
    ("disagreements", "Where sources differ", ("text", "subject", "explanation"), 8),
    ("organisations", "Organisations", ("name", "kinds", "homepage"), 10),
)


@blueprint.get("/country/<folder>")
def country(folder: str) -> str:
    """Show a country, or what is shared by all."""
    served = edition()
    place = _place(served, folder)
    if place is None:
        raise Missing(f"There is no country “{folder}” in the data.")
    counts = _counts(served, folder)
    grids = _grids(served, folder, counts, naming())
    naming().fetch([place])
    return render_template(
        "country.html",
        folder=folder,
        place=place,
        grids=grids,
        tables=[(served.schema.by_name[n], counts[n]) for n in sorted(counts) if n in served.schema.by_name],
        missing=_missing(served, folder),
        others=[c for c in countries(served) if c.folder != folder],
        totals=next((c.counts for c in countries(served) if c.folder == folder), {}),
    )


def _place(served: Edition, folder: str) -> str | None:
    table = served.select(f"SELECT ?place WHERE {{ ?place wise:folder {Term('literal', folder).n3()} }} LIMIT 1")
    return str(table.rows[0][0]) if table.rows else None


def _counts(served: Edition, folder: str) -> dict[str, int]:
    """Rows of each table of the folder."""
    start = served.names.graph(folder, "")
    graphs = [g for g in served.engine.graphs() if g.startswith(start)]
    if not graphs:
        return {}
    table = served.select(
        f"SELECT ?g (COUNT(?row) AS ?n) WHERE {{ VALUES ?g {{ {' '.join(f'<{g}>' for g in graphs)} }} "
        f"GRAPH ?g {{ ?row <{served.names.describes}> ?s }} }} GROUP BY ?g"
    )
    return {str(g).removeprefix(start): int(str(n)) for g, n in table}


def _grids(served: Edition, folder: str, counts: dict[str, int], names_of: Naming) -> list[Grid]:
    names = served.names
    wanted = [s for s in SECTIONS if counts.get(s[0])]
    parts = [_first(names, folder, table, most, number) for number, (table, _, _, most) in enumerate(wanted)]
    if not parts:
        return []
    members: dict[int, list[str]] = {}
    for row in served.select(f"SELECT ?k ?s WHERE {{ {' UNION '.join(parts)} }}").dicts():
        members.setdefault(int(str(row["k"])), []).append(str(row["s"]))
    records = read(served, dict.fromkeys(iri for found in members.values() for iri in found))
    names_of.name_records(records.values())
    names_of.name_claims(i for r in records.values() for c in r.cells.values() for t in c.values if t.kind == "iri" for i in [t.value])
    grids = []
    for number, (table, title, columns, _) in enumerate(wanted):
        sheet = served.schema.by_name[table]
        chosen = [h for h in heads(sheet) if h.id in columns]
        shown = sorted((records[i] for i in members.get(number, [])), key=lambda r: [(x.file, x.number) for x in r.rows])
        kept = sorted(filled(chosen, shown), key=lambda h: (h.path != PREF_LABEL, columns.index(h.id)))
        more = f"/source/{folder}/{table}.csv" if counts[table] > len(shown) else ""
        grids.append(Grid(title, kept, shown, counts[table], sheet.description.get("en", ""), more, table))
    return grids


def _first(names: Names, folder: str, table: str, most: int, number: int) -> str:
    """The query for the first rows of a table, by their number in the file."""
    return (
        f"{{ SELECT ?s ({number} AS ?k) WHERE {{ GRAPH <{names.graph(folder, table)}> {{ ?row <{names.describes}> ?s }} "
        f'BIND (STRDT(STRAFTER(STR(?row), "#row="), <http://www.w3.org/2001/XMLSchema#integer>) AS ?at) }} ORDER BY ?at LIMIT {most} }}'
    )


def _missing(served: Edition, folder: str) -> dict[str, list[tuple[str, str, int]]]:
    """What is stated to be missing in a folder: by state, each as table, column and number of rows."""
    start = served.names.graph(folder, "")
    table = served.select(
        "SELECT ?g ?absence ?p (COUNT(DISTINCT ?s) AS ?n) WHERE { VALUES ?absence { wise:notReported wise:notApplicable } "
        f'GRAPH ?g {{ ?s ?absence ?p }} FILTER STRSTARTS(STR(?g), "{start}") }} GROUP BY ?g ?absence ?p ORDER BY DESC(?n)'
    )
    found: dict[str, list[tuple[str, str, int]]] = {}
    for row in table.dicts():
        sheet = served.schema.by_name.get(str(row["g"]).removeprefix(start))
        if sheet is None:
            continue
        column = next((c for c in sheet.columns if c.path == str(row["p"])), None)
        state = "not-reported" if str(row["absence"]).endswith("notReported") else "not-applicable"
        name = column.name.get("en", column.id) if column else naming()(str(row["p"]))
        found.setdefault(state, []).append((sheet.name, f"{sheet.title.get('en', sheet.name)}: {name}", int(str(row["n"]))))
    return found
