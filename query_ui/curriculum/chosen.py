"""What an address asks for: modules and filters, with a plain sentence for everything that cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from query_ui.curriculum.records import Records
from wise_skills.curricula import DIMENSIONS, Filters
from wise_skills.curricula.narrowing import values
from wise_skills.labels import fold
from wise_skills.questions.reader import nearest

MOST = 100
ALWAYS = {"necessity": ("essential", "optional", "not-needed", "not-reported"), "type": ("not-reported",), "horizon": ("now", "future")}
"""Keys that can be asked for even where no claim has them."""
_LONGEST = 200


@dataclass(frozen=True)
class Chosen:
    """Keys of modules and filters; `notices` says what could not be taken, `wrong` whether something was."""

    modules: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    notices: tuple[str, ...] = field(default=(), compare=False)

    @property
    def wrong(self) -> bool:
        """Whether something that was asked for could not be taken."""
        return bool(self.notices)

    def pairs(self, *, modules: bool = True) -> list[tuple[str, str]]:
        """Return the parameters of an address, with the modules or without."""
        kept = [("module", key) for key in self.modules] if modules else []
        return kept + [(dimension, key) for dimension in DIMENSIONS for key in self.filters.wanted(dimension)]

    def address(self, path: str = "/curriculum") -> str:
        """Return an address of this report."""
        return f"{path}?{urlencode(self.pairs(), safe='/')}".rstrip("?")

    def with_modules(self, keys: Iterable[str]) -> str:
        """Return the address of the same report on other modules."""
        return replace(self, modules=tuple(keys)).address()

    def needs(self, skills: Iterable[str] | None, **filters: str) -> str:
        """Return the address of the needs behind a number.

        Parameters
        ----------
        skills:
            Keys of skills; None for all.
        filters:
            A filter in place of the chosen one: `country="fr"`.
        """
        kept = replace(self.filters, **{dimension: (key,) for dimension, key in filters.items()})
        pairs = [*(("skill", key) for key in skills or ()), *replace(self, filters=kept).pairs(modules=False)]
        return "/curriculum/needs?" + urlencode(pairs)


def choose(records: Records, args: Any, name: Callable[[str, str], str], title: Callable[[str], str]) -> Chosen:
    """Read the parameters of an address or form (a MultiDict); what cannot be taken is told, and the rest kept.

    Parameters
    ----------
    records, args:
        What there is, and what is asked for.
    name, title:
        The name of a key in a dimension, and of a curriculum by its IRI.
    """
    notices: list[str] = []
    given = [text for text in _given(args, "module") if text]
    titles = {key: title(module.iri) for key, module in records.by_key.items()} if any(g not in records.by_key for g in given) else {}
    for text in (text for text in given if text not in records.by_key):
        notices.append(_("There is no curriculum “%(given)s”.", given=text) + _meant(text, titles))
    keys = list(dict.fromkeys(text for text in given if text in records.by_key))
    filters: dict[str, tuple[str, ...]] = {}
    for dimension in DIMENSIONS:
        known = {**dict.fromkeys(ALWAYS.get(dimension, ()), 0), **offered(records, dimension)}
        wanted = [text.lower() for text in _given(args, dimension) if text]
        for text in (text for text in wanted if text not in known):
            told = _("“%(given)s” cannot be chosen as “%(parameter)s”.", given=text, parameter=dimension)
            notices.append(told + _meant(text, {key: name(dimension, key) for key in known}))
        filters[dimension] = tuple(dict.fromkeys(text for text in wanted if text in known))
    return Chosen(tuple(keys[:MOST]), Filters(**filters), tuple(notices[:10]))


def offered(records: Records, dimension: str) -> dict[str, int]:
    """Return the keys of a dimension with the number of claims that have them."""
    found: dict[str, int] = {}
    for need in records.needs:
        for key in values(need, dimension):
            found[key] = found.get(key, 0) + 1
    return found


def skills_of(records: Records, args: Any) -> Sequence[str] | None:
    """Return the IRIs of the skills that an address names, None if it names none; unknown keys are left out."""
    given = _given(args, "skill")
    return [records.skills[key] for key in given if key in records.skills] if given else None


def _given(args: Any, name: str) -> list[str]:
    # A thousand parameters may be a form that somebody filled by a program.
    return [str(text).strip()[:_LONGEST] for text in args.getlist(name)[:1_000]]


def _meant(given: str, known: Mapping[str, str]) -> str:
    by_name = {fold(text): key for key, text in known.items() if text}
    wanted = fold(given)
    key = by_name.get(wanted) or next(iter(nearest(wanted, [*known, *by_name], limit=1)), "")
    key = by_name.get(key, key)
    return " " + _("Did you mean “%(key)s”?", key=key) if key else ""
