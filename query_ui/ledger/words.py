"""What states, kinds, countries and languages are called on the pages of the ledger."""

from __future__ import annotations

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from query_ui.asked import interface
from query_ui.naming import Naming
from query_ui.words import and_list
from wise_skills.mappings.ledger import ALIGNED, NO_MATCH, NOT_MAPPED, OPEN, REJECTED, SUGGESTED, Ledger

STATES = {
    ALIGNED: (lazy_gettext("aligned"), lazy_gettext("An accepted or published mapping leads to a concept of ESCO.")),
    REJECTED: (lazy_gettext("rejected"), lazy_gettext("Everything that was suggested was rejected.")),
    NO_MATCH: (lazy_gettext("no match"), lazy_gettext("Somebody looked for a concept of ESCO and found none.")),
    OPEN: (lazy_gettext("open"), lazy_gettext("Suggested and reviewed by nobody, or not mapped at all.")),
    SUGGESTED: (lazy_gettext("suggested"), lazy_gettext("A mapping was suggested, and nobody has reviewed it.")),
    NOT_MAPPED: (lazy_gettext("not mapped"), lazy_gettext("No mapping was made, suggested or ruled out.")),
}
"""Columns and states: name, and what it means."""
KINDS = {
    "skill": lazy_gettext("Skills"),
    "competence": lazy_gettext("Competences of frameworks"),
    "profile": lazy_gettext("Occupational profiles"),
    "outcome": lazy_gettext("Learning outcomes"),
    "code": lazy_gettext("Codes of national classifications"),
}


def country(found: Ledger, folder: str, naming: Naming) -> str:
    """Return the name of a country by its folder."""
    place = found.places.get(folder, "")
    if place and naming.is_named(place):
        return naming(place)
    if not folder:
        return str(_("not stated"))
    return str(Locale.parse(interface()).territories.get(folder.upper(), folder.upper()))


def language(found: Ledger, tags: str, naming: Naming) -> str:
    """Return the name of a language, or of the languages that something has labels in."""
    if not tags:
        return str(_("no label"))
    return and_list([naming(found.languages[tag]) if tag in found.languages else tag for tag in tags.split()])
