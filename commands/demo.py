"""``cli.py demo``: the demo company."""

from __future__ import annotations

import click

from commands.connection import connected
from services import demo as services


@click.group()
def demo() -> None:
    """The demo company."""


@demo.command()
@click.option("--scale", type=click.Choice(services.SCALES), default="default", show_default=True)
@connected
def load(scale: str) -> None:
    """Load the demo company into an empty, migrated database."""
    counts = services.load_demo(scale)
    click.echo(f"Loaded {sum(counts.values()):,} rows into {len(counts)} tables ({scale}).")
    for table, rows in counts.items():
        click.echo(f"  {table:<22}{rows:>12,}")
    click.echo(f"Sign in as {services.DEMO_EMAILS[0]} with the password {services.demo_password()}")


@demo.command()
@connected
def status() -> None:
    """Tell whether the demo company is loaded, of which scale and day."""
    facts = services.demo_facts()
    if facts is None:
        click.echo("not loaded")
    else:
        click.echo(f"loaded: scale {facts['scale']}, made on {facts['today']}, seed {facts['seed']}")
