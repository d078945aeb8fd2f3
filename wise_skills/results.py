"""From a SHACL result to the cells it is about, in plain words.

`sh:sourceShape` is the IRI of a column's property shape, which gives the column; the focus node's row gives the
file and record; the value, where there is one, gives the cell. Without a value, the source shape's column does; what
several columns are to blame for has one finding each, with the same group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rdflib import Graph, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from wise_skills.constraints import Constraints
from wise_skills.findings import VIOLATION, Cell, Finding
from wise_skills.languages import said, spoken
from wise_skills.messages import did_you_mean, nearest, phrase, sentence, shortlist
from wise_skills.names import XSD
from wise_skills.origin import Origin, Row
from wise_skills.tables import Column, Schema

_VALUE = 200  # characters of a value in a sentence; the finding has the whole
_BOUNDS = {
    "MinInclusiveConstraintComponent": SH.minInclusive,
    "MaxInclusiveConstraintComponent": SH.maxInclusive,
    "MaxLengthConstraintComponent": SH.maxLength,
}


@dataclass(frozen=True)
class Choices:
    """What a column may hold, for messages.

    `lists` has every accepted name of a list's concepts with the key it stands for, `labels` the key and label of each;
    `things` has the keys of each class.
    """

    lists: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, Mapping[str, str]]
    things: Mapping[str, tuple[str, ...]]

    def allowed(self, column: Column) -> list[str]:
        """Return what a list or reference column may hold, as a reader of the language would choose it."""
        if column.scheme:
            return [self.shown(column, key) for key in self.labels.get(column.scheme, {})]
        return list(self.things.get(column.refers_to or "", ()))

    def shown(self, column: Column, key: str) -> str:
        """Return how an entry is shown: its key, which is English, or `label [key]` in any other language."""
        label = self.labels.get(column.scheme or "", {}).get(key, key)
        return key if spoken() == "en" or label == key else f"{label} [{key}]"

    def nearest(self, column: Column, text: str) -> str:
        """Return the entry that a text probably meant, if there is one."""
        names = self.lists.get(column.scheme, {}) if column.scheme else dict.fromkeys(self.things.get(column.refers_to or "", ()), "")
        meant = text.rpartition("[")[2].removesuffix("]") if text.endswith("]") else text
        guess = nearest(meant, names) if meant else ""
        return self.shown(column, names.get(guess) or guess) if guess else ""


class Results:
    """From one SHACL result to findings at cells."""

    def __init__(self, origin: Origin, schema: Schema, rules: Constraints, choices: Choices) -> None:
        self.origin, self.schema, self.rules, self.choices = origin, schema, rules, choices

    def findings(self, report: Graph, result: Node) -> Iterable[Finding]:
        """Yield one finding per cell that a result is about."""
        focus = str(report.value(result, SH.focusNode))
        shape = str(report.value(result, SH.sourceShape))
        component = str(report.value(result, SH.sourceConstraintComponent)).rsplit("#", 1)[-1]
        severity = str(report.value(result, SH.resultSeverity)).rsplit("#", 1)[-1]
        value = report.value(result, SH.value)
        row = self.origin.row(focus)
        if row is None:
            yield Finding(
                severity,
                component,
                f"{focus}: {report.value(result, SH.resultMessage)}",
                Cell("", "", 0),
                shape,
                str(value or ""),
                focus=focus,
            )
            return
        if shape in self.rules.blames:
            yield from self._generated(row, shape, component, focus)
            return
        _, column = self.schema.columns_by_shape[shape]
        if column.scheme and component == "ClassConstraintComponent":
            component = "NodeConstraintComponent"  # a list stands as a class in the working copy
        if (
            component == "MinCountConstraintComponent"
            and column.constant is None
            and (column.id in row.refused or not any(c.partition("@")[0] == column.id for c, _ in row.columns))
        ):
            return  # the missing header was reported once, for the whole file
        for cell in self._cells(row, column, focus, component, value):
            text = row.text(cell) if value is None else str(value)
            facts = _facts(column, component, text, self.choices, row, cell)
            if component.startswith("Class") and column.refers_to:
                facts["allowed"] = self.schema.by_class[column.refers_to].name
            if component in _BOUNDS:
                facts["limit"] = str(self.schema.graph.value(URIRef(shape), _BOUNDS[component]))
            yield Finding(severity, component, sentence(component, facts), cell, shape, text, facts.get("allowed", ""), focus, column.path)

    def _generated(self, row: Row, shape: str, component: str, focus: str) -> Iterable[Finding]:
        name, table, columns = self.rules.blames[shape]
        present = {c.partition("@")[0] for c, _ in row.columns}
        if row.refused & set(columns) or (name == "Sourced" and "evidence" not in present):
            return  # the wrong header was reported once, for the whole file
        if name in ("Answer", "Sourced") and columns[0] not in present:  # said once, at the header
            column = table.by_id[columns[0]]
            where = Cell(row.file, row.sheet, row.header, column.id)
            text = sentence("MissingColumn", {"column": column.id})
            yield Finding(VIOLATION, "MissingColumn", text, where, column.shape, expected=column.id, path=column.path)
            return
        labels = [_label(table.by_id[c]) for c in columns]
        if name == "OneOf" and not present & set(columns):
            columns = columns[:1]  # none of them is in the file: said once, at the header
            row = replace(row, number=row.header)
        group = f"{focus} {shape}" if len(columns) > 1 else ""
        facts = {"column": labels[0], "value": row.text(row.cell(columns[0])), "allowed": ", ".join(phrase("Quoted", w) for w in labels)}
        if name.startswith("Less"):
            facts |= {"other": labels[1], "limit": row.text(row.cell(columns[1]))}
        for column_id in columns:
            column, cell = table.by_id[column_id], row.cell(column_id)
            yield Finding(VIOLATION, name, sentence(name, facts), cell, shape, row.text(cell), focus=focus, path=column.path, group=group)

    def _cells(self, row: Row, column: Column, focus: str, component: str, value: Node | None) -> list[Cell]:
        if value is not None:
            cells = [cell for _, cell in self.origin.cells.get((focus, column.path, str(value)), [])]
            if cells:
                return cells
        return row.cells(column.id) if value is None and component.startswith(("MaxCount", "UniqueLang")) else [row.cell(column.id)]


def _label(column: Column) -> str:
    return said(column.name, column.id)


def _facts(column: Column, component: str, text: str, choices: Choices, row: Row, cell: Cell) -> dict[str, str]:
    """The facts that fill a sentence of the catalogue."""
    facts = {"column": _label(column), "value": text if len(text) <= _VALUE else text[:_VALUE].rstrip() + "…"}
    if column.scheme or column.refers_to:
        facts["nearest"] = did_you_mean(choices.nearest(column, text))
        facts["allowed"] = shortlist(choices.allowed(column))
    else:
        facts["allowed"] = expected(column)
    if component.startswith("MinCount"):
        facts["allowed"] = phrase("AllowedValues", facts["allowed"]) if column.scheme else said(column.description)
    if component.startswith("MaxCount"):
        facts |= {"value": str(len(row.text(cell).split("|"))), "limit": "1"}
    return facts


def expected(column: Column) -> str:
    """Return in words what a column takes that is no list and no reference."""
    if column.is_date:
        return phrase("AllowedDate")
    if any(d == XSD + "date" for d in column.datatypes):
        return phrase("AllowedDay")
    if column.is_number:
        return phrase("AllowedInteger" if XSD + "integer" in column.datatypes else "AllowedDecimal")
    if XSD + "boolean" in column.datatypes:
        return phrase("AllowedBoolean")
    if column.is_address:
        return phrase("AllowedAddress")
    if column.names_columns:
        return phrase("AllowedColumn")
    return phrase("AllowedText" if column.is_text else "AllowedKey")
