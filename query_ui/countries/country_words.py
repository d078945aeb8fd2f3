"""A country in words, and what is not known of it: made of its claims, in whole sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import ngettext

from query_ui.edition import Edition
from query_ui.evidence.claim_lists import Conditions, listed
from query_ui.evidence.claims import behind
from query_ui.memory import remembered
from query_ui.naming import Naming
from query_ui.table_names import said, table_title
from query_ui.words import and_list, number
from wise_skills.terms import iri as iri_term

_NAMED, _TOPICS = 4, ("sources", "waivers")


@dataclass(frozen=True)
class Gap:
    """One kind of absence: its key, what is meant here, and the things or cells with number and address."""

    state: str
    text: str
    entries: list[tuple[str, int, str]] = field(default_factory=list)


def paragraph(edition: Edition, folder: str, place: str, counts: dict[str, int], naming: Naming) -> list[tuple[str, str]]:
    """Return sentences on what the graph holds of a country, each with the address of the rows behind its numbers."""
    found: list[tuple[str, str]] = []

    def add(text: str, path: str = "", **conditions: str) -> None:
        found.append((text, path or Conditions(country=folder, **conditions).path))

    if forms := counts.get("forms"):
        text = ngettext(
            "%(country)s: the graph knows %(number)s form of work integration social enterprise.",
            "%(country)s: the graph knows %(number)s forms of work integration social enterprise.",
            forms,
            country=naming(place),
            number=number(forms),
        )
        add(text, table="forms")
    if ended := _members(edition, place, "a wise:WiseForm ; wise:validToDay ?day"):
        text = ngettext(
            "Of these, %(number)s is of the past.", "Of these, %(number)s are of the past.", len(ended), number=number(len(ended))
        )
        add(text, behind(edition, ended))
    if rules := counts.get("reserved"):
        text = ngettext(
            "%(number)s rule reserves public contracts.", "%(number)s rules reserve public contracts.", rules, number=number(rules)
        )
        add(text, table="reserved")
    if bidders := _members(edition, place, "a wise:WiseForm . ?b a wise:BidderEligibility ; wise:form ?s"):
        known = number(len(bidders))
        text = ngettext("%(number)s form is named as a bidder.", "%(number)s forms are named as bidders.", len(bidders), number=known)
        add(text, behind(edition, bidders))
    if support := counts.get("support"):
        known = number(support)
        text = ngettext("%(number)s support measure is described.", "%(number)s support measures are described.", support, number=known)
        add(text, table="support")
    if names := _most_needed(edition, place, naming):
        add(_("Skills that most rows name as needed: %(names)s.", names=and_list(names)), table="needs")
    if claims := listed(edition, Conditions(country=folder)):
        backed = sum(1 for c in claims if c.evidence in ("named-in-source", "implied-by-source"))
        share = number(round(100 * backed / len(claims)))
        text = _(
            "%(share)s percent of its %(number)s claims are named in a source or implied by one.", share=share, number=number(len(claims))
        )
        add(text)
    return found


def gaps(edition: Edition, folder: str, naming: Naming) -> list[Gap]:
    """Return the four absences of a country, each with what is known of it; a kind of which nothing is stated is kept, and empty."""
    start = edition.names.graph(folder, "")
    cells: dict[str, list[tuple[str, int, str]]] = {"notReported": [], "notApplicable": []}
    query = (
        "SELECT ?g ?absence ?p (COUNT(DISTINCT ?s) AS ?n) WHERE { VALUES ?absence { wise:notReported wise:notApplicable } "
        f'GRAPH ?g {{ ?s ?absence ?p }} FILTER STRSTARTS(STR(?g), "{start}") }} GROUP BY ?g ?absence ?p ORDER BY DESC(?n) ?g ?p'
    )
    table = remembered(edition, query, lambda: edition.select(query))
    for graph, absence, path, many in table:
        sheet = edition.schema.by_name.get(str(graph).removeprefix(start))
        column = next((c for c in sheet.columns if c.path == str(path)), None) if sheet else None
        if sheet and column:
            state = str(absence).rsplit("#", 1)[-1]
            key = {"not_reported": column.id} if state == "notReported" else {"not_applicable": column.id}
            address = Conditions(table=sheet.name, country=folder, **key).path
            cells[state].append((f"{said(sheet.title, sheet.name)}: {said(column.name, column.id)}", int(str(many)), address))
    return [
        Gap("not-needed", _("Skills that a source calls not needed."), _not_needed(edition, folder, naming)),
        Gap("not-asked", _("Tables without any row: nobody asked, as far as we know."), _not_asked(edition, folder)),
        Gap("not-reported", _("Asked for, or to be expected from the source, and not reported."), cells["notReported"]),
        Gap(
            "not-mapped",
            _("Profiles that nobody has linked to an occupation of ESCO, or for which none fits."),
            _not_mapped(edition, folder, naming),
        ),
        Gap("not-applicable", _("Cells in which a value would make no sense."), cells["notApplicable"]),
    ]


def _members(edition: Edition, place: str, pattern: str) -> list[str]:
    """The things of a country that fit a pattern of `?s`."""
    query = f"SELECT DISTINCT ?s WHERE {{ ?s wise:country {iri_term(place).n3()} ; {pattern} }} ORDER BY ?s"
    table = remembered(edition, query, lambda: edition.select(query))
    return [str(s) for (s,) in table]


def _most_needed(edition: Edition, place: str, naming: Naming) -> list[str]:
    node = iri_term(place).n3()
    query = (
        f"SELECT ?skill (COUNT(DISTINCT ?need) AS ?n) WHERE {{ ?need a wise:SkillNeed ; wise:country {node} ; wise:skill ?skill }} "
        f"GROUP BY ?skill ORDER BY DESC(?n) ?skill LIMIT {_NAMED}"
    )
    table = remembered(edition, query, lambda: edition.select(query))
    skills = [str(skill) for skill, _n in table if skill is not None]
    naming.fetch(skills)
    return [naming(s) for s in skills]


def _not_needed(edition: Edition, folder: str, naming: Naming) -> list[tuple[str, int, str]]:
    graph, start = edition.names.graph(folder, "needs"), edition.names.base + "id/"
    if graph not in edition.engine.graphs():
        return []
    query = (
        f"SELECT ?skill (COUNT(DISTINCT ?s) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s wise:skill ?skill ; wise:necessity ?state }} "
        'FILTER STRENDS(STR(?state), "/not-needed") } GROUP BY ?skill'
    )
    table = remembered(edition, query, lambda: edition.select(query))
    naming.fetch(str(s) for s, _n in table if s is not None)
    address = {s: Conditions(table="needs", country=folder, about=str(s).removeprefix(start)).path for s, _n in table}
    return [(naming(str(s)), int(str(n)), address[s]) for s, n in table if s is not None]


def _not_asked(edition: Edition, folder: str) -> list[tuple[str, int, str]]:
    """Tables that have rows elsewhere and none here."""
    start = edition.names.graph("")
    used = {g.removeprefix(start).partition("/")[::2] for g in edition.engine.graphs() if g.startswith(start)}
    national = {name for f, name in used if f not in ("eu", folder)} - {name for f, name in used if f == folder}
    names = sorted(n for n in national if n in edition.schema.by_name and n not in _TOPICS)
    return [(table_title(edition, n), 0, Conditions(table=n).path) for n in names]


def _not_mapped(edition: Edition, folder: str, naming: Naming) -> list[tuple[str, int, str]]:
    graph = edition.names.graph(folder, "profiles")
    if graph not in edition.engine.graphs():
        return []
    described = f"GRAPH <{graph}> {{ ?row <{edition.names.describes}> ?p }}"
    state = "?m owl:annotatedSource ?p ; wise:mappingStatus ?state"
    query = f"SELECT DISTINCT ?p ?state WHERE {{ {{ {described} }} UNION {{ {described} {state} }} }}"
    table = remembered(edition, query, lambda: edition.select(query))
    mapped = {str(p) for p, state in table if state is not None and not str(state).endswith("/no-match-found")}
    profiles = {str(p) for p, _state in table} - mapped
    naming.fetch(profiles)
    return sorted((naming(p), 0, edition.addresses.path(p)) for p in profiles)
