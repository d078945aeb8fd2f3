"""What every answer carries: security headers, CORS on data, validators, compression, and answers to OPTIONS."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

from flask import Flask, Response, current_app, g, request

from query_ui import asked
from query_ui.edition import Edition

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, Retry-After, ETag, X-Result-Truncated",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_DATA = (
    "/id/", "/data", "/ns", "/shapes", "/tab", "/scheme", "/source", "/graph/", "/sparql", "/dataset", "/.well-known/", "/downloads",
    "/suggest", "/openapi.json", "/limits.json", "/health", "/reconcile",
)  # fmt: skip
_COMPRESSIBLE = ("text/", "application/json", "application/ld+json", "application/rdf+xml", "application/sparql-results", "application/n-",
                 "application/problem+json", "image/svg+xml")  # fmt: skip
_FILE = re.compile(
    r"/(?:questions/[^/]+|explore/[^/]+|compare|curriculum|alignments(?:/list|/[^/]+/[^/]+)?)\.(?:csv|tsv|json|xlsx|ttl|rq|svg|png)"
)
"""Answers as files."""
_FRAMED = re.compile(r"/reconcile(?:/[a-z]{2})?/preview/?")
"""What others may show in a frame; it runs nothing and leads nowhere."""
_IN_FRAMES = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
_WORTH_COMPRESSING = 1_000
_FRESH = ("/health",)
_SQUEEZED: dict[tuple[str, str], bytes] = {}
"""Static files as they are sent compressed, by path and validator."""
_VARY = ("Accept", "Accept-Encoding", "Accept-Language", "Cookie")


def is_data(path: str) -> bool:
    """Whether programs of other sites may read an address (CORS)."""
    return path.startswith(_DATA) or _FILE.fullmatch(path) is not None


def install(app: Flask) -> None:
    """Register the handlers; `code` is a mark of templates and code, so that a new page is not taken for an old one."""
    code = code_mark(Path(app.root_path))

    @app.before_request
    def before() -> Response | None:
        if request.method == "OPTIONS" and request.url_rule is not None:
            allowed = sorted(request.url_rule.methods or ())
            return Response(status=204, headers={"Allow": ", ".join(allowed)})
        tag = _tag(code)
        if tag and request.if_none_match.contains(tag):
            return Response(status=304, headers={"ETag": f'"{tag}"', "Vary": ", ".join(_VARY)})
        return None

    @app.after_request
    def after(response: Response) -> Response:
        response.headers.update(SECURITY)
        if _FRAMED.fullmatch(request.path):
            response.headers["Content-Security-Policy"] = _IN_FRAMES
            del response.headers["X-Frame-Options"]
        data = is_data(request.path)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if data else "same-origin"
        if data:
            response.headers.update(CORS)
            if request.method == "OPTIONS":
                response.headers.update(PREFLIGHT)
        if request.path.startswith("/static/"):
            return _static(response)
        tag = _tag(code)
        if response.status_code == 200 and tag and not response.headers.get("ETag"):
            response.headers["ETag"] = f'"{tag}"'
        response.headers.setdefault("Cache-Control", "no-cache" if tag and response.status_code < 400 else "no-store")
        response.vary.update(_VARY)
        asked.remember(response)
        return _compressed(response)


def code_mark(folder: Path) -> str:
    """Return a hash of names, sizes and times of the page's own files."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".html", ".css", ".js", ".rq", ".po", ".json", ".yaml"):
            stat = path.stat()
            digest.update(f"{path.relative_to(folder)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _tag(code: str) -> str:
    """The validator that an answer to this request has: made from the release and the request, not from the answer.

    So a client that has the answer costs no query. Empty where the data may change without notice.
    """
    edition: Edition | None = g.get("edition")
    if request.method not in ("GET", "HEAD") or request.path.startswith(_FRESH) or edition is None or not edition.mark:
        return ""
    site = current_app.config["SITE"]
    spoken = (asked.interface(), asked.language())
    parts = (code, site, edition.mark, request.full_path, request.headers.get("Accept", ""), str(_takes_gzip()), *spoken)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _takes_gzip() -> bool:
    return request.accept_encodings.quality("gzip") > 0


def _static(response: Response) -> Response:
    """Compress a file of ours that is text: once, because its address changes with its content."""
    mark = response.get_etag()[0]
    if response.status_code != 200 or not mark or not _takes_gzip() or not (response.mimetype or "").startswith(_COMPRESSIBLE):
        return response
    key = request.path, mark
    if key not in _SQUEEZED:
        response.direct_passthrough = False
        _SQUEEZED[key] = gzip.compress(response.get_data(), compresslevel=9, mtime=0)
    response.close()  # the file itself
    response.set_data(_SQUEEZED[key])
    response.direct_passthrough = False
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def _compressed(response: Response) -> Response:
    """Compress a whole answer that is worth it; files that are sent in pieces stay as they are."""
    mimetype = response.mimetype or ""
    if (
        response.direct_passthrough
        or response.status_code in (204, 304)
        or response.headers.get("Content-Encoding")
        or not _takes_gzip()
        or not mimetype.startswith(_COMPRESSIBLE)
    ):
        return response
    body = response.get_data()
    if len(body) >= _WORTH_COMPRESSING:
        response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
