"""`/questions/<name>.csv`, `.json`, `.xlsx`, `.ttl`: the answer of a question as a file."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_babel import gettext as _

from query_ui import asked
from query_ui.asking import parameters
from query_ui.citing import citation
from query_ui.edition import Edition
from query_ui.filters import edition, naming, questions
from query_ui.links import absolute
from query_ui.words import ABSENCES
from wise_skills.answer_files import MEDIA_TYPES, About, Words, to_csv, to_json, to_turtle, to_xlsx
from wise_skills.questions import Result, ask, find

blueprint = Blueprint("answer_files", __name__)


@blueprint.get("/questions/<name>.<any(csv, json, xlsx, ttl):ending>")
def export(name: str, ending: str) -> Response:
    """Give the answer of a question as a file."""
    served = edition()
    question = find(questions(), name)
    result = ask(served.engine, question, parameters.typed(), language=asked.language())
    response = Response(_content(served, result, ending), content_type=MEDIA_TYPES[ending])
    if ending in ("csv", "xlsx", "ttl"):
        response.headers["Content-Disposition"] = f'attachment; filename="{question.name}.{ending}"'
    if result.table.truncated:
        response.headers["X-Result-Truncated"] = "true"
    return response


def about(served: Edition, result: Result) -> About:
    """Return where an answer comes from."""
    version = served.release.id if served.release else str(served.engine.version)
    return About(absolute(parameters.address(served, result.question, result.values)), citation(served), version)


def _content(served: Edition, result: Result, ending: str) -> bytes:
    if ending == "csv":
        return to_csv(result, naming())
    if ending == "json":
        return to_json(result, naming(), about(served, result))
    if ending == "xlsx":
        return to_xlsx(result, naming(), about(served, result), words_of_files())
    return to_turtle(served.engine, result, about(served, result), served.base)


def words_of_files() -> Words:
    """Return what the parts of files are called in the language of the page."""
    return Words(
        answer=_("Answer"),
        about=_("About"),
        question=_("Question"),
        description=_("What it is for"),
        sentence=_("Answer in a sentence"),
        any_value=_("any"),
        cut=_("Cut: these are the first rows of more."),
        unknown=_("What is not known"),
        address=_("Address"),
        citation=_("Citation"),
        version=_("Data version"),
        licence=_("Licence"),
        absences=tuple((state, str(words[1])) for state, words in ABSENCES.items()),
    )
