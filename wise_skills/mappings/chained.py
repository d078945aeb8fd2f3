"""What follows through ESCO as SSSOM, and as RDF with the mappings that it hangs on.

SSSOM 1.0 has no slot for a chain, so that each part goes where it fits best: `mapping_justification` is
`semapv:MappingChaining`; `curation_rule_text` says how two relations made one; `comment` writes the path out; `see_also` holds
the IRIs of the mappings that it hangs on; `confidence` is the lowest along the strongest path, left out unless both links
state one; `other` holds `hub=`, `weakest=` and `reviewers=`. The reviewers of the links do not stand in `reviewer_label`:
they reviewed the links and not what follows from them, and a reader would take the row for reviewed. `mapping_source` takes
one set only, so that the sets of both links are the `mapping_set_source` of the whole. In RDF `prov:wasDerivedFrom` leads
from a derived mapping to the mappings of its paths.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from wise_skills.mappings.chaining import Chain, Derived, Side
from wise_skills.mappings.model import Mapping, MappingSet
from wise_skills.mappings.slots import join_values
from wise_skills.names import OWL, PROV, RDF_TYPE, SKOS, SSSOM, XSD, Names
from wise_skills.terms import iri, text, typed

CHAINING = "https://w3id.org/semapv/vocab/MappingChaining"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TOOL = "WISE skills graph"
COMMENT = (
    "Derived through ESCO from the mappings of two classifications to it; nobody reviewed the derived mappings themselves. "
    "Exact matches carry the other relation on, broad follows from broad and narrow from narrow; nothing else yields anything."
)


def set_iri(names: Names, first: Side, second: Side) -> str:
    """Return the IRI of the derived set of two classifications."""
    return f"{names.base}alignments/{first.key}/{second.key}"


def sources(found: Sequence[Derived]) -> list[str]:
    """Return the IRIs of the sets whose mappings take part."""
    return sorted({link.row.source.iri for mapping in found for path in mapping.paths for link in path.links})


def as_mappings(
    first: Side, second: Side, found: Sequence[Derived], names: Names, label: Callable[[str], str], title: str, version: str
) -> MappingSet:
    """Return the derived mappings as a set of SSSOM.

    Parameters
    ----------
    first, second, found:
        The two classifications, and what follows (`chaining.derive`).
    names:
        The names under the base of the data.
    label:
        Gives the label of a code or concept.
    title, version:
        Title of the set, and the version of the data that it was derived from.
    """
    metadata: dict[str, str | list[str]] = {
        "mapping_set_id": set_iri(names, first, second),
        "mapping_set_title": title,
        "mapping_set_version": version,
        "mapping_set_source": sources(found),
        "license": LICENCE,
        "comment": COMMENT,
    }
    return MappingSet(metadata, tuple(_row(mapping, (first, second), label, version) for mapping in found))


def _row(mapping: Derived, sides: tuple[Side, Side], label: Callable[[str], str], version: str) -> Mapping:
    slots = {
        "subject_label": label(mapping.subject),
        "object_label": label(mapping.object),
        "mapping_justification": CHAINING,
        "subject_type": "skos concept",
        "object_type": "skos concept",
        "subject_source": sides[0].scheme,
        "object_source": sides[1].scheme,
        "mapping_tool": TOOL,
        "mapping_tool_version": version,
        "confidence": "" if mapping.confidence is None else str(mapping.confidence),
        "curation_rule_text": join_values(dict.fromkeys(rule(path) for path in mapping.paths)),
        "see_also": join_values(mapping.from_nodes),
        "comment": "; ".join(written(path, label) for path in mapping.paths),
    }
    pairs = {
        "hub": " ".join(dict.fromkeys(path.hub for path in mapping.paths)),
        "weakest": mapping.best.weakest.row.node if mapping.best.weakest else "",
        "reviewers": "; ".join(dict.fromkeys(who for path in mapping.paths for link in path.links for who in link.row.reviewers)),
    }
    slots["other"] = "|".join(f"{key}={value.replace('|', '%7C')}" for key, value in pairs.items() if value)
    return Mapping(mapping.subject, SKOS + mapping.relation, mapping.object, {slot: value for slot, value in slots.items() if value})


def rule(path: Chain) -> str:
    """Return how the relation of a path came about: `closeMatch ∘ exactMatch = closeMatch`."""
    return f"{path.first.relation} ∘ {path.second.relation_back} = {path.relation}"


def written(path: Chain, label: Callable[[str], str]) -> str:
    """Return a path in one line, with the label and IRI of the concept of ESCO."""
    return f"{path.first.relation} {label(path.hub)} <{path.hub}> {path.second.relation_back}"


def as_turtle(first: Side, second: Side, found: Sequence[Derived], names: Names, version: str) -> Iterator[str]:
    """Yield the lines of the derived set in Turtle: SSSOM's form, plain SKOS, and `prov:wasDerivedFrom`."""
    set_ = iri(set_iri(names, first, second)).n3()
    yield f"@prefix owl: <{OWL}> .\n@prefix prov: <{PROV}> .\n@prefix skos: <{SKOS}> .\n@prefix sssom: <{SSSOM}> .\n"
    yield f"@prefix xsd: <{XSD}> .\n\n"
    yield f"{set_} a sssom:MappingSet ; sssom:mapping_set_id {text(set_iri(names, first, second)).n3()} ;\n"
    yield f"  <http://purl.org/dc/terms/license> <{LICENCE}> ; sssom:mapping_set_version {text(version).n3()} ;\n"
    yield f"  <http://www.w3.org/2000/01/rdf-schema#comment> {text(COMMENT, 'en').n3()}"
    for source in sources(found):
        yield f" ;\n  prov:wasDerivedFrom {iri(source).n3()}"
    yield " .\n"
    for mapping in found:
        subject, object_ = iri(mapping.subject).n3(), iri(mapping.object).n3()
        node = f"<{set_iri(names, first, second)}#{_digest(mapping)}>"
        yield f"\n{set_} sssom:mappings {node} .\n{node} <{RDF_TYPE}> owl:Axiom ;\n"
        yield f"  owl:annotatedSource {subject} ; owl:annotatedProperty skos:{mapping.relation} ; owl:annotatedTarget {object_} ;\n"
        yield f"  sssom:mapping_justification <{CHAINING}>"
        if mapping.confidence is not None:
            yield f" ;\n  sssom:confidence {typed(repr(mapping.confidence), XSD + 'double').n3()}"
        yield f" ;\n  prov:wasDerivedFrom {' , '.join(iri(n).n3() for n in mapping.from_nodes)} .\n"
        yield f"{subject} skos:{mapping.relation} {object_} .\n"


def _digest(mapping: Derived) -> str:
    """What names a derived mapping within its set; the same as long as its sides and relation are."""
    return hashlib.sha256(f"{mapping.subject} {mapping.relation} {mapping.object}".encode()).hexdigest()[:16]
