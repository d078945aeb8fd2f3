"""The concepts of an edition as entities: names and definitions in a language, values of their properties."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from query_ui.edition import Edition
from query_ui.reconciling import ids
from query_ui.reconciling.kinds import type_of
from wise_skills.alignment import Concept, Matcher
from wise_skills.labels import Hit, fold
from wise_skills.mappings.model import NO_TERM
from wise_skills.names import ALT_LABEL, OWL, PREFIXES, SKOS

_REUSE = PREFIXES["esco"] + "skillReuseLevel"
_STEPS = 12
"""So many concepts above one another are looked at."""
_SHORT = 200


def digits(code: str) -> str:
    """Return the digits of an ISCO-08 code or of its id: `2635` of `isco/C2635`."""
    return re.sub(r"[^0-9]", "", code)[:4]


class Entities:
    """The entities of one edition in one language; made for one request.

    Parameters
    ----------
    served:
        The edition. Raises `NoMatcher` where it is an endpoint elsewhere.
    language:
        Tag of the language of names and of scores.
    """

    def __init__(self, served: Edition, language: str) -> None:
        self.served, self.language = served, language
        self.matcher: Matcher = served.matcher()
        self._meant: dict[tuple[str, ...], set[str]] = {}

    def id(self, concept: Concept) -> str:
        """Return the local name of a concept."""
        return ids.short(concept.iri, self.served.base)

    def named(self, name: str) -> Concept | None:
        """Return the concept of a local name or IRI."""
        return self.matcher.by_iri.get(ids.full(name, self.served.base)) or self.matcher.by_iri.get(name.strip())

    def name(self, concept: Concept) -> str:
        """Return its preferred label in the language, else in English, else in another."""
        return concept.label(self.language).text

    def definition(self, concept: Concept, language: str = "") -> str:
        """Return its definition in a language, else in English; empty where it has neither."""
        return concept.definitions.get(language or self.language) or concept.definitions.get("en", "")

    def description(self, concept: Concept) -> str:
        """Return one line that tells it from its namesakes: the beginning of its definition, else what is above it."""
        text = " ".join(self.definition(concept).split()) or "; ".join(self.name(above) for above in self.above(concept))
        return text if len(text) <= _SHORT else text[: _SHORT - 1].rsplit(" ", 1)[0] + "…"

    def types(self, concept: Concept) -> list[dict[str, str]]:
        """Return its types as the API writes them."""
        return [type_of(concept).said()]

    def above(self, concept: Concept) -> list[Concept]:
        """Return the concepts right above it."""
        return [self.matcher.by_iri[iri] for iri in concept.broader if iri in self.matcher.by_iri]

    def ancestors(self, concept: Concept) -> Iterator[Concept]:
        """Yield all concepts above it."""
        seen, row = {concept.iri}, [concept]
        for _ in range(_STEPS):
            row = [above for one in row for above in self.above(one) if above.iri not in seen]
            seen.update(one.iri for one in row)
            yield from row

    def folder(self, concept: Concept) -> str:
        """Return the folder of the country that it belongs to; empty for ESCO and for what is shared."""
        rest = concept.iri.removeprefix(self.served.base + "id/")
        folder = rest.partition("/")[0] if rest != concept.iri else ""
        return "" if folder == "eu" else folder

    def isco(self, concept: Concept) -> str:
        """Return its ISCO-08 code; empty where it has none."""
        return concept.code if concept.kind == "occupation" and re.fullmatch(r"[0-9]{1,4}", concept.code) else ""

    def reuse_level(self, concept: Concept) -> str:
        """Return how far a skill of ESCO can be reused: `cross-sector`; empty where it is not said."""
        return self._reuse_levels.get(concept.iri, "")

    def national(self, concepts: Iterable[Concept]) -> dict[str, list[str]]:
        """Return IRIs of what published tables and accepted mappings map to the concepts, by the IRIs of these."""
        values = " ".join(f"<{concept.iri}>" for concept in concepts)
        if not values:
            return {}
        wise, statuses = self.served.names.wise, f"{self.served.base}scheme/mapping-statuses/"
        query = (
            f"SELECT DISTINCT ?c ?n WHERE {{ VALUES ?c {{ {values} }} VALUES ?status {{ <{statuses}published> <{statuses}accepted> }} "
            f"{{ ?m <{OWL}annotatedSource> ?n ; <{OWL}annotatedTarget> ?c }} UNION "
            f"{{ ?m <{OWL}annotatedSource> ?c ; <{OWL}annotatedTarget> ?n }} "
            f"?m <{wise}mappingStatus> ?status }} ORDER BY ?c ?n"
        )
        found: dict[str, list[str]] = {}
        for about, other in self.served.select(query):
            if about is not None and other is not None and other.kind == "iri" and other.value != NO_TERM:
                found.setdefault(about.value, []).append(other.value)
        return found

    def other_names(self, concepts: Iterable[Concept], language: str = "") -> dict[str, list[str]]:
        """Return the alternative labels of concepts in a language, by their IRIs; hidden labels are for searching only."""
        values = " ".join(f"<{concept.iri}>" for concept in concepts)
        found: dict[str, list[str]] = {}
        query = f"SELECT DISTINCT ?c ?label WHERE {{ VALUES ?c {{ {values} }} ?c <{ALT_LABEL}> ?label }} ORDER BY ?c ?label"
        for about, label in self.served.select(query) if values else ():
            if about is not None and label is not None and label.language == (language or self.language):
                found.setdefault(about.value, []).append(label.value)
        return found

    def meant(self, values: tuple[str, ...]) -> set[str]:
        """Return the IRIs of the concepts that ids, IRIs or names stand for; the same for all candidates of a request."""
        if values not in self._meant:
            found = self._meant[values] = set()
            for value in values:
                named = self.named(value)
                found.update(one.iri for one in ([named] if named is not None else self.written(value)))
        return self._meant[values]

    def written(self, text: str, most: int = 40) -> list[Concept]:
        """Return the concepts that bear a label which, folded, is the text: those that no ranking may miss."""
        folded = fold(text)
        return [concept for hit, concept in self.labelled(text, most) if folded and fold(hit.matched) == folded]

    def labelled(self, text: str, most: int) -> list[tuple[Hit, Concept]]:
        """Return the concepts whose labels the index of labels finds for a text, the best first."""
        wise, esco = self.served.names.wise, PREFIXES["esco"]
        kinds = [wise + "Skill", wise + "Competence", wise + "OccupationalProfile", esco + "Skill", esco + "Occupation", SKOS + "Concept"]
        hits = self.served.labels.search(text, language=self.language, kinds=kinds, limit=most) if text else []
        return [(hit, self.matcher.by_iri[hit.iri]) for hit in hits if hit.iri in self.matcher.by_iri]

    @cached_property
    def _reuse_levels(self) -> dict[str, str]:
        known: dict[str, str] | None = self.served.memory.get("reuse levels")
        if known is None:
            rows = self.served.select(f"SELECT ?s ?level WHERE {{ ?s <{_REUSE}> ?level }}")
            known = {str(skill): str(level).rpartition("/")[2] for skill, level in rows}
            self.served.memory["reuse levels"] = known
        return known
