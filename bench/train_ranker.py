"""Train the ranker of occupations on the development crosswalks, with one model for all and one without each country.

Run `python bench/train_ranker.py` in the checkout (needs LightGBM and `../shared`): writes `wise_skills/alignment/ranker/occupations.npz`.
The same data, encoder and version of LightGBM give the same bytes. Features are kept in `bench/.cache`.

A query is seen in several ways, so that the ranker learns to rely on what there is: with everything, through English labels
alone, by an encoder that does not know its language, without an encoder; some without evidence and descriptions.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import encoder as encoders
import lightgbm as lgb
import melo
import melo_sets
import numpy as np

from wise_skills.alignment import calibration, candidates, evidence, features, hierarchy, lexical, occupation_scores, words
from wise_skills.alignment.calibration import Calibration
from wise_skills.alignment.candidates import Scorer
from wise_skills.alignment.evidence import Evidence
from wise_skills.alignment.ranker import Ranker, write_arrays

VIEWS = {"own": 1200, "english": 400, "unknown": 300, "words": 300}
"""The ways in which queries are seen, and at most so many queries of a country in each; half of them are learned from."""
FEW = ("bg", "de", "en", "sl")
"""What the encoder has learned that does not know the languages."""
TREES = 120
SEEDS = (7, 8, 9)
"""Each learns from queries of its own; the mean of three is a little better than any of them."""
SETTINGS = {
    "objective": "lambdarank",
    "num_leaves": 24,
    "learning_rate": 0.08,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "min_data_in_leaf": 60,
    "lambda_l2": 5.0,
    "lambdarank_truncation_level": 20,
    "max_bin": 63,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}
SURE = {
    "objective": "binary",
    "num_leaves": 8,
    "learning_rate": 0.06,
    "min_data_in_leaf": 200,
    "lambda_l2": 10.0,
    "feature_fraction": 0.4,
    "bagging_freq": 0,
    "max_bin": 255,
    "seed": 1,
}
"""How the confidence is learned, where it differs."""
SURE_TREES = 80
WANTED = 0.95
_CODE = (candidates, evidence, features, hierarchy, lexical, words)

Predicted = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass
class Seen:
    """The candidates of a country's queries seen in one way: features, and for each candidate its query, concept, and whether it is right.

    `told` holds for each other development country the columns `features.EVIDENCE` without that country's mappings too.
    """

    features: np.ndarray
    queries: np.ndarray
    concepts: np.ndarray
    right: np.ndarray
    count: int
    told: dict[str, np.ndarray]


def seen(shared: Path, country: str, view: str, encoder: melo.Texts | None, key: str) -> Seen:
    """Return a country's queries seen in one way, from the cache if that was done before."""
    made = hashlib.sha256(f"{key} {country} {view}".encode())
    for module in _CODE:
        made.update(Path(str(module.__file__)).read_bytes())
    path = encoders.CACHE / "features" / f"{country}-{view}-{made.hexdigest()[:20]}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        found = _looked(shared, country, view, encoder)
        told = {f"told-{name}": array for name, array in found.told.items()}
        np.savez(path, **{name: value for name, value in vars(found).items() if name != "told"}, **told)
    held = np.load(path)
    told = {name.removeprefix("told-"): held[name] for name in held.files if name.startswith("told-")}
    return Seen(*(held[name] for name in ("features", "queries", "concepts", "right")), count=int(held["count"]), told=told)


def _looked(shared: Path, country: str, view: str, encoder: melo.Texts | None) -> Seen:
    data = melo_sets.read_set(shared / "crosswalks" / "melo" / melo_sets.name_of(country, "en" if view == "english" else ""))
    if view != "own":  # so many as are needed, from all parts of the classification
        kept = np.unique(np.linspace(0, len(data.queries) - 1, min(len(data.queries), VIEWS[view])).astype(int))
        data.queries, data.gold = [data.queries[n] for n in kept], [data.gold[n] for n in kept]
    concepts = melo.concepts_of(data, melo_sets.esco(melo_sets.released(shared / "esco")))
    told = None
    if encoder is not None:
        rows = melo.mappings(shared / "crosswalks" / "national", country)
        told = Evidence.of_mappings(rows, data.concepts, encoder.encode_with_share([row.text for row in rows])[0])
    languages = frozenset({data.corpus}) if view == "english" else None
    scorer = Scorer.of(concepts, data.corpus, encoder, told, languages=languages)
    parts: list[tuple[np.ndarray, ...]] = []
    others = [other for other in melo_sets.DEVELOPMENT if other != country] if told is not None else []
    fewer: dict[str, list[np.ndarray]] = {other: [] for other in others}
    started = time.perf_counter()
    for start, scores in scorer.chunks([text for _, text in data.queries], country):
        whose, which = scorer.candidates(scores)
        right = np.array([concept in data.gold[start + query] for query, concept in zip(whose, which, strict=True)])
        parts.append((features.compute(scorer, scores, whose, which), whose + start, which, right))
        if told is not None and encoder is not None:
            vectors = encoder.encode_with_share([text for _, text in data.queries[start : start + candidates.CHUNK]])[0]
            each = {other: told.of_country(vectors, other) for other in others}
            for other in others:
                fewer_told = told.together([part for name, part in each.items() if name != other], len(vectors))
                columns = features.evidence(scorer, fewer_told, whose, which)
                fewer[other].append(np.stack([columns[features.NAMES[n]] for n in features.EVIDENCE], axis=1))
    read, whose, which, right = (np.concatenate([part[n] for part in parts]) for n in range(4))
    count = len(data.queries)
    recall = len(np.unique(whose[right])) / count
    print(
        f"{country} {view}: {len(whose) / count:.0f} candidates, recall {recall:.3f}, {time.perf_counter() - started:.0f} s",
        file=sys.stderr,
    )
    return Seen(read, whose, which, right, count, {other: np.concatenate(arrays) for other, arrays in fewer.items()})


def dataset(views: Sequence[tuple[Seen, int]], chance: np.random.Generator, without: str = "") -> lgb.Dataset:
    """Return what is learned from: of each country and view some queries whose answer is among the candidates.

    Mappings of the country `without` are no evidence.
    """
    read, right, sizes, weights = [], [], [], []
    for one, most in views:
        found = np.unique(one.queries[one.right])
        chosen = np.sort(chance.choice(found, most, replace=False)) if len(found) > most else found
        kept = np.isin(one.queries, chosen)
        rows, whose = one.features[kept].copy(), one.queries[kept]
        if without in one.told:
            rows[:, features.EVIDENCE] = one.told[without][kept]
        for columns, part in ((features.EVIDENCE, 0.25), (features.DESCRIBED, 0.3)):
            rows[np.ix_((chance.random(one.count) < part)[whose], columns)] = 0
        read.append(rows)
        right.append(one.right[kept])
        sizes.append(np.bincount(whose, minlength=one.count)[chosen])
        weights.append(np.full(len(rows), (most / len(chosen)) ** 0.5))
    weight = np.concatenate(weights)
    return lgb.Dataset(
        np.concatenate(read),
        np.concatenate(right).astype(np.int8),
        group=np.concatenate(sizes),
        weight=weight / weight.mean(),
        feature_name=[f"f{n}" for n in range(len(features.NAMES))],
    )


def train(views: Sequence[tuple[Seen, int]], without: str = "", *, seeds: Sequence[int] = SEEDS, trees: int = TREES) -> Ranker:
    """Return the ranker that was learned from views, without the mappings of a country as evidence: the mean of one for each seed."""
    learned = []
    for seed in seeds:
        booster = lgb.train({**SETTINGS, "seed": seed}, dataset(views, np.random.default_rng(seed), without), trees)
        learned.append(Ranker.of_dump(booster.dump_model()))
    parts = {name: np.concatenate([getattr(one, name) for one in learned]) for name in ("feature", "threshold", "gone", "nodes", "leaves")}
    value = np.concatenate([one.value for one in learned]) / np.float32(len(learned))
    return Ranker(names=features.NAMES, value=value, **parts)


def predicted(ranker: Ranker, one: Seen) -> Predicted:
    """Return features, scores, queries and whether right, the candidates of each query in falling order."""
    scores = ranker.predict(one.features)
    order = np.lexsort((one.concepts, -scores, one.queries))
    return one.features[order], scores[order], one.queries[order], one.right[order]


def confidence_trees(parts: Sequence[Predicted]) -> Ranker:
    """Return the trees of the confidence: learned from the first five of each query, as rankers that had not seen its country put them."""
    columns = [calibration.inputs(read, scores, queries) for read, scores, queries, _ in parts]
    first_five = [column[:, calibration.NAMES.index("rank")] < np.log1p(5) for column in columns]
    x = np.concatenate([column[kept] for column, kept in zip(columns, first_five, strict=True)])
    y = np.concatenate([part[3][kept] for part, kept in zip(parts, first_five, strict=True)])
    names = [f"f{n}" for n in range(x.shape[1])]
    booster = lgb.train({**SETTINGS, **SURE}, lgb.Dataset(x, y.astype(np.int8), feature_name=names), SURE_TREES)
    return replace(Ranker.of_dump(booster.dump_model()), names=calibration.NAMES)


def calibrated(parts: Sequence[Predicted]) -> Calibration:
    """Return the confidence for what was predicted of countries that the rankers had not seen.

    The threshold is set on confidences of each country by trees that were learned from the others.
    """
    stated, right = list[np.ndarray](), list[np.ndarray]()
    for number, (read, scores, queries, correct) in enumerate(parts):
        others = Calibration(confidence_trees([part for n, part in enumerate(parts) if n != number]), 1.0)
        first = np.flatnonzero(np.diff(queries, prepend=-1))
        stated.append(others.confidence(read, scores, queries)[first])
        right.append(correct[first])
    return Calibration(confidence_trees(parts), threshold(np.concatenate(stated), np.concatenate(right)))


def threshold(confidence: np.ndarray, right: np.ndarray, wanted: float = WANTED) -> float:
    """Return the least confidence from which on the wanted share of the first candidates was right; above 1 where there is none."""
    order = np.argsort(-confidence, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero((share >= wanted) & (np.arange(len(order)) >= 49))
    return float(confidence[order][enough[-1]]) if len(enough) else 1.01


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=melo_sets.shared())
    parser.add_argument("--to", type=Path, default=occupation_scores.FILE)
    parser.add_argument("--trees", type=int, default=TREES)
    parser.add_argument("--scale", type=float, default=0.5, help="of the numbers of queries")
    given = parser.parse_args()
    esco = melo_sets.esco(melo_sets.released(given.shared / "esco"))
    all_languages = melo.learned_from([], esco)
    few = [
        replace(c, labels=tuple(x for x in c.labels if x.language in FEW), definitions={t: d for t, d in c.definitions.items() if t in FEW})
        for c in all_languages
    ]
    settings = encoders.Settings()
    used: dict[str, tuple[melo.Texts | None, str]] = {"words": (None, "words")}
    for name, concepts in (("all", all_languages), ("few", few)):
        key = encoders.digest(concepts, settings)
        used[name] = (melo.Texts(encoders.trained(concepts, settings), key), key)
    views: dict[str, dict[str, Seen]] = {}
    for country in melo_sets.DEVELOPMENT:
        views[country] = {}
        for view in VIEWS:
            if country == "usa" and view in ("english", "unknown"):
                continue
            encoder, key = used[{"own": "all", "english": "all", "unknown": "few", "words": "words"}[view]]
            views[country][view] = seen(given.shared, country, view, encoder, key)
        for encoder, _ in used.values():
            if encoder is not None:
                encoder.save()
    parts, left_out = {}, {}
    for country in (*melo_sets.DEVELOPMENT, ""):
        started = time.perf_counter()
        taken = [(one, int(VIEWS[view] * given.scale)) for c, held in views.items() if c != country for view, one in held.items()]
        ranker = train(taken, country, trees=given.trees)
        name = f"without-{country}" if country else "all"
        parts[name] = ranker.arrays()
        if country:
            left_out[country] = predicted(ranker, views[country]["own"])
            print(
                f"{name}: MRR {reciprocal(left_out[country], views[country]['own'].count):.4f}, {time.perf_counter() - started:.0f} s",
                flush=True,
            )
    for country in (*melo_sets.DEVELOPMENT, ""):
        name = f"without-{country}" if country else "all"
        parts[f"{name}-confidence"] = calibrated([part for c, part in left_out.items() if c != country]).arrays()
    given.to.parent.mkdir(parents=True, exist_ok=True)
    write_arrays(given.to, parts)
    print(f"{given.to}: {given.to.stat().st_size} bytes, sha256 {hashlib.sha256(given.to.read_bytes()).hexdigest()[:16]}")


def reciprocal(part: tuple[np.ndarray, ...], count: int) -> float:
    """Return the mean reciprocal rank of what was predicted, 0 for a query without its answer."""
    _, _, queries, right = part
    starts = np.flatnonzero(np.diff(queries, prepend=-1))
    rank = np.arange(len(queries)) - np.repeat(starts, np.diff(starts, append=len(queries))) + 1
    return float((1 / rank[right]).sum() / count)


if __name__ == "__main__":
    main()
