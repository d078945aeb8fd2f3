"""`/source/…`: the rows of a national table as the graph holds them. An address of a row is one of this page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flask import Blueprint, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from query_ui import rdf
from query_ui.addresses import ROWS
from query_ui.asked import page_number
from query_ui.edition import Edition
from query_ui.evidence.claim_lists import Conditions, listed
from query_ui.filters import edition, naming
from query_ui.links import signpost, with_format
from query_ui.memory import remembered
from query_ui.negotiation import HTML, RDF_ENDINGS, RDF_TYPES
from query_ui.problems import Missing
from query_ui.table_names import said, table_title
from query_ui.things.grids import Grid, Head, filled, heads, mapping_heads
from query_ui.things.records import Record, Row, mentioned, read, row
from query_ui.views.home import countries, country_name
from query_ui.views.linked import wanted
from wise_skills.languages import collated
from wise_skills.names import DCT, SKOS
from wise_skills.terms import iri as iri_term
from wise_skills.terms import text as text_term

blueprint = Blueprint("sources", __name__)


@blueprint.get("/source/")
def index() -> str:
    """List all tables: a line for each, a column for each country."""
    served = edition()
    query = f"SELECT ?g (COUNT(?row) AS ?n) WHERE {{ GRAPH ?g {{ ?row <{served.names.describes}> ?s }} }} GROUP BY ?g"
    table = remembered(served, query, lambda: served.select(query))
    start = served.names.graph("")
    counts: dict[str, dict[str, int]] = {}
    for graph, number in table:
        folder, _slash, name = str(graph).removeprefix(start).partition("/")
        counts.setdefault(name, {})[folder] = int(str(number))
    folders = [*(c.folder for c in countries(served)), "eu"]
    sheets = served.schema.by_name
    # Two countries may describe one document: it is one thing in two rows.
    every = Counter(c.table for c in (*listed(served, Conditions()), *listed(served, Conditions(table="sources"))))
    tables = [(n, table_title(served, n), sheets.get(n), counts[n], every[n]) for n in counts]
    tables.sort(key=lambda t: (t[2] is None, collated(t[1])))
    return render_template("source_index.html", tables=tables, folders=folders)


@blueprint.get("/source/<path:folder>/<file>")
def file(folder: str, file: str) -> Response:
    """Show the rows of one file, or of one sheet of a workbook, or give their statements."""
    if folder.endswith(".xlsx"):
        return _sheet(folder, file)
    name = file.removesuffix(".sssom.tsv") if file.endswith(".sssom.tsv") else file.removesuffix(".csv")
    if name == file:
        raise Missing(_("There is no table %(name)s in this release.", name=f"{folder}/{file}"))
    return _table(folder, name, file)


def _sheet(book: str, sheet: str) -> Response:
    """The rows of a sheet of a workbook that the release was built from."""
    served = edition()
    start = text_term(served.names.row(f"{book}/{sheet}", 0).partition("#")[0] + "#").n3()
    asked = f"SELECT ?g WHERE {{ GRAPH ?g {{ ?row <{served.names.describes}> ?s }} FILTER STRSTARTS(STR(?row), {start}) }} LIMIT 1"
    for (graph,) in served.select(asked) if book.endswith(".xlsx") else ():
        folder, _slash, name = str(graph).removeprefix(served.names.graph("")).partition("/")
        return _table(folder, name, sheet, book)
    raise Missing(_("There is no table %(name)s in this release.", name=f"{book}/{sheet}"))


def _table(folder: str, name: str, file: str, book: str = "") -> Response:
    """The rows of a table of a folder: those of one CSV file, or of one sheet."""
    served = edition()
    graph = served.names.graph(folder, name)
    sheet = served.schema.by_name.get(name)
    if graph not in served.engine.graphs():
        raise Missing(_("There is no table %(name)s in this release.", name=f"{folder}/{file}"))
    shown_file = f"{book or folder}/{file}"
    media = wanted(HTML, *RDF_TYPES)
    path = "/" + served.names.row(shown_file, 0).partition("#")[0].removeprefix(served.names.base)
    alternates = {ending: with_format(path, ending) for ending in RDF_ENDINGS}
    iri = served.names.base + path[1:]
    if media != HTML:
        response = rdf.answer(served, rdf.graph(graph), media)
        if response is None:
            raise Missing(_("The table %(name)s is empty.", name=shown_file))
        return signpost(response, iri=iri, alternates=alternates, page=path)
    rows = [pair for pair in _rows(served, graph) if not book or f"/source/{pair[0].file}" == path]
    page = min(_page_of(rows) or page_number(), -(-len(rows) // ROWS) or 1)
    shown = rows[(page - 1) * ROWS : page * ROWS]
    records = read(served, (iri for _r, iri in shown))
    naming().fetch([*mentioned(records.values()), *records])
    naming().name_claims(i for i in mentioned(records.values()) if not naming().is_named(i))
    found = filled(heads(sheet) if sheet else _all_heads(served, records.values()), records.values(), _marks(served))
    description = said(sheet.description) if sheet else ""
    grid = Grid(table_title(served, name), found, [records[i] for _r, i in shown], len(rows), description)
    context = {"grid": grid, "rows": [r for r, _i in shown], "file": shown_file, "folder": folder, "graph": graph}
    context["place"] = country_name(served, folder)
    text = render_template("source.html", alternates=alternates, page=page, pages=-(-len(rows) // ROWS), sheet=sheet, **context)
    return signpost(make_response(text), iri=iri, alternates=alternates)


def _page_of(rows: list[tuple[Row, str]]) -> int:
    """The page on which the row stands that the address names by `row`; 0 where it names none."""
    wanted = request.args.get("row", "")
    return next((n // ROWS + 1 for n, (found, _thing) in enumerate(rows) if str(found.number) == wanted), 0)


def _rows(served: Edition, graph: str) -> list[tuple[Row, str]]:
    """The rows of a file with what they describe, in their order."""
    table = served.select(
        f"SELECT ?row ?thing WHERE {{ GRAPH {iri_term(graph).n3()} {{ ?row <{served.names.describes}> ?thing }} FILTER isIRI(?thing) }}"
    )
    found = [(r, str(thing)) for iri, thing in table if (r := row(str(iri))) is not None]
    return sorted(found, key=lambda pair: pair[0].number)


def _all_heads(served: Edition, records: Iterable[Record]) -> list[Head]:
    """Columns of a file that no shape describes: those of mappings, then whatever there is."""
    known = mapping_heads(served.names)
    paths = {h.path for h in known}
    other = sorted({p for r in records for p in r.cells if p not in paths})
    naming().fetch(other)
    return known + [Head(p, naming()(p)) for p in other]


def _marks(served: Edition) -> set[str]:
    """What stands in columns of its own: evidence, sources, note; and what every row repeats."""
    own = {served.names.wise + p for p in ("evidence", "country", "unverified")}
    return {*own, DCT + "source", SKOS + "note", served.prefixes["rdf"] + "type"}
