"""The `wise` command: parse, call one function, print, exit code.

The only place that wires loaders, core and page together. Exit codes: 0 fine · 1 the data have violations, or
nothing was found where something was asked for · 2 could not run. Results go to stdout, progress and messages to
stderr; no traceback reaches a user.
"""

from __future__ import annotations

import importlib
import sys

import click

from wise_skills import __version__
from wise_skills.cli.plain import plain
from wise_skills.errors import WiseSkillsError

COMMANDS = {
    "build": ("wise_skills.cli.build", "Make a release from the data."),
    "check": ("wise_skills.cli.check", "Check workbooks and tables and say which cells are wrong."),
    "template": ("wise_skills.cli.template", "Make a workbook to fill in."),
    "ask": ("wise_skills.cli.ask", "Ask a question of the catalogue."),
    "sparql": ("wise_skills.cli.sparql", "Run a SPARQL query."),
    "align": ("wise_skills.cli.align", "Propose ESCO concepts for labels or learning outcomes."),
    "export": ("wise_skills.cli.export", "Copy the published files of a release."),
    "serve": ("wise_skills.cli.serve", "Serve the page."),
    "compare-esco": ("wise_skills.cli.compare_esco", "List the mappings that a new edition of ESCO touches."),
    "ontology": ("wise_skills.cli.ontology", "Check the ontology."),
}

HIDDEN = {"cells": "wise_skills.cli.cells", "take": "wise_skills.cli.take"}
"""What the page runs for files that strangers send; no command for people."""


class _Commands(click.Group):
    """Commands that are imported when they are called: `wise --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS[cmd_name][0] if cmd_name in COMMANDS else HIDDEN.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wise")
def group() -> None:
    """Skills that work integration social enterprises need: build, check, ask, serve."""


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit."""
    try:
        code = group.main(args=args, prog_name="wise", standalone_mode=False)
    except WiseSkillsError as error:
        click.echo(plain(f"wise: {error}"), err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        click.echo("wise: stopped.", err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        click.echo(plain(f"wise: {error.filename or 'The system'}: {error.strerror or error}."), err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)
