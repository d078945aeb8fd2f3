"""What the matcher proposes as rows of SSSOM: unreviewed, with confidence, tool, and the label that spoke for each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from wise_skills import __version__
from wise_skills.alignment.model import Candidate, Concept, Query
from wise_skills.mappings.marks import marked
from wise_skills.mappings.model import NO_TERM, MappingSet
from wise_skills.mappings.model import Mapping as Row
from wise_skills.names import BASE, SKOS

TOOL = "WISE skills matcher"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
COMPOSITE = "https://w3id.org/semapv/vocab/CompositeMatching"
_ESCO = "http://data.europa.eu/esco/"
_CONCEPT, _LITERAL = "skos concept", "rdfs literal"
Version = Callable[[str], str]
"""The version of a scheme that is loaded, by its name (`esco`); empty where it is not known."""


def propose(
    queries: Sequence[Query],
    found: Sequence[Sequence[Candidate]],
    *,
    modules: Sequence[str] = (),
    version: Version = lambda scheme: "",
    metadata: Mapping[str, str | list[str]] | None = None,
) -> MappingSet:
    """Return the candidates of lines as a set of mappings, in the order of the lines and the best candidate first.

    Parameters
    ----------
    queries, found:
        The lines, and for each its candidates as `Matcher.match` gives them.
    modules:
        For each line the title of its module, which may be empty.
    version:
        Gives the version of a scheme for `object_source_version`.
    metadata:
        Slots of the set beside `mapping_set_id`, `license`, tool and version, which are filled where they lack.

    Every row is a `skos:closeMatch` that nobody reviewed: only a reviewer makes an exact match of it. A line without
    candidates has one row with `NO_TERM`.
    """
    titles = [*modules, *[""] * (len(queries) - len(modules))]
    rows: list[Row] = []
    for query, candidates, module in zip(queries, found, titles, strict=True):
        rows += [row(query, c.concept, version(c.concept.scheme), candidate=c, module=module) for c in candidates]
        if not candidates:
            rows.append(none(query, module=module))
    digest = hashlib.sha256("\n".join(f"{q.iri} {q.text}" for q in queries).encode()).hexdigest()[:16]
    own: dict[str, str | list[str]] = {
        "mapping_set_id": f"{BASE}mappings/aligned/{digest}",
        "license": LICENCE,
        "mapping_tool": TOOL,
        "mapping_tool_version": __version__,
    }
    return MappingSet(own | dict(metadata or {}), tuple(rows))


def row(query: Query, concept: Concept, version: str = "", *, candidate: Candidate | None = None, module: str = "") -> Row:
    """Return the row that proposes a concept for a line; without a candidate it is one that a reviewer may add."""
    slots = _subject(query) | {
        "object_label": concept.label().text,
        "object_type": _CONCEPT,
        "object_source": _source(concept),
        "object_source_version": version,
        "mapping_justification": COMPOSITE,
    }
    if candidate is not None:
        of = [label for label in concept.labels if label == candidate.matched]
        slots |= {
            "confidence": f"{candidate.confidence:.3f}".rstrip("0").rstrip("."),
            "match_string": candidate.matched.text.replace("\\", "\\\\").replace("|", "\\|"),
            "object_match_field": SKOS + ("prefLabel" if of and of[0].preferred else "altLabel"),
        }
    found = Row(query.iri, SKOS + "closeMatch", concept.iri, {slot: text for slot, text in slots.items() if text})
    return marked(found, _notes(query, module))


def none(query: Query, *, module: str = "") -> Row:
    """Return the row that says that nothing was found for a line (`sssom:NoTermFound`)."""
    slots = _subject(query) | {"mapping_justification": COMPOSITE}
    return marked(Row(query.iri, SKOS + "exactMatch", NO_TERM, slots), _notes(query, module))


def _subject(query: Query) -> dict[str, str]:
    return {"subject_label": query.text, "subject_type": _CONCEPT if query.iri else _LITERAL}


def _notes(query: Query, module: str) -> dict[str, str]:
    return {"code": query.code, "language": query.language, "module": module}


def _source(concept: Concept) -> str:
    if concept.scheme != "esco":
        return ""
    if "/isco/" in concept.iri:
        return f"{_ESCO}concept-scheme/isco"
    return f"{_ESCO}concept-scheme/{'occupations' if concept.kind == 'occupation' else 'skills'}"
