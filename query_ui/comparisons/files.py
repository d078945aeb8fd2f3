"""A comparison as a file: CSV, JSON, XLSX, and the marks of its picture."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from query_ui.charts import Mark
from query_ui.comparisons.comparison import Comparison
from query_ui.comparisons.matrix import FEW, FOUND, NONE, Cell, Row
from query_ui.spreadsheets import Link, Value, workbook
from query_ui.words import ABSENCES, number
from wise_skills.spreadsheets import guarded

SMALL = "△"
"""The sign of a small sample."""
HEAD = ("unit", "unit_iri", "item", "item_iri", "code", "numerator", "denominator", "rate", "state", "unknown", "small_sample", "behind")


def state_name(state: str) -> str:
    """Return a state in words."""
    if state == FOUND:
        return str(_("found"))
    return str(_("none of those known")) if state == NONE else str(ABSENCES[state][1])


def sign(cell: Cell) -> str:
    """Return the sign of a cell in which nothing was found: that of an absence, or 0."""
    return "" if cell.state == FOUND else "0" if cell.state == NONE else ABSENCES[cell.state][0]


def rate(cell: Cell) -> float | None:
    """Return the share as files give it, to four digits."""
    return None if cell.rate is None else round(cell.rate, 4)


def to_csv(comparison: Comparison, absolute: Callable[[str], str]) -> bytes:
    """Return one line for each cell of the shown rows."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for row in comparison.rows:
        name = comparison.item(row.item).text
        iri = row.item.value if row.item.kind == "iri" else ""
        for column, cell in zip(comparison.columns, row.cells, strict=True):
            unit = comparison.unit(column.unit).text
            numbers = (cell.n, cell.of, "" if cell.rate is None else rate(cell), cell.state, cell.unknown, str(column.few).lower())
            behind = absolute(comparison.behind(column.unit, row.item))
            writer.writerow((guarded(unit), column.unit.iri, guarded(name), iri, row.code, *numbers, behind))
    return out.getvalue().encode()


def to_json(comparison: Comparison, absolute: Callable[[str], str], about: dict[str, Any]) -> bytes:
    """Return the comparison as JSON: what is counted, units, rows with their cells, and the summary."""
    chosen, summary = comparison.chosen, comparison.summary
    keys = comparison.keys
    document = {
        "title": comparison.title,
        **about,
        "numerator": _(chosen.by.numerator),
        "denominator": _(chosen.by.denominator),
        "smallSample": FEW,
        "units": [
            {
                "key": c.unit.key,
                "iri": c.unit.iri,
                "label": comparison.unit(c.unit).text,
                "known": len(c.known),
                "unknown": {reason: len(things) for reason, things in c.unknown.items()},
                "ended": c.ended,
                "smallSample": c.few,
            }
            for c in comparison.columns
        ],
        "rows": [
            {
                "key": keys[row.item],
                "iri": row.item.value if row.item.kind == "iri" else None,
                "label": comparison.item(row.item).text,
                "code": row.code or None,
                "cells": [
                    {"unit": c.unit.key, "n": cell.n, "of": cell.of, "rate": rate(cell), "state": cell.state, "unknown": cell.unknown,
                     "behind": absolute(comparison.behind(c.unit, row.item))}
                    for c, cell in zip(comparison.columns, row.cells, strict=True)
                ],
            }
            for row in comparison.rows
        ],
        "shared": [keys[row.item] for row in summary.shared],
        "standings": {
            c.unit.key: {name: [keys[row.item] for row in getattr(standing, name)] for name in ("found", "only", "said", "none", "unknown")}
            for c, standing in zip(comparison.columns, summary.standings, strict=True)
        },
        "jaccard": [
            {"units": [comparison.columns[p.first].unit.key, comparison.columns[p.second].unit.key], "both": p.both, "either": p.either,
             "index": None if p.index is None else round(p.index, 4)}
            for p in summary.likenesses
        ],
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def to_xlsx(comparison: Comparison, absolute: Callable[[str], str], sentences: list[str]) -> bytes:
    """Return a workbook: the matrix with four columns for each unit, the summary, and what all of it is."""
    chosen = comparison.chosen
    heads = [_("Code"), _("Row")]
    for column in comparison.columns:
        name = comparison.unit(column.unit).text
        heads += [f"{name}: {what}" for what in (_("numerator"), _("denominator"), _("rate"), _("state"))]
    about: list[tuple[str, Value]] = [
        (_("In short"), " ".join(sentences)),
        (_("Numerator"), _(chosen.by.numerator)),
        (_("Denominator"), _(chosen.by.denominator)),
        (_("What is compared"), " ".join(_(text) for text in (chosen.subject.description, chosen.by.description) if text)),
        (_("Small samples"), _("Rates of fewer than %(few)s are marked: they say little.", few=number(FEW))),
        *((f"{signed} {text}", str(meaning)) for signed, text, meaning in ABSENCES.values()),
    ]
    summary = (_("Summary"), _summary_heads(), [_standing(comparison, n) for n in range(len(comparison.columns))])
    return workbook(
        comparison.title,
        heads,
        [_line(comparison, row, absolute) for row in comparison.rows],
        about,
        path=chosen.address(),
        more=[summary],
    )


def marks(comparison: Comparison) -> list[Mark]:
    """Return the cells of the picture, in percent."""
    found = []
    for row in comparison.rows:
        label = " ".join(part for part in (row.code, comparison.item(row.item).text) if part)
        for column, cell in zip(comparison.columns, row.cells, strict=True):
            note = _("%(n)s of %(m)s", n=number(cell.n), m=number(cell.of)) if cell.of else state_name(cell.state)
            shown = cell.rate is not None and cell.group in (FOUND, NONE)
            found.append(
                Mark(
                    label=label,
                    value=round(100 * cell.rate, 1) if shown and cell.rate is not None else None,
                    series=f"{comparison.unit(column.unit).text} {SMALL}" if column.few else comparison.unit(column.unit).text,
                    href=comparison.behind(column.unit, row.item),
                    note=note if shown else f"{note}, {state_name(cell.state)}",
                    sign="" if shown else sign(cell),
                    place=column.unit.key,
                )
            )
    return found


def _line(comparison: Comparison, row: Row, absolute: Callable[[str], str]) -> list[Value]:
    line: list[Value] = [row.code, comparison.item(row.item).text]
    for column, cell in zip(comparison.columns, row.cells, strict=True):
        state = Link(state_name(cell.state), absolute(comparison.behind(column.unit, row.item)))
        line += [cell.n, cell.of, rate(cell), state]
    return line


def _summary_heads() -> list[str]:
    return [
        _("Unit"), _("Things known"), _("Things of which it is not known"), _("Small sample"), _("Rows found"), _("Only here"),
        _("A source says no"), _("None of those known"), _("Not known"), _("Found only here"), _("None of those known: rows"),
    ]  # fmt: skip


def _standing(comparison: Comparison, n: int) -> list[Value]:
    column, standing = comparison.columns[n], comparison.summary.standings[n]
    only, none = ("; ".join(comparison.item(row.item).text for row in rows) for rows in (standing.only, standing.none))
    counts = [len(rows) for rows in (standing.found, standing.only, standing.said, standing.none, standing.unknown)]
    return [comparison.unit(column.unit).text, len(column.known), column.open, _("yes") if column.few else _("no"), *counts, only, none]
