"""What a file says of itself, and how its parts are called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
Names = Callable[[str], str]
"""Gives the name of an IRI."""


@dataclass(frozen=True)
class About:
    """Where an answer comes from: the address that gives it again, how it is cited, and the version of the data."""

    address: str
    citation: str
    version: str
    licence: str = LICENCE


@dataclass(frozen=True)
class Words:
    """How the parts of a workbook are called; the page gives them in the language of the reader."""

    answer: str = "Answer"
    about: str = "About"
    question: str = "Question"
    description: str = "What it is for"
    sentence: str = "Answer in a sentence"
    any_value: str = "any"
    cut: str = "Cut: these are the first rows of more."
    unknown: str = "What is not known"
    address: str = "Address"
    citation: str = "Citation"
    version: str = "Data version"
    licence: str = "Licence"
    absences: tuple[tuple[str, str], ...] = ()
    """Words for the states of absence, by their keys."""

    def absence(self, state: str) -> str:
        """Return the words for a state of absence: `not-asked` is “not asked”."""
        return dict(self.absences).get(state, state.replace("-", " "))
