"""Proposals with what speaks for them: rank, reason in words, what was compared, and where the line stands in its file.

The predicate follows a rule and decides nothing: `skos:broadMatch` to a group (of ISCO, of ESCO's hierarchy of skills), else
`skos:closeMatch`; `skos:exactMatch` is for a reviewer to say. The justification is `semapv:LexicalMatching` where the line and
the label are the same text but for capitals, blanks and punctuation, else `semapv:CompositeMatching`. Of `semapv` only terms
are used that `sssom validate` knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Pairs
from collections.abc import Sequence
from dataclasses import replace

from wise_skills.alignment.model import Candidate, Query
from wise_skills.alignment.reasons import sentence
from wise_skills.mappings.model import Mapping
from wise_skills.mappings.prefixes import ESCO, SEMAPV
from wise_skills.mappings.proposals import Version, none, row
from wise_skills.names import RDFS, SKOS

_NO_LETTER = re.compile(r"[\W_]+")
_SCHEMES = {"skill": "skills", "occupation": "occupations"}


def explained(
    query: Query,
    candidates: Sequence[Candidate],
    *,
    module: str = "",
    version: Version = lambda scheme: "",
    notes: Pairs[str, str] | None = None,
) -> list[Mapping]:
    """Return the rows that propose the candidates of one line, the best first; one with `NO_TERM` where there is none.

    Parameters
    ----------
    query, candidates, module:
        The line, its candidates in the order of the matcher, and the title of its module.
    version:
        Gives the version of a scheme by its name (`esco`).
    notes:
        Pairs for the slot `other`, such as the row of the line in its file; `kind` says what was looked for.
    """
    own = dict(notes or {})
    kind = own.pop("kind", "")
    if not candidates:
        slots = {"subject_match_field": RDFS + "label"}
        if kind in _SCHEMES:
            slots |= {"object_source": f"{ESCO}concept-scheme/{_SCHEMES[kind]}", "object_source_version": version("esco")}
        return [_with(none(query, module=module), slots, own)]
    rows = []
    for rank, candidate in enumerate(candidates, 1):
        proposed = row(query, candidate.concept, version(candidate.concept.scheme), candidate=candidate, module=module)
        slots = {"subject_match_field": RDFS + "label", "comment": " ".join(map(sentence, candidate.reasons))}
        if _plain(query.text) == _plain(candidate.matched.text):
            slots["mapping_justification"] = SEMAPV + "LexicalMatching"
        if candidate.concept.is_group:
            proposed = replace(proposed, predicate=SKOS + "broadMatch")
        rows.append(_with(proposed, slots, {"rank": str(rank), **own}))
    return rows


def _with(mapping: Mapping, slots: Pairs[str, str], notes: Pairs[str, str]) -> Mapping:
    first = [f"{key}={value}" for key, value in notes.items() if value]
    other = "|".join([*first, *filter(None, [mapping.slots.get("other", "")])])
    whole = dict(mapping.slots) | {slot: text for slot, text in slots.items() if text} | ({"other": other} if other else {})
    return replace(mapping, slots=whole)


def _plain(text: str) -> str:
    return _NO_LETTER.sub(" ", text.casefold()).strip()
