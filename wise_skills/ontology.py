"""The ontology as files and as a whole: reading it, and the report on its state.

Each file is read into a graph of its own: a module or alignment into the graph named by its ontology IRI,
a list of concepts into the graph named by its file. Queries see all graphs as one unless they say `GRAPH`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, parse

from wise_skills import hermit
from wise_skills.axioms import read_axioms
from wise_skills.errors import FileProblem, ReadingError
from wise_skills.hygiene import Finding, check_hygiene
from wise_skills.inference import Inference, infer
from wise_skills.names import OWL, RDF_TYPE, Names, resource

_TYPE = NamedNode(RDF_TYPE)
_ONTOLOGY = NamedNode(OWL + "Ontology")
_KINDS = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")


@dataclass(frozen=True)
class Membership:
    """How many members a defined class has, by OWL 2 RL and by HermiT if it was asked; `differing` only one found."""

    cls: str
    by_rl: int
    by_hermit: int | None
    differing: tuple[str, ...] = ()


@dataclass(frozen=True)
class OntologyReport:
    """The state of the ontology; `consistent` is None where HermiT was not asked, and `reason` says why."""

    consistent: bool | None
    reason: str
    unsatisfiable: tuple[str, ...]
    hygiene: tuple[Finding, ...]
    classes: int
    properties: int
    members: tuple[Membership, ...]

    @property
    def fine(self) -> bool:
        """Whether nothing is wrong: what has not been checked counts as right."""
        agree = not any(m.differing for m in self.members)
        return self.consistent is not False and not self.unsatisfiable and not self.hygiene and agree

    def __str__(self) -> str:
        """Return the report in plain lines."""
        verdict = {None: f"not checked ({self.reason})", True: "yes", False: "NO"}[self.consistent]
        lines = [f"{self.classes} classes, {self.properties} properties", f"consistent: {verdict}"]
        lines += [f"unsatisfiable: {cls}" for cls in self.unsatisfiable]
        for m in self.members:
            hermit_says = "" if m.by_hermit is None else f", {m.by_hermit} by HermiT"
            lines.append(f"members of {m.cls.rpartition('#')[2]}: {m.by_rl} by OWL 2 RL{hermit_says}")
            lines += [f"  only one of them finds {thing}" for thing in m.differing]
        lines.append(f"hygiene: {len(self.hygiene)} findings")
        lines += [f"  {f.rule}: {f.focus}: {f.message}" for f in self.hygiene]
        return "\n".join(lines)


@dataclass(frozen=True)
class Ontology:
    """Modules, lists of concepts and alignments, with the queries that go with them, by name."""

    modules: Store
    schemes: Store
    alignments: Store
    rules: dict[str, str]
    explanations: dict[str, str]
    hygiene: dict[str, str]
    names: Names

    @cached_property
    def everything(self) -> Store:
        """Modules, lists and alignments in one store."""
        return together(self.modules, self.schemes, self.alignments)

    @cached_property
    def terms(self) -> dict[str, str]:
        """Our own terms with the local name of what each is: `Class`, `ObjectProperty` and so on."""
        found = {}
        for kind in ("Class", *_KINDS):
            for q in self.modules.quads_for_pattern(None, _TYPE, NamedNode(OWL + kind), None):
                if isinstance(q.subject, NamedNode) and q.subject.value.startswith((self.names.wise, self.names.tab)):
                    found[q.subject.value] = kind
        return dict(sorted(found.items()))

    def infer(self, data: Store) -> Inference:
        """Conclude what follows from data, leaving out earlier inferences (`wise_skills.inference.infer`)."""
        return infer(self.modules, data, self.rules, leave_out=self.names.graph("inferred"))


def read_ontology(folder: Path | None = None, names: Names | None = None) -> Ontology:
    """Read a folder laid out as `ontology/` is, the project's own by default.

    Raises
    ------
    ReadingError
        with all files that are not Turtle.
    """
    folder, names = folder or resource("ontology"), names or Names()
    problems: list[FileProblem] = []
    ontology = Ontology(
        modules=together(_read(folder, names, problems), _read(folder / "names", names, problems)),
        schemes=_read(folder / "schemes", names, problems),
        alignments=_read(folder / "alignments", names, problems),
        rules=_texts(folder / "rules", names),
        explanations=_texts(folder / "explanations", names),
        hygiene=_texts(folder / "hygiene", names),
        names=names,
    )
    if problems:
        raise ReadingError(problems)
    return ontology


def together(*stores: Store) -> Store:
    """Return one store with the graphs of several."""
    whole = Store()
    for store in stores:
        whole.bulk_extend(store.quads_for_pattern(None, None, None, None))
    return whole


def report(data: Store | None = None, *, folder: Path | None = None, names: Names | None = None, reasoner: bool = True) -> OntologyReport:
    """Report on the ontology: hygiene, consistency, and the members of the defined classes.

    Parameters
    ----------
    data:
        Data of a release; without them, classes have no members and HermiT judges the ontology alone.
    folder:
        Folder of the ontology; the project's own by default.
    names:
        Names under the base in use.
    reasoner:
        Whether to ask HermiT, which takes seconds and needs Java.
    """
    ontology = read_ontology(folder, names)
    data = data or Store()
    inference = ontology.infer(data)
    defined = read_axioms(ontology.modules).defined
    verdict, reason = None, "The reasoner was not asked."
    if reasoner and hermit.java() is None:
        reason = "Java was not found, so HermiT was not asked."
    elif reasoner:
        reason = "HermiT was asked."
        facts = hermit.individuals(ontology.modules, data, ontology.names.wise, leave_out=ontology.names.graph("inferred"))
        facts += [Triple(NamedNode(s), NamedNode(p), NamedNode(o)) for s, p, o in inference.closed]
        verdict = hermit.classify(together(ontology.modules, ontology.alignments), facts, defined)
    by_hermit = verdict.members if verdict else None
    return OntologyReport(
        consistent=None if verdict is None else verdict.consistent,
        reason=reason,
        unsatisfiable=verdict.unsatisfiable if verdict else (),
        hygiene=check_hygiene(ontology.everything, ontology.hygiene),
        classes=sum(kind == "Class" for kind in ontology.terms.values()),
        properties=sum(kind != "Class" for kind in ontology.terms.values()),
        members=tuple(_membership(cls, inference.members.get(cls, ()), by_hermit) for cls in defined),
    )


def _membership(cls: str, by_rl: tuple[str, ...], by_hermit: dict[str, tuple[str, ...]] | None) -> Membership:
    if by_hermit is None:
        return Membership(cls, len(by_rl), None)
    other = by_hermit[cls]
    return Membership(cls, len(by_rl), len(other), tuple(sorted({*by_rl} ^ {*other})))


def _read(folder: Path, names: Names, problems: list[FileProblem]) -> Store:
    store = Store()
    for path in sorted(folder.glob("*.ttl")):
        try:
            quads = list(parse(names.rebase(path.read_text(encoding="utf-8")), format=RdfFormat.TURTLE, rename_blank_nodes=True))
        except (SyntaxError, UnicodeDecodeError) as error:
            problems.append(FileProblem(path, str(error), advice="Correct the Turtle"))
            continue
        own = next((q.subject for q in quads if q.predicate == _TYPE and q.object == _ONTOLOGY), None)
        graph = own if isinstance(own, NamedNode) else NamedNode(names.graph("scheme", path.stem))
        store.bulk_extend(Quad(q.subject, q.predicate, q.object, graph) for q in quads)
    return store


def _texts(folder: Path, names: Names) -> dict[str, str]:
    return {path.stem: names.rebase(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.rq"))}
