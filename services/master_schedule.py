"""The master schedule: forecast, orders, receipts and what can be promised of each sold item, week by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.available_to_promise import TOLERANCE
from core.clock import now, today
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import master_schedule as rows
from data.queries import order_promising
from services.form_values import row_id
from services.plain_rows import plain_rows
from services.promisable import Commitments, Floats, over_promised, promisable
from services.supply_plan import plan_node
from services.supply_plan_model import DAYS_A_WEEK, KEYS
from services.supply_planned import ACT_WEEKS, SUBJECTS, Planned, planned, unit_worth

PAGE_ROWS = 500
LINES = (
    *("forecast", "orders", "reserved", "net_forecast", "dependent", "firm", "planned", "available", "atp"),
    "cumulative_atp",
)
CELLS = ("orders", "reserved", "firm")


@dataclass(frozen=True, slots=True)
class ScheduleFilters:
    """What the list is narrowed to; an empty text narrows nothing. ``only`` is over (promised) or empty."""

    only: str = ""
    location: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class SchedulePage:
    """Some rows of the list, how many it has in all, and how many of them are promised too often."""

    rows: list[dict[str, Any]]
    total: int
    over: int
    first_week: date
    weeks: int


@dataclass(frozen=True, slots=True)
class ItemSchedule:
    """An item at a place, week by week. ``lines`` are those of LINES by name, one figure a week; ``frozen`` weeks take
    no new orders; ``owed`` is what is promised and can't be there by the end of the week."""

    item: dict[str, Any]
    weeks: list[date]
    lines: dict[str, list[float]]
    owed: list[float]
    frozen: int


def schedule_page(
    viewer: Viewer,
    filters: ScheduleFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: tuple[tuple[str, bool], ...] = (),
) -> SchedulePage:
    """A page of the list, what is promised too often on top by its value unless sorted otherwise.

    Inputs: a viewer with purchase.read, filters, first row and the one after the last, columns to sort by with whether
        descending.
    Returns: SchedulePage.
    Raises: NotAllowed.
    Source: Vollmann et al., 5th ed., chapter 6.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = planned(session, viewer)
        listed = _filtered(_listed(session, viewer, found), filters)
    first = max(start, 0)
    page = _sorted(listed, sort).iloc[first : min(max(end, first), first + PAGE_ROWS)]
    return SchedulePage(
        rows=plain_rows(page),
        total=len(listed),
        over=int((listed["over"] > 0).sum()),
        first_week=found.model.weeks[0],
        weeks=len(found.model.weeks),
    )


def item_schedule(viewer: Viewer, product_id: object, location_id: object) -> ItemSchedule:
    """The weeks of one item.

    Inputs: a viewer with purchase.read, product and location.
    Returns: ItemSchedule.
    Raises: NotAllowed; NotFound for what is not planned there.
    Source: Vollmann et al., 5th ed., chapter 6: projected available with the forecast or the orders, whichever is more.
    """
    require(viewer, Permission.PURCHASE_READ)
    key = (row_id(product_id), row_id(location_id))
    with session_scope(viewer) as session:
        found = planned(session, viewer)
        node = plan_node(found, *key)
        commitments = _commitments(session, products=[key[0]])
        forecast = rows.forecast(session, runs=found.model.run_ids, product_id=key[0], location_id=key[1])
    own = promisable(found, np.array([node]), commitments)
    plan = found.plan
    lines = {
        "forecast": _by_week(forecast, found.model.weeks),
        "orders": own.ordered[:, 0],
        "reserved": own.reserved[:, 0],
        "net_forecast": np.maximum(plan.inputs.demand[:, node] - own.ordered[:, 0] - own.reserved[:, 0], 0.0),
        "dependent": plan.dependent[:, node],
        "firm": plan.inputs.receipts[:, node],
        "planned": plan.planned[:, node],
        "available": plan.stock[:, node],
        "atp": own.available.discrete[:, 0],
        "cumulative_atp": own.available.cumulative[:, 0],
    }
    return ItemSchedule(
        item={**plain_rows(found.listed.iloc[[node]])[0]},
        weeks=found.model.weeks,
        lines={name: np.round(lines[name], 4).tolist() for name in LINES},
        owed=over_promised(found, own)[:, 0].tolist(),
        frozen=plan.inputs.frozen,
    )


def cell(viewer: Viewer, product_id: object, location_id: object, line: object, week: object) -> list[dict[str, Any]]:
    """The orders or reservations behind a figure of the schedule.

    Inputs: a viewer with purchase.read; product, location; one of CELLS; number of the week.
    Returns: dictionaries of number, customer (or supplier), due_on and quantity; none for a line that has no orders.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    key = (row_id(product_id), row_id(location_id))
    with session_scope(viewer) as session:
        found = planned(session, viewer)
        node = plan_node(found, *key)
        if line not in CELLS or not isinstance(week, int) or not 0 <= week < len(found.model.weeks):
            return []
        if line == "firm":
            return _firm(found, node, week)
        commitments = _commitments(session, products=[key[0]])
    chosen = commitments.orders if line == "orders" else _numbered(commitments.reserved)
    own = chosen[(chosen["product_id"] == key[0]) & (chosen["location_id"] == key[1])]
    weeks = (pd.to_datetime(own["due_on"]) - pd.Timestamp(found.model.weeks[0])).dt.days // DAYS_A_WEEK
    return plain_rows(own.loc[weeks.clip(lower=0) == week, ["number", "customer", "due_on", "quantity"]])


def _listed(session: Session, viewer: Viewer, found: Planned) -> pd.DataFrame:
    return shared_frame(
        session,
        viewer,
        "master_schedule",
        subjects=SUBJECTS,
        args=(today(),),
        compute=lambda: _compute(found, _commitments(session)),
    )


def _compute(found: Planned, commitments: Commitments) -> pd.DataFrame:
    """A row for each item and place that is sold: finished goods, and whatever customers ordered."""
    nodes = found.model.nodes
    ordered = pd.MultiIndex.from_frame(pd.concat([commitments.orders[KEYS], commitments.reserved[KEYS]]))
    sold = nodes["kind"].eq("finished") | pd.MultiIndex.from_frame(nodes[KEYS]).isin(ordered)
    chosen = np.flatnonzero(sold)
    own = promisable(found, chosen, commitments)
    plan, available = found.plan, own.available
    owed = over_promised(found, own)
    late = owed > TOLERANCE
    weeks = np.array([*found.model.weeks, None], dtype=object)
    first = np.where(late.any(axis=0), late.argmax(axis=0), len(found.model.weeks))
    item = nodes.iloc[chosen]
    over = owed.max(axis=0, initial=0.0)
    return item[[*KEYS, "code", "name", "category", "uom", "location", "location_name"]].assign(
        id=item["product_id"].astype(str) + "-" + item["location_id"].astype(str),
        over=over,
        over_value=over * unit_worth(item).to_numpy(),
        over_week=weeks[first],
        stock=plan.inputs.stock[chosen],
        ordered=own.ordered.sum(axis=0),
        reserved=own.reserved.sum(axis=0),
        receipts=(plan.inputs.receipts[:ACT_WEEKS, chosen] + plan.planned[:ACT_WEEKS, chosen]).sum(axis=0),
        atp_now=available.cumulative[0],
        atp_soon=available.cumulative[:ACT_WEEKS][-1],
        atp=available.cumulative[-1],
        lowest=plan.stock[:, chosen].min(axis=0, initial=np.inf),
    )


def _commitments(session: Session, *, products: list[int] | None = None) -> Commitments:
    orders = order_promising.order_lines(session, products=products)
    return Commitments(orders, order_promising.reserved(session, at=now(), products=products))


def _filtered(listed: pd.DataFrame, filters: ScheduleFilters) -> pd.DataFrame:
    keep = pd.Series(data=True, index=listed.index)
    if filters.only == "over":
        keep &= listed["over"] > 0
    if filters.location:
        keep &= listed["location"] == filters.location
    if filters.search.strip():
        words = (listed["code"] + " " + listed["name"]).str.casefold()
        keep &= words.str.contains(filters.search.strip().casefold(), regex=False)
    return listed[keep]


def _sorted(listed: pd.DataFrame, sort: tuple[tuple[str, bool], ...]) -> pd.DataFrame:
    asked = [(name, descending) for name, descending in sort if name in listed.columns]
    asked = asked or [("over_value", True), ("over", True), ("ordered", True)]
    names = [name for name, _descending in asked]
    return listed.sort_values(names, ascending=[not descending for _name, descending in asked], kind="stable")


def _by_week(forecast: pd.DataFrame, weeks: list[date]) -> Floats:
    """Spread evenly over its days, from today on, as the plan does."""
    if forecast.empty:
        return np.zeros(len(weeks))
    day = np.timedelta64(1, "D")
    starts, ends = (forecast[name].to_numpy(dtype="datetime64[D]")[:, None] for name in ("starts_on", "ends_on"))
    monday = np.array(weeks, dtype="datetime64[D]")[None, :]
    begin = np.maximum(np.maximum(starts, monday), np.datetime64(today()))
    overlap = np.maximum((np.minimum(ends, monday + DAYS_A_WEEK * day) - begin) / day, 0.0)
    return np.asarray(forecast["quantity"].to_numpy(dtype=float) @ (overlap / ((ends - starts) / day)))


def _firm(found: Planned, node: int, week: int) -> list[dict[str, Any]]:
    firm = found.model.firm
    own = firm[(firm["node"] == node) & (firm["week"] == week)]
    return [
        {
            "number": order["number"],
            "customer": order["supplier"] if isinstance(order["supplier"], str) else None,
            "due_on": found.model.weeks[week],
            "quantity": float(order["quantity"]),
        }
        for order in own.to_dict("records")
    ]


def _numbered(reserved: pd.DataFrame) -> pd.DataFrame:
    status = reserved["status"].map({"held": _("held"), "confirmed": _("confirmed")})
    return reserved.assign(number="R-" + reserved["id"].astype(str) + " " + status)
