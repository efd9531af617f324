"""``cli.py forecast``: a bare file, here and at once; ``run`` and ``list`` work with the company in the database."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from data.exchange.series_calendar import FREQUENCIES

if TYPE_CHECKING:
    from services.file_forecast import Account

# Loaded when asked for: a bare file must not wait for the database layer.
SUBCOMMANDS = {"list": "list_runs", "run": "run_now"}
SEASON_PERIODS = {"M": 12, "W": 52, "D": 7}
MOST_HORIZON_PERIODS = 5000
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


class ForecastCommands(click.Group):
    """Finds the commands of commands/forecast_runs.py when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in SUBCOMMANDS:
            return None
        found: click.Command = getattr(importlib.import_module("commands.forecast_runs"), SUBCOMMANDS[cmd_name])
        return found


def _quantiles(ctx: click.Context, parameter: click.Parameter, text: str) -> tuple[float, ...]:
    del ctx, parameter
    try:
        return tuple(map(float, text.split(",")))
    except ValueError as error:
        raise click.BadParameter("write numbers with commas between, as in 0.1,0.5,0.9") from error


@click.group(cls=ForecastCommands, invoke_without_command=True, no_args_is_help=True)
@click.option(
    "--history", type=EXISTING, help="CSV or .csv.gz with unique_id, ds, y and any drivers, rows in any order."
)
@click.option("--future", type=EXISTING, help="CSV with unique_id, ds and the drivers over the horizon.")
@click.option(
    "--freq", type=click.Choice(FREQUENCIES), help="Months by their first day, weeks by one weekday, or days."
)
@click.option("--season", type=click.IntRange(min=1), help="Periods in a season.  [default: MS 12, W 52, D 7]")
@click.option("--horizon", type=click.IntRange(1, MOST_HORIZON_PERIODS), help="Periods ahead.")
@click.option(
    "--quantiles", default="0.1,0.5,0.9", show_default=True, callback=_quantiles, help="Ascending, 0.5 among them."
)
@click.option(
    "--mode", type=click.Choice(["fast", "full"]), default="fast", show_default=True, help="Full adds the global model."
)
@click.option("--processes", type=click.IntRange(min=1), default=1, show_default=True, help="Processors to use.")
@click.option(
    "--gaps", type=click.Choice(["zero", "missing"]), default="zero", show_default=True, help="What an absent row says."
)
@click.option("--output", type=click.Path(path_type=Path), help="CSV or .csv.gz to write.")
@click.pass_context
def forecast(ctx: click.Context, /, **options: Any) -> None:
    """Forecasts: of a bare file by the options below, of the company in the database by run."""
    given = [name for name in options if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT]
    if ctx.invoked_subcommand is not None:
        if given:
            raise click.UsageError(f"--{given[0]} belongs to a forecast of a file, not to {ctx.invoked_subcommand}.")
        return
    missing = [f"--{name}" for name in ("history", "freq", "horizon", "output") if options[name] is None]
    if missing:
        raise click.UsageError(f"A forecast of a file needs {', '.join(missing)} as well.")
    _forecast_file(**options)


def _forecast_file(*, freq: str, season: int | None, horizon: int, output: Path, **others: Any) -> None:
    from services.file_forecast import FileForecast, forecast_file

    asked = FileForecast(
        frequency=freq,
        season_periods=season or SEASON_PERIODS[freq[0]],
        horizon_periods=horizon,
        **others,
    )
    account = forecast_file(asked, output=output, report=_progress if sys.stderr.isatty() else None)
    if sys.stderr.isatty():
        click.echo(err=True)
    for note in _notes(account):
        click.echo(note, err=True)
    click.echo(f"{account.series:,} series, {account.rows:,} rows in {output}.")


def _notes(account: Account) -> Iterator[str]:
    """What a reader should know before trusting the figures."""
    for column in account.unused_columns:
        yield f"Not used: {column}, which no future file plans."
    if account.ending_without_value:
        yield f"{account.ending_without_value:,} series have no value in their last period; the forecast starts after."
    if account.without_full_plan:
        yield f"{account.without_full_plan:,} series lack drivers for part of the horizon."


def _progress(done: int, series: int) -> None:
    click.echo(f"\r{done:,} of {series:,} series", nl=False, err=True)
