"""`/id/…`, `/data/…`, `/graph/…`: linked data. A thing is no document, so its address leads to documents by 303."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from query_ui import rdf
from query_ui.edition import Edition
from query_ui.filters import edition
from query_ui.links import signpost
from query_ui.negotiation import FORMATS, HTML, RDF_ENDINGS, RDF_TYPES, choose
from query_ui.problems import Missing, WrongRequest
from wise_skills.errors import InputError
from wise_skills.terms import iri as iri_term

blueprint = Blueprint("linked", __name__)

_ENDINGS = {media: ending for ending, media in RDF_ENDINGS.items()}


def wanted(*offers: str) -> str:
    """Return the media type that this request is answered in: `format=` if given, else by Accept.

    Raises `WrongRequest` where none fits.
    """
    named = request.args.get("format")
    if named is not None:
        if FORMATS.get(named) not in offers:
            known = ", ".join(e for e, m in FORMATS.items() if m in offers)
            raise WrongRequest(400, gettext("%(given)s is unknown. Give one of %(known)s.", given=f"format={named}", known=known))
        return FORMATS[named]
    found = choose(request.headers.get("Accept"), offers)
    if found is None:
        raise WrongRequest(406, gettext("This can be given as %(types)s; the request accepts none of them.", types=", ".join(offers)))
    return found


@blueprint.get("/id/<path:path>")
def identified(path: str) -> BaseResponse:
    """Lead from a thing to the page or the data about it."""
    served = edition()
    iri = served.addresses.thing(path)
    media = wanted(HTML, *RDF_TYPES)
    if not known(served, iri):
        raise Missing(gettext("The graph says nothing of %(iri)s.", iri=iri))
    target = served.addresses.path(iri) if media == HTML else served.addresses.data(iri, _ENDINGS[media])
    return signpost(redirect(target, 303), iri=iri)


@blueprint.get("/<path:path>")
def other(path: str) -> BaseResponse:
    """Lead from any other address of ours that the graph speaks of: sets of mappings, versions, whoever made it."""
    served = edition()
    iri = served.base + path
    if not known(served, iri):
        raise Missing(gettext("There is nothing at this address. Look for it with the search, or begin at the start page."))
    media = wanted(HTML, *RDF_TYPES)
    quoted = quote(iri, safe="")
    target = f"/page?iri={quoted}" if media == HTML else f"/data?iri={quoted}&format={_ENDINGS[media]}"
    return signpost(redirect(target, 303), iri=iri)


def known(served: Edition, iri: str) -> bool:
    """Whether the graph speaks of an IRI; raises `Missing` for what is none."""
    try:
        node = iri_term(iri).n3()
    except InputError:
        raise Missing(gettext("%(iri)s is no address of a thing.", iri=iri)) from None
    table = served.select(f"SELECT ?p WHERE {{ {{ {node} ?p ?o }} UNION {{ ?s ?p {node} }} }} LIMIT 1")
    return len(table) > 0


@blueprint.get("/data/<path:path>")
def data(path: str) -> Response:
    """Give the statements about a thing: by ending, or by Accept where there is none."""
    served = edition()
    stem, dot, ending = path.rpartition(".")
    media = RDF_ENDINGS.get(ending) if dot else None
    return statements(served, served.addresses.thing(stem if media else path), media or wanted(*RDF_TYPES))


@blueprint.get("/data")
def any_data() -> Response:
    """Give the statements about anything by its IRI."""
    iri = request.args.get("iri", "").strip()
    if not iri:
        raise Missing(gettext("Give the address of a thing: %(example)s", example="/data?iri=…&format=ttl"))
    return statements(edition(), iri, wanted(*RDF_TYPES))


def statements(served: Edition, iri: str, media: str) -> Response:
    """Return what is said of an IRI; raises `Missing` where nothing is."""
    try:
        response = rdf.answer(served, rdf.about(iri), media)
    except InputError:
        response = None
    if response is None:
        raise Missing(gettext("The graph says nothing of %(iri)s.", iri=iri))
    alternates = {e: served.addresses.data(iri, e) for e in RDF_ENDINGS if RDF_ENDINGS[e] != media}
    response.headers["Content-Location"] = served.addresses.data(iri, _ENDINGS[media])
    return signpost(response, iri=iri, alternates=alternates, page=served.addresses.path(iri))


@blueprint.get("/graph/<path:path>")
def graph(path: str) -> BaseResponse:
    """Give a named graph as RDF, or lead to the page that shows it."""
    served = edition()
    iri = served.names.graph(path)
    if iri not in served.engine.graphs():
        raise Missing(gettext("There is no graph %(iri)s.", iri=iri))
    media = wanted(*RDF_TYPES, HTML)
    if media == HTML:
        return redirect(_page_of_graph(served, path), 303)
    response = rdf.answer(served, rdf.graph(iri), media)
    if response is None:
        raise Missing(gettext("The graph %(iri)s is empty.", iri=iri))
    return signpost(response, iri=iri)


def _page_of_graph(served: Edition, path: str) -> str:
    own = {"ontology": "/ns", "shapes": "/shapes", "schemes": "/scheme", "alignments": "/ns", "inferred": "/about"}
    folder, _, name = path.partition("/")
    if not name:
        return own.get(folder, "/about")
    return f"/source/{quote(path)}.{'csv' if name in served.schema.by_name else 'sssom.tsv'}"
