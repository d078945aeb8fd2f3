"""`/check`: a workbook or a table is sent, and its wrong cells are shown; `/check/workbook.xlsx`: a workbook to fill in.

Nothing is kept: what is downloaded after a check stands in the page itself, and what an earlier check found comes back
with the corrected file.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge

from query_ui.asked import interface
from query_ui.checking import earlier
from query_ui.checking.check_files import MARKED_LIMIT, SARIF, XLSX, attachment, data_address, in_page, record_of, sarif_of
from query_ui.checking.check_report import Names, by_sheet, counts
from query_ui.checking.checks import Checked, Checks, too_large
from query_ui.checking.shared import checks, count
from query_ui.checking.uploads import Upload, uploaded
from query_ui.edition import Edition
from query_ui.filters import edition
from query_ui.negotiation import HTML, PROBLEM, choose
from query_ui.problems import WrongRequest, problem
from wise_skills.labels import fold
from wise_skills.languages import LANGUAGES, speaking
from wise_skills.messages import phrase
from wise_skills.names import FOLDERS

blueprint = Blueprint("check", __name__)

JSON = "application/json"
OFFERS = (HTML, JSON, SARIF, XLSX)
_FIELDS = 300_000  # bytes of a request beside its file
_AT_HOME = {"de": "at", "el": "gr", "sl": "si"}


@blueprint.record_once
def install(state: BlueprintSetupState) -> None:
    """Set the limits: bytes of a file, seconds and bytes of memory of a check, and how many may run at once."""
    config = state.app.config
    for name, value in {"CHECK_BYTES": 10_000_000, "CHECK_SECONDS": 120, "CHECK_MEMORY": 1_000_000_000, "CHECKS_AT_ONCE": 2}.items():
        config.setdefault(name, value)
    limits = (int(config[name]) for name in ("CHECK_BYTES", "CHECK_SECONDS", "CHECK_MEMORY", "CHECKS_AT_ONCE"))
    state.app.extensions["wise_checks"] = Checks(*limits)


@blueprint.get("/check")
def form() -> Response:
    """Show the form, in the language asked for."""
    language = _language(request.args.get("language"))
    with speaking(language):
        response = make_response(_page(language))
    response.add_etag(weak=True)  # made from the content: it differs with the language, which the address may not name
    response.vary.add("Accept-Language")
    response.make_conditional(request)
    return response


@blueprint.post("/check")
def check() -> Response:
    """Check what was sent; answer with a page, or with the record, SARIF or the marked workbook to those who ask for it."""
    request.max_content_length = checks().size + _FIELDS
    request.max_form_memory_size = _FIELDS
    request.max_form_parts = 20
    wanted = choose(request.headers.get("Accept"), OFFERS)
    if wanted is None:
        raise WrongRequest(406, gettext("A check is answered as %(types)s.", types=", ".join(OFFERS)))
    language = _language(request.args.get("language"))
    with speaking(language):
        try:
            if "language" in request.form:
                language = _language(request.form["language"])
            with speaking(language):
                count()
                return _checked(wanted, language)
        except RequestEntityTooLarge:
            return _refused(too_large(checks().size), wanted, language, {})
        except WrongRequest as error:
            with speaking(language):
                return _refused(error, wanted, language, request.form.to_dict())


@blueprint.get("/check/workbook.xlsx")
def workbook() -> Response:
    """Give a workbook to fill in, empty or with the present rows of a country."""
    language = _language(request.args.get("language"))
    country = _country(request.args.get("country", ""))
    if not country:
        raise WrongRequest(400, gettext("Name a country: country= one of %(known)s.", known=", ".join(FOLDERS)))
    with speaking(language):
        try:
            count()
            content = checks().template(country, language, request.args.get("filled") == "1")
        except WrongRequest as error:
            return _refused(error, HTML, language, {})
    response = attachment(content, XLSX, f"{country}-{language}.xlsx")
    response.add_etag()
    response.headers["Cache-Control"] = "no-store"
    return response


def _language(named: str | None) -> str:
    """Return the language that was named, else that of all pages; menus follow what was named."""
    if not named:
        return interface()
    if named not in LANGUAGES:
        given = f"language={named}"
        raise WrongRequest(400, gettext("%(given)s is unknown. Give one of %(known)s.", given=given, known=", ".join(LANGUAGES)))
    g.interface = named
    return named


def _country(named: str) -> str:
    if named and named not in FOLDERS:
        given = f"country={named}"
        raise WrongRequest(400, gettext("%(given)s is unknown. Give one of %(known)s.", given=given, known=", ".join(FOLDERS)))
    return named


def _checked(wanted: str, language: str) -> Response:
    """Check the file that was sent and answer in the media type that is wanted."""
    upload = uploaded(request.files.get("file"), edition().schema.by_name)
    country = _country(request.form.get("country", ""))
    checked = checks().check(upload, language, country, marked=wanted in (HTML, XLSX))
    if wanted == XLSX and checked.marked is None:
        raise WrongRequest(
            406, gettext("Only a workbook can be given back with marks. Ask for %(json)s or %(sarif)s.", json=JSON, sarif=SARIF)
        )
    if checked.marked is not None and (wanted == XLSX or (wanted == HTML and request.form.get("marked"))):
        return attachment(checked.marked, XLSX, f"{upload.stem}-checked.xlsx")
    if wanted == JSON:
        return Response(record_of(checked.found), content_type=JSON)
    if wanted == SARIF:
        return Response(sarif_of(checked.found), content_type=SARIF)
    return make_response(_result(upload, checked, language, country))


def _result(upload: Upload, checked: Checked, language: str, country: str) -> str:
    found = checked.found
    findings = found["findings"]
    before = earlier.unpack(request.form.get("earlier", ""))
    compared = earlier.compare(before, findings) if before else None
    names = Names(edition().schema, findings)
    sheets = by_sheet(found, names)
    marked = checked.marked
    return render_template(
        "check_result.html",
        **_texts(language),
        upload=upload,
        found=found,
        counts=counts(found),
        sheets=sheets,
        shown={f.number for sheet in sheets for row in sheet.rows for f in row.findings},
        compared=compared,
        names=names,
        marked=data_address(marked, XLSX) if marked is not None and len(marked) <= MARKED_LIMIT else "",
        too_large=marked is not None and len(marked) > MARKED_LIMIT,
        files=in_page(found, upload.stem),
        country=country,
        earlier=earlier.pack(findings),
    )


def _refused(error: WrongRequest, wanted: str, language: str, typed: dict[str, str]) -> Response:
    """Say what is wrong: beside the form for people, as problem+json for programs."""
    if wanted != HTML:
        return Response(problem(error).as_json(), error.http_status, error.headers, content_type=PROBLEM)
    country = typed.get("country", "")
    before = typed.get("earlier", "")
    text = _page(language, error=str(error), country=country, earlier=before if earlier.unpack(before) else "")
    return Response(text, error.http_status, error.headers, content_type="text/html; charset=utf-8")


def _page(language: str, **more: Any) -> str:
    home = _AT_HOME.get(language, language)
    return render_template("check.html", **_texts(language), home=home if home in FOLDERS else "be", **more)


def _texts(language: str) -> dict[str, Any]:
    """What both pages say and offer."""
    return {"say": phrase, "language": language, "languages": LANGUAGES, "countries": _countries(edition(), language)}


def _countries(served: Edition, language: str) -> list[tuple[str, str]]:
    """The folders with their names in a language, in the order of the names."""
    known: dict[str, dict[str, str]] | None = served.memory.get("check.countries")
    if known is None:
        known = {}
        for row in served.select("SELECT ?folder ?name WHERE { ?place wise:folder ?folder ; skos:prefLabel ?name }").dicts():
            if row["folder"] and row["name"]:
                known.setdefault(row["folder"].value, {})[row["name"].language or ""] = row["name"].value
        served.memory["check.countries"] = known
    named = [(f, known.get(f, {}).get(language) or known.get(f, {}).get("en") or f.upper()) for f in FOLDERS]
    return sorted(named, key=lambda pair: fold(pair[1]))
