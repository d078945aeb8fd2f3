"""How well the encoder alone finds ESCO's occupations on MELO's development sets, how long it learns, how much memory it takes.

Run `python bench/encoder.py [--shared DIR] [--without lv,hr] [--dimensions 128] …` in the checkout. Prints the mean reciprocal
rank of each set: one label per concept (the best), and for English labels alone by element, in raw order. Trained encoders
and vectors are kept by content in `bench/.cache`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

import wise_skills.alignment.encoder as encoder_module
import wise_skills.alignment.ngrams as ngrams_module
import wise_skills.alignment.pairs as pairs_module
import wise_skills.alignment.training as training_module
from wise_skills.alignment.encoder import Encoder
from wise_skills.alignment.model import Concept, Kind, Label
from wise_skills.alignment.training import Settings

ROOT = Path(__file__).resolve().parent
CACHE = ROOT / ".cache"
SHARED = ROOT.parent.parent / "shared"
LANGUAGES = ("bg", "de", "en", "es", "fr", "hr", "it", "lv", "nl", "ro", "sl")
"""The languages of ESCO v1.0.8 in `shared`."""
MONOLINGUAL = ("fra_q_fr_c_fr", "ita_q_it_c_it", "nld_q_nl_c_nl", "lva_q_lv_c_lv", "hrv_q_hr_c_hr", "esp_q_es_c_es", "usa_q_en_c_en")
ENGLISH = ("fra_q_fr_c_en", "ita_q_it_c_en", "nld_q_nl_c_en", "lva_q_lv_c_en", "hrv_q_hr_c_en", "esp_q_es_c_en")


@dataclass
class Draft:
    """A concept while its files are read."""

    kind: Kind
    is_group: bool
    code: str = ""
    broader: tuple[str, ...] = ()
    skill_type: str = ""
    labels: dict[tuple[str, str], bool] | None = None
    definitions: dict[str, str] | None = None


def open_text(path: Path) -> Iterator[str]:
    """Yield the lines of a file that may be packed."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(encoding="utf-8", newline="") as file:
        yield from file


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file of a folder, packed or not; none where there is no such file."""
    for path in (folder / f"{name}.csv", folder / f"{name}.csv.gz"):
        if path.exists():
            return list(csv.DictReader(open_text(path)))
    return []


def _take(drafts: dict[str, Draft], rows: Iterable[dict[str, str]], language: str, kind: Kind, *, is_group: bool) -> None:
    for row in rows:
        iri = row["conceptUri"]
        if row.get("status", "released") not in ("released", ""):
            continue
        draft = drafts.setdefault(iri, Draft(kind, is_group, labels={}, definitions={}))
        assert draft.labels is not None
        assert draft.definitions is not None
        draft.code = draft.code or (row.get("code", "") if is_group else row.get("iscoGroup", ""))
        draft.skill_type = draft.skill_type or row.get("skillType", "").partition("/")[0]
        preferred = row["preferredLabel"].strip()
        if preferred:
            draft.labels[(language, preferred)] = True
        for text in (row.get("altLabels") or "").split("\n") + (row.get("hiddenLabels") or "").split("\n"):
            if text.strip():
                draft.labels.setdefault((language, text.strip()), False)
        if row.get("description", "").strip():
            draft.definitions[language] = row["description"].strip()


def _concepts(drafts: dict[str, Draft], broader: dict[str, set[str]]) -> list[Concept]:
    made = []
    for iri, draft in sorted(drafts.items()):
        labels = sorted((draft.labels or {}).items(), key=lambda item: (item[0][0], not item[1], item[0][1]))
        above = set(broader.get(iri, ()))
        if draft.kind == "occupation" and not above and draft.code:
            above = {"http://data.europa.eu/esco/isco/C" + (draft.code[:-1] if draft.is_group else draft.code)}
        if labels:
            texts = tuple(Label(text, language, preferred) for (language, text), preferred in labels)
            known = tuple(sorted(a for a in above if a in drafts))
            definitions = draft.definitions or {}
            made.append(Concept(iri, draft.kind, texts, definitions, "esco", draft.is_group, known, draft.code, draft.skill_type))
    return made


def released_concepts(shared: Path = SHARED, languages: Sequence[str] | None = None) -> list[Concept]:
    """Return occupations and ISCO groups of ESCO v1.0.8 with labels and descriptions in the languages asked for, all eleven if none."""
    drafts: dict[str, Draft] = {}
    folder = shared / "esco" / "v1.0.8"
    for language in languages if languages is not None else LANGUAGES:
        _take(drafts, table(folder, f"ISCOGroups_{language}"), language, "occupation", is_group=True)
        _take(drafts, table(folder, f"occupations_{language}"), language, "occupation", is_group=False)
    return _concepts(drafts, {})


def released_skills(shared: Path = SHARED, *, occupations: bool = True) -> list[Concept]:
    """Return the skills of early ESCO v1.0 with French and English labels, with the occupations of that edition if asked for."""
    drafts: dict[str, Draft] = {}
    folder = shared / "esco" / "v1.0-early"
    for name, language in (("skills_fr", "fr"), ("skills_en-us", "en")):
        _take(drafts, table(folder, name), language, "skill", is_group=False)
    for language in ("fr", "en"):
        _take(drafts, table(folder, f"skillGroups_{language}"), language, "skill", is_group=True)
        if occupations:
            _take(drafts, table(folder, f"ISCOGroups_{language}"), language, "occupation", is_group=True)
            _take(drafts, table(folder, f"occupations_{language}"), language, "occupation", is_group=False)
    broader: dict[str, set[str]] = {}
    for row in table(folder, "broaderRelationsSkillPillar"):
        broader.setdefault(row["conceptUri"], set()).add(row["broaderUri"])
    return _concepts(drafts, broader)


def english_edition(shared: Path = SHARED) -> list[Concept]:
    """Return the skills, occupations and groups of ESCO v1.1.1 in English."""
    drafts: dict[str, Draft] = {}
    folder = shared / "esco" / "v1.1.1" / "en"
    _take(drafts, table(folder, "skills_en"), "en", "skill", is_group=False)
    _take(drafts, table(folder, "skillGroups_en"), "en", "skill", is_group=True)
    _take(drafts, table(folder, "ISCOGroups_en"), "en", "occupation", is_group=True)
    _take(drafts, table(folder, "occupations_en"), "en", "occupation", is_group=False)
    broader: dict[str, set[str]] = {}
    for name in ("broaderRelationsSkillPillar", "broaderRelationsOccPillar"):
        for row in table(folder.parent / "relations", name):
            broader.setdefault(row["conceptUri"], set()).add(row["broaderUri"])
    return _concepts(drafts, broader)


@dataclass(frozen=True, slots=True)
class MeloSet:
    """A data set of MELO: queries, corpus elements, the concept of each, and the right elements of each query (as places)."""

    name: str
    queries: list[str]
    elements: list[str]
    texts: list[str]
    concepts: list[str]
    right: list[list[int]]

    @property
    def language(self) -> str:
        """The language of its corpus."""
        return self.name.rsplit("_", 1)[-1]


def _lines(folder: Path, name: str) -> list[list[str]]:
    path = next(p for p in (folder / f"{name}.tsv", folder / f"{name}.tsv.gz") if p.exists())
    return [line.rstrip("\r\n").split("\t") for line in open_text(path)]


def read_melo(folder: Path) -> MeloSet:
    """Return a MELO data set."""
    queries = _lines(folder, "queries")
    corpus = _lines(folder, "corpus_elements")
    concept = {row[0]: row[1] for row in _lines(folder, "concept_mapping")}
    place = {row[0]: number for number, row in enumerate(corpus)}
    right: dict[str, list[int]] = {}
    for row in _lines(folder, "annotations"):
        if int(row[3]) > 0 and row[2] in place:
            right.setdefault(row[0], []).append(place[row[2]])
    kept = [row for row in queries if row[0] in right]
    return MeloSet(
        folder.name,
        [row[1] for row in kept],
        [row[0] for row in corpus],
        [row[1] for row in corpus],
        [concept[row[0]] for row in corpus],
        [right[row[0]] for row in kept],
    )


def with_melo_labels(concepts: Sequence[Concept], sets: Iterable[MeloSet]) -> list[Concept]:
    """Return concepts with the corpus labels of MELO sets (they are ESCO's) as further labels, where the concept is known by its IRI.

    For languages that the edition lacks; neither queries nor annotations are read.
    """
    further: dict[str, dict[tuple[str, str], None]] = {}
    for melo in sets:
        for iri, text in zip(melo.concepts, melo.texts, strict=True):
            further.setdefault(iri, {})[(melo.language, text.strip())] = None
    made = []
    for concept in concepts:
        held = {(label.language, label.text) for label in concept.labels}
        news = tuple(Label(text, language) for language, text in further.get(concept.iri, {}) if text and (language, text) not in held)
        made.append(replace(concept, labels=concept.labels + news))
    return made


def concepts_for(shared: Path = SHARED, without: Sequence[str] = (), melo_labels: Sequence[str] = ()) -> list[Concept]:
    """Return v1.0.8's concepts without some languages, and with the corpus labels of some MELO sets (by name)."""
    concepts = released_concepts(shared, [language for language in LANGUAGES if language not in without])
    return with_melo_labels(concepts, [read_melo(shared / "crosswalks" / "melo" / name) for name in melo_labels])


def digest(concepts: Sequence[Concept], settings: Settings) -> str:
    """Return the fingerprint of what an encoder is made of: concepts, settings, and the code that learns."""
    made = hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode())
    for module in (encoder_module, ngrams_module, pairs_module, training_module):
        made.update(Path(str(module.__file__)).read_bytes())
    for concept in concepts:
        made.update(repr((concept.iri, concept.labels, sorted(concept.definitions.items()), concept.broader)).encode())
    return made.hexdigest()[:24]


def trained(concepts: Sequence[Concept], settings: Settings | None = None, cache: Path = CACHE) -> Encoder:
    """Return the encoder of concepts, from the cache if it was trained before."""
    used = settings or Settings()
    folder = cache / "encoders" / digest(concepts, used)
    if not (folder / "encoder.json").exists():
        started = time.perf_counter()
        Encoder.train(concepts, dimensions=used.dimensions, seed=used.seed, settings=used).save(folder)
        print(f"trained in {time.perf_counter() - started:.0f} s: {folder.name}", file=sys.stderr)
    return Encoder.load(folder)


def vectors_of(encoder: Encoder, texts: Sequence[str], cache: Path = CACHE) -> np.ndarray:
    """Return the vectors of texts, from the cache if they were made before."""
    made = hashlib.sha256(np.ascontiguousarray(encoder.table).tobytes())
    made.update("\n".join(texts).encode())
    path = cache / "vectors" / f"{made.hexdigest()[:24]}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, encoder.encode(texts).astype(np.float16))
    return np.load(path).astype(np.float32)


def reciprocal_ranks(melo: MeloSet, queries: np.ndarray, corpus: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the reciprocal rank of each query, by element in raw order and by concept (its best label).

    Among equals the worst place of the right one counts half: the rank is one, plus those above, plus half of the others that are equal.
    """
    names = sorted(set(melo.concepts))
    number = {name: place for place, name in enumerate(names)}
    concept_of = np.array([number[c] for c in melo.concepts])
    order = np.argsort(concept_of, kind="stable")
    starts = np.searchsorted(concept_of[order], np.arange(len(names)))
    by_element, by_concept = np.zeros(len(melo.queries)), np.zeros(len(melo.queries))
    for start in range(0, len(melo.queries), 512):
        scores = queries[start : start + 512] @ corpus.T
        best = np.maximum.reduceat(scores[:, order], starts, axis=1)
        for row in range(len(scores)):
            right = melo.right[start + row]
            by_element[start + row] = 1 / _rank(scores[row], right)
            by_concept[start + row] = 1 / _rank(best[row], sorted({int(concept_of[place]) for place in right}))
    return by_element, by_concept


def _rank(scores: np.ndarray, right: Sequence[int]) -> float:
    top = scores[list(right)].max()
    equal = int((scores == top).sum()) - int((scores[list(right)] == top).sum())
    return 1 + int((scores > top).sum()) + equal / 2


def measure(encoder: Encoder, shared: Path = SHARED, names: Sequence[str] = (*MONOLINGUAL, *ENGLISH)) -> dict[str, tuple[float, float]]:
    """Return the mean reciprocal ranks (by element, by concept) of MELO sets."""
    found, vectors = {}, dict[str, np.ndarray]()
    for name in names:
        melo = read_melo(shared / "crosswalks" / "melo" / name)
        key = hashlib.sha256("\n".join(melo.texts).encode()).hexdigest()
        if key not in vectors:
            vectors[key] = encoder.encode(melo.texts)
        element, concept = reciprocal_ranks(melo, encoder.encode(melo.queries), vectors[key])
        found[name] = (float(element.mean()), float(concept.mean()))
    return found


def shown(found: dict[str, tuple[float, float]]) -> str:
    """Return figures as lines: each set's, and the means."""
    lines = [f"{name:18}  element {element:.3f}  concept {concept:.3f}" for name, (element, concept) in found.items()]
    for title, names in (("monolingual mean", MONOLINGUAL), ("English mean", ENGLISH)):
        rows = [found[name] for name in names if name in found]
        if rows:
            lines.append(f"{title:18}  element {np.mean([r[0] for r in rows]):.3f}  concept {np.mean([r[1] for r in rows]):.3f}")
    return "\n".join(lines)


def main() -> None:
    """Train (or take from the cache), measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--without", default="", help="languages left out of training, with commas")
    parser.add_argument("--melo-labels", default="", help="MELO sets whose corpus labels are learned too, with commas")
    parser.add_argument("--english", action="store_true", help="time ESCO v1.1.1 in English instead")
    for name, value in asdict(Settings()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    given = parser.parse_args()
    settings = Settings(**{name: getattr(given, name) for name in asdict(Settings())})
    if given.english:
        concepts = english_edition(given.shared)
    else:
        concepts = concepts_for(given.shared, [w for w in given.without.split(",") if w], [m for m in given.melo_labels.split(",") if m])
    print(len(concepts), "concepts,", sum(len(concept.labels) for concept in concepts), "labels")
    started = time.perf_counter()
    encoder = trained(concepts, settings)
    print(
        f"encoder ready after {time.perf_counter() - started:.0f} s, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )
    print(shown(measure(encoder, given.shared)))


if __name__ == "__main__":
    main()
