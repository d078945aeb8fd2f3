"""Terms and tables: whatever a value holds, it comes back as it went in, and ends no query."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wise_skills.engines import SELECT_TYPES, Limits
from wise_skills.engines.guard import check
from wise_skills.errors import InputError, NotAcceptable
from wise_skills.names import XSD
from wise_skills.terms import Table, Term, from_native, iri, text, typed

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TAGS = st.sampled_from(["en", "fr", "el", "en-gb", "zh-hant"])
IRIS = st.sampled_from(["http://example.org/a", "urn:x:y", "http://example.org/é#ü", "javascript:alert(1)", "https://w3id.org/a?b=c&d"])
LITERALS = st.one_of(
    st.builds(text, ANY_TEXT),
    st.builds(text, ANY_TEXT, TAGS),
    st.builds(typed, ANY_TEXT, st.sampled_from(["http://example.org/type", XSD + "date"])),
)
_LONG = Limits(query_chars=1_000_000)
TERMS = st.one_of(LITERALS, st.builds(iri, IRIS))


@given(TERMS)
def test_a_value_survives_a_query(term: Term) -> None:
    query = f"SELECT ?x {{ VALUES ?x {{ {term.n3()} }} }}"
    solutions = ox.Store().query(check(query, limits=_LONG).text)
    assert isinstance(solutions, ox.QuerySolutions)
    assert [from_native(row["x"]) for row in solutions] == [term]


@given(ANY_TEXT)
def test_no_text_ends_its_string(value: str) -> None:
    """The query keeps its shape: one block of values, one value, nothing after it."""
    query = f"SELECT ?x {{ VALUES ?x {{ {text(value).n3()} }} }}"
    solutions = ox.Store().query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    assert len(list(solutions)) == 1


@given(st.text())
def test_bad_iris_are_refused_or_harmless(value: str) -> None:
    try:
        written = iri(value).n3()
    except InputError:
        return
    assert not set(value) & set('<>"{}|^`\\ \n\r\t')
    assert written == f"<{value}>"


@pytest.mark.parametrize("tag", ["", "e n", 'en" ', "é", "en_GB", "-"])
def test_bad_language_tags_are_refused(tag: str) -> None:
    with pytest.raises(InputError, match="cannot be written in a query"):
        Term("literal", "x", tag).n3()


def test_half_characters_are_refused() -> None:
    with pytest.raises(InputError):
        text("\ud800")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True))
    cell = st.one_of(st.none(), TERMS, st.sampled_from([Term("bnode", "b0"), Term("bnode", "x1")]))
    rows = draw(st.lists(st.tuples(*[cell for _ in names]), max_size=5))
    return Table(tuple(names), tuple(rows))


@given(tables())
def test_json_keeps_everything(table: Table) -> None:
    assert Table.from_json(table.to_json()) == table


@given(tables())
def test_json_is_what_pyoxigraph_reads(table: Table) -> None:
    found = ox.parse_query_results(table.to_json(), format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    rows = tuple(tuple(None if value is None else from_native(value) for value in row) for row in found)
    assert rows == table.rows


@given(tables())
def test_other_formats_hold_the_same_rows(table: Table) -> None:
    for media_type in (SELECT_TYPES[1], SELECT_TYPES[3]):
        form = ox.QueryResultsFormat.from_media_type(media_type)
        assert form is not None
        if media_type == SELECT_TYPES[1] and not all(_fits_xml(cell) for row in table for cell in row):
            continue
        found = ox.parse_query_results(table.to(media_type), format=form)
        assert isinstance(found, ox.QuerySolutions)
        assert len(list(found)) == len(table)


def _fits_xml(cell: Term | None) -> bool:
    # XML 1.0 has no way to write these characters.
    return cell is None or all(c in "\t\n\r" or " " <= c not in "\ufffe\uffff" for c in cell.value)


def test_csv_is_the_standard_one() -> None:
    """SPARQL 1.1 CSV: header without ?, raw values, unbound cells empty, CRLF."""
    table = Table(("s", "l"), ((iri("http://a/b"), text('say "hi", é', "en")), (None, typed("1", XSD + "integer"))))
    assert table.to_csv() == 's,l\r\nhttp://a/b,"say ""hi"", é"\r\n,1\r\n'.encode()
    rows = list(csv.reader(io.StringIO(table.to_csv().decode(), newline="")))
    assert rows[1] == ["http://a/b", 'say "hi", é']


def test_tsv_is_the_standard_one() -> None:
    table = Table(("s", "l"), ((iri("http://a/b"), text("é\t", "en")),))
    assert table.to_tsv() == '?s\t?l\n<http://a/b>\t"é\\t"@en\n'.encode()


def test_tables_read_what_old_endpoints_send() -> None:
    document = {
        "head": {"vars": ["a", "b"], "link": []},
        "results": {
            "distinct": False,
            "bindings": [
                {"a": {"type": "typed-literal", "value": "1", "datatype": XSD + "integer"}, "b": {"type": "bnode", "value": "n1"}}
            ],
        },
    }
    table = Table.from_json(json.dumps(document))
    assert table.rows == ((Term("literal", "1", None, XSD + "integer"), Term("bnode", "n1")),)


def test_tables_can_be_walked() -> None:
    table = Table(("a", "b"), ((text("x"), None), (text("y"), text("z"))), truncated=True)
    assert len(table) == 2
    assert table.dicts() == [{"a": text("x"), "b": None}, {"a": text("y"), "b": text("z")}]
    assert [str(cell) for cell in table.column("a")] == ["x", "y"]
    assert table.column("none") == [None, None]
    assert next(iter(table))[0] == text("x")


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (typed("5", XSD + "integer"), 5),
        (typed("1.50", XSD + "decimal"), Decimal("1.50")),
        (typed("1e3", XSD + "double"), 1000.0),
        (typed("true", XSD + "boolean"), True),
        (typed("0", XSD + "boolean"), False),
        (typed("many", XSD + "integer"), "many"),
        (typed("2013", XSD + "gYear"), "2013"),
        (text("5"), "5"),
        (iri("http://a/"), "http://a/"),
    ],
)
def test_numbers_become_numbers(term: Term, value: object) -> None:
    assert term.python() == value
    assert type(term.python()) is type(value)


def test_triple_terms_become_their_text() -> None:
    found = ox.Store().query("SELECT ?t { BIND(<<( <a:b> <a:c> 1 )>> AS ?t) }")
    assert isinstance(found, ox.QuerySolutions)
    body = found.serialize(format=ox.QueryResultsFormat.JSON)
    assert body is not None
    ((term,),) = Table.from_json(body)
    assert term is not None
    assert term.value == '<<( <a:b> <a:c> "1"^^<http://www.w3.org/2001/XMLSchema#integer> )>>'


def test_tables_have_no_other_formats() -> None:
    with pytest.raises(NotAcceptable, match="Ask for application/sparql-results"):
        Table(("a",), ()).to("text/turtle")


def test_csv_quotes_addresses():
    """RFC 4180: an IRI that holds a comma is one cell."""
    address = "https://a.example/p?x=1,2"
    table = Table(("a", "b"), ((iri(address), text('say "hi", twice')),))
    assert list(csv.reader(io.StringIO(table.to_csv().decode(), newline=""))) == [["a", "b"], [address, 'say "hi", twice']]
