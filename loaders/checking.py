"""What `wise check` checks: the files that were named, with the project's data around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from loaders.folders import Checked, Folders, Vocabulary, check, table_files
from loaders.sssom import mapping_quads, read_sssom
from loaders.workbooks import about, can_be_opened
from wise_skills.errors import InputError
from wise_skills.findings import in_order
from wise_skills.names import FOLDERS, resource

_KINDS = "a CSV file, a workbook (.xlsx), a *.sssom.tsv file"
Files = dict[str, list[Path]]


def files_of(paths: Sequence[Path], country: str | None) -> Files:
    """Return the files to be checked by country folder.

    Raises
    ------
    InputError
        When a path does not exist, is of a kind that is not read, or belongs to no country.
    """
    found: Files = {}
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} does not exist. Name {_KINDS}, a country folder, or a folder of country folders.")
        if path.is_dir():
            for folder in _folders(path, country):
                files = [*table_files(folder), *sorted(p for p in folder.iterdir() if p.name.endswith(".sssom.tsv"))]
                found.setdefault(country or folder.resolve().name, []).extend(map(_regular, files))
            for name in FOLDERS:
                if (path / f"{name}.xlsx").is_file() and path.resolve().name not in FOLDERS:
                    found.setdefault(name, []).append(path / f"{name}.xlsx")
        elif path.suffix.lower() in (".csv", ".xlsx") or path.name.endswith(".sssom.tsv"):
            found.setdefault(country or _country(path), []).append(_regular(path))
        else:
            raise InputError(f"{path} is neither {_KINDS}, nor a folder. Save it as .xlsx or as CSV (UTF-8).")
    found = {country: list({p.resolve(): p for p in files}.values()) for country, files in found.items()}  # each once
    if not any(found.values()):
        raise InputError(f"{paths[0]} holds no table, no workbook and no *.sssom.tsv file. Name the folder that holds the tables.")
    return found


def _folders(path: Path, country: str | None) -> list[Path]:
    if path.resolve().name in FOLDERS or country:
        return [path]
    folders = [p for p in sorted(path.iterdir()) if p.is_dir() and p.name in FOLDERS]
    if not folders and not any((path / f"{name}.xlsx").is_file() for name in FOLDERS):
        raise InputError(f"{path} holds no country folder ({', '.join(FOLDERS)}). Name a country with --country.")
    return folders


def _country(path: Path) -> str:
    """The country of a file: what the workbook says, else its folder, else the beginning of its name."""
    if path.suffix.lower() == ".xlsx" and path.is_file():
        if (said := about(path).folder) in FOLDERS:
            return said
        if not can_be_opened(path):
            return FOLDERS[0]  # nothing of it is read, and why is what its sender needs to know
    names = (path.resolve().parent.name, path.stem, path.stem[:2].lower() if path.stem[2:3] in "-_. " else "")
    for name in names:
        if name in FOLDERS:
            return name
    raise InputError(f"{path}: it cannot be told which country it belongs to. Name one with --country ({', '.join(FOLDERS)}).")


def _regular(path: Path) -> Path:
    """Refuse folders, pipes and dead links that bear the name of a table: reading a pipe might never end."""
    if not path.is_file():
        raise InputError(f"{path} bears the name of a table but is no file that can be read. Remove it or give it another name.")
    return path


def shown(path: Path) -> str:
    """The name of a file in findings; bytes of it that are no text are replaced."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def check_files(files: Files, vocabulary: Vocabulary, progress: Callable[[int, int], None] = lambda done, whole: None) -> Checked:
    """Check files, with the rest of the project's data as context, so that references to it are found.

    Parameters
    ----------
    files:
        What `files_of` gave. A file takes the place of the project's own one of that name; a workbook that was handed out
        filled takes the place of all tables that it has sheets for; any other adds to what is there.
    vocabulary:
        Shapes and schemes.
    progress:
        Called with the number of quads that are checked, and of all.
    """
    folders, mappings = Folders(vocabulary), list[tuple[str, Path]]()
    for country, paths in files.items():
        for path in paths:
            if path.name.endswith(".sssom.tsv"):
                mappings.append((country, path))
            else:
                folders.add(path, country, shown(path))
    replaced = _replaced(files, folders)
    for country in FOLDERS:
        for path in table_files(resource("data") / country) if (resource("data") / country).is_dir() else ():
            if (country, path.stem) not in replaced:
                folders.add(path, country, f"{country}/{path.name}", context=True)
    checked = check(folders, progress)
    found = list(checked.findings)
    for country, path in mappings:
        file = read_sssom(path, shown(path))
        mapping_quads(file, country, vocabulary.names, folders.things.by_iri)
        found += file.findings
    return replace(checked, findings=in_order(found))


def _replaced(files: Mapping[str, Sequence[Path]], folders: Folders) -> set[tuple[str, str]]:
    """The tables of the project that the checked files take the place of."""
    found = {(country, path.stem) for country, paths in files.items() for path in paths if path.suffix.lower() == ".csv"}
    for country, paths in files.items():
        for path in paths:
            if path.suffix.lower() == ".xlsx" and about(path).filled:
                # Where the keys of a sheet are lost every reference to its rows would look broken too.
                sheets = (s for s in folders.sheets[country] if s.file == shown(path))
                found |= {(country, s.table.name) for s in sheets if s.has_keys or not s.records}
    return found
