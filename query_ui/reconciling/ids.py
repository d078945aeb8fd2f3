"""Short local names for the IRIs of concepts, as clients keep them in their tables; each leads back to its IRI.

`skill/<uuid>`, `occupation/<uuid>` and `isco/C2635` are ESCO's, `eu/skill/job-coach` is ours: what is ours begins with
the folder of a country, two letters, what is ESCO's never does. Everything else keeps its IRI.
"""

from __future__ import annotations

import re

ESCO = "http://data.europa.eu/esco/"
_OWN = re.compile(r"[a-z]{2}/.+", re.DOTALL)
_THEIRS = re.compile(r"(?![a-z]{2}/)[^:/]+/.+", re.DOTALL)


def short(iri: str, base: str) -> str:
    """Return the local name of an IRI under the base of the data.

    >>> short("http://data.europa.eu/esco/isco/C2635", "https://example.org/")
    'isco/C2635'
    """
    for start, form in ((ESCO, _THEIRS), (base + "id/", _OWN)):
        rest = iri.removeprefix(start)
        if rest != iri and form.fullmatch(rest):
            return rest
    return iri


def full(name: str, base: str) -> str:
    """Return the IRI of a local name, the IRI itself for an IRI; what is neither is returned as it came.

    >>> full("eu/skill/job-coach", "https://example.org/")
    'https://example.org/id/eu/skill/job-coach'
    """
    name = name.strip()
    if _OWN.fullmatch(name):
        return f"{base}id/{name}"
    return ESCO + name if _THEIRS.fullmatch(name) else name
