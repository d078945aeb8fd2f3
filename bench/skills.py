"""How well skills are found for sentences, spans and national labels: HOUSE, TECH (English) and Competent (French).

Run `python bench/skills.py [--set house|tech|competent|all] [--model DIR] [--json]` in the checkout. The files are those of
`../shared` (`--shared`, `$WISE_SHARED`); another file in the form of HOUSE and TECH comes with `--file CSV`, another table in that of
Competent with `--table CSV`. `--model` is the folder of a sentence-transformers model. The first run learns an encoder for each
edition of ESCO (minutes) and keeps it in `bench/.cache`.

Prints the mean reciprocal rank of the first right concept, and R-Precision at 1, 5 and 10: hits among the first k over the smaller of k
and the number of right concepts. Beside it, char TF-IDF of the preferred labels on the same queries.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from encoder import CACHE, SHARED, trained
from skill_sets import FOLDER, TABLE, Part, competent, english_skills, french_skills, sentences
from sklearn.feature_extraction.text import TfidfVectorizer

from wise_skills.alignment.candidates import Scorer
from wise_skills.alignment.embedding import Model
from wise_skills.alignment.model import Concept, Query
from wise_skills.alignment.modelled import Modelled
from wise_skills.alignment.skill_scores import SkillScores

CUTS = (1, 5, 10)


def measured(ranks: Sequence[Sequence[int]], part: Part) -> dict[str, float]:
    """Return the figures of ranked concepts."""
    reciprocal, precision, hits = [], {k: [] for k in CUTS}, {k: [] for k in CUTS}
    for ranked, right in zip(ranks, part.right, strict=True):
        hit = [number in right for number in ranked]
        reciprocal.append(1 / (hit.index(True) + 1) if any(hit) else 0.0)
        for k in CUTS:
            precision[k].append(sum(hit[:k]) / min(k, len(right)))
            hits[k].append(any(hit[:k]))
    found = {"queries": len(part.texts), "mrr": float(np.mean(reciprocal))}
    return found | {f"rp@{k}": float(np.mean(precision[k])) for k in CUTS} | {f"hit@{k}": float(np.mean(hits[k])) for k in CUTS}


def plain(concepts: Sequence[Concept], language: str, parts: Sequence[Part]) -> dict[str, dict[str, float]]:
    """Return the figures of char TF-IDF (2 to 4 letters) of the preferred labels, equals in the order of IRIs."""
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), dtype=np.float32)
    labels = vectorizer.fit_transform([concept.label(language).text.lower() for concept in concepts])
    found = {}
    for part in parts:
        scores = (vectorizer.transform([text.lower() for text in part.texts]) @ labels.T).toarray()
        found[part.name] = measured(np.argsort(-scores, axis=1, kind="stable")[:, :1000].tolist(), part)
    return found


def calibration(scores: SkillScores, language: str, part: Part) -> list[tuple[float, float, int]]:
    """Return for tenths of stated confidence of the first proposal: the mean stated, the share that is right, the number."""
    ranked = scores.rank([Query(text, language) for text in part.texts], top=1)
    stated = np.array([r.confidence[0] if len(r.concepts) else 0.0 for r in ranked])
    right = np.array([bool(len(r.concepts)) and int(r.concepts[0]) in part.right[n] for n, r in enumerate(ranked)])
    tenth = np.minimum((stated * 10).astype(int), 9)
    tenths = [tenth == number for number in range(10) if (tenth == number).any()]
    return [(float(stated[inside].mean()), float(right[inside].mean()), int(inside.sum())) for inside in tenths]


def edition(skills: list[Concept], every: list[Concept], language: str, model: Model | None) -> SkillScores:
    """Return what ranks skills in a language, with the encoder that learned of `every`."""
    scorer = Scorer.of(skills, language, trained(every))
    languages, modelled = [language, "en"], None
    if model is not None:
        modelled = Modelled.of_concepts(skills, model, languages, lambda texts: model.encoded(texts, CACHE / "model"))
        print(f"{model.name}: {'used' if modelled.speaks else 'not used'} for {language}", file=sys.stderr)
    return SkillScores(scorer, skills, modelled=modelled)


def speed(scores: SkillScores) -> None:
    """Print how long a thousand labels take, once all is loaded: alternative labels at even distances."""
    labels = [label.text for concept in scores.concepts for label in concept.labels if not label.preferred]
    queries = [Query(text, "en") for text in labels[:: len(labels) // 1000][:1000]]
    scores.rank(queries[:10])
    started, cpu = time.perf_counter(), time.process_time()
    scores.rank(queries)
    print(f"{len(queries)} labels, {len(labels):,} others: {time.perf_counter() - started:.1f} s, {time.process_time() - cpu:.1f} s CPU")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=("house", "tech", "competent", "all"), default="all")
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("WISE_SHARED", SHARED)))
    parser.add_argument("--file", type=Path, help="a set of annotated sentences instead of those of --set")
    parser.add_argument("--table", type=Path, help="the table of Competent, or one like it")
    parser.add_argument("--model", type=Path, help="folder of a sentence-transformers model")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--speed", action="store_true", help="how long a thousand English labels take, and nothing else")
    parser.add_argument("--calibration", action="store_true", help="stated confidence and share of right first proposals, too")
    given = parser.parse_args()
    model = Model.open(given.model) if given.model else None
    if given.speed:
        speed(edition(*english_skills(given.shared), "en", model))
        return
    found = dict[str, dict[str, dict[str, float]]]()
    names = [given.file.stem] if given.file else [name for name in ("house", "tech") if given.set in (name, "all")]
    english: SkillScores | None = None
    for name in names:
        if english is None:
            english = edition(*english_skills(given.shared), "en", model)
        path = given.file or given.shared / FOLDER / f"{name}_validation_annotations.csv"
        found |= run(english, "en", sentences(path, english.concepts, name), given)
    if not given.file and given.set in ("competent", "all"):
        french = edition(*french_skills(given.shared), "fr", model)
        parts = competent(given.table or given.shared / TABLE, french.concepts)
        found |= run(french, "fr", [Part(f"competent {part.name}", part.texts, part.right) for part in parts], given)
    if given.json:
        print(json.dumps(found, indent=1))


def run(scores: SkillScores, language: str, parts: Sequence[Part], given: argparse.Namespace) -> dict[str, dict[str, dict[str, float]]]:
    """Measure the parts of a set, and print them unless JSON is asked for."""
    baseline = plain(scores.concepts, language, parts)
    found = {}
    for part in parts:
        started = time.perf_counter()
        ranked = scores.rank([Query(text, language) for text in part.texts], top=1000)
        seconds = time.perf_counter() - started
        ours = measured([r.concepts.tolist() for r in ranked], part)
        found[part.name] = {"ours": ours, "char": baseline[part.name]}
        if given.json:
            continue
        for title, figures in (("char TF-IDF", baseline[part.name]), ("matcher", ours)):
            rest = "  ".join(f"{key} {value:.3f}" for key, value in figures.items() if key != "queries")
            print(f"{part.name:22}{title:12}{int(figures['queries']):5} queries  {rest}")
        print(f"{'':22}{seconds:.1f} s")
        if given.calibration:
            for stated, right, number in calibration(scores, language, part):
                print(f"{'':22}stated {stated:.2f}  right {right:.2f}  of {number}")
    return found


if __name__ == "__main__":
    main()
