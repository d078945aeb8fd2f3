"""Mappings and sets of mappings, as SSSOM has them: each row a claim with its slots.

https://mapping-commons.github.io/sssom/ (1.0). The files are read and written in `tsv`, `json_form`, `rdf_form`.
"""

from __future__ import annotations

from collections.abc import Mapping as Slots
from dataclasses import dataclass, field

NO_TERM = "https://w3id.org/sssom/NoTermFound"


@dataclass(frozen=True, slots=True)
class Mapping:
    r"""One row.

    Attributes
    ----------
    subject, predicate, object:
        Full IRIs; `object` is `NO_TERM` where nothing fits. An unnamed subject (a line that somebody pasted) has an
        empty `subject` and its text in the slot `subject_label`, with `subject_type` `rdfs literal`.
    slots:
        All other slots of SSSOM 1.0 by name, as texts; values of slots for several are joined by `|` (escaped `\|`).
        Slots that hold entity references (`mapping_justification`, `author_id`, …) hold full IRIs.
    """

    subject: str
    predicate: str
    object: str
    slots: Slots[str, str] = field(default_factory=dict)

    @property
    def is_reviewed(self) -> bool:
        """Whether somebody reviewed it (`reviewer_label` or `reviewer_id`)."""
        return bool(self.slots.get("reviewer_label") or self.slots.get("reviewer_id"))

    @property
    def is_negated(self) -> bool:
        """Whether it says that the relation does not hold (`predicate_modifier` `Not`)."""
        return self.slots.get("predicate_modifier") == "Not"

    @property
    def status(self) -> str:
        """`proposed`, `accepted`, `rejected` or `no-match-found`, as in `ontology/schemes/mapping-statuses.ttl`."""
        if NO_TERM in (self.subject, self.object):
            return "no-match-found"
        if not self.is_reviewed:
            return "proposed"
        return "rejected" if self.is_negated else "accepted"


@dataclass(frozen=True, slots=True)
class MappingSet:
    """A set of mappings: its metadata (slots of the set, texts or lists of texts, IRIs in full) and its rows in order."""

    metadata: Slots[str, str | list[str]]
    mappings: tuple[Mapping, ...] = ()
