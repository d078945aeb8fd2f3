"""The things of each unit and the items of each thing, asked once for an edition: what all cells are counted from."""

from __future__ import annotations

from dataclasses import dataclass, field

from query_ui.comparisons.definitions import By, Level, Subject, UnitKind, unit_kinds
from query_ui.edition import Edition
from query_ui.words import key as last_part
from wise_skills.terms import Term

NOT_NEEDED, NOT_ASKED, NOT_REPORTED, NOT_APPLICABLE = "not-needed", "not-asked", "not-reported", "not-applicable"


@dataclass(frozen=True)
class Unit:
    """A country or type: what stands side by side, with its key in addresses."""

    iri: str
    key: str


@dataclass(frozen=True)
class Link:
    """Why a thing belongs to a unit or has an item: the claim that says so, empty where the thing does itself, and its last day."""

    claim: str = ""
    end: str = ""

    def holds(self, day: str) -> bool:
        """Whether it held on a day or later; always if the day is empty."""
        return not self.end or not day or self.end >= day


Links = list[Link]


@dataclass
class Counted:
    """What was found for one subject, way and kind of unit.

    `members` are the things of each unit; `items` what each thing has, `denied` what a source says that it does not
    need, `reasons` why it has nothing; `countries` are those in whose data a thing stands, `codes` the notations of items.
    """

    members: dict[str, dict[str, Links]] = field(default_factory=dict)
    items: dict[str, dict[Term, Links]] = field(default_factory=dict)
    denied: dict[str, dict[Term, Links]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    countries: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[Term, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Coverage:
    """A statement on whether somebody asked about a theme in a country, and whether an answer was published."""

    claim: str
    asked: str
    reported: str

    @property
    def unanswered(self) -> bool:
        """Whether somebody asked and no answer was published."""
        return self.asked in ("asked", "partly-asked") and self.reported == "not-reported"


def count(edition: Edition, subject: Subject, by: By, level: Level | None, kind: str) -> Counted:
    """Return what is compared; asked once for an edition."""
    counted = Counted(members=_members(edition, by, kind))
    for country, things in _members(edition, by, "countries").items():
        for thing in things:
            counted.countries.setdefault(thing, []).append(country)
    members = {thing for things in counted.members.values() for thing in things}
    key = " ".join(["compare items", subject.key, by.key, level.key if level else ""])
    rows = _kept(edition, key, by.query(level))
    for row in rows:
        thing, item, absence = str(row["thing"]), row.get("item"), str(row.get("absence") or "")
        if thing not in members:
            continue
        link = Link(str(row.get("claim") or ""), str(row.get("end") or ""))
        if item is None:
            counted.reasons[thing] = absence or counted.reasons.get(thing, NOT_ASKED)
            continue
        where = counted.denied if absence == NOT_NEEDED else counted.items
        _add(where.setdefault(thing, {}).setdefault(item, []), link)
        if code := row.get("code"):
            counted.codes[item] = str(code)
    return counted


def units(edition: Edition, kind: str, subject: Subject | None = None) -> list[Unit]:
    """Return the units of a kind; with a subject only those types of which it knows anything, and every country."""
    definition: UnitKind = unit_kinds()[kind]
    found = {str(r["unit"]): Unit(str(r["unit"]), str(r["key"])) for r in _kept(edition, f"compare units {kind}", definition.query)}
    if kind == "countries" or subject is None:
        return list(found.values())
    known = {unit for by in subject.by_kind(kind) for unit in _members(edition, by, kind)}
    return [unit for unit in found.values() if unit.iri in known]


def coverage(edition: Edition, theme: str) -> dict[str, list[Coverage]]:
    """Return what is said about a theme of focus groups, by country."""
    rows = _kept(
        edition,
        "compare coverage",
        "SELECT ?claim ?unit ?theme ?asked ?reported WHERE { ?claim a wise:Coverage ; wise:theme ?theme ; wise:country ?unit . "
        "OPTIONAL { ?claim wise:asked ?asked } OPTIONAL { ?claim wise:reported ?reported } } ORDER BY ?claim",
    )
    found: dict[str, list[Coverage]] = {}
    for row in rows:
        if theme and last_part(str(row["theme"])) == theme:
            said = Coverage(str(row["claim"]), last_part(str(row["asked"] or "")), last_part(str(row["reported"] or "")))
            found.setdefault(str(row["unit"]), []).append(said)
    return found


def inferred(edition: Edition) -> tuple[int, int]:
    """Return how many assignments of forms to types no source names, and how many there are."""
    rows = _kept(edition, "compare inferred", "SELECT ?claim ?evidence WHERE { ?claim a wise:TypeAssignment ; wise:evidence ?evidence }")
    levels = {str(row["claim"]): last_part(str(row["evidence"])) for row in rows}
    return sum(level in ("suggested", "unverified") for level in levels.values()), len(levels)


def _members(edition: Edition, by: By, kind: str) -> dict[str, dict[str, Links]]:
    query = by.counts.get(kind)
    if query is None:
        return {}
    found: dict[str, dict[str, Links]] = {}
    for row in _kept(edition, f"compare things {query}", query):
        links = found.setdefault(str(row["unit"]), {}).setdefault(str(row["thing"]), [])
        _add(links, Link(str(row.get("claim") or ""), str(row.get("end") or "")))
    return found


def _add(links: Links, link: Link) -> None:
    if link not in links:
        links.append(link)


def _kept(edition: Edition, key: str, query: str) -> list[dict[str, Term | None]]:
    rows: list[dict[str, Term | None]] | None = edition.memory.get(key)
    if rows is None:
        rows = edition.memory[key] = list(edition.select(query).dicts())
    return rows
