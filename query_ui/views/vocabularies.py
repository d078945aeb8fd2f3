"""`/ns`, `/tab`, `/shapes`: the ontology, the vocabulary of tables and the shapes, as documentation or RDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, make_response, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from query_ui import rdf
from query_ui.edition import Edition
from query_ui.filters import edition, naming
from query_ui.links import signpost, with_format
from query_ui.negotiation import HTML, RDF_ENDINGS, RDF_TYPES
from query_ui.problems import Missing
from query_ui.views.linked import known, wanted
from query_ui.views.things import show
from query_ui.vocabulary import KINDS, VocabularyTerm, modules, terms

blueprint = Blueprint("vocabularies", __name__)


@blueprint.get("/ns")
def ontology() -> Response:
    """Document the classes and properties."""
    return _vocabulary("ns", "The ontology", "The classes and relations in which the facts of this graph are written.")


@blueprint.get("/tab")
def tables_vocabulary() -> Response:
    """Document the terms by which shapes describe tables."""
    return _vocabulary("tab", "The vocabulary of tables", "The terms by which shapes say how a table is read, and which row says what.")


@blueprint.get("/<any(ns, tab):space>/<path:module>")
def module(space: str, module: str) -> Response:
    """Answer for a module or a version of a vocabulary: its page, or the whole graph in which it stands."""
    served = edition()
    iri = f"{served.base}{space}/{module}"
    media = wanted(HTML, *RDF_TYPES)
    if media == HTML:
        return show(served, iri)
    if not known(served, iri):
        raise Missing(gettext("There is no module %(iri)s.", iri=iri))
    return _graph(served, "alignments" if module.startswith("alignments/") else "ontology", f"{space}/{module}", media)


@blueprint.get("/shapes")
def shapes() -> Response:
    """Document the tables and columns."""
    served = edition()
    media = wanted(HTML, *RDF_TYPES)
    if media != HTML:
        return _graph(served, "shapes", "shapes", media)
    schema = served.schema
    naming().fetch(c.scheme for t in schema.tables for c in t.columns if c.scheme)
    alternates = {e: with_format("/shapes", e) for e in RDF_ENDINGS}
    text = render_template("shapes.html", tables=schema.tables, by_class=schema.by_class, alternates=alternates)
    return signpost(make_response(text), iri=served.base + "shapes", alternates=alternates)


def _vocabulary(space: str, title: str, lead: str) -> Response:
    served = edition()
    media = wanted(HTML, *RDF_TYPES)
    if media != HTML:
        return _graph(served, "ontology", space, media)
    start = f"{served.base}{space}#"
    found = [t for t in terms(served).values() if t.iri.startswith(start)]
    groups = {kind: [t for t in found if t.kind == kind] for kind in dict.fromkeys(KINDS.values())}
    named = {i for t in found for i in (*t.above, *t.domain, *t.range, *t.see)}
    naming().fetch(named)
    alternates = {e: with_format(f"/{space}", e) for e in RDF_ENDINGS}
    context: dict[str, Any] = {"title": title, "lead": lead, "groups": groups, "modules": modules(served), "used": _used(served, found)}
    text = render_template("vocabulary.html", space=space, alternates=alternates, by_class=served.schema.by_class, **context)
    return signpost(make_response(text), iri=served.base + space, alternates=alternates)


def _graph(served: Edition, name: str, space: str, media: str) -> Response:
    # Blank nodes of the ontology stay with their graph: it is given whole.
    response = rdf.answer(served, rdf.graph(served.names.graph(name)), media)
    if response is None:
        raise Missing(gettext("This release holds no graph %(name)s.", name=name))
    alternates = {e: with_format(f"/{space}", e) for e in RDF_ENDINGS}
    return signpost(response, iri=served.base + space, alternates=alternates, page=f"/{space}")


def _used(served: Edition, found: list[VocabularyTerm]) -> Mapping[str, int]:
    """How often a class or property occurs, as the release counts them."""
    info = served.release.info if served.release else {}
    counts = {**info.get("classes", {}), **info.get("properties", {})}
    return {t.iri: counts.get(t.iri, 0) for t in found}
