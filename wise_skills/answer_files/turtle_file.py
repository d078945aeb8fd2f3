"""The answer as Turtle: where it comes from, its rows, and what the graph says of everything in them.

Three parts, so that the file is of use without a second question:

1. the answer itself (`prov:Entity`, `dcat:Dataset`): title, sentence, licence, citation, of which data it was made;
2. its rows as the W3C's “Generating RDF from Tabular Data on the Web” makes them in its minimal mode: one subject a
   row, one property a column (`…/questions/<name>#<column>`, with label), so that counted figures are not lost;
3. the statements of the graph about the things in the answer and the claims behind its rows, with evidence, sources
   and the rows of the tables that say so; of things of others (ESCO, NACE, countries) their names, codes and types.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyoxigraph as ox

from wise_skills.answer_files.about import About
from wise_skills.answer_files.cells import split_sources
from wise_skills.engines import Engine
from wise_skills.names import BASE, DCT, NOTATION, PREF_LABEL, PREFIXES, RDF_TYPE, RDFS, XSD, Names
from wise_skills.questions import Result
from wise_skills.questions.behind import of_rows
from wise_skills.questions.model import LABEL_SUFFIX
from wise_skills.terms import Term

_PROV, _DCAT, _CSVW = "http://www.w3.org/ns/prov#", "http://www.w3.org/ns/dcat#", "http://www.w3.org/ns/csvw#"
_MOST, _BATCH, _ROWS = 20_000, 2_000, 200_000
_N_TRIPLES = "application/n-triples"


def to_turtle(engine: Engine, result: Result, about: About, base: str = BASE) -> bytes:
    """Return the answer as Turtle.

    Parameters
    ----------
    engine, result:
        The answer, and the graph that gave it.
    about:
        Where it comes from; its address is the subject of the answer.
    base:
        The base of the project's IRIs in this graph.

    Raises
    ------
    QueryError
        When the graph cannot be asked.
    """
    names = Names(base)
    triples = dict.fromkeys(_answer(result, about, names))
    triples.update(dict.fromkeys(_rows(result, about)))
    triples.update(dict.fromkeys(_statements(engine, result, names)))
    out = io.BytesIO()
    prefixes = {prefix: names.rebase(iri) for prefix, iri in PREFIXES.items()}
    prefixes |= {"prov": _PROV, "dcat": _DCAT, "csvw": _CSVW, "column": _columns(about)}
    ox.serialize(triples, out, ox.RdfFormat.TURTLE, prefixes=prefixes)
    return out.getvalue()


def _columns(about: About) -> str:
    return about.address.partition("?")[0] + "#"


def _answer(result: Result, about: About, names: Names) -> Iterator[ox.Triple]:
    spoken, question = result.question.spoken, result.question
    subject = ox.NamedNode(about.address)

    def says(predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
        return ox.Triple(subject, ox.NamedNode(predicate), value)

    yield says(RDF_TYPE, ox.NamedNode(_PROV + "Entity"))
    yield says(RDF_TYPE, ox.NamedNode(_DCAT + "Dataset"))
    yield says(DCT + "title", ox.Literal(question.title, language=spoken))
    yield says(DCT + "description", ox.Literal(result.sentence, language=spoken))
    yield says(DCT + "license", ox.NamedNode(about.licence))
    yield says(DCT + "bibliographicCitation", ox.Literal(about.citation))
    yield says(DCT + "hasVersion", ox.Literal(about.version))
    yield says(_PROV + "wasDerivedFrom", ox.NamedNode(names.base + "dataset"))
    for name in result.columns:
        column, node = question.columns[name], ox.NamedNode(_columns(about) + name)
        label = f"{column.label} ({column.unit})" if column.unit else column.label
        yield ox.Triple(node, ox.NamedNode(RDFS + "label"), ox.Literal(label, language=spoken))


def _rows(result: Result, about: About) -> Iterator[ox.Triple]:
    answer = ox.NamedNode(about.address)
    for number, row in enumerate(result.table.dicts(), start=1):
        subject = ox.NamedNode(f"{about.address}#row={number}")
        yield ox.Triple(answer, ox.NamedNode(_CSVW + "row"), subject)
        yield ox.Triple(subject, ox.NamedNode(_CSVW + "rownum"), ox.Literal(str(number), datatype=ox.NamedNode(XSD + "integer")))
        for name in result.columns:
            term = row[name]
            if term is None:
                continue
            node = ox.NamedNode(_columns(about) + name)
            if result.question.columns[name].kind == "sources":
                yield from (ox.Triple(subject, node, _node(Term("iri", address))) for address in split_sources(term))
            else:
                yield ox.Triple(subject, node, _node(term))


def _node(term: Term) -> ox.NamedNode | ox.Literal | ox.BlankNode:
    try:
        if term.kind == "iri":
            return ox.NamedNode(term.value)
    except ValueError:
        return ox.Literal(term.value)
    if term.kind == "bnode":
        return ox.BlankNode(term.value)
    return ox.Literal(term.value, language=term.language, datatype=None if term.datatype is None else ox.NamedNode(term.datatype))


def _statements(engine: Engine, result: Result, names: Names) -> Iterator[ox.Triple]:
    """What the graph says of the things of the answer, and of what its rows describe."""
    ours, others = dict[Term, None](), dict[Term, None]()
    rows = [term for name in result.columns if result.question.columns[name].kind == "row" for term in result.table.column(name) if term]
    for claim in of_rows(engine, rows, names):
        ours[claim] = None
    for name in result.table.variables:
        if not name.endswith(LABEL_SUFFIX):
            for term in result.table.column(name):
                if term is not None and term.kind == "iri":
                    (ours if term.value.startswith(names.base) else others)[term] = None
    yield from _asked(engine, list(ours)[:_MOST], "?s ?p ?o")
    kept = f"?s ?p ?o . FILTER (?p IN (<{PREF_LABEL}>, <{NOTATION}>, <{RDF_TYPE}>, <{DCT}title>))"
    spoken = ", ".join(f'"{tag}"' for tag in dict.fromkeys(("en", result.language)))
    yield from _asked(engine, list(others)[:_MOST], f'{kept} FILTER (!isLITERAL(?o) || LANG(?o) IN ("", {spoken}))')


def _asked(engine: Engine, subjects: list[Term], pattern: str) -> Iterable[ox.Triple]:
    limits = replace(engine.limits, query_chars=1_000_000, rows=_ROWS)
    for start in range(0, len(subjects), _BATCH):
        values = " ".join(term.n3() for term in subjects[start : start + _BATCH])
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {values} }} {pattern} }}"
        answer = engine.answer(query, media_type=_N_TRIPLES, limits=limits)
        for quad in ox.parse(answer.body, ox.RdfFormat.N_TRIPLES):
            yield quad.triple
