"""``cli.py policy``: policies of a bare file of items, here and at once; ``recalculate`` works with the database."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.exchange.series_calendar import FREQUENCIES as SERIES_FREQUENCIES

if TYPE_CHECKING:
    from services.file_policy import PolicyAccount

# Loaded when asked for: a bare file must not wait for the database layer.
SUBCOMMANDS = {"recalculate": "recalculate"}
FREQUENCIES = ("W", *SERIES_FREQUENCIES)
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


class PolicyCommands(click.Group):
    """Finds the commands of commands/policy_runs.py when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in SUBCOMMANDS:
            return None
        found: click.Command = getattr(importlib.import_module("commands.policy_runs"), SUBCOMMANDS[cmd_name])
        return found


@click.group(cls=PolicyCommands, invoke_without_command=True, no_args_is_help=True)
@click.option("--history", type=EXISTING, help="CSV or .csv.gz with unique_id, ds, y; no row is no demand.")
@click.option(
    "--items",
    type=EXISTING,
    help="CSV with unique_id, lead_time_mean, lead_time_sd, review_period (periods), unit_cost, order_cost, "
    "holding_rate (a year), moq, lot_multiple, shelf_life (periods), service_measure (cycle or fill), service_target.",
)
@click.option(
    "--freq", type=click.Choice(FREQUENCIES), help="Months by their first day, weeks by one weekday (W: any), or days."
)
@click.option("--output", type=click.Path(path_type=Path), help="CSV or .csv.gz to write.")
@click.pass_context
def policy(
    ctx: click.Context, /, history: Path | None, items: Path | None, freq: str | None, output: Path | None
) -> None:
    """Stocking policies: of a bare file by the options below, of the company in the database by recalculate."""
    given = {"history": history, "items": items, "freq": freq, "output": output}
    if ctx.invoked_subcommand is not None:
        named = [name for name, value in given.items() if value is not None]
        if named:
            raise click.UsageError(f"--{named[0]} belongs to policies of a file, not to {ctx.invoked_subcommand}.")
        return
    if history is None or items is None or freq is None or output is None:
        missing = ", ".join(f"--{name}" for name, value in given.items() if value is None)
        raise click.UsageError(f"Policies of a file need {missing} as well.")
    _policies_of_file(history, items=items, freq=freq, output=output)


def _policies_of_file(history: Path, *, items: Path, freq: str, output: Path) -> None:
    from services.file_policy import policy_file

    account = policy_file(history, items=items, frequency=freq, output=output)
    for note in _notes(account):
        click.echo(note, err=True)
    click.echo(f"{account.items:,} policies in {output}.")


def _notes(account: PolicyAccount) -> Iterator[str]:
    """What a reader should know before trusting the figures."""
    if account.without_item:
        yield f"Not used: {account.without_item:,} series of the history that no item names."
    if account.returns:
        yield f"{account.returns:,} rows have a negative quantity; they count as no demand."
    if account.without_demand:
        yield f"{account.without_demand:,} items had no demand in their history and get no stock."
