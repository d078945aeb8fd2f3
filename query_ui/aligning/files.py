"""What can be taken along from a review: in the page itself, because nothing is kept."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Fields
from typing import NamedTuple

from flask_babel import gettext as _

from query_ui.aligning.proposing import chain, offered
from query_ui.aligning.showing import look
from query_ui.checking.check_files import MARKED_LIMIT, XLSX, data_address
from query_ui.edition import Edition
from wise_skills.learning import Module, complete, elm, outcomes_of
from wise_skills.mappings import eures_form, json_form, rdf_form, skos_form, tsv
from wise_skills.mappings.marks import marks
from wise_skills.mappings.model import Mapping, MappingSet
from wise_skills.mappings.review import RELATIONS, answer_of, blind, decided, fingerprint, subject_key
from wise_skills.mappings.review_workbook import Details, write

WORKBOOK_LINES = 300
"""A workbook of more lines takes longer to write than somebody waits for a page."""
TSV, TURTLE, CSV, JSON = "text/tab-separated-values", "text/turtle", "text/csv", "application/json"


class File(NamedTuple):
    """A file in the page: what the link says, its name, its address (empty where it is too large), and what it is for."""

    title: str
    name: str
    address: str
    about: str = ""


def files(
    served: Edition, mappings: MappingSet, language: str, reviewer: str, given: Fields[str, str] | None = None
) -> list[tuple[str, list[File]]]:
    """Return the files of a review in groups, each with its heading.

    Parameters
    ----------
    served, mappings:
        The edition and the set, without rows that only offer a choice.
    language, reviewer:
        Language in which the workbook names concepts, and the name that it begins with.
    given:
        What somebody said of the modules for the ELM file (`learning.FIELDS`).
    """
    made = [
        (_("To go on with"), _to_go_on(served, mappings, language, reviewer)),
        (_("What was decided"), _results(mappings, given or {})),
    ]
    return [(heading, [_file(*one) for one in group]) for heading, group in made]


Made = tuple[str, str, str, Callable[[], bytes], str]


def _to_go_on(served: Edition, mappings: MappingSet, language: str, reviewer: str) -> Iterator[Made]:
    yield (
        _("The review so far (SSSOM)"), "review.sssom.tsv", TSV, lambda: tsv.write(mappings, in_order=True).encode(),
        _("Send it here again to go on where you stopped."),
    )  # fmt: skip
    if len({subject_key(m) for m in mappings.mappings}) <= WORKBOOK_LINES:
        yield (
            _("The review so far (workbook)"), "review.xlsx", XLSX, lambda: workbook(served, mappings, language, reviewer),
            _("To go on without this page; send it here afterwards."),
        )  # fmt: skip
    yield (
        _("For a second reviewer (SSSOM)"), "second-reviewer.sssom.tsv", TSV, lambda: tsv.write(blind(mappings), in_order=True).encode(),
        _("The same proposals without your verdicts, comments and name."),
    )  # fmt: skip


def _results(mappings: MappingSet, given: Fields[str, str]) -> Iterator[Made]:
    done = decided(mappings)
    if not done.mappings:
        return
    yield (
        "SSSOM TSV", "decided.sssom.tsv", TSV, lambda: tsv.write(done).encode(),
        _("Accepted, rejected and “no match” only."),
    )  # fmt: skip
    yield "SSSOM JSON", "decided.json", JSON, lambda: json_form.write(done).encode(), ""
    yield "SSSOM Turtle", "decided.ttl", TURTLE, lambda: rdf_form.write(done).encode(), ""
    if any(answer_of(m) in RELATIONS for m in done.mappings):
        yield "SKOS", "decided.skos.ttl", TURTLE, lambda: skos_form.write(done).encode(), ""
        yield _("EURES table"), "decided.eures.csv", CSV, lambda: eures_form.write(done).encode(), ""
    learning = complete(modules(done), given)
    if any(outcome.skills for module in learning for outcome in module.outcomes):
        about = " ".join([_("For learning opportunities and outcomes."), *elm.missing(learning[:1])])
        yield "ELM 3", "modules.elm.ttl", TURTLE, lambda: elm.write(learning).encode(), about


def _file(title: str, name: str, media: str, make: Callable[[], bytes], about: str) -> File:
    content = make()
    if len(content) > MARKED_LIMIT:
        title, name, media, content = f"{title} (gzip)", f"{name}.gz", "application/gzip", gzip.compress(content, 6, mtime=0)
    return File(title, name, data_address(content, media) if len(content) <= MARKED_LIMIT else "", about)


def modules(mappings: MappingSet) -> list[Module]:
    """Return the modules that the lines of a set belong to, with what was accepted for each line."""
    rows: dict[tuple[str, str], list[Mapping]] = {}
    for mapping in mappings.mappings:
        own = marks(mapping)
        rows.setdefault((own.get("module", ""), own.get("language", "") or "en"), []).append(mapping)
    return [
        Module(titles={tag: title or _("Module")}, language=tag, outcomes=outcomes_of(found, tag)) for (title, tag), found in rows.items()
    ]


def workbook(served: Edition, mappings: MappingSet, language: str, reviewer: str = "") -> bytes:
    """Return the review as a workbook, with all that may be chosen."""
    whole = offered(served, mappings, dict.fromkeys(subject_key(m) for m in mappings.mappings))
    by_iri = served.matcher().by_iri
    details = {}
    for number, mapping in enumerate(whole.mappings):
        try:
            seen = look(served, mapping.object, language)
        except LookupError:
            continue
        if seen is not None:
            concept = by_iri.get(mapping.object)
            place = " › ".join(c.label(language).text for c in chain(by_iri, concept)) if concept else ""
            details[number] = Details(seen.label, seen.definition if concept else "", place, fingerprint(mapping, seen))
    return write(whole, details, reviewer)
