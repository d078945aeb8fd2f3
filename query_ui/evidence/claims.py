"""What stands behind a figure: claims with their row and cells, sources, evidence and date, and where sources differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from query_ui.asked import interface
from query_ui.asking.answers import Item, source
from query_ui.edition import Edition
from query_ui.evidence.disagreements import Disagreement, Figure, disagreements, figures
from query_ui.naming import Naming
from query_ui.things.grids import Head, frame, heads, mapping_heads
from query_ui.things.records import Cell, Record, Row, mentioned, read, texts
from query_ui.words import date
from wise_skills.names import PREF_LABEL, RDF_TYPE
from wise_skills.terms import Table, Term
from wise_skills.terms import iri as iri_term

MOST = 400
"""How many claims an address may name; more are asked for by conditions."""
_LONG = 160


@dataclass(frozen=True)
class Source:
    """A source of a claim: where it is, our page of what it backs, when it appeared and when it was read."""

    item: Item
    page: str
    kind: str = ""
    issued: str = ""
    accessed: str = ""


@dataclass
class Claim:
    """One row of a table as a claim.

    `says` is its line; `answers` are the cells that the row is there to fill (the value of a count, whether a
    skill is needed), `cells` all of its cells in the order of the table.
    """

    iri: str
    says: str
    language: str | None
    table: str
    kind: str
    path: str
    rows: list[Row]
    cells: list[tuple[Head, Cell]]
    answers: list[tuple[Head, Cell]]
    level: str
    holds: tuple[str, str, str]
    asserted_by: list[Term]
    sources: list[Source]
    notes: list[Term]
    disagreements: list[Disagreement] = field(default_factory=list)
    others: list[Figure] = field(default_factory=list)


def behind(edition: Edition, iris: Iterable[str]) -> str:
    """Return the path of the page that shows claims: `/behind?claim=be/count/…`."""
    start = edition.names.base + "id/"
    return "/behind?" + urlencode([("claim", i.removeprefix(start)) for i in iris], safe="/")


def claim_iri(edition: Edition, text: str) -> str:
    """Return the IRI of a claim from an address: what follows `/id/`, or a whole IRI."""
    return text if "://" in text else edition.addresses.thing(text.lstrip("/"))


def read_claims(edition: Edition, iris: Iterable[str], naming: Naming | None = None) -> list[Claim]:
    """Read claims in the order given, each with what backs it and what disagrees with it.

    Parameters
    ----------
    edition:
        What is served.
    iris:
        IRIs of claims or things; those of which the graph says nothing are left out.
    naming:
        The names of this request, which are then fetched once; new ones by default.
    """
    if naming is None:
        from query_ui.filters import naming as of_request

        naming = of_request()
    records = [r for r in read(edition, dict.fromkeys(iris)).values() if r.cells]
    known = _sources(edition, {s for r in records for s in r.sources})
    found = mentioned(records)
    naming.fetch([*(r.iri for r in records), *found])
    naming.name_claims(i for i in found if not naming.is_named(i))
    naming.name_records(records)
    return [_claim(edition, record, naming, known) for record in records]


def _claim(edition: Edition, record: Record, naming: Naming, known: dict[str, dict[str, str]]) -> Claim:
    names, schema = edition.names, edition.schema
    kind = next((t for t in record.types if t in schema.by_class or t == names.wise + "Mapping"), "")
    sheet = schema.by_class.get(kind)
    columns = heads(sheet, interface()) if sheet else mapping_heads(names) if kind else []
    left_out = frame(names) - {names.wise + "ordinal"}
    cells = [(h, record.cells[h.path]) for h in columns if h.path not in left_out and record.cells.get(h.path)]
    if not columns:
        cells = [(Head(p, naming(p)), c) for p, c in record.cells.items() if p != RDF_TYPE and p not in left_out]
    asked = {c.path for c in sheet.columns if c.answer} if sheet else set()
    level = record.first(names.wise + "evidence")
    says, language = _says(record, naming, columns)
    return Claim(
        iri=record.iri,
        says=says,
        language=language,
        table=sheet.name if sheet else "mappings" if kind else "",
        kind=kind,
        path=edition.addresses.path(record.iri),
        rows=record.rows,
        cells=cells,
        answers=[(h, c) for h, c in cells if h.path in asked],
        level=level.value.rsplit("/", 1)[-1] if level else "",
        holds=_holds(record, names.wise),
        asserted_by=record.values(names.wise + "assertedBy") + record.values(names.wise + "madeBy"),
        sources=[_source(edition, naming, s, known.get(s, {})) for s in record.sources],
        notes=record.notes,
        disagreements=disagreements(edition, record, sheet.name if sheet else "", naming),
        others=figures(edition, record),
    )


def _says(record: Record, naming: Naming, columns: Sequence[Head]) -> tuple[str, str | None]:
    """The line of a claim: its name, else the text that it is about, else what it is about."""
    if record.values(PREF_LABEL) or not columns:
        return naming(record.iri), naming.language_of(record.iri)
    wording = next((record.values(h.path) for h in columns if h.id == "text" and record.values(h.path)), [])
    if said := texts(wording):
        language = naming.language if naming.language in said else next(iter(said))
        words = said[language][0]
        return (words if len(words) <= _LONG else words[:_LONG].rsplit(" ", 1)[0] + " …"), language
    return naming(record.iri), naming.language_of(record.iri)


def _holds(record: Record, wise: str) -> tuple[str, str, str]:
    """Date of the claim, first and last day of what it says; each empty where it is not said."""
    exact = record.first(wise + "date")
    until = record.first(wise + "dateTo")
    day = f"{date(exact.value)} – {date(until.value)}" if exact and until else date(exact.value) if exact else ""
    first, last = record.first(wise + "validFrom"), record.first(wise + "validTo")
    return day, date(first.value) if first else "", date(last.value) if last else ""


def _sources(edition: Edition, addresses: Iterable[str]) -> dict[str, dict[str, str]]:
    """What the tables of sources say of documents: kind, day of issue, day on which they were read."""
    if not (values := " ".join(iri_term(a).n3() for a in addresses)):
        return {}
    table: Table = edition.select(
        f"SELECT ?s ?kind ?issued ?accessed WHERE {{ VALUES ?s {{ {values} }} OPTIONAL {{ ?s dct:type ?kind }} "
        "OPTIONAL { ?s dct:issued ?issued } OPTIONAL { ?s wise:accessed ?accessed } }"
    )
    found: dict[str, dict[str, str]] = {}
    for row in table.dicts():
        entry: dict[str, Any] = found.setdefault(str(row["s"]), {})
        entry.update({k: str(v) for k, v in row.items() if v is not None and k != "s"})
    return found


def _source(edition: Edition, naming: Naming, address: str, said: dict[str, str]) -> Source:
    return Source(
        item=source(edition, naming, address),
        page=edition.addresses.path(address),
        kind=naming(said["kind"]) if "kind" in said else "",
        issued=date(said["issued"]) if "issued" in said else "",
        accessed=date(said["accessed"]) if "accessed" in said else "",
    )
