"""What an earlier check found, carried in the page and not by us, and what became of it.

The form for the corrected file holds one short line for each finding. It comes back from outside, so it is read like
anything that a stranger sends: whatever is not exactly what we wrote is no earlier check.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

MOST = 5_000
MAX_PACKED = 150_000
_MAX_PLAIN = 2_000_000
_MAX_TEXT = 200
_MAX_ROW = 10_000_000


class Fingerprint(NamedTuple):
    """By what a finding is known again: where it was, and what."""

    sheet: str
    row: int
    key: str
    column: str
    code: str
    cell: str

    @property
    def by_key(self) -> tuple[str, str, str, str]:
        """What stays the same when rows are sorted or inserted."""
        return (self.sheet, self.key, self.column, self.code)

    @property
    def by_row(self) -> tuple[str, int, str, str]:
        """What stays the same while the row has no key."""
        return (self.sheet, self.row, self.column, self.code)


@dataclass(frozen=True)
class Comparison:
    """What became of an earlier check: what is gone, and the numbers of findings that remained or are new."""

    resolved: list[Fingerprint]
    remaining: list[int]
    new: list[int]


def fingerprint(finding: Mapping[str, Any]) -> Fingerprint:
    """Return the fingerprint of a finding of a check's record."""
    cell = str(finding["cell"]).rpartition("!")[2]
    texts = [str(finding[k])[:_MAX_TEXT] for k in ("sheet", "key", "column", "code")]
    return Fingerprint(texts[0], int(finding["row"]), texts[1], texts[2], texts[3], "" if ":" in cell else cell)


def pack(findings: Sequence[Mapping[str, Any]]) -> str:
    """Return the findings of a check in a short text; empty if there are too many to be carried."""
    if not 0 < len(findings) <= MOST:
        return ""
    plain = json.dumps([fingerprint(f) for f in findings], ensure_ascii=False, separators=(",", ":")).encode()
    packed = base64.urlsafe_b64encode(zlib.compress(plain, 9)).decode()
    return packed if len(plain) <= _MAX_PLAIN and len(packed) <= MAX_PACKED else ""


def unpack(text: str) -> list[Fingerprint]:
    """Return what was packed; nothing for any other text."""
    if not text or len(text) > MAX_PACKED:
        return []
    try:
        inflate = zlib.decompressobj()
        plain = inflate.decompress(base64.b64decode(text.encode("ascii"), b"-_", validate=True), _MAX_PLAIN + 1)
        if len(plain) > _MAX_PLAIN or not inflate.eof or inflate.unused_data:
            return []
        found = json.loads(plain)
    except (UnicodeError, binascii.Error, zlib.error, ValueError, RecursionError):
        return []
    if not isinstance(found, list) or len(found) > MOST or not all(_is_fingerprint(f) for f in found):
        return []
    return [Fingerprint(*f) for f in found]


def _is_fingerprint(found: object) -> bool:
    if not isinstance(found, list) or len(found) != len(Fingerprint._fields):
        return False
    texts = [found[0], *found[2:]]
    return type(found[1]) is int and 0 <= found[1] <= _MAX_ROW and all(isinstance(t, str) and len(t) <= _MAX_TEXT for t in texts)


def compare(earlier: Sequence[Fingerprint], findings: Sequence[Mapping[str, Any]]) -> Comparison:
    """Say what became of the findings of an earlier check.

    A finding is known again by the key of its row; by the number of the row where one of the two checks could not read
    the key. Several findings of one code in one cell are counted.
    """
    keyed, keyless, rows = (defaultdict[object, list[int]](list) for _ in range(3))
    for at, old in reversed(list(enumerate(earlier))):
        (keyed[old.by_key] if old.key else keyless[old.by_row]).append(at)
        if old.key:
            rows[old.by_row].append(at)
    met: set[int] = set()

    def meet(waiting: list[int]) -> bool:
        """Take the first that no other finding was known by."""
        while waiting:
            at = waiting.pop()
            if at not in met:
                met.add(at)
                return True
        return False

    remaining: list[int] = []
    new: list[int] = []
    now = [fingerprint(f) for f in findings]
    for number, one in sorted(enumerate(now), key=lambda pair: not pair[1].key):  # those with a key choose first
        known = meet(keyed[one.by_key]) if one.key else False
        known = known or meet(keyless[one.by_row]) or (not one.key and meet(rows[one.by_row]))
        (remaining if known else new).append(number)
    return Comparison([old for at, old in enumerate(earlier) if at not in met], sorted(remaining), sorted(new))
