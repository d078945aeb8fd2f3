"""`/search` and `/suggest`: names in any language."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, Response, jsonify, render_template, request

from query_ui import asked
from query_ui.did_you_mean import did_you_mean
from query_ui.edition import Edition
from query_ui.filters import edition, naming, questions
from query_ui.naming import elsewhere
from query_ui.views.catalogue import matching
from wise_skills.labels import Hit
from wise_skills.languages import LANGUAGES
from wise_skills.names import PREFIXES

blueprint = Blueprint("search", __name__)

HITS, SUGGESTIONS, COUNTED = 40, 8, 400
_ESCO_CLASSES = (PREFIXES["esco"] + "Occupation", PREFIXES["esco"] + "Skill")


@blueprint.get("/search")
def search() -> str:
    """Show what bears a name like the one typed; `kind` narrows it to the things of one class."""
    served, typed = edition(), request.args.get("q", "").strip()
    language = asked.language()
    kind = request.args.get("kind", "")
    found = served.labels.search(typed, language=language, limit=COUNTED) if typed else []
    kinds = Counter(main_kind(served, hit) for hit in found)
    chosen = (kind if kind.startswith("http") else served.names.wise + kind) if kind else ""
    hits = [hit for hit in found if main_kind(served, hit) == chosen] if chosen else found
    if chosen and len(found) >= COUNTED:  # more than were counted bear such a name
        hits = [h for h in served.labels.search(typed, language=language, kinds=[chosen], limit=COUNTED) if main_kind(served, h) == chosen]
        kinds[chosen] = len(hits)
    pages = -(-len(hits) // HITS)
    page = min(asked.page_number(), pages or 1)
    shown = hits[(page - 1) * HITS : page * HITS]
    naming().fetch([k for k in kinds if k])
    return render_template(
        "search.html",
        typed=typed,
        hits=[(hit, main_kind(served, hit), belongs(served, hit), place(served, hit)) for hit in shown],
        total=len(hits),
        cut=len(found) >= COUNTED,
        page=page,
        pages=pages,
        kinds=sorted(kinds.items(), key=lambda pair: (-pair[1], naming()(pair[0]) if pair[0] else "")),
        kind=chosen,
        meant=did_you_mean(typed, found) if typed else "",
        questions=matching(questions().values(), typed)[:5] if typed and not kind and page == 1 else [],
        languages=LANGUAGES,
        language=language,
    )


@blueprint.get("/suggest")
def suggest() -> Response:
    """Return names that complete what is typed."""
    served, typed = edition(), request.args.get("q", "").strip()
    hits = served.labels.search(typed, language=asked.language(), limit=SUGGESTIONS) if typed else []
    naming().fetch(k for hit in hits if (k := main_kind(served, hit)))
    return jsonify([_suggestion(served, hit) for hit in hits])


def _suggestion(served: Edition, hit: Hit) -> dict[str, str | None]:
    kind = main_kind(served, hit)
    return {
        "iri": hit.iri,
        "label": hit.label,
        "language": hit.language,
        "matched": hit.matched,
        "spoken": hit.spoken,
        "kind": belongs(served, hit) or (naming()(kind) if kind else ""),
        "place": place(served, hit),
        "path": served.addresses.path(hit.iri),
    }


def main_kind(served: Edition, hit: Hit) -> str:
    """Return the class by which a thing is known: that of its table, else an ESCO class, else the first."""
    classes = (*served.schema.by_class, *_ESCO_CLASSES)
    return next((k for k in hit.kinds if k in classes), next(iter(hit.kinds), ""))


def belongs(served: Edition, hit: Hit) -> str:
    """Return what published list a thing is of, empty for our own things."""
    inside = (served.names.graph("mappings") + "/", served.names.graph("classifications") + "/")
    return elsewhere(hit.iri) or (naming()(hit.graph) if hit.graph.startswith(inside) else "")


def place(served: Edition, hit: Hit) -> str:
    """Return the folder of the country that a thing belongs to, empty for what is shared."""
    path = hit.iri.removeprefix(served.base + "id/")
    folder = path.split("/", 1)[0] if path != hit.iri else ""
    return "" if folder == "eu" else folder.upper()
