"""What a designer adds to modules so that they make a valid file: five values, asked for because nobody may make them up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from wise_skills.learning import elm_terms
from wise_skills.learning.model import Module

FIELDS = ("language", "homepage", "provider", "country", "isced")
"""Names of the values: language tag, web page, name and country (ISO 3166) of the provider, ISCED-F code."""


def complete(modules: Iterable[Module], given: Mapping[str, str]) -> list[Module]:
    """Return modules with the values given, each only where the module has none that is usable; empty values add nothing."""
    values = {name: given.get(name, "").strip() for name in FIELDS}
    return [_complete(module, values) for module in modules]


def _complete(module: Module, given: Mapping[str, str]) -> Module:
    language = module.language if module.language in elm_terms.languages() else given["language"] or module.language
    provider = module.provider
    if given["provider"] and not any(elm_terms.tagged(provider.names)):
        provider = replace(provider, names={language or "en": given["provider"]})
    if given["country"] and not elm_terms.country(provider.country):
        provider = replace(provider, country=given["country"])
    return replace(
        module,
        language=language,
        provider=provider,
        homepage=module.homepage if elm_terms.is_web(module.homepage) else given["homepage"] or module.homepage,
        isced=module.isced if elm_terms.isced(module.isced) else given["isced"] or module.isced,
    )
