"""One value of a cell as RDF terms.

The reader judges nothing. A text takes the first allowed datatype whose lexical form and calendar fit; what fits
none stays a plain string, and the shape (`sh:datatype`, `sh:class`, `sh:node`, `sh:nodeKind`) reports it. So no
ill-typed literal ever enters a graph, and a broken reference shows the very text that was written.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

from wise_skills.names import XSD
from wise_skills.tables import DATES

_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_YEAR = re.compile(r"[12]\d{3}", re.ASCII)
_MONTH = re.compile(r"([12]\d{3})-(\d{2})", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+\.?[^\s<>\"{}|\\^`\x00-\x20]*")
_TWO_ADDRESSES = re.compile(r"[;,]https?://")  # an archive's address holds another one behind a slash
_OWN_ADDRESS = re.compile(r"id/[A-Za-z0-9._~/-]+")


def literal(text: str, datatypes: tuple[str, ...], language: str | None) -> Literal:
    """Return the literal of a text under the first datatype that fits, in canonical form; else a plain string."""
    if language:
        return Literal(text, language=language)
    for datatype in datatypes:
        if (form := _canonical(text, datatype)) is not None:
            return Literal(form, datatype=NamedNode(datatype))
    return Literal(text)


def _canonical(text: str, datatype: str) -> str | None:
    match datatype.removeprefix(XSD):
        case "integer" if _INTEGER.fullmatch(text):
            return str(int(text))
        case "decimal" if _DECIMAL.fullmatch(text) and len(text) < 20:
            number = Decimal(text).normalize()
            return f"{number:f}" if number else "0"
        case "gYear" if _YEAR.fullmatch(text):
            return text
        case "gYearMonth" if (m := _MONTH.fullmatch(text)) and 1 <= int(m[2]) <= 12:
            return text
        case "date":
            try:
                return dt.date.fromisoformat(text).isoformat() if len(text) == 10 else None
            except ValueError:
                return None
        case "boolean" if text in ("true", "false"):
            return text
    return None


def days(value: Literal) -> tuple[str, str] | None:
    """Return first and last day of a year, month or day as ISO dates; `None` for anything else."""
    datatype = value.datatype.value
    if datatype not in DATES:
        return None
    if datatype == DATES[0]:
        return f"{value.value}-01-01", f"{value.value}-12-31"
    if datatype == DATES[1]:
        year, month = (int(p) for p in value.value.split("-"))
        return f"{value.value}-01", f"{value.value}-{calendar.monthrange(year, month)[1]:02}"
    return value.value, value.value


def address(text: str, base: str) -> NamedNode | None:
    """Return the IRI of an address; one of ours may be written without the base (`id/eu/source/…`)."""
    if _OWN_ADDRESS.fullmatch(text):
        return NamedNode(base + text)
    if not _ADDRESS.fullmatch(text) or _TWO_ADDRESSES.search(text):
        return None
    try:
        return NamedNode(text)
    except ValueError:
        return None
