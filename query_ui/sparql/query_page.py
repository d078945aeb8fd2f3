"""The page of `/sparql`: the query with what came of it, examples, and the texts that the editor needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.units import format_unit
from flask import Response, current_app, make_response, render_template, request
from flask_babel import gettext

from query_ui import asked as chosen
from query_ui.edition import Edition
from query_ui.filters import naming, questions
from query_ui.links import absolute
from query_ui.negotiation import RDF_ENDINGS
from query_ui.problems import Problem
from query_ui.results.presentation import present
from query_ui.results.sheets import Sheet
from query_ui.sparql.protocol import Asked
from query_ui.words import tidy
from wise_skills.errors import WiseSkillsError
from wise_skills.labels import fold
from wise_skills.questions import Question, find, resolve
from wise_skills.questions.needs import lacking
from wise_skills.terms import Table

_DOWNLOADS = {"select": ("csv", "tsv", "json", "xml"), "ask": ("json", "xml")}
_LONGEST = 4_000
"""Characters of an address that every server on the way takes; `frontend/editor/run.js` keeps to the same."""
_EDITOR = "vendor/editor.js"
_SHOWN_CHARACTERS = 200_000
"""How much of a graph is written out on the page."""


@dataclass
class Outcome:
    """What came of a query: `kind` is empty where none was run; of the rest, what the kind has."""

    kind: str = ""
    error: Problem | None = None
    seconds: float = 0.0
    truncated: bool = False
    truth: bool = False
    table: Table | None = None
    turtle: str = ""
    statements: int = 0

    @property
    def duration(self) -> str:
        """How long the engine took, in the language of the page."""
        value, unit = (round(self.seconds, 1), "second") if self.seconds >= 1 else (max(1, round(self.seconds * 1000)), "millisecond")
        return format_unit(value, f"duration-{unit}", length="short", locale=chosen.interface())

    @property
    def endings(self) -> tuple[str, ...]:
        """The formats in which the same answer can be had."""
        return _DOWNLOADS.get(self.kind, tuple(RDF_ENDINGS)) if self.kind else ()

    @property
    def text(self) -> str:
        """As much of the graph as is shown: whole lines."""
        if len(self.turtle) <= _SHOWN_CHARACTERS:
            return self.turtle
        return self.turtle[:_SHOWN_CHARACTERS].rsplit("\n", 1)[0]


def page(served: Edition, asked: Asked, outcome: Outcome | None = None) -> Response:
    """Return the page with the query kept in it."""
    outcome = outcome or Outcome()
    query, error = asked.query or "", outcome.error
    typed = request.args.get("find", "")
    dataset = [("default-graph-uri", g) for g in asked.default_graphs] + [("named-graph-uri", g) for g in asked.named_graphs]
    pairs = [("query", query), *dataset]
    address = "/sparql?" + urlencode(pairs)
    if len(address) > _LONGEST:
        address = ""
    shown = None
    if outcome.table is not None:
        # A result without an address has no links to its other views.
        sheet = Sheet.guessed(served, naming(), outcome.table)
        shown = present(sheet, "/sparql" if address else "", pairs, request.args)
    found = _examples(typed)
    text = render_template(
        "sparql.html",
        query=query,
        outcome=outcome,
        error=error,
        line=error.values.get("line") if error else None,
        column=error.values.get("column") if error else None,
        dataset=dataset,
        address=address,
        shown=shown,
        examples=found,
        total=len(served.questions),
        waiting={q.name: next(iter(q.needs)) for group in found.values() for q in group if lacking(served.engine, q)},
        typed=typed,
        prefixes=served.prefixes,
        limits=served.engine.limits,
        rate=current_app.config["QUERIES_PER_MINUTE"],
        endpoint=absolute("/sparql"),
        editor=_EDITOR if (Path(current_app.static_folder or "") / _EDITOR).is_file() else "",
        texts=_texts(),
        terms_path=f"/sparql/terms.json?lang={chosen.language()}",
    )
    response = make_response(text, error.status if error else 200)
    response.headers.update(error.headers if error else {})
    return response


def start() -> str:
    """Return the first query that a visitor sees."""
    said = gettext("What the graph holds: its classes, and how many things are of each.")
    return f"""# {said}
SELECT ?class (COUNT(DISTINCT ?thing) AS ?things)
WHERE {{ ?thing a ?class }}
GROUP BY ?class
ORDER BY DESC(?things)
LIMIT 100"""


def example(served: Edition, name: str) -> str:
    """Return the query of a question with its example's values; the first query if `name` is empty."""
    if not name:
        return start()
    question = find(served.questions, name)
    try:
        values = resolve(served.engine, question, question.example)
        text = question.bind({name: [c.value for c in chosen] for name, chosen in values.items()})
    except WiseSkillsError:  # an example that the data no longer know
        text = question.body
    return tidy(text)


def _examples(typed: str) -> dict[str, list[Question]]:
    """The questions of the catalogue that hold all words typed, by subject."""
    words = fold(typed).split()
    found: dict[str, list[Question]] = {}
    for question in questions().values():
        text = fold(f"{question.title} {question.subject}")
        if all(word in text for word in words):
            found.setdefault(question.subject, []).append(question)
    return found


def _texts() -> dict[str, Any]:
    """What the editor says; `{…}` is filled in by it."""
    return {
        "label": gettext("Query"),
        "keys": gettext("Ctrl+Enter runs the query, Ctrl+Space completes, Escape closes the list, Tab leaves the editor."),
        "run": gettext("Run"),
        "running": gettext("Running …"),
        "since": gettext("Running for %(seconds)s seconds …", seconds="{seconds}"),
        "stopped": gettext("You stopped waiting. The query is still here."),
        "silent": gettext("The server did not answer. Your query is still here: try again, or reload the page later."),
        "class": gettext("class"),
        "property": gettext("property"),
        "classCount": gettext("things: %(number)s", number="{n}"),
        "propertyCount": gettext("statements: %(number)s", number="{n}"),
        "unexpected": gettext("This does not fit here."),
        "unfinished": gettext("The query is not finished."),
        "noPrefix": gettext("The prefix %(prefix)s is not declared.", prefix="{prefix}"),
        "addPrefix": gettext("Declare %(prefix)s", prefix="{prefix}"),
        "noTerm": gettext("The graph holds no %(name)s.", name="{name}"),
        "replace": gettext("Write %(name)s", name="{name}"),
        "phrases": {"Completions": gettext("Completions"), "Diagnostics": gettext("Problems of the query")},
    }
