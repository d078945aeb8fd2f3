"""The types of entities that can be asked for, and the pools of concepts in which the matcher finds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flask_babel import lazy_gettext

from wise_skills.alignment import Concept, Kind


class Pool(NamedTuple):
    """Concepts that the matcher ranks together; of a national classification the scheme is empty."""

    scheme: str
    kind: Kind


class Type(NamedTuple):
    """A type of entities."""

    id: str
    name: str
    pool: Pool
    is_group: bool = False

    def said(self) -> dict[str, str]:
        """Return it as the API writes types (`type.json`), in the language of the request."""
        return {"id": self.id, "name": str(self.name)}


TYPES = {
    one.id: one
    for one in (
        Type("skill", lazy_gettext("ESCO skill or knowledge"), Pool("esco", "skill")),
        Type("occupation", lazy_gettext("ESCO occupation"), Pool("esco", "occupation")),
        Type("skill-group", lazy_gettext("ESCO skill group"), Pool("esco", "skill"), is_group=True),
        Type("isco-group", lazy_gettext("ISCO-08 group"), Pool("esco", "occupation"), is_group=True),
        Type("wise-skill", lazy_gettext("skill in WISEs"), Pool("wise", "skill")),
        Type("profile", lazy_gettext("profile"), Pool("wise", "occupation")),
        Type("national", lazy_gettext("entry of a national classification"), Pool("", "occupation")),
    )
}
ALWAYS = tuple(TYPES)[:-1]
"""What is looked for where no type is asked for: national classifications only for those who name them."""


def type_of(concept: Concept) -> Type:
    """Return the type of a concept."""
    scheme = concept.scheme if concept.scheme in ("esco", "wise") else ""
    for one in TYPES.values():
        if one.pool == (scheme, concept.kind) and one.is_group == (concept.is_group and scheme == "esco"):
            return one
    return TYPES["national"]


def known(ids: Iterable[str]) -> tuple[str, ...]:
    """Return those of some ids that are types of ours, each once."""
    return tuple(one for one in dict.fromkeys(ids) if one in TYPES)
