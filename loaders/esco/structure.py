"""Converting what holds concepts together: hierarchy, broader relations, essential and optional relations, schemes, green share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from loaders.esco.concepts import Described
from loaders.esco.known import GROUP, OCCUPATION, SKILL, Known
from loaders.esco.layout import terms
from loaders.esco.records import Sheet
from loaders.esco.writer import trimmed
from wise_skills.findings import INFO, VIOLATION, WARNING
from wise_skills.names import IN_SCHEME, NOTATION, SKOS, XSD

_LEVELS = tuple(tuple(f"Level {i} {what}" for what in ("URI", "preferred term", "code")) for i in range(4))
_DECIMAL = re.compile(r"[01](\.\d+)?")
_ENDS = {
    "occupationSkillRelations": (("occupationUri", OCCUPATION), ("skillUri", SKILL), ("skillType",)),
    "skillSkillRelations": (("originalSkillUri", SKILL), ("relatedSkillUri", SKILL), ("originalSkillType", "relatedSkillType")),
}


def convert_hierarchy(sheet: Sheet, known: Known, described: Described) -> None:
    """Write the skills hierarchy: one row for each group, with the groups above it.

    Names, descriptions and scope notes are taken from it for groups that no file of groups describes.
    """
    columns, language, index = sheet.kind.columns, sheet.member.language, sheet.index
    levels = [tuple(index.get(title, -1) for title in level) for level in _LEVELS]
    for number, cells in sheet:
        chain: list[str] = []
        for position, (uri, name, code) in enumerate(levels):
            if not trimmed(cells[uri]):
                break
            iri = known.iri(cells[uri], GROUP, sheet, number, _LEVELS[position][0])
            if not iri:
                break
            known.concept(iri, known.types.get(iri) or GROUP, sheet, number)
            if code >= 0 and (text := trimmed(cells[code])):
                known.notation(iri, text, NOTATION)
            if iri not in described.by_iri and (text := trimmed(cells[name])):
                described.names.setdefault(iri, text)
            if chain:
                known.above(iri, chain[-1])
            chain.append(iri)
        if not chain:
            sheet.find(VIOLATION, "MissingIri", "This record names no group.", number, _LEVELS[0][0])
        elif chain[-1] not in described.by_iri:
            for title in ("Description", "Scope note"):
                if title in index and (text := trimmed(cells[index[title]])):
                    write = known.lines.text if columns[title].value == "text" else known.lines.literal
                    write(chain[-1], columns[title].property, text, language)


def convert_broader(sheet: Sheet, known: Known) -> None:
    """Write broader relations."""
    columns = ("conceptUri", "conceptType", "broaderUri", "broaderType")
    child, child_type, parent, parent_type = (sheet.index.get(c, -1) for c in columns)
    seen: set[tuple[str, str]] = set()
    for number, cells in sheet:
        pair = (cells[child], cells[parent])
        if pair in seen:
            sheet.find(INFO, "RepeatedRow", "This relation stands in an earlier row too.", number)
            continue
        seen.add(pair)
        ends = []
        for uri, kind, column in ((child, child_type, "conceptUri"), (parent, parent_type, "broaderUri")):
            type_ = cells[kind] if kind >= 0 else ""
            iri = known.iri(cells[uri], type_, sheet, number, column)
            if iri:
                known.concept(iri, type_ if type_ in terms()["conceptType"] else known.types.get(iri, ""), sheet, number)
            ends.append(iri)
        if all(ends):
            known.above(ends[0], ends[1])


def convert_relations(sheet: Sheet, known: Known, write: Callable[[str, str, str], bool], counts: Counter[str], again: bool) -> None:
    """Write essential and optional relations.

    Parameters
    ----------
    sheet, known:
        The file, and the concepts known so far.
    write:
        Writes one relation; false where it was written before.
    counts:
        Relations written, by kind of file.
    again:
        Whether a file of the same kind in another language was read before: it holds the same relations.
    """
    (first, first_kind), (second, second_kind), types = _ENDS[sheet.kind.name]
    source_at, skill_at, kind_at = sheet.index[first], sheet.index[second], sheet.index.get("relationType", -1)
    types_at = [(sheet.index[t], t) for t in types if t in sheet.index]
    there, number_written = known.types, 0
    for number, cells in sheet:
        source, skill, kind = cells[source_at], cells[skill_at], cells[kind_at] if kind_at >= 0 else ""
        if source not in there:
            source = _end(source, first_kind, sheet, number, first, known)
        if skill not in there:
            skill = _end(skill, second_kind, sheet, number, second, known)
        if not source or not skill:
            continue
        if kind not in ("essential", "optional"):
            message = f"“{kind[:80]}” is neither essential nor optional, so this relation was left out."
            sheet.find(WARNING, "OddTerm", message, number, "relationType", kind[:200])
            continue
        for index, title in types_at:
            if not cells[index]:
                sheet.find(INFO, "MissingValue", "ESCO does not say whether it is a skill or knowledge.", number, title)
        if write(source, kind, skill):
            number_written += 1
        elif not again:
            sheet.find(INFO, "RepeatedRow", "This relation stands in an earlier row too.", number)
    counts[sheet.kind.name] += number_written


def _end(cell: str, kind: str, sheet: Sheet, number: int, column: str, known: Known) -> str:
    iri = known.iri(cell, kind, sheet, number, column)
    if iri:
        known.concept(iri, known.types.get(iri) or kind, sheet, number)
    return iri


def convert_schemes(sheet: Sheet, known: Known) -> None:
    """Write concept schemes and collections, with their top concepts."""
    index, columns, language, lines = sheet.index, sheet.kind.columns, sheet.member.language, known.lines
    for number, cells in sheet:
        scheme = known.iri(cells[index["conceptSchemeUri"]], "ConceptScheme", sheet, number, "conceptSchemeUri")
        if not scheme:
            continue
        known.concept(scheme, "ConceptScheme", sheet, number, described=True)
        for title, write in (("preferredLabel", lines.label), ("title", lines.literal), ("description", lines.text)):
            if title in index and (text := trimmed(cells[index[title]])):
                write(scheme, columns[title].property, text, language)
        if "status" in index and (text := trimmed(cells[index["status"]])):
            lines.literal(scheme, columns["status"].property, text)
        tops = columns["hasTopConcept"].values(cells[index["hasTopConcept"]]) if "hasTopConcept" in index else []
        content = hash(frozenset(tops))
        if known.facts.get(scheme) == content:
            continue
        known.facts[scheme] = content
        for text in tops:
            iri = known.iri(text, "", sheet, number, "hasTopConcept")
            if iri:
                known.concept(iri, known.types.get(iri, ""), sheet, number)
                lines.link(scheme, SKOS + "hasTopConcept", iri)
                lines.link(iri, SKOS + "topConceptOf", scheme)
                lines.link(iri, IN_SCHEME, scheme)


def convert_shares(sheet: Sheet, known: Known, shares: dict[str, str], share_of: str) -> None:
    """Write the green share of occupations and ISCO groups; every language has the same."""
    subject, share = sheet.index["conceptUri"], sheet.index.get("greenShare", -1)
    for number, cells in sheet:
        iri, text = known.iri(cells[subject], OCCUPATION, sheet, number, "conceptUri"), trimmed(cells[share]) if share >= 0 else ""
        if not iri or not text or shares.get(iri) == text:
            continue
        if not _DECIMAL.fullmatch(text):
            message = f"“{text[:40]}” is no share from 0 to 1, so it was left out."
            sheet.find(WARNING, "BadNumber", message, number, "greenShare", text[:200])
            continue
        known.concept(iri, known.types.get(iri, ""), sheet, number)
        if iri in shares:
            sheet.find(WARNING, "DiffersBetweenFiles", f"Another row says {shares[iri]}; the graph has both.", number, "greenShare", text)
        shares[iri] = text
        known.lines.literal(iri, share_of, text, datatype=XSD + "decimal")
