"""What stands in an address as an exploration: what is wrong is told, what is right is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from query_ui.asked import CHOSEN
from query_ui.exploring.address import AT, BY, FACET_WORDS, FROM, HAS, NUMBER, SHOW, SORT, TO
from query_ui.exploring.counting import number
from query_ui.exploring.index import Index
from query_ui.exploring.model import STATES, Condition, Exploration, Facet
from query_ui.naming import Naming
from query_ui.results.result_views import KEYS
from wise_skills.labels import fold
from wise_skills.questions.reader import nearest
from wise_skills.tables import Table
from wise_skills.terms import Term

MOST_CONDITIONS, MOST_VALUES, MOST_COLUMNS, MOST_GROUPS, MOST_CHARS = 20, 50, 20, 2, 200
OTHERS = (*CHOSEN, *KEYS, FACET_WORDS)
"""Parameters that mean something else than a condition."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_SEARCHED = 2_000


@dataclass
class Read:
    """An exploration as read, where the reader was (`at`), and one sentence for each thing that was left out, by key."""

    exploration: Exploration
    at: str = ""
    problems: list[tuple[str, str]] = field(default_factory=list)


class Reader:
    """Reads the parameters of one address."""

    def __init__(self, index: Index, table: Table, naming: Naming, title: str) -> None:
        self.index, self.table, self.naming, self.title = index, table, naming, title
        self.problems: list[tuple[str, str]] = []

    def read(self, given: Iterable[tuple[str, str]]) -> Read:
        """Return the exploration that pairs of key and value describe."""
        parameters: dict[str, list[str]] = {}
        for key, value in given:
            if key not in OTHERS and value.strip() and (text := self._clean(key, value)):
                parameters.setdefault(key, [])
                if text not in parameters[key]:
                    parameters[key].append(text)
        special = {name: parameters.pop(name, []) for name in (BY, NUMBER, SHOW, SORT, AT)}
        conditions = tuple(self._conditions(parameters))
        if len(conditions) > MOST_CONDITIONS:
            self._tell("", _("There are more than %(most)s conditions. The first %(most)s were kept.", most=MOST_CONDITIONS))
            conditions = conditions[:MOST_CONDITIONS]
        by = self._facets(BY, special[BY], MOST_GROUPS, lambda f: f.groups)
        numbers = self._facets(NUMBER, special[NUMBER], 1, lambda f: f.kind == "number" and not f.steps)
        show = self._facets(SHOW, special[SHOW], MOST_COLUMNS, lambda f: f.kind not in ("link", "language"))
        sort = special[SORT][0] if special[SORT] else ""
        wanted = self.index.paths.find(self.table, sort.removeprefix("-")) if sort else None
        if sort and wanted is None:
            self._unknown(SORT, sort.removeprefix("-"))
        exploration = Exploration(
            self.table, conditions, by, numbers[0] if numbers and by else None, show, wanted.key if wanted else "", sort.startswith("-")
        )
        at = special[AT][0] if special[AT] else ""
        if self.index.paths.walk(self.table, at) is None:
            self._unknown(AT, at)
            at = ""
        return Read(exploration, at, self.problems)

    def _clean(self, key: str, value: str) -> str:
        value = value.strip()
        if _CONTROL.search(value) or _CONTROL.search(key):
            self._tell("", _("A value holds characters that cannot be shown. It was left out."))
            return ""
        if len(value) > MOST_CHARS and not value.startswith("http"):
            self._tell(key, _("A value is longer than %(most)s characters. It was left out.", most=MOST_CHARS))
            return ""
        return value

    def _conditions(self, parameters: dict[str, list[str]]) -> Iterator[Condition]:
        for key, values in parameters.items():
            plain = next((key.removesuffix(e) for e in (HAS, FROM, TO) if key.endswith(e)), key)
            facet = self.index.paths.find(self.table, plain)
            if facet is None:
                self._unknown(plain, plain)
                continue
            if len(values) > MOST_VALUES:
                self._tell(plain, _("There are more than %(most)s values. The first %(most)s were kept.", most=MOST_VALUES))
            if key.endswith(HAS):
                yield from self._words(facet, values[:MOST_VALUES])
            elif not key.endswith((FROM, TO)):
                yield from self._values(facet, values[:MOST_VALUES])
            elif key.endswith(FROM) or plain + FROM not in parameters:  # both ends are one condition
                yield from self._range(facet, parameters.get(plain + FROM, ()), parameters.get(plain + TO, ()))

    def _range(self, facet: Facet, first: Sequence[str], last: Sequence[str]) -> Iterator[Condition]:
        start, end = (self._end(facet, values) if values else "" for values in (first, last))
        if start and end and _after(facet, start, end):
            told = _("“%(start)s” comes after “%(end)s”. Both were left out; write the smaller one first.", start=start, end=end)
            self._tell(facet.key, told)
        elif condition := Condition(facet, start=start, end=end):
            yield condition

    def _words(self, facet: Facet, values: Sequence[str]) -> Iterator[Condition]:
        if facet.kind not in ("text", "string"):
            self._tell(facet.key, _("There is no text to search in here. The words were left out."))
        elif condition := Condition(facet, words=tuple(values)):
            yield condition

    def _values(self, facet: Facet, values: Sequence[str]) -> Iterator[Condition]:
        states = tuple(v for v in values if v in STATES)
        given = [v for v in values if v not in STATES]
        if facet.kind == "text" and given:
            yield Condition(facet, words=tuple(given))
        elif facet.kind == "date" and given:
            if end := self._end(facet, given[:1]):
                yield Condition(facet, start=end, end=end)
        else:
            terms = dict.fromkeys(t for value in given for t in self._terms(facet, value))
            if condition := Condition(facet, tuple(terms), states):
                yield condition
            return
        if states:
            yield Condition(facet, states=states)

    def _terms(self, facet: Facet, value: str) -> list[Term]:
        """The value of a facet that a person means: by its key or IRI, else by the end of its IRI, else by its name."""
        keys = {} if facet.link else self.index.keys(facet)
        folded = fold(value)
        found = [t for t in keys if value in (keys[t], t.value)]
        found = found or [t for t in keys if folded and t.kind == "iri" and fold(re.split(r"[/#]", t.value)[-1]) == folded]
        found = found or [t for t in keys if keys[t].casefold() == value.casefold()]
        found = found or self._named(list(keys)[:_SEARCHED], folded)
        if len(found) == 1:
            return found
        if found:
            some = ", ".join(f"“{keys[t]}”" for t in found[:3])
            self._tell(facet.key, _("“%(value)s” may mean several things, such as %(some)s. It was left out.", value=value, some=some))
        else:
            self._tell(facet.key, _("“%(value)s” is none of the values here. It was left out; choose one of those on offer.", value=value))
        return []

    def _named(self, terms: list[Term], wanted: str) -> list[Term]:
        if not wanted:
            return []
        self.naming.fetch(t.value for t in terms if t.kind == "iri")
        return [t for t in terms if t.kind == "iri" and fold(self.naming(t.value)) == wanted]

    def _end(self, facet: Facet, values: Sequence[str]) -> str:
        text = values[0]
        if facet.kind == "date":
            if _DATE.fullmatch(text) and text.isascii():
                return text
            self._tell(facet.key, _("“%(value)s” is no date such as 2013, 2013-05 or 2013-05-31. It was left out.", value=text))
            return ""
        if facet.kind == "number":
            value = number(text.replace(",", "."))
            if value is not None:
                return format(value, "f")
            self._tell(facet.key, _("“%(value)s” is no number, or too large a one. It was left out.", value=text))
            return ""
        self._tell(facet.key, _("There are no numbers or dates here. “%(value)s” was left out.", value=text))
        return ""

    def _facets(self, parameter: str, keys: Sequence[str], most: int, fits: Callable[[Facet], bool]) -> tuple[Facet, ...]:
        found = []
        for key in keys:
            facet = self.index.paths.find(self.table, key)
            if facet is None:
                self._unknown(parameter, key)
            elif not fits(facet):
                self._tell(parameter, _("“%(key)s” cannot be used in this way. It was left out.", key=key))
            else:
                found.append(facet)
        if len(found) > most:
            self._tell(parameter, _("More than %(most)s were chosen. The first were kept.", most=most))
        return tuple(found[:most])

    def _unknown(self, where: str, key: str) -> None:
        known = [f.key for f in self.index.paths.facets(self.table)]
        close = nearest(key[:MOST_CHARS], known, limit=1)
        shown = key[:40] + ("…" if len(key) > 40 else "")
        names = {"key": shown, "table": self.title, "close": close[0] if close else ""}
        if close:
            told = _("There is no column “%(key)s” in “%(table)s”; it was left out. Is “%(close)s” meant?", **names)
        else:
            told = _("There is no column “%(key)s” in “%(table)s”; it was left out.", **names)
        self._tell(where if where in (BY, NUMBER, SHOW, SORT, AT) else "", told)

    def _tell(self, key: str, sentence: str) -> None:
        if (key, sentence) not in self.problems:
            self.problems.append((key, sentence))


def _after(facet: Facet, start: str, end: str) -> bool:
    if facet.kind == "date":
        return start[: len(end)] > end
    first, last = number(start), number(end)
    return first is not None and last is not None and first > last
