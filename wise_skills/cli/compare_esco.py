"""`wise compare-esco`: what a new edition of ESCO does to our mappings."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path

import click
import pyoxigraph as ox

from loaders.compare_esco import claims as read_claims
from loaders.compare_esco import mapping_files, package_edition
from wise_skills.cli.options import QUIET, progress, say
from wise_skills.cli.plain import one_line, plain
from wise_skills.errors import InputError
from wise_skills.esco_changes import ADDED, CHANGES, RETIRED, UNKNOWN, Change, Claim, Comparison, compare, touched, unclear
from wise_skills.esco_edition import PREDICATES, Edition, edition
from wise_skills.names import Names, resource
from wise_skills.release import CURRENT, INFO, open_release

_SEVERAL = " | "
_NO_CLAIM = Claim("", 0, "", "", "", "")


def read_edition(path: Path) -> Edition:
    """Read an edition of ESCO from a package (zip, folder, file) or from a release that was built with one.

    Raises
    ------
    InputError
        When nothing is there, or the release holds no ESCO; for packages as `read_package` does.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist. Give a zip or a folder of the ESCO portal, or a release that was built with --esco.")
    if not (path / INFO).exists() and not (path / CURRENT).is_symlink():
        return package_edition(path)
    release = open_release(path)
    graph = ox.NamedNode(Names(str(release.info.get("base", Names().base))).graph("esco"))
    store = ox.Store.read_only(str(release.graph))
    quads = (quad for p in sorted(PREDICATES) for quad in store.quads_for_pattern(None, ox.NamedNode(p), None, graph))
    found = edition(f"release {release.id}", quads)
    if not found.concepts:
        raise InputError(f"{path} was built without ESCO. Build it with wise build --esco, or name the package itself.")
    return found


@click.command("compare-esco")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the country folders whose mappings are looked at.")
@click.option(
    "--mapping", "mappings", multiple=True, type=click.Path(path_type=Path), help="A further *.sssom.tsv file; repeat for several."
)
@click.option("--all", "everything", is_flag=True, help="List every concept that changed, not only those that are mapped.")
@QUIET
def command(old: Path, new: Path, form: str, data: Path | None, mappings: tuple[Path, ...], everything: bool, quiet: bool) -> int:
    """List each mapping to ESCO that a new edition touches: retired, relabelled, moved, merged or split concepts.

    OLD and NEW are packages of the ESCO portal, as a zip or a folder of one or more files, or releases built with --esco.
    Successors are given where ESCO states one; concepts with the same label are hints, and nothing is changed anywhere.
    Ends with 1 if a mapping is touched.
    """
    folder = data or resource("data")
    claims = [*read_claims([*mapping_files(folder), *mappings], Names(), folder)]
    with progress(3, quiet, "Comparing") as step:
        before = read_edition(old)
        step(before.name)
        after = read_edition(new)
        step(after.name)
        found = compare(before, after)
        step("changes")
    hits = [*touched(claims, found, before, after)]
    rows = [*hits]
    if everything:
        mapped = {change for _, change in hits}
        rows += [(_NO_CLAIM, c) for iri in sorted(found.changes) for c in found.changes[iri] if c not in mapped]
    notes = [*found.untold, *_notes(claims, before, after)]
    report = _Report(before, after, found, claims, rows, notes)
    {"text": report.text, "csv": report.csv, "json": report.json}[form]()
    number = len({(c.file, c.row) for c, _ in hits})
    say(f"{number:,} of {len(claims):,} mappings are touched.", quiet)
    return 1 if hits else 0


def _notes(claims: Sequence[Claim], old: Edition, new: Edition) -> Iterator[str]:
    """Sentences about mappings of which less can be told than one would think."""
    if vague := unclear(claims, old, new):
        yield f"{len(vague):,} mappings point to concepts of which {new.name} does not tell enough to say that nothing changed."
    others = Counter(claim.made_for for claim in claims if claim.made_for and old.version and claim.made_for != old.version)
    for version, number in sorted(others.items()):
        yield f"{number:,} mappings were made for ESCO {version}, not for {old.version}."


class _Report:
    """The result in its three forms."""

    def __init__(
        self,
        old: Edition,
        new: Edition,
        found: Comparison,
        claims: Sequence[Claim],
        rows: Sequence[tuple[Claim, Change]],
        notes: Sequence[str],
    ) -> None:
        self.old, self.new, self.found, self.claims, self.rows, self.notes = old, new, found, claims, rows, notes

    def _records(self) -> Iterator[dict[str, object]]:
        for claim, change in self.rows:
            yield asdict(change) | {f.name: getattr(claim, f.name) for f in fields(claim) if f.name != "concept"}

    def json(self) -> None:
        """Print everything as one object."""
        record = {
            "old": _about(self.old),
            "new": _about(self.new),
            "cannot_be_told": self.notes,
            "summary": {kind: {c: counts[c] for c in (ADDED, *CHANGES) if counts[c]} for kind, counts in self.found.summary.items()},
            "mappings": {
                "read": len(self.claims),
                "concepts": len({c.concept for c in self.claims}),
                "touched": len({(c.file, c.row) for c, _ in self.rows if c.file}),
            },
            "changes": [*self._records()],
        }
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))

    def csv(self) -> None:
        """Print one line for each change of each mapping."""
        names = [f.name for f in fields(Change)] + [f.name for f in fields(Claim) if f.name != "concept"]
        writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
        writer.writeheader()
        for record in self._records():
            writer.writerow({k: plain(_SEVERAL.join(v)) if isinstance(v, tuple) else plain(str(v or "")) for k, v in record.items()})

    def text(self) -> None:
        """Print what people read: editions, numbers, what cannot be told, and each mapping with what happened to its concept."""
        click.echo(f"{_title(self.old)} → {_title(self.new)}")
        shown = [change for change in (ADDED, *CHANGES) if any(c[change] for c in self.found.summary.values())]
        for kind, counts in self.found.summary.items():
            numbers = ", ".join(f"{counts[change]:,} {change}" for change in shown if counts[change])
            click.echo(f"  {kind}: {numbers or 'no change'}")
        for note in self.notes:
            click.echo(f"  Note: {one_line(note)}")
        for claim, change in self.rows:
            place = f"{claim.file}:{claim.row}: " if claim.file else ""
            ours = f"{claim.our_label or claim.ours} ({claim.predicate.partition(':')[2]}) " if claim.file else ""
            click.echo(one_line(f"{place}{ours}{self._told(change)}"))

    def _told(self, change: Change) -> str:
        if change.change == UNKNOWN:
            return f"{change.concept} is in neither edition."
        head = f"“{change.label}” {change.concept} {change.change}" + (f": {change.aspect}" if change.aspect else "")
        if change.before and change.after:
            head += f" {self._listed(change.before)} → {self._listed(change.after)}"
        elif change.before or change.after:
            head += f" {'no longer' if change.before else 'now also'} {self._listed(change.before or change.after)}"
        if change.successors:
            return f"{head}. Stated successor: {self._listed(change.successors)}."
        if change.hints:
            return f"{head}. No successor is stated; hint, not applied: the same label is borne by {self._listed(change.hints)}."
        return f"{head}. No successor is stated." if change.change == RETIRED else f"{head}."

    def _listed(self, values: Iterable[str]) -> str:
        return ", ".join(self._named(value) for value in values)

    def _named(self, value: str) -> str:
        concept = self.new.concepts.get(value) or self.old.concepts.get(value)
        return f"“{concept.label}” {value}" if concept and concept.label else value


def _title(of: Edition) -> str:
    version = "" if of.version in of.name else f", ESCO {of.version}"
    return f"{of.name}{version} ({', '.join(of.languages)})"


def _about(of: Edition) -> dict[str, object]:
    return {"name": of.name, "version": of.version, "languages": of.languages, "described_in_full": sorted(of.whole)}
