"""How well occupations are found: ranks a MELO data set's corpus for its queries, in three orders.

Run `python bench/melo.py DIR [--json]` in the checkout; `--all` measures every development set beside the published figures.
The data set's name gives country and languages. ESCO v1.0.8 and the crosswalks of the development countries are looked for in
`../shared` (`$WISE_SHARED`, `--shared`, `--esco`); without them the corpus's own labels are all that the encoder learns from. A
development country is ranked by the model that was trained without it, and its own mappings are no evidence.

Orders: *raw*: elements in order of their own score, to which their concept's adds; *mixed*: the concept's share of probability times
0.6 for each better label of it; *concept*: one line for each concept. Equal scores stand in the order of the corpus.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

import encoder as encoders
import melo_figures
import melo_sets
import numpy as np

from wise_skills.alignment.candidates import Scorer
from wise_skills.alignment.encoder import Encoder
from wise_skills.alignment.evidence import Evidence
from wise_skills.alignment.known import Accepted
from wise_skills.alignment.model import Concept, Label
from wise_skills.alignment.occupation_scores import OccupationScores, Ranked

ORDERS = ("raw", "mixed", "concept")
_TURNED = {"broadMatch": "narrowMatch", "narrowMatch": "broadMatch"}
OWN = 1.0
"""What an element's own score counts in the raw order, beside the logarithm of its concept's share."""


def concepts_of(melo: melo_sets.MeloSet, esco: dict[str, Concept]) -> list[Concept]:
    """Return the concepts of a corpus in its order: its own labels, and what ESCO v1.0.8 knows of them in other languages."""
    labels: list[list[str]] = [[] for _ in melo.concepts]
    for text, of in zip(melo.texts, melo.of, strict=True):
        labels[of].append(text)
    found = []
    for iri, texts in zip(melo.concepts, labels, strict=True):
        own = tuple(Label(text, melo.corpus, place == 0) for place, text in enumerate(texts))
        group = "/isco/C" in iri
        known = esco.get(iri) or Concept(iri, "occupation", (), {}, "esco", group, (), iri.rpartition("/C")[2] if group else "")
        found.append(replace(known, labels=own + tuple(label for label in known.labels if label.language != melo.corpus)))
    return found


def learned_from(sets: Sequence[melo_sets.MeloSet], esco: dict[str, Concept]) -> list[Concept]:
    """Return what the encoder learns from: ESCO v1.0.8, and the corpus labels of sets in languages that it lacks. No query is read."""
    held = {label.language for concept in esco.values() for label in concept.labels}
    found = dict(esco)
    for melo in sets:
        if not held.issuperset(melo.corpus.split("_")):
            for concept in concepts_of(melo, {}):
                known = found.get(concept.iri, replace(concept, labels=()))
                found[concept.iri] = replace(known, labels=known.labels + concept.labels)
    return [concept for _, concept in sorted(found.items())]


def mappings(folder: Path, without: str) -> list[Accepted]:
    """Return the mappings of the development countries' tables, from the national name to the concept, but for one country's."""
    rows = {
        Accepted(row.text, "", country, row.iri, _TURNED.get(row.relation, row.relation))
        for country in melo_sets.DEVELOPMENT
        if country != without
        for row in melo_sets.crosswalk(folder, country)
    }
    return sorted(rows, key=lambda a: (a.concept, a.country, a.text, a.relation))


class Texts:
    """An encoder with the vectors of all that was encoded before; it may be asked from several threads, as the ranker does."""

    def __init__(self, encoder: Encoder, key: str) -> None:
        """Take the encoder, and its fingerprint, by which its vectors are kept."""
        self.encoder, self.row, self._saved, self._lock = encoder, dict[str, int](), 0, Lock()
        self.path = path = encoders.CACHE / "texts" / f"{key}.npz"
        if path.exists():
            held = np.load(path)
            self.vectors, self.shares = held["vectors"], held["shares"]
            self.row = {text: n for n, text in enumerate(held["texts"].tobytes().decode().split("\x1e"))}
            self._saved = len(self.row)
        else:
            self.vectors, self.shares = np.zeros((0, encoder.dimensions), np.float16), np.zeros(0, np.float32)

    def encode_with_share(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return vectors and shares, as `Encoder` does, to three digits."""
        with self._lock:
            fresh = sorted({text for text in texts if text not in self.row})
            if fresh:
                vectors, shares = self.encoder.encode_with_share(fresh)
                self.row |= {text: len(self.vectors) + n for n, text in enumerate(fresh)}
                self.vectors = np.concatenate([self.vectors, vectors.astype(np.float16)])
                self.shares = np.concatenate([self.shares, shares])
            rows = [self.row[text] for text in texts]
            return self.vectors[rows].astype(np.float32), self.shares[rows]

    def save(self) -> None:
        """Keep what was encoded since the last time."""
        if len(self.row) == self._saved:
            return
        self._saved = len(self.row)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        texts = np.frombuffer("\x1e".join(self.row).encode(), dtype=np.uint8)
        np.savez(self.path, vectors=self.vectors, shares=self.shares, texts=texts)


class Bench:
    """Makes scorers of data sets; encoders are trained once and kept in `bench/.cache`."""

    def __init__(
        self,
        shared: Path,
        esco: Path | None = None,
        *,
        with_encoder: bool = True,
        with_evidence: bool = True,
        without: Sequence[str] = (),
        corpus_too: bool = False,
    ) -> None:
        """Take the folder of shared data.

        `without` names languages that the encoder must not see in ESCO v1.0.8, and, but for `corpus_too`, not in a corpus either.
        """
        self.shared, self.folder, self.corpus_too = shared, esco, corpus_too
        self.with_encoder, self.with_evidence = with_encoder, with_evidence
        self.esco = {
            iri: replace(
                concept,
                labels=tuple(label for label in concept.labels if label.language not in without),
                definitions={tag: text for tag, text in concept.definitions.items() if tag not in without},
            )
            for iri, concept in melo_sets.esco(melo_sets.released(esco or shared / "esco")).items()
        }
        self.without = without
        self._texts: dict[str, Texts] = {}

    def encoder(self, melo: melo_sets.MeloSet, beside: melo_sets.MeloSet | None) -> Texts | None:
        """Return the encoder for a set, which has learned from ESCO and, where that lacks a language, from the corpora."""
        if not self.with_encoder:
            return None
        sets = [s for s in (melo, beside) if s is not None and (self.corpus_too or s.corpus not in self.without)]
        concepts = learned_from(sets, self.esco)
        if sum(len(concept.labels) for concept in concepts) < 2000:
            return None
        key = encoders.digest(concepts, encoders.Settings())
        if key not in self._texts:
            self._texts = {key: Texts(encoders.trained(concepts), key)}
        return self._texts[key]

    def scores(self, folder: Path, *, via_national: bool = False) -> tuple[melo_sets.MeloSet, melo_sets.MeloSet, OccupationScores]:
        """Return a data set, the one by whose labels its concepts are ranked (itself but for `via_national`), and what ranks them."""
        melo = melo_sets.read_set(folder)
        beside = folder.with_name(f"{melo.country}_q_{melo.language}_c_{melo.language}")
        sibling = melo_sets.read_set(beside) if melo.language != melo.corpus and any(beside.glob("corpus_elements*")) else None
        ranked_by = melo
        if via_national:
            if sibling is None:
                raise SystemExit(f"{beside}: the set with national labels is not there")
            ranked_by = sibling
        encoder = self.encoder(melo, sibling)
        evidence = None
        concepts = concepts_of(ranked_by, self.esco)
        if encoder is not None and self.with_evidence:
            rows = mappings(self.shared / "crosswalks" / "national", melo.country)
            if rows:
                evidence = Evidence.of_mappings(rows, ranked_by.concepts, encoder.encode_with_share([row.text for row in rows])[0])
        # English labels only: no other language speaks through the encoder's vectors of concepts
        languages = None if ranked_by.corpus == ranked_by.language else frozenset({ranked_by.corpus})
        scorer = Scorer.of(concepts, ranked_by.corpus, encoder, evidence, languages=languages)
        if encoder is not None:
            encoder.save()
        name = f"without-{melo.country}" if melo.country in melo_sets.DEVELOPMENT else "all"
        return melo, ranked_by, OccupationScores.open(scorer, name)


def shares(ranked: Ranked, fused: np.ndarray) -> np.ndarray:
    """Return the share of each concept: softmax of the ranker's scores; what was no candidate follows in the order of its fusion."""
    values = -60.0 + fused
    values[ranked.concepts] = ranked.scores
    powers = np.exp(values - values.max())
    return np.asarray(powers / powers.sum())


def measure(
    bench: Bench, folder: Path, *, via_national: bool = False
) -> tuple[dict[str, dict[str, float]], list[tuple[float, float, bool]]]:
    """Return the figures of a data set in each order, and of each query's first: its confidence, its score's share, whether right."""
    melo, ranked_by, scores = bench.scores(folder, via_national=via_national)
    queries = [text for _, text in melo.queries]
    of = np.array(melo.of)
    by_concept = np.argsort(of, kind="stable")  # the scorer's labels stand by concept
    place = {iri: number for number, iri in enumerate(melo.concepts)}
    # the numbers of concepts of the other corpus in this one; what is not in it cannot be shown
    moved = np.array([place.get(iri, -1) for iri in ranked_by.concepts])
    found: dict[str, list[melo_figures.Ints]] = {order: [] for order in ORDERS}
    firsts = []
    done = 0
    for chunk, ranked in scores.chunks(queries, country=melo.country):
        own_all = scores.scorer.own(chunk) if ranked_by is melo else None
        for row, one in enumerate(ranked):
            share = shares(one, chunk.concepts["fused"][row].astype(np.float64))
            if ranked_by is not melo:
                kept = np.zeros(len(melo.concepts))
                kept[moved[moved >= 0]] = share[moved >= 0]
                share = kept
            own = -np.arange(len(of)) * 1e-6
            if own_all is not None:
                own[by_concept] = own_all[:, row]
            right, gold = melo.relevant[done + row], melo.gold[done + row]
            found["raw"].append(melo_figures.places(np.log(np.maximum(share, 1e-300))[of] + OWN * own, sorted(right)))
            found["mixed"].append(melo_figures.places(melo_figures.mixed(share, own, of), sorted(right)))
            found["concept"].append(melo_figures.places(share, sorted(gold)))
            firsts.append(
                (float(one.confidence[0]), float(share.max()), bool(found["concept"][-1][:1] == 1))
                if len(one.concepts)
                else (0.0, 0.0, False)
            )
        done += len(ranked)
        print(f"\r{folder.name} {done}/{len(queries)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return {order: melo_figures.figures(places) for order, places in found.items()}, firsts


def shown(figures: dict[str, dict[str, float]]) -> str:
    """Return figures as a small table."""
    lines = [f"{'order':8}" + "".join(f"{name:>8}" for name in melo_figures.NAMES)]
    lines += [f"{order:8}" + "".join(f"{figures[order][name]:8.3f}" for name in melo_figures.NAMES) for order in ORDERS]
    return "\n".join(lines)


def main() -> None:
    """Measure one set, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="a MELO data set")
    parser.add_argument("--all", action="store_true", help="every development set, beside the published figures")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--via-national", action="store_true", help="rank by the national labels of the set beside, then show the corpus")
    parser.add_argument("--without-encoder", action="store_true", help="words alone")
    parser.add_argument("--without-evidence", action="store_true", help="the mappings of other countries do not count")
    parser.add_argument("--without", default="", help="languages that the encoder does not see, with commas")
    parser.add_argument("--corpus-too", action="store_true", help="but it sees the corpus's labels in them")
    parser.add_argument("--shared", type=Path, default=melo_sets.shared())
    parser.add_argument("--esco", type=Path, help="folder that holds v1.0.8, or its files")
    given = parser.parse_args()
    started = time.perf_counter()
    without = tuple(tag for tag in given.without.split(",") if tag)
    bench = Bench(
        given.shared,
        given.esco,
        with_encoder=not given.without_encoder,
        with_evidence=not given.without_evidence,
        without=without,
        corpus_too=given.corpus_too,
    )
    if given.all:
        import melo_table

        melo_table.show(bench, given.json)
        return
    if given.folder is None or not given.folder.is_dir():
        parser.error(f"{given.folder}: there is no such folder")
    figures, _ = measure(bench, given.folder.resolve(), via_national=given.via_national)
    print(json.dumps(figures) if given.json else shown(figures))
    print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
