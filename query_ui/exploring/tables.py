"""What can be looked for: the tables in groups, with what they hold and how much of it; and explorations to begin with."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext

from query_ui.edition import Edition
from query_ui.exploring.address import explore_address
from query_ui.exploring.sentences import column_name, table_description, table_title
from wise_skills.labels import fold
from wise_skills.tables import Table

GROUPS = (
    (lazy_gettext("Enterprises and their rules"), ("forms", "types", "assignments", "conditions", "requirements", "target_groups", "laws")),
    (lazy_gettext("Support and reserved contracts"), ("support", "eligibility", "reserved", "bidders")),
    (lazy_gettext("Skills and profiles"), ("needs", "skills", "profiles", "personas", "codes")),
    (
        lazy_gettext("Learning and qualifications"),
        (
            *("curricula", "outcomes", "levels", "frameworks", "validations", "certifications"),
            *("competence_frameworks", "competences", "classifications"),
        ),
    ),
    (lazy_gettext("Figures and activities"), ("counts", "activities", "resources", "technologies")),
    (lazy_gettext("Who says so"), ("sources", "statements", "events", "projects", "organisations", "roles", "coverage", "disagreements")),
)
"""Headings, and the names of the tables below each; what is in none stands at the end."""
REST = lazy_gettext("More")

EXAMPLES: tuple[tuple[str, dict[str, str | list[str]], tuple[str, ...]], ...] = (
    ("forms", {"valid_to": "*none"}, ("country", "kind")),
    ("support", {"directness": "direct"}, ("country", "instrument")),
    ("needs", {"profile.groups": "supporter"}, ("skill",)),
    ("profiles", {"needs-profile": "*none"}, ("country",)),
    ("counts", {"form.kind": "status"}, ("measure", "date")),
    ("forms", {"eligibility-form.measure": "*any"}, ("country",)),
)
"""Table, conditions and groups of explorations that show what can be done."""


@dataclass(frozen=True)
class Entry:
    """A table that can be explored."""

    table: Table
    title: str
    description: str
    count: int

    @property
    def path(self) -> str:
        """The address at which its exploration begins."""
        return explore_address(self.table.name)


def counts(edition: Edition) -> dict[str, int]:
    """Return how many things each table has, by name; counted once for an edition."""
    known: dict[str, int] | None = edition.memory.get("explored tables")
    if known is None:
        values = " ".join(f"<{t.target}>" for t in edition.schema.tables)
        found = edition.select(f"SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE {{ VALUES ?c {{ {values} }} ?s a ?c }} GROUP BY ?c")
        by_class = {str(c): int(str(n)) for c, n in found}
        known = edition.memory["explored tables"] = {t.name: by_class.get(t.target, 0) for t in edition.schema.tables}
    return known


def entries(edition: Edition, typed: str = "") -> list[tuple[str, list[Entry]]]:
    """Return the tables that hold anything, in groups; only those whose title, text or columns hold the words typed."""
    known, schema = counts(edition), edition.schema.by_name
    grouped = {name for _, names in GROUPS for name in names}
    rest = tuple(t.name for t in sorted(schema.values(), key=lambda t: t.order) if t.name not in grouped)
    found = []
    for heading, names in (*GROUPS, (REST, rest)):
        listed = [_entry(schema[n], known[n]) for n in names if n in schema and known[n] and _holds(schema[n], typed)]
        if listed:
            found.append((str(heading), listed))
    return found


def _entry(table: Table, count: int) -> Entry:
    return Entry(table, table_title(table), table_description(table), count)


def _holds(table: Table, typed: str) -> bool:
    texts = (table_title(table), table.title.get("en", ""), table_description(table))
    whole = fold(" ".join((*texts, *(column_name(c) for c in table.columns))))
    return all(word in whole for word in fold(typed).split())
