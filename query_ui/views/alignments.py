"""`/alignments`: how far everything is aligned to ESCO, the list behind each number, and both as files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from query_ui.asked import page_number
from query_ui.citing import citation
from query_ui.edition import Edition
from query_ui.filters import edition, naming
from query_ui.ledger import files, known, words
from query_ui.ledger.saying import picture, sentence
from query_ui.ledger.table import COLUMNS, by_country, by_kind, by_language, total
from query_ui.links import LICENCE, absolute
from query_ui.negotiation import TURTLE
from query_ui.problems import WrongRequest
from query_ui.spreadsheets import download
from wise_skills.mappings.ledger import GROUPS, OPEN, STATES, Entry, Ledger
from wise_skills.mappings.things import KINDS

blueprint = Blueprint("alignments", __name__)

SHOWN = 60
_NO_NAME = re.compile(r"[^a-z0-9-]+")
_FREE = ("country", "labels")
MOST_SENT = 1_800
"""Characters of lines that fit into a link to `/align`."""


@blueprint.get("/alignments")
def alignments() -> str:
    """Show the ledger."""
    served, kind = edition(), _one_of("kind", KINDS)
    found = known.ledger(served)
    countries = by_country(found, naming(), kind)
    whole = total(found, _("All"), kind)
    return render_template(
        "alignments.html",
        sentence=sentence(whole),
        whole=whole,
        everything=total(found, _("All")),
        countries=countries,
        languages=by_language(found, naming(), kind),
        kinds=by_kind(found),
        kind=kind,
        columns=COLUMNS,
        picture=picture(countries) if countries else None,
        STATES=words.STATES,
        pairs=sum(1 for counted in known.pairs(served, turned=False).values() if counted),
    )


@blueprint.get("/alignments.<any(csv, json, xlsx, ttl):ending>")
def export(ending: str) -> Response:
    """Give the ledger as a file; `ttl` is the RDF Data Cube."""
    served = edition()
    found = known.ledger(served)
    told = sentence(total(found, ""))
    if ending == "xlsx":
        naming().fetch([*found.places.values(), *found.languages.values()])
        return download(files.ledger_workbook(found, told, naming(), "/alignments"), "alignments")
    if ending == "ttl":
        from wise_skills.mappings.cube import turtle

        return answer(
            turtle(found, served.names, _version(served), citation(served)).encode(), f"{TURTLE}; charset=utf-8", "alignments.ttl"
        )
    rows = files.ledger_rows(found)
    if ending == "csv":
        return answer(files.to_csv(files.LEDGER_HEAD, rows), "text/csv; charset=utf-8; header=present", "alignments.csv")
    return answer(files.to_json(files.LEDGER_HEAD, rows, about(served, "/alignments", told)), "application/json", "alignments.json")


@blueprint.get("/alignments/list")
def listed() -> str:
    """Show the things behind a number."""
    served = edition()
    found, cut = known.ledger(served), _cut()
    entries = _entries(found, cut)
    pages = max(1, -(-len(entries) // SHOWN))
    page = min(page_number(), pages)
    shown = entries[(page - 1) * SHOWN : page * SHOWN]
    label = known.named(served, naming(), (entry.thing.iri for entry in shown))
    return render_template(
        "alignments_list.html",
        cut=cut,
        names=_names(found, cut),
        number_of=len(entries),
        entries=[(e, known.codes(served, e.thing.scheme).get(e.thing.iri, ""), *label(e.thing.iri)) for e in shown],
        page=page,
        pages=pages,
        query=urlencode(cut),
        STATES=words.STATES,
        KINDS=words.KINDS,
        lines=_lines(entries) if cut.get("state") in (*GROUPS[OPEN], OPEN) else "",
        language_name=lambda tags: words.language(found, tags, naming()),
        country_name=lambda folder: words.country(found, folder, naming()),
    )


@blueprint.get("/alignments/list.<any(csv, json):ending>")
def list_file(ending: str) -> Response:
    """Give the things behind a number as a file; the CSV is what `wise align` reads."""
    served = edition()
    found, cut = known.ledger(served), _cut()
    entries = _entries(found, cut)
    label = known.named(served, naming(), (entry.thing.iri for entry in entries))
    rows = files.line_rows(entries, label, lambda scheme: known.codes(served, scheme))
    name = _NO_NAME.sub("-", "-".join(["alignments", *(value for value in cut.values() if value)])).strip("-")
    if ending == "csv":
        return answer(files.to_csv(files.LINES_HEAD, rows), "text/csv; charset=utf-8; header=present", f"{name}.csv")
    described = about(served, f"/alignments/list?{urlencode(cut)}", "")
    return answer(files.to_json(files.LINES_HEAD, rows, described), "application/json", f"{name}.json")


def answer(content: bytes, media: str, name: str) -> Response:
    """Return a file as a download."""
    response = Response(content, content_type=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def about(served: Edition, path: str, told: str) -> dict[str, Any]:
    """Return what a JSON file says of itself."""
    described = {"release": _version(served), "licence": LICENCE, "citation": citation(served), "address": absolute(path)}
    return described | ({"answer": told} if told else {})


def _version(served: Edition) -> str:
    return served.release.id if served.release else str(served.engine.version)


def _one_of(name: str, known_values: Sequence[str]) -> str:
    given = request.args.get(name, "").strip()
    if given and given not in known_values:
        raise WrongRequest(400, _("“%(given)s” is none of: %(known)s.", given=given[:60], known=", ".join(known_values)))
    return given


def _cut() -> dict[str, str]:
    """What narrows the ledger, as the address says; an empty country or language is one that is not stated."""
    cut = {"kind": _one_of("kind", KINDS), "state": _one_of("state", (*STATES, OPEN))}
    cut |= {name: request.args[name].strip()[:60] for name in ("country", "labels") if name in request.args}
    return {name: cut[name] for name in ("kind", "country", "labels", "state") if cut.get(name) or (name in request.args and name in _FREE)}


def _entries(found: Ledger, cut: dict[str, str]) -> list[Entry]:
    return found.select(country=cut.get("country"), language=cut.get("labels"), kind=cut.get("kind"), state=cut.get("state"))


def _names(found: Ledger, cut: dict[str, str]) -> list[str]:
    """The cut in words."""
    names = []
    for name, value in cut.items():
        if name == "kind":
            names.append(str(words.KINDS[value]))
        elif name == "state":
            names.append(str(words.STATES[value][0]))
        else:
            say = words.country if name == "country" else words.language
            names.append(say(found, value, naming()))
    return names


def _lines(entries: Sequence[Entry]) -> str:
    """The address of `/align` with the labels of a short list; empty where they are too many for a link."""
    if not entries or len(entries) > SHOWN:
        return ""
    label = known.named(edition(), naming(), (entry.thing.iri for entry in entries))
    labels = [label(entry.thing.iri) for entry in entries]
    tags, kinds = {tag for _, tag in labels}, {"occupation" if e.thing.kind in ("profile", "code") else "skill" for e in entries}
    text = "\n".join(" ".join(text.split()) for text, _ in labels)
    if len(text) > MOST_SENT or len(kinds) > 1:
        return ""
    chosen = {"text": text, "kind": kinds.pop(), **({"language": tags.pop()} if len(tags) == 1 else {})}
    return f"/align?{urlencode(chosen)}"
