"""What files of the European Learning Model say of languages, countries, levels and fields: IRIs of controlled lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

import pyoxigraph as ox

from wise_skills.learning.model import ESCO, LinkedSkill
from wise_skills.names import DCT, NOTATION, SKOS, XSD, is_iri, resource

ELM = "http://data.europa.eu/snb/model/elm/"
ROV = "http://www.w3.org/ns/regorg#"
ADMS = "http://www.w3.org/ns/adms#"
FOAF = "http://xmlns.com/foaf/0.1/"
PREFIXES = {"elm": ELM, "dct": DCT, "skos": SKOS, "xsd": XSD, "rov": ROV, "adms": ADMS, "foaf": FOAF}
SNB = "http://data.europa.eu/snb/"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
CREDIT_SYSTEMS = {"ects": SNB + "education-credit/6fcec5c5af", "ecvet": SNB + "education-credit/60b314e826"}
KINDS = ("skill", "knowledge")
REUSE_LEVELS = ("transversal", "cross-sector", "sector-specific", "occupation-specific")
_SCHEME = "25831c2"
_IRI = re.compile(r"(?:https?://|urn:)[^\s<>\"{}|\\^`\x00-\x20]+")
_WEB = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20/]+[^\s<>\"{}|\\^`\x00-\x20]*")
_ISCED = re.compile(r"[0-9]{2,4}")
_NQF = re.compile(re.escape(SNB) + r"qdr/c_[0-9a-f]+")
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_ALIASES = {"EL": "GR", "UK": "GB"}


@cache
def languages() -> dict[str, str]:
    """Return the IRIs of languages by their tags."""
    return _coded("languages", AUTHORITY + "language/")


@cache
def countries() -> dict[str, str]:
    """Return the IRIs of countries by their ISO 3166 codes."""
    return _coded("places", AUTHORITY + "country/")


def country(code: str) -> str:
    """Return the IRI of a country by its code in any case, empty where it is not known."""
    code = code.strip().upper()
    return countries().get(_ALIASES.get(code, code), "")


def _coded(scheme: str, start: str) -> dict[str, str]:
    path = resource("ontology") / "schemes" / f"{scheme}.ttl"
    notations = (q for q in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE) if q.predicate.value == NOTATION)
    return {q.object.value: q.subject.value for q in notations if isinstance(q.subject, ox.NamedNode) and q.subject.value.startswith(start)}


def scheme_of(iri: str) -> str:
    """Return the scheme that the stricter shapes expect of a value of a controlled list; empty where they expect none."""
    for name in ("eqf", "qdr", "isced-f", "skill-type", "skill-reuse-level"):
        if iri.startswith(f"{SNB}{name}/"):
            return f"{SNB}{name}/{_SCHEME}"
    return iri.rpartition("/")[0] if iri.startswith(AUTHORITY) else ""


def isced(code: str) -> str:
    """Return the IRI of an ISCED-F field, empty where the code is none."""
    code = code.strip()
    return f"{SNB}isced-f/{code}" if _ISCED.fullmatch(code) else ""


def eqf(level: int | None) -> str:
    """Return the IRI of a level of the European Qualifications Framework, empty where there is no such level."""
    return f"{SNB}eqf/{level}" if level is not None and 1 <= level <= 8 else ""


def is_address(text: str) -> bool:
    """Whether a text can name a node of the file: `http`, `https` or `urn`."""
    return bool(_IRI.fullmatch(text)) and is_iri(text)


def is_web(text: str) -> bool:
    """Whether a text is the address of a web page."""
    return _WEB.fullmatch(text.strip()) is not None


def is_nqf(iri: str) -> bool:
    """Whether an IRI is that of a framework or level in the European list of national frameworks."""
    return _NQF.fullmatch(iri) is not None


def is_held(skill: LinkedSkill) -> bool:
    """Whether an outcome of the file may name a skill: one of ESCO if it is the same, one of others always."""
    return is_address(skill.iri) and (skill.is_same and skill.iri.startswith(ESCO + "skill/") if skill.is_esco else True)


def tagged(texts: Mapping[str, str], language: str = "") -> Iterator[tuple[str, str]]:
    """Yield language tags and texts, each tag once; `language` stands for a tag that is empty, what has none is left out."""
    seen = set[str]()
    for tag, text in texts.items():
        clean = (tag or language).strip().lower()
        words = text.encode("utf-8", "replace").decode().strip()
        if words and clean not in seen and _TAG.fullmatch(clean):
            seen.add(clean)
            yield clean, words


def duration(hours: float) -> str:
    """Return hours as an XSD duration, to the minute: `PT7H30M`."""
    whole, minutes = divmod(round(hours * 60), 60)
    return f"PT{whole}H{minutes}M" if minutes else f"PT{whole}H"


def number(value: float) -> str:
    """Return a number of credit points as the plain text that the model wants: `3`, `2.5`."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def hours_of(text: str) -> float | None:
    """Return the hours of an XSD duration of days, hours, minutes and seconds; `None` for what cannot be told in hours."""
    found = re.fullmatch(r"P(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})(?:\.[0-9]*)?S)?)?", text.strip())
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return days * 24 + hours + minutes / 60 + seconds / 3600
