"""`/about`: how the graph is made, what its signs mean, what may be done with it."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from query_ui.filters import edition
from query_ui.views.home import totals

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
def about() -> str:
    """Show the page."""
    served = edition()
    evidence = served.select("SELECT ?e (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s wise:evidence ?e } GROUP BY ?e")
    counts = {str(e).rsplit("/", 1)[-1]: int(str(n)) for e, n in evidence}
    limits = served.engine.limits
    return render_template("about.html", totals=totals(served), counts=counts, limits=limits, rate=current_app.config["QUERIES_PER_MINUTE"])
