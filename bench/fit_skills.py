"""Learn the weights by which skills are ranked, from ESCO's own labels, and write `wise_skills/alignment/skill_fusion.json`.

Run `python bench/fit_skills.py [--model DIR] [--shared DIR]` in the checkout; without `--model` the weights for it stay as they are.
No crosswalk and no annotated sentence is read. An alternative label that is written quite unlike the preferred one is taken away
from its skill together with all labels much like it, and is then the query; neither the index nor the encoder knows it. Sentences are
made of two or three such labels of skills of one occupation, before and behind them words that are not ESCO's (of the notes of NACE;
in French, which has none, of descriptions of occupations), and of the first sentences of descriptions, which are taken away too.
French: the same with the labels of v1.0, which has few.

Of every other skill only the label itself is taken away: what people write is often near to a label, and as often not.

How much less a proposal is worth for a text in a language in which the concepts have no names is measured with ESCO v1.0.8: its
occupations' names in ten languages are asked of their English names, by an encoder that learned English only.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from encoder import CACHE, LANGUAGES, SHARED, english_edition, open_text, released_concepts, table, trained
from scipy.optimize import brentq
from scipy.special import expit
from skill_sets import french_skills
from sklearn.feature_extraction.text import TfidfVectorizer

from wise_skills.alignment.candidates import Scorer
from wise_skills.alignment.embedding import Model
from wise_skills.alignment.fusion import Example, Fusion, fit
from wise_skills.alignment.model import Concept, Query
from wise_skills.alignment.modelled import Modelled
from wise_skills.alignment.skill_features import NAMES, SkillFeatures, ingredients_of, names_with
from wise_skills.alignment.skill_scores import FILE, SkillScores, case, fusions, is_long

CASES = {
    "en": (frozenset(), frozenset({"encoder"}), frozenset({"model"}), frozenset({"encoder", "model"})),
    "fr": (frozenset({"encoder", "english"}),),
}
"""What weights are learned for, by the language of the queries."""
UNLIKE = 0.6
"""Cosine of char TF-IDF under which two labels are written quite unlike."""
MOST, SENTENCES, DESCRIPTIONS, FOREIGN = 900, 500, 200, 400
TEMPLATES = {
    "en": (
        "Experience with {} and {} is required",
        "As {occupation} you {} and {}",
        "{}, {} and {}",
        "Strong knowledge of {} and ability to {}",
        "The successful candidate will {}, {} and {}",
        "You are expected to {} and you also {} in a team",
        "We look for {occupation} with skills such as {}",
        "{occupation}: {}; {}; {}",
    ),
    "fr": (
        "Expérience de {} et {}",
        "En tant que {occupation} vous allez {} et {}",
        "{}, {} et {}",
        "Bonne connaissance de {} et aptitude à {}",
        "Nous cherchons {occupation} pour {}",
        "{occupation} : {} ; {} ; {}",
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A query made of what was taken away, and the places of the right concepts."""

    text: str
    right: frozenset[int]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was taken away: queries by language and kind, and the concepts without it."""

    labels: dict[str, list[Asked]]
    sentences: dict[str, list[Asked]]
    concepts: list[Concept]


def left_out(
    concepts: Sequence[Concept], occupations: dict[str, list[str]], noise: dict[str, list[str]], skills_of: Sequence[Sequence[str]]
) -> LeftOut:
    """Take labels and descriptions away from skills.

    Parameters
    ----------
    concepts:
        The skills.
    occupations:
        Labels of occupations by language, for sentences.
    noise:
        Texts by language, of whose words some stand before and behind sentences.
    skills_of:
        The skills (IRIs) of each occupation.
    """
    chance = random.Random(7)
    place = {concept.iri: number for number, concept in enumerate(concepts)}
    kept = list(concepts)
    labels, sentences = dict[str, list[Asked]](), dict[str, list[Asked]]()
    for language in ("en", "fr"):
        order = list(range(len(concepts)))
        chance.shuffle(order)
        taken = dict[int, str]()
        for number in order:
            if len(taken) == MOST:
                break
            least, gone = 3 if language == "en" else 1, UNLIKE if len(taken) % 2 else 1.0
            found = _without(concepts[number], kept[number], language, chance, least=least, gone_from=gone)
            if found is not None:
                taken[number], kept[number] = found
        labels[language] = [Asked(text, frozenset({number})) for number, text in taken.items()]
        together = [[place[iri] for iri in row if iri in place] for row in skills_of]
        sentences[language] = list(_joined(taken, together, occupations, noise[language], language, chance))
        if language == "en":
            free = [number for number in order if number not in taken and len(concepts[number].definitions.get("en", "")) > 40]
            for number in free[:DESCRIPTIONS]:
                first = re.split(r"(?<=[.])\s", concepts[number].definitions["en"])[0]
                sentences["en"].append(Asked(first, frozenset({number})))
                kept[number] = replace(kept[number], definitions={})
    return LeftOut(labels, sentences, kept)


_VECTORIZER = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, use_idf=False, dtype=np.float32)


def _without(
    concept: Concept, kept: Concept, language: str, chance: random.Random, least: int, gone_from: float
) -> tuple[str, Concept] | None:
    """Return a label of a skill, and the skill without it.

    With `gone_from` below 1 the label is one unlike the preferred one, and all labels as much like it as that are taken away too.
    """
    own = [label for label in concept.labels if label.language == language]
    preferred = [label.text for label in own if label.preferred]
    others = [label.text for label in own if not label.preferred]
    if not preferred or len(others) < least:
        return None
    vectors = _VECTORIZER.fit_transform([preferred[0], *others])
    alike = (vectors @ vectors.T).toarray()
    unlike = [at for at in range(1, len(others) + 1) if alike[at, 0] < gone_from]
    if not unlike:
        return None
    chosen = chance.choice(unlike)
    gone = {others[at - 1] for at in range(1, len(others) + 1) if alike[chosen, at] >= gone_from} | {others[chosen - 1]}
    left = tuple(label for label in kept.labels if label.preferred or label.language != language or label.text not in gone)
    return others[chosen - 1], replace(kept, labels=left)


def _joined(
    taken: dict[int, str],
    skills_of: Sequence[Sequence[int]],
    occupations: dict[str, list[str]],
    noise: Sequence[str],
    language: str,
    chance: random.Random,
) -> Iterator[Asked]:
    """Yield sentences of several labels that were taken away, of skills of one occupation; without such, of any skills."""
    groups = [sorted(set(row) & taken.keys()) for row in skills_of]
    groups = [group for group in groups if len(group) > 1]
    if language != "en":
        groups = [chance.sample(sorted(taken), 3) for _ in range(500)]
    chance.shuffle(groups)
    templates = TEMPLATES[language]
    for number, group in enumerate(groups[:SENTENCES]):
        template = templates[number % len(templates)]
        count = template.count("{}")
        if count <= len(group):
            chosen = chance.sample(group, count)
            words = [" ".join(chance.choice(noise).split()[: chance.randint(4, 20)]) for _ in range(2)]
            text = template.format(*(taken[skill] for skill in chosen), occupation=chance.choice(occupations[language]))
            yield Asked((text, f"{words[0]} {text}", f"{text} {words[0]}", f"{words[0]} {text} {words[1]}")[number % 4], frozenset(chosen))


def foreign(shared: Path) -> tuple[float, dict[str, tuple[float, float]]]:
    """Return what to add to log odds for names that are not English, and by language the mean then stated and the share right."""
    named = [c for c in released_concepts(shared) if not c.is_group and any(label.language == "en" for label in c.labels)]
    english = [
        replace(c, labels=tuple(x for x in c.labels if x.language == "en"), definitions={"en": c.definitions.get("en", "")}) for c in named
    ]
    scores = SkillScores(Scorer.of(english, "en", trained(english_edition(shared))), english)
    chance = random.Random(3)
    odds, right = dict[str, np.ndarray](), dict[str, np.ndarray]()
    for language in sorted(set(LANGUAGES) - {"en"}):
        asked = [(c.label(language).text, n) for n, c in enumerate(named) if any(label.language == language for label in c.labels)]
        asked = chance.sample(asked, min(FOREIGN, len(asked)))
        first = scores.rank([Query(text) for text, _ in asked], top=1)
        stated = np.array([ranked.confidence[0] if len(ranked.concepts) else 0.001 for ranked in first], np.float64).clip(1e-6, 1 - 1e-6)
        odds[language] = np.log(stated / (1 - stated))
        right[language] = np.array([number in ranked.concepts for ranked, (_, number) in zip(first, asked, strict=True)])
    together, truth = np.concatenate(list(odds.values())), np.concatenate(list(right.values()))
    shift = brentq(lambda more: float((expit(together + more) - truth).sum()), -10.0, 10.0)  # where the likelihood is greatest
    return round(float(shift), 4), {name: (float(expit(odds[name] + shift).mean()), float(right[name].mean())) for name in odds}


def examples(features: SkillFeatures, asked: Sequence[Asked], language: str) -> Iterator[tuple[str, Example]]:
    """Yield the text of each query and what is learned from it."""
    for one, compared in zip(asked, features.compare([a.text for a in asked], language), strict=True):
        yield one.text, Example(compared.features, np.isin(compared.concepts, sorted(one.right)))


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("WISE_SHARED", SHARED)))
    parser.add_argument("--model", type=Path)
    given = parser.parse_args()
    skills, every = french_skills(given.shared)
    named = {tag: [c.label(tag).text for c in every if c.kind == "occupation" and not c.is_group] for tag in ("en", "fr")}
    noise = {"fr": [c.definitions["fr"] for c in every if c.kind == "occupation" and "fr" in c.definitions]}
    noise["en"] = [row["This item includes"] for row in table(given.shared / "crosswalks" / "classifications", "nace_rev2")]
    noise["en"] = [text for text in noise["en"] if len(text) > 60]
    away = left_out(skills, named, noise, list(_skills_of(given.shared)))
    by_iri = {concept.iri: concept for concept in away.concepts}
    encoder = trained([by_iri.get(concept.iri, concept) for concept in every])
    known = json.loads(FILE.read_text(encoding="utf-8"))["fusions"] if FILE.exists() else {}
    known = {name: written for name, written in known.items() if "model" in name}
    model = Model.open(given.model) if given.model else None
    for language in ("en", "fr"):
        only = frozenset({"en"}) if language == "en" else None
        scorer = Scorer.of(away.concepts, language, encoder, languages=only)
        modelled = None
        if model and language == "en":
            modelled = Modelled.of_concepts(away.concepts, model, ["en"], lambda texts: model.encoded(texts, CACHE / "model"))
        features = SkillFeatures(scorer, modelled)
        made = list(examples(features, away.labels[language] + away.sentences[language], language))
        for ingredients in CASES[language]:
            if not ingredients <= ingredients_of(scorer, modelled):
                continue
            for long in (False, True):
                name = case(ingredients, long=long)
                of_length = [example for text, example in made if is_long(text) == long]
                known[name] = fit(of_length, NAMES, used=names_with(ingredients)).written()
                print(name, len(of_length), json.dumps(known[name]), flush=True)
    assert all(Fusion.read(written) for written in known.values())
    _write({"foreign": 0.0, "fusions": dict(sorted(known.items()))})
    fusions.cache_clear()
    shift, told = foreign(given.shared)
    _write({"foreign": shift, "fusions": dict(sorted(known.items()))})
    print("foreign", shift, {name: f"{stated:.2f} stated, {right:.2f} right" for name, (stated, right) in told.items()})


def _write(found: dict[str, object]) -> None:
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _skills_of(shared: Path) -> Iterator[list[str]]:
    found = dict[str, list[str]]()
    for row in csv.DictReader(open_text(shared / "esco" / "v1.1.1" / "relations" / "occupationSkillRelations.csv.gz")):
        found.setdefault(row["occupationUri"], []).append(row["skillUri"])
    return iter(found[iri] for iri in sorted(found))


if __name__ == "__main__":
    main()
