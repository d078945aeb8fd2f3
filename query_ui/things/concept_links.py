"""What ties a published concept to WISEs and to other lists: mappings in both directions, and the needs behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext

from query_ui.edition import Edition
from wise_skills.terms import iri as iri_term

MOST = 400
_INVERSE = {"broadMatch": "narrowMatch", "narrowMatch": "broadMatch"}
RELATION_WORDS = {
    "exactMatch": lazy_gettext("same as"),
    "closeMatch": lazy_gettext("close to"),
    "broadMatch": lazy_gettext("narrower than"),
    "narrowMatch": lazy_gettext("broader than"),
    "relatedMatch": lazy_gettext("related to"),
    "mappingRelation": lazy_gettext("corresponds to"),
}
"""How the concept of the page stands to the other one."""


@dataclass(frozen=True)
class Mapped:
    """One mapping as seen from the concept: what it is mapped to, how, who says so, and whether the direction is doubtful."""

    other: str
    code: str
    relation: str
    table: str
    status: str
    version: str
    confidence: str
    doubtful: bool
    ours: bool

    @property
    def words(self) -> str:
        """The relation in words, read from the concept."""
        return str(RELATION_WORDS.get(self.relation, self.relation))


@dataclass(frozen=True)
class Need:
    """A skill or profile of WISEs that leads to the concept: where, how often it is needed, by which match."""

    thing: str
    place: str
    relation: str
    status: str
    needs: int
    through: str = ""
    necessity: str = ""

    @property
    def words(self) -> str:
        """The relation in words, read from the WISE skill or profile."""
        return str(RELATION_WORDS.get(self.relation, self.relation))


def mappings(edition: Edition, iri: str) -> list[Mapped]:
    """Return the mappings in which a concept stands, ours first, then by table and code."""
    node = iri_term(iri).n3()
    table = edition.select(
        f"SELECT DISTINCT ?m ?other ?p ?turned ?set ?status ?version ?confidence ?doubtful ?code ?suggested WHERE {{ "
        f"{{ ?m owl:annotatedSource {node} ; owl:annotatedTarget ?other . BIND (false AS ?turned) }} UNION "
        f"{{ ?m owl:annotatedTarget {node} ; owl:annotatedSource ?other . BIND (true AS ?turned) }} "
        "?m owl:annotatedProperty ?p ; wise:mappingStatus ?status . ?set sssom:mappings ?m . "
        "OPTIONAL { ?m sssom:confidence ?confidence } OPTIONAL { ?other skos:notation ?code } "
        "OPTIONAL { ?m sssom:object_source_version ?mine } OPTIONAL { ?set sssom:object_source_version ?to } "
        "OPTIONAL { ?set sssom:subject_source_version ?from } BIND (IF(?turned, COALESCE(?mine, ?to), ?from) AS ?version) "
        f"OPTIONAL {{ ?set wise:suspectedInverse ?doubtful }} }} LIMIT {MOST}"
    )
    ours, tables = edition.names.base + "id/", edition.names.graph("mappings")
    found = set()
    for row in table.dicts():
        relation = str(row["p"]).rsplit("#", 1)[-1]
        turned = str(row["turned"]) == "true"
        found.add(
            Mapped(
                other=str(row["other"]),
                code=str(row["code"] or ""),
                relation=_turned(relation) if turned else relation,
                table=str(row["set"]),
                status=str(row["status"]).rsplit("/", 1)[-1],
                version=str(row["version"] or ""),
                confidence=str(row["confidence"] or ""),
                doubtful=str(row["doubtful"] or "") == "true" and relation in _INVERSE,
                ours=str(row["other"]).startswith(ours) and not str(row["set"]).startswith(tables),
            )
        )
    return sorted(found, key=lambda m: (not m.ours, m.table, m.code, m.other))


def needs(edition: Edition, found: Sequence[Mapped]) -> list[Need]:
    """Return the WISE skills and profiles that are mapped to the concept, with their needs by country; rejected ones are left out."""
    ours = {m.other: m for m in found if m.ours and m.status not in ("rejected", "no-match-found")}
    if not ours:
        return []
    values = " ".join(iri_term(i).n3() for i in ours)
    table = edition.select(
        f"SELECT ?thing ?place (COUNT(DISTINCT ?need) AS ?n) WHERE {{ VALUES ?thing {{ {values} }} "
        "{ ?need wise:skill ?thing } UNION { ?need wise:profile ?thing } ?need a wise:SkillNeed ; wise:country ?place } "
        "GROUP BY ?thing ?place"
    )
    counted = [(str(row["thing"]), str(row["place"]), int(str(row["n"]))) for row in table.dicts() if row["thing"]]
    known = {thing for thing, _, _ in counted}
    counted += [(thing, "", 0) for thing in ours if thing not in known]
    return sorted((Need(t, p, _turned(ours[t].relation), ours[t].status, n) for t, p, n in counted), key=lambda n: (n.thing, n.place))


def _turned(relation: str) -> str:
    return _INVERSE.get(relation, relation)


def through_occupations(edition: Edition, iri: str) -> list[Need]:
    """Return the profiles for whose ESCO occupation the concept, a skill, is essential or optional."""
    known = _profiles(edition)
    if not known:
        return []
    node, values = iri_term(iri).n3(), " ".join(sorted({iri_term(occupation).n3() for _, _, occupation, _, _ in known}))
    table = edition.select(
        f"SELECT DISTINCT ?occupation ?p WHERE {{ VALUES ?occupation {{ {values} }} "
        f"VALUES ?p {{ esco:relatedEssentialSkill esco:relatedOptionalSkill }} ?occupation ?p {node} }}"
    )
    asks = {(str(o), "essential" if str(p).endswith("EssentialSkill") else "optional") for o, p in table}
    found = [
        Need(profile, place, relation, status, 0, occupation, necessity)
        for profile, place, occupation, relation, status in known
        for asked, necessity in asks
        if asked == occupation
    ]
    return sorted(found, key=lambda n: (n.necessity, n.place, n.thing, n.through))


def _profiles(edition: Edition) -> list[tuple[str, str, str, str, str]]:
    """Profile, place, occupation, relation and status of our mappings of profiles; read once for an edition."""
    known: list[tuple[str, str, str, str, str]] | None = edition.memory.get("mapped profiles")
    if known is None:
        table = edition.select(
            "SELECT DISTINCT ?profile ?place ?occupation ?p ?status WHERE { ?profile a wise:OccupationalProfile ; wise:country ?place . "
            "?m owl:annotatedSource ?profile ; owl:annotatedTarget ?occupation ; owl:annotatedProperty ?p ; wise:mappingStatus ?status }"
        )
        rows = [[str(value) for value in row] for row in table]
        known = edition.memory["mapped profiles"] = [
            (profile, place, occupation, relation.rsplit("#", 1)[-1], status.rsplit("/", 1)[-1])
            for profile, place, occupation, relation, status in rows
            if not status.endswith(("/rejected", "/no-match-found"))
        ]
    return known
