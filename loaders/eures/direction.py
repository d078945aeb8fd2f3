"""Which way a table uses broadMatch and narrowMatch: as SKOS does, or the other way round.

SKOS says `A broadMatch B` where B is the broader concept. Some tables are written as if A were. Three independent
signs tell them apart: a broader concept has several narrower partners (fan-out), a group is broader than a member
(levels), and of two labels the one that is contained in the other is usually the broader (“nurse”, “school nurse”).
A table that is turned round, by exchanging its sides or its relations, gets exactly the opposite verdict.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import exp, log

from loaders.eures.table import NOTHING, Row

VERDICTS = {2: "as SKOS", 1: "leaning to SKOS", 0: "undecided", -1: "leaning to inverse", -2: "inverse"}
EXPECTED = {"broadMatch": 1, "narrowMatch": -1}
"""Which side is broader by SKOS: 1 the object, -1 the subject."""
_FEW, _ENOUGH = 10, 20
_WORD = re.compile(r"\w{3,}")


@dataclass
class Signs:
    """What the rows of one relation show: distinct pairs, subjects and objects, and rows by which side is broader."""

    pairs: set[tuple[str, str]] = field(default_factory=set)
    levels: dict[int, int] = field(default_factory=lambda: {1: 0, -1: 0})
    labels: dict[int, int] = field(default_factory=lambda: {1: 0, -1: 0})

    @property
    def sides(self) -> tuple[int, int]:
        """Distinct subjects and distinct objects."""
        return len({s for s, _ in self.pairs}), len({o for _, o in self.pairs})

    @property
    def lean(self) -> float:
        """Positive where several subjects share an object: logarithm of subjects per object over objects per subject."""
        subjects, objects = self.sides
        return log(subjects / objects) if len(self.pairs) >= _FEW else 0.0


@dataclass(frozen=True)
class Direction:
    """The verdict on a table and on each of its relations, with the evidence in words."""

    verdict: str
    relations: Mapping[str, str]
    evidence: str

    @property
    def suspected(self) -> bool:
        """Whether the table as a whole seems to be written the other way round."""
        return "inverse" in self.verdict

    def withheld(self, predicate: str) -> bool:
        """Whether a relation of the table should not be stated as a plain SKOS triple."""
        return predicate in EXPECTED and (self.suspected or "inverse" in self.relations.get(predicate, ""))


def direction(rows: Sequence[Row], is_group: Callable[[str], bool] = lambda _: False) -> Direction:
    """Judge the rows of a table.

    Parameters
    ----------
    rows, is_group:
        The rows, and whether the concept at an address stands for a group of others.
    """
    signs = {name: Signs() for name in EXPECTED}
    for _, subject, predicate, target, subject_label, object_label, _ in rows:
        if predicate in signs and NOTHING not in (subject, target) and (subject, target) not in signs[predicate].pairs:
            found = signs[predicate]
            found.pairs.add((subject, target))
            if level := is_group(target) - is_group(subject):
                found.levels[level] += 1
            left, right = _words(subject_label), _words(object_label)
            if left < right and left:
                found.labels[-1] += 1
            elif right < left and right:
                found.labels[1] += 1
    present = {name: found for name, found in signs.items() if found.pairs}
    relations = {name: VERDICTS[_together(_strengths({name: found}))] for name, found in present.items()}
    strengths = _strengths(present)
    return Direction(VERDICTS[_together(strengths)], relations, _evidence(present, strengths))


@lru_cache(maxsize=65536)
def _words(label: str) -> frozenset[str]:
    plain = "".join(c for c in unicodedata.normalize("NFD", label.casefold()) if not unicodedata.combining(c))
    return frozenset(_WORD.findall(plain))


def _strengths(signs: Mapping[str, Signs]) -> dict[str, int]:
    """How strongly each kind of sign speaks for SKOS (positive) or against it: 2 clearly, 1 weakly, 0 not at all."""
    if not signs:
        return {}
    lean = sum(EXPECTED[name] * found.lean for name, found in signs.items())
    size = 2 if abs(lean) >= log(2) else 1 if abs(lean) >= log(1.25) else 0
    return {
        "fan-out": size if lean > 0 else -size,
        "levels": _share(signs, lambda found: found.levels),
        "labels": _share(signs, lambda found: found.labels),
    }


def _share(signs: Mapping[str, Signs], kind: Callable[[Signs], Mapping[int, int]]) -> int:
    rows = sum(sum(kind(found).values()) for found in signs.values())
    value = _association(signs, kind)
    size = 2 if rows >= _ENOUGH and abs(value) >= 0.5 else 1 if rows >= _FEW and abs(value) >= 0.25 else 0
    return size if value > 0 else -size


def _association(signs: Mapping[str, Signs], kind: Callable[[Signs], Mapping[int, int]]) -> float:
    """From 1, as SKOS, to -1: Goodman and Kruskal's gamma between the relation and the side that is broader.

    Two rows, a broadMatch and a narrowMatch, agree with SKOS where the object of the first is the broader by more. Unlike
    a share of rows, gamma does not depend on how frequent each relation is, nor on groups standing on one side only.
    """
    if len(signs) == 1:
        ((name, found),) = signs.items()
        right, wrong = kind(found)[EXPECTED[name]], kind(found)[-EXPECTED[name]]
    else:
        (b1, b0, b_1), (n1, n0, n_1) = (_by_side(signs[name], kind) for name in EXPECTED)
        right, wrong = b1 * (n0 + n_1) + b0 * n_1, b_1 * (n0 + n1) + b0 * n1
    return (right - wrong) / (right + wrong) if right + wrong else 0.0


def _by_side(found: Signs, kind: Callable[[Signs], Mapping[int, int]]) -> tuple[int, int, int]:
    """Rows where the object is the broader, where neither is, where the subject is."""
    object_, subject = kind(found)[1], kind(found)[-1]
    return object_, len(found.pairs) - object_ - subject, subject


def _agreeing(signs: Mapping[str, Signs], kind: Callable[[Signs], Mapping[int, int]]) -> tuple[int, int]:
    right = sum(kind(found)[EXPECTED[name]] for name, found in signs.items())
    return right, sum(kind(found)[-EXPECTED[name]] for name, found in signs.items())


def _together(strengths: Mapping[str, int]) -> int:
    """Sure when two signs are clear and none speaks against; undecided when two clear signs contradict each other."""
    values: Collection[int] = strengths.values()
    if {2, -2} <= set(values):
        return 0
    total = sum(values)
    way = (total > 0) - (total < 0)
    sure = sum(v == 2 * way for v in values) >= 2 and all(v * way >= 0 for v in values)
    return way * (2 if sure and way else 1)


def _evidence(signs: Mapping[str, Signs], strengths: Mapping[str, int]) -> str:
    if not signs:
        return "The table has no broadMatch and no narrowMatch."
    parts = []
    for name, found in signs.items():
        subjects, objects = found.sides
        pairs = len(found.pairs)
        parts.append(f"{name}: {pairs / subjects:.1f} objects per subject, {pairs / objects:.1f} subjects per object")
    text = "; ".join(parts) + f" ({_word(strengths['fan-out'])}"
    lean = sum(EXPECTED[name] * found.lean for name, found in signs.items())
    text += f", factor {exp(abs(lean)):.1f})."
    for sign, what, kind in (
        ("labels", "one label holds the other", lambda s: s.labels),
        ("levels", "one side is a group", lambda s: s.levels),
    ):
        right, wrong = _agreeing(signs, kind)
        if rows := right + wrong:
            gamma = f", gamma {_association(signs, kind):.2f}" if strengths[sign] else ""
            found_in = "1 row" if rows == 1 else f"{rows} rows"
            text += f" In {found_in} {what}: {right} fit SKOS, {wrong} the inverse ({_word(strengths[sign])}{gamma})."
    return text


def _word(strength: int) -> str:
    return {2: "clearly SKOS", 1: "weakly SKOS", 0: "no sign", -1: "weakly inverse", -2: "clearly inverse"}[strength]
