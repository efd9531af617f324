"""What can be promised of some items: receipts of the supply plan against orders, reservations and production.

The one definition behind the master schedule and order promising. The supply of a week is stock by lots, firm and
planned receipts; committed are open order lines (overdue ones now), live reservations, and what the plan's production
and transfers take.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.available_to_promise import (
    Available,
    Supply,
    available_to_promise,
    channel_limits,
    served_commitments,
)
from services.supply_plan_model import DAYS_A_WEEK, KEYS
from services.supply_planned import Planned

FRIDAY = 4

Floats = NDArray[np.float64]
Nodes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Commitments:
    """What is promised, a row each: product, place, due_on, quantity, channel_id (missing: none)."""

    orders: pd.DataFrame
    reserved: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Promisable:
    """Of some nodes of a plan, (weeks, nodes): what is ordered and reserved, and what is ``available`` on top."""

    nodes: Nodes
    ordered: Floats
    reserved: Floats
    available: Available


def week_of(found: Planned, day: date) -> int:
    """The week of the plan that a day lies in, the first one for what is past.

    Inputs: plan and day.
    Returns: a number from 0; that of the weeks and more for what is after the plan.
    Raises: nothing.
    Source: none; ours.
    """
    return max((day - found.model.weeks[0]).days // DAYS_A_WEEK, 0)


def last_day(found: Planned) -> date:
    """The last day of the plan.

    Inputs: plan.
    Returns: the Sunday of its last week.
    Raises: nothing.
    Source: none; ours.
    """
    return found.model.weeks[-1] + timedelta(days=DAYS_A_WEEK - 1)


def promisable(found: Planned, nodes: Nodes, commitments: Commitments, *, without: int | None = None) -> Promisable:
    """What can be promised of some nodes of the plan.

    Inputs: plan; nodes; commitments, those of other nodes are passed over; without: a week whose receipts are left
        out.
    Returns: Promisable.
    Raises: nothing of its own.
    Source: analytics.available_to_promise.
    """
    supply = _supply(found, nodes)
    if without is not None:
        supply.receipts[without] = 0.0
    ordered, reserved = (by_week(found, nodes, rows) for rows in (commitments.orders, commitments.reserved))
    committed = ordered + reserved + found.plan.dependent[:, nodes]
    return Promisable(nodes, ordered, reserved, available_to_promise(supply, committed))


def over_promised(found: Planned, own: Promisable) -> Floats:
    """What customers were promised and supply can't meet, even if production and transfers take nothing.

    Inputs: plan; what is ordered and reserved.
    Returns: (weeks, nodes) units due by the end of each week and not there by then.
    Raises: nothing of its own.
    Source: analytics.available_to_promise.served_commitments.
    """
    return served_commitments(_supply(found, own.nodes), own.ordered + own.reserved)[1]


def by_week(found: Planned, nodes: Nodes, rows: pd.DataFrame) -> Floats:
    """Commitments added up by week; what is due after the plan is left out.

    Inputs: plan; nodes; rows of product, place, due_on and quantity.
    Returns: (weeks, nodes).
    Raises: nothing.
    Source: none; ours.
    """
    result = np.zeros((len(found.model.weeks), len(nodes)))
    if len(rows):
        keys = pd.MultiIndex.from_frame(found.model.nodes[KEYS].iloc[nodes])
        place = keys.get_indexer(pd.MultiIndex.from_frame(rows[KEYS]))
        week = (pd.to_datetime(rows["due_on"]) - pd.Timestamp(found.model.weeks[0])).dt.days // DAYS_A_WEEK
        number = week.clip(lower=0).to_numpy(dtype=int)
        own = (place >= 0) & (number < len(result))
        np.add.at(result, (number[own], place[own]), rows["quantity"].to_numpy(dtype=float)[own])
    return result


def limits_of_channel(
    found: Planned, own: Promisable, commitments: Commitments, allocations: pd.DataFrame, channel_id: int | None
) -> Floats:
    """How much somebody of a channel may be promised up to each week.

    Inputs: plan; what can be promised; commitments; allocations that hold now; the channel, None for nobody's.
    Returns: (weeks, nodes), endless where nothing is allocated.
    Raises: nothing of its own.
    Source: analytics.available_to_promise.channel_limits.
    """
    shape = own.available.cumulative.shape
    result = np.full(shape, np.inf)
    rows = pd.concat([commitments.orders, commitments.reserved], ignore_index=True)
    for place, node in enumerate(own.nodes):
        shares = shares_of_item(found.model.nodes.iloc[int(node)], allocations)
        if not shares:
            continue
        only = slice(place, place + 1)
        committed = [
            by_week(found, own.nodes[only], rows[_of_channel(rows["channel_id"], channel, shares)])
            for channel in (*shares, None)
        ]
        part = Available(*(getattr(own.available, name)[:, only] for name in Available.__slots__))
        given = np.array([[*shares.values(), 0.0]])
        limits = channel_limits(part, shares=given, committed=np.stack(committed, axis=2))
        result[:, only] = limits[:, :, list(shares).index(channel_id) if channel_id in shares else -1]
    return result


def shares_of_item(item: pd.Series[float], allocations: pd.DataFrame) -> dict[int, float]:
    """The part of each channel in an item: of the narrowest scope that has any, the newest of each channel.

    Inputs: item: product_id, category, location_id; allocations that hold now.
    Returns: shares by channel, together at most 1: cut evenly where more was stored; empty when nothing is allocated.
    Raises: nothing.
    Source: none; ours.
    """
    fits = allocations[
        (allocations["product_id"].isna() | (allocations["product_id"] == item["product_id"]))
        & (allocations["category"].isna() | (allocations["category"] == item["category"]))
        & (allocations["location_id"].isna() | (allocations["location_id"] == item["location_id"]))
    ]
    if fits.empty:
        return {}
    narrow = 4 * fits["product_id"].notna() + 2 * fits["category"].notna() + fits["location_id"].notna()
    own = fits[narrow == narrow.max()].sort_values("valid_from", kind="stable").groupby("channel_id")["share"].last()
    own = own / max(float(own.sum()), 1.0)
    return {int(str(channel)): float(share) for channel, share in own.items() if share > 0}


def promised_day(found: Planned, week: int, wanted_on: date, *, early: bool) -> date:
    """The day a quantity of a week is promised for.

    Inputs: plan; week; the day it is wanted on; whether it is there without the receipts of that week.
    Returns: the day it is wanted on when it is there by then, else the Friday of the week.
    Raises: nothing.
    Source: none; ours: the plan knows weeks, a receipt may come at the end of its week.
    """
    monday = found.model.weeks[week]
    return max(wanted_on, monday if early else monday + timedelta(days=FRIDAY))


def _supply(found: Planned, nodes: Nodes) -> Supply:
    plan = found.plan
    return Supply(
        stock=plan.inputs.stock[nodes],
        receipts=plan.inputs.receipts[:, nodes] + plan.planned[:, nodes],
        expiring=plan.inputs.expiring[:, nodes],
        good_for=plan.inputs.good_for[nodes],
    )


def _of_channel(channels: pd.Series[float], channel: int | None, shares: dict[int, float]) -> pd.Series[bool]:
    """Whose commitment it is; what no allocation names counts to nobody's part."""
    return channels == channel if channel in shares else ~channels.isin(list(shares))
