"""`/`: what is in the graph, and where to begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template

from query_ui.edition import Edition
from query_ui.filters import edition
from query_ui.views.catalogue import BEGIN, USERS

blueprint = Blueprint("home", __name__)

SHADES = 5


@dataclass(frozen=True)
class Country:
    """A country of the data with the numbers of its things by class."""

    folder: str
    code: str
    name: str
    counts: dict[str, int]
    shade: int = 0


@blueprint.get("/")
def home() -> str:
    """Show the start page."""
    served = edition()
    questions = served.questions.values()
    begin = [(user, BEGIN[user], [q for q in questions if q.user == user][:3]) for user in USERS if any(q.user == user for q in questions)]
    return render_template("home.html", totals=totals(served), countries=countries(served), begin=begin, shades=range(1, SHADES + 1))


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
        entry = found.setdefault(folder, {"code": str(row["code"] or folder.upper()), "name": str(row["name"]), "counts": {}})
        if row["c"]:
            entry["counts"][str(row["c"]).removeprefix(served.names.wise)] = int(str(row["n"]))
    most = max((e["counts"].get("WiseForm", 0) for e in found.values()), default=0)
    return [Country(folder, e["code"], e["name"], e["counts"], _shade(e["counts"].get("WiseForm", 0), most)) for folder, e in found.items()]


def _shade(number: int, most: int) -> int:
    return 0 if not number else 1 + (number - 1) * SHADES // max(most, 1)


def _size(served: Edition) -> int:
    return int(str(served.select("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }").rows[0][0]))
