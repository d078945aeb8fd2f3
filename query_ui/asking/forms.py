"""The form of a question: its fields with their choices, what was typed, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from query_ui.edition import Edition
from query_ui.words import key
from wise_skills.errors import BadParameter
from wise_skills.questions import Choice, Parameter, Question, choices
from wise_skills.terms import Term


@dataclass(frozen=True)
class Option:
    """One choice of a field; `value` is what stands in the address."""

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass
class Field:
    """A parameter in the form."""

    parameter: Parameter
    options: list[Option] = field(default_factory=list)
    typed: Sequence[str] = ()
    error: str = ""

    @property
    def chosen(self) -> list[Option]:
        """The options that are chosen."""
        return [o for o in self.options if o.chosen]


def keys(offered: Sequence[Choice]) -> dict[Term, str]:
    """Return the shortest text by which each choice is known: the end of its IRI, unless two share it."""
    short = Counter(key(c.value.value) for c in offered)
    return {c.value: key(c.value.value) if c.value.kind == "iri" and short[key(c.value.value)] == 1 else c.value.value for c in offered}


def fields(
    edition: Edition,
    question: Question,
    typed: Mapping[str, Sequence[str]],
    values: Mapping[str, Sequence[Choice]] | None = None,
    error: BadParameter | None = None,
    language: str = "en",
) -> list[Field]:
    """Return the fields of a question.

    Parameters
    ----------
    edition, question, language:
        What is asked, of what, and the language of the choices.
    typed:
        What stands in the address.
    values:
        What it was understood as, if it was; it narrows the choices of other fields and marks the chosen ones.
    error:
        A value that does not fit; it is told at its field.
    """
    terms = {name: [c.value for c in chosen] for name, chosen in (values or {}).items()}
    found = []
    for parameter in question.parameters:
        offered = choices(edition.engine, question, parameter.name, terms, language=language) if parameter.choices else []
        chosen = list((values or {}).get(parameter.name, ()))
        # What was chosen stays in sight even where another choice left nothing of it.
        offered += [c for c in chosen if parameter.choices and c.value not in {o.value for o in offered}]
        short = keys(offered)
        marked = {c.value for c in chosen}
        given = [t for t in typed.get(parameter.name, ()) if t.strip()]
        options = [
            Option(short[c.value], c.label, c.count, c.value in marked or (values is None and short[c.value] in given)) for c in offered
        ]
        wrong = str(error) if error and error.parameter in (parameter.label, parameter.name) else ""
        found.append(Field(parameter, options, given or list(parameter.default), wrong))
    return found
