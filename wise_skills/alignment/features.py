"""What the ranker reads of a query and a concept that comes into question: numbers that know neither language nor country.

For each score its value, how far it stays behind the query's best, and its rank among the candidates; what the families of
ISCO say; what kind of concept and of query it is.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from wise_skills.alignment.candidates import Scorer, Scores
from wise_skills.alignment.lexical import Floats, Ints

VALUES = (
    "char", "char0", "softchar", "prefchar", "stem", "cover", "within", "match", "bag", "described",
    "enc", "softenc", "prefenc", "mean", "all", "told", "eng", "near", "seen", "votes", "fused", "own",
)  # fmt: skip
BEHIND = ("char", "stem", "match", "bag", "described", "enc", "softenc", "mean", "all", "told", "eng", "near", "seen", "fused", "own")
RANKS = ("char", "stem", "match", "bag", "enc", "mean", "all", "told", "near", "fused", "own")
FAMILY = (
    "mass4", "mass3", "mass2", "mass1", "best_enc4", "best_fused4", "above_best", "group_enc", "group_char", "group_behind",
)  # fmt: skip
KIND = ("level", "members", "labels", "only")
FAMILY_TOLD = ("votes4", "near4")
QUERY = ("words", "share", "margin", "spread", "top_char", "top_enc", "top_match", "top_near", "groups")
NAMES = (*VALUES, *(f"{n}-" for n in BEHIND), *(f"{n}#" for n in RANKS), *FAMILY, *FAMILY_TOLD, *KIND, *QUERY)
"""The names of the columns, in order."""
_TOLD = ("near", "seen", "votes")
EVIDENCE = tuple(i for i, n in enumerate(NAMES) if n.rstrip("-#4") in ("near", "seen", "votes", "top_near"))
"""The columns that mappings of other countries fill."""
DESCRIBED = tuple(i for i, n in enumerate(NAMES) if n.rstrip("-#") == "described")
"""The columns that descriptions in the language of the labels fill."""
_SHARPNESS = 6.0


def compute(scorer: Scorer, scores: Scores, queries: Ints, concepts: Ints) -> Floats:
    """Return the features of candidates, float32 of shape (candidates, len(NAMES)); 0 where a score is not known.

    Parameters
    ----------
    scorer, scores:
        What was scored, and the scores of a chunk of queries.
    queries, concepts:
        The numbers of queries (in the chunk, ascending) and concepts of the candidates.
    """
    found = scores.concepts
    nothing = np.zeros_like(found["fused"])
    columns = _compared({name: found.get(name, nothing) for name in VALUES if name not in _TOLD}, queries, concepts)
    columns |= _family(scorer, found, nothing, queries, concepts)
    columns |= _kind(scorer, concepts)
    columns |= evidence(scorer, found, queries, concepts)
    fused = found["fused"]
    two = -np.partition(-fused, min(1, fused.shape[1] - 1), axis=1)[:, :2]
    share = _shares(fused)
    facts = {
        "words": scores.queries["words"],
        "share": scores.queries["share"],
        "margin": two[:, 0] - two[:, -1],
        "spread": -(share * np.log(np.maximum(share, 1e-12))).sum(axis=1),
        "groups": (share * (scorer.hierarchy.level > 0)[None, :]).sum(axis=1),
        **{f"top_{name}": found.get(name, nothing).max(axis=1) for name in ("char", "enc", "match")},
    }
    columns |= {name: fact[queries] for name, fact in facts.items()}
    return np.stack([columns[name] for name in NAMES], axis=1).astype(np.float32)


def evidence(scorer: Scorer, found: Mapping[str, Floats], queries: Ints, concepts: Ints) -> dict[str, Floats]:
    """Return the columns that mappings fill, by name (see `compute`); `found` holds their scores, queries × concepts."""
    nothing = np.zeros((int(queries.max(initial=-1)) + 1, scorer.lexical.size), np.float32)
    near, votes = found.get("near", nothing), found.get("votes", nothing)
    columns = _compared({name: found.get(name, nothing) for name in _TOLD}, queries, concepts)
    hierarchy = scorer.hierarchy
    columns["votes4"] = (hierarchy.sums(votes) + np.where(hierarchy.level > 0, votes, 0))[queries, concepts]
    columns["near4"] = hierarchy.best(near)[queries, concepts]
    columns["top_near"] = near.max(axis=1)[queries]
    return columns


def _compared(found: Mapping[str, Floats], queries: Ints, concepts: Ints) -> dict[str, Floats]:
    """Return the values of scores, how far they stay behind and their ranks."""
    starts = np.flatnonzero(np.diff(queries, prepend=-1))
    columns: dict[str, Floats] = {}
    for name, scores in found.items():
        values = columns[name] = scores[queries, concepts]
        if name in BEHIND:
            columns[f"{name}-"] = values - scores.max(axis=1)[queries]
        if name in RANKS:
            columns[f"{name}#"] = _ranks(values, queries, starts)
    return columns


def _shares(fused: Floats) -> Floats:
    powers = np.exp(_SHARPNESS * (fused - fused.max(axis=1, keepdims=True)))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def _ranks(values: Floats, queries: Ints, starts: Ints) -> Floats:
    """Return the rank of each value among its query's, the logarithm of one plus the number of greater ones; equals share the best."""
    order = np.lexsort((-values, queries))
    place = np.arange(len(values)) - np.repeat(starts, np.diff(starts, append=len(values)))
    ordered = values[order]
    fresh = np.ones(len(values), dtype=bool)
    fresh[1:] = (ordered[1:] != ordered[:-1]) | (queries[order][1:] != queries[order][:-1])
    place = place[np.maximum.accumulate(np.where(fresh, np.arange(len(values)), 0))]
    ranks = np.empty(len(values), np.float32)
    ranks[order] = np.log1p(place)
    return ranks


def _family(scorer: Scorer, found: dict[str, Floats], nothing: Floats, queries: Ints, concepts: Ints) -> dict[str, Floats]:
    hierarchy = scorer.hierarchy
    share = _shares(found["fused"])
    columns = [hierarchy.sums(share, column)[queries, concepts] for column in range(4)]
    enc = found.get("enc", nothing)
    best_fused = hierarchy.best(found["fused"])[queries, concepts]
    columns += [hierarchy.best(enc)[queries, concepts], best_fused, found["fused"][queries, concepts] - best_fused]
    # the group of four digits above an occupation; above such a group, the one of three
    group = np.where(hierarchy.level > 0, hierarchy.groups[:, 1], hierarchy.groups[:, 0])[concepts]
    for name in ("enc", "char", "fused"):
        values = found.get(name, nothing)
        above = np.where(group >= 0, values[queries, np.maximum(group, 0)], 0)
        columns.append(above - values[queries, concepts] if name == "fused" else above)
    return dict(zip(FAMILY, columns, strict=True))


def _kind(scorer: Scorer, concepts: Ints) -> dict[str, Floats]:
    hierarchy, lexical = scorer.hierarchy, scorer.lexical
    labels = np.zeros(lexical.size, np.float32)
    labels[lexical.concepts] = np.diff(lexical.starts, append=len(lexical.weight))
    members = hierarchy.members().astype(np.float32)
    only = (hierarchy.members(0) == hierarchy.members(1)).astype(np.float32)
    values = (hierarchy.level, np.log1p(members), np.log1p(labels), only)
    return {name: np.asarray(column, np.float32)[concepts] for name, column in zip(KIND, values, strict=True)}
