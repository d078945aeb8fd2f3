"""The published shapes of the European Learning Model, made fit for pySHACL in memory; the files stay as they are."""

from __future__ import annotations

from functools import cache

import pyshacl
import pytest
import rdflib
from rdflib.namespace import SH

from tests.requirements import shared

_URL, _URI = r"^https?://\S+$", r"^[A-Za-z][A-Za-z0-9+.\-]*:\S+$"


@cache
def shapes(*, strict: bool) -> rdflib.Graph:
    """Return the LOQ shapes, with those of controlled lists where `strict`; skips the test where they are not on this machine."""
    folder = shared("standards") / "files" / "elm"
    if not folder.is_dir():
        pytest.skip("the shapes of the European Learning Model are not beside this checkout")
    graph = rdflib.Graph().parse(folder / "LOQ-constraints.ttl")
    if strict:
        graph.parse(folder / "LOQ-constraints-mdr.ttl")
    # Patterns in the syntax of XPath, which Python's `re` cannot compile.
    for shape, pattern in list(graph.subject_objects(SH.pattern)):
        if r"\p{" in pattern or "(?i)" in pattern:
            is_url = "http" in pattern
            graph.remove((shape, SH.pattern, pattern))
            graph.add((shape, SH.pattern, rdflib.Literal(_URL if is_url else _URI)))
    # The shape of specifications is switched off upstream, though nothing else says what they must have; here it is on.
    graph.remove((None, SH.deactivated, None))
    return graph


def violations(text: str, *, strict: bool) -> str:
    """Return what the shapes find wrong in a Turtle file, empty where it conforms."""
    data = rdflib.Graph().parse(data=text, format="turtle")
    # The shapes are closed: with the ontology or inference a right file would fail.
    conforms, _, report = pyshacl.validate(data, shacl_graph=shapes(strict=strict), ont_graph=None, do_owl_imports=False, inference="none")
    return "" if conforms else report
