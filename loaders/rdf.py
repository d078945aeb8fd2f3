"""RDF files as sources of a build: the project's own Turtle, and files that a build is given beside the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from wise_skills.errors import FileProblem, TooBig, WrongKind
from wise_skills.names import Names, resource
from wise_skills.source import Part, file_fingerprint, nquads

MAX_BYTES = 500_000_000
_READABLE = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
}


@dataclass(frozen=True)
class RdfSource:
    """RDF files that become one graph; blank nodes get canonical names (RDFC 1.0), graph names are dropped."""

    name: str
    paths: tuple[Path, ...]
    names: Names
    code: str

    @property
    def files(self) -> tuple[Path, ...]:
        """The files."""
        return self.paths

    def fingerprint(self) -> str:
        """Hash of the files."""
        return file_fingerprint(self.paths, self.code, self.names.base, self.name)

    def load(self) -> Part:
        """Parse the files; raises `FileProblem` where one cannot be read."""
        dataset = ox.Dataset()
        for path in self.paths:
            for quad in _read(path, self.names):
                dataset.add(ox.Quad(quad.subject, quad.predicate, quad.object))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        graph = ox.NamedNode(self.names.graph(*self.name.split("/")))
        mark = self.name.replace("/", "-")
        named = [ox.Quad(_marked(q.subject, mark), q.predicate, _marked(q.object, mark), graph) for q in dataset]  # type: ignore[arg-type]
        return Part(nquads(named))


def _read(path: Path, names: Names) -> list[ox.Quad]:
    """Quads of a file under the base in use. An RDF/XML file with entities is refused: they may swell without end."""
    form = _READABLE[path.suffix.lower()]
    try:
        text = names.rebase(path.read_text(encoding="utf-8"))
        if form == ox.RdfFormat.RDF_XML and "<!DOCTYPE" in text:
            raise FileProblem(path, "it declares a document type, which is not read", advice="Save it as Turtle")
        return list(ox.parse(text.encode(), form, base_iri=names.base, rename_blank_nodes=True))
    except UnicodeDecodeError:
        raise FileProblem(path, "it is not UTF-8 text", advice="Save it as UTF-8") from None
    except (SyntaxError, ValueError) as error:
        raise FileProblem(path, f"it cannot be read: {error}", advice="Mend the file") from None


def _marked(term: object, name: str) -> object:
    """Blank nodes of different graphs stay different."""
    return ox.BlankNode(f"{name}{term.value}") if isinstance(term, ox.BlankNode) else term


def project_sources(names: Names, code: str) -> list[RdfSource]:
    """Return the ontology, its alignments, the schemes and the shapes as sources."""
    ontology = resource("ontology")
    parts = {
        "ontology": [*sorted(ontology.glob("*.ttl")), *sorted((ontology / "names").glob("*.ttl"))],
        "alignments": sorted((ontology / "alignments").glob("*.ttl")),
        "schemes": sorted((ontology / "schemes").glob("*.ttl")),
        "shapes": sorted(resource("shapes").glob("*.ttl")),
    }
    return [RdfSource(name, tuple(paths), names, code) for name, paths in parts.items() if paths]


def added_sources(paths: Sequence[Path], names: Names, code: str) -> list[RdfSource]:
    """Return one source per RDF file that a build is given; its graph is `…/graph/added/<name>`.

    Raises
    ------
    WrongKind, TooBig
        For a file whose ending is none of the readable ones, or that is beyond the limit.
    """
    for path in paths:
        if path.suffix.lower() not in _READABLE:
            raise WrongKind(str(path), f"a file that ends in “{path.suffix}”", [f"*{ending}" for ending in _READABLE])
        if path.stat().st_size > MAX_BYTES:
            raise TooBig(str(path), f"{path.stat().st_size / 1e6:,.0f} MB", f"{MAX_BYTES / 1e6:,.0f} MB")
    return [RdfSource(f"added/{path.stem}", (path,), names, code) for path in paths]
