"""`/questions` and `/questions/<name>`: the catalogue, and each question as a form with its answer below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from query_ui import asked
from query_ui.asking import answers, catalogue_list, empty_answers, parameters
from query_ui.asking.behind_answers import links
from query_ui.asking.catalogue_list import STANDS_ON, USERS, VIEWS, Wanted
from query_ui.asking.forms import fields
from query_ui.filters import edition, naming, questions
from query_ui.links import absolute
from query_ui.negotiation import HTML, RDF_TYPES, choose
from query_ui.results.presentation import present
from query_ui.results.sheets import Sheet
from query_ui.views.linked import known, statements
from query_ui.vocabulary import used_in
from query_ui.words import number
from wise_skills.errors import BadParameter
from wise_skills.questions import Question, ask, find, resolve

__all__ = ["BEGIN", "USERS", "blueprint", "matching"]

blueprint = Blueprint("catalogue", __name__)

BEGIN = {
    "analyst": lazy_gettext("compare forms, rules and support between countries"),
    "designer": lazy_gettext("see which skills training should cover"),
    "practitioner": lazy_gettext("find rules, support and training for my enterprise"),
    "consumer": lazy_gettext("link my data to codes, occupations and levels"),
}


@blueprint.get("/questions")
def catalogue() -> str:
    """List the questions by user and subject; words, user, subject and what they need narrow the list."""
    served, known = edition(), questions()
    wanted = Wanted(*(request.args.get(name, "").strip() for name in ("q", "user", "subject", "needs")))
    grouped = catalogue_list.listed(served, known, wanted)
    return render_template(
        "questions.html",
        grouped=grouped,
        wanted=wanted,
        number=sum(len(entries) for subjects in grouped.values() for entries in subjects.values()),
        total=len(known),
        users=USERS,
        subjects=catalogue_list.subjects(served, known),
        needed=catalogue_list.needed(known.values()),
        stands_on=STANDS_ON,
        views=VIEWS,
    )


def matching(questions: Iterable[Question], typed: str) -> list[Question]:
    """Return the questions that hold all words of a text, those with the words in the title first."""
    return catalogue_list.matching(edition(), questions, typed)


@blueprint.get("/questions/<name>/choices")
def question_choices(name: str) -> Response:
    """Give the choices of a form beside what is chosen in it, so that a script may narrow them at once."""
    served = edition()
    question, typed = find(questions(), name), parameters.typed()
    language = asked.language()
    given = {n: v for n, v in typed.items() if (p := question.parameter(n)) and (p.choices or p.required)}
    values = resolve(served.engine, question, given, language=language)
    shown = fields(served, question, typed, values, language=language)
    found = [
        {
            "name": f.parameter.name,
            "options": [{"value": o.value, "label": o.label, "count": None if o.count is None else number(o.count)} for o in f.options],
        }
        for f in shown
        if f.parameter.choices
    ]
    return jsonify(question=name, fields=found)


@blueprint.get("/questions/<name>")
def question_page(name: str) -> Response | str | tuple[str, int]:
    """Show a question as a form, with its answer below; programs that ask for RDF get what the graph says of it."""
    served, iri = edition(), f"{edition().base}questions/{name}"
    media = choose(request.headers.get("Accept"), (HTML, *RDF_TYPES)) or HTML
    if media != HTML and known(served, iri):
        return statements(served, iri, media)
    if name not in questions() and known(served, iri):
        return redirect(served.addresses.path(iri), 303)
    question = find(questions(), name)
    typed = parameters.typed()
    if any(not value.strip() for values in typed.values() for value in values):
        # What a form leaves blank does not belong into an address that people pass on.
        kept = {k: [v for v in vs if v.strip()] for k, vs in request.args.lists()}
        return redirect(f"/questions/{name}" + parameters.query(kept), 303)
    language = asked.language()
    context: dict[str, Any] = {"question": question, "result": None, "error": None, "terms": used_in(question.body, served)}
    context["example"] = f"/questions/{name}" + parameters.query(question.example) if question.example else ""
    missing = [p for p in question.parameters if p.required and not p.default and not typed.get(p.name)]
    if missing and not typed:
        return render_template("question.html", fields=fields(served, question, typed, language=language), **context)
    try:
        result = ask(served.engine, question, typed, language=language)
    except BadParameter as error:
        names = {p.label for p in question.parameters} | {p.name for p in question.parameters}
        context["error"] = None if error.parameter in names and question.parameters else error
        form = fields(served, question, typed, error=error, language=language)
        return render_template("question.html", fields=form, **context), error.status
    values = parameters.short(served, question, result.values)
    pairs = [(k, v) for k, vs in values.items() for v in vs]
    sheet = Sheet.of(served, naming(), result, behind=links(served, result))
    path = parameters.address(served, question, result.values)
    context |= {
        "result": result,
        "shown": present(sheet, f"/questions/{name}", pairs, request.args, question.view),
        "unknown": answers.unknown(served, result),
        "summary": answers.evidence_summary(result),
        "address": absolute(path),
        "suffix": path.removeprefix(f"/questions/{name}"),
        "behind": f"/questions/{name}/behind" + path.removeprefix(f"/questions/{name}"),
        "empty": empty_answers.explain(served, result, language) if not len(result.table) and not result.lacking else None,
    }
    return render_template("question.html", fields=fields(served, question, typed, result.values, language=language), **context)
