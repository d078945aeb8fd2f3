"""What a set of mappings must not say at once, as SKOS and SSSOM have it.

SKOS S46: exactMatch is disjoint with broadMatch and relatedMatch; S43–S45: broadMatch and narrowMatch are inverse, the other
relations symmetric; exactMatch is transitive, so two exact matches in one scheme make two concepts of it one. Proposals
count as well as accepted mappings: it is better to see a conflict before the review than behind it.
"""

from __future__ import annotations

from collections import defaultdict

from wise_skills.mappings.model import NO_TERM, Mapping, MappingSet
from wise_skills.names import SKOS
from wise_skills.speech import told

_INVERSE = {"broadMatch": "narrowMatch", "narrowMatch": "broadMatch"}
_KINDS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
_EXCLUDED = ({"exactMatch", "broadMatch"}, {"exactMatch", "narrowMatch"}, {"exactMatch", "relatedMatch"}, {"broadMatch", "narrowMatch"})


def conflicts(mappings: MappingSet) -> list[str]:
    """Return a sentence for each conflict within a set, in the order of the subjects; none for a sound set."""
    rows = [m for m in mappings.mappings if not m.is_negated]
    kinds, names = defaultdict[tuple[str, str], set[str]](set), dict[str, str]()
    exact = defaultdict[tuple[str, str], set[str]](set)
    unmatched = {_subject(m) for m in rows if m.object == NO_TERM}
    matched = {_subject(m) for m in rows if m.object != NO_TERM}
    for row in rows:
        kind = row.predicate.removeprefix(SKOS)
        if kind not in _KINDS or NO_TERM in (row.subject, row.object):
            continue
        pair = (_subject(row), row.object)
        kinds[pair].add(kind)
        names[pair[0]], names[pair[1]] = row.slots.get("subject_label", pair[0]), row.slots.get("object_label", pair[1])
        if kind == "exactMatch":
            exact[pair[0], row.slots.get("object_source") or row.object.rsplit("/", 1)[0]].add(row.object)
    found = []
    for (subject, target), said in sorted(kinds.items()):
        here = {"subject": names[subject], "object": names[target]}
        for both in _EXCLUDED:
            if both <= said:
                found.append(
                    told(
                        "“{subject}” and “{object}” are related by {kinds}, which exclude each other.",
                        kinds=" + ".join(sorted(both)),
                        **here,
                    )
                )
        turned = kinds.get((target, subject), set())
        if subject < target and turned and {_INVERSE.get(kind, kind) for kind in turned} != said:
            found.append(told("“{subject}” and “{object}” are related otherwise in the one direction than in the other.", **here))
    for (subject, _), objects in sorted(exact.items()):
        if len(objects) > 1:
            several = ", ".join(names[target] for target in sorted(objects))
            found.append(told("“{subject}” has several exact matches in one scheme: {objects}.", subject=names[subject], objects=several))
    for subject in sorted(unmatched & matched):
        found.append(told("“{subject}” is said to have no match, and has one.", subject=names.get(subject, subject)))
    return found


def _subject(mapping: Mapping) -> str:
    return mapping.subject or mapping.slots.get("subject_label", "")
