"""Where sources differ about what a claim says: the rows of the table of disagreements, and other figures of the same thing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.things.records import Record, read, texts
from query_ui.words import literal
from wise_skills.names import DCT
from wise_skills.terms import Term

CONCERNS = {
    "count": ("counts", "resources", "activities"),
    "date": ("forms", "laws", "support", "reserved", "eligibility", "conditions", "projects"),
    "rule": ("requirements", "reserved", "bidders", "support", "eligibility", "conditions", "target_groups"),
    "duration": ("conditions",),
    "definition": ("forms",),
    "name": ("forms",),
}
"""Which tables hold claims of the kind about which sources differ, by the key of the subject."""
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_ABOUT = ("form", "project", "measureOfSupport")


@dataclass(frozen=True)
class Disagreement:
    """A row of the table of disagreements: what the sources say, why we think they differ, and which sources these are."""

    iri: str
    path: str
    subject: str
    text: str
    language: str
    explanation: str
    explanation_language: str
    sources: tuple[str, ...]
    shares_source: bool


@dataclass(frozen=True)
class Figure:
    """Another figure of the same form, measure and date from another source."""

    iri: str
    path: str
    value: str
    scope: str
    sources: tuple[str, ...]


def disagreements(edition: Edition, record: Record, table: str, naming: Naming) -> list[Disagreement]:
    """Return what is known to be told differently about what a claim of a table says, those of its own sources first."""
    wise = edition.names.wise
    about = {record.iri, *(i for p in _ABOUT for i in record.iris(wise + p))}
    measured = set(record.iris(wise + "measure")) if table == "counts" else set()
    found = []
    for other in _all(edition):
        named = {i for p in _ABOUT for i in other.iris(wise + p)}
        subject = next(iter(other.iris(wise + "disagreementSubject")), "")
        fits = record.iri in named or table in CONCERNS.get(subject.rsplit("/", 1)[-1], ())
        text, language = _text(other.values(DCT + "description"), naming.language)
        if measured and (told := _measures(edition, other)):
            fits = bool(measured & told)
        if other.iri == record.iri or not named & about or not fits:
            continue
        why, tongue = _text(other.values(wise + "explanation"), naming.language)
        shares = bool(set(other.sources) & set(record.sources))
        path = edition.addresses.path(other.iri)
        found.append(Disagreement(other.iri, path, subject, text, language, why, tongue, tuple(other.sources), shares))
    naming.fetch(d.subject for d in found)
    return sorted(found, key=lambda d: (not d.shares_source, d.iri))


def figures(edition: Edition, record: Record) -> list[Figure]:
    """Return figures of the same thing, measure and date that another source gives differently."""
    wise = edition.names.wise
    value = record.first(wise + "value")
    if wise + "Count" not in record.types or value is None:
        return []
    found = []
    for other in _counts(edition).get(_key(record, wise), ()):
        theirs = other.first(wise + "value")
        if theirs is None or theirs == value or set(other.sources) & set(record.sources):
            continue
        scope, _ = _text(other.values(wise + "scopeNote"), "en")
        path = edition.addresses.path(other.iri)
        found.append(Figure(other.iri, path, literal(theirs), scope, tuple(other.sources)))
    return found


def _all(edition: Edition) -> list[Record]:
    """The records of all disagreements; read once for an edition."""
    known: list[Record] | None = edition.memory.get("disagreements")
    if known is None:
        table = edition.select("SELECT DISTINCT ?d WHERE { ?d a wise:Disagreement } ORDER BY ?d")
        known = edition.memory["disagreements"] = list(read(edition, [str(d) for (d,) in table]).values())
    return known


def _counts(edition: Edition) -> dict[tuple[str, ...], list[Record]]:
    """The records of all figures by what they count; read once for an edition."""
    known: dict[tuple[str, ...], list[Record]] | None = edition.memory.get("figures")
    if known is None:
        table = edition.select("SELECT DISTINCT ?c WHERE { ?c a wise:Count ; wise:value ?v } ORDER BY ?c")
        known = {}
        for record in read(edition, [str(c) for (c,) in table]).values():
            known.setdefault(_key(record, edition.names.wise), []).append(record)
        edition.memory["figures"] = known
    return known


def _measures(edition: Edition, disagreement: Record) -> set[str]:
    """What a disagreement is about: the measures of the figures of its forms that it names; read once for an edition."""
    memory: dict[str, set[str]] = edition.memory.setdefault("measures of disagreements", {})
    if disagreement.iri not in memory:
        wise = edition.names.wise
        named = {i for p in _ABOUT for i in disagreement.iris(wise + p)}
        numbers = set(_NUMBER.findall(" ".join(t.value for t in disagreement.values(DCT + "description") if t.language == "en")))
        figures = [r for found in _counts(edition).values() for r in found if named & {i for p in _ABOUT for i in r.iris(wise + p)}]
        said = [(r, t.python()) for r in figures for t in r.values(wise + "value")]
        memory[disagreement.iri] = {i for r, v in said if not isinstance(v, str) and f"{v:,}" in numbers for i in r.iris(wise + "measure")}
    return memory[disagreement.iri]


def _key(record: Record, wise: str) -> tuple[str, ...]:
    """What a figure counts: of what, which measure, in which unit, when."""
    paths = ("form", "project", "country", "measure", "unit", "date", "dateTo")
    return tuple(" ".join(sorted(t.value for t in record.values(wise + p))) for p in paths)


def _text(values: list[Term], language: str) -> tuple[str, str]:
    said = texts(values)
    if not said:
        return "", ""
    chosen = language if language in said else next(iter(said))
    return "; ".join(said[chosen]), chosen
