"""What a reader is told of an exploration: names of tables, columns and values, and one sentence for the whole.

Thirteen languages: conditions stand behind colons, so that no name has to be inflected.
"""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale
from babel.lists import format_list
from flask_babel import gettext as _
from flask_babel import ngettext

from query_ui import words
from query_ui.asked import interface
from query_ui.exploring.model import ANY, NONE, NOT_APPLICABLE, NOT_REPORTED, Condition, Exploration, Facet, Step
from query_ui.naming import Naming
from wise_skills.names import PREF_LABEL
from wise_skills.tables import Column, Table
from wise_skills.terms import Term


def table_title(table: Table) -> str:
    """Return the title of a table in the language of the page."""
    return table.title.get(interface()) or table.title.get("en") or table.name


def table_description(table: Table) -> str:
    """Return what a table holds, in the language of the page."""
    return table.description.get(interface()) or table.description.get("en", "")


def column_name(column: Column) -> str:
    """Return the name of a column in the language of the page."""
    return column.name.get(interface()) or column.name.get("en") or column.id


def step_name(step: Step) -> str:
    """Return the name of a step: of the column, or of the table that refers to the thing, with its column if it has several."""
    if not step.inverse:
        return column_name(step.column)
    if step.alone:
        return table_title(step.table)
    return str(_("%(table)s (by “%(column)s”)", table=table_title(step.table), column=column_name(step.column)))


def facet_name(facet: Facet, *, whole: bool = True) -> str:
    """Return the name of a facet, with the steps that lead to it if it is to stand alone."""
    parts = [step_name(s) for s in facet.steps] if whole else []
    if facet.link:
        last = step_name(facet.link)
    elif facet.kind == "language":
        last = _("%(column)s: languages", column=column_name(facet.column))
    else:
        last = column_name(facet.column)
    return " › ".join([*parts, last])


def language_name(tag: str) -> str:
    """Return the name of a language in the language of the page; the tag where it has none."""
    return str(Locale.parse(interface()).languages.get(tag, tag))


def state_name(state: str) -> str:
    """Return what a state is called."""
    if state == NONE:
        return str(_("no value"))
    if state == ANY:
        return str(_("any value"))
    return str(words.ABSENCES[state.removeprefix("*")][1])


def state_sign(state: str) -> str:
    """Return the sign of a stated absence, empty for other states."""
    return words.ABSENCES[state.removeprefix("*")][0] if state in (NOT_REPORTED, NOT_APPLICABLE) else ""


def value_name(facet: Facet, term: Term, naming: Naming) -> tuple[str, str | None]:
    """Return the name of a value and its language, if that is known."""
    if facet.kind == "language":
        return language_name(term.value), None
    if term.kind != "iri":
        return words.literal(term), term.language
    if facet.column.names_columns:
        named = next((c for c in (*facet.table.columns, *facet.table.constants) if c.path == term.value), None)
        if named:
            return column_name(named), None
    if facet.column.path.endswith("evidence") and (told := words.EVIDENCE.get(words.key(term.value))):
        return str(told[0]), None
    return naming(term.value), naming.language_of(term.value)


def among(names: Sequence[str]) -> str:
    """Return names as alternatives: `a, b or c`."""
    return str(format_list(list(names), style="or", locale=interface()))


def condition_text(condition: Condition, naming: Naming) -> str:
    """Return a condition without the name of its facet: the values, words or limits."""
    facet = condition.facet
    if condition.op == "has":
        return str(_("the text holds %(words)s", words=among([f"“{w}”" for w in condition.words])))
    if condition.op == "range":
        start, end = _limit(facet, condition.start), _limit(facet, condition.end)
        if start == end:
            return start
        if start and end:
            return str(_("%(start)s to %(end)s", start=start, end=end))
        return str(_("from %(start)s", start=start) if start else _("up to %(end)s", end=end))
    naming.fetch(t.value for t in condition.terms if t.kind == "iri")
    names = [value_name(facet, t, naming)[0] for t in condition.terms]
    return among([*names, *(state_name(s) for s in condition.states)])


def _limit(facet: Facet, text: str) -> str:
    if not text:
        return ""
    return words.date(text) if facet.kind == "date" else words.number(float(text))


def sentence(exploration: Exploration, naming: Naming) -> str:
    """Return the whole exploration as one sentence."""
    told = {
        "table": table_title(exploration.table),
        "conditions": _between().join(
            _("%(column)s: %(values)s", column=facet_name(c.facet), values=condition_text(c, naming)) for c in exploration.conditions
        ),
        "columns": _between().join(facet_name(f) for f in exploration.by),
        "number": facet_name(exploration.number) if exploration.number else "",
    }
    if exploration.number:
        if exploration.conditions:
            return str(_("%(table)s with %(conditions)s – smallest, mean and largest %(number)s by: %(columns)s.", **told))
        return str(_("%(table)s – smallest, mean and largest %(number)s by: %(columns)s.", **told))
    if exploration.by:
        if exploration.conditions:
            return str(_("%(table)s with %(conditions)s – counted by: %(columns)s.", **told))
        return str(_("%(table)s – counted by: %(columns)s.", **told))
    return str(_("%(table)s with %(conditions)s.", **told) if exploration.conditions else _("%(table)s: all of them.", **told))


def result_count(number: int, total: int) -> str:
    """Return how many things of all were found."""
    told = {"number": words.number(number), "total": words.number(total)}
    if number == total:
        return str(ngettext("%(number)s thing", "%(number)s things", number, **told))
    return str(ngettext("%(number)s of %(total)s thing", "%(number)s of %(total)s things", total, **told))


def is_name(facet: Facet) -> bool:
    """Whether a facet is the name of the things themselves."""
    return not facet.steps and facet.column.path == PREF_LABEL


def _between() -> str:
    # A semicolon is the question mark of Greek.
    return " · " if interface() == "el" else "; "
