"""The conditions of an exploration as SPARQL 1.1 patterns. A value enters only as `Term.n3`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import indent

from query_ui.exploring.counting import number as as_number
from query_ui.exploring.index import Index
from query_ui.exploring.model import ANY, NONE, NOT_APPLICABLE, NOT_REPORTED, Condition, Exploration, Facet, Step
from wise_skills.names import XSD
from wise_skills.tables import Table
from wise_skills.terms import Term, iri, text, typed

THING = "thing"
"""The variable of what is looked for."""
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Patterns:
    """Writes the conditions of one exploration."""

    def __init__(self, index: Index, exploration: Exploration) -> None:
        self.index, self.exploration, self.names = index, exploration, index.edition.names
        self._count = 0
        self._steps: dict[str, tuple[Step, ...]] = {}
        for facet in [c.facet for c in exploration.conditions]:
            self.make_way(facet)

    def make_way(self, facet: Facet) -> None:
        """Have the things on the way to a facet in the patterns, even if nothing else is asked of them."""
        for number in range(len(facet.steps)):
            steps = facet.steps[: number + 1]
            self._steps.setdefault(".".join(s.key for s in steps), steps)

    def term(self, value: str) -> str:
        """Return an IRI in the shortest form."""
        for prefix, start in self.index.edition.prefixes.items():
            if value.startswith(start) and _LOCAL.fullmatch(value[len(start) :]):
                return f"{prefix}:{value[len(start) :]}"
        return iri(value).n3()

    def whole(self, body: str) -> str:
        """Return a query under the prefixes that it uses."""
        used = (f"PREFIX {p}: <{i}>\n" for p, i in self.index.edition.prefixes.items() if re.search(rf"(?<![\w<]){p}:", body))
        return "".join(used) + body

    def things(self) -> str:
        """Return the query for the things alone."""
        return self.whole(f"SELECT DISTINCT ?{THING} WHERE {{\n{indent(self.patterns(), '  ')}\n}}\nORDER BY ?{THING}")

    def patterns(self) -> str:
        """Return the pattern of all conditions."""
        return "\n".join([self.is_a(THING, self.exploration.table), *self.inside("")])

    def is_a(self, var: str, table: Table) -> str:
        """Return the pattern that a variable is a thing of a table."""
        return f"?{var} a {self.term(table.target)} ."

    def node(self, at: str) -> str:
        """Return the variable of the things behind some steps."""
        return "at_" + re.sub(r"\W", "_", at) if at else THING

    def inside(self, at: str, leaving: str = "") -> Iterator[str]:
        """What is asked of the things behind some steps, and of those behind further ones but for one."""
        for condition in self.exploration.conditions:
            if condition.facet.at == at:
                yield from self._condition(condition)
        for below, steps in self._steps.items():
            if below != leaving and ".".join(s.key for s in steps[:-1]) == at:
                yield self.step(self.node(at), steps[-1], self.node(below))
                yield from self.inside(below)

    def step(self, start: str, step: Step, end: str) -> str:
        """Return the pattern of a step."""
        one, two = (end, start) if step.inverse else (start, end)
        return f"?{one} {self.term(step.column.path)} ?{two} . {self.is_a(end, step.table)}"

    def _condition(self, condition: Condition) -> Iterator[str]:
        self._count += 1
        facet, var = condition.facet, f"is_{self._count}"
        node = self.node(facet.at)
        has = self.has(node, facet, var)
        if condition.op == "has":
            words = " || ".join(f"CONTAINS(LCASE(STR(?{var})), LCASE({text(w).n3()}))" for w in condition.words)
            yield f"{has} FILTER ({words})"
        elif condition.op == "range":
            yield f"{has} FILTER ({self.within(condition, var)})"
        else:
            parts = [f"{has} {self._among(facet, condition.terms, var)}"] if condition.terms else []
            parts += [self._state(node, facet, state, var) for state in condition.states]
            yield parts[0] if len(parts) == 1 else "\nUNION\n".join(f"{{ {self.is_a(node, facet.table)} {part} }}" for part in parts)

    def has(self, node: str, facet: Facet, var: str) -> str:
        """Return the pattern by which a variable gets the values of a facet."""
        if facet.link:
            return self.step(node, facet.link, var)
        return f"?{node} {self.term(facet.column.path)} ?{var} ."

    def _among(self, facet: Facet, terms: Iterable[Term], var: str) -> str:
        if facet.kind == "language":
            return f"FILTER (LANG(?{var}) IN ({', '.join(t.n3() for t in terms)}))"
        return f"VALUES ?{var} {{ {' '.join(self.term(t.value) if t.kind == 'iri' else t.n3() for t in terms)} }}"

    def _state(self, node: str, facet: Facet, state: str, var: str) -> str:
        if state == ANY:
            return self.has(node, facet, var)
        # The class again, as what MINUS takes away is looked for on its own: ESCO has half a million labels.
        missing = f"MINUS {{ {self.is_a(node, facet.table)} {self.has(node, facet, var)} }}"
        if state == NONE:
            return missing
        said = {NOT_REPORTED: self.names.not_reported, NOT_APPLICABLE: self.names.not_applicable}[state]
        return f"?{node} {self.term(said)} {self.term(facet.column.path)} . {missing}"

    def within(self, condition: Condition, var: str) -> str:
        """Return the expression that a value lies in a range."""
        found = []
        if condition.facet.kind == "date":
            found += [f'STR(?{var}) >= "{condition.start}"'] if condition.start else []
            found += [f'SUBSTR(STR(?{var}), 1, {len(condition.end)}) <= "{condition.end}"'] if condition.end else []
        else:
            for sign, end in ((">=", condition.start), ("<=", condition.end)):
                if end and (value := as_number(end)) is not None:
                    found.append(f"?{var} {sign} {typed(format(value, 'f'), XSD + 'decimal').n3()}")
        return " && ".join(found) or "true"
