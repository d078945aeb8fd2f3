"""`/search` and `/suggest`: names in any language."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, Response, jsonify, render_template, request

from query_ui import asked
from query_ui.edition import Edition
from query_ui.filters import edition, naming
from query_ui.naming import elsewhere
from query_ui.views.catalogue import matching
from wise_skills.labels import Hit
from wise_skills.names import PREFIXES

blueprint = Blueprint("search", __name__)

HITS, SUGGESTIONS = 60, 8
_ESCO_CLASSES = (PREFIXES["esco"] + "Occupation", PREFIXES["esco"] + "Skill")


@blueprint.get("/search")
def search() -> str:
    """Show what bears a name like the one typed; `kind` narrows it to the things of one class."""
    served, typed = edition(), request.args.get("q", "").strip()
    language = asked.language()
    kind = request.args.get("kind", "")
    hits = served.labels.search(typed, language=language, limit=HITS) if typed else []
    kinds = Counter(main_kind(served, hit) for hit in hits)
    chosen = (kind if kind.startswith("http") else served.names.wise + kind) if kind else ""
    if chosen:
        hits = served.labels.search(typed, language=language, kinds=[chosen], limit=HITS)
    naming().fetch([k for k in kinds if k])
    questions = matching(served.questions.values(), typed)[:5] if typed and not kind else []
    return render_template(
        "search.html",
        typed=typed,
        hits=[(hit, main_kind(served, hit), belongs(served, hit), place(served, hit)) for hit in hits],
        kinds=kinds.most_common(),
        kind=chosen,
        questions=questions,
        languages=asked.LANGUAGES,
        language=language,
        most=HITS,
    )


@blueprint.get("/suggest")
def suggest() -> Response:
    """Return names that complete what is typed."""
    served, typed = edition(), request.args.get("q", "").strip()
    hits = served.labels.search(typed, language=asked.language(), limit=SUGGESTIONS) if typed else []
    naming().fetch(k for hit in hits if (k := main_kind(served, hit)))
    found = []
    for hit in hits:
        kind = main_kind(served, hit)
        found.append(
            {
                "iri": hit.iri,
                "label": hit.label,
                "language": hit.language,
                "matched": hit.matched,
                "kind": belongs(served, hit) or (naming()(kind) if kind else ""),
                "path": served.addresses.path(hit.iri),
            }
        )
    return jsonify(found)


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
