"""What the statuses of the stock have come to, day by day: stored each day, read as a trend of weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy.orm import Session

from analytics.inventory_position import StockStatus, inventory_position
from core.clock import today
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import inventory, settings, stock_trend
from services.positions import KEYS, stock_positions

WEEKS = 13
DAYS_A_WEEK = 7
ROLLED_BACK = ("on_hand", "on_order", "allocated", "days_to_next_receipt")
DECIMALS = 4
LOCK = "stock_status_day"


@dataclass(frozen=True, slots=True)
class Trend:
    """The money at stake in a status at the end of each of the last weeks, None before anything was stored; of items
    without a policy their number, for they have no money at stake.

    ``benchmark`` is the figure at the start of the month, or the oldest one of the month, ``benchmark_day`` its day;
    both are None while only today is known. ``since`` is the first day known of the weeks.
    """

    weeks: list[float | None]
    benchmark: float | None
    benchmark_day: date | None
    since: date | None


def remember(session: Session, *, day: date) -> None:
    """Store what the statuses come to now as the figures of a day; a second time changes nothing but what changed.

    Inputs: the open session of the change, the day.
    Returns: nothing.
    Raises: nothing of its own.
    Source: screens.md 1.
    """
    settings.lock(session, LOCK)
    stock_trend.replace_day(session, day, status_totals(stock_positions(session, as_of=day)))


def remember_today(viewer: Viewer) -> bool:
    """Store today's figures unless they are stored.

    Inputs: a viewer with inventory.edit.
    Returns: whether they had to be stored.
    Raises: NotAllowed.
    Source: screens.md 1.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        settings.lock(session, LOCK)  # workers that start together all come here
        if stock_trend.has_day(session, today()):
            return False
        remember(session, day=today())
    return True


def work_out_past(viewer: Viewer, *, weeks: int = WEEKS) -> int:
    """Store the figures of past weeks and of the start of the month, worked out backwards: stock less what moved since,
    orders as they stood, today's policy, demand and costs. For the demo company, all of whose flows are known.

    Inputs: a viewer with inventory.edit; how many weeks.
    Returns: how many days are stored.
    Raises: NotAllowed.
    Source: docs/demo-company.md.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    now = today()
    days = {now - timedelta(days=DAYS_A_WEEK * back) for back in range(1, weeks + 1)} | {now.replace(day=1)}
    past = sorted(day for day in days if day < now)
    with session_scope(viewer) as session:
        known = inventory.position_inputs(session, as_of=now).set_index(KEYS)
        for day in past:
            found = stock_trend.past_stock(session, day=day, today=now).set_index(KEYS).reindex(known.index)
            positions = inventory_position(known.assign(**{name: found[name] for name in ROLLED_BACK}))
            positions["stock_value"] = positions["on_hand"].clip(lower=0.0) * known["unit_cost"]
            stock_trend.replace_day(session, day, status_totals(positions))
    return len(past)


def trends(viewer: Viewer) -> dict[str, Trend]:
    """The last weeks of every status.

    Inputs: a viewer with inventory.read.
    Returns: Trend by status; weeks end today, a week before it and so on, the oldest first.
    Raises: NotAllowed.
    Source: screens.md 1.
    """
    require(viewer, Permission.INVENTORY_READ)
    ends = _week_ends()
    with session_scope(viewer) as session:
        stored = stock_trend.days_since(session, ends[0] - timedelta(days=DAYS_A_WEEK))
    days = sorted(set(stored["day"]))
    return {status: _trend(_figures(stored, status), days, ends, ends[-1]) for status in StockStatus}


def values(viewer: Viewer) -> list[float | None]:
    """The value of the whole stock at the end of each of the last weeks.

    Inputs: a viewer with inventory.read.
    Returns: RM at cost, the oldest first; None for a week without a stored day.
    Raises: NotAllowed.
    Source: screens.md 16.
    """
    require(viewer, Permission.INVENTORY_READ)
    ends = _week_ends()
    with session_scope(viewer) as session:
        stored = stock_trend.days_since(session, ends[0] - timedelta(days=DAYS_A_WEEK))
    of_day = stored.groupby("day")["stock_value"].sum()
    figures = dict(zip(of_day.index, of_day.astype(float), strict=True))
    days = sorted(figures)
    return [_last(figures, days, after=end - timedelta(days=DAYS_A_WEEK), until=end) for end in ends]


def status_totals(positions: pd.DataFrame) -> pd.DataFrame:
    """Items, money at stake and value of the stock by status.

    Inputs: positions: status, money_at_stake, stock_value.
    Returns: frame of status, items, money_at_stake, stock_value; a row for every status, also without items.
    Raises: nothing.
    Source: analytics.inventory_position.
    """
    found = positions.groupby("status").agg(
        items=("status", "size"), money_at_stake=("money_at_stake", "sum"), stock_value=("stock_value", "sum")
    )
    return found.reindex([str(status) for status in StockStatus], fill_value=0).round(DECIMALS).reset_index()


def _week_ends() -> list[date]:
    """Today, a week before it and so on, the oldest first."""
    return [today() - timedelta(days=DAYS_A_WEEK * back) for back in reversed(range(WEEKS))]


def _figures(stored: pd.DataFrame, status: str) -> dict[date, float]:
    own = stored[stored["status"] == status]
    figure = "items" if status == StockStatus.NO_POLICY else "money_at_stake"
    return dict(zip(own["day"], own[figure].astype(float), strict=True))


def _trend(figures: dict[date, float], days: Sequence[date], ends: Sequence[date], now: date) -> Trend:
    weeks = [_last(figures, days, after=end - timedelta(days=DAYS_A_WEEK), until=end) for end in ends]
    month = now.replace(day=1)
    before = [day for day in days if month - timedelta(days=DAYS_A_WEEK) <= day <= month and day < now]
    this_month = [day for day in days if month < day < now]
    benchmark_day = next(iter([*before[-1:], *this_month[:1]]), None)
    shown = [day for day in days if day > ends[0] - timedelta(days=DAYS_A_WEEK)]
    return Trend(
        weeks=weeks,
        benchmark=None if benchmark_day is None else figures.get(benchmark_day),
        benchmark_day=benchmark_day,
        since=shown[0] if shown else None,
    )


def _last(figures: dict[date, float], days: Sequence[date], *, after: date, until: date) -> float | None:
    """The newest figure of the days of a week; None where none is stored."""
    within = [day for day in days if after < day <= until]
    return figures.get(within[-1]) if within else None
