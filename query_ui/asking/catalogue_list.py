"""The catalogue as a list: which questions hold some words, for whom, about what, and what kind of answer each gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from flask_babel import lazy_gettext

from query_ui.asked import interface
from query_ui.edition import Edition
from wise_skills.errors import WiseSkillsError
from wise_skills.labels import fold
from wise_skills.questions import Question, ask
from wise_skills.questions.needs import NEEDS, lacking

USERS = {
    "analyst": lazy_gettext("Policy analysts"),
    "designer": lazy_gettext("Curriculum designers and trainers"),
    "practitioner": lazy_gettext("WISE managers, HR staff and job coaches"),
    "consumer": lazy_gettext("Data users, statisticians and employment services"),
}
STANDS_ON = {
    "own": lazy_gettext("our own data"),
    "esco": lazy_gettext("ESCO"),
    "mappings": lazy_gettext("mapping tables of Member States"),
    "registers": lazy_gettext("registers of organisations"),
}
"""What a question needs, by the keys of its header; `own` is nothing beside our own data."""
VIEWS = {
    "table": lazy_gettext("table"),
    "bar": lazy_gettext("bar chart"),
    "stacked": lazy_gettext("stacked bars"),
    "heat": lazy_gettext("heat map"),
    "line": lazy_gettext("line over years"),
    "map": lazy_gettext("map"),
    "network": lazy_gettext("network"),
    "tree": lazy_gettext("tree"),
}


@dataclass(frozen=True)
class Wanted:
    """What of the catalogue is asked for; an empty condition is none. `subject` is the English one."""

    typed: str = ""
    user: str = ""
    subject: str = ""
    needs: str = ""

    def fits(self, question: Question, english: Question) -> bool:
        """Whether a question meets the conditions beside the words."""
        needs = self.needs in question.needs or (self.needs == "own" and not question.needs)
        return self.user in ("", question.user) and self.subject in ("", english.subject) and (not self.needs or needs)


@dataclass(frozen=True)
class Listed:
    """A question in the list: how many rows its example gives now (None: unknown), and how they are shown at first."""

    question: Question
    rows: int | None
    view: str
    waits: tuple[str, ...]


def listed(served: Edition, questions: Mapping[str, Question], wanted: Wanted) -> dict[str, dict[str, list[Listed]]]:
    """Return the questions that fit, by user and subject, in the order of the catalogue."""
    fitting = (q for q in matching(served, questions.values(), wanted.typed) if wanted.fits(q, served.questions[q.name]))
    found: dict[str, dict[str, list[Listed]]] = {user: {} for user in USERS}
    for question in fitting:
        entry = Listed(question, rows(served, question), question.view.get("kind") or "table", lacking(served.engine, question))
        found[question.user].setdefault(question.subject, []).append(entry)
    return {user: subjects for user, subjects in found.items() if subjects}


def matching(served: Edition, questions: Iterable[Question], typed: str) -> list[Question]:
    """Return the questions that hold all words of a text, in the language of the page or in English; titles first."""
    wanted = fold(typed).split()
    known: dict[str, tuple[str, str]] = served.memory.setdefault(f"texts of questions {interface()}", {})
    found = []
    for question in questions:
        if question.name not in known:
            english = served.questions[question.name]
            known[question.name] = fold(f"{question.title} {english.title}"), fold(f"{_texts(question)} {_texts(english)}")
        title, everything = known[question.name]
        if all(word in everything for word in wanted):
            found.append((not all(word in title for word in wanted), question))
    return [question for _, question in sorted(found, key=lambda pair: pair[0])]


def _texts(question: Question) -> str:
    parameters = (f"{p.label} {p.description}" for p in question.parameters)
    columns = (f"{c.label} {c.unit}" for c in question.columns.values())
    return " ".join([question.title, question.description, question.subject, question.name, *parameters, *columns])


def rows(served: Edition, question: Question) -> int | None:
    """Return how many rows the example gives; None where it cannot be asked now. Asked once for an edition."""
    known: dict[str, int | None] = served.memory.setdefault("rows of examples", {})
    if question.name not in known:
        known[question.name] = None
        with suppress(WiseSkillsError):
            if not lacking(served.engine, question):
                known[question.name] = len(ask(served.engine, question, question.example).table)
    return known[question.name]


def subjects(served: Edition, questions: Mapping[str, Question]) -> dict[str, tuple[str, int]]:
    """Return the subjects: English one, that in the language of the page, and how many questions."""
    found: dict[str, tuple[str, int]] = {}
    for question in questions.values():
        key = served.questions[question.name].subject
        found[key] = question.subject, found.get(key, ("", 0))[1] + 1
    return dict(sorted(found.items(), key=lambda pair: pair[1][0]))


def needed(questions: Iterable[Question]) -> dict[str, int]:
    """Return how many questions need what."""
    found = dict.fromkeys(("own", *NEEDS), 0)
    for question in questions:
        for need in question.needs or ("own",):
            found[need] += 1
    return {need: number for need, number in found.items() if number}
