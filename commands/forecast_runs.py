"""``cli.py forecast run`` and ``list``: the same forecasts as on the page, unattended."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from commands.connection import connected
from core.i18n import moment, number, percent
from services import accounts, forecasts
from services.forecast_periods import FREQUENCIES
from services.forecast_request import MODES
from services.forecast_scope import LIFE_CYCLES
from services.forecast_texts import periods_text, scope_text
from services.forecasts import RunView


@click.command("run")
@click.option("--frequency", type=click.Choice(FREQUENCIES), default="month", show_default=True)
@click.option("--horizon", type=int, default=6, show_default=True, help="Months or weeks ahead.")
@click.option("--category", default=None, help="Only products of this category.")
@click.option("--family", default=None, help="Only products of this family.")
@click.option("--product", "products", multiple=True, metavar="CODE", help="Only this product; repeatable.")
@click.option("--location", default=None, metavar="CODE", help="Only demand at this location.")
@click.option("--life-cycle", type=click.Choice(LIFE_CYCLES), default=None, help="Only products at this stage.")
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default=MODES[0],
    show_default=True,
    help="Full adds planned events and the global model.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@connected
def run_now(*, frequency: str, horizon: int, mode: str, as_json: bool, **scope: Any) -> None:
    """Forecast all products, or some, and wait for the result. Ctrl-C leaves nothing behind."""
    from services.forecast_work import run_forecast  # statsmodels takes seconds to load

    viewer = accounts.operator()
    chosen = {**scope, "products": list(scope["products"])}
    run_id = forecasts.open_run(viewer, scope=chosen, frequency=frequency, horizon=horizon, mode=mode)
    result = run_forecast(viewer, {"run_id": run_id}, _progress)
    if sys.stderr.isatty():
        click.echo(err=True)
    click.echo(json.dumps(result) if as_json else _account(result))


@click.command("list")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@connected
def list_runs(*, limit: int, as_json: bool) -> None:
    """List the newest forecasts and what became of them."""
    found = forecasts.runs(accounts.operator(), limit=limit)
    click.echo(json.dumps([_row(run) for run in found]) if as_json else "\n".join(_line(run) for run in found))


def _progress(fraction: float, message: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{fraction:4.0%} {message:60}", nl=False, err=True)


def _account(result: dict[str, Any]) -> str:
    copied = f", {number(result['copied'])} of them unchanged and taken over" if result["copied"] else ""
    return (
        f"Forecast {result['run_id']}: {number(result['series'])} series{copied}, WMAPE {percent(result['wmape'])} at "
        f"earlier dates (seasonal naive {percent(result['naive_wmape'])}); left out: "
        f"{number(result['without_history'])} products without history, {number(result['retired'])} retired."
    )


def _line(found: RunView) -> str:
    parts = [moment(found.created_at), f"{found.state:9}", periods_text(found.horizon, found), scope_text(found)]
    return f"{found.id:>6}  " + "  ".join(parts) + f"  {number(found.series_count)} series"


def _row(found: RunView) -> dict[str, Any]:
    return {
        "run_id": found.id,
        "state": found.state,
        "frequency": found.frequency,
        "first_period": found.first_period.isoformat(),
        "horizon": found.horizon,
        "scope": found.scope.as_json(),
        "series": found.series_count,
        "created_at": found.created_at.isoformat(),
        **found.summary,
    }
