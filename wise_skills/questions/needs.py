"""What a question needs beside our own data, and what to say where it is not loaded.

Our data stand alone; ESCO and the mapping tables of Member States are added by whoever builds a release.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wise_skills.engines import Engine
from wise_skills.questions.model import Question

DOWNLOAD_ESCO = "https://esco.ec.europa.eu/en/use-esco/download"
DOWNLOAD_TABLES = "https://esco.ec.europa.eu/en/news/eures-countries-mapping-tables-are-now-available-esco-webpage"


@dataclass(frozen=True)
class Need:
    """A kind of graph: `mark` stands in its address, `what` and `how` are for people."""

    mark: str
    what: str
    how: str

    def is_met(self, graphs: Sequence[str]) -> bool:
        """Whether one of these graphs is of the kind."""
        return any(self.mark in f"{graph}/" for graph in graphs)


NEEDS = {
    "esco": Need("/graph/esco/", "no ESCO package is loaded", f"Download one from {DOWNLOAD_ESCO} and run “wise build --esco FILE”."),
    "mappings": Need(
        "/graph/mappings/",
        "no mapping table of a Member State is loaded",
        f"Download tables from {DOWNLOAD_TABLES} and run “wise build --mapping FILE”.",
    ),
    "registers": Need(
        "/graph/registers/",
        "no register of organisations is loaded",
        "Those that are understood are described in data/<country>/registers/; get the file and run “wise build --register FILE”.",
    ),
}
"""What a header may name under `needs`."""


def advice(*names: str) -> str:
    """Return the sentences that say what is not loaded, and how to add it.

    >>> advice("esco").startswith("This cannot be answered yet: no ESCO package is loaded.")
    True
    """
    needs = [NEEDS[name] for name in names]
    missing = " and ".join(need.what for need in needs)
    return " ".join([f"This cannot be answered yet: {missing}.", *(need.how for need in needs)])


def lacking(engine: Engine, question: Question) -> tuple[str, ...]:
    """Return the needs of a question that the graph does not meet."""
    if not question.needs:
        return ()
    graphs = engine.graphs()
    return tuple(name for name in question.needs if not NEEDS[name].is_met(graphs))
