"""An exploration as a question: the file that the catalogue could hold, and the question itself, read from that very text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from flask_babel import gettext as _

from query_ui.exploring.index import Index
from query_ui.exploring.model import Exploration, Facet
from query_ui.exploring.patterns import THING
from query_ui.exploring.sentences import column_name, facet_name, is_name, sentence, table_description, table_title
from query_ui.exploring.sparql import GROUPS, LARGEST, MEAN, NUMBER, SMALLEST, Shown, Writer
from query_ui.naming import Naming
from wise_skills.questions import Question
from wise_skills.questions.header import split
from wise_skills.questions.reader import Reader

# Ten times as fast where libyaml is there.
_LOADER, _DUMPER = getattr(yaml, "CSafeLoader", yaml.SafeLoader), getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_USUAL, _SHARE = 6, 0.2
_FRAME = ("key", "ordinal", "evidence", "unverified", "source", "identifier", "note", "altLabel", "country")


def columns(index: Index, exploration: Exploration) -> list[Facet]:
    """Return the columns of a list: the chosen ones, else the country and the first few that many things have."""
    if exploration.show:
        return list(exploration.show)
    sheet, table = index.sheet(exploration.table), exploration.table
    found = []
    for facet in index.paths.facets(table):
        end = facet.column.path.rsplit("#")[-1].rsplit("/")[-1]
        if facet.kind in ("link", "language") or end in _FRAME or is_name(facet):
            continue
        if facet.kind in ("text", "string") and not facet.column.required:
            continue
        if len(index.with_any(facet)) >= _SHARE * len(sheet.things):
            found.append(facet)
    country = [f for f in index.paths.facets(table) if f.column.path.endswith("#country")]
    return [*country, *found[:_USUAL]]


def text(index: Index, exploration: Exploration, naming: Naming) -> str:
    """Return the file: a header in YAML behind `#+ `, then the query."""
    writer = Writer(index, exploration)
    if exploration.by:
        query, shown = writer.groups(), writer.grouped()
    else:
        chosen = columns(index, exploration)
        query, shown = writer.rows(chosen), writer.shown(chosen)
    title = sentence(exploration, naming)
    header: dict[str, Any] = {
        "title": title,
        "user": "analyst",
        "subject": table_title(exploration.table),
        "description": table_description(exploration.table) or title,
        "columns": {c.variable: _column(exploration, c) for c in shown},
        "answer": _template(_("%(title)s Found: %(number)s.", title=title, number="\0")),
        "answer_none": _template(_("%(title)s Nothing fits.", title=title)),
    }
    dumped = yaml.dump(header, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=110)
    return "".join(f"#+ {line}\n" for line in dumped.rstrip("\n").split("\n")) + query + "\n"


def question(table: str, content: str) -> Question:
    """Return the question of a file's text."""
    header, body = split(content)
    reader = Reader(Path(f"{file_name(table)}.rq"), yaml.load(header, Loader=_LOADER), thorough=False)
    found = reader.question(body, content)
    assert found is not None, reader.problems
    return found


def file_name(table: str) -> str:
    """Return the name of the file without its ending."""
    return f"explore-{table.replace('_', '-')}"


def _column(exploration: Exploration, shown: Shown) -> dict[str, str]:
    if shown.variable == THING:
        label = table_title(exploration.table)
    elif shown.variable in GROUPS and shown.facet:
        label = facet_name(shown.facet)
    else:
        number = column_name(shown.facet.column) if shown.facet else ""
        told = {
            NUMBER: _("number"),
            SMALLEST: _("smallest: %(column)s", column=number),
            MEAN: _("mean: %(column)s", column=number),
            LARGEST: _("largest: %(column)s", column=number),
            "evidence": _("Evidence"),
            "sources": _("Sources"),
            "row": _("Where it comes from"),
        }
        label = told.get(shown.variable) or (facet_name(shown.facet) if shown.facet else shown.variable)
    return {"label": label, "kind": shown.kind}


def _template(told: str) -> str:
    """A sentence as a template of an answer: what was typed may hold braces."""
    return told.replace("{", "{{").replace("}", "}}").replace("\0", "{rows}")


__all__: Sequence[str] = ["columns", "file_name", "question", "text"]
