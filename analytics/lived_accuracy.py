"""Lived accuracy: stored forecasts beside the demand that then came, judged by any key and at any lag.

A pair is one forecast of one series and period with what came of it. What seasonal naive and an approved run said of
the same period stands in the same row, so that all are judged alike. The measures are those of analytics.accuracy,
here worked out for many groups at once.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.accuracy import running_signal
from analytics.errors import AnalyticsError
from analytics.forecasting.panel import IntArray, Panel
from analytics.inputs import FloatArray, require_columns

SIGNAL_LIMIT = 4.0
"""A tracking signal beyond this, either way, is an alarm."""

MEASURES = ("wmape", "bias", "mase", "rmsse", "coverage", "tracking_signal")
# Who is judged. MATCHED is the forecast itself, where there is an approved one to compare it with.
OWN, NAIVE, APPROVED, MATCHED = "own", "naive", "approved", "matched"
_COMPARED_WITH = {NAIVE: OWN, APPROVED: MATCHED}


def forecast_pairs(forecasts: pd.DataFrame, *, history: Panel) -> pd.DataFrame:
    """Forecasts with what came, with what seasonal naive would have said, and with the scales of their series.

    Inputs: forecasts: series (its column in the history), period (datetime64, its first day), lag (1 = the first period
        of its run), any other columns; history: demand up to the last of these periods.
    Returns: the same rows with actual, naive, and the scales of the history before the run: change, the mean of
        |y(t) - y(t - m)|, and step, the root of the mean of (y(t) - y(t - 1))²; NaN where it is too short.
    Raises: AnalyticsError when a column is missing or the history does not hold a period.
    Source: Hyndman & Koehler 2006, section 3; M5 competitors' guide (2020); FPP3, section 5.2 (seasonal naive).
    """
    require_columns(forecasts, "series", "period", "lag")
    demand, series = history.values, forecasts["series"].to_numpy(dtype=np.int64)
    target = _rows(history, forecasts["period"])
    lag = forecasts["lag"].to_numpy(dtype=np.int64)
    origin, season = target - lag + 1, history.season_periods
    return forecasts.assign(
        actual=np.nan_to_num(demand[target, series]),
        naive=_seasonal_naive(history, target, origin, series),
        change=_mean_before(np.abs(_changes(demand, season)), origin, series),
        step=np.sqrt(_mean_before(_changes(demand, 1) ** 2, origin, series)),
    )


def accuracy_by(pairs: pd.DataFrame, *, by: Sequence[str], level: str = "series") -> pd.DataFrame:
    """Every measure of every group, beside seasonal naive and the approved forecast.

    Inputs: pairs: as forecast_pairs, with forecast and inside (1 in the band, 0 outside, NaN without one); approved
        and approved_inside, NaN where nothing was approved; by: columns to group by, none for all in one row;
        level: the column whose members are added up before an error is taken.
    Returns: a row a group, indexed by it (0 without groups): series, pairs, approved_pairs, demand; each of MEASURES;
        the same as naive_… and approved_…; and vs_naive_…, vs_approved_…: the difference on the pairs both have, below
        zero where the forecast's figure is the smaller one. WMAPE, bias and tracking signal are of the sums of the
        level; MASE and RMSSE means over the single series; coverage is the share of their pairs. Of groups by period
        the tracking signal is that to date.
    Raises: AnalyticsError when a column is missing.
    Source: glossary, forecast quality; Hyndman & Koehler 2006; Brown 1962 for the tracking signal.
    """
    require_columns(pairs, "series", "period", "lag", "actual", "forecast", "naive", "change", "step", "inside", level)
    keys = list(by) or ["all"]
    found = pairs if by else pairs.assign(all=0)
    grouped = found.groupby(keys, observed=True)
    table = pd.DataFrame(
        {"series": grouped["series"].nunique(), "pairs": grouped.size(), "demand": grouped["actual"].sum()}
    )
    judged = _judged(found)
    figures = {who: _measures(rows, keys, level) for who, rows in judged.items()}
    table = table.join(judged[APPROVED].groupby(keys, observed=True).size().rename("approved_pairs"))
    table = table.fillna({"approved_pairs": 0}).astype({"approved_pairs": "int64"}).join(figures[OWN])
    for rival, against in _COMPARED_WITH.items():
        table = table.join(figures[rival].add_prefix(f"{rival}_"))
        table = table.join((figures[against] - figures[rival]).add_prefix(f"vs_{rival}_"))
    return table


def _judged(pairs: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The pairs of each who is judged."""
    naive = pairs.assign(forecast=pairs["naive"], inside=np.nan)
    if "approved" not in pairs:
        return {OWN: pairs, NAIVE: naive, APPROVED: pairs[:0], MATCHED: pairs[:0]}
    matched = pairs[pairs["approved"].notna()]
    approved = matched.assign(forecast=matched["approved"], inside=matched["approved_inside"])
    return {OWN: pairs, NAIVE: naive, APPROVED: approved, MATCHED: matched}


def _measures(pairs: pd.DataFrame, keys: list[str], level: str) -> pd.DataFrame:
    """Columns MEASURES, a row a group."""
    cells = pairs.groupby([*dict.fromkeys([*keys, level, "lag", "period"])], observed=True, sort=False)
    sums = cells[["actual", "forecast"]].sum().reset_index()
    sums["error"] = sums["actual"] - sums["forecast"]
    sums["missed"] = sums["error"].abs()
    totals = sums.groupby(keys, observed=True)[["actual", "error", "missed"]].sum()
    demand = totals["actual"].where(totals["actual"] > 0)
    scaled = _scaled(pairs, keys)
    return pd.DataFrame(
        {
            "wmape": totals["missed"] / demand,
            "bias": -totals["error"] / demand,
            "mase": scaled["mase"],
            "rmsse": scaled["rmsse"],
            "coverage": pairs.groupby(keys, observed=True)["inside"].mean(),
            "tracking_signal": _signals(sums, keys),
        }
    )


def _scaled(pairs: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """MASE and RMSSE: of each series first, then their mean."""
    missed = (pairs["actual"] - pairs["forecast"]).abs()
    errors = pairs[keys].assign(
        of=pairs["series"],
        mase=missed / pairs["change"].where(pairs["change"] > 0),
        rmsse=(missed / pairs["step"].where(pairs["step"] > 0)) ** 2,
    )
    each = errors.groupby([*keys, "of"], observed=True, sort=False)[["mase", "rmsse"]].mean()
    each["rmsse"] = np.sqrt(each["rmsse"])
    return each.groupby(level=keys, observed=True).mean()


def _signals(sums: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Of each group the sum of its errors to its last period over their mean absolute size."""
    groups = [key for key in keys if key != "period"]
    errors = sums.groupby([*groups, "period"], observed=True)["error"].sum()  # sorted, so in time order
    group = errors.groupby(level=groups, observed=True).ngroup().to_numpy() if groups else np.zeros(len(errors), int)
    place = errors.groupby(group).cumcount().to_numpy()
    paths = np.zeros((place.max(initial=-1) + 1, group.max(initial=-1) + 1))
    paths[place, group] = errors
    judged = np.broadcast_to(np.arange(1.0, len(paths) + 1)[:, None], paths.shape)
    signal = pd.Series(running_signal(paths, periods_judged=judged)[place, group], index=errors.index, name="signal")
    if "period" in keys:
        return signal.reset_index().set_index(keys)["signal"]
    return signal.groupby(level=groups, observed=True).last()


def _rows(history: Panel, periods: pd.Series) -> IntArray:
    rows = history.periods.get_indexer(pd.DatetimeIndex(periods))
    if (rows < 0).any():
        raise AnalyticsError("the history does not hold every period that was forecast")
    return np.asarray(rows, dtype=np.int64)


def _seasonal_naive(history: Panel, target: IntArray, origin: IntArray, series: IntArray) -> FloatArray:
    """The same period of the last season before the run; the last value where there was no full season yet."""
    season, known_periods = history.season_periods, origin - history.begins()[series]
    seasons_back = -((origin - 1 - target) // season)
    row = np.where(known_periods >= season, target - season * seasons_back, origin - 1)
    return np.where(row >= 0, np.nan_to_num(history.values[row, series]), 0.0)


def _changes(demand: FloatArray, periods: int) -> FloatArray:
    changes = np.full_like(demand, np.nan)
    changes[periods:] = demand[periods:] - demand[:-periods]
    return changes


def _mean_before(values: FloatArray, origin: IntArray, series: IntArray) -> FloatArray:
    """Mean of the known values of a series in the rows before its origin; NaN without any."""
    last = origin - 1
    total = np.cumsum(np.nan_to_num(values), axis=0)[last, series]
    count: NDArray[np.int64] = np.cumsum(~np.isnan(values), axis=0)[last, series]
    return np.where((last >= 0) & (count > 0), total / np.maximum(count, 1), np.nan)
