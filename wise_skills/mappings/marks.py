"""What proposals and reviews note about a row beside SSSOM's own slots: pairs `key=value` in the slot `other`.

SSSOM 1.0 describes `other` as a "pipe separated list of key value pairs for properties not part of the SSSOM spec". It is
one text, so it survives every form that keeps texts. What somebody else wrote there stays as it is, before ours.
"""

from __future__ import annotations

from collections.abc import Mapping as Pairs
from dataclasses import replace

from wise_skills.mappings.model import Mapping

KEYS = ("added", "by", "code", "disputed", "lapsed", "language", "module", "note", "proposed", "reviewed", "verdict")
"""Of a proposal: `code`, `language`, `module` of the line that was matched (a national code, a BCP 47 tag, a title).
Of a review: `added=review`: the row is no proposal, a reviewer made it. `proposed`, `note`: predicate and comment before.
`reviewed`: fingerprint of what was judged. `verdict=unsure`: judged, and not decided; `by`: by whom. `lapsed=exact:label+definition`: the
verdict that lapsed, and what changed. `disputed=exact+narrow`: two reviewers differ, and nobody decided yet."""
OF_PROPOSAL = ("code", "language", "module")


def marks(mapping: Mapping) -> dict[str, str]:
    """Return the notes of a row by key, those of others left out."""
    return {key: _plain(value) for key, value in _pairs(mapping) if key in KEYS}


def marked(mapping: Mapping, pairs: Pairs[str, str]) -> Mapping:
    """Return the row with exactly these notes; empty values are left out."""
    kept = [key + ("=" + value if value or "=" in text else "") for key, value, text in _parts(mapping) if key not in KEYS]
    own = [f"{key}={_escaped(pairs[key])}" for key in KEYS if pairs.get(key)]
    text = "|".join([*kept, *own])
    slots = {slot: value for slot, value in mapping.slots.items() if slot != "other"}
    return replace(mapping, slots=slots | ({"other": text} if text else {}))


def _parts(mapping: Mapping) -> list[tuple[str, str, str]]:
    parts = mapping.slots.get("other", "").split("|")
    return [(part.partition("=")[0], part.partition("=")[2], part) for part in parts if part]


def _pairs(mapping: Mapping) -> list[tuple[str, str]]:
    return [(key, value) for key, value, _ in _parts(mapping)]


def _escaped(text: str) -> str:
    for sign, written in (("%", "%25"), ("|", "%7C"), ("\n", "%0A"), ("\r", "%0D"), ("\t", "%09"), ("\\", "%5C")):
        text = text.replace(sign, written)
    return text


def _plain(text: str) -> str:
    for sign, written in (("|", "%7C"), ("\n", "%0A"), ("\r", "%0D"), ("\t", "%09"), ("\\", "%5C"), ("%", "%25")):
        text = text.replace(written, sign)
    return text
