"""Sets of mappings as JSON: what `sssom convert -O json` gives, a MappingSet with a JSON-LD context.

SSSOM does not specify this form. It holds everything that SSSOM TSV holds, and numbers in full.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as Pairs
from typing import Any

from wise_skills.errors import InputError
from wise_skills.mappings import slots as S  # noqa: N812 (its names stand on every second line)
from wise_skills.mappings.layout import layout
from wise_skills.mappings.model import MappingSet
from wise_skills.mappings.prefixes import BUILT_IN, is_prefix
from wise_skills.mappings.table import MAX_BYTES, Problem, Table
from wise_skills.mappings.understanding import Read, understood
from wise_skills.names import XSD
from wise_skills.speech import told


def write(mappings: MappingSet) -> str:
    """Return a set of mappings as JSON text, its rows in their order and whole, nothing lifted into the set."""
    found = layout(mappings, condensed=False)  # readers of this form do not agree on how to hand values down
    whole: dict[str, Any] = dict(found.metadata)
    whole["mappings"] = [{slot: _typed(slot, cell) for slot, cell in row.items()} for row in found.rows]
    whole["@type"] = "MappingSet"
    whole["@context"] = _context(found.prefixes)
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _typed(slot: str, cell: str) -> str | float | list[str]:
    if slot in S.SEVERAL:
        return S.split_values(cell)
    return float(cell) if slot in S.SHARES and S.is_share(cell) else cell


def _context(prefixes: Pairs[str, str]) -> dict[str, Any]:
    """What makes the JSON readable as RDF: prefixes, and for each slot its property and kind."""
    names = BUILT_IN | dict(prefixes)
    terms: dict[str, Any] = {}
    for slot in dict.fromkeys((*S.ROW_SLOTS, *S.SET_SLOTS)):
        term = terms[slot] = {"@id": S.slot_iri(slot)}
        if slot in S.IDS or slot in S.ADDRESSES:
            term["@type"] = "@id"
        elif slot in S.SHARES:
            term["@type"] = XSD + "double"
        elif slot in S.DATES:
            term["@type"] = XSD + "date"
    own = {"mappings": {"@id": S.slot_iri("mappings")}, "mapping_set_id": "@id", "MappingSet": S.slot_iri("MappingSet")}
    return {name: names[name] for name in sorted(names)} | terms | own


def read(text: str) -> MappingSet:
    """Return the set of mappings in a JSON text; rows that are no mappings are left out (`read_all` says why).

    Raises `InputError` where it is no JSON, or no set of mappings.
    """
    return read_all(text).mappings


def read_all(text: str, shown: str = "") -> Read:
    """Return the set of mappings in a JSON text, with what could not be read; a problem's row is the number of the mapping, from 1.

    Raises `InputError` where it is no JSON, or no set of mappings.
    """
    try:
        whole = json.loads(text) if len(text) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        whole = None
    rows = whole.get("mappings") if isinstance(whole, dict) else None
    if not isinstance(whole, dict) or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(told("This is no set of mappings in JSON: an object whose “mappings” are a list of objects."))
    context = whole.get("@context")
    declared = dict(context) if isinstance(context, dict) else {}
    if isinstance(whole.get("curie_map"), dict):
        declared |= whole["curie_map"]
    table = Table(shown, columns=list(S.ROW_SLOTS))
    table.metadata = {slot: _plain(value) for slot, value in whole.items() if slot not in ("mappings", "@context", "@type", "curie_map")}
    table.metadata["curie_map"] = {name: space for name, space in declared.items() if isinstance(space, str) and is_prefix(name, space)}
    for number, row in enumerate(rows, 1):
        cells = dict.fromkeys(S.REQUIRED, "")
        for slot, value in row.items():
            plain = _plain(value)
            if slot not in S.SLOTS or not (isinstance(plain, str) or all(isinstance(text, str) for text in plain)):
                message = told("“{slot}” is no slot of a mapping in SSSOM 1.0 and is left out.", slot=str(slot)[:100])
                table.problems.append(Problem(number, str(slot)[:100], message))
            elif slot in S.SEVERAL or not isinstance(plain, str):
                cells[slot] = S.join_values([plain] if isinstance(plain, str) else plain)
            else:
                cells[slot] = plain
        table.rows.append((number, cells))
    return understood(table)


def _plain(value: Any) -> Any:
    """A value as texts: numbers as they are written, nothing for null."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, (int, float)):
        return S.share(value, 12)
    return [_plain(one) for one in value] if isinstance(value, list) else value
