"""`/scheme/…`: the lists of concepts and each concept, as page or RDF at the same address."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from query_ui import rdf
from query_ui.filters import edition
from query_ui.links import signpost, with_format
from query_ui.negotiation import HTML, RDF_ENDINGS, RDF_TYPES
from query_ui.problems import Missing
from query_ui.views.linked import statements, wanted
from query_ui.views.things import show

blueprint = Blueprint("schemes", __name__)


@blueprint.get("/scheme")
@blueprint.get("/scheme/")
def index() -> str:
    """List the lists."""
    served = edition()
    table = served.select(
        "SELECT ?scheme (MIN(?l) AS ?label) (MIN(?d) AS ?definition) (COUNT(DISTINCT ?c) AS ?n) WHERE { ?scheme a skos:ConceptScheme "
        'OPTIONAL { ?scheme skos:prefLabel ?l FILTER (LANG(?l) IN ("en", "")) } '
        'OPTIONAL { ?scheme dct:description|skos:definition ?d FILTER (LANG(?d) IN ("en", "")) } '
        "OPTIONAL { ?c skos:inScheme ?scheme } } GROUP BY ?scheme ORDER BY LCASE(STR(?label)) ?scheme"
    )
    return render_template("schemes.html", schemes=table.dicts())


@blueprint.get("/scheme/<path:path>")
def scheme(path: str) -> Response:
    """Show a list or a concept, or give its statements."""
    served = edition()
    iri = f"{served.base}scheme/{path}"
    media = wanted(HTML, *RDF_TYPES)
    if media == HTML:
        return show(served, iri)
    here = served.addresses.path(iri)
    if "/" in path:
        return statements(served, iri, media)
    response = rdf.answer(served, rdf.scheme(iri), media)
    if response is None:
        raise Missing(f"There is no list {iri}.")
    return signpost(response, iri=iri, alternates={e: with_format(here, e) for e in RDF_ENDINGS}, page=here)
