"""Addresses of codes: those of the publisher where there are some, otherwise ours.

Every loader that meets a national code (classifications, mapping tables, registers) names it here, so that the métier
K1801 of a ROME table, of an ESCO–ROME mapping and of a list of enterprises is one thing in the graph.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from wise_skills.names import Names

ISCO = "http://data.europa.eu/esco/isco/C"
NACE = {"2": "http://data.europa.eu/ux2/nace2/", "2.1": "http://data.europa.eu/ux2/nace2.1/"}
_COUNTRY = re.compile(r"[a-z]{2}")
_KEY = re.compile(r"[A-Za-z0-9._-]+")
_OTHER = re.compile(r"[^a-z0-9]+")


def code_iri(names: Names, country: str, classification: str, code: str) -> str:
    """Return our address of a code, `…/id/fr/code/rome/K1801`; other characters than letters, digits and `-._~` are escaped.

    Parameters
    ----------
    names:
        Names under the base in use.
    country:
        Two letters of the folder or country that keeps the list (`fr`, `de`, `us`; `eu` for one of the Union).
    classification:
        Key of the list, as in the table `classifications` where it has a row there (`rome`, `kldb-2010`).
    code:
        The code as the list writes it; blanks around it do not count.

    Raises
    ------
    ValueError
        When the code is empty, or country or classification can be no part of an address.
    """
    written = code.strip()
    if not written.strip("."):
        raise ValueError(f"“{code}” is no code")
    return f"{names.base}id/{_country(country)}/code/{_key(classification)}/{quote(written, safe='')}"


def scheme_iri(names: Names, country: str, classification: str) -> str:
    """Return our address of a national list of codes, `…/id/fr/classification/rome`.

    It is the address that a row of the table `classifications` has, so that what our data say of the list and its codes
    hang together. Raises `ValueError` like `code_iri`.
    """
    return f"{names.base}id/{_country(country)}/classification/{_key(classification)}"


def nace_iri(code: str, revision: str = "2") -> str:
    """Return Eurostat's address of a NACE code, written with or without dots: `81.30` → `http://data.europa.eu/ux2/nace2/8130`."""
    return NACE[revision] + code.strip().replace(".", "")


def nace_scheme_iri(revision: str = "2") -> str:
    """Return Eurostat's address of NACE, `http://data.europa.eu/ux2/nace2/nace2`."""
    return NACE[revision] + "nace" + revision


def isco_iri(code: str) -> str:
    """Return ESCO's address of an ISCO-08 group: `2654` → `http://data.europa.eu/esco/isco/C2654`."""
    return ISCO + code.strip()


def classification_key(name: str) -> str:
    """Return a key for the name of a list where none was agreed: `“CP 2011 ”` → `cp-2011`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return _OTHER.sub("-", plain).strip("-")


def _country(country: str) -> str:
    if not _COUNTRY.fullmatch(country):
        raise ValueError(f"“{country}” is no country: two small letters such as fr")
    return country


def _key(classification: str) -> str:
    if not _KEY.fullmatch(classification):
        raise ValueError(f"“{classification}” is no key of a classification: letters, digits, dot, hyphen, underscore")
    return classification
