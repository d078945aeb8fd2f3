"""`/compare`: countries or types side by side, what is behind each number, and the same as files and pictures."""

from __future__ import annotations

from typing import Any, Literal, cast

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from query_ui.asked import page_number
from query_ui.charts import Chart, draw
from query_ui.citing import citation
from query_ui.comparisons import files
from query_ui.comparisons.chosen import Chosen, choose, offers, start
from query_ui.comparisons.comparison import Comparison, percent
from query_ui.comparisons.counting import Unit, inferred, units
from query_ui.comparisons.definitions import subjects, unit_kinds
from query_ui.comparisons.matrix import FEW
from query_ui.comparisons.saying import remarks, sentence
from query_ui.comparisons.showing import Look, heat
from query_ui.evidence.claims import read_claims
from query_ui.filters import edition, naming
from query_ui.links import LICENCE, absolute
from query_ui.problems import Missing, WrongRequest
from query_ui.spreadsheets import download
from query_ui.words import and_list
from wise_skills.labels import fold

blueprint = Blueprint("compare", __name__)
blueprint.add_app_template_filter(percent, "percent")

SHOWN_ROWS, SHOWN_CLAIMS = 60, 30


@blueprint.get("/compare")
def compare() -> tuple[str, int]:
    """Show the matrix, its summary, and what else could be compared."""
    chosen = choose(edition(), naming(), request.args)
    comparison = Comparison(edition(), naming(), chosen)
    pages = max(1, -(-len(comparison.rows) // SHOWN_ROWS))
    page = min(page_number(), pages)
    picture = _picture(comparison) if chosen.picture and comparison.rows else None
    context: dict[str, Any] = {
        "comparison": comparison,
        "chosen": chosen,
        "rows": comparison.rows[(page - 1) * SHOWN_ROWS : page * SHOWN_ROWS],
        "page": page,
        "pages": pages,
        "picture": picture,
        "sentence": sentence(comparison),
        "remarks": remarks(comparison),
        "look": Look(comparison),
        "heat": heat,
        "few": FEW,
        "inferred": inferred(edition()) if chosen.kind == "types" else None,
        "begun": not request.args.getlist("in") and not request.args.get("of"),
    }
    return render_template("compare.html", **context, **_choices(comparison)), 400 if chosen.wrong else 200


@blueprint.get("/compare/behind")
def behind() -> str:
    """Show the claims behind one number: a cell, or the things of a unit in some state."""
    served = edition()
    chosen = _exact(one=True)
    if len(request.args.getlist("in")) != 1 or len(chosen.units) != 1:
        raise WrongRequest(400, _("What is behind a number is shown for one country or type: name it by “in=…”."))
    unit, wanted, state = chosen.units[0], request.args.get("item", ""), request.args.get("state", "")
    comparison = Comparison(served, naming(), chosen)
    column = comparison.columns[0]
    item = next((item for item, key in comparison.keys.items() if wanted in (key, item.value)), None) if wanted else None
    if wanted and item is None:
        raise Missing(_("No row “%(given)s” is compared here. Begin again at /compare.", given=wanted[:100]))
    if state and state not in column.unknown and state != "known":
        raise Missing(_("Nothing of %(unit)s is in the state “%(given)s”.", unit=comparison.unit(unit).text, given=state[:100]))
    cell = comparison.matrix.row(item).cells[0] if item else None
    things = column.unknown.get(state, column.known)
    if cell and item:
        things = list(cell.things) or comparison.matrix.denying(0, item)
    pages = max(1, -(-len(things) // SHOWN_CLAIMS))
    page = min(page_number(), pages)
    shown = things[(page - 1) * SHOWN_CLAIMS : page * SHOWN_CLAIMS]
    links = comparison.matrix.claims(column, shown, item)
    others = [thing for thing in column.known if thing not in set(things)] if cell else []
    coverage = [said.claim for said in column.coverage] if not things else []
    naming().fetch([*things, *others])
    naming().name_claims([*others, *(t for found in column.unknown.values() for t in found)])
    return render_template(
        "compare_behind.html",
        comparison=comparison,
        chosen=chosen,
        column=column,
        unit=comparison.unit(unit),
        item=comparison.item(item) if item else None,
        cell=cell,
        state=state,
        things=things,
        claims=[] if chosen.by.through and cell else read_claims(served, shown, naming()),
        listed=things if chosen.by.through and cell else [],
        links=read_claims(served, links, naming()),
        others=others,
        coverage=read_claims(served, coverage, naming()),
        page=page,
        pages=pages,
        base=comparison.behind(unit, item, state) + "&page=",
        back=chosen.address(),
        few=FEW,
    )


@blueprint.get("/compare.<any(csv, json, xlsx, svg, png):ending>")
def export(ending: str) -> Response:
    """Give the comparison as a file."""
    chosen = _exact()
    comparison = Comparison(edition(), naming(), chosen)
    name = "-".join(["compare", chosen.subject.key, chosen.by.key, *((f"level-{chosen.level.key}",) if chosen.level else ())])
    if ending == "xlsx":
        return download(files.to_xlsx(comparison, absolute, [sentence(comparison), *remarks(comparison)]), name)
    if ending in ("svg", "png"):
        if not comparison.rows:
            raise WrongRequest(400, _("There is nothing to draw: no row is left."))
        small = _("%(sign)s: a small sample, fewer than %(few)s are known.", sign=files.SMALL, few=FEW)
        few = [small] if any(column.few for column in comparison.columns) else []
        caption = "\n".join([sentence(comparison), *few, citation(edition()), absolute(chosen.address())])
        content = _picture(comparison).file(cast('Literal["svg", "png"]', ending), caption)
        media = "image/svg+xml" if ending == "svg" else "image/png"
    elif ending == "csv":
        content, media = files.to_csv(comparison, absolute), "text/csv; charset=utf-8; header=present"
    else:
        about = {
            "release": edition().release.id if edition().release else edition().engine.version,  # type: ignore[union-attr]
            "licence": LICENCE,
            "citation": citation(edition()),
            "address": absolute(chosen.address()),
            "answer": [sentence(comparison), *remarks(comparison)],
        }
        content, media = files.to_json(comparison, absolute, about), "application/json"
    response = Response(content, content_type=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _exact(*, one: bool = False) -> Chosen:
    """What the address of a file asks for: where something cannot be taken, a file has no room to say so."""
    chosen = choose(edition(), naming(), request.args)
    expected = [n for n in chosen.notices if not (one and len(chosen.units) == 1 and not chosen.wrong)]
    if chosen.wrong or expected:
        raise WrongRequest(400, " ".join(chosen.notices))
    return chosen


def _picture(comparison: Comparison) -> Chart:
    return draw("heat", files.marks(comparison), title=comparison.title, unit="%", description=sentence(comparison))


def _choices(comparison: Comparison) -> dict[str, Any]:
    """What else could be compared: subjects, ways and levels, units to add or leave out, and sets of units."""
    served, chosen = edition(), comparison.chosen
    known = {kind: units(served, kind, chosen.subject) for kind in unit_kinds()}
    naming().fetch(unit.iri for found in known.values() for unit in found)
    taken = {unit.key for unit in chosen.units}

    def named(found: list[Unit]) -> list[Unit]:
        return sorted(found, key=lambda unit: fold(comparison.unit(unit).text))

    presets: list[tuple[str, str, bool]] = []
    for kind, definition in unit_kinds().items():
        by_key = {unit.key: unit for unit in known[kind]}
        sets = [[by_key[key] for key in keys if key in by_key] for keys in definition.presets]
        for found in (group for group in sets if len(group) > 1):
            presets.append(_preset(chosen, and_list([comparison.unit(u).text for u in found]), found, kind))
        if kind == "countries":
            presets.append(_preset(chosen, _("All countries"), named(known[kind]), kind))
        elif len(known[kind]) > 1 and chosen.subject.by_kind(kind):
            presets.append(_preset(chosen, _("Types of WISE"), start(served, kind, chosen.subject), kind))
    return {
        "subjects": [(s, chosen.about(s) if s.by_kind(chosen.kind) else "", s is chosen.subject) for s in subjects().values()],
        "ways": [(by, chosen.about(chosen.subject, by), by is chosen.by) for by in offers(served, chosen.subject, chosen.kind)],
        "lacking": [by for by in chosen.subject.by_kind(chosen.kind) if by.lacking(served.engine)],
        "chips": [(u, chosen.among([other for other in chosen.units if other is not u])) for u in chosen.units],
        "addable": [unit for unit in named(known[chosen.kind]) if unit.key not in taken],
        "presets": presets,
    }


def _preset(chosen: Chosen, text: str, found: list[Unit], kind: str) -> tuple[str, str, bool]:
    return text, chosen.among(found, kind), {unit.key for unit in found} == {unit.key for unit in chosen.units}
