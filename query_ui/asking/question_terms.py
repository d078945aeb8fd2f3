"""What the columns of a question mean: the terms of vocabularies that its query reads a column from."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

from query_ui.edition import Edition
from query_ui.vocabulary import VocabularyTerm, terms
from wise_skills.questions import Question

_PREFIX = re.compile(r"^\s*PREFIX\s+([\w-]*):\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)
_DERIVED = r"(?:In|En|English|Own|One|Any|Each|Text|Name|Count)*"
"""A column is often put together from variables that are called after it: ?lawIn, ?lawEn, ?lawOne."""


def column_terms(served: Edition, question: Question, column: str) -> list[VocabularyTerm]:
    """Return the terms of the ontology from which a column is read, in the order of the query."""
    known = terms(served)
    prefixes = dict(_PREFIX.findall(question.body))
    path = re.compile(rf"(?<![\w:?])((?:[\w-]+:\w+[/|^]?)+)\s+\?{re.escape(column)}{_DERIVED}\b")
    found: dict[str, VocabularyTerm] = {}
    for match in path.finditer(re.sub(r"#[^\n]*$", "", question.body, flags=re.MULTILINE)):
        for name in re.findall(r"([\w-]+):(\w+)", match[1]):
            iri = prefixes.get(name[0], "") + name[1]
            if iri in known:
                found[iri] = known[iri]
    return list(found.values())


@cache
def competency_questions() -> dict[int, str]:
    """Return the list of questions that the data must answer, by number; they are in English."""
    text = files("query_ui").joinpath("questions/competency_questions.csv").read_text(encoding="utf-8")
    return {int(row["number"]): row["question"] for row in csv.DictReader(text.splitlines())}
