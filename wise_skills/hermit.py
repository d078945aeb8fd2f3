"""The ontology under a complete reasoner: HermiT through owlready2, which needs Java.

A check, never a part of a build: OWL 2 RL must find the same members of the defined classes.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Store, Triple

from wise_skills.axioms import read_axioms, text
from wise_skills.errors import OntologyError
from wise_skills.names import OWL, RDF_TYPE

JAVA_MEGABYTES = 2000
_TYPE = NamedNode(RDF_TYPE)
_INDIVIDUAL = NamedNode(OWL + "NamedIndividual")
_IMPORTS = NamedNode(OWL + "imports")
_CHARACTERISTICS = ("AsymmetricProperty", "IrreflexiveProperty", "SymmetricProperty", "TransitiveProperty")


@dataclass(frozen=True)
class Verdict:
    """What HermiT found; the rest is empty if the ontology is inconsistent."""

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()
    members: dict[str, tuple[str, ...]] | None = None


def java() -> str | None:
    """Return the path of Java, or None where there is none."""
    return shutil.which("java")


def individuals(ontology: Store, data: Store, namespace: str, *, leave_out: str | None = None) -> list[Triple]:
    """Return the data as OWL 2 DL knows them: individuals, their types of our namespace, and their relations.

    Relations that no axiom speaks of and literals stay out: nothing can follow from them (and dates such as
    `2013` are of datatypes that OWL 2 lacks). The graph `leave_out`, earlier inferences, stays out as well.
    """
    predicates = {_TYPE, *(NamedNode(relation) for relation in read_axioms(ontology).relations)}
    for characteristic in _CHARACTERISTICS:
        for q in ontology.quads_for_pattern(None, _TYPE, NamedNode(OWL + characteristic), None):
            predicates.add(NamedNode(text(q.subject)))
    found: set[Triple] = set()
    for predicate in predicates:
        for q in data.quads_for_pattern(None, predicate, None, None):
            if not (isinstance(q.subject, NamedNode) and isinstance(q.object, NamedNode)) or text(q.graph_name) == leave_out:
                continue
            if (q.object if predicate == _TYPE else predicate).value.startswith(namespace):
                found.add(q.triple)
    return sorted(found, key=str)


def classify(ontology: Store, facts: Iterable[Triple], classes: Iterable[str]) -> Verdict:
    """Ask HermiT for consistency, unsatisfiable classes, and the members of some classes.

    Parameters
    ----------
    ontology:
        Modules, and alignments if they are to be checked too.
    facts:
        Individuals with types and relations (`individuals`).
    classes:
        IRIs of the classes whose members are wanted.

    Raises
    ------
    OntologyError
        if Java is missing or HermiT cannot run.
    """
    path = java()
    if path is None:
        raise OntologyError("HermiT needs Java, which was not found. Install Java 17, or do without this check.")
    import owlready2  # here: half a second that only this check needs

    owlready2.JAVA_EXE = path
    owlready2.reasoning.JAVA_MEMORY = JAVA_MEGABYTES
    with tempfile.TemporaryDirectory() as folder:
        world = owlready2.World(filename=str(Path(folder) / "quads.sqlite3"))
        try:
            return _ask(owlready2, world, _n_triples(ontology, facts), classes)
        finally:
            world.close()


def _n_triples(ontology: Store, facts: Iterable[Triple]) -> bytes:
    triples = {q.triple for q in ontology.quads_for_pattern(None, None, None, None) if q.predicate != _IMPORTS}
    for fact in facts:
        triples.add(fact)
        named = (fact.subject,) if fact.predicate == _TYPE else (fact.subject, fact.object)
        triples.update(Triple(node, _TYPE, _INDIVIDUAL) for node in named if isinstance(node, NamedNode))
    return "".join(sorted(f"{triple} .\n" for triple in triples)).encode()


def _ask(owlready2: Any, world: Any, text: bytes, classes: Iterable[str]) -> Verdict:
    try:
        ontology = world.get_ontology("urn:wise-skills#").load(fileobj=io.BytesIO(text), only_local=True)
        with ontology:
            owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return Verdict(consistent=False)
    except (owlready2.OwlReadyError, OSError) as error:
        raise OntologyError(f"HermiT could not run: {str(error).splitlines()[0] if str(error) else error!r}.") from error
    impossible = sorted(cls.iri for cls in world.inconsistent_classes() if cls is not owlready2.Nothing)
    members = {cls: tuple(sorted(thing.iri for thing in world[cls].instances())) for cls in classes}
    return Verdict(consistent=True, unsatisfiable=tuple(impossible), members=members)
