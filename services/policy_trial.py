"""Stocking policies tried out on sampled futures, so that the service they promise stands beside what they would give.

Weeks of an item's own history are drawn again and again, at the level of demand its policy was made for; the policy
orders, its lead times vary as its receipts did. No distribution is assumed, so that a wrong one shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.demand_paths import LEAST_LEVEL_VARIANCE, Outlook, demand_paths, outlook
from analytics.inputs import FloatArray
from analytics.policy_simulation import (
    Measured,
    SimulatedService,
    drawn_lead_times,
    replayed_policy,
    simulated_service,
)
from data.queries import demand, policy_trial
from data.queries.inventory import Item
from services.forecast_periods import first_open_period, shifted

POLICIES, PROPOSALS = "inventory_policy", "policy_proposal"
KEYS = ["product_id", "location_id"]
DAYS_A_WEEK = 7
HISTORY_WEEKS = 104
WARM_UP_WEEKS, MEASURED_WEEKS, RUNS = 26, 78, 40
SEED = 5
# A minute of work; the rest follows with the next recalculations, where most money lies first.
TRIED_AT_ONCE = 5_000
# Items worked on at a time, so that memory does not grow with the company.
BLOCK_ITEMS = 250
# Of more products at once it is quicker to read the sales of all.
NAMED_PRODUCTS = 200
# Stock that sells in half of its life does not get old.
FRESH_SHARE = 0.5
DECIMALS = 4
NOT_TRIED = {"runs": 0}


def try_out(session: Session, table: str, *, as_of: date, item: Item | None = None) -> int:
    """Try out what was not tried with the levels it has, and store what came of it in its inputs.

    Inputs: the open session of the change; table: POLICIES or PROPOSALS (the open ones); the data date; the item if
        only one is asked for.
    Returns: how many were tried. Stored are cycle (share of replenishment cycles without a shortage) and fill (share of
        demand met at once), each as mean, low and high end of its 95 % interval, stock (units, mean), wasted (units a
        week), weeks and runs; only runs = 0 where there is no demand or no history to draw from.
    Raises: nothing of its own.
    Source: analytics.policy_simulation; Willemain, Smart & Schwarz 2004.
    """
    found = policy_trial.untried(session, table, item=item, most=TRIED_AT_ONCE)
    if found.empty:
        return 0
    history = _history(session, found, as_of)
    results: dict[Item, dict[str, Any]] = {}
    for part, past in _blocks(found, history):
        keys = zip(part["product_id"].tolist(), part["location_id"].tolist(), strict=True)
        results.update(zip(keys, _results(part, past), strict=True))
    policy_trial.store(session, table, results)
    return len(results)


def _history(session: Session, items: pd.DataFrame, as_of: date) -> FloatArray:
    """Weeks x items: what was sold or issued, 0 without any, NaN before an item's first."""
    before = first_open_period(as_of, frequency="week")
    since = shifted(before, -HISTORY_WEEKS, frequency="week")
    wanted = items["product_id"].unique().tolist()
    products = wanted if len(wanted) <= NAMED_PRODUCTS else None
    sold = demand.period_sums(
        session, products=products, location_id=None, frequency="week", since=since, before=before
    )
    used = policy_trial.used_by_week(session, products=products, since=since, before=before)
    # What is sold somewhere has the demand of its customers there, whatever else was issued of it.
    weeks = pd.concat([sold, used[~_index(used).isin(_index(sold))]])
    column = pd.MultiIndex.from_frame(items[KEYS]).get_indexer(_index(weeks))
    row = (pd.DatetimeIndex(weeks["period"]) - pd.Timestamp(since)).days.to_numpy() // DAYS_A_WEEK
    known = (column >= 0) & (row >= 0) & (row < HISTORY_WEEKS)
    panel = np.zeros((HISTORY_WEEKS, len(items)))
    panel[row[known], column[known]] = np.maximum(weeks["quantity"].to_numpy(np.float64)[known], 0.0)
    return np.where(np.logical_or.accumulate(panel > 0, axis=0), panel, np.nan)


def _index(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[KEYS])


def _blocks(items: pd.DataFrame, history: FloatArray) -> Iterator[tuple[pd.DataFrame, FloatArray]]:
    for start in range(0, len(items), BLOCK_ITEMS):
        part = slice(start, start + BLOCK_ITEMS)
        yield items[part], history[:, part]


def _results(items: pd.DataFrame, history: FloatArray) -> list[dict[str, Any]]:
    known = _outlook(items, history)
    usable = np.flatnonzero((known.level > 0) & items["lead_time_days"].notna().to_numpy())
    results: list[dict[str, Any]] = [NOT_TRIED] * len(items)
    if not usable.size:
        return results
    found = _simulated(items.iloc[usable], known.of(usable))
    for place, result in zip(usable.tolist(), _rows(found), strict=True):
        results[place] = result
    return results


def _outlook(items: pd.DataFrame, history: FloatArray) -> Outlook:
    """The shape of the history at the level the policy was made for."""
    level = np.nan_to_num(items["mean_daily_demand"].to_numpy(np.float64)) * DAYS_A_WEEK
    known = outlook(
        history,
        expected=level,
        window_sd=np.zeros(len(items)),
        window_periods=np.ones(len(items), dtype=np.int64),
        level_variance=np.full(len(items), LEAST_LEVEL_VARIANCE),
    )
    at_level = np.divide(level, known.level, out=np.zeros_like(level), where=known.level > 0)
    return replace(known, level=known.level * at_level, scale=known.scale * at_level)


def _simulated(items: pd.DataFrame, known: Outlook) -> SimulatedService:
    weeks = WARM_UP_WEEKS + MEASURED_WEEKS
    paths = demand_paths(known, periods=weeks, replications=RUNS, seed=SEED)
    level = items["order_up_to"].to_numpy(np.float64)
    life = np.floor(items["shelf_life_days"].to_numpy(np.float64) / DAYS_A_WEEK)
    ageing = (level > FRESH_SHARE * known.level * life) & (life >= 1)
    policy = replayed_policy(
        items["reorder_point"],
        order_up_to=level,
        moq=items["moq"],
        multiple=items["order_multiple"],
        review_periods=np.maximum(items["review_days"].to_numpy(np.float64) / DAYS_A_WEEK, 1.0),
        shelf_life_periods=np.where(ageing, life, np.nan),
    )
    times = drawn_lead_times(
        items["lead_time_days"] / DAYS_A_WEEK,
        sd_periods=items["lead_time_sd_days"].fillna(0.0) / DAYS_A_WEEK,
        shape=(weeks, RUNS),
        seed=SEED,
    )
    return simulated_service(
        paths,
        policy=policy,
        lead_time_periods=times,
        start_stock=level[:, None],
        warm_up_periods=WARM_UP_WEEKS,
    )


def _rows(found: SimulatedService) -> list[dict[str, Any]]:
    measured = {"cycle": _shares(found.cycle_service), "fill": _shares(found.fill_rate)}
    units = {"stock": _plain(found.mean_stock.mean), "wasted": _plain(found.wasted.mean)}
    columns = {**measured, **units}
    each = zip(*columns.values(), strict=True)
    return [{**dict(zip(columns, values, strict=True)), "weeks": MEASURED_WEEKS, "runs": RUNS} for values in each]


def _shares(found: Measured) -> list[list[float | None]]:
    """Mean, low and high end of every item; a share never leaves 0 to 1."""
    ends = np.clip(np.column_stack([found.mean, found.low, found.high]), 0.0, 1.0)
    return [_plain(item) for item in ends]


def _plain(values: FloatArray) -> list[float | None]:
    return [round(value, DECIMALS) if np.isfinite(value) else None for value in values.tolist()]
