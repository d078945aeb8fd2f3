"""`/source/…`: the rows of a national table as the graph holds them. An address of a row is one of this page."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from query_ui import rdf
from query_ui.asked import page_number
from query_ui.edition import Edition
from query_ui.filters import edition, naming
from query_ui.grids import Grid, Head, filled, heads, mapping_heads
from query_ui.links import signpost, with_format
from query_ui.negotiation import HTML, RDF_ENDINGS, RDF_TYPES
from query_ui.problems import Missing
from query_ui.records import Record, Row, mentioned, read, row
from query_ui.views.home import countries
from query_ui.views.linked import wanted
from wise_skills.names import DCT, SKOS
from wise_skills.terms import iri as iri_term
from wise_skills.terms import text as text_term

blueprint = Blueprint("sources", __name__)

ROWS = 1_000


@blueprint.get("/source/")
def index() -> str:
    """List all tables: a line for each, a column for each country."""
    served = edition()
    table = served.select(f"SELECT ?g (COUNT(?row) AS ?n) WHERE {{ GRAPH ?g {{ ?row <{served.names.describes}> ?s }} }} GROUP BY ?g")
    start = served.names.graph("")
    counts: dict[str, dict[str, int]] = {}
    for graph, number in table:
        folder, _, name = str(graph).removeprefix(start).partition("/")
        counts.setdefault(name, {})[folder] = int(str(number))
    folders = [*(c.folder for c in countries(served)), "eu"]
    sheets = served.schema.by_name
    tables = [(name, sheets.get(name), counts[name]) for name in sorted(counts, key=lambda n: (n not in sheets, n))]
    return render_template("source_index.html", tables=tables, folders=folders)


@blueprint.get("/source/<path:folder>/<file>")
def file(folder: str, file: str) -> Response:
    """Show the rows of one file, or of one sheet of a workbook, or give their statements."""
    if folder.endswith(".xlsx"):
        return _sheet(folder, file)
    name = file.removesuffix(".sssom.tsv") if file.endswith(".sssom.tsv") else file.removesuffix(".csv")
    if name == file:
        raise Missing(f"There is no table {folder}/{file} in this release.")
    return _table(folder, name, file)


def _sheet(book: str, sheet: str) -> Response:
    """The rows of a sheet of a workbook that the release was built from."""
    served = edition()
    start = text_term(served.names.row(f"{book}/{sheet}", 0).partition("#")[0] + "#").n3()
    asked = f"SELECT ?g WHERE {{ GRAPH ?g {{ ?row <{served.names.describes}> ?s }} FILTER STRSTARTS(STR(?row), {start}) }} LIMIT 1"
    for (graph,) in served.select(asked) if book.endswith(".xlsx") else ():
        folder, _, name = str(graph).removeprefix(served.names.graph("")).partition("/")
        return _table(folder, name, sheet, book)
    raise Missing(f"There is no table {book}/{sheet} in this release.")


def _table(folder: str, name: str, file: str, book: str = "") -> Response:
    """The rows of a table of a folder: those of one CSV file, or of one sheet."""
    served = edition()
    graph = served.names.graph(folder, name)
    sheet = served.schema.by_name.get(name)
    if graph not in served.engine.graphs():
        raise Missing(f"There is no table {folder}/{file} in this release.")
    shown_file = f"{book or folder}/{file}"
    media = wanted(HTML, *RDF_TYPES)
    path = "/" + served.names.row(shown_file, 0).partition("#")[0].removeprefix(served.names.base)
    alternates = {ending: with_format(path, ending) for ending in RDF_ENDINGS}
    iri = served.names.base + path[1:]
    if media != HTML:
        response = rdf.answer(served, rdf.graph(graph), media)
        if response is None:
            raise Missing(f"The table {shown_file} is empty.")
        return signpost(response, iri=iri, alternates=alternates, page=path)
    rows = [pair for pair in _rows(served, graph) if not book or f"/source/{pair[0].file}" == path]
    page = min(page_number(), -(-len(rows) // ROWS) or 1)
    shown = rows[(page - 1) * ROWS : page * ROWS]
    records = read(served, (iri for _, iri in shown))
    naming().fetch([*mentioned(records.values()), *records])
    naming().name_claims(i for i in mentioned(records.values()) if not naming().is_named(i))
    found = filled(heads(sheet) if sheet else _all_heads(served, records.values()), records.values(), _marks(served))
    place = next((c.name for c in countries(served) if c.folder == folder), "Europe" if folder == "eu" else folder)
    title = sheet.title.get("en", name) if sheet else "mappings"
    grid = Grid(title, found, [records[i] for _, i in shown], len(rows), sheet.description.get("en", "") if sheet else "")
    context = {"grid": grid, "rows": [r for r, _ in shown], "file": shown_file, "folder": folder, "place": place, "graph": graph}
    text = render_template("source.html", alternates=alternates, page=page, pages=-(-len(rows) // ROWS), sheet=sheet, **context)
    return signpost(make_response(text), iri=iri, alternates=alternates)


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
