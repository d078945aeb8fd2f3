"""The catalogue as part of the graph: each question as a `sh:SPARQLSelectExecutable`, from its one file.

The shape is that of the examples of the SIB Swiss Institute of Bioinformatics: `sh:select` holds the query, `sh:prefixes`
its prefixes, `schema:keywords` words for it, `rdfs:comment` what it asks, here in every language into which the
catalogue is translated. So SPARQL finds the questions, and tools for such examples (YASGUI, sparql-examples) read them::

    <…/questions/which-sectors-are-common-to-most-countries> a sh:SPARQLExecutable , sh:SPARQLSelectExecutable ;
        rdfs:comment "Which sectors are common to most of the 13 countries?"@en ;
        sh:prefixes <…/questions/prefixes> ; sh:select "SELECT DISTINCT ?division …" ; schema:keywords "sectors" .
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from wise_skills.languages import LANGUAGES
from wise_skills.names import DCT, RDF_TYPE, RDFS, SH, XSD, Names
from wise_skills.questions.header import SUFFIX, load_questions
from wise_skills.questions.model import Question
from wise_skills.source import Part, file_fingerprint, nquads

_SCHEMA = "https://schema.org/"
_PREFIX = "PREFIX "


@dataclass(frozen=True)
class QuestionSource:
    """The catalogue as a source of a build: a folder of questions, and one of `.po` files for the other languages."""

    folder: Path
    translations: Path
    names: Names
    code: str
    name: str = "questions"

    @property
    def files(self) -> Sequence[Path]:
        """The files of the questions and of their translations."""
        return [*sorted(self.folder.glob(f"*{SUFFIX}")), *sorted(self.translations.glob("*/LC_MESSAGES/questions.po"))]

    def fingerprint(self) -> str:
        """Hash of the files."""
        # The files of all languages have one name, so the folder that tells them apart must be part of it.
        order = " ".join(str(path.relative_to(self.translations)) for path in self.files if path.suffix == ".po")
        return file_fingerprint(self.files, self.code, self.names.base, self.name, order)

    def load(self) -> Part:
        """Read the questions; raises `BadQuestionFiles` with every problem of every file."""
        questions = list(load_questions(self.folder, thorough=False).values())
        texts = {language: _texts(self.translations / language / "LC_MESSAGES" / "questions.po") for language in LANGUAGES}
        graph = ox.NamedNode(self.names.graph(self.name))
        triples = [*_prefixes(self.names, questions), *(t for q in questions for t in described(q, self.names, texts))]
        return Part(nquads(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples))


def described(question: Question, names: Names, texts: Mapping[str, Mapping[str, str]]) -> Iterator[ox.Triple]:
    """Return the statements about a question; `texts` gives for each language what stands for an English text."""
    subject = ox.NamedNode(f"{names.base}questions/{question.name}")

    def says(predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
        return ox.Triple(subject, ox.NamedNode(predicate), value)

    for kind in ("SPARQLExecutable", "SPARQLSelectExecutable"):
        yield says(RDF_TYPE, ox.NamedNode(SH + kind))
    for predicate, text in (
        (RDFS + "comment", question.title),
        (RDFS + "label", question.title),
        (DCT + "description", question.description),
    ):
        yield says(predicate, ox.Literal(text, language="en"))
        for language, known in texts.items():
            if known.get(text):
                yield says(predicate, ox.Literal(known[text], language=language))
    for word in (question.subject, question.user, *question.needs):
        yield says(_SCHEMA + "keywords", ox.Literal(word))
    for number in question.numbers:
        yield says(DCT + "identifier", ox.Literal(f"competency question {number}"))
    yield says(SH + "prefixes", ox.NamedNode(f"{names.base}questions/prefixes"))
    yield says(SH + "select", ox.Literal(names.rebase(_query(question))))
    yield says(_SCHEMA + "target", ox.NamedNode(f"{names.base}sparql"))
    yield says(DCT + "license", ox.NamedNode("https://creativecommons.org/licenses/by/4.0/"))


def _query(question: Question) -> str:
    """The query as it stands alone: every parameter free, its prefixes in it."""
    return "\n".join(line.rstrip() for line in question.body.strip().split("\n")) + "\n"


def _prefixes(names: Names, questions: Iterable[Question]) -> Iterator[ox.Triple]:
    """The prefixes of all queries as one `sh:declare` list of the node that they share."""
    node = ox.NamedNode(f"{names.base}questions/prefixes")
    known: dict[str, str] = {}
    doubtful: set[str] = set()
    for question in questions:
        for line in question.body.split("\n"):
            if line.startswith(_PREFIX):
                prefix, _, iri = line.removeprefix(_PREFIX).partition(":")
                meant = names.rebase(iri.strip().strip("<>"))
                if known.setdefault(prefix.strip(), meant) != meant:
                    doubtful.add(prefix.strip())
    # A prefix that two files mean differently stands in their queries only.
    for prefix, iri in sorted((p, i) for p, i in known.items() if p not in doubtful):
        declared = ox.NamedNode(f"{node.value}#{prefix}")
        yield ox.Triple(node, ox.NamedNode(SH + "declare"), declared)
        yield ox.Triple(declared, ox.NamedNode(SH + "prefix"), ox.Literal(prefix))
        yield ox.Triple(declared, ox.NamedNode(SH + "namespace"), ox.Literal(iri, datatype=ox.NamedNode(XSD + "anyURI")))


def _texts(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string and not m.fuzzy}
