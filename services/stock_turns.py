"""How often the stock is sold in a year, and what it was worth week by week."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from analytics.kpi import inventory_turns
from core.clock import today
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import stock_turns as rows
from services import stock_trend
from services.kpi import TREND_MONTHS, data_date, last_whole_month
from services.stored_figure import stored_figures


@dataclass(frozen=True, slots=True)
class Turns:
    """``turns`` a year, NaN where cost or stock are not known: cost of what was sold in the last whole months, over the
    average of the stored days; ``weeks`` the value of the stock at the end of each week."""

    turns: float
    cost_of_sales: float
    average_stock: float
    weeks: list[float | None]


def stock_turns(viewer: Viewer) -> Turns:
    """Turns of the stock, both at cost.

    Inputs: a viewer with inventory.read.
    Returns: Turns.
    Raises: NotAllowed.
    Source: SCOR; Heizer & Render, ch. 11; analytics.kpi.inventory_turns.
    """
    require(viewer, Permission.INVENTORY_READ)
    weeks = stock_trend.values(viewer)
    known = [value for value in weeks if value is not None]
    average = sum(known) / len(known) if known else float("nan")
    cost = _cost_of_sales(viewer)
    return Turns(float(inventory_turns([cost], average_inventory=[average])[0]), cost, average, weeks)


def _cost_of_sales(viewer: Viewer) -> float:
    """Of the last twelve whole months; NaN while fewer have been sold."""
    with session_scope(viewer) as session:
        found = stored_figures(
            session,
            viewer,
            "cost of sales",
            float,
            subjects=("demand", "products", "master"),
            args={"today": today()},
            compute=lambda: _computed(session),
        )
    return found[0] if found else float("nan")


def _computed(session: Session) -> list[float]:
    last = data_date(session)
    if last is None:
        return []
    until = last_whole_month(last)
    since = (pd.Timestamp(until) - pd.DateOffset(months=TREND_MONTHS - 1)).date()
    found = rows.cost_of_sales(session, since=since, until=until)
    return [] if found is None else [found]
