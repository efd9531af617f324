"""Lived accuracy: what stored forecasts said, beside the demand that then came."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.forecasting.panel import Frequency, Panel, to_panel
from analytics.lived_accuracy import accuracy_by, forecast_pairs
from core.viewer import Viewer
from data.frames import shared_frame
from data.queries import demand, sales
from data.queries import forecast_accuracy as rows
from services.accuracy_filters import DEEPEST_LAG, AccuracyChoices, AccuracyFilters, Run
from services.forecast_periods import history_start, shifted

SUBJECTS = ("demand", "forecast", "products")
ITEM = ["product_id", "location_id"]
PAIR = [*ITEM, "period", "lag"]
# What a list by something, or errors taken at some level, go by; others are columns of the same name.
COLUMNS = {"product": ["product_id"], "location": ["location_id"], "item": ITEM}
LEVELS = {"product": "product_id", "location": "location_id", "item": "series"}
QUANTITIES = ["actual", "forecast", "naive", "approved", "change", "step"]


def lived_pairs(session: Session, viewer: Viewer, filters: AccuracyFilters, choices: AccuracyChoices) -> pd.DataFrame:
    """Every forecast of a period from start to end, of the newest run at each lag or of one run, with what came.

    Inputs: an open session; the viewer; filters, of which frequency, start, end and run count; choices.
    Returns: the contract of analytics.lived_accuracy, with run_id, product_id, location_id, method, demand_class,
        category, family, price and missed_money; at lag 0, without a forecast, what sold though no run forecast it.
        Kept in memory until the data change; not to be changed. Empty where no forecast period is over.
    Raises: nothing of its own.
    Source: glossary, lag, forecast-accuracy.
    """
    start, end = filters.start, filters.end
    if start is None or end is None:
        return pd.DataFrame()
    approvals = tuple(run.id for run in choices.runs if run.approved)
    return shared_frame(
        session,
        viewer,
        "forecast pairs",
        subjects=SUBJECTS,
        args=(filters.frequency, start, end, filters.run, approvals),
        compute=lambda: _pairs(session, filters, _reaching(choices.runs, start, end, filters)),
    )


def lived_table(pairs: pd.DataFrame, filters: AccuracyFilters, *, by: list[str]) -> pd.DataFrame:
    """The figures of some pairs, the most money missed first; of periods and lags in their order.

    Inputs: pairs, not empty; filters; by: columns of the pairs.
    Returns: the columns ``by``, those of analytics.lived_accuracy.accuracy_by, and missed_money.
    Raises: nothing of its own.
    Source: glossary, forecast quality.
    """
    found = pairs.assign(total=0)
    if filters.weight == "money":
        valued = found[found["price"].notna()]
        found = valued.assign(**valued[QUANTITIES].mul(valued["price"], axis=0))
    table = accuracy_by(found, by=by, level=LEVELS.get(filters.level, filters.level))
    if not by:
        return table.assign(missed_money=found["missed_money"].sum())
    table["missed_money"] = found.groupby(by, observed=True)["missed_money"].sum()
    in_order = {"period", "lag"} & set(by)
    ordered = table.sort_index() if in_order else table.sort_values("missed_money", ascending=False, kind="stable")
    return ordered.reset_index()


def narrowed(pairs: pd.DataFrame, filters: AccuracyFilters, *, lag: int | None) -> pd.DataFrame:
    """The pairs of a method, a demand class and a lag, as the filters say.

    Inputs: pairs; filters; lag: None for all.
    Returns: some of the pairs.
    Raises: nothing.
    Source: none; ours.
    """
    wanted = pairs["lag"] == lag if lag else pairs["lag"] > 0
    for name, value in filters.equal.items():
        wanted &= pairs[name] == value
    return pairs[wanted]


def _reaching(runs: list[Run], start: date, end: date, filters: AccuracyFilters) -> list[Run]:
    """Runs that forecast any of the periods; those that were approved are needed beside a chosen one."""
    wanted = (run for run in runs if not filters.run or run.approved or run.id == filters.run)
    return [
        run
        for run in wanted
        if run.first_period <= end and shifted(run.first_period, run.horizon - 1, frequency=filters.frequency) >= start
    ]


def _pairs(session: Session, filters: AccuracyFilters, runs: list[Run]) -> pd.DataFrame:
    first_day, frequency, end = sales.first_day(session), filters.frequency, filters.end
    if first_day is None or end is None or not runs:
        return pd.DataFrame()
    earliest = min(run.first_period for run in runs)
    since = history_start(first_day, first_period=earliest, frequency=frequency)
    start = max(since, filters.start or since)
    found = rows.forecasts(session, [run.id for run in runs], first=start, last=end)
    if found.empty:
        return found
    found = _with_lag(found, runs, frequency)
    sums = demand.period_sums(
        session,
        products=None,
        location_id=None,
        frequency=frequency,
        since=since,
        before=shifted(end, 1, frequency=frequency),
    )
    series = _numbered(found, sums)
    history = _history(sums.merge(series, on=ITEM), series, since=since, end=end, frequency=frequency)
    chosen = found[found["run_id"] == filters.run] if filters.run else found
    approved = found[found["run_id"].isin([run.id for run in runs if run.approved])]
    pairs = forecast_pairs(_compared(chosen, approved).merge(series, on=ITEM), history=history)
    pairs = _judged(pairs)
    if not filters.run:
        pairs = pd.concat([pairs, _without_forecast(pairs, history, series, start)], ignore_index=True)
    return _described(pairs, rows.products(session))


def _with_lag(found: pd.DataFrame, runs: list[Run], frequency: Frequency) -> pd.DataFrame:
    first = found["run_id"].map({run.id: pd.Timestamp(run.first_period) for run in runs})
    if frequency == "week":
        lag = (found["period"] - first).dt.days // 7 + 1
    else:
        months = found["period"].dt.year * 12 + found["period"].dt.month
        lag = months - (first.dt.year * 12 + first.dt.month) + 1
    return found.assign(lag=lag)[lag <= DEEPEST_LAG[frequency]]


def _numbered(found: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """Columns product_id, location_id and series, a number for each pair of them."""
    series = pd.concat([found[ITEM], sums[ITEM]]).drop_duplicates(ignore_index=True)
    return series.assign(series=np.arange(len(series)))


def _history(sums: pd.DataFrame, series: pd.DataFrame, *, since: date, end: date, frequency: Frequency) -> Panel:
    """Demand with the series in the order of their numbers; one that never sold has no demand from the beginning."""
    sold = pd.DataFrame({"unique_id": sums["series"], "ds": sums["period"], "y": sums["quantity"]})
    never = series.loc[~series["series"].isin(sold["unique_id"]), "series"]
    unsold = pd.DataFrame({"unique_id": never, "ds": pd.Timestamp(since), "y": 0.0})
    panel = to_panel(pd.concat([sold, unsold]), frequency=frequency, end=end)
    return panel.columns(np.argsort(np.array(panel.ids, dtype=np.int64)))


def _compared(chosen: pd.DataFrame, approved: pd.DataFrame) -> pd.DataFrame:
    """Of every period and lag the newest forecast, and the newest approved one beside it."""
    newest, baseline = (frame.drop_duplicates(PAIR, keep="last") for frame in (chosen, approved))
    bands = {"q10": "approved_q10", "q50": "approved", "q90": "approved_q90"}
    return newest.rename(columns={"q50": "forecast"}).merge(
        baseline[[*PAIR, *bands]].rename(columns=bands), on=PAIR, how="left"
    )


def _judged(pairs: pd.DataFrame) -> pd.DataFrame:
    inside = pairs["actual"].between(pairs["q10"], pairs["q90"]).astype("float64")
    approved = pairs["actual"].between(pairs["approved_q10"], pairs["approved_q90"]).astype("float64")
    judged = pairs.assign(inside=inside, approved_inside=approved.where(pairs["approved"].notna()))
    return judged.drop(columns=["q10", "q90", "approved_q10", "approved_q90"])


def _without_forecast(pairs: pd.DataFrame, history: Panel, series: pd.DataFrame, start: date) -> pd.DataFrame:
    """What sold in a period without any forecast of it."""
    sold = np.nan_to_num(history.values) != 0
    sold[history.periods < pd.Timestamp(start)] = False
    sold[history.periods.get_indexer(pd.DatetimeIndex(pairs["period"])), pairs["series"]] = False
    row, column = np.nonzero(sold)
    missing = series.iloc[column].reset_index(drop=True)
    return missing.assign(period=history.periods[row], lag=0, actual=history.values[row, column])


def _described(pairs: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    known = pairs.merge(products[["product_id", "category", "family"]], on="product_id", how="left")
    known["missed_money"] = (known["actual"] - known["forecast"]).abs() * known["price"]
    return known.astype(dict.fromkeys(["category", "family", "method", "demand_class"], "category"))
