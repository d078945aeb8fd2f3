"""What may be asked: every query text passes here before any engine sees it.

Refused, in plain words and with line and column: updates, SERVICE in any disguise, graphs outside the
release, texts that are too long or nested too deeply. No library runs the text for this, and rdflib's parser
is left out on purpose: it takes tens of milliseconds, is unsafe on its first use by several threads, and reads
another dialect than the engine that runs the query. What matters is what Oxigraph could see in a text, and
`tokens` is written against that. The engine's own parser then decides the syntax.
The second wall is that worker processes have no network (`worker`).

Clauses: SPARQL 1.1 Query Language §4.1.1 (prefixes), §13.2 (datasets); SPARQL 1.1 Protocol §2.1.4 (dataset).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, cast
from urllib.parse import urljoin

from wise_skills.engines import Kind, Limits
from wise_skills.engines.tokens import UPDATES, Token, position, syntax_error, tokens, without_comments
from wise_skills.errors import QueryRefused, QueryTooLong, UnknownGraph
from wise_skills.names import BASE, PREFIXES

_FORMS = ("select", "ask", "construct", "describe")
_CLOSING = {")": "(", "}": "{", "]": "["}


class Checked(NamedTuple):
    """A query that may be run: `text` without comments, its form, and the graphs of its FROM and FROM NAMED."""

    text: str
    kind: Kind
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def check(
    query: str,
    *,
    graphs: Collection[str] | None = None,
    limits: Limits | None = None,
    base_iri: str = BASE,
) -> Checked:
    """Check a query text; `graphs` are those that FROM may name, None for any.

    Raises `QueryTooLong`, `QueryRefused`, `UnknownGraph` or `QuerySyntaxError`.
    """
    limits = limits or Limits()
    if len(query) > limits.query_chars:
        raise QueryTooLong("characters", len(query), limits.query_chars)
    query = query.removeprefix("\ufeff")
    found = list(tokens(query))
    _check_words(query, found)
    _check_brackets(query, found, limits.depth)
    base, prefixes, start = _prologue(query, found, base_iri)
    _check_prefixes(query, found[start:], prefixes)
    kind = _form(query, found, start)
    default, named = _dataset(query, found[start:], base, prefixes, graphs)
    return Checked(without_comments(query), kind, default, named)


def check_graphs(asked: Sequence[str], graphs: Collection[str]) -> None:
    """Raise `UnknownGraph` if the dataset of a protocol request names a graph that is not there."""
    for graph in asked:
        if graph not in graphs:
            raise UnknownGraph(graph)


def _check_words(query: str, found: Sequence[Token]) -> None:
    for token in found:
        if token.kind != "word":
            continue
        line, column = position(query, token.start)
        if token.text == "service":
            raise QueryRefused(
                "SERVICE is not allowed here",
                "Only the data of this release are asked; ask the other endpoint in a query of its own",
                line=line,
                column=column,
            )
        if token.text in UPDATES:
            raise QueryRefused(
                f"{token.text.upper()} belongs to updates, which are not allowed here",
                "The data can be read only, with SELECT, ASK, CONSTRUCT or DESCRIBE",
                line=line,
                column=column,
            )


def _check_brackets(query: str, found: Sequence[Token], depth: int) -> None:
    opened: list[Token] = []
    for token in found:
        if token.text in ("(", "{", "["):
            opened.append(token)
            if len(opened) > depth:
                raise QueryTooLong("levels of brackets", len(opened), depth)
        elif token.text in _CLOSING:
            if not opened:
                raise syntax_error(query, token.start, f"{token.text} closes nothing")
            last = opened.pop()
            if last.text != _CLOSING[token.text]:
                line, column = position(query, last.start)
                problem = f"{token.text} does not close {last.text} of line {line}, column {column}"
                raise syntax_error(query, token.start, problem)
    if opened:
        raise syntax_error(query, opened[-1].start, f"{opened[-1].text} is never closed")


def _prologue(query: str, found: Sequence[Token], base: str) -> tuple[str, dict[str, str], int]:
    """Read BASE, PREFIX and VERSION; return the base, the prefixes and the index of the first other token."""
    prefixes: dict[str, str] = {}
    index = 0
    while index < len(found) and found[index].text in ("base", "prefix", "version"):
        rest = found[index + 1 : index + 3]
        match found[index].text, [token.kind for token in rest]:
            case "base", ["iri", *_]:
                base, index = urljoin(base, rest[0].text[1:-1]), index + 2
            case "prefix", ["pname", "iri"] if rest[0].text.endswith(":"):
                name = rest[0].text[:-1]
                # `SERVICE:x` is also SERVICE followed by `:x`.
                if name.lower().endswith(("service", "from", "named")):
                    raise syntax_error(query, rest[0].start, f"{name} cannot be a prefix here; choose another name")
                prefixes[name], index = urljoin(base, rest[1].text[1:-1]), index + 3
            case "version", ["string", *_]:
                index += 2
            case word, _:
                form = {"base": "BASE <https://…/>", "prefix": "PREFIX name: <https://…/>"}.get(word, "VERSION “1.1”")
                raise syntax_error(query, found[index].start, f"{word.upper()} is written {form}")
    return base, prefixes, index


def _check_prefixes(query: str, found: Sequence[Token], prefixes: dict[str, str]) -> None:
    for token in found:
        if token.kind == "pname" and (name := token.text.partition(":")[0]) not in prefixes:
            known = f"; add PREFIX {name}: <{PREFIXES[name]}> at the top" if name in PREFIXES else ""
            raise syntax_error(query, token.start, f"the prefix {name}: is not declared{known}")


def _form(query: str, found: Sequence[Token], start: int) -> Kind:
    if start < len(found) and found[start].text in _FORMS:
        return cast(Kind, found[start].text)
    offset = found[start].start if start < len(found) else len(query)
    raise syntax_error(query, offset, "after its prefixes, a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE")


def _dataset(
    query: str, found: Sequence[Token], base: str, prefixes: dict[str, str], graphs: Collection[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the graphs of FROM and of FROM NAMED.

    Engines get them as the dataset of the request, because pyoxigraph's union of all graphs beats FROM.
    """
    default: list[str] = []
    named: list[str] = []
    for index, token in enumerate(found):
        if token.kind != "word" or token.text != "from":
            continue
        is_named = [t.text for t in found[index + 1 : index + 2]] == ["named"]
        name = next(iter(found[index + 1 + is_named :]), None)
        if name is None or name.kind not in ("iri", "pname"):
            raise syntax_error(query, token.start, "FROM is followed by the address of a graph")
        graph = _resolve(name, base, prefixes)
        if graphs is not None and graph not in graphs:
            line, column = position(query, name.start)
            raise UnknownGraph(graph, line=line, column=column)
        (named if is_named else default).append(graph)
    return tuple(default), tuple(named)


def _resolve(name: Token, base: str, prefixes: dict[str, str]) -> str:
    if name.kind == "iri":
        return urljoin(base, name.text[1:-1])
    prefix, _, local = name.text.partition(":")
    return prefixes[prefix] + local.replace("\\", "")
