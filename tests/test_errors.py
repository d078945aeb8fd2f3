"""The tree of errors: as drawn, two levels deep, and each a sentence."""

from __future__ import annotations

import inspect

import pytest

from wise_skills import errors
from wise_skills.errors import FileProblem, WiseSkillsError

CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, WiseSkillsError)]
EXAMPLES = {
    errors.FileProblem: errors.FileProblem("be/needs.csv", "the skill is unknown", where="row 12", advice="Did you mean sorting?"),
    errors.ReadingError: errors.ReadingError([FileProblem("a.csv", "x"), FileProblem("b.csv", "y")]),
    errors.TooBig: errors.TooBig("The workbook", "12 MB", "10 MB"),
    errors.WrongKind: errors.WrongKind("notes.pdf", "a PDF", ["CSV", "XLSX"]),
    errors.ViolationsFound: errors.ViolationsFound(3, "data/be", "report.txt"),
    errors.NotARelease: errors.NotARelease("build/x", "it has no release.json"),
    errors.NoCurrentRelease: errors.NoCurrentRelease("build"),
    errors.BuildRunning: errors.BuildRunning("build"),
    errors.NoMatcher: errors.NoMatcher("build/x"),
    errors.QuerySyntaxError: errors.QuerySyntaxError("} cannot stand here", line=1, column=2),
    errors.QueryRefused: errors.QueryRefused("SERVICE is not allowed here", "Ask elsewhere", line=1, column=2),
    errors.UnknownGraph: errors.UnknownGraph("http://g/"),
    errors.QueryTooLong: errors.QueryTooLong("characters", 20_000, 16_000),
    errors.NotAcceptable: errors.NotAcceptable("ask", "text/csv", ["application/json"]),
    errors.QueryTimeout: errors.QueryTimeout(10.0),
    errors.QueryTooLarge: errors.QueryTooLarge("memory", 512_000_000),
    errors.QueryFailed: errors.QueryFailed("something broke"),
    errors.TooManyQueries: errors.TooManyQueries(4),
    errors.RateExceeded: errors.RateExceeded(60),
    errors.EndpointUnreachable: errors.EndpointUnreachable("http://x/", "refused"),
    errors.EndpointError: errors.EndpointError("http://x/", "no", 500),
    errors.UnknownQuestion: errors.UnknownQuestion("x", ["y", "z"]),
    errors.BadParameter: errors.BadParameter("Country", "Belgum", "is not one of the choices", ["Belgium"]),
    errors.BadQuestionFiles: errors.BadQuestionFiles([FileProblem("a.rq", "x")]),
}


@pytest.mark.parametrize("kind", CLASSES)
def test_the_tree_is_as_drawn(kind: type[WiseSkillsError]) -> None:
    assert errors.__doc__ is not None
    line = next((line for line in errors.__doc__.splitlines() if f" {kind.__name__} " in f" {line} "), None)
    assert line is not None, "draw it in the docstring of the module"
    assert kind.exit_code in (1, 2)
    assert len(kind.__mro__) - WiseSkillsError.__mro__.__len__() <= 2
    numbers = [int(word) for word in line.split() if word.isdigit() and len(word) == 3]
    if numbers:
        assert kind.status == numbers[0]


@pytest.mark.parametrize("error", EXAMPLES.values(), ids=lambda error: type(error).__name__)
def test_each_error_is_a_sentence(error: WiseSkillsError) -> None:
    words = str(error)
    assert words[0].isupper() or not words[0].isalpha() or words.startswith(("be/", "build", "notes", "a.rq"))
    assert words.endswith((".", "?"))
    assert ".." not in words.replace("…", "")


def test_every_leaf_has_an_example() -> None:
    leaves = {kind for kind in CLASSES if kind.__init__ is not WiseSkillsError.__init__ and not kind.__subclasses__()}
    assert leaves - set(EXAMPLES) == set()
