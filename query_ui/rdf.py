"""The statements about a thing, a graph or a vocabulary, in the RDF formats."""

from __future__ import annotations

from flask import Response

from query_ui.edition import Edition
from wise_skills.names import PREF_LABEL, RDFS
from wise_skills.terms import iri as iri_term


def about(iri: str) -> str:
    """Return the query for what is said of a thing: its own statements, those that point to it, names of what they name."""
    node = iri_term(iri).n3()
    named = f"FILTER (?p IN (<{PREF_LABEL}>, <{RDFS}label>))"
    return (
        "CONSTRUCT { ?s ?p ?o } WHERE { "
        f"{{ VALUES ?s {{ {node} }} ?s ?p ?o }} UNION {{ VALUES ?o {{ {node} }} ?s ?p ?o }} "
        f"UNION {{ {node} ?any ?s . ?s ?p ?o {named} }} UNION {{ ?s ?any {node} . ?s ?p ?o {named} }} }}"
    )


def graph(*names: str) -> str:
    """Return the query for whole named graphs."""
    values = " ".join(iri_term(n).n3() for n in names)
    return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }}"


def scheme(iri: str) -> str:
    """Return the query for a list of concepts: the list and everything said of its concepts in the same graph."""
    node = iri_term(iri).n3()
    own, concepts = f"VALUES ?s {{ {node} }} ?s ?p ?o", f"GRAPH ?g {{ ?s skos:inScheme {node} ; ?p ?o }}"
    return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ {own} }} UNION {{ {concepts} }} }}"


def answer(edition: Edition, query: str, media_type: str) -> Response | None:
    """Return the answer of a CONSTRUCT query of ours; `None` if it has no statements."""
    found = edition.construct(query, media_type)
    if not found.rows:
        return None
    charset = "" if media_type.startswith("application/") else "; charset=utf-8"
    response = Response(found.body, content_type=media_type + charset)
    if found.truncated:
        response.headers["X-Result-Truncated"] = "true"
    return response
