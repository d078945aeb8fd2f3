"""Every error that a person may meet, in one tree.

::

    WiseSkillsError                 exit 2, HTTP 500
    ├── InputError                  400  what was given cannot be used
    │   ├── FileProblem                  one problem of one file: where, what, what to do
    │   ├── ReadingError                 all problems of what was read, together
    │   ├── TooBig                  413  a file beyond a limit
    │   └── WrongKind               415  a file of a kind we do not read
    ├── ViolationsFound             422  exit 1: the data break their shapes
    ├── BuildError                       a release could not be made
    ├── ReleaseError                503
    │   ├── NotARelease                  the folder is none
    │   ├── NoCurrentRelease             nothing has been built yet
    │   └── BuildRunning                 another build holds the lock
    ├── NoMatcher                   503  nothing here can propose concepts
    ├── OntologyError                    the ontology is inconsistent or unreadable
    ├── QueryError                  400
    │   ├── QuerySyntaxError        400  with line and column
    │   ├── QueryRefused            403  an update, SERVICE …
    │   ├── UnknownGraph            400  FROM names a graph that is not there
    │   ├── QueryTooLong            413  the text itself is too long or too deep
    │   ├── NotAcceptable           406  a media type that this form of query cannot give
    │   ├── QueryTimeout            503  stopped at the time limit
    │   ├── QueryTooLarge           500  stopped at the memory or size limit
    │   ├── QueryFailed             500  the engine could not run it
    │   ├── TooManyQueries          503  all workers are busy; ``retry_after``
    │   └── RateExceeded            429  one caller asks too often; ``retry_after``
    ├── EngineError                 502
    │   ├── EndpointUnreachable          no answer from the remote endpoint
    │   └── EndpointError                the endpoint answered with an error
    └── QuestionError               400
        ├── UnknownQuestion         404  with the nearest names
        ├── BadParameter            400  with the nearest choices
        └── BadQuestionFiles        500  all problems of all question files, together

Each class keeps its values as attributes and builds one plain sentence in
``__str__``: what happened, where, and what to do. ``exit_code`` is what the command
line ends with (0 fine, 1 violations or nothing found, 2 could not run), ``status``
the HTTP status. One handler in the command line and one in the page show them; user
code needs only ::

    try:
        ...
    except WiseSkillsError as error:
        print(error)
"""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from wise_skills.speech import spoken, told


class WiseSkillsError(Exception):
    """The root of the tree; ``str(error)`` is a sentence for a person."""

    exit_code: ClassVar[int] = 2
    status: ClassVar[int] = 500
    retry_after: int | None = None  # seconds, for the header Retry-After

    def __init__(self, message: str = "") -> None:
        """Keep ``message``, for the cases that need no values of their own."""
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message or told("Something could not be done.")


# --- what was given -----------------------------------------------------------------


class InputError(WiseSkillsError):
    """What was given cannot be used."""

    status = 400


class FileProblem(InputError):
    """One problem of one file."""

    def __init__(self, file: Path | str, problem: str, *, where: str = "", advice: str = "") -> None:
        """Keep the file, the place in it (``row 12, column skill``), the problem and the advice."""
        super().__init__()
        self.file = str(file)
        self.where = where
        self.problem = problem
        self.advice = advice

    def __str__(self) -> str:
        """Return ``file, place: problem. Advice.`` as one text."""
        place = f"{self.file}, {self.where}" if self.where else self.file
        return _sentences(f"{place}: {self.problem}", self.advice)


class ReadingError(InputError):
    """All problems found while reading, so that they can be mended in one go."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        """Keep the problems in the order found."""
        super().__init__()
        self.problems = tuple(problems)

    def __str__(self) -> str:
        """Return the only problem, or their number and one problem a line."""
        return _list_of(self.problems, "problems stopped the reading")


class TooBig(InputError):
    """A file is beyond a limit."""

    status = 413

    def __init__(self, what: str, size: str, limit: str) -> None:
        """Keep what is too big, how big it is and the limit, the last two in words."""
        super().__init__()
        self.what, self.size, self.limit = what, size, limit

    def __str__(self) -> str:
        return told("{what} is too big: {size}, the limit is {limit}. Split it, or use the command line.", **vars(self))


class WrongKind(InputError):
    """A file of a kind that is not read here."""

    status = 415

    def __init__(self, what: str, kind: str, readable: Sequence[str]) -> None:
        """Keep what was given, the kind it seems to be, and the kinds that can be read."""
        super().__init__()
        self.what, self.kind, self.readable = what, kind, tuple(readable)

    def __str__(self) -> str:
        return told(
            "{what} is {kind}, which is not read here. Give {readable}.", what=self.what, kind=self.kind, readable=_either(self.readable)
        )


class ViolationsFound(WiseSkillsError):
    """The data break their shapes; the report says where."""

    exit_code = 1
    status = 422

    def __init__(self, count: int, where: str = "", report: Path | str | None = None) -> None:
        """Keep the number of violations, where they are, and the report file if there is one."""
        super().__init__()
        self.count, self.where = count, where
        self.report = None if report is None else str(report)

    def __str__(self) -> str:
        noun = "violation" if self.count == 1 else "violations"
        place = f" in {self.where}" if self.where else ""
        advice = f"The report is in {self.report}." if self.report else "Mend the cells named and try again."
        return f"{self.count} {noun}{place}. {advice}"


class BuildError(WiseSkillsError):
    """A release could not be made; the previous one is untouched."""


# --- releases and ontology ----------------------------------------------------------


class ReleaseError(WiseSkillsError):
    """A release cannot be opened or written."""

    status = 503

    def __init__(self, path: Path | str, problem: str = "") -> None:
        """Keep the path and what is wrong with it."""
        super().__init__()
        self.path, self.problem = str(path), problem

    def __str__(self) -> str:
        return _sentences(f"{self.path}: {self.problem or 'this release cannot be used'}")


class NotARelease(ReleaseError):
    """The folder is not a release."""

    def __str__(self) -> str:
        why = f" ({self.problem})" if self.problem else ""
        return f"{self.path} is not a release{why}. Give a folder made by wise build, or its link called current."


class NoCurrentRelease(ReleaseError):
    """Nothing has been built yet."""

    def __str__(self) -> str:
        return f"There is no release at {self.path} yet. Run wise build first."


class BuildRunning(ReleaseError):
    """Another build holds the lock."""

    def __str__(self) -> str:
        return f"Another build is writing to {self.path}. Wait until it has ended, or give another --out."


class NoMatcher(WiseSkillsError):
    """Nothing on this machine can propose concepts: there is no release, or (`path`) one that an older version built."""

    status = 503

    def __init__(self, path: Path | str = "") -> None:
        super().__init__()
        self.path = str(path)

    def __str__(self) -> str:
        if self.path:
            return told("This release was built by an older version and cannot propose concepts. Run wise build again.")
        return told("Concepts are proposed only where a release is served from this machine, not for another SPARQL endpoint.")


class OntologyError(WiseSkillsError):
    """The ontology is inconsistent, has unsatisfiable classes or cannot be read."""


# --- queries ------------------------------------------------------------------------


class QueryError(WiseSkillsError):
    """A query cannot be answered."""

    status = 400


class QuerySyntaxError(QueryError):
    """The text is not SPARQL 1.1 query language."""

    def __init__(self, problem: str, *, line: int | None = None, column: int | None = None) -> None:
        """Keep the parser's finding and the position, both counted from 1."""
        super().__init__()
        self.problem, self.line, self.column = problem, line, column

    def __str__(self) -> str:
        return told("The query cannot be read{where}: {problem}", where=_position(self.line, self.column), problem=_end(self.problem))


class QueryRefused(QueryError):
    """The text is understood and not allowed here."""

    status = 403

    def __init__(self, what: str, advice: str = "", *, line: int | None = None, column: int | None = None) -> None:
        """Keep what is refused (a clause that ends "is not allowed here" or like), advice, position."""
        super().__init__()
        self.what, self.advice, self.line, self.column = what, advice, line, column

    def __str__(self) -> str:
        return _sentences(f"{self.what}{_position(self.line, self.column)}", self.advice)


class UnknownGraph(QueryError):
    """The dataset asked for names a graph that is not there."""

    def __init__(self, graph: str, *, line: int | None = None, column: int | None = None) -> None:
        """Keep the graph's IRI, and the position if the query itself names it."""
        super().__init__()
        self.graph, self.line, self.column = graph, line, column

    def __str__(self) -> str:
        lists = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
        return told(
            "There is no graph <{graph}> here{where}. {query} lists the graphs; nothing else is fetched.",
            graph=self.graph,
            where=_position(self.line, self.column),
            query=lists,
        )


class QueryTooLong(QueryError):
    """The text of the query is longer or deeper than we read."""

    status = 413

    def __init__(self, what: str, size: int, limit: int) -> None:
        """Keep what was measured (``characters``, ``levels of brackets``), the measure and the limit."""
        super().__init__()
        self.what, self.size, self.limit = what, size, limit

    def __str__(self) -> str:
        if self.what == "characters":
            text = told("The query has {size:,} characters, the limit is {limit:,}. Split it into smaller queries.", **vars(self))
        else:
            text = told("The query has {size:,} levels of brackets, the limit is {limit:,}. Split it into smaller queries.", **vars(self))
        return text


class NotAcceptable(QueryError):
    """The form of query cannot be given in the media type asked for."""

    status = 406

    def __init__(self, kind: str, media_type: str, possible: Sequence[str]) -> None:
        """Keep the query form, the type asked for and the possible ones."""
        super().__init__()
        self.kind, self.media_type, self.possible = kind, media_type, tuple(possible)

    def __str__(self) -> str:
        return told(
            "The answer of {form} cannot be given as {media_type}. Ask for {possible}.",
            form=self.kind.upper(),
            media_type=self.media_type,
            possible=_either(self.possible),
        )


class QueryTimeout(QueryError):
    """Stopped at the time limit."""

    status = 503
    # Some clients retry by themselves on 503: a minute keeps them from hammering.
    retry_after = 60

    def __init__(self, seconds: float) -> None:
        """Keep the limit."""
        super().__init__()
        self.seconds = seconds

    def __str__(self) -> str:
        return told(
            "The query was stopped after {seconds:g} seconds, the limit. Ask for less: "
            "fewer countries, a more precise pattern, MINUS in place of FILTER NOT EXISTS.",
            seconds=self.seconds,
        )


class QueryTooLarge(QueryError):
    """Stopped at the memory or size limit."""

    status = 500

    def __init__(self, what: str, limit_bytes: int) -> None:
        """Keep what grew too large (``memory`` or ``answer``) and the limit in bytes."""
        super().__init__()
        self.what, self.limit_bytes = what, limit_bytes

    def __str__(self) -> str:
        size = f"{self.limit_bytes / 1_000_000:,.0f} MB"
        if self.what == "memory":
            head = told("The query needs more than {size} of memory, the limit, and was stopped.", size=size)
        else:
            head = told("The query has an answer over {size}, the limit, and was stopped.", size=size)
        advice = told("Ask for less, or take the download of the whole data.")
        return f"{head} {advice}"


class QueryFailed(QueryError):
    """The engine could not run a query that it could read."""

    status = 500

    def __init__(self, problem: str) -> None:
        """Keep the engine's words."""
        super().__init__()
        self.problem = problem

    def __str__(self) -> str:
        return _sentences(told("The query could not be run: {problem}", problem=self.problem), told("Try it again, or in a simpler form."))


class TooManyQueries(QueryError):
    """All workers are busy."""

    status = 503

    def __init__(self, concurrent: int, retry_after: int = 2) -> None:
        """Keep the number that run at once and the seconds after which to try again."""
        super().__init__()
        self.concurrent, self.retry_after = concurrent, retry_after

    def __str__(self) -> str:
        head = told("{number} queries are being answered, as many as run at once here.", number=self.concurrent)
        return f"{head} {_again(self.retry_after)}"


class RateExceeded(QueryError):
    """One caller asks too often."""

    status = 429

    def __init__(self, limit: int, per: str = "minute", retry_after: int = 60) -> None:
        """Keep the limit, its unit of time and the seconds after which to try again."""
        super().__init__()
        self.limit, self.per, self.retry_after = limit, per, retry_after

    def __str__(self) -> str:
        head = told("More than {limit} queries in one minute came from your address.", limit=self.limit)
        return f"{head} {_again(self.retry_after)}"


# --- engines ------------------------------------------------------------------------


class EngineError(WiseSkillsError):
    """The engine itself fails, whatever the query."""

    status = 502


class EndpointUnreachable(EngineError):
    """No answer from the remote endpoint."""

    def __init__(self, endpoint: str, problem: str = "") -> None:
        """Keep the address and the network's words."""
        super().__init__()
        self.endpoint, self.problem = endpoint, problem

    def __str__(self) -> str:
        why = f" ({self.problem})" if self.problem else ""
        return told(
            "The endpoint {endpoint} does not answer{why}. Check the address and that it is running.", endpoint=self.endpoint, why=why
        )


class EndpointError(EngineError):
    """The endpoint answered with an error, or with something that is no answer."""

    def __init__(self, endpoint: str, problem: str, code: int | None = None) -> None:
        """Keep the address, its words and the HTTP status it gave."""
        super().__init__()
        self.endpoint, self.problem, self.code = endpoint, problem, code

    def __str__(self) -> str:
        code = f" (HTTP {self.code})" if self.code else ""
        return _sentences(
            told("The endpoint {endpoint} could not answer{code}: {problem}", endpoint=self.endpoint, code=code, problem=self.problem),
            told("Ask those who run it, or use the release on this machine."),
        )


# --- questions ----------------------------------------------------------------------


class QuestionError(WiseSkillsError):
    """A question of the catalogue cannot be asked so."""

    status = 400


class UnknownQuestion(QuestionError):
    """No question has this name."""

    status = 404

    def __init__(self, name: str, nearest: Sequence[str] = ()) -> None:
        """Keep the name and the nearest names."""
        super().__init__()
        self.name, self.nearest = name, tuple(nearest)

    def __str__(self) -> str:
        advice = _meant(self.nearest) if self.nearest else told("wise ask --list lists them.")
        head = told("There is no question “{name}”.", name=self.name)
        return f"{head} {advice}"


class BadParameter(QuestionError):
    """A value that a parameter does not take."""

    def __init__(self, parameter: str, value: str | None, problem: str, nearest: Sequence[str] = ()) -> None:
        """Keep the parameter, the value given, what is wrong and the nearest choices."""
        super().__init__()
        self.parameter, self.value, self.problem, self.nearest = parameter, value, problem, tuple(nearest)

    def __str__(self) -> str:
        given = "" if self.value is None else f" “{self.value}”"
        advice = _meant(self.nearest) if self.nearest else ""
        # The problem comes in the reader's language; only English ones go on after the value as a sentence would.
        joint = " " if spoken() == "en" and self.problem.startswith(("is ", "takes ", "fits ", "must ")) else ": "
        return _sentences(f"{self.parameter}{given}{joint}{self.problem}", advice)


class BadQuestionFiles(QuestionError):
    """All problems of all question files, together."""

    status = 500

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        """Keep the problems in the order found."""
        super().__init__()
        self.problems = tuple(problems)

    def __str__(self) -> str:
        """Return the only problem, or their number and one problem a line."""
        return _list_of(self.problems, "problems in the question files")


# --- words --------------------------------------------------------------------------


def _end(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _sentences(*parts: str) -> str:
    return " ".join(_end(part) for part in parts if part.strip())


def _position(line: int | None, column: int | None) -> str:
    if line is None:
        return ""
    place = told("line {line}", line=line) if column is None else told("line {line}, column {column}", line=line, column=column)
    return f" ({place})"


def _either(names: Sequence[str]) -> str:
    # Loaded when something goes wrong, because every command loads this module.
    from babel.lists import format_list

    return str(format_list(list(names), style="or", locale="en_GB" if spoken() == "en" else spoken()))


def _meant(nearest: Sequence[str]) -> str:
    return told("Did you mean {names}?", names=_either(nearest))


def _again(seconds: int | None) -> str:
    if seconds is None:
        return told("Try again in a moment.")
    return told("Try again in a second.") if seconds == 1 else told("Try again in {seconds} seconds.", seconds=seconds)


def _list_of(problems: Sequence[FileProblem], noun: str) -> str:
    if len(problems) == 1:
        return str(problems[0])
    return "\n".join([f"{len(problems)} {noun}:", *(f"- {problem}" for problem in problems)])
