"""Findings in the forms that other programs read: SARIF 2.1.0 and a SHACL validation report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import SH

from wise_skills import __version__
from wise_skills.findings import VIOLATION, Finding, letters
from wise_skills.languages import spoken
from wise_skills.messages import catalogue
from wise_skills.names import PREFIXES, Names
from wise_skills.names import SH as SHACL

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"Violation": "error", "Warning": "warning", "Info": "note"}
_HELP = "https://w3id.org/wise-skills/shapes"
Record = Mapping[str, Any]


def sarif(findings: Sequence[Record]) -> dict[str, Any]:
    """Return findings as a SARIF 2.1.0 log with one run.

    Parameters
    ----------
    findings:
        Findings as `Finding.as_dict` gives them. A cell becomes a region (row and column from 1) of the file, and a
        logical location `needs!C12`, because SARIF knows no sheets.
    """
    codes = sorted({str(f["code"]) for f in findings})
    levels = {str(f["code"]): _LEVELS[f["severity"]] for f in findings}
    rules = [
        {"id": code, "shortDescription": {"text": _in_general(code)}, "defaultConfiguration": {"level": levels[code]}, "helpUri": _HELP}
        for code in codes
    ]
    driver = {"name": "wise check", "version": __version__, "informationUri": _HELP, "language": spoken(), "rules": rules}
    results = [_result(f, codes.index(str(f["code"]))) for f in findings]
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "language": spoken(), "results": results}]}


def _in_general(code: str) -> str:
    """The sentence of a code without the facts of a case; the code itself for a constraint that speaks in its own words."""
    return re.sub(r"\{\w+\}", "…", catalogue(spoken()).get(code) or catalogue("en").get(code, code))


def _result(finding: Record, index: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(str(finding["file"]), safe="/._-~")}}
    if int(finding["row"]) > 0:
        place["region"] = {"startLine": int(finding["row"])}
        if column := _number(str(finding["cell"])):
            place["region"]["startColumn"] = column
    location: dict[str, Any] = {"physicalLocation": place}
    if finding["cell"] or finding["sheet"]:
        location["logicalLocations"] = [{"fullyQualifiedName": str(finding["cell"] or finding["sheet"]), "kind": "element"}]
    kept = {k: finding[k] for k in ("sheet", "column", "value", "expected", "focus", "path", "group", "key", "shape") if finding[k]}
    return {
        "ruleId": str(finding["code"]),
        "ruleIndex": index,
        "level": _LEVELS[finding["severity"]],
        "message": {"text": str(finding["message"])},
        "locations": [location],
        "properties": kept,
    }


def _number(cell: str) -> int:
    """Column of a reference such as `needs!C12`, counted from 1; 0 where it names a row."""
    name = cell.rpartition("!")[2].rstrip("0123456789")
    if not name.isalpha():
        return 0
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number if letters(number - 1) == name else 0


def turtle(findings: Iterable[Finding], names: Names | None = None) -> str:
    """Return findings as a SHACL validation report (SHACL §3.6) in Turtle, each result with the cell it came from.

    What reading found has no shape: its component is a `tab:` term and its focus node the row, sheet or file.
    """
    names = names or Names()
    graph = Graph()
    graph.bind("sh", SH)
    graph.bind("wsh", names.shapes)
    graph.bind("tab", names.tab)
    graph.bind("wise", names.wise)
    for prefix in ("dct", "skos"):
        graph.bind(prefix, PREFIXES[prefix])
    tab, report = Namespace(names.tab), BNode()
    graph.add((report, RDF.type, SH.ValidationReport))
    found = list(findings)
    graph.add((report, SH.conforms, Literal(not found)))  # SHACL 1.0 §3.6.1.1: any result, whatever its severity
    graph.add((report, tab.violations, Literal(sum(f.severity == VIOLATION for f in found))))
    for finding in found:
        result = BNode()
        graph.add((report, SH.result, result))
        for predicate, value in _parts(finding, names, tab):
            graph.add((result, predicate, value))
    return graph.serialize(format="turtle")


def _parts(finding: Finding, names: Names, tab: Namespace) -> Iterable[tuple[URIRef, URIRef | Literal]]:
    where = finding.where
    yield RDF.type, SH.ValidationResult
    yield SH.resultSeverity, URIRef(SHACL + finding.severity)
    yield SH.focusNode, URIRef(finding.focus or _place(finding, names))
    of_shacl = finding.component.endswith("ConstraintComponent")
    yield SH.sourceConstraintComponent, URIRef((SHACL if of_shacl else names.tab) + finding.component)
    yield SH.resultMessage, Literal(finding.message, lang=spoken())
    if finding.path:
        yield SH.resultPath, URIRef(finding.path)
    if finding.component == "SPARQLConstraintComponent":
        yield SH.sourceConstraint, URIRef(finding.shape)
    elif finding.shape:
        yield SH.sourceShape, URIRef(finding.shape)
    if finding.value:
        yield SH.value, Literal(finding.value)
    yield tab.file, Literal(where.file)
    for name, text in (("sheet", where.sheet), ("column", where.column), ("cell", where.reference), ("key", finding.key)):
        if text:
            yield tab[name], Literal(text)
    if where.row > 0:
        yield tab.row, Literal(where.row)


def _place(finding: Finding, names: Names) -> str:
    where = finding.where
    source = quote(where.file if where.file.endswith((".csv", ".tsv")) else f"{where.file}/{where.sheet}".rstrip("/"))
    return names.row(source, where.row) if where.row > 0 else f"{names.base}source/{source}"
