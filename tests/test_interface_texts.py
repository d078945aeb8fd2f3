"""The page in 13 languages: nothing is left in English, nothing is lost in translation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment

from query_ui.catalogues import catalogue
from tests.interface_texts import OTHERS, ROOT, TEMPLATES, forms, read, slots, template, term_names, terms
from wise_skills.languages import speaking, told

DOMAINS = tuple(TEMPLATES)
PAGES = sorted((ROOT / "query_ui" / "templates").glob("*.html"))
SCRIPTS = {"bg": re.compile("[а-яА-Я]"), "el": re.compile("[α-ωΑ-Ωά-ώ]")}
# Names and signs that are the same in all languages.
SAME_TEXT = """
WISE WISEs skills SPARQL CSV JSON XLSX TSV XML RDF OWL SKOS OpenAPI ESCO NACE ISCO EQF SHACL SSSOM Turtle CC BY API SVG PNG
curl GET POST ttl nt jsonld rdf xml csv json xlsx tsv svg png srj html URI IRI SQL PREFIX SELECT DESCRIBE FILTER UTF SHA well known void
OpenRefine Reconciliation Service ELM EURES
"""
SAME = set(SAME_TEXT.split())
NO_WORDS = re.compile(r"%\(\w+\)s|\{[^}]*\}|<[^>]*>|https?:\S+|\?\w+|\S+\.\w+")
"""What is no word of a text: values, elements, addresses, variables, names of files."""
CODE = re.compile(r"<(code|pre|style|script)\b.*?</\1>", re.DOTALL)


def english(found: Catalog) -> dict[tuple[object, object], object]:
    return {(m.id, m.context): m for m in found if m.id}


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", OTHERS)
def test_catalogue_is_complete(language: str, domain: str):
    """Each text that the code and the questions hold has a translation, and no other text has; `update` mends the latter."""
    own, wanted = english(read(language, domain)), english(template(domain))
    assert sorted(map(str, wanted.keys() - own.keys())) == []
    assert sorted(map(str, own.keys() - wanted.keys())) == []
    assert [m.id for m in own.values() if m.fuzzy or not all(text for _, text in forms(m))] == []


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", OTHERS)
def test_values_and_elements_are_kept(language: str, domain: str):
    for message in english(read(language, domain)).values():
        for number, (text, said) in enumerate(forms(message)):
            # The form for one may say "one" in words, as English does.
            kept = [slots(text), slots(message.id[-1])] if isinstance(message.id, tuple) else [slots(text)]
            assert slots(said) in kept, (message.id, number, said)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", SCRIPTS)
def test_texts_are_in_the_script_of_the_language(language: str, domain: str):
    wrong = [
        (text, said)
        for m in english(read(language, domain)).values()
        for text, said in forms(m)
        # Short words such as "in" may become a bracket; abbreviations stay.
        if {w for w in re.findall(r"[A-Za-z]{5,}", NO_WORDS.sub("", text)) if not w.isupper()} - SAME and not SCRIPTS[language].search(said)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_terms_of_the_ontology_have_names(language: str):
    names = term_names(language)
    assert terms().keys() - names.keys() == set()
    assert names.keys() - terms().keys() == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_template_says_nothing_outside_the_catalogues(path: Path):
    text, translated = "", False
    for _, kind, value in Environment(autoescape=True).lex(path.read_text(encoding="utf-8")):
        if kind == "name" and value in ("trans", "endtrans"):
            translated = value == "trans"
        elif kind == "data" and not translated:
            text += value
        else:
            text += " " * (kind in ("variable_begin", "block_begin"))
    text = CODE.sub(" ", text)
    # Macros write attributes apart from their elements; the examples in a search field are in many languages.
    said = re.findall(r'(?:aria-label|title|alt)="([^"]*)"', text)
    said.append(re.sub(r'<[^>]*>|[\w-]+="[^"]*"', " ", re.sub(r"<!.*?>", "", text)))
    words = {w for t in said for w in re.findall(r"[A-Za-z]{2,}", re.sub(r"[\w;*-]+=|&#?\w+;|https?://\S+|[\w-]*/[\w-]*", " ", t))}
    assert words - SAME == set()


def test_core_speaks_the_language_of_the_page():
    say = {"{n} rows": "{n} Zeilen"}.get
    with speaking("de", lambda text: say(text) or text):
        assert told("{n} rows", n=3) == "3 Zeilen"
        assert told("unknown") == "unknown"
    assert told("{n} rows", n=3) == "3 rows"


def test_a_language_without_catalogue_is_english():
    assert catalogue("xx").gettext("Questions") == "Questions"
