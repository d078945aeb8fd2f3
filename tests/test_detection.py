"""In which language lines are written: told for some lines together, and left open where it is not plain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wise_skills.alignment.detection import language_of
from wise_skills.languages import LANGUAGES

LINES = {
    "bg": ["почистване на работилницата", "обслужване на клиенти"],
    "de": ["die Werkstatt reinigen", "Kunden freundlich bedienen"],
    "el": ["καθαρισμός του εργαστηρίου", "εξυπηρέτηση πελατών"],
    "en": ["clean the workshop every evening", "serve the customers"],
    "es": ["limpiar el taller cada tarde", "atender a los clientes"],
    "fr": ["nettoyer l’atelier chaque soir", "servir les clients"],
    "hr": ["očistiti radionicu svake večeri", "posluživati goste"],
    "it": ["pulire il laboratorio ogni sera", "servire i clienti"],
    "lv": ["uzkopt darbnīcu katru vakaru", "apkalpot klientus"],
    "nl": ["de werkplaats elke avond schoonmaken", "klanten bedienen"],
    "pl": ["sprzątać warsztat każdego wieczoru", "obsługiwać klientów"],
    "ro": ["curățarea atelierului în fiecare seară", "servirea clienților"],
    "sl": ["čiščenje delavnice vsak večer", "strežba gostom"],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_few_lines_tell_their_language(language: str):
    assert language_of(LINES[language]) == language


@pytest.mark.parametrize("text", ["", " ", "12.05", "Q7", "☂", "SQL", "日本語"])
def test_what_is_not_plain_is_left_open(text: str):
    assert language_of([text]) == ""


def test_the_reader_s_language_decides_what_is_nearly_plain_but_not_against_the_text():
    assert language_of(["Kuhar"]) == ""
    assert language_of(["Kuhar"], likely="hr") == "hr"
    assert language_of(LINES["fr"], likely="hr") == "fr"


@given(texts=st.lists(st.text(), max_size=4), likely=st.sampled_from(["", "xx", *LANGUAGES]))
def test_any_text_gets_a_language_or_none(texts: list[str], likely: str):
    assert language_of(texts, likely) in ("", *LANGUAGES)
