"""`/questions/<name>/behind`: the claims behind an answer, and behind one number of it."""

from __future__ import annotations

from itertools import islice
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from query_ui import asked
from query_ui.asking import parameters
from query_ui.asking.behind_answers import of_answer, of_number
from query_ui.edition import Edition
from query_ui.evidence.claims import Claim, read_claims
from query_ui.filters import edition, naming, questions
from query_ui.problems import Missing
from wise_skills.questions import Question, ask, find
from wise_skills.questions.behind import Counted, counting, keys
from wise_skills.terms import Term

blueprint = Blueprint("question_behind", __name__)
PAGE = 25


@blueprint.get("/questions/<name>/behind")
def behind_answer(name: str) -> str:
    """Show the claims from whose rows an answer was made."""
    served, question = edition(), find(questions(), name)
    result = ask(served.engine, question, parameters.typed(), language=asked.language())
    found = of_answer(served, result)
    conditions = [(p.label, [c.label for c in result.values[p.name]]) for p in question.parameters if p.name in result.values]
    context = {"things": found.things, "conditions": conditions, "answer": parameters.address(served, question, result.values)}
    return _shown(served, question, [Counted(term, (term,)) for term in found.claims], context)


@blueprint.get("/questions/<name>/behind/<column>")
def behind_number(name: str, column: str) -> str:
    """Show what one number of an answer counts."""
    served, question = edition(), find(questions(), name)
    if not counting(question, column):
        raise Missing(_("The answer has no column “%(name)s” that counts something.", name=column))
    given = parameters.typed()
    found = of_number(served, question, column, given)
    values = {key: texts for key, texts in given.items() if key in keys(question, column)}
    naming().fetch(text for texts in values.values() for text in texts if "://" in text)
    conditions = [(_label(question, key), [naming()(t) if "://" in t else t for t in texts]) for key, texts in values.items()]
    return _shown(served, question, found, {"column": question.columns[column], "conditions": conditions, "answer": f"/questions/{name}"})


def _label(question: Question, key: str) -> str:
    parameter, column = question.parameter(key), question.columns.get(key)
    return parameter.label if parameter else column.label if column else key


def _shown(served: Edition, question: Question, found: list[Counted], context: dict[str, Any]) -> str:
    """One page of claims, grouped by what is counted where that is something else than the claims themselves."""
    grouped = any(group.claims != (group.thing,) for group in found)
    pairs = [(group.thing, claim) for group in found for claim in group.claims]
    pages = -(-len(pairs) // PAGE) or 1
    page = min(asked.page_number(), pages)
    shown = list(islice(pairs, (page - 1) * PAGE, page * PAGE))
    claims = {claim.iri: claim for claim in read_claims(served, dict.fromkeys(claim.value for _, claim in shown), naming())}
    groups: dict[Term | None, list[Claim]] = {}
    for thing, claim in shown:
        if claim.value in claims:
            groups.setdefault(thing if grouped else None, []).append(claims[claim.value])
    naming().fetch(thing.value for thing in groups if thing is not None and thing.kind == "iri")
    kept = "&".join(f"{part}" for part in request.query_string.decode().split("&") if part and not part.startswith("page="))
    context = {"things": False, "column": None, **context}
    return render_template(
        "question_behind.html",
        question=question,
        number=len(found),
        claims=len(dict.fromkeys(claim for _, claim in pairs)),
        groups=groups,
        page=page,
        pages=pages,
        base=f"{request.path}?{kept}{'&' if kept else ''}page=",
        **context,
    )
