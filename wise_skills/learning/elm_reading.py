"""Reading files of the European Learning Model 3: modules with their outcomes, without loss of what the model of ours holds."""

from __future__ import annotations

import re

import pyoxigraph as ox

from wise_skills.errors import InputError
from wise_skills.learning import elm_terms as terms
from wise_skills.learning.elm_terms import ADMS, ELM, FOAF, ROV
from wise_skills.learning.model import LinkedSkill, Module, Outcome, Provider
from wise_skills.names import DCT, NOTATION, PREF_LABEL, RDF_TYPE
from wise_skills.speech import told

_LIMIT = 20_000_000  # characters
_SPECIFICATIONS = (ELM + "LearningAchievementSpecification", ELM + "Qualification")
_Node = ox.NamedNode | ox.BlankNode


def read(text: str) -> list[Module]:
    """Return the modules of a file in Turtle or JSON-LD, sorted by their nodes; nothing is fetched.

    An ESCO skill comes back as a close match: the file does not tell exact from close. Skills of others come back as
    related. Of languages and countries those are understood that our lists hold.

    Raises `InputError` for what is not RDF.
    """
    form = ox.RdfFormat.JSON_LD if text.lstrip()[:1] in ("{", "[") else ox.RdfFormat.TURTLE
    if len(text) > _LIMIT:
        raise InputError(told("The ELM file is too long."))
    graph = _Graph()
    try:
        for quad in ox.parse(text.encode("utf-8", "replace"), form):
            graph.add(quad)
    except (SyntaxError, ValueError) as error:
        raise InputError(told("The ELM file cannot be read: {problem}.", problem=str(error).rstrip("."))) from error
    opportunities = graph.of_type(ELM + "LearningOpportunity")
    found, seen = [], set[_Node]()
    for opportunity in opportunities:
        specification = graph.node(opportunity, ELM + "learningAchievementSpecification")
        found.append(_module(graph, opportunity, specification))
        seen.update({specification} if specification else ())
    for class_ in _SPECIFICATIONS:
        found += [_module(graph, None, node) for node in graph.of_type(class_) if node not in seen]
    return found


class _Graph:
    """The statements of a file by subject and predicate."""

    def __init__(self) -> None:
        self._objects: dict[tuple[_Node, str], list[_Node | ox.Literal]] = {}
        self._types: dict[str, set[_Node]] = {}

    def add(self, quad: ox.Quad) -> None:
        """Take a statement; those about statements are of no use here."""
        subject, value = quad.subject, quad.object
        if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
            return
        self._objects.setdefault((subject, quad.predicate.value), []).append(value)
        if quad.predicate.value == RDF_TYPE:
            self._types.setdefault(value.value, set()).add(subject)

    def of_type(self, class_: str) -> list[_Node]:
        """Return the nodes of a class, `#outcome-2` before `#outcome-10`."""
        return sorted(self._types.get(class_, ()), key=_natural)

    def has_type(self, node: _Node, class_: str) -> bool:
        """Whether a node is of a class."""
        return node in self._types.get(class_, ())

    def nodes(self, node: _Node | None, predicate: str) -> list[_Node]:
        """Return the nodes that a relation leads to."""
        values = self._objects.get((node, predicate), ()) if node is not None else ()
        return sorted((v for v in values if not isinstance(v, ox.Literal)), key=_natural)

    def node(self, node: _Node | None, predicate: str) -> _Node | None:
        """Return the first of them."""
        return next(iter(self.nodes(node, predicate)), None)

    def ends(self, node: _Node | None, predicate: str, start: str) -> list[str]:
        """Return the ends of the IRIs that a relation leads to and that begin so."""
        return [n.value.removeprefix(start) for n in self.nodes(node, predicate) if n.value.startswith(start)]

    def text(self, node: _Node | None, predicate: str) -> str:
        """Return the first text."""
        values = self._objects.get((node, predicate), ()) if node is not None else ()
        return next((v.value for v in values if isinstance(v, ox.Literal)), "")

    def texts(self, node: _Node | None, predicate: str) -> dict[str, str]:
        """Return the texts by language."""
        values = self._objects.get((node, predicate), ()) if node is not None else ()
        return {v.language or "": v.value for v in values if isinstance(v, ox.Literal)}

    def identifier(self, node: _Node | None) -> str:
        """Return the IRI that a thing names as its own identifier, empty where it names none."""
        notations = (self.text(i, NOTATION) for i in self.nodes(node, ADMS + "identifier"))
        return next(filter(terms.is_address, notations), "")


def _natural(node: _Node) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"([0-9]{1,9})", node.value)]


def _module(graph: _Graph, opportunity: _Node | None, specification: _Node | None) -> Module:
    about = opportunity or specification
    levels = [
        level.value for predicate in ("EQFLevel", "NQFLevel", "educationLevel") for level in graph.nodes(specification, ELM + predicate)
    ]
    eqf = [int(end) for level in levels if (end := level.removeprefix(terms.SNB + "eqf/")) != level and end in "12345678" and end]
    credit = graph.node(specification, ELM + "creditPoint")
    systems = {iri: name for name, iri in terms.CREDIT_SYSTEMS.items()}
    framework = graph.node(credit, ELM + "framework")
    language = graph.node(opportunity, ELM + "defaultLanguage") or graph.node(specification, DCT + "language")
    volume = graph.text(specification, ELM + "volumeOfLearning")
    providers = sorted((_provider(graph, node) for node in graph.nodes(opportunity, ELM + "providedBy")), key=repr)
    return Module(
        titles=graph.texts(about, DCT + "title") or graph.texts(specification, DCT + "title"),
        language=_code(terms.languages(), language),
        provider=providers[0] if providers else Provider(),
        partners=tuple(providers[1:]),
        homepage=graph.text(graph.node(opportunity, FOAF + "homepage"), ELM + "contentUrl"),
        outcomes=tuple(_outcome(graph, node) for node in graph.nodes(specification, ELM + "learningOutcome")),
        descriptions=graph.texts(opportunity, DCT + "description") or graph.texts(specification, DCT + "description"),
        notes=graph.texts(graph.node(specification, ELM + "additionalNote"), ELM + "noteLiteral"),
        hours=terms.hours_of(volume),
        credits=_number(graph.text(credit, ELM + "point")),
        credit_system=systems.get(framework.value, "") if framework else "",
        eqf=eqf[0] if eqf else None,
        nqf=tuple(level for level in dict.fromkeys(levels) if terms.is_nqf(level)),
        isced=next(iter(graph.ends(specification, ELM + "ISCEDFCode", terms.SNB + "isced-f/")), ""),
        is_qualification=specification is not None and graph.has_type(specification, ELM + "Qualification"),
        iri=graph.identifier(specification),
    )


def _outcome(graph: _Graph, node: _Node) -> Outcome:
    kinds, levels = (
        graph.ends(node, DCT + "type", terms.SNB + "skill-type/"),
        graph.ends(node, ELM + "reusabilityLevel", terms.SNB + "skill-reuse-level/"),
    )
    skills = [_skill(graph, skill, "close") for skill in graph.nodes(node, ELM + "relatedESCOSkill")]
    skills += [_skill(graph, skill, "related") for skill in graph.nodes(node, ELM + "relatedSkill")]
    return Outcome(
        texts=graph.texts(node, DCT + "title"),
        skills=tuple(skills),
        iri=graph.identifier(node),
        kind=next(iter(kinds), ""),
        reuse_level=next(iter(levels), ""),
    )


def _skill(graph: _Graph, node: _Node, relation: str) -> LinkedSkill:
    return LinkedSkill(node.value, graph.texts(node, PREF_LABEL), relation)


def _provider(graph: _Graph, node: _Node) -> Provider:
    places = graph.nodes(node, ELM + "location")
    addresses = [address for place in places for address in graph.nodes(place, ELM + "address")]
    countries = [country for address in addresses for country in graph.nodes(address, ELM + "countryCode")]
    return Provider(
        names=graph.texts(node, ROV + "legalName"),
        country=next(filter(None, (_code(terms.countries(), country) for country in countries)), ""),
        homepage=graph.text(graph.node(node, FOAF + "homepage"), ELM + "contentUrl"),
        iri=graph.identifier(node),
    )


def _code(codes: dict[str, str], node: _Node | None) -> str:
    return next((code for code, iri in codes.items() if node is not None and iri == node.value), "")


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < 1_000_000 else None
