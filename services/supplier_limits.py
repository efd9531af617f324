"""What suppliers accepted to deliver at most, and when they are closed, as the supply plan takes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.supply_plan.source_limits import NONE, SourceLimits

LAYERS = ("commit", "item", "category")
DAYS_A_WEEK, WORKDAYS = 7, 5
MIDDLE = timedelta(days=3)

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def source_limits(
    limits: pd.DataFrame, nodes: pd.DataFrame, sources: pd.DataFrame, firm: pd.DataFrame, weeks: Sequence[date]
) -> SourceLimits | None:
    """Commits and capacities as pools of the sources they are for; open orders and receipts have used of them.

    Inputs: limits: data.queries.supply_plan.supplier_limits; nodes, sources and firm orders of a PlanModel; its weeks.
    Returns: SourceLimits, None where no source is limited. A week belongs to the time in which most of it lies.
    Raises: nothing.
    Source: screens.md 19; a commit answers the whole forecast, open orders included.
    """
    if limits.empty:
        return None
    buying = sources[sources["kind"] == "buy"].reset_index(names="source")[["source", "node", "supplier_id"]]
    found = _matches(limits, buying, nodes)
    if found.empty:
        return None
    within = _within(limits, weeks)
    source, place = np.unique(found["source"].to_numpy(dtype=np.int64), return_inverse=True)
    pool = np.full((len(LAYERS), len(weeks), source.size), NONE, dtype=np.int64)
    number = found["limit"].to_numpy(dtype=np.int64)
    pair, week = np.nonzero(within[number])
    layer = limits["kind"].map({name: at for at, name in enumerate(LAYERS)}).to_numpy(dtype=np.int64)
    pool[layer[number[pair]], week, place.reshape(-1)[pair]] = number[pair]
    left = limits["quantity"].to_numpy(dtype=float) - limits["received"].to_numpy(dtype=float)
    left = left - _ordered(limits, firm, nodes, within)
    return SourceLimits(source, pool, np.maximum(left, 0.0))


def closed_weeks(closures: pd.DataFrame, sources: pd.DataFrame, weeks: Sequence[date]) -> tuple[Ints, Bools]:
    """The weeks in which suppliers have no working day.

    Inputs: closures: supplier_id, first_on, last_on; the sources and weeks of a PlanModel.
    Returns: of each source its row, NONE for none; (rows, weeks) whether closed.
    Raises: nothing.
    Source: none; ours: Monday to Friday are worked.
    """
    suppliers = closures["supplier_id"].drop_duplicates().to_numpy(dtype=np.int64)
    closed = np.zeros((suppliers.size, len(weeks)), dtype=bool)
    mondays = np.array(weeks, dtype="datetime64[D]")
    days = mondays[:, None] + np.arange(WORKDAYS)
    for row, supplier in enumerate(suppliers.tolist()):
        own = closures[closures["supplier_id"] == supplier]
        first = np.array(own["first_on"], dtype="datetime64[D]")[:, None, None]
        last = np.array(own["last_on"], dtype="datetime64[D]")[:, None, None]
        closed[row] = np.all(np.any((days >= first) & (days <= last), axis=0), axis=1)
    buying = (sources["kind"] == "buy").to_numpy()
    numbers = pd.Series(np.arange(suppliers.size), index=suppliers)
    row_of = sources["supplier_id"].map(numbers).fillna(NONE).to_numpy(dtype=np.int64)
    return np.where(buying, row_of, NONE), closed


def _matches(limits: pd.DataFrame, buying: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Pairs of a limit and a source it is for, or of a limit and an order."""
    keys = nodes[["product_id", "location_id", "category"]]
    own = buying.join(keys, on="node")
    pairs = limits.reset_index(names="limit").merge(own, on="supplier_id", suffixes=("_limit", ""))
    fits = pairs["product_id_limit"].isna() | (pairs["product_id_limit"] == pairs["product_id"])
    fits &= pairs["category_limit"].isna() | (pairs["category_limit"] == pairs["category"])
    fits &= pairs["location_id_limit"].isna() | (pairs["location_id_limit"] == pairs["location_id"])
    return pairs[fits]


def _within(limits: pd.DataFrame, weeks: Sequence[date]) -> Bools:
    """(limits, weeks): whether the middle of the week is in the time of the limit."""
    middle = np.array([week + MIDDLE for week in weeks], dtype="datetime64[D]")[None, :]
    first = np.array(limits["starts_on"], dtype="datetime64[D]")[:, None]
    end = np.array(limits["ends_on"], dtype="datetime64[D]")[:, None]
    result: Bools = (middle >= first) & (middle < end)
    return result


def _ordered(limits: pd.DataFrame, firm: pd.DataFrame, nodes: pd.DataFrame, within: Bools) -> NDArray[np.float64]:
    """What open orders take of each limit."""
    taken = np.zeros(len(limits))
    orders = firm[(firm["kind"] == "buy") & (firm["week"] < within.shape[1])].dropna(subset=["node", "supplier_id"])
    if orders.empty:
        return taken
    orders = orders.astype({"node": "int64", "supplier_id": "int64", "week": "int64"})
    pairs = _matches(
        limits, orders[["node", "supplier_id", "week", "quantity"]].rename(columns={"quantity": "open"}), nodes
    )
    number = pairs["limit"].to_numpy(dtype=np.int64)
    inside = within[number, pairs["week"].to_numpy(dtype=np.int64)]
    np.add.at(taken, number[inside], pairs["open"].to_numpy(dtype=float)[inside])
    return taken
