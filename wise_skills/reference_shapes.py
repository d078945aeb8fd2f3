"""The shapes for ESCO and for mappings, `shapes/esco/*.ttl`, made ready for the two engines that check them.

Each constraint stands alone in the files, with its own name, message and severity, so that a finding can say exactly
what is wrong. `tab:column` names the column of ESCO's CSV files to look at. Core constraints go to pySHACL by slices of
concepts, SPARQL constraints to Oxigraph, each as one query over all concepts (`rules.set_based`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal as Either

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from wise_skills.names import OWL, PREF_LABEL, RDF_TYPE, Names, resource
from wise_skills.rules import prefixes, set_based
from wise_skills.tables import read_turtle

Kind = Either["concepts", "mappings"]
_SHARED = ("prefixes.ttl",)
_OF_MAPPINGS = ("mappings.ttl",)
_FOR_PEOPLE = {SH.name, SH.description, SH.message, SH.sparql, SH.select, SH.prefixes, SH.declare}
# SHACL forbids MINUS in a constraint (§5.3.1). Over all focus nodes at once it says the same where the group has no filter
# of its own, and Oxigraph answers it up to a hundred times as fast.
_ABSENT = re.compile(r"FILTER NOT EXISTS \{(?=[^{}]*\})(?![^}]*\bFILTER\b)")
_IRI = re.compile(r"<([^<>\s]+)>")
_SHORT = re.compile(r"(?<![\w:/])([A-Za-z][\w-]*):([A-Za-z][\w-]*)")


@dataclass(frozen=True)
class Check:
    """One constraint: what it looks at, and what it says.

    `all_of` names its focus nodes in the plural, `name` what is wrong in a few words. `target` is the pattern that binds
    `$this` to the focus nodes, with its prefixes in `prologue`; `query` is empty for a Core constraint.
    """

    iri: str
    name: str
    all_of: str
    message: str
    severity: str
    column: str
    path: str
    target: str
    prologue: str
    query: str = ""

    @property
    def component(self) -> str:
        """Local name, `EscoSkillShape-reuse`."""
        return self.iri.rsplit("#", 1)[-1]

    @property
    def lacks(self) -> bool:
        """Whether it is about something that is missing."""
        return self.name.startswith("no ")

    @property
    def describes(self) -> bool:
        """Whether a thing that breaks it is described by no file, and only named by others."""
        return self.iri.endswith("-described")


@dataclass(frozen=True)
class Shapes:
    """Everything to be checked of one kind of file.

    `core` is what pySHACL gets; `targets` maps the class that stands for each SPARQL target there to its query;
    `paths` and `classes` are what Core constraints look at, `terms` all IRIs that any constraint names.
    """

    checks: dict[str, Check]
    core: Graph
    targets: dict[str, str]
    paths: frozenset[str]
    classes: frozenset[str]
    terms: frozenset[str]


@lru_cache(maxsize=4)
def reference_shapes(kind: Kind, base: str = Names().base, folder: Path | None = None) -> Shapes:
    """Read the shapes for ESCO's concepts or for mappings.

    Parameters
    ----------
    kind:
        `concepts` for what an ESCO package holds, `mappings` for SSSOM files and national tables.
    base:
        Base of our IRIs.
    folder:
        Folder of the Turtle files; the project's own unless given.
    """
    names = Names(base)
    place = folder or resource("shapes") / "esco"
    files = [p for p in sorted(place.glob("*.ttl")) if p.name in _SHARED or (p.name in _OF_MAPPINGS) == (kind == "mappings")]
    graph = read_turtle(files, names)
    checks = {check.iri: check for check in _checks(graph, names)}
    core, targets = _core(graph, names)
    text = "\n".join(c.prologue + c.target + c.query for c in checks.values()) + "\n".join(targets.values())
    paths = frozenset(str(p) for p in core.objects(None, SH.path))
    classes = frozenset(str(c) for c in core.objects(None, SH.targetClass)) - frozenset(targets)
    # A label is what messages call a concept by, the version what mappings are compared with.
    terms = paths | classes | _terms(text) | {RDF_TYPE, PREF_LABEL, OWL + "versionInfo"}
    return Shapes(checks, core, targets, paths, classes, terms)


def _text(graph: Graph, subject: Node, predicate: URIRef) -> str:
    return next((str(o) for o in graph.objects(subject, predicate) if getattr(o, "language", None) in ("en", None)), "")


def _checks(graph: Graph, names: Names) -> list[Check]:
    found = []
    for shape in sorted(graph.subjects(SH.severity, None), key=str):
        owner = next((o for p in (SH.property, SH.sparql) for o in graph.subjects(p, shape)), shape)
        path = str(graph.value(shape, SH.path) or "")
        target, prologue = _target(graph, owner)
        is_query = (shape, RDF.type, SH.SPARQLConstraint) in graph
        found.append(
            Check(
                iri=str(shape),
                name=_text(graph, shape, SH.name),
                all_of=_plural(graph, owner),
                message=_text(graph, shape, SH.message),
                severity=str(graph.value(shape, SH.severity)).rsplit("#", 1)[-1],
                column=str(graph.value(shape, URIRef(names.tab + "column")) or ""),
                path=path,
                target=target,
                prologue=prologue,
                query=_ABSENT.sub("MINUS {", set_based(graph, shape, path, target)) if is_query else "",
            )
        )
    return found


def _target(graph: Graph, owner: Node) -> tuple[str, str]:
    """The pattern that binds `$this` to the focus nodes of a node shape, and the prefixes it needs."""
    selected = graph.value(owner, SH.target)
    if selected is not None:
        return f"{{ {graph.value(selected, SH.select)} }}", prefixes(graph, selected)
    return f"$this a <{graph.value(owner, SH.targetClass)}> .", ""


def _plural(graph: Graph, owner: Node) -> str:
    """What the focus nodes of a node shape are called; the shape with a description has the name for all of its target."""
    alike = {s for p in (SH.target, SH.targetClass) for o in graph.objects(owner, p) for s in graph.subjects(p, o)}
    return next(_text(graph, s, SH.name) for s in sorted(alike, key=str) if graph.value(s, SH.description))


def _core(graph: Graph, names: Names) -> tuple[Graph, dict[str, str]]:
    """The shapes for pySHACL: Core constraints only, a class in place of each SPARQL target, a target for every shape.

    A property shape with a target of its own is asked once about all its focus nodes; one that a node shape names with
    `sh:property` is asked about each in turn, which takes pySHACL ten times as long. SHACL means the same by both.
    """
    core, targets = Graph(), dict[str, str]()
    apart = set(graph.subjects(RDF.type, SH.SPARQLConstraint)) | set(graph.subjects(RDF.type, SH.SPARQLTarget))
    for s, p, o in graph:
        if s in apart or p in _FOR_PEOPLE or str(p).startswith(names.tab):
            continue
        if p == SH.target:
            targets[str(o)] = prefixes(graph, o) + str(graph.value(o, SH.select))
            core.add((s, SH.targetClass, o))
        elif p == SH.property:
            for target in (*graph.objects(s, SH.targetClass), *graph.objects(s, SH.target)):
                core.add((o, SH.targetClass, target))
        else:
            core.add((s, p, o))
    return core, targets


def _terms(text: str) -> frozenset[str]:
    """All IRIs that queries name, in full or with a prefix that they declare."""
    declared = dict(re.findall(r"PREFIX ([\w-]+): <([^>]+)>", text))
    short = {declared[p] + name for p, name in _SHORT.findall(text) if p in declared}
    return frozenset(_IRI.findall(text)) | short
