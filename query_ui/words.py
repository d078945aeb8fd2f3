"""How things are said: sentences about a thing, numbers, dates, and the texts of badges and signs."""

from __future__ import annotations

import re
from decimal import Decimal

from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.things import Thing
from wise_skills.names import XSD
from wise_skills.terms import Term

EVIDENCE = {
    "named-in-source": ("named in source", "A source names it."),
    "implied-by-source": ("implied by source", "A source implies it, without saying it outright."),
    "suggested": ("suggested by us", "Our own inference or suggestion; no source says so."),
    "unverified": ("unverified", "General knowledge only; no source was found yet."),
}
"""Levels of evidence by key: text of the badge, and what it means."""

ABSENCES = {
    "not-needed": ("∅", "not needed", "A source says that it is not needed."),
    "not-asked": ("?", "not asked", "Nobody asked, as far as we know."),
    "not-reported": ("…", "not reported", "Somebody asked, or the source should say, and nothing was reported."),
    "not-mapped": ("↷", "not mapped", "Nobody has linked it to the other vocabulary yet."),
    "not-applicable": ("–", "does not apply", "The question makes no sense here."),
}
"""States of absence by key: sign, text, meaning. The first four are the four of the project."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DATE = re.compile(r"(-?\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:Z|[+-]\d{2}:\d{2})?")
_DATE_TYPES = (XSD + "date", XSD + "gYear", XSD + "gYearMonth", XSD + "dateTime")


def key(iri: str) -> str:
    """Return the last segment of an IRI."""
    return re.split(r"[/#]", iri.rstrip("/#"))[-1]


def number(value: int | float | Decimal) -> str:
    """Return a number in English notation: `12,345.5`.

    >>> number(Decimal("1234.50"))
    '1,234.5'
    """
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.10g}"
    text = f"{value:,}" if not isinstance(value, float) else f"{value:,.0f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def date(text: str) -> str:
    """Return a year, month or day in words, as exact as it is given.

    >>> date("2013-05-01"), date("2013-05"), date("2013")
    ('1 May 2013', 'May 2013', '2013')
    """
    match = _DATE.match(text)
    if not match or int(match[2] or 1) not in range(1, 13):
        return text
    year, month, day = match.groups()
    return " ".join(filter(None, [str(int(day)) if day else "", _MONTHS[int(month) - 1] if month else "", year]))


def is_date(term: Term) -> bool:
    """Whether a literal is a year, month, day or time."""
    return term.datatype in _DATE_TYPES


def literal(term: Term) -> str:
    """Return a literal as a reader wants it: numbers and dates written out, truth as yes or no."""
    if term.datatype is None:
        return term.value
    if is_date(term):
        return date(term.value)
    value = term.python()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else number(value)


def tidy(query: str) -> str:
    """Return a query without the empty lines that its parameters left."""
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", query).strip()


def and_list(parts: list[str]) -> str:
    """Join names: `a, b and c`."""
    *head, last = parts or [""]
    return f"{', '.join(head)} and {last}" if head else last


def describe(edition: Edition, thing: Thing, naming: Naming) -> list[str]:
    """Return what a thing is in a few sentences, made from its claims."""
    record, wise = thing.record, edition.names.wise
    sentences = []
    heads = {h.id: c for h, c in thing.properties}
    kinds = [naming(t.value) for t in heads["kind"].values if t.kind == "iri"] if "kind" in heads else []
    what = " / ".join(kinds) or (naming(thing.kind) if thing.kind else "")
    places = [naming(i) for i in (record.iris(wise + "jurisdiction") or record.iris(wise + "country"))]
    time = _time(record.first(wise + "validFrom"), record.first(wise + "validTo"))
    if what:
        place = f" in {and_list(places)}" if places and record.iris(wise + "jurisdiction") else ""
        folder = f" in the data of {places[0]}" if places and not place and places[0] != "European Union" else ""
        if place or folder or time:
            sentences.append(f"{thing.title} is {_article(what)} {what}{place or folder}{time}.")
    if laws := record.iris(wise + "law"):
        sentences.append(f"Its legal base: {and_list([naming(i) for i in laws])}.")
    if before := record.iris(wise + "succeeds"):
        sentences.append(f"It replaced {and_list([naming(i) for i in before])}.")
    inferred = [naming(t) for t in record.types if t != thing.kind and t.startswith(wise)]
    if inferred:
        sentences.append(f"From its claims it follows that it is {and_list([f'{_article(i)} {i}' for i in inferred])}.")
    return sentences


def _time(start: Term | None, end: Term | None) -> str:
    first, last = (start and date(start.value)), (end and date(end.value))
    if first and last:
        return f", valid from {first} to {last}"
    return f", valid since {first}" if first else f", valid until {last}" if last else ""


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" and not word.lower().startswith(("eu", "uni")) else "a"
