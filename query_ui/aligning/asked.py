"""What somebody asks `/align` for: lines of text, their language, and whose concepts are to be proposed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from flask_babel import gettext as _

from query_ui.edition import Edition
from query_ui.memory import remembered
from query_ui.problems import WrongRequest
from wise_skills.alignment.model import KINDS, Kind
from wise_skills.languages import LANGUAGES

LINES, LINE_CHARS, GET_CHARS = 2_000, 1_000, 2_000
TOPS = (3, 5, 10)
OURS, ESCO = "wise", "esco"
_BULLET = re.compile(r"^(?:[-–—•·*▪◦>]\s+|[•▪◦]\s*)?(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z])[.)]\s+)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True)
class Line:
    """A line to be aligned: its text, and what is known beside it: national code, own IRI, title of its module, language."""

    text: str
    code: str = ""
    iri: str = ""
    module: str = ""
    language: str = ""


@dataclass(frozen=True)
class Asked:
    """How lines are aligned: their language (empty: as the lines tell), the kind of concepts, their scheme, candidates for each line."""

    language: str = ""
    kind: Kind = "skill"
    scheme: str = ""
    top: int = 5

    def fields(self) -> dict[str, str]:
        """Return the fields of a form that ask for the same."""
        return {"language": self.language, "kind": self.kind, "of": self.scheme, "top": str(self.top)}


def asked(values: Mapping[str, str], offered: Sequence[str]) -> Asked:
    """Read the fields of a form or an address.

    Parameters
    ----------
    values, offered:
        The fields, and the schemes that the release holds, the usual one first.

    Raises
    ------
    WrongRequest
        400 when a field holds what it cannot.
    """
    taken = {
        "language": (values.get("language", ""), ("", *LANGUAGES)),
        "kind": (values.get("kind") or "skill", KINDS),
        "of": (values.get("of") or next(iter(offered), ""), offered),
        "top": (values.get("top") or "5", tuple(map(str, TOPS))),
    }
    for name, (value, known) in taken.items():
        if value not in known:
            given = f"{name}={value[:60]}"
            raise WrongRequest(400, _("%(given)s is unknown. Give one of %(known)s.", given=given, known=", ".join(filter(None, known))))
    return Asked(taken["language"][0], cast(Kind, taken["kind"][0]), taken["of"][0], int(taken["top"][0]))


def lines_of(text: str) -> list[Line]:
    """Return the lines of a text, without bullets and numbers before them; what stands there twice is asked once.

    A line that begins with `#` names the module of those below it.
    """
    found, module = list[Line](), ""
    for line in re.split(r"[\r\n\u2028]+", text):
        plain = line.strip()
        if plain.startswith("#"):
            module = " ".join(plain.strip("#").split())[:LINE_CHARS]
        else:
            found.append(Line(_BULLET.sub("", plain), module=module))
    return distinct(found)


def distinct(lines: Iterable[Line]) -> list[Line]:
    """Return lines that hold something, each once.

    Raises
    ------
    WrongRequest
        400 where there are none, 413 where there are too many or one is too long.
    """
    found: dict[str, Line] = {}
    for line in lines:
        text = " ".join(_CONTROL.sub(" ", line.text).split())
        if len(text) > LINE_CHARS:
            sentence = _("A line has %(size)s characters; at most %(limit)s are read. Shorten it: “%(start)s…”")
            raise WrongRequest(413, sentence % {"size": len(text), "limit": LINE_CHARS, "start": text[:60]})
        if text:
            found.setdefault(line.iri or text, replace(line, text=text))
    if not found:
        raise WrongRequest(400, _("There is no line to align. Write one learning outcome on each line, or choose a file."))
    if len(found) > LINES:
        sentence = _("There are %(size)s lines; at most %(limit)s are aligned at once. Split them, or use “wise align”.")
        raise WrongRequest(413, sentence % {"size": len(found), "limit": LINES})
    return list(found.values())


def schemes(served: Edition) -> dict[str, str]:
    """Return the schemes whose concepts the release holds, with their names in English or their own; the usual one first."""

    def look() -> dict[str, str]:
        counts = served.release.counts if served.release else {}
        found = {ESCO: "ESCO"} if f"{served.names.base}graph/esco" in counts else {}
        found[OURS] = "WISE skills"
        table = served.select(
            "SELECT DISTINCT ?c ?label WHERE { ?c a wise:Classification OPTIONAL { ?c skos:prefLabel|dct:title|rdfs:label ?label } }"
        )
        for classification, label in sorted(table, key=str):
            if classification is not None:
                found.setdefault(str(classification).rsplit("/", 1)[-1], str(label) if label is not None else str(classification))
        return found

    return remembered(served, "align.schemes", look)
