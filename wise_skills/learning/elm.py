"""Modules as a file of the European Learning Model 3, in the profile Learning Opportunities and Qualifications (LOQ 1.1).

The shapes of the profile are closed, so nothing of our own vocabulary is in the file. They look for classes inside the
file itself, so values of the controlled lists are said to be concepts of their schemes. A skill of ESCO is given without
its scheme: the stricter shapes want one that ESCO does not have.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict

import pyoxigraph as ox

from wise_skills.learning import elm_terms as terms
from wise_skills.learning.elm_missing import missing
from wise_skills.learning.elm_reading import read
from wise_skills.learning.elm_terms import ADMS, ELM, FOAF, ROV
from wise_skills.learning.model import Module, Outcome, Provider
from wise_skills.names import DCT, IN_SCHEME, NOTATION, PREF_LABEL, RDF_TYPE, SKOS, XSD

__all__ = ["FORMS", "missing", "read", "write"]

FORMS = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD}
"""Forms of the file by their endings."""


def write(modules: Iterable[Module], form: str = "ttl") -> str:
    """Return the file.

    What a module lacks is left out and never made up: a file of modules of which `missing` says nothing fulfils the
    shapes. The same modules give the same text. Skills of ESCO are named for exact and close matches only.

    Parameters
    ----------
    modules:
        What is written, in this order.
    form:
        `ttl` (Turtle) or `jsonld`. Raises `ValueError` for another.
    """
    if form not in FORMS:
        raise ValueError(f"no form {form}")
    file = _File()
    for module in modules:
        file.module(module)
    return (ox.serialize(file.finished(), format=FORMS[form], prefixes=terms.PREFIXES) or b"").decode()


class _File:
    """The statements of a file by subject, in the order in which they are made, and the concepts that they use."""

    def __init__(self) -> None:
        self._triples: dict[str, list[ox.Triple]] = {}
        self._concepts: dict[str, dict[str, str]] = {}
        self._nodes = set[str]()
        self._providers: dict[str, str] = {}

    def module(self, module: Module) -> None:
        """Add a module."""
        node = self._free(module.iri, module)
        spoken = module.language
        opportunity, page, specification = f"{node}#opportunity", f"{node}#page", f"{node}#specification"
        self._add(opportunity, RDF_TYPE, ELM + "LearningOpportunity")
        self._texts(opportunity, DCT + "title", module.titles, spoken)
        self._texts(opportunity, DCT + "description", module.descriptions, spoken)
        if terms.is_web(module.homepage):
            self._add(opportunity, FOAF + "homepage", page)
        self._concept(opportunity, ELM + "defaultLanguage", terms.languages().get(spoken, ""))
        for provider in (module.provider, *module.partners):
            if named := self._named(provider):
                self._add(opportunity, ELM + "providedBy", named)
        self._add(opportunity, ELM + "learningAchievementSpecification", specification)
        if terms.is_web(module.homepage):
            self._web(page, module.homepage)
        self._specification(node, specification, module)
        for number, outcome in enumerate(module.outcomes, 1):
            self._outcome(f"{node}#outcome-{number}", outcome, spoken)

    def finished(self) -> list[ox.Triple]:
        """Return all statements; concepts and schemes come last."""
        for iri, labels in self._concepts.items():
            self._add(iri, RDF_TYPE, SKOS + "Concept")
            for tag, text in labels.items():
                self._say(iri, PREF_LABEL, ox.Literal(text, language=tag))
            if scheme := terms.scheme_of(iri):
                self._add(iri, IN_SCHEME, scheme)
        for scheme in dict.fromkeys(filter(None, map(terms.scheme_of, self._concepts))):
            self._add(scheme, RDF_TYPE, SKOS + "ConceptScheme")
        return [triple for triples in self._triples.values() for triple in triples]

    def _specification(self, node: str, specification: str, module: Module) -> None:
        eqf, nqf = terms.eqf(module.eqf), [iri for iri in dict.fromkeys(module.nqf) if terms.is_nqf(iri)]
        # A qualification must name its levels in both frameworks; what does not is given as a specification.
        is_qualification = bool(module.is_qualification and eqf and nqf)
        self._add(specification, RDF_TYPE, ELM + ("Qualification" if is_qualification else "LearningAchievementSpecification"))
        self._texts(specification, DCT + "title", module.titles, module.language)
        self._concept(specification, DCT + "language", terms.languages().get(module.language, ""))
        self._concept(specification, ELM + "ISCEDFCode", terms.isced(module.isced))
        self._concept(specification, ELM + ("EQFLevel" if is_qualification else "educationLevel"), eqf)
        for level in nqf:
            self._concept(specification, ELM + ("NQFLevel" if is_qualification else "educationLevel"), level)
        if module.hours is not None and module.hours > 0:
            self._say(specification, ELM + "volumeOfLearning", _typed(terms.duration(module.hours), "duration"))
        has_credits = module.credits is not None and module.credits > 0 and module.credit_system in terms.CREDIT_SYSTEMS
        if has_credits:
            self._add(specification, ELM + "creditPoint", f"{node}#credit")
        has_notes = any(True for _ in terms.tagged(module.notes, module.language))
        if has_notes:
            self._add(specification, ELM + "additionalNote", f"{node}#note")
        for number in range(1, len(module.outcomes) + 1):
            self._add(specification, ELM + "learningOutcome", f"{node}#outcome-{number}")
        self._identified(specification, module.iri)
        if has_credits:
            self._add(f"{node}#credit", RDF_TYPE, ELM + "CreditPoint")
            self._concept(f"{node}#credit", ELM + "framework", terms.CREDIT_SYSTEMS[module.credit_system])
            self._say(f"{node}#credit", ELM + "point", ox.Literal(terms.number(module.credits or 0)))
        if has_notes:
            self._add(f"{node}#note", RDF_TYPE, ELM + "Note")
            self._texts(f"{node}#note", ELM + "noteLiteral", module.notes, module.language)

    def _outcome(self, node: str, outcome: Outcome, language: str) -> None:
        self._add(node, RDF_TYPE, ELM + "LearningOutcome")
        self._texts(node, DCT + "title", outcome.texts, language)
        if outcome.kind in terms.KINDS:
            self._concept(node, DCT + "type", f"{terms.SNB}skill-type/{outcome.kind}")
        if outcome.reuse_level in terms.REUSE_LEVELS:
            self._concept(node, ELM + "reusabilityLevel", f"{terms.SNB}skill-reuse-level/{outcome.reuse_level}")
        for skill in outcome.skills:
            if terms.is_held(skill):
                self._concept(node, ELM + ("relatedESCOSkill" if skill.is_esco else "relatedSkill"), skill.iri, skill.labels)
        self._identified(node, outcome.iri)

    def _named(self, provider: Provider) -> str:
        """Add a provider unless it is there, and return its node; empty where nothing is known of it."""
        names, country = list(terms.tagged(provider.names)), terms.country(provider.country)
        if not names and not country:
            return ""
        shown = _content(provider)
        if shown in self._providers:
            return self._providers[shown]
        node = self._providers[shown] = self._free(provider.iri, provider)
        self._add(node, RDF_TYPE, ELM + "Organisation")
        self._texts(node, ROV + "legalName", provider.names)
        if country:
            self._add(node, ELM + "location", f"{node}#location")
        if terms.is_web(provider.homepage):
            self._add(node, FOAF + "homepage", f"{node}#page")
        self._identified(node, provider.iri)
        if country:
            self._add(f"{node}#location", RDF_TYPE, DCT + "Location")
            self._add(f"{node}#location", ELM + "address", f"{node}#address")
            self._add(f"{node}#address", RDF_TYPE, ELM + "Address")
            self._concept(f"{node}#address", ELM + "countryCode", country)
        if terms.is_web(provider.homepage):
            self._web(f"{node}#page", provider.homepage)
        return node

    def _web(self, node: str, address: str) -> None:
        self._add(node, RDF_TYPE, ELM + "WebResource")
        self._say(node, ELM + "contentUrl", _typed(address.strip(), "anyURI"))

    def _identified(self, node: str, iri: str) -> None:
        """Lead back to the thing itself by an identifier, the only way that the closed shapes leave."""
        if terms.is_address(iri):
            identifier = f"{node}-identifier" if "#" in node else f"{node}#identifier"
            self._add(node, ADMS + "identifier", identifier)
            self._add(identifier, RDF_TYPE, ELM + "Identifier")
            self._say(identifier, NOTATION, ox.Literal(iri))

    def _free(self, iri: str, content: Module | Provider) -> str:
        """Return a node of its own for a thing: its IRI, else one made from its content."""
        number = 0
        node = iri if terms.is_address(iri) and "#" not in iri else ""
        while not node or node in self._nodes:
            node = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{number} {_content(content)}')}"
            number += 1
        self._nodes.add(node)
        return node

    def _texts(self, node: str, predicate: str, texts: Mapping[str, str], language: str = "") -> None:
        for tag, text in terms.tagged(texts, language):
            self._say(node, predicate, ox.Literal(text, language=tag))

    def _concept(self, node: str, predicate: str, iri: str, labels: Mapping[str, str] | None = None) -> None:
        if iri:
            self._add(node, predicate, iri)
            known = self._concepts.setdefault(iri, {})
            for tag, text in terms.tagged(labels or {}):
                known.setdefault(tag, text)

    def _add(self, subject: str, predicate: str, object_: str) -> None:
        self._say(subject, predicate, ox.NamedNode(object_))

    def _say(self, subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        # By subjects, so that each stands in one place of the text.
        self._triples.setdefault(subject, []).append(ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value))


def _content(thing: Module | Provider) -> str:
    return json.dumps(asdict(thing), sort_keys=True, default=dict)


def _typed(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))
