"""The slots of SSSOM 1.0: their names in the model's order, and what kind of value each takes.

https://w3id.org/sssom/schema (what version 1.1 added is left out, so that a strict reader of 1.0 accepts what we write).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from wise_skills.names import DCT, OWL, PROV, RDFS, SSSOM

ROW_SLOTS = (
    "subject_id", "subject_label", "subject_category", "predicate_id", "predicate_label", "predicate_modifier", "object_id", "object_label",
    "object_category", "mapping_justification", "author_id", "author_label", "reviewer_id", "reviewer_label", "creator_id",
    "creator_label", "license", "subject_type", "subject_source", "subject_source_version", "object_type", "object_source",
    "object_source_version", "mapping_provider", "mapping_source", "mapping_cardinality", "mapping_tool", "mapping_tool_version",
    "mapping_date", "publication_date", "confidence", "curation_rule", "curation_rule_text", "subject_match_field",
    "object_match_field", "match_string", "subject_preprocessing", "object_preprocessing", "similarity_score", "similarity_measure",
    "see_also", "issue_tracker_item", "other", "comment",
)  # fmt: skip
"""The slots of a mapping, in the order of the columns."""
SET_SLOTS = (
    "mapping_set_id", "mapping_set_version", "mapping_set_source", "mapping_set_title", "mapping_set_description", "creator_id",
    "creator_label", "license", "subject_type", "subject_source", "subject_source_version", "object_type", "object_source",
    "object_source_version", "mapping_provider", "mapping_tool", "mapping_tool_version", "mapping_date", "publication_date",
    "subject_match_field", "object_match_field", "subject_preprocessing", "object_preprocessing", "similarity_measure",
    "curation_rule", "curation_rule_text", "see_also", "issue_tracker", "other", "comment",
)  # fmt: skip
"""The slots of a set, in the order of the metadata; `curie_map` comes before them."""
SLOTS = frozenset(ROW_SLOTS)
REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
IDS = frozenset(
    (
        "subject_id", "predicate_id", "object_id", "mapping_justification", "author_id", "reviewer_id", "creator_id", "subject_source",
        "object_source", "mapping_source", "curation_rule", "subject_match_field", "object_match_field", "subject_preprocessing",
        "object_preprocessing", "issue_tracker_item",
    )
)  # fmt: skip
"""Entity references: IRIs in the model, short names with a prefix in a file."""
ADDRESSES = frozenset(("mapping_set_id", "license", "mapping_provider", "mapping_set_source", "see_also", "issue_tracker"))
"""Absolute addresses, which are written in full."""
SEVERAL = frozenset(
    (
        "author_id", "author_label", "reviewer_id", "reviewer_label", "creator_id", "creator_label", "curation_rule", "curation_rule_text",
        "subject_match_field", "object_match_field", "match_string", "subject_preprocessing", "object_preprocessing", "see_also",
        "mapping_set_source",
    )
)  # fmt: skip
"""Slots that take several values."""
SHARES = ("confidence", "similarity_score")
DATES = ("mapping_date", "publication_date")
TYPES = (
    "owl class", "owl object property", "owl data property", "owl annotation property", "owl named individual", "skos concept",
    "rdfs resource", "rdfs class", "rdfs literal", "rdfs datatype", "rdf property",
)  # fmt: skip
CHOICES = {
    "predicate_modifier": ("Not",),
    "subject_type": TYPES,
    "object_type": TYPES,
    "mapping_cardinality": ("1:1", "1:n", "n:1", "1:0", "0:1", "n:n"),
}
LITERAL = "rdfs literal"
"""The type of a side that is a text and has no id."""
PROPAGATED = tuple(
    slot
    for slot in SET_SLOTS
    if slot.startswith(("subject_", "object_", "mapping_tool", "curation_rule"))
    or slot in ("mapping_provider", "mapping_date", "similarity_measure")
)
"""Slots of the set whose value holds for every row, unless a row has one of its own."""

_IRIS = {
    "subject_id": OWL + "annotatedSource", "predicate_id": OWL + "annotatedProperty", "object_id": OWL + "annotatedTarget",
    "license": DCT + "license", "creator_id": DCT + "creator", "author_id": "http://purl.org/pav/authoredBy",
    "mapping_date": DCT + "created", "publication_date": DCT + "issued", "mapping_set_version": OWL + "versionInfo",
    "mapping_set_title": DCT + "title", "mapping_set_description": DCT + "description", "mapping_set_source": PROV + "wasDerivedFrom",
    "see_also": RDFS + "seeAlso", "comment": RDFS + "comment",
}  # fmt: skip


def slot_iri(slot: str) -> str:
    """Return the property of a slot in RDF (`slot_uri` in SSSOM's schema, else the slot's name under SSSOM)."""
    return _IRIS.get(slot, SSSOM + slot)


def split_values(cell: str) -> list[str]:
    r"""Return the values of a slot that takes several: they stand between bars; `\|` is a bar and `\\` a backslash.

    >>> split_values(r"Alice\|Bob|Charlie")
    ['Alice|Bob', 'Charlie']
    """
    if "\\" not in cell:
        return [value for value in cell.split("|") if value]
    values, now, signs = list[str](), list[str](), iter(cell)
    for sign in signs:
        if sign == "\\":
            following = next(signs, "")
            now.append(following if following in ("|", "\\") and following else sign + following)
        elif sign == "|":
            values.append("".join(now))
            now = []
        else:
            now.append(sign)
    return [value for value in [*values, "".join(now)] if value]


def join_values(values: Iterable[str]) -> str:
    r"""Return the text of a slot that takes several values: joined by bars, what is a bar or backslash escaped."""
    return "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values if value)


def is_share(text: str) -> bool:
    """Whether a text is a number from 0 to 1."""
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def is_date(text: str) -> bool:
    """Whether a text is a day, `2026-11-26`."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def share(number: str | float, digits: int = 3) -> str:
    """Return a number as it is written: up to three digits behind the point, halves rounded up, no zeros at the end.

    >>> share(0.8), share("1.0"), share(0.0625)
    ('0.8', '1', '0.063')
    """
    try:
        rounded = Decimal(str(number)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    except InvalidOperation:
        return str(number)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
