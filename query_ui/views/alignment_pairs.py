"""`/alignments/pairs` and `/alignments/<from>/<to>`: what follows between two classifications through ESCO."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from query_ui.asked import page_number
from query_ui.filters import edition, naming
from query_ui.ledger import files, known
from query_ui.ledger.pair import Pair
from query_ui.negotiation import TURTLE
from query_ui.problems import Missing, WrongRequest
from query_ui.spreadsheets import download
from query_ui.things.concept_links import RELATION_WORDS
from query_ui.views.alignments import about, answer
from query_ui.words import number
from wise_skills.mappings.chained import as_mappings, as_turtle
from wise_skills.mappings.chaining import Side, find_side, links_between
from wise_skills.mappings.composition import RELATIONS

blueprint = Blueprint("alignment_pairs", __name__)

SHOWN = 50
WORDS = {relation: RELATION_WORDS[relation] for relation in RELATIONS}
"""How one code stands to the other."""
TURNED = "turned"


@blueprint.get("/alignments/pairs")
def pairs() -> str:
    """Show all directed pairs with their numbers by relation."""
    served, turned = edition(), _turned()
    found = known.all_sides(served, turned=turned)
    naming().fetch(side.scheme for side in found.values() if side.scheme)
    counted = known.pairs(served, turned=turned)
    titles = {key: known.title_of(served, side, naming()) for key, side in found.items()}
    lines = sorted(((titles[a], titles[b], a, b, numbers) for (a, b), numbers in counted.items() if numbers), key=lambda line: line[:2])
    return render_template(
        "alignment_pairs.html",
        lines=lines,
        sides=[(titles[key], side) for key, side in found.items()],
        turned=turned,
        doubtful=sum(side.doubtful for side in found.values()),
        RELATIONS=WORDS,
    )


@blueprint.get("/alignments/<first>/<second>")
def pair(first: str, second: str) -> str | BaseResponse:
    """Show what follows between two classifications."""
    found = _pair(first, second)
    if (found.first.key, found.second.key) != (first, second):
        given = request.query_string.decode("ascii", "ignore")
        return redirect(f"{found.path}{'?' if given else ''}{given}", 303)
    relation, typed = _relation(), " ".join(request.args.get("find", "").split())[:100]
    mappings = found.narrowed(relation, typed)
    count = max(1, -(-len(mappings) // SHOWN))
    page = min(page_number(), count)
    shown = mappings[(page - 1) * SHOWN : page * SHOWN]
    naming().fetch(path.hub for mapping in shown for path in mapping.paths)
    kept = {"relation": relation, "find": typed, TURNED: "1" if found.turned else ""}
    return render_template(
        "alignment_pair.html",
        pair=found,
        sentence=_sentence(found),
        relation=relation,
        typed=typed,
        number_of=len(mappings),
        mappings=shown,
        page=page,
        pages=count,
        base=f"{found.path}?{urlencode({k: v for k, v in kept.items() if v} | {'page': ''})}",
        RELATIONS=WORDS,
    )


@blueprint.get("/alignments/<first>/<second>/path")
def path(first: str, second: str) -> str:
    """Show one mapping with all its paths."""
    found = _pair(first, second)
    subject, object_ = (request.args.get(name, "")[:1000] for name in ("subject", "object"))
    mapping = links_between(found.mappings, subject, object_)
    if mapping is None:
        raise Missing(_("Nothing follows between these two. The mapping that it hung on may have been withdrawn."))
    naming().fetch(path.hub for path in mapping.paths)
    return render_template("alignment_path.html", pair=found, mapping=mapping, RELATIONS=WORDS)


@blueprint.get("/alignments/<first>/<second>.<any(tsv, csv, json, xlsx, ttl):ending>")
def export(first: str, second: str, ending: str) -> Response:
    """Give what follows as a file: SSSOM, CSV, JSON, a workbook, RDF."""
    found, served = _pair(first, second), edition()
    mappings = found.narrowed(_relation(), "")
    naming().fetch({path.hub for mapping in mappings for path in mapping.paths})
    name = f"alignments-{found.first.key}-{found.second.key}"
    version = served.release.id if served.release else str(served.engine.version)
    if ending == "ttl":
        text = "".join(as_turtle(found.first, found.second, mappings, served.names, version))
        return answer(text.encode(), f"{TURTLE}; charset=utf-8", f"{name}.ttl")
    if ending == "tsv":
        from wise_skills.mappings import tsv

        set_ = as_mappings(found.first, found.second, mappings, served.names, found.label, found.title, version)
        return answer(tsv.write(set_).encode(), "text/tab-separated-values; charset=utf-8", f"{name}.sssom.tsv")
    rows = files.pair_rows(mappings, found.label, found.code)
    if ending == "csv":
        return answer(files.to_csv(files.PAIRS_HEAD, rows), "text/csv; charset=utf-8; header=present", f"{name}.csv")
    if ending == "json":
        told = about(served, found.path, _sentence(found))
        return answer(files.to_json(files.PAIRS_HEAD, rows, told), "application/json", f"{name}.json")
    return download(files.pair_workbook(found.title, rows, _sentence(found), found.path), name)


def _pair(first: str, second: str) -> Pair:
    served, turned = edition(), _turned()
    found = known.all_sides(served, turned=turned)
    one, other = _side(found, first), _side(found, second)
    if one.key == other.key:
        raise WrongRequest(400, _("Name two different classifications. /alignments/pairs lists them."))
    naming().fetch(side.scheme for side in (one, other) if side.scheme)
    return Pair(served, naming(), one, other, turned=turned)


def _side(found: dict[str, Side], given: str) -> Side:
    sides = find_side(found, given)
    if not sides:
        listed = ", ".join(found) or "–"
        raise Missing(_("No mappings of “%(given)s” to ESCO are loaded. There are: %(listed)s.", given=given[:60], listed=listed))
    return sides[0]


def _relation() -> str:
    given = request.args.get("relation", "")
    if given and given not in RELATIONS:
        raise WrongRequest(400, _("“%(given)s” is none of: %(known)s.", given=given[:60], known=", ".join(RELATIONS)))
    return given


def _turned() -> bool:
    return request.args.get(TURNED) == "1"


def _sentence(found: Pair) -> str:
    if not found.mappings:
        return str(_("Nothing follows from what the two are mapped to in ESCO."))
    return str(
        _(
            "%(codes)s codes of %(first)s lead to %(others)s of %(second)s, through %(hubs)s concepts of ESCO: "
            "%(all)s mappings, %(exact)s exact.",
            codes=number(len({mapping.subject for mapping in found.mappings})),
            first=found.titles[0],
            others=number(len({mapping.object for mapping in found.mappings})),
            second=found.titles[1],
            hubs=number(len({path.hub for mapping in found.mappings for path in mapping.paths})),
            all=number(len(found.mappings)),
            exact=number(found.counted[RELATIONS[0]]),
        )
    )
