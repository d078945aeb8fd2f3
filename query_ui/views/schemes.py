"""`/scheme/…`: the lists of concepts and each concept, as page or RDF at the same address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from query_ui import asked, rdf
from query_ui.filters import edition, naming
from query_ui.links import signpost, with_format
from query_ui.negotiation import HTML, RDF_ENDINGS, RDF_TYPES
from query_ui.problems import Missing
from query_ui.views.linked import statements, wanted
from query_ui.views.things import show
from wise_skills.languages import collated
from wise_skills.terms import text as text_term

blueprint = Blueprint("schemes", __name__)


@blueprint.get("/scheme")
@blueprint.get("/scheme/")
def index() -> str:
    """List the lists."""
    served = edition()
    language = asked.language()
    table = served.select(
        "SELECT ?scheme ?d (COUNT(DISTINCT ?c) AS ?n) WHERE { ?scheme a skos:ConceptScheme "
        f'OPTIONAL {{ ?scheme dct:description|skos:definition ?d FILTER (LANG(?d) IN ({text_term(language).n3()}, "en", "")) }} '
        "OPTIONAL { ?c skos:inScheme ?scheme } } GROUP BY ?scheme ?d"
    )
    found: dict[str, dict[str, Any]] = {}
    for row in table.dicts():
        entry = found.setdefault(
            str(row["scheme"]), {"iri": str(row["scheme"]), "number": int(str(row["n"])), "definition": "", "language": ""}
        )
        words = row["d"]
        if words is not None and (words.language == language or not entry["definition"]):
            entry |= {"definition": words.value, "language": words.language or ""}
    naming().fetch(found)
    schemes = sorted(found.values(), key=lambda s: collated(naming()(s["iri"])))
    return render_template("schemes.html", schemes=schemes)


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
        raise Missing(_("There is no list %(iri)s.", iri=iri))
    return signpost(response, iri=iri, alternates={e: with_format(here, e) for e in RDF_ENDINGS}, page=here)
