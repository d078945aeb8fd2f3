"""How things are said: numbers, dates, lists, and the texts of badges and signs."""

from __future__ import annotations

import datetime as calendar
import re
from decimal import Decimal, localcontext
from functools import lru_cache

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal
from flask_babel import gettext, lazy_gettext

from query_ui.asked import interface
from wise_skills.names import XSD
from wise_skills.terms import Term

EVIDENCE = {
    "named-in-source": (lazy_gettext("named in source"), lazy_gettext("A source names it.")),
    "implied-by-source": (lazy_gettext("implied by source"), lazy_gettext("A source implies it, without saying it outright.")),
    "suggested": (lazy_gettext("suggested by us"), lazy_gettext("Our own inference or suggestion; no source says so.")),
    "unverified": (lazy_gettext("unverified"), lazy_gettext("General knowledge only; no source was found yet.")),
}
"""Levels of evidence by key: text of the badge, and what it means."""

ABSENCES = {
    "not-needed": ("∅", lazy_gettext("not needed"), lazy_gettext("A source says that it is not needed.")),
    "not-asked": ("?", lazy_gettext("not asked"), lazy_gettext("Nobody asked, as far as we know.")),
    "not-reported": (
        "…",
        lazy_gettext("not reported"),
        lazy_gettext("Somebody asked, or the source should say, and nothing was reported."),
    ),
    "not-mapped": ("↷", lazy_gettext("not mapped"), lazy_gettext("Nobody has linked it to the other vocabulary yet.")),
    "not-applicable": ("–", lazy_gettext("does not apply"), lazy_gettext("The question makes no sense here.")),
}
"""States of absence by key: sign, text, meaning. The first four are the four of the project."""

_DATE = re.compile(r"(-?\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:Z|[+-]\d{2}:\d{2})?")
_DATE_TYPES = (XSD + "date", XSD + "gYear", XSD + "gYearMonth", XSD + "dateTime")


def key(iri: str) -> str:
    """Return the last segment of an IRI."""
    return re.split(r"[/#]", iri.rstrip("/#"))[-1]


def number(value: int | float | Decimal) -> str:
    """Return a number as the language of the page writes it: `12,345.5` in English.

    >>> number(Decimal("1234.50"))
    '1,234.5'
    """
    small = isinstance(value, float) and 0 < abs(value) < 1
    return _decimal(float(f"{value:.4g}") if small else value, interface())


@lru_cache(maxsize=4096)
def _decimal(value: float | Decimal, locale: str) -> str:
    # A page holds hundreds of numbers, many of them the same, and Babel reads the pattern anew each time.
    # Ten digits behind the point of a number of 28 before it need more than the usual precision.
    try:
        with localcontext(prec=100):
            return str(format_decimal(value, format="#,##0.##########", locale=locale))
    except (ArithmeticError, ValueError, IndexError):  # beyond all measure, infinite, or no number
        return str(value)


def date(text: str) -> str:
    """Return a year, month or day in words, as exact as it is given.

    >>> date("2013-05-01"), date("2013-05"), date("2013")
    ('1 May 2013', 'May 2013', '2013')
    """
    match = _DATE.match(text)
    if not match:
        return text
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        meant = calendar.date(year, month or 1, day or 1)
    except ValueError:
        return text
    # The day before the month, as the data of European countries are read.
    locale = "en_GB" if interface() == "en" else interface()
    if day:
        return str(format_date(meant, "long", locale=locale))
    return str(format_skeleton("yMMMM", meant, locale=locale)) if month else str(year)


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
        return str(gettext("yes") if value else gettext("no"))
    return value if isinstance(value, str) else number(value)


def tidy(query: str) -> str:
    """Return a query without the empty lines that its parameters left."""
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", query).strip()


def and_list(parts: list[str]) -> str:
    """Join names: `a, b and c`."""
    return str(format_list(parts, locale=interface()))
