"""Two classifications and what follows between them, ready to be shown."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from urllib.parse import urlencode

from query_ui.edition import Edition
from query_ui.ledger import known
from query_ui.naming import Naming
from wise_skills.labels import fold
from wise_skills.mappings.chaining import Derived, Link, Side, follow
from wise_skills.mappings.composition import STRENGTH


class Pair:
    """What follows from one classification to another.

    Parameters
    ----------
    served, naming:
        What is served, and the names of this request.
    first, second:
        The classifications.
    turned:
        Whether broad and narrow matches of doubtful tables are read the other way round (`chaining.sides`).
    """

    def __init__(self, served: Edition, naming: Naming, first: Side, second: Side, *, turned: bool) -> None:
        self.served, self.naming, self.first, self.second, self.turned = served, naming, first, second, turned
        self.titles = (known.title_of(served, first, naming), known.title_of(served, second, naming))

    @property
    def title(self) -> str:
        """Both names."""
        return " → ".join(self.titles)

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"/alignments/{self.first.key}/{self.second.key}"

    @property
    def doubtful(self) -> int:
        """How many broad and narrow matches of both are in doubt."""
        return self.first.doubtful + self.second.doubtful

    @cached_property
    def mappings(self) -> list[Derived]:
        """What follows, by code, then by strength."""
        order = {key: number for number, key in enumerate(sorted({*self._codes}, key=lambda iri: self._codes[iri]))}
        found = self._following[0]
        self.naming.fetch({end for mapping in found for end in (mapping.subject, mapping.object)})
        return sorted(found, key=lambda m: (order.get(m.subject, len(order)), STRENGTH[m.relation], order.get(m.object, len(order))))

    @cached_property
    def contradicting(self) -> int:
        """How many pairs of codes are left out because one path says broader and another narrower."""
        return len(self._following[1])

    @cached_property
    def counted(self) -> Counter[str]:
        """How many mappings there are by relation."""
        return Counter(mapping.relation for mapping in self.mappings)

    @cached_property
    def _following(self) -> tuple[list[Derived], list[Derived]]:
        # Not remembered beyond the request: it takes a tenth of a second, and all pairs together would fill the memory.
        return follow(self.first, self.second)

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {**known.codes(self.served, self.first.scheme), **known.codes(self.served, self.second.scheme)}

    def code(self, iri: str) -> str:
        """Return a code as its classification writes it."""
        return self._codes.get(iri, "")

    def label(self, iri: str) -> str:
        """Return the name of a code or concept."""
        return self.naming(iri)

    def language(self, iri: str) -> str:
        """Return the language of a name."""
        return self.naming.language_of(iri) or ""

    def narrowed(self, relation: str, typed: str) -> list[Derived]:
        """Return the mappings of a relation whose codes or names hold all words."""
        wanted = fold(typed).split()
        found = [mapping for mapping in self.mappings if relation in ("", mapping.relation)]
        return [mapping for mapping in found if all(word in self._text(mapping) for word in wanted)] if wanted else found

    def _text(self, mapping: Derived) -> str:
        ends = (mapping.subject, mapping.object)
        return fold(" ".join(part for end in ends for part in (self.code(end), self.label(end))))

    def behind(self, mapping: Derived) -> str:
        """Return the path of the page that shows how a mapping follows."""
        chosen = {"subject": mapping.subject, "object": mapping.object} | ({"turned": "1"} if self.turned else {})
        return f"{self.path}/path?{urlencode(chosen)}"

    def address(self, ending: str = "", **chosen: str) -> str:
        """Return the address of this pair, narrowed, or as a file."""
        given = {**chosen, **({"turned": "1"} if self.turned else {})}
        return f"{self.path}{ending}{'?' if given else ''}{urlencode(given)}"

    @property
    def back(self) -> str:
        """The address of the same pair the other way round."""
        return f"/alignments/{self.second.key}/{self.first.key}" + ("?turned=1" if self.turned else "")

    def reviewers(self, link: Link) -> str:
        """Return who reviewed a link."""
        return ", ".join(link.row.reviewers)
