"""Forecast a bare file: history in, forecasts out, without the database. Knows files and the engine, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analytics.forecasting.drivers import Drivers
from analytics.forecasting.engine import forecast_figures
from analytics.forecasting.request import Mode, Request
from analytics.forecasting.work import Report
from core.errors import InvalidInput
from core.i18n import _
from data.exchange.series_calendar import Calendar
from data.exchange.series_file import KEYS, SeriesFile
from data.exchange.series_output import check_output, write_forecast
from data.exchange.series_rows import SeriesRows, read_rows
from services.file_panel import VALUE, Gaps, Rows, drivers, origins, panel
from services.file_workers import workers

MEDIAN = 0.5


@dataclass(frozen=True, slots=True)
class FileForecast:
    """What to forecast and how; the frequency is one of series_calendar.FREQUENCIES."""

    history: Path
    frequency: str
    season_periods: int
    horizon_periods: int
    future: Path | None = None
    quantiles: tuple[float, ...] = (0.1, MEDIAN, 0.9)
    mode: Mode = "fast"
    gaps: Gaps = "zero"
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Account:
    """What was done, and what a reader should know about it.

    unused_columns are drivers that nobody planned ahead; the last two count series: those whose last row has no
    value, and those whose drivers are not known for the whole horizon.
    """

    series: int
    rows: int
    unused_columns: tuple[str, ...]
    ending_without_value: int
    without_full_plan: int


def forecast_file(asked: FileForecast, *, output: Path, report: Report | None = None) -> Account:
    """Forecast every series of a file from the period after its own last one, and write the result.

    Inputs: asked: files and parameters; output: CSV file, compressed when its name ends in .gz; report: called with
        (series done, series in all), may raise to cancel.
    Returns: Account. The output has unique_id, ds, y_hat, a column for each quantile, method, in order of id and date.
    Raises: InvalidInput naming row, column, value and remedy; what report raises. No output is left behind then.
    Source: house convention.
    """
    _check(asked)
    check_output(output, inputs=[path for path in (asked.history, asked.future) if path is not None])
    with workers(asked.processes, mode=asked.mode) as executor:
        rows, unused_columns = _read(asked)
        ends = origins(rows)
        history = panel(rows, ends, season_periods=asked.season_periods)
        plan = drivers(rows, ends, periods=len(history.periods))
        request = Request(asked.horizon_periods, asked.quantiles, asked.mode)
        found = forecast_figures(history, request=request, drivers=plan, executor=executor, report=report)
    write_forecast(
        output,
        ids=history.ids,
        days=rows.calendar.days(ends[:, None] + np.arange(1, asked.horizon_periods + 1)),
        figures=np.concatenate([found.mean[None], found.quantiles]).transpose(2, 1, 0),
        quantiles=asked.quantiles,
        methods=found.methods.tolist(),
    )
    return Account(
        series=len(ends),
        rows=found.mean.size,
        unused_columns=unused_columns,
        ending_without_value=int(np.isnan(history.values[-1]).sum()),
        without_full_plan=0 if plan is None else _without_full_plan(plan, asked.horizon_periods),
    )


def _check(asked: FileForecast) -> None:
    if min(asked.horizon_periods, asked.season_periods, asked.processes) < 1:
        raise InvalidInput(_("Horizon, season and processes are at least 1."))
    between = all(0 < quantile < 1 for quantile in asked.quantiles)
    ascending = list(asked.quantiles) == sorted(set(asked.quantiles))
    if not (between and ascending and MEDIAN in asked.quantiles):
        given = ",".join(map(str, asked.quantiles))
        raise InvalidInput(
            _(
                "Quantiles lie between 0 and 1, ascend and have 0.5 among them, as in 0.1,0.5,0.9: not %(given)s.",
                given=given,
            )
        )


def _read(asked: FileForecast) -> tuple[Rows, tuple[str, ...]]:
    """The rows, and the columns of the history that are not used because no plan has them."""
    calendar = Calendar(asked.frequency)
    history = SeriesFile(asked.history)
    future = None if asked.future is None else SeriesFile(asked.future)
    planned = () if future is None else _planned(history, future)
    past = read_rows(history, calendar, numbers=(VALUE, *planned))
    plan = None if future is None else _of_series(read_rows(future, calendar, numbers=planned), past.ids)
    unused = tuple(name for name in history.header if name not in (*KEYS, VALUE, *planned))
    return Rows(past, plan, planned, calendar, asked.gaps, asked.horizon_periods), unused


def _planned(history: SeriesFile, future: SeriesFile) -> tuple[str, ...]:
    """The drivers of the future file."""
    names = tuple(name for name in future.header if name not in (*KEYS, VALUE))
    for name in names:
        if name not in history.header:
            raise InvalidInput(
                _(
                    "The future file has the column “%(name)s”, the history has not: its effect cannot be learned. "
                    "Add it to the history, or remove it from the future file.",
                    name=name,
                )
            )
    return names


def _of_series(plan: SeriesRows, ids: tuple[str, ...]) -> SeriesRows:
    """The plan of the series that have a history, under their positions there."""
    position = {name: place for place, name in enumerate(ids)}
    series = np.array([position.get(name, -1) for name in plan.ids])[plan.series]
    kept = series >= 0
    numbers = {name: values[kept] for name, values in plan.numbers.items()}
    return SeriesRows(ids, series[kept], plan.periods[kept], numbers)


def _without_full_plan(plan: Drivers, horizon_periods: int) -> int:
    return int(np.isnan(plan.values[:, -horizon_periods:]).any(axis=(0, 1)).sum())
