"""The work on a bare file, done by a worker: read, sum into periods, forecast, store. Web processes never load it.

The result appears at once when all is done; a job that is cancelled or fails leaves the former one as it was.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd

from analytics.forecasting.engine import forecast_panel
from analytics.forecasting.panel import IntArray, Panel
from analytics.forecasting.result import ForecastResult
from analytics.inputs import FloatArray
from core.errors import InvalidInput, JobCancelled
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.exchange.formulas import neutralise
from data.exchange.problems import RowProblem
from data.exchange.series_calendar import Calendar
from data.exchange.series_output import write_forecast
from data.exchange.series_rows import SeriesRows
from data.exchange.series_sums import Entries, frequency_of, partial_end, read_entries, summed, to_common_end
from data.forecast_files import FORECASTS, PROBLEMS, write_series, write_summary
from models.base import Json
from services import import_file
from services.file_panel import Gaps as PanelGaps
from services.file_panel import Rows, origins, panel
from services.forecast_file import SEASON_PERIODS, Choices, UploadedFile, remove_expired, uploaded_file
from services.jobs import Report

QUANTILES = (0.1, 0.5, 0.9)
PATHS = ("mean", "q0.1", "q0.5", "q0.9")
PROBLEM_COLUMNS = ("row", "column", "value", "rule", "problem", "what to do")
# A file of a million bad rows has a million faults: what is wrong with it shows in the first of them.
MOST_PROBLEMS = 10_000
# What a worker can hold several times over: thousands of items by day, tens of thousands by week.
MOST_CELLS = 12_000_000
NEXT_PERIODS = 3
READ_SHARE, FORECAST_SHARE = 0.3, 0.95
MEASURES = {
    "wmape": "wmape",
    "bias": "bias",
    "mase": "mase",
    "coverage": "coverage",
    "naive_wmape": "benchmark_wmape",
    "naive_bias": "benchmark_bias",
    "naive_mase": "benchmark_mase",
}
PANEL_GAPS: dict[str, PanelGaps] = {"no_demand": "zero", "own_end": "zero", "unknown": "missing"}


def forecast_upload(viewer: Viewer, args: Json, report: Report) -> Json:
    """Forecast every series of an uploaded file and keep the result with it.

    Inputs: a viewer with forecast.run, ``file_id``, and a progress function.
    Returns: file_id and how many series and faults there were.
    Raises: NotAllowed; NotFound when the file is gone or another person's; InvalidInput for faults in rows, whose list
        is kept then, and for a file without anything to forecast; JobCancelled.
    Source: product.md, promise 4.
    """
    require(viewer, Permission.FORECAST_RUN)
    remove_expired()
    found = uploaded_file(viewer, UUID(args["file_id"]))
    began = time.monotonic()
    try:
        with found.folder.new_result() as folder:
            summary = _forecast(found, folder, report) | {"seconds": round(time.monotonic() - began, 1)}
            write_summary(folder, summary)
    except FileNotFoundError as error:
        if found.folder.about() is None:  # deleted by its owner, who does not want it any more
            raise JobCancelled from error
        raise
    if not summary["forecast"]:
        raise InvalidInput(
            _(
                "%(count)s faults in the rows: nothing was forecast. Correct the file, or forecast the series without "
                "faults.",
                count=number(summary["faults"]),
            )
        )
    return {"file_id": str(found.id), "series": summary["series"], "faults": summary["faults"]}


@dataclass(slots=True)
class _Faults:
    """The list of faults on its way to disk."""

    count: int = 0
    rows: int = 0
    last_row: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Summed:
    """The series of the file, and what was left out on the way."""

    rows: SeriesRows
    calendar: Calendar
    left_out: int | None
    silent: int


@dataclass(frozen=True, slots=True, eq=False)
class _Material:
    """What the engine is given: the panel, and the last period of each series by the file's calendar."""

    made: _Summed
    history: Panel
    ends: IntArray


def _forecast(found: UploadedFile, folder: Path, report: Report) -> Json:
    """What came of the file, as far as it was forecast; everything else is in the folder."""
    with _fault_list(folder) as (faults, add):
        entries = _read(found, add, report)
    told = {
        "rows": entries.rows,
        "faults": faults.count,
        "faulty_rows": faults.rows,
        "faulty_series": len(entries.faulty),
        "choices": {"bucket": found.choices.bucket, "gaps": found.choices.gaps, "mode": found.choices.mode},
        "columns": {"item": found.columns.item, "day": found.columns.day, "quantity": found.columns.quantity},
    }
    if faults.count and not found.choices.good_only:
        return told | {"forecast": False}
    material = _material(_summed(entries, found.choices), found.choices)
    result = _result(material.history, found.choices, report)
    report(FORECAST_SHARE, _("Writing the forecasts"))
    return told | {"forecast": True} | _stored(folder, material, result)


@contextmanager
def _fault_list(folder: Path) -> Iterator[tuple[_Faults, Any]]:
    faults = _Faults()
    with (folder / PROBLEMS).open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(PROBLEM_COLUMNS)

        def add(problem: RowProblem) -> None:
            faults.count += 1
            faults.rows += problem.row != faults.last_row
            faults.last_row = problem.row
            if faults.count <= MOST_PROBLEMS:
                cells = (problem.column or "", problem.value, problem.rule, problem.message, problem.remedy)
                writer.writerow([problem.row, *map(neutralise, cells)])

        yield faults, add


def _read(found: UploadedFile, add: Any, report: Report) -> Entries:
    dialect = import_file.settled_dialect(found.source, found.reading)
    lines = max(found.source.lines, 1)

    def tell(line: int) -> None:
        report(READ_SHARE * min(line / lines, 1), _("%(count)s rows read", count=number(line)))

    with import_file.opened_table(found.source, dialect, found.columns.named) as table:
        return read_entries(table, found.columns, dialect, found=add, tell=tell)


def _summed(entries: Entries, choices: Choices) -> _Summed:
    """Series without faults, added up by period."""
    good = np.ones(len(entries.ids), dtype=bool)
    good[list(entries.faulty)] = False
    kept = good[entries.series]
    if not kept.any():
        raise InvalidInput(_("No series without faults is left. Correct the rows listed below and upload the file."))
    calendar = Calendar(frequency_of(entries.days[kept], choices.bucket))
    left_out = partial_end(entries.days[kept], calendar) if choices.whole_periods else None
    if left_out is not None:
        kept &= calendar.numbers(entries.days) != left_out
    rows = summed(entries, calendar, kept=kept)
    if not rows.ids:
        raise InvalidInput(_("No row has a quantity. Choose another column for the quantity."))
    silent = len(np.unique(entries.series[good[entries.series]])) - len(rows.ids)
    return _Summed(to_common_end(rows) if choices.gaps == "no_demand" else rows, calendar, left_out, silent)


def _material(made: _Summed, choices: Choices) -> _Material:
    rows = Rows(made.rows, None, (), made.calendar, PANEL_GAPS[choices.gaps], choices.horizon)
    ends = origins(rows)
    cells = len(made.rows.ids) * (int(np.ptp(made.rows.periods)) + 1 + choices.horizon)
    if cells > MOST_CELLS:
        raise InvalidInput(
            _(
                "%(series)s series of %(periods)s periods are too many to forecast here. Choose weeks or months, or "
                "upload fewer items or years.",
                series=number(len(made.rows.ids)),
                periods=number(cells // len(made.rows.ids)),
            )
        )
    return _Material(made, panel(rows, ends, season_periods=SEASON_PERIODS[choices.bucket]), ends)


def _result(history: Panel, choices: Choices, report: Report) -> ForecastResult:
    def tell(done: int, total: int) -> None:
        share = READ_SHARE + (FORECAST_SHARE - READ_SHARE) * done / max(total, 1)
        report(share, _("%(done)s of %(total)s series", done=number(done), total=number(total)))

    return forecast_panel(history, horizon_periods=choices.horizon, mode=choices.mode, quantiles=QUANTILES, report=tell)


def _stored(folder: Path, material: _Material, result: ForecastResult) -> Json:
    """The files of the result; what is not needed to list and draw series goes into the summary."""
    made, history, ends = material.made, material.history, material.ends
    horizon = len(result.values) // len(history.ids)
    ahead = np.stack([result.values[name].to_numpy().reshape(-1, horizon) for name in PATHS], axis=1)
    methods = result.choices["method"].tolist()
    write_forecast(
        folder / FORECASTS,
        ids=[neutralise(name) for name in history.ids],
        days=made.calendar.days(ends[:, None] + np.arange(1, horizon + 1)),
        figures=ahead.transpose(0, 2, 1),
        quantiles=QUANTILES,
        methods=methods,
    )
    # A chart reads one series: it lies in one piece.
    by_series = np.ascontiguousarray(history.values.T, dtype=np.float32)
    write_series(folder, _columns(material, result.choices, ahead), by_series, ahead)
    return {
        "series": len(history.ids),
        "silent": made.silent,
        "frequency": made.calendar.frequency,
        "horizon": horizon,
        "first": _day(made.calendar, int(made.rows.periods.min())),
        "last": _day(made.calendar, int(ends.max())),
        "early": int((ends < ends.max()).sum()),
        "left_out": None if made.left_out is None else _day(made.calendar, made.left_out),
        "classes": dict(Counter(result.choices["demand_class"].tolist()).most_common()),
        **_accuracy(result.choices),
    }


def _columns(material: _Material, choices: pd.DataFrame, ahead: FloatArray) -> dict[str, Any]:
    """The table of series, a list a column; NaN becomes null on its way to JSON."""
    history = material.history
    season = history.values[-history.season_periods :]
    shown = {name: np.ascontiguousarray(choices[stored], dtype=np.float64) for name, stored in MEASURES.items()}
    steps = range(min(NEXT_PERIODS, ahead.shape[2]))
    return {
        "unique_id": list(history.ids),
        "demand_class": choices["demand_class"].tolist(),
        "method": choices["method"].tolist(),
        "origins": choices["origins"].tolist(),
        **shown,
        "volume": np.nansum(season, axis=0),
        "last": np.datetime_as_string(material.made.calendar.days(material.ends)).tolist(),
        **{f"next_{step + 1}": np.ascontiguousarray(ahead[:, 0, step]) for step in steps},
        "ahead": ahead[:, 0].sum(axis=1),
    }


def _accuracy(choices: pd.DataFrame) -> Json:
    """Errors of all series together, weighted with the demand they were judged on; coverage and MASE are plain means.

    Only series count that were judged, and the benchmark on the same ones.
    """
    judged = choices[choices["wmape"].notna() & choices["benchmark_wmape"].notna() & (choices["judged_volume"] > 0)]
    weight = judged["judged_volume"].to_numpy()
    weighted = ("wmape", "bias", "naive_wmape", "naive_bias")
    found = {
        name: _mean(judged[stored].to_numpy(), weight if name in weighted else np.ones(len(judged)))
        for name, stored in MEASURES.items()
    }
    better = int((judged["wmape"] < judged["benchmark_wmape"]).sum())
    return {"judged": len(judged), "better": better, **found}


def _mean(values: FloatArray, weight: FloatArray) -> float | None:
    known = ~np.isnan(values)
    return float(np.average(values[known], weights=weight[known])) if weight[known].sum() > 0 else None


def _day(calendar: Calendar, period: int) -> str:
    return str(calendar.days(np.array([period]))[0])
