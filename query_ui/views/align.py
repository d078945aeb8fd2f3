"""`/align`: lines of text in, candidates with their reasons out, and a reviewer's verdicts into a file.

Nothing is kept: the review travels in the form, and lives in the file that the reviewer downloads and sends again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from query_ui.aligning import form, uploads
from query_ui.aligning.asked import GET_CHARS, TOPS, Asked, Line, asked, lines_of, schemes
from query_ui.aligning.files import files
from query_ui.aligning.proposing import again, known, offered, start
from query_ui.aligning.showing import LINES_SHOWN, Showing, look
from query_ui.aligning.spoken import spoken
from query_ui.aligning.states import ANSWER_WORDS, states, summary
from query_ui.asked import interface, language
from query_ui.checking.shared import checks, count
from query_ui.filters import edition
from query_ui.problems import WrongRequest
from wise_skills.alignment.model import KINDS
from wise_skills.errors import NoMatcher, WiseSkillsError
from wise_skills.learning import FIELDS
from wise_skills.mappings.integrity import conflicts
from wise_skills.mappings.model import MappingSet
from wise_skills.mappings.packed import MAX_PACKED, pack
from wise_skills.mappings.review import OPEN, UNSURE, apply, contradicted, decided, lapse, lapsed
from wise_skills.messages import phrase

blueprint = Blueprint("align", __name__)

MANY = 50
"""From so many lines on, one alignment at a time is made."""
_FIELDS = 400_000  # bytes of a form beside the review and a file
_PARTS = 2_000


@blueprint.record_once
def install(state: BlueprintSetupState) -> None:
    """Keep what lets long alignments wait for one another."""
    state.app.extensions["wise_aligning"] = threading.BoundedSemaphore(1)


@blueprint.get("/align")
def begin() -> Response:
    """Show the form, or what is proposed for the lines of a short text in the address."""
    text = request.args.get("text", "")
    if not text.strip():
        return make_response(_form(request.args))
    try:
        if len(text) > GET_CHARS:
            sentence = _("An address holds at most %(limit)s characters of text. Paste a longer one into the field.", limit=GET_CHARS)
            raise WrongRequest(413, sentence)
        return make_response(_started(_asked(request.args), lines_of(text)))
    except WrongRequest as error:
        return _refused(error, request.args)


@blueprint.post("/align")
def review() -> Response:
    """Take lines, a file, or verdicts; answer with the review as it stands."""
    request.max_content_length = checks().size + MAX_PACKED + _FIELDS
    request.max_form_memory_size = MAX_PACKED + _FIELDS
    request.max_form_parts = _PARTS
    try:
        if "state" in request.form:
            return make_response(_judged())
        asked_for = _asked(request.form)
        if not uploads.chosen(request.files.get("file")):
            return make_response(_started(asked_for, lines_of(request.form.get("text", ""))))
        count()
        taken = uploads.take(checks(), request.files["file"], interface(), asked_for.language)
        if taken.mappings is None:
            return make_response(_started(asked_for, taken.lines, taken.problems))
        return make_response(_taken_up(asked_for, taken.mappings, taken.problems))
    except RequestEntityTooLarge:
        return _refused(WrongRequest(413, phrase("PageTooLarge", limit=f"{checks().size / 1e6:g} MB")), {})
    except WrongRequest as error:
        return _refused(error, request.form)


def _asked(values: Any) -> Asked:
    return asked(values, tuple(schemes(edition())))


def _started(asked_for: Asked, lines: Sequence[Line], notices: Sequence[str] = ()) -> str:
    count()
    with _turn(len(lines)):
        asked_for, read_as, remarks = spoken(edition(), asked_for, lines)
        mappings = start(edition(), asked_for, lines)
    return _page(asked_for, mappings, notices=notices, read_as=read_as, remarks=remarks)


def _taken_up(asked_for: Asked, mappings: MappingSet, notices: Sequence[str]) -> str:
    served = edition()
    gone = lapsed(mappings, lambda iri, tag: look(served, iri, tag))
    return _page(asked_for, lapse(mappings, gone), notices=notices, lapses=len(gone))


def _judged() -> str:
    served, fields = edition(), request.form
    asked_for, mappings = _asked(fields), form.state(fields["state"])
    said = form.verdicts(served, mappings, fields)
    lost = [mappings.mappings[n].slots.get("subject_label", "") for n in contradicted(mappings, said)]
    notices = [_("“%(line)s”: “no match” was left out, because a candidate is accepted.", line=line) for line in lost]
    mappings = apply(mappings, said)
    notices += conflicts(decided(mappings))
    go = fields.get("go", "save")
    if go == "more":
        count()
        with _turn(len(states(mappings))):
            mappings = again(served, asked_for, mappings)
    only = {"open": "open", "all": ""}.get(go, "open" if fields.get("only") == "open" else "")
    number = {"next": "next", "previous": "previous"}.get(go, "from")
    place = fields.get(number, "1")
    at = int(place) if place.isascii() and place.isdecimal() and len(place) < 6 and go not in ("open", "all") else 1
    return _page(asked_for, mappings, at=at, only=only, notices=notices, save=go == "save")


@contextmanager
def _turn(lines: int) -> Iterator[None]:
    """Let one long alignment run at a time; a short one never waits."""
    free: threading.BoundedSemaphore = current_app.extensions["wise_aligning"]
    if lines <= MANY:
        yield
        return
    if not free.acquire(blocking=False):
        raise WrongRequest(503, phrase("PageBusy"), {"Retry-After": "5"})
    try:
        yield
    finally:
        free.release()


def _page(
    asked_for: Asked,
    mappings: MappingSet,
    *,
    at: int = 1,
    only: str = "",
    notices: Sequence[str] = (),
    read_as: str = "",
    remarks: Sequence[str] = (),
    lapses: int = 0,
    save: bool = False,
) -> str:
    """The review: ten lines from a number on, of all or of those that are open."""
    served, names = edition(), language()
    state = states(mappings)
    numbers = {key: number for number, key in enumerate(state, 1)}
    fitting = [key for key in state if only != "open" or state[key] in (OPEN, UNSURE)]
    after = [key for key in fitting if numbers[key] >= at] or fitting[-LINES_SHOWN:]
    shown = after[:LINES_SHOWN]
    before = [key for key in fitting if shown and numbers[key] < numbers[shown[0]]]
    whole = offered(served, mappings, shown)
    reviewer = form.one_line(request.form.get("reviewer", ""), form.NAME_CHARS)
    elm = {name: form.one_line(request.form.get(name, ""), form.COMMENT_CHARS) for name in FIELDS}
    return render_template(
        "align_review.html",
        asked=asked_for,
        lines=Showing(served, whole, names, known(served)).lines(shown),
        state=pack(whole),
        sentence=summary(mappings),
        whole=len(state),
        shown_in=names,
        only=only,
        first=numbers[shown[0]] if shown else 1,
        previous=numbers[before[-LINES_SHOWN:][0]] if before else 0,
        next=numbers[after[LINES_SHOWN]] if len(after) > LINES_SHOWN else 0,
        fitting=len(fitting),
        notices=notices,
        read_as=read_as,
        remarks=remarks,
        lapses=lapses,
        reviewer=reviewer,
        files=files(served, mappings, names, reviewer, elm) if save else (),
        elm=elm,
        words=ANSWER_WORDS,
        addressed=any(m.subject for m in mappings.mappings),
    )


def _form(typed: Any, error: str = "") -> str:
    served = edition()
    offered_schemes = schemes(served)
    if not error and (served.release is None or not served.mark):
        error = str(NoMatcher())
    return render_template(
        "align.html",
        schemes=offered_schemes,
        typed={name: typed.get(name, "") for name in ("text", "language", "kind", "of", "top")},
        kinds=KINDS,
        tops=TOPS,
        error=error,
    )


def _refused(error: WiseSkillsError, typed: Any) -> Response:
    status = error.http_status if isinstance(error, WrongRequest) else error.status
    headers = error.headers if isinstance(error, WrongRequest) else {}
    return Response(_form(typed, str(error)), status, headers, content_type="text/html; charset=utf-8")
