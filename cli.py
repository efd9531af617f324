"""Tandem at the command line: ``python cli.py --help``."""

from __future__ import annotations

import importlib

import click

from core.errors import AppError
from core.logging import configure_logging

# Where each command is. Named, not imported: a start must not wait for what only an import or a forecast needs.
COMMANDS = {
    "db": "commands.database:db",
    "demo": "commands.demo:demo",
    "export": "commands.exports:export",
    "forecast": "commands.forecast:forecast",
    "import": "commands.imports:import_file",
    "policy": "commands.policy:policy",
    "serve": "commands.serve:serve",
    "user": "commands.user:user",
    "worker": "commands.worker:worker",
}


class Cli(click.Group):
    """Loads a command when it is asked for, and shows our own errors as one line and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(importlib.import_module(module), name)
        return found

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except AppError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Cli)
def cli() -> None:
    """Sales and operations planning: operate a Tandem installation."""
    configure_logging()


if __name__ == "__main__":
    cli()
