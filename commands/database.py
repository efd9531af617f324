"""``cli.py db``: the schema."""

from __future__ import annotations

import click

from commands.connection import connected
from data import schema


@click.group()
def db() -> None:
    """Bring the database schema up or down."""


@db.command()
@connected
def upgrade() -> None:
    """Create or update roles and tables to the version of this code."""
    schema.prepare()
    click.echo(f"Schema is at {schema.current_revision()}.")


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="This removes tables or columns and the data in them. Go on?")
@connected
def downgrade(revision: str) -> None:
    """Take the schema back to REVISION ("base" empties the database)."""
    schema.downgrade(revision)
    click.echo(f"Schema is at {schema.current_revision() or 'nothing'}.")


@db.command()
@connected
def current() -> None:
    """Show the version of the schema."""
    click.echo(schema.current_revision() or "empty")
