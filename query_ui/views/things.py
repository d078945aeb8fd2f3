"""`/page/…`: everything that the graph says of a thing, with what points to it."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Blueprint, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from query_ui.asked import page_number
from query_ui.edition import Edition
from query_ui.evidence.backed import backed
from query_ui.evidence.claim_lists import Conditions
from query_ui.evidence.claims import read_claims
from query_ui.filters import edition, naming
from query_ui.links import signpost
from query_ui.negotiation import RDF_ENDINGS
from query_ui.problems import Missing
from query_ui.table_names import table_title
from query_ui.things import concepts, incoming
from query_ui.things.concept_place import place
from query_ui.things.history import changes, history
from query_ui.things.in_esco import in_esco
from query_ui.things.neighbours import neighbours
from query_ui.things.sentences import describe
from query_ui.things.thing import Thing, thing
from query_ui.views.home import country_name, folder_of
from wise_skills.errors import InputError
from wise_skills.names import IN_SCHEME, SKOS
from wise_skills.terms import iri as iri_term

blueprint = Blueprint("things", __name__)

_MOST_GRIDS = 16
_TREE = (IN_SCHEME, SKOS + "topConceptOf", SKOS + "hasTopConcept")


@blueprint.get("/page/<path:path>")
def page(path: str) -> Response:
    """Show a thing of ours."""
    return show(edition(), edition().addresses.thing(path))


@blueprint.get("/page")
def any_page() -> Response:
    """Show anything that the graph speaks of, by its IRI: an ESCO concept, a place, a source."""
    iri = request.args.get("iri", "").strip()
    try:
        iri_term(iri)
    except InputError:
        raise Missing(_("Give the address of a thing: %(example)s", example="/page?iri=…")) from None
    path = edition().addresses.path(iri)
    if not path.startswith("/page?"):
        rest = {k: v for k, v in request.args.items() if k != "iri"}
        return redirect(path, 303) if not rest else show(edition(), iri)
    return show(edition(), iri)


def show(served: Edition, iri: str) -> Response:
    """Return the page about an IRI; raises `Missing` if the graph does not know it."""
    if graphs := concepts.graphs_of(served, iri):
        return _show_concept(served, iri, graphs)
    known = thing(served, iri, naming())
    groups = incoming.groups(served, iri, naming())
    if known.concepts:  # they are shown as a tree
        groups = [g for g in groups if g.predicate not in _TREE]
        known.properties = [(h, c) for h, c in known.properties if h.path not in _TREE]
    used = 0 if known.exists else _used(served, iri)
    if not known.exists and not groups and not used:
        raise Missing(_("The graph says nothing of %(claim)s. Look for it with the search.", claim=iri))
    wanted, number = request.args.get("of", ""), page_number()
    context: dict[str, Any] = {"thing": known, "iri": iri, "groups": groups, "only": None, "here": served.addresses.path(iri), "used": used}
    if wanted:
        only = next((g for g in groups if g.key == wanted), None)
        if only is None:
            raise Missing(_("Nothing points to %(name)s in this way.", name=known.title))
        incoming.fill(served, iri, only, offset=(number - 1) * incoming.PAGE)
        incoming.show(served, iri, [only], naming(), all_columns=True)
        context |= {"only": only, "page": number, "pages": -(-only.total // incoming.PAGE)}
    else:
        is_source = known.kind == served.names.wise + "Source"
        # Where nearly everything points to (a country, a level of evidence), lists read better than tables.
        few = len(groups) <= _MOST_GRIDS and iri.startswith(served.names.base) and not is_source
        incoming.show(served, iri, groups if few else [], naming())
        if not few:
            naming().name_claims(m for g in groups for m in g.members)
        context |= _parts(served, known, groups, is_source=is_source)
    context["words"] = describe(served, known, naming())
    context["crumbs"] = crumbs(served, known)
    context["alternates"] = alternates = {ending: served.addresses.data(iri, ending) for ending in RDF_ENDINGS}
    return signpost(make_response(render_template("thing.html", **context)), iri=iri, alternates=alternates)


def _parts(served: Edition, known: Thing, groups: list[incoming.Group], *, is_source: bool) -> dict[str, Any]:
    """The sections of the page of a thing that its own statements do not hold."""
    iri, record = known.record.iri, known.record
    is_concept = bool(record.iris(IN_SCHEME) or record.iris(SKOS + "broader"))
    backs = backed(served, iri) if is_source else None
    replaced = any(g.predicate == served.names.wise + "succeeds" for g in groups)
    return {
        "esco": in_esco(served, iri, record.types, naming()),
        "own": next(iter(read_claims(served, [iri], naming())), None) if record.rows else None,
        "place": place(served, iri, naming()) if is_concept else None,
        "history": history(served, record, naming(), replaced=replaced),
        "changes": changes(record),
        "backs": backs if backs and backs.total else None,
        "around": None if is_source else neighbours(served, known, groups, naming()),
        "backed": read_claims(served, backs.first, naming()) if backs else [],
    }


def _show_concept(served: Edition, iri: str, graphs: list[str]) -> Response:
    """The page about a concept of ESCO or a code of a classification, or the whole list of one of its relations."""
    alternates = {ending: served.addresses.data(iri, ending) for ending in RDF_ENDINGS}
    here = served.addresses.path(iri)
    context: dict[str, Any] = {"iri": iri, "here": here, "alternates": alternates, "portal": concepts.PORTAL.format(quote(iri, safe=""))}
    if wanted := request.args.get("of", ""):
        number = page_number()
        within = concepts.ESCO + "occupation/" if request.args.get("only") == "occupations" else ""
        only = concepts.listing(served, iri, wanted, naming(), number, within)
        if only is None:
            raise Missing(_("Nothing is related to %(name)s in this way.", name=naming()(iri)))
        context |= {"only": only, "page": number, "pages": -(-only.total // concepts.PAGE)}
    else:
        context["concept"] = concepts.concept(served, iri, graphs, naming())
        context["needs_behind"] = partial(_needs_behind, served)
        # What points to a whole list of ESCO are its members, of which the page has the top ones.
        whole = iri.startswith(concepts.ESCO + "concept-scheme/")
        groups = [] if whole else incoming.groups(served, iri, naming(), without=concepts.STRUCTURE)
        incoming.show(served, iri, groups, naming())
        context["groups"] = [g for g in groups if g.grid]
        context["lists"] = [g for g in groups if not g.grid]
        naming().name_claims(m for g in context["lists"] for m in g.members)
    return signpost(make_response(render_template("concept.html", **context)), iri=iri, alternates=alternates)


def _needs_behind(served: Edition, thing: str, place: str) -> str:
    """The address of the needs of a country that name a thing."""
    about = thing.removeprefix(served.names.base + "id/")
    return Conditions(table="needs", about=about, country=folder_of(served, place)).path


def _used(served: Edition, iri: str) -> int:
    """In how many statements an IRI of which nothing is said is the property."""
    return int(str(served.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ ?s {iri_term(iri).n3()} ?o }}").rows[0][0]))


def crumbs(served: Edition, known: Thing) -> list[tuple[str, str]]:
    """Return the way to a thing: country and table, or list."""
    found: list[tuple[str, str]] = []
    for row in known.record.rows[:1]:
        folder, _slash, file = row.file.partition("/")
        found.append((country_name(served, folder), f"/country/{folder}"))
        for region in known.record.iris(served.names.wise + "jurisdiction")[:1]:
            if region != known.country:
                found.append((naming()(region), served.addresses.path(region)))
        found.append((table_title(served, file.partition(".")[0]), f"/source/{row.file}"))
    if not found:
        for scheme in known.record.iris(IN_SCHEME):
            return [(_("Lists"), "/scheme"), (naming()(scheme), served.addresses.path(scheme))]
        if known.concepts:
            return [(_("Lists"), "/scheme")]
    return found
