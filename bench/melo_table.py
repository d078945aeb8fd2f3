"""All development sets beside the published figures: what `python bench/melo.py --all` prints."""

from __future__ import annotations

import json
from pathlib import Path

import melo
import melo_sets
import numpy as np

from wise_skills.alignment.occupation_scores import FILE
from wise_skills.alignment.ranker import read_arrays

MONOLINGUAL = melo_sets.DEVELOPMENT
ENGLISH = tuple(country for country in melo_sets.DEVELOPMENT if country != "usa")
UNSEEN = ("lva", "hrv")


def published(path: Path) -> dict[str, dict[str, float]]:
    """Return the published MRR of each data set and method, from the table in PUBLISHED.md."""
    found: dict[str, dict[str, float]] = {}
    columns: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "dataset":
            columns = cells
        elif columns and "_q_" in cells[0] and len(cells) == len(columns):
            values = {name: cell for name, cell in zip(columns[3:], cells[3:], strict=True) if cell not in ("–", "-", "")}
            found[cells[0]] = {name: float(value) for name, value in values.items()}
    return found


def deciles(firsts: list[tuple[float, float, bool]]) -> list[tuple[str, int, float, float]]:
    """Return for each tenth of stated confidence how many queries there are, the mean stated, and the share that was right."""
    rows = []
    stated, right = np.array([f[0] for f in firsts]), np.array([f[2] for f in firsts], dtype=float)
    for tenth in range(10):
        here = (stated >= tenth / 10) & ((stated < (tenth + 1) / 10) | (tenth == 9))
        if here.any():
            rows.append(
                (f"{tenth / 10:.1f}–{(tenth + 1) / 10:.1f}", int(here.sum()), float(stated[here].mean()), float(right[here].mean()))
            )
    return rows


def covered(firsts: list[tuple[float, float, bool]], threshold: float) -> tuple[float, float]:
    """Return the share of queries whose first candidate is at least so sure, and the share of these that was right."""
    kept = [right for stated, _, right in firsts if stated >= threshold]
    return len(kept) / max(len(firsts), 1), float(np.mean(kept)) if kept else 1.0


def thresholds(country: str) -> float:
    """Return the threshold that was set without a country."""
    return float(read_arrays(FILE, f"without-{country}-confidence")["cut"][0])


def show(bench: melo.Bench, as_json: bool) -> None:
    """Measure and print everything."""
    folder = bench.shared / "crosswalks" / "melo"
    known = published(bench.shared / "crosswalks" / "PUBLISHED.md")
    results: dict[str, object] = {}
    firsts: dict[str, list[tuple[float, float, bool]]] = {}
    cuts: dict[str, tuple[float, float]] = {}

    def table(title: str, countries: tuple[str, ...], corpus: str, used: melo.Bench, *, via: bool = False) -> None:
        print(f"\n## {title}\n")
        print("| set | char TF-IDF | best published | " + " | ".join(f"{order} {name}" for order, name in _COLUMNS) + " |")
        print("|---|" + "---:|" * (len(_COLUMNS) + 2))
        rows = []
        for country in countries:
            name = melo_sets.name_of(country, corpus)
            figures, first = melo.measure(used, folder / name, via_national=via)
            results[f"{title}: {name}"] = figures
            if used is bench and not corpus:
                firsts[country] = first
                cuts[country] = covered(first, thresholds(country))
            values = known.get(name, {})
            row = [values.get("char_tf_idf", float("nan")), max(values.values(), default=float("nan"))]
            row += [figures[order][column] for order, column in _COLUMNS]
            rows.append(row)
            print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |", flush=True)
        print("| **mean** | " + " | ".join(f"**{value:.3f}**" for value in np.mean(rows, axis=0)) + " |")

    table("National labels", MONOLINGUAL, "", bench)
    table("English labels only", ENGLISH, "en", bench)
    table("English labels by way of national ones", ENGLISH, "en", bench, via=True)
    unseen = melo.Bench(bench.shared, bench.folder, without=("lv", "hr"))
    table("Latvian and Croatian unknown to the encoder, and their countries to the ranker", UNSEEN, "", unseen)
    learned = melo.Bench(bench.shared, bench.folder, without=("lv", "hr"), corpus_too=True)
    table("The same, the encoder has learned the corpus's labels", UNSEEN, "", learned)
    _calibration(firsts, cuts)
    if as_json:
        print(json.dumps(results))


_COLUMNS = [
    (order, name)
    for order in melo.ORDERS
    for name in ("mrr", "p@5", "r@5", "hit@10")
    if (order, name) not in (("concept", "p@5"), ("concept", "r@5"))
]
_COLUMNS += [("concept", "hit@1"), ("concept", "hit@5")]


def _calibration(firsts: dict[str, list[tuple[float, float, bool]]], cuts: dict[str, tuple[float, float]]) -> None:
    everything = [first for of_country in firsts.values() for first in of_country]
    print("\n## Confidence of the first candidate, each country left out\n")
    print("| stated | queries | mean stated | right | difference |\n|---|---:|---:|---:|---:|")
    for name, count, stated, right in deciles(everything):
        print(f"| {name} | {count} | {stated:.3f} | {right:.3f} | {right - stated:+.3f} |")
    print("\n| country | taken without a look | of these right |\n|---|---:|---:|")
    for country, (share, right) in cuts.items():
        print(f"| {country} | {share:.3f} | {right:.3f} |")
    taken = [(share * len(firsts[c]), share * len(firsts[c]) * right) for c, (share, right) in cuts.items()]
    whole = sum(len(of_country) for of_country in firsts.values())
    sure = sum(count for count, _ in taken)
    print(f"| **all** | **{sure / max(whole, 1):.3f}** | **{sum(right for _, right in taken) / max(sure, 1e-9):.3f}** |")
