"""What an address asks to compare: read with a plain sentence for everything that cannot be, and written again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from query_ui.comparisons.counting import Unit, units
from query_ui.comparisons.definitions import KINDS, By, Level, Subject, subjects, unit_kinds
from query_ui.edition import Edition
from query_ui.naming import Naming
from query_ui.words import and_list
from wise_skills.labels import fold
from wise_skills.questions.reader import nearest

START, FEWEST, MOST = "support", 2, 13
SORTS = ("rate", "name", "spread")
_LONGEST = 100


@dataclass(frozen=True)
class Chosen:
    """What is compared and how it is shown.

    `find`, `differ` and `past` choose among rows and things, `notices` are the sentences about what could not be
    done as asked, `wrong` says whether one of them is about a value that there is not.
    """

    subject: Subject
    by: By
    level: Level | None
    kind: str
    units: tuple[Unit, ...]
    sort: str = SORTS[0]
    find: str = ""
    differ: bool = False
    past: bool = False
    picture: bool = False
    notices: tuple[str, ...] = field(default=(), compare=False)
    wrong: bool = field(default=False, compare=False)

    def pairs(self, **other: str | None) -> list[tuple[str, str]]:
        """Return the parameters of an address; `other` sets some and, with None, leaves some out."""
        kept: dict[str, str] = {"of": self.subject.key, "by": self.by.key}
        if self.level:
            kept["level"] = self.level.key
        optional = {
            "sort": self.sort if self.sort != SORTS[0] else "",
            "find": self.find,
            "differ": "1" if self.differ else "",
            "past": "1" if self.past else "",
            "view": "picture" if self.picture else "",
        }
        kept |= {k: v for k, v in optional.items() if v}
        kept = {k: v for k, v in kept.items() if k not in other} | {k: v for k, v in other.items() if v is not None}
        return [*kept.items(), *(("in", unit.key) for unit in self.units)]

    def address(self, path: str = "/compare", **other: str | None) -> str:
        """Return an address of this comparison."""
        return f"{path}?{urlencode(self.pairs(**other))}"

    def about(self, subject: Subject, by: By | None = None, level: Level | None = None) -> str:
        """Return the address that compares the same units by something else."""
        by = by or next(iter(subject.by_kind(self.kind)), subject.by[0])
        return replace(self, subject=subject, by=by, level=level or by.first_level, find="", picture=False).address()

    def among(self, units: Iterable[Unit], kind: str = "") -> str:
        """Return the address that compares other units by the same."""
        kind = kind or self.kind
        by = self.by if kind in self.by.counts else next(iter(self.subject.by_kind(kind)), self.by)
        level = self.level if by is self.by else by.first_level
        sort = self.sort if self.sort in SORTS else SORTS[0]
        return replace(self, by=by, level=level, kind=kind, units=tuple(units), sort=sort).address()


def choose(edition: Edition, naming: Naming, args: Any) -> Chosen:
    """Read the parameters of an address (a MultiDict); what cannot be taken is told, and the rest kept."""
    notices: list[str] = []
    wrong = False

    def pick(given: str, known: Mapping[str, str], message: str) -> str:
        """Return the key that was given if it is known, else tell so."""
        nonlocal wrong
        if given and given not in known:
            wrong = True
            notices.append(f"{message} {_meant(given, known)}")
        return given if given in known else ""

    titles = {key: _(subject.title) for key, subject in subjects().items()}
    subject = subjects()[
        pick(_one(args, "of"), titles, _("“%(given)s” is no subject that can be compared.", given=_one(args, "of"))) or START
    ]
    kind, chosen, told, unknown = _units(edition, naming, subject, args)
    notices += told
    wrong = wrong or unknown
    named = {by.key: _(by.title) for by in subject.by}
    by = subject.find(pick(_one(args, "by"), named, _("“%(given)s” is nothing that this can be compared by.", given=_one(args, "by"))))
    offered = offers(edition, subject, kind)
    if by is not None and by not in offered:
        why = _("it needs ESCO, which is not loaded here") if by.lacking(edition.engine) else _("it is not known for such units")
        notices.append(_("“%(title)s” cannot be compared: %(why)s.", title=_(by.title), why=why))
        by = None
    by = by or next(iter(offered), subject.by[0])
    levels = {level.key: _(level.title) for level in by.levels}
    level = by.level(pick(_one(args, "level"), levels, _("“%(given)s” is no level of it.", given=_one(args, "level"))) if levels else "")
    sorts = dict.fromkeys([*SORTS, *(unit.key for unit in chosen)], "")
    return Chosen(
        subject=subject,
        by=by,
        level=level or by.first_level,
        kind=kind,
        units=tuple(chosen),
        sort=pick(_one(args, "sort"), sorts, _("“%(given)s” is no way to sort.", given=_one(args, "sort"))) or SORTS[0],
        find=" ".join(args.get("find", "").split())[:_LONGEST],
        differ=args.get("differ") == "1",
        past=args.get("past") == "1",
        picture=args.get("view") == "picture",
        notices=tuple(notices),
        wrong=wrong,
    )


def offers(edition: Edition, subject: Subject, kind: str) -> list[By]:
    """Return what units of a kind can be compared by, with what is loaded."""
    return [by for by in subject.by_kind(kind) if not by.lacking(edition.engine)]


def start(edition: Edition, kind: str, subject: Subject) -> list[Unit]:
    """Return the units to begin with: those that the documents compare, or all that are known."""
    found = {unit.key: unit for unit in units(edition, kind, subject)}
    presets = unit_kinds()[kind].presets
    return [found[key] for key in presets[0] if key in found] if presets else list(found.values())[:MOST]


def _units(edition: Edition, naming: Naming, subject: Subject, args: Any) -> tuple[str, list[Unit], list[str], bool]:
    """The kind of the units, the units, and what is to be said about them; whether some are unknown."""
    given = [part for text in args.getlist("in") for part in text.strip().lower().split(",") if part]
    known = {kind: {unit.key: unit for unit in units(edition, kind)} for kind in KINDS}
    naming.fetch(unit.iri for by_key in known.values() for unit in by_key.values())
    names = {key: naming(unit.iri) for by_key in known.values() for key, unit in by_key.items()}
    kind = next((kind for key in given for kind in KINDS if key in known[kind]), "")
    notices: list[str] = []
    found: dict[str, Unit] = {}
    unknown = False
    for key in given[:100]:
        if key not in names:
            unknown = True
            notices.append(_("There is no country and no type “%(given)s”.", given=key[:_LONGEST]) + f" {_meant(key, names)}")
        elif key not in known[kind]:
            notices.append(_("Countries and types cannot stand side by side: %(name)s was left out.", name=names[key]))
        elif key in found:
            notices.append(_("%(name)s was named twice and is shown once.", name=names[key]))
        else:
            found[key] = known[kind][key]
    chosen = list(found.values())
    if len(chosen) > MOST:
        notices.append(_("At most %(most)s can be compared; the first %(most)s are shown.", most=MOST))
    if not chosen:
        kind = kind or "countries"
        chosen = start(edition, kind, subject)
        if given:
            shown = and_list([naming(unit.iri) for unit in chosen])
            notices.append(_("So the comparison begins with %(units)s.", units=shown))
    elif len(chosen) < FEWEST:
        notices.append(_("One alone cannot be compared: add another one."))
    return kind, chosen[:MOST], notices, unknown


def _one(args: Any, name: str) -> str:
    return str(args.get(name, "")).strip()[:_LONGEST]


def _meant(given: str, known: Mapping[str, str]) -> str:
    """What may have been meant: the nearest key or name."""
    by_name = {fold(name): key for key, name in known.items() if name}
    wanted = fold(given)
    key = by_name.get(wanted) or next(iter(nearest(wanted, [*by_name, *known])), "")
    key = by_name.get(key, key)
    return _("Did you mean “%(key)s”?", key=key) if key else ""
