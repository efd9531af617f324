"""Lived accuracy: what stored forecasts said, beside the demand that then came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.forecasting.panel import SEASON_PERIODS, Frequency, Panel, to_panel
from analytics.lived_accuracy import accuracy_by, forecast_pairs
from core.viewer import Viewer
from data.frames import shared_frame
from data.queries import forecast_accuracy as rows
from data.queries import sales
from services.accuracy_filters import DEEPEST_LAG, AccuracyChoices, AccuracyFilters, Run
from services.forecast_periods import history_start, shifted

SUBJECTS = ("demand", "forecast", "products")
ITEM = ["product_id", "location_id"]
PAIR = ["series", "period", "lag"]
# Errors taken at a level go by this column; at others by one of the same name.
LEVELS = {"product": "product_id", "location": "location_id", "item": "series"}
QUANTITIES = ["actual", "forecast", "naive", "approved", "change", "step"]
APPROVED = {"q10": "approved_q10", "forecast": "approved", "q90": "approved_q90"}


@dataclass(frozen=True, slots=True)
class Lived:
    """What was said and what came; kept in memory until the data change, so it is not to be changed.

    ``forecasts``: series (its column in the history), product_id, location_id, period, lag, run_id, q10, forecast, q90,
    the same three of the approved run, price, method, demand_class.
    """

    forecasts: pd.DataFrame
    history: Panel


def lived(session: Session, viewer: Viewer, filters: AccuracyFilters, choices: AccuracyChoices) -> Lived | None:
    """Every forecast of a period from start to end, of the newest run at each lag or of one run, and all demand.

    Inputs: an open session; the viewer; filters, of which frequency, start, end and run count; choices.
    Returns: Lived; None where no forecast can be judged.
    Raises: nothing of its own.
    Source: glossary, lag, lived-accuracy.
    """
    start, end, first_day, frequency = filters.start, filters.end, sales.first_day(session), filters.frequency
    if start is None or end is None or first_day is None:
        return None
    earliest = min(run.first_period for run in choices.runs)
    since = history_start(first_day, first_period=earliest, frequency=frequency)
    # The same for all filters, since it takes longest.
    demand = shared_frame(
        session,
        viewer,
        "demand by period",
        subjects=("demand",),
        args=(frequency, since, choices.periods[-1]),
        compute=lambda: _demand(session, frequency, since, choices.periods[-1]),
    )
    if demand.empty:
        return None
    approvals = tuple(run.id for run in choices.runs if run.approved)
    forecasts = shared_frame(
        session,
        viewer,
        "past forecasts",
        subjects=SUBJECTS,
        args=(frequency, start, end, filters.run, approvals),
        compute=lambda: _forecasts(session, filters, _reaching(choices.runs, start, end, filters), demand),
    )
    return None if forecasts.empty else Lived(forecasts, _history(demand, forecasts, frequency))


def lived_pairs(found: Lived, filters: AccuracyFilters, products: pd.DataFrame, *, lag: int | None) -> pd.DataFrame:
    """The forecasts that fit the filters, with what came of them.

    Inputs: found; filters; products: of data.queries.forecast_accuracy; lag: None for all.
    Returns: the contract of analytics.lived_accuracy, with the columns of ``found.forecasts``, category, family,
        total (the same for all) and missed_money.
    Raises: nothing of its own.
    Source: glossary, lived-accuracy, missed-money.
    """
    wanted = found.forecasts["lag"] == lag if lag else found.forecasts["lag"] > 0
    for name, value in filters.equal.items():
        wanted &= found.forecasts[name] == value
    pairs = forecast_pairs(found.forecasts[wanted], history=found.history)
    known = products.set_index("product_id").loc[pairs["product_id"]]
    actual, approved = pairs["actual"], pairs["approved"]
    price = pairs["price"].fillna(pd.Series(known["list_price"].to_numpy(), index=pairs.index))
    return pairs.assign(
        inside=actual.between(pairs["q10"], pairs["q90"]).astype("float64"),
        approved_inside=actual.between(pairs["approved_q10"], pairs["approved_q90"])
        .where(approved.notna())
        .astype("float64"),
        price=price,
        missed_money=(actual - pairs["forecast"]).abs() * price,
        category=known["category"].to_numpy(),
        family=known["family"].to_numpy(),
        total=0,
    )


def lived_table(pairs: pd.DataFrame, filters: AccuracyFilters, *, by: list[str]) -> pd.DataFrame:
    """The figures of some pairs, the most money missed first; of periods and lags in their order.

    Inputs: pairs, not empty; filters; by: columns of the pairs.
    Returns: the columns ``by``, those of analytics.lived_accuracy.accuracy_by, and missed_money.
    Raises: nothing of its own.
    Source: glossary, forecast quality.
    """
    found = pairs
    if filters.weight == "money":
        valued = pairs[pairs["price"].notna()]
        found = valued.assign(**valued[QUANTITIES].mul(valued["price"], axis=0))
    table = accuracy_by(found, by=by, level=LEVELS.get(filters.level, filters.level))
    if not by:
        return table.assign(missed_money=found["missed_money"].sum())
    table["missed_money"] = found.groupby(by, observed=True)["missed_money"].sum()
    if {"period", "lag"} & set(by):
        return table.sort_index().reset_index()
    return table.sort_values("missed_money", ascending=False, kind="stable").reset_index()


def sold_without_forecast(found: Lived, filters: AccuracyFilters) -> int:
    """How often something sold in a period of which no run had forecast it.

    Inputs: found; filters with start and end.
    Returns: series and periods.
    Raises: nothing.
    Source: glossary, lag: items without a forecast are left out and counted.
    """
    history, said = found.history, found.forecasts
    sold = np.nan_to_num(history.values) != 0
    days = history.periods.date
    sold[(days < (filters.start or date.max)) | (days > (filters.end or date.min))] = False
    sold[history.periods.get_indexer(pd.DatetimeIndex(said["period"])), said["series"]] = False
    return int(sold.sum())


def _demand(session: Session, frequency: Frequency, since: date, last: date) -> pd.DataFrame:
    """Demand, a row a series (product_id, location_id), a column a period; NaN before a series begins."""
    before = shifted(last, 1, frequency=frequency)
    sums = rows.demand_by_period(session, frequency=frequency, since=since, before=before)
    if sums.empty:
        return sums
    series = sums.groupby(ITEM)
    frame = pd.DataFrame({"unique_id": series.ngroup(), "ds": sums["period"], "y": sums["quantity"]})
    panel = to_panel(frame, frequency=frequency, end=last)
    order = np.argsort(np.array(panel.ids, dtype=np.int64))  # ids are sorted as texts
    return pd.DataFrame(panel.values[:, order].T, index=series.size().index, columns=panel.periods)


def _history(demand: pd.DataFrame, forecasts: pd.DataFrame, frequency: Frequency) -> Panel:
    """Demand as a panel; series that were forecast but never sold have none, from the beginning."""
    never_sold = int(forecasts["series"].max()) + 1 - len(demand)
    values = np.pad(demand.to_numpy().T, ((0, 0), (0, max(never_sold, 0))))
    ids = tuple(str(number) for number in range(values.shape[1]))
    return Panel(ids, pd.DatetimeIndex(demand.columns), values, SEASON_PERIODS[frequency])


def _reaching(runs: list[Run], start: date, end: date, filters: AccuracyFilters) -> list[Run]:
    """Runs that forecast any of the periods; those that were approved are needed beside a chosen one."""
    wanted = (run for run in runs if not filters.run or run.approved or run.id == filters.run)
    return [
        run
        for run in wanted
        if run.first_period <= end and shifted(run.first_period, run.horizon - 1, frequency=filters.frequency) >= start
    ]


def _forecasts(session: Session, filters: AccuracyFilters, runs: list[Run], demand: pd.DataFrame) -> pd.DataFrame:
    """The forecasts of Lived; of periods before the data begin there are none."""
    ids = [run.id for run in runs]
    # A period that the data hold in part only, or not at all, can't be judged.
    first = max(filters.start or date.min, pd.Timestamp(demand.columns[0]).date())
    found = rows.forecast_values(session, ids, first=first, last=filters.end or date.max) if ids else pd.DataFrame()
    if found.empty:
        return found
    found = _numbered(_with_lag(found, runs, filters.frequency), demand).rename(columns={"q50": "forecast"})
    chosen = found[found["run_id"] == filters.run] if filters.run else found
    approved = found[found["run_id"].isin([run.id for run in runs if run.approved])]
    return _described(
        session,
        _newest(chosen).merge(_newest(approved)[[*PAIR, *APPROVED]].rename(columns=APPROVED), on=PAIR, how="left"),
        ids,
        filters.frequency,
    )


def _with_lag(found: pd.DataFrame, runs: list[Run], frequency: Frequency) -> pd.DataFrame:
    first = found["run_id"].map({run.id: pd.Timestamp(run.first_period) for run in runs})
    if frequency == "week":
        lag = (found["period"] - first).dt.days // 7 + 1
    else:
        months = found["period"].dt.year * 12 + found["period"].dt.month
        lag = months - (first.dt.year * 12 + first.dt.month) + 1
    return found.assign(lag=lag)[lag <= DEEPEST_LAG[frequency]]


def _numbered(found: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """With the number of each series: its row in the demand, those that never sold after them."""
    items = pd.concat([demand.index.to_frame(index=False), found[ITEM]]).drop_duplicates(ignore_index=True)
    return found.merge(items.assign(series=np.arange(len(items))), on=ITEM)


def _newest(found: pd.DataFrame) -> pd.DataFrame:
    """Of every series, period and lag what the newest run said."""
    return found.sort_values("run_id", kind="stable").drop_duplicates(PAIR, keep="last")


def _described(session: Session, found: pd.DataFrame, runs: list[int], frequency: Frequency) -> pd.DataFrame:
    """With price, method and demand class, as the run of each forecast has them."""
    kinds = rows.methods_and_classes(session, frequency)
    methods, classes = (sorted(set(names)) for names in zip(*kinds, strict=True)) if kinds else ([], [])
    of = rows.forecast_series(session, runs, methods=methods, classes=classes)
    known = found.merge(of, on=["run_id", *ITEM], how="left")
    for name, names in (("method", methods), ("demand_class", classes)):
        place = known[name].fillna(len(names)).to_numpy(dtype=np.int64)
        known[name] = pd.Categorical.from_codes(place, pd.Index([*names, ""], dtype="str"))
    return known
