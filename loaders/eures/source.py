"""Published mapping tables as reference sources of a build."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from loaders.eures.agreement import agreement
from loaders.eures.cells import is_group
from loaders.eures.direction import Direction, direction
from loaders.eures.known import slug
from loaders.eures.opening import Opening, open_table
from loaders.eures.quads import UNSPECIFIED_LICENCE, esco_version, licence, table_quads, title
from loaders.eures.report import Report
from loaders.eures.rows import read_table
from loaders.eures.table import Table
from wise_skills.errors import InputError
from wise_skills.findings import INFO, WARNING
from wise_skills.names import Names
from wise_skills.source import Written, file_fingerprint

_LINES = 2_000


def is_eures(path: Path) -> bool:
    """Whether a file is a mapping table of the EURES kind, to judge by its beginning; an SSSOM file is none."""
    try:
        open_table(path)
    except InputError:
        return False
    return True


def eures_sources(paths: Sequence[Path], names: Names, code: str) -> list[EuresSource]:
    """Return one source per table, each with a name of its own.

    Parameters
    ----------
    paths, names, code:
        The files, the names under the base in use, and the hash of the code.

    Raises
    ------
    InputError
        When a file cannot be read or is no mapping table; the sentence says what was expected.
    """
    different = list(dict.fromkeys(path.resolve() for path in paths))
    opened = [open_table(path) for path in different]
    return [EuresSource(opening, name, names, code) for opening, name in zip(opened, _graph_names(opened), strict=True)]


def _graph_names(opened: Sequence[Opening]) -> list[str]:
    """A name each: of the classification, and where several tables share it, also what tells them apart."""
    found = [_plain_name(o) for o in opened]
    for qualifier in (_national_version, _esco_version, lambda o: slug(o.metadata.date), lambda o: slug(o.path.name)):
        several = {name for name, count in Counter(found).items() if count > 1}
        found = ["-".join(filter(None, [n, qualifier(o)])) if n in several else n for n, o in zip(found, opened, strict=True)]
    seen: Counter[str] = Counter()
    for index, name in enumerate(found):  # the same file name in two folders
        seen[name] += 1
        found[index] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    return found


def _plain_name(opening: Opening) -> str:
    known = opening.classification
    return "kldb-isco" if known.key == "kldb-2010" and opening.kind == "isco/" else known.name


def _national_version(opening: Opening) -> str:
    return slug(opening.metadata.sides[3 - opening.esco].version)


def _esco_version(opening: Opening) -> str:
    version = slug(opening.metadata.sides[opening.esco].version)
    return f"esco-{version}" if version else ""


@dataclass(frozen=True)
class EuresSource:
    """One published mapping table; its graph is `…/graph/mappings/<name>`."""

    opening: Opening
    table_name: str
    names: Names
    code: str
    places: dict[str, tuple[str, int]] = field(default_factory=dict, compare=False, repr=False)
    """File and row of each mapping, known once the table was written."""

    @property
    def name(self) -> str:
        """`mappings/fr-rome`."""
        return f"mappings/{self.table_name}"

    @property
    def files(self) -> list[Path]:
        """The file."""
        return [self.opening.path]

    def fingerprint(self) -> str:
        """Hash of the file, its name, the code and the base."""
        return file_fingerprint(self.files, self.code, self.names.base, self.name)

    def write(self, out: BinaryIO, progress: Callable[[str], None] = lambda _: None) -> Written:
        """Read the table and write its quads; everything odd about it is a Warning or an Info."""
        report = Report(f"mappings/{self.opening.path.name}")
        opening = open_table(self.opening.path, report)
        table = read_table(opening, report, self.names)
        agreement(table.rows, report)
        groups = table.concepts.groups()
        found = direction(table.rows, lambda address: address in groups or is_group(address))
        _report_direction(found, table, report)
        if licence(table) == UNSPECIFIED_LICENCE:
            report.once(INFO, "UnknownLicence", "The table names no licence: ask its publisher before you pass it on.")
        described = re.compile(rf"<[^>]*#row=(\d+)> <{re.escape(self.names.describes)}> <([^>]*)>")
        lines: list[str] = []
        for line in table_quads(table, found, self.table_name, self.names):
            lines.append(line)
            if place := described.match(line):
                self.places[place[2]] = (report.shown, int(place[1]))
            if len(lines) >= _LINES:
                out.write("".join(lines).encode())
                lines.clear()
        out.write("".join(lines).encode())
        progress(f"{self.name}: {len(table.rows):,} mappings")
        return Written(report.findings(), _facts(table, found))


def _report_direction(found: Direction, table: Table, report: Report) -> None:
    if not found.relations:
        return
    fine = found.verdict.endswith("SKOS") and not any(map(found.withheld, found.relations))
    each = ", ".join(f"{name} {verdict}" for name, verdict in found.relations.items())
    consequence = (
        "" if fine or not any(map(found.withheld, found.relations))
        else " Nothing was turned round; such rows stand as mappings, without a plain SKOS triple."
    )  # fmt: skip
    text = f"Direction of broadMatch and narrowMatch: {found.verdict} ({each}). {found.evidence}{consequence}"
    report.once(INFO if fine else WARNING, "MappingDirection", text, table.opening.header.row, value=found.verdict)


def _facts(table: Table, found: Direction) -> dict[str, Any]:
    """What `release.json` says of the table."""
    opening = table.opening
    metadata, known = opening.metadata, opening.classification
    other = metadata.sides[3 - opening.esco]
    spoken = [*metadata.sides[1].languages, *metadata.sides[2].languages] or [known.language]
    return {
        "title": title(table),
        "country": known.country,
        "classification": other.name or known.title or known.key,
        "classification_version": other.version,
        "version": metadata.version,
        "date": metadata.date,
        "esco_version": esco_version(table),
        "languages": list(dict.fromkeys(filter(None, spoken))),
        "licence": licence(table),
        "attribution": "; ".join(filter(None, [metadata.author, known.attribution])),
        "counts": {"mappings": len(table.rows), "concepts": len(table.concepts.by_address), **dict(sorted(table.counts.items()))},
        "direction": {
            "verdict": found.verdict,
            "suspected_inverse": found.suspected,
            "relations": dict(found.relations),
            "evidence": found.evidence,
        },
    }
