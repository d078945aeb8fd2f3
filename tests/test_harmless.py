"""What a contributor may do to a workbook without harm: no finding, and the very quads of the country's CSV files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from loaders.checking import check_files
from tests.contributor import LANGUAGES, libreoffice, template
from tests.harmless import CELLS, SHEETS, disguise
from tests.national import COUNTRIES, loaded, vocabulary
from wise_skills.languages import LANGUAGES as ALL_LANGUAGES
from wise_skills.languages import speaking
from wise_skills.names import Names


def claims(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Quads without those that say in which file and row each thing is described."""
    return {q for q in quads if q.predicate.value != Names().describes}


def described(quads: Iterable[ox.Quad]) -> Counter[str]:
    return Counter(str(q.object) for q in quads if q.predicate.value == Names().describes)


def test_each_country_has_a_language_of_its_own():
    assert tuple(LANGUAGES) == COUNTRIES
    assert sorted(LANGUAGES.values()) == sorted(ALL_LANGUAGES)


def nothing_changed(path: Path, country: str) -> None:
    with speaking(LANGUAGES[country]):
        checked = check_files({country: [path]}, vocabulary())
    assert [f.as_line() for f in checked.findings] == []
    read, written = checked.loaded[country].quads, loaded()[country].quads
    assert claims(read) == claims(written)
    assert described(read) == described(written)


@pytest.mark.parametrize("country", LANGUAGES)
def test_harmless_changes_give_no_finding_and_the_same_quads(country: str, tmp_path: Path):
    book, path = template(country), tmp_path / f"{country}.xlsx"
    made = disguise(book, country)
    book.save(path)
    assert sum(made.values()) >= 700
    assert {*SHEETS, *CELLS} - set(made) <= {"percent"}  # not every country has figures of its kind
    nothing_changed(path, country)


def test_a_workbook_that_libreoffice_wrote_says_the_same(tmp_path: Path):
    """It stores dates, widths, names and hidden rows in its own way."""
    book, path = template("gr"), tmp_path / "gr.xlsx"
    disguise(book, "gr")
    book.save(path)
    rewritten = libreoffice(path, tmp_path)
    assert rewritten.read_bytes() != path.read_bytes()
    nothing_changed(rewritten, "gr")
