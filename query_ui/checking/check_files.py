"""What can be taken along from a check: the record, SARIF, the marked workbook; in the page itself, because nothing is kept."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SARIF = "application/sarif+json"
MARKED_LIMIT = 1_500_000  # Chromium takes addresses of 2 MB, and base64 is a third longer than what it stands for
_GZIP = "application/gzip"


class File(NamedTuple):
    """A file in the page: what the link says, its name, and the address that holds its content."""

    title: str
    name: str
    address: str


def data_address(content: bytes, media: str) -> str:
    """Return an address that holds the content itself (RFC 2397)."""
    return f"data:{media};base64,{base64.b64encode(content).decode()}"


def in_page(found: Mapping[str, Any], stem: str) -> list[File]:
    """Return the files of a check: compressed where they would be too long for an address, left out where even that is."""
    files = []
    for title, name, media, content in (
        ("JSON", f"{stem}.json", "application/json", record_of(found).encode()),
        ("SARIF", f"{stem}.sarif", SARIF, sarif_of(found).encode()),
    ):
        if len(content) > MARKED_LIMIT:
            title, name, media, content = f"{title} (gzip)", f"{name}.gz", _GZIP, gzip.compress(content, 6, mtime=0)
        if len(content) <= MARKED_LIMIT:
            files.append(File(title, name, data_address(content, media)))
    return files


def record_of(found: Mapping[str, Any]) -> str:
    """Return what `wise check --format json` prints."""
    return json.dumps({"conforms": found["conforms"], "findings": found["findings"]}, ensure_ascii=False, indent=1)


def sarif_of(found: Mapping[str, Any]) -> str:
    """Return the findings of a check as a SARIF log."""
    from wise_skills.reports import sarif  # with it comes rdflib, for which no other page has to wait

    return json.dumps(sarif(found["findings"]), ensure_ascii=False, indent=1)


def attachment(content: bytes, media: str, name: str) -> Response:
    """Return a file to be saved under a name, which may hold any letters (RFC 6266)."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    headers = {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, headers=headers, content_type=media)
