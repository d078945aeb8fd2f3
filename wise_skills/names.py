"""The IRIs and folders that the whole program agrees on.

All files of the project are written with `BASE`; a build with another base (`wise build --base`)
replaces it in the text of the files that it reads, so that nothing else has to know.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

BASE = "https://w3id.org/wise-skills/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SH = "http://www.w3.org/ns/shacl#"
DCT = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
SSSOM = "https://w3id.org/sssom/"

RDF_TYPE = RDF + "type"
RDF_LANGSTRING = RDF + "langString"
PREF_LABEL = SKOS + "prefLabel"
ALT_LABEL = SKOS + "altLabel"
IN_SCHEME = SKOS + "inScheme"
NOTATION = SKOS + "notation"

PREFIXES = {
    "wise": BASE + "ns#",
    "wsh": BASE + "shapes#",
    "tab": BASE + "tab#",
    "scheme": BASE + "scheme/",
    "id": BASE + "id/",
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "owl": OWL,
    "skos": SKOS,
    "sh": SH,
    "dct": DCT,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": PROV,
    "sssom": SSSOM,
    "semapv": "https://w3id.org/semapv/vocab/",
    "esco": "http://data.europa.eu/esco/model#",
}


class Names:
    """The project's own IRIs under one base.

    Parameters
    ----------
    base:
        IRI that ends in `/` or `#`; `BASE` unless a build was asked for another.
    """

    def __init__(self, base: str = BASE) -> None:
        self.base = base
        self.wise = base + "ns#"
        self.tab = base + "tab#"
        self.shapes = base + "shapes#"
        self.describes = self.tab + "describes"
        self.not_reported = self.wise + "notReported"
        self.not_applicable = self.wise + "notApplicable"

    @cache  # noqa: B019  (a few hundred names; a build asks for them a hundred thousand times)
    def graph(self, *parts: str) -> str:
        """Return the IRI of a named graph, `…/graph/be/needs`."""
        return self.base + "graph/" + "/".join(_quoted(p) for p in parts)

    def row(self, source: str, number: int) -> str:
        """Return the IRI of a row: an RFC 7111 fragment, `…/source/be/needs.csv#row=12`; the header is row 1."""
        return f"{self.base}source/{_quoted(source)}#row={number}"

    def rebase(self, text: str) -> str:
        """Return the text of a project file with the default base replaced by this one."""
        return text if self.base == BASE else text.replace(BASE, self.base)


def _quoted(text: str) -> str:
    """A name as part of an IRI: file names may hold blanks, or bytes that are no text at all."""
    return quote(text, safe="/:@!$&'()*+,;=~", errors="surrogateescape")


def is_iri(text: str) -> bool:
    """Return whether a text can name a node: an absolute IRI (RFC 3987)."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def resource(folder: str) -> Path:
    """Return the path of `ontology`, `shapes` or `data`: beside this module in a wheel, else in the checkout."""
    here = Path(__file__).resolve().parent
    shipped = here / folder
    return shipped if shipped.is_dir() else here.parent / folder


def _folders() -> tuple[str, ...]:
    """The folders that the list of places names: a country is added there, and nowhere in the code."""
    places = (resource("ontology") / "schemes" / "places.ttl").read_bytes()
    named = (q.object for q in ox.parse(places, ox.RdfFormat.TURTLE) if q.predicate.value == BASE + "ns#folder")
    return tuple(sorted(folder.value for folder in named if isinstance(folder, ox.Literal)))


FOLDERS = _folders()
"""Folders of `data/`: the 13 countries by their ISO 3166 code (Greece is `gr`) and `eu` for what is shared."""
