"""Tandem at the command line: ``python cli.py --help``."""

from __future__ import annotations

import click

from commands.database import db
from commands.demo import demo
from commands.forecast import forecast
from commands.imports import import_file
from commands.policy import policy
from commands.serve import serve
from commands.user import user
from commands.worker import worker
from core.errors import AppError
from core.logging import configure_logging


class Cli(click.Group):
    """Shows our own errors as one line and exit code 1, not as a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except AppError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Cli)
def cli() -> None:
    """Sales and operations planning: operate a Tandem installation."""
    configure_logging()


for command in (serve, worker, db, demo, policy, user, import_file, forecast):
    cli.add_command(command)

if __name__ == "__main__":
    cli()
