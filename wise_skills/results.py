"""From a SHACL result to the cells it is about, in plain words.

`sh:sourceShape` is the IRI of a column's property shape, which gives the column; the focus node's row gives the
file and record; the value, where there is one, gives the cell. Without a value, the source shape's column does; what
several columns are to blame for has one finding each, with the same group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import Graph, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from wise_skills.constraints import Constraints
from wise_skills.findings import VIOLATION, Cell, Finding
from wise_skills.messages import nearest, sentence, shortlist
from wise_skills.origin import Origin, Row
from wise_skills.tables import Column, Schema

_BOUNDS = {
    "MinInclusiveConstraintComponent": SH.minInclusive,
    "MaxInclusiveConstraintComponent": SH.maxInclusive,
    "MaxLengthConstraintComponent": SH.maxLength,
}


@dataclass(frozen=True)
class Choices:
    """What a column may hold, for messages: every accepted name with the key it stands for."""

    lists: Mapping[str, Mapping[str, str]]
    things: Mapping[str, tuple[str, ...]]

    def of(self, column: Column) -> tuple[list[str], list[str]]:
        """Return (keys, all names) of a list or reference column."""
        if column.scheme:
            names = self.lists.get(column.scheme, {})
            return sorted(set(names.values())), list(names)
        keys = list(self.things.get(column.refers_to or "", ()))
        return keys, keys


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
            and not any(c == column.id or c.startswith(column.id + "@") for c, _ in row.columns)
        ):
            return  # the missing header was reported once, for the whole file
        for cell in self._cells(row, column, focus, component, value):
            text = row.text(cell) if value is None else str(value)
            facts = _facts(column, component, text, self.choices, row, cell)
            if component.startswith("Class") and column.refers_to:
                facts["allowed"] = f"the table “{self.schema.by_class[column.refers_to].name}”"
            if component in _BOUNDS:
                facts["limit"] = str(self.schema.graph.value(URIRef(shape), _BOUNDS[component]))
            yield Finding(severity, component, sentence(component, facts), cell, shape, text, facts.get("allowed", ""), focus, column.path)

    def _generated(self, row: Row, shape: str, component: str, focus: str) -> Iterable[Finding]:
        name, table, columns = self.rules.blames[shape]
        group = f"{focus} {shape}" if len(columns) > 1 else ""
        labels = [_label(table.by_id[c]) for c in columns]
        facts = {"column": labels[0], "value": row.text(row.cell(columns[0])), "allowed": ", ".join(f"“{w}”" for w in labels)}
        if name.startswith("Less"):
            facts["other"] = f"“{labels[1]}” ({row.text(row.cell(columns[1]))})"
        for column_id in columns:
            column, cell = table.by_id[column_id], row.cell(column_id)
            yield Finding(VIOLATION, name, sentence(name, facts), cell, shape, row.text(cell), focus=focus, path=column.path, group=group)

    def _cells(self, row: Row, column: Column, focus: str, component: str, value: Node | None) -> list[Cell]:
        if value is not None:
            cells = [cell for _, cell in self.origin.cells.get((focus, column.path, str(value)), [])]
            if cells:
                return cells
        return row.cells(column.id) if value is None and component.startswith(("MaxCount", "UniqueLang")) else [row.cell(column.id)]


def _label(column: Column, language: str = "en") -> str:
    return column.name.get(language) or column.name.get("en") or column.id


def _facts(column: Column, component: str, text: str, choices: Choices, row: Row, cell: Cell) -> dict[str, str]:
    """The facts that fill a sentence of the catalogue."""
    facts = {"column": _label(column), "value": text}
    if column.scheme or column.refers_to:
        keys, every = choices.of(column)
        guess = nearest(text, every) if text else ""
        named = dict(choices.lists.get(column.scheme or "", {})).get(guess, guess)
        facts["nearest"] = f"Did you mean “{named}”?" if named else ""
        facts["allowed"] = shortlist(keys)
    elif column.is_date:
        facts["allowed"] = "a year (2013), a month (2013-05) or a day (2013-05-31)"
    elif column.is_number:
        whole = any(d.endswith("#integer") for d in column.datatypes)
        facts["allowed"] = "a whole number, written in digits only" if whole else "a number, written in digits with a point for decimals"
    elif column.is_address:
        facts["allowed"] = "an address that begins with http:// or https:// and holds no blank"
    elif column.names_columns:
        facts["allowed"] = "the id of a column of this table"
    elif column.is_text:
        facts["allowed"] = "a text in a language"
    else:
        facts["allowed"] = "ASCII letters, digits, dot, hyphen and underscore"
    if component.startswith("MinCount") and not (column.scheme or column.refers_to):
        facts["allowed"] = column.description.get("en", "")
    elif component.startswith("MinCount") and column.scheme:
        facts["allowed"] = f"Allowed: {facts['allowed']}."
    if component.startswith("MaxCount"):
        facts |= {"value": f"{len(row.text(cell).split('|'))} values", "limit": "one value"}
    return facts
