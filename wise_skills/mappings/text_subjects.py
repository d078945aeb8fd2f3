"""Addresses for subjects that have none: a text that was matched becomes a thing of its set where a format needs addresses.

A curriculum's lines have no ids, but a statement of SKOS and a row of a EURES table need some. The address is made of the set's
own and of the text (`<set>#text-<digest>`), so that it is the same each time and can be taken back when the file is read.
"""

from __future__ import annotations

import hashlib

from wise_skills.mappings.model import Mapping, MappingSet
from wise_skills.mappings.slots import LITERAL
from wise_skills.names import BASE

_MARK = "#text-"


def address_of_set(mappings: MappingSet) -> str:
    """Return the id of a set, or the address under which all sets without one stand."""
    said = mappings.metadata.get("mapping_set_id", "")
    return said if isinstance(said, str) and said else BASE + "mappings"


def subject_of(mapping: Mapping, of_set: str) -> str:
    """Return the IRI of a mapping's subject: its own, or the one that is made for its text."""
    if mapping.subject:
        return mapping.subject
    digest = hashlib.sha256(mapping.slots.get("subject_label", "").encode()).hexdigest()[:24]
    return f"{of_set.partition('#')[0]}{_MARK}{digest}"


def without_made_address(mapping: Mapping) -> Mapping:
    """Return a mapping whose subject is a text again where its address was made for one."""
    if _MARK not in mapping.subject or not mapping.slots.get("subject_label"):
        return mapping
    slots = dict(mapping.slots) | {"subject_type": LITERAL}
    own = Mapping("", mapping.predicate, mapping.object, slots)
    return own if subject_of(own, mapping.subject) == mapping.subject else mapping
