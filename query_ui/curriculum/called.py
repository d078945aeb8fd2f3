"""What the parts of a report are called: keys of dimensions, relations, hours."""

from __future__ import annotations

from flask_babel import gettext as _

from query_ui.countries.places import folders
from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.words import ABSENCES, number
from wise_skills.curricula import Link

_LISTS = {"group": "user-groups", "type": "wise-types", "necessity": "necessities", "horizon": "horizons"}


def value_name(edition: Edition, naming: Naming, dimension: str, key: str) -> str:
    """Return the name of a key in a dimension: of a user group, type, country, necessity or horizon."""
    if key in ABSENCES and key != "not-needed":
        return str(ABSENCES[key][1])
    if dimension == "country":
        return next((naming(place) for place, folder in folders(edition).items() if folder == key), key)
    return naming(f"{edition.names.base}scheme/{_LISTS[dimension]}/{key}")


def dimension_name(dimension: str) -> str:
    """Return what a dimension is called."""
    return str(
        {
            "group": _("User group"),
            "type": _("Type of WISE"),
            "country": _("Country of the need"),
            "necessity": _("Necessity"),
            "horizon": _("Now or in future"),
        }[dimension]
    )


def relation(link: Link) -> str:
    """Return in words how what is taught stands to what is needed."""
    return str(
        {"same": _("exactly what is needed"), "narrower": _("a part of what is needed"), "broader": _("wider than what is needed")}[
            link.relation
        ]
    )


def span(least: float | None, most: float | None) -> str:
    """Return hours in words: `40`, `30–40`, `600 or more`; empty where they are not reported."""
    if least is None and most is None:
        return ""
    if most is None or least is None:
        return str(_("%(hours)s or more", hours=_hours(least))) if least is not None else str(_("up to %(hours)s", hours=_hours(most)))
    return _hours(least) if least == most else f"{_hours(least)}–{_hours(most)}"


def _hours(value: float | None) -> str:
    return number(round(value or 0, 1))
