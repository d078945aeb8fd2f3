"""`/curriculum`: what modules cover of the needs and what they leave; the needs behind a number; the same as files.

Modules of our data are named in the address. A designer's own are sent, and nothing of them is kept: what can be taken
along then stands in the page itself.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from query_ui.asked import interface, page_number
from query_ui.checking.check_files import MARKED_LIMIT, XLSX, File, data_address
from query_ui.checking.checks import Checks
from query_ui.checking.shared import count
from query_ui.citing import citation
from query_ui.curriculum.called import dimension_name, span, value_name
from query_ui.curriculum.chosen import MOST, Chosen, choose, offered, skills_of
from query_ui.curriculum.files import to_json, to_xlsx
from query_ui.curriculum.picture import MOST_MODULES, picture
from query_ui.curriculum.records import Records, hierarchy, records
from query_ui.curriculum.shown import Page
from query_ui.curriculum.uploads import Sent, take
from query_ui.evidence.claims import read_claims
from query_ui.filters import edition, naming
from query_ui.links import LICENCE, absolute
from query_ui.problems import WrongRequest
from query_ui.spreadsheets import download
from wise_skills.curricula import DIMENSIONS, Module, Report
from wise_skills.curricula.coverage import Coverage
from wise_skills.labels import fold
from wise_skills.languages import LANGUAGES
from wise_skills.learning import elm
from wise_skills.learning.completing import complete
from wise_skills.learning.stored import modules_of

blueprint = Blueprint("curriculum", __name__)

SHOWN_CLAIMS, SHOWN_ROWS = 30, 80
_FIELDS = 300_000  # bytes of a request beside its files
NAME = "curriculum"


@blueprint.get("/curriculum")
def curriculum() -> tuple[str, int]:
    """Show the modules to choose from and, if some are chosen, the report."""
    known = records(edition())
    chosen = _chosen(known, request.args)
    page = _page(known, chosen) if chosen.modules else None
    return _shown(known, chosen, page), 400 if chosen.wrong else 200


@blueprint.post("/curriculum")
def send() -> Response:
    """Show the report on modules that were sent, beside those of ours that were chosen."""
    checks: Checks = current_app.extensions["wise_checks"]
    request.max_content_length = checks.size + _FIELDS
    request.max_form_memory_size = _FIELDS
    request.max_form_parts = 400
    known = records(edition())
    chosen, typed = Chosen(), {}
    try:
        count()
        chosen = _chosen(known, request.form)
        language = request.form.get("language", "")
        typed = {"text": request.form.get("text", "")[:_FIELDS], "language": language}
        language = language if language in LANGUAGES else interface()
        sent = take(edition(), known, checks, request.form, request.files, language, interface())
        if not sent.modules and not chosen.modules:
            raise WrongRequest(400, _("Nothing was sent: choose a file, or paste a table."))
        page = _page(known, chosen, sent)
        return make_response(_shown(known, chosen, page, sent=sent, files=_in_page(page), typed=typed))
    except RequestEntityTooLarge:
        error = WrongRequest(413, _("What was sent is too long."))
    except WrongRequest as wrong:
        error = wrong
    text = _shown(known, chosen, None, error=str(error).split("\n"), typed=typed)
    return Response(text, error.http_status, error.headers, content_type="text/html; charset=utf-8")


@blueprint.get("/curriculum.<any(json, xlsx, svg, png, ttl):ending>")
def export(ending: str) -> Response:
    """Give the report on modules of our data as a file; as Turtle the modules themselves, in the European Learning Model."""
    known = records(edition())
    # What completes the modules has names of its own, and filters do not matter to them.
    asked = request.args if ending != "ttl" else MultiDict([("module", key) for key in request.args.getlist("module")])
    chosen = _chosen(known, asked)
    if chosen.wrong or not chosen.modules:
        raise WrongRequest(400, " ".join(chosen.notices) or _("Name at least one module: module=fr/moniteur-atelier-bloc-1."))
    if ending == "ttl":
        return _file(elm.write(complete(_learning(chosen), request.args)).encode(), "text/turtle; charset=utf-8", ending)
    page = _page(known, chosen)
    if ending == "xlsx":
        return download(to_xlsx(page), NAME)
    if ending == "json":
        return _file(to_json(page, _about(page)), "application/json", ending)
    drawn = picture(page)
    if drawn is None:
        raise WrongRequest(400, _("There is nothing to draw: no row is left."))
    caption = "\n".join([page.sentence, citation(edition()), absolute(chosen.address())])
    if ending == "svg":
        return _file(drawn.file("svg", caption), "image/svg+xml", ending)
    return _file(drawn.file("png", caption), "image/png", ending)


@blueprint.get("/curriculum/needs")
def needs() -> tuple[str, int]:
    """Show the needs behind a number: those of some skills that the filters take, each with evidence, source and row."""
    known = records(edition())
    chosen = _chosen(known, request.args)
    skills = skills_of(known, request.args)
    found = chosen.filters.apply(known.needs)
    # Claims that something is not needed are shown where they are asked for, and are no needs elsewhere.
    if "not-needed" not in chosen.filters.necessity:
        found = Coverage(found, (), {}).needs
    if skills is not None:
        wanted = set(skills)
        found = [need for need in found if need.skill in wanted]
    pages = max(1, -(-len(found) // SHOWN_CLAIMS))
    number = min(page_number(), pages)
    shown = found[(number - 1) * SHOWN_CLAIMS : number * SHOWN_CLAIMS]
    keys = None if skills is None else [known.keys[skill] for skill in skills]
    text = render_template(
        "curriculum_needs.html",
        chosen=chosen,
        total=len(found),
        skills=skills or [],
        filters=[(d, [value_name(edition(), naming(), d, key) for key in chosen.filters.wanted(d)]) for d in DIMENSIONS],
        dimension_name=dimension_name,
        claims=read_claims(edition(), [need.iri for need in shown], naming()),
        page=number,
        pages=pages,
        base=chosen.needs(keys) + "&page=",
    )
    return text, 400 if chosen.wrong else 200


def _chosen(known: Records, args: Any) -> Chosen:
    return choose(known, args, lambda dimension, key: value_name(edition(), naming(), dimension, key), naming())


def _page(known: Records, chosen: Chosen, sent: Sent | None = None) -> Page:
    own = sent.modules if sent else []
    modules = [*own, *(known.by_key[key] for key in chosen.modules)]
    report = Report(known.needs, modules, chosen.filters, known.matches, hierarchy(edition(), modules), known.certificates)
    return Page(edition(), naming(), known, chosen, report, own=bool(own))


def _shown(
    known: Records,
    chosen: Chosen,
    page: Page | None,
    *,
    sent: Sent | None = None,
    files: list[File] | None = None,
    error: list[str] | None = None,
    typed: dict[str, str] | None = None,
) -> str:
    report = page.report if page else None
    learning = _learning(chosen) if page and not page.own else []
    return render_template(
        "curriculum.html",
        chosen=chosen,
        page=page,
        report=report,
        picture=picture(page) if page else None,
        rows=page.rows[:SHOWN_ROWS] if page else [],
        most_modules=MOST_MODULES,
        files=files or [],
        notices=[*chosen.notices, *(sent.notices if sent else [])],
        error=error,
        typed=typed or {},
        most=MOST,
        folders=_choices(known),
        fields=[(d, _options(known, d)) for d in DIMENSIONS],
        dimension_name=dimension_name,
        span=span,
        languages=LANGUAGES,
        lacking=elm.missing(learning),
        has_elm=bool(learning),
    )


def _choices(known: Records) -> list[tuple[str, str, list[Module], list[Module]]]:
    """Folder and name of each country, with its curricula of which outcomes are recorded, and the others."""
    naming().fetch(module.iri for module in known.modules)
    found = []
    for folder in dict.fromkeys(module.country for module in known.modules):
        mine = sorted((m for m in known.modules if m.country == folder), key=lambda m: fold(naming()(m.iri)))
        named = value_name(edition(), naming(), "country", folder)
        found.append((folder, named, [m for m in mine if m.outcomes], [m for m in mine if not m.outcomes]))
    return sorted(found, key=lambda choice: fold(choice[1]))


def _options(known: Records, dimension: str) -> list[tuple[str, str, int]]:
    """Key, name and number of claims of each value that can be filtered by."""
    found = [(key, value_name(edition(), naming(), dimension, key), count) for key, count in offered(known, dimension).items()]
    return sorted(found, key=lambda option: (-option[2], fold(option[1])))


def _learning(chosen: Chosen) -> list[Any]:
    """The chosen modules as they are exchanged; all are read at once, because each reading goes through all skills."""
    known, memory = records(edition()), edition().memory
    if "curriculum.learning" not in memory:
        memory["curriculum.learning"] = {module.iri: module for module in modules_of(edition().select, edition().names)}
    return [memory["curriculum.learning"][known.by_key[key].iri] for key in chosen.modules]


def _about(page: Page) -> dict[str, Any]:
    release = edition().release
    return {
        "release": release.id if release else edition().engine.version,
        "licence": LICENCE,
        "citation": citation(edition()),
        "address": absolute("/curriculum" if page.own else page.chosen.address()),
    }


def _in_page(page: Page) -> list[File]:
    """What can be taken along of modules that were sent, in addresses that hold their content."""
    found = [("XLSX", f"{NAME}.xlsx", XLSX, to_xlsx(page)), ("JSON", f"{NAME}.json", "application/json", to_json(page, _about(page)))]
    return [File(title, name, data_address(content, media)) for title, name, media, content in found if len(content) <= MARKED_LIMIT]


def _file(content: bytes, media: str, ending: str) -> Response:
    response = Response(content, content_type=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{NAME}.{ending}"'
    return response
