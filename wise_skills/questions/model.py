"""A question, its parameters and columns; and how values enter its query.

A parameter enters by a line of its own, `VALUES ?country { UNDEF } # parameter`. With values, the block is
filled with their terms; without, the line goes, and the variable is free: an optional parameter left blank
means "any". Values are `Term`s, written by `Term.n3`; nothing a person typed is ever pasted into a query.
The line `VALUES ?language { "en" }` takes the language of labels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, get_args

from wise_skills.errors import BadParameter
from wise_skills.languages import told
from wise_skills.terms import Term, text

User = Literal["analyst", "designer", "practitioner", "consumer"]
ParameterType = Literal["thing", "concept", "text", "integer", "date", "language"]
ColumnKind = Literal["thing", "number", "evidence", "sources", "row", "text", "date", "language", "boolean", "link"]
USERS: tuple[str, ...] = get_args(User)
PARAMETER_TYPES: tuple[str, ...] = get_args(ParameterType)
COLUMN_KINDS: tuple[str, ...] = get_args(ColumnKind)
VIEWS = ("table", "bar", "stacked", "heat", "line", "map", "network", "tree")
"""In which forms an answer can be shown."""

LABEL_SUFFIX = "Label"
"""A variable `formLabel` accompanies `form`: it is its name, and no column of its own."""

SLOT = re.compile(
    r"^[ \t]*VALUES[ \t]+\?(?P<name>(?:language(?![\w])|\w+(?=.*\#[ \t]*parameter)))[ \t]*"
    r'\{[ \t]*(?:UNDEF|"[^"\n]*")[ \t]*\}[ \t]*(?:\#.*)?$',
    re.IGNORECASE | re.MULTILINE,
)
"""The line by which a parameter enters a query."""
_PROLOGUE = re.compile(r"^[ \t]*(?:PREFIX|BASE)\b.*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Parameter:
    """What may be asked for: `choices` is a SELECT of ?value ?label ?count, or None where any value goes."""

    name: str
    label: str
    description: str = ""
    type: ParameterType = "concept"
    choices: str | None = None
    required: bool = False
    several: bool = False
    default: tuple[str, ...] = ()
    example: tuple[str, ...] = ()
    blank: str = ""
    """What a sentence says where it was left blank: `any country`."""


@dataclass(frozen=True)
class Column:
    """How a variable of the answer is shown."""

    label: str
    unit: str = ""
    kind: ColumnKind = "text"


TEXTS = ("title", "description", "subject", "answer", "answer_one", "answer_none", "unknown_text")
"""What of a question is text for people, beside labels and units."""
ANY = "{label}: any"
"""How other languages than English say what was left blank; English says `any country`."""

CONVENTIONAL = {
    "evidence": Column("Evidence", kind="evidence"),
    "sources": Column("Sources", kind="sources"),
    "row": Column("Where it comes from", kind="row"),
}
"""Columns that mean the same in every question and need no entry in the header."""


@dataclass(frozen=True)
class Question:
    """A question of the catalogue; `text` is the whole file, `body` the query without its header.

    `needs` names what must be loaded beside our own data (`questions.needs`).
    """

    name: str
    title: str
    description: str
    user: User
    subject: str
    answer: str
    answer_one: str
    answer_none: str
    body: str
    text: str
    numbers: tuple[int, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    columns: Mapping[str, Column] = field(default_factory=dict)
    unknown: str | None = None
    unknown_text: str = ""
    example: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    combinations: str | None = None
    """A SELECT of the parameters with choices and of what makes a row, where the query itself hides them in counts."""
    behind: Mapping[str, str] = field(default_factory=dict)
    """For a counted column, a SELECT of ?claim (and of ?counted, where other things than claims are counted)."""
    view: Mapping[str, str] = field(default_factory=dict)
    """How the answer is shown at first: `kind`, one of `VIEWS`, and the columns `x`, `y`, `series` of a picture."""
    spoken: str = "en"
    """The language of title, labels and sentences (BCP 47)."""

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter of this name."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """Return the names for which the query has a line."""
        return tuple(match["name"] for match in SLOT.finditer(self.body))

    def said(self, say: Callable[[str], str], language: str) -> Question:
        """Return the question in another language; `say` gives the text for an English one (gettext)."""

        def told(text: str) -> str:
            return say(text) if text else text

        texts: dict[str, Any] = {name: told(getattr(self, name)) for name in TEXTS}
        return replace(
            self,
            spoken=language,
            columns={name: replace(c, label=told(c.label), unit=told(c.unit)) for name, c in self.columns.items()},
            parameters=tuple(
                replace(p, label=told(p.label), description=told(p.description), blank=told(ANY).format(label=told(p.label)))
                for p in self.parameters
            ),
            **texts,
        )

    def bind(self, values: Mapping[str, Sequence[Term]], language: str = "en") -> str:
        """Return the query with its values; raises `BadParameter` where a required one is missing."""
        for parameter in self.parameters:
            if parameter.required and not values.get(parameter.name):
                raise BadParameter(parameter.label, None, told("a value is needed"), [])
        return fill(self.body, values, language)

    def complete(self, query: str) -> str:
        """Return a query of the header (choices, unknown) under the prefixes of the question."""
        if _PROLOGUE.search(query):
            return query
        return "\n".join([*_PROLOGUE.findall(self.body), query])


def fill(query: str, values: Mapping[str, Sequence[Term]], language: str = "en") -> str:
    """Return a query whose parameter lines hold their values; lines without values are emptied.

    Each line stays a line, so that positions in error messages fit the file.
    """
    given = {**values, "language": [text(language)]}

    def line(match: re.Match[str]) -> str:
        terms = given.get(match["name"], ())
        return f"  VALUES ?{match['name']} {{ {' '.join(term.n3() for term in terms)} }}" if terms else ""

    return SLOT.sub(line, query)
