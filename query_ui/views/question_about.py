"""`/questions/<name>/about`: what a question is for, its conditions and columns, its query, and how to call it."""

from __future__ import annotations

from flask import Blueprint, render_template

from query_ui import asked
from query_ui.asking import catalogue_list, parameters
from query_ui.asking.catalogue_list import STANDS_ON, USERS, VIEWS
from query_ui.asking.forms import fields
from query_ui.asking.question_terms import column_terms, competency_questions
from query_ui.filters import edition, questions
from query_ui.vocabulary import used_in
from wise_skills.answer_files import MEDIA_TYPES
from wise_skills.questions import find, resolve
from wise_skills.questions.needs import lacking

blueprint = Blueprint("question_about", __name__)


@blueprint.get("/questions/<name>/about")
def about_question(name: str) -> str:
    """Document a question."""
    served = edition()
    question = find(questions(), name)
    waits = lacking(served.engine, question)
    defaults = {} if waits else resolve(served.engine, question, {}, language=asked.language())
    return render_template(
        "question_about.html",
        question=question,
        users=USERS,
        stands_on=STANDS_ON,
        view=VIEWS[question.view.get("kind") or "table"],
        waits=waits,
        competency={n: competency_questions().get(n, "") for n in question.numbers},
        fields=[] if waits else fields(served, question, {}, defaults, language=asked.language()),
        columns=[(key, column, column_terms(served, question, key)) for key, column in question.columns.items()],
        terms=used_in(question.body, served),
        example=parameters.query(question.example),
        rows=catalogue_list.rows(served, question),
        endings=list(MEDIA_TYPES),
        arguments=[(k, v) for k, values in question.example.items() for v in values],
        iri=f"{served.base}questions/{name}",
    )
