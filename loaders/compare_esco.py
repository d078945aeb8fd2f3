"""What `wise compare-esco` reads: an edition of ESCO from a package, and the mappings that point to ESCO."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from loaders.esco import esco_source
from loaders.sssom import read_sssom
from wise_skills.errors import FileProblem, InputError, WrongKind
from wise_skills.esco_changes import Claim
from wise_skills.esco_edition import ESCO, ISCO_GROUP, OCCUPATION, PREDICATES, SKILL, SKILL_GROUP, Edition, edition
from wise_skills.names import FOLDERS, Names

_FILES = {"skills": SKILL, "occupations": OCCUPATION, "ISCOGroups": ISCO_GROUP, "skillGroups": SKILL_GROUP}
_HIERARCHIES = {"broaderRelationsOccPillar": (OCCUPATION, ISCO_GROUP), "broaderRelationsSkillPillar": (SKILL, SKILL_GROUP)}


class _Sieve(io.BytesIO):
    """A file that keeps only the N-Quads whose predicate counts; writers give it whole lines."""

    wanted = frozenset(f"<{p}>".encode() for p in PREDICATES)

    def write(self, lines: object) -> int:
        data = bytes(lines)  # type: ignore[call-overload]
        kept = (line for line in data.splitlines(keepends=True) if line.split(b" ", 2)[1] in self.wanted)
        super().write(b"".join(kept))
        return len(data)


def package_edition(path: Path) -> Edition:
    """Read an edition from a package as `wise build --esco` takes it: a zip, a folder or a file, CSV or RDF.

    Relations between occupations and skills are left out: they do not say what a concept is.
    Raises `InputError` as `read_package` does.
    """
    source = esco_source([path], Names(), "")
    package = source.package
    package.sheets = tuple(s for s in package.sheets if s.kind.holds != "relations")
    sieve = _Sieve()
    source.write(sieve)
    kinds = package.kinds
    whole = None if package.dumps else {_FILES[kind] for kind in kinds if kind in _FILES}
    placed = None if package.dumps else {of for kind in kinds for of in _HIERARCHIES.get(kind, ())}
    return edition(f"ESCO {package.version}", ox.parse(sieve.getvalue(), ox.RdfFormat.N_QUADS), whole, placed)


def mapping_files(data: Path) -> list[Path]:
    """Return the mapping files of all country folders; raises `InputError` where there is no such folder."""
    folders = [data / name for name in FOLDERS if (data / name).is_dir()]
    if not folders:
        raise InputError(f"{data} holds no country folder (at, be, … or eu). Name the folder that holds them with --data.")
    return [path for folder in folders for path in sorted(folder.glob("*.sssom.tsv"))]


def claims(paths: Sequence[Path], names: Names, data: Path | None = None) -> Iterator[Claim]:
    """Yield every mapping of SSSOM files that has a concept of ESCO at one of its ends.

    Parameters
    ----------
    paths, names:
        The files, and the IRIs under the base in use.
    data:
        Folder of the country folders: files below it are called `fr/profiles-esco.sssom.tsv`.

    Raises
    ------
    InputError
        When a file is missing, of another kind, or cannot be read as SSSOM: `wise check` names each problem.
    """
    for path in paths:
        if not path.is_file():
            raise InputError(f"{path} does not exist, or is no file.")
        if not path.name.endswith(".sssom.tsv"):
            raise WrongKind(str(path), "a file of another name", ["*.sssom.tsv"])
        shown = str(path.relative_to(data)) if data and path.is_relative_to(data) else str(path)
        file = read_sssom(path, shown)
        if file.findings:
            raise FileProblem(path, file.findings[0].message, advice="wise check lists all that is to be mended in it")
        prefixes = file.prefixes(names)
        for number, cells in file.rows:
            for end, other in (("object", "subject"), ("subject", "object")):
                iri = _expanded(cells.get(f"{end}_id", ""), prefixes)
                if iri.startswith(ESCO):
                    version = cells.get(f"{end}_source_version") or file.text(f"{end}_source_version")
                    yield Claim(
                        shown,
                        number,
                        _expanded(cells.get(f"{other}_id", ""), prefixes),
                        cells.get(f"{other}_label", ""),
                        cells.get("predicate_id", ""),
                        iri,
                        version.strip().lstrip("vV"),
                    )


def _expanded(curie: str, prefixes: dict[str, str]) -> str:
    prefix, _, local = curie.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else curie
