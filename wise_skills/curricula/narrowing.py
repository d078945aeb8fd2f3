"""Which needs are looked at: those of some user groups, WISE types, countries, degrees of necessity and horizons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wise_skills.curricula.model import NOT_REPORTED, Need

DIMENSIONS = ("group", "type", "country", "necessity", "horizon")
"""What needs are told apart by; the names of the filters in addresses."""


def values(need: Need, dimension: str) -> tuple[str, ...]:
    """Return the keys of a need in a dimension; a need without type has `not-reported`, one of two types has both.

    Raises
    ------
    KeyError
        For a dimension that there is not.
    """
    if dimension == "type":
        return need.types or (NOT_REPORTED,)
    one = {"group": need.group, "country": need.country, "necessity": need.necessity, "horizon": need.horizon}[dimension]
    return (one or NOT_REPORTED,)


@dataclass(frozen=True)
class Filters:
    """Keys that are wanted, by dimension; an empty one takes everything."""

    group: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    necessity: tuple[str, ...] = ()
    horizon: tuple[str, ...] = ()

    def wanted(self, dimension: str) -> tuple[str, ...]:
        """Return the keys that are wanted in a dimension."""
        found: tuple[str, ...] = getattr(self, dimension)
        return found

    def takes(self, need: Need) -> bool:
        """Whether a need is wanted."""
        return all(
            not (wanted := self.wanted(dimension)) or not set(wanted).isdisjoint(values(need, dimension)) for dimension in DIMENSIONS
        )

    def apply(self, needs: Iterable[Need]) -> list[Need]:
        """Return the needs that are wanted, in their order."""
        return [need for need in needs if self.takes(need)]
