"""Findings in the forms that other programs read: SARIF and a SHACL validation report."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import SH

from loaders.folders import Folders, check
from tests.national import vocabulary
from wise_skills.findings import VIOLATION, Cell, Finding, letters
from wise_skills.languages import speaking
from wise_skills.names import Names
from wise_skills.reports import sarif, turtle

CASES = sorted(p for p in (Path(__file__).parent / "fixtures" / "loader").iterdir() if (p / "be").is_dir())
TAB = Names().tab


def found(case: Path) -> list[Finding]:
    folders = Folders(vocabulary())
    folders.add_folder(case / "be", "be")
    return check(folders).findings


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_sarif_holds_every_finding_at_its_place(case: Path):
    findings = found(case)
    log = json.loads(json.dumps(sarif([f.as_dict() for f in findings])))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
    assert rules == sorted(set(rules))
    assert len(run["results"]) == len(findings)
    for result, finding in zip(run["results"], findings, strict=True):
        assert rules[result["ruleIndex"]] == result["ruleId"] == finding.code
        assert result["level"] == {"Violation": "error", "Warning": "warning", "Info": "note"}[finding.severity]
        assert result["message"]["text"] == finding.message
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == finding.where.file
        region = location["physicalLocation"].get("region", {})
        assert region.get("startLine", 0) == finding.where.row
        assert region.get("startColumn", 0) == (finding.where.index + 1 if finding.where.row else 0)


@given(index=st.integers(0, 16_383), row=st.integers(1, 1_048_576), file=st.text(min_size=1, max_size=30))
def test_any_place_is_a_region_and_any_name_an_address(index: int, row: int, file: str):
    cell = Cell(file.encode("utf-8", "replace").decode(), "needs", row, "skill", index)
    (result,) = sarif([Finding(VIOLATION, "CellError", "x", cell).as_dict()])["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": row, "startColumn": index + 1}
    assert re.fullmatch(r"[A-Za-z0-9%/._~-]+", place["artifactLocation"]["uri"])
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == f"needs!{letters(index)}{row}"


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_turtle_is_a_validation_report_with_the_origin(case: Path):
    findings = found(case)
    with speaking("nl"):
        graph = Graph().parse(data=turtle(findings), format="turtle")
    (report,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(report, SH.conforms) == Literal(not findings)
    results = list(graph.objects(report, SH.result))
    assert len(results) == len(findings)
    for result in results:  # SHACL §3.6.2: exactly one of each
        assert graph.value(result, RDF.type) == SH.ValidationResult
        for predicate in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent):
            assert len(list(graph.objects(result, predicate))) == 1
            assert isinstance(graph.value(result, predicate), URIRef)
        assert graph.value(result, SH.resultMessage).language == "nl"
        assert isinstance(graph.value(result, URIRef(TAB + "file")), Literal)
    cells = {str(o) for o in graph.objects(None, URIRef(TAB + "cell"))}
    assert cells == {f.where.reference for f in findings if f.where.reference}


def test_a_report_of_nothing_conforms():
    assert sarif([])["runs"][0]["results"] == []
    graph = Graph().parse(data=turtle([]), format="turtle")
    assert list(graph.objects(None, SH.conforms)) == [Literal(True)]
