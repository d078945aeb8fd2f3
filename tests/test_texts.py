"""What contributors read, in all 13 languages: names and descriptions of tables and columns, labels of lists, messages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache

import pyoxigraph as ox
import pytest

from tests.national import vocabulary
from tests.translations import NOT_OURS, list_texts, shape_texts
from wise_skills.languages import LANGUAGES, said, speaking, spoken
from wise_skills.messages import catalogue, phrase, sentence
from wise_skills.names import FOLDERS, SH, SKOS, resource

OTHERS = sorted(set(LANGUAGES) - {"en"})
SLOT = re.compile(r"\{[?$]?\w+\}")
TABLES = vocabulary().schema.tables
NAME, MESSAGE = SH + "name", SH + "message"
SCRIPTS = {"bg": re.compile("[а-яА-Я]"), "el": re.compile("[α-ωΑ-Ωά-ώ]")}


@cache
def texts() -> dict[tuple[str, str], Counter[str]]:
    """How many texts each subject and predicate has in each language."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for path in resource("shapes").glob("*.ttl"):
        for quad in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE):
            if isinstance(quad.object, ox.Literal) and quad.object.language and isinstance(quad.subject, ox.NamedNode):
                found[quad.subject.value, quad.predicate.value][quad.object.language] += 1
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_and_columns_have_one_name_and_description(language: str):
    for table in TABLES:
        for owner in (table, *table.columns, *table.constants):
            for predicate in (NAME, SH + "description"):
                assert texts()[owner.shape, predicate][language] == 1, (owner.shape, predicate)


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_have_one_text(language: str):
    every = {key for key in texts() if key[1] == MESSAGE or key[1].endswith("tab#message")}
    assert len(every) > 150
    assert [key for key in every if texts()[key][language] != 1] == []


@pytest.mark.parametrize("language", OTHERS)
def test_slots_are_those_of_the_english_text(language: str):
    english, own = catalogue("en"), catalogue(language)
    assert set(own) == set(english)
    for name, text in english.items():
        assert Counter(SLOT.findall(own[name])) == Counter(SLOT.findall(text)), name
    for (shape, predicate), said_ in vocabulary().schema.texts.items():
        if predicate == MESSAGE:
            assert Counter(SLOT.findall(said_[language])) == Counter(SLOT.findall(said_["en"])), shape


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_tell_columns_and_sheets_apart(language: str):
    """A heading without its id must still be understood; a sheet's name has at most 31 characters."""
    for table in TABLES:
        names = [c.name[language].casefold() for c in table.columns]
        assert [n for n, count in Counter(names).items() if count > 1] == [], table.name
        assert all(len(n) <= 60 for n in names), table.name
        assert not [n for n in names if n.endswith("*") or ("(" in n and re.search(r"\([a-z]{2}\)$", n))], table.name
    titles = Counter(t.title[language].casefold() for t in TABLES)
    assert [t for t, count in titles.items() if count > 1] == []
    for name in ("SheetFindings", "SheetInstructions"):
        title = sentence(name, language=language)
        assert 0 < len(title) <= 31
        assert not set(title) & set("[]:*?/\\'")


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_was_left_in_english(language: str):
    """Few texts are the same as in English (ESCO, NACE, words that both languages have), and long ones never are."""
    same: list[str] = []
    pairs = [(s["en"], s[language]) for s in vocabulary().schema.texts.values()]
    pairs += [(catalogue("en")[name], catalogue(language)[name]) for name in catalogue("en")]
    for english, own in pairs:
        if english == own:
            same.append(english)
        assert own == own.strip()
        assert "  " not in own
        assert own.endswith((".", "…", "?", ";", "!", ")")) or not english.endswith((".", "…")), own
        if language in SCRIPTS and len(english) > 25:
            assert SCRIPTS[language].search(own), own
    assert [s for s in same if len(s) > 25] == []
    assert len(same) < 0.12 * len(pairs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_are_labelled(language: str):
    """Each concept of our lists has one preferred label, and no two of a list the same; codes of others have English ones."""
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    named: dict[str, int] = Counter()
    for path in (resource("ontology") / "schemes").glob("*.ttl"):
        if path.name in NOT_OURS:
            continue
        for quad in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE):
            if quad.predicate.value == SKOS + "prefLabel" and isinstance(quad.object, ox.Literal) and quad.object.language == language:
                labels[path.stem][quad.object.value.casefold()] += 1
                named[str(quad.subject)] += 1
    wanted = {f"<{subject}>" for _, (_, _, subject, _) in list_texts()}
    assert set(named) == wanted
    assert set(named.values()) == {1}
    for name, found in labels.items():
        assert [label for label, count in found.items() if count > 1 and name != "places"] == [], name


def test_equal_english_texts_of_a_kind_are_equal_in_every_language():
    """What stands in 38 tables is translated once: a correction in one place must not be forgotten in another."""
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for kind, english, subject, predicate in shape_texts():
        for language, text in vocabulary().schema.texts.get((subject, predicate), {}).items():
            found[kind, english, language].add(text)
    assert {key: said_ for key, said_ in found.items() if len(said_) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_is_filled_in(language: str):
    with speaking(language):
        assert spoken() == language
        text = phrase("MaxInclusiveConstraintComponent", "120", column="x", limit="99")
        assert "120" in text
        assert "99" in text
        assert "{" not in text
        assert said({"en": "a", language: "b"}) == "b"
    assert spoken() == "en"


def test_a_language_that_a_text_lacks_is_english():
    with speaking("fr"):
        assert said({"en": "only English"}) == "only English"
        assert said({}, "key") == "key"
    with pytest.raises(KeyError, match="NoSuchMessage"):
        sentence("NoSuchMessage")


@pytest.mark.parametrize("folder", FOLDERS)
def test_readmes_call_the_buttons_as_the_page_does(folder: str):
    """The three steps in a country's README name what stands on the check page in its languages."""
    text = (resource("data") / folder / "README.md").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
    for language in vocabulary().languages.get(folder, ["en"]):
        with speaking(language):
            for name in ("PageTitle", "PageGet", "PageGetFilled", "PageGetEmpty", "PageCheck", "Waivers"):
                wanted = vocabulary().schema.by_name["waivers"].title[language] if name == "Waivers" else phrase(name)
                assert wanted.replace("\N{NO-BREAK SPACE}", " ") in text, (language, name, wanted)
    assert f"wise check {folder}.xlsx" in text
