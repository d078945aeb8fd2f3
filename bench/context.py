"""What the other lines of a module are worth: made-up modules of skills that ESCO lists for one occupation.

Run `python bench/context.py RELEASE [--shared DIR]` on a release with ESCO in English only. For each of some occupations, a module:
ten of its essential skills by their French names (ESCO v1.0, `skills_fr.csv`), which the release does not hold. Prints MRR and
hit@1 without and with the other lines.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
from pathlib import Path

import numpy as np
import pyoxigraph as ox

from wise_skills.alignment import Matcher, Query
from wise_skills.alignment.context import with_context
from wise_skills.release import open_release

ESSENTIAL = ox.NamedNode("http://data.europa.eu/esco/model#isEssentialSkillFor")


def modules(names: dict[str, str], graph: Path, count: int, lines: int) -> list[list[tuple[str, str]]]:
    """Return modules: pairs of a line and the skill's IRI."""
    chance = random.Random(0)
    of: dict[str, list[str]] = {}
    for quad in ox.Store.read_only(str(graph)).quads_for_pattern(None, ESSENTIAL, None, None):
        of.setdefault(quad.object.value, []).append(quad.subject.value)  # type: ignore[union-attr]
    found = []
    for occupation in chance.sample(sorted(of), len(of)):
        told = [(names[iri], iri) for iri in sorted(set(of[occupation])) if iri in names]
        if len(told) >= lines:
            found.append(chance.sample(told, lines))
        if len(found) == count:
            break
    return found


def figures(answers: list[list[str]], right: list[str]) -> tuple[float, float]:
    """Return MRR and hit@1."""
    ranks = [found.index(iri) + 1 if iri in found else 0 for found, iri in zip(answers, right, strict=True)]
    return float(np.mean([1 / r if r else 0 for r in ranks])), float(np.mean([r == 1 for r in ranks]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("release", type=Path)
    parser.add_argument("--modules", type=int, default=100)
    parser.add_argument("--lines", type=int, default=10)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("WISE_SHARED", "../shared")))
    asked = parser.parse_args()
    with (asked.shared / "esco" / "v1.0-early" / "skills_fr.csv").open(encoding="utf-8", newline="") as file:
        french = {row["conceptUri"]: row["preferredLabel"] for row in csv.DictReader(file)}
    release = open_release(asked.release)
    matcher = Matcher.open(release)
    whole = modules({i: t for i, t in french.items() if i in matcher.by_iri}, release.graph, asked.modules, asked.lines)
    plain = [matcher.match([Query(line, "fr") for line, _ in module], kind="skill", top=20) for module in whole]
    right = [iri for module in whole for _, iri in module]
    for gain in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0):
        answers = []
        for module, found in zip(whole, plain, strict=True):
            texts = tuple(line for line, _ in module)
            queries = [Query(line, "fr", context=texts) for line in texts]
            answers += [[c.concept.iri for c in of] for of in with_context(queries, found, gain)]
        mrr, first = figures(answers, right)
        print(f"gain {gain}: MRR {mrr:.3f}, hit@1 {first:.3f} ({len(right)} lines of {len(whole)} modules)")


if __name__ == "__main__":
    main()
