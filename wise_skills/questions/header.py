"""Reads the files of questions: YAML behind `#+ ` (the convention of grlc), then SPARQL.

All problems of all files are collected before any is reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from wise_skills.errors import BadQuestionFiles, FileProblem, UnknownQuestion
from wise_skills.questions.model import Question
from wise_skills.questions.reader import Reader, nearest

SUFFIX = ".rq"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is there


def load_questions(folder: Path, *, thorough: bool = True) -> dict[str, Question]:
    """Return the questions of a folder by name, in the order of their numbers, then of their names.

    Parameters
    ----------
    folder:
        Folder of the `.rq` files.
    thorough:
        Whether to read the queries for choices and for what is unknown too; the page, which must start at once,
        leaves that to the tests.

    Raises
    ------
    BadQuestionFiles
        With every problem of every file.
    """
    problems: list[FileProblem] = []
    questions: list[Question] = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            questions.append(read_question(path, thorough=thorough))
        except BadQuestionFiles as error:
            problems += error.problems
    if problems:
        raise BadQuestionFiles(problems)
    questions.sort(key=lambda question: (question.numbers[:1] or (10_000,), question.name))
    return {question.name: question for question in questions}


def find(questions: Mapping[str, Question], name: str) -> Question:
    """Return the question of this name; raises `UnknownQuestion` with the nearest names."""
    if name in questions:
        return questions[name]
    raise UnknownQuestion(name, nearest(name, questions))


def read_question(path: Path, *, thorough: bool = True) -> Question:
    """Read one file; raises `BadQuestionFiles` with all its problems."""
    try:
        text = path.read_text(encoding="utf-8")
        header, body = split(text)
        data = yaml.load(header, Loader=_LOADER) or {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestionFiles([FileProblem(path, f"cannot be read: {error}")]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else ""
        problem = f"the header is no YAML: {getattr(error, 'problem', None) or error}"
        raise BadQuestionFiles([FileProblem(path, problem, where=where)]) from None
    if not isinstance(data, dict):
        raise BadQuestionFiles([FileProblem(path, "the header must name its keys: #+ title: …")])
    reader = Reader(path, data, thorough=thorough)
    question = reader.question(body, text)
    if question is None or reader.problems:
        raise BadQuestionFiles(reader.problems)
    return question


def split(text: str) -> tuple[str, str]:
    r"""Return header and query of a file; the lines of the header stay empty in the query.

    >>> split("#+ title: Which?\nASK {}")
    ('title: Which?', '\nASK {}')
    """
    lines = text.split("\n")
    count = next((number for number, line in enumerate(lines) if not line.startswith("#+")), len(lines))
    header = "\n".join(line[2:].removeprefix(" ") for line in lines[:count])
    return header, "\n" * count + "\n".join(lines[count:])
