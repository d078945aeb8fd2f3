"""`/questions` and `/questions/<name>`: the catalogue, and each question as form, answer and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from query_ui import answers, asked, exports
from query_ui.edition import Edition
from query_ui.filters import edition, naming
from query_ui.forms import fields, keys
from query_ui.links import absolute
from query_ui.vocabulary import used_in
from wise_skills.errors import BadParameter
from wise_skills.labels import fold
from wise_skills.questions import Choice, Question, Result, ask, find
from wise_skills.questions.needs import lacking

blueprint = Blueprint("catalogue", __name__)

USERS = {
    "analyst": "Policy analysts",
    "designer": "Curriculum designers and trainers",
    "practitioner": "WISE managers, HR staff and job coaches",
    "consumer": "Data users, statisticians and employment services",
}
BEGIN = {
    "analyst": "compare forms, rules and support between countries",
    "designer": "see which skills training should cover",
    "practitioner": "find rules, support and training for my enterprise",
    "consumer": "link my data to codes, occupations and levels",
}
SHOWN_ROWS = 1_000
BACKING = ("evidence", "sources", "row")
"""Kinds of columns that share the last one on the page: what backs a row."""


@blueprint.get("/questions")
def catalogue() -> str:
    """List the questions by user and subject; `q` and `user` narrow the list."""
    typed, user = request.args.get("q", ""), request.args.get("user", "")
    found = matching(edition().questions.values(), typed)
    grouped = {
        key: _by_subject([q for q in found if q.user == key]) for key in USERS if user in ("", key) and any(q.user == key for q in found)
    }
    waiting = {q.name for q in found if lacking(edition().engine, q)}
    total = len(edition().questions)
    return render_template("questions.html", grouped=grouped, users=USERS, typed=typed, user=user, total=total, waiting=waiting)


def matching(questions: Iterable[Question], typed: str) -> list[Question]:
    """Return the questions that hold all words of a text, those with the words in the title first."""
    wanted = fold(typed).split()
    found = []
    for question in questions:
        title = fold(question.title)
        everything = f"{title} {fold(question.description)} {fold(question.subject)} {fold(question.name)}"
        if all(word in everything for word in wanted):
            found.append((not all(word in title for word in wanted), question))
    return [question for _, question in sorted(found, key=lambda pair: pair[0])]


def _by_subject(questions: Sequence[Question]) -> dict[str, list[Question]]:
    found: dict[str, list[Question]] = {}
    for question in questions:
        found.setdefault(question.subject, []).append(question)
    return found


@blueprint.get("/questions/<name>.<any(csv, json):ending>")
def export(name: str, ending: str) -> Response:
    """Give the answer of a question as a file."""
    served = edition()
    question = find(served.questions, name)
    result = ask(served.engine, question, _typed(question), language=asked.language())
    if ending == "csv":
        response = Response(exports.to_csv(result, naming()), content_type="text/csv; charset=utf-8; header=present")
        response.headers["Content-Disposition"] = f'attachment; filename="{question.name}.csv"'
    else:
        about = {
            "release": served.release.id if served.release else served.engine.version,
            "licence": "https://creativecommons.org/licenses/by/4.0/",
            "citation": _citation(served),
            "address": absolute(_address(served, question, result.values)),
        }
        response = Response(exports.to_json(result, naming(), about), content_type="application/json")
    if result.table.truncated:
        response.headers["X-Result-Truncated"] = "true"
    return response


@blueprint.get("/questions/<name>")
def question_page(name: str) -> BaseResponse | str | tuple[str, int]:
    """Show a question as a form, with its answer below."""
    served = edition()
    question = find(served.questions, name)
    typed = _typed(question)
    if any(not value.strip() for values in typed.values() for value in values):
        # What a form leaves blank does not belong into an address that people pass on.
        return redirect(f"/questions/{name}" + _query({k: [v for v in vs if v.strip()] for k, vs in typed.items()}), 303)
    language = asked.language()
    context: dict[str, Any] = {"question": question, "result": None, "error": None, "terms": used_in(question.body, served)}
    context["example"] = f"/questions/{name}" + _query(question.example) if question.example else ""
    missing = [p for p in question.parameters if p.required and not p.default and not typed.get(p.name)]
    if missing and not typed:
        return render_template("question.html", fields=fields(served, question, typed, language=language), **context)
    try:
        result = ask(served.engine, question, typed, language=language)
    except BadParameter as error:
        known = {p.label for p in question.parameters} | {p.name for p in question.parameters}
        context["error"] = None if error.parameter in known and question.parameters else error
        form = fields(served, question, typed, error=error, language=language)
        return render_template("question.html", fields=form, **context), error.status
    form = fields(served, question, typed, result.values, language=language)
    address = _address(served, question, result.values)
    plain = [n for n, name in enumerate(result.columns) if question.columns[name].kind not in BACKING]
    filled = [n for n in plain if any(cell is not None for cell in result.table.column(result.columns[n]))]
    context |= {
        "result": result,
        "rows": answers.rows(served, result, naming())[:SHOWN_ROWS],
        "plain": filled,
        "empty": [question.columns[result.columns[n]].label for n in plain if n not in filled],
        "backing": [n for n, name in enumerate(result.columns) if question.columns[name].kind in BACKING],
        "unknown": answers.unknown(served, result),
        "summary": answers.evidence_summary(result),
        "address": absolute(address),
        "suffix": _query(_values(served, question, result.values)),
        "citation": _citation(served),
        "loosened": _loosened(served, question, result, language) if not len(result.table) else [],
        "shown": SHOWN_ROWS,
    }
    return render_template("question.html", fields=form, **context)


def _typed(question: Question) -> dict[str, list[str]]:
    """What stands in the address for the parameters; anything unknown is passed on, to be told about."""
    return {k: request.args.getlist(k) for k in request.args if k != "lang"}


def _query(values: Mapping[str, Sequence[str]]) -> str:
    text = urlencode([(k, v) for k, vs in values.items() for v in vs])
    return f"?{text}" if text else ""


def _values(served: Edition, question: Question, chosen: Mapping[str, Sequence[Choice]]) -> dict[str, list[str]]:
    """The chosen values as short as they can stand in an address."""
    from wise_skills.questions import choices

    found = {}
    for name, values in chosen.items():
        short = keys(choices(served.engine, question, name))
        found[name] = [short.get(c.value, c.value.value) for c in values]
    return found


def _address(served: Edition, question: Question, chosen: Mapping[str, Sequence[Choice]]) -> str:
    return f"/questions/{question.name}" + _query(_values(served, question, chosen))


def _citation(served: Edition) -> str:
    if served.release is None:
        return f"WISE skills graph, asked at {served.engine.version}. CC BY 4.0."
    from wise_skills.publishing import citation

    return citation(served.release)


def _loosened(served: Edition, question: Question, result: Result, language: str) -> list[tuple[str, str, int]]:
    """For an empty answer: which condition, if it were dropped, would leave something, and how much."""
    found = []
    values = {name: [c.value.value for c in chosen] for name, chosen in result.values.items()}
    for parameter in question.parameters:
        if parameter.required or parameter.name not in values or parameter.default:
            continue
        others = {k: v for k, v in values.items() if k != parameter.name}
        other = ask(served.engine, question, others, language=language)
        if len(other.table):
            named = ", ".join(c.label for c in result.values[parameter.name])
            found.append((f"{parameter.label}: {named}", _address(served, question, other.values), len(other.table)))
    return found
