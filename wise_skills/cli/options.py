"""Options that several commands share, and progress for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

QUIET = click.option("--quiet", "-q", is_flag=True, help="Say nothing but results and errors.")
RELEASE = click.option(
    "--release",
    type=click.Path(path_type=Path),
    default=Path("build/current"),
    show_default=True,
    help="A release folder or the `current` link.",
)
ENDPOINT = click.option("--endpoint", metavar="URL", help="Ask this SPARQL 1.1 endpoint instead of a release.")


@contextmanager
def _bar(quiet: bool, *counted: Any) -> Iterator[Progress | None]:
    """Show a bar on a terminal's stderr; nothing where nobody looks."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    with Progress(TextColumn("{task.description}"), BarColumn(), *counted, TimeElapsedColumn(), console=console, transient=True) as bar:
        yield bar


class Steps:
    """A bar of steps: called with the name of each finished one; `within` tells how far a long one is."""

    def __init__(self, bar: Progress | None, total: int, what: str) -> None:
        self._bar, self._what = bar, what
        self._task = bar.add_task(what, total=total) if bar else None

    def __call__(self, name: str) -> None:
        """Count a finished step."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=1, description=f"{self._what}: {name}")

    def within(self, name: str) -> Callable[[int, int], None]:
        """Return what is called with the part of a step that is done, and the whole of it."""

        def told(done: int, whole: int) -> None:
            if self._bar is not None and self._task is not None:
                self._bar.update(self._task, description=f"{self._what}: {name} {100 * done // max(whole, 1)} %")

        return told


@contextmanager
def progress(total: int, quiet: bool, what: str) -> Iterator[Steps]:
    """Show a bar; yield what is called with the name of each finished step."""
    with _bar(quiet, MofNCompleteColumn()) as bar:
        yield Steps(bar, total, what)


@contextmanager
def progress_of(quiet: bool, what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar; yield what is called with the amount that is done, and the whole."""
    with _bar(quiet, TaskProgressColumn()) as bar:
        if bar is None:
            yield lambda done, whole: None
            return
        task = bar.add_task(what, total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def say(text: str, quiet: bool) -> None:
    """Print a message for people to stderr."""
    if not quiet:
        click.echo(text, err=True)
