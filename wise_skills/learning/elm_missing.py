"""What modules lack for a file of the European Learning Model that fulfils its shapes, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wise_skills.learning import elm_terms as terms
from wise_skills.learning.model import Module
from wise_skills.speech import said, spoken, told


def missing(modules: Iterable[Module]) -> list[str]:
    """Return a plain sentence for each module that lacks something required, in the language that is spoken; none if all is there.

    LOQ 1.1: title, language, web page, provider with name and country, field of study, outcomes with texts.
    """
    # Loaded where it is needed: this package is loaded with every page.
    from babel.lists import format_list

    sentences = []
    for number, module in enumerate(modules, 1):
        lacking = list(_lacking(module))
        if lacking:
            language = "en_GB" if spoken() == "en" else spoken()
            name = said(module.titles) or next(filter(None, module.titles.values()), "") or told("module {number}", number=number)
            things = format_list(lacking, style="standard", locale=language)
            sentences.append(told("“{module}” lacks for a valid ELM file: {things}.", module=name, things=things))
    return sentences


def _lacking(module: Module) -> Iterator[str]:
    if not any(terms.tagged(module.titles, module.language)):
        yield told("a title with its language")
    if module.language not in terms.languages():
        yield told("the language in which it is taught")
    if not terms.is_web(module.homepage):
        yield told("the address of its web page (https://…)")
    if not any(terms.tagged(module.provider.names)):
        yield told("the name of its provider")
    if not terms.country(module.provider.country):
        yield told("the country of its provider")
    if not terms.isced(module.isced):
        yield told("its field of study (ISCED-F code of two to four digits)")
    if not module.outcomes or not all(any(terms.tagged(outcome.texts, module.language)) for outcome in module.outcomes):
        yield told("the text of each learning outcome")
