"""What the pages under `/alignments` are counted from, read once for an edition: it never changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from query_ui.edition import Edition
from query_ui.ledger import words
from query_ui.memory import remembered
from query_ui.naming import Naming
from wise_skills.mappings.chaining import Side, counts, sides
from wise_skills.mappings.ledger import Ledger, read_ledger
from wise_skills.mappings.stored import Row, read_rows


def rows(served: Edition) -> list[Row]:
    """Return all mappings."""
    return remembered(served, "mappings", lambda: read_rows(served.select, served.names))


def ledger(served: Edition) -> Ledger:
    """Return the ledger."""
    return remembered(served, "ledger", lambda: read_ledger(served.select, served.names, rows(served)))


def all_sides(served: Edition, *, turned: bool) -> dict[str, Side]:
    """Return the classifications that are mapped to ESCO, by key."""
    return remembered(served, ("sides", turned), lambda: sides(rows(served), served.names, turned=turned))


def pairs(served: Edition, *, turned: bool) -> dict[tuple[str, str], Counter[str]]:
    """Return how many mappings follow for each directed pair, by relation."""
    return remembered(served, ("pairs", turned), lambda: counts(all_sides(served, turned=turned)))


def codes(served: Edition, scheme: str) -> dict[str, str]:
    """Return the codes of a classification by IRI."""

    def read() -> dict[str, str]:
        from wise_skills.terms import iri

        table = served.select(f"SELECT ?c ?n WHERE {{ ?c skos:inScheme {iri(scheme).n3()} ; skos:notation ?n }} ORDER BY ?c ?n")
        return {str(concept): str(code) for concept, code in table}

    return remembered(served, ("codes", scheme), read) if scheme else {}


def outcomes(served: Edition) -> dict[str, tuple[str, str]]:
    """Return the text of each learning outcome with its language: they have no label."""

    def read() -> dict[str, tuple[str, str]]:
        table = served.select("SELECT ?t ?text WHERE { ?t a wise:LearningOutcome ; dct:description ?text } ORDER BY ?t DESC(LANG(?text))")
        return {str(outcome): (str(text), (text.language if text else "") or "") for outcome, text in table}

    return remembered(served, "outcomes", read)


def named(served: Edition, naming: Naming, iris: Iterable[str]) -> Callable[[str], tuple[str, str]]:
    """Return what gives label and language of things, after fetching those of all."""
    naming.fetch(iris)
    texts = outcomes(served)
    return lambda iri: texts.get(iri) or (naming(iri), naming.language_of(iri) or "")


def title_of(served: Edition, side: Side, naming: Naming) -> str:
    """Return the abbreviation of a classification, else its name, with its country: `ROME (FR)`."""

    def read() -> dict[str, str]:
        table = served.select("SELECT ?s (MIN(STR(?a)) AS ?short) WHERE { ?s a wise:Classification ; wise:abbreviation ?a } GROUP BY ?s")
        return {str(scheme): str(short) for scheme, short in table if scheme is not None}

    known = remembered(served, "abbreviations", read)
    own = words.KINDS.get(side.key.partition("-")[2], side.key)  # profiles of a country, which are in no list
    name = known.get(side.scheme) or (naming(side.scheme) if side.scheme else str(own))
    return f"{name} ({side.country.upper()})" if side.country else name
