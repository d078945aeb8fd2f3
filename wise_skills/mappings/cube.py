"""The ledger as an RDF Data Cube (https://www.w3.org/TR/vocab-data-cube/): one observation for each country, language, kind and state.

The cube keeps the integrity constraints of the specification (section 11); the tests ask those that a cube of this form can break.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wise_skills.mappings.ledger import ALIGNED, NO_MATCH, NOT_MAPPED, REJECTED, STATES, SUGGESTED, Ledger
from wise_skills.mappings.things import KINDS
from wise_skills.names import DCT, RDFS, SKOS, XSD, Names
from wise_skills.terms import iri, text

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_QB = "http://purl.org/linked-data/cube#"
_SDMX = "http://purl.org/linked-data/sdmx/2009/"
_LISTS = {
    "country": ("Countries", "Country in whose data or classification the thing stands", _SDMX + "dimension#refArea"),
    "language": ("Languages", "Language of its label; of several all, English only where it is the only one", ""),
    "kind": ("Kinds of things", "What could be aligned", ""),
    "state": ("States of alignment", "How far it is aligned to ESCO", ""),
}
_KINDS = {
    "skill": "skill of ours",
    "competence": "competence of a framework",
    "profile": "occupational profile",
    "outcome": "learning outcome of a curriculum",
    "code": "code of a national classification",
}
_STATES = {
    ALIGNED: ("aligned", "An accepted or published mapping leads to a concept of ESCO.", "alignment-states/mapped"),
    NO_MATCH: ("no match", "Somebody looked for a concept of ESCO and found none.", "alignment-states/no-match"),
    SUGGESTED: ("open: suggested", "A mapping was suggested, and nobody has reviewed it.", "alignment-states/suggested"),
    REJECTED: ("rejected", "All mappings were rejected.", ""),
    NOT_MAPPED: ("open: not mapped", "No mapping was made, suggested or ruled out.", "alignment-states/not-mapped"),
}


def turtle(ledger: Ledger, names: Names, version: str, citation: str = "") -> str:
    """Return the cube in Turtle; the same text for the same ledger.

    Parameters
    ----------
    ledger:
        What is counted. A cell of a country, language and kind of which there is anything has all states, zeros too.
    names, version, citation:
        The names under the base of the data, its version, and how it is cited.
    """
    return "".join(_Cube(ledger, names, version, citation).lines())


def _name(key: str) -> str:
    """A key as part of an address: languages stand side by side there."""
    return key.replace(" ", "+") or "none"


class _Cube:
    def __init__(self, ledger: Ledger, names: Names, version: str, citation: str) -> None:
        self.ledger, self.version, self.citation = ledger, version, citation
        self.page = names.base + "alignments"
        self.scheme = names.base + "scheme/"

    def own(self, name: str) -> str:
        return iri(f"{self.page}#{name}").n3()

    def member(self, list_: str, key: str) -> str:
        """The concept of a code list."""
        known = {"country": self.ledger.places, "language": self.ledger.languages}.get(list_, {})
        return iri(known[key]).n3() if key in known else self.own(f"{list_}-{_name(key)}")

    def lines(self) -> Iterator[str]:
        for prefix, start in {"dct": DCT, "qb": _QB, "rdfs": RDFS, "skos": SKOS, "xsd": XSD}.items():
            yield f"@prefix {prefix}: <{start}> .\n"
        yield from self._structure()
        cells = self.ledger.cells()
        used = sorted({cell[:3] for cell in cells}, key=lambda cell: (cell[0], cell[1], KINDS.index(cell[2])))
        yield from self._list("country", sorted({country for country, _, _ in used}))
        yield from self._list("language", sorted({language for _, language, _ in used}))
        yield from self._list("kind", KINDS)
        yield from self._list("state", STATES)
        for country, language, kind in used:
            for state in STATES:
                name = "-".join(_name(part) for part in (country, language, kind, state))
                values = {"country": country, "language": language, "kind": kind, "state": state}
                dimensions = " ; ".join(f"{self.own(key)} {self.member(key, value)}" for key, value in values.items())
                yield f"\n{self.own(name)} a qb:Observation ; qb:dataSet {self.own('cube')} ;\n  {dimensions} ;\n"
                yield f"  {self.own('count')} {cells[country, language, kind, state]} .\n"

    def _structure(self) -> Iterator[str]:
        title = "Alignment to ESCO by country, language, kind and state"
        yield f'\n{self.own("cube")} a qb:DataSet ; rdfs:label "{title}"@en ; dct:title "{title}"@en ;\n'
        yield '  rdfs:comment "Each thing is counted once, so that the numbers of all observations add up to the number of things."@en ;\n'
        if self.citation:
            yield f"  dct:bibliographicCitation {text(self.citation).n3()} ;\n"
        yield f"  dct:license <{LICENCE}> ; dct:hasVersion {text(self.version).n3()} ; qb:structure {self.own('structure')} .\n"
        parts = [f"[ qb:dimension {self.own(key)} ; qb:order {n} ]" for n, key in enumerate(_LISTS, 1)]
        yield f"\n{self.own('structure')} a qb:DataStructureDefinition ;\n  qb:component "
        yield " , ".join([*parts, f"[ qb:measure {self.own('count')} ]"]) + " .\n"
        for key, (title, comment, above) in _LISTS.items():
            yield f"\n{self.own(key)} a qb:DimensionProperty , qb:CodedProperty ; rdfs:label {text(key, 'en').n3()} ;\n"
            yield f"  rdfs:comment {text(comment, 'en').n3()} ; rdfs:range skos:Concept ; qb:codeList {self.own(key + '-list')}"
            yield f" ;\n  rdfs:subPropertyOf <{above}> .\n" if above else " .\n"
            yield f"{self.own(key + '-list')} a skos:ConceptScheme ; skos:prefLabel {text(title, 'en').n3()} .\n"
        yield f'\n{self.own("count")} a qb:MeasureProperty ; rdfs:label "number of things"@en ; rdfs:range xsd:integer ;\n'
        yield f"  rdfs:subPropertyOf <{_SDMX}measure#obsValue> .\n"

    def _list(self, key: str, members: Sequence[str]) -> Iterator[str]:
        for member in members:
            line = (
                f"{self.member(key, member)} a skos:Concept ; skos:inScheme {self.own(key + '-list')} ; skos:notation {text(member).n3()}"
            )
            if key == "kind":
                line += f" ; skos:prefLabel {text(_KINDS[member], 'en').n3()}"
            elif key == "state":
                label, definition, same = _STATES[member]
                line += f" ; skos:prefLabel {text(label, 'en').n3()} ; skos:definition {text(definition, 'en').n3()}"
                line += f" ; skos:exactMatch <{self.scheme}{same}>" if same else ""
            elif not member:
                line += ' ; skos:prefLabel "not stated"@en'
            yield f"\n{line} ."
        yield "\n"
