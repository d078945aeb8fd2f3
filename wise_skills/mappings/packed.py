"""A set of mappings as a short text, to travel in a form or in a hidden cell; and back, whoever wrote it.

What comes back may have been made by anybody, so it is read like anything that a stranger sends: within limits, and only
what a set of mappings can hold.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib

from wise_skills.mappings.model import Mapping, MappingSet
from wise_skills.mappings.slots import IDS, SET_SLOTS, SEVERAL, SLOTS, split_values

MAX_PACKED = 8_000_000
MAX_PLAIN = 40_000_000
MAX_ROWS = 50_000
MAX_TEXT = 20_000
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")
_SET = frozenset((*SET_SLOTS, "curie_map"))


def pack(mappings: MappingSet) -> str:
    """Return a set of mappings as a text of letters, digits, `-`, `_` and `=`."""
    rows = [[m.subject, m.predicate, m.object, dict(m.slots)] for m in mappings.mappings]
    plain = json.dumps([dict(mappings.metadata), rows], ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(zlib.compress(plain, 6)).decode()


def unpack(text: str) -> MappingSet | None:
    """Return what was packed; `None` for any other text."""
    if not text or len(text) > MAX_PACKED:
        return None
    try:
        inflate = zlib.decompressobj()
        plain = inflate.decompress(base64.b64decode(text.encode("ascii"), b"-_", validate=True), MAX_PLAIN + 1)
        if len(plain) > MAX_PLAIN or not inflate.eof or inflate.unused_data:
            return None
        metadata, rows = json.loads(plain)
        if not isinstance(metadata, dict) or not isinstance(rows, list) or len(rows) > MAX_ROWS:
            return None
        if not all(slot in _SET and _is_value(value) for slot, value in metadata.items()):
            return None
        return MappingSet(metadata, tuple(_mapping(row) for row in rows))
    except (UnicodeError, binascii.Error, zlib.error, ValueError, TypeError, RecursionError):
        return None


def _mapping(row: object) -> Mapping:
    if not isinstance(row, list) or len(row) != 4:
        raise ValueError("no row")
    subject, predicate, target, slots = row
    if not isinstance(slots, dict) or not all(slot in SLOTS and _is_text(text) for slot, text in slots.items()):
        raise ValueError("no slots")
    if not (_is_id(predicate) and _is_id(target) and (_is_id(subject) or (subject == "" and slots.get("subject_label")))):
        raise ValueError("no ids")
    for slot in IDS & slots.keys():
        if not all(_IRI.fullmatch(part) for part in (split_values(slots[slot]) if slot in SEVERAL else [slots[slot]])):
            raise ValueError("no ids")
    return Mapping(subject, predicate, target, slots)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT and _IRI.fullmatch(value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT


def _is_value(value: object) -> bool:
    return _is_text(value) or (isinstance(value, list) and all(_is_text(text) for text in value))
