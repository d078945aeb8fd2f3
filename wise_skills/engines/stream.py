"""Reads an endpoint's answer while it comes, so that it can be cut at the limits.

Clause: SPARQL 1.1 Query Results JSON Format §3.
"""

from __future__ import annotations

import codecs
import json
import re
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any

from wise_skills.terms import Table

_CHUNK = 1 << 16
_BINDINGS = re.compile(r'"bindings"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


class TooMuch(Exception):
    """The answer passed the limit of bytes."""


def chunks(response: HTTPResponse, deadline: float, size: int) -> Iterator[bytes]:
    """Yield the body; raises `TimeoutError` after the deadline (`time.monotonic`), `TooMuch` after `size` bytes."""
    total = 0
    while chunk := response.read1(_CHUNK):
        total += len(chunk)
        if total > size:
            raise TooMuch
        if time.monotonic() > deadline:
            raise TimeoutError
        yield chunk


def read_table(parts: Iterator[bytes], rows: int) -> Table:
    """Return the table of SPARQL JSON results, with `truncated` if there are more than so many rows.

    Reads no further than needed. Raises `ValueError` if the text breaks off or is no JSON, `KeyError` if it is
    other JSON.
    """
    found = _Bindings(parts)
    kept: list[Any] = []
    for binding in found:
        if len(kept) == rows:
            return _table(found.head(), kept, truncated=True)
        kept.append(binding)
    return _table(found.head(), kept, truncated=False)


class _Bindings:
    """Iterates over the elements of the array `bindings` in a text that is still coming."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._text = ""
        self._before = ""

    def head(self) -> dict[str, Any]:
        """Return `head`, which all known engines send before the rows."""
        return dict(json.loads(f"{self._before}]}}}}")["head"])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while not (match := _BINDINGS.search(self._text)):
            if not self._more():
                json.loads(self._text)["results"]["bindings"]  # says what it is instead
                return
        self._before, self._text = self._text[: match.end()], self._text[match.end() :]
        decoder, place = json.JSONDecoder(), 0
        while True:
            gap = _BETWEEN.match(self._text, place)
            place = gap.end() if gap else place
            if self._text.startswith("]", place):
                self._finish(place + 1)
                return
            try:
                binding, place = decoder.raw_decode(self._text, place)
            except ValueError:
                self._text, place = self._text[place:], 0
                if not self._more():
                    raise
                continue
            yield binding

    def _finish(self, place: int) -> None:
        while self._more():
            pass
        # What follows the rows must close the document: an endpoint that was cut off sends something else.
        json.loads(self._before + "]" + self._text[place:])

    def _more(self) -> bool:
        part = next(self._parts, None)
        self._text += self._decode(part or b"", final=part is None)
        return part is not None


def _table(head: dict[str, Any], bindings: list[Any], *, truncated: bool) -> Table:
    document = {"head": head, "results": {"bindings": bindings}}
    return Table.from_document(document, truncated=truncated)
