"""``cli.py policy recalculate``: the policies of the company in the database."""

from __future__ import annotations

import click

from commands.connection import connected


@click.command()
@connected
def recalculate() -> None:
    """Compute all policies and bring the open proposals in line with them."""
    from core.clock import today
    from services.accounts import operator
    from services.inventory import recalculate as recalculate_inventory

    done = recalculate_inventory(operator(), as_of=today())
    click.echo(
        f"{done['policies']:,} policies ({done['policies_changed']:,} changed, "
        f"{done['items_without_policy']:,} items lack an input), {done['proposals']:,} open proposals "
        f"({done['proposals_changed']:,} changed, {done['proposals_withdrawn']:,} withdrawn)."
    )
