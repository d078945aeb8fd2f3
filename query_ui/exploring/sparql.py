"""An exploration as a SPARQL 1.1 query: one row for each thing, or one for each group.

The conditions stand in a subquery of their own, so that no other pattern multiplies what they find. Texts are taken in the
language of the reader, else in English, else in any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import indent

from query_ui.exploring.model import ANY, Facet, Step
from query_ui.exploring.patterns import THING, Patterns
from wise_skills.names import DCT, PREF_LABEL
from wise_skills.questions.model import ColumnKind

NUMBER, SMALLEST, MEAN, LARGEST = "number", "smallest", "mean", "largest"
GROUPS = ("first", "second")
_TAKEN = {THING, NUMBER, "row", "language", "evidence", "sources"}
_NOTHING = "<urn:none>"
"""The key of the group of things that have no value: bound, as an engine would take any label for that of nothing."""
VALUES = 'VALUES ?language { "en" }'
"""The line by which a question takes the language of its reader."""


@dataclass(frozen=True)
class Shown:
    """A variable of the query, the facet behind it, and the kind of column that it is; `labelled` ones have a `…Label` beside them."""

    variable: str
    facet: Facet | None
    kind: ColumnKind
    labelled: bool = False


def variable(facet: Facet) -> str:
    """Return the name of the variable that shows a facet."""
    if facet.key in ("evidence", "sources"):
        return facet.key
    name = re.sub(r"\W", "_", facet.key)
    return f"{name}_" if name in _TAKEN else name


class Writer(Patterns):
    """Writes the queries of one exploration."""

    def shown(self, facets: Sequence[Facet]) -> list[Shown]:
        """Return the variables of a list with these columns, from the thing to the row that says so."""
        found = [Shown(THING, None, "thing", True)]
        for facet in facets:
            if facet.key not in ("evidence", "sources"):
                found.append(self._shown(facet))
        found += [Shown("evidence", None, "evidence")] if "evidence" in self.exploration.table.by_id else []
        found += [Shown("sources", None, "sources")] if "sources" in self.exploration.table.by_id else []
        return [*found, Shown("row", None, "row")]

    def _shown(self, facet: Facet) -> Shown:
        if self.several(facet) or facet.kind in ("text", "string"):
            return Shown(variable(facet), facet, "text")
        if facet.kind in ("number", "date"):
            return Shown(variable(facet), facet, "number" if facet.kind == "number" else "date")
        if facet.column.is_address and facet.column.path.endswith("homepage"):
            return Shown(variable(facet), facet, "link")
        return Shown(variable(facet), facet, "thing", not facet.column.names_columns)

    def several(self, facet: Facet) -> bool:
        """Whether a thing may have more than one value of a facet; of a text, more than one in a language."""
        if facet.steps and (len(facet.steps) > 1 or facet.steps[0].inverse or self._branches(facet.steps[0])):
            return True
        values = self.index.sheet(facet.table).of(facet.column.path).values()
        if facet.kind == "text":
            return any(len({t.language for t in terms}) < len(terms) for terms in values)
        return any(len(terms) > 1 for terms in values)

    def _branches(self, step: Step) -> bool:
        return any(len(led) > 1 for led in self.index.ahead(self.exploration.table, step).values())

    def rows(self, facets: Sequence[Facet]) -> str:
        """Return the query that lists the things with these columns, one row each.

        Each column is a branch of a UNION, and SAMPLE takes what it found: side by side, OPTIONALs multiply what an engine
        guesses (and, where a label stands twice, the rows).
        """
        shown = self.shown(facets)
        selected, branches = [f"?{THING}"], []
        for column in shown:
            found = self._column(column)
            branches.append(_block("", [self.is_a(THING, self.exploration.table), *found.lines]).strip())
            selected += [f"(SAMPLE(?{var}) AS ?{name})" for var, name in found.selected]
        things = _block("", [f"SELECT DISTINCT ?{THING}", _block("WHERE", [self.patterns()])]).strip()
        where = _block("WHERE", [things, " UNION ".join(branches)])
        return self.whole(f"SELECT {' '.join(selected)}\n{where}\nGROUP BY ?{THING}\nORDER BY {self._order(shown)}")

    def _column(self, column: Shown) -> _Found:
        """The pattern that gives a column, and the variables that hold it."""
        var, facet = column.variable, column.facet
        one = f"{var}One"
        if column.kind == "row":
            return _Found([f"?{one} {self.term(self.names.describes)} ?{THING} ."], [(one, var)])
        if column.kind == "evidence":
            return _Found([f"?{THING} {self.term(self.names.wise + 'evidence')} ?{one} ."], [(one, var)])
        if column.kind == "sources":
            return self._joined(var, [f"?{THING} {self.term(DCT + 'source')} ?{one} ."], f"STR(?{one})", " ")
        if facet is None:
            return _Found([VALUES, *self._label(THING, PREF_LABEL, f"{var}Name")], [(f"{var}Name", f"{var}Label")])
        way = self._way(facet, one)
        if column.labelled:
            return _Found([VALUES, way, *self._label(one, self._naming(facet), f"{var}Name")], [(one, var), (f"{var}Name", f"{var}Label")])
        if column.kind != "text" or (facet.kind != "text" and not self.several(facet)):
            return _Found([way], [(one, var)])
        if facet.kind == "values" and not facet.column.names_columns:
            named = self._label(one, self._naming(facet), f"{var}Label")
            return self._joined(var, [VALUES, way, *named], f"COALESCE(STR(?{var}Label), STR(?{one}))")
        if facet.kind == "text" and not self.several(facet):
            # In the language of the reader, else in English, else in any: by a letter before the text, which is cut off again.
            rank = f'IF(LANG(?{one}) = ?language, "1", IF(LANG(?{one}) = "en", "2", "3"))'
            best = f"(SUBSTR(MIN(CONCAT({rank}, STR(?{one}))), 2) AS ?{var}Best)"
            return _Found([_grouped(best, [self.is_a(THING, self.exploration.table), VALUES, way])], [(f"{var}Best", var)])
        return self._joined(var, [way], f"STR(?{one})")

    def _joined(self, var: str, pattern: Sequence[str], value: str, separator: str = "; ") -> _Found:
        joined = f'(GROUP_CONCAT(DISTINCT {value} ; separator = "{separator}") AS ?{var}All)'
        return _Found([_grouped(joined, [self.is_a(THING, self.exploration.table), *pattern])], [(f"{var}All", var)])

    def _order(self, shown: Sequence[Shown]) -> str:
        wanted = self.exploration.sort
        column = next((c for c in shown if c.facet and c.facet.key == wanted), shown[0])
        name = f"?{column.variable}Label" if column.labelled else f"?{column.variable}"
        first = f"DESC({name})" if self.exploration.descending and column is not shown[0] else name
        return " ".join(dict.fromkeys([first, f"?{THING}Label", f"?{THING}"]))

    def _naming(self, facet: Facet) -> str:
        return DCT + "title" if facet.column.is_address else PREF_LABEL

    def _label(self, var: str, path: str, name: str) -> list[str]:
        """Lines that bind the name of what a variable holds; it must be bound, else it would be given all names that there are."""
        found = [
            f"OPTIONAL {{ ?{var} {self.term(path)} ?{name}{ending} . FILTER (LANG(?{name}{ending}) = {tag}) }}"
            for ending, tag in (("In", "?language"), ("En", '"en"'))
        ]
        return [*found, f"BIND (COALESCE(?{name}In, ?{name}En) AS ?{name})"]

    def _way(self, facet: Facet, var: str) -> str:
        """The pattern from a thing to the values of a facet.

        Where there may be several things on the way, only those that fulfil the conditions; a single one does so anyway.
        """
        parts, several = [], self.several(facet)
        for number, step in enumerate(facet.steps, 1):
            at, below = (".".join(s.key for s in facet.steps[:n]) for n in (number - 1, number))
            parts.append(self.step(self.node(at), step, self.node(below)))
            if several:
                parts += self.inside(below, ".".join(s.key for s in facet.steps[: number + 1]))
        return " ".join([*parts, self.has(self.node(facet.at), facet, var)])

    def groups(self) -> str:
        """Return the query that counts by the facets of the exploration."""
        exploration = self.exploration
        for facet in (*exploration.by, *([exploration.number] if exploration.number else [])):
            self.make_way(facet)
        lines, keys, names, selected, measured = [self.patterns()], [], [], [], []
        for column in self.grouped():
            if column.variable in GROUPS and column.facet:
                key = f"?{column.variable}Key"
                lines += self._group(column.variable, column.facet)
                keys.append(key)
                names.append(f"BIND (IF(sameTerm({key}, {_NOTHING}), ?nothing, {key}) AS ?{column.variable})")
                selected.append(f"?{column.variable}")
                if column.labelled:
                    names += self._label(key[1:], self._naming(column.facet), f"{column.variable}Name")
                    selected.append(f"(SAMPLE(?{column.variable}Name) AS ?{column.variable}Label)")
            else:
                measured.append(f"?{column.variable}")
        counted = [f"(COUNT(DISTINCT ?{THING}) AS ?{NUMBER})"]
        inner = [f"?{THING}", *keys]
        if exploration.number:
            lines.append(self.has(self.node(exploration.number.at), exploration.number, "value"))
            inner.append("?value")
            counted += [f"(MIN(?value) AS ?{SMALLEST})", f"(ROUND(AVG(?value) * 100) / 100 AS ?{MEAN})", f"(MAX(?value) AS ?{LARGEST})"]
        distinct = [f"SELECT DISTINCT {' '.join(inner)}", _block("WHERE", lines)]
        groups = _block("", [f"SELECT {' '.join([*keys, *counted])}", _block("WHERE", distinct), f"GROUP BY {' '.join(keys)}"]).strip()
        return self.whole(
            f"SELECT {' '.join([*selected, *measured])}\n{_block('WHERE', [VALUES, groups, *names])}\n"
            f"GROUP BY {' '.join([*(k.removesuffix('Key') for k in keys), *measured])}\nORDER BY {self._group_order()}"
        )

    def grouped(self) -> list[Shown]:
        """Return the variables of the groups."""
        found = []
        for name, facet in zip(GROUPS, self.exploration.by, strict=False):
            things = facet.kind == "values"
            kind: ColumnKind = "thing" if things else "number" if facet.kind == "number" else "text"
            found.append(Shown(name, facet, kind, things and not facet.column.names_columns))
        found.append(Shown(NUMBER, None, "number"))
        if self.exploration.number:
            found += [Shown(name, self.exploration.number, "number") for name in (SMALLEST, MEAN, LARGEST)]
        return found

    def _group_order(self) -> str:
        columns = [c for c in self.grouped() if c.variable in GROUPS]
        names = [f"?{c.variable}Label ?{c.variable}" if c.labelled else f"?{c.variable}" for c in columns]
        wanted = next((n for n, c in enumerate(columns) if c.facet and c.facet.key == self.exploration.sort), None)
        if wanted is None:
            return " ".join([f"DESC(?{NUMBER})", *names])
        first = names.pop(wanted)
        return " ".join([f"DESC({first.split()[0]})" if self.exploration.descending else first, f"DESC(?{NUMBER})", *names])

    def _group(self, name: str, facet: Facet) -> Iterator[str]:
        """Bind the key of a group; a condition on the facet restricts the groups too, so that each leads to a list of its own."""
        chosen, ranged = self.exploration.condition(facet.key), self.exploration.condition(facet.key, "range")
        found, plain = f"?{name}Found", ANY in chosen.states if chosen else True
        yield f"OPTIONAL {{ {self.has(self.node(facet.at), facet, found[1:])} }}"
        value = {"date": f"SUBSTR(STR({found}), 1, 4)", "language": f"LANG({found})"}.get(facet.kind, found)
        if facet.kind == "date" and ranged:
            yield f"FILTER ({self.within(ranged, found[1:])})"
        if chosen and chosen.terms and not plain:
            among = ", ".join(self.term(t.value) if t.kind == "iri" else t.n3() for t in chosen.terms)
            yield f"FILTER ({value} IN ({among}){f' || !BOUND({found})' if chosen.states else ''})"
        yield f"BIND (COALESCE({value}, {_NOTHING}) AS ?{name}Key)"


@dataclass(frozen=True)
class _Found:
    """Lines of a pattern, and pairs of a variable in them and its name in the answer."""

    lines: list[str]
    selected: list[tuple[str, str]]


def _block(word: str, lines: Iterable[str]) -> str:
    return f"{word} {{\n{indent(chr(10).join(lines), '  ')}\n}}"


def _grouped(value: str, pattern: Iterable[str]) -> str:
    return f"{{ SELECT ?{THING} {value}\n{_block('WHERE', pattern)}\nGROUP BY ?{THING} }}"
