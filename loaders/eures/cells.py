"""What single cells say: addresses and codes of ESCO, codes of a national classification, and relations."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode
from rapidfuzz import fuzz, process

ESCO = "http://data.europa.eu/esco/"
NO_RELATION = "no relation"
_ADDRESS = re.compile(r"data\.europa\.eu/esco/((?:occupation|skill|isco|isced-f)/)([^/\s?#&\"'<>|]+)", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_GROUP = {"isco/": r"C?(\d{1,4})", "isced-f/": r"()[\d.]+", "skill/": r"()[STKLA]\d*(\.\d+)*", "occupation/": r"(?!)"}
_WEB = re.compile(r"https?://[^/\s]+\.[^\s]+|urn:\S+", re.IGNORECASE)
_DAMAGED = re.compile(r"\d+([.,]\d+)?E\+\d+|#(N/A|REF!|VALUE!|NAME\?)")
_RELATIONS = {
    "exactmatch": "exactMatch", "exact": "exactMatch", "closematch": "closeMatch", "close": "closeMatch",
    "broadmatch": "broadMatch", "broad": "broadMatch", "broader": "broadMatch", "broadermatch": "broadMatch",
    "narrowmatch": "narrowMatch", "narrow": "narrowMatch", "narrower": "narrowMatch", "narrowermatch": "narrowMatch",
    "relatedmatch": "relatedMatch", "related": "relatedMatch", "mappingrelation": "mappingRelation",
    "exactisco": "exactMatch", "norelation": NO_RELATION, "nomatch": NO_RELATION, "none": NO_RELATION, "notmapped": NO_RELATION,
}  # fmt: skip


@lru_cache(maxsize=65536)
def esco_address(text: str, kind: str = "") -> str:
    """Return the address of an ESCO concept that a cell holds, or an empty text.

    Parameters
    ----------
    text, kind:
        The cell: an address as ESCO writes it, with `https`, inside the address of a page, or a bare UUID or ISCO code.
        `kind` (`occupation/`, `skill/`, `isco/`) says what a bare one names; without it none is taken.
    """
    if found := {(path.lower(), local.rstrip(".,;")) for path, local in _ADDRESS.findall(unquote(text))}:
        if len(found) > 1:  # several concepts in one cell: which one is meant cannot be known
            return ""
        ((path, local),) = found
        if _UUID.fullmatch(local):
            return ESCO + path + local.lower() if path in ("occupation/", "skill/") else ""
        if group := re.fullmatch(_GROUP[path], local):
            return f"{ESCO}{path}C{group[1]}" if path == "isco/" else ESCO + path + local
        return ""
    bare = text.strip()
    if kind in ("occupation/", "skill/") and _UUID.fullmatch(bare):
        return ESCO + kind + bare.lower()
    if (kind == "occupation/" and re.fullmatch(r"C\d{1,4}", bare)) or (kind == "isco/" and re.fullmatch(_GROUP["isco/"], bare)):
        return f"{ESCO}isco/C{bare.lstrip('C')}"
    return ""


def is_group(address: str) -> bool:
    """Whether an ESCO address names a group (of ISCO, ISCED-F or skills) and not an occupation or skill."""
    return address.startswith((ESCO + "isco/", ESCO + "isced-f/")) or (address.startswith(ESCO + "skill/") and not _UUID.search(address))


def is_damaged(code: str) -> bool:
    """Whether a spreadsheet has turned a code into a rounded number or an error."""
    return _DAMAGED.fullmatch(code) is not None


@lru_cache(maxsize=65536)
def web_address(text: str) -> str:
    """Return an address that others publish, with what is not allowed in one escaped; empty where a cell holds none."""
    if not _WEB.fullmatch(text.replace(" ", "%20")):
        return ""
    address = quote(text, safe="%/:?#[]@!$&'()*+,;=~-._") if re.search(r"[\s<>\"{}|\\^`]", text) else text
    try:
        return NamedNode(address).value
    except ValueError:
        return ""


@lru_cache(maxsize=1024)
def relation(text: str) -> tuple[str, bool]:
    """Return the local name of the SKOS relation that a cell names, and whether it was guessed from a misspelling.

    The name is `no relation` where the table says that there is none, and empty where it is not understood.
    """
    plain = re.sub(r"^(https?://www\.w3\.org/2004/02/skos/core#|skos)", "", text.strip().lower())
    plain = re.sub(r"[\s:_\-.]+", "", plain)
    if plain in _RELATIONS:
        return _RELATIONS[plain], False
    close = process.extractOne(plain, [r for r in _RELATIONS if r.endswith("match")], scorer=fuzz.ratio, score_cutoff=82)
    return (_RELATIONS[close[0]], True) if close else ("", False)
