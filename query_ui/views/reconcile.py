"""`/reconcile`: the Reconciliation Service API 0.2 for OpenRefine and spreadsheets, and a page that tells how to use it.

The language of names and scores is the one in the address (`/reconcile/hr`, `/reconcile?lang=hr`), else the one that the
client accepts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request
from flask_babel import gettext
from markupsafe import Markup, escape
from werkzeug.exceptions import NotAcceptable

from query_ui import asked
from query_ui.filters import edition
from query_ui.links import absolute
from query_ui.negotiation import HTML, choose
from query_ui.problems import Missing, WrongRequest
from query_ui.rate import Rate
from query_ui.reconciling import asked_for, manifest, matching, properties, suggesting
from query_ui.reconciling.asked_for import Wanted
from query_ui.reconciling.entities import Entities
from query_ui.reconciling.kinds import TYPES, known, type_of
from wise_skills.alignment import Concept
from wise_skills.languages import LANGUAGES, known_tags

blueprint = Blueprint("reconcile", __name__)

JSON = "application/json"
_PROPOSED = 20
_LANGUAGE = "string(length=2):tag"
_POWER_QUERY = """\
(label as text) =>
let
    asked = Text.FromBinary(Json.FromValue([q = [query = label, limit = 1]])),
    answer = Json.Document(Web.Contents("%s", [Query = [queries = asked]])),
    found = answer[q][result]
in
    if List.IsEmpty(found) then null else found{0}[id]
"""
"""A function of Power Query that gives the id of the best candidate for a cell."""
_View = TypeVar("_View", bound=Callable[..., Response])


def _both(path: str, **options: Any) -> Callable[[_View], _View]:
    """Register a view with and without a language in its address."""

    def register(view: _View) -> _View:
        for root in ("/reconcile", f"/reconcile/<{_LANGUAGE}>"):
            blueprint.add_url_rule(root + path, view_func=view, strict_slashes=False, **options)
        return view

    return register


@blueprint.before_request
def limit() -> None:
    """Set the size of what may be sent."""
    request.max_content_length = request.max_form_memory_size = asked_for.BODY


@_both("", methods=["GET", "POST"])
def service(tag: str = "") -> Response:
    """Answer queries or a demand for values; without either give the manifest, or the page to people."""
    queries, extend = request.values.get("queries"), request.values.get("extend")
    if queries is None and extend is None:
        return _without_queries(tag)
    language = _language(tag)
    if queries is not None:
        batch = asked_for.questions(queries)
        _count()
        return _json(matching.answers(Entities(edition(), language), batch), language)
    names, wanted = asked_for.extension(extend or "")
    _count()
    return _json(_extended(Entities(edition(), language), names, wanted), language)


def _without_queries(tag: str) -> Response:
    if request.method == "POST":
        raise WrongRequest(400, gettext("Send queries=… or extend=… as a form, as the Reconciliation API 0.2 has it."))
    liked = HTML if request.args.get("format") == "html" else choose(request.headers.get("Accept"), (JSON, HTML))
    if liked is None:
        raise NotAcceptable
    if liked == HTML:
        return _page(tag if tag in known_tags() else asked.language())
    language, served = _language(tag), edition()
    named = language if tag or request.args.get("lang") == language else ""
    return _json(manifest.manifest(served.release.id if served.release else "", language, named), language)


@_both("/suggest/<any(entity, property, type):kind>")
def suggest(kind: str, tag: str = "") -> Response:
    """Complete the beginning of a name."""
    language = _language(tag)
    prefix, cursor = _short("prefix"), _number("cursor", 0, 490)
    if kind == "entity":
        found: list[Any] = suggesting.entities_like(Entities(edition(), language), prefix, known(request.args.getlist("type")), cursor)
    else:
        found = suggesting.types_like(prefix, cursor) if kind == "type" else suggesting.properties_like(prefix, cursor)
    return _json({"result": found}, language)


@_both("/flyout/<any(entity, property, type):kind>")
def flyout(kind: str, tag: str = "") -> Response:
    """Tell in a few words what an id stands for."""
    language = _language(tag)
    name = request.args.get("id", "")
    if kind == "entity":
        entities = Entities(edition(), language)
        html = suggesting.flyout(entities, _entity(entities))
    else:
        one = TYPES.get(name) if kind == "type" else properties.PROPERTIES.get(name)
        if one is None:
            raise Missing(gettext("There is nothing with this id."))
        html = Markup("<p>{}</p>").format(escape(str(one.name)))
    return _json({"id": name, "html": str(html)}, language)


@_both("/preview")
def preview(tag: str = "") -> Response:
    """Show an entity in a little page without scripts, for a frame."""
    language = _language(tag)
    entities = Entities(edition(), language)
    concept = _entity(entities)
    text = render_template(
        "reconcile_preview.html",
        entities=entities,
        concept=concept,
        type=type_of(concept),
        label=concept.label(language),
        description=entities.description(concept),
        others=entities.other_names([concept]).get(concept.iri, [])[:5],
        above=[entities.name(above) for above in entities.above(concept)],
    )
    return _spoken(Response(text, content_type="text/html; charset=utf-8"), language)


@_both("/view")
def view(tag: str = "") -> Response:
    """Lead to the page about an entity."""
    served, language = edition(), _language(tag)
    address = served.addresses.path(_entity(Entities(served, language)).iri)
    if tag:
        path, mark, fragment = address.partition("#")
        address = f"{path}{'&' if '?' in path else '?'}lang={language}{mark}{fragment}"
    return _spoken(make_response(redirect(address, 303)), language)


@_both("/properties")
def propose(tag: str = "") -> Response:
    """Propose properties of which values can be had for entities of a type."""
    language = _language(tag)
    types, most = known([request.args.get("type", "")]), _number("limit", _PROPOSED, _PROPOSED)
    found = [one.said() for one in properties.of_types(types)][: most or _PROPOSED]
    return _json({"properties": found, "limit": most, **({"type": types[0]} if types else {})}, language)


def _extended(entities: Entities, names: list[str], wanted: list[Wanted]) -> dict[str, Any]:
    """Return the values of properties, one row for each id (§7)."""
    concepts = {name: entities.named(name) for name in names}
    columns = {one.pid: properties.cells(entities, concepts, one) for one in wanted}
    meta = [properties.PROPERTIES[one].said() if one in properties.PROPERTIES else {"id": one, "name": one} for one in columns]
    return {"meta": meta, "rows": {name: {pid: cells[name] for pid, cells in columns.items()} for name in concepts}}


def _language(tag: str) -> str:
    """Return the language of names and scores; what is said in words follows it where it can."""
    if tag and tag not in known_tags():
        raise Missing(gettext("Nothing is known in the language “%(language)s”.", language=tag))
    named = tag or request.args.get("lang", "")
    accepted = request.accept_languages.best_match(["en", *sorted(known_tags())])
    language = named if named in known_tags() else accepted or "en"
    if language in LANGUAGES:
        g.interface = language
    return language


def _entity(entities: Entities) -> Concept:
    name = request.args.get("id", "")
    concept = entities.named(asked_for.clean(name)) if len(name) <= 1_000 else None
    if concept is None:
        raise Missing(gettext("There is nothing with this id."))
    return concept


def _short(name: str) -> str:
    return asked_for.clean(request.args.get(name, "")[: asked_for.QUERY_CHARS]).strip()


def _number(name: str, otherwise: int, most: int) -> int:
    text = request.args.get(name, "")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise


def _count() -> None:
    rate: Rate = current_app.extensions["wise_rate"]
    rate.count(request.remote_addr or "")


def _json(content: Any, language: str) -> Response:
    # Plain ASCII: what came in half a character goes out the same.
    return _spoken(Response(json.dumps(content), content_type=JSON), language)


def _spoken(response: Response, language: str) -> Response:
    """Say the language of an answer; its validator is made of what it says, because the language may be the client's."""
    response.headers["Content-Language"] = language
    if request.method in ("GET", "HEAD") and response.status_code == 200 and edition().mark:
        response.add_etag()
        response.make_conditional(request)
    return response


def _page(language: str) -> Response:
    """Show how to use the service, in the language of all pages."""
    served = edition()
    address = absolute(manifest.path(language))
    return make_response(
        render_template(
            "reconcile.html",
            address=address,
            spreadsheet=_POWER_QUERY % address,
            chosen=language,
            limits=asked_for,
            has_esco=any("/graph/esco" in graph for graph in served.release.counts) if served.release else False,
        )
    )
