"""Ranges of numbers and years to choose from: few, told apart at round years or between values, none of them empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from query_ui.exploring.counting import number
from query_ui.exploring.model import Facet
from wise_skills.terms import Term

MOST_YEARS, MOST_NUMBERS = 8, 5
_WIDTHS = (2, 5, 10, 20, 25, 50, 100, 250, 500, 1_000, 5_000, 10_000)


def ordered(facet: Facet, terms: Iterable[Term]) -> list[Term]:
    """Return numbers by size, dates by time."""
    if facet.kind == "number":
        return sorted(terms, key=lambda t: (number(t.value) or Decimal(0), t.value))
    return sorted(terms, key=lambda t: t.value)


def ranges(facet: Facet, terms: Sequence[Term]) -> Iterator[tuple[str, str, list[Term]]]:
    """Yield the ends of each range and the values in it, for values in their order."""
    return _of_years(terms) if facet.kind == "date" else _of_numbers(terms)


def _of_years(terms: Sequence[Term]) -> Iterator[tuple[str, str, list[Term]]]:
    by_year: dict[int, list[Term]] = {}
    for term in terms:
        if term.value[:4].isascii() and term.value[:4].isdigit():
            by_year.setdefault(int(term.value[:4]), []).append(term)
    if not by_year:
        return
    spread, width = max(by_year) - min(by_year), 1
    if len(by_year) > MOST_YEARS:
        width = next(w for w in _WIDTHS if spread // w < MOST_YEARS)
    bins: dict[int, list[Term]] = {}
    for year, some in by_year.items():
        bins.setdefault(year // width * width, []).extend(some)
    for first, some in sorted(bins.items()):
        yield f"{first:04}", f"{min(first + width - 1, 9999):04}", some


def _of_numbers(terms: Sequence[Term]) -> Iterator[tuple[str, str, list[Term]]]:
    values: dict[Decimal, list[Term]] = {}
    for term in terms:
        if (value := number(term.value)) is not None:
            values.setdefault(value, []).append(term)
    numbers = list(values)
    size = -(-len(numbers) // MOST_NUMBERS) or 1
    for at in range(0, len(numbers), size):
        some = numbers[at : at + size]
        yield format(some[0], "f"), format(some[-1], "f"), [t for n in some for t in values[n]]
