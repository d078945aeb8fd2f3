"""`/`: what is in the graph, and where to begin."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from query_ui.edition import Edition
from query_ui.evidence.claim_lists import Conditions, listed
from query_ui.filters import edition, naming, questions
from query_ui.memory import remembered
from query_ui.table_names import table_title
from query_ui.views.catalogue import BEGIN, USERS
from wise_skills.languages import collated

blueprint = Blueprint("home", __name__)

SHADES = 5


@dataclass(frozen=True)
class Country:
    """A country of the data with the numbers of its things by class."""

    folder: str
    code: str
    name: str
    counts: dict[str, int]
    place: str = ""
    shade: int = 0


TABLES = ("forms", "support", "reserved", "profiles", "needs", "curricula", "counts")
"""What the start page counts by country."""


@blueprint.get("/")
def home() -> str:
    """Show the start page."""
    served, known = edition(), questions().values()
    naming().fetch(c.place for c in countries(served))
    begin = [(user, BEGIN[user], [q for q in known if q.user == user][:3]) for user in USERS if any(q.user == user for q in known)]
    return render_template(
        "home.html",
        countries=sorted(countries(served), key=lambda c: collated(naming()(c.place))),
        begin=begin,
        tables=[(table, table_title(served, table)) for table in TABLES],
        rows=rows(served),
        every={table: len(listed(served, Conditions(table=table))) for table in (*TABLES, "skills")},
        sourced=len(listed(served, Conditions(sourced="yes"))),
    )


def rows(served: Edition) -> Counter[tuple[str, str]]:
    """Return how many claims each table of each folder holds; those that the lists behind the numbers show."""
    return remembered(served, "rows", lambda: Counter((c.folder, c.table) for c in listed(served, Conditions())))


def totals(served: Edition) -> dict[str, int]:
    """Return how many things of each class there are, and how many name a source; counted once for an edition."""
    known: dict[str, int] | None = served.memory.get("totals")
    if known is None:
        wise = served.names.wise
        counted = dict(served.release.info.get("classes", {})) if served.release else {}
        if not counted:  # an endpoint, or a release whose description does not count
            table = served.select("SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?c } GROUP BY ?c")
            counted = {str(c): int(str(n)) for c, n in table}
        known = {c.removeprefix(wise): n for c, n in counted.items() if c.startswith(wise)}
        sourced = served.select("SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s dct:source ?x ; wise:evidence ?e }")
        known["sourced"] = int(str(sourced.rows[0][0]))
        known["triples"] = sum(served.release.counts.values()) if served.release else _size(served)
        served.memory["totals"] = known
    return known


def countries(served: Edition) -> list[Country]:
    """Return the countries by name, each with its counts and a shade from 1 to 5 for its number of forms."""
    known: list[Country] | None = served.memory.get("countries")
    if known is None:
        known = served.memory["countries"] = _countries(served)
    return known


def country_name(served: Edition, folder: str) -> str:
    """Return the name of the country of a folder in the language of names; Europe for what is shared."""
    place = next((c.place for c in countries(served) if c.folder == folder), "")
    return naming()(place) if place else _("Europe") if folder == "eu" else folder


def folder_of(served: Edition, place: str) -> str:
    """Return the folder of a country by its IRI, that of Europe for what is no country of the data."""
    return next((c.folder for c in countries(served) if c.place == place), "eu")


def _countries(served: Edition) -> list[Country]:
    table = served.select(
        "SELECT ?place ?folder ?code ?name ?c (COUNT(DISTINCT ?s) AS ?n) WHERE { ?place wise:folder ?folder ; skos:prefLabel ?name . "
        'FILTER (LANG(?name) = "en") OPTIONAL { ?place skos:notation ?code } OPTIONAL { ?s wise:country ?place ; a ?c } } '
        "GROUP BY ?place ?folder ?code ?name ?c ORDER BY ?name"
    )
    found: dict[str, dict[str, Any]] = {}
    for row in table.dicts():
        folder = str(row["folder"])
        if folder == "eu":
            continue
        entry = found.setdefault(
            folder, {"code": str(row["code"] or folder.upper()), "name": str(row["name"]), "counts": {}, "place": str(row["place"])}
        )
        if row["c"]:
            entry["counts"][str(row["c"]).removeprefix(served.names.wise)] = int(str(row["n"]))
    most = max((e["counts"].get("WiseForm", 0) for e in found.values()), default=0)
    return [
        Country(folder, e["code"], e["name"], e["counts"], e["place"], _shade(e["counts"].get("WiseForm", 0), most))
        for folder, e in found.items()
    ]


def _shade(number: int, most: int) -> int:
    return 0 if not number else 1 + (number - 1) * SHADES // max(most, 1)


def _size(served: Edition) -> int:
    return int(str(served.select("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }").rows[0][0]))
