"""`/country/<cc>`: one page for each country, made of what is there, to be read and to be printed."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from query_ui.countries.country_figures import figures_of, key_figures, pictures
from query_ui.countries.country_words import gaps, paragraph
from query_ui.edition import Edition
from query_ui.evidence.claim_lists import Conditions, counted, listed
from query_ui.filters import edition, naming
from query_ui.memory import remembered
from query_ui.naming import Naming
from query_ui.problems import Missing
from query_ui.table_names import said, table_title
from query_ui.things.grids import Grid, filled, heads
from query_ui.things.records import read
from query_ui.views.home import countries
from query_ui.words import number
from wise_skills.names import DCT, PREF_LABEL, Names
from wise_skills.terms import Term

blueprint = Blueprint("countries", __name__)

# Table, heading, columns, and how many rows before the rest stands on a page of its own.
SECTIONS: tuple[tuple[str, LazyString, tuple[str, ...], int], ...] = (
    ("forms", lazy_gettext("Forms of WISE"), ("name", "kind", "jurisdiction", "laws", "valid_from", "valid_to"), 10),
    ("assignments", lazy_gettext("Types of these forms"), ("form", "type", "basis", "certainty", "asserted_by"), 5),
    ("conditions", lazy_gettext("Work and pay"), ("form", "integration_mode", "max_months", "worker_status", "contract_regime"), 4),
    ("reserved", lazy_gettext("Reserved contracts"), ("name", "measure", "threshold", "groups", "how_named", "valid_from"), 4),
    ("support", lazy_gettext("Public support"), ("name", "directness", "instrument", "beneficiaries", "valid_from", "valid_to"), 5),
    ("counts", lazy_gettext("Figures"), ("form", "measure", "date", "value", "unit", "scope"), 6),
    ("activities", lazy_gettext("Sectors of activity"), ("name", "forms", "nace", "share", "date"), 4),
    ("profiles", lazy_gettext("Occupational profiles"), ("name", "groups", "kind", "status", "levels"), 5),
    ("needs", lazy_gettext("Skills needed"), ("skill", "group", "profile", "necessity", "horizon"), 6),
    ("curricula", lazy_gettext("Curricula and qualifications"), ("name", "kind", "levels", "eqf", "hours_min", "credits"), 4),
    ("validations", lazy_gettext("Validation of skills"), ("name", "frameworks", "stages", "open_to_wise"), 3),
    ("statements", lazy_gettext("Findings, demands and recommendations"), ("text", "kind", "made_by", "date"), 3),
    ("disagreements", lazy_gettext("Where sources differ"), ("text", "subject", "explanation"), 4),
    ("organisations", lazy_gettext("Organisations"), ("name", "kinds", "homepage"), 4),
)
_SOURCES = 12


@blueprint.get("/country/<folder>")
def country(folder: str) -> str:
    """Show a country, or what is shared by all."""
    served = edition()
    place = _place(served, folder)
    if place is None:
        raise Missing(_("There is no country “%(name)s” in the data.", name=folder))
    counts = _counts(served, folder)
    grids = _grids(served, folder, counts, naming())
    naming().fetch([place])
    figures = figures_of(served, place)
    claims = listed(served, Conditions(country=folder))
    return render_template(
        "country.html",
        folder=folder,
        place=place,
        grids=grids,
        words=paragraph(served, folder, place, counts, naming()),
        key_figures=key_figures(served, figures, naming()),
        pictures=pictures(served, folder, place, figures, naming()),
        gaps=gaps(served, folder, naming()) if folder != "eu" else [],
        tables=[
            (table_title(served, n), counts[n], _path(served, folder, n)) for n in sorted(counts, key=lambda n: table_title(served, n))
        ],
        claims=len(claims),
        evidence=[(level, many, Conditions(country=folder, evidence=level).path) for level, many in counted(claims, "evidence")],
        sources=_sources(served, folder),
        others=[c for c in countries(served) if c.folder != folder],
        numbers=_numbers(folder, counts),
    )


def _numbers(folder: str, counts: dict[str, int]) -> list[tuple[str, str]]:
    """How much is known, in words, each with the address of the rows."""
    n = {table: counts.get(table, 0) for table in ("forms", "support", "reserved", "profiles", "needs", "curricula")}
    m = {table: number(many) for table, many in n.items()}
    texts = {
        "forms": ngettext("%(number)s form of WISE", "%(number)s forms of WISE", n["forms"], number=m["forms"]),
        "support": ngettext("%(number)s support measure", "%(number)s support measures", n["support"], number=m["support"]),
        "reserved": ngettext(
            "%(number)s rule on reserved contracts", "%(number)s rules on reserved contracts", n["reserved"], number=m["reserved"]
        ),
        "profiles": ngettext("%(number)s occupational profile", "%(number)s occupational profiles", n["profiles"], number=m["profiles"]),
        "needs": ngettext("%(number)s skill need", "%(number)s skill needs", n["needs"], number=m["needs"]),
        "curricula": ngettext("%(number)s curriculum", "%(number)s curricula", n["curricula"], number=m["curricula"]),
    }
    return [(text, Conditions(table=table, country=folder).path) for table, text in texts.items() if n[table]]


def _place(served: Edition, folder: str) -> str | None:
    # Not kept: whoever asks may name anything.
    table = served.select(f"SELECT ?place WHERE {{ ?place wise:folder {Term('literal', folder).n3()} }} LIMIT 1")
    return str(table.rows[0][0]) if table.rows else None


def _path(served: Edition, folder: str, table: str) -> str:
    return f"/source/{folder}/{table}.{'csv' if table in served.schema.by_name else 'sssom.tsv'}"


def _counts(served: Edition, folder: str) -> dict[str, int]:
    """Rows of each table of the folder."""
    start = served.names.graph(folder, "")
    graphs = [g for g in served.engine.graphs() if g.startswith(start)]
    if not graphs:
        return {}
    query = (
        f"SELECT ?g (COUNT(?row) AS ?n) WHERE {{ VALUES ?g {{ {' '.join(f'<{g}>' for g in graphs)} }} "
        f"GRAPH ?g {{ ?row <{served.names.describes}> ?s }} }} GROUP BY ?g"
    )
    table = remembered(served, query, lambda: served.select(query))
    return {str(g).removeprefix(start): int(str(n)) for g, n in table}


def _sources(served: Edition, folder: str) -> list[tuple[str, int, str]]:
    """The documents that back most claims of a country, each with number and address of these."""
    start = served.names.graph(folder, "")
    query = (
        f"SELECT ?source (COUNT(DISTINCT ?s) AS ?n) WHERE {{ GRAPH ?g {{ ?row <{served.names.describes}> ?s . ?s <{DCT}source> ?source }} "
        f'FILTER STRSTARTS(STR(?g), "{start}") }} GROUP BY ?source ORDER BY DESC(?n) ?source LIMIT {_SOURCES}'
    )
    table = remembered(served, query, lambda: served.select(query))
    found = [(str(s), int(str(n)), Conditions(source=str(s), country=folder).path) for s, n in table if s is not None]
    naming().fetch(s for s, _n, _p in found)
    return found


def _grids(served: Edition, folder: str, counts: dict[str, int], names_of: Naming) -> list[Grid]:
    names = served.names
    wanted = [s for s in SECTIONS if counts.get(s[0])]
    parts = [_first(names, folder, table, most, at) for at, (table, _title, _columns, most) in enumerate(wanted)]
    if not parts:
        return []
    members: dict[int, list[str]] = {}
    query = f"SELECT ?k ?s WHERE {{ {' UNION '.join(parts)} }}"
    for row in remembered(served, query, lambda: served.select(query)).dicts():
        members.setdefault(int(str(row["k"])), []).append(str(row["s"]))
    every = dict.fromkeys(iri for found in members.values() for iri in found)
    records = remembered(served, ("records", folder), lambda: read(served, every))
    names_of.name_records(records.values())
    names_of.name_claims(i for r in records.values() for c in r.cells.values() for t in c.values if t.kind == "iri" for i in [t.value])
    grids = []
    for at, (table, title, columns, _most) in enumerate(wanted):
        sheet = served.schema.by_name[table]
        chosen = [h for h in heads(sheet) if h.id in columns]
        shown = sorted((records[i] for i in members.get(at, [])), key=lambda r: [(x.file, x.number) for x in r.rows])
        kept = sorted(filled(chosen, shown), key=lambda h: (h.path != PREF_LABEL, columns.index(h.id)))
        grids.append(
            Grid(str(title), kept, shown, counts[table], said(sheet.description), Conditions(table=table, country=folder).path, table)
        )
    return grids


def _first(names: Names, folder: str, table: str, most: int, number: int) -> str:
    """The query for the first rows of a table, by their number in the file."""
    return (
        f"{{ SELECT ?s ({number} AS ?k) WHERE {{ GRAPH <{names.graph(folder, table)}> {{ ?row <{names.describes}> ?s }} "
        f'BIND (STRDT(STRAFTER(STR(?row), "#row="), <http://www.w3.org/2001/XMLSchema#integer>) AS ?at) }} ORDER BY ?at LIMIT {most} }}'
    )
