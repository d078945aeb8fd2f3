"""What templates call: names, links, numbers, badges. Everything else is escaped by Jinja."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, url_for

from query_ui import markup, words
from query_ui.addresses import host, web_address
from query_ui.asked import interface, language, switched
from query_ui.asking.answers import Item, source
from query_ui.catalogues import catalogue
from query_ui.citing import citation
from query_ui.edition import Edition
from query_ui.evidence.claims import behind
from query_ui.naming import Naming, elsewhere
from query_ui.negotiation import RDF_ENDINGS
from query_ui.things.records import Row, row
from wise_skills.languages import LANGUAGES
from wise_skills.names import PREF_LABEL, Names
from wise_skills.questions import Question


def naming() -> Naming:
    """Return the names of things within this request."""
    if "naming" not in g:
        g.naming = Naming(edition(), language())
    found: Naming = g.naming
    return found


def edition() -> Edition:
    """Return the edition that this request was lent."""
    found: Edition = g.edition
    return found


def questions() -> dict[str, Question]:
    """Return the catalogue in the language of the page; each question is translated once for an edition."""
    served, language = edition(), interface()
    if language == "en":
        return served.questions
    found: dict[str, Question] | None = served.memory.get(f"questions {language}")
    if found is None:
        say = catalogue(language, "questions").gettext
        found = served.memory[f"questions {language}"] = {name: q.said(say, language) for name, q in served.questions.items()}
    return found


def install(app: Flask) -> None:
    """Register filters and globals."""
    app.jinja_env.filters.update(number=words.number, date=words.date, literal=words.literal, key=words.key, host=host, tidy=words.tidy)
    app.jinja_env.tests["date"] = words.is_date
    app.jinja_env.globals.update(
        EVIDENCE=words.EVIDENCE,
        LABEL=PREF_LABEL,
        RDF=RDF_ENDINGS,
        ABSENCES=words.ABSENCES,
        and_list=words.and_list,
        asset=asset,
        cite=lambda: citation(edition()),
        elsewhere=elsewhere,
        hue=markup.hue,
        html_cell=lambda cell, every=False, brief=False: markup.cell(edition(), naming(), cell, every=every, brief=brief),
        behind_it=lambda *iris: behind(edition(), iris),
        html_item=markup.item,
        html_link=lambda iri: markup.link(edition(), naming(), iri),
        html_term=lambda term: markup.term(edition(), naming(), term),
        html_fallback=lambda tag: markup.fallback(tag, naming().language),
        interface=interface,
        content_language=language,
        LANGUAGES=LANGUAGES,
        switched=switched,
        name=lambda iri: naming()(iri),
        name_language=lambda iri: naming().language_of(iri),
        origin=origin,
        source=lambda iri: source(edition(), naming(), iri),
        to=lambda iri: edition().addresses.path(iri),
        web_address=web_address,
    )

    @app.context_processor
    def context() -> dict[str, Any]:
        served: Edition | None = g.get("edition")
        return {
            "release": served.release if served else None,
            "names": served.names if served else Names(),
            "site": current_app.config["SITE"],
        }


def asset(name: str) -> str:
    """Return the path of a static file with a mark of its content, so that it may be kept by browsers."""
    return url_for("static", filename=name, v=_mark(str(Path(current_app.static_folder or "") / name)))


@cache
def _mark(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def origin(iri: str) -> Row | None:
    """Return file and number of a row."""
    return row(iri)


__all__ = ["Item", "edition", "install", "naming", "questions"]
