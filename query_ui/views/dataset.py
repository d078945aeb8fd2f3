"""`/dataset`, `/.well-known/void`, `/downloads/…`: the description of the data, and its files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, send_file
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from query_ui.edition import Edition
from query_ui.filters import edition
from query_ui.links import signpost, with_format
from query_ui.negotiation import HTML, JSON_LD, N_TRIPLES, RDF_ENDINGS, RDF_TYPES, RDF_XML, TURTLE
from query_ui.problems import Missing
from query_ui.views.home import totals
from query_ui.views.linked import wanted
from wise_skills.release import Release

blueprint = Blueprint("dataset", __name__)

# rdflib's names of the formats: the descriptions are made with it.
_WRITERS = {TURTLE: "turtle", N_TRIPLES: "nt11", JSON_LD: "json-ld", RDF_XML: "xml"}
_MEDIA = {
    ".nq": "application/n-quads",
    ".ttl": TURTLE,
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".gz": "application/gzip",
}
_TITLES = {
    "wise-skills.nq": "All statements, one named graph for each country and table",
    "wise-skills.ttl": "All statements in one graph",
    "dataset.ttl": "Description of the data (DCAT-AP, VoID)",
    "findings.json": "Warnings of the last check of the data",
    "release.json": "The release: inputs with checksums, counts, tools",
}


@blueprint.get("/dataset")
def dataset() -> Response:
    """Describe the data: to people, or as DCAT-AP and VoID."""
    served = edition()
    media = wanted(HTML, *RDF_TYPES)
    if media != HTML:
        return _description(served, media)
    alternates = {e: with_format("/dataset", e) for e in RDF_ENDINGS}
    text = render_template("dataset.html", files=files(served), totals=totals(served), citation=_citation(served), alternates=alternates)
    return signpost(make_response(text), iri=served.base + "dataset", alternates=alternates)


@blueprint.get("/.well-known/void")
def void() -> Response:
    """Give the same description where VoID says that it is found."""
    return _description(edition(), wanted(*RDF_TYPES))


@blueprint.get("/downloads/")
def downloads() -> str:
    """List the files with sizes and checksums."""
    served = edition()
    return render_template("downloads.html", files=files(served), citation=_citation(served))


@blueprint.get("/downloads/<name>")
def download(name: str) -> BaseResponse:
    """Send one of the files of the release; there are no others."""
    found = _published(edition()).get(name)
    if found is None:
        raise Missing(gettext("There is no file %(name)s among the downloads. /downloads/ lists them.", name=name))
    media = _MEDIA.get(Path(name).suffix, "application/octet-stream")
    if isinstance(found, bytes):
        response: BaseResponse = Response(found, content_type=media)
    else:
        response = send_file(found, mimetype=media, as_attachment=True, download_name=name, etag=False)
    if media == TURTLE:
        response.headers["Content-Type"] = "text/turtle; charset=utf-8"
    return response


def service_description(served: Edition, media: str) -> Response | None:
    """Return the description of the endpoint; `None` without a release."""
    if served.release is None:
        return None
    from wise_skills.publishing import service_description as describe

    return _written(served, "service", media, lambda release, site: describe(release, site))


def files(served: Edition) -> list[dict[str, Any]]:
    """Return name, title, size and SHA-256 of each file; read once for an edition."""
    known: list[dict[str, Any]] | None = served.memory.get("files")
    if known is None:
        titles = {**_TITLES, **_reference_titles(_release(served))}
        known = served.memory["files"] = [
            {"name": name, "title": titles.get(name, ""), **_measure(found)} for name, found in _published(served).items()
        ]
    return known


def _reference_titles(release: Release) -> dict[str, str]:
    """What the files of each reference source hold: its statements, and what was found odd in it."""
    from wise_skills.publishing import reference_title

    found = {}
    for record in release.info.get("references", ()):
        title = reference_title(record)
        found[str(record["file"])] = f"{title}: all statements, under the licence of its publisher"
        found[str(record["file"]).replace(".nq.gz", ".csv")] = f"{title}: what a check found odd in it, with file and row"
    return found


def _published(served: Edition) -> dict[str, Path | bytes]:
    release = _release(served)
    known: dict[str, Path | bytes] | None = served.memory.get("published")
    if known is None:
        from wise_skills.publishing import published_files

        found = published_files(release, current_app.config["SITE"])
        known = served.memory["published"] = {n: f for n, f in found.items() if isinstance(f, bytes) or f.is_file()}
    return known


def _measure(found: Path | bytes) -> dict[str, Any]:
    if isinstance(found, bytes):
        return {"size": len(found), "sha256": hashlib.sha256(found).hexdigest()}
    with found.open("rb") as file:
        return {"size": found.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _release(served: Edition) -> Release:
    if served.release is None:
        raise Missing(gettext("This page asks an endpoint elsewhere and has no release of its own to describe or to download."))
    return served.release


def _citation(served: Edition) -> str:
    from wise_skills.publishing import citation

    return citation(_release(served))


def _description(served: Edition, media: str) -> Response:
    from wise_skills.publishing import description

    _release(served)
    response = _written(served, "dataset", media, lambda release, site: description(release, site))
    return signpost(response, iri=served.base + "dataset", alternates={e: with_format("/dataset", e) for e in RDF_ENDINGS}, page="/dataset")


def _written(served: Edition, name: str, media: str, make: Any) -> Response:
    """Write a description in a format, once for an edition."""
    key = f"{name} {media}"
    if key not in served.memory:
        graph = make(_release(served), current_app.config["SITE"])
        served.memory[key] = graph.serialize(format=_WRITERS[media], encoding="utf-8")
    charset = "; charset=utf-8" if media.startswith("text/") else ""
    return Response(served.memory[key], content_type=media + charset)
