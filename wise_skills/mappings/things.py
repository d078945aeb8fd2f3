"""What could be aligned to ESCO: skills, competences, profiles and learning outcomes of ours, and the codes of national classifications."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wise_skills.mappings.stored import Select
from wise_skills.names import DCT, PREF_LABEL, Names
from wise_skills.terms import iri, text

KINDS = ("skill", "competence", "profile", "outcome", "code")
_CLASSES = {"skill": "Skill", "competence": "Competence", "profile": "OccupationalProfile", "outcome": "LearningOutcome"}
_LABELS = {"outcome": DCT + "description"}
_NEVER = ("activities",)
"""Kinds of classifications whose codes are no skills and no occupations."""
_PLACES = "http://publications.europa.eu/resource/authority/country/"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that could be aligned.

    Attributes
    ----------
    iri:
        Its IRI.
    kind:
        One of `KINDS`.
    country:
        Folder of its country (`fr`, `eu` for what is shared); empty where nothing tells.
    language:
        Tag of the language of its label; of several all, with a blank between them, but English only where it is the only one.
        So each thing is counted under one language. Empty where it has no label.
    scheme:
        The classification of a code.
    """

    iri: str
    kind: str
    country: str = ""
    language: str = ""
    scheme: str = ""


def read_things(select: Select, names: Names) -> list[Thing]:
    """Return what could be aligned, by IRI; see `stored.read_rows` on the parameters."""
    found: dict[str, Thing] = {}
    for kind, class_ in _CLASSES.items():
        members = f"?t a wise:{class_} ."
        for thing, language in _languages(select, members, _LABELS.get(kind, PREF_LABEL)).items():
            found[thing] = Thing(thing, kind, country_of(thing, names), language)
    for scheme in _schemes(select, names):
        country = country_of(scheme, names)
        for code, language in _languages(select, f"?t skos:inScheme {iri(scheme).n3()} .", PREF_LABEL).items():
            found.setdefault(code, Thing(code, "code", country, language, scheme))
    return [found[key] for key in sorted(found)]


def country_of(thing: str, names: Names) -> str:
    """Return the folder of the country in whose data a thing of ours stands; empty for a thing of somebody else."""
    match = re.match(re.escape(names.base) + r"id/([a-z]{2})/", thing)
    return match[1] if match else ""


def read_places(select: Select, names: Names) -> dict[str, str]:
    """Return the IRI of each country by its folder; of others than ours, as classifications name them."""
    found = {str(folder): str(place) for place, folder in select("SELECT ?place ?folder WHERE { ?place wise:folder ?folder }")}
    for scheme, place in select(
        "SELECT DISTINCT ?s ?place WHERE { ?s a skos:ConceptScheme ; wise:jurisdiction ?place } ORDER BY ?s ?place"
    ):
        if str(place).startswith(_PLACES) and (country := country_of(str(scheme), names)):
            found.setdefault(country, str(place))
    return found


def read_languages(select: Select) -> dict[str, str]:
    """Return the IRI of each language by its tag, as far as the graph knows languages."""
    scheme = "<http://publications.europa.eu/resource/authority/language>"
    return {
        str(tag): str(language) for language, tag in select(f"SELECT ?l ?tag WHERE {{ ?l skos:inScheme {scheme} ; skos:notation ?tag }}")
    }


def _schemes(select: Select, names: Names) -> list[str]:
    """The national classifications whose codes are there, apart from those of economic activities alone."""
    kinds: dict[str, set[str]] = {}
    table = select(
        "SELECT DISTINCT ?s ?kind WHERE { { ?s a skos:ConceptScheme } UNION { ?s a wise:Classification } "
        "OPTIONAL { ?s wise:classificationKind ?kind } }"
    )
    ours = re.compile(re.escape(names.base) + r"id/[a-z]{2}/classification/[^/]+")
    for scheme, kind in table:
        if ours.fullmatch(str(scheme)):
            kinds.setdefault(str(scheme), set()).add(str(kind or "").rsplit("/", 1)[-1])
    return sorted(scheme for scheme, found in kinds.items() if not found <= set(_NEVER))


def _languages(select: Select, members: str, label: str) -> dict[str, str]:
    """The things of a list with the languages of each."""
    found: dict[str, list[str]] = {str(row[0]): [] for row in select(f"SELECT DISTINCT ?t WHERE {{ {members} }}")}
    labelled = f"{members} ?t {iri(label).n3()} ?l"
    counted = select(f"SELECT ?tag (COUNT(DISTINCT ?t) AS ?n) WHERE {{ {labelled} BIND (LANG(?l) AS ?tag) }} GROUP BY ?tag")
    for tag, number in ((str(tag or ""), int(str(number))) for tag, number in counted):
        # In most lists every thing has a label in each of its languages; only where some lack one are they asked for.
        if number and number == len(found):
            having = list(found)
        else:
            having = [str(row[0]) for row in select(f"SELECT DISTINCT ?t WHERE {{ {labelled} FILTER (LANG(?l) = {text(tag).n3()}) }}")]
        for thing in having if tag else ():
            found[thing].append(tag)
    return {thing: counted_language(tags) for thing, tags in found.items()}


def counted_language(tags: list[str]) -> str:
    """Return under which language something with labels in these languages is counted.

    >>> counted_language(["en", "nl", "fr"]), counted_language(["en"])
    ('fr nl', 'en')
    """
    return " ".join(sorted(tag for tag in set(tags) if tag != "en")) or ("en" if "en" in tags else "")
