"""`/align/agreement`: two reviews of the same proposals compared, their disputes decided, and both merged into one file."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from query_ui.aligning import form, uploads
from query_ui.aligning.agreeing import decisions, names, sentence, shown_disputes
from query_ui.aligning.files import files
from query_ui.aligning.proposing import known
from query_ui.aligning.showing import Showing
from query_ui.aligning.states import ANSWER_WORDS, summary
from query_ui.asked import interface, language
from query_ui.checking.shared import checks, count
from query_ui.filters import edition
from query_ui.problems import WrongRequest
from wise_skills.mappings.agreement import compare, disputes, merge
from wise_skills.mappings.model import MappingSet
from wise_skills.mappings.packed import MAX_PACKED, pack
from wise_skills.messages import phrase

blueprint = Blueprint("align_agreement", __name__)

_FIELDS, _PARTS = 400_000, 2_000


@blueprint.get("/align/agreement")
def begin() -> Response:
    """Show the form for the two files."""
    return make_response(_form())


@blueprint.post("/align/agreement")
def agreement() -> Response:
    """Compare two files, or take the decisions on what they dispute."""
    request.max_content_length = 2 * max(checks().size, MAX_PACKED) + _FIELDS
    request.max_form_memory_size = 2 * MAX_PACKED + _FIELDS
    request.max_form_parts = _PARTS
    try:
        if "first" in request.form:
            sets = form.state(request.form["first"]), form.state(request.form.get("second", ""))
            return make_response(_page(*sets, save=True))
        count()
        return make_response(_page(_taken("one"), _taken("two")))
    except RequestEntityTooLarge:
        return _refused(WrongRequest(413, phrase("PageTooLarge", limit=f"{checks().size / 1e6:g} MB")))
    except WrongRequest as error:
        return _refused(error)


def _taken(name: str) -> MappingSet:
    if not uploads.chosen(request.files.get(name)):
        raise WrongRequest(400, _("Choose both files: the review of each of the two reviewers."))
    taken = uploads.take(checks(), request.files[name], interface(), "")
    if taken.mappings is None:
        raise WrongRequest(415, _("“%(name)s” holds lines and no review. Choose what a reviewer has downloaded.", name=taken.shown))
    return taken.mappings


def _page(first: MappingSet, second: MappingSet, save: bool = False) -> str:
    served, found = edition(), disputes(first, second)
    decided = decisions(request.form, found)
    showing = Showing(served, first, language(), known(served))
    merged = merge(first, second, decided)
    agreed = compare(first, second)
    return render_template(
        "align_agreement.html",
        agreement=agreed,
        sentence=sentence(agreed),
        disputes=shown_disputes(served, showing, found, decided),
        total=len(found),
        decided=len(decided),
        first=pack(first),
        second=pack(second),
        files=files(served, merged, language(), "") if save else (),
        summary=summary(merged) if save else "",
        names=(names(first), names(second)) if save else (),
        words=ANSWER_WORDS,
    )


def _form(error: str = "") -> str:
    return render_template("align_agreement_form.html", error=error)


def _refused(error: WrongRequest) -> Response:
    return Response(_form(str(error)), error.http_status, error.headers, content_type="text/html; charset=utf-8")
