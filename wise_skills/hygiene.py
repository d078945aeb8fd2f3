"""Rules of hygiene for ontology and lists: one SPARQL query per rule, `ontology/hygiene/<rule>.rq`.

Adding a rule needs no code: a query that selects `?focus ?message`, and a file that breaks it,
`tests/fixtures/hygiene/<rule>.ttl`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, QuerySolutions, Store

from wise_skills.axioms import text
from wise_skills.errors import OntologyError


@dataclass(frozen=True)
class Finding:
    """A term or concept that breaks a rule of hygiene."""

    rule: str
    focus: str
    message: str


def check_hygiene(store: Store, rules: Mapping[str, str]) -> tuple[Finding, ...]:
    """Run hygiene rules; a rule is a SELECT of `?focus ?message`, and no row means that all is well.

    Raises
    ------
    OntologyError
        if a rule cannot be read, or selects something else.
    """
    findings: set[Finding] = set()
    for name, query in sorted(rules.items()):
        try:
            rows = store.query(query, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise OntologyError(f"The rule {name} cannot be read: {error}. Mend ontology/hygiene/{name}.rq.") from error
        if not isinstance(rows, QuerySolutions) or {v.value for v in rows.variables} != {"focus", "message"}:
            raise OntologyError(f"The rule {name} has to select ?focus and ?message.")
        for row in rows:
            message = row["message"]
            findings.add(Finding(name, text(row["focus"]), message.value if isinstance(message, Literal) else ""))
    return tuple(sorted(findings, key=lambda f: (f.rule, f.focus, f.message)))
