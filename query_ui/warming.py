"""Reads the tables and asks every question once after the start, so that nobody waits for what is then remembered.

What is remembered: the things of all tables for the builder, the numbers and pictures of the start page and of countries,
the combinations by which choices narrow each other, the labels of choices, the rows of examples. It runs beside the first
requests, one thing at a time, and gives up quietly when the page is closed.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from flask import Flask

from query_ui.asking import catalogue_list
from query_ui.edition import Edition
from query_ui.exploring.index import index_of
from query_ui.serving import Serving
from wise_skills.alignment.detection import language_of
from wise_skills.errors import NoMatcher, WiseSkillsError
from wise_skills.names import FOLDERS
from wise_skills.questions import Question, choices, resolve
from wise_skills.questions.needs import lacking


def start(app: Flask) -> threading.Thread:
    """Warm the edition that the app serves now, in a thread of its own."""
    thread = threading.Thread(target=_warm, args=(app,), daemon=True, name="warming")
    thread.start()
    return thread


def _warm(app: Flask) -> None:
    serving: Serving = app.extensions["wise"]
    # The page may be closed at any time; what is not remembered then is asked for when somebody wants it.
    with suppress(WiseSkillsError, OSError, RuntimeError), serving.lend() as served:
        if served.engine.name != "embedded":
            return  # an endpoint of others is asked only what somebody wants to know
        with suppress(NoMatcher):  # a release of an older version
            served.matcher().warm()
        language_of(["warm"])
        index = index_of(served)
        for table in served.schema.tables:
            index.sheet(table)
        client = app.test_client(use_cookies=False)
        for path in ("/", "/compare", "/explore", "/alignments", "/curriculum", *(f"/country/{folder}" for folder in FOLDERS)):
            client.get(path)
        for question in served.questions.values():
            with suppress(WiseSkillsError):
                warm(served, question)


def warm(served: Edition, question: Question) -> None:
    """Ask what the form of a question and the catalogue need to know of it."""
    if lacking(served.engine, question):
        return
    catalogue_list.rows(served, question)
    values = {name: [choice.value for choice in found] for name, found in resolve(served.engine, question, {}).items()}
    for parameter in question.parameters:
        if parameter.choices:
            choices(served.engine, question, parameter.name, values)
