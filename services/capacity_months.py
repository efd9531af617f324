"""How full the resources are in the next months, and those that each part of the range is made on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand_plan
from services import capacity
from services.capacity import Floats, ResourceLoad
from services.supply_planned import planned

MONTHS = 5
WEEKS = 13


@dataclass(frozen=True, slots=True)
class ResourceMonths:
    """A resource: hours wanted as a share of those there are, by month; None where there are no hours."""

    code: str
    name: str
    shares: list[float | None]


@dataclass(frozen=True, slots=True)
class CapacityMonths:
    """The next months. ``total``: all resources together; ``weeks``: the same by week, of the next WEEKS weeks;
    ``share``: of these weeks together, None without any hours."""

    months: list[date]
    resources: list[ResourceMonths]
    total: list[float | None]
    weeks: list[float | None]
    share: float | None


def capacity_months(viewer: Viewer) -> CapacityMonths:
    """The load of every resource by month; a week belongs to the month of its Monday.

    Inputs: a viewer with purchase.read.
    Returns: CapacityMonths, the fullest resource first.
    Raises: NotAllowed.
    Source: screens.md 16, 17; services.capacity.board is the same by week.
    """
    weeks, loads = capacity.board(viewer)
    months = sorted({week.replace(day=1) for week in weeks})[:MONTHS]
    number = np.array([months.index(week.replace(day=1)) if week.replace(day=1) in months else -1 for week in weeks])
    wanted, there = (_table(loads, name, len(weeks)) for name in ("hours", "available"))
    by_month = [_sums(table, number, len(months)) for table in (wanted, there)]
    rows = [
        ResourceMonths(load.code, load.name, _shares(by_month[0][at], by_month[1][at])) for at, load in enumerate(loads)
    ]
    near = wanted[:, :WEEKS].sum(axis=0), there[:, :WEEKS].sum(axis=0)
    return CapacityMonths(
        months=months,
        resources=sorted(rows, key=lambda row: -max((share or 0.0 for share in row.shares), default=0.0)),
        total=_shares(by_month[0].sum(axis=0), by_month[1].sum(axis=0)),
        weeks=_shares(*near),
        share=_shares(near[0].sum(keepdims=True), near[1].sum(keepdims=True))[0],
    )


def capacity_by(viewer: Viewer, level: str) -> dict[str, float]:
    """How full the resources are that a part of the range is made on.

    Inputs: a viewer with purchase.read; "category" or "family".
    Returns: by member the utilisation of its resources in the next WEEKS weeks, each weighed with the hours that the
        member wants of it; members that want none are absent.
    Raises: NotAllowed.
    Source: ours; rough-cut capacity as services.capacity.board.
    """
    require(viewer, Permission.PURCHASE_READ)
    _weeks, loads = capacity.board(viewer)
    full = np.array([_share(sum(load.hours[:WEEKS]), sum(load.available[:WEEKS])) for load in loads])
    with session_scope(viewer) as session:
        found = planned(session, viewer)
        names = demand_plan.products(session).set_index("product_id")[level]
    model, routings = found.model, found.model.routings
    units = (found.plan.releases + model.running)[:WEEKS].sum(axis=0)
    product = model.nodes["product_id"].to_numpy()[model.sources["node"].to_numpy()[routings.source]]
    hours = pd.DataFrame(
        {
            "member": pd.Series(product).map(names),
            "hours": units[routings.source] * routings.hours_per_unit,
            "full": full[routings.resource],
        }
    )
    hours = hours[(hours["hours"] > 0) & np.isfinite(hours["full"])]
    weighed = hours.assign(weighed=hours["hours"] * hours["full"]).groupby("member")[["weighed", "hours"]].sum()
    return {str(name): float(row["weighed"] / row["hours"]) for name, row in weighed.iterrows()}


def _table(loads: list[ResourceLoad], name: str, weeks: int) -> Floats:
    return np.array([getattr(load, name) for load in loads], dtype=float).reshape(len(loads), weeks)


def _sums(table: Floats, number: NDArray[np.int64], months: int) -> Floats:
    """(resources, months)"""
    return np.stack([table[:, number == month].sum(axis=1) for month in range(months)], axis=1)


def _shares(wanted: Floats, there: Floats) -> list[float | None]:
    return [_share(*pair) if pair[1] > 0 else None for pair in zip(wanted.tolist(), there.tolist(), strict=True)]


def _share(wanted: float, there: float) -> float:
    return wanted / there if there > 0 else float("nan")
