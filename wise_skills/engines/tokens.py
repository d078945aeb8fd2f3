"""The tokens of a SPARQL query, cut so that no reading of the text can hide one.

Oxigraph reads without a separate tokenizer: keywords need no blank around them (`5SERVICE<…>`), and a `<`
opens an IRI or is "less than" depending on what stands before. A text may therefore have two readings, of
which a careless check sees the harmless one: in `FILTER(?a<?b)SERVICE#>` the part from `<` to `>` looks like
an IRI and is not. So: every bare word must be a word of SPARQL, every character must belong to a token, and an
IRI that could also be read as operators is refused unless that reading is harmless or a syntax error.

Clauses: SPARQL 1.1 Query Language §19.2 (codepoint escapes), §19.4 (comments), §19.8 (terminals).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from wise_skills.errors import QueryRefused, QuerySyntaxError

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_START = _BASE + "_"
_VAR = _START + "0-9\u00b7\u0300-\u036f\u203f\u2040"
_PART = _VAR + r"\-"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"

# The lengths of prefixes are bounded, so that a hostile text cannot make the search quadratic.
_TOKEN = re.compile(
    rf"""
      (?P<blank>   [ \t\r\n]+)
    | (?P<comment> \#[^\r\n]*)
    | (?P<iri>     <(?:[^\x00-\x20<>"{{}}|^`\\]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*>)
    | (?P<string>  \"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*+'''
                 | "(?:[^"\\\n\r]|\\.)*+" | '(?:[^'\\\n\r]|\\.)*+')
    | (?P<var>     [?$][{_START}0-9][{_VAR}]*+)
    | (?P<bnode>   _:[{_START}0-9](?:[{_PART}]|\.+(?=[{_PART}]))*+)
    | (?P<pname>   (?:[{_BASE}](?:[{_PART}]|\.+(?=[{_PART}])){{0,60}})?:
                   (?:(?:[{_START}:0-9]|{_PLX})(?:[{_PART}:]|{_PLX}|\.+(?=[{_PART}:%\\]))*+)?)
    | (?P<tag>     @[A-Za-z]+(?:-[A-Za-z0-9]+)*+(?:--(?:ltr|rtl))?)
    | (?P<number>  (?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<word>    [A-Za-z_][A-Za-z0-9_]*+)
    | (?P<mark>    [{{}}()\[\].,;*/|^!=<>+\-?&~])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_HIDING = re.compile(r"['#]|service|from", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYWORDS = _words(
    """base prefix version select distinct reduced construct describe ask from named where group by having
    order asc desc limit offset values undef optional graph union minus filter bind as service silent a in
    separator"""
)
FUNCTIONS = _words(
    """str lang langmatches langdir haslang haslangdir datatype bound iri uri bnode rand abs ceil floor round
    concat strlen ucase lcase encode_for_uri contains strstarts strends strbefore strafter year month day
    hours minutes seconds timezone tz now uuid struuid md5 sha1 sha256 sha384 sha512 coalesce if strlang
    strlangdir strdt sameterm isiri isuri isblank isliteral isnumeric regex substr replace triple subject
    predicate object istriple"""
)
UPDATES = _words("insert delete load clear drop create copy move add with using into to data default all")
_AGGREGATES = _words("count sum min max avg sample group_concat true false not exists")
_ALL = KEYWORDS | _AGGREGATES | FUNCTIONS | UPDATES

# Read as operators, what follows the `<` must begin an expression. `<http://…` does not go on as one, because
# nothing can be divided by a second slash, and `<ns#Form>` does not begin as one: `ns` is no function.
_EXPRESSION = re.compile(
    r"<=?(?:[?$!(+\-'#:_0-9]|\.[0-9]|(?:[\w.\-]|[^\x00-\x7f])*:(?!//)|" + "|".join(sorted(FUNCTIONS | _AGGREGATES)) + ")",
    re.IGNORECASE,
)


class Token(NamedTuple):
    """A token: `kind` is iri, string, var, bnode, pname, tag, number, word or mark; words are in lower case."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Return the offset after the token."""
        return self.start + len(self.text)


def position(text: str, offset: int) -> tuple[int, int]:
    r"""Return line and column of an offset, counted from 1.

    >>> position("ab\ncd", 4)
    (2, 2)
    """
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, without blanks and comments.

    Raises `QuerySyntaxError` for what no reading of SPARQL allows, `QueryRefused` for codepoint escapes of
    plain characters, which some engines decode before they read and ours after.
    """
    if surrogate := _SURROGATE.search(text):
        raise syntax_error(text, surrogate.start(), "half of a character stands here; the text is not Unicode")
    offset, length = 0, len(text)
    while offset < length:
        match = _TOKEN.match(text, offset)
        if match is None:
            raise _unreadable(text, offset)
        kind, offset = match.lastgroup or "", match.end()
        if kind in ("blank", "comment"):
            continue
        token = Token(kind, match.group(), match.start())
        if kind == "word":
            token = token._replace(text=_word(text, token))
        elif kind == "iri":
            _check_iri(text, token)
        if kind in ("iri", "string"):
            _check_escapes(text, token)
        yield token


def without_comments(text: str) -> str:
    """Return the query with its comments blanked out; every other character keeps its place."""
    return _TOKEN.sub(lambda m: " " * len(m[0]) if m.lastgroup == "comment" else m[0], text)


def syntax_error(text: str, offset: int, problem: str) -> QuerySyntaxError:
    """Return the error for a place in the text."""
    line, column = position(text, offset)
    return QuerySyntaxError(problem, line=line, column=column)


def _unreadable(text: str, offset: int) -> QuerySyntaxError:
    character = text[offset]
    if character in "\"'":
        return syntax_error(text, offset, f"the text that begins here with {character} is never closed")
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return syntax_error(text, offset, f"the character {shown} has no meaning here")


def _word(text: str, token: Token) -> str:
    word = token.text.lower()
    if word in _ALL:
        return word
    nearest = get_close_matches(word, sorted(KEYWORDS | FUNCTIONS), n=1)
    advice = f"; did you mean {nearest[0].upper()}?" if nearest else ""
    raise syntax_error(text, token.start, f"“{token.text}” is no word of SPARQL{advice}")


def _check_iri(text: str, token: Token) -> None:
    if _HIDING.search(token.text) and _EXPRESSION.match(token.text):
        raise syntax_error(text, token.start, f"{token.text} can be read in two ways; write the address in full, with https://")


def _check_escapes(text: str, token: Token) -> None:
    for match in _ESCAPE.finditer(token.text):
        code = int(match[1] or match[2] or "0", 16)
        if 0x20 <= code < 0x7F or code in (0x0A, 0x0D):
            line, column = position(text, token.start + match.start())
            raise QueryRefused(
                f"The escape {match[0]} is not allowed here",
                f"Write the character itself: {chr(code)!r}",
                line=line,
                column=column,
            )
