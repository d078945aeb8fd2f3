"""What templates call: names, links, numbers, badges. Everything else is escaped by Jinja."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, url_for

from query_ui import words
from query_ui.addresses import host, web_address
from query_ui.answers import Item, source
from query_ui.edition import Edition
from query_ui.naming import Naming, elsewhere
from query_ui.negotiation import RDF_ENDINGS
from query_ui.records import Row, row
from wise_skills.names import PREF_LABEL, Names

# The hue of each B-WISE type, always with its name and a shape of its own.
_HUES = ("productive", "social", "training")


def naming() -> Naming:
    """Return the names of things within this request."""
    if "naming" not in g:
        g.naming = Naming(edition())
    found: Naming = g.naming
    return found


def edition() -> Edition:
    """Return the edition that this request was lent."""
    found: Edition = g.edition
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
        elsewhere=elsewhere,
        hue=hue,
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


def hue(iri: str) -> str:
    """Return the class of the hue of a B-WISE type, empty for anything else."""
    last = words.key(iri)
    return f"type-{last}" if last in _HUES and "/wise-types/" in iri else ""


def origin(iri: str) -> Row | None:
    """Return file and number of a row."""
    return row(iri)


__all__ = ["Item", "edition", "install", "naming"]
