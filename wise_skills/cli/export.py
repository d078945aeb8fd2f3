"""`wise export`: the published files of a release."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from wise_skills.cli.options import QUIET, RELEASE, progress, say
from wise_skills.errors import InputError
from wise_skills.publishing import published_files
from wise_skills.release import open_release


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@RELEASE
@QUIET
def command(folder: Path, release: Path, quiet: bool) -> int:
    """Copy the dumps, the description of the dataset and the report of a release into FOLDER."""
    opened = open_release(release)
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty. Name a new folder, so that nothing of yours is overwritten.")
    folder.mkdir(parents=True, exist_ok=True)
    files = published_files(opened)
    with progress(len(files), quiet, "Exporting") as step:
        for name, content in files.items():
            target = folder / name
            if isinstance(content, Path):
                shutil.copyfile(content, target)
            else:
                target.write_bytes(content)
            step(name)
    say(f"{len(files)} files of release {opened.id} in {folder}.", quiet)
    return 0
