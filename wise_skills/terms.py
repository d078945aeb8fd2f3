"""Terms and tables: what a SELECT query gives back, and how values enter a query.

A `Term` is an IRI, a literal or a blank node. `Term.n3` is the only way in which a value becomes part of a
query text: pyoxigraph checks the IRI or language tag and escapes the rest, so no value can end the string it
stands in.

Clauses: SPARQL 1.1 Query Results JSON Format §3 (parsing), SPARQL 1.1 Query Language §4.1 (syntax of terms).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Literal, NamedTuple

import pyoxigraph as ox

from wise_skills.engines import SELECT_TYPES, formats
from wise_skills.errors import InputError, NotAcceptable
from wise_skills.names import XSD

XSD_STRING = XSD + "string"
XSD_BOOLEAN = XSD + "boolean"
_INTEGERS = (XSD + "integer", XSD + "int", XSD + "long", XSD + "nonNegativeInteger", XSD + "positiveInteger")
_FLOATS = (XSD + "double", XSD + "float")

TermKind = Literal["iri", "literal", "bnode"]


class Term(NamedTuple):
    """An RDF term. `datatype` is None for plain and for language-tagged texts; `str(term)` is its value."""

    kind: TermKind
    value: str
    language: str | None = None
    datatype: str | None = None

    def __str__(self) -> str:
        """Return the value."""
        return self.value

    def n3(self) -> str:
        r"""Return the term in SPARQL and N-Triples syntax.

        >>> print(text('say "hi"', "en").n3())
        "say \"hi\""@en

        Raises `InputError` for a value that is no valid IRI, language tag or blank node label.
        """
        return str(_native(self))

    def python(self) -> bool | int | float | Decimal | str:
        """Return a number or truth value where the datatype names one and the value fits, else the text."""
        try:
            if self.datatype in _INTEGERS:
                return int(self.value)
            if self.datatype == XSD + "decimal":
                return Decimal(self.value)
            if self.datatype in _FLOATS:
                return float(self.value)
        except (ValueError, InvalidOperation):
            return self.value
        if self.datatype == XSD_BOOLEAN and self.value in ("true", "1", "false", "0"):
            return self.value in ("true", "1")
        return self.value


def iri(value: str) -> Term:
    """Return the term of an absolute IRI; raises `InputError` if it is none."""
    term = Term("iri", value)
    _native(term)
    return term


def text(value: str, language: str | None = None) -> Term:
    """Return the term of a text, in a language or plain; raises `InputError` for a bad language tag."""
    term = Term("literal", value, language)
    _native(term)
    return term


def typed(value: str, datatype: str) -> Term:
    """Return the term of a typed literal; raises `InputError` if the datatype is no IRI."""
    if datatype == XSD_STRING:
        return text(value)
    term = Term("literal", value, None, datatype)
    _native(term)
    return term


def from_native(value: ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple) -> Term:
    """Return the term of a pyoxigraph term; a triple term (RDF 1.2) becomes its text."""
    if isinstance(value, ox.NamedNode):
        return Term("iri", value.value)
    if isinstance(value, ox.BlankNode):
        return Term("bnode", value.value)
    if isinstance(value, ox.Triple):
        return Term("literal", f"<<( {value} )>>")
    plain = value.language or value.datatype.value == XSD_STRING
    return Term("literal", value.value, value.language, None if plain else value.datatype.value)


def _native(term: Term) -> ox.NamedNode | ox.Literal | ox.BlankNode:
    try:
        if term.kind == "iri":
            return ox.NamedNode(term.value)
        if term.kind == "bnode":
            return ox.BlankNode(term.value)
        datatype = None if term.datatype is None else ox.NamedNode(term.datatype)
        return ox.Literal(term.value, language=term.language, datatype=datatype)
    except (ValueError, UnicodeEncodeError) as error:
        shown = term.value.encode("utf-8", "replace").decode()
        raise InputError(f"“{shown}” cannot be written in a query: {error}.") from None


@dataclass(frozen=True)
class Table:
    """The rows of a SELECT query; a cell is None where its variable is unbound."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    truncated: bool = False

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Term | None, ...]]:
        """Iterate over the rows."""
        return iter(self.rows)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.variables)}

    def dicts(self) -> list[dict[str, Term | None]]:
        """Return each row as variable → term."""
        return [dict(zip(self.variables, row, strict=True)) for row in self.rows]

    def column(self, name: str) -> list[Term | None]:
        """Return the cells of one variable; empty cells where the table has no such variable."""
        index = self._index.get(name)
        return [None if index is None else row[index] for row in self.rows]

    @classmethod
    def from_json(cls, body: bytes | str, *, truncated: bool = False) -> Table:
        """Read SPARQL 1.1 JSON results. Raises `ValueError` or `KeyError` if they are none."""
        return cls.from_document(json.loads(body), truncated=truncated)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], *, truncated: bool = False) -> Table:
        """Read SPARQL 1.1 JSON results that are parsed already. Raises `KeyError` if they are something else."""
        variables = tuple(document["head"].get("vars", ()))
        rows = tuple(
            tuple(_from_json(binding[name]) if name in binding else None for name in variables)
            for binding in document["results"]["bindings"]
        )
        return cls(variables, rows, truncated)

    def to_json(self) -> bytes:
        """Return SPARQL 1.1 JSON results."""
        bindings = [{name: _to_json(term) for name, term in zip(self.variables, row, strict=True) if term is not None} for row in self.rows]
        document = {"head": {"vars": self.variables}, "results": {"bindings": bindings}}
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

    def to(self, media_type: str) -> bytes:
        """Return the table in one of `engines.SELECT_TYPES`; raises `NotAcceptable` for another."""
        if media_type not in SELECT_TYPES:
            raise NotAcceptable("select", media_type, SELECT_TYPES)
        return formats.results(self.to_json(), SELECT_TYPES[0], media_type)

    def to_xml(self) -> bytes:
        """Return SPARQL XML results."""
        return self.to(SELECT_TYPES[1])

    def to_csv(self) -> bytes:
        """Return SPARQL CSV results: values only, exact, not guarded against spreadsheet formulas."""
        return self.to(SELECT_TYPES[2])

    def to_tsv(self) -> bytes:
        """Return SPARQL TSV results: terms in Turtle syntax, nothing lost."""
        return self.to(SELECT_TYPES[3])


def _from_json(value: Mapping[str, Any]) -> Term:
    kind = value["type"]
    if kind == "uri":
        return Term("iri", value["value"])
    if kind == "bnode":
        return Term("bnode", value["value"])
    if kind == "triple":
        parts = (_from_json(value["value"][part]).n3() for part in ("subject", "predicate", "object"))
        return Term("literal", f"<<( {' '.join(parts)} )>>")
    # `typed-literal` is what older endpoints (Virtuoso) still send.
    datatype = value.get("datatype")
    return Term("literal", value["value"], value.get("xml:lang"), None if datatype == XSD_STRING else datatype)


def _to_json(term: Term) -> dict[str, str]:
    kind = "uri" if term.kind == "iri" else term.kind
    result = {"type": kind, "value": term.value}
    if term.language:
        result["xml:lang"] = term.language
    elif term.datatype:
        result["datatype"] = term.datatype
    return result
