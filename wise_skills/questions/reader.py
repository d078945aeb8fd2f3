"""Turns the header of a question into a `Question` and collects everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import pyoxigraph as ox
from rapidfuzz import process

from wise_skills.engines import Limits
from wise_skills.engines.guard import check
from wise_skills.engines.locate import locate
from wise_skills.errors import FileProblem, QueryError, QuerySyntaxError
from wise_skills.names import BASE
from wise_skills.questions.model import (
    COLUMN_KINDS,
    CONVENTIONAL,
    LABEL_SUFFIX,
    PARAMETER_TYPES,
    SLOT,
    USERS,
    VIEWS,
    Column,
    Parameter,
    Question,
    fill,
)
from wise_skills.questions.needs import NEEDS

_REQUIRED = ("title", "description", "user", "subject", "answer", "answer_none")
_OPTIONAL = (
    "answer_one", "numbers", "needs", "parameters", "columns", "unknown", "unknown_text", "example", "combinations", "behind", "view",
)  # fmt: skip
_KEYS = (*_REQUIRED, *_OPTIONAL)
_PARAMETER_KEYS = ("name", "label", "description", "type", "choices", "required", "several", "default", "example")
_VIEW_KEYS = ("kind", "x", "y", "series")
_COLUMN_KEYS = ("label", "unit", "kind")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_OWN_LIMITS = Limits(query_chars=200_000)
_ANSWERS = ("answer", "answer_one", "answer_none")


def nearest(text: str, among: Iterable[str], *, limit: int = 3) -> list[str]:
    """Return those texts that a person who wrote `text` may have meant."""
    return [found for found, _, _ in process.extract(text, list(among), limit=limit, score_cutoff=60)]


class Reader:
    """Turns a header into a question and collects what is wrong with it."""

    def __init__(self, path: Path, data: dict[str, Any], *, thorough: bool = True) -> None:
        self.path, self.data, self.thorough = path, data, thorough
        self.problems: list[FileProblem] = []

    def question(self, body: str, text: str) -> Question | None:
        """Return the question; None if its query cannot be read or a required key is missing."""
        if not _NAME.fullmatch(self.path.stem):
            self._problem("the name of the file must be lower-case words with hyphens")
        self._known(self.data, _KEYS, "the header")
        missing = [key for key in _REQUIRED if not self.data.get(key)]
        for key in missing:
            self._problem(f"{key} is missing", where="header")
        if self.data.get("user") not in USERS and "user" not in missing:
            self._problem(f"user is “{self.data['user']}”", where="header", advice=f"Give {', '.join(USERS)}")
        parameters = tuple(self._parameters())
        numbers = _list(self.data.get("numbers"))
        if not all(isinstance(number, int) for number in numbers):
            self._problem("numbers must be numbers of competency questions", where="header")
        needs = _strings(self.data.get("needs"))
        for need in needs:
            if need not in NEEDS:
                self._problem(f"needs is “{need}”", where="header", advice=f"Give {', '.join(NEEDS)}")
        variables = self._variables(body, parameters)
        columns = self._columns(variables)
        view = self._view(columns)
        if missing or self.problems:
            return None
        strings = {key: str(self.data.get(key) or "").strip() for key in ("title", "description", "subject", *_ANSWERS)}
        question = Question(
            name=self.path.stem,
            user=self.data["user"],
            body=body,
            text=text,
            numbers=tuple(numbers),
            needs=needs,
            parameters=parameters,
            columns=columns,
            unknown=self.data.get("unknown"),
            unknown_text=str(self.data.get("unknown_text") or "").strip(),
            combinations=self.data.get("combinations"),
            behind=self._behind(columns),
            view=view,
            example={str(key): _strings(value) for key, value in (self.data.get("example") or {}).items()},
            **{**strings, "answer_one": strings["answer_one"] or strings["answer"]},
        )
        if self.thorough:
            self._check_parts(question, variables)
        return question

    def _parameters(self) -> Iterator[Parameter]:
        for number, entry in enumerate(_list(self.data.get("parameters")), start=1):
            where = f"parameter {number}"
            if not isinstance(entry, dict) or not entry.get("name") or not entry.get("label"):
                self._problem("a parameter needs name and label", where=where)
                continue
            self._known(entry, _PARAMETER_KEYS, where)
            kind = entry.get("type", "concept")
            if kind not in PARAMETER_TYPES:
                self._problem(f"type is “{kind}”", where=where, advice=f"Give {', '.join(PARAMETER_TYPES)}")
            yield Parameter(
                name=str(entry["name"]),
                label=str(entry["label"]),
                description=str(entry.get("description") or ""),
                type=kind,
                choices=entry.get("choices"),
                required=bool(entry.get("required")),
                several=bool(entry.get("several")),
                default=_strings(entry.get("default")),
                example=_strings(entry.get("example")),
            )

    def _columns(self, variables: list[str]) -> dict[str, Column]:
        columns: dict[str, Column] = {}
        given = self.data.get("columns") or {}
        for variable in variables:
            entry = given.get(variable)
            if entry is None:
                hidden = variable.endswith(LABEL_SUFFIX) and variable.removesuffix(LABEL_SUFFIX) in variables
                if variable in CONVENTIONAL:
                    columns[variable] = CONVENTIONAL[variable]
                elif not hidden:
                    self._problem(f"?{variable} is selected and has no entry", where="columns")
                continue
            entry = {"label": entry} if isinstance(entry, str) else entry
            self._known(entry, _COLUMN_KEYS, f"column {variable}")
            is_thing = variable + LABEL_SUFFIX in variables
            kind = entry.get("kind", "thing" if is_thing else "text")
            if kind not in COLUMN_KINDS:
                self._problem(f"kind is “{kind}”", where=f"column {variable}", advice=f"Give {', '.join(COLUMN_KINDS)}")
            columns[variable] = Column(str(entry.get("label") or variable), str(entry.get("unit") or ""), kind)
        for name in given:
            if variables and name not in variables:
                self._problem(f"{name} is not selected by the query", where="columns")
        return columns

    def _behind(self, columns: Mapping[str, Column]) -> dict[str, str]:
        """Queries for what stands behind a number; one query may serve several columns: `a, b: SELECT …`."""
        given = self.data.get("behind") or {}
        found = {name.strip(): str(query) for names, query in given.items() for name in str(names).split(",")}
        for name in found:
            if name not in columns:
                self._problem(f"{name} is no column", where="behind")
        return found

    def _view(self, columns: Mapping[str, Column]) -> dict[str, str]:
        given = self.data.get("view") or {}
        view = {"kind": given} if isinstance(given, str) else given
        if not isinstance(view, dict) or not all(isinstance(value, str) for value in view.values()):
            self._problem("view is one word, or kind, x, y and series", where="view")
            return {}
        self._known(view, _VIEW_KEYS, "view")
        if view and view.get("kind") not in VIEWS:
            self._problem(f"view is “{view.get('kind')}”", where="view", advice=f"Give {', '.join(VIEWS)}")
        for key in ("x", "y", "series"):
            if view.get(key) and columns and view[key] not in columns:
                self._problem(f"{key} is “{view[key]}”, which is no column", where="view", advice=f"Give {', '.join(columns)}")
        return view

    def _variables(self, body: str, parameters: tuple[Parameter, ...]) -> list[str]:
        names = {parameter.name for parameter in parameters}
        slots = [match["name"] for match in SLOT.finditer(body) if match["name"] != "language"]
        for name in sorted(names - set(slots)):
            self._problem(f"the query has no line for {name}", where="query", advice=f"Write VALUES ?{name} {{ UNDEF }} # parameter")
        for name in sorted(set(slots) - names):
            self._problem(f"VALUES ?{name} stands for a parameter that the header does not name", where="query")
        return self._selected(body, "query")

    def _check_parts(self, question: Question, variables: list[str]) -> None:
        for parameter in question.parameters:
            if parameter.choices:
                where = f"choices of {parameter.name}"
                self._needs(self._selected(question.complete(parameter.choices), where), ("value", "label"), where)
        if question.unknown:
            selected = self._selected(question.complete(question.unknown), "unknown")
            self._needs(selected, ("thing", "label", "state"), "unknown")
        if question.combinations:
            selected = self._selected(question.complete(question.combinations), "combinations")
            self._needs(selected, tuple(p.name for p in question.parameters if p.choices), "combinations")
        for name, query in question.behind.items():
            if query.strip() in question.behind:
                continue
            self._needs(self._selected(question.complete(query), f"behind {name}"), ("claim",), f"behind {name}")
        names = {"rows", *(parameter.name for parameter in question.parameters)}
        names |= {f"{kind}_{variable}" for variable in variables for kind in ("count", "first")}
        for key in _ANSWERS:
            for place in _places(getattr(question, key)):
                if place not in names:
                    self._problem(f"{{{place}}} stands for nothing", where=key, advice=f"Known are {', '.join(sorted(names))}")
        for name in question.example:
            if question.parameter(name) is None:
                self._problem(f"{name} is no parameter", where="example")

    def _selected(self, query: str, where: str) -> list[str]:
        """Return the variables of a SELECT query; none if it cannot be read, which is a problem of the file."""
        query = fill(query, {})
        try:
            kind = check(query, limits=_OWN_LIMITS).kind if self.thorough else "select"
            found = ox.Store().query(query, base_iri=BASE)
        except SyntaxError as error:
            line, column, problem = locate(query, BASE, str(error))
            self._problem(str(QuerySyntaxError(problem, line=line, column=column)), where=where)
            return []
        except QueryError as error:
            self._problem(str(error), where=where)
            return []
        if not isinstance(found, ox.QuerySolutions):
            self._problem(f"must be a SELECT query, not {kind.upper()}", where=where)
            return []
        return [variable.value for variable in found.variables]

    def _needs(self, selected: list[str], wanted: tuple[str, ...], where: str) -> None:
        if selected and not set(wanted) <= set(selected):
            self._problem(f"must select {', '.join('?' + name for name in wanted)}", where=where)

    def _known(self, entry: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
        for key in entry:
            if key not in keys:
                close = nearest(str(key), keys, limit=1)
                self._problem(f"the key {key} is unknown", where=where, advice=f"Did you mean {close[0]}?" if close else "")

    def _problem(self, problem: str, *, where: str = "", advice: str = "") -> None:
        self.problems.append(FileProblem(self.path, problem, where=where, advice=advice))


def _places(template: str) -> list[str]:
    try:
        return [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    except ValueError:
        return [template]


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in _list(value))
