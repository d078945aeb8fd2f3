"""`/explore`: queries without SPARQL; every choice is a link and says how much it leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from query_ui import asked
from query_ui.citing import citation
from query_ui.exploring import questionfile
from query_ui.exploring.address import BY, FACET_WORDS, HAS, NUMBER, SHOW, SORT, query
from query_ui.exploring.address import FROM as START
from query_ui.exploring.address import TO as END
from query_ui.exploring.index import index_of
from query_ui.exploring.model import Facet
from query_ui.exploring.page import Page
from query_ui.exploring.reading import Reader
from query_ui.exploring.sentences import condition_text, facet_name, result_count, step_name, table_description, table_title
from query_ui.exploring.tables import EXAMPLES, counts, entries
from query_ui.filters import edition, naming
from query_ui.links import absolute
from query_ui.problems import Missing
from query_ui.results.presentation import present
from query_ui.views.answer_files import words_of_files
from query_ui.views.pictures import picture_file
from wise_skills.answer_files import MEDIA_TYPES, About, to_csv, to_json, to_turtle, to_xlsx
from wise_skills.tables import Table

blueprint = Blueprint("explore", __name__)

WHOLE = 300
"""Values of one facet on a page of its own."""
_UNITS = "unit"


@blueprint.get("/explore")
def start() -> str:
    """Show what can be looked for; `q` narrows it."""
    typed = request.args.get("q", "").strip()[:200]
    return render_template("explore.html", groups=entries(edition(), typed), typed=typed, examples=_examples())


def _examples() -> list[tuple[str, str, int]]:
    """Explorations to begin with: sentence, address, and number of things; those that find nothing are left out."""
    served, found = edition(), []
    for name, conditions, by in EXAMPLES:
        table = served.schema.by_name.get(name)
        if table is None or not counts(served)[name]:
            continue
        given = [(k, v) for k, vs in conditions.items() for v in ([vs] if isinstance(vs, str) else vs)] + [(BY, b) for b in by]
        read = Reader(index_of(served), table, naming(), table_title(table)).read(given)
        page = Page(served, read.exploration, naming())
        if page.offers.found and not read.problems:
            found.append((page.sentence, page.address(), page.offers.found))
    return found


def _page(name: str) -> tuple[Page, list[tuple[str, str]]]:
    served = edition()
    table = served.schema.by_name.get(name)
    if table is None or not counts(served)[name]:
        raise Missing(_("There is nothing called “%(name)s” to explore. Choose from the list at /explore.", name=name[:60]))
    read = Reader(index_of(served), table, naming(), table_title(table)).read(request.args.items(multi=True))
    return Page(served, read.exploration, naming(), read.at), read.problems


@blueprint.get("/explore/<name>.<any(csv, json, xlsx, ttl):ending>")
def export(name: str, ending: str) -> Response:
    """Give the answer as a file."""
    page, _problems = _page(name)
    served, result = page.edition, page.result
    page.name_claims()
    version = served.release.id if served.release else str(served.engine.version)
    about = About(absolute(page.address()), citation(served), version)
    if ending == "csv":
        body = to_csv(result, naming())
    elif ending == "json":
        body = to_json(result, naming(), about)
    elif ending == "xlsx":
        body = to_xlsx(result, naming(), about, words_of_files())
    else:
        body = to_turtle(served.engine, result, about, served.base)
    response = Response(body, content_type=MEDIA_TYPES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{questionfile.file_name(name)}.{ending}"'
    if result.table.truncated:
        response.headers["X-Result-Truncated"] = "true"
    return response


@blueprint.get("/explore/<name>.rq")
def question_file(name: str) -> Response:
    """Give the exploration as the file of a question."""
    page, _problems = _page(name)
    response = Response(page.file, content_type="application/sparql-query; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{questionfile.file_name(name)}.rq"'
    return response


@blueprint.get("/explore/<name>.<any(svg, png):ending>")
def picture(name: str, ending: Literal["svg", "png"]) -> Response:
    """Give the picture of the answer as a file."""
    page, _problems = _page(name)
    return picture_file(page.edition, page.sheet(), page.path, page.sentence, [], page.view, ending)


@blueprint.get("/explore/<name>")
def explore(name: str) -> BaseResponse | str:
    """Show an exploration: its sentence, its answer, and the choices that narrow it."""
    if any(not value.strip() for key, value in request.args.items(multi=True) if key not in asked.CHOSEN):
        # What a form leaves blank does not belong into an address that people pass on.
        kept = [(k, v) for k, v in request.args.items(multi=True) if v.strip() or k in asked.CHOSEN]
        return redirect(f"/explore/{name}{query(kept)}", 303)
    page, problems = _page(name)
    usual = replace(page.exploration, show=())
    if page.exploration.show and not problems and questionfile.columns(page.index, usual) == list(page.exploration.show):
        # The form names its columns even where they are the usual ones.
        return redirect(page.address(usual), 303)
    steps = page.index.paths.walk(page.exploration.table, page.at) or ()
    rest = [(c, page.address(e), n) for c, e, n in page.offers.removals()]
    shown = present(page.sheet(), page.path, page.pairs(), request.args, page.view) if page.offers.found else None
    return render_template(
        "explore_table.html",
        **_words(page.exploration.table),
        page=page,
        problems=problems,
        count=result_count(page.offers.found, len(page.index.sheet(page.exploration.table).things)),
        conditions=[(facet_name(c.facet), condition_text(c, naming()), path) for c, path, _n in rest],
        loosened=[(facet_name(c.facet), condition_text(c, naming()), path, n) for c, path, n in rest if n],
        shown=shown,
        offers=page.offers.facets(steps),
        ways=page.offers.ways(steps),
        trail=[(step_name(s), ".".join(t.key for t in steps[: n + 1])) for n, s in enumerate(steps)],
        mixed=_mixed(page),
        left_out=_left_out(page),
        **_form(page, steps),
    )


@blueprint.get("/explore/<name>/<key>")
def values(name: str, key: str) -> str:
    """Show all values of one facet, to choose from; `_find` narrows them."""
    page, problems = _page(name)
    facet = page.index.paths.find(page.exploration.table, key)
    if facet is None or not facet.has_values:
        raise Missing(_("There are no values to choose from at “%(key)s”. Go back to the table.", key=key[:60]))
    typed = request.args.get(FACET_WORDS, "").strip()[:200]
    offer = page.offers.whole(facet, typed)
    number = asked.page_number()
    pages = max(1, -(-len(offer.choices) // WHOLE))
    number = min(number, pages)
    return render_template(
        "explore_values.html",
        **_words(page.exploration.table),
        page=page,
        problems=problems,
        facet=facet,
        facet_name=facet_name(facet),
        offer=offer,
        choices=offer.choices[(number - 1) * WHOLE : number * WHOLE],
        typed=typed,
        number=number,
        pages=pages,
        base=f"{page.path}/{key}{query([*page.pairs(), *([(FACET_WORDS, typed)] if typed else []), ('page', '')])}",
    )


def _words(table: Table) -> dict[str, Any]:
    return {"title": table_title(table), "description": table_description(table), "table": table, "HAS": HAS, "FROM": START, "TO": END}


def _form(page: Page, steps: tuple[Any, ...]) -> dict[str, Any]:
    """The fields in which columns, groups and order are chosen; only what something of the answer has."""
    exploration, index = page.exploration, page.index
    known = {f.key: f for f in index.paths.facets(exploration.table)}
    known |= {f.key: f for f in (index.paths.facets(exploration.table, steps) if steps else [])}
    known |= {f.key: f for f in (*(c.facet for c in exploration.conditions), *exploration.by, *exploration.show)}
    there = [f for f in known.values() if _has_any(page, f)]
    columns = [f for f in there if f.kind not in ("link", "language")]
    now = questionfile.columns(index, exploration)
    chosen = {f.key for f in now}
    return {
        "columns": [(f.key, facet_name(f), f.key in chosen) for f in [*now, *(f for f in columns if f.key not in chosen)]],
        "groups": [(f.key, facet_name(f)) for f in there if f.groups],
        "numbers": [(f.key, facet_name(f)) for f in there if f.kind == "number" and not f.steps],
        "sortable": [(f.key, facet_name(f)) for f in (exploration.by or now)],
        "BY": BY,
        "NUMBER": NUMBER,
        "SHOW": SHOW,
        "SORT": SORT,
    }


def _has_any(page: Page, facet: Facet) -> bool:
    carried = page.offers.counting.carried(facet.steps)
    return not page.index.with_any(facet).isdisjoint(carried)


def _mixed(page: Page) -> str:
    """A warning where numbers of different units were put together."""
    exploration = page.exploration
    unit = page.index.paths.find(exploration.table, _UNITS)
    if exploration.number is None or unit is None or _UNITS in [f.key for f in exploration.by]:
        return ""
    units = page.offers.counting.values(unit)
    chosen = exploration.condition(_UNITS)
    several = len(chosen.terms) if chosen and chosen.terms else len(units)
    return _("These numbers are of different units. Count by the unit too, or choose one unit.") if several > 1 else ""


def _left_out(page: Page) -> list[tuple[str, int]]:
    """For groups behind steps: the steps, and how many things do not come that far."""
    found = []
    for facet in page.exploration.by:
        if facet.steps:
            reached = frozenset().union(*page.offers.counting.carried(facet.steps).values())
            if missing := page.offers.found - len(reached):
                found.append((" › ".join(step_name(s) for s in facet.steps), missing))
    return found
